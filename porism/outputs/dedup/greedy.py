"""The greedy filter of Self-Instruct on a whole corpus: a row is dropped if one that was kept before it is too near.

Rows are taken block by block. The kept ones lie in several indexes, each at least three times as large as the next, so
that a row is indexed again only a few times; each block asks them on all threads. What remains to compare, rows of
the block with those kept in it, is settled in order. Pairs are not held: a hundred thousand rows of one template cost
no memory.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Boundary, Bounds, bounds
from porism.outputs.dedup.encode import Corpus

if TYPE_CHECKING:
    from porism.outputs.dedup.index import Index
    from porism.outputs.dedup.lcs import Scratch
    from porism.outputs.dedup.rows import Rows

Integers = NDArray[np.int64]

_BLOCK = 1024
_GROWTH = 3


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What the greedy filter kept, and why it dropped the rest.

    Attributes:
        nearest: for each dropped row the nearest row that was kept before it, the first of those that are equally near;
            -1 for kept rows.
        common: length of their longest common subsequence, in words; 0 for kept rows.
        totals: sum of their lengths; 0 for kept rows.
        verified: pairs whose longest common subsequence was computed.
    """

    nearest: Integers
    common: Integers
    totals: Integers
    verified: int

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which rows were kept."""
        return self.nearest < 0

    def score(self, row: int) -> Fraction:
        """ROUGE-L F1 of a dropped row and its nearest, exactly; 0 for a kept one."""
        return Fraction(2 * int(self.common[row]), max(1, int(self.totals[row])))


def kept(corpus: Corpus, threshold: Fraction, *, boundary: Boundary = "drop", workers: int = 2) -> Kept:
    """The greedy filter in the order of the rows; a row without words is near to nothing and kept.

    >>> found = kept(Corpus.of(["add the two numbers", "sing", "add the numbers"]), Fraction(7, 10))
    >>> found.nearest.tolist(), found.common.tolist(), found.score(2)
    ([-1, -1, 0], [0, 0, 3], Fraction(6, 7))

    Args:
        corpus: the rows.
        threshold: ROUGE-L F1 in (0, 1].
        boundary: at exactly the threshold a row is dropped (``"drop"``) or kept (``"keep"``).
        workers: threads; the result does not depend on them.

    Raises:
        InputError: the threshold is not in (0, 1], or the boundary is none.
    """
    from porism.outputs.dedup.rows import arranged

    count = len(corpus)
    rows = arranged(corpus.tokens, corpus.starts, corpus.vocabulary, np.arange(count))
    run = _Run(rows, bounds(threshold, boundary, rows.longest), workers)
    places = np.empty(count, np.int64)
    places[rows.ids] = np.arange(count)
    with ThreadPoolExecutor(workers) as threads:
        for begin in range(0, count, _BLOCK):
            run.block(places[begin : begin + _BLOCK], threads)
    nearest = np.where(run.best < 0, -1, rows.ids[run.best])[places] if count else run.best
    lengths, dropped = corpus.lengths, nearest >= 0
    totals = np.where(dropped, lengths + lengths[nearest], 0) if count else lengths
    return Kept(nearest, run.common[places], totals, run.verified)


def clusters(found: Kept) -> Integers:
    """The representative of each row: the kept row that it was dropped for, or itself.

    >>> clusters(kept(Corpus.of(["add the two numbers", "sing", "add the numbers"]), Fraction(7, 10))).tolist()
    [0, 1, 0]
    """
    return np.where(found.mask, np.arange(len(found.nearest)), found.nearest)


class _Run:
    """The kept rows so far, and for each arranged row what was found."""

    def __init__(self, rows: "Rows", tables: Bounds, workers: int) -> None:
        from porism.outputs.dedup.lcs import scratch

        self._rows, self._tables = rows, tables
        self._scratch = [scratch(rows) for _ in range(workers)]
        self._levels: list[tuple[Integers, Index]] = []
        self.best = np.full(len(rows.ids), -1)
        self.common = np.zeros(len(rows.ids), np.int64)
        self.verified = 0

    def block(self, block: Integers, threads: ThreadPoolExecutor) -> None:
        """Take the next rows, by their places among the arranged ones."""
        from porism.outputs.dedup.kernel import settled

        best, common = np.full(len(block), -1), np.zeros(len(block), np.int64)
        cuts = np.linspace(0, len(block), len(self._scratch) + 1).astype(np.int64)
        parts = [slice(int(begin), int(end)) for begin, end in pairwise(cuts)]
        asked = [
            threads.submit(self._asked, scratch, block[part], best[part], common[part])
            for scratch, part in zip(self._scratch, parts, strict=True)
        ]
        self.verified += sum(each.result() for each in asked)
        fresh, verified = settled(self._rows, self._tables, self._scratch[0], block, best, common)
        self.verified += verified
        self.best[block], self.common[block] = best, common
        if len(fresh):
            self._keep(np.sort(fresh))

    def _asked(self, scratch: "Scratch", asking: Integers, best: Integers, common: Integers) -> int:
        from porism.outputs.dedup.kernel import nearest

        return sum(nearest(self._rows, index, self._tables, scratch, asking, best, common) for _, index in self._levels)

    def _keep(self, fresh: Integers) -> None:
        from porism.outputs.dedup.index import indexed

        while self._levels and len(self._levels[-1][0]) < _GROWTH * len(fresh):
            fresh = np.sort(np.concatenate([fresh, self._levels.pop()[0]]))
        self._levels.append((fresh, indexed(self._rows, self._tables, fresh)))
