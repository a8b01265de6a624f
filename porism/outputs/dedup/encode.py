"""Texts as numbers, one for each word: what a join compares.

The words are those of :func:`porism.outputs.rouge.tokens`. Texts in ASCII, where those are the runs of letters and
digits in lower case, are cut by a compiled loop; that function itself cuts the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from porism.outputs.rouge import Tokeniser, tokens

Tokens = NDArray[np.int32]
Integers = NDArray[np.int64]

_BLOCK = 8192  # texts that are held at once


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Texts in order, each a row of word numbers.

    Attributes:
        tokens: of all rows, int32, in [0, vocabulary).
        starts: where each row begins in ``tokens`` and where the last ends, int64, one more than there are rows.
        vocabulary: how many words there are.
        language: one object for all corpora whose numbers mean the same words.
    """

    tokens: Tokens
    starts: Integers
    vocabulary: int
    language: object = field(default_factory=object, repr=False)

    @classmethod
    def of(cls, texts: Iterable[str], tokeniser: Tokeniser = "unicode") -> "Corpus":
        """The texts with a vocabulary of their own; an iterable is read once and not held.

        >>> Corpus.of(["Add the two numbers.", "Add, the, NUMBERS!"]).tokens.tolist()
        [0, 1, 2, 3, 0, 1, 3]
        """
        return Encoder(tokeniser).add(texts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Integers:
        """How many words each row has."""
        return np.diff(self.starts)


class Encoder:
    """Gives words numbers, the same to every corpus that it makes.

    Args:
        tokeniser: how texts are cut into words.
    """

    def __init__(self, tokeniser: Tokeniser = "unicode") -> None:
        from porism.outputs.dedup.interning import BETWEEN, no_words

        self._tokeniser: Tokeniser = tokeniser
        self._words = no_words()
        self._language = object()
        fold, spaces = np.full(256, BETWEEN, np.uint8), np.arange(256, dtype=np.uint8)
        for letter in b"0123456789abcdefghijklmnopqrstuvwxyz":
            fold[letter] = fold[ord(chr(letter).upper())] = letter
        spaces[ord(" ")] = BETWEEN
        self._folds = np.stack([fold, spaces])

    def add(self, texts: Iterable[str]) -> Corpus:
        """A corpus of the texts, in the numbers of the corpora before it."""
        blocks, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
        for block in _blocks(texts):
            numbers, counts = self._encoded(block)
            blocks.append(numbers)
            lengths.append(counts)
        starts = np.cumsum(np.concatenate(lengths))
        return Corpus(np.concatenate(blocks), starts, self._words.known, self._language)

    def _encoded(self, texts: list[str]) -> tuple[Tokens, Integers]:
        from porism.outputs.dedup.interning import interned, wordless

        rows = [text.encode() if text.isascii() else self._spaced(text) for text in texts]
        which = np.fromiter((not text.isascii() for text in texts), np.uint8, len(texts))
        data, starts = _joined(rows)
        again = [row for row in wordless(data, starts, self._folds[0]).tolist() if texts[row] and not which[row]]
        for row in again:  # texts of signs alone
            rows[row], which[row] = self._spaced(texts[row]), 1
        if again:
            data, starts = _joined(rows)
        numbers, counts, self._words = interned(data, starts, self._folds, which, self._words)
        return numbers, counts

    def _spaced(self, text: str) -> bytes:
        return " ".join(tokens(text, self._tokeniser)).encode("utf-8", "surrogatepass")


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while block := list(islice(rest, _BLOCK)):
        yield block


def _joined(rows: list[bytes]) -> tuple[NDArray[np.uint8], Integers]:
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)), out=starts[1:])
    return np.frombuffer(b"".join(rows), np.uint8), starts
