"""The strategies against brute force on random graphs."""

from collections.abc import Callable, Iterable
from itertools import pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import (
    MCTS,
    Beam,
    BestFirst,
    BreadthFirst,
    Chain,
    DepthFirst,
    Frontier,
    Node,
    Outcome,
    astar,
    greedy,
    search,
    uniform_cost,
    weighted_astar,
)

patient = settings(deadline=None, max_examples=40)  # the machine may be busy

GOAL = 7
Edges = dict[int, dict[int, int]]  # from -> to -> cost
Make = Callable[[], Frontier[Any, Any]]

ways = st.dictionaries(st.integers(0, GOAL), st.integers(0, 9), max_size=5)
graphs = st.lists(ways, min_size=GOAL + 1, max_size=GOAL + 1).map(lambda out: dict(enumerate(out)))


class Graph:
    """From 0 to GOAL; an action is the number of the next state."""

    def __init__(self, edges: Edges) -> None:
        self.edges = edges

    def initial(self) -> int:
        return 0

    def step(self, state: int, action: int) -> tuple[int, float]:
        return action, self.edges[state][action]

    def solved(self, state: int) -> bool:
        return state == GOAL

    def moves(self, state: int) -> Iterable[int]:
        return self.edges.get(state, {})


def distances(edges: Edges) -> dict[int, int]:
    """The cheapest cost from every state to GOAL where there is a way, by relaxing every edge often enough."""
    known = {GOAL: 0}
    for _ in range(GOAL + 1):
        for a, out in edges.items():
            for b, cost in out.items():
                if b in known and cost + known[b] < known.get(a, 10**9):
                    known[a] = cost + known[b]
    return known


def consistent(edges: Edges, raw: list[int]) -> Callable[[int], float]:
    """The largest consistent heuristic below ``raw`` everywhere and 0 at GOAL."""
    h = [*raw[:GOAL], 0]
    for _ in range(GOAL + 1):
        for a, out in edges.items():
            h[a] = min([h[a], *(cost + h[b] for b, cost in out.items())])
    return h.__getitem__


def states(nodes: Iterable[Node[int, int]]) -> list[int]:
    return [node.state for node in nodes]


raws = st.lists(st.integers(0, 30), min_size=GOAL + 1, max_size=GOAL + 1)


@patient
@given(graphs, raws)
def test_astar_with_a_consistent_heuristic_finds_the_cheapest_way_and_expands_no_state_twice(
    edges: Edges, raw: list[int]
) -> None:
    graph, true = Graph(edges), distances(edges)
    outcome = search(graph, graph.moves, astar(consistent(edges, raw)))
    assert outcome.solved == (0 in true)
    assert outcome.reason == ("solved" if 0 in true else "exhausted")
    if outcome.solved:
        assert outcome.best.cost == true[0]
        path = states(outcome.best.path())
        assert path == [0, *outcome.best.actions()]
        assert sum(edges[a][b] for a, b in pairwise(path)) == true[0]
    assert len(states(outcome.expanded)) == len(set(states(outcome.expanded)))


@patient
@given(graphs, raws, st.integers(1, 5))
def test_weighted_astar_keeps_its_promise_with_any_admissible_heuristic(
    edges: Edges, raw: list[int], weight: int
) -> None:
    graph, true = Graph(edges), distances(edges)
    estimates = [min(guess, true.get(state, guess)) for state, guess in enumerate(raw)]
    outcome = search(graph, graph.moves, weighted_astar(lambda state: estimates[state], weight))
    assert outcome.solved == (0 in true)
    assert not outcome.solved or outcome.best.cost <= weight * true[0]


def test_of_several_ways_to_a_state_only_the_cheapest_is_expanded() -> None:
    graph = Graph({0: {1: 9, 2: 1, 3: 2}, 2: {1: 5}, 3: {1: 2}, 1: {4: 1}, 4: {5: 9}})
    outcome = search(graph, graph.moves, uniform_cost())
    assert [(node.state, node.cost) for node in outcome.expanded] == [(0, 0), (2, 1), (3, 2), (1, 4), (4, 5), (5, 14)]


@patient
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_the_makers_order_nodes_by_their_formulas(pairs: list[tuple[int, int]]) -> None:
    def h(state: int) -> float:
        return pairs[state][1]

    formulas: list[tuple[BestFirst[int, int], Callable[[int, int], float]]] = [
        (uniform_cost(), lambda g, h: g),
        (greedy(h), lambda g, h: h),
        (astar(h), lambda g, h: g + h),
        (weighted_astar(h, 2.5), lambda g, h: g + 2.5 * h),
    ]
    for frontier, formula in formulas:
        frontier.tell(None, [Node(i, cost=g) for i, (g, _) in enumerate(pairs)])
        best = sorted(range(len(pairs)), key=lambda i: formula(*pairs[i]))  # stable, as ties must be
        assert states(frontier.ask(3)) + states(frontier.ask(8)) == best


