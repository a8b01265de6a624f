"""A Prefect server of a test's own: its own home and database, a free port, and gone with the test."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


class Prefect:
    """A server's address, and its REST interface."""

    def __init__(self, port: int, home: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/api"
        self.environment = {
            **os.environ,
            "PREFECT_API_URL": self.url,
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/{path}", data, {"Content-Type": "application/json"})
        for patience in (1, 2, 4, 0):
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:  # 503: its database was locked; Prefect's own client tries again too
                if error.code != 503 or not patience:
                    raise
                time.sleep(patience)
        raise AssertionError

    def ended(self, run: str, seconds: float = 90) -> dict[str, Any]:
        """The final state of a flow run."""

        def look() -> Any:
            state = self.ask(f"flow_runs/{run}")["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        found: dict[str, Any] = until(look, seconds)
        return found


@contextmanager
def served(home: Path) -> Iterator[Prefect]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Prefect(port, home)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until(lambda: server.ask("health"), 120)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def until(look: Callable[[], Any], seconds: float) -> Any:
    """What ``look`` returns, as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s")
