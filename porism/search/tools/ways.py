"""Three ways to be in a world as it was: put it back, take calls back, or do everything again.

A *place* is a state of the world that a search has been in. A search is at one place now and at a sibling's child the
next moment; a way brings a world there. What that costs differs: a snapshot runs no call again, taking back runs again
what lies below the common ancestor, and replaying runs again what lies below the nearest world that is still alive.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from porism.search.tools.calls import Call, Observation
from porism.search.tools.moments import called
from porism.search.tools.world import World

How = Literal["snapshot", "undo", "replay"]

LIVE = 4  # worlds that replaying keeps alive


class NotRepeatable(Exception):
    """A call gave something else when it ran again: this world cannot be branched in by running calls again."""


@dataclass(slots=True, eq=False)
class Place:
    """A state of the world, and the call that first led there.

    Attributes:
        parent, call, observation: where the call was made, the call, and what it gave; None at the start.
        digest: of the state; None where the world has none.
        solved: whether the goal is reached here; None while nobody has looked.
        seen: what calls gave here, each with the place it led to; None where it led nowhere.
    """

    parent: "Place | None" = None
    call: Call | None = None
    observation: Observation | None = None
    digest: str | None = None
    solved: bool | None = None
    seen: "dict[Call, tuple[Observation, Place | None]]" = field(default_factory=dict)


class Way(Protocol):
    """How a world is brought to a place. ``replayed`` counts the calls that ran again for that."""

    replayed: int

    def at(self, place: Place) -> World:
        """A world as it is at that place.

        Raises:
            NotRepeatable: a call that had to run again gave something else; that world is lost.
        """
        ...

    def arrived(self, place: Place) -> None:
        """In the world that was asked for last, a call has led to this place."""
        ...

    def stayed(self) -> None:
        """In the world that was asked for last, a call has run that changed nothing."""
        ...

    def strayed(self) -> None:
        """In the world that was asked for last, a call has run that leads nowhere."""
        ...

    def lost(self) -> None:
        """In the world that was asked for last, a call may still be running: it is not to be used again."""
        ...

    def close(self) -> None:
        """Give up all worlds."""
        ...


class _BySnapshot:
    """One world, and a snapshot of every place: no call runs twice."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self.replayed = make, 0
        self._world: Any = None
        self._here: Place | None = None
        self._snapshots: dict[Place, Any] = {}  # of this world: another one need not understand them

    def at(self, place: Place) -> Any:
        start, rest = route(place, lambda each: each is self._here or each in self._snapshots)
        if start is None:
            self._world = self._make()
            self.arrived(rest.pop(0))
        elif start is not self._here:
            self._world.restore(self._snapshots[start])
            self._here = start
        for each in rest:  # none, unless a world was lost
            self.replayed += 1
            run_again(self, self._world, each)
            self.arrived(each)
        return self._world

    def arrived(self, place: Place) -> None:
        self._here = place
        if place not in self._snapshots:
            self._snapshots[place] = self._world.snapshot()

    def stayed(self) -> None:
        pass

    def strayed(self) -> None:
        self._here = None

    def lost(self) -> None:
        self._world = self._here = None
        self._snapshots.clear()

    def close(self) -> None:
        closed(self._world)
        self.lost()


class _ByUndo:
    """One world whose calls are taken back up to the common ancestor, and run again from there."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self.replayed = make, 0
        self._world: Any = None
        self._path: list[Place] = []

    def at(self, place: Place) -> Any:
        places = path(place)
        if self._world is None:
            self._world, self._path = self._make(), places[:1]
        shared = sum(1 for a, b in zip(self._path, places, strict=False) if a is b)
        while len(self._path) > shared:
            self._world.undo()
            self._path.pop()
        for each in places[shared:]:
            self.replayed += 1
            run_again(self, self._world, each)
            self.arrived(each)
        return self._world

    def arrived(self, place: Place) -> None:
        self._path.append(place)

    def stayed(self) -> None:
        self._world.undo()

    def strayed(self) -> None:
        self._world.undo()

    def lost(self) -> None:
        self._world, self._path = None, []

    def close(self) -> None:
        closed(self._world)
        self.lost()


class _ByReplay:
    """A few worlds, each left where it was used last; the nearest one goes on from there, or a new one is made."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self.replayed = make, 0
        self._worlds: list[tuple[Place, Any]] = []  # the one used last is last

    def at(self, place: Place) -> Any:
        depths = {each: depth for depth, each in enumerate(path(place))}
        nearest = max(range(len(self._worlds)), key=lambda i: (depths.get(self._worlds[i][0], -1), i), default=-1)
        if nearest >= 0 and self._worlds[nearest][0] in depths:
            self._worlds.append(self._worlds.pop(nearest))
        else:
            self._worlds.append((next(iter(depths)), self._make()))
        if len(self._worlds) > LIVE:
            closed(self._worlds.pop(0)[1])
        start, world = self._worlds[-1]
        for each in list(depths)[depths[start] + 1 :]:
            self.replayed += 1
            run_again(self, world, each)
            self.arrived(each)
        return world

    def arrived(self, place: Place) -> None:
        self._worlds[-1] = place, self._worlds[-1][1]

    def stayed(self) -> None:
        pass

    def strayed(self) -> None:
        closed(self._worlds.pop()[1])

    def lost(self) -> None:
        self._worlds.pop()

    def close(self) -> None:
        while self._worlds:
            self.strayed()


def ways(world: object) -> list[How]:
    """How a search can branch in a world, the way with the fewest calls first."""
    return [how for how, (needed, _) in WAYS.items() if all(hasattr(world, name) for name in needed)]


def way(how: How, make: Callable[[], World]) -> Way:
    """One of the three ways, through worlds that ``make`` makes."""
    return WAYS[how][1](make)


def run_again(by: Way, world: World, place: Place) -> None:
    """Run the call that leads to ``place`` in a world that is at its parent.

    Raises:
        NotRepeatable: it gave something else; the world is lost.
    """
    assert place.call is not None
    if (now := called(world, place.call)) != place.observation:
        by.lost()
        raise NotRepeatable(f"{place.call} gave {now} when it ran again, not {place.observation}")


def path(place: Place) -> list[Place]:
    """The places from the start to this one, both included."""
    return route(place, lambda _: False)[1]


def route(place: Place, known: Callable[[Place], bool]) -> tuple[Place | None, list[Place]]:
    """The nearest known place on the way back from ``place``, if there is one, and the places from there on."""
    rest: list[Place] = []
    at: Place | None = place
    while at is not None and not known(at):
        rest.append(at)
        at = at.parent
    return at, rest[::-1]


def closed(world: object) -> None:
    """Close a world that can be closed."""
    close = getattr(world, "close", None)
    if close is not None:
        close()


WAYS: dict[How, tuple[tuple[str, ...], Callable[[Callable[[], Any]], Way]]] = {
    "snapshot": (("snapshot", "restore"), _BySnapshot),
    "undo": (("undo",), _ByUndo),
    "replay": ((), _ByReplay),
}