@patient
@given(graphs, raws)
def test_a_better_heuristic_never_expands_a_state_that_a_worse_one_can_skip(edges: Edges, raw: list[int]) -> None:
    graph, true = Graph(edges), distances(edges)
    if 0 in true:
        h = consistent(edges, raw)
        guided = search(graph, graph.moves, astar(h))
        blind = search(graph, graph.moves, uniform_cost())
        assert guided.best.cost == blind.best.cost == true[0]
        assert all(node.cost + h(node.state) <= true[0] for node in guided.expanded)
        assert {s for s in states(blind.expanded)} >= {n.state for n in guided.expanded if n.cost < true[0]}


@patient
@given(graphs)
def test_breadth_first_finds_the_fewest_steps(edges: Edges) -> None:
    graph, steps = Graph(edges), distances({a: dict.fromkeys(out, 1) for a, out in edges.items()})
    outcome = search(graph, graph.moves, BreadthFirst())
    assert outcome.best.depth == steps[0] if 0 in steps else outcome.reason == "exhausted"


@patient
@given(graphs)
def test_depth_first_expands_in_preorder(edges: Edges) -> None:
    seen: list[int] = []

    def visit(state: int) -> bool:
        if state == GOAL or state in seen:
            return state == GOAL
        seen.append(state)
        return any(visit(child) for child in edges.get(state, {}))

    found = visit(0)
    graph = Graph(edges)
    outcome = search(graph, graph.moves, DepthFirst())
    assert (states(outcome.expanded), outcome.solved) == (seen, found)


def h3(state: int) -> int:
    return 3 * state % 5


MAKERS: dict[str, Make] = {
    "uniform_cost": uniform_cost,
    "greedy": lambda: greedy(h3),
    "astar": lambda: astar(h3),
    "weighted_astar": lambda: weighted_astar(h3, 2.5),
    "beam": lambda: Beam(3, lambda node: h3(node.state)),
    "depth_first": DepthFirst,
    "breadth_first": BreadthFirst,
    "chain": Chain,
    "mcts": lambda: MCTS(lambda node: h3(node.state) / 5),
}
frontiers = st.sampled_from(sorted(MAKERS)).map(MAKERS.__getitem__)


class Shuffled:
    """A frontier whose tells arrive in an order of the caller's choosing, just before the next ask."""

    def __init__(self, inner: Frontier[Any, Any], order: Callable[[list[Any]], list[Any]]) -> None:
        self.inner, self.order, self.told = inner, order, list[Any]()

    def tell(self, node: Node[Any, Any] | None, children: list[Node[Any, Any]]) -> None:
        self.told.append((node, children))

    def ask(self, limit: int) -> list[Node[Any, Any]]:
        for node, children in self.order(self.told):
            self.inner.tell(node, children)
        self.told = []
        return self.inner.ask(limit)


def run(edges: Edges, frontier: Frontier[Any, Any], batch: int) -> Outcome[int, int]:
    graph = Graph(edges)
    return search(graph, graph.moves, frontier, budget=60, batch=batch)


def tree(outcome: Outcome[int, int]) -> Any:
    """All that matters of an outcome, without the identity of nodes."""
    made = sorted(tuple(node.actions()) for node in outcome.nodes)
    return made, [node.actions() for node in outcome.expanded], outcome.best.actions(), outcome.reason


