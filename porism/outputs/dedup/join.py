"""All pairs of texts whose ROUGE-L F1 reaches a threshold, exactly.

A filter on the rarest words, on lengths and on places proposes pairs ([Bayardo2007], [Xiao2008], [Wang2012]); the
longest common subsequence of each is computed. Texts that are the same word for word are compared once.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from porism.outputs.dedup.bounds import Boundary, Bounds, bounds
from porism.outputs.dedup.encode import Corpus

if TYPE_CHECKING:
    from porism.outputs.dedup.groups import Groups
    from porism.outputs.dedup.index import Index
    from porism.outputs.dedup.lcs import Scratch
    from porism.outputs.dedup.rows import Rows

Integers = NDArray[np.int64]
Chunk = tuple[Integers, Integers, Integers]
Result = TypeVar("Result")

MOST = 1 << 20  # pairs that a chunk holds, but for those of its last row


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of rows that are near, sorted.

    Attributes:
        left: the earlier row of each pair.
        right: the later one.
        common: length of their longest common subsequence, in words.
        totals: sum of their lengths.
        verified: pairs of different rows whose longest common subsequence was computed.
    """

    left: Integers
    right: Integers
    common: Integers
    totals: Integers
    verified: int

    def __len__(self) -> int:
        return len(self.left)

    @property
    def scores(self) -> NDArray[np.float64]:
        """ROUGE-L F1 of each pair, rounded to floating point."""
        return 2 * self.common / self.totals


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each row the nearest row of another corpus.

    Attributes:
        index: the row, the first of those that are equally near; -1 where none reaches the threshold.
        common: length of their longest common subsequence, in words; 0 where there is none.
        verified: pairs whose longest common subsequence was computed.
    """

    index: Integers
    common: Integers
    verified: int


def pairs(corpus: Corpus, threshold: Fraction, *, boundary: Boundary = "drop", workers: int = 2) -> Pairs:
    """All pairs of rows at ROUGE-L F1 >= threshold (> with the boundary ``"keep"``).

    The result is held in memory, 32 bytes a pair; ``chunks(prepared(...))`` gives it piece by piece. A row without
    words is near to nothing.

    >>> found = pairs(Corpus.of(["add the two numbers", "sing", "add the numbers"]), Fraction(7, 10))
    >>> found.left.tolist(), found.right.tolist(), found.common.tolist()
    ([0], [2], [3])

    Raises:
        InputError: the threshold is not in (0, 1], or the boundary is none.
    """
    return collected(prepared(corpus, threshold, boundary), workers)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A corpus that is ready to be joined with itself: rows that are the same word for word together, and an index."""

    corpus: Corpus
    groups: "Groups"
    rows: "Rows"
    bounds: Bounds
    index: "Index"


def prepared(corpus: Corpus, threshold: Fraction, boundary: Boundary = "drop", *, cut: int | None = None) -> Prepared:
    """The first half of :func:`pairs`; ``cut`` as in :func:`porism.outputs.dedup.index.indexed`, None to decide."""
    from porism.outputs.dedup.groups import Groups
    from porism.outputs.dedup.index import indexed
    from porism.outputs.dedup.rows import arranged

    tables = bounds(threshold, boundary, int(corpus.lengths.max(initial=0)))
    groups = Groups(corpus)
    rows = arranged(corpus.tokens, corpus.starts, corpus.vocabulary, groups.first)
    index = indexed(rows, tables, np.arange(len(groups.first)), cut, alone=True)
    return Prepared(corpus, groups, rows, tables, index)


def collected(ready: Prepared, workers: int = 2) -> Pairs:
    """The second half of :func:`pairs`."""
    found, verified = [_nothing()], 0
    for chunk, count in chunks(ready, workers):
        found.append(chunk)
        verified += count
    left, right, common = map(np.concatenate, zip(*found, strict=True))
    lengths = ready.corpus.lengths
    order = np.argsort(left * len(lengths) + right)
    left, right, common = left[order], right[order], common[order]
    return Pairs(left, right, common, lengths[left] + lengths[right], verified)


