"""Reading what a model wrote. Nothing here is evaluated; what cannot be read is a ``ReplyError`` that says why."""

import json
from typing import Any

import json_repair

from porism.generators.chat import ChatReply

LONGEST = 100_000  # characters: forty times what the largest request of any flow allows
BRACKETS = 1_000  # of a text that is repaired: the time that takes grows with the square of what is left open


class ReplyError(ValueError):
    """A reply that cannot be used, and why: data, not a failure of the program."""


def text_of(reply: ChatReply) -> str:
    """The text of a reply.

    Raises:
        ReplyError: the request failed, or the reply is empty or absurdly long.
    """
    if reply.error:
        raise ReplyError(f"request failed: {reply.error}")
    if not reply.text.strip():
        raise ReplyError(f"empty reply (finish reason: {reply.finish})")
    if len(reply.text) > LONGEST:
        raise ReplyError(f"reply of {len(reply.text):,} characters; at most {LONGEST:,} are read")
    return reply.text


def json_of(reply: ChatReply, name: str) -> Any:
    """The value of member ``name`` of the JSON object in a reply, repaired where it is broken or wrapped in prose.

    >>> json_of(ChatReply('Sure! ```json {"tasks": ["a", "b",]}'), "tasks")
    ['a', 'b']

    Raises:
        ReplyError: the reply cannot be used, or holds no such object.
    """
    text = text_of(reply)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _repaired(text)
    if not isinstance(value, dict) or name not in value:
        raise ReplyError(f"no JSON object with a member {name!r} in the reply")
    return value[name]


def objects(value: Any, *names: str) -> list[dict[str, str]]:
    """The objects of a list that have all the ``names``, each member as text; numbers and truth values become text.

    >>> objects([{"label": 3, "input": "x", "other": 1}, "no", {"input": "y"}], "label", "input")
    [{'label': '3', 'input': 'x'}]
    """
    if not isinstance(value, list):
        return []
    found = [item for item in value if isinstance(item, dict) and all(name in item for name in names)]
    return [{name: as_text(item[name]) for name in names} for item in found]


def as_text(value: Any) -> str:
    """A JSON value as a reader would write it: text as it is, nothing for null, anything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _repaired(text: str) -> Any:
    start = text.find("{")
    if start < 0 or text.count("{") + text.count("[") > BRACKETS:
        return None
    try:
        return json_repair.loads(text[start:])
    except (ValueError, RecursionError):
        return None
