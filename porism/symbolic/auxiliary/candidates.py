"""The points that could be added to a figure: placed, each once, and described by what a drawing says of them.

A place that several constructions lead to is likelier to matter than one that only one leads to, and so is one that
lies on lines and circles, or at distances, that its own construction does not speak of.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

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


FEATURES = ("ways", "lines", "parallel", "right", "equal", "lengths", "circles", "goal")


def described(found: Candidates) -> Numbers:
    """The features of candidates, logarithms of one plus a count.

    *ways*: constructions that lead to the place; *lines*: pairs of points that it is on a line with; *parallel*,
    *right*: lines through it and a point with the direction of a line of the figure, or at right angles to it;
    *equal*: pairs of points at the same distance; *lengths*: distances that are lengths of the figure; *circles*:
    circles through three points that it lies on; *goal*: the share of its points that the goal speaks of.
    """
    ground, figure = found.ground, found.ground.figure
    result = np.zeros((len(found.kinds), len(FEATURES)))
    _, group, ways = np.unique(found.group, return_inverse=True, return_counts=True)
    result[:, 0] = ways[group] - 1
    first = np.unique(group, return_index=True)[1]  # what the drawings say is a matter of the place alone
    counts = np.zeros((len(first), 6))
    places, z = found.places[:, first], ground.z
    there = figure.apart
    angle = np.angle(places[:, :, None] - z[:, None, :]) / np.pi
    length = np.log(abs(places[:, :, None] - z[:, None, :]))
    i, j = np.triu_indices(ground.count, 1)
    counts[:, 0] = _same(angle[:, :, i], angle[:, :, j]).sum(axis=1)
    counts[:, 1] = _among(angle, figure.angle[:, there], 1.0)
    counts[:, 2] = _among(angle + 0.5, figure.angle[:, there], 1.0)
    counts[:, 3] = (abs(length[:, :, i] - length[:, :, j]) < SAME).all(axis=0).sum(axis=1)
    counts[:, 4] = _among(length, figure.length[:, there], 0.0)
    counts[:, 5] = _on_circles(places, z)
    result[:, 1:7] = counts[group]
    asked = np.zeros(ground.count + 1)
    asked[list(ground.asked)] = 1
    used = found.points >= 0
    result = np.log1p(result)
    result[:, 7] = (asked[found.points] * used).sum(axis=1) / used.sum(axis=1)
    return result


def _same(one: Numbers, two: Numbers) -> NDArray[np.bool_]:
    """Whether directions are the same in all drawings; (drawings, ...) to (...)."""
    apart = one - two
    same: NDArray[np.bool_] = np.all(abs(apart - np.round(apart)) < SAME, axis=0)
    return same


def _among(values: Numbers, known: Numbers, period: float) -> Numbers:
    """How many of the values (drawings, rows, points) are one of the known (drawings, many), a row each."""
    one = values[0] % period if period else values[0]
    base = known[0] % period if period else known[0]
    order = np.argsort(base)
    base = base[order]
    at = np.searchsorted(base, one)
    found = np.zeros(one.shape, np.bool_)
    for step in (-1, 0):
        k = order[(at + step) % len(order)]
        apart = values - known[:, k]
        if period:
            apart -= np.round(apart / period) * period
        found |= (abs(apart) < SAME).all(axis=0)
    count: Numbers = found.sum(axis=1).astype(np.float64)
    return count


def _on_circles(places: NDArray[np.complex128], z: NDArray[np.complex128]) -> Numbers:
    """How many circles through three points of the figure each place lies on."""
    a, b, c = triples(z.shape[1]).T
    with np.errstate(all="ignore"):
        centre = circumcentre(z[:, a], z[:, b], z[:, c])
        radius = abs(centre - z[:, a])
    fine = (np.isfinite(centre) & (radius < 20)).all(axis=0)
    centre, radius = centre[:, fine], radius[:, fine]
    near = (abs(abs(places[0][:, None] - centre[0]) - radius[0]) < SAME) if centre.shape[1] else None
    if near is None:
        return np.zeros(places.shape[1])
    rows, which = np.nonzero(near)
    good = (abs(abs(places[:, rows] - centre[:, which]) - radius[:, which]) < 10 * SAME).all(axis=0)
    return np.bincount(rows[good], minlength=places.shape[1]).astype(np.float64)
