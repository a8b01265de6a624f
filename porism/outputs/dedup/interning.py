"""Words of byte strings as numbers: a hash table of the bytes themselves, so that no two words ever share a number."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.compiled import jit

BETWEEN = 255  # what a byte between words is folded to; UTF-8 has no such byte

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


class Words(NamedTuple):
    """The words met so far; word ``w`` is ``letters[ends[w]:ends[w + 1]]``, and ``ends[0]`` is 0.

    Attributes:
        slots: open addressing: a word's number + 1, or 0; a power of two long and less than half full.
        hashes: of each word.
        ends: where each word ends in ``letters``, after the 0.
        letters: the words behind one another, and room.
        known: how many words there are.
    """

    slots: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    ends: Numbers
    letters: Bytes
    known: int


def no_words() -> Words:
    """A table without words."""
    half = 1 << 11
    return Words(
        np.zeros(2 * half, np.int32), np.zeros(half, np.uint64), np.zeros(half + 1, np.int64), np.zeros(1, np.uint8), 0
    )


@jit
def wordless(text: Bytes, starts: Numbers, fold: Bytes) -> Numbers:
    """The rows of bytes that have nothing but what ``fold`` puts between words."""
    found = np.empty(len(starts) - 1, np.int64)
    count = 0
    for row in range(len(starts) - 1):
        at = starts[row]
        while at < starts[row + 1] and fold[text[at]] == BETWEEN:
            at += 1
        if at == starts[row + 1]:
            found[count] = row
            count += 1
    return found[:count]


@jit
def interned(
    text: Bytes, starts: Numbers, folds: NDArray[np.uint8], which: NDArray[np.uint8], words: Words
) -> tuple[NDArray[np.int32], Numbers, Words]:
    """The numbers of the words in each row, how many each row has, and the table with what is new.

    Args:
        text: the bytes of all rows.
        starts: where each row begins, and where the last ends.
        folds: tables of 256 bytes: what stands for each byte in a word, or ``BETWEEN``.
        which: the table for each row.
        words: the table of words; it must not be used again.
    """
    slots, hashes, ends, letters, count = words
    tokens = np.empty(len(text) // 2 + len(starts), np.int32)
    lengths = np.zeros(len(starts) - 1, np.int64)
    total = 0
    letters = _room(letters, ends[count] + len(text))
    for row in range(len(starts) - 1):
        fold = folds[which[row]]
        at, stop = starts[row], starts[row + 1]
        while at < stop:
            end = ends[count]  # a word is written where it stays if it is new
            hashed = np.uint64(0)
            while at < stop and fold[text[at]] != BETWEEN:
                letters[end] = fold[text[at]]
                hashed = (hashed ^ np.uint64(letters[end])) * _FACTOR
                hashed ^= hashed >> _HALF
                end += 1
                at += 1
            at += 1
            if end > ends[count]:
                tokens[total] = _number(slots, hashes, ends, letters, count, hashed, end)
                if tokens[total] == count:
                    hashes[count], ends[count + 1] = hashed, end
                    count += 1
                    if count == len(hashes):
                        slots, hashes, ends = _slots(hashes), _room(hashes, 2 * count), _room(ends, 2 * count + 1)
                total += 1
                lengths[row] += 1
    return tokens[:total].copy(), lengths, Words(slots, hashes, ends, letters, count)


@jit
def _number(
    slots: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    ends: Numbers,
    letters: Bytes,
    count: int,
    hashed: np.uint64,
    end: int,
) -> int:
    """The number of the word from ``ends[count]`` to ``end``; a new one takes a slot and the number ``count``."""
    begin = ends[count]
    slot = np.int64(hashed >> _HALF) & (len(slots) - 1)
    while slots[slot]:
        word = slots[slot] - 1
        if hashes[word] == hashed and ends[word + 1] - ends[word] == end - begin:
            k = 0
            while k < end - begin and letters[ends[word] + k] == letters[begin + k]:
                k += 1
            if k == end - begin:
                return int(word)
        slot = (slot + 1) & (len(slots) - 1)
    slots[slot] = count + 1
    return count


@jit
def _slots(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Slots for all words, four times as many."""
    slots = np.zeros(4 * len(hashes), np.int32)
    for word in range(len(hashes)):
        slot = np.int64(hashes[word] >> _HALF) & (len(slots) - 1)
        while slots[slot]:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = word + 1
    return slots


@jit
def _room(values: NDArray[Any], size: int) -> NDArray[Any]:
    """The array, longer if it is shorter than ``size``."""
    if len(values) >= size:
        return values
    longer = np.empty(max(size, len(values) + len(values) // 2), values.dtype)
    longer[: len(values)] = values
    return longer
