"""Handing out chunks: in order, bounded, and without leaving anything behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from importlib.metadata import PackageNotFoundError
from itertools import islice
from pathlib import Path

import pytest
import works

from porism.errors import InputError
from porism.pipelines import runners

WORKS = Path(works.__file__)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def begun(folder: Path, n: int) -> set[int]:
    """The processes of the first ``n`` chunks, once those have begun."""
    for _ in range(600):
        pids = [text for path in folder.iterdir() if (text := path.read_text())]
        if len(pids) >= n:
            return {int(pid) for pid in pids}
        time.sleep(0.05)
    raise AssertionError(f"{n} chunks did not begin")


def gone(pids: set[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_order_whoever_is_first(workers: int) -> None:
    with closing(runners.local(works.uneven, 5, workers=workers)) as results:
        assert list(islice(results, 20)) == [works.uneven(k) for k in range(5, 25)]


def test_one_worker_is_this_process(tmp_path: Path) -> None:
    with closing(runners.local(partial(works.noted, tmp_path), 0, workers=1)) as results:
        assert list(islice(results, 2)) == [0, 1]
    assert begun(tmp_path, 2) == {os.getpid()}


def test_two_workers_are_two_others(tmp_path: Path) -> None:
    with closing(runners.local(partial(works.noted, tmp_path), 0, workers=2)) as results:
        list(islice(results, 30))
    pids = begun(tmp_path, 30)
    assert os.getpid() not in pids
    assert len(pids) == 2


def test_no_more_is_under_way_than_allowed(tmp_path: Path) -> None:
    with closing(runners.local(partial(works.noted, tmp_path), 0, workers=2)) as results:
        taken = list(islice(results, 3))
        time.sleep(0.5)
        assert len(list(tmp_path.iterdir())) <= len(taken) + 2 * 2


def test_what_is_under_way_is_known() -> None:
    asked: list[int] = []

    def submit(k: int) -> "Future[int]":
        asked.append(k)
        done: Future[int] = Future()
        done.set_result(k)
        return done

    assert list(islice(runners.in_order(submit, 7, ahead=3), 2)) == [7, 8]
    assert asked == [7, 8, 9, 10]


def test_an_error_comes_in_its_place_with_its_traceback() -> None:
    seen = []
    with pytest.raises(ValueError, match="three") as caught:
        for k in runners.local(works.failing, 0, workers=2):
            seen.append(k)
    assert seen == [0, 1, 2]
    assert "in failing" in caught.value.__notes__[0]


def test_an_error_that_cannot_be_sent_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in odd.*one and two"):
        next(runners.local(works.odd, 0, workers=2))


def test_a_result_that_cannot_be_sent_is_told() -> None:
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        next(runners.local(works.unpicklable, 0, workers=2))


def test_a_process_that_dies_is_told_and_not_waited_for() -> None:
    with pytest.raises(RuntimeError, match="the process that computed chunk 0 was killed"):
        next(runners.local(works.dying, 0, workers=2))


def test_an_interrupted_wait_ends_the_processes(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.alarm(3)
        results = runners.local(partial(works.endless, tmp_path), 0, workers=2)
        with pytest.raises(KeyboardInterrupt):
            next(results)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert gone(begun(tmp_path, 2), 2)


def test_closing_does_not_wait_for_chunks(tmp_path: Path) -> None:
    work = partial(works.endless_after, tmp_path, 1)
    results = runners.local(work, 0, workers=2)
    assert next(results) == 0
    pids = begun(tmp_path, 3)
    start = time.monotonic()
    results.close()
    assert time.monotonic() - start < 2
    assert gone(pids, 1)


def test_ctrl_c_is_left_to_the_parent_and_kill_9_leaves_no_one(tmp_path: Path) -> None:
    (folder := tmp_path / "begun").mkdir()
    with (tmp_path / "errors").open("w") as errors:
        parent = subprocess.Popen([sys.executable, WORKS, "hang", "", folder], stderr=errors)
    pids = begun(folder, 2)
    for pid in pids:
        os.kill(pid, signal.SIGINT)
    assert not gone(pids, 0.5)
    parent.kill()
    parent.wait()
    assert gone(pids, 5)
    assert "Traceback" not in (tmp_path / "errors").read_text()


@pytest.mark.parametrize(
    ("kind", "workers", "address", "says"),
    [
        ("spark", 2, None, "unknown runner 'spark'; known: local, ray, dask"),
        ("local", 0, None, "--workers is 0; it must be at least 1"),
        ("local", 2, "tcp://host:1", "the address tcp://host:1 is for no runner 'local'; say --runner ray"),
    ],
)
def test_a_runner_that_cannot_be_says_what_can(kind: str, workers: int, address: str | None, says: str) -> None:
    with pytest.raises(InputError) as caught:
        runners.runner(kind, workers, address)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_a_missing_extra_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(runners, "version", version)
    with pytest.raises(InputError, match=rf"^the runner '{kind}' is not installed: pip install 'porism\[{kind}\]'$"):
        runners.runner(kind, 2)


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_an_address_where_no_one_answers_is_one_line(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "installed", lambda _: "")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # and does not listen
        address = f"127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(InputError) as caught:
            runners.runner(kind, 2, address)
    assert str(caught.value) == f"no {kind.capitalize()} cluster answers at {address}: Connection refused"
    for wrong in ("nonsense", "tcp://", "ray://host:port"):
        with pytest.raises(InputError, match="is none of"):
            runners.runner(kind, 2, wrong)


class Unlucky:
    """A runner that fails to connect as often as ``failures`` says."""

    failures = 0
    submit = len

    def __enter__(self) -> "Unlucky":
        Unlucky.failures -= 1
        if Unlucky.failures >= 0:
            raise ConnectionAbortedError("Initialization failure from server:\nTraceback\nRuntimeError: no server")
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_a_cluster_whose_server_for_us_fails_to_start_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "runner", lambda *_: Unlucky())
    monkeypatch.setattr(Unlucky, "failures", 2)
    with runners.engine("ray", 2, "ray://head:10001") as submit:
        assert submit is len
    monkeypatch.setattr(Unlucky, "failures", 3)
    with (
        pytest.raises(InputError, match="no Ray cluster answers at ray://head:10001: RuntimeError: no server"),
        runners.engine("ray", 2, "ray://head:10001"),
    ):
        pass
