"""Where the points of a construction lie, given the points it starts from, as complex numbers.

Three kinds: a new point on a locus (:class:`On`); new points that are determined up to a finite choice
(:class:`At`, one tuple of points for each choice); new points in general position but for what the construction asks
(:class:`Free`). A division by zero means that the points it starts from are degenerate.

Reference: the constructions of [Chou2000] under the names of [Trinh2024].
"""

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from porism.symbolic.loci import Circle, Hyperbola, Line, Locus, cross, dot, meet, square

Points: TypeAlias = tuple[complex, ...]


@dataclass(frozen=True, slots=True)
class On:
    """One new point on a locus."""

    locus: Callable[..., Locus]


@dataclass(frozen=True, slots=True)
class At:
    """New points, in the order of the construction's outputs, once for every choice that is left open."""

    choices: Callable[..., list[Points]]


@dataclass(frozen=True, slots=True)
class Free:
    """New points drawn from a random stream."""

    points: Callable[..., Points]


Placement: TypeAlias = On | At | Free


# Loci.


def line(a: complex, b: complex) -> Line:
    """Through two points."""
    return Line(a, b - a)


def parallel(a: complex, b: complex, c: complex) -> Line:
    """Through a, parallel to bc."""
    return Line(a, _unit(c - b))


def perpendicular(a: complex, b: complex, c: complex) -> Line:
    """Through a, perpendicular to bc."""
    return Line(a, 1j * _unit(c - b))


def side_bisector(a: complex, b: complex) -> Line:
    """The points equidistant from a and b."""
    return Line((a + b) / 2, 1j * (b - a))


def angle_bisector(a: complex, b: complex, c: complex) -> Line:
    """The internal bisector of angle abc."""
    return Line(b, _unit(_unit(a - b) + _unit(c - b)))


def mirrored_line(a: complex, b: complex, c: complex) -> Line:
    """The mirror image of line ba in line bc."""
    return Line(b, ((a - b) / (c - b)).conjugate() * (c - b))


def turned_ray(a: complex, b: complex, half_turns: float) -> Line:
    """The ray from b that is ba, turned counterclockwise."""
    return Line(b, (a - b) * cmath.exp(1j * math.pi * half_turns), ray=True)


def copied_angle(a: complex, b: complex, c: complex, d: complex, e: complex) -> Line:
    """The ray from a that ab lies beyond by the angle cde: the angle from ax to ab is that from dc to de."""
    return Line(a, (b - a) * _unit(c - d) / _unit(e - d), ray=True)


def through(a: complex, b: complex) -> Circle:
    """Centre a, through b."""
    return Circle(a, abs(b - a))


def diameter(a: complex, b: complex) -> Circle:
    """The circle with diameter ab."""
    return Circle((a + b) / 2, abs(b - a) / 2)


def three_points(a: complex, b: complex, c: complex) -> Circle:
    """The circle through three points."""
    return through(circumcentre(a, b, c), a)


def seeing(a: complex, b: complex, turn: complex) -> Circle:
    """The points x for which (b - x) / (a - x) is a real multiple of ``turn``."""
    centre = (a + b) / 2 + (b - a) / 2 * 1j * turn.real / turn.imag
    return Circle(centre, abs(centre - a))


def equal_angles_at(a: complex, b: complex, c: complex) -> Hyperbola:
    """The points x for which the angle from ab to ax is that from cx to cb."""
    centre = (a + c) / 2
    return Hyperbola(centre, (a - centre) ** 2, (b - a) * (b - c))


# Determined points.


def crossing(one: Locus, two: Locus) -> list[Points]:
    """The points that two loci have in common."""
    return [(point,) for point in meet(one, two)]


def circumcentre(a: complex, b: complex, c: complex) -> complex:
    """The centre of the circle through three points."""
    u, v = b - a, c - a
    return a + 1j * (u * square(v) - v * square(u)) / (2 * cross(u, v))


def weighted(a: complex, b: complex, c: complex, sign: int) -> complex:
    """The incentre of a triangle for sign 1, the excentre opposite a for sign -1."""
    u, v, w = sign * abs(c - b), abs(a - c), abs(b - a)
    return (u * a + v * b + w * c) / (u + v + w)


def foot(x: complex, a: complex, b: complex) -> complex:
    """Of the perpendicular from x to ab."""
    return a + (b - a) * dot(b - a, x - a) / square(b - a)


def touching(a: complex, b: complex, c: complex, sign: int) -> list[Points]:
    """The points where the incircle (the excircle opposite a) touches bc, ca, ab, and its centre."""
    i = weighted(a, b, c, sign)
    return [(foot(i, b, c), foot(i, c, a), foot(i, a, b), i)]


