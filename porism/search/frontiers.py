"""Frontiers: the strategies of search, each a rule for which node comes next.

Notation: g is the cost from the root to a node (``node.cost``), h an estimate of the cost from a state to the nearest
solution, f = g + h. A heuristic is *admissible* if h never exceeds the true cost, and *consistent* if h(s) <= c + h(t)
for every step from s to t of cost c.

Every frontier can be used again: a new search starts it afresh. Ties are broken by age, the older node first.

References: [Russell2020, sections 3.4 and 3.5]; [Hart1968] for A*.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any, TypeVar

from porism.search.nodes import Node
from porism.search.ordered import Ordered, no_number, score_of

State = TypeVar("State")
Key = TypeVar("Key", bound=Hashable)  # a state that frontiers can recognise when it comes back
Action = TypeVar("Action")


class BestFirst(Ordered[Key, Action]):
    """Expand the node of smallest priority first; of several ways to a state, keep the cheapest.

    A node is dropped as soon as its state has been reached at a lower or the same cost, so with priority g, or with
    f and a consistent h, no state is expanded twice while ``batch`` is 1. A cheaper way to a state that was already
    expanded opens it again, which keeps A* right for heuristics that are only admissible.
    """

    def __init__(self, priority: Callable[[Node[Key, Action]], float]) -> None:
        """Make an empty frontier.

        Args:
            priority: what to minimise; called once per node kept. Infinity means last, not "drop".
        """
        self._priority = priority
        super().__init__()

    def _begin(self) -> None:
        super()._begin()
        self._heap: list[tuple[float, int, Node[Key, Action]]] = []
        self._pushed = count()
        self._cheapest: defaultdict[int, dict[Key, float]] = defaultdict(dict)  # by attempt

    def _add(self, children: list[Node[Key, Action]]) -> None:
        heap, pushed, priority = self._heap, self._pushed, self._priority
        for child in children:
            cost, cheapest = child.cost, self._cheapest[child.attempt]
            if cost < cheapest.get(child.state, inf):
                cheapest[child.state] = cost
                score = priority(child)
                if score != score:  # isnan, without a call
                    raise no_number(score, child)
                heappush(heap, (score, next(pushed), child))

    def _take(self, limit: int) -> list[Node[Key, Action]]:
        heap = self._heap
        nodes: list[Node[Key, Action]] = []
        while heap and len(nodes) < limit:
            node = heappop(heap)[2]
            if node.cost == self._cheapest[node.attempt][node.state]:  # not superseded since it was pushed
                nodes.append(node)
        return nodes


def uniform_cost() -> BestFirst[Any, Any]:
    """Dijkstra's algorithm: the first solution found is the cheapest while ``batch`` is 1 [Dijkstra1959]."""
    return BestFirst(lambda node: node.cost)


def greedy(h: Callable[[Key], float]) -> BestFirst[Key, Any]:
    """Go where the solution seems nearest, whatever it cost to get there [Russell2020, section 3.5.1]."""
    return BestFirst(lambda node: h(node.state))


def astar(h: Callable[[Key], float] | None = None) -> BestFirst[Key, Any]:
    """A*: the first solution found is the cheapest if ``h`` is admissible and ``batch`` is 1 [Hart1968].

    Without an ``h`` of its own it takes the one that the cost function put into the nodes.
    """
    if h is None:
        return BestFirst(lambda node: node.cost + node.h)
    return BestFirst(lambda node: node.cost + h(node.state))


def weighted_astar(h: Callable[[Key], float] | None, weight: float) -> BestFirst[Key, Any]:
    """A* that trusts ``h`` more: with an admissible one, a solution at most ``weight`` times too dear [Pohl1970].

    Raises:
        ValueError: ``weight`` is less than 1.
    """
    if not weight >= 1:
        raise ValueError(f"weight must be >= 1 (1 is A*), got {weight}; to search without h use uniform_cost()")
    if h is None:
        return BestFirst(lambda node: node.cost + weight * node.h)
    return BestFirst(lambda node: node.cost + weight * h(node.state))


class Beam(Ordered[Key, Action]):
    """Level by level, expand only the ``width`` best nodes of each depth [Lowerre1976].

    The rest of a level is forgotten, so a beam may miss every solution. No state is expanded twice.
    """

    def __init__(self, width: int, priority: Callable[[Node[Key, Action]], float]) -> None:
        """Make an empty beam.

        Args:
            width: nodes kept per level, >= 1.
            priority: what to minimise, for example ``lambda node: h(node.state)``.

        Raises:
            ValueError: ``width`` is less than 1.
        """
        if width < 1:
            raise ValueError(f"a beam needs width >= 1, got {width}")
        self._width, self._priority = width, priority
        super().__init__()

    def _begin(self) -> None:
        super()._begin()
        self._level: list[Node[Key, Action]] = []
        self._next: list[Node[Key, Action]] = []
        self._seen: set[Key] = set()

    def _add(self, children: list[Node[Key, Action]]) -> None:
        self._next += children

    def _take(self, limit: int) -> list[Node[Key, Action]]:
        if not self._level and not self._out:  # the level is done once its last node has been told
            self._level, self._next = self._select(), []
        nodes, self._level = self._level[:limit], self._level[limit:]
        return nodes

    def _select(self) -> list[Node[Key, Action]]:
        best: list[Node[Key, Action]] = []
        for node in sorted(self._next, key=lambda node: score_of(self._priority, node)):
            if len(best) < self._width and node.state not in self._seen:
                self._seen.add(node.state)
                best.append(node)
        return best


class _Queue(Ordered[Key, Action]):
    """Expand from the front of a queue, each state once; subclasses say where children go."""

    def _begin(self) -> None:
        super()._begin()
        self._queue: deque[Node[Key, Action]] = deque()
        self._seen: set[Key] = set()

    def _take(self, limit: int) -> list[Node[Key, Action]]:
        nodes: list[Node[Key, Action]] = []
        while self._queue and len(nodes) < limit:
            node = self._queue.popleft()
            if node.state not in self._seen:
                self._seen.add(node.state)
                nodes.append(node)
        return nodes


class DepthFirst(_Queue[Key, Action]):
    """Follow the first child to the end, then come back for the next; each state once [Russell2020, section 3.4.3]."""

    def _add(self, children: list[Node[Key, Action]]) -> None:
        self._queue.extendleft(reversed(children))


class BreadthFirst(_Queue[Key, Action]):
    """Finish each depth before the next, so the first solution has the fewest steps while ``batch`` is 1."""

    def _add(self, children: list[Node[Key, Action]]) -> None:
        self._queue.extend(children)


class Chain(Ordered[State, Action]):
    """Follow the first child and forget the rest: the loop of an agent that never looks back [Yao2023].

    States need not be hashable, and one that comes back is expanded again.
    """

    def _begin(self) -> None:
        super()._begin()
        self._tip: list[Node[State, Action]] = []

    def _add(self, children: list[Node[State, Action]]) -> None:
        self._tip = children[:1]

    def _take(self, limit: int) -> list[Node[State, Action]]:
        nodes, self._tip = self._tip, []
        return nodes
