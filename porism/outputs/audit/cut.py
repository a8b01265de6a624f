"""Outputs that break off.

A text that ends without a full stop is not yet one that breaks off: titles, poems, lists, code and formulas do. So a
missing stop counts only where the rest of the text has its stops, in a line that is long enough to be a sentence.
"""

import re
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding
from porism.outputs.audit.leaks import before
from porism.outputs.audit.text import ending
from porism.outputs.sources import Item

LONG = 25  # words of a text that must end like one
LINE = 8  # words of a line that is a sentence
_STOPS = ".!?…。\uff01\uff1f｡؟\u06d4।॥:;"
_CLOSERS = "\"'”\u2019»)]}*_`“„」』\uff09】>"
_BULLET = re.compile(r"\s*(?:[-*•\u2013+▪◦]|\d{1,3}[.)]|[A-Za-z][.)])\s")
_EMPTY_ITEM = re.compile(r"\n[ \t]*(?:\d{1,3}[.)]|[-*•])[ \t]*$")
_CONNECTS = re.compile(
    r"\b(?:and|or|but|the|a|an|because|although|whose|its|their|my|your|our|his|than|if|when|while|und|oder|aber|der|"
    r"die|das|weil|dass|"
    r"et|ou|mais|le|la|les|des|parce que|y|pero|el|los|las|porque|mais|e|ma|perché)$",
    re.I,
)
_LETTER = re.compile(
    r"\b(?:sincerely|regards|wishes|love|truly|faithfully|thanks|thank you|cheers|yours|respectfully|cordially|best|"
    r"warmly|gratefully|"
    r"dear|hello|hi|greetings|grüßen|grüße|gruß|cordialement|saludos|atentamente|saluti|hugs|fondly|appreciatively|"
    r"kind|looking forward|see you|take care|talk soon|until then)\b",
    re.I,
)
_FREE_FORM = re.compile(
    r"\b(?:punctuation|lower-?case|tweets?|headlines?|titles?|captions?|slogans?|taglines?|lyrics|poems?|poetry|"
    r"songs?|rap|haikus?|verses?|"
    r"sonnets?|limericks?|rhymes?|stanzas?|code|commands?|quer(?:y|ies)|scripts?|functions?|programs?|keywords?|tags|"
    r"hashtags?|formulas?|"
    r"equations?|algorithms?|tables?|csv|json|xml|html|css|sql|yaml|regex\w*|abbreviat\w+|tokeni[sz]e|remove|"
    r"unpunctuated|list|phrases?|"
    r"words|outline|menu|schedule|ad|bullet|subject line|acronym|prompt|spell\w*)\b",
    re.I,
)
_CODE = re.compile(
    r"[{}]\s*$|;\s*$|^\s*(?:def|class|import|from|for|while|if|return|print|public|private|function|var|let|const|"
    r"#include|SELECT|INSERT|"
    r"UPDATE|CREATE|FROM|WHERE)\b[^.]*[(:;{=*]|^\s*(?:SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY)\b|=>|\w\(\)|^\s*//|"
    r"^\s*<\w+|</\w+>|^\s*\$ |\w+\s=\s\w+",
    re.M,
)
_BEGINS = re.compile(
    r"\b(?:prompt|intro\w*|opening|beginning|heading|header|salutation|greeting|template|form|survey|question|code|"
    r"function|loop|python|label)\w*\b",
    re.I,
)
_OPEN = "([{\uff08【「『"
_MATHS = re.compile(r"[=<>≈∑∫√^\\]|\d\s*$")
_LATINATE = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]")


def broken_off(item: Item) -> Iterator[Finding]:
    """An output that ends in the middle, with the sign that says so."""
    text = before(item.output).rstrip()
    if text:
        reason = _structure(text) or _end(text, item) or _stop(text, item)
        if reason:
            yield Finding(item.name, "truncated", "warning", f"{reason}: {ending(text)}")


def _structure(text: str) -> str | None:
    """Blocks that are opened and never closed."""
    if text.count("```") % 2:
        return "a block of code is not closed"
    if "\n" in text and _EMPTY_ITEM.search(text) and _items(text) > 1:
        return "the last item of the list is empty"
    lower = text[:15].lower()
    if lower.startswith(("<!doctype html", "<html")) and "</html" not in text[-200:].lower():
        return "the page is not closed"
    if text[0] in "{[" and text[-1] not in "}])" and _depth(text) > 0 and '"' in text:
        return "the JSON is not closed"
    return None


