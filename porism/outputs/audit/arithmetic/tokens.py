"""A text as numbers, signs and known words. Anything else makes it no arithmetic."""

import re
from dataclasses import dataclass
from fractions import Fraction

DIGITS = 15  # of a number, at most
TOKENS = 60  # of a text, at most

SIGNS = {
    **dict.fromkeys("\u00d7·\u22c5\u2217\u2219", "*"),
    **dict.fromkeys("÷\u2215\u2044", "/"),
    **dict.fromkeys("\u2212\u2013\u2014", "-"),
    **dict.fromkeys("[{", "("),
    **dict.fromkeys("]}", ")"),
    "**": "^",
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_VULGAR = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]*\d)|\d+(?:\.\d+)?|\.\d+)(?!\d)|(?P<word>[a-z]+)|"
    r"(?P<sign>\*\*|[-+*/^()\[\]{}!%√=?:.,$€£\u00d7·⋅\u2217∙÷\u2215\u2044\u2212\u2013—]))"
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: k for k, word in enumerate(_SMALL.split())}
UNITS |= {word: 10 * k for k, word in enumerate(_TENS.split(), 2)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, slots=True)
class Token:
    """A number (``value``), or a sign or word (``text``)."""

    text: str
    value: Fraction | None = None


def cut(text: str) -> list[Token] | None:
    """The tokens of a text; None where there is anything but numbers, signs and words in ASCII, or too much.

    >>> [token.text for token in cut("What is 4 x (2,000 - 1.5)²?")]
    ['what', 'is', '4', 'x', '(', '2,000', '-', '1.5', ')', '^', '2', '?']
    """
    text = plain(text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or len(found) > TOKENS:
            return None
        at = match.end()
        if match["number"]:
            if len(match["number"]) > DIGITS:
                return None
            found.append(Token(match["number"], Fraction(match["number"].replace(",", ""))))
        else:
            sign = match["word"] or match["sign"]
            found.append(Token(SIGNS.get(sign, sign)))
    return _scaled(_counted(found))


def plain(text: str) -> str:
    """The text in lower case with raised digits after ``^`` and fractions of one character written out."""
    text = text.strip().lower()
    if text.isascii():
        return text
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: f"^{raised[0].translate(_RAISED)}", text)
    return re.sub("[½⅓⅔¼¾⅕⅛⅜⅝⅞]", lambda one: f" {_VULGAR[one[0]]}", text).strip()


def _counted(tokens: list[Token]) -> list[Token]:
    """Numbers in words as numbers: ``twenty``, ``-``, ``five`` is 25."""
    found: list[Token] = []
    k = 0
    while k < len(tokens):
        value, after = in_words([token.text for token in tokens], k)
        if value is None:
            found.append(tokens[k])
            k += 1
        else:
            found.append(Token(str(value), Fraction(value)))
            k = after
    return found


def in_words(words: list[str], at: int) -> tuple[int | None, int]:
    """The number that words spell from a place on, and the place after it.

    >>> in_words("two hundred and five apples".split(), 0)
    (205, 4)
    >>> in_words("apples".split(), 0)
    (None, 0)
    """
    total = part = 0
    start, last = at, 10**15  # the value of the word before: after 20 comes 1 to 9, after 5 comes no number
    while at < len(words):
        word = words[at]
        if word in UNITS and (part == 0 or part % 100 == 0 or (last in range(20, 91, 10) and 0 < UNITS[word] < 10)):
            if part and last < 20:
                break
            part, last = part + UNITS[word], UNITS[word]
        elif word == "hundred" and 0 < part < 10:
            part, last = 100 * part, 100
        elif word in SCALES and SCALES[word] > 100 and part and last != SCALES[word]:
            total, part, last = total + part * SCALES[word], 0, SCALES[word]
        elif not _joins(words, at, start, last):
            break
        at += 1
    return (total + part, at) if at > start else (None, start)


def _joins(words: list[str], at: int, start: int, last: int) -> bool:
    """Whether a word stands between two parts of one number: ``hundred and five``, ``twenty - five``."""
    if at == start or at + 1 >= len(words) or words[at + 1] not in UNITS:
        return False
    if words[at] == "and":
        return last >= 100
    return words[at] == "-" and last in range(20, 91, 10) and 0 < UNITS[words[at + 1]] < 10


def _scaled(tokens: list[Token]) -> list[Token]:
    """``1.5 million`` as one number."""
    found: list[Token] = []
    for token in tokens:
        scale = SCALES.get(token.text)
        if scale and found and (value := found[-1].value) is not None:
            found[-1] = Token(f"{found[-1].text} {token.text}", value * scale)
        else:
            found.append(token)
    return found
