from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from porism.pipelines.auxiliary.learning import Weights, table
from porism.symbolic import Problem, draw
from porism.symbolic.auxiliary import weights
from porism.symbolic.auxiliary.candidates import FEATURES, candidates
from porism.symbolic.auxiliary.ground import Ground, ground
from porism.symbolic.auxiliary.kinds import KINDS


def test_every_feature_and_every_kind_has_a_weight_and_nothing_else_has() -> None:
    assert tuple(weights.OF_FEATURES) == FEATURES
    assert tuple(weights.OF_KINDS) == tuple(kind.text for kind in KINDS)


def test_the_arrays_say_what_the_tables_say_in_their_order() -> None:
    assert weights.WEIGHTS.tolist() == [weights.OF_FEATURES[name] for name in FEATURES]
    assert weights.BIAS.tolist() == [weights.OF_KINDS[kind.text] for kind in KINDS]
    assert np.isfinite(weights.SCALE)


def test_the_tables_are_what_learning_would_print_for_them() -> None:
    with open(weights.__file__, encoding="utf-8") as file:
        assert table(Weights(weights.BIAS, weights.WEIGHTS)) in file.read()


def test_features_are_the_counts_that_a_slow_look_at_the_drawings_gives() -> None:
    problem = Problem.parse("a b c = triangle a b c; m = midpoint m b c; h = orthocenter h a b c ? coll a h m")
    root = ground(problem, [draw(problem, seed) for seed in (0, 1)])
    found = candidates(root, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    for row in rng.choice(len(found.kinds), 150, replace=False):
        counted = np.round(np.expm1(found.features[row])).astype(int)
        for name, count in slow(root, found.places[:, row]).items():
            assert counted[FEATURES.index(name)] == count, (name, found.pick(row))
        same = [
            other
            for other in range(len(found.kinds))
            if abs(found.places[:, other] - found.places[:, row]).max() < 1e-7
        ]
        assert counted[FEATURES.index("ways")] == len(same) - 1


def slow(root: Ground, place: NDArray[np.complex128]) -> dict[str, int]:
    z, points = root.z, range(root.count)

    def all_drawings(one: NDArray[np.float64], two: NDArray[np.float64], period: float = 0.0) -> bool:
        apart = one - two
        return bool((abs(apart - (np.round(apart / period) * period if period else 0)) < 1e-7).all())

    to = [place - z[:, i] for i in points]
    angle, length = [np.angle(u) for u in to], [np.log(abs(u)) for u in to]
    pairs = list(combinations(points, 2))
    lines = {(i, j): np.angle(z[:, i] - z[:, j]) for i, j in pairs}
    sides = {(i, j): np.log(abs(z[:, i] - z[:, j])) for i, j in pairs}
    aims = [lines[i, j] for i, j in pairs if {i, j} <= root.asked]

    def shape(*logs: NDArray[np.float64]) -> NDArray[np.float64]:
        ordered = np.sort(np.stack(logs), axis=0)
        found: NDArray[np.float64] = ordered[1:] - ordered[0]
        return found

    def by(known: list[NDArray[np.float64]], turn: float) -> int:
        return sum(any(all_drawings(one + turn, two, np.pi) for two in known) for one in angle)

    new = [shape(length[i], length[j], sides[i, j]) for i, j in pairs]
    old = [shape(sides[i, j], sides[j, k], sides[i, k]) for i, j, k in combinations(points, 3)]
    return {
        "lines": sum(all_drawings(angle[i], angle[j], np.pi) for i, j in pairs),
        "equal": sum(all_drawings(length[i], length[j]) for i, j in pairs),
        "parallel": by(list(lines.values()), 0),
        "right": by(list(lines.values()), np.pi / 2),
        "aimed": by(aims, 0) + by(aims, np.pi / 2),
        "lengths": sum(any(all_drawings(one, two) for two in sides.values()) for one in length),
        "similar": sum(any(all_drawings(one, two) for two in old) for one in new),
        "alike": sum(all_drawings(one, two) for one, two in combinations(new, 2)),
    }
