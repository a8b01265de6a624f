"""Worlds: where calls have effects. A world is one mutable thing; ``branching.py`` makes values of its moments."""

from collections.abc import Sequence
from typing import Any, Protocol

from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool


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
