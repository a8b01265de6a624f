"""From a tree of tool calls to rows that models are trained on: trajectories, preferences, steps.

Rows are plain dictionaries, ready for JSON. Messages and tools are spelled as OpenAI's chat completions spell them,
where the arguments of a call are JSON text; ``tools`` is JSON text as a whole, as trainers such as TRL want it in a
table, whose columns cannot hold schemas of differing members.

References: the share of successes below a step as the label of a process reward: [Wang2024]; pairs of siblings in a
tree of tool calls as preferences: [Chen2024].
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from porism.search.agents.proposer import Steps, messages_of
from porism.search.nodes import Outcome
from porism.search.places import Place, Solved, Step, places, plan
from porism.search.tools.calls import Call

Message = dict[str, Any]
Row = dict[str, Any]
SHOWN = 300  # characters of what a failed call gave, in a reason


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


def trajectories(outcome: Outcome[Any, Call], telling: Telling, solved: Solved | None = None) -> list[Row]:
    """The conversations that reach the goal, the cheapest first: ``messages`` and ``tools``.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`porism.search.places.places`.
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

    The better one leads to a goal with the fewest calls. Those it is preferred to failed (``why`` says how), end short
    of the goal, were looked into without reaching it, or reach it with more calls; a call that nobody looked into is no
    evidence. ``error`` is the error of the worse call, empty where it did not fail; ``plan`` is the whole way to the
    goal through the chosen one.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`porism.search.places.places`.
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
                error = other.steps[-1][1].error
                row = {**told, "rejected": telling.turn(other), "why": why, "error": error}
                rows.append({**row, "plan": plan(chosen.best())})
    return rows


def steps(outcome: Outcome[Any, Call], telling: Telling, solved: Solved | None = None) -> list[Row]:
    """Every call below which some branch is known to end, with the share of those that reach the goal.

    ``prompt``, ``completion``, ``label`` (whether any branch reaches the goal) and ``tools`` are what a trainer on
    unpaired preferences wants; ``rate``, ``successes``, ``failures`` and ``open`` are what a process reward is trained
    on. ``error`` is why the call failed, empty where it did not; ``plan`` a way to the goal, empty where none is known.

    Args:
        outcome: of a search over tool calls.
        telling: how it is told.
        solved: as in :func:`porism.search.places.places`.
    """
    return [_step(place, telling) for place in places(outcome, solved) if place.parent and place.rate is not None]


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


def _why(other: Place, chosen: Place, least: int) -> str:
    """Why the chosen call is better, if that is known."""
    if other.node.dead:
        seen = other.steps[-1][1]
        return f"{seen.error}: {seen.text[:SHOWN]}" if seen.error else "closed by its cost"
    if other.nearest < inf:
        longer = round(other.nearest - chosen.nearest)
        return f"reaches the goal with {longer} more call{'s' * (longer > 1)}" if longer else ""
    if other.asked and not other.children:
        return "ends short of the goal"
    if other.expanded >= least:
        return f"expanded {other.expanded} time{'s' * (other.expanded > 1)} without reaching the goal"
    return ""
