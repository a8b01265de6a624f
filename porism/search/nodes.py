"""Nodes, and the tree of them that a search leaves behind: values, to be kept, drawn and learned from.

Notation: a *node* is a state together with the way it was reached; ``cost`` is g, the sum of the step costs from the
root [Russell2020, section 3.3].
"""

from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

State = TypeVar("State")
Action = TypeVar("Action")

Reason = Literal["solved", "exhausted", "budget"]


@dataclass(frozen=True, eq=False)
class Node(Generic[State, Action]):
    """A state and how it was reached; equal only to itself, because two ways to one state are two nodes.

    Attributes:
        state: a value; nothing may change it once it is in a node.
        parent: the node that was expanded to reach this one; None for the root.
        action: what was done in the parent's state; None for the root.
        cost: sum of the step costs from the root, finite and >= 0.
        depth: number of steps from the root.
    """

    state: State
    parent: "Node[State, Action] | None" = field(default=None, repr=False)
    action: Action | None = None
    cost: float = 0
    depth: int = 0

    def path(self) -> "list[Node[State, Action]]":
        """The nodes from the root to this one, both included."""
        nodes = [self]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
        return nodes[::-1]

    def actions(self) -> list[Action | None]:
        """The actions that lead from the root to this node."""
        return [node.action for node in self.path()[1:]]


@dataclass(frozen=True)
class Outcome(Generic[State, Action]):
    """How a search ended, and everything it saw.

    Attributes:
        nodes: every node made, in the order made, so a parent comes before its children; the root is first.
        expanded: the nodes expanded, in that order.
        best: the solved node; if the budget ran out, the node that would have been expanded next;
            if nothing was left to expand, the node expanded last.
        reason: why the search ended.
    """

    nodes: tuple[Node[State, Action], ...] = field(repr=False)
    expanded: tuple[Node[State, Action], ...] = field(repr=False)
    best: Node[State, Action]
    reason: Reason

    @property
    def solved(self) -> bool:
        """Whether ``best`` is a solution."""
        return self.reason == "solved"

    def to_networkx(self) -> Any:
        """The tree as a ``networkx.DiGraph`` whose nodes are positions in ``nodes`` and whose root is 0.

        Nodes carry ``state``, ``cost``, ``depth`` and ``order`` (position in ``expanded``, None if never expanded);
        edges carry ``action``; the graph carries ``reason`` and ``best``, a position.
        """
        import networkx as nx

        position = {node: i for i, node in enumerate(self.nodes)}
        order = {node: i for i, node in enumerate(self.expanded)}
        graph = nx.DiGraph(reason=self.reason, best=position[self.best])
        for node, i in position.items():
            graph.add_node(i, state=node.state, cost=node.cost, depth=node.depth, order=order.get(node))
            if node.parent is not None:
                graph.add_edge(position[node.parent], i, action=node.action)
        return graph
