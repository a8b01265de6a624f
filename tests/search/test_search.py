"""The loop without its waiting: budgets, prices, further attempts, faults, in whatever order replies come."""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import (
    Budget,
    Chain,
    Fault,
    Node,
    Outcome,
    Price,
    Proposal,
    Proposed,
    Search,
    Spent,
    astar,
    drive,
    drive_async,
    uniform_cost,
)
from porism.seeds import stream


class Binary:
    """Numbers written digit by digit; the goal is one of them."""

    def __init__(self, goal: str = "") -> None:
        self.goal, self.steps = goal, list[str]()

    def initial(self) -> str:
        return "1"

    def step(self, state: str, action: str) -> tuple[str, float]:
        self.steps.append(state + action)
        return state + action, 1

    def solved(self, state: str) -> bool:
        return state == self.goal


def digits(nodes: Sequence[Node[str, str]]) -> list[Proposed[str]]:
    both = (Proposal("0", 0.75, 2.0), Proposal("1", 0.25, 1.0))
    return [Proposed(both, Spent(requests=1, samples=4, tokens=100)) for _ in nodes]


class Patient:
    """Prices by weight; a place is worth asking twice more."""

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]]) -> list[Price]:
        return [Price(1 - p.weight, p.remaining or 0, note=(node.note or 0) + 1) for p in proposals]

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]]) -> float | None:
        return 0.5 if node.attempt < 2 else None


def shape(outcome: Outcome[str, str]) -> Any:
    return [(n.state, n.cost, n.h, n.weight, n.attempt, n.note) for n in outcome.nodes], outcome.reason, outcome.limit


@pytest.mark.parametrize(
    ("budget", "expanded"),
    [
        (Budget(expansions=5), 5),
        (Budget(requests=3), 3),
        (Budget(samples=9), 3),  # 4, 8, 12: looked at before an expansion
        (Budget(tokens=1), 1),
        (Budget(tool_runs=5), 3),
        (Budget(nodes=4), 2),
        (Budget(seconds=0.0), 0),
        (Budget(expansions=9, requests=2), 2),
    ],
)
def test_every_limit_ends_a_search_and_says_so(budget: Budget, expanded: int) -> None:
    outcome = drive(Search(Binary(), uniform_cost(), budget=budget), digits)
    assert (len(outcome.expanded), outcome.reason) == (expanded, "budget")
    name = outcome.limit
    assert getattr(outcome.spent, name) >= getattr(budget, name)
    assert outcome.best not in outcome.expanded
    assert outcome.spent.requests == len(outcome.expanded)
    assert outcome.spent.nodes == len(outcome.nodes) == 2 * expanded + 1
    assert outcome.spent.tool_runs == 2 * expanded


def test_depth_ends_branches_and_not_the_search() -> None:
    outcome = drive(Search(Binary(), uniform_cost(), budget=Budget(depth=3)), digits)
    assert outcome.reason == "exhausted"
    assert max(node.depth for node in outcome.expanded) == 2
    assert max(node.depth for node in outcome.nodes) == 3


@pytest.mark.parametrize("early", [True, False])
def test_the_deepest_nodes_may_be_solutions(early: bool) -> None:
    for goal, solved in (("1101", True), ("11010", False)):
        outcome = drive(Search(Binary(goal), uniform_cost(), budget=Budget(depth=3), early=early), digits)
        assert outcome.solved == solved


def test_an_environment_that_counts_its_tools_is_believed() -> None:
    class Cached(Binary):
        tool_runs = 7  # of an earlier search

        def step(self, state: str, action: str) -> tuple[str, float]:
            self.tool_runs += action == "1"
            return super().step(state, action)

    outcome = drive(Search(Cached(), uniform_cost(), budget=Budget(expansions=4)), digits)
    assert outcome.spent.tool_runs == 4


def test_limits_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="a budget needs samples >= 0, got -1"):
        Budget(samples=-1)
    with pytest.raises(ValueError, match="a budget needs seconds >= 0, got nan"):
        Budget(seconds=float("nan"))


def test_prices_and_notes_reach_the_children() -> None:
    search = Search(Binary(), astar(), cost=Patient())
    [root] = search.ask()
    search.tell(root, digits([root])[0])
    zero, one, again = search.outcome().nodes[1:]
    assert (zero.cost, zero.h, zero.weight, zero.note) == (1.25, 2.0, 0.75, 1)
    assert (one.cost, one.h, one.weight, one.note) == (1.75, 1.0, 0.25, 1)
    assert (again.state, again.cost, again.attempt, again.parent) == ("1", 0.5, 1, None)
    assert again.h == 1.0  # of its nearest child, as nobody has estimated the root


def test_a_further_attempt_steps_only_through_what_is_new_and_shares_the_path() -> None:
    replies = {0: ["0"], 1: ["0", "1"], 2: ["1", "0", "2"]}

    def propose(nodes: Sequence[Node[str, str]]) -> list[Proposed[str]]:
        return [Proposed(tuple(Proposal(each, 1 / 2) for each in replies[node.attempt])) for node in nodes]

    env = Binary()
    outcome = drive(Search(env, uniform_cost(), cost=Patient(), budget=Budget(depth=1)), propose)
    assert env.steps == ["10", "11", "12"]  # no call twice
    assert [node.attempt for node in outcome.expanded] == [0, 1, 2]
    assert len(set(outcome.expanded)) == 3
    assert [node.actions() for node in outcome.nodes if node.depth] == [["0"], ["1"], ["2"]]


