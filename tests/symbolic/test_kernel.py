"""The linear systems modulo a prime agree with exact ones, and the kernel is the same compiled."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic.exact import LinearSystem
from symbolic.witnesses import WITNESSES
from theorems import TEXTS

from porism.symbolic.closure import coordinates, deduce_from
from porism.symbolic.diagram import draw
from porism.symbolic.explain import rational
from porism.symbolic.jit import kernel
from porism.symbolic.kernel.state import EVENT
from porism.symbolic.kernel.tables import P, Table, difference, entailed, insert, parts, same, table, unknown
from porism.symbolic.problem import Problem
from porism.symbolic.prove import attempt

UNKNOWNS = 6
sums = st.dictionaries(st.integers(0, UNKNOWNS - 1), st.integers(-3, 3).filter(bool), min_size=1, max_size=4)
systems = st.lists(sums, max_size=8)
Sum = dict[int, int]


def learned(equations: Sequence[Sum], seed: int = 0) -> tuple[Any, LinearSystem[int, int], list[bool]]:
    """The same equations in both systems, which they enter under their numbers, and which were news."""
    t = table(UNKNOWNS, UNKNOWNS + 3, random(32, seed))
    exact: LinearSystem[int, int] = LinearSystem()
    news = []
    for k, equation in enumerate(equations):
        one = insert(t, *columns(equation), len(equation), EVENT, k, 0, 0)
        assert one == exact.add(equation, k)
        news.append(one)
    return t, exact, news


def random(count: int, seed: int = 0) -> Any:
    """What a table makes its hashes of."""
    return np.random.default_rng(seed).integers(1, P, (count, 2))


def columns(equation: Sum) -> tuple[Any, Any]:
    return np.array(list(equation)), np.array(list(equation.values()))


def explained(found: Table, asked: Sum) -> dict[int, Fraction]:
    """What the table says that a sum follows from: numbers of equations and their weights."""
    why = sum(c * found.why[x] for x, c in asked.items()) % P
    return {int(found.source[k, 1]): rational(int(why[k])) for k in np.flatnonzero(why)}


@given(systems, sums)
@settings(deadline=None)
def test_a_table_knows_what_an_exact_system_knows(equations: list[Sum], asked: Sum) -> None:
    t, exact, _ = learned(equations)
    assert entailed(t, *columns(asked), len(asked)) == exact.entails(asked)


@given(systems)
@settings(deadline=None)
def test_hashes_agree_exactly_where_normal_forms_do(equations: list[Sum]) -> None:
    t, exact, _ = learned(equations)
    forms = [exact.reduce({x: 1}) for x in range(UNKNOWNS)]
    for x in range(UNKNOWNS):
        for y in range(UNKNOWNS):
            assert same(t, x, y) == (forms[x] == forms[y])
            one, two = exact.reduce({x: 1, y: -1} if x != y else {}), exact.reduce({0: 1, 1: -1})
            assert (difference(t, x, y) == difference(t, 0, 1)) == (one == two)


@given(systems, st.data())
@settings(deadline=None)
def test_an_explanation_adds_up_exactly_and_is_the_only_one(equations: list[Sum], data: st.DataObject) -> None:
    t, exact, news = learned(equations)
    weights = data.draw(st.lists(st.integers(-2, 2), min_size=len(equations), max_size=len(equations)))
    asked: Sum = {}
    for weight, equation in zip(weights, equations, strict=True):
        for x, c in equation.items():
            asked[x] = asked.get(x, 0) + weight * c
    found = explained(parts(t), asked)
    total = {x: Fraction(-c) for x, c in asked.items()}
    for k, share in found.items():
        assert news[k]
        for x, c in equations[k].items():
            total[x] = total.get(x, Fraction(0)) + share * c
    assert not any(total.values())
    assert found == exact.explain(asked)


@given(systems)
@settings(deadline=None)
def test_every_unknown_is_its_form_and_the_equations_it_was_reduced_by(equations: list[Sum]) -> None:
    t, _, _ = learned(equations)
    found = parts(t)
    assert not found.full
    for x in range(UNKNOWNS):
        total = found.form[x].copy()
        for k in np.flatnonzero(found.why[x]):
            for y, c in zip(found.unknowns[k], found.coefficients[k], strict=True):
                total[y] = (total[y] + found.why[x, k] * c) % P
        assert total.tolist() == [int(x == y) for y in range(UNKNOWNS)]


@given(systems, st.permutations(range(8)))
@settings(deadline=None)
def test_the_order_of_equations_does_not_matter(equations: list[Sum], order: list[int]) -> None:
    one, _, _ = learned(equations)
    two, _, _ = learned([equations[k] for k in order if k < len(equations)])
    for x in range(UNKNOWNS):
        for y in range(x):
            assert same(one, x, y) == same(two, x, y)


def test_a_table_without_room_says_so() -> None:
    t = table(2, 2, random(8))
    unknown(t)
    assert parts(t).full
    t = table(3, 3, random(8))
    unknowns = [(0, 1), (1, 2)]
    assert all(insert(t, np.array(pair), np.array([1, -1]), 2, EVENT, 0, 0, 0) for pair in unknowns)
    assert not parts(t).full
    assert not insert(t, np.array([0, 2]), np.array([5, -5]), 2, EVENT, 0, 0, 0)
    assert len(parts(t).source) == 2


@pytest.mark.parametrize("index", range(0, len(TEXTS), 5))
def test_a_closure_ends_at_once_if_the_goal_is_a_premise(index: int) -> None:
    problem = Problem.parse(TEXTS[index])
    for premise in problem.premises:
        closure = deduce_from(problem, problem.premises, [draw(problem)], goals=[premise])
        assert closure.solved, premise
        assert closure.rounds == 0
        assert closure.state.size[0] == len(problem.premises)


def test_without_a_goal_a_closure_ends_when_nothing_is_new() -> None:
    problem = Problem.parse(TEXTS[0])
    closure = deduce_from(problem, problem.premises, [draw(problem)])
    assert not closure.solved
    assert closure.rounds > 1


def test_coordinates_are_centred_and_of_size_one() -> None:
    problem = Problem.parse(TEXTS[3])
    drawn = coordinates([draw(problem, 0, index) for index in range(3)], problem.points)
    assert drawn.shape == (3, len(problem.points), 2)
    assert np.allclose(drawn.mean(axis=1), 0)
    assert np.allclose(np.hypot(drawn[..., 0], drawn[..., 1]).max(axis=1), 1)


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_the_compiled_kernel_does_what_the_plain_one_does() -> None:
    pytest.importorskip("numba")
    assert kernel(True) is not kernel(False)
    different = [text for text in TEXTS if not compiled_alike(text)]
    assert not different
    for text in TEXTS[::8]:
        assert attempt(Problem.parse(text)).proof == attempt(Problem.parse(text), compiled=True).proof


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_the_compiled_kernel_uses_every_rule_as_the_plain_one_does() -> None:
    pytest.importorskip("numba")
    different = [id for id, witness in WITNESSES.items() if not compiled_alike(witness.text)]
    assert not different


def compiled_alike(text: str) -> bool:
    """Whether both kernels do the same: events, circles, tables, rounds and facts."""
    problem = Problem.parse(text)
    drawn = [draw(problem, 0, index) for index in range(2)]
    for goals in ((), problem.goals):
        plain, compiled = (
            deduce_from(problem, problem.premises, drawn, goals=goals, compiled=way) for way in (False, True)
        )
        if (plain.rounds, plain.solved) != (compiled.rounds, compiled.solved):
            return False
        if not all(np.array_equal(one, two) for one, two in zip(plain.state, compiled.state, strict=True)):
            return False
        if list(plain.facts()) != list(compiled.facts()):
            return False
    return True
