"""The rows of a corpus in the order in which a join wants them: shortest first, and rare words first in each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.compiled import jit

Tokens = NDArray[np.int32]
Integers = NDArray[np.int64]


class Rows(NamedTuple):
    """Rows in the order of their lengths, those of a length in the order of the corpus.

    Attributes:
        tokens: of all rows behind one another; word 0 is the most frequent one.
        rare: the same, the words of each row in descending order.
        sketches: two times 64 bits of each row; each bit tells whether the words that it stands for are odd in number.
            Rows that differ in d words differ in d bits at most [Sandes2020].
        starts: where each row begins, and where the last ends.
        first: by length: how many rows are shorter, up to the longest length and one more.
        ids: the number of each row in the corpus.
        words: how many words there are.
    """

    tokens: Tokens
    rare: Tokens
    sketches: NDArray[np.uint64]
    starts: Integers
    first: Integers
    ids: Integers
    words: int

    @property
    def longest(self) -> int:
        """The words of the longest row."""
        return len(self.first) - 2


def arranged(tokens: Tokens, starts: Integers, words: int, chosen: Integers) -> Rows:
    """The chosen rows of a corpus, arranged.

    Args:
        tokens: of the corpus.
        starts: of its rows, and the end.
        words: the size of its vocabulary.
        chosen: rows, ascending.
    """
    lengths = np.diff(starts)[chosen]
    ids = chosen[np.argsort(lengths, kind="stable")]
    first = np.zeros(int(lengths.max(initial=0)) + 2, np.int64)
    np.cumsum(np.bincount(lengths, minlength=len(first) - 1), out=first[1:])
    ends = np.zeros(len(ids) + 1, np.int64)
    np.cumsum(np.diff(starts)[ids], out=ends[1:])
    rank = np.empty(words, np.int32)
    rank[np.argsort(-np.bincount(tokens, minlength=words), kind="stable")] = np.arange(words, dtype=np.int32)
    flat, rare, sketches = _copied(tokens, starts, rank, ids, ends)
    return Rows(flat, rare, sketches, ends, first, ids, words)


@jit
def _copied(
    tokens: Tokens, starts: Integers, rank: Tokens, ids: Integers, ends: Integers
) -> tuple[Tokens, Tokens, NDArray[np.uint64]]:
    flat, rare = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int32)
    sketches = np.zeros((len(ids), 2), np.uint64)
    for row in range(len(ids)):
        at, begin, length = ends[row], starts[ids[row]], ends[row + 1] - ends[row]
        for k in range(length):
            flat[at + k] = rank[tokens[begin + k]]
            hashed = np.uint64(flat[at + k]) * np.uint64(0x9E3779B97F4A7C15)
            sketches[row, hashed >> np.uint64(63)] ^= np.uint64(1) << ((hashed >> np.uint64(57)) & np.uint64(63))
        if length > 40:
            rare[at : at + length] = -np.sort(-flat[at : at + length])
            continue
        for k in range(length):  # insertion
            token, j = flat[at + k], k
            while j > 0 and rare[at + j - 1] < token:
                rare[at + j] = rare[at + j - 1]
                j -= 1
            rare[at + j] = token
    return flat, rare, sketches


@jit
def first_equal(tokens: Tokens, starts: Integers) -> Integers:
    """For each row the first row that is the same, word for word."""
    rows = len(starts) - 1
    size = 1
    while size < 2 * rows:
        size *= 2
    slots = np.full(size, -1, np.int64)
    hashes = np.empty(rows, np.uint64)
    equal = np.empty(rows, np.int64)
    for row in range(rows):
        begin, length = starts[row], starts[row + 1] - starts[row]
        hashed = np.uint64(length)
        for k in range(length):
            hashed = (hashed ^ np.uint64(tokens[begin + k])) * np.uint64(0x9E3779B97F4A7C15)
            hashed ^= hashed >> np.uint64(32)
        hashes[row] = hashed
        slot = np.int64(hashed >> np.uint64(32)) & (size - 1)
        while slots[slot] >= 0:
            other = slots[slot]
            if hashes[other] == hashed and starts[other + 1] - starts[other] == length:
                k = 0
                while k < length and tokens[begin + k] == tokens[starts[other] + k]:
                    k += 1
                if k == length:
                    break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = row
        equal[row] = slots[slot]
    return equal
