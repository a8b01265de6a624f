"""The log of a closure, read: what was learned when, in facts and names instead of numbers."""

from collections.abc import Sequence
from math import isqrt

import numpy as np

from porism.symbolic.closure import Closure
from porism.symbolic.explain import TraceError
from porism.symbolic.facts import Fact
from porism.symbolic.kernel import state as log
from porism.symbolic.proof import Unknown
from porism.symbolic.rules import RULES, Template

Named = tuple[tuple[Unknown, int], ...]
"""Unknowns by name with their coefficients, sorted; the one of a point a on a circle is ``(a, "@")``."""


_CORNERS = (0, 1, 0, 2, 3, 4, 3, 5)  # the lines of two corners, each a vertex and two arms


class History:
    """The events, circles and corners of a closure by name.

    Attributes:
        events: rows of numbers, see :mod:`porism.symbolic.kernel.state`.
        growths: for every cluster how it grew: reasons, each with the points it brought.
    """

    def __init__(self, closure: Closure) -> None:
        self.closure, self.state, self.names = closure, closure.state, closure.points
        self.events: list[list[int]] = self.state.events[: self.state.size[0]].tolist()
        self.pairs = [(a, b) for i, a in enumerate(self.names) for b in self.names[i + 1 :]]
        self._unknowns = [pair(a, b) for a, b in self.pairs]
        self._spoken: dict[int, Fact] = {}
        self.growths = [self._groups(c) for c in range(self.state.size[1])]

    # Events

    def said(self, event: int) -> Fact:
        """The fact that an event of the log states."""
        if event not in self._spoken:
            self._spoken[event] = self._said(event)
        return self._spoken[event]

    def _said(self, event: int) -> Fact:
        code, *a = self.events[event]
        if code == log.PREMISE:
            return self.closure.premises[a[0]]
        if code == log.LINE:
            return Fact("coll", tuple(self.names[i] for i in a[:3]))
        if code in (log.PERPENDICULAR, log.SQUARE_PERPENDICULAR):
            return Fact("perp", tuple(self.names[i] for i in a[:4]))
        if code == log.EQUAL_ANGLES:
            six = [self.names[i] for i in a[:6]]
            return Fact("eqangle", tuple(six[i] for i in _CORNERS))
        if code == log.RIGHT:
            lines = tuple(self.names[i] for i in a[:4])
            return Fact("perp", lines) if a[4] == 6 else Fact("aconst", (*lines, str(a[4]), "12"))
        if code < 0:
            x, y, m, n = a[:4]
            if code in (log.SQUARE_RATIO, log.LOG_SQUARES) and (isqrt(m) ** 2 != m or isqrt(n) ** 2 != n):
                return Fact("sqconst", (*self.pairs[x], *self.pairs[y], str(m), str(n)))
            if code == log.SQUARE_RATIO:
                m, n = isqrt(m), isqrt(n)
            four = self.pairs[x] + self.pairs[y]
            return Fact("cong", four) if m == n else Fact("rconst", (*four, str(m), str(n)))
        id, points = self.rule(event)
        if id == "circle":
            return Fact("circle", points)
        return bound(RULES[id].parts[1], dict(zip(RULES[id].letters, points, strict=True)))

    def rule(self, event: int) -> tuple[str, tuple[str, ...]]:
        """The rule of an event, and the points for its letters."""
        code, *a = self.events[event]
        id = log.RULES[code]
        if id == "equal-sines":
            six = [self.names[i] for i in a[:6]]
            return id, tuple(six[i] for i in _CORNERS)
        count = 4 if id == "circle" else len(RULES[id].letters)
        return id, tuple(self.names[i] for i in a[:count])

    # Unknowns

    def spelled(self, system: int, k: int) -> Named:
        """Equation k of a table with names for its unknowns, like ones summed."""
        total: dict[Unknown, int] = {}
        table = self.closure.table(system)
        kind, c, *points = table.source[k].tolist()
        on = {int(self.state.member[c, i]): self.names[i] for i in points} if kind in (log.CHORD, log.RADIUS) else {}
        for x, coefficient in zip(table.unknowns[k].tolist(), table.coefficients[k].tolist(), strict=True):
            if coefficient:
                name: Unknown = (on[x], "@") if x in on else self.name(x)
                total[name] = total.get(name, 0) + coefficient
        return tuple(sorted((name, c) for name, c in total.items() if c))

    def name(self, x: int) -> Unknown:
        """The name of an unknown: a pair's, or that of the sine of the angle between two lines."""
        if x < len(self.pairs):
            return self._unknowns[x]
        sines = self.state.sines
        return self.sine(int(np.flatnonzero((sines[:, 0] == x) & (sines[:, 1] == np.arange(len(sines))))[0]))

    def corner(self, k: int) -> tuple[str, str, str]:
        """Vertex and arms of a corner, counter-clockwise."""
        *three, sign = self.closure.figure.corners[k // 3].tolist()
        v, u, w = (self.names[three[(k + i) % 3]] for i in range(3))
        return (v, u, w) if sign > 0 else (v, w, u)

    def sine(self, k: int) -> Unknown:
        """The unknown of a corner's sine."""
        v, u, w = self.corner(k)
        return sine(v, u, v, w)

    def sines(self) -> dict[Unknown, int]:
        """The unknowns of sines by name."""
        return {self.name(x): x for x in range(len(self.pairs), len(self.closure.tables[1].form))}

    # Circles

    def _groups(self, c: int) -> list[tuple[int, list[str]]]:
        """How a cluster grew: reasons, each with the points it brought."""
        groups: list[tuple[int, list[str]]] = []
        for cluster, point, why in self.state.growth[: self.state.size[2]].tolist():
            if cluster == c:
                if not groups or groups[-1][0] != why:
                    groups.append((why, []))
                groups[-1][1].append(self.names[point])
        return groups

    def cluster(self, points: Sequence[str]) -> int:
        """A cluster that has all the points."""
        members = self.state.member[: self.state.size[1], [self.closure.number[p] for p in points]]
        alive = self.state.circle[: self.state.size[1], 3] == 1
        found = np.flatnonzero((members >= 0).all(axis=1) & alive)
        if not len(found):
            raise TraceError(f"cyclic {' '.join(points)}")
        return int(found[0])


def bound(template: Template, letters: dict[str, str]) -> Fact:
    """A template with points for its letters."""
    return Fact(template[0], tuple(letters[x] for x in template[1]))


def pair(a: str, b: str) -> Unknown:
    """The unknown of a pair of points."""
    return tuple(sorted((a, b)))


def sine(a: str, b: str, c: str, d: str) -> Unknown:
    """The unknown of the sine of the angle between two lines."""
    one, two = sorted([pair(a, b), pair(c, d)])
    return (*one, "^", *two)
