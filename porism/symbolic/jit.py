"""One source, two ways to run it: as plain Python at once, or compiled by numba when there is much to do.

Compiling takes a minute or two, longer than a hundred proofs do, and a fresh machine has nothing compiled; so a
single proof runs interpreted, and flows and benchmarks ask for the compiled kernel, which is kept on disk. Both run
the same lines of :mod:`porism.symbolic.kernel`.
"""

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

ENTRIES = ("close", "packed", "added", "sweep")
_KERNEL = Path(__file__).parent / "kernel"
_compiling = False


def jit(function: Function) -> Function:
    """Compile ``function`` if the module that defines it is being loaded for that, and leave it alone otherwise."""
    if not _compiling:
        return function
    import numba

    outer = function.__name__ in ENTRIES  # the others are called by compiled code alone and need no wrappers
    options: dict[str, Any] = {} if outer else {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Function = numba.njit(cache=outer, error_model="numpy", **options)(function)
    return compiled


@cache
def kernel(compiled: bool) -> ModuleType:
    """The package ``porism.symbolic.kernel``, interpreted or compiled; its functions are those of the plain one.

    Compiling happens at the first call of ``close``, once for each version of the source, and takes a minute or two.
    """
    global _compiling
    if not compiled:
        from porism.symbolic import kernel as plain

        return plain
    from numba import config

    name = "porism.symbolic._compiled_kernel"
    spec = importlib.util.spec_from_file_location(
        name, _KERNEL / "__init__.py", submodule_search_locations=[str(_KERNEL)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder())  # type: ignore[attr-defined]
    _compiling = True
    try:
        spec.loader.exec_module(module)
    finally:
        _compiling = False
        config.CACHE_DIR = before  # type: ignore[attr-defined]
    return module


def is_compiled() -> bool:
    """Whether this version of the kernel was compiled on this machine before."""
    return any(folder().rglob("*.nbi"))


def folder() -> Path:
    """Where the compiled kernel is kept: one folder for each version of its sources, since numba looks at one file."""
    sources = sorted(_KERNEL.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for parent in (home, Path(tempfile.gettempdir())):
        path = parent / "porism" / f"kernel-{digest}"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(path, os.W_OK):
            return path
    return Path(tempfile.mkdtemp(prefix="porism-kernel-"))
