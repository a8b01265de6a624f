"""A search tree as text, to be kept beside what came of the search, and drawn later.

The text is JSON: how the search ended, and its nodes in the order made, each with ``in`` (the place of its parent),
``call``, ``cost`` (null at a dead end), ``depth``, and where there is something to say ``h``, ``order`` (of its
expansion, from 1), ``attempt`` and ``again`` (the place of the attempt before), ``gave`` and ``error``. Texts are cut
and so is a big tree: the path to the best node is kept first, then what was expanded, then the rest, and ``left_out``
counts what is not there.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from porism.search.drawing.marks import action_of
from porism.search.nodes import Node, Outcome, Reason

MOST = 200  # nodes
CALL, GAVE = 300, 160  # characters
DIGITS = 6  # of costs

Told = Callable[[Any], tuple[str, str]]
"""From a state to what its last step gave, and why it failed, both empty where there is nothing to say."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a step gave, and why it failed; equal only to itself, as the places of a tree are."""

    gave: str = ""
    error: str = ""


@dataclass(frozen=True)
class Stored:
    """A tree that was read again.

    Attributes:
        outcome: what was kept of it, with calls as texts; ``spent`` and ``faults`` are not.
        made: how many nodes there were.
        expanded: how many of them were expanded.
        left_out: how many of them are not in ``outcome``.
        budget: what the search might have spent, by name.
    """

    outcome: Outcome[Seen, str]
    made: int
    expanded: int
    left_out: int
    budget: Mapping[str, int]


def to_json(outcome: Outcome[Any, Any], told: Told, budget: Mapping[str, int], *, most: int = MOST) -> str:
    """A tree as one line of JSON: at most ``most`` nodes of at most 600 characters or so, whatever a model wrote.

    Args:
        outcome: what a search left.
        told: what to say of a state.
        budget: kept with it.
        most: nodes, >= 1.
    """
    place = {node: i for i, node in enumerate(outcome.nodes)}
    ranked = dict.fromkeys([*outcome.best.path()[::-1], *outcome.expanded, *outcome.nodes])
    kept = sorted(list(ranked)[: max(most, outcome.best.depth + 1)], key=place.__getitem__)
    spots = {node: i for i, node in enumerate(kept)}
    order = {node: i for i, node in enumerate(outcome.expanded, 1)}
    known = {
        "reason": outcome.reason,
        "limit": outcome.limit,
        "best": spots[outcome.best],
        "made": len(outcome.nodes),
        "expanded": len(outcome.expanded),
        "left_out": len(outcome.nodes) - len(kept),
        "budget": dict(budget),
        "nodes": _nodes(kept, spots, order, told),
    }
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _nodes(
    kept: Sequence[Node[Any, Any]], spots: Mapping[Any, int], order: Mapping[Any, int], told: Told
) -> list[dict[str, Any]]:
    attempts = {(id(node.parent), id(node.state), id(node.action), node.attempt): spots[node] for node in kept}
    found = []
    for node in kept:
        gave, error = told(node.state)
        above = node.parent and spots[node.parent]
        before = attempts.get((id(node.parent), id(node.state), id(node.action), node.attempt - 1))
        one: dict[str, Any] = {"in": above, "call": shortened(action_of(node), CALL) if node.parent else None}
        one |= {"cost": None if node.dead else _rounded(node.cost), "depth": node.depth}
        more: dict[str, Any] = {"h": _rounded(node.h), "order": order.get(node), "attempt": node.attempt}
        more |= {"gave": shortened(gave, GAVE), "error": shortened(error, GAVE)}
        found.append(one | {name: value for name, value in more.items() if value} | _again(before))
    return found


def _again(before: int | None) -> dict[str, int]:
    return {} if before is None else {"again": before}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else 0.0


def shortened(text: str, most: int) -> str:
    """At most so many characters of a text.

    >>> shortened("abcdef", 5), shortened("abcde", 5)
    ('ab...', 'abcde')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def from_json(text: str) -> Stored:
    """The tree that a text holds.

    Raises:
        ValueError: it holds none, in one line that says why.
    """
    try:
        data = json.loads(text)
        nodes = _linked(data["nodes"])
        expanded = sorted((one["order"], i) for i, one in enumerate(data["nodes"]) if one.get("order"))
        if data["reason"] not in get_args(Reason) or not 0 <= data["best"] < len(nodes):
            raise ValueError("it does not say how the search ended")
        made, count, left_out = (int(data[name]) for name in ("made", "expanded", "left_out"))
        budget = {str(name): int(value) for name, value in data["budget"].items()}
        outcome = Outcome(
            tuple(nodes),
            tuple(nodes[i] for _, i in expanded),
            nodes[data["best"]],
            cast(Reason, data["reason"]),
            str(data["limit"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, ValueError, OverflowError) as error:
        raise ValueError(f"no search tree: {type(error).__name__} {error}") from None
    return Stored(outcome, made, count, left_out, budget)


def _linked(rows: Sequence[Mapping[str, Any]]) -> list[Node[Seen, str]]:
    """Nodes, each after its parent; a further attempt shares state and action with the one before."""
    nodes: list[Node[Seen, str]] = []
    for i, one in enumerate(rows):
        before = nodes[_earlier(one["again"], i)] if "again" in one else None
        parent = nodes[_earlier(one["in"], i)] if one["in"] is not None else None
        if (parent is None) and i and before is None:
            raise ValueError(f"node {i} has no parent")
        nodes.append(
            Node(
                before.state if before else Seen(str(one.get("gave", "")), str(one.get("error", ""))),
                parent,
                before.action if before else None if parent is None else str(one["call"]),
                math.inf if one["cost"] is None else float(one["cost"]),
                int(one["depth"]),
                float(one.get("h", 0)),
                attempt=int(one.get("attempt", 0)),
            )
        )
    if not nodes:
        raise ValueError("there are no nodes")
    return nodes


def _earlier(place: Any, own: int) -> int:
    if type(place) is not int or not 0 <= place < own:
        raise ValueError(f"node {own} hangs below {str(place)[:20]!a}")
    return place
