"""``porism push``: a finished dataset to the Hugging Face Hub, in one commit.

What has arrived is known by its hash, on the Hub's side: the same command again sends what is missing, and nothing if
nothing changed. Parquet files of an earlier state that are no longer part of the dataset go with the same commit, so
nobody ever loads a mixture of both.

The token is read, handed to ``huggingface_hub``, and told to nobody: whatever goes wrong is one line without it.
"""

import re
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from porism.errors import InputError
from porism.outputs import check, croissant
from porism.outputs.publish import published

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TEXTS = ("README.md", "run.toml", "manifest.json")  # that every dataset has
FIGURES = ("*.svg", "*.png")
OURS = re.compile(r"[^/]+/[a-z]+-\d{5}-of-\d{5}\.parquet|figures/[^/]+\.(svg|png)")  # what a dataset may leave behind
TOKEN = re.compile(r"[\x21-\x7e]{1,1000}")
HIDDEN = "[the token]"


def push(folder: Path, repo: str, *, private: bool = False, token_file: Path | None = None) -> str:
    """Upload a dataset; returns its address.

    Args:
        folder: a finished dataset. Its ``work/`` and the notes of its readers stay here.
        repo: such as ``me/theorems``; made if there is none.
        private: whether it is private if it is made.
        token_file: holds the token; by default the one of ``HF_TOKEN`` or of a login is used.

    Raises:
        InputError: the dataset is not whole, there is no token, or the Hub says no.
    """
    files = contents(folder)
    token = _token(token_file)
    try:
        return _pushed(folder, files, repo, private, token)
    except InputError:
        raise
    except Exception as error:  # what can be raised is up to the library's HTTP client, which changes with its version
        reason = " ".join(str(error).split()).replace(token, HIDDEN)[:300] or type(error).__name__
    raise InputError(f"cannot push to {repo}: {reason}; the same command goes on from here")  # not from what holds it


def _pushed(folder: Path, files: list[str], repo: str, private: bool, token: str) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not sys.stderr.isatty():
        disable_progress_bars()
    hub = HfApi(token=token, library_name="porism")
    made = hub.create_repo(repo, repo_type="dataset", private=private or None, exist_ok=True)
    _commit(hub, folder, made.repo_id, str(made), files)
    return str(made)


def contents(folder: Path) -> list[str]:
    """The files of a dataset that are pushed, by their paths in its folder.

    Raises:
        InputError: ``porism check`` would find files missing or changed, or something is not there.
    """
    for name in TEXTS:
        if not (folder / name).is_file():
            raise InputError(f"{folder} has no {name}, so it is not a finished dataset; nothing was pushed")
    for name, verdict in chain(check.files(folder), check.counts(folder)):
        raise InputError(f"{name}: {verdict.reason}; `porism check {folder}` says more, and nothing was pushed")
    figures = sorted(path for kind in FIGURES for path in (folder / "figures").glob(kind))
    return [*TEXTS, *(path.relative_to(folder).as_posix() for path in (*published(folder), *figures))]


def _commit(hub: "HfApi", folder: Path, repo: str, url: str, files: list[str]) -> None:
    """One commit that adds what is here, and deletes what is there and no longer here."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    there = hub.list_repo_files(repo, repo_type="dataset")
    gone = [name for name in there if name not in files and OURS.fullmatch(name)]
    metadata = croissant.text(folder, url).encode()
    operations: list[Any] = [
        *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=folder / name) for name in files),
        CommitOperationAdd(path_in_repo=croissant.FILE, path_or_fileobj=metadata),
        *(CommitOperationDelete(path_in_repo=name) for name in gone),
    ]
    hub.create_commit(repo, operations, commit_message="Add the dataset, with porism push", repo_type="dataset")


def _token(file: Path | None) -> str:
    """The token that is used.

    Raises:
        InputError: there is none, or a file holds none.
    """
    from huggingface_hub import get_token

    if file is None:
        if found := get_token():
            return found
        raise InputError("there is no token for the Hub: set HF_TOKEN, run `hf auth login`, or name a --token-file")
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"cannot read a token from {file}") from None
    if not TOKEN.fullmatch(token):
        raise InputError(f"{file} holds no token: it should be one word, such as hf_...")
    return token
