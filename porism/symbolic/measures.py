"""By how much a fact misses in a figure: numbers without a unit, which moving, turning and scaling do not change.

Every equation is divided by the lengths it speaks of. The same code serves complex numbers and the ``mpc`` numbers of
mpmath: it only adds, multiplies, divides and takes absolute values.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from porism.symbolic.loci import cross, dot, square

Number: TypeAlias = Any
"""A real number: float, or mpmath's mpf."""
Point: TypeAlias = Any
"""complex, or mpmath's mpc."""
Turn: TypeAlias = Callable[[int, int], Point]
"""``turn(m, n)`` is the unit number at m / n half turns."""
Equations: TypeAlias = Callable[..., list[Number]]

MARGIN = 1e-6
"""A condition holds only if it would still hold after changes of this relative size."""


class DegenerateError(ValueError):
    """A line through one point, a circle through points of a line: the fact says nothing here."""


def _share(difference: Number, whole: Number) -> Number:
    if not whole:
        raise DegenerateError
    return difference / whole


def _sine(u: Point, v: Point) -> Number:
    return _share(cross(u, v), abs(u) * abs(v))


def _equal(one: Number, two: Number) -> Number:
    """The relative difference of two positive numbers, given their squares."""
    return _share(one - two, one + two)


def farthest(points: Sequence[Point]) -> tuple[int, int]:
    """Two of the points that are far apart: the first and the one farthest from it."""
    return 0, max(range(1, len(points)), key=lambda k: square(points[k] - points[0]))


def spread(points: Sequence[Point]) -> tuple[int, int, int]:
    """Which three of the points make a large triangle; ascending."""
    i, j = farthest(points)
    a, b = points[i], points[j]
    k = max((k for k in range(1, len(points)) if k != j), key=lambda k: abs(cross(b - a, points[k] - a)))
    return i, min(j, k), max(j, k)


def _collinear(*points: Point) -> list[Number]:
    i, j = (0, 1) if len(points) == 3 else farthest(points)
    return [_height(points[i], points[j], p) for p in (*points[:i], *points[i + 1 : j], *points[j + 1 :])]


def _height(a: Point, b: Point, c: Point) -> Number:
    """Twice the area of a triangle, signed, in squares of its longest side."""
    u, v = b - a, c - a
    return _share(cross(u, v), max(square(u), square(v), square(v - u)))


def _concyclic(*points: Point) -> list[Number]:
    base = spread(points)
    if abs(_height(*(points[k] for k in base))) <= 1e-9:
        raise DegenerateError
    i, j, k = (0, 1, 2) if len(points) == 4 else base
    a, b, c = points[i], points[j], points[k]
    others = (*points[:i], *points[i + 1 : j], *points[j + 1 : k], *points[k + 1 :])
    return [_real((a - c) * (b - p) * ((a - p) * (b - c)).conjugate()) for p in others]


def _real(w: Point) -> Number:
    return _share(w.imag, abs(w))


def _midpoint(m: Point, a: Point, b: Point) -> list[Number]:
    miss, size = a + b - 2 * m, abs(a - b)
    return [_share(miss.real, size), _share(miss.imag, size)]


def _centre(o: Point, *points: Point) -> list[Number]:
    radius2 = square(points[0] - o)
    return [_equal(radius2, square(p - o)) for p in points[1:]]


def _equal_angles(a: Point, b: Point, c: Point, d: Point, e: Point, f: Point, g: Point, h: Point) -> list[Number]:
    return [_real((b - a) * (h - g) * ((d - c) * (f - e)).conjugate())]


def _equal_ratios(a: Point, b: Point, c: Point, d: Point, e: Point, f: Point, g: Point, h: Point) -> list[Number]:
    return [_equal(square(b - a) * square(h - g), square(d - c) * square(f - e))]


