"""What a judge would say: mostly high scores with reasons, sometimes one that cannot be read."""

import json
import random
from typing import Any


def answer(body: dict[str, Any], chance: random.Random) -> str | None:
    """The reply, if the request is one of this method."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    members = schema.get("properties", {})
    if "judgement" in members:
        return _judgement(members["judgement"]["required"], chance)
    system = next((turn["content"] for turn in body.get("messages", ()) if turn["role"] == "system"), "")
    if "better" in members and system.startswith("You compare two answers to a task."):
        better = chance.choice(["first", "second", "tie"])
        return json.dumps({"reason": "One is more exact.", "better": better})
    return None


def _judgement(criteria: list[str], chance: random.Random) -> str:
    good = chance.random() < 0.7
    found: dict[str, Any] = {
        name: {"reason": f"The {name} is plain to see.", "score": 5 if good else chance.randint(1, 5)}
        for name in criteria
    }
    flaw, name = chance.random(), chance.choice(criteria)
    if flaw < 0.04:
        del found[name]
    elif flaw < 0.08:
        found[name]["score"] = chance.choice([9, "high", None])
    elif flaw < 0.12:
        found[name]["reason"] = ""
    elif flaw < 0.2:
        found[name]["score"] = str(found[name]["score"])
    text = json.dumps({"judgement": found})
    return f"Here it is:\n```json\n{text}\n```" if chance.random() < 0.1 else text
