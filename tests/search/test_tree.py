"""The loop: budgets, costs, what an outcome keeps, and that waiting changes nothing."""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from math import inf, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import Beam, BreadthFirst, Chain, DepthFirst, Frontier, Outcome, astar, search, search_async


class Walk:
    """Integers from 0; an action is how far to go; solved at ``goal``."""

    def __init__(self, goal: int = 10**9, cost: float = 1) -> None:
        self.goal, self.cost, self.steps = goal, cost, list[tuple[int, int]]()

    def initial(self) -> int:
        return 0

    def step(self, state: int, action: int) -> tuple[int, float]:
        self.steps.append((state, action))
        return state + action, self.cost

    def solved(self, state: int) -> bool:
        return state == self.goal


def forward(state: int) -> Iterable[int]:
    return (1, 3, 2)


def rows(outcome: Outcome[int, int]) -> list[tuple[object, ...]]:
    """The tree as plain rows: state, parent, action, cost, depth, place among the expanded."""
    place = {node: i for i, node in enumerate(outcome.nodes)}
    order = {node: i for i, node in enumerate(outcome.expanded)}
    return [
        (n.state, place[n.parent] if n.parent else None, n.action, n.cost, n.depth, order.get(n)) for n in outcome.nodes
    ]


def make_frontier(kind: int) -> Frontier[int, int]:
    made: list[Frontier[int, int]] = [
        astar(lambda state: abs(20 - state) / 3),
        Beam(2, lambda node: -node.state),
        DepthFirst(),
        BreadthFirst(),
        Chain(),
    ]
    return made[kind]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 4), st.integers(0, 25), st.integers(0, 40), st.integers(1, 6), st.randoms(use_true_random=False))
def test_waiting_for_proposals_in_any_order_grows_the_same_tree(
    kind: int, goal: int, budget: int, batch: int, random: Random
) -> None:
    async def late(state: int) -> Iterable[int]:
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
        return forward(state)

    plain = search(Walk(goal), forward, make_frontier(kind), budget=budget, batch=batch)
    waited = asyncio.run(search_async(Walk(goal), late, make_frontier(kind), budget=budget, batch=batch))
    assert (rows(plain), plain.reason) == (rows(waited), waited.reason)
    assert plain.nodes.index(plain.best) == waited.nodes.index(waited.best)
    assert len(plain.expanded) <= budget


def test_the_proposals_of_a_batch_are_made_at_the_same_time() -> None:
    busy, most = 0, 0

    async def propose(state: int) -> list[int]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        return [2 * state + 1, 2 * state + 2]

    asyncio.run(search_async(Walk(), propose, BreadthFirst(), budget=31, batch=4))
    assert most == 4


def test_one_failed_proposal_ends_the_search_and_leaves_no_other_running() -> None:
    cancelled: list[int] = []

    async def propose(state: int) -> list[int]:
        if state == 0:
            return [1, 2]
        if state == 2:
            raise ConnectionError("no model")
        try:
            return await asyncio.Future()
        except asyncio.CancelledError:
            cancelled.append(state)
            raise

    async def attempt() -> None:
        with pytest.raises(ConnectionError, match="no model"):
            await search_async(Walk(), propose, BreadthFirst(), batch=2)
        await asyncio.sleep(0)
        assert cancelled == [1]

    asyncio.run(attempt())


def test_out_of_budget_is_an_outcome_with_the_node_that_was_next() -> None:
    outcome = search(Walk(), lambda state: [1], Chain(), budget=5)
    assert (outcome.reason, outcome.solved, len(outcome.expanded)) == ("budget", False, 5)
    assert outcome.best.state == 5
    assert outcome.best.actions() == [1] * 5
    best = search(Walk(goal=100), forward, astar(lambda state: (100 - state) / 3), budget=7).best
    assert (best.state, best.depth) == (21, 7)


def test_looking_for_a_solution_is_free_but_expanding_is_not() -> None:
    assert search(Walk(goal=0), forward, BreadthFirst(), budget=0).reason == "solved"
    assert search(Walk(goal=1), forward, BreadthFirst(), budget=0).reason == "budget"
    assert search(Walk(goal=1), forward, BreadthFirst(), budget=1).reason == "solved"


def test_no_step_is_taken_beyond_the_budget_and_none_twice() -> None:
    walk = Walk()
    outcome = search(walk, forward, BreadthFirst(), budget=10, batch=4)
    assert len(outcome.expanded) == 10
    assert len(walk.steps) == len(set(walk.steps)) == 30 == len(outcome.nodes) - 1


def test_a_dead_end_is_exhausted() -> None:
    outcome = search(Walk(), lambda state: [] if state == 3 else [1], Chain())
    assert (outcome.reason, outcome.best.state) == ("exhausted", 3)


@pytest.mark.parametrize("cost", [-1, -0.001, nan])
def test_a_step_cost_out_of_range_says_what_would_be_right(cost: float) -> None:
    with pytest.raises(ValueError, match=r"action 1 cost .*, but a step must cost a number >= 0; turn a reward"):
        search(Walk(cost=cost), forward, BreadthFirst())


def test_budget_and_batch_out_of_range() -> None:
    with pytest.raises(ValueError, match="a budget needs expansions >= 0, got -1"):
        search(Walk(), forward, Chain(), budget=-1)
    with pytest.raises(ValueError, match="ask for at least one node, not 0"):
        search(Walk(), forward, Chain(), batch=0)


def test_an_infinite_cost_closes_the_branch_and_is_kept_in_the_tree() -> None:
    outcome = search(Walk(cost=inf), forward, BreadthFirst())
    assert outcome.reason == "exhausted"
    assert len(outcome.expanded) == 1
    assert [node.dead for node in outcome.nodes] == [False, True, True, True]


def test_the_tree_as_a_networkx_graph() -> None:
    import networkx as nx

    outcome = search(Walk(goal=4), forward, BreadthFirst())
    graph = outcome.to_networkx()
    assert nx.is_arborescence(graph)
    assert graph.graph == {"reason": "solved", "best": outcome.nodes.index(outcome.best)}
    assert graph.nodes[0] == {
        "state": 0, "cost": 0, "h": 0, "depth": 0, "weight": 1, "attempt": 0, "order": 0,
    }  # fmt: skip
    path = nx.shortest_path(graph, 0, graph.graph["best"])
    actions = [graph.edges[edge]["action"] for edge in pairwise(path)]
    assert actions == outcome.best.actions()
    assert sum(actions) == 4


def test_a_long_chain_can_be_printed_and_pickled() -> None:
    outcome = search(Walk(), lambda state: [1], Chain(), budget=5_000)
    assert repr(outcome.best) == "Node(state=5000, action=1, cost=5000, depth=5000)"
    again = pickle.loads(pickle.dumps(outcome))
    assert rows(again) == rows(outcome)
    assert again.best is again.nodes[-1]


def test_importing_search_and_symbolic_imports_nothing_heavy() -> None:
    heavy = "{'networkx', 'sympy', 'numba', 'mpmath', 'prefect', 'datasets'}"
    program = f"import sys, porism.search, porism.symbolic; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
