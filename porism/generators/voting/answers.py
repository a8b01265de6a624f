r"""When two short answers are the same: numbers as exact rationals, letters of options, yes and no, plain words.

Nothing is evaluated, and nothing is guessed: "1,000.0" is 1000 and "1/2" is 0.5, but "3,14" stays text (is it a list,
or a number as Germans write it?), "10²" is not 102, "two" is not 2, and "5!" is not 5.

>>> normalised("**1,000.0**"), normalised("The answer is (B)."), normalised("Yes, it is."), normalised("the Nile")
('1000', 'b', 'yes', 'nile')
"""

from fractions import Fraction
from unicodedata import decomposition, normalize

import regex

LONGEST = 200  # characters of a short answer
Number = tuple[Fraction, str]  # and its unit, or nothing

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_DECIMAL = rf"[+-]?(?:{_DIGITS}(?:\.[0-9]+)?|\.[0-9]+)"
_RATIO = r"[+-]?[0-9]+ ?/ ?[0-9]+"
_MIXED = r"[+-]?[0-9]+ [0-9]+/[0-9]+"
_NUMBER = regex.compile(rf"(?P<mixed>{_MIXED})|(?P<ratio>{_RATIO})|(?P<decimal>{_DECIMAL})")
_SIGN = r"%|°[cf]?|[€£¥]|(?:km|cm|mm|kg|mg|ml|mph|ms)\b"  # units that follow a number without a space
_WITH_UNIT = regex.compile(rf"(?P<number>{_MIXED}|{_RATIO}|{_DECIMAL})(?: ?(?P<sign>{_SIGN})| (?P<word>\p{{L}}{{2,}}))")
_LED = regex.compile(
    r"(?:(?:so|thus|therefore|hence),? )?(?:the |my )?(?:(?:final|correct|right) )?answer"
    r"(?: is\b| ?[:=])(?: ?:)? ?|#{2,} ?"
)
_LETTER = regex.compile(r"(?:option |choice )?(?:\(([a-z])\)|\[([a-z])\]|([a-z])\)|([a-z]))[.:]?")
_LETTERED = regex.compile(r"(?:option |choice )?(?:\(([a-z])\)|\[([a-z])\]|([a-z])\))[.:]? \S.*")
_YES_NO = regex.compile(r"(yes|no)(?:[.!]?|(?:,|;|:| [-\u2013\u2014]) .*)")
_ARTICLES = frozenset({"a", "an", "the"})
# words behind a number that make another answer of it
NO_UNITS = frozenset(
    {
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "score", "half", "halves", "third", "thirds",
        "quarter", "quarters", "tenths", "hundredths", "am", "pm", "ad", "bc", "ce", "bce", "st", "nd", "rd", "th",
    }
)  # fmt: skip


def normalised(text: str) -> str:
    """The text of an answer as the key of all answers that are the same; never empty where the text is not."""
    if len(text) > LONGEST:
        return " ".join(text.casefold().split())
    plain = _plain(text)
    led = _LED.match(plain)
    plain = plain[led.end() :] if led and led.end() < len(plain) else plain
    if letter := _LETTER.fullmatch(plain) or _LETTERED.fullmatch(plain):
        return str(next(filter(None, letter.groups())))
    if said := _YES_NO.fullmatch(plain):
        return str(said[1])
    bare = _bare(plain)
    if (number := measured(bare)) is not None:
        return " ".join(filter(None, map(str, number)))
    bare = regex.sub(r"(?<=\p{L})-(?=\p{L})", " ", bare)
    return ",".join(map(_words, bare.split(","))).strip(",") or bare or plain or text.strip()


def measured(bare: str) -> Number | None:
    """The number that a text is, with its unit if it has one, or None where it is no number.

    >>> measured("1 1/2"), measured("18 apples"), measured("3 or 4")
    ((Fraction(3, 2), ''), (Fraction(18, 1), 'apples'), None)
    """
    if found := _NUMBER.fullmatch(bare):
        value = _value(found[0])
        return None if value is None else (value, "")
    if (found := _WITH_UNIT.fullmatch(bare)) and (found["word"] or "") not in NO_UNITS:
        value = _value(found["number"])
        return None if value is None else (value, found["sign"] or found["word"])
    return None


def agree(a: str, b: str) -> bool:
    """Whether two answers are the same; of two numbers one may leave out the unit that the other has.

    Units cannot be left out in ``normalised``: 5 km and 5 miles would be the same as 5, and so as each other.

    >>> agree("18 apples", "18"), agree("18 apples", "18 pears"), agree("50%", "0.5")
    (True, False, False)
    """
    if (one := normalised(a)) == (other := normalised(b)):
        return True
    left, right = measured(one), measured(other)
    return left is not None and right is not None and left[0] == right[0] and "" in (left[1], right[1])


def _value(text: str) -> Fraction | None:
    """The exact value of a text that ``_NUMBER`` matches; None where it divides by zero."""
    text = text.replace(",", "").replace(" /", "/").replace("/ ", "/")
    whole, _, part = text.rpartition(" ")
    try:
        if not whole:
            return Fraction(text)
        return Fraction(whole) + Fraction(part) * (-1 if whole.startswith("-") else 1)
    except ZeroDivisionError:
        return None


def _plain(text: str) -> str:
    """The text on one line, case folded, in plain characters, without Markdown and LaTeX around it."""
    text = "".join(map(_character, normalize("NFC", text))).casefold()
    text = regex.sub(r"\\d?frac\{([0-9]+)\}\{([0-9]+)\}", r"\1/\2", text)
    text = regex.sub(r"\\(?:boxed|text|textbf|mathrm)\{([^{}]*)\}", r"\1", text)
    text = regex.sub(r"\\[()\[\]]|\$(?=[+-]?[0-9.])|(?<=^|\s)\$|\$(?=$|[\s.,;:])", "", text)
    text = regex.sub(r"\*\*(.+?)\*\*|`([^`]+)`", lambda found: found[1] or found[2], text)
    text = regex.sub(r" ?per ?cent\b", "%", " ".join(text.split()))
    return regex.sub(r"(?<=[0-9]) (?=%)", "", text)


def _character(c: str) -> str:
    """A character as people type it, raised and lowered ones marked as such."""
    if c.isascii():
        return c
    kind = decomposition(c).partition(" ")[0]
    plain = normalize("NFKC", c)
    if kind in ("<super>", "<sub>"):
        return f"{'^' if kind == '<super>' else '_'}{plain}"
    if kind == "<fraction>":
        plain = f" {plain}"
    plain = plain.translate(_TYPED)
    return str(int(plain)) if plain.isdecimal() and not plain.isascii() else plain


_TYPED = str.maketrans({"\u2044": "/", "\u2212": "-", "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})


def _bare(text: str) -> str:
    """The text without a sentence's end, and without quotes or brackets around the whole of it."""
    before = None
    while text != before:
        before = text
        text = _trimmed(text.strip())
        for opening, closing in ('""', "''", "«»", "()", "[]"):
            inner = text[1:-1]
            if len(text) > 2 and text[0] == opening and text[-1] == closing and not set(inner) & set("\"'«»()[],"):
                text = inner
    return text


def _words(part: str) -> str:
    """The words of a part between commas, without articles if there are others."""
    words = [_trimmed(word) for word in part.split()]
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def _trimmed(word: str) -> str:
    """The word without the punctuation behind it; an exclamation mark behind a digit is a factorial."""
    bare = word.rstrip(".,;:!?。")
    return word if not bare else bare + "!" * (bare[-1].isdigit() and word[len(bare) :].startswith("!"))
