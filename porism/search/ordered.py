"""What all frontiers share: they see children in the order in which the parents were asked for.

Replies of a server arrive in any order; a search that can be replayed must not depend on it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import count
from math import isnan
from operator import itemgetter
from typing import Generic, TypeVar

from porism.search.nodes import Node

State = TypeVar("State")
Action = TypeVar("Action")


class Ordered(ABC, Generic[State, Action]):
    """Ask and tell for a strategy that sees children in the order in which their parents were asked for.

    Tells wait until the next ask and are then put in order, so replies may arrive in any.
    """

    def __init__(self) -> None:
        """Make an empty frontier."""
        self._begin()

    def _begin(self) -> None:
        """Forget everything: a new search starts."""
        self._age = count()
        self._out: dict[Node[State, Action], int] = {}  # asked for, not yet told
        self._told: list[tuple[int, Node[State, Action] | None, list[Node[State, Action]]]] = []

    def tell(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        """Learn the children of a node that was asked for; ``tell(None, [root])`` starts a new search.

        Raises:
            ValueError: ``node`` was not asked for, or was told before.
        """
        if node is None:
            self._begin()
        age = -1 if node is None else self._out.pop(node, None)
        if age is None:
            raise ValueError(f"tell each node once, after asking for it; this one is not awaited: {node}")
        self._told.append((age, node, children))

    def ask(self, limit: int) -> list[Node[State, Action]]:
        """At most ``limit`` nodes to expand now, most promising first; [] if there are none."""
        told, self._told = self._told, []
        if len(told) > 1:
            told.sort(key=itemgetter(0))
        for _, node, children in told:
            self._learn(node, children)
        nodes = self._take(limit)
        for node in nodes:
            self._out[node] = next(self._age)
        return nodes

    def _learn(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        """Take in what was told of one node; most strategies care for the children alone."""
        self._add(children)

    @abstractmethod
    def _add(self, children: list[Node[State, Action]]) -> None: ...

    @abstractmethod
    def _take(self, limit: int) -> list[Node[State, Action]]: ...


def score_of(priority: Callable[[Node[State, Action]], float], node: Node[State, Action]) -> float:
    """The priority of a node, or its value.

    Raises:
        ValueError: it is not a number, which would quietly spoil a heap.
    """
    score = priority(node)
    if isnan(score):
        raise no_number(score, node)
    return score


def no_number(score: float, node: Node[State, Action]) -> ValueError:
    """What is wrong with such a priority."""
    return ValueError(f"the priority of a node must be a number, got {score} for {node}")
