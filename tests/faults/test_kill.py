"""``kill -9`` in a loop: the dataset is that of a run that nobody killed, and no reply is paid for twice.

The server is another process whose reply is a function of the request; it logs each request that begins. For each life
of the run, requests begun minus replies committed are those that were under way when it was killed.
"""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from servers import write_source

from porism.pipelines.methods import METHODS

SERVER = Path(__file__).parents[1] / "servers.py"
CONCURRENCY = 4
CONFIG = "[settings]\nchunk = 4\nwindow = 16\n"


class Counting:
    """The server: where it is, and how many requests have begun."""

    def __init__(self, port: int, log: Path) -> None:
        self.url, self._log = f"http://127.0.0.1:{port}/v1", log

    def begun(self) -> int:
        return self._log.read_text().count("begin") if self._log.exists() else 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Counting]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "requests.log"
    process = subprocess.Popen([sys.executable, SERVER, "--port", str(port), "--log", log, "--delay", "0.03"])
    for _ in range(100):
        try:
            with urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=1):
                break
        except (URLError, ConnectionError):
            time.sleep(0.05)
    yield Counting(port, log)
    process.terminate()
    process.wait()


def command(server: Counting, folder: Path, *which: str) -> list[str]:
    (config := folder.parent / "config.toml").write_text(CONFIG)
    return [
        sys.executable, "-m", "porism", "run", "instruct", "--quiet", *which,
        "--model", f"openai:fake@{server.url}", "--config", str(config),
        "--concurrency", str(CONCURRENCY), "--out", str(folder),
    ]  # fmt: skip


def of_method(server: Counting, folder: Path, method: str, source: Path) -> list[str]:
    """The command of a method: so many rows where it could go on for ever, else all that the source gives."""
    endless = METHODS[method].needs == "seeds"
    rows = ["--count", "60"] if endless else ["--source", str(source)]
    return command(server, folder, "--method", method, *rows)


def committed(folder: Path) -> int:
    path = folder / "work" / "replies.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        try:
            count: int = database.execute("SELECT count(*) FROM replies").fetchone()[0]
        except sqlite3.OperationalError:  # killed before the table was made
            return 0
    return count


def contents(folder: Path) -> dict[str, bytes]:
    """The files that make a dataset, which no interruption may change."""
    files = [folder / "run.toml", *(path for path in folder.glob("*/*.parquet") if path.parent.name != "work")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.timeout(600)
def test_thirty_kills_change_nothing_and_cost_only_what_was_under_way(server: Counting, tmp_path: Path) -> None:
    whole, killed, count = tmp_path / "whole", tmp_path / "killed", 250
    assert subprocess.run(command(server, whole, "--count", str(count)), check=False).returncode == 0
    draw, lost, kills = random.Random(7), 0, 0
    while kills < 30:
        begun, there = server.begun(), committed(killed)
        process = subprocess.Popen(command(server, killed, "--count", str(count)), stdout=subprocess.DEVNULL)
        if draw.random() < 0.8:  # well into the run; else while it starts
            while server.begun() == begun and process.poll() is None:
                time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.4))
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        time.sleep(0.1)  # what reached the server is in its log by now
        under_way = server.begun() - begun - (committed(killed) - there)
        assert 0 <= under_way <= CONCURRENCY
        lost += under_way
    assert kills == 30
    begun, there = server.begun(), committed(killed)
    assert subprocess.run(command(server, killed, "--count", str(count)), check=False).returncode == 0
    assert server.begun() - begun == committed(killed) - there  # nothing that was committed is asked again
    assert contents(killed) == contents(whole)
    assert lost > 0  # else no kill hit a request, and the test shows less than it says


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "method", [name for name, method in METHODS.items() if method.asks and name != "self-instruct"]
)
def test_kills_change_nothing_whatever_the_method(method: str, server: Counting, tmp_path: Path) -> None:
    write_source(tmp_path / "source.jsonl", 40)
    whole, killed = (
        of_method(server, tmp_path / name, method, tmp_path / "source.jsonl") for name in ("whole", "killed")
    )
    assert subprocess.run(whole, check=False).returncode == 0
    draw, kills = random.Random(method), 0
    while kills < 3:
        begun, there = server.begun(), committed(tmp_path / "killed")
        process = subprocess.Popen(killed, stdout=subprocess.DEVNULL)
        while server.begun() == begun and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.3))
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        time.sleep(0.1)  # what reached the server is in its log by now
        assert 0 <= server.begun() - begun - (committed(tmp_path / "killed") - there) <= CONCURRENCY
    assert kills
    begun, there = server.begun(), committed(tmp_path / "killed")
    assert subprocess.run(killed, check=False).returncode == 0
    assert server.begun() - begun == committed(tmp_path / "killed") - there  # what was committed is not asked again
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_ctrl_c_says_how_to_go_on(server: Counting, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(server, tmp_path / "made", "--count", "10000"), stderr=subprocess.PIPE, text=True
    )
    while committed(tmp_path / "made") < 5:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said == "\nstopped; the same command goes on from here\n"


def test_a_folder_is_one_run_at_a_time_and_free_after_a_kill(server: Counting, tmp_path: Path) -> None:
    first = subprocess.Popen(command(server, tmp_path / "made", "--count", "10000"))
    while committed(tmp_path / "made") < 1:
        time.sleep(0.05)
    second = subprocess.run(
        command(server, tmp_path / "made", "--count", "10"), capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert "made is in use by another run" in second.stderr
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    third = subprocess.run(
        command(server, tmp_path / "made", "--count", "10"), capture_output=True, text=True, check=False
    )
    assert third.returncode == 0, third.stderr
