"""Moments: what an agent knows, as values that a search can keep, compare and come back to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from porism.search.tools.calls import Call, Observation
from porism.search.tools.running import line_of
from porism.search.tools.world import World

NEVER_RAN = ("unknown tool", "invalid arguments", "refused")  # errors that leave the world as it was


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A moment in an agent's work: the calls that led here, and what each gave.

    Two moments are equal when the same calls with the same observations led to them, in the same order, because
    nobody can know which calls commute. Where the world has a digest of its state, that knows: then moments are equal
    when their digests are and the same pairs of call and observation were seen, in any order.

    Attributes:
        parent: the moment before; None at the start.
        call: what was called there; None at the start.
        observation: what came back; None at the start.
        digest: of the world's state here; None where the world has none.
        depth: number of calls so far.
    """

    parent: "Moment | None" = field(default=None, repr=False)
    call: Call | None = None
    observation: Observation | None = None
    digest: str | None = None
    depth: int = field(default=0, init=False)
    _hash: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        pair: Any = (self.call, self.observation)
        before = self.parent
        object.__setattr__(self, "depth", before.depth + 1 if before else 0)
        if self.digest is None:
            known = hash((before, pair))
        elif before is None:
            known = hash(self.digest)
        else:  # the digest and the set of pairs, whatever their order: what was added is taken out again
            pairs = before._hash ^ hash(before.digest)
            known = pairs ^ hash(self.digest) ^ (0 if pair in before._pairs() else hash(pair))
        object.__setattr__(self, "_hash", known)

    def steps(self) -> tuple[tuple[Call, Observation], ...]:
        """The calls from the start to here, each with what came back."""
        return tuple(self._pairs())[::-1]

    def path(self) -> "list[Moment]":
        """The moments from the start to this one, both included."""
        moments = [self]
        while (parent := moments[-1].parent) is not None:
            moments.append(parent)
        return moments[::-1]

    def _pairs(self) -> Iterator[tuple[Call, Observation]]:
        moment = self
        while moment.parent is not None:
            assert moment.call is not None
            assert moment.observation is not None
            yield moment.call, moment.observation
            moment = moment.parent

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Moment) or self._hash != other._hash or self.digest != other.digest:
            return False
        if self.digest is not None:
            return frozenset(self._pairs()) == frozenset(other._pairs())
        return self.depth == other.depth and _same_path(self, other)

    def __reduce__(self) -> tuple[Any, ...]:
        # Made anew from its parts, because hashes of text differ between two runs of Python.
        return Moment, (self.parent, self.call, self.observation, self.digest)


def _same_path(one: Moment, other: Moment) -> bool:
    """Whether two moments of equal depth were reached in the same way; what they share is not looked at."""
    a: Moment | None = one
    b: Moment | None = other
    while a is not b:
        if a is None or b is None or (a.call, a.observation, a.digest) != (b.call, b.observation, b.digest):
            return False
        a, b = a.parent, b.parent
    return True


def carry_out(world: World, steps: Iterable[tuple[Call, Observation]], start: Moment) -> Moment:
    """Run planned calls in a world, in order, each once.

    Args:
        world: as it is at ``start``.
        steps: the calls, and what each gave when it was planned.
        start: where to go on.

    Returns:
        The moment reached: the end of the plan, or the first call that failed and was not planned to fail.
    """
    moment = start
    for call, planned in steps:
        observation = called(world, call)
        moment = Moment(moment, call, observation, digest(world))
        if observation.error and not planned.error:
            break
    return moment


def called(world: World, call: Call) -> Observation:
    """What a call gives. A world that raises, though worlds must not, gives an observation as well."""
    try:
        return world.call(call)
    except Exception as error:
        return Observation(f"{call.name}: {line_of(error)}", "failed")


def runs(steps: Iterable[tuple[Call, Observation]]) -> int:
    """How many of the calls really ran."""
    return sum(not seen.imagined and seen.error not in NEVER_RAN for _, seen in steps)


def digest(world: object) -> str | None:
    """What identifies the state of a world that has a digest."""
    make = getattr(world, "digest", None)
    return None if make is None else str(make())
