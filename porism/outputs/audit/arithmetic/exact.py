"""The value of a tree, exactly: rationals, and roots as sympy has them."""

from fractions import Fraction
from typing import Any

from porism.outputs.audit.arithmetic.expression import Tree

EXPONENT = 64  # the largest, in size
BITS = 2_000  # of a number's numerator or denominator, at most
FACTORIAL = 30


class UndefinedError(ValueError):
    """A calculation without a value, or with one that is too large."""


def value(tree: Tree) -> Any:
    """The exact value as a number of sympy.

    Raises:
        UndefinedError: division by zero, an even root of a negative number, a power that is too large.

    >>> from porism.outputs.audit.arithmetic.expression import Operation
    >>> value(Operation("root", (Fraction(50), Fraction(2))))
    5*sqrt(2)
    """
    from sympy import Rational

    if isinstance(tree, Fraction):
        return Rational(tree.numerator, tree.denominator)
    parts = [value(part) for part in tree.parts]
    found = _applied(tree.sign, *parts)
    if found.is_Rational and max(int(found.p).bit_length(), int(found.q).bit_length()) > BITS:
        raise UndefinedError("too large")
    return found


def _applied(sign: str, a: Any, b: Any = None) -> Any:
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/" | "fraction":
            if b == 0:
                raise UndefinedError("division by zero")
            return a / b
        case "^":
            return _power(a, b)
        case "!":
            return _factorial(a)
        case "negative":
            return -a
    return _root(a, b)


def _power(a: Any, b: Any) -> Any:
    if not b.is_Rational or abs(b) > EXPONENT or (a == 0 and b <= 0) or (a < 0 and not b.is_Integer):
        raise UndefinedError("no power")
    return a**b


def _factorial(a: Any) -> Any:
    from sympy import factorial

    if not a.is_Integer or not 0 <= a <= FACTORIAL:
        raise UndefinedError("no factorial")
    return factorial(a)


def _root(a: Any, degree: Any) -> Any:
    from sympy import root

    if a < 0:
        if degree % 2 == 0:
            raise UndefinedError("an even root of a negative number")
        return -root(-a, degree)
    return root(a, degree)


def near(number: Any) -> Fraction:
    """The value as a fraction: itself where it is rational, else to 40 digits."""
    from sympy import N

    if number.is_Rational:
        return Fraction(int(number.p), int(number.q))
    return Fraction(str(N(number, 40)))
