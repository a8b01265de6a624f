"""From which points an auxiliary point can start: all choices of a kind, as a product of arrays of numbers.

Lines and directions are those that are known: of all pairs on one line one stands for it, and of all parallel lines one
for their direction, since any other would say the same. A choice for which there is no point, such as two parallel
lines to meet, is sorted out later, by its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from math import prod
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


@lru_cache(maxsize=64)
def pairs(count: int) -> Integers:
    """Two points, in no order."""
    return np.array(list(combinations(range(count), 2)), np.int64).reshape(-1, 2)


@lru_cache(maxsize=64)
def triples(count: int) -> Integers:
    """Three points, in no order."""
    return np.array(list(combinations(range(count), 3)), np.int64).reshape(-1, 3)


@lru_cache(maxsize=64)
def ordered(count: int, length: int) -> Integers:
    """So many points in order."""
    return np.array(list(permutations(range(count), length)), np.int64).reshape(-1, length)


@lru_cache(maxsize=64)
def apex(count: int) -> Integers:
    """Three points, of which the first is apart."""
    three = ordered(count, 3)
    return three[three[:, 1] < three[:, 2]]


def point_line(known: Known) -> Integers:
    """A point and a line that it is not on."""
    point, line = np.nonzero(~known.on.T)
    return np.concatenate([point[:, None], known.lines[line]], axis=1)


def two_lines(known: Known) -> Integers:
    """Two lines."""
    i, j = np.triu_indices(len(known.lines), 1)
    return np.concatenate([known.lines[i], known.lines[j]], axis=1)


def _points(known: Known) -> Integers:
    return np.arange(known.count)[:, None]


CHOICES: dict[str, Callable[[Known], tuple[Integers, ...]]] = {
    "pair": lambda known: (pairs(known.count),),
    "two in order": lambda known: (ordered(known.count, 2),),
    "three in order": lambda known: (ordered(known.count, 3),),
    "triple": lambda known: (triples(known.count),),
    "apex": lambda known: (apex(known.count),),
    "point, line": lambda known: (point_line(known),),
    "two lines": lambda known: (two_lines(known),),
    "pair, line": lambda known: (pairs(known.count), known.lines),
    "point, line, direction": lambda known: (point_line(known), known.directions),
    "pair, two directions": lambda known: (pairs(known.count), known.directions, known.directions),
    "circle, point": lambda known: (apex(known.count), _points(known)),
    "circle, direction": lambda known: (apex(known.count), known.directions),
    "circle, pair": lambda known: (apex(known.count), pairs(known.count)),
}
"""Parts whose rows, one of each side by side, are the choices; a circle is a point and two more of it."""


def some(parts: Sequence[Integers], most: int, rng: Generator) -> Integers:
    """At most so many choices, at random where there are more, in their order; int64 (choices, points)."""
    shape = [len(part) for part in parts]
    total = prod(shape)
    chosen = np.arange(total) if total <= most else np.sort(rng.choice(total, most, replace=False))
    index = np.unravel_index(chosen, shape)
    return np.concatenate([part[i] for part, i in zip(parts, index, strict=True)], axis=1)
