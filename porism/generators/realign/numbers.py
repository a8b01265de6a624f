"""The numbers of a text, by value, and which of them only count the items of a list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        text: as it is written.
        value: the same for all spellings of a number, such as ``1000`` for 1,000 and ``0.5`` for .50.
        parts: values that say the same together, where the commas may as well separate numbers.
        start: its place in the text.
        counts: whether it only numbers an item of a list, or a step.
    """

    text: str
    value: str
    parts: tuple[str, ...]
    start: int
    counts: bool


def numbers(text: str) -> list[Number]:
    """All numbers, in the order of the text, which ``facts.plain`` has made plain. Signs and units are not looked at.

    >>> [one.value for one in numbers("1,000.50 is 007 or .5 and v1.2.3, 3rd")]
    ['1000.5', '7', '0.5', '1.2.3', '3']
    """
    counting = _counting(text)
    return [
        Number(found.group(), value(found.group()), _parts(found.group()), found.start(), found.start() in counting)
        for found in NUMBER.finditer(text)
    ]


def value(text: str) -> str:
    """A number without separators, leading zeros, or zeros at the end of its fraction."""
    if text.count(".") > 1:
        return text  # a version, a date, an address
    whole, _, fraction = regex.sub(r"[,'_]", "", text).partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def written(words: Sequence[str]) -> set[str]:
    """The values of the English number words among some words.

    >>> sorted(written(["Twelve", "first", "so"]))
    ['1', '12']
    """
    return {WRITTEN[word.lower()] for word in words if word.lower() in WRITTEN}


def _parts(text: str) -> tuple[str, ...]:
    parts = text.split(",")
    if len(parts) < 3 or any(part.startswith("0") for part in parts):
        return ()  # nobody writes 1,000 for 1 and 000
    return tuple(value(part) for part in parts)


def _counting(text: str) -> set[int]:
    """Where the numbers stand that count up from 1 (or 0) at the beginnings of lines, or before ``.`` or ``)``."""
    marked = {found.start(1): (int(found.group(1)), True) for found in MARK.finditer(text)}
    for found in INLINE.finditer(text):
        marked.setdefault(found.start(1), (int(found.group(1)), False))
    places: list[int] = []
    following = Counter[int]()  # how many lists, one inside another, wait for this number
    for start, (number, _) in sorted(marked.items()):
        if number <= 1 or following[number]:
            following[number] -= 1
            following[number + 1] += 1
            places.append(start)
    inside = [start for start in places if not marked[start][1]]
    if len(inside) == 1 and marked[inside[0]][0] <= 1:
        places.remove(inside[0])  # a lonely 1 may be anything
    return set(places)


def unnumbered(text: str) -> str:
    """The text without the numbers that only count."""
    counting = sorted(_counting(text))
    return "".join(_around(text, counting))


def _around(text: str, places: Sequence[int]) -> Iterator[str]:
    end = 0
    for start in places:
        yield text[end:start]
        end = start + len(DIGITS.match(text, start).group())  # type: ignore[union-attr]
    yield text[end:]


NUMBER = regex.compile(
    r"(?<![\d.])\d+(?:\.\d+){2,}(?!\d)"
    r"|(?<!\d)\d{1,3}(?:,\d{2,3})*+(?<=,\d{3})(?!\d)(?:\.\d+)?"
    r"|(?<!\d)\d{1,3}(?:['_]\d{3})++(?!\d)(?:\.\d+)?"
    r"|(?<!\d)\d++(?:\.\d+)?"
    r"|(?<![\p{L}\d.])\.\d+"
)
DIGITS = regex.compile(r"\d+")
MARK = regex.compile(
    r"(?m)^[ \t>#*_|+(\[\u2022\u00b7\u2013\u2014-]{0,20}(?:\p{L}{2,20}[ \t]+#?)?[*_]{0,3}(\d{1,3})"
    r"(?:[*_]{0,3}[ \t]?[.):\]|\u2013\u2014-][*_]{0,3}[ \t]+(?=\S)|(?<=#[ \t]\d{1,3})[ \t]+(?=\S))"
)
INLINE = regex.compile(r"(?<![^\s:;,])\(?(\d{1,2})[.)]\s")
CARDINALS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty"""
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
WRITTEN = {word: str(number) for number, word in enumerate(CARDINALS.split())}
WRITTEN |= {word: str(number) for number, word in enumerate(ORDINALS.split(), 1)}
WRITTEN |= {"dozen": "12", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70"}
WRITTEN |= {"eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000"}
