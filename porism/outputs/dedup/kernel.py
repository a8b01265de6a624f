"""The loops of the joins: for each row its candidates, and which of them are near.

A candidate is *verified*: the length of its longest common subsequence with the row is computed.
"""

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Bounds
from porism.outputs.dedup.candidates import candidates
from porism.outputs.dedup.compiled import jit
from porism.outputs.dedup.index import Index
from porism.outputs.dedup.lcs import Scratch, bits_set, near
from porism.outputs.dedup.rows import Rows

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]


@jit
def joined(
    rows: Rows, index: Index, bounds: Bounds, scratch: Scratch, begin: int, end: int, most: int
) -> tuple[int, Numbers, Numbers, Numbers, int]:
    """The rows before each that are near to it, for rows from ``begin`` until ``end`` or until there are ``most``.

    Returns:
        The first row that was not looked at; rows, the rows before them, common words; how many were verified.
    """
    right, left, common = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int32)
    count = verified = 0
    row = begin
    while row < end and count < most:
        proposed = candidates(rows, index, bounds, scratch, row, row)
        verified += proposed
        found = near(rows, bounds, scratch, row, proposed) if proposed else 0
        if count + found > len(right):
            size = 2 * (count + found)
            right, left, common = _longer(right, size), _longer(left, size), _longer(common, size)
        right[count : count + found] = row
        left[count : count + found] = scratch.found[:found]
        common[count : count + found] = scratch.common[:found]
        count += found
        row += 1
    return row, right[:count], left[:count], common[:count], verified


@jit
def _longer(values: Numbers, size: int) -> Numbers:
    longer = np.empty(size, values.dtype)
    longer[: len(values)] = values
    return longer


@jit
def nearest(
    rows: Rows, index: Index, bounds: Bounds, scratch: Scratch, asking: Integers, best: Integers, common: Integers
) -> int:
    """For each row that asks the nearest row of the index, if that is nearer than ``best``; returns the verified.

    Args:
        rows: all rows.
        index: of some.
        bounds: what is near.
        scratch: of this thread.
        asking: rows.
        best: the nearest row so far of each that asks, -1 for none; changed in place.
        common: their common words; changed in place.
    """
    verified = 0
    for k in range(len(asking)):
        proposed = candidates(rows, index, bounds, scratch, asking[k], len(rows.ids))
        verified += proposed
        if proposed:
            found = near(rows, bounds, scratch, asking[k], proposed)
            best[k], common[k] = _best(rows, scratch, asking[k], found, best[k], common[k])
    return verified


@jit
def _best(rows: Rows, scratch: Scratch, row: int, count: int, best: int, common: int) -> tuple[int, int]:
    """The nearest of ``best`` and the rows that were found, of equally near ones the first in the corpus."""
    length = rows.starts[row + 1] - rows.starts[row]
    for k in range(count):
        other = int(scratch.found[k])
        ours = theirs = 1
        if best >= 0:
            ours = scratch.common[k] * (length + rows.starts[best + 1] - rows.starts[best])
            theirs = common * (length + rows.starts[other + 1] - rows.starts[other])
        if best < 0 or ours > theirs or (ours == theirs and rows.ids[other] < rows.ids[best]):
            best, common = other, int(scratch.common[k])
    return best, common


@jit
def settled(
    rows: Rows, bounds: Bounds, scratch: Scratch, block: Integers, best: Integers, common: Integers
) -> tuple[Integers, int]:
    """The rows of a block that are kept, in order, and how many were verified.

    Args:
        rows: all rows.
        bounds: what is near.
        scratch: of this thread.
        block: rows in the order in which they come.
        best: the nearest kept row before the block for each, -1 for none; with those in it afterwards.
        common: their common words; changed in place.
    """
    fresh, lengths, sketches = np.empty_like(block), np.empty_like(block), np.empty((len(block), 2), np.uint64)
    count = verified = 0
    for k in range(len(block)):
        row = block[k]
        length, sketch = rows.starts[row + 1] - rows.starts[row], rows.sketches[row]
        proposed = 0
        for n in range(count):
            spare = length + lengths[n] - 2 * bounds.need[length + lengths[n]]
            differ = bits_set(sketch[0] ^ sketches[n, 0]) + bits_set(sketch[1] ^ sketches[n, 1])
            if differ <= spare and abs(length - lengths[n]) <= spare:
                scratch.found[proposed] = fresh[n]
                proposed += 1
        if proposed:
            verified += proposed
            found = near(rows, bounds, scratch, row, proposed)
            best[k], common[k] = _best(rows, scratch, row, found, best[k], common[k])
        if best[k] < 0:
            fresh[count], lengths[count] = row, length
            sketches[count, 0], sketches[count, 1] = sketch[0], sketch[1]
            count += 1
    return fresh[:count], verified
