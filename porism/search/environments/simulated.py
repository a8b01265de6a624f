"""A proposer whose mistakes are known: the true next call, mixed with wrong ones.

It stands in for a model where searches are compared. What it says depends on the seed, the task, the calls made so far
and the number of the sample, and on nothing else: not on the algorithm that asks, nor on when. Two searches that come
to the same place are told the same, so their difference is their own (common random numbers).

A sample is the true next call with probability ``p``, else a wrong one. At some places, the *traps*, most samples are
one and the same wrong call, so that their agreement misleads. The proposer is blind to its mistakes: after a wrong call
it goes on with its plan, even where that cannot succeed any more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from porism.search.budget import Spent
from porism.search.nodes import Node
from porism.search.proposals import Proposal, Proposed
from porism.search.tools.calls import Call
from porism.seeds import stream

FINISH = Call("finish")  # the plan ends here, says the proposer
TRAPPED = 0.6  # the share of a trap's samples that fall into it
WRONG = 12  # different wrong calls at each step of a plan
FARTHEST = 10  # a wrong guess of the remaining steps is at most this


class Planned(Protocol):
    """A task with a known solution."""

    @property
    def id(self) -> str: ...  # noqa: D102  # its name

    @property
    def solution(self) -> tuple[Call, ...]: ...  # noqa: D102  # calls that reach the goal


@dataclass(frozen=True, slots=True)
class Skill:
    """How good the proposer is, and what it is asked for.

    Attributes:
        p: share of the samples that are right, in [0, 1], where there is no trap.
        trap: share of the places that are traps, in [0, 1].
        samples: proposals asked for at a place, >= 1, all in one request.
        error: share of the guessed numbers of remaining steps that are wrong, in [0, 1]; None not to ask.
        apart: ask for each child's guess in a request of its own; else one more sample holds all of them.
        blur: guesses that are not wrong are still off by up to so many steps, >= 0.

    Raises:
        ValueError: a value is out of its range.
    """

    p: float = 0.5
    trap: float = 0.2
    samples: int = 4
    error: float | None = 0.3
    apart: bool = False
    blur: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        shares = {"p": self.p, "trap": self.trap, "error": self.error or 0.0}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is a share, in [0, 1], not {share}")
        if self.samples < 1:
            raise ValueError(f"ask for at least one sample, not {self.samples}")
        if self.blur < 0:
            raise ValueError(f"blur is a number of steps, >= 0, not {self.blur}")


@dataclass(slots=True, eq=False)
class _Place:
    """What is known about the calls made so far: how much of the plan is done, and the random numbers drawn here."""

    path: tuple[Call, ...]
    done: int
    snare: float = 0.0  # a trap where below the share of traps
    bait: int = 0  # the wrong call of the trap
    astray: float = 0.0  # the guess of the remaining steps is wrong where below the share of errors
    guess: int = 0
    off: float = 0.0  # how far a guess that is not wrong is off, as a share of the blur, in [-1, 1)
    after: dict[Call, "_Place"] = field(default_factory=dict)
    draws: dict[int, tuple[float, float, int]] = field(default_factory=dict)
    told: dict[tuple[Skill, int], Proposed[Call]] = field(default_factory=dict)


class Simulated:
    """All that the proposer ever says about one task under one seed; kept, so that many searches can ask."""

    def __init__(self, task: Planned, others: Sequence[Call] = (), seed: int = 0) -> None:
        """Make the proposer's mind.

        Args:
            task: what is to be done.
            others: calls of the same tools that other tasks make: what it confuses the right ones with.
            seed: of everything random.
        """
        self._task, self._seed = task, seed
        self._plan = (*task.solution, FINISH)
        bank = [call for call in dict.fromkeys(others) if call not in task.solution]
        self._wrong = [self._mistakes(i, bank) for i in range(len(self._plan) + 1)]
        self._root = self._draw(_Place((), 0))

    def proposer(self, skill: Skill) -> "SimulatedProposer":
        """A proposer for :func:`porism.search.drive`."""
        return SimulatedProposer(self, skill)

    def proposed(self, node: Node[Any, Call], skill: Skill) -> Proposed[Call]:
        """What is said at a node; asked once more, the samples that follow."""
        place = self._root
        for call in node.actions():
            place = self._after(place, call)
        key = (skill, node.attempt)
        if key not in place.told:
            place.told[key] = self._told(place, skill, node.attempt)
        return place.told[key]

    def _told(self, place: _Place, skill: Skill, attempt: int) -> Proposed[Call]:
        first = attempt * skill.samples
        votes = Counter(self._sample(place, skill, first + i) for i in range(skill.samples))
        proposals = tuple(
            Proposal(call, count / skill.samples, self._remaining(self._after(place, call), skill))
            for call, count in votes.most_common()  # equal counts in the order of the samples
        )
        guesses = 0 if skill.error is None else len(proposals) if skill.apart else 1
        requests = 1 + (guesses if skill.apart else 0)
        return Proposed(proposals, Spent(requests=requests, samples=skill.samples + guesses))

    def _sample(self, place: _Place, skill: Skill, i: int) -> Call:
        if i not in place.draws:
            rng = stream(self._seed, "sample", self._task.id, *map(str, place.path), i)
            place.draws[i] = (rng.random(), rng.random(), rng.randrange(1 << 30))
        caught, right, which = place.draws[i]
        wrong = self._wrong[place.done]
        if wrong and place.snare < skill.trap and caught < TRAPPED:
            return wrong[place.bait % len(wrong)]
        if place.done < len(self._plan) and (right < skill.p or not wrong):
            return self._plan[place.done]
        return wrong[which % len(wrong)] if wrong else FINISH

    def _remaining(self, place: _Place, skill: Skill) -> float | None:
        if skill.error is None:
            return None
        if place.astray < skill.error:
            return place.guess
        return max(0, len(self._plan) - place.done + round(place.off * skill.blur))

    def _after(self, place: _Place, call: Call) -> _Place:
        if call not in place.after:
            right = place.done < len(self._plan) and call == self._plan[place.done]
            place.after[call] = self._draw(_Place((*place.path, call), place.done + right))
        return place.after[call]

    def _draw(self, place: _Place) -> _Place:
        rng = stream(self._seed, "place", self._task.id, *map(str, place.path))
        place.snare, place.bait = rng.random(), rng.randrange(1 << 30)
        place.astray, place.guess = rng.random(), rng.randrange(FARTHEST + 1)
        place.off = 2 * rng.random() - 1
        return place

    def _mistakes(self, step: int, bank: Sequence[Call]) -> list[Call]:
        """Wrong calls at a step of the plan, of four kinds in turn."""
        rng = stream(self._seed, "mistakes", self._task.id, step)
        right = self._plan[min(step, len(self._plan) - 1)]
        kinds = (_other_tool, _other_argument, self._out_of_order, _other_task)
        made = [kinds[i % len(kinds)](right, bank, rng) for i in range(4 * WRONG)]
        good = dict.fromkeys(call for call in made if call is not None and call != right)
        return list(good)[:WRONG]

    def _out_of_order(self, right: Call, bank: Sequence[Call], rng: Random) -> Call | None:
        return rng.choice(self._plan)


class SimulatedProposer:
    """A proposer of one skill; see :class:`Simulated`."""

    def __init__(self, mind: Simulated, skill: Skill) -> None:
        """Ask ``mind`` with ``skill``."""
        self._mind, self._skill = mind, skill

    def __call__(self, nodes: Sequence[Node[Any, Call]]) -> list[Proposed[Call]]:
        """What is said at each of the nodes."""
        return [self._mind.proposed(node, self._skill) for node in nodes]


def _other_tool(right: Call, bank: Sequence[Call], rng: Random) -> Call | None:
    """Another tool, given the values of the right call where a parameter has the same name."""
    others = [call for call in bank if call.name != right.name]
    if not others:
        return None
    other, values = rng.choice(others), right.values()
    return Call.of(other.name, {key: values.get(key, value) for key, value in other.values().items()})


def _other_argument(right: Call, bank: Sequence[Call], rng: Random) -> Call | None:
    """The right tool with one argument as somebody else gave it, or a little off."""
    values = right.values()
    if not values:
        return None
    key = rng.choice(sorted(values))
    seen = [call.values()[key] for call in bank if call.name == right.name and key in call.values()]
    return Call.of(right.name, {**values, key: rng.choice(seen) if seen else _off(values[key])})


def _off(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}2"
    return [] if isinstance(value, list) else {}


def _other_task(right: Call, bank: Sequence[Call], rng: Random) -> Call | None:
    return rng.choice(bank) if bank else None
