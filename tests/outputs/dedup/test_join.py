"""The join finds what comparing everything with everything finds: no pair more, none less."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outputs.dedup import brute

from porism.errors import InputError
from porism.outputs.dedup import index, join
from porism.outputs.dedup.bounds import Boundary
from porism.outputs.dedup.encode import Corpus, Encoder
from porism.seeds import stream

THRESHOLDS = [
    Fraction(7, 10),
    Fraction(1, 2),
    Fraction(1, 10),
    Fraction(9, 10),
    Fraction(1),
    Fraction(0.7),
    Fraction(2, 3),
]


def found(texts: list[str], threshold: Fraction, boundary: Boundary, workers: int = 2) -> list[tuple[int, int, int]]:
    pairs = join.pairs(Corpus.of(texts), threshold, boundary=boundary, workers=workers)
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), pairs.common.tolist(), strict=True))


@pytest.fixture(params=[0, 1, 5, 40], ids="pairs up to {}".format, autouse=True)
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way of indexing, whatever would be chosen for so few rows."""
    monkeypatch.setattr(index, "CUTS", (request.param,))
    monkeypatch.setattr(index, "PAIRS_PAY", 0.0 if request.param else 1e9)


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("boundary", ["drop", "keep"])
def test_the_pairs_are_those_of_brute_force(number: int, boundary: Boundary) -> None:
    random = stream(number, "join")
    texts = brute.corpus(random, 60, random.choice([3, 8, 14, 40, 200]))
    for threshold in [Fraction(7, 10), THRESHOLDS[number % len(THRESHOLDS)]]:
        assert found(texts, threshold, boundary) == brute.pairs(texts, threshold, boundary)


WORDS = st.lists(st.sampled_from("abcdefg"), max_size=12).map(" ".join)


@settings(deadline=None, max_examples=150)
@given(st.lists(WORDS, max_size=12), st.sampled_from(THRESHOLDS), st.sampled_from(["drop", "keep"]))
def test_every_small_corpus(texts: list[str], threshold: Fraction, boundary: Boundary) -> None:
    assert found(texts, threshold, boundary) == brute.pairs(texts, threshold, boundary)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(50, 140), st.integers(0, 90))
def test_rows_of_more_than_64_words(seed: int, length: int, changes: int) -> None:
    random = stream(seed, "long")
    texts = [" ".join(f"w{random.randrange(60)}" for _ in range(length))]
    for _ in range(5):
        words = random.choice(texts).split()
        for _ in range(random.randint(0, changes)):
            words[random.randrange(len(words))] = f"w{random.randrange(60)}"
        texts.append(" ".join(words[random.randint(0, min(20, len(words) - 1)) :]))
    assert found(texts, Fraction(7, 10), "drop") == brute.pairs(texts, Fraction(7, 10), "drop")


@pytest.mark.parametrize("boundary", ["drop", "keep"])
@pytest.mark.parametrize("number", range(8))
def test_the_nearest_of_another_corpus(number: int, boundary: Boundary) -> None:
    random = stream(number, "across")
    texts, others = brute.corpus(random, 50, 30), brute.corpus(random, 40, 30)
    others += [" ".join(brute.edited(random, text.split())) for text in texts[:20]]
    encoder = Encoder()
    corpora = encoder.add(texts), encoder.add(others)
    for threshold in [Fraction(7, 10), THRESHOLDS[number % len(THRESHOLDS)]]:
        result = join.across(*corpora, threshold, boundary=boundary)
        assert list(zip(result.index.tolist(), result.common.tolist(), strict=True)) == brute.across(
            texts, others, threshold, boundary
        )


def test_corpora_of_different_encoders_are_not_compared() -> None:
    with pytest.raises(ValueError, match="one Encoder"):
        join.across(Corpus.of(["a"]), Corpus.of(["a"]), Fraction(7, 10))


def test_the_number_of_workers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = brute.corpus(stream(0, "workers"), 1500, 14)
    one, two, three = (join.pairs(Corpus.of(texts), Fraction(7, 10), workers=workers) for workers in (1, 2, 3))
    for other in (two, three):
        for name in ("left", "right", "common", "totals"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.verified == other.verified
    assert len(one) > 1000
    monkeypatch.setattr(join, "MOST", 50)
    assert join.pairs(Corpus.of(texts), Fraction(7, 10)).left.tolist() == one.left.tolist()


def test_pairs_of_templates_can_be_counted_without_holding_them() -> None:
    texts = [f"Convert {n} miles to kilometers and tell me how far {n} is" for n in range(3000)]
    ready = join.prepared(Corpus.of(texts), Fraction(7, 10))
    sizes = [len(chunk[0]) for chunk, _ in join.chunks(ready)]
    assert sum(sizes) == 3000 * 2999 // 2
    assert max(sizes) < join.MOST + 3000


def test_repeats_are_expanded_in_chunks() -> None:
    from porism.outputs.dedup.groups import Groups

    texts = ["a b c"] * 40 + ["a b c d"] * 30 + ["x y"] * 3 + ["", ""]
    corpus = Corpus.of(texts)
    left, right, common = (np.array(values) for values in ([0, 0, 40, 70], [0, 40, 40, 70], [3, 3, 4, 2]))
    pieces = list(Groups(corpus).expanded(left, right, common, 7, most=100))
    assert [verified for _, verified in pieces] == [7] + [0] * (len(pieces) - 1)
    assert max(len(chunk[0]) for chunk, _ in pieces) <= 100
    together = sorted(zip(*(np.concatenate([chunk[k] for chunk, _ in pieces]).tolist() for k in range(3)), strict=True))
    assert together == brute.pairs(texts, Fraction(7, 10), "drop")


@pytest.mark.parametrize("threshold", [Fraction(0), Fraction(-1), Fraction(11, 10)])
def test_a_threshold_out_of_range(threshold: Fraction) -> None:
    with pytest.raises(InputError, match="above 0 and at most 1"):
        join.pairs(Corpus.of(["a"]), threshold)


def test_a_cut_that_the_scratch_has_no_room_for() -> None:
    with pytest.raises(ValueError, match="40 at most"):
        join.prepared(Corpus.of(["a"]), Fraction(7, 10), cut=41)


def test_an_unknown_boundary() -> None:
    with pytest.raises(InputError, match="'drop' or 'keep'"):
        join.pairs(Corpus.of(["a"]), Fraction(7, 10), boundary="float")  # type: ignore[arg-type]


def test_nothing_in_nothing_out() -> None:
    for texts in ([], [""], ["a"], ["", ""]):
        assert found(texts, Fraction(7, 10), "drop") == []
