"""Measures of nearness behind one interface: for each text the nearest earlier one that was kept, and how near it is.

A text is dropped if an earlier kept text is too near, as instructions are in Self-Instruct [Wang2023, section 2.2], so
what is kept depends on the order alone. MinHash and its bands are Broder's [Broder1997]. Every measure but
``embedding`` decides in integers. ``rouge`` misses nothing; ``minhash`` misses a pair at its threshold with a chance
of less than one in a million, and verifies what it proposes; ``embedding`` is for a model's opinion, which flags.

Where n texts are read, nothing is held of ``exact`` and ``normalised`` but 16 bytes a text, of ``minhash`` 12 bytes a
band and 4 a word, and of ``embedding`` the vectors, in a file.
"""

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from porism.outputs import rouge as words

Boundary = Literal["drop", "keep"]
Integers = NDArray[np.int64]
Vectors = NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]

BLOCK = 1_000  # texts that are hashed or embedded at once
GRAM = 5  # words of an n-gram
PERMUTATIONS = 128  # of a MinHash signature
MISSED = 1e-6  # the chance to miss a pair exactly at the threshold, at most
SEED = 42  # of the permutations, for ever: another one proposes other pairs
ROWS, COLUMNS = 1_024, 8_192  # of a product of vectors: 32 MB


@dataclass(frozen=True)
class Near:
    """What a measure finds, in the order of the texts.

    Attributes:
        nearest: for each text the index of the nearest earlier text that was kept, or -1 where none is near enough.
        score: how near that one is, in (0, 1]; 0 where there is none.
    """

    nearest: Integers
    score: NDArray[np.float64]


Measure = Callable[[Iterable[str]], Near]


def rouge(
    texts: Iterable[str],
    threshold: Fraction = Fraction(7, 10),
    *,
    boundary: Boundary = "drop",
    workers: int = 2,
) -> Near:
    """ROUGE-L F1 between the words, exactly; the texts are read once and not held."""
    from porism.outputs.dedup import greedy  # compiled: not for every measure
    from porism.outputs.dedup.encode import Corpus

    kept = greedy.kept(Corpus.of(texts), threshold, boundary=boundary, workers=workers)
    return Near(kept.nearest, 2 * kept.common / np.maximum(kept.totals, 1))


def exact(texts: Iterable[str]) -> Near:
    """The same text, character by character; texts are told apart by 128 bits of a hash.

    >>> exact(["a b", "A b", "a b"]).nearest.tolist()
    [-1, -1, 0]
    """
    return _same(text.encode("utf-8", "replace") for text in texts)


def normalised(texts: Iterable[str]) -> Near:
    """The same words, whatever the case, compatible characters, punctuation and space.

    >>> normalised(["Add 2 and 3.", "add 2, and 3!", "Add 3 and 2."]).nearest.tolist()
    [-1, 0, -1]
    """
    return _same("\n".join(words.tokens(text)).encode("utf-8", "replace") for text in texts)


def _same(keys: Iterator[bytes]) -> Near:
    """Each key's first place, by sorting hashes; the sort is stable, so the first of equals comes first."""
    digests = bytearray()
    for key in keys:
        digests += blake2b(key, digest_size=16).digest()
    high, low = np.frombuffer(digests, np.uint64).reshape(-1, 2).T
    order = np.lexsort((low, high))
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
    firsts = order[begins][np.cumsum(begins) - 1]
    nearest = np.full(len(order), -1, dtype=np.int64)
    nearest[order[~begins]] = firsts[~begins]
    return Near(nearest, np.where(nearest < 0, 0.0, 1.0))


def minhash(
    texts: Iterable[str],
    threshold: Fraction = Fraction(4, 5),
    *,
    boundary: Boundary = "drop",
    gram: int = GRAM,
) -> Near:
    """Jaccard similarity of the sets of word n-grams: what shares a band of a MinHash signature is verified exactly.

    A text with fewer words than ``gram`` is one n-gram, all of it, so that it is near to nothing but its like.

    Args:
        texts: long ones; of short ones ``rouge`` misses nothing and is as fast.
        threshold: similarity in (0, 1] from which a text is too near.
        boundary: what happens at exactly the threshold.
        gram: words of an n-gram, at least 1.
    """
    corpus, groups = _signed(texts, rows_of_a_band(threshold), gram)
    grams = lru_cache(maxsize=4_096)(lambda i: corpus.grams(i, gram))
    nearest, scores = np.full(len(groups), -1, dtype=np.int64), np.zeros(len(groups))
    holders: dict[int, list[int]] = {}  # kept texts of each group
    for i in np.flatnonzero((groups >= 0).any(axis=1)).tolist():
        mine = [group for group in groups[i].tolist() if group >= 0]
        best = Fraction(0)
        for j in sorted({j for group in mine for j in holders.get(group, ())}):
            score = _jaccard(grams(i), grams(j))
            if score > best and (score >= threshold if boundary == "drop" else score > threshold):
                best, nearest[i], scores[i] = score, j, float(score)
        if nearest[i] < 0:
            for group in mine:
                holders.setdefault(group, []).append(i)
    return Near(nearest, scores)