def chunks(ready: Prepared, workers: int = 2) -> Iterator[tuple[Chunk, int]]:
    """The pairs piece by piece, about a million each: left rows, right rows, common words; and how many were verified.

    The order is not that of the rows, and the same whatever the number of workers. Templates make a pair of every two
    rows: what cannot be held can be counted so.
    """
    from porism.outputs.dedup.kernel import joined

    rows, tables, groups = ready.rows, ready.bounds, ready.groups

    def part(scratch: "Scratch", begin: int, end: int) -> tuple[int, tuple[Chunk, int]]:
        stopped, right, left, common, verified = joined(rows, ready.index, tables, scratch, begin, end, MOST)
        one, two = rows.ids[left], rows.ids[right]
        return stopped, ((np.minimum(one, two), np.maximum(one, two), common.astype(np.int64)), verified)

    for (left, right, common), verified in _in_parts(rows, workers, part):
        yield from groups.expanded(left, right, common, verified)
    lengths = ready.corpus.lengths[groups.repeated]
    near = lengths >= tables.need[2 * lengths]
    yield from groups.expanded(groups.repeated[near], groups.repeated[near], lengths[near], 0)


def _in_parts(
    rows: "Rows", workers: int, work: Callable[["Scratch", int, int], tuple[int, Result]]
) -> Iterator[Result]:
    """What the work on parts of the rows gives, in order, few parts ahead of who takes it.

    Args:
        rows: all rows.
        workers: threads, each with scratch of its own.
        work: on rows from the first number to before the second; tells with what it gives where it stopped.
    """
    from porism.outputs.dedup.lcs import scratch

    free: SimpleQueue[Scratch] = SimpleQueue()
    for _ in range(workers):
        free.put(scratch(rows))

    def one(begin: int, end: int) -> tuple[int, int, Result]:
        mine = free.get()
        try:
            stopped, result = work(mine, begin, end)
            return stopped, end, result
        finally:
            free.put(mine)

    count = len(rows.ids)
    size = max(512, count // 200)
    parts = ((begin, min(begin + size, count)) for begin in range(0, count, size))
    with ThreadPoolExecutor(workers) as threads:
        ahead = deque(threads.submit(one, *part) for part in islice(parts, 4 * workers))
        while ahead:
            stopped, end, result = ahead.popleft().result()
            yield result
            if stopped < end:
                ahead.appendleft(threads.submit(one, stopped, end))
            else:
                ahead.extend(threads.submit(one, *part) for part in islice(parts, 1))


def across(
    corpus: Corpus, others: Corpus, threshold: Fraction, *, boundary: Boundary = "drop", workers: int = 2
) -> Nearest:
    """For each row of a corpus the nearest row of the others that reaches the threshold.

    Args:
        corpus: the rows to look at.
        others: from the same :class:`~porism.outputs.dedup.encode.Encoder`.
        threshold: in (0, 1].
        boundary: whether exactly the threshold is near (``"drop"``) or not (``"keep"``).
        workers: threads.

    Raises:
        ValueError: the corpora have different encoders, so that their numbers mean different words.
        InputError: the threshold is not in (0, 1], or the boundary is none.
    """
    from porism.outputs.dedup.index import indexed
    from porism.outputs.dedup.kernel import nearest
    from porism.outputs.dedup.rows import arranged

    if corpus.language is not others.language:
        raise ValueError("the corpora have different vocabularies; both must come from one Encoder")
    count = len(others)
    tokens = np.concatenate([others.tokens, corpus.tokens])
    starts = np.concatenate([others.starts, others.starts[-1] + corpus.starts[1:]])
    words = max(corpus.vocabulary, others.vocabulary)
    rows = arranged(tokens, starts, words, np.arange(count + len(corpus)))
    tables = bounds(threshold, boundary, rows.longest)
    index = indexed(rows, tables, np.flatnonzero(rows.ids < count))
    found, common = np.full(len(rows.ids), -1), np.zeros(len(rows.ids), np.int64)

    def part(scratch: "Scratch", begin: int, end: int) -> tuple[int, int]:
        asking = np.arange(begin, end)
        asking = asking[rows.ids[begin:end] >= count]
        best, shared = np.full(len(asking), -1), np.zeros(len(asking), np.int64)
        verified = nearest(rows, index, tables, scratch, asking, best, shared)
        found[rows.ids[asking]] = np.where(best < 0, -1, rows.ids[best])
        common[rows.ids[asking]] = shared
        return end, verified

    verified = sum(_in_parts(rows, workers, part))
    return Nearest(found[count:], common[count:], verified)


def _nothing() -> Chunk:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
