"""Diagrams: what holds in one, and how problems are drawn."""

import cmath
import math
import re
from collections.abc import Mapping
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theorems import TEXTS

from porism.errors import InputError
from porism.symbolic.diagram import VERIFYING, Diagram, DrawingError, Limits, crowded, draw, settled
from porism.symbolic.facts import Fact
from porism.symbolic.loci import Circle, Hyperbola, Line, Locus, meet
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Problem

#   d . c      a square of side 2 with centre o, the midpoint m of ab, e beyond b on ab,
#   . o .      and f on the circle about o
#   a m b . e
POINTS = {"a": 0, "b": 2, "c": 2 + 2j, "d": 2j, "o": 1 + 1j, "m": 1, "e": 4, "f": 1 + (1 + math.sqrt(2)) * 1j}
FIGURE = Diagram({name: complex(point) for name, point in POINTS.items()})
TRUE = """
coll a b m e; cyclic a b c d f; midp m a b; circle o a b c d f; para a b c d; para a m b e; perp a c b d
cong a c b d; eqangle a b a c a c a d; eqratio a m a b a b a e; simtri a b c b c d; simtri o a b o c d
simtri2 a b c a d c; contri a b c b c d; contri2 a b c a d c; rconst a m a e 1 4; aconst a b a c 1 4
aconst a c a b 3 4; central o a b c; central o a c b; central o b d f; sqconst a b a c 1 2
eqsine a b a c a d a c; eqsine a b a c a b b d; sines a b c; diff a b; ncoll a b c; npara a b a c; nperp a b a c
between m a b; between b a e; sameclock a b c b c d; sameorder a m b a b e; sameorder m a b b e a
longer a c a b; product a b c d e f
"""
FALSE = """
coll a b c; cyclic a b c o; cyclic a b m e; midp m a e; circle o a b m; circle m a b c; para a b a c
perp a b a c; cong a b a c; eqangle a b a c a d a c; eqratio a m a b a e a b; simtri a b c a d c
simtri2 a b c b c d; contri a b c a o b; contri2 a b c b c d; rconst a m a e 1 2; aconst a b a c 3 4
central o a b m; central o a b o1; central m a b c; sqconst a b a c 2 1; eqsine a b a c a b a d; sines a b m
diff a a1; ncoll a b e; npara a b c d; nperp a b a d; between e a b; between o a b; between a b e
sameclock a b c a d c; sameclock a b c a b e; sameorder a m b m a b; longer a b a c; longer a b c d
para a a1 b c; cong a a1 a a1; product a b c o d e
"""


def facts(text: str) -> list[str]:
    return text.strip().replace("\n", "; ").split("; ")


def moved(points: Mapping[str, complex], factor: complex, shift: complex) -> Diagram:
    return Diagram({name: factor * point + shift for name, point in points.items()})


def test_the_lists_know_every_predicate() -> None:
    assert {fact.split()[0] for fact in facts(TRUE)} == {fact.split()[0] for fact in facts(FALSE)} == set(PREDICATES)


@pytest.mark.parametrize("size", [1, 1e-6, 1e7])
@pytest.mark.parametrize(("text", "truth"), [(t, True) for t in facts(TRUE)] + [(t, False) for t in facts(FALSE)])
def test_facts_hold_or_not_wherever_and_however_large_the_figure_is(text: str, truth: bool, size: float) -> None:
    random = Random(text)
    points = dict(FIGURE.points) | {"a1": FIGURE.points["a"], "o1": FIGURE.points["o"] - 0.5j}
    factor = cmath.rect(size, random.uniform(-math.pi, math.pi))
    figure = moved(points, factor, size * complex(random.uniform(-3, 3), random.uniform(-3, 3)))
    assert Diagram(points).holds(Fact.parse(text)) == truth
    assert figure.holds(Fact.parse(text)) == truth


@pytest.mark.parametrize(
    "text", [text for text in facts(TRUE) if not text.startswith(("diff", "n", "same", "longer", "sines"))]
)
def test_a_fact_is_lost_by_a_small_push_and_kept_by_rounding(text: str) -> None:
    fact = Fact.parse(text)
    point = fact.points[-1]
    for push, kept in ((1e-4 * (1 + 0.7j), False), (1e-13, True)):
        pushed = Diagram({**FIGURE.points, point: FIGURE.points[point] + push})
        assert pushed.holds(fact) == kept, push


def test_a_fact_about_other_points_is_an_error() -> None:
    with pytest.raises(InputError, match="the diagram has no point 'z'; it has a, b, c, d, o, m, e, f"):
        FIGURE.holds(Fact.parse("coll a b z"))


