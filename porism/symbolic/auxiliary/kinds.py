"""The kinds of auxiliary points: how each is written, which points it starts from, and where it lies.

Every kind is one clause of the problem language that determines its point: one construction, or two loci that meet in
one point or in one other point than the one that both are drawn through. Places are computed for many choices of
points at a time: letters stand for complex arrays (drawings, choices).

References: the constructions of [Trinh2024] and, among them, those that proofs of olympiad problems use most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from porism.symbolic.facts import Fact
from porism.symbolic.problem import Construction, Problem
from porism.symbolic.sums import pair, sums

Points: TypeAlias = NDArray[np.complex128]
Numbers: TypeAlias = NDArray[np.float64]
Place: TypeAlias = Callable[..., Points]

MOST = 6  # points that a kind starts from
X = -1  # stands for the new point
FLAT = 1e-6  # a sine, or a distance of centres, below which two lines, or two circles, are one


@dataclass(frozen=True)
class Kind:
    """One kind of auxiliary point.

    Attributes:
        name: of its construction, or of both with a plus sign.
        text: the clause, with the letters a, b, c, ... for the points that it starts from and x for the new one.
        among: which points it can start from: a key of :data:`.choices.CHOICES`.
        place: where it is.
    """

    text: str
    among: str
    place: Place

    @property
    def name(self) -> str:
        """Its constructions, joined by a plus sign."""
        return "+".join(part.split()[0] for part in self.text.split(", "))

    @property
    def letters(self) -> str:
        """Of the points that it starts from, in order."""
        return "".join(sorted(set(self.text.replace(",", "").split()) & set("abcdef")))

    def clause(self, new: str, points: list[str]) -> str:
        """The clause for a new point and the points that it starts from.

        >>> KINDS[0].clause("m", ["p", "q"])
        'm = midpoint m p q'
        """
        names = {"x": new, **dict(zip(self.letters, points, strict=True))}
        return f"{new} = " + ", ".join(
            " ".join([name, *(names[letter] for letter in letters)])
            for name, *letters in (part.split() for part in self.text.split(", "))
        )

    @cached_property
    def equations(self) -> tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]:
        """What is assumed, in sums: each the system and its unknowns as two letters' numbers and a coefficient."""
        number, back = self._numbers
        rows = [(k, row) for fact in self._facts for k, row in sums(fact, number)]
        return tuple((k, tuple((*back[x], c) for x, c in row)) for k, row in rows)

    @cached_property
    def circles(self) -> tuple[tuple[int | None, tuple[int, ...]], ...]:
        """What is assumed of circles: each the centre, if it is named, and points, as letters' numbers."""
        number, _ = self._numbers
        found: list[tuple[int | None, tuple[int, ...]]] = []
        for fact in self._facts:
            points = tuple(self._letter(number[p]) for p in fact.points)
            if fact.name == "cyclic":
                found.append((None, points))
            elif fact.name == "circle":
                found.append((points[0], points[1:]))
        return tuple(found)

    @cached_property
    def corners(self) -> tuple[tuple[int, ...], ...]:
        """Three letters each, as numbers, whose points must not lie on a line."""
        number, _ = self._numbers
        conditions = [fact for construction in self._constructions for fact in construction.conditions]
        return tuple(tuple(number[p] for p in fact.points) for fact in conditions if fact.name == "ncoll")

    @property
    def _facts(self) -> list[Fact]:
        return [fact for construction in self._constructions for fact in construction.facts]

    @cached_property
    def _constructions(self) -> tuple[Construction, ...]:
        free = "; ".join(f"{letter} = free {letter}" for letter in self.letters)
        return Problem.parse(f"{free}; {self.clause('x', list(self.letters))}").clauses[-1].constructions

    @cached_property
    def _numbers(self) -> tuple[dict[str, int], dict[int, tuple[int, int]]]:
        """Numbers of the letters, the new point last; and the letters of a pair."""
        number = {letter: i for i, letter in enumerate((*self.letters, "x"))}
        n = len(number)
        back = {pair(i, j, n): (self._letter(i), self._letter(j)) for i in range(n) for j in range(i + 1, n)}
        return number, back

    def _letter(self, i: int) -> int:
        return X if i == len(self.letters) else i


def cross(u: Points, v: Points) -> Numbers:
    """Of two vectors."""
    found: Numbers = u.real * v.imag - u.imag * v.real
    return found


def dot(u: Points, v: Points) -> Numbers:
    """Of two vectors."""
    found: Numbers = u.real * v.real + u.imag * v.imag
    return found


