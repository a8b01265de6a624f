"""Equations between angles, sines or lengths, as formulas."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations

from porism.symbolic.faces.words import Notation
from porism.symbolic.proof import Unknown

Number = Fraction | int
"""Whole numbers may be ``int``, which is much faster."""

Sum = dict[Unknown, Number]
"""Coefficients of unknowns, none of them 0."""

Turn = tuple[Unknown, Unknown]
"""Two lines, for the angle from the first to the second; or two lengths, for their quotient."""


def line(points: Iterable[str]) -> Unknown:
    """The line or the segment of two points."""
    return tuple(sorted(points))


def added(terms: Iterable[tuple[Unknown, Number]]) -> Sum:
    """Terms with like unknowns together, without those that cancel."""
    total: Sum = {}
    for unknown, coefficient in terms:
        total[unknown] = total.get(unknown, 0) + coefficient
    return {unknown: c for unknown, c in total.items() if c}


def by_sign(terms: Sum) -> tuple[list[Unknown], list[Unknown]]:
    """The unknowns of an equation with whole coefficients, each as often as it occurs: those added, those subtracted.

    >>> by_sign({("a", "b"): Fraction(2), ("c", "d"): Fraction(-1)})
    ([('a', 'b'), ('a', 'b')], [('c', 'd')])
    """
    ordered = sorted(terms.items())
    return [x for x, c in ordered for _ in range(int(c))], [x for x, c in ordered for _ in range(-int(c))]


def formula(system: str, terms: Sum, constant: Number, notation: Notation) -> str:
    """An equation between angles, products or sums of lengths; empty if it is none that reads well.

    Args:
        system: of the unknowns, as :class:`porism.symbolic.proof.Algebra` names them.
        terms: whole coefficients of lines, segments or sines.
        constant: as :class:`porism.symbolic.proof.Equation` has it.
        notation: how it is written.

    >>> from porism.symbolic.faces.words import plain
    >>> terms = {("a", "b"): Fraction(1), ("b", "c"): Fraction(1), ("a", "c"): Fraction(-1)}
    >>> print(formula("length", terms, Fraction(0), plain("abc")))
    AB + BC = AC
    """
    if not terms or any(c.denominator > 1 for c in terms.values()) or sum(abs(int(c)) for c in terms.values()) > 10:
        return ""
    if system == "direction":
        return _angles(terms, constant % 1, notation)
    if system == "log":
        return _products(terms, constant, notation)
    return _lengths(terms, notation.square if system == "square" else "", notation)


def _angles(terms: Sum, constant: Number, n: Notation) -> str:
    plus, minus = by_sign(terms)
    if len(plus) != len(minus) or (len(plus) == 1 and constant == 0):
        return ""
    pairs = [list(zip(order, plus, strict=True)) for order in dict.fromkeys(permutations(minus))]
    best = max(pairs, key=lambda turns: (sum(_meet(x, y) for x, y in turns), len(turns) - len(set(turns))))
    return min(_equal_angles(best, constant, n), _equal_angles([(y, x) for x, y in best], -constant % 1, n))


def _equal_angles(turns: list[Turn], constant: Number, n: Notation) -> str:
    """Angles from one line to another that add up to a constant: the first on the left, the others turned around."""
    first, *others = sorted((turns.count(turn), turn) for turn in set(turns))
    right = [_times(count, turned(y, x, n)) for count, (x, y) in others]
    if constant or not right:
        right.append(n.degrees(constant))
    return f"{_times(first[0], turned(*first[1], n))} = {' + '.join(right)}"


def _times(count: int, text: str) -> str:
    return text if count == 1 else f"{count} {text}"


def turned(x: Unknown, y: Unknown, notation: Notation) -> str:
    """The angle from line x to line y."""
    return notation.angle + _legs(x, y, notation)


def sine(x: Unknown, y: Unknown, notation: Notation) -> str:
    """The sine of the angle between lines x and y.

    >>> from porism.symbolic.faces.words import plain
    >>> sine(("a", "b"), ("b", "c"), plain("abc"))
    'sin ABC'
    """
    return notation.sine + _legs(x, y, notation)


def _legs(x: Unknown, y: Unknown, n: Notation) -> str:
    (a, b), (c, d) = x, y
    if (a in y) == (b in y):  # no common point, or both
        return f"({n.joined(x)}, {n.joined(y)})"
    one, vertex = (b, a) if a in y else (a, b)
    return n.joined((one, vertex, d if vertex == c else c))


def _meet(x: Unknown, y: Unknown) -> bool:
    """Whether two lines or lengths have a point in common."""
    return not {*x}.isdisjoint(y)


def named(unknown: Unknown, notation: Notation) -> str:
    """What an unknown among logarithms is the logarithm of: a length, or the sine of an angle between two lines."""
    if "^" in unknown:
        return sine(unknown[:2], unknown[3:], notation)
    return notation.joined(unknown)


def quotient(x: Unknown, y: Unknown, notation: Notation) -> str:
    """The quotient of two lengths or sines."""
    return f"{named(x, notation)} : {named(y, notation)}"


def _products(terms: Sum, constant: Number, n: Notation) -> str:
    plus, minus = by_sign(terms)
    if not plus or not minus:
        return ""
    if len(plus) == len(minus) == 2 and constant == 1 and len({*plus}) == len({*minus}):
        one, other = max(permutations(minus), key=lambda order: _meet(plus[0], order[0]))
        return f"{quotient(plus[0], one, n)} = {quotient(other, plus[1], n)}"
    if constant < 1:
        plus, minus, constant = minus, plus, Fraction(1) / constant
    if len({*minus}) < len({*plus}) and constant == 1:
        plus, minus = minus, plus
    return f"{_product(plus, constant.denominator, n)} = {_product(minus, constant.numerator, n)}"


def _product(factors: Sequence[Unknown], number: int, n: Notation) -> str:
    if any(factors.count(one) > 2 or (factors.count(one) == 2 and "^" in one) for one in factors):
        return _times(number, n.times.join(named(one, n) for one in factors))
    squares = {one: n.square if factors.count(one) == 2 else "" for one in factors}
    return _times(number, n.times.join(named(one, n) + square for one, square in squares.items()))


def _lengths(terms: Sum, power: str, n: Notation) -> str:
    sides = [
        " + ".join(_times(abs(int(c)), n.joined(one) + power) for one, c in sorted(terms.items()) if c * sign > 0)
        for sign in (1, -1)
    ]
    return " = ".join(side or "0" for side in sides)
