"""The search for auxiliary points: what it proves is proved, budgets are kept, and the same seed does the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from porism.errors import InputError
from porism.pipelines.auxiliary import solve as module
from porism.pipelines.auxiliary.pruning import without
from porism.pipelines.auxiliary.solve import Progress, Settings, Solved, solve
from porism.pipelines.auxiliary.tree import FRONTIERS
from porism.symbolic.check import check
from porism.symbolic.kernel import trials
from porism.symbolic.problem import Problem, read
from porism.symbolic.prove import attempt

EXAMPLES = {one.name: one for one in read(Path(__file__).parents[3] / "examples" / "auxiliary_points.txt")}
RIGHT = Problem.parse("a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1")
QUICK = (RIGHT, *(EXAMPLES[name] for name in ("langley", "square-fifteen", "treasure-island", "napoleon")))
HARD = Problem.parse(  # true because of a relation between sines of multiples of 6 degrees
    "a b = segment a b; c = s_angle b a c 54, s_angle a b c -96; p = s_angle b a p 12, s_angle a b p -54"
    " ? aconst a c c p 2 15"
)
FALSE = Problem.parse("a b c = triangle a b c; m = midpoint m b c ? cong a m b c")
ALTITUDES = Problem.parse("a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c")
PLAIN = Settings(compiled=False, attempts=2000)


def same(one: Solved) -> Solved:
    """All but the clock."""
    timed = replace(one.attempt, seconds={}, closure=None, diagrams=())
    return replace(one, seconds=0.0, attempt=timed)


def assert_proved(found: Solved) -> None:
    """There is a proof, from premises and the auxiliary points alone, that the checker accepts in other drawings."""
    assert found.proved
    assert found.ended == "solved"
    proof = found.attempt.proof
    assert proof is not None
    assert check(proof, seed=1234).ok
    assert set(found.problem.goals) <= set(proof.problem.goals)
    text = "; ".join([*map(str, found.problem.clauses), *found.clauses])
    whole = Problem(Problem.parse(text).clauses, found.problem.goals)
    assert proof.problem.clauses == whole.clauses
    assert attempt(whole).proved


@pytest.mark.parametrize("problem", QUICK, ids=[problem.name or "right" for problem in QUICK])
def test_what_is_proved_is_accepted_by_the_checker_and_needs_all_its_points(problem: Problem) -> None:
    found = solve(problem, PLAIN)
    assert_proved(found)
    assert found.clauses
    for clause in found.clauses:
        rest = without(found.clauses, clause)
        text = "; ".join([*map(str, problem.clauses), *rest])
        assert not attempt(Problem(Problem.parse(text).clauses, problem.goals)).proved
    assert 0 < found.trials <= PLAIN.attempts
    assert found.places[0].clauses == ()
    assert sum(len(place.tried) for place in found.places) <= found.trials
    assert found.best[0].gain == max(place.gain for place in found.places)


@pytest.mark.parametrize("frontier", FRONTIERS)
def test_every_frontier_solves_a_small_problem(frontier: str) -> None:
    assert_proved(solve(RIGHT, replace(PLAIN, frontier=frontier)))


def test_the_same_seed_does_the_same_and_another_seed_something_else() -> None:
    found = solve(EXAMPLES["napoleon"], PLAIN)
    assert same(found) == same(solve(EXAMPLES["napoleon"], PLAIN))
    other = solve(EXAMPLES["napoleon"], replace(PLAIN, seed=3))
    assert_proved(other)
    assert other.places[0].tried != found.places[0].tried


def test_two_workers_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(PLAIN, attempts=30)
    assert same(solve(HARD, one)) == same(solve(HARD, replace(one, workers=2)))
    assert same(solve(RIGHT, PLAIN)) == same(solve(RIGHT, replace(PLAIN, workers=2)))


@pytest.mark.parametrize("attempts", [1, 7, 23])
@pytest.mark.parametrize("frontier", FRONTIERS)
def test_attempts_are_never_exceeded(attempts: int, frontier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIALS", 3)
    found = solve(HARD, replace(PLAIN, attempts=attempts, frontier=frontier))
    assert (found.proved, found.ended, found.trials) == (False, "attempts", attempts)
    assert found.clauses == ()
    assert found.attempt.reason == "the closure ended without the goal"


def test_a_search_that_is_cut_short_tells_what_it_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIALS", 5)
    told: list[Progress] = []
    found = solve(HARD, replace(PLAIN, attempts=30), told.append)
    assert [one.trials for one in told] == sorted({one.trials for one in told})
    assert told[-1].trials == found.trials == 30
    assert found.places[0].clauses == ()
    assert found.best[0].gain >= told[-1].best.gain
    assert len(found.best) <= 5
    for place in found.places:
        points = {*HARD.points, *(clause.partition(" = ")[0] for clause in place.clauses)}
        assert len(points) == len(HARD.points) + len(place.clauses)
        for clause, gain in place.tried:
            Problem.parse("; ".join([*map(str, HARD.clauses), *place.clauses, clause]))
            assert gain >= -1


def test_the_clock_ends_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIALS", 2)
    ticks = iter(range(10_000))
    monkeypatch.setattr("porism.pipelines.auxiliary.solve.time.monotonic", lambda: float(next(ticks)))
    found = solve(HARD, replace(PLAIN, seconds=10.0))
    assert (found.proved, found.ended) == (False, "seconds")
    assert 0 < found.trials < PLAIN.attempts
    assert found.seconds >= 10


def test_nothing_is_tried_where_deduction_does() -> None:
    found = solve(ALTITUDES, PLAIN)
    assert (found.proved, found.ended, found.trials, found.clauses, found.places) == (True, "solved", 0, (), ())


def test_no_point_makes_a_false_goal_true() -> None:
    found = solve(FALSE, PLAIN)
    assert (found.proved, found.ended, found.trials) == (False, "exhausted", 0)
    assert found.attempt.reason.startswith("the goal is false")


def test_a_problem_that_cannot_be_drawn_is_one_line() -> None:
    flat = Problem.parse("a b = segment a b; c = on_line c a b; o = circle o a b c ? cong o a o b")
    with pytest.raises(InputError, match="cannot be drawn") as error:
        solve(flat, PLAIN)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"attempts": 0}, "--attempts is 0; it must be at least 1"),
        ({"points": 0}, "--points is 0; it must be at least 1"),
        ({"workers": -2}, "--workers is -2; it must be at least 1"),
        ({"seconds": 0.0}, "--seconds is 0; it must be above 0"),
        ({"seconds": float("nan")}, "--seconds is nan; it must be above 0"),
        ({"frontier": "depth"}, "--frontier is 'depth'; it is one of best, "),
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Settings(**wrong)


def points_that_stay(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many points stay in each figure that is looked at from now on."""
    steps: list[int] = []
    plain: Any = vars(module)["moves"]

    def seen(state: Any, visit: Any, points: int) -> Any:
        steps.append(state.points)
        return plain(state, visit, points)

    monkeypatch.setattr(module, "moves", seen)
    return steps


def test_points_that_stay_are_never_more_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIALS", 3)
    steps = points_that_stay(monkeypatch)
    solve(HARD, replace(PLAIN, attempts=60, points=1))
    assert max(steps) == 1


def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every trial reaches the goals, as if candidates had been given wrong premises."""
    plain: Any = vars(trials)["deduce"]
    monkeypatch.setattr(trials, "deduce", lambda *arguments: (plain(*arguments)[0], True))


def test_no_wrong_theorem_comes_out_of_trials_that_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    lying(monkeypatch)
    found = solve(HARD, replace(PLAIN, attempts=4))
    assert not found.proved
    assert found.ended == "attempts"
    assert found.clauses == ()
    for seed in range(3):
        right = solve(RIGHT, replace(PLAIN, attempts=3, seed=seed))
        if right.proved:
            assert_proved(right)


def test_a_success_that_is_not_proved_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    lying(monkeypatch)
    steps = points_that_stay(monkeypatch)
    solve(HARD, replace(PLAIN, attempts=8, points=2))
    assert max(steps) <= 2
