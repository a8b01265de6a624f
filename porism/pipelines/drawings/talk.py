"""Conversations, with calls of tools and what they gave, and pairs of which one was preferred."""

import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from porism.outputs.view.shown import Row
from porism.pipelines.drawings.differences import difference
from porism.pipelines.drawings.page import Section, number, render, shortened, structs, text, texts

ROLES = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}


@dataclass(frozen=True)
class Turn:
    """One turn: who speaks, what, and the calls that are made with it, as names and arguments."""

    role: str
    name: str
    content: str
    calls: tuple[tuple[str, str], ...] = ()


def turns(value: Any) -> list[Turn]:
    """The turns that a column of messages holds."""
    found = []
    for one in structs(value):
        role = one.get("role") if one.get("role") in ROLES else "other"
        calls = tuple(call(made.get("function")) for made in structs(one.get("tool_calls")))
        found.append(Turn(str(role), ROLES.get(str(role), "Other"), text(one, "content"), calls))
    return found


def call(function: Any) -> tuple[str, str]:
    """Name and arguments of a call, these spread over lines where they are JSON."""
    known = function if isinstance(function, dict) else {}
    return text(known, "name"), spread(text(known, "arguments"))


def spread(value: str) -> str:
    """JSON over several lines; any other text as it is.

    >>> print(spread('{"a": 1, "b": [2]}'))
    {
      "a": 1,
      "b": [2]
    }
    >>> spread("no JSON"), spread("{}")
    ('no JSON', '{}')
    """
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if not isinstance(data, dict) or not data:
        return value
    lines = [f"  {json.dumps(key, ensure_ascii=False)}: {_plain(one)}" for key, one in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def told(value: Any) -> Markup:
    """Messages as HTML."""
    return render("talk.html", turns=turns(value))


def conversation(row: Row) -> Section | None:
    """The messages of a row that has neither an instruction of its own nor a tree."""
    if isinstance(row.get("instruction"), str) or row.get("tree") or row.get("problem"):
        return None
    found = turns(row.get("messages"))
    if not found and (asked := text(row, "request")):
        found = [Turn("user", ROLES["user"], asked)]
    return ("Conversation", render("talk.html", turns=found)) if found else None


def pair(row: Row) -> Section | None:
    """An answer that was preferred to another, side by side."""
    chosen, rejected = turns(row.get("chosen")), turns(row.get("rejected"))
    if not chosen or not rejected:
        return None
    votes = [(name, number(row.get(column))) for name, column in (("for", "votes_for"), ("against", "votes_against"))]
    plain = len(chosen) == len(rejected) == 1 and not chosen[0].calls and not rejected[0].calls
    html = render(
        "pair.html",
        prompt=turns(row.get("prompt")),
        chosen=chosen,
        rejected=rejected,
        why=text(row, "why"),
        error=text(row, "error"),
        principles=texts(row.get("principles")),
        votes=[(name, count) for name, count in votes if count is not None],
        parts=difference(rejected[0].content, chosen[0].content) if plain else [],
        shortened=shortened,
    )
    return "Preference", html
