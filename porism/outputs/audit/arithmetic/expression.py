"""The grammar of calculations: tokens in, a tree out, or None where it could be read in two ways.

sum     = product { ("+" | "-") product }
product = power { ("*" | "/") power }
power   = atom [ "^" power-free exponent | "squared" | "cubed" ]
atom    = number | mixed number | "-" atom | "(" sum ")" | atom "!" | "√" atom | share "of" atom
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from porism.outputs.audit.arithmetic.tokens import Token

DEPTH = 12  # of brackets


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and what it is applied to.

    Attributes:
        sign: one of ``+ - * / ^ ! negative root fraction``; ``fraction`` divides as ``/`` does.
        parts: one or two; of ``root`` the number under it and the degree.
    """

    sign: str
    parts: tuple["Tree", ...]


Tree: TypeAlias = Fraction | Operation

PHRASES: dict[tuple[str, ...], str] = {
    ("raised", "to", "the", "power", "of"): "^",
    ("to", "the", "power", "of"): "^",
    ("the", "square", "root", "of"): "root2",
    ("square", "root", "of"): "root2",
    ("the", "cube", "root", "of"): "root3",
    ("cube", "root", "of"): "root3",
    ("the", "square", "of"): "square",
    ("square", "of"): "square",
    ("the", "cube", "of"): "cube",
    ("cube", "of"): "cube",
    ("the", "factorial", "of"): "factorial",
    ("factorial", "of"): "factorial",
    ("multiplied", "by"): "*",
    ("divided", "by"): "/",
    ("added", "to"): "+",
    ("%", "of"): "percent",
    ("percent", "of"): "percent",
    ("per", "cent", "of"): "percent",
    ("one", "half", "of"): "half",
    ("half", "of"): "half",
    ("sqrt",): "√",
    ("plus",): "+",
    ("minus",): "-",
    ("times",): "*",
    ("x",): "*",
    ("over",): "/",
    ("factorial",): "!",
}
_LOOSE = ("root2", "root3", "square", "cube", "factorial", "percent", "half", "of")  # how far these reach is not said


def read(tokens: Sequence[Token]) -> Tree | None:
    """The tree of a calculation; None where the tokens are none, or have no one meaning.

    >>> from porism.outputs.audit.arithmetic.tokens import cut
    >>> read(cut("2 + 3"))
    Operation(sign='+', parts=(Fraction(2, 1), Fraction(3, 1)))
    >>> read(cut("6/2(1+2)"))
    """
    signs = _named(tokens)
    parser = _Parser(signs)
    try:
        tree = parser.sum(0)
    except _NoSenseError:
        return None
    if parser.left or (parser.loose and parser.binary > 0) or (parser.implicit and parser.divides):
        return None
    return tree


def _named(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with phrases as one sign each."""
    found: list[Token] = []
    k = 0
    while k < len(tokens):
        for size in range(min(5, len(tokens) - k), 0, -1):
            sign = PHRASES.get(tuple(token.text for token in tokens[k : k + size]))
            if sign:
                found.append(Token(sign))
                k += size
                break
        else:
            found.append(tokens[k])
            k += 1
    return found


class _NoSenseError(Exception):
    pass


class _Parser:
    """Recursive descent over tokens, which remembers what could make the reading doubtful."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at = tokens, 0
        self.loose = self.implicit = self.divides = False
        self.binary = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._tokens)

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self.left else None

    def _text(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].text if at < len(self._tokens) else ""

    def _take(self, *texts: str) -> str:
        if self.left and self._text() in texts and self._tokens[self._at].value is None:
            self._at += 1
            return self._tokens[self._at - 1].text
        return ""

    def sum(self, depth: int) -> Tree:
        if depth > DEPTH:
            raise _NoSenseError
        tree = self.product(depth)
        while sign := self._take("+", "-"):
            self.binary += 1
            tree = Operation(sign, (tree, self.product(depth)))
        return tree

    def product(self, depth: int) -> Tree:
        tree = self.power(depth)
        while True:
            if sign := self._take("*", "/"):
                self.binary += 1
                self.divides |= sign == "/"
                tree = Operation(sign, (tree, self.power(depth)))
            elif self._text() == "(":
                self.implicit = True
                tree = Operation("*", (tree, self.power(depth)))
            else:
                return tree

    def power(self, depth: int) -> Tree:
        negative = self._text() == "-"
        tree = self.atom(depth)
        sign = self._take("^", "squared", "cubed")
        if not sign:
            return tree
        if negative:
            raise _NoSenseError  # -3^2 is -9 to some and 9 to others
        exponent = self.atom(depth) if sign == "^" else Fraction(2 if sign == "squared" else 3)
        if self._text() in ("^", "squared", "cubed"):
            raise _NoSenseError
        return Operation("^", (tree, exponent))

    def atom(self, depth: int) -> Tree:
        if depth > DEPTH:
            raise _NoSenseError
        number = self._number()
        tree = self._prefix(depth) if number is None else number
        if self._take("!"):
            return Operation("!", (tree,))
        if self._take("percent"):
            self.loose = True
            return Operation("*", (Operation("/", (tree, Fraction(100))), self.atom(depth + 1)))
        if self._text() == "of" and isinstance(tree, Operation) and tree.sign == "fraction":
            self._at += 1
            self.loose = True
            return Operation("*", (tree, self.atom(depth + 1)))
        return tree

    def _number(self) -> Tree | None:
        token = self._next()
        if self._take("$", "€", "£"):
            token = self._next()
            if token is None or token.value is None:
                raise _NoSenseError
        if token is None or token.value is None:
            return None
        self._at += 1
        return self._fraction(token.value)

    def _fraction(self, first: Fraction) -> Tree:
        """A mixed number such as ``2 1/2``, a fraction before ``of``, or the number itself."""
        whole = first.denominator == 1
        if whole and self._is_fraction(0):
            top, bottom = self._tokens[self._at].value, self._tokens[self._at + 2].value
            assert top is not None and bottom is not None  # noqa: PT018
            if top >= bottom:
                raise _NoSenseError
            self._at += 3
            return first + top / bottom
        if whole and self._text() == "/" and self._text(2) == "of":
            bottom = self._tokens[self._at + 1].value
            if not bottom:
                raise _NoSenseError
            self._at += 2
            return Operation("fraction", (first, bottom))
        return first

    def _is_fraction(self, ahead: int) -> bool:
        numbers = [
            self._tokens[self._at + ahead + k].value if self._at + ahead + k < len(self._tokens) else None
            for k in (0, 2)
        ]
        return self._text(ahead + 1) == "/" and all(value and value.denominator == 1 for value in numbers)

    def _prefix(self, depth: int) -> Tree:
        if self._take("-"):
            return Operation("negative", (self.atom(depth + 1),))
        if self._take("("):
            tree = self.sum(depth + 1)
            if not self._take(")"):
                raise _NoSenseError
            return tree
        if self._take("√"):
            return Operation("root", (self.atom(depth + 1), Fraction(2)))
        sign = self._take(*_LOOSE)
        if not sign or sign in ("percent", "of"):
            raise _NoSenseError
        self.loose = True
        under = self.atom(depth + 1)
        match sign:
            case "half":
                return Operation("/", (under, Fraction(2)))
            case "factorial":
                return Operation("!", (under,))
            case "square" | "cube":
                return Operation("^", (under, Fraction(2 if sign == "square" else 3)))
        return Operation("root", (under, Fraction(2 if sign == "root2" else 3)))
