"""Figures as SVG: a drawing of a problem or a proof, standalone, readable on light and dark pages.

What is drawn follows from the constructions and the goals: the lines and circles that they speak of, ticks on equal
segments, arcs in equal angles and squares in right ones. Goals are emphasised, auxiliary points and their lines are
dashed and in another colour. Lengths below are in units of the ``viewBox``, and y points down.

Labels take the place around their point that covers least of the drawing, and never that of another label or point.
"""

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from porism.errors import InputError
from porism.symbolic.diagram import Diagram
from porism.symbolic.english import claim, for_problem, listed, name_parts, names_of, plain, said, statement
from porism.symbolic.facts import Fact
from porism.symbolic.placement import Free
from porism.symbolic.problem import Clause, Problem
from porism.symbolic.proof import Proof

WIDTH = 640.0
MARGIN = 46.0
DOT = 3.4
FONT = 19.0
CLASSES = 3  # how many kinds of ticks, and of arcs
SQUARES = 5  # how many right angles

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2a37",
    "circle": "#4a6785",
    "mark": "#0b6e66",
    "goal": "#b93815",
    "aux": "#6a35c9",
}
DARK = {
    "paper": "#12171e",
    "ink": "#e3e8ee",
    "circle": "#93aac4",
    "mark": "#5fd4c4",
    "goal": "#ff9a6b",
    "aux": "#bfa5ff",
}

GIVEN, AUXILIARY, GOAL = "ink", "aux", "goal"

Points = Mapping[str, complex]
Ends = tuple[complex, complex]
Samples = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment from ``start`` to ``end`` on the page, of kind ``ink``, ``aux`` or ``goal``."""

    start: complex
    end: complex
    kind: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the page, of kind ``circle``, ``aux`` or ``goal``."""

    centre: complex
    radius: float
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """A label on the page.

    Attributes:
        points: the names of the points that it labels; several where they coincide.
        centre: of the box.
        width, height: of the box.
        gap: how far it is from its point.
    """

    points: tuple[str, ...]
    centre: complex
    width: float
    height: float
    gap: float

    def overlaps(self, other: "Box") -> bool:
        """Whether two boxes have a common point."""
        d = self.centre - other.centre
        return abs(d.real) * 2 < self.width + other.width and abs(d.imag) * 2 < self.height + other.height

    def distance(self, point: complex) -> float:
        """From the box to a point, 0 inside."""
        d = point - self.centre
        return math.hypot(max(0.0, abs(d.real) - self.width / 2), max(0.0, abs(d.imag) - self.height / 2))


