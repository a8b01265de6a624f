"""Which sums of unknowns a fact says are constant, in each of the four systems, as numbers.

An unknown is the number of a pair of points: the direction of its line, the logarithm of its length, the length, or
its square.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from porism.symbolic.facts import Fact
from porism.symbolic.proof import System, Unknown

SYSTEMS: tuple[System, ...] = ("direction", "log", "length", "square")
DIRECTION, LOG, LENGTH, SQUARE = range(4)

Sum: TypeAlias = tuple[tuple[int, int], ...]  # (unknown, coefficient)


def pair(i: int, j: int, n: int) -> int:
    """The number of the pair i, j among n points.

    >>> [pair(i, j, 4) for i, j in [(0, 1), (0, 3), (2, 1), (3, 2)]]
    [0, 2, 3, 5]
    """
    if j < i:
        i, j = j, i
    return i * (2 * n - i - 1) // 2 + j - i - 1


def sums(fact: Fact, number: Mapping[str, int]) -> Iterator[tuple[int, Sum]]:
    """The sums that ``fact`` says are constant, each with its system. A circle has more to say about directions."""
    n = len(number)
    p = [number[point] for point in fact.points]

    def xy(i: int, j: int) -> int:
        return pair(p[i], p[j], n)

    match fact.name:
        case "para" | "perp":
            yield DIRECTION, ((xy(0, 1), 1), (xy(2, 3), -1))
        case "aconst":
            yield DIRECTION, ((xy(2, 3), 1), (xy(0, 1), -1))
        case "eqangle":
            yield DIRECTION, _four(xy(0, 1), xy(2, 3), xy(4, 5), xy(6, 7))
        case "central":  # o a b x: ab - oa = xb - xa + 1/2
            yield DIRECTION, _four(xy(1, 2), xy(0, 1), xy(3, 2), xy(3, 1))
        case "coll":
            yield from ((DIRECTION, ((xy(0, 1), 1), (xy(i, j), -1))) for j in range(2, len(p)) for i in (0, 1))
        case "cong" | "rconst":
            yield from _ratio(xy(0, 1), xy(2, 3), *(map(int, fact.args[4:]) if fact.name == "rconst" else (1, 1)))
        case "sqconst":
            one, two = map(int, fact.args[4:])
            yield LOG, ((xy(0, 1), 2), (xy(2, 3), -2))
            yield SQUARE, ((xy(0, 1), two), (xy(2, 3), -one))
        case "eqratio":
            yield LOG, _four(xy(0, 1), xy(2, 3), xy(4, 5), xy(6, 7))
        case "product":  # a b c x y z: bx cy az = xc ya zb
            above, below = ((1, 3), (2, 4), (0, 5)), ((3, 2), (4, 0), (5, 1))
            yield LOG, (*((xy(i, j), 1) for i, j in above), *((xy(i, j), -1) for i, j in below))
        case "midp":
            yield DIRECTION, ((xy(0, 1), 1), (xy(0, 2), -1))
            yield DIRECTION, ((xy(0, 1), 1), (xy(1, 2), -1))
            yield from _ratio(xy(0, 1), xy(0, 2), 1, 1)
            yield from _ratio(xy(1, 2), xy(0, 1), 2, 1)
        case "circle":
            for i in range(2, len(p)):
                yield from _ratio(xy(0, 1), xy(0, i), 1, 1)
        case "simtri" | "simtri2" | "contri" | "contri2":
            sign = -1 if fact.name.endswith("2") else 1
            for i, j, k in ((0, 1, 2), (1, 2, 0)):
                a, b, x, y = xy(i, j), xy(j, k), xy(i + 3, j + 3), xy(j + 3, k + 3)
                yield DIRECTION, ((a, 1), (b, -1), (x, -sign), (y, sign))
                yield LOG, _four(a, b, x, y)
            if fact.name.startswith("contri"):
                for i, j in combinations(range(3), 2):
                    yield from _ratio(xy(i, j), xy(i + 3, j + 3), 1, 1)


def _four(a: int, b: int, c: int, d: int) -> Sum:
    return ((a, 1), (b, -1), (c, -1), (d, 1))


def _ratio(x: int, y: int, m: int, n: int) -> Iterator[tuple[int, Sum]]:
    """X is m / n times y."""
    yield LOG, ((x, 1), (y, -1))
    yield LENGTH, ((x, n), (y, -m))
    yield SQUARE, ((x, n * n), (y, -m * m))


def pythagoras(perp: Fact, number: Mapping[str, int]) -> Sum:
    """ac^2 + bd^2 - ad^2 - bc^2, which is 0 exactly if ab and cd are perpendicular.

    A fact's points are in an order of its own, and to turn one of its lines around changes the sign of the sum. So this
    is read off the fact, as the checker does, and not off the points of the event that told it.
    """
    n, (a, b, c, d) = len(number), (number[point] for point in perp.points)
    sides = ((a, c, 1), (b, d, 1), (a, d, -1), (b, c, -1))
    return tuple((pair(p, q, n), sign) for p, q, sign in sides if p != q)


def collected(one: Sum) -> dict[int, int]:
    """A sum with like unknowns added up."""
    total: dict[int, int] = {}
    for x, c in one:
        total[x] = total.get(x, 0) + c
    return total


SQUARES_OF_SINES: dict[tuple[str, ...], Fraction] = {
    ("1", "4"): Fraction(1, 2),
    ("3", "4"): Fraction(1, 2),
    ("1", "3"): Fraction(3, 4),
    ("2", "3"): Fraction(3, 4),
}


def squared(need: Fact) -> bool:
    """Whether ``need`` tells the logarithm of a square rather than of a length or sine."""
    return need.name == "sqconst" or (need.name == "aconst" and need.args[4:] in SQUARES_OF_SINES)


def constant(need: Fact, system: int, unknowns: Mapping[Unknown, int]) -> Fraction:
    """The constant of an equation that ``need`` stands for, as :class:`Equation` writes it."""
    if system == DIRECTION:
        if need.name in ("perp", "central"):
            return Fraction(1, 2)
        if need.name == "circle":
            return Fraction(1, 2) if len(unknowns) == 2 else Fraction(0)
        if need.name == "aconst":  # cd - ab = m / n
            a, b, *_, m, n = need.args
            sign = -1 if unknowns[tuple(sorted((a, b)))] > 0 else 1
            return sign * Fraction(int(m), int(n)) % 1
        return Fraction(0)
    if system != LOG:
        return Fraction(0)
    if need.name in ("rconst", "sqconst"):
        a, b, *_, m, n = need.args
        ratio = Fraction(int(m), int(n))
        return ratio if unknowns[tuple(sorted((a, b)))] > 0 else 1 / ratio
    if need.name == "aconst":
        return SQUARES_OF_SINES[need.args[4:]] if squared(need) else Fraction(1, 2)
    if need.name == "midp":
        whole = tuple(sorted(need.args[1:]))
        return Fraction(2) ** unknowns.get(whole, 0)
    return Fraction(1)
