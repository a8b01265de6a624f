"""A look at a figure: the same name sees the same, what it kept can be replayed, and what it solved is proved again."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic.auxiliary.figures import differ, drawn, from_scratch, picked, with_clauses

from porism.symbolic.auxiliary.ground import Ground, Pick, ground
from porism.symbolic.auxiliary.visits import SIZES, Step, Visit, bundles, replayed, visit
from porism.symbolic.kernel import trials
from porism.symbolic.problem import Problem
from porism.symbolic.prove import attempt

RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
SQUARE = "a b = segment a b; c d = square a b c d; p = s_angle a b p -15, s_angle b a p 15 ? cong p c c d"
OPEN = "a b c = triangle a b c; d = parallelogram a b c d; p = eqangle2 p b c d"  # told much, asked nothing
HARD = (
    "a b = segment a b; c = s_angle b a c 54, s_angle a b c -96; p = s_angle b a p 12, s_angle a b p -54"
    " ? aconst a c c p 2 15"
)
TEXTS = (RIGHT, SQUARE, OPEN, HARD)


@lru_cache(maxsize=8)
def closed(text: str) -> tuple[Problem, Ground]:
    problem, drawings = drawn(text)
    return problem, ground(problem, drawings)


@lru_cache(maxsize=32)
def visited(text: str, count: int, *name: int | str, even: bool = False) -> Visit:
    return visit(closed(text)[1], count, name, even=even)


@pytest.mark.parametrize("text", [OPEN, HARD])
@pytest.mark.parametrize("even", [False, True])
def test_the_same_name_sees_the_same_and_another_name_something_else(text: str, even: bool) -> None:
    here, seen = closed(text)[1], visited(text, 12, "one", 1, even=even)
    assert visit(here, 12, ("one", 1), even=even) == seen
    assert visit(here, 12, ("one", 2), even=even).tried != seen.tried


@pytest.mark.parametrize("text", TEXTS)
def test_no_place_is_tried_twice_and_no_more_than_were_asked_for(text: str) -> None:
    here, seen = closed(text)[1], visited(text, 25, "places")
    assert 0 < len(seen.tried) <= 25
    assert (seen.solved is None) <= (len(seen.tried) == 25)
    places = np.array([here.with_point(pick)[0].z[:, -1] for pick, gain in seen.tried if gain >= 0])  # type: ignore[index]
    apart = abs(places[:, None, :] - places[None, :, :]).max(axis=2) + np.eye(len(places))
    assert (apart > 1e-6).all()


@pytest.mark.parametrize("text", TEXTS)
def test_lemmas_are_what_told_something_and_their_replay_knows_what_the_visit_did(text: str) -> None:
    here, seen = closed(text)[1], visited(text, 25, "lemmas")
    gains = dict(seen.tried)
    told = [pick for pick, gain in seen.tried if gain > 0 and pick != seen.solved]
    assert list(seen.lemmas) == told
    one = replayed(here, [Step(pick, False) for pick in seen.lemmas])
    all_of_them = here.tried([pick for pick, _ in seen.tried if pick != seen.solved]).ground
    assert one is not None
    assert one.count == here.count
    assert differ(one, all_of_them, here.count) == []
    assert bool(differ(one, here, here.count)) == bool(sum(gains[pick] for pick in seen.lemmas))


def test_some_visit_has_lemmas() -> None:
    assert visited(OPEN, 25, "lemmas").lemmas


@pytest.mark.parametrize("text", TEXTS)
def test_the_best_are_bundles_of_what_was_tried_with_the_logarithms_of_probabilities(text: str) -> None:
    seen = visited(text, 25, "best")
    assert 0 < len(seen.best) <= len(SIZES)
    assert {pick for bundle, _ in seen.best for pick in bundle} <= {pick for pick, gain in seen.tried if gain >= 0}
    assert all(len(set(bundle)) == len(bundle) <= max(SIZES) for bundle, _ in seen.best)
    assert len({frozenset(bundle) for bundle, _ in seen.best}) == len(seen.best)
    assert np.isclose(sum(np.exp(log) for _, log in seen.best), 1)


@given(st.lists(st.floats(-20, 20) | st.just(-np.inf), max_size=40), st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_bundles_are_made_of_what_is_promising(promise: list[float], seed: int) -> None:
    picks = [Pick(0, (k, k + 1)) for k in range(len(promise))]
    found = bundles(picks, np.array(promise), np.random.default_rng(seed))
    good = {pick for pick, value in zip(picks, promise, strict=True) if value > -np.inf}
    assert {pick for bundle, _ in found for pick in bundle} <= good
    assert bool(found) == bool(good)
    assert not found or np.isclose(sum(np.exp(log) for _, log in found), 1)
    singles = dict((bundle[0], log) for bundle, log in found if len(bundle) == 1)
    if good:
        assert promise[max(singles, key=lambda pick: singles[pick]).points[0]] == max(promise)


@pytest.mark.parametrize("text", [RIGHT, SQUARE])
def test_what_a_visit_solved_is_proved_from_the_premises(text: str) -> None:
    problem, here = closed(text)
    seen = visited(text, 150, "solved")
    assert seen.solved == seen.tried[-1][0]
    assert seen.solved not in seen.lemmas
    steps = [*(Step(pick, False) for pick in seen.lemmas), Step(seen.solved, True)]
    last = replayed(here, steps)
    assert last is not None
    assert last.solved
    assert last.count == here.count + 1
    assert attempt(with_clauses(problem, [*seen.lemmas, seen.solved])).proved


def test_steps_that_stay_make_points_and_lemmas_only_tell() -> None:
    problem, here = closed(OPEN)
    pick = picked(problem, "on_pline x a c p, on_line x b p")
    stays, told = replayed(here, [Step(pick, True)]), replayed(here, [Step(pick, False)])
    assert stays is not None
    assert told is not None
    assert (stays.count, told.count) == (here.count + 1, here.count)
    assert differ(stays, told, here.count) == []
    assert differ(here, told, here.count)
    assert replayed(here, []) is here
    then = replayed(here, [Step(pick, False), Step(pick, True), Step(Pick(0, (0, here.count)), True)])
    assert then is not None
    assert then.count == here.count + 2
    whole = with_clauses(problem, [pick, Pick(0, (0, here.count))])
    assert differ(then, from_scratch(then, whole), then.count) == []


def test_a_step_without_room_ends_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, here = closed(RIGHT)
    monkeypatch.setattr(trials, "cramped", lambda state: True)
    assert replayed(here, [Step(picked(problem, "mirror x c d"), True)]) is None
    seen = visit(here, 5, ("cramped",))
    assert {gain for _, gain in seen.tried} == {-1}
    assert (seen.lemmas, seen.best, seen.solved) == ((), (), None)


def test_a_figure_without_candidates_is_no_error() -> None:
    problem, drawings = drawn("a b = segment a b")
    here = ground(problem, drawings)
    assert visit(here, 0, ("none",)).tried == ()
    assert visit(here, 5, ("few",)).solved is None
