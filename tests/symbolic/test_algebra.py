"""Exact algebra against what it claims, and against sympy, which shares no code with it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.symbolic import LinearSystem

patient = settings(deadline=None, max_examples=40)  # sympy is slow

NAMES = "uvwxyz"
Equation = dict[str, Fraction]
Given = list[Equation]

coefficients = st.builds(Fraction, st.integers(-3, 3), st.integers(1, 4))
equation_lists = st.lists(st.dictionaries(st.sampled_from(NAMES), coefficients, max_size=4), max_size=8)
weight_lists = st.lists(st.integers(-4, 4), min_size=8, max_size=8)


def known(equations: Given) -> LinearSystem[str, int]:
    system: LinearSystem[str, int] = LinearSystem()
    for i, equation in enumerate(equations):
        system.add(equation, i)
    return system


def total(weights: Mapping[int, Any], equations: Given) -> Equation:
    """The sum of weight times equation, written out unknown by unknown."""
    sums = {x: sum((c * equations[i].get(x, 0) for i, c in weights.items()), Fraction(0)) for x in NAMES}
    return {x: c for x, c in sums.items() if c}


@patient
@given(equation_lists, weight_lists)
def test_an_explanation_adds_up_to_what_it_explains(equations: Given, weights: list[int]) -> None:
    system = known(equations)
    asked = total(dict(enumerate(weights[: len(equations)])), equations)
    why = system.explain(asked)
    assert why is not None
    assert all(why.values())
    assert set(why) <= set(system.given)
    assert total(why, equations) == asked
    assert system.entails(asked)


@patient
@given(equation_lists, weight_lists)
def test_no_source_of_an_explanation_can_be_spared(equations: Given, weights: list[int]) -> None:
    asked = total(dict(enumerate(weights[: len(equations)])), equations)
    why = known(equations).explain(asked)
    assert why is not None
    for spared in why:
        assert not known([equations[i] for i in why if i != spared]).entails(asked)


@patient
@given(equation_lists, st.dictionaries(st.sampled_from(NAMES), coefficients))
def test_rank_and_entailment_agree_with_sympy(equations: Given, asked: Equation) -> None:
    import sympy

    def rank(rows: Given) -> int:
        return int(sympy.Matrix(len(rows), 6, lambda i, j: sympy.Rational(rows[i].get(NAMES[j], 0))).rank())

    system = known(equations)
    assert system.rank == len(system.given) == rank(equations)
    assert system.entails(asked) == (rank([*equations, asked]) == rank(equations))


@settings(deadline=None, max_examples=20)
@given(equation_lists, weight_lists)
def test_the_coefficients_are_those_that_sympy_solves_for(equations: Given, weights: list[int]) -> None:
    import sympy

    system = known(equations)
    asked = total(dict(enumerate(weights[: len(equations)])), equations)
    unknowns = sympy.symbols(f"c:{len(equations)}")
    kept = [unknowns[source] for source in system.given]
    sums = [
        sum(unknowns[i] * sympy.Rational(system.given[i].get(x, 0)) for i in system.given) - asked.get(x, 0)
        for x in NAMES
    ]
    [solution] = sympy.linsolve(sums, kept) if kept else [()]
    why = system.explain(asked)
    assert why is not None
    assert list(solution) == [why.get(source, 0) for source in system.given]


@patient
@given(equation_lists, st.dictionaries(st.sampled_from(NAMES), coefficients), weight_lists)
def test_normal_forms_are_equal_exactly_where_the_difference_follows(
    equations: Given, one: Equation, weights: list[int]
) -> None:
    system = known(equations)
    same = total({0: 1, 1: 1}, [one, total(dict(enumerate(weights[: len(equations)])), equations)])
    other = total({0: 1, 1: 1}, [same, {"u": Fraction(1)}])
    assert system.reduce(one) == system.reduce(same) == system.reduce(system.reduce(one))
    assert (system.reduce(one) == system.reduce(other)) == system.entails({"u": 1})


@patient
@given(equation_lists, st.permutations(range(8)), st.dictionaries(st.sampled_from(NAMES), coefficients))
def test_what_follows_does_not_depend_on_the_order_of_learning(
    equations: Given, order: list[int], asked: Equation
) -> None:
    shuffled = [equations[i] for i in order if i < len(equations)]
    assert known(equations).rank == known(shuffled).rank
    assert known(equations).entails(asked) == known(shuffled).entails(asked)


@patient
@given(equation_lists)
def test_a_new_unknown_is_never_explained(equations: Given) -> None:
    system = known(equations)
    assert system.explain({"t": 1}) is None
    assert system.explain({}) == {}
    assert system.reduce({"t": 1}) == {"t": 1}


def test_an_equation_that_follows_is_not_learned() -> None:
    system = known([{"x": Fraction(1), "y": Fraction(-1)}])
    assert not system.add({"x": 3, "y": -3}, "unused")  # type: ignore[arg-type]  # any name will do: it is not used
    assert not system.add({}, 0)
    assert list(system.given) == [0]


def test_a_source_names_one_equation() -> None:
    system = known([{"x": Fraction(1)}])
    with pytest.raises(ValueError, match="0 already names an equation; give each equation a source of its own"):
        system.add({"y": 1}, 0)
    assert system.rank == 1


@pytest.mark.parametrize("ask", [LinearSystem.reduce, LinearSystem.entails, LinearSystem.explain])
def test_floats_are_refused(ask: Any) -> None:
    with pytest.raises(ValueError, match=r"exact, an int or a Fraction such as Fraction\(1, 2\); got {'x': 0.5}"):
        ask(LinearSystem(), {"x": 0.5, "y": 1})
    with pytest.raises(ValueError, match="exact"):
        LinearSystem[str, str]().add({"x": 1.0}, "x = 0")  # type: ignore[dict-item]  # the mistake under test


def test_machine_integers_become_exact() -> None:
    import numpy

    system: LinearSystem[str, str] = LinearSystem()
    system.add({"x": numpy.int64(2**62), "y": 1}, "large")  # type: ignore[dict-item]  # not an int to mypy
    assert system.explain({"x": 4 * 2**62, "y": 4}) == {"large": Fraction(4)}


def test_contradicting_constants_are_seen() -> None:
    system: LinearSystem[str, str] = LinearSystem()
    system.add({"ab": 1, "cd": -1}, "para a b c d")
    assert not system.entails({"pi": 1})
    system.add({"ab": 1, "cd": -1, "pi": Fraction(-1, 2)}, "perp a b c d")
    assert system.explain({"pi": 1}) == {"para a b c d": Fraction(2), "perp a b c d": Fraction(-2)}
