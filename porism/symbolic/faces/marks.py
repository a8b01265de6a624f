"""The marks of a figure: ticks on equal segments, arcs in equal angles, squares in right ones."""

import math
from collections.abc import Callable, Iterator, Sequence

from porism.symbolic.faces.claims import said
from porism.symbolic.faces.equations import by_sign
from porism.symbolic.faces.lines import straight
from porism.symbolic.faces.shapes import Mark, Points
from porism.symbolic.faces.style import GOAL
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause

CLASSES = 3  # how many kinds of ticks, and of arcs
SQUARES = 5  # how many right angles
SIDE = 10.5  # of the square in a right angle
AROUND = 26.0  # radius of an arc around such a square

Thing = tuple[str, ...]
"""A segment by its ends, or an angle by an end, the vertex and an end."""


def marks(clauses: Sequence[Clause], goals: Sequence[Fact], points: Points) -> Iterator[Mark]:
    """Those of goals first, then of what constructions guarantee, as many as there is room for."""
    facts = list(straight(clauses))
    lengths = _classed(goals, facts, _equal_lengths)
    for i, (kind, group) in enumerate(lengths):
        for a, b in group:
            yield from _ticks(points[a], points[b], i + 1, kind, points)
    squares: dict[complex, Mark] = {}
    for fact, kind in [*((f, GOAL) for f in goals), *((f, "mark") for f in facts)]:
        corner = _right_angle(fact, points) if fact.name == "perp" else None
        if corner and len(squares) < SQUARES and all(abs(corner[0] - z) > 4 for z in squares):
            squares[corner[0]] = _square(*corner, kind)
    angles = _classed(goals, facts, lambda fact: _equal_turns(fact, points))
    for i, (kind, group) in enumerate(angles):
        for turn in group:
            around = any(abs(points[turn[1]] - z) < 4 for z in squares)
            yield from _arcs(turn, i + 1, kind, points, AROUND if around else 0.0)
    yield from squares.values()


def _classed(
    goals: Sequence[Fact], facts: Sequence[Fact], equal: Callable[[Fact], list[Thing]]
) -> list[tuple[str, list[Thing]]]:
    """Classes of equal things, those of goals first; of the others as many as there is room for, none large."""
    classes: list[tuple[str, list[Thing]]] = []
    for fact, kind in [*((f, GOAL) for f in goals), *((f, "mark") for f in facts)]:
        new = equal(fact)
        if not new:
            continue
        touching = [one for one in classes if set(one[1]) & set(new)]
        for one in touching:
            classes.remove(one)
            kind = GOAL if GOAL in (kind, one[0]) else kind
        members = [thing for one in touching for thing in one[1]] + new
        classes.append((kind, list(dict.fromkeys(members))))
    classes.sort(key=lambda one: one[0] != GOAL)
    return [one for one in classes if one[0] == GOAL or len(one[1]) <= 6][:CLASSES]


def _equal_lengths(fact: Fact) -> list[Thing]:
    p = fact.points
    if fact.name == "cong":
        return [p[:2], p[2:]]
    if fact.name == "midp":
        return [(min(p[0], q), max(p[0], q)) for q in p[1:]]
    return []


def _equal_turns(fact: Fact, points: Points) -> list[Thing]:
    """The two angles of an ``eqangle``, each as (end, vertex, end), if both have a vertex and are as large as drawn."""
    equation = said(fact) if fact.name == "eqangle" else None
    if equation is None:
        return []
    plus, minus = by_sign(equation[1])
    if len(plus) != 2:
        return []
    for one, other in (minus, minus[::-1]):
        corners = [_corner(plus[0], one), _corner(plus[1], other)]
        if all(corners) and len(set(corners)) == 2:
            sizes = [_opening(corner, points) for corner in corners if corner]
            if abs(sizes[0] - sizes[1]) < 1e-4 and 0.1 < sizes[0] < 3.0 and abs(sizes[0] - math.pi / 2) > 1e-4:
                return [corner for corner in corners if corner]
    return []


def _corner(x: Thing, y: Thing) -> tuple[str, str, str] | None:
    common = {*x} & {*y}
    if len(common) != 1:
        return None
    (one,), (other,), (vertex,) = {*x} - common, {*y} - common, common
    return min(one, other), vertex, max(one, other)


def _opening(corner: Thing, points: Points) -> float:
    """The size of an angle, from 0 to pi."""
    a, v, b = (points[p] for p in corner)
    return abs(math.atan2(((a - v).conjugate() * (b - v)).imag, ((a - v).conjugate() * (b - v)).real))


def _ticks(a: complex, b: complex, count: int, kind: str, points: Points) -> Iterator[Mark]:
    """Short strokes across a segment, near its middle but off other points."""
    if abs(b - a) < 24:
        return
    unit = (b - a) / abs(b - a)
    places = [0.5, 0.42, 0.58, 0.34, 0.66]
    middle = max((a + (b - a) * t for t in places), key=lambda z: min(12.0, *(abs(z - p) for p in points.values())))
    for i in range(count):
        z = middle + unit * 4.5 * (i - (count - 1) / 2)
        yield Mark((z + unit * 1j * 6, z - unit * 1j * 6), kind)


def _arcs(corner: Thing, count: int, kind: str, points: Points, least: float) -> Iterator[Mark]:
    """As many arcs in an angle, at least so far from its vertex if there is room."""
    a, v, b = (points[p] for p in corner)
    room = min(abs(a - v), abs(b - v))
    size = _opening(corner, points)
    radius = min(max(20.0, 13 / size, least), 0.62 * room, 60.0)
    if radius < 7:
        return
    start = math.atan2((a - v).imag, (a - v).real)
    turn = math.copysign(size, ((a - v).conjugate() * (b - v)).imag)
    steps = max(4, int(size * radius / 4))
    for i in range(count):
        r = radius + 4 * i
        path = tuple(
            v + r * complex(math.cos(t), math.sin(t)) for t in (start + turn * k / steps for k in range(steps + 1))
        )
        yield Mark(path, kind, v if i == count - 1 else None)


def _right_angle(fact: Fact, points: Points) -> tuple[complex, complex, complex] | None:
    """Where two perpendicular segments meet, and a direction along each; None if they meet only when extended."""
    a, b, c, d = (points[p] for p in fact.points)
    if abs(a - b) < 1 or abs(c - d) < 1:
        return None
    u = (b - a) / abs(b - a)
    w = (d - c) / abs(d - c)
    area = (u.conjugate() * w).imag
    if abs(area) < 0.5:
        return None
    v = a + u * ((c - a).conjugate() * w).imag / area
    named = any(abs(v - p) < 0.5 for p in points.values())
    inside = all(((v - x).conjugate() * (v - y)).real <= 1 for x, y in ((a, b), (c, d)))
    if not named and not inside:
        return None
    one, two = (max(pair, key=lambda z: abs(z - v)) - v for pair in ((a, b), (c, d)))
    return v, one / abs(one), two / abs(two)


def _square(v: complex, one: complex, two: complex, kind: str) -> Mark:
    return Mark((v + SIDE * one, v + SIDE * (one + two), v + SIDE * two), kind)
