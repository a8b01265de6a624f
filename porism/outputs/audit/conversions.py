"""Conversions of units, computed again.

Only questions that are a conversion and nothing else are looked at. An answer is wrong if it is more than a hundredth
off and no rounding to the digits that it has explains it, for every meaning of the units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from porism.outputs.audit.arithmetic import answers
from porism.outputs.audit.arithmetic.tokens import cut, plain
from porism.outputs.audit.empty import no_input
from porism.outputs.audit.finding import Finding
from porism.outputs.audit.text import quoted
from porism.outputs.audit.unit_names import NAMES, converted, meanings
from porism.outputs.sources import Item

LONGEST = 160  # characters of a question
OFF = 0.01  # what an answer may be off, for the factors that people remember
_UNIT = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(NAMES, key=len, reverse=True))
_HOW_MUCH = (
    r"(?:\d[\d,]*(?:\.\d+)?(?:\s+\d+/\d+|/\d+)?|-\s?\d+(?:\.\d+)?|\.\d+|half an?|an?|one half|[a-z]+(?:[- ][a-z]+)?)"
)
_QUANTITY = (
    rf"(?P<much>{_HOW_MUCH})\s*(?P<unit>{_UNIT})\b\.?"
    rf"(?:\s+(?:and\s+)?(?P<much2>\d+(?:\.\d+)?)\s*(?P<unit2>{_UNIT})\b\.?)?"
)
_TARGET = rf"(?P<target>{_UNIT})\b"
_WHAT = (
    r"(?:(?:following|given|this|that|the|a|an|temperature|measurements?|distances?|weights?|lengths?|heights?|"
    r"volumes?|mass|speed|quantit(?:y|ies)|"
    r"amounts?|values?|units?|numbers?|time|area|of|expression|recipe)\s+)*"
)
_VERB = r"(?:please\s+)?(?:can you\s+|could you\s+)?(?:convert|change|express|turn|transform|calculate|write)"
_QUESTIONS = [
    re.compile(pattern)
    for pattern in (
        rf"{_VERB}\s+{_WHAT}:?\s*{_QUANTITY}\s+(?:to|into|in|as)\s+{_TARGET}",
        rf"{_VERB}\s+{_WHAT}(?:from\s+(?:{_UNIT})\s+)?(?:to|into|in)\s+{_TARGET}\s*[:.]?\s*(?:in|input|"
        rf"for)?\s*[:.]?\s*{_QUANTITY}",
        rf"how many\s+{_TARGET}\s+(?:are|is|do|does|make|fit|go|would)?\s*(?:there|you have|"
        rf"you get)?\s*(?:are)?\s*(?:in|into|make(?:s)? up|make(?:s)?|equals?)\s+{_QUANTITY}",
        rf"(?:what(?:'s| is| are)|how much is|how long is|how far is|how tall is|how heavy is)\s+{_QUANTITY}\s+(?:in|"
        rf"to|into|converted (?:in)?to|expressed in)\s+{_TARGET}",
        rf"{_QUANTITY}\s+(?:in|to|into|is how many|equals how many|=\s*(?:how many|\?)?)\s+{_TARGET}",
    )
]
_TAIL = re.compile(
    r"[,.;]?\s*(?:and |then )?(?:round\w*|to the nearest|show\w*|explain\w*|give|accurate)\b.*$|"
    r"\s*\(?(?:round\w*)[^)]*\)?$"
)
_UNIT_WORDS = frozenset(word for name in NAMES for word in name.split()) - {"in", "per", "s"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """A quantity, as parts of a number and the meanings of a unit, and the meanings of the unit it is wanted in."""

    text: str
    parts: tuple[tuple[Fraction, tuple[str, ...]], ...]
    target: str


def wrong(item: Item) -> Iterator[Finding]:
    """A wrong answer to a conversion of units."""
    if not item.output.strip() or not _may_convert(item):
        return
    question = asked(item.instruction, "" if no_input(item) else item.input)
    truths = _truths(question) if question else []
    if not question or not truths:
        return
    found = _given(item.output, question)
    if found and not any(_right(item.output, number, truth) for number in found for truth in truths):
        reason = f"{quoted(question.text)} is {truths[0]:.6g}, and the output says {quoted(item.output)}"
        yield Finding(item.name, "conversion", "error", reason)


def _may_convert(item: Item) -> bool:
    """Whether a task names two units: a quick look, before patterns are tried."""
    if len(item.instruction) > LONGEST:
        return False
    words = re.findall(r"[a-z°²/]+", f"{item.instruction} {item.input[:LONGEST]}".lower())
    return sum(word in _UNIT_WORDS for word in words) >= 2


def asked(instruction: str, given: str = "") -> Conversion | None:
    """The conversion that a task asks for; None where it asks for anything else.

    >>> asked("How many inches are in 4 feet?").parts
    ((Fraction(4, 1), ('foot',)),)
    """
    head = instruction.strip().rstrip(".:?! ")
    for text in [instruction] if not given.strip() else [f"{head}: {given}", instruction]:
        if len(text) <= LONGEST and re.search(r"\d|\ba\b|\ban\b|[a-z]", text) and (found := _read(text)):
            return found
    return None


def _read(text: str) -> Conversion | None:
    body = " ".join(plain(text).split()).strip(" .?!:")
    body = _TAIL.sub("", body).strip(" .?!:")
    for pattern in _QUESTIONS:
        found = pattern.fullmatch(body)
        if not found:
            continue
        first = _much(found["much"])
        parts = [(first, meanings(found["unit"]))]
        if found["much2"]:
            parts.append((Fraction(found["much2"]), meanings(found["unit2"])))
        known = [(much, units) for much, units in parts if much is not None and units]
        return Conversion(body, tuple(known), found["target"]) if len(known) == len(parts) else None
    return None


def _much(text: str) -> Fraction | None:
    """How much: digits, words, a fraction, or ``a``."""
    text = text.strip()
    if text in ("a", "an", "one"):
        return Fraction(1)
    if text in ("half a", "half an", "one half"):
        return Fraction(1, 2)
    negative = text.startswith("-")
    tokens = cut(text.lstrip("- "))
    values = [token.value for token in tokens or () if token.value is not None]
    if not tokens or len(values) != len([token for token in tokens if token.text != "/"]):
        return None
    value = values[0] if len(tokens) == 1 else _mixed(values, len(tokens))
    return None if value is None else -value if negative else value


def _mixed(values: list[Fraction], size: int) -> Fraction | None:
    if size == 3 and len(values) == 2 and values[1]:
        return values[0] / values[1]
    return values[0] + values[1] / values[2] if size == 4 and len(values) == 3 and values[2] else None


def _truths(question: Conversion) -> list[float]:
    """The right answers, for all meanings of the units that measure the same."""
    found: list[float] = []
    for target in meanings(question.target):
        for units in product(*(units for _, units in question.parts)):
            values = [
                converted(float(much), unit, target) for (much, _), unit in zip(question.parts, units, strict=True)
            ]
            if all(value is not None for value in values):
                found.append(sum(value for value in values if value is not None))
    return found


def _given(output: str, question: Conversion) -> list[answers.Number]:
    """The numbers of an answer: those before the wanted unit, or all, without the quantity that was asked about."""
    text = plain(output[: answers.LONGEST])
    found = [number for number in answers.numbers(output)]
    if question.target not in ("feet and inches",) and _compound(text):
        return []
    targets = set(meanings(question.target))
    named = [
        number for number in found if _unit_after(text, number.end) and targets & set(_unit_after(text, number.end))
    ]
    if named:
        return named
    sources = {much for much, _ in question.parts}
    others = [number for number in found if not _unit_after(text, number.end)]
    return [number for number in others if number.value not in sources] or others


def _compound(text: str) -> bool:
    """Whether the answer is in two units, such as feet and inches."""
    return (
        re.search(
            r"\d\s*(?:feet|foot|ft|pounds?|lbs?|hours?|minutes?|gallons?|yards?|days?|weeks?|quarts?|"
            r"cups?)\.?,?\s+(?:and\s+)?\d+(?:\.\d+)?(?:\s+\d/\d)?\s*[a-z]",
            text,
        )
        is not None
    )


def _unit_after(text: str, end: int) -> tuple[str, ...]:
    found = re.compile(rf"\s*(?P<unit>{_UNIT})(?![a-z])").match(text, end)
    return meanings(found["unit"]) if found else ()


def _right(output: str, number: answers.Number, truth: float) -> bool:
    off = abs(float(number.value) - truth)
    step = float(number.step) or (1.0 if number.value.denominator == 1 else 0.0)
    return off <= max(OFF * abs(truth), 1e-9) or off < step or answers.agree(output, Fraction(truth), [number])
