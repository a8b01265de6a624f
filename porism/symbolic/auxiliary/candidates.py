"""The points that could be added to a figure: placed, each once, and described by what a drawing says of them.

A place that several constructions lead to is likelier to matter than one that only one leads to, and so is one that
lies on lines and circles, or at distances, that its own construction does not speak of.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from porism.symbolic.auxiliary.choices import CHOICES, some, triples
from porism.symbolic.auxiliary.ground import Ground, Pick
from porism.symbolic.auxiliary.kinds import KINDS, MOST, Kind, circumcentre

Integers: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float64]

FAR = 4.0  # from the middle of a figure of size 1, at most
NEAR = 2e-3  # two points of a drawing are at least so far apart
SAME = 1e-7  # two places of a drawing are the same
EACH = 1500  # choices of one kind that are looked at, at most


@dataclass(frozen=True)
class Candidates:
    """Points that could be added, a row each.

    Attributes:
        kinds: int64 (rows,), numbers of kinds.
        points: int64 (rows, 6), the points that each starts from; unused places are -1.
        places: complex (drawings, rows).
        group: int64 (rows,), rows with the same number have the same place.
        ground: the figure.
    """

    kinds: Integers
    points: Integers
    places: NDArray[np.complex128]
    group: Integers
    ground: Ground

    def pick(self, row: int) -> Pick:
        """A row as a pick."""
        count = len(KINDS[self.kinds[row]].letters)
        return Pick(int(self.kinds[row]), tuple(self.points[row, :count].tolist()))

    @cached_property
    def features(self) -> Numbers:
        """What the drawings say of each: float64 (rows, len(FEATURES))."""
        return described(self)


def candidates(ground: Ground, rng: Generator, each: int = EACH) -> Candidates:
    """Points that could be added to a figure, at most ``each`` of a kind; the choice is random where there are more."""
    known, z = ground.known(), ground.z
    kinds, points, places = [], [], []
    with np.errstate(all="ignore"):  # degenerate choices have no place, and go
        for number, kind in enumerate(KINDS):
            rows = _spread(some(CHOICES[kind.among](known), each, rng), kind, ground)
            where = kind.place(*(z[:, rows[:, i]] for i in range(rows.shape[1])))
            good = _good(where, z)
            kinds.append(np.full(good.sum(), number))
            padded = np.full((good.sum(), MOST), -1)
            padded[:, : rows.shape[1]] = rows[good]
            points.append(padded)
            places.append(where[:, good])
    found = np.concatenate(places, axis=1)
    return Candidates(np.concatenate(kinds), np.concatenate(points), found, _groups(found), ground)


def _spread(rows: Integers, kind: Kind, ground: Ground) -> Integers:
    """The choices for which no three points lie on a line that must not."""
    good = np.ones(len(rows), np.bool_)
    for i, j, k in kind.corners:
        a, b, c = rows[:, i], rows[:, j], rows[:, k]
        good &= (a != b) & (b != c) & (c != a) & ~ground.figure.on_line[a, b, c]
    return rows[good]


def _good(places: NDArray[np.complex128], z: NDArray[np.complex128]) -> NDArray[np.bool_]:
    """Whether places are in all drawings within reach and apart from all points."""
    good: NDArray[np.bool_] = np.all(np.isfinite(places), axis=0)
    for one, points in zip(places, z, strict=True):
        good &= abs(np.where(good, one, 0)) < FAR
        good &= (abs(np.where(good, one, FAR)[:, None] - points[None, :]) > NEAR).all(axis=1)
    return good


def _groups(places: NDArray[np.complex128]) -> Integers:
    """Numbers of places: equal for those that are the same in all drawings."""
    order = np.lexsort((places[0].imag, np.round(places[0].real / SAME)))
    near = abs(np.diff(places[:, order], axis=1)).max(axis=0, initial=0) < 2 * SAME
    number = np.zeros(places.shape[1], np.int64)
    number[order[1:]] = np.cumsum(~near)
    return number


FEATURES = ("ways", "lines", "parallel", "right", "equal", "lengths", "circles", "goal", "aimed", "similar", "alike")
TURN = 0.1234567  # of half a turn: no special direction is near where numbers of directions begin
BUCKETS = 1 << 16


def described(found: Candidates) -> Numbers:
    """The features of candidates, logarithms of one plus a count.

    *ways*: other constructions that lead to the place; *lines*: pairs of points that it is on a line with; *parallel*,
    *right*: lines through it and a point with the direction of a line of the figure, or at right angles to it;
    *equal*: pairs of points at the same distance; *lengths*: distances that are lengths of the figure; *circles*:
    circles through three points that it lies on; *aimed*: *parallel* and *right* for the lines of the goal's points
    alone; *similar*: triangles of it and two points that are similar to one of the figure; *alike*: pairs of such
    triangles that are similar; *goal*: no count, but the share of its points that the goal speaks of.
    """
    ground, figure = found.ground, found.ground.figure
    _, first, group, ways = np.unique(found.group, return_index=True, return_inverse=True, return_counts=True)
    places, z = found.places[:, first], ground.z  # what the drawings say is a matter of the place alone
    apart = places[:, :, None] - z[:, None, :]
    angle, length = _turned(np.angle(apart) / np.pi), np.log(abs(apart))
    there = figure.apart
    directions, lengths = _turned(figure.angle[:, there]), _one(figure.length[:, there])
    asked = sorted(ground.asked)
    aims = _turned(figure.angle[:, [p for p in figure.pair[np.ix_(asked, asked)].flat if p >= 0 and there[p]]])
    right = _turned(angle + (0.5 - TURN))
    shapes = _triangles(length, ground.count, figure)
    counts = np.stack(
        [
            ways - 1,
            _pairs(angle),
            _among(angle, directions),
            _among(right, directions),
            _pairs(_one(length)),
            _among(_one(length), lengths),
            _on_circles(places, z),
            np.zeros(len(first)),
            _among(angle, aims) + _among(right, aims),
            _among(shapes, _old_triangles(ground.count, figure)),
            _pairs(shapes),
        ],
        axis=1,
    )
    result: Numbers = np.log1p(counts)[group]
    used = found.points >= 0
    of_goal = np.isin(found.points, asked)
    result[:, FEATURES.index("goal")] = of_goal.sum(axis=1) / used.sum(axis=1)
    return result


def _turned(angle: Numbers) -> Numbers:
    """Directions as numbers in [0, 1) that begin anew where there is no direction."""
    turned: Numbers = (angle + TURN) % 1.0
    return turned


def _one(values: Numbers) -> Numbers:
    """Numbers of all drawings (drawings, ...) in one (1, ...): equal, but for coincidences, where all are."""
    shares = np.sqrt(np.arange(1, 2 * len(values), 2) * 1.7)
    one: Numbers = np.tensordot(shares / shares.sum(), values, 1)[None]
    return one


def _shape(one: Numbers, two: Numbers, three: Numbers) -> Numbers:
    """A number of triangles that is the same for similar ones, from the logarithms of their sides."""
    most, least = np.maximum(np.maximum(one, two), three), np.minimum(np.minimum(one, two), three)
    shape: Numbers = (one + two + three) - 1.3819660 * most - 1.6180340 * least
    return _one(shape)


def _triangles(length: Numbers, count: int, figure: Any) -> Numbers:
    """Shapes of the triangles of each place and two points, (1, places, pairs)."""
    i, j = np.triu_indices(count, 1)
    return _shape(length[:, :, i], length[:, :, j], figure.length[:, None, figure.pair[i, j]])


def _old_triangles(count: int, figure: Any) -> Numbers:
    """Shapes of the triangles of the figure, (1, triangles)."""
    i, j, k = triples(count).T
    sides = (figure.length[:, figure.pair[one, two]] for one, two in ((i, j), (j, k), (k, i)))
    return _shape(*sides)


def _pairs(values: Numbers) -> Numbers:
    """How many pairs of the values (drawings, rows, many) are the same in all drawings, a row each."""
    order = np.argsort(values[0], axis=1) if len(values) > 1 else None
    near = np.ones((values.shape[1], max(values.shape[2] - 1, 0)), np.bool_)
    for one in values:
        by = np.sort(one, axis=1) if order is None else np.take_along_axis(one, order, axis=1)
        near &= abs(np.diff(by, axis=1)) < SAME
    count, run = np.zeros(len(near)), np.zeros(len(near))
    for column in np.flatnonzero(near.any(axis=0)):  # a run of n equal steps has 1 + 2 + ... + n pairs
        run = np.where(near[:, column], run * (near[:, column - 1] if column else 0) + 1, 0)
        count += run
    return count


def _among(values: Numbers, known: Numbers) -> Numbers:
    """How many of the values (drawings, rows, points) are one of the known (drawings, many), a row each."""
    count = np.zeros(values.shape[1])
    if not known.shape[1]:
        return count
    here = np.zeros(BUCKETS, np.bool_)  # most values are near none, which is seen at a glance
    for step in (-SAME, SAME):
        here[_bucket(known[0] + step)] = True
    rows, columns = np.nonzero(here[_bucket(values[0])])
    some = values[:, rows, columns]
    order = np.argsort(known[0])
    at = np.searchsorted(known[0][order], some[0])
    found = np.zeros(len(rows), np.bool_)
    for step in (-1, 0):
        found |= (abs(some - known[:, order[(at + step) % len(order)]]) < SAME).all(axis=0)
    count += np.bincount(rows[found], minlength=len(count))
    return count


def _bucket(values: Numbers) -> Integers:
    """Numbers of small intervals, which begin anew after all of them."""
    bucket: Integers = (values * 4096).astype(np.int64) & (BUCKETS - 1)
    return bucket


def _on_circles(places: NDArray[np.complex128], z: NDArray[np.complex128]) -> Numbers:
    """How many circles through three points of the figure each place lies on."""
    a, b, c = triples(z.shape[1]).T
    with np.errstate(all="ignore"):
        centre = circumcentre(z[:, a], z[:, b], z[:, c])
        radius = abs(centre - z[:, a])
    fine = (np.isfinite(centre) & (radius < 20)).all(axis=0)
    near = np.ones((places.shape[1], int(fine.sum())), np.bool_)
    for p, o, r in zip(places, centre[:, fine], radius[:, fine], strict=True):  # the power of a point, by its radius
        point = np.stack([abs(p) ** 2, p.real, p.imag, np.ones(len(p))], axis=1)
        circle = np.stack([np.ones(len(o)), -2 * o.real, -2 * o.imag, abs(o) ** 2 - r**2]) / (2 * r)
        near &= abs(point @ circle) < SAME
    count: Numbers = near.sum(axis=1).astype(np.float64)
    return count
