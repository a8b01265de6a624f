"""A dataset goes to the Hub whole, once, and alone: no notes, no work, and the token to nobody but the Hub."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import exports
import pytest
from datasets import load_dataset
from hub import FakeHub
from huggingface_hub import constants

from porism.errors import InputError
from porism.outputs.publish import read_manifest, write_manifest
from porism.outputs.push import push
from porism.outputs.view import notes

TOKEN = "hf_SecretOfMine0123456789"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exports.tool_calls(tmp_path_factory.mktemp("push") / "calls", 4)


@pytest.fixture
def dataset(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "calls"))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield server


def test_what_is_published_arrives_and_nothing_else(dataset: Path, hub: FakeHub, tmp_path: Path) -> None:
    notes.add(dataset, "data", "x", "reject", "not for everybody")
    (dataset / "figures").mkdir(exist_ok=True)
    (dataset / "figures" / "steps.svg").write_text("<svg/>")
    (dataset / "secret.txt").write_text("mine")
    assert push(dataset, "me/calls", private=True) == f"{hub.url}/datasets/me/calls"
    assert hub.private
    assert {name.split("/")[0] for name in hub.files} == {
        "README.md", "run.toml", "manifest.json", "croissant.json", "data", "rejected", "preferences", "steps",
        "figures",
    }  # fmt: skip
    for name, data in hub.files.items():
        if name != "croissant.json":
            assert data == (dataset / name).read_bytes()
        else:
            assert f"{hub.url}/datasets/me/calls/resolve/main/" in data.decode()
    assert hub.tokens - {""} == {TOKEN}  # the card is looked over without one
    for name, data in hub.files.items():
        (tmp_path / "there" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "there" / name).write_bytes(data)
    found = load_dataset(str(tmp_path / "there"), split="train", cache_dir=str(tmp_path / "cache"))
    assert len(found) == 4


def test_again_sends_nothing_and_a_grown_dataset_leaves_no_old_file(dataset: Path, hub: FakeHub) -> None:
    push(dataset, "me/calls")
    hub.files["data/train-00000-of-00002.parquet"] = b"of an earlier state"
    hub.files["mine/notes.txt"] = b"somebody's own"
    before = dict(hub.files)
    hub.asked.clear()
    push(dataset, "me/calls")
    assert hub.files == {name: data for name, data in before.items() if name != "data/train-00000-of-00002.parquet"}
    assert not any(one.startswith("PUT") for one in hub.asked)
    hub.asked.clear()
    push(dataset, "me/calls")
    assert not any("/commit/" in one or one.startswith("PUT") for one in hub.asked)


def test_after_an_interruption_only_what_is_missing_is_sent(dataset: Path, hub: FakeHub) -> None:
    hub.refuse = ("/commit/", 403, "not now")
    with pytest.raises(InputError, match=r"cannot push to me/calls: .*goes on from here"):
        push(dataset, "me/calls")
    sent = len(hub.objects)
    assert sent
    assert not hub.files
    hub.refuse = None
    hub.asked.clear()
    push(dataset, "me/calls")
    assert not any(one.startswith("PUT") for one in hub.asked)
    assert len(hub.objects) == sent
    assert "README.md" in hub.files


@pytest.mark.parametrize("path", ["/api/repos/create", "/tree/", "/preupload/", "/lfs/", "/commit/"])
@pytest.mark.parametrize("status", [401, 403, 404])
def test_the_token_is_in_no_message_exception_or_log(
    path: str, status: int, dataset: Path, hub: FakeHub,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    hub.refuse = (path, status, f"the token {TOKEN} may not do that\nBearer {TOKEN}")
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError) as caught:
        push(dataset, "me/calls")
    error: BaseException | None = caught.value
    assert "\n" not in str(error)
    chain = []
    while error is not None:
        chain.append(repr(error))
        error = error.__cause__ or error.__context__
    assert any(path in one for one in hub.asked)
    out, err = capfd.readouterr()
    logged = [record.getMessage() for record in caplog.records]
    assert TOKEN not in "".join([*chain, *logged, out, err])


def test_a_dataset_that_is_not_whole_is_refused_before_anybody_is_asked(dataset: Path, hub: FakeHub) -> None:
    shard = next((dataset / "data").glob("*.parquet"))
    before = shard.read_bytes()
    shard.write_bytes(before[:-1] + b"?")
    with pytest.raises(InputError, match="changed since it was written.*nothing was pushed"):
        push(dataset, "me/calls")
    shard.write_bytes(before)
    (dataset / "data" / "train-00001-of-00002.parquet").write_bytes(before)
    with pytest.raises(InputError, match="not in the manifest"):
        push(dataset, "me/calls")
    (dataset / "data" / "train-00001-of-00002.parquet").unlink()
    manifest = read_manifest(dataset)
    write_manifest(dataset, {**manifest, "counts": {**manifest["counts"], "accepted": 99, "generated": 99}})
    with pytest.raises(InputError, match="nothing was pushed"):
        push(dataset, "me/calls")
    (dataset / "manifest.json").unlink()
    with pytest.raises(InputError, match=r"has no manifest\.json"):
        push(dataset, "me/calls")
    assert not hub.asked


def test_a_token_comes_from_the_environment_or_a_file(
    dataset: Path, hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("hf_AnotherOne\n")
    push(dataset, "me/calls", token_file=tmp_path / "token")
    assert hub.tokens == {"hf_AnotherOne"}
    (tmp_path / "token").write_text("two words")
    with pytest.raises(InputError, match="holds no token"):
        push(dataset, "me/calls", token_file=tmp_path / "token")
    with pytest.raises(InputError, match="cannot read a token"):
        push(dataset, "me/calls", token_file=tmp_path / "nowhere")
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    with pytest.raises(InputError, match="no token for the Hub"):
        push(dataset, "me/calls")


@pytest.mark.parametrize("repo", ["me/../you", "a/b/c", "me/", "-x", "me/da ta"])
def test_a_name_that_cannot_be_is_one_line(repo: str, dataset: Path, hub: FakeHub) -> None:
    hub.refuse = ("", 400, "no such name")
    with pytest.raises(InputError, match=r"^cannot push to "):
        push(dataset, repo)


def test_the_command_prints_the_address_alone(dataset: Path, hub: FakeHub, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": "0",
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(tmp_path),
    }
    command = [sys.executable, "-m", "porism", "push", str(dataset), "me/calls"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == (f"{hub.url}/datasets/me/calls\n", "", 0)
    hub.refuse = ("/commit/", 403, TOKEN)
    (dataset / "README.md").write_text((dataset / "README.md").read_text() + "\nMore.\n")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("porism: cannot push to me/calls: ")
    assert TOKEN not in done.stdout + done.stderr
    assert json.loads(hub.files["croissant.json"])["distribution"]
