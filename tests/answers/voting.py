"""What a voter would say: the sum where the task is one, else an answer that hangs on the task; sometimes another."""

import random
import re
from hashlib import sha256
from typing import Any

PHRASE = "Then end with a line of its own that gives the final answer"
NAMES = ("Kiel", "Lübeck", "Bremen", "42")


def answer(body: dict[str, Any], chance: random.Random) -> str | None:
    """The reply, if the request is one of this method."""
    turns = body.get("messages") or [{"content": ""}]
    if PHRASE not in turns[0]["content"]:
        return None
    said, draw = _right(turns[-1]["content"]), chance.random()
    if draw < 0.05:
        return "I would have to think about that for longer."
    if draw < 0.3:
        said = str(chance.randrange(10))
    shown = chance.choice([said, f"**{said}**", f"{said}.", f" {said} "])
    return f"{'Step by step. ' * chance.randint(1, 4)}\nAnswer: {shown}"


def _right(task: str) -> str:
    if found := re.search(r"(\d+) \+ (\d+)", task):
        return str(int(found[1]) + int(found[2]))
    return NAMES[sha256(task.encode()).digest()[0] % len(NAMES)]
