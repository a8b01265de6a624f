"""Rows that are the same word for word: compared once, and reported as often as they occur."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.compiled import jit
from porism.outputs.dedup.encode import Corpus
from porism.outputs.dedup.rows import first_equal

Integers = NDArray[np.int64]
Chunk = tuple[Integers, Integers, Integers]


class Groups:
    """The rows of a corpus, those that are the same together; a group is known by its first row.

    Attributes:
        first: the first row of each group, ascending.
        repeated: those whose groups have more than one row.
    """

    def __init__(self, corpus: Corpus) -> None:
        equal = first_equal(corpus.tokens, corpus.starts)
        sizes = np.bincount(equal, minlength=len(equal))
        self.first = np.flatnonzero(sizes)
        self.repeated = np.flatnonzero(sizes > 1)
        self._members = np.argsort(equal, kind="stable") if len(self.repeated) else equal
        self._ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])

    def expanded(
        self, left: Integers, right: Integers, common: Integers, verified: int, most: int = 1 << 20
    ) -> Iterator[tuple[Chunk, int]]:
        """All pairs of rows of pairs of groups, in chunks of about ``most``; ``verified`` is told with the first.

        A group paired with itself stands for all pairs of its rows.
        """
        if not len(self.repeated):
            yield (left, right, common), verified
            return
        pair = member = 0
        while True:
            pair, member, *chunk = _products(left, right, common, self._ends, self._members, pair, member, most)
            yield (chunk[0], chunk[1], chunk[2]), verified
            verified = 0
            if pair == len(left):
                return


@jit
def _products(
    left: Integers,
    right: Integers,
    common: Integers,
    ends: Integers,
    members: Integers,
    pair: int,
    member: int,
    most: int,
) -> tuple[int, int, Integers, Integers, Integers]:
    """Pairs of rows from a pair of groups and a member of its left one on, and where to go on."""
    one, two, shared = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    while pair < len(left):
        first, last = ends[left[pair]], ends[left[pair] + 1]
        begin, end = ends[right[pair]], ends[right[pair] + 1]
        while first + member < last:
            if count and count + end - begin > most:
                return pair, member, one[:count], two[:count], shared[:count]
            if count + end - begin > len(one):
                one, two, shared = _empty(end - begin)
            a = members[first + member]
            for k in range(first + member + 1 if left[pair] == right[pair] else begin, end):
                one[count], two[count], shared[count] = min(a, members[k]), max(a, members[k]), common[pair]
                count += 1
            member += 1
        pair += 1
        member = 0
    return pair, member, one[:count], two[:count], shared[:count]


@jit
def _empty(size: int) -> tuple[Integers, Integers, Integers]:
    return np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
