"""What a model would say when it reformats answers: mostly good, with flaws that the checks catch."""

import json
import random
import re
from typing import Any

ANSWER = re.compile(r"Answer:\n(=+)\n(.*?)\n\1\n\nFormat:", re.DOTALL)


def answer(body: dict[str, Any], chance: random.Random) -> str | None:
    """The reply, if the request is one of this method."""
    schema = json.dumps(body.get("response_format", {}))
    if '"task_kind"' in schema:
        return json.dumps({"task_kind": _kind(body, chance)})
    if '"reformatted"' in schema:
        shown = ANSWER.search(body["messages"][-1]["content"])
        return json.dumps({"reformatted": _reformatted(shown.group(2) if shown else "", chance)}, ensure_ascii=False)
    return None


def _kind(body: dict[str, Any], chance: random.Random) -> str:
    """One of those that the schema offers, or, in one of 20 replies, none of them."""
    offered = body["response_format"]["json_schema"]["schema"]["properties"]["task_kind"]["enum"]
    return "gardening" if chance.random() < 0.05 else str(chance.choice(offered))


def _reformatted(text: str, chance: random.Random) -> str:
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part]
    odd = chance.random()
    if odd < 0.08:
        return text  # repeated
    if odd < 0.16:
        return re.sub(r"\d", "", text)  # numbers lost
    if odd < 0.24:
        return f"{text}\n\nThat is {chance.randint(1000, 9999)} in all."  # a number made up
    if odd < 0.30:
        return parts[0][:5] if parts else ""  # hardly anything left
    if chance.random() < 0.5:
        return "\n".join(f"{k}. {part}" for k, part in enumerate(parts, 1))
    return "**In short**\n\n" + "\n".join(f"- {part}" for part in parts)
