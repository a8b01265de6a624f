"""From which points an auxiliary point can start: all choices of a kind, as arrays of numbers (choices, points).

Lines and directions are those that are known: of all pairs on one line one stands for it, and of all parallel lines one
for their direction, since any other would say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, permutations
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """What choices are made from.

    Attributes:
        count: of points.
        lines: int64 (lines, 2), two points of each line that is known.
        directions: int64 (directions, 2), two points of one line of each direction.
        on: bool (lines, points), which points are known to lie on a line.
    """

    count: int
    lines: Integers
    directions: Integers
    on: NDArray[np.bool_]

    @cached_property
    def points(self) -> range:
        """By number."""
        return range(self.count)


def _rows(found: list[tuple[int, ...]], width: int) -> Integers:
    return np.array(found, np.int64).reshape(-1, width)


def pairs(known: Known) -> Integers:
    """Two points, in no order."""
    return _rows(list(combinations(known.points, 2)), 2)


def ordered(known: Known) -> Integers:
    """Two points in order."""
    return _rows(list(permutations(known.points, 2)), 2)


def triples(known: Known) -> Integers:
    """Three points, in no order."""
    return all_triples(known.count)


@lru_cache(maxsize=32)
def all_triples(count: int) -> Integers:
    """Three of so many points, in no order."""
    return _rows(list(combinations(range(count), 3)), 3)


def apex(known: Known) -> Integers:
    """Three points, of which the second is apart."""
    return _rows([(b, a, c) for a, b, c in permutations(known.points, 3) if b < c], 3)


def apex_ends(known: Known) -> Integers:
    """Three points, of which the last is apart."""
    return _rows([(a, b, c) for a, b, c in permutations(known.points, 3) if a < b], 3)


def _product(*parts: Integers) -> Integers:
    """Every row of one with every row of the others, side by side."""
    index = np.indices([len(part) for part in parts]).reshape(len(parts), -1)
    return np.concatenate([part[i] for part, i in zip(parts, index, strict=True)], axis=1)


def _singles(known: Known) -> Integers:
    return np.arange(known.count)[:, None]


def point_line(known: Known) -> Integers:
    """A point and a line that it is not on."""
    i, j = np.nonzero(~known.on.T)
    return np.concatenate([i[:, None], known.lines[j]], axis=1)


def lines(known: Known) -> Integers:
    """Two lines."""
    i, j = np.triu_indices(len(known.lines), 1)
    return np.concatenate([known.lines[i], known.lines[j]], axis=1)


def point_direction_line(known: Known) -> Integers:
    """A point, a direction, and a line that the point is not on."""
    first = point_line(known)
    index = np.indices((len(first), len(known.directions))).reshape(2, -1)
    one = first[index[0]]
    return np.concatenate([one[:, :1], known.directions[index[1]], one[:, 1:]], axis=1)


def two_altitudes(known: Known) -> Integers:
    """Two points, and a direction for each."""
    both, count = pairs(known), len(known.directions)
    index = np.indices((len(both), count, count)).reshape(3, -1)
    index = index[:, index[1] != index[2]]
    one, two = known.directions[index[1]], known.directions[index[2]]
    return np.concatenate([both[index[0], :1], one, both[index[0], 1:], two], axis=1)


def secant(known: Known) -> Integers:
    """A point, two more of a circle through it, and another point."""
    return _secant(known.count)


@lru_cache(maxsize=8)
def _secant(count: int) -> Integers:
    return _rows([(a, b, c, d) for a, b, c, d in permutations(range(count), 4) if b < c], 4)


def chord(known: Known) -> Integers:
    """A point, two more of a circle through it, and a direction."""
    through = apex(known)[:, [1, 0, 2]]
    index = np.indices((len(through), len(known.directions))).reshape(2, -1)
    return np.concatenate([through[index[0]], known.directions[index[1]]], axis=1)


def circles(known: Known) -> Integers:
    """A point and two circles through it."""
    return _circles(known.count)


@lru_cache(maxsize=8)
def _circles(count: int) -> Integers:
    both = np.array(list(combinations(range(count - 1), 2)), np.int64).reshape(-1, 2)
    i, j = np.triu_indices(len(both), 1)
    four = np.concatenate([both[i], both[j]], axis=1)
    rows = [np.concatenate([np.full((len(four), 1), a), four + (four >= a)], axis=1) for a in range(count)]
    return np.concatenate(rows)


def centre_secant(known: Known) -> Integers:
    """A point, another, and the centre of a circle through the first."""
    return _rows(list(permutations(known.points, 3)), 3)


def centre_circle(known: Known) -> Integers:
    """A point, two more of a circle through it, and the centre of another."""
    return secant(known)


def pair_line(known: Known) -> Integers:
    """Two points and a line."""
    return _product(pairs(known), known.lines)


CHOICES: dict[str, Callable[[Known], Integers]] = {
    "pairs": pairs,
    "ordered": ordered,
    "triples": triples,
    "apex": apex,
    "apex ends": apex_ends,
    "point line": point_line,
    "lines": lines,
    "point direction line": point_direction_line,
    "two altitudes": two_altitudes,
    "secant": secant,
    "chord": chord,
    "circles": circles,
    "centre secant": centre_secant,
    "centre circle": centre_circle,
    "pair line": pair_line,
}


def some(rows: Integers, most: int, rng: Generator) -> Integers:
    """At most so many rows, chosen at random, in their order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(rng.choice(len(rows), most, replace=False))]
