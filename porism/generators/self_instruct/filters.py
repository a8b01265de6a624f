"""Why an instruction or an instance is dropped: functions that return a reason, or None where there is none.

The reference's rules [Wang2023, section 2.2], with its blind spots repaired (see ``Compat``).
"""

import string
import unicodedata
from collections.abc import Sequence
from typing import Protocol

import regex

from porism.generators.self_instruct.settings import Compat
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.rouge import words

OPENERS = "¿¡«‹„“‘「『《〈（"  # with which a sentence of some language begins


class Rules(Protocol):
    """The settings that the filters read."""

    @property
    def words(self) -> tuple[int, int]: ...  # noqa: D102

    @property
    def keywords(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def compat(self) -> Compat: ...  # noqa: D102


def empty(instruction: str) -> str | None:
    """Nothing there."""
    return None if instruction else "empty instruction"


def length(instruction: str, settings: Rules) -> str | None:
    """Too few or too many words; where a script has no spaces, each character counts."""
    fewest, most = settings.words
    count = words(instruction) if settings.compat.tokeniser == "unicode" else len(instruction.split())
    if fewest <= count <= most:
        return None
    return f"{count} words; {fewest} to {most} are wanted"


def keywords(text: str, settings: Rules) -> str | None:
    """Asks for what a text model cannot do."""
    if not settings.keywords:
        return None
    found = regex.search(r"\b(?:\L<words>)\b", text, regex.IGNORECASE, words=list(settings.keywords))
    return f"speaks of {found.group()!r}" if found else None


def program(instruction: str) -> str | None:
    """Begins with "Write a program": the model makes too many of these, all alike."""
    return "begins with 'Write a program'" if instruction.lower().startswith("write a program") else None


def opening(instruction: str, settings: Rules) -> str | None:
    """Begins with what no instruction begins with."""
    first = instruction[0]
    if settings.compat.ascii_start:
        odd = first in string.punctuation or not first.isascii()
    else:
        odd = first not in OPENERS and unicodedata.category(first)[0] not in "LN"
    return f"begins with {first!r}" if odd else None


def instance(one: Instance) -> str | None:
    """Holds nothing, repeats itself, or breaks off."""
    if not one.output:
        return "empty output"
    if one.input == one.output:
        return "output equals input"
    for name, text in (("input", one.input), ("output", one.output)):
        if text.endswith((":", "：")):  # the fullwidth colon is meant
            return f"{name} ends with a colon"
    return None


def contradictory(instances: Sequence[Instance]) -> str | None:
    """Two outputs for one input: then none of an instruction's instances can be trusted."""
    outputs: dict[str, str] = {}
    for one in instances:
        if one.input and outputs.setdefault(one.input, one.output) != one.output:
            return f"different outputs for the input {one.input[:80]!r}"
    return None
