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


def circles_of(known: Known) -> Rows:
    return ((a, b, c) for a, b, c in of_all(known, 3) if b < c)


BRUTE: dict[str, Callable[[Known], Rows]] = {
    "pair": lambda k: ((a, b) for a, b in of_all(k, 2) if a < b),
    "two in order": lambda k: of_all(k, 2),
    "three in order": lambda k: of_all(k, 3),
    "triple": lambda k: ((a, b, c) for a, b, c in of_all(k, 3) if a < b < c),
    "apex": circles_of,
    "point, line": lambda k: ((p, *line) for p, line in off(k)),
    "two lines": lambda k: ((*one, *two) for one, two in combinations(lines_of(k), 2)),
    "pair, line": lambda k: ((a, b, *line) for a, b in combinations(range(k.count), 2) for line in lines_of(k)),
    "point, line, direction": lambda k: ((p, *line, *way) for (p, line), way in product(off(k), directions_of(k))),
    "pair, two directions": lambda k: (
        (a, b, *one, *two)
        for a, b in combinations(range(k.count), 2)
        for one, two in product(directions_of(k), repeat=2)
    ),
    "circle, point": lambda k: ((*on, p) for on in circles_of(k) for p in range(k.count)),
    "circle, direction": lambda k: ((*on, *way) for on in circles_of(k) for way in directions_of(k)),
    "circle, pair": lambda k: ((*on, *two) for on in circles_of(k) for two in combinations(range(k.count), 2)),
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
    rows = some(CHOICES[name](known), 10**9, default_rng(0))
    wanted = list(BRUTE[name](known))
    found = [tuple(row) for row in rows.tolist()]
    assert sorted(found) == sorted(wanted)
    assert len(set(found)) == len(found)


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


@given(knowns(), st.sampled_from(sorted(BRUTE)), st.integers(0, 40), st.integers(0, 5))
@settings(deadline=None, max_examples=80)
def test_some_are_chosen_in_their_order(known: Known, name: str, most: int, seed: int) -> None:
    parts = CHOICES[name](known)
    whole = [tuple(row) for row in some(parts, 10**9, default_rng(0)).tolist()]
    found = [tuple(row) for row in some(parts, most, default_rng(seed)).tolist()]
    assert len(found) == min(len(whole), most)
    assert found == [row for row in whole if row in set(found)]
    assert found == [tuple(row) for row in some(parts, most, default_rng(seed)).tolist()]
