"""An index of rows by their rare words: where the rows are that a row can be near to.

Rows that share c words or more share one among the a - c + 1 rarest of either, and l among the a - c + l rarest
[Bayardo2007, Wang2012]. Short rows are found by pairs of rare words (l = 2), which few rows share; rows longer than
``cut`` by single ones, because a long row has too many pairs. A row that is in an index is known by its number in
:class:`~porism.outputs.dedup.rows.Rows`, and those numbers grow with the length: a range of lengths is a range of rows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Bounds
from porism.outputs.dedup.compiled import inlined, jit
from porism.outputs.dedup.rows import Rows

CUTS = (40, 24, 16)  # words of the longest row that is found by pairs: the first that is cheap enough
ENTRIES = 16  # pairs that a row may have on average
LISTS = CUTS[0] * (CUTS[0] - 1) // 2  # pairs of words that any such row may have
PAIRS_PAY = 400.0  # entries of single words that a row would look at, from which pairs are worth their memory

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]


class Index(NamedTuple):
    """Rows by single words and by pairs of words; each list ascends.

    Attributes:
        cut: rows of so many words at most are found by pairs; 0 if none are.
        ends: for each word where its list begins, and where the last ends.
        rows: the lists.
        places: where the word stands among the rare words of the row.
        bits: a pair's bucket is the first so many bits of its hash.
        pair_ends: as ``ends``, for buckets of pairs; one element if there are no pairs.
        pair_rows: the lists.
        pair_sketches: those of the rows.
    """

    cut: int
    ends: Integers
    rows: Numbers
    places: Numbers
    bits: int
    pair_ends: Numbers
    pair_rows: Numbers
    pair_sketches: NDArray[np.uint64]


def indexed(rows: Rows, bounds: Bounds, members: Integers, cut: int | None = None, *, alone: bool = False) -> Index:
    """An index of some rows.

    Args:
        rows: all rows.
        bounds: what is near.
        members: the rows to index, ascending.
        cut: the longest rows to be found by pairs; None decides by what looking at single words would cost.
        alone: the index is asked only for rows with smaller numbers than the one that asks.

    Raises:
        ValueError: the cut is greater than 40.
    """
    if cut is None:
        index = indexed(rows, bounds, members, 0, alone=alone)
        if _work(index, len(members), alone) < PAIRS_PAY:
            return index
        sizes = {cut: _entries(rows, bounds, members, cut, alone) for cut in CUTS}
        cut = next((cut for cut in CUTS if sizes[cut] <= ENTRIES * len(members)), CUTS[-1])
    if cut * (cut - 1) // 2 > LISTS:
        raise ValueError(f"the cut is {cut}; it must be 40 at most")
    ones, twos = _prefixes(rows.longest, bounds, cut, alone)
    ends, listed, places = _by_word(rows, members, ones)
    if not cut:
        return Index(
            0, ends, listed, places, 1, np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros((0, 2), np.uint64)
        )  # fmt: skip
    bits = max(8, _entries(rows, bounds, members, cut, alone).bit_length() - 1)
    return Index(cut, ends, listed, places, bits, *_by_pair(rows, members, twos, bits))


def _work(index: Index, count: int, alone: bool) -> float:
    """About how many entries a row looks at, if the rows that ask are like those in the index."""
    sizes = np.diff(index.ends).astype(np.float64)
    return float(sizes @ sizes) / max(count, 1) / (2 if alone else 1)


def _entries(rows: Rows, bounds: Bounds, members: Integers, cut: int, alone: bool) -> int:
    """How many pairs of words would be listed."""
    _, twos = _prefixes(rows.longest, bounds, cut, alone)
    lengths = np.bincount(np.diff(rows.starts)[members], minlength=len(twos))
    return int(lengths @ (twos * (twos - 1) // 2))


def _prefixes(longest: int, bounds: Bounds, cut: int, alone: bool) -> tuple[Integers, Integers]:
    """By length: how many of the rarest words are listed, and how many make pairs."""
    lengths = np.arange(longest + 1)
    partner = lengths if alone else np.minimum(bounds.low, longest)  # the shortest row that may ask
    need = bounds.need[lengths + partner]
    twos = np.where(lengths <= cut, np.minimum(lengths, lengths - np.maximum(need, 2) + 2), 0)
    far = np.minimum(np.maximum(partner, cut + 1), longest)  # short rows are listed for what is longer than the cut
    ones = lengths - np.where(lengths > cut, need, bounds.need[lengths + far]) + 1
    tiny = (lengths <= cut) & (need < 2)  # a pair of rows that must share one word alone
    ones = np.where(tiny, lengths, ones)
    return np.clip(ones, 0, lengths), np.maximum(twos, 0)


@jit
def _by_word(rows: Rows, members: Integers, ones: Integers) -> tuple[Integers, Numbers, Numbers]:
    ends = np.zeros(rows.words + 2, np.int64)
    for row in members:
        start = rows.starts[row]
        for k in range(ones[rows.starts[row + 1] - start]):
            ends[rows.rare[start + k] + 2] += 1
    for word in range(2, len(ends)):
        ends[word] += ends[word - 1]
    listed, places = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int32)
    for row in members:
        start = rows.starts[row]
        for k in range(ones[rows.starts[row + 1] - start]):
            word = rows.rare[start + k]
            listed[ends[word + 1]] = row
            places[ends[word + 1]] = k
            ends[word + 1] += 1
    return ends[:-1], listed, places


@jit
def _by_pair(rows: Rows, members: Integers, twos: Integers, bits: int) -> tuple[Numbers, Numbers, NDArray[np.uint64]]:
    ends = np.zeros((1 << bits) + 2, np.int32)
    for row in members:
        start = rows.starts[row]
        size = twos[rows.starts[row + 1] - start]
        for j in range(1, size):
            for i in range(j):
                ends[bucket(rows.rare[start + i], rows.rare[start + j], bits) + 2] += 1
    for k in range(2, len(ends)):
        ends[k] += ends[k - 1]
    listed, sketches = np.empty(ends[-1], np.int32), np.empty((ends[-1], 2), np.uint64)
    for row in members:
        start = rows.starts[row]
        size = twos[rows.starts[row + 1] - start]
        for j in range(1, size):
            for i in range(j):
                k = bucket(rows.rare[start + i], rows.rare[start + j], bits) + 1
                listed[ends[k]] = row
                sketches[ends[k], 0], sketches[ends[k], 1] = rows.sketches[row, 0], rows.sketches[row, 1]
                ends[k] += 1
    return ends[:-1], listed, sketches


@inlined
def bucket(one: int, two: int, bits: int) -> int:
    """The bucket of a pair of words, the rarer first."""
    hashed = ((np.uint64(one) << np.uint64(32)) | np.uint64(two)) * np.uint64(0x9E3779B97F4A7C15)
    hashed = (hashed ^ (hashed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return int(np.int64(hashed >> np.uint64(64 - bits)))
