"""What two texts have in common, word by word: by longest common subsequences."""

import regex
from rapidfuzz.distance import LCSseq

from porism.outputs import rouge

WORDS = 4_000  # of a text that is compared: the table of a comparison grows with the product

_PIECE = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*|\s+|[^\p{L}\p{N}\s]")
_CHARACTER = regex.compile(r"\X")
_WORD = regex.compile(r"\s+|[\p{L}\p{M}\p{N}_]+|.")

Part = tuple[str, str]
"""A kind, ``same``, ``del`` or ``ins``, and the text of it."""


def difference(old: str, new: str) -> list[Part]:
    """How a text became another: words and spaces that stayed, went, and came, what went first.

    Texts of more than ``WORDS`` words are not compared: all of the one went, and all of the other came.

    >>> difference("the old harbour", "the new harbour")
    [('same', 'the '), ('del', 'old'), ('ins', 'new'), ('same', ' harbour')]
    """
    a, b = _WORD.findall(old), _WORD.findall(new)
    if old == new:
        return [("same", old)] if old else []
    if max(len(a), len(b)) > WORDS:
        return [(kind, text) for kind, text in (("del", old), ("ins", new)) if text]
    found: list[Part] = []
    for i, j, k, m, same in _blocks(a, b):
        if same:
            found.append(("same", "".join(a[i:j])))
            continue
        found += [(kind, text) for kind, text in (("del", "".join(a[i:j])), ("ins", "".join(b[k:m]))) if text]
    return found


def _blocks(a: list[str], b: list[str]) -> list[tuple[int, int, int, int, bool]]:
    """Stretches of both lists, in turn what is the same and what is not; none of the latter are neighbours."""
    blocks: list[tuple[int, int, int, int, bool]] = []
    for one in LCSseq.opcodes(a, b):
        same = one.tag == "equal"
        i, j, k, m = one.src_start, one.src_end, one.dest_start, one.dest_end
        if blocks and blocks[-1][4] == same:
            first = blocks.pop()
            i, k = first[0], first[2]
        blocks.append((i, j, k, m, same))
    return blocks


def shared(text: str, other: str) -> list[tuple[bool, str]]:
    """A text in pieces, and of each whether it is of the longest common subsequence of words that ROUGE-L counts.

    >>> shared("Add two numbers!", "add the numbers")
    [(True, 'Add'), (False, ' two '), (True, 'numbers'), (False, '!')]
    """
    pieces = [(piece, rouge.tokens(piece) if piece[0].isalnum() else []) for piece in _pieces(text)]
    words = [word for _, found in pieces for word in found]
    others = rouge.tokens(other)
    common: set[int] = set()
    if max(len(words), len(others)) <= WORDS:
        blocks = [one for one in LCSseq.opcodes(words, others) if one.tag == "equal"]
        common = {i for one in blocks for i in range(one.src_start, one.src_end)}
    found: list[tuple[bool, str]] = []
    place = 0
    for piece, own in pieces:
        is_common = bool(own) and all(i in common for i in range(place, place + len(own)))
        place += len(own)
        if found and found[-1][0] == is_common and not is_common:
            found[-1] = (False, found[-1][1] + piece)
        else:
            found.append((is_common, piece))
    return found


def _pieces(text: str) -> list[str]:
    """Words and what is between them; each character by itself in scripts without spaces."""
    found = []
    for piece in _PIECE.findall(text):
        found += _CHARACTER.findall(piece) if piece[0].isalnum() and len(rouge.tokens(piece)) > 1 else [piece]
    return found
