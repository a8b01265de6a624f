"""Everything that follows from a problem: facts in, facts out, around the arrays of :mod:`porism.symbolic.kernel`.

Reference: DD + AR [Trinh2024], found by numbers as DESIGN in docs/architecture.md tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from porism.errors import InputError
from porism.seeds import stream
from porism.symbolic import known
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.facts import Fact
from porism.symbolic.jit import kernel
from porism.symbolic.kernel.tables import P as PRIME
from porism.symbolic.kernel.tables import Table, parts
from porism.symbolic.problem import Problem
from porism.symbolic.sums import DIRECTION, LOG, Sum, sums

Integers = NDArray[np.int64]

SLACKS = (1, 3, 9)  # times the usual room for circles
BRANCHES = 16  # drawings; of two equally likely branches one is missed once in 2**15 times


@dataclass(frozen=True)
class Closure:
    """What is known of a problem, and how to ask for it.

    Attributes:
        problem: what it is about.
        diagrams: the drawings that proposed what to prove; the first decides conditions.
        premises: the facts that were assumed, in order: the events 0, 1, ... of the log.
        figure, state: arrays, see :mod:`porism.symbolic.kernel`.
        rounds: how many were needed.
        solved: whether all goals are known.
    """

    problem: Problem
    diagrams: tuple[Diagram, ...]
    premises: tuple[Fact, ...]
    figure: Any
    state: Any
    rounds: int
    solved: bool

    @property
    def points(self) -> tuple[str, ...]:
        """Names of the points, by number."""
        return self.problem.points

    @cached_property
    def number(self) -> dict[str, int]:
        """Numbers of the points, by name."""
        return {name: i for i, name in enumerate(self.points)}

    def knows(self, fact: Fact) -> bool:
        """Whether a fact follows from the premises, as far as these rules go."""
        return self.diagrams[0].holds(fact) and self.follows(fact)

    def follows(self, fact: Fact) -> bool:
        """As :meth:`knows`, of a fact that holds in the first drawing."""
        if fact.name == "cyclic":
            return all(_together(self.state, four) for four in _fours([self.number[p] for p in fact.points]))
        return all(self.entails(system, one) for system, one in sums(fact, self.number) if system in (DIRECTION, LOG))

    def entails(self, system: int, one: Sum) -> bool:
        """Whether a sum of unknowns is constant."""
        table = self.table(system)
        hashes = table.hash[[x for x, _ in one]]
        return not (np.array([c for _, c in one]) @ hashes % PRIME).any()

    def facts(self) -> Iterator[Fact]:
        """What is known, as :mod:`porism.symbolic.known` lists it."""
        return iter(dict.fromkeys(known.facts(self.points, self.figure, self.state, self.tables)))

    @property
    def count(self) -> int:
        """How many facts are listed."""
        return sum(1 for _ in self.facts())

    def nearest(self, goal: Fact, count: int = 5) -> list[Fact]:
        """The known facts that say most about the goal's points."""
        return known.nearest(self.facts(), goal, count)

    def table(self, system: int) -> Table:
        """The table of a system."""
        return self.tables[system]

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Directions, logarithms, lengths and squares."""
        return tuple(parts(table) for table in self.state[1:5])


def deduce(
    problem: Problem,
    diagrams: Sequence[Diagram] = (),
    *,
    goals: Sequence[Fact] = (),
    compiled: bool = False,
    seed: int = 0,
) -> Closure:
    """Everything that follows from the problem's premises, or, with goals, until all of them do.

    Args:
        problem: the premises are its constructions' guarantees.
        diagrams: drawings of it that are looked at first, beside as many fresh ones as it takes that a fact which
            depends on a choice that the text leaves open fails in one of them; only what holds in all is tried.
        goals: facts that hold in the drawings.
        compiled: run the kernel compiled by numba.
        seed: of the hashes.
    """
    drawn = [*diagrams, *(draw(problem, seed, index) for index in range(BRANCHES))]
    return deduce_from(problem, problem.premises, drawn, goals=goals, compiled=compiled, seed=seed)


def deduce_from(
    problem: Problem,
    premises: Sequence[Fact],
    diagrams: Sequence[Diagram],
    *,
    goals: Sequence[Fact] = (),
    compiled: bool = False,
    seed: int = 0,
) -> Closure:
    """As :func:`deduce`, from some of the premises and exactly these drawings.

    Raises:
        InputError: the figure is too large.
    """
    number = {name: i for i, name in enumerate(problem.points)}
    n = len(number)
    circles = [_row(n, k, fact, number) for k, fact in enumerate(premises) if fact.name in ("cyclic", "circle")]
    told = [(k, row) for k, fact in enumerate(premises) for row in sums(fact, number)]
    inputs = (
        coordinates(diagrams, problem.points),
        randoms(seed),
        encoded(told),
        np.array(circles, np.int64).reshape(len(circles), 3 + n),
        len(premises),
        *asked_for(goals, number),
    )
    for slack in SLACKS:
        figure, state, rounds, solved = kernel(compiled).close(*inputs, slack)
        closure = Closure(problem, tuple(diagrams), tuple(premises), figure, state, int(rounds), bool(solved))
        if not (state.size[3] or any(table.full for table in closure.tables)):
            return closure
    raise InputError(f"a figure of {n} points has more circles than the closure has room for; leave out some points")


def asked_for(goals: Sequence[Fact], number: Mapping[str, int]) -> tuple[Integers, Integers]:
    """Goals as the kernel waits for them: equations, and four points on a circle a row."""
    asked = [row for fact in goals if fact.name != "cyclic" for row in sums(fact, number) if row[0] in (DIRECTION, LOG)]
    fours = [four for fact in goals if fact.name == "cyclic" for four in _fours([number[p] for p in fact.points])]
    return encoded([(0, row) for row in asked]), np.array(fours, np.int64).reshape(-1, 4)


def _row(n: int, k: int, fact: Fact, number: dict[str, int]) -> list[int]:
    points = [number[p] for p in fact.points]
    centre = -1
    if fact.name == "circle":
        centre, *points = points
    return [k, centre, len(points), *points, *[0] * (n - len(points))]


def _fours(points: Sequence[int]) -> list[list[int]]:
    return [[*points[:3], other] for other in points[3:]]


def _together(state: Any, four: Sequence[int]) -> bool:
    alive = state.circle[: state.size[1], 3] == 1
    return bool((state.member[: state.size[1]][alive][:, four] >= 0).all(axis=1).any())


def encoded(rows: Sequence[tuple[int, tuple[int, Sum]]]) -> Integers:
    """Equations as rows: system, event, count, 8 unknowns, 8 coefficients."""
    result = np.zeros((len(rows), 19), np.int64)
    for line, (k, (system, one)) in zip(result, rows, strict=True):
        count = len(one)
        line[:3] = system, k, count
        line[3 : 3 + count] = [x for x, _ in one]
        line[11 : 11 + count] = [c for _, c in one]
    return result


def coordinates(diagrams: Sequence[Diagram], points: Sequence[str]) -> NDArray[np.float64]:
    """The drawings as float64 (drawings, points, 2), centred and of size 1."""
    z = np.array([[complex(diagram.points[name]) for name in points] for diagram in diagrams])
    z = z - z.mean(axis=1, keepdims=True)
    z = z / abs(z).max(axis=1, keepdims=True)
    return np.stack([z.real, z.imag], axis=2)


@lru_cache(maxsize=8)
def randoms(seed: int) -> Integers:
    """Random numbers below the prime, (unknowns, 2), enough for the largest figures."""
    return np.random.default_rng(stream(seed, "hashes").getrandbits(64)).integers(1, PRIME, (1 << 16, 2))
