"""What comes back from a tool: canonical text, whatever it gives, raises or does not finish."""

import asyncio
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date
from enum import Enum

import pytest
from pydantic import BaseModel

from porism.search.tools import Call, Observation, Tool, tool
from porism.search.tools.running import line_of


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


class Guest(BaseModel):
    name: str
    age: int | None = None


@dataclass
class Price:
    amount: float
    tags: set[str]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as\nit is", "as\nit is"),
        (None, "null"),
        ({"b": 1, "a": [True, "ä"]}, '{"a": [true, "ä"], "b": 1}'),
        ([Price(1.5, {"z", "k"})], '[{"amount": 1.5, "tags": ["k", "z"]}]'),
        (Guest(name="Ada"), '{"age": null, "name": "Ada"}'),
        ((date(2024, 2, 29), Size.LARGE), '["2024-02-29", "L"]'),
        ("half a pair \ud800", "half a pair ?"),
        (Observation("sold out", "refused"), "sold out"),
    ],
)
def test_results_become_canonical_text(result: object, text: str) -> None:
    give = Tool("give", "", {"type": "object"}, lambda: result)
    assert give.call(Call("give")).text == text


@pytest.mark.parametrize("result", [float("nan"), object(), {1: 2, "1": [object()]}])
def test_a_result_that_is_no_json_is_a_failure_in_one_line(result: object) -> None:
    seen = Tool("give", "", {"type": "object"}, lambda: result).call(Call("give"))
    assert seen.error == "failed"
    assert seen.text.startswith("give: ")
    assert "\n" not in seen.text


def test_long_results_are_cut_and_say_so() -> None:
    long = Tool("long", "", {"type": "object"}, lambda: "x" * 1_234, longest=10)
    assert long.call(Call("long")).text == "x" * 10 + " [1,224 of 1,234 characters left out]"


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(2), RecursionError(), TimeoutError("own"), Unprintable()])
@pytest.mark.parametrize("timeout", [None, 30.0])
def test_whatever_a_tool_raises_is_an_observation(error: BaseException, timeout: float | None) -> None:
    def fail() -> str:
        raise error

    seen = Tool("fail", "", {"type": "object"}, fail, timeout=timeout).call(Call("fail"))
    assert seen == Observation(f"fail: {line_of(error)}", "failed")
    assert type(error).__name__ in seen.text


def test_the_time_limit_does_not_wait_for_the_tool() -> None:
    awake, went_on = threading.Event(), threading.Event()

    @tool(timeout=0.05)
    def wait() -> str:
        awake.wait(60)
        went_on.set()
        return "late"

    assert wait.call(Call("wait")) == Observation("wait: no answer within 0.05 s", "timeout")
    assert not went_on.is_set()
    awake.set()  # it was abandoned and not stopped, as the docstring says
    assert went_on.wait(60)


def test_a_program_ends_though_a_tool_hangs() -> None:
    program = """
import time
from porism.search.tools import Call, tool
@tool(timeout=0.05)
def hang() -> None:
    time.sleep(600)
print(hang.call(Call("hang")).error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "timeout\n"


def test_a_coroutine_is_waited_for() -> None:
    @tool
    async def slow(n: int) -> int:
        """Twice as much, later."""
        await asyncio.sleep(0)
        return 2 * n

    assert slow.call(Call.of("slow", {"n": 4})).text == "8"
