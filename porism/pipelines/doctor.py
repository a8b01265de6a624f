"""``porism doctor``: what is installed, and which models and servers are reachable."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from porism.errors import InputError
from porism.generators import local, vllm
from porism.generators.chat import ModelError
from porism.generators.endpoint import Endpoint
from porism.generators.self_instruct import tasks
from porism.pipelines import runners, schedule

PACKAGES = ("datasets", "openai", "prefect", "fastapi", "sqlalchemy", "pyarrow", "rapidfuzz", "xllamacpp")


def examine() -> Iterator[tuple[str, bool, str]]:
    """Lines: what was looked at, whether it is there, and a remark that says what to do if it is not."""
    yield "python", sys.version_info >= (3, 11), platform.python_version()
    for package in PACKAGES:
        try:
            yield package, True, version(package)
        except PackageNotFoundError:
            yield package, False, "not installed: pip install 'porism[local]'"
    yield "sqlite", True, sqlite3.sqlite_version
    yield "seed tasks", *_tried(lambda: f"{len(tasks.load().tasks)} of our own")
    yield "model local", *_tried(lambda: local.identity(local.packaged()))
    yield "model openai:NAME", *_tried(_endpoint)
    yield "model vllm:NAME", *_tried(lambda: " ".join(vllm.command("NAME")))
    yield "Prefect server", *_tried(schedule.server)
    for kind in ("ray", "dask"):
        yield f"runner {kind}", *_tried(partial(runners.installed, kind))


def _tried(look: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, look()
    except (InputError, ModelError) as error:
        return False, str(error)


def _endpoint() -> str:
    if not (os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL")):
        raise InputError("set OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint")
    endpoint = Endpoint("any")
    try:
        endpoint.probe()
        return f"reachable at {endpoint.address}"
    finally:
        endpoint.close()