def test_early_stops_at_the_first_solved_node_that_is_made() -> None:
    late = drive(Search(Binary("110"), uniform_cost()), digits)
    early = drive(Search(Binary("110"), uniform_cost(), early=True), digits)
    assert late.best.state == early.best.state == "110"
    assert len(early.expanded) < len(late.expanded)
    assert early.solved
    assert drive(Search(Binary("1"), uniform_cost(), early=True), digits).expanded == ()


def test_what_comes_after_the_end_is_dropped() -> None:
    search = Search(Binary("10"), uniform_cost(), early=True)
    [root] = search.ask()
    search.tell(root, ["0"])
    assert search.over
    search.tell(root, ["0"])
    assert search.ask() == []
    assert len(search.outcome().nodes) == 2


def test_faults_are_kept_with_the_expansion_they_belong_to() -> None:
    faults = (Fault("malformed", "{"), Fault("refusal", "I would rather not"))

    def propose(nodes: Sequence[Node[str, str]]) -> list[Proposed[str]]:
        return [Proposed((Proposal("0"),), faults=faults if node.depth == 1 else ()) for node in nodes]

    outcome = drive(Search(Binary(), Chain(), budget=Budget(expansions=3)), propose)
    assert outcome.faults == ((1, faults[0]), (1, faults[1]))


def noisy(node: Node[str, str]) -> Proposed[str]:
    """Proposals that depend on the place alone."""
    random = stream(5, node.state, node.attempt)
    actions = random.sample("0123", random.randrange(4))
    return Proposed(tuple(Proposal(action, random.random(), random.uniform(0, 4)) for action in actions))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_replies_may_come_in_any_order(batch: int, random: Any) -> None:
    def begun() -> Search[str, str]:
        return Search(Binary(), astar(), cost=Patient(), budget=Budget(expansions=40))

    plain = drive(begun(), lambda nodes: [noisy(node) for node in nodes], batch=batch)
    search = begun()
    while nodes := search.ask(batch):
        for node in random.sample(nodes, len(nodes)):
            search.tell(node, noisy(node))
    shuffled = search.outcome()
    assert sorted(map(repr, shape(plain)[0])) == sorted(map(repr, shape(shuffled)[0]))
    assert shape(plain)[1:] == shape(shuffled)[1:]
    assert plain.best.actions() == shuffled.best.actions()


def test_the_best_node_does_not_depend_on_the_order_of_replies() -> None:
    bests = set()
    for order in permutations(range(2)):
        search = Search(Binary(), uniform_cost(), budget=Budget(expansions=3))
        [root] = search.ask(2)
        search.tell(root, ["0", "1"])
        nodes = search.ask(2)
        for i in order:
            search.tell(nodes[i], [])
        assert search.ask() == []
        bests.add(search.outcome().best.state)
    assert len(bests) == 1


def test_waiting_for_the_proposer_gives_the_same_tree() -> None:
    async def proposer(nodes: Sequence[Node[str, str]]) -> list[Proposed[str]]:
        await asyncio.sleep(0)
        return [noisy(node) for node in nodes]

    def begun() -> Search[str, str]:
        return Search(Binary(), astar(), cost=Patient(), budget=Budget(expansions=30))

    plain = drive(begun(), lambda nodes: [noisy(node) for node in nodes], batch=3)
    assert shape(asyncio.run(drive_async(begun(), proposer, batch=3))) == shape(plain)


def test_a_node_told_twice_is_refused_before_a_tool_runs() -> None:
    env = Binary()
    search = Search(env, uniform_cost())
    [root] = search.ask()
    search.tell(root, ["0"])
    with pytest.raises(ValueError, match="tell each node once"):
        search.tell(root, ["0"])
    assert env.steps == ["10"]


def test_a_call_that_failed_is_not_priced() -> None:
    class Failing(Binary):
        def step(self, state: str, action: str) -> tuple[str, float]:
            return state + action, inf if action == "0" else 1

    priced: list[list[str]] = []

    class Telling(Patient):
        def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]]) -> list[Price]:
            priced.append([proposal.action for proposal in proposals])
            return super().__call__(node, proposals)

        def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]]) -> None:
            priced.append([proposal.action for proposal in proposals])

    outcome = drive(Search(Failing(), astar(), cost=Telling(), budget=Budget(expansions=1)), digits)
    assert priced == [["1"], ["1"]]
    assert [node.dead for node in outcome.nodes] == [False, True, False]


def test_a_cost_function_prices_every_proposal() -> None:
    class Stingy(Patient):
        def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]]) -> list[Price]:
            return [Price(1)]

    with pytest.raises(ValueError, match="2 proposals, 1 prices"):
        drive(Search(Binary(), astar(), cost=Stingy()), digits)
