"""The numbers that a reply gives, and whether one of them is the right one, as far as its digits say."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from porism.outputs.audit.arithmetic.tokens import SCALES, UNITS, in_words, plain

LONGEST = 4_000  # characters of a reply that are read
MOST = 400  # numbers of a reply
ROUGHLY = Fraction(2, 100)  # what "about" may be off by
_NUMBER = re.compile(
    r"(?P<sign>(?:(?<![\w).,%\]])|(?<=[=(:]))[-\u2212\u2013]\s?|\b(?:negative|minus)\s)?[$€£]?\s?"
    r"(?:(?P<whole>\d{1,9})\s+(?:and\s+)?(?P<top>\d{1,6})\s?/\s?(?P<bottom>\d{1,6})(?![\d.])|"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?/\s?(?P<under>\d{1,9})(?![\d.,]*\d))?"
    r"(?P<power>e[+-]?\d{1,3}\b|\s?[x\u00d7*·]\s?10\s?\^\s?\(?[-\u2212]?\d{1,3})?)"
    r"(?P<root>\s?\*?\s?(?:√|sqrt)\s?\(?\s?\d{1,9})?"
    r"(?P<after>\s?%|\s?percent\b|\s(?:hundred|thousand|million|billion|trillion)\b)?"
)
_ROOT_ALONE = re.compile(r"(?<!\d)(?<!\d\s)(?P<sign>[-\u2212]\s?)?(?:√|sqrt)\s?\(?\s?(?P<under>\d{1,9})")
# How numbers are written elsewhere: thousands as 125 000 or 1.000.000, decimals as 2,5.
_ELSEWHERE: tuple[tuple["re.Pattern[str]", Callable[[str], str]], ...] = (
    (re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,]*\d)"), lambda text: "".join(text.split())),
    (re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.,]*\d)"), lambda text: text.replace(".", "")),
    (re.compile(r"(?<![\d.,])\d{1,9},\d{1,2}(?![\d.,]*\d)"), lambda text: text.replace(",", ".")),
)
_TELLS = re.compile(r"\b(?:is|equals|be|answer|result)\b:?|:")
_CALCULATES = re.compile(r"\s*[-+*/^x\u00d7÷(]")
_ROUGH = re.compile(r"\b(?:about|approx\w*|roughly|around|nearly|almost|round\w*|estimat\w*|close to|or so)\b|[~≈≃]")
_REMAINDER = re.compile(
    r"(\d{1,9})\s*,?\s*(?:with |and )?(?:an? |the )?(?:remainder|rem\.?|r)\s*(?:of|is|=|:)?\s*(\d{1,9})\b"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a reply.

    Attributes:
        value: what it says.
        step: the worth of its last digit if it has decimals or a power of ten; 0 if it is an integer or a fraction.
        at: where it begins.
        end: where it ends.
    """

    value: Fraction
    step: Fraction
    at: int
    end: int


def numbers(text: str) -> list[Number]:
    """The numbers of a reply, in order; one that can be read in two ways, such as ``2,5``, is there twice.

    >>> [(str(each.value), str(each.step)) for each in numbers("It is -2 1/2, or about 3.10 million.")]
    [('-5/2', '0'), ('3100000', '10000')]
    """
    text = plain(text[:LONGEST])
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        found += _read(match)
        if len(found) > MOST:
            break
    for pattern, read in _ELSEWHERE:
        found += [Number(Fraction(read(match[0])), Fraction(0), *match.span()) for match in pattern.finditer(text)]
    found += [
        Number(_surd(match["sign"], Fraction(1), int(match["under"])), Fraction(1, 10**9), match.start(), match.end())
        for match in _ROOT_ALONE.finditer(text)
    ]
    return sorted([*found, *_spelled(text)], key=lambda each: each.at)


