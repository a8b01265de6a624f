"""``kill -9`` in a loop: the dataset is that of a run that nobody killed, and no reply is paid for twice.

The server is another process whose reply is a function of the request; it logs each request that begins. For each life
of the run, requests begun minus replies committed are those that were under way when it was killed. What was sent by
then is in the log as soon as the server has no connection left.
"""

import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import lives
import pytest
from prefects import until
from servers import write_source

from porism.pipelines.methods import METHODS

SERVER = Path(__file__).parents[1] / "servers.py"
CONCURRENCY = 4
CONFIG = "[settings]\nchunk = 4\nwindow = 16\n"
COUNT = "120"  # rows, for which 30 lives of a few requests each do not suffice


class Counting:
    """The server: where it is, and how many requests have begun."""

    def __init__(self, port: int, log: Path) -> None:
        self._root, self._log = f"http://127.0.0.1:{port}", log
        self.url = f"{self._root}/v1"

    def begun(self) -> int:
        return self._log.read_text().count("begin") if self._log.exists() else 0

    def wait_until_alone(self) -> None:
        """Until everything that others have sent is read, and their connections are closed."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with urlopen(f"{self._root}/connected", timeout=30) as answer:
                if int(answer.read()) == 1:
                    return
            time.sleep(0.005)
        raise AssertionError("somebody is still connected")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counting]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "requests.log"
    process = subprocess.Popen([sys.executable, SERVER, "--port", str(port), "--log", log, "--delay", "0.03"])
    try:
        until(lambda: urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=30).close() is None, 60)
        yield Counting(port, log)
    finally:
        process.terminate()
        process.wait()


def arguments_for(server: Counting, folder: Path, *which: str) -> list[str]:
    (config := folder.parent / "config.toml").write_text(CONFIG)
    return [
        "run", "instruct", "--quiet", *which, "--model", f"openai:fake@{server.url}", "--config", str(config),
        "--concurrency", str(CONCURRENCY), "--out", str(folder),
    ]  # fmt: skip


def command(server: Counting, folder: Path, *which: str) -> list[str]:
    return [sys.executable, "-m", "porism", *arguments_for(server, folder, *which)]


def of_method(server: Counting, folder: Path, method: str, source: Path) -> list[str]:
    """The arguments of a method: so many rows where it could go on for ever, else all that the source gives."""
    endless = METHODS[method].needs == "seeds"
    rows = ["--count", COUNT] if endless else ["--source", str(source)]
    return arguments_for(server, folder, "--method", method, *rows)


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


def life_and_death(server: Counting, arguments: list[str], folder: Path, draw: random.Random, most: int) -> int | None:
    """Kill a run at a random moment: while it starts, or some requests on, at most ``most``, and a little later.

    Returns:
        How many requests were under way; nothing if it ended by itself.
    """
    begun, there = server.begun(), committed(folder)
    life = lives.of_command(arguments)
    if draw.random() < 0.8:
        wanted = begun + draw.randint(1, most)
        while server.begun() < wanted and life.is_alive():
            time.sleep(0.005)
        time.sleep(draw.uniform(0.0, 0.03))
    else:
        time.sleep(draw.uniform(0.0, 0.3))
    if not life.is_alive():
        return None
    life.kill()
    assert lives.ended(life) == -signal.SIGKILL
    server.wait_until_alone()
    under_way = server.begun() - begun - (committed(folder) - there)
    assert 0 <= under_way <= CONCURRENCY
    return under_way


def test_thirty_kills_change_nothing_and_cost_only_what_was_under_way(server: Counting, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    arguments = arguments_for(server, killed, "--count", COUNT)
    assert subprocess.run(command(server, whole, "--count", COUNT), check=False).returncode == 0
    draw = random.Random(7)
    lost = [life_and_death(server, arguments, killed, draw, 6) for _ in range(30)]
    assert None not in lost  # else it had ended, and nothing was killed any more
    begun, there = server.begun(), committed(killed)
    assert subprocess.run(command(server, killed, "--count", COUNT), check=False).returncode == 0
    assert server.begun() - begun == committed(killed) - there > 0  # nothing that was committed is asked again
    assert contents(killed) == contents(whole)
    assert any(lost)  # else no kill hit a request, and the test shows less than it says


@pytest.mark.parametrize(
    "method", [name for name, method in METHODS.items() if method.asks and name != "self-instruct"]
)
def test_kills_change_nothing_whatever_the_method(method: str, server: Counting, tmp_path: Path) -> None:
    write_source(tmp_path / "source.jsonl", 24)
    whole, killed = (
        of_method(server, tmp_path / name, method, tmp_path / "source.jsonl") for name in ("whole", "killed")
    )
    before = server.begun()
    assert lives.ended(lives.of_command(whole)) == 0
    most = (server.begun() - before) // 5
    folder, draw = tmp_path / "killed", random.Random(method)
    lost = [life_and_death(server, killed, folder, draw, most) for _ in range(3)]
    assert lost[0] is not None  # the last may have ended before, where a method asks little and the machine is slow
    begun, there = server.begun(), committed(folder)
    assert lives.ended(lives.of_command(killed)) == 0
    assert server.begun() - begun == committed(folder) - there  # what was committed is not asked again
    assert contents(folder) == contents(tmp_path / "whole")


def test_ctrl_c_says_how_to_go_on(server: Counting, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(server, tmp_path / "made", "--count", "10000"), stderr=subprocess.PIPE, text=True
    )
    while committed(tmp_path / "made") < 5:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "\nstopped; the same command goes on from here\n"


def test_a_folder_is_one_run_at_a_time_and_free_after_a_kill(server: Counting, tmp_path: Path) -> None:
    first = lives.of_command(arguments_for(server, tmp_path / "made", "--count", "10000"))
    while committed(tmp_path / "made") < 1:
        assert first.is_alive()
        time.sleep(0.01)
    second = subprocess.run(
        command(server, tmp_path / "made", "--count", "10"), capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert "made is in use by another run" in second.stderr
    first.kill()
    assert lives.ended(first) == -signal.SIGKILL
    third = subprocess.run(
        command(server, tmp_path / "made", "--count", "10"), capture_output=True, text=True, check=False
    )
    assert third.returncode == 0, third.stderr
