"""Candidates are where they can be told apart, and described by what a ruler would say."""

from itertools import combinations
from math import log1p

import numpy as np
import pytest
from numpy.random import default_rng
from symbolic.auxiliary.figures import TEXTS, grounded

from porism.symbolic.auxiliary.candidates import FAR, FEATURES, NEAR, Candidates, candidates
from porism.symbolic.auxiliary.ground import Ground
from porism.symbolic.auxiliary.kinds import KINDS

FEET = "a b c = triangle a b c; d = foot d a b c; e = foot e b c a ? cyclic a b d e"
SQUARE = "a b c d = isquare a b c d; e = midpoint e a c ? perp a c b d"
ROUND = "a b c = triangle a b c; o = circle o a b c; d = on_circle d o a ? cyclic a b c d"
TOLERANCE = 1e-6


def found(text: str, each: int = 40, seed: int = 0) -> Candidates:
    return candidates(grounded(text), default_rng(seed), each)


@pytest.fixture(scope="module", params=[*TEXTS, FEET, SQUARE, ROUND])
def some(request: pytest.FixtureRequest) -> Candidates:
    return found(request.param)


def test_candidates_are_within_reach_and_apart_from_all_points(some: Candidates) -> None:
    assert np.isfinite(some.places).all()
    assert (abs(some.places) < FAR).all()
    assert (abs(some.places[:, :, None] - some.ground.z[:, None, :]) > NEAR).all()
    assert some.places.shape == (len(some.ground.z), len(some.kinds))


def test_a_group_is_all_that_have_one_place(some: Candidates) -> None:
    same = (abs(some.places[:, :, None] - some.places[:, None, :]) < 1e-8).all(axis=0)
    assert np.array_equal(same, some.group[:, None] == some.group[None, :])


def test_candidates_lie_where_their_kinds_say(some: Candidates) -> None:
    for row in range(len(some.kinds)):
        pick = some.pick(row)
        kind = KINDS[pick.kind]
        assert len(pick.points) == len(kind.letters)
        assert all(0 <= point < some.ground.count for point in pick.points)
        assert np.allclose(kind.place(*(some.ground.z[:, point] for point in pick.points)), some.places[:, row])


def test_no_pick_is_there_twice_and_none_has_corners_on_a_line(some: Candidates) -> None:
    picks = [some.pick(row) for row in range(len(some.kinds))]
    assert len(set(picks)) == len(picks)
    for kind, points in picks:
        for corner in KINDS[kind].corners:
            a, b, c = (points[i] for i in corner)
            assert len({a, b, c}) == 3
            assert not some.ground.figure.on_line[a, b, c]


def test_at_most_so_many_of_a_kind_are_looked_at_and_the_same_stream_finds_the_same() -> None:
    few, all_of_them = found(FEET, 7), found(FEET, 10**6)
    assert np.bincount(few.kinds).max() <= 7 < np.bincount(all_of_them.kinds).max()
    again, others = found(FEET, 7), found(FEET, 7, 1)
    assert np.array_equal(few.points, again.points)
    assert not np.array_equal(few.points, others.points)
    whole = {all_of_them.pick(row) for row in range(len(all_of_them.kinds))}
    assert {few.pick(row) for row in range(len(few.kinds))} <= whole


def test_the_midpoints_of_a_triangle_are_candidates_and_the_feet_that_are_there_are_none() -> None:
    some = found(FEET, 10**6)
    names = {row: KINDS[pick.kind].clause("x", ["abcde"[i] for i in pick.points])
             for row in range(len(some.kinds)) for pick in [some.pick(row)]}  # fmt: skip
    clauses = set(names.values())
    assert {"x = midpoint x a b", "x = foot x c a b", "x = orthocenter x a b c", "x = circumcenter x a b c"} <= clauses
    assert not {"x = foot x a b c", "x = foot x b a c", "x = foot x d b c"} & clauses


@pytest.mark.parametrize("text", [FEET, SQUARE, ROUND])
def test_features_are_what_plain_loops_count(text: str) -> None:
    some = found(text, 15)
    assert some.features.shape == (len(some.kinds), len(FEATURES))
    for row in range(len(some.kinds)):
        wanted = described(some, row)
        assert wanted.keys() == set(FEATURES)
        for name, value in zip(FEATURES, some.features[row], strict=True):
            assert abs(value - wanted[name]) < 1e-9, (name, some.pick(row))


def described(some: Candidates, row: int) -> dict[str, float]:
    """The features of a candidate, counted one by one."""
    here, place = some.ground, some.places[:, row]
    pairs = list(combinations(range(here.count), 2))
    to = {p: here.z[:, p] - place for p in range(here.count)}
    side = {(i, j): here.z[:, j] - here.z[:, i] for i, j in pairs}
    aims = [side[i, j] for i, j in pairs if {i, j} <= here.asked]
    old = [shape(side[i, j], side[j, k], side[i, k]) for i, j, k in combinations(range(here.count), 3)]
    new = [shape(to[i], to[j], side[i, j]) for i, j in pairs]
    counts = {
        "ways": int((abs(some.places - place[:, None]) < 1e-8).all(axis=0).sum()) - 1,
        "lines": sum(parallel(to[i], to[j]) for i, j in pairs),
        "parallel": sum(any(parallel(u, v) for v in side.values()) for u in to.values()),
        "right": sum(any(parallel(u, 1j * v) for v in side.values()) for u in to.values()),
        "equal": sum(equal(to[i], to[j]) for i, j in pairs),
        "lengths": sum(any(equal(u, v) for v in side.values()) for u in to.values()),
        "circles": sum(on_circle(here, place, triple) for triple in combinations(range(here.count), 3)),
        "aimed": sum(any(parallel(u, turn * v) for v in aims) for u in to.values() for turn in (1, 1j)),
        "similar": sum(any(np.allclose(one, two, rtol=TOLERANCE) for two in old) for one in new),
        "alike": sum(bool(np.allclose(one, two, rtol=TOLERANCE)) for one, two in combinations(new, 2)),
    }
    used = some.pick(row).points
    goal = sum(point in here.asked for point in used) / len(used)
    return {**{name: log1p(count) for name, count in counts.items()}, "goal": goal}


def shape(*sides: np.ndarray) -> np.ndarray:
    """Ratios of the sides of a triangle to the longest, (2, drawings)."""
    ordered: np.ndarray = np.sort(abs(np.stack(sides)), axis=0)
    ratios: np.ndarray = ordered[:2] / ordered[2]
    return ratios


def parallel(one: np.ndarray, two: np.ndarray) -> bool:
    turn = (one * two.conj()).imag / abs(one * two)
    return bool((abs(turn) < TOLERANCE).all())


def equal(one: np.ndarray, two: np.ndarray) -> bool:
    return bool((abs(abs(one) / abs(two) - 1) < TOLERANCE).all())


def on_circle(here: Ground, place: np.ndarray, triple: tuple[int, ...]) -> bool:
    """Whether the cross-ratio with three points is real, and these are not on a line."""
    a, b, c = (here.z[:, p] for p in triple)
    if parallel(b - a, c - a):
        return False
    ratio = (place - a) * (b - c) / ((place - c) * (b - a))
    return bool((abs(ratio.imag) < TOLERANCE * abs(ratio)).all())
