"""What a model would say to critique and revision under principles: mostly good, with flaws that the checks catch."""

import json
import random
import re
from hashlib import blake2b
from typing import Any

from porism.generators.constitution import asking

NOUNS = ("kettle", "ferry", "harvest", "bicycle", "lighthouse", "garden", "market", "violin", "tunnel", "compass")
DOES = ("keeps", "needs", "changes", "carries", "costs", "protects", "follows", "replaces")
FLAWS = ("The second sentence is beside the point.", "It is not said on what it depends.", "The figure is made up.")
CHOICES = re.compile(r"Answer A:\n(=+)\n(.*?)\n\1\n\nAnswer B:\n\1\n(.*?)\n\1\n\nPrinciple: ", re.DOTALL)


def answer(body: dict[str, Any], chance: random.Random) -> str | None:
    """The reply, if the request is one of this method."""
    turns = body.get("messages") or [{"content": ""}]
    said = {asking.HELPFUL: _draft, asking.CRITIC: _critique, asking.EDITOR: _revision, asking.ARBITER: _choice}
    reply = said.get(turns[0]["content"])
    return reply(turns[-1]["content"], chance) if reply else None


def _sentences(chance: random.Random, least: int, most: int) -> str:
    parts = (
        f"The {chance.choice(NOUNS)} {chance.choice(DOES)} the {chance.choice(NOUNS)} {chance.randint(2, 99)} times."
        for _ in range(chance.randint(least, most))
    )
    return " ".join(parts)


def _draft(prompt: str, chance: random.Random) -> str:
    odd = chance.random()
    if odd < 0.05:
        return "I'm sorry, but I can't help with that."
    return prompt if odd < 0.08 else _sentences(chance, 2, 5)


def _critique(prompt: str, chance: random.Random) -> str:
    odd = chance.random()
    if odd < 0.05:
        return json.dumps({"critique": chance.choice(FLAWS)})
    if odd < 0.08:
        return json.dumps({"critique": " ", "violated": True})
    if odd < 0.25:
        return json.dumps({"critique": "Nothing falls short of the principle.", "violated": odd < 0.11})
    return f"```json\n{json.dumps({'critique': chance.choice(FLAWS), 'violated': True})}\n```"


def _revision(prompt: str, chance: random.Random) -> str:
    odd, text = chance.random(), _sentences(chance, 1, 4)
    if odd < 0.05:
        return prompt.partition("Answer:\n=====\n")[2].partition("\n=====")[0]
    if odd < 0.1:
        return f"Following the critique, I left out a sentence. {text}"
    if odd < 0.13:
        return text * 80
    return f"Sure! Here is the revised answer:\n\n{text}" if odd < 0.3 else text


def _choice(prompt: str, chance: random.Random) -> str:
    """By a hash of the answers mostly, whatever their order; sometimes always the first, or neither."""
    odd, shown = chance.random(), CHOICES.search(prompt)
    if odd < 0.05 or not shown:
        return json.dumps({"reason": "Both are good.", "better": "both"})
    first, second = (blake2b(text.encode()).digest() for text in shown.group(2, 3))
    return json.dumps({"reason": "It is closer.", "better": "A" if odd < 0.15 or first < second else "B"})
