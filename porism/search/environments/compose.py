"""Tasks out of parts: changes one after the other, and perhaps a question at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from porism.search.tools.calls import Call

LONGEST = 6
ASKING = 2  # calls of a question: one that finds the answer, and the answer
LEADS = ("{}.", "Please {}.", "Could you {}?", "I need you to {}.", "We have to {}.")
THEN = ("Then {}.", "After that, {}.", "Next, {}.")
ASKED = ("Tell me: {}", "I would like to know: {}", "A visitor asks: {}", "{}", "{}", "{}")
LAST = ("When that is done, tell me: {}", "Finally, answer this: {}", "And then: {}")


@dataclass(frozen=True, slots=True)
class Steps:
    """How long tasks are.

    Attributes:
        low, high: the number of calls in a task's own solution, 1 to 6; every length between is as likely.

    Raises:
        ValueError: they are out of range.
    """

    low: int = 1
    high: int = LONGEST

    def __post_init__(self) -> None:
        if not 1 <= self.low <= self.high <= LONGEST:
            raise ValueError(f"steps must be 1 <= low <= high <= {LONGEST}, got {self.low} to {self.high}")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do, or to find out.

    Attributes:
        said: what it is: an order without its full stop, or a question with its mark.
        calls: what does it.
        effects: what it does to the world, in the world's own words.
        question: what the answer is, in the world's own words; empty for an order.
        touched: what it changes; no two parts of a task change the same.
    """

    said: str
    calls: tuple[Call, ...]
    effects: tuple[str, ...] = ()
    question: str = ""
    touched: str = ""


def chosen(
    rng: Random, length: int, change: Callable[[], Part | None], ask: Callable[[], Part | None]
) -> tuple[Part, ...]:
    """Parts with ``length`` calls in all, a question last in most.

    Args:
        rng: decides whether there is a question.
        length: >= 1.
        change: draws a change and makes it, so that the next part is drawn from what it leaves behind.
        ask: draws a question.

    Returns:
        The parts; none where this draw does not come out even.
    """
    parts: list[Part] = []
    asking = length >= ASKING and rng.random() < 0.6
    left = length - ASKING if asking else length
    while left > 0:
        part = change()
        if part is None or len(part.calls) > left or part.touched in {each.touched for each in parts}:
            return ()
        parts.append(part)
        left -= len(part.calls)
    if asking:
        question = ask()
        return (*parts, question) if question else ()
    return tuple(parts)


def told(rng: Random, parts: Sequence[Part]) -> str:
    """The parts as one request."""
    said = []
    for i, part in enumerate(parts):
        forms: Sequence[str] = (LAST if i else ASKED) if part.question else (THEN if i else LEADS)
        said.append(sentence(rng.choice(forms).format(part.said)))
    return " ".join(said)


def texts(row: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Those parts of a task's JSON object that are texts.

    Raises:
        ValueError: one is missing, or no text.
    """
    for name in names:
        if not isinstance(row.get(name), str):
            raise ValueError(f"a task's {name!r} must be a text, got {row.get(name)!r:.80}")
    return tuple(row[name] for name in names)


def calls_in(row: Mapping[str, Any]) -> tuple[Call, ...]:
    """The solution in a task's JSON object.

    Raises:
        ValueError: it is no list of calls.
    """
    found = row.get("solution")
    if not isinstance(found, list | tuple) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError("a task's 'solution' must be a list of calls")
    return tuple(Call(*texts(each, "name", "arguments")) for each in found)


def sentence(text: str) -> str:
    """The text with a capital first letter.

    >>> sentence("how many?")
    'How many?'
    """
    return text[:1].upper() + text[1:]
