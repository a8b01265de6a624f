"""Figures as SVG: a drawing of a problem or a proof, standalone, readable on light and dark pages.

What is drawn follows from the constructions and the goals: the lines and circles that they speak of, ticks on equal
segments, arcs in equal angles and squares in right ones. Goals are emphasised, auxiliary points and their lines are
dashed and in another colour. Lengths below are in units of the ``viewBox``, and y points down.

Labels take the place around their point that covers least of the drawing, and never that of another label or point.
"""

import math
from dataclasses import replace

import numpy as np

from porism.errors import InputError
from porism.symbolic.diagram import Diagram
from porism.symbolic.faces.circles import circles
from porism.symbolic.faces.document import document
from porism.symbolic.faces.labels import labels
from porism.symbolic.faces.lines import covered, merged, segments, sides, whole
from porism.symbolic.faces.marks import marks
from porism.symbolic.faces.shapes import DOT, WIDTH, Ends, Points, Segment, Sketch
from porism.symbolic.faces.style import AUXILIARY, DARK, GIVEN, GOAL, LIGHT
from porism.symbolic.faces.words import names_of
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof

__all__ = ["DARK", "DOT", "LIGHT", "WIDTH", "Sketch", "sketch", "svg"]

MARGIN = 46.0


def svg(subject: Problem | Proof, diagram: Diagram) -> str:
    """A drawing as a standalone SVG document.

    Args:
        subject: a problem, all of whose points are drawn; or a proof, of which the points that it or its goals need.
        diagram: coordinates of the problem's points.

    Raises:
        InputError: the diagram lacks a point, or has one that is no finite number.
    """
    problem = subject.problem if isinstance(subject, Proof) else subject
    return document(sketch(subject, diagram), problem)


def sketch(subject: Problem | Proof, diagram: Diagram) -> Sketch:
    """What :func:`svg` draws, as a value; same arguments and errors."""
    problem, shown, auxiliary = _shown(subject)
    points, height = _placed(problem, shown, diagram)
    stated = [
        clause for clause in problem.clauses if not set(clause.points) & auxiliary and set(clause.points) <= shown
    ]
    added = [clause for clause in problem.clauses if set(clause.points) & auxiliary]
    goals = [fact for fact in problem.goals if set(fact.points) <= shown]
    given = merged(segments(stated, points))
    extra = [one for one in merged(segments(added, points)) if not covered(one, given)]
    wanted = merged((points[a], points[b]) for fact in goals for a, b in sides(fact))
    kinds = ((given, GIVEN), (extra, AUXILIARY), (wanted, GOAL))
    bare = Sketch(
        points,
        auxiliary,
        height,
        polygons=tuple(tuple(points[p] for p in one.points) for one in stated if whole(one) and len(one.points) > 2),
        segments=tuple(Segment(*one, kind) for found, kind in kinds for one in found),
        circles=tuple(circles(stated, added, goals, points)),
        marks=tuple(marks(stated + added, goals, points)),
    )
    return replace(bare, labels=labels(bare, names_of(problem.points)))


def _shown(subject: Problem | Proof) -> tuple[Problem, frozenset[str], frozenset[str]]:
    """The problem, the points to draw, and which of them are auxiliary."""
    if isinstance(subject, Problem):
        return subject, frozenset(subject.points), frozenset()
    problem, auxiliary = subject.problem, frozenset(subject.auxiliary)
    goal = problem.ancestors(point for fact in problem.goals for point in fact.points)
    return problem, problem.ancestors(goal | auxiliary), auxiliary


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
    for circle in circles(clauses, [], goals, points):
        if circle.radius <= 0.8 * size:
            r, c = circle.radius, circle.centre
            low = complex(min(low.real, c.real - r), min(low.imag, c.imag - r))
            high = complex(max(high.real, c.real + r), max(high.imag, c.imag + r))
    return low, high
