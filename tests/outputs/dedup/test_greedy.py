"""The greedy filter decides what a pool decides, row by row, whatever the blocks and threads."""

import resource
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outputs.dedup import brute

from porism.outputs.dedup import greedy, index
from porism.outputs.dedup.bounds import Boundary
from porism.outputs.dedup.encode import Corpus
from porism.outputs.rouge import Pool
from porism.seeds import stream

THRESHOLDS = [Fraction(7, 10), Fraction(1, 2), Fraction(1, 10), Fraction(9, 10), Fraction(1), Fraction(0.7)]
WORDS = st.lists(st.sampled_from("abcdefg"), max_size=12).map(" ".join)


@pytest.fixture(params=[(1024, 0), (7, 0), (5, 40), (16, 6)], ids=lambda p: f"blocks of {p[0]}, pairs up to {p[1]}")
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    block, cut = request.param
    monkeypatch.setattr(greedy, "_BLOCK", block)
    monkeypatch.setattr(index, "CUTS", (cut,))
    monkeypatch.setattr(index, "PAIRS_PAY", 0.0 if cut else 1e9)


def found(texts: list[str], threshold: Fraction, boundary: Boundary, workers: int = 2) -> list[tuple[int, int]]:
    result = greedy.kept(Corpus.of(texts), threshold, boundary=boundary, workers=workers)
    return list(zip(result.nearest.tolist(), result.common.tolist(), strict=True))


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("boundary", ["drop", "keep"])
def test_the_filter_is_that_of_brute_force(number: int, boundary: Boundary) -> None:
    random = stream(number, "greedy")
    texts = brute.corpus(random, 60, random.choice([3, 8, 14, 40, 200]))
    for threshold in [Fraction(7, 10), THRESHOLDS[number % len(THRESHOLDS)]]:
        assert found(texts, threshold, boundary) == brute.greedy(texts, threshold, boundary)


@pytest.mark.usefixtures("ways")
@settings(deadline=None, max_examples=80)
@given(st.lists(WORDS, max_size=12), st.sampled_from(THRESHOLDS), st.sampled_from(["drop", "keep"]))
def test_every_small_corpus(texts: list[str], threshold: Fraction, boundary: Boundary) -> None:
    assert found(texts, threshold, boundary) == brute.greedy(texts, threshold, boundary)


@pytest.mark.parametrize("boundary", ["drop", "keep"])
def test_the_filter_decides_what_a_pool_decides(boundary: Boundary) -> None:
    texts = brute.corpus(stream(0, "pool"), 600)
    pool = Pool(boundary=boundary)
    expected = []
    for text in texts:
        near = pool.nearest(text)[2]
        expected.append(near)
        if near is None:
            pool.add(text)
    result = greedy.kept(Corpus.of(texts), Fraction(7, 10), boundary=boundary)
    assert [None if near < 0 else texts[near] for near in result.nearest] == expected


def test_scores_and_clusters() -> None:
    texts = ["a b c d", "x", "", "a b c", "", "a b c d e f g h", "a b c d e f g", "d c b a"]
    result = greedy.kept(Corpus.of(texts), Fraction(7, 10))
    assert result.nearest.tolist() == [-1, -1, -1, 0, -1, -1, 5, -1]
    assert [result.score(row) for row in (0, 3, 6)] == [0, Fraction(6, 7), Fraction(14, 15)]
    assert greedy.clusters(result).tolist() == [0, 1, 2, 0, 4, 5, 5, 7]
    assert result.mask.sum() == 6


def test_the_number_of_workers_changes_nothing() -> None:
    corpus = Corpus.of(brute.corpus(stream(0, "workers"), 4000, 30))
    one, three = (greedy.kept(corpus, Fraction(7, 10), workers=workers) for workers in (1, 3))
    for name in ("nearest", "common", "totals"):
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name))
    assert one.verified == three.verified


def test_a_template_a_hundred_thousand_times_takes_little_memory() -> None:
    corpus = Corpus.of(f"Convert {n} miles to kilometers and {n % 7} more." for n in range(100_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = greedy.kept(corpus, Fraction(7, 10))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert result.mask.sum() < 20
    assert grown < 200_000  # KiB; all pairs would take 160 GB


def test_nothing_in_nothing_out() -> None:
    for texts in ([], [""], ["a"], ["", ""]):
        assert found(texts, Fraction(7, 10), "drop") == [(-1, 0)] * len(texts)
