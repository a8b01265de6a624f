"""Theorems as values: a statement, the auxiliary points that its proof needs, and the proof."""

from dataclasses import dataclass
from functools import cached_property

from porism.symbolic.diagram import Diagram
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause, Problem
from porism.symbolic.proof import Proof


@dataclass(frozen=True)
class Theorem:
    """A proved theorem of a random figure; its points are named a, b, c, ... in order of construction.

    Attributes:
        proof: of ``proof.problem``: the statement's clauses, then the auxiliary ones, and one goal.
        auxiliary: how many of the clauses, the last ones, are auxiliary.
        diagram: a drawing of the problem.
    """

    proof: Proof
    auxiliary: int
    diagram: Diagram

    @property
    def problem(self) -> Problem:
        """Statement and auxiliary points."""
        return self.proof.problem

    @property
    def goal(self) -> Fact:
        """What is proved."""
        return self.problem.goals[0]

    @cached_property
    def statement(self) -> Problem:
        """The problem without its auxiliary points."""
        count = len(self.problem.clauses) - self.auxiliary
        return Problem(self.problem.clauses[:count], self.problem.goals)

    @property
    def additions(self) -> tuple[Clause, ...]:
        """The clauses of the auxiliary points."""
        return self.problem.clauses[len(self.problem.clauses) - self.auxiliary :]


@dataclass(frozen=True, slots=True)
class Found:
    """A theorem that is new.

    Attributes:
        theorem: with its proof.
        key: its canonical hash, 32 hexadecimal digits.
        configuration: that of its statement without the goal, which variants share.
    """

    theorem: Theorem
    key: str
    configuration: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A goal that gave no theorem.

    Attributes:
        check: which check it failed.
        reason: in words.
        problem: what was stated.
        goal: what was to be proved.
    """

    check: str
    reason: str
    problem: Problem
    goal: Fact