def _similar(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[Number]:
    one, two = (b - a) * (z - x), (c - a) * (y - x)
    size = abs(one) + abs(two)
    return [_share((one - two).real, size), _share((one - two).imag, size)]


def _mirrored(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[Number]:
    return _similar(a, b, c, x.conjugate(), y.conjugate(), z.conjugate())


def _same_size(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[Number]:
    return [_equal(square(b - a) + square(c - a), square(y - x) + square(z - x))]


def _ratio(a: Point, b: Point, c: Point, d: Point, m: int, n: int) -> list[Number]:
    return [_equal(n * n * square(b - a), m * m * square(d - c))]


def _square_ratio(a: Point, b: Point, c: Point, d: Point, m: int, n: int) -> list[Number]:
    return [_equal(n * square(b - a), m * square(d - c))]


def _equal_sines(a: Point, b: Point, c: Point, d: Point, e: Point, f: Point, g: Point, h: Point) -> list[Number]:
    return [_equal(_sine(b - a, d - c) ** 2, _sine(f - e, h - g) ** 2)]


def _law_of_sines(a: Point, b: Point, c: Point) -> list[Number]:
    if abs(_height(a, b, c)) <= 1e-9:
        raise DegenerateError
    at_a, at_c = _sine(b - a, c - a) ** 2, _sine(a - c, b - c) ** 2
    return [_equal(square(b - a) * at_a, square(c - b) * at_c)]


def _balanced(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[Number]:
    one, two = square(x - b) * square(y - c) * square(z - a), square(c - x) * square(a - y) * square(b - z)
    return [_equal(one, two)]


def _half_central(o: Point, a: Point, b: Point, x: Point) -> list[Number]:
    w = ((b - x) * (a - x).conjugate()) ** 2 * ((a - o) * (b - o).conjugate())
    return [_real(w)] if w.real > 0 else [_share(abs(w), abs(w))]


EQUATIONS: dict[str, Equations] = {
    "coll": _collinear,
    "cyclic": _concyclic,
    "midp": _midpoint,
    "circle": _centre,
    "para": lambda a, b, c, d: [_sine(b - a, d - c)],
    "perp": lambda a, b, c, d: [_share(dot(b - a, d - c), abs(b - a) * abs(d - c))],
    "cong": lambda a, b, c, d: [_equal(square(b - a), square(d - c))],
    "eqangle": _equal_angles,
    "eqratio": _equal_ratios,
    "simtri": _similar,
    "simtri2": _mirrored,
    "contri": lambda *p: _similar(*p) + _same_size(*p),
    "contri2": lambda *p: _mirrored(*p) + _same_size(*p),
    "rconst": _ratio,
    "aconst": lambda a, b, c, d, unit: [_real((d - c) * ((b - a) * unit).conjugate())],
    "central": _half_central,
    "sqconst": _square_ratio,
    "eqsine": _equal_sines,
    "sines": _law_of_sines,
    "product": _balanced,
}
"""For every predicate that is no condition: signed numbers, all 0 exactly where it holds. ``aconst`` takes the unit
number at its angle, ``rconst`` and ``sqconst`` their two numbers."""


def _between(b: Point, a: Point, c: Point) -> Number:
    """How far b is inside segment ac (negative: outside), in lengths of the longer part."""
    return _share(-dot(a - b, c - b), max(square(a - b), square(c - b)))


def _agree(one: Number, two: Number) -> Number:
    """Positive if both have one sign, and as large as the smaller."""
    smaller = min(abs(one), abs(two))
    return smaller if (one > 0) == (two > 0) else -smaller


def _lies_between(b: Point, a: Point, c: Point) -> Number:
    return _between(b, a, c) if abs(_height(a, b, c)) <= 1e-9 else -1


CONDITIONS: dict[str, Callable[..., Number]] = {
    "ncoll": lambda a, b, c: abs(_height(a, b, c)),
    "npara": lambda a, b, c, d: abs(_sine(b - a, d - c)),
    "nperp": lambda a, b, c, d: abs(_share(dot(b - a, d - c), abs(b - a) * abs(d - c))),
    "between": _lies_between,
    "sameclock": lambda a, b, c, x, y, z: _agree(_height(a, b, c), _height(x, y, z)),
    "sameorder": lambda a, b, c, x, y, z: _agree(_between(b, a, c), _between(y, x, z)),
    "longer": lambda a, b, c, d: _equal(square(b - a), square(d - c)),
}
"""For every condition but ``diff``: it holds if this number is above the margin."""
