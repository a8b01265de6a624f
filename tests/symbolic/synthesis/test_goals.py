"""Goals: true, known, each once, and none that a premise says already."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic.synthesis.made import closed, figure

from porism.seeds import stream
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.goals import goals, merged

STATED = {"para", "perp", "cong", "eqangle", "eqratio", "simtri", "simtri2", "contri", "contri2", "midp", "rconst"}
STATED |= {"aconst", "coll", "cyclic"}
TOLD = {  # a problem, and what it says in other words
    "a line by another name": ("a b = segment; c = on_line c a b; d = on_line d a c", "coll b c d"),
    "a line through a midpoint": ("a b = segment; m = midpoint m a b; x = on_line x a m", "coll b m x"),
    "a circle by another name": (
        "a b c = triangle; d = on_circum d a b c; e = on_circum e b c d; f = on_circum f a b e",
        "cyclic c d e f",
    ),
    "a circle by its centre": ("a b c = triangle; o = circle o a b c; d = on_circum d a b c", "cyclic a b c d"),
    "a premise": ("a b c d = trapezoid", "para a b c d"),
}


def closure(index: int) -> Closure:
    one = figure(index)
    return deduce_from(one.problem, one.problem.premises, [one.diagram])


@pytest.mark.parametrize("index", range(12))
def test_goals_are_true_and_known_and_not_premises_by_any_name(index: int) -> None:
    known = closure(index)
    found = goals(known, Random(0))
    said = canonical(known.premises)
    assert len(set(found)) == len(found)
    assert {goal.name for goal in found} <= STATED
    for goal in found:
        assert known.diagrams[0].holds(goal), goal
        assert known.knows(goal), goal
        assert goal not in known.premises
        assert len(goal.points) == {"coll": 3, "cyclic": 4}.get(goal.name, len(goal.points))
        if goal.name in ("coll", "cyclic"):
            assert canonical([*known.premises, goal]) != said, goal


@pytest.mark.parametrize("index", range(6))
def test_all_that_is_known_is_a_goal_or_a_premise(index: int) -> None:
    known = closure(index)
    found = {*goals(known, Random(0)), *known.premises}
    for fact in known.facts():
        if fact.name not in ("coll", "cyclic", "circle"):
            assert fact in found
        if fact.name == "circle":
            centre, *on = fact.points
            assert {Fact("cong", (centre, a, centre, b)) for a, b in combinations(on, 2)} <= found


@pytest.mark.parametrize("name", TOLD)
def test_what_a_premise_says_is_no_goal(name: str) -> None:
    text, said = TOLD[name]
    known = closed(Problem.parse(text))
    assert known.knows(Fact.parse(said))
    assert Fact.parse(said) not in goals(known, Random(0))


def test_a_line_that_two_premises_do_not_share_is_a_goal() -> None:
    known = closed(Problem.parse("a b c = triangle; m = midpoint m a b; n = midpoint n m c; p = parallelogram a c b p"))
    assert Fact.parse("coll c m p") in goals(known, Random(0))


def test_similar_triangles_have_a_ratio_of_their_sides() -> None:
    known = closed(Problem.parse("a b c = triangle; d = on_line d a b; e = on_line e a c, on_pline e d b c"))
    found = goals(known, Random(0))
    (triangles,) = (goal for goal in found if goal.name == "simtri")
    (ratio,) = (goal for goal in found if goal.name == "eqratio")
    assert set(ratio.points) == set(triangles.points)


def test_the_stream_alone_decides_the_order() -> None:
    known = closure(1)
    orders = [goals(known, stream(seed, "goals")) for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]


def naive(sets: list[frozenset[str]], shared: int) -> set[frozenset[str]]:
    """Pairs are united until none is left to unite."""
    found = set(sets)
    while pairs := [pair for pair in combinations(sorted(found, key=sorted), 2) if len(pair[0] & pair[1]) >= shared]:
        one, two = pairs[0]
        found = (found - {one, two}) | {one | two}
    return found


@settings(deadline=None)
@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=3, max_size=5), max_size=7), st.integers(2, 3))
def test_sets_that_share_enough_become_one(sets: list[frozenset[str]], shared: int) -> None:
    found = merged(sets, shared)
    assert set(found) == naive(sets, shared)
    assert len(found) == len(set(found))
