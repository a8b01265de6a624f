"""Which rows of an index may be near to a row: filters on rare words, lengths, places and sketches."""

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Bounds
from porism.outputs.dedup.compiled import inlined, jit
from porism.outputs.dedup.index import Index, bucket
from porism.outputs.dedup.lcs import Scratch, bits_set
from porism.outputs.dedup.rows import Rows

Numbers = NDArray[np.int32]


@jit
def candidates(rows: Rows, index: Index, bounds: Bounds, scratch: Scratch, row: int, limit: int) -> int:
    """How many rows of the index below ``limit`` the filters leave for a row; they are put into ``scratch.found``."""
    length = rows.starts[row + 1] - rows.starts[row]
    low, longest = bounds.low[length], len(rows.first) - 2
    if length == 0 or low > longest:
        return 0
    if length > index.cut:
        return _by_words(rows, index, bounds, scratch, row, limit, low, longest, 0)
    count = _by_pairs(rows, index, bounds, scratch, row, limit)
    longer = max(low, index.cut + 1)
    if bounds.span[length] - length >= longer and longer <= longest:
        count = _by_words(rows, index, bounds, scratch, row, limit, longer, longest, count)
    tiny = min(bounds.span[1] - length, index.cut, longest)  # rows for which one common word is enough
    if tiny >= low:
        count = _by_words(rows, index, bounds, scratch, row, limit, low, tiny, count)
    return count


@jit
def _by_words(
    rows: Rows,
    index: Index,
    bounds: Bounds,
    scratch: Scratch,
    row: int,
    limit: int,
    shortest: int,
    longest: int,
    count: int,
) -> int:
    """Rows of so many words that share a rare one; looked at once, when the rarest shared word is come by.

    No more words can be common than either row has from that word on [Xiao2008].
    """
    seen, found, first = scratch.seen, scratch.found, rows.first
    start, length = rows.starts[row], rows.starts[row + 1] - rows.starts[row]
    for i in range(length):
        most = min(bounds.span[length - i] - length, longest)
        if most < shortest:
            break
        word, end, size = rows.rare[start + i], min(limit, first[most + 1]), shortest
        at, stop = index.ends[word], index.ends[word + 1]
        at = _from(index.rows, at, stop, first[shortest])
        while at < stop and index.rows[at] < end:
            other = index.rows[at]
            while first[size + 1] <= other:
                size += 1
            if seen[other] != row:
                seen[other] = row
                if size - index.places[at] >= bounds.need[length + size]:
                    found[count] = other
                    count += 1
            at += 1
    return count


@jit
def _by_pairs(rows: Rows, index: Index, bounds: Bounds, scratch: Scratch, row: int, limit: int) -> int:
    """Rows that share two rare words and whose sketches do not differ in too many bits."""
    seen, found, first = scratch.seen, scratch.found, rows.first
    start, length = rows.starts[row], rows.starts[row + 1] - rows.starts[row]
    low, count, one, two = bounds.low[length], 0, rows.sketches[row, 0], rows.sketches[row, 1]
    lists, size = scratch.lists, 0
    for j in range(1, length):  # where the lists are is read for all before any is, because memory is slow
        if bounds.span[length - j + 1] - length < low:
            break
        for i in range(j):
            k = bucket(rows.rare[start + i], rows.rare[start + j], index.bits)
            if index.pair_ends[k] < index.pair_ends[k + 1]:
                lists[size, 0], lists[size, 1], lists[size, 2] = index.pair_ends[k], index.pair_ends[k + 1], j
                size += 1
    for k in range(size):
        longest = min(bounds.span[length - lists[k, 2] + 1] - length, index.cut, len(first) - 2)
        end = min(limit, first[longest + 1])
        most = length + longest - 2 * bounds.need[length + longest] + 1  # rounding gives shorter rows one more
        for at in range(_from(index.pair_rows, lists[k, 0], lists[k, 1], first[low]), lists[k, 1]):
            other = index.pair_rows[at]
            if other >= end:
                break
            differ = bits_set(one ^ index.pair_sketches[at, 0]) + bits_set(two ^ index.pair_sketches[at, 1])
            if differ <= most and seen[other] != row:
                total = length + rows.starts[other + 1] - rows.starts[other]
                if differ <= total - 2 * bounds.need[total]:
                    seen[other] = row
                    found[count] = other
                    count += 1
    return count


@inlined
def _from(values: Numbers, at: int, stop: int, least: int) -> int:
    """The first place from ``at`` on whose value is ``least`` or more; the values ascend."""
    while stop - at > 8:
        middle = (at + stop) // 2
        if values[middle] < least:
            at = middle + 1
        else:
            stop = middle
    while at < stop and values[at] < least:
        at += 1
    return at
