"""Each measure against its definition: the greedy filter written down in four lines, on corpora full of near-copies."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.dedup import measures
from porism.outputs.dedup.measures import Boundary, Near
from porism.outputs.rouge import rouge_l, tokens
from porism.seeds import stream

Score = Callable[[str, str], Fraction]


def greedy(
    texts: Sequence[str], score: Score, threshold: Fraction, boundary: Boundary = "drop"
) -> list[tuple[int, Fraction]]:
    """For each text the nearest earlier kept one and its score, by the definition."""
    found: list[tuple[int, Fraction]] = []
    for i, text in enumerate(texts):
        scores = [(score(text, texts[j]), -j) for j in range(i) if found[j][0] < 0]
        best, place = max(scores, default=(Fraction(0), 0))
        near = best >= threshold if boundary == "drop" else best > threshold
        found.append((-place, best) if near and best else (-1, Fraction(0)))
    return found


def assert_equal(near: Near, wanted: Sequence[tuple[int, Fraction]]) -> None:
    assert near.nearest.tolist() == [place for place, _ in wanted]
    assert near.score.tolist() == pytest.approx([float(score) for _, score in wanted], abs=1e-12)


words = cache(tokens)


def corpus(number: int, rows: int = 120, longest: int = 12) -> list[str]:
    """Short and long texts, copies with a few changed words, repeats, other scripts."""
    rng = stream(7, "measures", number)
    vocabulary = ["the", "a", "of", "Größe", "Straße", "数", "字", "naïve", "x²", "ﬁ", *(f"w{k}" for k in range(60))]
    texts: list[str] = []
    for _ in range(rows):
        kind = rng.random()
        if texts and kind < 0.5:
            parts = rng.choice(texts).split(" ")
            for _ in range(rng.randrange(3)):
                parts[rng.randrange(len(parts))] = rng.choice(vocabulary)
            texts.append(" ".join(parts[: rng.randrange(1, len(parts) + 1)] if rng.random() < 0.2 else parts))
        elif kind < 0.55:
            texts.append(rng.choice(["!", "?!", "...", "a"]))
        else:
            texts.append(" ".join(rng.choice(vocabulary) for _ in range(rng.randrange(1, longest))))
    return [text.upper() + "." if rng.random() < 0.2 else text for text in texts]


def jaccard(gram: int) -> Score:
    @cache
    def grams(text: str) -> set[tuple[str, ...]]:
        words = tokens(text)
        return {tuple(words[k : k + gram]) for k in range(max(1, len(words) - gram + 1))}

    return lambda a, b: Fraction(len(grams(a) & grams(b)), len(grams(a) | grams(b)))


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("boundary", ["drop", "keep"])
def test_rouge_is_the_greedy_filter(number: int, boundary: Boundary) -> None:
    texts = corpus(number)
    for threshold in (Fraction(7, 10), Fraction(1, 2), Fraction(1)):
        wanted = greedy(texts, lambda a, b: rouge_l(words(a), words(b)), threshold, boundary)
        assert_equal(measures.rouge(iter(texts), threshold, boundary=boundary, workers=2), wanted)
        assert threshold == 1 or any(place >= 0 for place, _ in wanted)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("gram", [1, 2, 5])
def test_minhash_is_the_greedy_filter(number: int, gram: int) -> None:
    texts = corpus(number, longest=60)
    for threshold, boundary in ((Fraction(4, 5), "drop"), (Fraction(1, 2), "drop"), (Fraction(1, 2), "keep")):
        wanted = greedy(texts, jaccard(gram), threshold, boundary)  # type: ignore[arg-type]
        found = measures.minhash(iter(texts), threshold, boundary=boundary, gram=gram)  # type: ignore[arg-type]
        assert_equal(found, wanted)
        assert any(0 < score < 1 for _, score in wanted) or gram == 5


@pytest.mark.parametrize("number", range(4))
def test_exact_and_normalised_find_the_first_of_equals(number: int) -> None:
    texts = corpus(number, longest=4)
    assert_equal(measures.exact(iter(texts)), greedy(texts, lambda a, b: Fraction(a == b), Fraction(1)))
    same = greedy(texts, lambda a, b: Fraction(tokens(a) == tokens(b)), Fraction(1))
    assert_equal(measures.normalised(iter(texts)), same)
    assert sum(place >= 0 for place, _ in same) > sum(measures.exact(texts).nearest >= 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=6), max_size=12))
def test_any_text_at_all_can_be_measured(texts: list[str]) -> None:
    for measure in (measures.exact, measures.normalised, measures.minhash):
        near = measure(texts)
        assert len(near.nearest) == len(near.score) == len(texts)
        assert all(j < i for i, j in enumerate(near.nearest.tolist()))
        assert all(near.nearest[j] == -1 for j in near.nearest.tolist() if j >= 0)


def test_two_words_that_run_into_each_other_are_not_one() -> None:
    assert measures.normalised(["ab c", "a bc", "a b c", "abc"]).nearest.tolist() == [-1, -1, -1, -1]


def test_short_texts_are_near_to_their_like_alone() -> None:
    found = measures.minhash(["one two three", "One, two: three!", "one two", "one two three four five six"])
    assert found.nearest.tolist() == [-1, 0, -1, -1]


@pytest.mark.parametrize(
    "threshold", [Fraction(3, 10), Fraction(1, 2), Fraction(7, 10), Fraction(4, 5), Fraction(19, 20)]
)
def test_the_bands_miss_one_pair_in_a_million_at_most(threshold: Fraction) -> None:
    rows = measures.rows_of_a_band(threshold)
    assert (1 - threshold**rows) ** (measures.PERMUTATIONS // rows) <= Fraction(1, 10**6)


def compass(texts: Iterable[str]) -> measures.Vectors:
    """A unit vector for each text, which is a number of degrees."""
    angles = np.deg2rad([float(text) for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.mark.parametrize("rows", [3, 64])
@pytest.mark.parametrize("columns", [5, 8_192])
def test_an_embedding_flags_the_nearest_of_all_earlier_rows(
    monkeypatch: pytest.MonkeyPatch, rows: int, columns: int
) -> None:
    for name, value in (("BLOCK", 7), ("ROWS", rows), ("COLUMNS", columns)):
        monkeypatch.setattr(measures, name, value)
    rng = stream(7, "degrees")
    texts = [str(rng.randrange(360)) for _ in range(200)]
    near = measures.embedding(iter(texts), Fraction(999, 1000), compass)
    cosines = compass(texts) @ compass(texts).T
    for i, (j, score) in enumerate(zip(near.nearest.tolist(), near.score.tolist(), strict=True)):
        best = float(cosines[i, :i].max(initial=-1))
        assert (j >= 0) == (best >= 0.999)
        assert j < 0 or (
            j < i and score == pytest.approx(best, abs=1e-6) == pytest.approx(float(cosines[i, j]), abs=1e-6)
        )
    assert 0 < sum(near.nearest >= 0) < 200


def test_of_equal_vectors_the_first_is_the_nearest() -> None:
    assert measures.embedding(["10", "10", "200", "10"], Fraction(1, 2), compass).nearest.tolist() == [-1, 0, -1, 0]


def test_the_boundary_says_what_exactly_the_threshold_is() -> None:
    def embed(texts: Iterable[str]) -> measures.Vectors:
        return np.array([[1, 0] if text == "a" else [0.5, 0.75] for text in texts], dtype=np.float32)

    for boundary, wanted in (("drop", [-1, 0]), ("keep", [-1, -1])):
        near = measures.embedding(["a", "b"], Fraction(1, 2), embed, boundary=boundary)  # type: ignore[arg-type]
        assert near.nearest.tolist() == wanted


@pytest.mark.parametrize("measure", [measures.exact, measures.normalised, measures.minhash, measures.rouge])
def test_no_texts_have_no_neighbours(measure: measures.Measure) -> None:
    assert measure([]).nearest.tolist() == []


def test_minhash_reads_a_stream_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = corpus(3, longest=60)
    whole = measures.minhash(texts)
    monkeypatch.setattr(measures, "BLOCK", 7)
    assert measures.minhash(iter(texts)).nearest.tolist() == whole.nearest.tolist()


def test_what_is_dropped_first_changes_nothing_after_it() -> None:
    """The decision on a row depends on the rows before it alone."""
    texts = corpus(5, longest=60)
    for measure in (measures.exact, measures.normalised, measures.minhash):
        for short, long in pairwise(measure(texts[:k]).nearest.tolist() for k in (40, 80, 120)):
            assert long[: len(short)] == short
