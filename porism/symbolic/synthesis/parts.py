"""The parts of a figure: its constructions, of which a theorem keeps as few as it can.

A construction that is left out leaves its points free. What is kept is a set of parts, written as the bits of a
number; a problem is made of it when it is closed or stated.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from porism.symbolic.diagram import Diagram
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause, Construction, Problem

NAMES = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Parts:
    """The constructions of a problem that guarantee something, numbered from 0.

    Attributes:
        problem: of the whole figure.
    """

    problem: Problem

    @cached_property
    def constructions(self) -> tuple[Construction, ...]:
        """Those that guarantee something, in order."""
        return tuple(one for clause in self.problem.clauses for one in clause.constructions if one.facts)

    @cached_property
    def whole(self) -> int:
        """All parts."""
        return (1 << len(self.constructions)) - 1

    @cached_property
    def number(self) -> dict[Construction, int]:
        """The number of each construction."""
        return {one: i for i, one in enumerate(self.constructions)}

    @cached_property
    def of(self) -> dict[Fact, int]:
        """For each premise the number of the first construction that guarantees it."""
        found: dict[Fact, int] = {}
        for i, one in enumerate(self.constructions):
            for fact in one.facts:
                found.setdefault(fact, i)
        return found

    def bits(self, premises: Iterable[Fact]) -> int:
        """The parts that guarantee these premises."""
        kept = 0
        for fact in premises:
            kept |= 1 << self.of[fact]
        return kept

    @cached_property
    def _reach(self) -> dict[str, int]:
        """For each point the parts that make it, and those that make what it is made from."""
        found: dict[str, int] = {}
        for clause in self.problem.clauses:
            own = sum(1 << self.number[one] for one in clause.constructions if one.facts)
            for point in clause.inputs:
                own |= found[point]
            found |= dict.fromkeys(clause.points, own)
        return found

    def stated(self, goal: Fact) -> int:
        """The parts that make the goal's points, and those that these are made from."""
        kept = 0
        for point in goal.points:
            kept |= self._reach[point]
        return kept

    @cached_property
    def _spoken(self) -> dict[int, frozenset[str]]:
        return {}

    def points(self, kept: int) -> frozenset[str]:
        """The points that the kept parts speak of."""
        if kept not in self._spoken:
            ones = (one for i, one in enumerate(self.constructions) if kept >> i & 1)
            self._spoken[kept] = frozenset(point for one in ones for point in (*one.outputs, *one.inputs))
        return self._spoken[kept]

    def restricted(self, kept: int, more: Collection[str] = ()) -> Problem:
        """The problem of the kept parts, their points and some more; what nothing determines is free.

        A construction that guarantees nothing, such as ``triangle``, stays if all its points do.
        """
        wanted = self.points(kept).union(more)
        clauses: list[Clause] = []
        for clause in self.problem.clauses:
            ones = tuple(one for one in clause.constructions if one.facts and kept >> self.number[one] & 1)
            if not ones and len(clause.points) > 1 and wanted.issuperset(clause.points):
                ones = tuple(one for one in clause.constructions if not one.facts)
            if ones:
                clauses.append(Clause(clause.points, ones))
            else:
                free = (point for point in clause.points if point in wanted)
                clauses += [Clause((point,), (Construction("free", (point,)),)) for point in free]
        return Problem(tuple(clauses))

    def parts_of(self, problem: Problem) -> int:
        """The parts that a restricted problem keeps."""
        return sum(
            1 << self.number[one] for clause in problem.clauses for one in clause.constructions if one in self.number
        )


def split(problem: Problem, goal: Fact) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """The clauses that the goal's points need, and the auxiliary ones."""
    needed = problem.ancestors(goal.points)
    statement = tuple(clause for clause in problem.clauses if needed.issuperset(clause.points))
    return statement, tuple(clause for clause in problem.clauses if clause not in statement)


def renaming(clauses: Iterable[Clause]) -> dict[str, str]:
    """New names for the points, in order: a, b, c, ..."""
    return dict(zip((point for clause in clauses for point in clause.points), NAMES, strict=False))


def renamed(clauses: Iterable[Clause], names: Mapping[str, str]) -> tuple[Clause, ...]:
    """The clauses with other names for their points."""

    def one(construction: Construction) -> Construction:
        return Construction(construction.name, tuple(names.get(arg, arg) for arg in construction.args))

    return tuple(
        Clause(tuple(names[point] for point in clause.points), tuple(map(one, clause.constructions)))
        for clause in clauses
    )


def renamed_fact(fact: Fact, names: Mapping[str, str]) -> Fact:
    """The fact about the points' new names."""
    count = len(fact.points)
    return Fact(fact.name, (*(names[point] for point in fact.points), *fact.args[count:]))


def renamed_diagram(diagram: Diagram, names: Mapping[str, str]) -> Diagram:
    """The drawing of the points that have new names."""
    return Diagram({new: diagram.points[old] for old, new in names.items()}, diagram.digits)
