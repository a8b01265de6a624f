import json
from collections.abc import Sequence
from math import inf
from typing import Any

import pytest

from porism.errors import InputError
from porism.pipelines.auxiliary.points import AuxiliaryPoints, enumerated, extended, new_point
from porism.pipelines.auxiliary.world import Board, Task
from porism.search import BestFirst, Chain, Environment, Node, Outcome, Proposed, Search, drive, proposed, search
from porism.search.tools.branching import ToolEnvironment
from porism.search.tools.calls import Call
from porism.search.tools.moments import Moment
from porism.symbolic import Problem, check

HARD = (  # found by the geometry flow: deduction alone does not solve them
    "a b c = iso_triangle a b c; d = reflect d b a c; e = foot e c a d ? rconst b d c e 2 1",
    "a b = segment a b; c = on_circle c b a; d = shift d b c a; e = midpoint e a b ? rconst a d c e 2 1",
    "a b = segment a b; c = on_tline c b b a; d = angle_bisector d a c b, on_bline d a b ? perp a d c d",
    "a b c = triangle a b c; d = shift d a b c; e = on_dia e c b, on_dia e d a ? eqangle b c c e d e b d",
)
TRIANGLE = Problem.parse("a b c = triangle a b c; m = midpoint m b c ? cong a b a c")


def cheapest(node: Node[Any, Any]) -> float:
    return node.cost


@pytest.mark.parametrize("text", HARD)
def test_a_search_finds_the_point_that_deduction_lacks(text: str) -> None:
    problem = Problem.parse(text)
    env = AuxiliaryPoints(problem)
    typed: Environment[Problem, str] = env
    assert not env.solved(problem)
    outcome: Outcome[Problem, str] = search(typed, enumerated, BestFirst(cheapest), early=True, budget=40)
    assert outcome.solved
    assert outcome.best.cost == len(outcome.best.actions()) == 1
    proof = env.proof(outcome.best.state)
    assert proof is not None
    assert check(proof).ok
    assert proof.auxiliary == (new_point(problem),)
    assert outcome.best.state.goals == problem.goals
    assert outcome.best.state.clauses[:-1] == problem.clauses


def test_the_enumeration_is_of_clauses_each_once_and_always_the_same() -> None:
    for text in HARD:
        problem = Problem.parse(text)
        clauses = list(enumerated(problem))
        assert clauses == list(enumerated(problem))
        assert len({frozenset(clause.split(" = ")[1].split()) | {clause} for clause in clauses}) == len(clauses)
        for clause in clauses:
            assert Problem.parse(f"{'; '.join(map(str, problem.clauses))}; {clause}").points[-1] == new_point(problem)


