"""Clusters, ranks, allotment and coverage, against the plainest code that says the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from porism.generators.coreset import coverage
from porism.generators.coreset.clusters import Vectors, chosen, clusters, distances, elbow
from porism.generators.coreset.covering import nearest
from porism.generators.coreset.selection import allotted, places

TRIED = (2, 3, 4, 6, 9, 14)


def unit(vectors: np.ndarray) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def planted(groups: int, each: int, seed: int = 0, spread: float = 0.05) -> Vectors:
    """Vectors around ``groups`` directions far apart, one group after another."""
    draw = np.random.default_rng(seed)
    middles = np.repeat(np.linalg.qr(draw.normal(size=(32, 32)))[0][:groups], each, axis=0)
    return unit(middles + spread * draw.normal(size=middles.shape))


some_vectors = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(3)), elements=st.integers(-2, 2)).map(unit)


# Clusters


def test_planted_groups_are_found_and_numbered_in_order() -> None:
    labels = clusters(planted(6, 40), 6, TRIED, 4, seed=1)
    assert labels.tolist() == [group for group in range(6) for _ in range(40)]


@pytest.mark.parametrize("how", ["elbow", "davies-bouldin"])
@pytest.mark.parametrize("groups", [4, 6, 9])
def test_the_number_of_planted_groups_is_found(how: str, groups: int) -> None:
    assert chosen(planted(groups, 30), how, TRIED, seed=2) == groups  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(some_vectors, st.sampled_from([1, 2, 5, 50, "elbow", "davies-bouldin"]))
def test_labels_have_no_gap_and_begin_in_order(vectors: Vectors, count: int) -> None:
    labels = clusters(vectors, count, TRIED, 1, seed=0).tolist()
    assert len(labels) == len(vectors)
    assert list(dict.fromkeys(labels)) == list(range(max(labels) + 1))
    if isinstance(count, int):
        assert max(labels) < count


def test_no_vectors_have_no_clusters() -> None:
    for count in (7, "elbow"):
        assert clusters(np.zeros((0, 0), np.float32), count, TRIED, 1, seed=0).tolist() == []


def test_clusters_are_the_same_whatever_the_number_of_threads() -> None:
    vectors = unit(np.random.default_rng(5).normal(size=(4_000, 24)))
    for seed in range(3):
        with threadpool_limits(limits=1):
            one = clusters(vectors, 25, TRIED, 1, seed)
        with threadpool_limits(limits=2):
            two = [clusters(vectors, 25, TRIED, 1, seed) for _ in range(3)]
        assert all((labels == one).all() for labels in two)


def test_another_seed_may_begin_elsewhere() -> None:
    vectors = unit(np.random.default_rng(6).normal(size=(300, 8)))
    assert len({tuple(clusters(vectors, 9, TRIED, 1, seed).tolist()) for seed in range(5)}) > 1


def test_the_elbow_of_a_curve_without_one_is_its_beginning() -> None:
    assert elbow({2: 5.0}) == 2
    assert elbow({2: 30.0, 3: 20.0, 4: 10.0}) == 2
    assert elbow({1: 9.0, 2: 3.0, 3: 2.0, 4: 1.0, 5: 0.0}) == 2


@settings(max_examples=50, deadline=None)
@given(some_vectors, st.integers(1, 4))
def test_distances_are_those_from_the_mean_of_the_cluster(vectors: Vectors, count: int) -> None:
    labels = clusters(vectors, count, TRIED, 1, seed=0)
    for item, (vector, label) in enumerate(zip(vectors, labels, strict=True)):
        middle = np.mean([other for other, its in zip(vectors, labels, strict=True) if its == label], axis=0)
        length = np.linalg.norm(middle) * np.linalg.norm(vector)
        wanted = 1 - float(vector @ middle) / length if length > 1e-6 else 1.0
        assert distances(vectors, labels)[item] == pytest.approx(wanted, abs=1e-5)


# Which of a cluster


@given(st.lists(st.integers(1, 12), max_size=7), st.data())
def test_the_allotment_is_by_largest_remainder(sizes: list[int], data: st.DataObject) -> None:
    budget = data.draw(st.integers(0, sum(sizes)))
    quotas = allotted(sizes, budget)
    assert sum(quotas) == budget
    assert all(0 <= quota <= size for quota, size in zip(quotas, sizes, strict=True))
    least = int(budget >= len(sizes))
    assert all(quota >= least for quota in quotas)
    weights = [size - least for size in sizes]
    rest = budget - least * len(sizes)
    if rest:
        fair = [rest * weight / sum(weights) for weight in weights]
        assert all(abs(quota - least - share) < 1 + 1e-9 for quota, share in zip(quotas, fair, strict=True))
        up = [share % 1 for quota, share in zip(quotas, fair, strict=True) if quota - least > share + 1e-9]
        down = [share % 1 for quota, share in zip(quotas, fair, strict=True) if quota - least < share - 1e-9]
        assert not up or not down or min(up) >= max(down) - 1e-9


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=25),
    st.integers(0, 30),
    st.sampled_from([0, 0.3, 0.5, 1]),
)
def test_the_nearest_and_the_furthest_of_each_cluster_are_kept(
    drawn: list[tuple[int, int]], budget: int, alpha: float
) -> None:
    order = list(dict.fromkeys(cluster for cluster, _ in drawn))
    labels = np.asarray([order.index(cluster) for cluster, _ in drawn], np.int64)
    away = np.asarray([tenths / 10 for _, tenths in drawn])
    found = places(labels, away, budget, alpha)
    assert sum(place.kind is not None for place in found) == min(budget, len(drawn))
    for label in range(len(order)):
        members = sorted((i for i in range(len(drawn)) if labels[i] == label), key=lambda i: (away[i], i))
        kept = [i for i in members if found[i].kind]
        easy = int(alpha * len(kept) + 0.5)
        assert [i for i in members if found[i].kind == "easy"] == members[:easy]
        assert [i for i in members if found[i].kind == "hard"] == members[len(members) - len(kept) + easy :]
        for rank, i in enumerate(members, 1):
            assert (found[i].cluster, found[i].rank, found[i].size) == (label, rank, len(members))
            assert (found[i].easy, found[i].hard) == (easy, len(kept) - easy)
            assert (found[i].reason is None) == (i in kept)


def test_a_reason_says_where_the_item_stands() -> None:
    labels, away = np.zeros(9, np.int64), np.arange(9) / 10
    assert places(labels, away, 4, 0.5)[4].reason == (
        "cluster 0: rank 5 of 9 by distance from the middle, 2 easy and 2 hard are kept"
    )


def test_every_planted_group_is_covered_as_soon_as_the_budget_allows() -> None:
    sizes = [1, 2, 5, 60, 200]
    vectors = np.concatenate([planted(5, 200, spread=0.01)[200 * g : 200 * g + size] for g, size in enumerate(sizes)])
    group = [g for g, size in enumerate(sizes) for _ in range(size)]
    for budget in (5, 7, 40):
        labels = clusters(vectors, 5, TRIED, 8, seed=0)
        kept = [i for i, place in enumerate(places(labels, distances(vectors, labels), budget, 0.5)) if place.kind]
        assert len(kept) == budget
        assert {group[i] for i in kept} == set(range(5))


# Coverage


@settings(max_examples=50, deadline=None)
@given(some_vectors, st.data())
def test_coverage_is_that_of_all_pairs(vectors: Vectors, data: st.DataObject) -> None:
    selected = data.draw(st.lists(st.integers(0, len(vectors) - 1), min_size=1, unique=True))
    far = [min(1 - float(a.astype(float) @ vectors[k].astype(float)) for k in selected) for a in vectors]
    assert nearest(vectors, selected) == pytest.approx(far, abs=1e-5)
    found = coverage(vectors, selected, (0.9, 0.0))
    assert (found.items, found.selected) == (len(vectors), len(selected))
    assert found.mean == pytest.approx(np.mean(far), abs=1e-5)
    assert found.radius == pytest.approx(max(far), abs=1e-5)
    assert found.within[0.0] == pytest.approx(np.mean([each <= 1 + 1e-5 for each in far]))
    assert 0 <= found.within[0.9] <= found.within[0.0] <= 1


def test_all_vectors_cover_themselves() -> None:
    vectors = planted(3, 5)
    assert coverage(vectors, range(15)).to_json() == {
        "items": 15,
        "selected": 15,
        "mean": 0.0,
        "radius": 0.0,
        "within": {"0.95": 1.0, "0.9": 1.0, "0.85": 1.0},
    }


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = planted(3, 50)
    whole = nearest(vectors, range(7))
    monkeypatch.setattr("porism.generators.coreset.covering.BLOCK", 20)
    assert nearest(vectors, range(7)) == pytest.approx(whole, abs=1e-6)


def test_nothing_selected_covers_nothing() -> None:
    found = coverage(planted(2, 2), [])
    assert found.selected == 0
    assert np.isnan(found.mean)
    assert set(found.within.values()) == {0.0}
    assert coverage(np.zeros((0, 0), np.float32), []).items == 0
