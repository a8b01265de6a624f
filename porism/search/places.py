"""The places of a tree of tool calls, and how the branches below them end.

A *place* is where a conversation stands: a path of calls with what came back. A node that was asked again is one place
with its first asking, so siblings are calls with the same prefix, whoever proposed them. Below a place, branches *end*
where the goal is reached (a success), where a call failed for good or nothing more was proposed (a failure), or they
are *open*: never looked into, so nobody knows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from porism.search.agents.proposer import Steps
from porism.search.nodes import Node, Outcome
from porism.search.tools.calls import Call, Observation

Step = tuple[Call, Observation]
Solved = Callable[[Any], bool]


@dataclass(eq=False)
class Place:
    """A place in the tree, and how the branches below it end.

    Attributes:
        node: the first of its nodes.
        parent: where it was reached from; None for the root.
        children: the places that one more call leads to, in the order of their making.
        asked: how many of its nodes were expanded.
        reached: whether the goal is reached here.
        successes: branches that end here or below, at the goal.
        failures: branches that end here or below, elsewhere.
        open: branches that nobody looked into.
        expanded: nodes expanded here and below.
        nearest: how many more calls lead to the nearest goal; infinite where none is known.
    """

    node: Node[Any, Call]
    parent: "Place | None" = field(default=None, repr=False)
    children: "list[Place]" = field(default_factory=list, repr=False)
    asked: int = 0
    reached: bool = False
    successes: int = 0
    failures: int = 0
    open: int = 0
    expanded: int = 0
    nearest: float = inf

    @property
    def steps(self) -> tuple[Step, ...]:
        """The calls that lead here, and what came back."""
        found: tuple[Step, ...] = self.node.state.steps()
        return found

    @property
    def before(self) -> Steps:
        """The moment in which the last of those calls was made; at the root, the root's own."""
        found: Steps = (self.parent or self).node.state
        return found

    @property
    def rate(self) -> float | None:
        """The share of successes among the branches whose end is known, in [0, 1]; None where no end is."""
        ended = self.successes + self.failures
        return self.successes / ended if ended else None

    def best(self) -> "Place":
        """The goal that is nearest from here; of several, the cheapest. The place itself where none is known."""
        place = self
        while place.nearest not in (0, inf):
            place = min((c for c in place.children if c.nearest == place.nearest - 1), key=lambda c: c.node.cost)
        return place


def places(outcome: Outcome[Any, Call], solved: Solved | None = None) -> list[Place]:
    """The places of a tree, each after the one that it was reached from; the root is first.

    Args:
        outcome: of a search whose states have ``steps()`` and whose actions are calls.
        solved: whether a state reaches the goal, asked of the tips of the tree; by default only that of
            ``outcome.best`` does, if it is solved.
    """
    expanded = set(outcome.expanded)
    found: list[Place] = []
    at: dict[Node[Any, Call], Place] = {}
    known: dict[tuple[Place | None, Call | None], Place] = {}
    for node in outcome.nodes:
        parent = None if node.parent is None else at[node.parent]
        place = known.get((parent, node.action))
        if place is None:
            place = known[parent, node.action] = Place(node, parent)
            found.append(place)
            if parent:
                parent.children.append(place)
        at[node] = place
        place.asked += node in expanded
        place.reached |= outcome.solved and node is outcome.best
    for place in reversed(found):
        if solved and not (place.reached or place.children or place.node.dead):
            place.reached = solved(place.node.state)
        _sum_up(place)
    return found


def plan(place: Place) -> list[dict[str, str]]:
    """The calls that lead to a place: ``name``, and ``arguments`` as JSON text."""
    return [{"name": call.name, "arguments": call.arguments} for call, _ in place.steps]


def _sum_up(place: Place) -> None:
    """Count the branches of a place whose children are counted."""
    for child in place.children:
        place.successes += child.successes
        place.failures += child.failures
        place.open += child.open
        place.expanded += child.expanded
        place.nearest = min(place.nearest, child.nearest + 1)
    place.expanded += place.asked
    if place.reached:
        place.successes, place.nearest = place.successes + 1, 0
    elif place.node.dead or (place.asked and not place.children):
        place.failures += 1
    elif not place.asked:
        place.open += 1
