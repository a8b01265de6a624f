"""Loops that numba compiles, and where it keeps what it has compiled: never beside a source that may be read-only."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numba
from numba import config

Function = TypeVar("Function", bound=Callable[..., Any])

SOURCES = ("bounds", "compiled", "candidates", "groups", "index", "interning", "kernel", "lcs", "rows")


def jit(function: Function, inline: Literal["never", "always"] = "never") -> Function:
    """Compile ``function`` at its first call and keep it on disk; it holds no lock of the interpreter while it runs."""
    settings: Any = config
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(folder())
    try:
        compiled: Any = numba.njit(cache=True, nogil=True, error_model="numpy", inline=inline)(function)
    finally:
        settings.CACHE_DIR = before
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """The same for what runs once a row or more: passing arrays to a function that is called costs more than that."""
    return jit(function, "always")


@cache
def folder() -> Path:
    """Where compiled loops are kept: one folder for each version of their sources, since numba looks at one file."""
    sources = b"".join(Path(__file__).with_name(f"{name}.py").read_bytes() for name in SOURCES)
    digest = hashlib.sha256(sources).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for parent in (home, Path(tempfile.gettempdir())):
        path = parent / "porism" / f"dedup-{digest}"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(path, os.W_OK):
            return path
    return Path(tempfile.mkdtemp(prefix="porism-dedup-"))
