"""The circles of a figure: those that constructions and goals speak of."""

from collections.abc import Iterable, Iterator

from porism.symbolic.faces.lines import is_round
from porism.symbolic.faces.shapes import Circle, Points
from porism.symbolic.faces.style import AUXILIARY, GOAL
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause


def circles(stated: Iterable[Clause], added: Iterable[Clause], goals: Iterable[Fact], points: Points) -> list[Circle]:
    """Each circle once, as what it is first of: of a goal, given, auxiliary."""
    found: list[Circle] = []
    wanted = [(circle_of(fact, points), GOAL) for fact in goals]
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
            if fact.name == "cong" and is_round(one):
                yield _radii(fact, points)
            else:
                yield circle_of(fact, points)


def _radii(fact: Fact, points: Points) -> tuple[complex, float] | None:
    """The circle of which two segments with a common end are radii."""
    a, b, c, d = fact.points
    centre = next((p for p in (a, b) if p in (c, d)), None)
    return None if centre is None else (points[centre], abs(points[a] - points[b]))


def circle_of(fact: Fact, points: Points) -> tuple[complex, float] | None:
    """The circle that a fact speaks of, by centre and radius, if it does."""
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
