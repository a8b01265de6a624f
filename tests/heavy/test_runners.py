"""Chunks as Prefect task runs, on processes, a real Ray cluster and a real Dask cluster: the same results, in order."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import works
from prefects import Prefect, until

from porism.errors import InputError
from porism.pipelines import runners

WORKS = Path(works.__file__)
TESTS = str(WORKS.parent)

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]


@pytest.fixture
def environment(prefect: Prefect, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of processes that find the tests' modules, and keep Ray's token, telemetry and addresses to themselves."""
    (home := tmp_path / "home").mkdir()
    short = tempfile.mkdtemp(prefix="ray-")  # the name of a socket has at most 107 bytes
    yield {
        **prefect.environment,
        "PYTHONPATH": TESTS,
        "HOME": str(home),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": "for-this-test-alone-" + "0" * 20,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_TMPDIR": short,
        "GRPC_ENABLE_FORK_SUPPORT": "0",  # else one in five of Ray's servers for a client dies while it is forked
    }
    shutil.rmtree(short, ignore_errors=True)


def compute(kind: str, address: str, environment: dict[str, str], folder: Path) -> list[list[object]]:
    command = [sys.executable, str(WORKS), "compute", kind, address, str(folder / "rows.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    rows: list[list[object]] = json.loads((folder / "rows.json").read_text())
    return rows


def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


def answers(where: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", where)) == 0


@contextmanager
def running(command: list[str], where: int, environment: dict[str, str]) -> Iterator[None]:
    """A cluster that someone else started; ended with all its processes."""
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until(lambda: answers(where), 200)
        yield
    finally:
        process.terminate()
        process.wait(30)


def ray(where: int, environment: dict[str, str]) -> list[str]:
    others = [f"--{name}-port={port()}" for name in ("node-manager", "object-manager", "dashboard-agent-grpc")]
    return [
        sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", f"--port={port()}",
        f"--ray-client-server-port={where}", "--num-cpus=2", "--include-dashboard=false", *others,
    ]  # fmt: skip


def dask(where: int, environment: dict[str, str]) -> list[str]:
    program = (
        "from distributed import LocalCluster\n"
        "import time\n"
        "if __name__ == '__main__':\n"
        f"    LocalCluster(n_workers=2, threads_per_worker=1, scheduler_port={where}, dashboard_address=None)\n"
        "    time.sleep(600)\n"
    )
    file = Path(environment["HOME"]) / "cluster.py"
    file.write_text(program)
    return [sys.executable, str(file)]


@pytest.mark.parametrize("kind", runners.KINDS)
def test_a_cluster_of_its_own_gives_what_this_process_gives(
    kind: str, prefect: Prefect, environment: dict[str, str], tmp_path: Path
) -> None:
    assert compute(kind, "", environment, tmp_path) == [[k, True] for k in range(5, 25)]

    def names() -> bool:
        runs = prefect.ask("task_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 24})
        expected = {f"chunk {k}" for k in range(5, 25)}
        return expected <= {run["name"] for run in runs} and {run["state_type"] for run in runs} == {"COMPLETED"}

    until(names, 30)  # task runs are stored as events, some time after


@pytest.mark.parametrize(("kind", "start", "scheme"), [("ray", ray, "ray://"), ("dask", dask, "tcp://")])
def test_a_cluster_that_is_there_is_used_and_left(
    kind: str, start: object, scheme: str, environment: dict[str, str], tmp_path: Path
) -> None:
    assert callable(start)
    where = port()
    with running(start(where, environment), where, environment):
        for _ in range(2):
            assert compute(kind, f"{scheme}127.0.0.1:{where}", environment, tmp_path) == [
                [k, True] for k in range(5, 25)
            ]


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_an_address_that_accepts_and_says_nothing_is_one_line_in_time(kind: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        with pytest.raises(InputError) as caught:
            runners.runner(kind, 2, f"127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - start < 3 * runners.PATIENCE
    assert "within 10 s" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", runners.KINDS)
def test_kill_9_leaves_no_process(kind: str, environment: dict[str, str], tmp_path: Path) -> None:
    mark = {**environment, "PORISM_TEST_RUN": str(tmp_path)}
    (folder := tmp_path / "begun").mkdir()
    parent = subprocess.Popen(
        [sys.executable, WORKS, "hang", kind, folder], env=mark, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: len(list(folder.iterdir())) >= 2, 300)
        assert len(family(tmp_path)) > 2
    finally:
        parent.kill()
        parent.wait()
    left: list[int] = []
    for _ in range(360):  # Ray's agents first tell the head of their cluster, which is dead, and wait a minute for it
        if not (left := family(tmp_path)):
            return
        time.sleep(0.5)
    told = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200] for pid in left]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    raise AssertionError("\n".join(told))


def family(mark: Path) -> list[int]:
    """The living processes that carry the mark in their environment: the parent's, however far down."""
    wanted, found = f"PORISM_TEST_RUN={mark}".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
    return found
