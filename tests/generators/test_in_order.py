"""The window: a result that no order of arrival can change."""

import threading
import time
from collections.abc import Callable
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.generators.in_order import in_order


class Method:
    """A state that is the list of replies; request i is what of it i may see; each reply brings some jobs."""

    def __init__(self, window: int, seed: int, start: int = 0) -> None:
        self.window, self.applied = window, list(range(start))
        self.draw, self.lock = Random(seed), threading.Lock()
        self.under_way = self.peak = self.asked = 0

    def build(self, i: int) -> tuple[int, tuple[int, ...]]:
        assert len(self.applied) > i - self.window  # reply i - window has been applied
        return i, tuple(self.applied[: max(0, i - self.window + 1)])

    def ask(self, request: tuple[int, tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
        self.work()
        return request

    def work(self) -> None:
        with self.lock:
            self.under_way += 1
            self.asked += 1
            self.peak = max(self.peak, self.under_way)
            seconds = self.draw.random() * 0.002
        time.sleep(seconds)
        with self.lock:
            self.under_way -= 1

    def apply(self, i: int, reply: tuple[int, tuple[int, ...]]) -> list[Callable[[], tuple[int, int, int]]]:
        assert i == len(self.applied)
        self.applied.append(i)
        return [self.job(i, k, len(reply[1])) for k in range(i % 3)]

    def job(self, i: int, k: int, saw: int) -> Callable[[], tuple[int, int, int]]:
        def run() -> tuple[int, int, int]:
            self.work()
            return i, k, saw

        return run


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 6), st.integers(0, 4), st.integers(0, 99), st.integers(0, 7))
def test_results_are_those_of_one_request_after_the_other(
    window: int, concurrency: int, start: int, seed: int, appetite: int
) -> None:
    method = Method(window, seed, start)
    stream = in_order(
        method.build, method.ask, method.apply, start=start, window=window, concurrency=concurrency,
        hungry=lambda unanswered: unanswered < appetite,
    )  # fmt: skip
    found = list(islice(stream, 12))
    stream.close()  # type: ignore[attr-defined]
    expected = [(i, [(i, k, max(0, i - window + 1)) for k in range(i % 3)]) for i in range(start, start + 12)]
    assert found == expected
    assert method.peak <= concurrency


def test_what_is_under_way_finishes_when_the_caller_stops() -> None:
    done: list[int] = []

    def ask(i: int) -> int:
        time.sleep(0.05)
        done.append(i)
        return i

    begun: list[int] = []

    def build(i: int) -> int:
        begun.append(i)
        return i

    stream = in_order(build, ask, lambda i, _: [lambda: i], window=9, concurrency=3)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert sorted(done) == begun


@pytest.mark.parametrize("where", ["build", "ask", "apply", "job"])
def test_an_exception_reaches_the_caller_and_nothing_new_begins(where: str) -> None:
    asked: list[int] = []

    def fail(here: str, i: int) -> int:
        if where == here and i == 5:
            raise RuntimeError(here)
        return i

    def ask(i: int) -> int:
        asked.append(i)
        return fail("ask", i)

    stream = in_order(
        lambda i: fail("build", i), ask, lambda i, _: [lambda: fail("job", fail("apply", i))], window=4, concurrency=2
    )
    with pytest.raises(RuntimeError, match=where):
        list(islice(stream, 30))
    time.sleep(0.02)
    assert max(asked) <= 5 + 4
