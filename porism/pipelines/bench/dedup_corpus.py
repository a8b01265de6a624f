"""Made-up instructions for ``porism bench dedup``: as many as wanted, as repetitive as raw output of a model.

Words follow the law of Zipf and Mandelbrot over a vocabulary too large to be exhausted, so that new words keep coming.
Of ten rows three are copies of an earlier one with up to four words changed, or its beginning.
"""

from collections.abc import Iterator
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from porism.seeds import number

WORDS = 1_000_000
EXPONENT, SHIFT = 1.33, 4.0  # of the law: the share of word r is 1 / (r + SHIFT) ** EXPONENT
COPIES = 0.3
_BLOCK = 5_000
_SYLLABLES = [c + v for c in "tsrnlkmpdbgfvhjwz" for v in "aeiou"] + ["a", "e", "i", "o", "u"]

Ranks = NDArray[np.int32]


def texts(rows: int, seed: int = 0) -> Iterator[str]:
    """So many texts of about ten words; with the same seed, fewer are the first of more."""
    return islice(_endless(seed), rows)


@cache
def word(rank: int) -> str:
    """The word of a rank, from 0: frequent ones are short.

    >>> word(0), word(89), word(90), word(999_999)
    ('ta', 'u', 'tata', 'tamidasu')
    """
    found = _SYLLABLES[rank % len(_SYLLABLES)]
    while (rank := rank // len(_SYLLABLES) - 1) >= 0:
        found = _SYLLABLES[rank % len(_SYLLABLES)] + found
    return found


def _endless(seed: int) -> Iterator[str]:
    law = np.cumsum((np.arange(WORDS) + SHIFT) ** -EXPONENT)
    written: list[Ranks] = []
    for block in range(10**9):
        random = np.random.default_rng(number(seed, "bench", "dedup", block))
        for row in _rows(random, law, written):
            yield " ".join(map(word, row.tolist())).capitalize() + "."


def _rows(random: np.random.Generator, law: NDArray[np.float64], written: list[Ranks]) -> Iterator[Ranks]:
    """A block of rows of ranks: new ones, which join those that are written, and copies of such."""
    lengths = np.minimum(3 + random.gamma(2.2, 3.5, _BLOCK).astype(np.int64), 85)
    copied, edits = random.random(_BLOCK) < COPIES, random.integers(0, 6, _BLOCK)
    ranks = _ranks(random, law, int(lengths.sum()))
    fresh = np.split(ranks, np.cumsum(lengths)[:-1])
    for k, row in enumerate(fresh):
        if copied[k] and written:
            yield _copied(random, written[random.integers(len(written))], row, int(edits[k]))
        else:
            written.append(row)
            yield row


def _ranks(random: np.random.Generator, law: NDArray[np.float64], count: int) -> Ranks:
    found: Ranks = np.searchsorted(law, random.random(count) * law[-1]).astype(np.int32)
    return found


def _copied(random: np.random.Generator, row: Ranks, words: Ranks, edits: int) -> Ranks:
    """The row with so many words replaced, left out or put in; with 5, its beginning."""
    if edits == 5:
        return row[: max(3, int(len(row) * random.uniform(0.5, 1)))]
    kinds, places = random.integers(0, 3, edits).tolist(), random.random(edits).tolist()
    found = row.tolist()
    for kind, place, new in zip(kinds, places, words.tolist(), strict=False):
        at = int(place * len(found))
        if kind == 0:
            found[at] = new
        elif kind == 1:
            found.insert(at, new)
        elif len(found) > 3:
            del found[at]
    return np.array(found, np.int32)