def medians(a: complex, b: complex, c: complex) -> list[Points]:
    """The midpoints of bc, ca, ab and the centroid."""
    return [((b + c) / 2, (c + a) / 2, (a + b) / 2, (a + b + c) / 3)]


def nine_points(a: complex, b: complex, c: complex) -> list[Points]:
    """The midpoints of bc, ca, ab and the centre of their circle."""
    x, y, z = (b + c) / 2, (c + a) / 2, (a + b) / 2
    return [(x, y, z, circumcentre(x, y, z))]


def equilateral(b: complex, c: complex) -> list[Points]:
    """The third point of an equilateral triangle, on either side."""
    return [(b + (c - b) * cmath.rect(1, side * math.pi / 3),) for side in (1, -1)]


def trisecting(a: complex, b: complex, c: complex) -> list[Points]:
    """Where the two rays that cut angle abc into three meet ac, that next to ba first."""
    third = cmath.phase((c - b) / (a - b)) / 3
    rays = [Line(b, (a - b) * cmath.rect(1, k * third)) for k in (1, 2)]
    return [(meet(rays[0], line(a, c))[0], meet(rays[1], line(a, c))[0])]


def halved_at(rng: Random, a: complex, b: complex, c: complex) -> Points:
    """A random z on bc, and the segment xy with x on ab, y on ac and midpoint z."""
    z = line(b, c).sample(rng)
    x = meet(line(a, b), Line(2 * z - a, c - a))[0]
    return (x, 2 * z - x, z)


def tangents(a: complex, o: complex, b: complex) -> list[Points]:
    """The points of the circle (centre o, through b) whose tangents pass through a."""
    both = meet(diameter(o, a), through(o, b))
    return [(x, y) for x, y in (both, both[::-1])] if len(both) == 2 else []


def common_tangents(o: complex, a: complex, w: complex, b: complex) -> list[Points]:
    """The points of contact of the outer common tangents: x, z on the circle (o, a), y, i on the circle (w, b)."""
    r, s, distance = abs(a - o), abs(b - w), abs(w - o)
    if distance <= abs(r - s):
        return []
    turn = cmath.rect(1, math.acos((r - s) / distance)) * (w - o) / distance
    back = turn.conjugate() * ((w - o) / distance) ** 2
    one, two = ((o + r * u, w + s * u) for u in (turn, back))
    return [one + two, two + one]


def touching_two_lines_and_circle(a: complex, b: complex, c: complex, o: complex) -> list[Points]:
    """The circle inside angle acb that touches the circle (o, a) from within: contacts on ca, cb, circle; centre."""
    radius, way = abs(a - o), _unit(_unit(a - c) + _unit(b - c))
    sine = abs(cross(way, _unit(a - c)))
    # the centre c + t * way has distance t * sine from the lines and must have radius - t * sine from o
    half, rest = dot(way, o - c) - radius * sine, square(o - c) - radius**2
    found: list[Points] = []
    for t in _quadratic(1 - sine**2, half, rest):
        if 0 < t * sine < radius:
            i = c + t * way
            found.append((foot(i, c, a), foot(i, c, b), o + _unit(i - o) * radius, i))
    return found


def _quadratic(a: float, half: float, c: float) -> list[float]:
    """The roots of a t^2 - 2 half t + c."""
    inside = half**2 - a * c
    if inside < 0:
        return []
    return [(half + sign * math.sqrt(inside)) / a for sign in (1, -1)]


def tangent_and_secant(a: complex, b: complex, c: complex, d: complex) -> list[Points]:
    """The second point x of line dy on the circle (c, b), and the point y of ab at which triangles yax and yda agree.

    The circle touches ab at b. Equal angles at a and x make ya tangent to the circle through a, d, x; so ya^2 and yb^2
    are both the power yd * yx, and y is the midpoint.
    """
    y = (a + b) / 2
    return [(x, y) for x in meet(line(d, y), through(c, b)) if abs(x - d) > 1e-9 * abs(y - d)]


# Whole figures, at a size of about 1 and turned at random.


def segment(rng: Random) -> Points:
    """Two points."""
    a, b = _anywhere(rng), cmath.rect(rng.uniform(0.9, 1.6), rng.uniform(-math.pi, math.pi))
    return (a - b / 2, a + b / 2)


def triangle(rng: Random) -> Points:
    """Three points, no two angles nearly equal and none nearly right."""
    while True:
        angles = sorted([x := rng.uniform(0.18, 0.62), y := rng.uniform(0.18, 0.62), 1 - x - y])
        special = [angles[1] - angles[0], angles[2] - angles[1], *(abs(angle - 0.5) for angle in angles)]
        if angles[0] > 0.17 and min(special) > 0.025:
            break
    start = rng.uniform(-math.pi, math.pi)
    corners = [cmath.rect(1, start + 2 * math.pi * turn) for turn in (0, x, x + y)]
    return _mirrored(rng, _shifted(rng, corners))