def rows_of_a_band(threshold: Fraction) -> int:
    """How many of the 128 values make a band: as many as miss a pair at the threshold at most once in a million.

    >>> [rows_of_a_band(Fraction(k, 10)) for k in (3, 5, 8, 9)]
    [1, 2, 4, 4]
    """
    for rows in (16, 8, 4, 2):
        if (1 - float(threshold) ** rows) ** (PERMUTATIONS // rows) <= MISSED:
            return rows
    return 1


class _Words:
    """Texts as the numbers of their words, four bytes each."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._flat, self._starts = array("i"), array("q", [0])

    def add(self, found: list[str]) -> None:
        self._flat.extend(self._numbers.setdefault(word, len(self._numbers)) for word in found)
        self._starts.append(len(self._flat))

    def grams(self, i: int, gram: int) -> frozenset[tuple[int, ...]]:
        """The n-grams of text ``i``."""
        text = self._flat[self._starts[i] : self._starts[i + 1]]
        return frozenset(tuple(text[k : k + gram]) for k in range(max(1, len(text) - gram + 1)))


def _signed(texts: Iterable[str], rows: int, gram: int) -> tuple[_Words, NDArray[np.int32]]:
    """The texts as words, and of each text and band the group of those with the same band; -1 where it is alone."""
    from rensa import RMinHash

    corpus, blocks = _Words(), []
    for block in _blocks(texts):
        found = [words.tokens(text) for text in block]
        for text in found:
            corpus.add(text)
        sets = [[" ".join(t[k : k + gram]) for k in range(max(1, len(t) - gram + 1))] for t in found]
        values = np.array(RMinHash.digest_matrix_from_token_sets(sets, PERMUTATIONS, SEED).to_rows(), dtype=np.uint64)
        blocks.append(_bands(values.reshape(len(block), -1, rows)))
    bands = np.concatenate(blocks) if blocks else np.empty((0, 1), dtype=np.uint64)
    return corpus, _groups(bands)


def _bands(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each band, (texts, bands), from its values, (texts, bands, rows)."""
    found = np.zeros(values.shape[:2], dtype=np.uint64)
    for k in range(values.shape[2]):
        found = (found ^ values[:, :, k]) * np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
    return found


def _groups(bands: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Numbers of the hashes that several texts have, other ones in each band; -1 for the rest."""
    groups = np.full(bands.shape, -1, dtype=np.int32)
    begun = 0
    for k in range(bands.shape[1]):
        _, inverse, counts = np.unique(bands[:, k], return_inverse=True, return_counts=True)
        numbers = np.where(counts > 1, np.cumsum(counts > 1) - 1 + begun, -1)
        groups[:, k] = numbers[inverse]
        begun += int((counts > 1).sum())
    return groups


def _jaccard(a: frozenset[tuple[int, ...]], b: frozenset[tuple[int, ...]]) -> Fraction:
    common = len(a & b)
    return Fraction(common, len(a) + len(b) - common)


def embedding(
    texts: Iterable[str],
    threshold: Fraction,
    embed: Embed,
    *,
    boundary: Boundary = "drop",
    folder: Path | None = None,
) -> Near:
    """Cosine of a model's vectors, each text against all earlier ones, whether or not those are near to others.

    Args:
        texts: read once, embedded a thousand at a time.
        threshold: cosine in (0, 1] from which two texts are near.
        embed: gives a row of length 1 for each text.
        boundary: whether exactly the threshold is near (``"drop"``) or not.
        folder: where the vectors lie while they are compared, 4 bytes a number; the system's temporary one if None.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        width = count = 0
        for block in _blocks(texts):
            vectors = np.ascontiguousarray(embed(block), dtype=np.float32)
            file.write(vectors.tobytes())
            count, width = count + len(block), vectors.shape[1]
        file.flush()
        if not count:
            return Near(np.empty(0, np.int64), np.empty(0))
        return _nearest(np.memmap(file, np.float32, "r", shape=(count, width)), np.float32(threshold), boundary)


def _nearest(vectors: Vectors, threshold: np.float32, boundary: Boundary) -> Near:
    """For each vector the earlier one with the greatest product, the first of equals; a block of products in memory."""
    nearest, scores = np.full(len(vectors), -1, dtype=np.int64), np.zeros(len(vectors))
    for top in range(0, len(vectors), ROWS):
        rows = vectors[top : top + ROWS]
        for left in range(0, top + len(rows), COLUMNS):
            products = rows @ vectors[left : min(left + COLUMNS, top + len(rows))].T
            places = left + np.arange(products.shape[1])
            products[places[None, :] >= (top + np.arange(len(rows)))[:, None]] = -1
            best = products.argmax(axis=1)
            found = products[np.arange(len(rows)), best].astype(np.float64)
            near = (found >= threshold if boundary == "drop" else found > threshold) & (
                found > scores[top : top + len(rows)]
            )
            nearest[top : top + len(rows)][near] = places[best[near]]
            scores[top : top + len(rows)][near] = found[near]
    return Near(nearest, np.minimum(scores, 1.0))


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(texts)
    while block := list(islice(left, BLOCK)):
        yield block
