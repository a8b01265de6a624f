"""Longest common subsequences of a row with many others, 64 words at a time [Hyyro2004]."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Bounds
from porism.outputs.dedup.compiled import inlined, jit
from porism.outputs.dedup.index import LISTS
from porism.outputs.dedup.rows import Rows

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


class Scratch(NamedTuple):
    """What one thread writes into, from one row to the next.

    Attributes:
        seen: by row: the last row that looked at it.
        found: candidates, and then those of them that are near.
        common: their common words.
        mask: by word: where it stands in 64 words of the row that is compared; zeros between calls.
        carry: by place in the other row: the carry of the addition; zeros between calls.
        lists: begin and end of lists of rows, and the place of a word.
    """

    seen: Numbers
    found: Numbers
    common: Numbers
    mask: NDArray[np.uint64]
    carry: NDArray[np.uint64]
    lists: Integers


def scratch(rows: Rows) -> Scratch:
    """Scratch for these rows."""
    count = len(rows.ids)
    return Scratch(
        np.full(count, -1, np.int32), np.empty(count, np.int32), np.empty(count, np.int32),
        np.zeros(rows.words, np.uint64), np.zeros(rows.longest, np.uint64),
        np.empty((LISTS, 3), np.int64),
    )  # fmt: skip


@jit
def near(rows: Rows, bounds: Bounds, scratch: Scratch, row: int, count: int) -> int:
    """Verify candidates: how many are near, which are then the first in ``scratch.found``."""
    tokens, starts, need, found = rows.tokens, rows.starts, bounds.need, scratch.found
    mask, carry = scratch.mask, scratch.carry
    begin, end = starts[row], starts[row + 1]
    one_word = end - begin <= 64
    if one_word:
        for k in range(begin, end):
            mask[tokens[k]] |= _ONE << np.uint64(k - begin)
    kept = 0
    for k in range(count):
        first, last = starts[found[k]], starts[found[k] + 1]
        least = need[end - begin + last - first]
        if one_word:
            common = _line(tokens, mask, first, last)
        else:
            common = _lines(tokens, mask, carry, begin, end, first, last, least)
        if common >= least:
            found[kept], scratch.common[kept] = found[k], common
            kept += 1
    if one_word:
        for k in range(begin, end):
            mask[tokens[k]] = _ZERO
    return kept


@inlined
def _line(tokens: Numbers, mask: NDArray[np.uint64], first: int, last: int) -> int:
    """The length of the longest common subsequence of a row and the row in the mask."""
    line = _ONES
    for k in range(first, last):
        both = line & mask[tokens[k]]
        line = (line + both) | (line - both)
    return 64 - bits_set(line)


@jit
def _lines(
    tokens: Numbers,
    mask: NDArray[np.uint64],
    carry: NDArray[np.uint64],
    begin: int,
    end: int,
    first: int,
    last: int,
    least: int,
) -> int:
    """The same for a row of more than 64 words, in pieces of 64; given up as soon as ``least`` is out of reach."""
    total = 0
    while begin < end and total + end - begin >= least:
        stop = min(end, begin + 64)
        for k in range(begin, stop):
            mask[tokens[k]] |= _ONE << np.uint64(k - begin)
        line = _ONES
        for k in range(first, last):
            both = line & mask[tokens[k]]
            added = line + both
            over = added < line
            added += carry[k - first]
            over |= added < carry[k - first]
            line = added | (line - both)
            carry[k - first] = _ONE if over else _ZERO
        for k in range(begin, stop):
            mask[tokens[k]] = _ZERO
        total += 64 - bits_set(line)  # beyond the row's words a line keeps its ones
        begin = stop
    carry[: last - first] = _ZERO
    return total


@inlined
def bits_set(word: np.uint64) -> int:
    """How many bits of a word are 1."""
    word -= (word >> _ONE) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56)))