def _read(match: "re.Match[str]") -> list[Number]:
    """What a match says: with a percent sign both the number and the hundredth of it."""
    sign = -1 if match["sign"] else 1
    at, end = match.span()
    if match["whole"]:
        bottom = int(match["bottom"])
        value = int(match["whole"]) + Fraction(int(match["top"]), bottom) if bottom else Fraction(int(match["whole"]))
        return [Number(sign * value, Fraction(0), at, end)]
    digits = match["digits"].replace(",", "")
    if len(digits) > 40:
        return []
    value, step = Fraction(digits), Fraction(1, 10 ** len(digits.partition(".")[2])) if "." in digits else Fraction(0)
    if match["under"] and int(match["under"]):
        return [Number(sign * value / int(match["under"]), Fraction(0), at, end)]
    if match["power"]:
        scale = _power_of_ten(match["power"])
        value, step = value * scale, (step or Fraction(1)) * scale
    if match["root"]:
        under = int(re.sub(r"\D", "", match["root"]))
        return [Number(_surd(match["sign"], value, under), Fraction(1, 10**9), at, end)]
    after = (match["after"] or "").strip()
    if after in SCALES:
        value, step = value * SCALES[after], (step or Fraction(1)) * SCALES[after]
    found = [Number(sign * value, step, at, end)]
    return [*found, Number(sign * value / 100, step / 100, at, end)] if after in ("%", "percent") else found


def _power_of_ten(text: str) -> Fraction:
    exponent = int(re.findall(r"[-\u2212]?\d+", text.replace("\u2212", "-"))[-1])
    return Fraction(10) ** max(-300, min(300, exponent))


def _surd(sign: str | None, factor: Fraction, under: int) -> Fraction:
    """A multiple of a square root, to 12 decimals."""
    from math import isqrt

    value = factor * Fraction(isqrt(under * 10**24), 10**12)
    return -value if sign else value


def _spelled(text: str) -> list[Number]:
    """Numbers in words."""
    matches = list(re.finditer(r"[a-z]+|-", text))
    words = [match[0] for match in matches]
    found: list[Number] = []
    k = 0
    while k < len(words):
        value, after = in_words(words, k) if words[k] in UNITS else (None, k)
        if value is None:
            k += 1
            continue
        whole = Fraction(value) + (Fraction(1, 2) if words[after : after + 3] == ["and", "a", "half"] else 0)
        negative = k > 0 and words[k - 1] in ("negative", "minus")
        found.append(Number(-whole if negative else whole, Fraction(0), matches[k].start(), matches[after - 1].end()))
        k = after
    return found


def last_ones(text: str, found: list[Number]) -> list[Number]:
    """The numbers that stand where an answer does: after the last ``=``, after ``is`` or ``:``, first and last."""
    text = plain(text[:LONGEST])
    places = [text.rfind("="), *(match.end() for match in _TELLS.finditer(text))]
    after = [next((each for each in found if each.at >= place), None) for place in places if place >= 0]
    begins = [each for each in found[:1] if _alone(text, each)]
    return [each for each in [*after, *begins, *found[-1:]] if each is not None]


def _alone(text: str, number: Number) -> bool:
    """Whether a number begins a text, and no calculation does."""
    return not text[: number.at].strip("$€£ *") and not _CALCULATES.match(text, number.end)


def agree(text: str, truth: Fraction, found: Iterable[Number], place: Fraction | None = None) -> bool:
    """Whether one of the numbers is the truth, as far as its digits and words such as "about" say."""
    rough = bool(_ROUGH.search(text[:LONGEST].lower()))
    return any(_agrees(each, truth, rough, place) for each in found)


def _agrees(number: Number, truth: Fraction, rough: bool, place: Fraction | None) -> bool:
    off = abs(number.value - truth)
    if off == 0 or (number.step and off < number.step):
        return True
    if place is not None:
        return off <= place / 2
    if rough:
        return off <= abs(truth) * ROUGHLY or (truth.denominator != 1 and off < 1)
    return False


def with_remainder(text: str, truth: Fraction, divisor: int | None) -> bool:
    """Whether a reply gives a quotient and a remainder that make up the truth."""
    found = _REMAINDER.search(text[:LONGEST].lower())
    if not found or not divisor:
        return False
    return Fraction(int(found[1])) + Fraction(int(found[2]), divisor) == truth
