"""Worlds: where calls have effects. A world is one mutable thing; ``branching.py`` makes values of its moments."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool

Value = TypeVar("Value")


class World(Protocol):
    """One task's surroundings, in its first state when made.

    What a world can do decides how a search branches in it. Every world can be made again and replayed. One with
    ``snapshot`` and ``restore`` can go back to any moment; one with ``undo`` can take its last call back.
    One with ``digest() -> str`` says which moments are the same; it covers all that ``solved`` looks at. Where it is
    the same, what a call gave is not asked for again. One with ``close`` is closed when it is no longer needed.
    All of these are optional. ``undo`` takes back every ``call``, those that failed or only read included.
    """

    @property
    def tools(self) -> Sequence[Tool]:
        """The tools that can be called here."""
        ...

    def call(self, call: Call) -> Observation:
        """Run a call, whatever a model wrote in it. A call that cannot be run is an observation with an error."""
        ...

    def solved(self) -> bool:
        """Whether the goal is reached as things stand."""
        ...


class Snapshots(World, Protocol):
    """A world that can go back to any moment that was kept."""

    def snapshot(self) -> Any:
        """What ``restore`` needs to come back to this moment; stays valid whatever happens after."""
        ...

    def restore(self, snapshot: Any) -> None:
        """Go back to that moment."""
        ...


class Undo(World, Protocol):
    """A world that can take back its last call, as often as calls were made."""

    def undo(self) -> None:
        """Take the last call back."""
        ...


class Remembered(Generic[Value]):
    """Snapshots and undo for a world whose moments are values: what is so now, and what was before each call.

    A world of this kind calls ``_remember`` at each call. One that holds more than the value overrides ``_load``.
    """

    def __init__(self, now: Value) -> None:
        """Begin at a moment."""
        self._now = now
        self._past: list[Value] = []

    def snapshot(self) -> Value:
        """This moment, as a value."""
        return self._now

    def restore(self, snapshot: Value) -> None:
        """Go back to a moment that was kept. What happened before it can no longer be undone."""
        self._load(snapshot)
        self._past.clear()

    def undo(self) -> None:
        """Take the last call back.

        Raises:
            ValueError: no call was made since the start or the last ``restore``.
        """
        if not self._past:
            raise ValueError("there is no call to undo")
        self._load(self._past.pop())

    def _remember(self) -> None:
        """A call is about to be made."""
        self._past.append(self._now)

    def _load(self, moment: Value) -> None:
        """Be at a moment."""
        self._now = moment
