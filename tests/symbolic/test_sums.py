"""The engine and the checker read the same equations off a fact, signs and constants included, whatever the names."""

import re
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from porism.symbolic.check import flaws
from porism.symbolic.equations import equations, negative, said
from porism.symbolic.facts import Fact
from porism.symbolic.history import pair
from porism.symbolic.predicates import PREDICATES, FactError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Equation, System, Unknown
from porism.symbolic.prove import attempt
from porism.symbolic.sums import SYSTEMS, Sum, collected, constant, pythagoras, sums

NAMES = "abcdefgh"
FIXED = [one.name for one in PREDICATES.values() if not one.condition and not one.more]
numberings = st.permutations(NAMES).map(lambda names: {name: i for i, name in enumerate(names)})
SQUARES = (  # theorems that take Pythagoras both ways, or medians
    "a b c = triangle a b c; m = midpoint m b c; n = midpoint n c a; k = on_aline k a c b a m, on_aline k b c a b n;"
    " d = foot d k b c; e = foot e k c a; f = foot f k a b; g = midpoint g e f ? coll d k g",
    "a b c = triangle a b c; d = foot d a b c; e = foot e b c a; f = foot f c a b; x = on_line x e f, on_line x b c;"
    " y = on_line y f d, on_line y c a; o = circle o a b c; h = orthocenter h a b c ? perp x y o h",
    "a b = segment a b; e = lc_tangent e a b; g f = trisegment g f b e; d = intersection_lc d b g a; c = mirror c e g"
    " ? rconst a b b d 3 1",
)


def fact_of(name: str, points: Sequence[str], numbers: tuple[int, int]) -> Fact:
    """A fact of the first of the points and numbers, where there is one."""
    one = PREDICATES[name]
    try:
        return Fact(name, (*points[: one.points], *map(str, numbers[: one.numbers])))
    except FactError:
        reject()


places = st.permutations(NAMES) | st.lists(st.sampled_from(NAMES[:6]), min_size=8, max_size=8)
twos = st.tuples(st.integers(1, 6), st.integers(1, 6))


def facts(*names: str) -> st.SearchStrategy[Fact]:
    """Facts of such predicates, of different points and with points that are the same."""
    return st.builds(fact_of, st.sampled_from(names), places, twos)


def named(one: Sum, names: Sequence[str]) -> dict[Unknown, Fraction]:
    """A sum of the engine's with names for its numbers, like ones added up."""
    pairs = [pair(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return {pairs[x]: Fraction(c) for x, c in collected(one).items() if c}


@given(facts(*FIXED), numberings)
@settings(deadline=None)
def test_a_fact_says_the_same_to_the_engine_and_to_the_checker(fact: Fact, number: dict[str, int]) -> None:
    for system, one in sums(fact, number):
        if unknowns := named(one, list(number)):  # ab : ab says nothing, which enters no table
            right = constant(fact, system, {name: int(c) for name, c in unknowns.items()})
            wanted = Equation(tuple(sorted(unknowns.items())), right)
            assert wanted in told(fact, SYSTEMS[system]), (fact, system)


def told(fact: Fact, system: System) -> list[Equation]:
    """What the checker lets a sum conclude, or, if the fact is more than one equation, what it lets a sum use."""
    if only := list(said(fact, system)):
        return only
    found = list(equations(fact, -1, system, fact.points))
    return found + [negative(one, system) for one in found]


@given(facts("perp"), numberings)
@settings(deadline=None)
def test_a_right_angle_says_the_same_squares_to_the_engine_and_to_the_checker(
    fact: Fact, number: dict[str, int]
) -> None:
    (equation,) = said(fact, "square")
    assert named(pythagoras(fact, number), list(number)) == dict(equation.unknowns)
    assert not equation.constant


@pytest.mark.parametrize("shortened", [True, False])
@pytest.mark.parametrize("text", SQUARES)
def test_a_proof_by_squares_is_accepted(text: str, shortened: bool) -> None:
    assert attempt(Problem.parse(text), shortened=shortened).reason == ""


@pytest.mark.parametrize("text", SQUARES[1:])
@given(data=st.data())
@settings(deadline=None, max_examples=8)
def test_a_proof_by_squares_is_accepted_whatever_the_names(text: str, data: st.DataObject) -> None:
    points = Problem.parse(text).points
    names = dict(zip(points, data.draw(st.permutations(points)), strict=True))
    renamed = Problem.parse(re.sub(r"\b[a-z]\b", lambda found: names[found[0]], text))
    result = attempt(renamed, shortened=False)
    assert result.reason == ""
    assert result.proof is not None
    assert not any(flaws(result.proof))