@dataclass(frozen=True)
class Sketch:
    """All that is drawn, in units of the page.

    Attributes:
        points: what is shown, by name.
        auxiliary: which of them are auxiliary.
        height: of the page.
        polygons: corners of figures that come as a whole.
        segments, circles: with their kinds.
        marks: paths of ticks, arcs and squares, each with its kind; filled in are those of sectors.
        labels: one for each place.
    """

    points: Points
    auxiliary: frozenset[str]
    height: float
    polygons: tuple[tuple[complex, ...], ...]
    segments: tuple[Segment, ...]
    circles: tuple[Circle, ...]
    marks: tuple["Mark", ...]
    labels: tuple[Box, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick, an arc or the square of a right angle: a path through ``corners``, of kind ``mark`` or ``goal``.

    Attributes:
        corners: points of the path, close enough to look smooth.
        kind: ``mark`` or ``goal``.
        apex: the vertex of an angle whose sector is tinted.
    """

    corners: tuple[complex, ...]
    kind: str
    apex: complex | None = None


def svg(subject: Problem | Proof, diagram: Diagram) -> str:
    """A drawing as a standalone SVG document.

    Args:
        subject: a problem, all of whose points are drawn; or a proof, of which the points that it or its goals need.
        diagram: coordinates of the problem's points.

    Raises:
        InputError: the diagram lacks a point, or has one that is no finite number.
    """
    problem = subject.problem if isinstance(subject, Proof) else subject
    return _document(sketch(subject, diagram), problem)


def sketch(subject: Problem | Proof, diagram: Diagram) -> Sketch:
    """What :func:`svg` draws, as a value; same arguments and errors."""
    problem, shown, auxiliary = _shown(subject)
    points, height = _placed(problem, shown, diagram)
    stated = [
        clause for clause in problem.clauses if not set(clause.points) & auxiliary and set(clause.points) <= shown
    ]
    added = [clause for clause in problem.clauses if set(clause.points) & auxiliary]
    goals = [fact for fact in problem.goals if set(fact.points) <= shown]
    given = _merged(list(_segments(stated, points)))
    extra = [one for one in _merged(list(_segments(added, points))) if not _covered(one, given)]
    wanted = _merged([(points[a], points[b]) for fact in goals for a, b in _sides(fact)])
    segments = [Segment(*one, GIVEN) for one in given] + [Segment(*one, AUXILIARY) for one in extra]
    segments += [Segment(*one, GOAL) for one in wanted]
    circles = _circles(stated, added, goals, points)
    marks = tuple(_marks(stated + added, goals, points))
    polygons = tuple(
        tuple(points[p] for p in clause.points) for clause in stated if _whole(clause) and len(clause.points) > 2
    )
    bare = Sketch(points, auxiliary, height, polygons, tuple(segments), tuple(circles), marks)
    return Sketch(
        points, auxiliary, height, polygons, bare.segments, bare.circles, marks, labels(bare, names_of(problem.points))
    )


def _shown(subject: Problem | Proof) -> tuple[Problem, frozenset[str], frozenset[str]]:
    """The problem, the points to draw, and which of them are auxiliary."""
    if isinstance(subject, Problem):
        return subject, frozenset(subject.points), frozenset()
    problem, auxiliary = subject.problem, frozenset(subject.auxiliary)
    goal = problem.ancestors(point for fact in problem.goals for point in fact.points)
    return problem, problem.ancestors(goal | auxiliary), auxiliary


# From coordinates to the page


def _placed(problem: Problem, shown: frozenset[str], diagram: Diagram) -> tuple[dict[str, complex], float]:
    """Points on the page, and its height."""
    raw: dict[str, complex] = {}
    for name in problem.points:
        if name in shown:
            if name not in diagram.points:
                raise InputError(f"the diagram has no point {name!r}; it has {', '.join(diagram.points)}")
            raw[name] = complex(diagram.points[name])
            if not (math.isfinite(raw[name].real) and math.isfinite(raw[name].imag)):
                raise InputError(f"point {name!r} has no finite coordinates")
    z = np.array(list(raw.values()) or [0j])
    low, high = complex(z.real.min(), z.imag.min()), complex(z.real.max(), z.imag.max())
    low, high = _with_circles(low, high, problem, raw)
    size = high - low
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / max(size.real, 1e-300), 1.15 * inner / max(size.imag, 1e-300)) if size else 1.0
    height = max(0.5 * WIDTH, size.imag * scale + 2 * MARGIN)
    middle = (low + high) / 2
    centre = complex(WIDTH / 2, height / 2)
    return {name: centre + ((p - middle) * scale).conjugate() for name, p in raw.items()}, height


def _with_circles(low: complex, high: complex, problem: Problem, points: Points) -> Ends:
    """The frame, widened to hold circles that are not much larger than it."""
    size = max((high - low).real, (high - low).imag)
    clauses = [clause for clause in problem.clauses if set(clause.points) <= set(points)]
    goals = [fact for fact in problem.goals if set(fact.points) <= set(points)]
    for circle in _circles(clauses, [], goals, points):
        if circle.radius <= 0.8 * size:
            r, c = circle.radius, circle.centre
            low = complex(min(low.real, c.real - r), min(low.imag, c.imag - r))
            high = complex(max(high.real, c.real + r), max(high.imag, c.imag + r))
    return low, high


# Lines


def _whole(clause: Clause) -> bool:
    """Whether its points come as a whole, such as a triangle."""
    one = clause.constructions[0]
    return isinstance(one.definition.place, Free) and len(clause.points) > 1 and not one.inputs


def _round(name: str, sentence: str) -> bool:
    """Whether a construction speaks of a circle, so that equal lengths are its radii."""
    return "circle" in sentence and name not in ("incenter", "excenter")


def _segments(clauses: Iterable[Clause], points: Points) -> Iterator[Ends]:
    for clause in clauses:
        if _whole(clause):
            corners = [points[p] for p in clause.points]
            yield from zip(corners, corners[1:] + corners[:1] if len(corners) > 2 else corners[1:], strict=False)
        for one in clause.constructions:
            for fact in one.facts:
                if fact.name != "cong" or not _round(one.name, one.definition.sentence):
                    yield from ((points[a], points[b]) for a, b in _sides(fact))


def _sides(fact: Fact) -> list[tuple[str, str]]:
    """The segments that a fact speaks of."""
    p = fact.points
    match fact.name:
        case "coll" | "simtri" | "simtri2" | "contri" | "contri2":
            return (
                [*combinations(p[:3], 2), *combinations(p[3:], 2)] if fact.name != "coll" else list(combinations(p, 2))
            )
        case "midp":
            return [(p[1], p[2])]
        case "circle" | "cyclic":
            return []
        case "central":
            return [(p[0], p[1]), (p[0], p[2]), (p[3], p[1]), (p[3], p[2])]
    return list(zip(p[::2], p[1::2], strict=True))


def _merged(found: Iterable[Ends]) -> list[Ends]:
    """Segments, those that overlap on one line united."""
    result: list[Ends] = []
    for one in found:
        if abs(one[0] - one[1]) < 0.5:
            continue
        while True:
            other = next((other for other in result if _united(one, other) is not None), None)
            if other is None:
                break
            result.remove(other)
            one = _united(one, other) or one
        result.append(one)
    return result


def _united(one: Ends, other: Ends) -> Ends | None:
    """The union of two segments that overlap on one line."""
    long, short = sorted((one, other), key=lambda s: -abs(s[1] - s[0]))
    unit = (long[1] - long[0]) / abs(long[1] - long[0])
    ends = [(z - long[0]) / unit for z in (*long, *short)]
    if max(abs(z.imag) for z in ends) > 0.05:
        return None
    (a, b), (c, d) = sorted((ends[0].real, ends[1].real)), sorted((ends[2].real, ends[3].real))
    if max(a, c) > min(b, d) - 0.05:
        return None
    return long[0] + unit * min(a, c), long[0] + unit * max(b, d)


def _covered(one: Ends, segments: list[Ends]) -> bool:
    """Whether a segment lies within one of others."""
    for other in segments:
        union = _united(one, other)
        if union is not None and abs(union[1] - union[0]) < abs(other[1] - other[0]) + 0.1:
            return True
    return False


# Circles


def _circles(stated: Iterable[Clause], added: Iterable[Clause], goals: Iterable[Fact], points: Points) -> list[Circle]:
    """Each circle once, as what it is first of: of a goal, given, auxiliary."""
    found: list[Circle] = []
    wanted = [(_circle_of(fact, points), GOAL) for fact in goals]
    wanted += [(circle, "circle") for clause in stated for circle in _circles_of(clause, points)]
    wanted += [(circle, AUXILIARY) for clause in added for circle in _circles_of(clause, points)]
    for circle, kind in wanted:
        if circle is None:
            continue
        centre, radius = circle
        close = 1e-4 * radius
        if not any(abs(centre - one.centre) + abs(radius - one.radius) < close for one in found):
            found.append(Circle(centre, radius, kind))
    return found


def _circles_of(clause: Clause, points: Points) -> Iterator[tuple[complex, float] | None]:
    for one in clause.constructions:
        z = [points[p] for p in one.inputs]
        if one.name == "on_dia":
            yield (z[0] + z[1]) / 2, abs(z[0] - z[1]) / 2
        if one.name == "lc_tangent":
            yield z[1], abs(z[0] - z[1])
        for fact in one.facts:
            if fact.name == "cong" and _round(one.name, one.definition.sentence):
                yield _radii(fact, points)
            else:
                yield _circle_of(fact, points)


def _radii(fact: Fact, points: Points) -> tuple[complex, float] | None:
    """The circle of which two segments with a common end are radii."""
    a, b, c, d = fact.points
    centre = next((p for p in (a, b) if p in (c, d)), None)
    return None if centre is None else (points[centre], abs(points[a] - points[b]))


def _circle_of(fact: Fact, points: Points) -> tuple[complex, float] | None:
    """The circle that a fact speaks of."""
    if fact.name == "circle":
        o, a = (points[p] for p in fact.points[:2])
        return o, abs(a - o)
    if fact.name != "cyclic":
        return None
    a, b, c = (points[p] for p in fact.points[:3])
    u, v = b - a, c - a
    area = (u.conjugate() * v).imag
    if abs(area) <= 1e-9 * abs(u) * abs(v):
        return None
    o = a + 1j * (u * abs(v) ** 2 - v * abs(u) ** 2) / (2 * area)
    return o, abs(a - o)


# Marks


def _marks(clauses: Sequence[Clause], goals: Sequence[Fact], points: Points) -> Iterator[Mark]:
    facts = [fact for clause in clauses for one in clause.constructions for fact in one.facts
             if fact.name != "cong" or not _round(one.name, one.definition.sentence)]  # fmt: skip
    lengths = _classed(goals, facts, _equal_lengths)
    for i, (kind, group) in enumerate(lengths):
        for a, b in group:
            yield from _ticks(points[a], points[b], i + 1, kind, points)
    angles = _classed(goals, facts, lambda fact: _equal_turns(fact, points))
    for i, (kind, group) in enumerate(angles):
        for corner in group:
            yield from _arcs(corner, i + 1, kind, points)
    seen: list[complex] = []
    for fact, kind in [*((f, GOAL) for f in goals), *((f, "mark") for f in facts)]:
        vertex = _right_angle(fact, points) if fact.name == "perp" else None
        if vertex and len(seen) < SQUARES and all(abs(vertex[0] - z) > 4 for z in seen):
            seen.append(vertex[0])
            yield _square(*vertex, kind)


def _classed(
    goals: Sequence[Fact], facts: Sequence[Fact], equal: Callable[[Fact], list[tuple[str, ...]]]
) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Classes of equal things, those of goals first; of the others as many as there is room for, none large."""
    classes: list[tuple[str, list[tuple[str, ...]]]] = []
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


def _equal_lengths(fact: Fact) -> list[tuple[str, ...]]:
    p = fact.points
    if fact.name == "cong":
        return [p[:2], p[2:]]
    if fact.name == "midp":
        return [(min(p[0], q), max(p[0], q)) for q in p[1:]]
    return []


def _equal_turns(fact: Fact, points: Points) -> list[tuple[str, ...]]:
    """The two angles of an ``eqangle``, each as (end, vertex, end), if both have a vertex and are as large as drawn."""
    equation = said(fact) if fact.name == "eqangle" else None
    if equation is None:
        return []
    plus = [line for line, c in equation[1].items() for _ in range(max(0, int(c)))]
    minus = [line for line, c in equation[1].items() for _ in range(max(0, -int(c)))]
    if len(plus) != 2:
        return []
    for one, other in (minus, minus[::-1]):
        corners = [_corner(plus[0], one), _corner(plus[1], other)]
        if all(corners) and len(set(corners)) == 2:
            sizes = [_opening(corner, points) for corner in corners if corner]
            if abs(sizes[0] - sizes[1]) < 1e-4 and 0.1 < sizes[0] < 3.0 and abs(sizes[0] - math.pi / 2) > 1e-4:
                return [corner for corner in corners if corner]
    return []


def _corner(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[str, str, str] | None:
    common = {*x} & {*y}
    if len(common) != 1:
        return None
    (one,), (other,), (vertex,) = {*x} - common, {*y} - common, common
    return min(one, other), vertex, max(one, other)


def _opening(corner: tuple[str, ...], points: Points) -> float:
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


def _arcs(corner: tuple[str, ...], count: int, kind: str, points: Points) -> Iterator[Mark]:
    a, v, b = (points[p] for p in corner)
    room = min(abs(a - v), abs(b - v))
    size = _opening(corner, points)
    radius = min(max(20.0, 13 / size), 0.62 * room, 60.0)
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
    side = 10.5
    return Mark((v + side * one, v + side * (one + two), v + side * two), kind)


# Labels


def labels(bare: Sketch, names: Mapping[str, str]) -> tuple[Box, ...]:
    """A box for each place with points, where it covers little of the drawing and no other box or point.

    Args:
        bare: a sketch without labels.
        names: what each point is called.
    """
    places: list[tuple[complex, list[str]]] = []
    for name, z in bare.points.items():
        here = next((group for at, group in places if abs(at - z) < 0.5), None)
        if here is None:
            places.append((z, [name]))
        else:
            here.append(name)
    strokes, dots = _strokes(bare), np.array([z for z, _ in places])
    options = [_options(z, tuple(group), names, strokes, dots, bare.height) for z, group in places]
    chosen: dict[int, Box] = {}
    crowded_first = sorted(range(len(places)), key=lambda i: -int((abs(dots - dots[i]) < 60).sum()))
    for i in [*crowded_first, *range(len(places)), *range(len(places))]:  # later rounds know where the others are
        chosen[i] = _best(options[i], [box for j, box in chosen.items() if j != i])
    return tuple(chosen[i] for i in range(len(places)))


def _best(options: list[Box], others: list[Box]) -> Box:
    """The first box that overlaps none, or else the one that overlaps fewest."""
    for box in options:
        if not any(box.overlaps(other) for other in others):
            return box
    return min(options, key=lambda box: sum(box.overlaps(other) for other in others))


_GAPS = np.array([5.5, 8.0, 11.0, 15.0, 20.0, 27.0, 36.0, 48.0, 64.0, 85.0, 110.0])
_UNITS = np.exp(2j * np.pi * np.arange(24) / 24)


def _options(
    z: complex, points: tuple[str, ...], names: Mapping[str, str], strokes: Samples, dots: Samples, height: float
) -> list[Box]:
    """Boxes around a point, those that cover and stray least first; off other points, if that can be."""
    width, tall = _extent(points, names), FONT * 0.86
    middle = dots.mean()
    outward = (z - middle) / abs(z - middle) if abs(z - middle) > 1 else 0j
    reach = np.minimum(width / 2 / np.maximum(abs(_UNITS.real), 1e-9), tall / 2 / np.maximum(abs(_UNITS.imag), 1e-9))
    gaps = np.repeat(_GAPS, len(_UNITS))
    centres = z + (_UNITS * (_GAPS[:, None] + reach)).ravel()
    away = strokes[abs(strokes - z) < 140 + width] - centres[:, None]
    covered = ((abs(away.real) < width / 2 + 2) & (abs(away.imag) < tall / 2 + 2)).sum(axis=1)
    off = (abs(centres.real - WIDTH / 2) + width / 2 > WIDTH / 2 - 4) | (
        abs(centres.imag - height / 2) + tall / 2 > height / 2 - 4
    )
    inward = -np.tile((_UNITS.conjugate() * outward).real, len(_GAPS))
    costs = 3.0 * covered + 0.45 * gaps + 2.0 * inward + 1e4 * off
    beside = dots - centres[:, None]
    distances = np.hypot(np.maximum(0, abs(beside.real) - width / 2), np.maximum(0, abs(beside.imag) - tall / 2)).min(
        axis=1
    )
    order = np.argsort(costs, kind="stable")
    clear = order[distances[order] > DOT + 1]
    return [Box(points, complex(centres[i]), width, tall, float(gaps[i])) for i in (clear if len(clear) else order)]


def _strokes(bare: Sketch) -> Samples:
    """Points along all that is drawn, about 4 apart."""
    parts: list[Samples] = [np.zeros(0, np.complex128)]
    for one in bare.segments:
        count = max(2, int(abs(one.end - one.start) / 4))
        steps = np.linspace(0, 1, count, dtype=np.complex128)
        parts.append(one.start + (one.end - one.start) * steps)
    for circle in bare.circles:
        turns = np.linspace(0, 2 * np.pi, min(4000, max(12, int(circle.radius * 1.6))))
        parts.append(np.asarray(circle.centre + circle.radius * np.exp(1j * turns), np.complex128))
    parts += [np.array(mark.corners, np.complex128) for mark in bare.marks]
    return np.concatenate(parts)


_WIDE = {"M": 0.92, "W": 0.95, "I": 0.42, "J": 0.52}


def _extent(points: tuple[str, ...], names: Mapping[str, str]) -> float:
    """How wide a label is, rather too wide than too narrow."""
    width = 0.0
    for point in points:
        stem, low, primes = name_parts(names[point])
        width += sum(_WIDE.get(letter, 0.76) for letter in stem) + 0.42 * len(low) + 0.3 * len(primes)
    return FONT * (width + 0.6 * (len(points) - 1))


# The document


def _document(drawn: Sketch, problem: Problem) -> str:
    names = names_of(problem.points)
    content = f"{problem.name} {problem} {_path(list(drawn.points.values()))}"
    key = "porism-" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:10]
    body = [
        _element("title", _xml(_title(drawn, problem)), id=f"{key}-title"),
        _element("desc", _xml(_description(drawn, problem)), id=f"{key}-desc"),
        _element("style", _style()),
        _element("rect", classes="porism-paper", width=WIDTH, height=drawn.height, rx=10, fill=LIGHT["paper"]),
        *_shapes(drawn),
        *_dots(drawn, problem),
        *(_label(box, drawn, names) for box in drawn.labels),
    ]
    root = _element(
        "svg",
        "\n" + "\n".join(body) + "\n",
        xmlns="http://www.w3.org/2000/svg",
        classes="porism-figure",
        viewBox=f"0 0 {_number(WIDTH)} {_number(drawn.height)}",
        width=WIDTH,
        height=drawn.height,
        style="max-width:100%;height:auto",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        color=LIGHT["ink"],
        fill="none",
        stroke_linecap="round",
        stroke_linejoin="round",
    )
    return root + "\n"


def _title(drawn: Sketch, problem: Problem) -> str:
    notation = for_problem(plain(problem.points), problem)
    goals = listed([claim(goal, notation) for goal in problem.goals])
    return f"Figure: {goals}" if goals else f"Figure of {plain(problem.points).each(drawn.points)}"


def _description(drawn: Sketch, problem: Problem) -> str:
    stated = statement(problem, drawn.auxiliary)
    auxiliary = [point for point in drawn.points if point in drawn.auxiliary]
    return f"{stated} Auxiliary: {plain(problem.points).each(auxiliary)}." if auxiliary else stated


def _style() -> str:
    """Colours for dark pages; those for light ones are attributes, so the figure needs no style sheet there."""
    rules = [f".porism-figure{{color:{DARK['ink']};color-scheme:dark}}", f".porism-paper{{fill:{DARK['paper']}}}"]
    rules += [f".porism-halo{{stroke:{DARK['paper']}}}"]
    for kind in ("circle", "mark", "goal", "aux"):
        rules.append(f".porism-{kind}{{stroke:{DARK[kind]}}}.porism-{kind}-fill{{fill:{DARK[kind]}}}")
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _shapes(drawn: Sketch) -> Iterator[str]:
    for polygon in drawn.polygons:
        yield _element("path", d=_path(polygon) + "Z", fill="currentColor", fill_opacity="0.045")
    for mark in drawn.marks:
        if mark.apex is not None:
            sector = _path((mark.apex, *mark.corners)) + "Z"
            yield _element("path", d=sector, **_filled(mark.kind), fill_opacity="0.14")
    for circle in drawn.circles:
        width = 2.4 if circle.kind == GOAL else 1.4
        x, y = circle.centre.real, circle.centre.imag
        yield _element("circle", cx=x, cy=y, r=circle.radius, **_stroked(circle.kind, width))
    for one in drawn.segments:
        yield _element("path", d=_path((one.start, one.end)), **_stroked(one.kind, 2.6 if one.kind == GOAL else 1.6))
    for mark in drawn.marks:
        yield _element("path", d=_path(mark.corners), **_stroked(mark.kind, 1.6))


def _dots(drawn: Sketch, problem: Problem) -> Iterator[str]:
    goals = {point for goal in problem.goals for point in goal.points}
    for name, z in drawn.points.items():
        kind = AUXILIARY if name in drawn.auxiliary else GOAL if name in goals else GIVEN
        yield _element("circle", cx=z.real, cy=z.imag, r=DOT, **_filled(kind, halo=1.2))


def _label(box: Box, drawn: Sketch, names: Mapping[str, str]) -> str:
    """The names of a place; apart from it, a thin line leads there."""
    auxiliary = all(point in drawn.auxiliary for point in box.points)
    text = _element(
        "text",
        ", ".join(_name(names[point]) for point in box.points),
        x=box.centre.real,
        y=box.centre.imag + FONT * 0.31,
        text_anchor="middle",
        font_family="STIX Two Text, Cambria, Georgia, Times New Roman, serif",
        font_size=FONT,
        font_style="italic",
        paint_order="stroke",
        **_filled(AUXILIARY if auxiliary else GIVEN, halo=3.5),
    )
    if box.gap < 24:
        return text
    dot = drawn.points[box.points[0]]
    unit = (box.centre - dot) / abs(box.centre - dot)
    leader = (dot + unit * (DOT + 2), dot + unit * (box.gap - 2))
    return _element("path", d=_path(leader), **_stroked("circle", 0.8)) + text


def _name(name: str) -> str:
    """A point's name with its subscript lowered."""
    stem, low, primes = name_parts(name)
    if not low:
        return _xml(stem + primes)
    sub = _element("tspan", _xml(low), dy=4, font_size=FONT * 0.68, font_style="normal")
    return _xml(stem) + sub + _element("tspan", _xml(primes) or "\u200b", dy=-4)


def _stroked(kind: str, width: float) -> dict[str, Any]:
    dashes: dict[str, Any] = {"stroke_dasharray": "6 4.5"} if kind == AUXILIARY else {}
    return {"classes": f"porism-{kind}", "stroke": _colour(kind), "stroke_width": width, **dashes}


def _filled(kind: str, halo: float = 0) -> dict[str, Any]:
    """A fill, and around it so much of the paper's colour."""
    around: dict[str, Any] = {"stroke": LIGHT["paper"], "stroke_width": halo} if halo else {}
    classes = f"porism-{kind}-fill porism-halo" if halo else f"porism-{kind}-fill"
    return {"classes": classes, "fill": _colour(kind), **around}


def _colour(kind: str) -> str:
    return "currentColor" if kind == GIVEN else LIGHT[kind]


def _path(corners: Sequence[complex]) -> str:
    return "M" + "L".join(f"{_number(z.real)} {_number(z.imag)}" for z in corners)


def _element(tag: str, content: str = "", **attributes: str | float) -> str:
    """An XML element; ``content`` is XML, attributes are not yet, ``classes`` is ``class`` and ``_`` is ``-``."""
    names = {"classes": "class"}
    written = "".join(
        f' {names.get(name, name.replace("_", "-"))}="{_xml(value if isinstance(value, str) else _number(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _number(value: float) -> str:
    """A number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.005 else "0"


def _xml(text: str) -> str:
    """Text that may stand anywhere in an XML document."""
    return escape(re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))
