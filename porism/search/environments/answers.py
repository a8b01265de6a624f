"""Answers to a task's question: the tool that gives one, and when two answers agree."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from porism.search.tools.schemas import Parse, of_schema
from porism.search.tools.tool import Tool

Scalar = str | int | float
Answer = Scalar | tuple[Scalar, ...]

CLOSED = "the question is answered, and the task is over: no further call is possible"


def agree(given: Any, expected: Answer) -> bool:
    """Whether an answer says what was expected.

    Letter case, spaces around a text and the way in which a number is written make no difference, nor does the order
    of a list. Numbers agree to half a hundredth, because a question that needs rounding asks for two decimals.

    >>> agree(" blue LAMP", "Blue Lamp"), agree("12.50", 12.5), agree(["b", "a"], ("a", "b")), agree("12 euros", 12)
    (True, True, True, False)
    """
    if isinstance(expected, tuple):
        return isinstance(given, list | tuple) and _same(list(given), list(expected))
    if isinstance(given, list | tuple):
        return len(given) == 1 and agree(given[0], expected)
    if isinstance(expected, str):
        return isinstance(given, str) and _plain(given) == _plain(expected)
    number = _number(given)
    return number is not None and abs(number - expected) <= 0.005 + 1e-9


def _same(given: list[Any], expected: list[Scalar]) -> bool:
    """As multisets: each expected value takes one of those given."""
    if len(given) != len(expected):
        return False
    left = list(given)
    for value in expected:
        found = next((i for i, each in enumerate(left) if agree(each, value)), None)
        if found is None:
            return False
        del left[found]
    return True


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        return float(given)
    except (ValueError, OverflowError):
        return None


def answer_tool(keep: Callable[[Any], None]) -> Tool:
    """The tool that answers the task's question and ends it; ``keep`` receives the answer."""

    def run(value: Any) -> str:
        keep(value)
        return "answered"

    parameters = schema_of({"value": VALUE})
    return Tool("answer", DESCRIPTION, parameters, run, destructive=False, timeout=None, parse=reader(parameters))


def schema_of(properties: Mapping[str, Mapping[str, Any]], optional: Collection[str] = ()) -> dict[str, Any]:
    """The JSON Schema of an object that has these properties and no others; all must be given, but the optional."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def reader(parameters: Mapping[str, Any]) -> Parse:
    """How to read arguments that must fit ``parameters``; made once for all worlds, because that takes a while."""
    return _reader(json.dumps(parameters, sort_keys=True))


@lru_cache(maxsize=64)
def _reader(parameters: str) -> Parse:
    return of_schema(json.loads(parameters))


DESCRIPTION = "Give the final answer to the question. This ends the task."
VALUE: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "number"}]}},
    ],
    "description": "A text, a number, or a list where the question asks for several.",
}
