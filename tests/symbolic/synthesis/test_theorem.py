"""Theorems as values: the statement and the auxiliary points make up the problem."""

import pytest
from symbolic.synthesis.made import AUXILIARY, theorems

from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.parts import split


@pytest.mark.parametrize("number", range(-len(AUXILIARY), 3))
def test_statement_and_additions_make_up_the_problem(number: int) -> None:
    for one in theorems(number):
        theorem = one.theorem
        assert (*theorem.statement.clauses, *theorem.additions) == theorem.problem.clauses
        assert theorem.statement.goals == theorem.problem.goals == (theorem.goal,)
        assert len(theorem.additions) == theorem.auxiliary
        assert split(Problem(theorem.problem.clauses), theorem.goal) == (theorem.statement.clauses, theorem.additions)


def test_a_theorem_with_an_auxiliary_point() -> None:
    found = next(one for one in theorems(-3) if str(one.theorem.goal) == "rconst a c d e 2 1")
    assert str(found.theorem.statement).endswith("e = on_pline e d c a, on_bline e c d ? rconst a c d e 2 1")
    assert [str(clause) for clause in found.theorem.additions] == ["f = mirror f c d"]
    assert len(found.key) == 32