def meeting(p: Points, u: Points, q: Points, v: Points) -> Points:
    """Where the line through p along u meets that through q along v; nowhere if they are as good as parallel."""
    sine = cross(u, v)
    return p + u * (cross(q - p, v) / np.where(abs(sine) > FLAT * abs(u) * abs(v), sine, np.nan))


def foot(a: Points, b: Points, c: Points) -> Points:
    """Of a on bc."""
    u = c - b
    return b + u * (dot(a - b, u) / dot(u, u))


def circumcentre(a: Points, b: Points, c: Points) -> Points:
    """Of three points."""
    u, v = b - a, c - a
    return a + 1j * (u * dot(v, v) - v * dot(u, u)) / (2 * cross(u, v))


def again(a: Points, u: Points, o: Points) -> Points:
    """The other point in which the line through a along u meets the circle around o through a."""
    return a + 2 * u * (dot(o - a, u) / dot(u, u))


def mirrored(a: Points, o: Points, w: Points) -> Points:
    """The other point in which circles around o and w through a meet; nowhere if they are one."""
    return 2 * foot(a, o, np.where(abs(w - o) > FLAT, w, np.nan)) - a


def _unit(u: Points) -> Points:
    return u / abs(u)


def _bisector(a: Points, b: Points, c: Points) -> Points:
    """The direction of the bisector of the angle bac."""
    return _unit(_unit(b - a) + _unit(c - a))


def _incentre(a: Points, b: Points, c: Points) -> Points:
    x, y, z = abs(b - c), abs(c - a), abs(a - b)
    return (x * a + y * b + z * c) / (x + y + z)


def _excentre(a: Points, b: Points, c: Points) -> Points:
    x, y, z = abs(b - c), abs(c - a), abs(a - b)
    return (-x * a + y * b + z * c) / (y + z - x)


KINDS = (
    Kind("midpoint x a b", "pair", lambda a, b: (a + b) / 2),
    Kind("mirror x a b", "two in order", lambda a, b: 2 * b - a),
    Kind("foot x a b c", "point, line", foot),
    Kind("reflect x a b c", "point, line", lambda a, b, c: 2 * foot(a, b, c) - a),
    Kind("intersection_ll x a b c d", "two lines", lambda a, b, c, d: meeting(a, b - a, c, d - c)),
    Kind(
        "on_pline x a d e, on_line x b c",
        "point, line, direction",
        lambda a, b, c, d, e: meeting(a, e - d, b, c - b),
    ),
    Kind(
        "on_tline x a d e, on_line x b c",
        "point, line, direction",
        lambda a, b, c, d, e: meeting(a, 1j * (e - d), b, c - b),
    ),
    Kind(
        "on_tline x a c d, on_tline x b e f",
        "pair, two directions",
        lambda a, b, c, d, e, f: meeting(a, 1j * (d - c), b, 1j * (f - e)),
    ),
    Kind("parallelogram b a c x", "apex", lambda a, b, c: b + c - a),
    Kind("circumcenter x a b c", "triple", circumcentre),
    Kind("orthocenter x a b c", "triple", lambda a, b, c: a + b + c - 2 * circumcentre(a, b, c)),
    Kind("incenter x a b c", "triple", _incentre),
    Kind("excenter x a b c", "apex", _excentre),
    Kind(
        "on_line x a d, on_circum x a b c",
        "circle, point",
        lambda a, b, c, d: again(a, d - a, circumcentre(a, b, c)),
    ),
    Kind(
        "on_pline x a d e, on_circum x a b c",
        "circle, direction",
        lambda a, b, c, d, e: again(a, e - d, circumcentre(a, b, c)),
    ),
    Kind(
        "on_circum x a b c, on_circum x a d e",
        "circle, pair",
        lambda a, b, c, d, e: mirrored(a, circumcentre(a, b, c), circumcentre(a, d, e)),
    ),
    Kind("on_line x a b, on_circle x c a", "three in order", lambda a, b, c: again(a, b - a, c)),
    Kind(
        "on_circle x d a, on_circum x a b c",
        "circle, point",
        lambda a, b, c, d: mirrored(a, d, circumcentre(a, b, c)),
    ),
    Kind("angle_bisector x b a c, on_line x b c", "apex", lambda a, b, c: meeting(a, _bisector(a, b, c), b, c - b)),
    Kind(
        "angle_bisector x b a c, on_circum x a b c",
        "apex",
        lambda a, b, c: again(a, _bisector(a, b, c), circumcentre(a, b, c)),
    ),
    Kind(
        "on_bline x a b, on_line x c d", "pair, line", lambda a, b, c, d: meeting((a + b) / 2, 1j * (b - a), c, d - c)
    ),
    Kind("on_tline x b a b, on_tline x c a c", "apex", lambda a, b, c: meeting(b, 1j * (b - a), c, 1j * (c - a))),
)
