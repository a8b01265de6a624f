"""Parts of a figure: what is kept is said, nothing else, and names can be changed and changed back."""

from collections.abc import Iterator
from random import Random

import pytest
from symbolic.synthesis.made import figure

from porism.seeds import stream
from porism.symbolic.diagram import draw
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.parts import (
    NAMES,
    Parts,
    renamed,
    renamed_diagram,
    renamed_fact,
    renaming,
    split,
)

FIGURES = range(40)
TEXT = (
    "a b c = triangle a b c; d = on_line d a b, on_circle d c a; e = midpoint e a b; f g = square a b f g; "
    "h = free h; i = foot i h a b"
)
MADE = {  # of the problem above: what is kept, further points, and the problem of it
    "nothing": ((), "", ""),
    "nothing but points": ((), "ah", "a = free a; h = free h"),
    "a triangle that says nothing": ((), "abc", "a b c = triangle a b c"),
    "a locus of two": ((0,), "", "a = free a; b = free b; d = on_line d a b"),
    "the other locus": ((1,), "", "a = free a; c = free c; d = on_circle d c a"),
    "both": ((0, 1), "", "a b c = triangle a b c; d = on_line d a b, on_circle d c a"),
    "a free point that is used": ((4,), "", "a = free a; b = free b; h = free h; i = foot i h a b"),
    "one of two new points": ((2,), "f", "a = free a; b = free b; e = midpoint e a b; f = free f"),
}


def subsets(problem: Problem, rng: Random) -> Iterator[int]:
    count = len(Parts(problem).constructions)
    yield from (0, (1 << count) - 1)
    yield from (rng.getrandbits(count) for _ in range(6))


def kept_facts(parts: Parts, kept: int) -> set[Fact]:
    return {fact for i, one in enumerate(parts.constructions) if kept >> i & 1 for fact in one.facts}


@pytest.mark.parametrize("name", MADE)
def test_what_is_left_out_leaves_its_points_free(name: str) -> None:
    numbers, more, text = MADE[name]
    assert str(Parts(Problem.parse(TEXT)).restricted(sum(1 << i for i in numbers), set(more))) == text


def test_a_restricted_problem_says_exactly_what_its_parts_say() -> None:
    for index in FIGURES:
        problem = figure(index).problem
        parts, rng = Parts(problem), stream(0, "subsets", index)
        for kept in subsets(problem, rng):
            more = set(rng.sample(problem.points, 2))
            restricted = parts.restricted(kept, more)
            assert set(restricted.premises) == kept_facts(parts, kept)
            assert set(restricted.points) == parts.points(kept) | more
            assert list(restricted.points) == [point for point in problem.points if point in restricted.points]
            assert parts.parts_of(restricted) == kept
            assert not kept or Problem.parse(str(restricted)) == restricted


def test_the_whole_figure_is_its_own_part() -> None:
    for index in FIGURES:
        problem = figure(index).problem
        parts = Parts(problem)
        assert parts.restricted((1 << len(parts.constructions)) - 1, problem.points) == problem


def test_premises_are_of_the_first_part_that_guarantees_them() -> None:
    parts = Parts(Problem.parse("a b = segment a b; m = midpoint m a b; x = on_line x a m, on_circle x m a"))
    midpoint, line, circle = parts.constructions
    assert [parts.number[one] for one in (midpoint, line, circle)] == [0, 1, 2]
    assert parts.bits(midpoint.facts) == 1
    assert parts.bits((*line.facts, *circle.facts)) == 6
    twice = Parts(Problem.parse("a b c = triangle; d = foot d a b c; e = on_line e b c, on_line e b c"))
    assert twice.bits(twice.constructions[2].facts) == twice.bits(twice.constructions[1].facts) == 2


def test_the_parts_of_a_statement_make_its_points_and_all_before_them() -> None:
    parts = Parts(Problem.parse(TEXT))
    assert parts.stated(Fact.parse("coll a b c")) == 0
    assert parts.stated(Fact.parse("cong c d c a")) == 0b11
    assert parts.stated(Fact.parse("perp h i a b")) == 0b10000
    for index in FIGURES:
        problem = figure(index).problem
        of, goal = Parts(problem), Fact("coll", tuple(stream(0, "goal", index).sample(problem.points, 3)))
        statement = Problem(split(problem, goal)[0])
        assert of.stated(goal) == of.parts_of(statement)


def test_a_statement_never_speaks_of_auxiliary_points() -> None:
    auxiliary = 0
    for index in FIGURES:
        problem, rng = figure(index).problem, stream(0, "goals", index)
        for _ in range(5):
            goal = Fact("coll", tuple(rng.sample(problem.points, 3)))
            statement, additions = split(problem, goal)
            made = {point for clause in additions for point in clause.points}
            spoken = {point for clause in statement for point in (*clause.points, *clause.inputs)}
            assert not made & (spoken | set(goal.points))
            assert Problem((*statement, *additions), (goal,)).points  # no point before it is made
            assert sorted(map(str, (*statement, *additions))) == sorted(map(str, problem.clauses))
            auxiliary += bool(additions)
    assert auxiliary > 50


def test_other_names_and_back_again() -> None:
    for index in FIGURES:
        problem, rng = figure(index).problem, stream(0, "names", index)
        points = problem.points
        names = dict(zip(points, rng.sample("pqrstuvwxyz", len(points)), strict=True))
        back = {new: old for old, new in names.items()}
        moved = Problem(renamed(problem.clauses, names))
        assert moved.points == tuple(names[point] for point in points)
        assert [renamed_fact(fact, names) for fact in problem.premises] == list(moved.premises)
        assert Problem(renamed(moved.clauses, back)) == problem
        assert renaming(moved.clauses) == {point: NAMES[i] for i, point in enumerate(moved.points)}


def test_numbers_keep_their_values_and_drawings_their_places() -> None:
    names = {"a": "q", "b": "p"}
    assert str(renamed_fact(Fact.parse("rconst a b a c 1 2"), {**names, "c": "z"})) == "rconst p q q z 1 2"
    problem = Problem.parse("a b = segment a b; c = s_angle a b c 22.5")
    moved = Problem(renamed(problem.clauses, {**names, "c": "c"}))
    assert str(moved) == "q p = segment q p; c = s_angle q p c 22.5"
    drawing = draw(problem)
    other = renamed_diagram(drawing, names)
    assert dict(other.points) == {"q": drawing.points["a"], "p": drawing.points["b"]}
    assert all(map(renamed_diagram(drawing, {**names, "c": "c"}).holds, moved.premises))
