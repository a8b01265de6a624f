"""What all frontiers share: they see children in the order in which the parents were asked for.

Replies of a server arrive in any order; a search that can be replayed must not depend on it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import count
from math import isnan
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
        self._told: list[tuple[int, list[Node[State, Action]]]] = []

    def tell(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        """Learn the children of a node that was asked for; ``tell(None, [root])`` starts a new search.

        Raises:
            ValueError: ``node`` was not asked for, or was told before.
        """
        if node is None:
            self._begin()
        elif node not in self._out:
            raise ValueError(f"tell each node once, after asking for it; this one is not awaited: {node}")
        age = -1 if node is None else self._out.pop(node)
        self._told.append((age, children))

    def ask(self, limit: int) -> list[Node[State, Action]]:
        """At most ``limit`` nodes to expand now, most promising first; [] if there are none."""
        told, self._told = sorted(self._told, key=lambda pair: pair[0]), []
        self._add([child for _, children in told for child in children])
        nodes = self._take(limit)
        self._out.update(zip(nodes, self._age, strict=False))
        return nodes

    @abstractmethod
    def _add(self, children: list[Node[State, Action]]) -> None: ...

    @abstractmethod
    def _take(self, limit: int) -> list[Node[State, Action]]: ...


def score_of(priority: Callable[[Node[State, Action]], float], node: Node[State, Action]) -> float:
    """The priority of a node.

    Raises:
        ValueError: it is not a number, which would quietly spoil a heap.
    """
    score = priority(node)
    if isnan(score):
        raise ValueError(f"the priority of a node must be a number, got {score} for {node}")
    return score
