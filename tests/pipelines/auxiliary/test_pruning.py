"""From steps to clauses: nothing false is proved, and no point is left that the proof can do without."""

from functools import lru_cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from symbolic.auxiliary.figures import picked

from porism.errors import InputError
from porism.pipelines.auxiliary import pruning
from porism.pipelines.auxiliary.pruning import needed, proved, told, with_one, without
from porism.pipelines.auxiliary.workers import root
from porism.symbolic.auxiliary.ground import Ground, Pick
from porism.symbolic.auxiliary.visits import Step, replayed
from porism.symbolic.check import check
from porism.symbolic.problem import Problem
from porism.symbolic.prove import attempt

RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
LANGLEY = (
    "a b = segment a b; c = s_angle b a c 80, s_angle a b c -80; d = on_line d c b, s_angle b a d 60;"
    " e = on_line e c a, s_angle a b e -50 ? aconst a d d e 5 6"
)
TREASURE = "a b c = triangle a b c; p = psquare p a c; q = nsquare q b c; m = midpoint m p q ? perp m a m b"
NAMES = "abcdefgh"


@lru_cache(maxsize=8)
def closed(text: str) -> tuple[Problem, Ground]:
    problem = Problem.parse(text)
    return problem, root(text, 0, False)


def stays(problem: Problem, clause: str) -> Step:
    return Step(picked(problem, clause), True)


def lemma(problem: Problem, clause: str) -> Step:
    return Step(picked(problem, clause), False)


def alone(problem: Problem, clauses: tuple[str, ...]) -> bool:
    """Whether a problem with some clauses is proved; one that starts from a point that is not there is not."""
    try:
        text = "; ".join([*map(str, problem.clauses), *clauses])
        return attempt(Problem(Problem.parse(text).clauses, problem.goals)).proved
    except InputError:
        return False


def test_steps_are_told_with_names_that_nothing_else_has() -> None:
    problem, _ = closed(RIGHT)
    first, second = stays(problem, "midpoint x a b"), lemma(problem, "midpoint x b c")
    third = Step(Pick(0, (3, 4)), True)  # of d and the first
    found = told(problem, [first, second, third])
    assert found.clauses == ("e = midpoint e a b", "f = midpoint f b c", "g = midpoint g d e")
    assert found.points == ("a", "b", "c", "d", "e", "g")
    assert told(problem, []) == ((), problem.points)


def test_a_lemma_whose_point_stays_later_is_one_point() -> None:
    problem, _ = closed(RIGHT)
    pick = picked(problem, "midpoint x a b")
    found = told(problem, [Step(pick, False), Step(pick, True), Step(Pick(0, (3, 4)), False)])
    assert found.clauses == ("e = midpoint e a b", "f = midpoint f d e")
    assert found.points == (*problem.points, "e")


@st.composite
def chains(draw: st.DrawFn) -> tuple[str, ...]:
    """Midpoints, each of two points before it."""
    clauses = []
    for k in range(2, draw(st.integers(2, 7))):
        one, two = draw(st.permutations(NAMES[:k]))[:2]
        clauses.append(f"{NAMES[k]} = midpoint {NAMES[k]} {one} {two}")
    return tuple(clauses)


@given(chains(), st.data())
def test_without_a_clause_and_all_that_is_made_from_it_the_rest_stands(
    clauses: tuple[str, ...], data: st.DataObject
) -> None:
    if not clauses:
        assert without((), "c = midpoint c a b") == ()
        return
    gone = data.draw(st.sampled_from(clauses))
    kept = without(clauses, gone)
    rest = [clause for clause in clauses if clause != gone]
    there = {"a", "b"}
    wanted = []
    for clause in rest:  # what can be made from what is there, in order
        new, _, _, *start = clause.replace(" =", "").split()
        if set(start) <= there:
            there.add(new)
            wanted.append(clause)
    assert list(kept) == wanted


def test_lemmas_that_the_goals_do_not_need_are_left_out() -> None:
    problem, here = closed(RIGHT)
    last = stays(problem, "mirror x c d")
    idle = [lemma(problem, "midpoint x a c"), lemma(problem, "on_bline x b d, on_line x b d")]
    steps = (*idle, last)
    kept = needed(here, steps)
    assert set(kept) <= set(steps)
    assert kept[-1] == last
    after = replayed(here, kept)
    assert after is not None
    assert after.solved
    for at in range(len(kept) - 1):
        less = replayed(here, (*kept[:at], *kept[at + 1 :]))
        assert less is None or not less.solved
    assert kept == (last,)


