"""Instruction rows as a completion model makes them, with the faults that such sets have: for tests and for timing.

Sound rows are the packaged seed tasks with words exchanged; every fault is planted in rows of its own.

    python tests/outputs/audit/made.py 52002 rows.jsonl && porism audit rows.jsonl
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from porism.outputs import sources
from porism.outputs.sources import Item
from porism.seeds import stream

SEEDS = Path(sources.__file__).parents[1] / "generators" / "seed_tasks.jsonl"
Fault = Callable[[Random, Item], tuple[str, str, str]]


def _leaked(rng: Random, item: Item) -> tuple[str, str, str]:
    number = rng.randrange(2, 21)
    return item.instruction, item.input, f"{item.output}\n\n{number}. Instruction: Name a word.\n{number}. Input:\nab"


def _sum(rng: Random, _: Item) -> tuple[str, str, str]:
    a, b, c = rng.randrange(2, 90), rng.randrange(2, 90), rng.randrange(2, 9)
    return f"What is {a} * {c} + {b}?", "", f"The answer is {a * (c + b)}."


FAULTS: dict[str, Fault] = {
    "empty-output": lambda rng, item: (item.instruction, item.input, rng.choice(["", " ", "\n"])),
    "leaked-item": _leaked,
    "url-input": lambda rng, _: (
        "Summarize the article.",
        f"https://news.example.org/{rng.randrange(10**6)}/a",
        "It rains.",
    ),
    "arithmetic": _sum,
    "placeholder-input": lambda rng, item: (
        item.instruction,
        rng.choice(["No input", "<noinput>", "No Input", "N/A", "none", "No input required.", "(no input)", "noinput"]),
        item.output,
    ),
    "media": lambda rng, _: (
        "Describe what can be seen.",
        rng.choice(["[image attached]", "(Image)", "<picture of a dog>", "[Photo of a lake]", "photo.png"]),
        "A dog runs.",
    ),
    "echo": lambda rng, item: ("Rewrite the text in a livelier way.", _some(rng, item.output), _some(rng, item.output)),
    "control-character": lambda rng, item: (
        item.instruction,
        item.input,
        item.output + rng.choice(["\0", "\b", "\u200b"]),
    ),
}


def _some(_: Random, text: str) -> str:
    return " ".join(["So:", *text.split()[:40]])


def rows(count: int, seed: int, faults: dict[str, int] | None = None) -> list[tuple[Item, str]]:
    """So many sound rows, and the faulty ones among them; each with the check that should find it, or ``""``."""
    base = list(sources.tasks(SEEDS))
    words = [word for item in base for word in item.output.split() if word.isalpha()]
    made: list[tuple[Item, str]] = []
    for k in range(count):
        rng = stream(seed, "row", k)
        item = rng.choice(base)
        made.append(
            (Item(f"r{k}", _noisy(rng, item.instruction, words), item.input, _noisy(rng, item.output, words)), "")
        )
    for check, times in (faults or {}).items():
        for k in range(times):
            rng = stream(seed, check, k)
            base_item, _ = made[rng.randrange(count)]
            made.append((Item(f"{check}{k}", *FAULTS[check](rng, base_item)), check))
    stream(seed, "order").shuffle(made)
    return made


def _noisy(rng: Random, text: str, words: list[str]) -> str:
    parts = re.split(r"(\s+)", text)
    return "".join(rng.choice(words) if part.isalpha() and rng.random() < 0.15 else part for part in parts)


if __name__ == "__main__":
    counts = {
        "empty-output": 28, "leaked-item": 37, "url-input": 196, "arithmetic": 11, "placeholder-input": 593,
        "media": 98, "echo": 55, "control-character": 8,
    }  # fmt: skip
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        for item, _ in rows(int(sys.argv[1]) - sum(counts.values()), 0, counts):
            row = {"id": item.name, "instruction": item.instruction, "input": item.input, "output": item.output}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
