"""Worlds that nothing outside a search depends on: every call runs, and every moment can be come back to."""

from collections.abc import Callable
from math import inf

from porism.search.tools.calls import Call, Observation
from porism.search.tools.moments import NEVER_RAN, Moment, called, carry_out, digest, runs
from porism.search.tools.ways import How, NotRepeatable, Place, way, ways
from porism.search.tools.world import World


class Isolated:
    """The consequences of calls, as a function of the moment: a step from one moment with one call runs once at most.

    Where worlds have a ``digest``, all moments with one digest share a place, and what a call gave there is not asked
    for again. Where calls are taken back, only a read-only call leads to the place where it was made, since it has to
    be known how the world came to be where it is. Without a digest every call leads to a place of its own, read-only
    or not: the goal may ask what was read, and then reading changes how far it is.

    A call that failed may have changed something before it did, so it leads to a place of its own. A call at its time
    limit may still be running: the world it ran in is given up, and the search goes on as if it had not run.
    """

    def __init__(self, make: Callable[[], World], how: How | None, failed: float, remember: bool = True) -> None:
        world = make()
        able = ways(world)
        self.how = able[0] if how is None else how
        if self.how not in able:
            raise ValueError(f"this world cannot branch by {how}; it can by {' or '.join(able)}")
        self._make, self._failed, self._remember = make, failed, remember
        self._way = way(self.how, _ready(world, make))
        self.tools = tuple(world.tools)
        self._reads = {tool.name for tool in self.tools if tool.read_only}
        root = Place(digest=digest(world))
        self._root = Moment(digest=root.digest)
        self._places: dict[Moment, Place | None] = {self._root: root}
        self._known = {root.digest: root}
        self.tool_runs, self._walked = 0, 0

    @property
    def replayed(self) -> int:
        """How many calls ran again."""
        return self._way.replayed + self._walked

    def initial(self) -> Moment:
        """The start."""
        return self._root

    def step(self, moment: Moment, call: Call) -> tuple[Moment, float]:
        """The moment after a call, and its cost."""
        place = self._place(moment)
        if place is None:
            observation, after = (
                Observation(f"{call}: the world cannot be brought back to here", "not repeatable"),
                None,
            )
        else:
            observation, after = self._seen(place, call)
        here = after or place
        child = Moment(moment, call, observation, here.digest if here else moment.digest)
        self._places.setdefault(child, after)
        return child, (self._failed if after else inf) if observation.error else 0

    def solved(self, moment: Moment) -> bool:
        """Whether the goal is reached at a moment; not at one that nobody can come back to."""
        place = self._place(moment)
        if place is None:
            return False
        if place.solved is None:
            try:
                place.solved = self._way.at(place).solved()
            except NotRepeatable:
                return False
        return place.solved

    def commit(self, moment: Moment, world: World | None = None) -> Moment:
        """Run the calls of a moment in ``world``, or in a new one, until one fails that did not before."""
        carried = carry_out(world or self._make(), moment.steps(), Moment(digest=self._root.digest))
        self.tool_runs += runs(carried.steps())
        return carried

    def close(self) -> None:
        """Give up all worlds."""
        self._way.close()

    def _seen(self, place: Place, call: Call) -> tuple[Observation, Place | None]:
        if call not in place.seen or not self._remember:
            place.seen[call] = self._run(place, call)
        return place.seen[call]

    def _run(self, place: Place, call: Call) -> tuple[Observation, Place | None]:
        try:
            world = self._way.at(place)
        except NotRepeatable as error:
            return Observation(str(error), "not repeatable"), None
        observation = called(world, call)
        self.tool_runs += observation.error not in NEVER_RAN
        if observation.error == "timeout":
            self._way.lost()
            return observation, place
        reads = call.name in self._reads
        if observation.error in NEVER_RAN or (reads and (observation.error or _same(place.digest, digest(world)))):
            self._way.stayed()
            return observation, place
        if observation.error and self._failed == inf:
            self._way.strayed()
            return observation, None
        return observation, self._arrived(Place(place, call, observation, digest(world)), world)

    def _arrived(self, place: Place, world: World) -> Place:
        if place.digest is not None and self.how != "undo":
            place = self._known.setdefault(place.digest, place)
        self._way.arrived(place)
        if place.solved is None and self.how != "snapshot":  # to come back for the answer could cost calls
            place.solved = world.solved()
        return place

    def _place(self, moment: Moment) -> Place | None:
        """Where a moment is; one that was made elsewhere, in an earlier run for example, is walked to."""
        unknown = []
        at = moment
        while at not in self._places and at.parent is not None:
            unknown.append(at)
            at = at.parent
        place, runs = self._places.get(at), self.tool_runs
        for each in reversed(unknown):
            if place is not None and each.call is not None:
                observation, after = self._seen(place, each.call)
                place = after if observation == each.observation else None
            self._places[each] = place
        self._walked += self.tool_runs - runs
        self.tool_runs = runs
        return place


def _same(before: str | None, after: str | None) -> bool:
    """Whether two digests say that nothing has changed."""
    return before is not None and before == after


def _ready(world: World, make: Callable[[], World]) -> Callable[[], World]:
    """``make``, except that the first one is there already."""
    ready = [world]
    return lambda: ready.pop() if ready else make()
