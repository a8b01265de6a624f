"""Monte-Carlo tree search as a frontier.

Selection is PUCT [Rosin2011] in the form of [Silver2017]: descend to the child of largest
``mean value + c * weight * sqrt(visits of the parent) / (1 + visits)``, where ``weight`` is the share of the samples
that proposed the child. There are no rollouts: a leaf is worth what ``value`` says of it.
"""

from collections.abc import Callable
from math import exp, sqrt
from typing import Generic, TypeVar

from porism.search.nodes import Node
from porism.search.ordered import Ordered, score_of

State = TypeVar("State")
Action = TypeVar("Action")


class _Tally(Generic[State, Action]):
    """What is known of a node and of all below it."""

    __slots__ = ("above", "below", "closed", "node", "total", "visits")

    def __init__(self, node: Node[State, Action], above: "_Tally[State, Action] | None") -> None:
        self.node, self.above = node, above
        self.below: list[_Tally[State, Action]] | None = None  # None until it was told
        self.visits, self.total = 0, 0.0
        self.closed = False  # nothing is left to expand here or below


class MCTS(Ordered[State, Action]):
    """Expand the leaf that PUCT selects, until nothing is left.

    A node that was asked for and not yet told counts as visited with value 0, a virtual loss, so that a batch spreads
    out. Places that the cost function wants to ask again are not: PUCT has its own way of dividing attention.
    """

    def __init__(self, value: Callable[[Node[State, Action]], float] | None = None, *, c: float = 1.25) -> None:
        """Make an empty tree.

        Args:
            value: how promising a node is, in [0, 1]; by default ``exp(-h)``.
            c: weight of the exploration term, >= 0.

        Raises:
            ValueError: ``c`` is negative.
        """
        if not c >= 0:
            raise ValueError(f"c weighs exploration and must be >= 0, got {c}")
        self._value = value or (lambda node: exp(-node.h))
        self._c = c
        super().__init__()

    def _begin(self) -> None:
        super()._begin()
        self._root: _Tally[State, Action] | None = None
        self._leaves: dict[Node[State, Action], _Tally[State, Action]] = {}  # asked for, not yet told

    def _learn(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        if node is None:
            self._root = _Tally(children[0], None)
            return
        tally = self._leaves.pop(node)
        tally.below = [_Tally(child, tally) for child in children if child.parent is node]
        value = score_of(self._value, node)
        above: _Tally[State, Action] | None = tally
        while above is not None:
            above.total += value
            above = above.above
        above = tally
        while above is not None and all(child.closed for child in above.below or ()):
            above.closed = True
            above = above.above

    def _add(self, children: list[Node[State, Action]]) -> None:
        raise AssertionError("never called: _learn is overridden")

    def _take(self, limit: int) -> list[Node[State, Action]]:
        nodes: list[Node[State, Action]] = []
        while len(nodes) < limit and (leaf := self._select()) is not None:
            self._leaves[leaf.node] = leaf
            nodes.append(leaf.node)
            above: _Tally[State, Action] | None = leaf
            while above is not None:
                above.visits += 1
                above = above.above
        return nodes

    def _select(self) -> "_Tally[State, Action] | None":
        """The leaf where the descent by PUCT ends; None where all that is open has been asked for."""
        waiting = [iter([self._root] if self._root else [])]
        while waiting:  # depth first, best child first: it turns back only where everything below has been asked for
            tally = next(waiting[-1], None)
            if tally is None:
                waiting.pop()
            elif tally.closed or tally.node in self._leaves:
                continue
            elif tally.below is None:
                return tally
            else:
                waiting.append(iter(self._ranked(tally)))
        return None

    def _ranked(self, tally: "_Tally[State, Action]") -> "list[_Tally[State, Action]]":
        exploration = self._c * sqrt(tally.visits)

        def score(child: "_Tally[State, Action]") -> float:
            mean = child.total / child.visits if child.visits else 0.0
            return mean + exploration * child.node.weight / (1 + child.visits)

        return sorted(tally.below or (), key=score, reverse=True)
