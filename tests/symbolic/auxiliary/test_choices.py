"""Choices are all there are, each once: counted against plain loops."""

from collections.abc import Callable, Iterable
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from symbolic.auxiliary.figures import TEXTS, grounded

from porism.symbolic.auxiliary.choices import CHOICES, Known, some
from porism.symbolic.auxiliary.ground import Ground
from porism.symbolic.kernel.tables import parts

Rows = Iterable[tuple[int, ...]]


def lines_of(known: Known) -> list[tuple[int, ...]]:
    return [tuple(line) for line in known.lines.tolist()]


def directions_of(known: Known) -> list[tuple[int, ...]]:
    return [tuple(line) for line in known.directions.tolist()]


def off(known: Known) -> list[tuple[int, tuple[int, ...]]]:
    """Points with the lines that they are not on."""
    return [(p, line) for p in range(known.count) for k, line in enumerate(lines_of(known)) if not known.on[k, p]]


def of_all(known: Known, count: int) -> Iterable[tuple[int, ...]]:
    return permutations(range(known.count), count)


def two_circles(known: Known) -> Rows:
    for a in range(known.count):
        rest = [p for p in range(known.count) if p != a]
        for one, two in combinations(combinations(rest, 2), 2):
            yield (a, *one, *two)


BRUTE: dict[str, Callable[[Known], Rows]] = {
    "pairs": lambda k: ((a, b) for a, b in of_all(k, 2) if a < b),
    "ordered": lambda k: of_all(k, 2),
    "triples": lambda k: ((a, b, c) for a, b, c in of_all(k, 3) if a < b < c),
    "apex": lambda k: ((a, b, c) for a, b, c in of_all(k, 3) if a < c),
    "apex ends": lambda k: ((a, b, c) for a, b, c in of_all(k, 3) if a < b),
    "point line": lambda k: ((p, *line) for p, line in off(k)),
    "lines": lambda k: ((*one, *two) for one, two in combinations(lines_of(k), 2)),
    "point direction line": lambda k: ((p, *way, *line) for (p, line), way in product(off(k), directions_of(k))),
    "two altitudes": lambda k: (
        (a, *one, b, *two)
        for a, b in combinations(range(k.count), 2)
        for one, two in product(directions_of(k), repeat=2)
        if one != two
    ),
    "secant": lambda k: ((a, b, c, d) for a, b, c, d in of_all(k, 4) if b < c),
    "chord": lambda k: ((a, b, c, *way) for a, b, c in of_all(k, 3) if b < c for way in directions_of(k)),
    "circles": two_circles,
    "centre secant": lambda k: of_all(k, 3),
    "centre circle": lambda k: ((a, b, c, d) for a, b, c, d in of_all(k, 4) if b < c),
    "pair line": lambda k: ((a, b, *line) for a, b in combinations(range(k.count), 2) for line in lines_of(k)),
}


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    """Lines and directions among a few points, true or not."""
    count = draw(st.integers(1, 5))
    both = list(combinations(range(count), 2))
    lines = draw(st.lists(st.sampled_from(both), unique=True, max_size=4)) if both else []
    directions = draw(st.lists(st.sampled_from(both), unique=True, max_size=3)) if both else []
    on = np.array([[p in line or draw(st.booleans()) for p in range(count)] for line in lines], np.bool_)
    one, two = (np.array(rows, np.int64).reshape(-1, 2) for rows in (lines, directions))
    return Known(count, one, two, on.reshape(len(lines), count))


def test_every_choice_has_its_brute_force() -> None:
    assert BRUTE.keys() == CHOICES.keys()


@given(knowns(), st.sampled_from(sorted(BRUTE)))
@settings(deadline=None, max_examples=150)
def test_choices_are_all_there_are_each_once(known: Known, name: str) -> None:
    rows = CHOICES[name](known)
    wanted = list(BRUTE[name](known))
    found = [tuple(row) for row in rows.tolist()]
    assert sorted(found) == sorted(wanted)
    assert len(set(found)) == len(found)
    if wanted:
        assert rows.shape == (len(wanted), len(wanted[0]))


def test_lines_and_directions_of_a_medial_triangle() -> None:
    here = grounded("a b c = triangle a b c; m = midpoint m b c; n = midpoint n c a; p = midpoint p a b")
    known = here.known()
    assert (len(known.lines), len(known.directions)) == (9, 6)  # sides, midlines and medians
    assert sorted(known.on.sum(axis=1).tolist()) == [2] * 6 + [3] * 3


@pytest.mark.parametrize("text", TEXTS)
def test_lines_and_directions_are_told_once(text: str) -> None:
    here = grounded(text)
    known = here.known()
    direction = directions_by_hash(here)
    assert {direction[pair] for pair in directions_of(known)} == set(direction.values())
    assert len(known.directions) == len(set(direction.values()))
    lines = {frozenset(on_line(here, direction, i, j)) for i, j in direction}
    assert {frozenset(np.flatnonzero(row).tolist()) for row in known.on} == lines
    assert len(known.lines) == len(lines)
    assert all(known.on[k, p] for k, line in enumerate(lines_of(known)) for p in line)


def directions_by_hash(here: Ground) -> dict[tuple[int, ...], tuple[int, ...]]:
    """For each two points what is known of their direction."""
    hashes, figure = parts(here.state.directions).hash, here.figure
    return {
        (i, j): tuple(hashes[figure.pair[i, j]].tolist())
        for i, j in combinations(range(here.count), 2)
        if figure.apart[figure.pair[i, j]]
    }


def on_line(here: Ground, direction: dict[tuple[int, ...], tuple[int, ...]], i: int, j: int) -> set[int]:
    """The points that are known and seen to lie on line ij."""
    same = {i, j}
    for p in range(here.count):
        if p not in (i, j) and here.figure.on_line[i, j, p]:
            a, b = sorted((i, p)), sorted((j, p))
            if direction[i, j] in (direction[a[0], a[1]], direction[b[0], b[1]]):
                same.add(p)
    return same


@given(st.integers(0, 60), st.integers(0, 40), st.integers(0, 5))
@settings(deadline=None, max_examples=50)
def test_some_are_chosen_in_their_order(count: int, most: int, seed: int) -> None:
    rows = np.arange(2 * count).reshape(count, 2)
    found = some(rows, most, default_rng(seed))
    assert len(found) == min(count, most)
    assert (np.diff(found[:, 0]) > 0).all()
    assert {tuple(row) for row in found.tolist()} <= {tuple(row) for row in rows.tolist()}
    assert np.array_equal(found, some(rows, most, default_rng(seed)))
