"""A point that is added to a closed figure gives what the closure from scratch gives, and a trial leaves no trace.

Spaces of equations are compared by rank (:mod:`symbolic.auxiliary.figures`), and not by what the trial says of itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng
from symbolic.auxiliary.figures import (
    COUNTED,
    SYSTEMS,
    TEXTS,
    circles,
    classes,
    differ,
    drawn,
    equations,
    from_scratch,
    learned_facts,
    news,
    picked,
    table,
    with_clauses,
)
from symbolic.random_problems import random_problem

from porism.symbolic.auxiliary.candidates import candidates
from porism.symbolic.auxiliary.ground import Ground, Pick, ground
from porism.symbolic.closure import deduce_from, randoms
from porism.symbolic.diagram import draw
from porism.symbolic.jit import kernel
from porism.symbolic.kernel import trials
from porism.symbolic.kernel.tables import FULL
from porism.symbolic.problem import Problem

RANDOM = 5  # figures made of random constructions
PICKS = 4  # for each figure
FIGURES = [*TEXTS, *(str(random_problem(8, index, 7)) for index in range(RANDOM))]
KERNEL: Any = kernel(False)
RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
SOLVING = "mirror x c d"  # solves the problem above
LANGLEY = (
    "a b = segment a b; c = s_angle b a c 80, s_angle a b c -80; d = on_line d c b, s_angle b a d 60;"
    " e = on_line e c a, s_angle a b e -50"
)
DIAGONAL = "a b c = triangle a b c; d = parallelogram a b c d; p = eqangle2 p b c d"
TELLING = [
    (RIGHT.partition(" ?")[0], "mirror x d c"),
    (RIGHT.partition(" ?")[0], "on_bline x b d, on_line x b d"),
    (LANGLEY, "circumcenter x a b d"),
    (LANGLEY, "reflect x c b e"),
    ("a b = segment a b; c d = square a b c d; p = s_angle a b p -15, s_angle b a p 15", "circumcenter x a d p"),
    (
        "a b c = triangle a b c; p = s_angle b a p 30, s_angle a b p -30; q = s_angle c b q 30, s_angle b c q -30;"
        " r = s_angle a c r 30, s_angle c a r -30",
        "reflect x a b p",
    ),
    ("a b c = triangle a b c; p = psquare p a c; q = nsquare q b c; m = midpoint m p q", "foot x b c q"),
    (DIAGONAL, "on_pline x a c p, on_line x b p"),
    (DIAGONAL, "on_pline x p a b, on_circum x p b c"),
    (
        "a b = segment a b; p = s_angle b a p 10, s_angle a b p -20; c = s_angle b a c 50, s_angle a p c -110",
        "circumcenter x a p c",
    ),
]
ROOTS = (
    "a b c = iso_triangle a b c; d = mirror d a b; e = eq_triangle e b a; f = s_angle d a f 135, angle_mirror f e d b"
)


@lru_cache(maxsize=64)
def closed(text: str) -> tuple[Problem, Ground]:
    problem, drawings = drawn(text)
    return problem, ground(problem, drawings)


def some_picks(here: Ground, count: int, name: int = 0) -> list[Pick]:
    """Candidates at random, of as many kinds as can be."""
    rng = default_rng(name)
    found = candidates(here, rng, 40)
    rows = rng.permutation(len(found.kinds))
    _, first = np.unique(found.kinds[rows], return_index=True)
    return [found.pick(row) for row in rows[np.sort(first)][:count]]


def added(here: Ground, pick: Pick) -> tuple[Ground, int]:
    found = here.with_point(pick)
    assert found is not None
    return found


def compare(here: Ground, problem: Problem, systems: Sequence[int] = COUNTED) -> None:
    """A ground knows what the closure of its problem from scratch does."""
    whole, count = from_scratch(here, problem), len(problem.points)
    assert here.count == count
    assert differ(here, whole, count, systems) == [], str(problem)
    assert [classes(here, k, count) for k in systems] == [classes(whole, k, count) for k in systems], str(problem)
    assert circles(here, count) == circles(whole, count), str(problem)


@pytest.mark.parametrize("text", FIGURES)
def test_a_ground_knows_what_the_closure_does(text: str) -> None:
    problem, here = closed(text)
    compare(here, problem, SYSTEMS)


@pytest.mark.parametrize("text", FIGURES)
def test_a_point_more_gives_the_closure_from_scratch(text: str) -> None:
    problem, here = closed(text)
    for pick in some_picks(here, PICKS):
        compare(added(here, pick)[0], with_clauses(problem, [pick]))


@pytest.mark.parametrize("text", FIGURES)
def test_two_points_one_after_the_other_give_the_closure_from_scratch(text: str) -> None:
    problem, here = closed(text)
    for k, first in enumerate(some_picks(here, 2, 1)):
        middle, _ = added(here, first)
        for second in some_picks(middle, 2, 2 + k):
            compare(added(middle, second)[0], with_clauses(problem, [first, second]))


@pytest.mark.parametrize("text", FIGURES[::2])
def test_the_order_of_points_does_not_matter(text: str) -> None:
    problem, here = closed(text)
    one, two, *_ = some_picks(here, 2, 3)
    swapped = Problem(with_clauses(problem, [one, two]).clauses)
    first = added(added(here, one)[0], two)[0]
    second = added(added(here, two)[0], one)[0]
    n = here.count
    back = [*range(n), n + 1, n]
    assert np.allclose(first.z, second.z[:, back])
    order = np.array(back)
    turned = second.figure._replace(pair=second.figure.pair[np.ix_(order, order)])

    class Turned:
        figure, state = turned, second.state

    assert differ(first, Turned, n + 2) == [], str(swapped)
    renamed = {(frozenset(back[p] for p in on), back[o] if o >= 0 else -1) for on, o in circles(second, n + 2)}
    assert renamed == circles(first, n + 2)


@pytest.mark.parametrize("text", FIGURES)
def test_the_gain_is_the_number_of_new_equations_between_old_points(text: str) -> None:
    problem, here = closed(text)
    n = here.count
    for pick in some_picks(here, PICKS, 4):
        there, gain = added(here, pick)
        whole = from_scratch(there, with_clauses(problem, [pick]))
        assert gain == sum(news(here, there, k) for k in COUNTED)
        assert gain >= sum(equations(whole, k, n) - equations(here, k, n) for k in COUNTED)
        assert here.tried([pick]).gains == (gain,)


@pytest.mark.parametrize(("text", "clause"), TELLING)
def test_a_telling_point_gains_and_what_is_learned_is_what_its_figure_knows(text: str, clause: str) -> None:
    problem, here = closed(text)
    n, pick = here.count, picked(problem, clause)
    there, gain = added(here, pick)
    assert gain == sum(news(here, there, k) for k in COUNTED)
    assert gain >= sum(equations(there, k, n) - equations(here, k, n) for k in COUNTED) > 0
    compare(there, with_clauses(problem, [pick]))
    after = here.tried([pick])
    assert (after.gains, after.ground.count) == ((gain,), n)
    assert differ(after.ground, there, n) == []
    assert large(after.ground) == large(there, n)
    assert here.tried([pick], learning=False).ground.state is here.state
    fresh = [draw(problem, 5, index) for index in range(3)]
    more = set(learned_facts(after.ground, problem)) - set(learned_facts(here, problem))
    for fact in more:
        assert all(drawing.holds(fact) for drawing in fresh), str(fact)


def large(here: Ground, count: int | None = None) -> set[tuple[frozenset[int], int]]:
    """Circles that say something of the first points: with four of them, or three and the centre."""
    return {(on, o) for on, o in circles(here, count or here.count) if len(on) > 3 or (len(on) == 3 and o >= 0)}


@pytest.mark.parametrize("text", [LANGLEY, DIAGONAL, RIGHT.partition(" ?")[0]])
def test_what_many_trials_told_holds_in_fresh_drawings(text: str) -> None:
    problem, here = closed(text)
    fresh = [draw(problem, 5, index) for index in range(3)]
    told = here.tried(many_picks(here, 40)).ground
    assert differ(told, here, here.count)
    for fact in learned_facts(told, problem):
        assert all(drawing.holds(fact) for drawing in fresh), str(fact)


@pytest.mark.parametrize("text", [LANGLEY, DIAGONAL, RIGHT.partition(" ?")[0]])
def test_trials_after_a_lemma_know_what_it_told(text: str) -> None:
    problem, here = closed(text)
    telling = [picked(problem, clause) for one, clause in TELLING if one == text]
    picks = [*many_picks(here, 10), *telling, *many_picks(here, 20)[10:], *telling]
    result, one, gains = here.tried(picks), here, list[int]()
    for pick in picks:
        step = one.tried([pick])
        gains += step.gains
        one = step.ground
    assert result.gains == tuple(gains)
    assert differ(result.ground, one, here.count) == []
    once = here.tried(picks, learning=False)
    assert once.gains == tuple(added(here, pick)[1] for pick in picks)
    assert all(once.gains[-len(telling) :])
    assert set(gains[-len(telling) :]) == {0}  # what was learned is no news again


def many_picks(here: Ground, count: int) -> list[Pick]:
    """Candidates at random."""
    rng = default_rng(2)
    found = candidates(here, rng, 60)
    return [found.pick(row) for row in rng.permutation(len(found.kinds))[:count]]


@pytest.mark.parametrize("text", [*FIGURES[::3], RIGHT])
def test_a_trial_changes_nothing_of_what_it_started_from(text: str) -> None:
    _, here = closed(text)
    before = [np.array(array) for array in (*here.state, *here.figure)]
    picks = some_picks(here, 8, 8)
    first = here.tried(picks)
    here.with_point(picks[0])
    assert here.tried(picks).gains == first.gains
    for array, kept in zip((*here.state, *here.figure), before, strict=True):
        assert np.array_equal(array, kept)
    told = [np.array(array) for array in first.ground.state]
    first.ground.tried(picks)
    assert all(np.array_equal(array, kept) for array, kept in zip(first.ground.state, told, strict=True))


def test_a_trial_reaches_the_goals_exactly_where_the_closure_does() -> None:
    problem, here = closed(RIGHT)
    outcomes = set()
    for pick in some_picks(here, 22, 9):
        there, _ = added(here, pick)
        whole = with_clauses(problem, [pick])
        drawings = [draw(whole, 0, index) for index in range(2)]
        solved = deduce_from(whole, whole.premises, drawings, goals=problem.goals).solved
        assert there.solved == solved
        result = here.tried([pick])
        assert (result.at, result.gains == (-2,)) == (0 if solved else None, False)
        outcomes.add(solved)
    assert outcomes == {True, False}


def test_trials_end_where_the_goals_are_reached() -> None:
    problem, here = closed(RIGHT)
    useless, useful = picked(problem, "midpoint x a c"), picked(problem, SOLVING)
    assert not added(here, useless)[0].solved
    result = here.tried([useless, useful, useless, useful])
    assert result.at == 1
    assert result.gains[0] >= 0 <= result.gains[1]
    assert result.gains[2:] == (-2, -2)
    assert here.tried([]).ground is here


def test_without_room_a_trial_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, here = closed(RIGHT)
    useful = picked(problem, SOLVING)
    assert here.tried([useful]).at == 0
    plain: Any = trials.extended

    def crowded(s: Any, f: Any, g: Any, events: Any, random: Any, tidy: bool) -> Any:
        return plain(s, f, g, events[:2], random, tidy)

    with monkeypatch.context() as patch:
        patch.setattr(trials, "extended", crowded)
        result = here.tried([useful, useful])
        assert (result.gains, result.at, result.ground.state is here.state) == ((-1, -1), None, True)
        assert here.with_point(useful) is None
    assert here.tried([useful]).at == 0


@pytest.mark.parametrize("system", COUNTED)
def test_a_full_table_is_no_success_though_all_seems_known(system: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, here = closed(RIGHT)
    useful = picked(problem, SOLVING)
    plain: Any = vars(trials)["deduce"]

    def full(s: Any, *rest: Any) -> Any:
        found = plain(s, *rest)
        s[1 + system][-1, FULL] = 1
        return found

    monkeypatch.setattr(trials, "deduce", full)
    result = here.tried([useful])
    assert (result.gains, result.at, result.ground.state is here.state) == ((-1,), None, True)
    assert here.with_point(useful) is None


COINCIDING = [
    ("a b c = r_triangle a b c; m = midpoint m b c; n = midpoint n a b", "circumcenter x a b c"),
    ("a b c = r_triangle a b c; m = midpoint m b c; n = midpoint n a b", "foot x b a c"),
    ("a b c d = isquare a b c d; e = midpoint e a c", "foot x d a c"),
    ("a b c = triangle a b c; o = circle o a b c; h = orthocenter h a b c; m = midpoint m b c", "reflect x h b h"),
    ("a b c = iso_triangle a b c; m = midpoint m b c", "foot x a b c"),
]


@pytest.mark.parametrize(("text", "clause"), COINCIDING)
def test_a_point_on_another_tells_nothing_false(text: str, clause: str) -> None:
    problem, here = closed(text)
    pick = picked(problem, clause)
    distance = abs(added(here, pick)[0].z[:, :-1] - added(here, pick)[0].z[:, -1:]).min(axis=1)
    assert (distance < 1e-9).all()
    fresh = [draw(problem, 6, index) for index in range(3)]
    for fact in learned_facts(here.tried([pick]).ground, problem):
        assert all(drawing.holds(fact) for drawing in fresh), str(fact)


def test_lengths_and_squares_are_those_of_the_closure_from_scratch() -> None:
    for text in FIGURES:
        problem, here = closed(text)
        for pick in some_picks(here, PICKS):
            compare(added(here, pick)[0], with_clauses(problem, [pick]), SYSTEMS)
    for text, clause in TELLING:
        problem, here = closed(text)
        pick = picked(problem, clause)
        compare(added(here, pick)[0], with_clauses(problem, [pick]), SYSTEMS)


def test_right_angles_at_a_new_point_are_seen_like_others() -> None:
    problem, here = closed("a b c = triangle a b c; d = free d")
    pick = picked(problem, "on_tline x a b c, on_tline x d a c")
    there, _ = added(here, pick)
    whole = from_scratch(there, with_clauses(problem, [pick]))
    assert rights(there.figure) == rights(whole.figure)
    assert len(rights(there.figure)) == 2


def rights(figure: Any) -> set[frozenset[frozenset[int]]]:
    """Pairs of lines that look perpendicular."""
    return {frozenset({frozenset(row[:2]), frozenset(row[2:])}) for row in figure.rights.tolist()}


def test_equal_lengths_are_told_whatever_stands_before_them_in_their_class() -> None:
    problem, here = closed(ROOTS)  # among lengths that are in the ratio of roots, some are equal
    pick = picked(problem, "on_pline x f a b, on_circum x f b d")
    compare(added(here, pick)[0], with_clauses(problem, [pick]), SYSTEMS)


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_the_compiled_kernel_tries_as_the_plain_one_does() -> None:
    pytest.importorskip("numba")
    for text in [*FIGURES, RIGHT]:
        problem, plain = closed(text)
        fast = ground(problem, drawn(text)[1], compiled=True)
        picks = some_picks(plain, 12, 10)
        one, two = plain.tried(picks), fast.tried(picks)
        assert (one.gains, one.at) == (two.gains, two.at)
        assert all(np.array_equal(a, b) for a, b in zip(one.ground.state, two.ground.state, strict=True))


def test_a_packed_state_has_no_columns_to_spare_and_says_the_same() -> None:
    for text, _ in TELLING[::2]:
        _, here = closed(text)
        told = here.tried(many_picks(here, 10)).ground
        packed = KERNEL.packed(told.state, told.figure, randoms(told.seed))
        again = replace(told, state=packed)
        assert differ(told, again, told.count) == []
        assert circles(told, told.count) == circles(again, told.count)
        for k in range(4):
            assert table(packed, k).form.any(axis=0).all()
