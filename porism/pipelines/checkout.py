"""Which commit the package is of, where it runs from a git checkout."""

import re
from pathlib import Path

import porism

HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def commit(root: Path = Path(porism.__file__).parents[1]) -> str:
    """The hash of the commit that is checked out in a folder; nothing if it is no checkout, or an odd one.

    Git need not be there. Changes that are not committed do not show.
    """
    try:
        git = _directory(root / ".git")
        head = (git / "HEAD").read_text().strip()
        found = _named(git, head[5:]) if head.startswith("ref: ") else head
    except (OSError, ValueError):
        return ""
    return found if HASH.fullmatch(found) else ""


def _directory(path: Path) -> Path:
    """Where git keeps what it knows; a worktree has a file that says where."""
    return path.parent / path.read_text().removeprefix("gitdir: ").strip() if path.is_file() else path


def _named(git: Path, name: str) -> str:
    """The commit of a branch, which has a file of its own or a line in a common one."""
    common = git / "commondir"
    shared = git / common.read_text().strip() if common.is_file() else git
    if (shared / name).is_file():
        return (shared / name).read_text().strip()
    lines = (line.split(" ", 1) for line in (shared / "packed-refs").read_text().splitlines() if " " in line)
    return next((found for found, of in lines if of == name), "")
