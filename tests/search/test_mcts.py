"""Monte-Carlo tree search against its formula, computed by hand and anew."""

from math import exp, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import MCTS, Budget, Node, Proposal, Search, drive, each, search

trees = st.recursive(st.just(()), lambda below: st.lists(below, max_size=4).map(tuple), max_leaves=30)
Tree = tuple[object, ...]


class Nested:
    """A finite tree as nested tuples; an action is the number of a branch."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def initial(self) -> Tree:
        return self.tree

    def step(self, state: Tree, action: int) -> tuple[Tree, float]:
        below = state[action]
        assert isinstance(below, tuple)
        return below, 1

    def solved(self, state: Tree) -> bool:
        return False


def size(tree: Tree) -> int:
    return 1 + sum(size(below) for below in tree if isinstance(below, tuple))


@settings(deadline=None, max_examples=60)
@given(trees, st.integers(1, 4), st.floats(0, 5))
def test_a_finite_tree_is_exhausted_and_each_node_expanded_once(tree: Tree, batch: int, c: float) -> None:
    outcome = search(Nested(tree), lambda state: range(len(state)), MCTS(lambda node: 0.5, c=c), batch=batch)
    assert outcome.reason == "exhausted"
    assert len(outcome.expanded) == len(set(outcome.expanded)) == size(tree)


def test_three_steps_by_hand() -> None:
    # c = 1. The root is asked: N = 1. Children a (weight 3/4) and b (1/4), none visited:
    # a scores 0 + 3/4 * sqrt(1) / 1, b 1/4, so a is asked and is worth 1/10: N(root) = 2, N(a) = 1.
    # Now a scores 1/10 + 3/4 * sqrt(2) / 2 = 0.630, b 1/4 * sqrt(2) = 0.354: down to a's only child, d, worth 0.
    # Then N(root) = 3, N(a) = 2: a scores 1/20 + 3/4 * sqrt(3) / 3 = 0.483, b 1/4 * sqrt(3) = 0.433.
    # d's child e, worth 0: N(root) = 4, N(a) = 3: a scores 1/30 + 3/4 * 2 / 4 = 0.408, b 1/4 * 2 = 0.5.
    assert 1 / 20 + 3 / 4 * sqrt(3) / 3 > 1 / 4 * sqrt(3)
    assert 1 / 30 + 3 / 4 * sqrt(4) / 4 < 1 / 4 * sqrt(4)
    worth = {"": 0.0, "a": 0.1, "ad": 0.0, "ade": 0.0, "b": 0.0}
    ways = {"": [("a", 0.75), ("b", 0.25)], "a": [("d", 1.0)], "ad": [("e", 1.0)], "ade": [("f", 1.0)]}

    class Words:
        def initial(self) -> str:
            return ""

        def step(self, state: str, action: str) -> tuple[str, float]:
            return state + action, 1

        def solved(self, state: str) -> bool:
            return False

    def propose(state: str) -> list[Proposal[str]]:
        return [Proposal(action, weight) for action, weight in ways.get(state, [])]

    frontier: MCTS[str, str] = MCTS(lambda node: worth[node.state], c=1)
    outcome = drive(Search(Words(), frontier, budget=Budget(expansions=5)), each(propose))
    assert [node.state for node in outcome.expanded] == ["", "a", "ad", "ade", "b"]


def test_a_batch_spreads_out() -> None:
    frontier: MCTS[int, int] = MCTS(lambda node: 0.9)
    root: Node[int, int] = Node(0)
    frontier.tell(None, [root])
    assert frontier.ask(3) == [root]
    assert frontier.ask(3) == []
    children = [Node(i, root, i, 1.0, 1, weight=1 / 3) for i in range(3)]
    frontier.tell(root, children)
    assert frontier.ask(3) == children
    frontier.tell(children[1], [])
    assert frontier.ask(3) == []


def test_the_value_of_a_node_is_by_default_what_its_estimate_says() -> None:
    told: MCTS[int, int] = MCTS(c=0)
    root: Node[int, int] = Node(0)
    far, near = Node(1, root, 1, 1.0, 1, h=3.0), Node(2, root, 2, 1.0, 1, h=1.0)
    told.tell(None, [root])
    told.ask(1)
    told.tell(root, [far, near])
    assert told.ask(2) == [far, near]
    told.tell(far, [below_far := Node(3, far, 3, 2.0, 2)])
    told.tell(near, [below_near := Node(4, near, 4, 2.0, 2)])
    assert exp(-3.0) < exp(-1.0)
    assert told.ask(2) == [below_near, below_far]


def test_a_deep_chain_needs_no_deep_stack() -> None:
    deep: Tree = ()
    for _ in range(1_300):
        deep = (deep,)
    outcome = search(Nested(deep), lambda state: range(len(state)), MCTS(lambda node: 0.5), budget=1_200)
    assert len(outcome.expanded) == 1_200


def test_arguments_out_of_range() -> None:
    with pytest.raises(ValueError, match="must be >= 0, got -1"):
        MCTS(c=-1)
    with pytest.raises(ValueError, match="must be a number, got nan"):
        search(Nested(((),)), lambda state: range(len(state)), MCTS(lambda node: float("nan")))
