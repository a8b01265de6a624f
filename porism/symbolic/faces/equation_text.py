"""Equations as text and back, in the one way that each of them is written: ``-2 a@3 + a.b = 1/2``.

Of two points, ``a.b`` is the line or the segment; ``a@3`` is the point a on the circle of fact 3, and ``a.b^c.d`` the
sine of the angle between two lines.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

from porism.errors import InputError
from porism.symbolic.proof import Equation, Unknown

_PAIR = r"[A-Za-z][A-Za-z0-9_']*\.[A-Za-z][A-Za-z0-9_']*"
_UNKNOWN = re.compile(rf"{_PAIR}(\^{_PAIR})?|[A-Za-z][A-Za-z0-9_']*@(0|[1-9][0-9]{{0,8}})", re.ASCII)
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:/[1-9][0-9]{0,99})?", re.ASCII)


def equation_text(equation: Equation) -> str:
    """An equation as one line of text, the inverse of :func:`read_equation`.

    >>> half = Fraction(1, 2)
    >>> equation_text(Equation(((("a", "@", "3"), Fraction(-2)), (("a", "b"), Fraction(1))), half))
    '-2 a@3 + a.b = 1/2'
    """
    text = " ".join(_term_text(unknown, c) for unknown, c in equation.unknowns) or "+ 0"
    return f"{text.removeprefix('+ ') if text[0] == '+' else '-' + text[2:]} = {equation.constant}"


def _term_text(unknown: Unknown, coefficient: Fraction) -> str:
    size, sign = (coefficient, "+") if coefficient.numerator > 0 else (-coefficient, "-")
    return f"{sign} {_name(unknown)}" if size == 1 else f"{sign} {size} {_name(unknown)}"


@lru_cache(maxsize=1 << 14)
def _name(unknown: Unknown) -> str:
    return re.sub(r"\.([@^])\.", r"\1", ".".join(unknown))


def read_equation(text: str) -> Equation:
    """The equation that a line of text says.

    Raises:
        InputError: it says none, or not in the one way that :func:`equation_text` has.

    >>> read_equation("1/2 a.b - c.d = 0").constant
    Fraction(0, 1)
    """
    left, equals, right = text.partition(" = ")
    words = left.split(" ")
    if words[0].startswith("-"):
        words[:1] = ["-", words[0][1:]]
    elif left == "0":
        words = []
    else:
        words[:0] = ["+"]
    unknowns: list[tuple[Unknown, Fraction]] = []
    try:
        while words:
            sign = {"+": 1, "-": -1}[words.pop(0)]
            size = Fraction(1) if _UNKNOWN.fullmatch(words[0]) else read_fraction(words.pop(0))
            unknowns.append((_read_unknown(words.pop(0)), sign * size))
        equation = Equation(tuple(unknowns), read_fraction(right))
    except (KeyError, IndexError, InputError):
        raise InputError(f"an equation is written like '2 a.b - c.d + a@3 = 1/2', got {short(text)}") from None
    names = [unknown for unknown, _ in unknowns]
    if names != sorted(set(names)) or not all(c for _, c in unknowns) or not equals or equation_text(equation) != text:
        raise InputError(
            f"an equation has sorted unknowns, each once, and fractions in lowest terms, got {short(text)}"
        )
    return equation


def _read_unknown(text: str) -> Unknown:
    unknown = tuple(part for part in re.split(r"\.|([@^])", text) if part)
    pairs = [unknown[:2], unknown[3:]] if "^" in unknown else [unknown] if "@" not in unknown else []
    if not _UNKNOWN.fullmatch(text) or any(a >= b for a, b in pairs) or pairs != sorted(set(pairs)):
        raise InputError(
            "an unknown is two sorted points, 'a.b', a point on the circle of a fact, 'a@3', or the sine of two "
            f"sorted lines, 'a.b^c.d', got {short(text)}"
        )
    return unknown


def read_fraction(text: Any) -> Fraction:
    """The fraction that a text says, in lowest terms.

    Raises:
        InputError: it says none, or in another way.
    """
    if not isinstance(text, str) or not _FRACTION.fullmatch(text) or str(Fraction(text)) != text:
        raise InputError(f"a coefficient is a fraction in lowest terms such as '-1/2', got {short(text)}")
    return Fraction(text)


def short(data: Any) -> str:
    """Anything as a few printable letters, whatever its size, as messages quote it."""
    if isinstance(data, dict):
        return "a dictionary"
    if isinstance(data, list):
        return f"[{', '.join(map(short, data))}]" if len(data) <= 8 and not _nested(data) else "a list"
    if isinstance(data, int) and not -(10**18) < data < 10**18:
        return "a number of more than 18 digits"
    text = ascii(data[:80] if isinstance(data, str) else data)
    return text if len(text) <= 60 else text[:57] + "..."


def _nested(data: list[Any]) -> bool:
    return any(isinstance(one, (dict, list)) for one in data)