@patient
@given(graphs, frontiers, st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_order_of_tells_between_two_asks_does_not_matter(edges: Edges, make: Make, batch: int, random: Any) -> None:
    def shuffle(told: list[Any]) -> list[Any]:
        return random.sample(told, len(told))  # type: ignore[no-any-return]  # Hypothesis gives a Random without types

    plain, shuffled = run(edges, make(), batch), run(edges, Shuffled(make(), shuffle), batch)
    assert tree(plain) == tree(shuffled)


@patient
@given(graphs, frontiers, st.integers(1, 5))
def test_no_node_is_expanded_twice_and_a_frontier_can_be_used_again(edges: Edges, make: Make, batch: int) -> None:
    frontier = make()
    first, again = run(edges, frontier, batch), run(edges, frontier, batch)
    assert len(set(first.expanded)) == len(first.expanded) <= 60
    assert set(first.expanded) <= set(first.nodes)
    assert tree(first) == tree(again)
    if isinstance(frontier, Beam | DepthFirst | BreadthFirst):
        assert len(set(states(first.expanded))) == len(first.expanded)


def test_all_orders_of_tells_give_one_answer_where_every_priority_is_equal() -> None:
    root = Node[int, int](0)
    middle = [Node(i, root, i, 1, 1) for i in (1, 2, 3)]
    leaves = {node: [Node(10 * node.state + i, node, i, 2, 2) for i in (1, 2)] for node in middle}
    answers = set()
    for order in permutations(middle):
        frontier: BestFirst[int, int] = BestFirst(lambda node: 0)
        frontier.tell(None, [root])
        assert frontier.ask(1) == [root]
        frontier.tell(root, middle)
        assert frontier.ask(9) == middle
        for node in order:
            frontier.tell(node, leaves[node])
        answers.add(tuple(states(frontier.ask(9))))
    assert answers == {(11, 12, 21, 22, 31, 32)}


def test_a_frontier_refuses_what_it_did_not_ask_for() -> None:
    for make in MAKERS.values():
        frontier, root = make(), Node[int, int](0)
        frontier.tell(None, [root])
        assert frontier.ask(1) == [root]
        frontier.tell(root, [])
        with pytest.raises(ValueError, match="tell each node once"):
            frontier.tell(root, [])


def digits(depth: int) -> Graph:
    """All numbers of at most ``depth`` binary digits after a leading 1; 7 is 111; odd numbers are dearer."""
    names = [0] + [int("1" + "".join(tail)) for n in range(depth) for tail in product("01", repeat=n)]
    children = {s: [10 * s, 10 * s + 1] if s else [1] for s in names}
    return Graph({s: {c: 1 + c % 2 for c in out if c in names} for s, out in children.items()})


def test_a_beam_keeps_the_best_of_each_level() -> None:
    graph = digits(4)
    outcome = search(graph, graph.moves, Beam(2, lambda node: -node.state))
    assert states(outcome.expanded) == [0, 1, 11, 10, 111, 110, 1111, 1110]
    assert outcome.reason == "exhausted"
    assert outcome.best is outcome.expanded[-1]


@patient
@given(graphs, st.integers(1, 5))
def test_a_beam_asks_the_same_whatever_the_batch(edges: Edges, batch: int) -> None:
    one, many = (run(edges, Beam(3, lambda node: node.cost), size) for size in (1, batch))
    assert one.reason == many.reason
    assert states(one.expanded)[: len(many.expanded)] == states(many.expanded)


def test_a_beam_waits_for_the_whole_level() -> None:
    beam: Beam[int, int] = Beam(2, lambda node: node.state)
    root = Node[int, int](0)
    one, two = Node(1, root, 1, 1, 1), Node(2, root, 2, 1, 1)
    beam.tell(None, [root])
    assert beam.ask(5) == [root]
    beam.tell(root, [two, one])
    assert (beam.ask(1), beam.ask(1)) == ([one], [two])
    late, early = Node(3, one, 3, 2, 2), Node(4, two, 4, 2, 2)
    beam.tell(two, [early])
    assert beam.ask(5) == []
    beam.tell(one, [late])
    assert beam.ask(5) == [late, early]


@patient
@given(graphs)
def test_a_beam_wider_than_the_graph_misses_nothing(edges: Edges) -> None:
    assert run(edges, Beam(100, lambda node: 0), 1).solved == (0 in distances(edges))


def test_a_chain_follows_the_first_child_of_unhashable_states_too() -> None:
    class Transcript:
        def initial(self) -> list[str]:
            return []

        def step(self, state: list[str], action: str) -> tuple[list[str], float]:
            return [*state, action], 1

        def solved(self, state: list[str]) -> bool:
            return state[-1:] == ["done"]

    replies = iter([["look", "never"], ["act"], ["done"]])
    outcome = search(Transcript(), lambda _: next(replies), Chain())
    assert outcome.best.state == ["look", "act", "done"] == outcome.best.actions()
    assert len(outcome.nodes) == 5


@pytest.mark.parametrize("make", [lambda: Beam(0, lambda node: 0), lambda: weighted_astar(h3, 0.5)])
def test_arguments_out_of_range_say_what_would_be_right(make: Make) -> None:
    with pytest.raises(ValueError, match=">= 1"):
        make()


@pytest.mark.parametrize("frontier", [greedy(lambda _: float("nan")), Beam(2, lambda _: float("nan"))])
def test_a_priority_that_is_no_number_is_refused(frontier: Frontier[Any, Any]) -> None:
    graph = Graph({0: {1: 1}})
    with pytest.raises(ValueError, match="must be a number, got nan"):
        search(graph, graph.moves, frontier)