@pytest.mark.parametrize("text", TEXTS)
def test_premises_and_theorems_hold_in_every_drawing(text: str) -> None:
    problem = Problem.parse(text)
    for index in range(5):
        figure = draw(problem, index=index)
        assert tuple(figure.points) == problem.points
        assert max((figure.residual(fact) for fact in problem.premises), default=0) < 1e-12
        for goal in problem.goals:
            assert figure.holds(goal), (goal, figure.residual(goal))


@pytest.mark.parametrize("text", TEXTS)
def test_drawings_have_as_many_digits_as_are_asked_for(text: str) -> None:
    problem = Problem.parse(text)
    rough, fine = draw(problem), draw(problem, digits=60)
    assert all(fine.residual(fact) < 1e-60 for fact in problem.premises)
    assert all(fine.holds(goal) for goal in problem.goals)
    assert all(abs(complex(fine.points[name]) - point) < 1e-9 for name, point in rough.points.items())


@pytest.mark.parametrize("text", TEXTS)
def test_drawings_are_not_crowded(text: str) -> None:
    for index in range(5):
        points = list(draw(Problem.parse(text), index=index).points.values())
        distances = [abs(p - q) for i, p in enumerate(points) for q in points[:i]]
        assert min(distances) > 0.004 * max(distances)


def test_the_same_arguments_draw_the_same_figure_and_others_another() -> None:
    problem = Problem.parse(TEXTS[0])
    one, again = draw(problem, 3, 7), draw(problem, 3, 7)
    assert one == again
    assert len({draw(problem, seed, index).points["a"] for seed in range(3) for index in range(3)}) == 9


def test_open_choices_are_all_reached_and_old_points_are_avoided() -> None:
    problem = Problem.parse("a b = segment; c = on_circle c a b, on_circle c b a; d = on_line d b c, on_circle d a b")
    sides = set()
    for index in range(20):
        points = draw(problem, index=index).points
        sides.add(((points["c"] - points["a"]) / (points["b"] - points["a"])).imag > 0)
        assert abs(points["d"] - points["b"]) < 1e-9 or abs(points["d"] - points["c"]) < 1e-9
    assert sides == {True, False}


def test_a_figure_that_forces_points_together_is_drawn_all_the_same() -> None:
    problem = Problem.parse("a b c = triangle; d = midpoint b c; e = on_line e b c, on_bline e b c; f = free")
    for index in range(5):
        points = draw(problem, index=index).points
        assert points["d"] == points["e"]
        assert min(abs(points["f"] - points[name]) for name in "abcd") > 0.02


UNDRAWABLE = [  # the problem, the clause that fails, and why
    (
        "a b c = triangle; d = on_line a b",
        "o = circle o a b d",
        "'circle o a b d' assumes that A, B, D do not lie on a line",
    ),
    ("a b c = triangle", "d = on_pline d a b c, on_line d b c", "no point meets all that it asks"),
    ("a b c = triangle", "d = midpoint d a b, on_line d b c", "no point meets all that it asks"),
    (
        "a b = segment; m = midpoint a b",
        "c = on_circle c a m, on_circle c b a, on_line c a b",
        "no point meets all that it asks",
    ),
    (
        "a b c d = isquare",
        "e = intersection_ll e a b c d",
        "'intersection_ll e a b c d' assumes that AB is not parallel to CD",
    ),
    (
        "a b = segment; m = midpoint a b; n = midpoint a b",
        "x = on_line x m n",
        "'on_line x m n' assumes that M and N are different points",
    ),
]


@pytest.mark.parametrize(("before", "clause", "reason"), UNDRAWABLE)
def test_what_cannot_be_drawn_says_which_clause_failed_and_why(before: str, clause: str, reason: str) -> None:
    problem = Problem.parse(f"{before}; {clause}; z = free")
    with pytest.raises(DrawingError) as error:
        draw(problem)
    assert str(error.value) == f"clause {len(problem.clauses) - 1} '{clause}' cannot be drawn: {reason}"


@pytest.mark.parametrize("text", TEXTS)
def test_premises_conditions_and_theorems_hold_in_crowded_drawings_too(text: str) -> None:
    problem = Problem.parse(text)
    for level in range(5):
        figure = draw(problem, level=level)
        assert max((figure.residual(fact) for fact in problem.premises), default=0) < 1e-12
        assert level > VERIFYING or all(map(figure.holds, problem.goals))  # where rays may be lines, some goals fail
        assert all(
            figure.holds(fact) for clause in problem.clauses for one in clause.constructions for fact in one.conditions
        )


