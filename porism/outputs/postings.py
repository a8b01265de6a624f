"""Longest common subsequences of one text with many, a word at a time, in numpy: for a pool that grows slowly.

For every text a line of bits stands for the alignment so far [Hyyro2004]. A word of the new text changes only the
lines of the texts that contain it: rare words touch few, and of frequent ones it is known for all texts where they
stand. Nothing is compiled, so that a run need not wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Line = NDArray[Any]  # unsigned integers, one for each text
Integers = NDArray[np.int64]

WIDTHS: tuple[tuple[int, Any], ...] = ((16, np.uint16), (32, np.uint32), (64, np.uint64))
_FREQUENT = 8  # a word that one text in so many contains has its places kept for all


class Postings:
    """Texts as strings with a character for each word, up to 64 long; longer ones are left out.

    Args:
        codes: the texts.
    """

    def __init__(self, codes: Sequence[str]) -> None:
        lengths = np.fromiter(map(len, codes), np.int64, len(codes))
        self.left_out = np.flatnonzero(lengths > WIDTHS[-1][0])
        self._classes = []
        least = 0
        for width, kind in WIDTHS:
            rows = np.flatnonzero((lengths > least) & (lengths <= width))
            if len(rows):
                self._classes.append(_Class.of([codes[row] for row in rows.tolist()], rows, lengths[rows], kind))
            least = width

    def common(self, code: str, into: Integers) -> None:
        """Write the length of the longest common subsequence with each text that is not left out."""
        words = [ord(character) for character in code]
        for each in self._classes:
            into[each.rows] = each.common(words)


@dataclass(frozen=True, slots=True, eq=False)
class _Class:
    """Texts whose lines have the same width.

    Attributes:
        rows: their numbers.
        kind: the type of a line.
        texts: for each word the texts that have it.
        places: bit by bit the places where it stands there.
        lists: where the lists of a word begin and end in both.
        everywhere: for frequent words the places in all texts.
    """

    rows: Integers
    kind: Any
    texts: Integers
    places: Line
    lists: dict[int, tuple[int, int]]
    everywhere: dict[int, Line]

    @classmethod
    def of(cls, codes: Sequence[str], rows: Integers, lengths: Integers, kind: Any) -> "_Class":
        words = np.frombuffer("".join(codes).encode("utf-32-le"), np.uint32).astype(np.int64)
        texts = np.repeat(np.arange(len(rows)), lengths)
        places = np.arange(len(words)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        order = np.argsort(words, kind="stable")  # by word, then by text
        words, texts, bits = words[order], texts[order], np.left_shift(1, places[order].astype(kind), dtype=kind)
        begins = np.flatnonzero(np.diff(words, prepend=-1) | np.diff(texts, prepend=-1))  # of a word in a text
        masks = np.bitwise_or.reduceat(bits, begins)
        words, texts = words[begins], texts[begins]
        starts = np.flatnonzero(np.diff(words, prepend=-1))
        ends = np.append(starts[1:], len(words))
        lists = dict(zip(words[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=True), strict=True))
        everywhere = {}
        for word in words[starts[(ends - starts) * _FREQUENT >= len(rows)]].tolist():
            start, end = lists.pop(word)
            everywhere[word] = np.zeros(len(rows), kind)
            everywhere[word][texts[start:end]] = masks[start:end]
        return cls(rows, kind, texts, masks, lists, everywhere)

    def common(self, words: Sequence[int]) -> NDArray[np.uint8]:
        """The longest common subsequence of the words and each text."""
        lines = ~np.zeros(len(self.rows), self.kind)
        for word in words:
            if word in self.everywhere:
                both = lines & self.everywhere[word]
                lines = (lines + both) | (lines - both)
            elif word in self.lists:
                start, end = self.lists[word]
                texts = self.texts[start:end]
                old = lines[texts]
                both = old & self.places[start:end]
                lines[texts] = (old + both) | (old - both)
        return np.bitwise_count(~lines)