def test_most_of_the_enumeration_can_be_drawn_in_a_triangle() -> None:
    env = AuxiliaryPoints(TRIANGLE)
    clauses = list(enumerated(TRIANGLE))
    drawn = [clause for clause in clauses if env.step(TRIANGLE, clause)[1] == 1]
    failed = set(clauses) - set(drawn)
    assert {"d = midpoint d a b", "d = foot d b a c", "d = circumcenter d a b c"} <= set(drawn)
    assert {"d = foot d b c m", "d = circumcenter d b c m", "d = reflect d m b c"} <= failed
    assert len(failed) < len(drawn) / 4
    assert all(env.step(TRIANGLE, clause) == (TRIANGLE, inf) for clause in failed)


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("", "give one clause"),
        ("e = midpoint e a b; f = midpoint f a c", "give one clause"),
        ("e = midpoint e a b ? coll a b c", "give one clause"),
        ("e = midpoint e a b # so", "give one clause"),
        ("e = midpoint e a b\nf = foot f a b c", "give one clause"),
        ("e" * 300, "give one clause"),
        ("e midpoint a b", "clause 3"),
        ("e = midpont e a b", "did you mean midpoint"),
        ("e = midpoint e a z", "point z is not defined"),
        ("m = midpoint m a b", "defined"),
        ("e = free e", "starts from points that are there"),
        ("e f g = triangle e f g", "starts from points that are there"),
        ("e = foot e m b c", "assumes that"),  # m is on bc
        ("e = intersection_ll e a b b c", "clause 3"),  # where b is
        ("e = on_line e a b, on_line e a c, on_circum e a b c", "one construction, or two"),
        ("e = intersection_ll e a m b c, on_tline e a b c", "one construction, or two"),
        ("e = midpoint e a b, on_line e a b", "one construction, or two"),
        ("w x y z = 2l1c w x y z a b c m", "nobody has proved that"),
    ],
)
def test_a_clause_that_cannot_be_added_is_one_line_and_a_dead_end(clause: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        extended(TRIANGLE, clause)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert AuxiliaryPoints(TRIANGLE).step(TRIANGLE, clause) == (TRIANGLE, inf)


@pytest.mark.parametrize("clause", ["x = on_line x o g, on_line x o h", "x = on_line x h o, on_line x g h"])
def test_no_clause_says_what_is_to_be_proved(clause: str) -> None:
    """A point on the lines og and oh, other than o, is there only because o, g and h are on one line."""
    euler = Problem.parse(
        "a b c = triangle a b c; o = circumcenter o a b c; h = orthocenter h a b c; m = midpoint m b c; "
        "n = midpoint n c a; g = intersection_ll g a m b n ? coll o g h"
    )
    with pytest.raises(InputError, match="the two loci do not cross, or are the same"):
        extended(euler, clause)


def test_two_loci_that_cross_are_a_point() -> None:
    whole = extended(TRIANGLE, "e = on_line e a m, on_circum e a b c")
    assert str(whole.clauses[-1]) == "e = on_line e a m, on_circum e a b c"
    assert str(extended(TRIANGLE, " e = foot a b c ").clauses[-1]) == "e = foot e a b c"


def test_a_false_goal_is_not_proved_and_a_problem_needs_one() -> None:
    assert not AuxiliaryPoints(TRIANGLE).solved(TRIANGLE)
    with pytest.raises(InputError, match="needs a goal"):
        AuxiliaryPoints(Problem.parse("a b = segment a b"))


def test_a_model_that_calls_the_tool_is_searched_like_any_other() -> None:
    task = Task("ratio", HARD[1], ("f = midpoint f a c",))
    replies = iter([["f = midpoint f a b", "nonsense", "f = foot f c a b"], ["g = midpoint g a c"]])

    def model(nodes: Sequence[Node[Moment, Call]]) -> list[Proposed[Call]]:
        return [proposed(Call.of("construct", {"clause": clause}) for clause in next(replies)) for _ in nodes]

    env = ToolEnvironment(task.world)
    outcome = drive(Search(env, Chain(), early=True), model)
    assert outcome.solved
    assert [call.values()["clause"] for call in outcome.best.actions()] == [
        "f = midpoint f a b",
        "g = midpoint g a c",
    ]
    texts = [node.state.observation.text for node in outcome.nodes if node.state.observation]
    assert "The goal is not proved yet." in texts[-2]
    assert texts[-1] == "G is the midpoint of AC. With this the goal is proved."
    assert any(text.startswith("construct: clause 5 'nonsense'") for text in texts)


def test_a_board_goes_back_and_its_tasks_are_data() -> None:
    task = Task("ratio", HARD[1], ("f = midpoint f a c",))
    assert Task.from_json(json.loads(json.dumps(task.to_json()))) == task
    assert HARD[1] in task.prompt
    assert "midpoint x a b" in task.prompt
    board = task.world()
    assert isinstance(board, Board)
    start, first = board.snapshot(), board.digest()
    assert not board.solved()
    assert board.call(Call.of("construct", {"clause": 3})).error == "invalid arguments"
    for call in task.solution:
        assert not board.call(call).error
    assert board.solved()
    end = board.snapshot()
    board.undo()
    board.undo()
    assert board.digest() == first
    with pytest.raises(ValueError, match="no call to undo"):
        board.undo()
    board.restore(end)
    assert board.solved()
    board.restore(start)
    assert not board.solved()


@pytest.mark.parametrize(
    "row", [{}, {"id": "a", "problem": "b", "clauses": "c"}, {"id": 1, "problem": "b", "clauses": []}]
)
def test_a_row_that_is_no_task_is_one_line(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a task of geometry has"):
        Task.from_json(row)
