"""Proofs as values: what is assumed, the steps, and where each step comes from.

The facts of a proof are numbered: its premises from 0, then its steps. A step is a use of a rule (:mod:`.rules`) or of
algebra: a sum of equations that earlier facts stand for. Three kinds of numbers are unknown:

- ``direction``: of the line through two points, in half turns (units of pi), modulo 1. A circle has one more unknown
for each of its
  points, such that the chord of two points has the sum of theirs as its direction, and the radius to one has twice it,
  less a quarter turn;
- ``log``: the logarithm of the length of a segment;
- ``length``: the length itself, and ``square``: its square.

Reference: DD + AR of [Trinh2024]; the parameters of a circle are its points' arguments, halved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem

System: TypeAlias = Literal["direction", "log", "length", "square"]
Unknown: TypeAlias = tuple[str, ...]
"""``(a, b)``, sorted: the segment or line of two points. ``(a, b, "^", c, d)``: the sine of the angle between two
lines, among the logarithms. ``(a, "@", i)``: the point a on the circle that fact i of the proof speaks of."""


@dataclass(frozen=True, slots=True)
class Equation:
    """``sum(coefficient * unknown) = constant``.

    Attributes:
        unknowns: sorted, no coefficient is 0.
        constant: in half turns modulo 1 for directions; for logarithms the number whose logarithm it is; otherwise 0.
    """

    unknowns: tuple[tuple[Unknown, Fraction], ...]
    constant: Fraction


@dataclass(frozen=True, slots=True)
class Term:
    """One equation of a sum: ``coefficient`` times an equation that the fact number ``need`` stands for."""

    coefficient: Fraction
    equation: Equation
    need: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A step by the rule ``id``, with the points ``points`` for the rule's letters in alphabetical order."""

    id: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Algebra:
    """A step by a sum of equations of one system.

    Attributes:
        system: which unknowns.
        terms: the sum of coefficient times equation is the equation of the step's fact.
        divisor: the least N >= 1 for which all N * coefficient are whole numbers. Directions are known modulo 1, so
            for N > 1 the sum leaves N values open, 1/N apart, and the drawing chooses.
    """

    system: System
    terms: tuple[Term, ...]
    divisor: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One deduction.

    Attributes:
        fact: what follows.
        by: the rule or the algebra.
        needs: numbers of the facts it follows from, all smaller than its own, ascending.
        conditions: inequalities that hold in the drawing and that the step relies on.
    """

    fact: Fact
    by: Rule | Algebra
    needs: tuple[int, ...]
    conditions: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of every goal of a problem.

    Attributes:
        problem: what is proved, auxiliary points included.
        premises: the facts of the problem's constructions that are used.
        steps: in an order in which each needs earlier facts only.
    """

    problem: Problem
    premises: tuple[Fact, ...]
    steps: tuple[Step, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Premises, then steps: what ``needs`` counts in."""
        return self.premises + tuple(step.fact for step in self.steps)

    @property
    def conditions(self) -> tuple[Fact, ...]:
        """All side conditions, each once, sorted."""
        return tuple(sorted({condition for step in self.steps for condition in step.conditions}))

    @property
    def auxiliary(self) -> tuple[str, ...]:
        """The points that the proof speaks of and the goals' own construction does not need."""
        spoken = {point for fact in self.facts for point in fact.points}
        stated = self.problem.ancestors(point for goal in self.problem.goals for point in goal.points)
        return tuple(point for point in self.problem.points if point in spoken and point not in stated)

    def numbered(self) -> Iterator[tuple[int, Step]]:
        """The steps with their numbers among the facts."""
        return enumerate(self.steps, len(self.premises))
