"""What a model would say to Alpaca: most of a list of tasks, and now and then what the checks are there for."""

import json
import random
from typing import Any

import regex

from porism.generators.alpaca import listing as asked

VERBS = ("Describe", "Compare", "Shorten", "Classify", "Translate", "Invent", "Correct", "Estimate", "Sort", "Explain")
THINGS = (
    "railway timetable", "recipe for lentil soup", "letter to a landlord", "list of birds", "paragraph on tides",
    "weather report", "proof that two is prime", "joke about owls", "menu of a small café", "note to a neighbour",
)  # fmt: skip
ENDS = ("in one sentence", "for a child of nine", "with a number in it", "politely", "as a table", "without adjectives")
ODD: tuple[tuple[str, str, str], ...] = (
    ("Draw a plan of the old harbour", "<noinput>", "Here it is."),
    ("Summarise what it says about tides", "see the attached video of the bay", "The tide turns twice a day."),
    ("Repeat the following word exactly once", "owl", "owl"),
    ("Give the sum of these three numbers", "4, 5 and 6", ""),
    ("Name a dish for a cold evening", "No input needed.", "Lentil soup. 9. Instruction: Name another dish"),
    ("Hi there", "N/A", "Hello!"),
)


def answer(body: dict[str, Any], chance: random.Random) -> str | None:
    """The reply, if the request is one of this method."""
    prompt = body.get("prompt") or ""
    if prompt.startswith(asked.OPENING.split("{")[0]):
        first = int(prompt.rsplit("\n", 1)[-1].split(".")[0])
        return listed(tasks(chance), first, chance)
    if body.get("messages") and body["messages"][0]["content"] == asked.SYSTEM:
        named = [dict(zip(("instruction", "input", "output"), task, strict=True)) for task in tasks(chance)]
        return json.dumps({"tasks": named}, ensure_ascii=False)
    return None


def tasks(chance: random.Random) -> list[tuple[str, str, str]]:
    """Some tasks of instruction, input and output."""
    found = []
    for _ in range(chance.randint(4, 12)):
        thing, number = chance.choice(THINGS), chance.randrange(1000)
        made = f"{chance.choice(VERBS)} the {thing} {number} of {chance.choice(THINGS)} {chance.randrange(1000)}"
        given = chance.choice(("<noinput>", "<noinput>", f"The {thing}, as of {number}: all is well."))
        task = (f"{made} {chance.choice(ENDS)}.", given, f"Number {number} costs ${number}.\nIt is a {thing}.")
        found.append(chance.choice(ODD) if chance.random() < 0.15 else task)
    return [*found, found[0]] if chance.random() < 0.2 else found


def listed(found: list[tuple[str, str, str]], first: int, chance: random.Random) -> str:
    """The tasks as a list goes on, with a ``###`` forgotten here and there."""
    text = ""
    for n, (instruction, input, output) in enumerate(found, first):
        mark = "" if chance.random() < 0.1 else "###\n"
        text += f"{mark}{n}. Instruction: {instruction}\n{n}. Input:\n{input}\n{n}. Output:\n{output}\n"
    return str(regex.sub(rf"^(?:###\n)?{first}\. Instruction:", "", text))
