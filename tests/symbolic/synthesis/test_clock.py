"""The clock: times of stages add up, and no second counts twice."""

import time
from collections.abc import Iterator

import pytest

from porism.symbolic.synthesis import clock
from porism.symbolic.synthesis.clock import Clock


class Hours:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def process_time(self) -> float:
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    found = Hours()
    monkeypatch.setattr(clock, "time", found)
    return found


def test_times_of_one_stage_add_up_and_what_is_between_stages_counts_nowhere(hours: Hours) -> None:
    found = Clock()
    for seconds in (1, 2, 4):
        with found("checker"):
            hours.now += seconds
        hours.now += 100
    assert found.seconds == {"checker": 7}


def test_a_stage_within_another_counts_for_itself_alone(hours: Hours) -> None:
    found = Clock()
    with found("closure"):
        hours.now += 1
        with found("drawing"):
            hours.now += 10
            with found("closure"):
                hours.now += 100
            hours.now += 1000
        hours.now += 10_000
    assert found.seconds == {"closure": 10_101, "drawing": 1010}


def test_a_stage_that_fails_is_over(hours: Hours) -> None:
    found = Clock()
    with found("closure"):
        with pytest.raises(ZeroDivisionError), found("drawing"):
            hours.now += 1
            raise ZeroDivisionError
        hours.now += 2
    assert found.seconds == {"closure": 2, "drawing": 1}


def test_items_count_while_they_are_made_and_not_while_they_are_used(hours: Hours) -> None:
    def items() -> Iterator[int]:
        for item in range(3):
            hours.now += 1
            yield item
        hours.now += 5

    found, used = Clock(), []
    for item in found.over("traceback", items()):
        with found("checker"):
            hours.now += 100
        hours.now += 1000
        used.append(item)
    assert used == [0, 1, 2]
    assert found.seconds == {"traceback": 8, "checker": 300}


def test_the_stages_of_a_real_run_are_no_longer_than_the_run() -> None:
    found, start = Clock(), time.process_time()
    for _ in found.over("outer", range(20)):
        with found("inner"):
            sum(range(20_000))
    spent = time.process_time() - start
    assert 0 < found.seconds["inner"] <= sum(found.seconds.values()) <= spent
