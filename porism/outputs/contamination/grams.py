"""The n-grams of some texts, and where each stands: exact, and a block of texts at a time.

Tokens are numbered; a gram of n tokens is named by the names of two shorter ones that together cover it, which stand
n - m tokens apart, m being the largest power of two below n [Karp1972]. So names are equal exactly where grams are, and
looking all grams of a block up takes a handful of binary searches, whatever their length.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
NONE = -1  # the name of what has no name, and of the gap between two texts


class Covered(NamedTuple):
    """How many tokens of a text are covered by the grams that another one shares with it."""

    text: int
    tokens: int


class Grams:
    """The n-grams of texts.

    Args:
        texts: tokens of each.
        sizes: numbers of tokens, each >= 1.
        counted: which of the texts are counted to see how common a gram is.
        common: a gram in more of these is common.
        templates: texts whose grams are all common.

    Attributes:
        sizes: in ascending order.
        coverable: by size, how many tokens of each text lie in grams that are not common; others cover nothing.
        boilerplate: by size, how many lie in common ones.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        sizes: Iterable[int],
        *,
        counted: Sequence[bool],
        common: int,
        templates: Sequence[Sequence[str]] = (),
    ) -> None:
        self.sizes = tuple(sorted(set(sizes)))
        self._words: dict[str, int] = {}
        for word in chain.from_iterable(texts):
            self._words.setdefault(word, len(self._words))
        self._keys: dict[int, Integers] = {}
        flat, self._owner = self._flat(texts)
        named = {1: flat}
        for size in _chain(self.sizes):
            at, pairs = _pairs(named[_half(size)], size)
            named[size] = np.full(len(flat), NONE, dtype=np.int64)
            self._keys[size], named[size][at] = _ranked(pairs)
        self._places: dict[int, Integers] = {}
        self._ends: dict[int, Integers] = {}
        self.coverable: dict[int, Integers] = {}
        self.boilerplate: dict[int, Integers] = {}
        for size in self.sizes:
            dull = self._common(named[size], np.asarray(counted, dtype=bool), common)
            dull[self._names(templates, size)[0]] = True
            self._index(named[size], size, dull, len(texts))

    def shared(self, texts: Sequence[Sequence[str]], size: int) -> Iterator[tuple[int, list[Covered]]]:
        """For each text that shares an n-gram with one of ours: its number, and how much of each of ours it covers.

        Args:
            texts: tokens of each.
            size: one of ``sizes``.
        """
        for number, grams in _grouped(*self._names(texts, size)[::-1]):
            if found := self._covered(_ranked(grams)[0], size):
                yield number, found

    def _flat(self, texts: Sequence[Sequence[str]]) -> tuple[Integers, Integers]:
        """The numbers of all tokens, a gap after each text; and the text that each belongs to."""
        known = self._words.get
        ids = [id for text in texts for id in (*(known(word, NONE) for word in text), NONE)]
        lengths = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
        return np.asarray(ids, dtype=np.int64), np.repeat(np.arange(len(texts)), lengths)

    def _names(self, texts: Sequence[Sequence[str]], size: int) -> tuple[Integers, Integers]:
        """The names of the grams of other texts, in order, and the text that each is in; without those of no name."""
        names, owner = self._flat(texts)
        for step in _chain((size,)):
            names = self._longer(names, step)
        at = np.nonzero(names >= 0)[0]
        return names[at], owner[at]

    def _longer(self, names: Integers, size: int) -> Integers:
        """The names of grams of this size, from those of the size that they are made of."""
        keys = self._keys[size]
        at, pairs = _pairs(names, size)
        found = np.full(len(names), NONE, dtype=np.int64)
        if len(keys):
            place = np.minimum(keys.searchsorted(pairs), len(keys) - 1)
            known = keys[place] == pairs
            found[at[known]] = place[known]
        return found

    def _common(self, names: Integers, counted: NDArray[np.bool_], common: int) -> NDArray[np.bool_]:
        """Whether each gram is in more than so many of the texts that are counted."""
        at = np.nonzero(names >= 0)[0]
        at = at[counted[self._owner[at]]]
        pairs = _ranked(names[at] << 32 | self._owner[at])[0]
        return np.asarray(np.bincount(pairs >> 32, minlength=int(names.max(initial=NONE)) + 1) > common)

    def _index(self, names: Integers, size: int, dull: NDArray[np.bool_], texts: int) -> None:
        """Note where each gram stands that is not common."""
        places = np.nonzero(names >= 0)[0]
        passed = dull[names[places]]
        self.boilerplate[size] = self._tokens(places[passed], size, texts)
        places = places[~passed]
        self.coverable[size] = self._tokens(places, size, texts)
        self._places[size] = places[np.argsort(names[places], kind="stable")]
        self._ends[size] = np.cumsum(np.bincount(names[places], minlength=len(dull)))

    def _tokens(self, places: Integers, size: int, texts: int) -> Integers:
        """How many tokens of each text lie in the grams at these places."""
        begun = np.zeros(len(self._owner) + size, dtype=np.int64)
        begun[places + size] = 1
        reach = np.cumsum(begun)
        inside = reach[size:] > reach[:-size]  # a gram begins at this token or up to size - 1 before it
        return np.bincount(self._owner[inside], minlength=texts)

    def _covered(self, grams: Integers, size: int) -> list[Covered]:
        """How much of each of our texts these grams cover, without those of which they cover nothing."""
        ends = self._ends[size]
        spans = ((int(ends[gram - 1]) if gram else 0, int(ends[gram])) for gram in grams)
        places = np.sort(np.concatenate([self._places[size][first:end] for first, end in spans]))
        if not len(places):
            return []
        steps = np.minimum(np.diff(places, append=places[-1] + size), size)  # to the next gram, or to the end of this
        return [Covered(text, int(part.sum())) for text, part in _grouped(self._owner[places], steps)]


def _half(size: int) -> int:
    """The size of the two grams that make one of this size."""
    return 1 << (size - 1).bit_length() - 1


def _chain(sizes: Sequence[int]) -> list[int]:
    """All sizes above 1 that must be named to name these, in ascending order."""
    needed: set[int] = set()
    for size in sizes:
        while size > 1:
            needed.add(size)
            size = _half(size)
    return sorted(needed)


def _pairs(names: Integers, size: int) -> tuple[Integers, Integers]:
    """Where two grams that make one of this size both have names, and those names as one number."""
    apart = size - _half(size)
    left, right = names[:-apart], names[apart:]
    at = np.nonzero((left >= 0) & (right >= 0))[0]
    return at, left[at] << 32 | right[at]


def _ranked(values: Integers) -> tuple[Integers, Integers]:
    """The different values in ascending order, and the place of each value among them."""
    different, places = np.unique(values, return_inverse=True)  # without the places it hashes: 20 times as long
    return different, places


def _grouped(owners: Integers, values: Integers) -> Iterator[tuple[int, Integers]]:
    """The values of each owner; those of one stand together."""
    if len(owners):
        cuts = np.nonzero(np.diff(owners))[0] + 1
        for owner, group in zip(owners[np.r_[0, cuts]], np.split(values, cuts), strict=True):
            yield int(owner), group
