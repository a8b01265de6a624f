"""Every construction of the language: what it guarantees is true in every drawing, and its sentence can be said."""

import cmath
import math
from fractions import Fraction

import pytest
from theorems import TEXTS

from porism.symbolic.constructions import CONSTRUCTIONS, Definition, half_turns
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.problem import Construction, Problem

STARTS = {  # what a construction needs before it that a few free points do not give
    "2l1c": "a b p = triangle a b p; o = circumcenter o a b p; c = midpoint c a p",
    "e5128": "c b = segment c b; a = on_tline a b b c; d = on_circle d c b",
    "tangent": "o b = segment o b; a = on_opline a o b",
}


def alone(definition: Definition) -> Problem:
    """A problem that uses the construction once, on points in general position."""
    letters = definition.letters[: len(definition.letters) - definition.numbers]
    new = [definition.letters[i] for i in definition.outputs]
    old = [letter for letter in letters if letter not in new]
    start = STARTS.get(definition.name, "; ".join(f"{letter} = free {letter}" for letter in old))
    args = [*letters, *["37"] * definition.numbers]
    return Problem.parse(f"{start}{';' if start else ''} {' '.join(new)} = {definition.name} {' '.join(args)}")


@pytest.mark.parametrize("name", sorted(CONSTRUCTIONS))
def test_a_construction_guarantees_what_holds_in_fifty_drawings(name: str) -> None:
    problem = alone(CONSTRUCTIONS[name])
    construction = problem.clauses[-1].constructions[0]
    for index in range(50):
        figure = draw(problem, seed=1, index=index)
        for fact in construction.facts:
            assert figure.residual(fact) < 1e-12, fact
        for fact in construction.conditions:
            assert figure.holds(fact), fact


@pytest.mark.parametrize("name", sorted(CONSTRUCTIONS))
def test_a_construction_can_be_said(name: str) -> None:
    definition = CONSTRUCTIONS[name]
    letters = list(definition.letters)
    args = [f"{letter}1" for letter in letters[: len(letters) - definition.numbers]] + ["37"] * definition.numbers
    sentence = Construction(name, tuple(args)).say()
    assert all(arg.upper() in sentence for arg in args)
    assert "{" not in sentence
    assert not sentence.endswith(".")


def test_the_theorems_use_every_construction() -> None:
    used = {one.name for text in TEXTS for clause in Problem.parse(text).clauses for one in clause.constructions}
    assert used == set(CONSTRUCTIONS)


def drawings(text: str) -> list[Diagram]:
    return [draw(Problem.parse(text), index=index) for index in range(20)]


def angle(figure: Diagram, a: str, b: str, c: str) -> float:
    """From ba to bc, counterclockwise, in half turns from -1 to 1."""
    p = figure.points
    return cmath.phase((p[c] - p[b]) / (p[a] - p[b])) / math.pi


def test_names_promise_more_than_full_angles() -> None:
    for figure in drawings("a b c = triangle; i = incenter a b c; e = excenter a b c; x y = trisect x y a b c"):
        assert angle(figure, "b", "a", "i") == pytest.approx(angle(figure, "i", "a", "c"))
        assert (
            abs(angle(figure, "b", "a", "i"))
            < 1 / 2
            < abs(angle(figure, "e", "c", "a")) + abs(angle(figure, "b", "c", "a")) / 2
        )
        assert angle(figure, "a", "b", "x") == pytest.approx(angle(figure, "a", "b", "c") / 3)
    for figure in drawings("a b c = triangle; x = s_angle a b 37; y = on_aline y a b a b c; z = on_opline z a b"):
        assert angle(figure, "a", "b", "x") == pytest.approx(37 / 180)
        assert angle(figure, "y", "a", "b") == pytest.approx(angle(figure, "a", "b", "c"))
        assert abs(angle(figure, "z", "a", "b")) == pytest.approx(1)
    for figure in drawings("a b = segment; c d = square a b; p = psquare a b; n = nsquare a b"):
        assert angle(figure, "b", "a", "d") == pytest.approx(1 / 2) == angle(figure, "b", "a", "p")
        assert angle(figure, "b", "a", "n") == pytest.approx(-1 / 2)


@pytest.mark.parametrize(
    "name", ["quadrangle", "trapezoid", "r_trapezoid", "eq_trapezoid", "eq_quadrangle", "eqdia_quadrangle"]
)
def test_quadrilaterals_are_convex_and_not_more_special_than_asked(name: str) -> None:
    for figure in drawings(f"a b c d = {name} a b c d"):
        turns = [angle(figure, x, y, z) for x, y, z in ("abc", "bcd", "cda", "dab")]
        assert len({turn > 0 for turn in turns}) == 1
        a, b, c, d = (figure.points[point] for point in "abcd")
        assert abs(a + c - b - d) > 0.01, "a parallelogram"


def test_both_equilateral_triangles_are_drawn() -> None:
    sides = {angle(figure, "c", "b", "x") > 0 for figure in drawings("b c = segment; x = eq_triangle b c")}
    assert sides == {True, False}


def test_angles_are_read_exactly() -> None:
    assert half_turns("30") == half_turns("30o") == half_turns("1pi/6") == half_turns("pi/6") == Fraction(1, 6)
    assert half_turns("22.5") == Fraction(1, 8)
    assert half_turns("-pi") == -1
    for text in ("", "pi/0", "1/2", "x", "\u0663", "1e3", "30oo"):
        with pytest.raises(ValueError, match="an angle is written in degrees, such as 30"):
            half_turns(text)
