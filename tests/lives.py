"""Lives of a command that are to be cut short: forked from a process that has imported everything once.

A fresh interpreter imports for two seconds before it touches a file, and a kill in that time shows nothing. What is
killed here is a process of its own all the same: its files, locks, sockets and threads are nobody else's.
"""

import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

LOADED = (
    "openai", "rich", "filelock", "pyarrow.parquet", "huggingface_hub", "porism.cli", "porism.terminal",
    "porism.pipelines.jobs", "porism.pipelines.instruct", "porism.pipelines.geometry", "porism.generators.endpoint",
)  # fmt: skip
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(list(LOADED))


def begun(run: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """A life of ``run``, which is importable."""
    life = _FORKS.Process(target=run, args=arguments)
    life.start()
    return life


def of_command(arguments: Sequence[str]) -> BaseProcess:
    """A life of ``porism`` with these arguments."""
    return begun(command, list(arguments))


def command(arguments: list[str]) -> None:
    """Be ``porism``."""
    from porism import cli

    sys.exit(cli.main(arguments))


def ended(life: BaseProcess) -> int | None:
    """The exit status when it has ended by itself or was killed."""
    life.join()
    return life.exitcode
