"""Moves of the search for auxiliary points: where they lead, and what they cost."""

from math import exp, inf, isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.pipelines.auxiliary.tree import AGAIN, FRONTIERS, PATIENCE, Move, Points, State, moves
from porism.search import Search
from porism.symbolic.auxiliary.ground import Pick
from porism.symbolic.auxiliary.visits import Step, Visit

PICKS = [Pick(0, (0, k)) for k in range(1, 6)]
ONE, TWO, THREE, FOUR, FIVE = PICKS
SEEN = Visit(
    tried=((ONE, 0), (TWO, 3), (THREE, 2), (FOUR, -1)),
    lemmas=(TWO, THREE),
    best=(((TWO,), log(0.5)), ((ONE,), log(0.25)), ((ONE, TWO), log(0.25))),
    solved=None,
)
BEFORE = (Step(FIVE, True),)


def reached(state: State, visit: Visit, points: int = 4) -> list[State]:
    return [proposal.action.state for proposal in moves(state, visit, points).proposals]


def test_moves_are_to_look_again_or_to_keep_points_and_lemmas_come_along() -> None:
    lemmas = (*BEFORE, Step(TWO, False), Step(THREE, False))
    assert reached(State(BEFORE, 2, 7), SEEN) == [
        State(lemmas, 3, 12),
        State((*lemmas, Step(TWO, True)), 0, 12),
        State((*lemmas, Step(ONE, True)), 0, 12),
        State((*lemmas, Step(ONE, True), Step(TWO, True)), 0, 12),
    ]


def test_prices_are_minus_the_logarithms_of_probabilities_that_add_up_to_one() -> None:
    proposals = moves(State(), SEEN, 4).proposals
    assert all(isclose(each.action.price, -log(each.weight)) for each in proposals)
    assert isclose(sum(exp(-each.action.price) for each in proposals), 1)
    assert isclose(proposals[0].action.price, -log(AGAIN))


@given(st.lists(st.floats(-60, 0), max_size=8), st.integers(0, PATIENCE), st.integers(0, 4), st.integers(1, 6))
def test_no_move_is_for_free_and_none_keeps_too_many_points(
    logs: list[float], visits: int, stay: int, points: int
) -> None:
    state = State(tuple(Step(pick, True) for pick in PICKS[:stay]), visits)
    bundles = tuple((tuple(PICKS[: 1 + k % 3]), value) for k, value in enumerate(logs))
    found = moves(state, Visit((), (), bundles, None), points).proposals
    assert all(0 < each.action.price < inf for each in found)
    assert all(each.action.state.points <= max(points, stay) for each in found)
    kept = [each.action.state for each in found if each.action.state.visits == 0]
    assert all(stay < state.points <= points for state in kept)
    assert (State(state.steps, visits + 1) in [each.action.state for each in found]) == (visits + 1 < PATIENCE)


def test_a_figure_is_looked_at_only_so_often() -> None:
    state, looks = State(), 1
    while again := [one for one in reached(state, SEEN, 0) if one.visits == state.visits + 1]:
        (state,), looks = again, looks + 1
    assert looks == PATIENCE


def test_what_solves_is_the_last_step_and_what_was_learned_before_comes_first() -> None:
    seen = Visit(((TWO, 3), (ONE, 5)), (TWO,), (), ONE)
    (found, *_) = reached(State(BEFORE, 1, 1), seen)
    assert found == State((*BEFORE, Step(TWO, False), Step(ONE, True)), 0, 4, True)
    by_news = Visit(((TWO, 3), (ONE, 5)), (TWO, ONE), (), ONE)
    (found, *_) = reached(State(), by_news)
    assert found == State((Step(TWO, False), Step(ONE, False)), 0, 8, True)


def test_a_figure_without_candidates_is_looked_at_no_more_than_patience_allows() -> None:
    nothing = Visit((), (), (), None)
    assert [state.visits for state in reached(State(visits=PATIENCE - 2), nothing)] == [PATIENCE - 1]
    assert reached(State(visits=PATIENCE - 1), nothing) == []


def test_a_state_is_solved_only_if_there_is_a_proof_behind_it() -> None:
    asked = []

    def proves(state: State) -> bool:
        asked.append(state)
        return state.gain == 1

    env = Points(proves)
    assert env.initial() == State()
    assert not env.solved(State(gain=1))
    assert asked == []
    assert env.solved(State(gain=1, solved=True))
    assert not env.solved(State(gain=2, solved=True))
    assert env.step(State(), Move(State(visits=1), 0.5)) == (State(visits=1), 0.5)


@pytest.mark.parametrize("name", FRONTIERS)
def test_every_frontier_looks_where_it_is_told_and_into_nothing_twice(name: str) -> None:
    search: Search[State, Move] = Search(Points(lambda state: True), FRONTIERS[name](3), early=True)
    seen = []
    for _ in range(12):
        for node in search.ask(3):
            seen.append(node.state)
            search.tell(node, moves(node.state, SEEN, 2))
    assert seen[0] == State()
    assert len(set(seen)) == len(seen) > 12


def test_best_first_looks_at_figures_in_the_order_of_their_probabilities() -> None:
    search: Search[State, Move] = Search(Points(lambda state: True), FRONTIERS["best"](0), early=True)
    costs = []
    for _ in range(20):
        (node,) = search.ask(1)
        costs.append(node.cost)
        search.tell(node, moves(node.state, SEEN, 3))
    assert costs == sorted(costs)


def test_at_random_depends_on_the_seed_and_nothing_else() -> None:
    def order(seed: int) -> list[State]:
        search: Search[State, Move] = Search(Points(lambda state: True), FRONTIERS["random"](seed), early=True)
        found = []
        for _ in range(8):
            (node,) = search.ask(1)
            found.append(node.state)
            search.tell(node, moves(node.state, SEEN, 4))
        return found

    assert order(1) == order(1) != order(2)
