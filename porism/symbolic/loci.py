"""Loci in the complex plane: lines, circles and rectangular hyperbolas, where they meet, and random points on them.

Points are complex numbers. Lengths have no unit; figures are drawn at a size of about 1.
"""

import cmath
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

PARALLEL = 1e-9  # sine of an angle below which two lines count as parallel
TOUCHING = 1e-11  # of the squared radius: a half chord that is only rounding, so the line is a tangent


@dataclass(frozen=True, slots=True)
class Line:
    """The points ``start + t * along`` for real t; for t > 0 only where the locus is a ray."""

    start: complex
    along: complex
    ray: bool = False

    def has_side(self, z: complex) -> bool:
        """Whether a point of the line is on the ray, if it is one."""
        return not self.ray or dot(self.along, z - self.start) > 0

    def miss(self, z: complex) -> float:
        """Signed, 0 exactly on the line."""
        return cross(self.along, z - self.start)

    def sample(self, rng: Random) -> complex:
        """A random point within about two lengths of ``along`` from ``start``."""
        return self.start + self.along * rng.uniform(0.15 if self.ray else -1.2, 1.8)


@dataclass(frozen=True, slots=True)
class Circle:
    """The points at the distance ``radius`` from ``centre``."""

    centre: complex
    radius: float

    def has_side(self, z: complex) -> bool:
        """A circle has no sides."""
        return True

    def miss(self, z: complex) -> float:
        """Signed, 0 exactly on the circle."""
        return square(z - self.centre) - self.radius**2

    def sample(self, rng: Random) -> complex:
        """A random point of the circle."""
        return self.centre + cmath.rect(self.radius, rng.uniform(-math.pi, math.pi))


@dataclass(frozen=True, slots=True)
class Hyperbola:
    """The points z for which ``((z - centre)**2 - start) / along`` is real: a rectangular hyperbola."""

    centre: complex
    start: complex
    along: complex

    def has_side(self, z: complex) -> bool:
        """A hyperbola has no sides."""
        return True

    def miss(self, z: complex) -> float:
        """Signed, 0 exactly on the hyperbola."""
        return cross(self.along, (z - self.centre) ** 2 - self.start)

    def at(self, t: float, sign: int) -> complex:
        """One of the two opposite points with parameter t."""
        return self.centre + sign * cmath.sqrt(self.start + t * self.along)

    def sample(self, rng: Random) -> complex:
        """A random point of the hyperbola."""
        return self.at(rng.uniform(-3, 4), rng.choice((-1, 1)))


Locus: TypeAlias = Line | Circle | Hyperbola


def cross(u: complex, v: complex) -> float:
    """Twice the signed area of the triangle 0, u, v."""
    return u.real * v.imag - u.imag * v.real


def dot(u: complex, v: complex) -> float:
    """The scalar product."""
    return u.real * v.real + u.imag * v.imag


def square(u: complex) -> float:
    """The square of the length."""
    return u.real * u.real + u.imag * u.imag


def meet(one: Locus, two: Locus) -> list[complex]:
    """The points that two loci have in common, rays taken as lines; none if they are parallel or do not meet."""
    if isinstance(one, Hyperbola):
        return _on_hyperbola(one, two)
    if isinstance(two, Hyperbola):
        return _on_hyperbola(two, one)
    if isinstance(one, Circle):
        return _two_circles(one, two) if isinstance(two, Circle) else _line_and_circle(two, one)
    return _line_and_circle(one, two) if isinstance(two, Circle) else _two_lines(one, two)


def _two_lines(one: Line, two: Line) -> list[complex]:
    sine = cross(one.along, two.along)
    if abs(sine) <= PARALLEL * abs(one.along) * abs(two.along):
        return []
    return [one.start + one.along * (cross(two.start - one.start, two.along) / sine)]


def _line_and_circle(line: Line, circle: Circle) -> list[complex]:
    unit = line.along / abs(line.along)
    seen = (circle.centre - line.start) * unit.conjugate()
    return _chord(line.start + seen.real * unit, unit, circle.radius**2, seen.imag**2)


def _two_circles(one: Circle, two: Circle) -> list[complex]:
    between = two.centre - one.centre
    distance = abs(between)
    if distance <= PARALLEL * (one.radius + two.radius):
        return []
    unit = between / distance
    along = (distance + (one.radius - two.radius) * (one.radius + two.radius) / distance) / 2
    return _chord(one.centre + along * unit, 1j * unit, one.radius**2, along**2)


def _chord(middle: complex, unit: complex, radius2: float, distance2: float) -> list[complex]:
    """The ends of the chord with this middle and direction, squared radius and distance from the centre."""
    half2 = radius2 - distance2
    if abs(half2) <= TOUCHING * radius2:
        return [middle]
    if half2 < 0:
        return []
    half = math.sqrt(half2) * unit
    return [middle + half, middle - half]


def _on_hyperbola(curve: Hyperbola, other: Locus) -> list[complex]:
    """The sign changes of the other locus's equation along both halves of the curve, each followed to its root."""
    found: list[complex] = []
    for sign in (1, -1):

        def at(t: float, sign: int = sign) -> complex:
            # t = tan spreads the parameters over the whole curve; continuous because no branch cut is crossed
            return curve.centre + sign * _root(curve.start, curve.along, math.tan(t))

        for t in _roots(lambda t, at=at: other.miss(at(t)), -1.55, 1.55, 240):  # type: ignore[misc]
            z = at(t)
            if all(abs(z - old) > 1e-9 for old in found):
                found.append(z)
    return found


def _root(start: complex, along: complex, t: float) -> complex:
    """A square root of ``start + t * along`` that is continuous in t."""
    turn = 1j * along if dot(1j * along, start) > 0 else -1j * along  # keeps the quotient off the cut
    return cmath.sqrt((start + t * along) / turn) * cmath.sqrt(turn)


def _roots(f: Callable[[float], float], low: float, high: float, steps: int) -> Iterator[float]:
    """Roots of f between sign changes on a grid, by bisection and then the secant rule."""
    grid = [low + (high - low) * k / steps for k in range(steps + 1)]
    values = [f(t) for t in grid]
    for (s, fs), (t, ft) in zip(zip(grid, values, strict=True), zip(grid[1:], values[1:], strict=False), strict=False):
        if fs == 0:
            yield s
        elif fs * ft < 0:
            yield _bisected(f, s, t, fs)


def _bisected(f: Callable[[float], float], low: float, high: float, at_low: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        value = f(middle)
        if value == 0 or middle in (low, high):
            return middle
        if (value < 0) == (at_low < 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2
