"""The facts of a closure, one by one.

A closure knows far more equalities of angles and ratios than anyone wants to read. Listed are: lines and circles with
all their points, midpoints, parallels and right angles between lines (not between pairs of points), segments of equal
length or in a simple ratio, similar and congruent triangles, and equal angles of triangles, where equality is told
once for each member of a class.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from porism.symbolic.facts import Fact
from porism.symbolic.kernel.lengths import ratio
from porism.symbolic.kernel.matching import parallel, perpendicular
from porism.symbolic.kernel.tables import Table

TURNS = 12  # constant angles are told in whole parts of a half turn: 15 degrees


def facts(names: Sequence[str], figure: Any, state: Any, tables: Sequence[Table]) -> Iterator[Fact]:
    """The facts of a closure, each once; arrays as in :mod:`porism.symbolic.kernel`."""
    directions, logs = tables[0].hash, tables[1].hash
    known = lines(figure, directions)
    yield from (Fact("coll", tuple(names[i] for i in line)) for line in known if len(line) > 2)
    yield from circles(names, state)
    yield from _midpoints(names, figure, directions, logs)
    yield from _angles(names, figure, directions, known)
    yield from _lengths(names, figure, logs)
    yield from _triangles(names, figure, state, logs)
    yield from _corners(names, figure, directions)


def nearest(found: Iterator[Fact], goal: Fact, count: int) -> list[Fact]:
    """The facts that say most about the goal's points: of its own kind before others, and angles last."""

    def distance(fact: Fact) -> tuple[int, bool, bool, int]:
        asked, told = set(goal.points), set(fact.points)
        return len(asked - told) // 2, fact.name != goal.name, fact.name == "eqangle", len(told - asked)

    return sorted((fact for fact in found if len(set(fact.points) & set(goal.points)) > 1), key=distance)[:count]


def _groups(hashes: Any, items: Sequence[int]) -> Iterator[list[int]]:
    """Items with equal hashes, two or more."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for item in items:
        groups.setdefault(tuple(hashes[item].tolist()), []).append(item)
    return (group for group in groups.values() if len(group) > 1)


def lines(figure: Any, directions: Any) -> list[tuple[int, ...]]:
    """Every line through two points, with all points that are known to lie on it."""
    n, pair = len(figure.pair), figure.pair
    sets = dict[frozenset[int], None]()
    for i, j in combinations(range(n), 2):
        if figure.apart[pair[i, j]]:
            on = {
                k for k in range(n) if k not in (i, j) and figure.on_line[i, j, k] and _same(directions, pair, i, j, k)
            }
            apart = {k for k in on if all(figure.apart[pair[k, m]] for m in on if m < k)}
            sets[frozenset({i, j} | apart)] = None
    return [tuple(sorted(line)) for line in sets if not any(line < other for other in sets)]


def _same(directions: Any, pair: Any, i: int, j: int, k: int) -> bool:
    return bool((directions[pair[i, j]] == directions[pair[i, k]]).all())


def circles(names: Sequence[str], state: Any) -> Iterator[Fact]:
    """Every circle with all points that are known to lie on it, and its centre if that is known."""
    for c in range(state.size[1]):
        if state.circle[c, 3]:
            on = [names[i] for i in np.flatnonzero(state.member[c] >= 0).tolist()]
            centre = state.circle[c, 1]
            if centre >= 0 and len(on) > 2:
                yield Fact("circle", (names[centre], *on))
            elif len(on) > 3:
                yield Fact("cyclic", tuple(on))


def _midpoints(names: Sequence[str], figure: Any, directions: Any, logs: Any) -> Iterator[Fact]:
    pair = figure.pair
    for p, q, r in figure.lines.tolist():
        equal = abs(figure.length[0, pair[p, q]] - figure.length[0, pair[q, r]]) < 1e-8
        if equal and _same(directions, pair, q, p, r) and _same(logs, pair, q, p, r):
            yield Fact("midp", (names[q], names[p], names[r]))


def _angles(names: Sequence[str], figure: Any, directions: Any, known: Sequence[Sequence[int]]) -> Iterator[Fact]:
    first = {int(figure.pair[line[0], line[1]]): line for line in known}
    for group in _groups(directions, list(first)):
        for x, y in combinations(group, 2):
            four = tuple(names[i] for i in (*first[x][:2], *first[y][:2]))
            if parallel(figure.angle, x, y):
                yield Fact("para", four)
            elif perpendicular(figure.angle, x, y):
                yield Fact("perp", four)
            else:
                parts = (figure.angle[:, y] - figure.angle[:, x]) * TURNS
                whole = round(parts[0])
                if (abs((parts - whole + TURNS / 2) % TURNS - TURNS / 2) < 1e-7).all():
                    angle = Fraction(whole % TURNS, TURNS)
                    yield Fact("aconst", (*four, str(angle.numerator), str(angle.denominator)))


def _lengths(names: Sequence[str], figure: Any, logs: Any) -> Iterator[Fact]:
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    for group in _groups(logs, [k for k in range(len(pairs)) if figure.apart[k]]):
        for x, y in combinations(group, 2):
            m, n = ratio(figure.length, x, y, 1)
            if m:
                four = pairs[x] + pairs[y]
                yield Fact("cong", four) if m == n else Fact("rconst", (*four, str(m), str(n)))


def _triangles(names: Sequence[str], figure: Any, state: Any, logs: Any) -> Iterator[Fact]:
    pair, seen = figure.pair, set[Fact]()
    for j, i in enumerate(state.label.tolist()):
        while i != state.label[i]:
            i = state.label[i]
        if i == j:
            continue
        (a, b, c, one), (x, y, z, two) = figure.triangles[i].tolist(), figure.triangles[j].tolist()
        equal = abs(figure.length[0, pair[a, b]] - figure.length[0, pair[x, y]]) < 1e-8
        congruent = equal and (logs[pair[a, b]] == logs[pair[x, y]]).all()
        name = ("contri" if congruent else "simtri") + ("" if one == two else "2")
        fact = Fact(name, tuple(names[k] for k in (a, b, c, x, y, z)))
        if fact not in seen:
            seen.add(fact)
            yield fact


def _corners(names: Sequence[str], figure: Any, directions: Any) -> Iterator[Fact]:
    """Angles of triangles that are equal, but for those between the same two lines and those with a fixed size."""
    prime, pair = 2147483647, figure.pair
    groups: dict[tuple[int, ...], list[tuple[tuple[int, ...], Any, set[tuple[int, ...]]]]] = {}
    for *three, sign in figure.corners.tolist():
        for i in range(3):
            v, u, w = three[i], three[(i + 1) % 3], three[(i + 2) % 3]
            u, w = (u, w) if sign > 0 else (w, u)
            x, y = directions[pair[v, u]], directions[pair[v, w]]
            key = tuple(((y - x) % prime).tolist())
            if not any(key):
                continue
            angle, between = figure.angle[:, pair[v, w]] - figure.angle[:, pair[v, u]], tuple(x.tolist() + y.tolist())
            for rep, seen, told in groups.setdefault(key, []):
                if (abs((angle - seen + 0.5) % 1 - 0.5) < 1e-8).all():
                    if between not in told:
                        eight = (rep[0], rep[1], rep[0], rep[2], v, u, v, w)
                        yield Fact("eqangle", tuple(names[k] for k in eight))
                    told.add(between)
                    break
            else:
                groups[key].append(((v, u, w), angle, {between}))