def polygon(count: int) -> Callable[[Random], Points]:
    """A convex polygon, its points in order."""

    def points(rng: Random) -> Points:
        while True:
            weights = [rng.uniform(1, 2.2) for _ in range(count)]
            angle, corners = rng.uniform(0, 2 * math.pi), []
            for weight in weights:
                angle += 2 * math.pi * weight / sum(weights)
                corners.append(cmath.rect(rng.uniform(0.75, 1.15), angle))
            if _convex(corners):
                return _mirrored(rng, _shifted(rng, corners))

    return points


def apex(shape: Callable[[Random], complex]) -> Callable[[Random], Points]:
    """A triangle a, b, c with the given random quotient (c - a) / (b - a)."""

    def points(rng: Random) -> Points:
        a, b = segment(rng)
        return (a, b, a + (b - a) * shape(rng))

    return points


def quadrilateral(shape: Callable[[Random], tuple[complex, complex]]) -> Callable[[Random], Points]:
    """A convex quadrilateral a, b, c, d with the given random quotients (c - a) / (b - a) and (d - a) / (b - a)."""

    def points(rng: Random) -> Points:
        a, b = segment(rng)
        while True:
            c, d = shape(rng)
            if _convex([0, 1, c, d]):
                return _mirrored(rng, (a, b, a + (b - a) * c, a + (b - a) * d))

    return points


def rectangle(rng: Random) -> tuple[complex, complex]:
    """Not a square."""
    d = 1j * abs(right(rng))
    return (1 + d, d)


def trapezoid(rng: Random) -> tuple[complex, complex]:
    """Side cd parallel to ab."""
    d = _corner(rng)
    return (d + _other_than_1(rng), d)


def right_trapezoid(rng: Random) -> tuple[complex, complex]:
    """Side cd parallel to ab, right angle at a."""
    d = 1j * rng.uniform(0.5, 1.2)
    return (d + _other_than_1(rng), d)


def equal_trapezoid(rng: Random) -> tuple[complex, complex]:
    """Side cd parallel to ab, symmetric."""
    c = 0.5 + _other_than_1(rng) / 2 + 1j * rng.uniform(0.4, 1.2)
    return (c, 1 - c.conjugate())


def equal_sides(rng: Random) -> tuple[complex, complex]:
    """Sides bc and da equal."""
    size = rng.uniform(0.6, 1.4)
    return (1 + cmath.rect(size, rng.uniform(0.8, 2.4)), cmath.rect(size, rng.uniform(0.8, 2.4)))


def equal_diagonals(rng: Random) -> tuple[complex, complex]:
    """Diagonals ac and bd equal."""
    size = rng.uniform(0.9, 1.6)
    return (cmath.rect(size, rng.uniform(0.3, 1.4)), 1 + cmath.rect(size, rng.uniform(1.7, 2.8)))


def isosceles(rng: Random) -> complex:
    """As long as ab, at an angle that is neither right nor equilateral."""
    angle = rng.choice((rng.uniform(0.35, 0.95), rng.uniform(1.15, 1.45), rng.uniform(1.7, 2.3)))
    return cmath.rect(1, rng.choice((1, -1)) * angle)


def right(rng: Random) -> complex:
    """At a right angle to ab, of another length."""
    return rng.choice((1j, -1j)) * rng.choice((rng.uniform(0.45, 0.85), rng.uniform(1.2, 2.2)))


def _corner(rng: Random) -> complex:
    return cmath.rect(rng.uniform(0.6, 1.2), rng.choice((rng.uniform(0.7, 1.4), rng.uniform(1.7, 2.2))))


def _other_than_1(rng: Random) -> float:
    return rng.choice((rng.uniform(0.35, 0.75), rng.uniform(1.3, 1.9)))


def _anywhere(rng: Random) -> complex:
    return cmath.rect(1.2 * math.sqrt(rng.random()), rng.uniform(-math.pi, math.pi))


def anywhere(rng: Random) -> Points:
    """One point."""
    return (_anywhere(rng),)


def _shifted(rng: Random, points: list[complex]) -> Points:
    by = 0.3 * _anywhere(rng)
    return tuple(point + by for point in points)


def _mirrored(rng: Random, points: Points) -> Points:
    return points if rng.choice((True, False)) else tuple(point.conjugate() for point in points)


def _convex(corners: list[complex]) -> bool:
    """Whether the polygon turns left at every corner, clearly."""
    count = len(corners)
    around = [(corners[k - 1], corners[k], corners[(k + 1) % count]) for k in range(count)]
    return all(cross(b - a, c - b) > 0.1 * abs(b - a) * abs(c - b) for a, b, c in around)


def _unit(u: complex) -> complex:
    return u / abs(u)
