"""Calls of tools and what they gave, as values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool. Two calls are equal when their names and their arguments as JSON values are.

    >>> Call.of("add", {"b": 1, "a": 2}) == Call.of("add", {"a": 2, "b": 1})
    True
    >>> print(Call.of("add", {"b": 1, "a": 2}))
    add({"a": 2, "b": 1})

    Attributes:
        name: of the tool.
        arguments: a JSON object in canonical form: sorted keys, one space after a comma and a colon.
    """

    name: str
    arguments: str = "{}"

    @classmethod
    def of(cls, name: str, arguments: Mapping[str, Any]) -> "Call":
        """The call with these arguments.

        Raises:
            ValueError, TypeError: an argument is no JSON value.
        """
        return cls(name, json.dumps(arguments, sort_keys=True, ensure_ascii=False, allow_nan=False))

    def values(self) -> dict[str, Any]:
        """The arguments, parsed."""
        found: dict[str, Any] = json.loads(self.arguments)
        return found

    def __str__(self) -> str:
        return f"{self.name}({self.arguments})"


@dataclass(frozen=True, slots=True)
class Observation:
    """What came back from a call.

    Attributes:
        text: what the model reads.
        error: why the call failed, a word or two: ``"unknown tool"``, ``"invalid arguments"``, ``"refused"`` by a
            precondition, ``"timeout"``, ``"failed"``; empty where it did not.
        imagined: whether nothing ran, because the tool is destructive and the plan not yet committed.
    """

    text: str
    error: str = ""
    imagined: bool = False
