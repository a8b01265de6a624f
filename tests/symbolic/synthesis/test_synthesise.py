"""Theorems of random figures: proved, true wherever they are drawn, minimal, each once, and always the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from symbolic.synthesis.made import AUXILIARY, LIMITS, UNSEEN, closed, found_in, making, outcomes, theorems

from porism.seeds import stream
from porism.symbolic.check import check
from porism.symbolic.closure import deduce_from
from porism.symbolic.diagram import VERIFYING, Diagram, draw
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis import synthesise
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.parts import Parts
from porism.symbolic.synthesis.synthesise import FAILS, Limits
from porism.symbolic.synthesis.theorem import Found, Rejection

HARD = range(-len(AUXILIARY), 0)
FIGURES = range(-len(AUXILIARY), 8)
DRAWINGS = 20


def fresh(problem: Problem, count: int = DRAWINGS) -> list[Diagram]:
    return [draw(problem, 2, UNSEEN + index, level=VERIFYING) for index in range(count)]


def hard() -> list[Found]:
    """Theorems that need auxiliary points."""
    return [one for number in HARD for one in theorems(number) if one.theorem.auxiliary]


def keys(found: Sequence[Found | Rejection]) -> list[str]:
    return [one.key for one in found if isinstance(one, Found)]


@pytest.mark.parametrize("number", FIGURES)
def test_the_checker_accepts_every_proof_by_drawings_that_no_one_has_seen(number: int) -> None:
    assert theorems(number)
    for one in theorems(number):
        assert check(one.theorem.proof, seed=7).ok, str(one.theorem.problem)
        assert len(one.theorem.proof.steps) >= LIMITS.steps


@pytest.mark.parametrize("number", FIGURES)
def test_goals_hold_in_fresh_drawings_with_and_without_auxiliary_points(number: int) -> None:
    drawn: dict[Problem, list[Diagram]] = {}
    for one in theorems(number):
        for problem in (one.theorem.problem, one.theorem.statement):
            bare = Problem(problem.clauses)
            drawings = drawn.get(bare) or drawn.setdefault(bare, fresh(bare))
            assert all(drawing.holds(one.theorem.goal) for drawing in drawings), str(problem)


@pytest.mark.parametrize("number", FIGURES)
def test_no_construction_can_be_left_out(number: int) -> None:
    for one in theorems(number):
        problem, goal = one.theorem.problem, one.theorem.goal
        parts = Parts(Problem(problem.clauses))
        whole = (1 << len(parts.constructions)) - 1
        for i in range(len(parts.constructions)):
            less = parts.restricted(whole & ~(1 << i), goal.points)
            known = deduce_from(less, less.premises, [one.theorem.diagram], seed=5)
            assert not known.knows(goal), (str(problem), str(parts.constructions[i]))


def test_auxiliary_points_are_needed() -> None:
    assert len(hard()) >= 5
    for one in hard():
        assert closed(Problem(one.theorem.problem.clauses), seed=5).knows(one.theorem.goal)
        assert not closed(Problem(one.theorem.statement.clauses), seed=5).knows(one.theorem.goal)


@pytest.mark.parametrize("number", FIGURES)
def test_names_are_in_order_and_drawings_show_all_points(number: int) -> None:
    for one in theorems(number):
        problem = one.theorem.problem
        assert "".join(problem.points) == "abcdefghijklmnopqrstuvwxyz"[: len(problem.points)]
        assert Problem.parse(str(problem)) == problem
        assert tuple(one.theorem.diagram.points) == problem.points
        assert all(map(one.theorem.diagram.holds, (*problem.premises, one.theorem.goal)))


def test_keys_are_those_of_the_statements_and_unique() -> None:
    how = making()
    found = [one for number in FIGURES for one in found_in(number, how)]
    for one in found:
        assert one.key == canonical(one.theorem.statement.premises, [one.theorem.goal])
    assert len(set(keys(found))) == len(found) > 50
    assert how.seen >= set(keys(found))


def test_what_has_been_seen_is_not_made_again() -> None:
    how = making()
    first, again = outcomes(1, how), outcomes(1, how)
    assert keys(first)
    assert not keys(again)
    reasons = {one.reason for one in again if isinstance(one, Rejection) and one.check == "novelty"}
    assert {f"the same theorem as {key}" for key in keys(first)} <= reasons


def test_a_theorem_that_was_seen_elsewhere_is_the_only_one_left_out() -> None:
    first = outcomes(1, making())
    for key in keys(first)[:3]:
        assert keys(outcomes(1, making(seen={key}))) == [other for other in keys(first) if other != key]


def test_the_same_arguments_give_the_same_theorems_whatever_was_made_before() -> None:
    alone = [outcomes(number, making()) for number in (1, 2, -1)]
    how = making(Limits(goals=5), seed=3)
    for number in (4, -1, 2, 1):
        outcomes(number, how)
    assert [outcomes(number, making()) for number in (1, 2, -1)] == alone


def test_other_drawings_give_the_same_theorems() -> None:
    assert keys(outcomes(1, making(seed=1))) == keys(outcomes(1, making()))


@pytest.mark.parametrize("limits", [Limits(goals=1), Limits(goals=4, plain=1), Limits(goals=3, plain=0)])
def test_there_are_no_more_theorems_of_a_predicate_than_are_asked_for(limits: Limits) -> None:
    for number in (1, 8, -1, -3):
        found = found_in(number, making(limits))
        by_name = Counter(one.theorem.goal.name for one in found)
        assert max(by_name.values(), default=0) <= limits.goals


def test_no_theorem_without_auxiliary_points_is_made_if_none_is_wanted() -> None:
    limits = Limits(goals=3, plain=0)
    assert not keys(outcomes(1, making(limits)))
    assert keys(outcomes(-1, making(limits)))


@pytest.mark.parametrize("steps", [1, 5, 10])
def test_only_long_proofs_are_kept(steps: int) -> None:
    lengths = [
        len(one.theorem.proof.steps) for number in (1, 5) for one in found_in(number, making(Limits(steps=steps)))
    ]
    assert lengths
    assert min(lengths) >= steps


def test_a_goal_that_fails_in_fresh_drawings_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw_wrong(problem: Problem, *args: int, level: int) -> Diagram:
        drawing = draw(problem, level=level)
        return replace(drawing, points={name: z + 0.1j * i * i for i, (name, z) in enumerate(drawing.points.items())})

    monkeypatch.setattr(synthesise, "draw", draw_wrong)
    found = outcomes(1, making())
    assert {(one.check, one.reason) for one in found if isinstance(one, Rejection)} == {("drawings", FAILS)}
    assert not keys(found)


def test_a_proof_that_the_checker_rejects_is_rejected_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(proof: object, drawings: object) -> object:
        return check(replace(theorems(1)[0].theorem.proof, steps=()))

    monkeypatch.setattr(synthesise, "check", wrong)
    (reason,) = {one.reason for one in outcomes(1, making()) if isinstance(one, Rejection) and one.check == "proof"}
    assert reason.startswith("goal '")
    assert not keys(outcomes(1, making()))


def test_the_clock_tells_where_the_time_goes() -> None:
    how = making()
    outcomes(-1, how)
    stages = {"closure", "goals", "auxiliary check", "traceback", "minimising", "canonical form", "drawing", "checker"}
    assert set(how.clock.seconds) == stages


def test_a_problem_without_theorems_gives_none() -> None:
    problem = Problem.parse("a b c = triangle a b c; d = free d")
    assert list(synthesise.synthesise(problem, draw(problem), stream(0), making())) == []
