"""Nodes, and the tree of them that a search leaves behind: values, to be kept, drawn and learned from.

Notation: a *node* is a state together with the way it was reached; ``cost`` is g, the sum of the step costs from the
root [Russell2020, section 3.3].
"""

from dataclasses import dataclass, field
from math import inf
from typing import Any, Generic, Literal, TypeVar

from porism.search.budget import NOTHING, Spent
from porism.search.proposals import Fault

State = TypeVar("State")
Action = TypeVar("Action")

Reason = Literal["solved", "exhausted", "budget"]


@dataclass(slots=True, eq=False)
class Node(Generic[State, Action]):
    """A state and how it was reached; equal only to itself, because two ways to one state are two nodes.

    Nothing changes a node. It is not frozen, because a search makes many, and that would triple the time of making one.

    Attributes:
        state: a value; nothing may change it once it is in a node.
        parent: the node that was expanded to reach this one; None for the root.
        action: what was done in the parent's state; None for the root.
        cost: g, the sum of the step costs from the root, >= 0; infinite at a dead end, which is never expanded.
        depth: number of steps from the root.
        h: the estimated cost from here to the nearest solution, in the units of ``cost``; 0 where nobody estimates.
        weight: the share of the proposer's samples that proposed ``action``, in (0, 1].
        attempt: how often this place was asked for proposals before. A place that is worth asking again is a second
            node with the same state, parent and action, so that no node is ever expanded twice.
        note: what the cost function keeps for the node's children.
    """

    state: State
    parent: "Node[State, Action] | None" = field(default=None, repr=False)
    action: Action | None = None
    cost: float = 0
    depth: int = 0
    h: float = field(default=0, repr=False)
    weight: float = field(default=1, repr=False)
    attempt: int = field(default=0, repr=False)
    note: Any = field(default=None, repr=False)

    def path(self) -> "list[Node[State, Action]]":
        """The nodes from the root to this one, both included."""
        nodes = [self]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
        return nodes[::-1]

    def actions(self) -> list[Action]:
        """The actions that lead from the root to this node."""
        return [node.action for node in self.path()[1:]]  # type: ignore[misc]  # None for the root alone

    @property
    def dead(self) -> bool:
        """Whether the step to here failed for good."""
        return self.cost == inf


@dataclass(frozen=True)
class Outcome(Generic[State, Action]):
    """How a search ended, and everything it saw.

    Attributes:
        nodes: every node made, in the order made, so a parent comes before its children; the root is first.
        expanded: the nodes expanded, in the order told.
        best: the solved node; if the budget ran out, the node that would have been expanded next;
            if nothing was left to expand, the node asked for last.
        reason: why the search ended.
        limit: which part of the budget ran out, for example ``"requests"``; empty where none did.
        spent: what it took.
        faults: what was wrong with the proposer's replies, each with the node's position in ``expanded``.
    """

    nodes: tuple[Node[State, Action], ...] = field(repr=False)
    expanded: tuple[Node[State, Action], ...] = field(repr=False)
    best: Node[State, Action]
    reason: Reason
    limit: str = ""
    spent: Spent = NOTHING
    faults: tuple[tuple[int, Fault], ...] = field(default=(), repr=False)

    @property
    def solved(self) -> bool:
        """Whether ``best`` is a solution."""
        return self.reason == "solved"

    def to_text(self, *, most: int = 200) -> str:
        """The tree as indented text, at most ``most`` nodes of it; see :mod:`porism.search.drawing`."""
        from porism.search.drawing.pictures import text

        return text(self, most=most)

    def to_svg(self, *, most: int = 400) -> str:
        """The tree as an SVG document, at most ``most`` nodes of it; see :mod:`porism.search.drawing`."""
        from porism.search.drawing.pictures import svg

        return svg(self, most=most)

    def to_networkx(self) -> Any:
        """The tree as a ``networkx.DiGraph`` whose nodes are positions in ``nodes`` and whose root is 0.

        Nodes carry ``state``, ``cost``, ``h``, ``depth``, ``weight``, ``attempt`` and ``order`` (position in
        ``expanded``, None if never expanded); edges carry ``action``; the graph carries ``reason`` and ``best``, a
        position. A further attempt at the root has no edge.
        """
        import networkx as nx

        position = {node: i for i, node in enumerate(self.nodes)}
        order = {node: i for i, node in enumerate(self.expanded)}
        graph = nx.DiGraph(reason=self.reason, best=position[self.best])
        for node, i in position.items():
            graph.add_node(
                i, state=node.state, cost=node.cost, h=node.h, depth=node.depth,
                weight=node.weight, attempt=node.attempt, order=order.get(node),
            )  # fmt: skip
            if node.parent is not None:
                graph.add_edge(position[node.parent], i, action=node.action)
        return graph
