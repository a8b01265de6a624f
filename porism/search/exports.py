"""From a tree of tool calls to rows that models are trained on: trajectories, preferences, steps.

A *place* is where a conversation stands: a path of calls with what came back. A node that was asked again is one place
with its first asking, so siblings are calls with the same prefix, whoever proposed them. Below a place, branches *end*
where the goal is reached (a success), where a call failed for good or nothing more was proposed (a failure), or they
are *open*: never looked into, so nobody knows.

Rows are plain dictionaries, ready for JSON. Messages and tools are spelled as OpenAI's chat completions spell them,
where the arguments of a call are JSON text; ``tools`` is JSON text as a whole, as trainers such as TRL want it in a
table, whose columns cannot hold schemas of differing members.

References: the share of successes below a step as the label of a process reward: [Wang2024]; pairs of siblings in a
tree of tool calls as preferences: [Chen2024].
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from porism.search.agents.proposer import Steps, messages_of
from porism.search.nodes import Node, Outcome
from porism.search.tools.calls import Call, Observation

Message = dict[str, Any]
Step = tuple[Call, Observation]
Row = dict[str, Any]
Solved = Callable[[Any], bool]


@dataclass(frozen=True)
class Telling:
    """How a search is told as a conversation.

    Attributes:
        opening: the messages before the first call, such as the user's.
        tools: what could be called, as OpenAI function schemas.
        closing: the last turn of a conversation that reached the goal, from its steps.
    """

    opening: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()
    closing: Callable[[Sequence[Step]], str] = lambda steps: steps[-1][1].text if steps else ""

    def messages(self, moment: Steps) -> list[Message]:
        """The opening, and each call up to a moment with what came back. What is not said is an empty text."""
        return [{**turn, "content": turn["content"] or ""} for turn in messages_of(self.opening, moment)]

    def turn(self, place: "Place") -> list[Message]:
        """The assistant's turn that led to a place."""
        before = len(self.messages(place.before))
        return self.messages(place.node.state)[before : before + 1]

    @property
    def schemas(self) -> str:
        """The tools as JSON text."""
        return json.dumps(list(self.tools), ensure_ascii=False)


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


def trajectories(outcome: Outcome[Any, Call], telling: Telling, solved: Solved | None = None) -> list[Row]:
    """The conversations that reach the goal, the cheapest first: ``messages`` and ``tools``.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`places`.
    """
    goals = sorted((p for p in places(outcome, solved) if p.reached), key=lambda p: (p.node.cost, p.node.depth))
    return [trajectory(telling, place.node.state) for place in goals]


def trajectory(telling: Telling, moment: Steps) -> Row:
    """One conversation that reached the goal."""
    closing = {"role": "assistant", "content": telling.closing(moment.steps())}
    return {"messages": [*telling.messages(moment), closing], "tools": telling.schemas}


def preferences(
    outcome: Outcome[Any, Call], telling: Telling, solved: Solved | None = None, *, least: int = 1
) -> list[Row]:
    """Sibling calls of which one is better: ``prompt``, ``chosen``, ``rejected`` and ``tools``, and ``why``.

    The better one leads to a goal with the fewest calls. Those it is preferred to failed (``why`` says how), were
    looked into without reaching the goal, or reach it with more calls; a call that nobody looked into is no evidence.
    ``plan`` is the whole way to the goal through the chosen call.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`places`.
        least: nodes that must have been expanded below a call before it counts as worse for reaching no goal, >= 1.
    """
    rows = []
    for parent in places(outcome, solved):
        good = [child for child in parent.children if child.nearest < inf]
        if not good:
            continue
        chosen = min(good, key=lambda child: (child.nearest, child.node.cost))
        told = {"prompt": telling.messages(parent.node.state), "chosen": telling.turn(chosen), "tools": telling.schemas}
        for other in parent.children:
            if other is not chosen and (why := _why(other, chosen, least)):
                rows.append({**told, "rejected": telling.turn(other), "why": why, "plan": plan(chosen.best())})
    return rows


def steps(outcome: Outcome[Any, Call], telling: Telling, solved: Solved | None = None) -> list[Row]:
    """Every call below which some branch is known to end, with the share of those that reach the goal.

    ``prompt``, ``completion``, ``label`` (whether any branch reaches the goal) and ``tools`` are what a trainer on
    unpaired preferences wants; ``rate``, ``successes``, ``failures`` and ``open`` are what a process reward is trained
    on. ``error`` is why the call failed, empty where it did not; ``plan`` a way to the goal, empty where none is known.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`places`.
    """
    return [_step(place, telling) for place in places(outcome, solved) if place.parent and place.rate is not None]


def plan(place: Place) -> list[Row]:
    """The calls that lead to a place: ``name``, and ``arguments`` as JSON text."""
    return [{"name": call.name, "arguments": call.arguments} for call, _ in place.steps]


def _step(place: Place, telling: Telling) -> Row:
    return {
        "prompt": telling.messages(place.before),
        "completion": telling.turn(place),
        "label": place.successes > 0,
        "tools": telling.schemas,
        "rate": place.rate,
        "successes": place.successes,
        "failures": place.failures,
        "open": place.open,
        "error": place.steps[-1][1].error,
        "plan": plan(place.best()) if place.successes else [],
    }


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


def _why(other: Place, chosen: Place, least: int) -> str:
    """Why the chosen call is better, if that is known."""
    if other.node.dead:
        return f"failed: {other.steps[-1][1].error or 'the branch was closed'}"
    if other.nearest < inf:
        longer = round(other.nearest - chosen.nearest)
        return f"reaches the goal with {longer} more call{'s' * (longer > 1)}" if longer else ""
    if other.expanded >= least:
        return f"expanded {other.expanded} time{'s' * (other.expanded > 1)} without reaching the goal"
    return ""
