"""What is kept of a solved search: the way to the proof, as a value and as one line of text.

A *way* is the places from the problem to the proof, and at each the clauses that were tried there. A clause is *needed*
if the proof, shortened, still has it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from porism.errors import InputError

COLUMN = "search"  # of a theorem, which holds its way as text
LONGEST = 5_000_000  # letters of a way as text: some 60,000 trials


@dataclass(frozen=True, slots=True)
class Tried:
    """A clause that was tried at a place.

    Attributes:
        clause: its text.
        gain: how many independent equations between the points of the problem it brought, >= 0.
        needed: whether the proof needs it.
    """

    clause: str
    gain: int
    needed: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A place on the way to the proof.

    Attributes:
        clauses: added so far, each new point under the first name that was free.
        gain: what they brought, >= 0.
        tried: here, in order.
    """

    clauses: tuple[str, ...]
    gain: int
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What is kept of a search that found a proof.

    Attributes:
        needed: the clauses without which there is no proof, in order, at least one.
        trials: how many there were, >= 1.
        stages: each goes on from the one before; the first has no clauses.
    """

    needed: tuple[str, ...]
    trials: int
    stages: tuple[Stage, ...]

    def to_json(self) -> str:
        """The way as one line."""
        stages = [
            {
                "clauses": list(stage.clauses),
                "gain": stage.gain,
                "tried": [{"clause": one.clause, "gain": one.gain, "needed": one.needed} for one in stage.tried],
            }
            for stage in self.stages
        ]
        known = {"needed": list(self.needed), "trials": self.trials, "places": stages}
        return json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Way":
        """The way back from its text, whoever wrote it.

        Raises:
            InputError: it is none; one line.
        """
        if len(text) > LONGEST:
            raise InputError(f"a search of more than {LONGEST} letters")
        try:
            said = _members(json.loads(text), "needed", "trials", "places")
            way = cls(_texts(said["needed"]), _whole(said["trials"]), tuple(map(_stage, _list(said["places"]))))
        except (ValueError, TypeError, RecursionError) as error:
            reason = str(error) if isinstance(error, InputError) else type(error).__name__
            raise InputError(f"a search cannot be read: {reason}") from None
        return way


# Reading


def _stage(value: Any) -> Stage:
    said = _members(value, "clauses", "gain", "tried")
    return Stage(_texts(said["clauses"]), _whole(said["gain"]), tuple(map(_tried, _list(said["tried"]))))


def _tried(value: Any) -> Tried:
    said = _members(value, "clause", "gain", "needed")
    if type(said["needed"]) is not bool:
        raise InputError("'needed' is true or false")
    return Tried(_text(said["clause"]), _whole(said["gain"]), said["needed"])


def _members(value: Any, *names: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise InputError(f"an object with {', '.join(names)} is wanted")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError("a list is wanted")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError("a clause is a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise InputError("gains and trials are whole numbers from 0")
    return value