@pytest.mark.parametrize(
    ("text", "useful", "useless"),
    [
        (RIGHT, ["mirror x c d"], ["midpoint x a c", "reflect x c a b"]),
        (LANGLEY, ["on_line x b c, on_circle x a b"], ["midpoint x a b"]),
        (TREASURE, ["mirror x a m"], ["midpoint x b c", "foot x c a b"]),
    ],
)
def test_no_point_is_left_that_can_go(text: str, useful: list[str], useless: list[str]) -> None:
    problem, here = closed(text)
    steps = [stays(problem, clause) for clause in (*useless, *useful)]
    found = proved(problem, here, steps, seed=0, compiled=False)
    assert found
    result, clauses = found
    assert result.proved
    assert check(result.proof, seed=7).ok  # type: ignore[arg-type]
    assert 0 < len(clauses) < len(steps)
    assert alone(problem, clauses)
    for size in range(len(clauses)):
        assert not any(alone(problem, some) for some in combinations(clauses, size))


def test_points_made_from_points_are_kept_together() -> None:
    problem, here = closed(RIGHT)
    n = here.count
    middle = Step(picked(problem, "midpoint x a c"), True)
    mirror = Step(Pick(picked(problem, "mirror x c d").kind, (2, 3)), True)
    of_both = Step(Pick(0, (n, n + 1)), True)
    found = proved(problem, here, [middle, mirror, of_both], seed=0, compiled=False)
    assert found
    assert len(found[1]) == 1
    assert alone(problem, found[1])


def test_what_was_claimed_to_solve_and_does_not_is_no_proof() -> None:
    problem, here = closed(RIGHT)
    idle = [stays(problem, "midpoint x a c"), lemma(problem, "reflect x c a b")]
    assert proved(problem, here, idle, seed=0, compiled=False) is None
    assert proved(problem, here, [], seed=0, compiled=False) is None


def test_a_trial_that_is_told_the_goal_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Premises that are wrong reach any goal in a trial, and no theorem: it is proved again from the clauses alone."""
    problem, here = closed(RIGHT)
    idle = picked(problem, "midpoint x a c")
    plain = Ground._asked

    def lying(self: Ground, picks: Any) -> tuple[Any, ...]:
        places, equations, counts, circles, rounds = plain(self, picks)
        equations[:, 0] = self.goals[0]  # what is to be proved, as an assumption
        return places, equations, counts, circles, rounds

    with monkeypatch.context() as patch:
        patch.setattr(Ground, "_asked", lying)
        assert here.tried([idle]).at == 0
        assert proved(problem, here, [Step(idle, True)], seed=0, compiled=False) is None
    assert here.tried([idle]).at is None


def test_a_trial_on_another_point_proves_nothing() -> None:
    problem, here = closed(RIGHT)
    foot = Step(picked(problem, "foot x b a c"), True)  # a itself: the angle there is right
    assert proved(problem, here, [foot], seed=0, compiled=False) is None
    found = proved(problem, here, [foot, stays(problem, "mirror x c d")], seed=0, compiled=False)
    assert found is None or (check(found[0].proof, seed=9).ok and not any("foot" in clause for clause in found[1]))  # type: ignore[arg-type]


def test_a_point_that_cannot_be_drawn_is_no_proof_and_no_error() -> None:
    problem, _ = closed(RIGHT)
    flat = Step(Pick(picked(problem, "circumcenter x a b c").kind, (0, 0, 1)), True)
    assert pruning._attempt(problem, ("e = on_line e a b, on_pline e c a b",), 0, False) is None
    with pytest.raises(InputError):
        told(problem, [flat])


@pytest.mark.parametrize(
    "circular",
    ["x = on_line x a m, on_tline x m b m", "x = on_tline x m m a, on_line x m b"],
)
def test_a_proposal_that_assumes_the_goal_proves_nothing(circular: str) -> None:
    problem, _ = closed(TREASURE)
    assert with_one(problem, [circular], seed=0, compiled=False).found is None


def test_proposals_are_tried_together_and_alone() -> None:
    problem, _ = closed(TREASURE)
    good, idle = "x = mirror x a m", "x = midpoint x b c"
    for proposals in ([good], [idle, good], [good, idle]):
        tried = with_one(problem, proposals, seed=0, compiled=False)
        assert tried.found
        assert tried.found[0].proved
        assert len(tried.found[1]) == 1
        assert "mirror" in tried.found[1][0]
        assert 1 <= tried.trials <= 1 + len(proposals)
    assert with_one(problem, [idle], seed=0, compiled=False) == (1, None)
    assert with_one(problem, [], seed=0, compiled=False) == (0, None)