def _items(text: str) -> int:
    """How many items of a list hold something."""
    return sum(
        bool(match) and len(line.strip()) > match.end() for line in text.splitlines() if (match := _BULLET.match(line))
    )


def _depth(text: str) -> int:
    return text.count("{") + text.count("[") - text.count("}") - text.count("]")


def _end(text: str, item: Item) -> str | None:
    """A last character or word that nothing ends with."""
    last = text[-1]
    words = len(text.split())
    line = text[text.rfind("\n") + 1 :]
    if last in ",\uff0c、" and words > 3 and not _closes(line):
        return "ends with a comma"
    if last in _OPEN and words > 3 and not _emoticon(text):
        return "ends with an opening bracket"
    if last in "-\u2010" and len(text) > 1 and text[-2].isalpha() and words >= LINE and not _CODE.search(line):
        return "ends with a hyphen"
    if last in ":\uff1a" and words > 3 and not _is_question(item) and not _closes(line):
        return "ends with a colon"
    if words >= LINE and len(line.split()) >= 5 and _CONNECTS.search(line[-30:]) and not _unstopped_task(item):
        return "ends with a word that joins"
    return None


def _closes(line: str) -> bool:
    """Whether a line opens or closes a letter."""
    return len(line.split()) <= 6 and _LETTER.search(line) is not None


def _emoticon(text: str) -> bool:
    return text[-2:] in (":(", ":[", ":{", ";(")


def _is_question(item: Item) -> bool:
    """Whether the task is to begin something that goes on elsewhere."""
    return _BEGINS.search(item.instruction) is not None


def _unstopped_task(item: Item) -> bool:
    return bool(_FREE_FORM.search(item.instruction)) and "\n" in item.output


def _stop(text: str, item: Item) -> str | None:
    """No stop at the end of a sentence, in a text that has them."""
    if text[-1] in _STOPS + _CLOSERS or not _LATINATE.match(text[-1]) or len(text.split()) < LONG // 2:
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    if any(map(_BULLET.match, lines)):
        return "the last item has no full stop, unlike the others" if _unlike(lines) else None
    line = lines[-1]
    if len(text.split()) < LONG or len(line.split()) < LINE or _FREE_FORM.search(item.instruction):
        return None
    if _MATHS.search(line) or _CODE.search(text) or re.search(r"(?:https?://|www\.|[#@])\S+$", line):
        return None
    if _headline(line) or not _has_stops(lines) or _unpunctuated(item.input):
        return None
    return "the last sentence has no end"


def _unlike(lines: list[str]) -> bool:
    """Whether the last line is the only item of a list without a full stop, and a long one."""
    items = [line for line in lines if _BULLET.match(line)]
    others = items[:-1]
    if len(others) < 2 or lines[-1] is not items[-1] or len(lines[-1].split()) < 6:
        return False
    return all(line.rstrip()[-1] in ".!?" for line in others) and not _MATHS.search(lines[-1])


def _headline(line: str) -> bool:
    """Whether most words of a line are capitalised."""
    words = [word for word in line.split() if word[0].isalpha()]
    return len(words) < 3 or sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _has_stops(lines: list[str]) -> bool:
    """Whether long lines end with stops, and the last one has a stop or a comma inside."""
    others = [line.rstrip() for line in lines[:-1] if len(line.split()) >= LINE]
    if any(line[-1] not in _STOPS + _CLOSERS for line in others):
        return False
    inside = re.search(r"[\w)\"”][.!?] +[\"“(]?[A-ZÀ-ÞА-Я0-9]", lines[-1])
    comma = re.search(r"\w, \w", lines[-1])
    return bool(inside or (others and comma) or (comma and not lines[:-1]) or len(others) > 1)


def _unpunctuated(given: str) -> bool:
    """Whether the input is a sentence without a stop, so that the output may be one."""
    given = given.rstrip()
    return len(given.split()) >= LINE and given[-1] not in _STOPS + _CLOSERS