def test_higher_levels_let_points_come_nearer() -> None:
    problem = Problem.parse(f"a = free; {'; '.join(f'{name} = free' for name in 'bcdefg')}")

    def nearest(level: int) -> float:
        figures = [draw(problem, 0, index, level=level) for index in range(60)]
        pairs = [(p, q) for figure in figures for p, q in combinations(figure.points.values(), 2)]
        return min(float(abs(p - q)) for p, q in pairs)

    assert nearest(0) >= 0.1 > nearest(VERIFYING) >= 0.02 > nearest(4)
    assert draw(problem, level=0) == draw(problem)


def test_rays_are_kept_to_in_drawings_that_verify() -> None:
    problem = Problem.parse("a b c = triangle; d = on_opline d a b; e = s_angle a b e 30")
    for index in range(60):
        points = draw(problem, index=index, level=VERIFYING).points
        assert ((points["d"] - points["a"]) / (points["b"] - points["a"])).real < 0
        assert abs(cmath.phase((points["e"] - points["b"]) / (points["a"] - points["b"])) - math.pi / 6) < 1e-9


@pytest.mark.parametrize("level", [-1, 5])
def test_levels_have_a_range(level: int) -> None:
    with pytest.raises(InputError, match=rf"level is from 0 \(spread out\) to 4 \(crowded\), got {level}"):
        draw(Problem.parse("a = free"), level=level)


def test_points_are_settled_where_all_premises_hold() -> None:
    problem = Problem.parse("a b c = triangle; d = midpoint d b c; e = foot e a b c; f = on_circum f a d e")
    exact = draw(problem)
    shaken = {name: z + 1e-8 * cmath.exp(1j * k) for k, (name, z) in enumerate(exact.points.items())}
    assert max(map(Diagram(shaken).residual, problem.premises)) > 1e-9
    figure = settled(problem, shaken)
    assert max(map(figure.residual, problem.premises)) <= 1e-12
    assert max(abs(figure.points[name] - z) for name, z in shaken.items()) < 1e-6
    assert settled(problem, exact.points) == exact


def test_points_that_are_not_of_the_problem_are_not_settled() -> None:
    problem = Problem.parse("a b c = triangle; d = midpoint d b c")
    points = draw(problem).points
    with pytest.raises(DrawingError, match="clause 2 'd = midpoint d b c' cannot be drawn: it is too ill-conditioned"):
        settled(problem, {**points, "d": points["d"] + 0.1})


def test_crowding_has_a_reason() -> None:
    limits = Limits(1, near=0.1, flat=0.01, far=3)
    old = [0j, 1 + 0j]
    assert crowded(old, [0.5 + 1j], limits) is None
    assert crowded(old, [2 + 0j], limits) is None
    assert crowded(old, [0.05 + 0j], limits) == ("its points come too near to others", False)
    assert crowded(old, [0.5 + 1j, 0.52 + 1j], limits) == ("its points come too near to others", False)
    assert crowded(old, [2 + 0.001j], limits) == ("its points almost lie on a line with others", False)
    assert crowded(old, [5j], limits) == ("its points are too far away", False)
    assert crowded(old, [complex("nan")], limits) == ("its points are too far away", False)
    assert crowded(old, [1 + 1e-12j], limits) == ("a new point coincides with another", True)
    assert crowded(old, [1 + 1e-12j], limits, coinciding=True) is None
    assert old == [0j, 1 + 0j]


def test_digits_have_a_range() -> None:
    with pytest.raises(InputError, match="a drawing has from 15 to 200 digits, got 1000"):
        draw(Problem.parse("a = free"), digits=1000)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=2), st.integers(0, 10**6))
def test_any_two_problems_can_be_drawn_as_one(texts: list[str], seed: int) -> None:
    clauses = [text.partition("?")[0] for text in texts]
    renamed = re.sub(r"\b([a-z])\b", r"\1_", clauses[1])
    problem = Problem.parse(f"{clauses[0]}; {renamed}")
    figure = draw(problem, seed)
    assert all(figure.holds(fact) for fact in problem.premises)


def loci() -> st.SearchStrategy[Locus]:
    numbers = st.integers(-8, 8)
    points = st.builds(complex, numbers, numbers)
    ways = points.filter(lambda z: z != 0)
    return st.one_of(
        st.builds(Line, points, ways),
        st.builds(Circle, points, st.integers(1, 8)),
        st.builds(Hyperbola, points, ways, ways),
    )


@settings(deadline=None, max_examples=300)
@given(loci(), loci(), st.integers(0, 99))
def test_loci_meet_in_points_of_both_and_contain_their_samples(one: Locus, two: Locus, seed: int) -> None:
    for z in meet(one, two):
        assert abs(one.miss(z)) < 1e-5 > abs(two.miss(z))
    z = one.sample(Random(seed))
    assert abs(one.miss(z)) < 1e-9 * (1 + abs(z) ** 2) * 10
    assert len(meet(one, two)) == len(meet(two, one)) or isinstance(one, Hyperbola)
