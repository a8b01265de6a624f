"""Outputs in which a model speaks of itself, or does not do what was asked."""

import re
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding
from porism.outputs.audit.text import LONGEST, quoted, squeezed
from porism.outputs.sources import Item

OPENING = 400  # characters in which a refusal says so

_SELF = re.compile(
    r"\bas an? (?:artificial intelligence|(?:\w+ )?ai)(?: (?:language )?(?:model|assistant|system|program))?,? ?(?:,|"
    r"i\b|my\b)|"
    r"\bas an? (?:large )?language model\b|\b(?:i am|i'm|i am only|i'm only) (?:just |only )?an? (?:ai\b|"
    r"artificial intelligence|"
    r"(?:large )?language model|computer program|machine learning model)|"
    r"\bmy (?:knowledge|training data|training)(?: \w+)? ?cut-?off|\bas of my (?:last|latest|"
    r"most recent)? ?(?:knowledge|training|update)|"
    r"\b(?:was|been|am) trained (?:by|on data up)|\bi (?:do not|don't|cannot|can't) (?:have|get)? ?(?:access to|browse)"
    r" (?:the internet|the web|real-?time|current|live|up-to-date|external|your|any)|"
    r"\bi (?:cannot|can't|can not|am unable to|am not able to) (?:browse|access) (?:the|external|live|real|links|"
    r"websites|urls)",
    re.I,
)
_NAMES_ITSELF = (
    "ai",
    "artificial",
    "language model",
    "cutoff",
    "cut-off",
    "trained",
    "access",
    "browse",
    "program",
    "machine",
    "my ",
)
_DECLINES = re.compile(
    r"\s*(?:(?:i'm|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|my apologies|"
    r"unfortunately)?[,.!]?\s*(?:but |however,? )?"
    r"(?:as an ai[^,]*, )?i(?:'m| am)?\s*(?:cannot|can't|can not|won't|will not|unable to|not able to|"
    r"do not know how to|don't know how to)"
    r"\s+(?:\w+ )?(?:help|assist|answer|provide|fulfil?l?|browse|access|do|comply|generate|create|see|view|open|"
    r"complete|play|draw|show|"
    r"translate|write|give|offer|perform|process|read|respond|determine|identify|summari[sz]e|tell|understand|find|"
    r"predict|analy[sz]e|"
    r"edit|engage|support|continue|make|produce|display|listen|watch)\b",
    re.I,
)
_OWN_WORDS = re.compile(  # tasks whose answer may say such things in somebody's name
    r"\b(?:apolog\w+|sorry|declin\w+|refus\w+|reply|respon(?:d|se)|excuse|rewrite|paraphrase|rephrase|reword|edit|"
    r"correct|translate|"
    r"role|pretend|imagine|quote|reject\w*|say|robot|complete|continue|turn down)\b|"
    r"\b(?:write|compose|draft|create|generate|make|give|form|construct|come up)\b.*\b(?:letter|e-?mail|message|"
    r"dialog(?:ue)?|conversation|"
    r"story|scene|script|character|chat|sentence|poem|example|line|tweet|text|note|post|excuse)s?\b",
    re.I | re.S,
)


def model(item: Item) -> Iterator[Finding]:
    """Talk of a model about itself, its knowledge and its limits; refusals."""
    text = item.output[:LONGEST]
    declines = _DECLINES.match(squeezed(text[:OPENING]))
    if declines and not (_OWN_WORDS.search(item.instruction) and not _asks_for_sight(item)):
        yield Finding(item.name, "model-talk", "warning", f"the output declines: {quoted(text)}")
        return
    low = text.lower()
    found = _SELF.search(text) if any(word in low for word in _NAMES_ITSELF) else None
    if found and not _quoted_before(text, found.start()) and found.group().lower() not in item.input.lower():
        yield Finding(
            item.name, "model-talk", "warning", f"the model speaks of itself: {quoted(text[found.start() :])}"
        )


def _asks_for_sight(item: Item) -> bool:
    """Whether a task such as "Translate the sentence." lacks what it is about, so that declining is the model's own."""
    return (
        not item.input.strip()
        and re.search(r"\b(?:the|this|following) (?:sentence|text|paragraph|passage|article)\b", item.instruction, re.I)
        is not None
    )


def _quoted_before(text: str, at: int) -> bool:
    """Whether the place is inside quotation marks."""
    return text[:at].count('"') % 2 == 1 or text[:at].count("“") > text[:at].count("”")
