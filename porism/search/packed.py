"""Plans packed into one integer, to tell how alike a new path is to plans that worked.

Notation: a *word* stands for an action, its name or the whole call; s is the path so far, m a plan, L their length in
words; LCS(s, m) is the length of their longest common subsequence, and the score of a path is the largest
LCS(s, m) / min(L(s), L(m)) over the plans, as in [Zhuang2024].

A plan becomes a field of bits in one long integer, so that one addition moves the LCS of all plans on by a word. In
the algorithm of [Hyyro2004] the bits of a row that are 0 mark where the LCS grew, and ``(V + (V & M)) | (V & ~M)`` is
the next row for a word that stands in the plan where M has ones. The addition carries out of a plan's field exactly
when that plan's LCS grows by one. So the bit above a field serves twice: as a guard that keeps carries from the next
plan, and as the digit to be added to the plan's counter, a byte in a second integer. Plans of one length lie side by
side, and as the best of them grows by at most one, one search for a byte finds whether it did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from porism.search.nodes import Node

Plan = tuple[str, ...]
By = Literal["names", "calls"]

LONGEST = 254  # steps of a plan: a counter is a byte, and one value more is searched for


class Place(NamedTuple):
    """Where a word stands in the plans that contain it, in the mean; of several places in one plan, their mean.

    Attributes:
        position: from the front, in (0, 1]: the last word of a plan stands at 1.
        remaining: how many words come after it, >= 0.
    """

    position: float
    remaining: float


@dataclass(slots=True)
class Row:
    """How far a path has come along every plan of ``packed``. Nothing changes it."""

    packed: "Packed" = field(repr=False)
    bits: int
    counts: int
    best: tuple[int, ...]  # the largest LCS with a plan of each length


@dataclass(frozen=True)
class Packed:
    """Plans, immutable and ready to be compared with paths; a word is the name of an action, or all of the call.

    >>> plans = Packed((("find", "open", "save"), ("find", "save")))
    >>> row = plans.after(plans.after(plans.start(), "look"), "save")
    >>> plans.score(row, 2)  # LCS 1 with both, and both are at least as long as the path
    0.5
    >>> plans.place("open")
    Place(position=0.6666666666666666, remaining=1.0)

    Attributes:
        plans: each a tuple of calls as text, ``name(arguments)``, or of names.
        by: what is compared; with ``"names"`` the arguments, which differ from task to task, do not count.

    Raises:
        ValueError: a plan has no step or more than ``LONGEST``.
    """

    plans: tuple[Plan, ...] = ()
    by: By = "names"
    _masks: dict[str, int] = field(init=False, repr=False, compare=False)
    _full: int = field(init=False, repr=False, compare=False)
    _guards: int = field(init=False, repr=False, compare=False)
    _spans: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)
    _size: int = field(init=False, repr=False, compare=False)
    _places: dict[str, Place] = field(init=False, repr=False, compare=False)
    _closest: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for plan in self.plans:
            if not 1 <= len(plan) <= LONGEST:
                raise ValueError(f"a plan in memory has 1 to {LONGEST} steps, not {len(plan)}: {str(plan)[:60]}")
        worded = [tuple(map(self.word, plan)) for plan in self.plans]
        masks, full, guards, spans, size = _layout(worded)
        own = {"masks": masks, "full": full, "guards": guards, "spans": spans, "size": size}
        for name, value in (own | {"places": _places(worded), "closest": {}}).items():
            object.__setattr__(self, f"_{name}", value)

    def word(self, action: object) -> str:
        """What stands for an action; its name is its attribute ``name``, or its text up to the first bracket."""
        if self.by == "calls":
            return str(action)
        name = getattr(action, "name", None)
        return name if isinstance(name, str) else str(action).partition("(")[0]

    def start(self) -> Row:
        """The row of the empty path."""
        return Row(self, self._full, 0, (0,) * len(self._spans))

    def after(self, row: Row, word: str) -> Row:
        """The row of a path one word longer."""
        bits = row.bits
        matched = bits & self._masks.get(word, 0)
        if not matched:
            return row
        total = bits + matched
        counts = row.counts + (total & self._guards)
        return Row(self, (total | bits ^ matched) & self._full, counts, self._best(row, counts))

    def score(self, row: Row, length: int) -> float:
        """The largest LCS(s, m) / min(L(s), L(m)) for a path of ``length`` words, in [0, 1]; 0 without plans."""
        return self._largest(row.best, length)

    def score_after(self, row: Row, word: str, length: int) -> float:
        """``score(after(row, word), length)``, without making the row."""
        bits = row.bits
        raised = (bits + (bits & self._masks.get(word, 0))) & self._guards
        return self._largest(self._best(row, row.counts + raised) if raised else row.best, length)

    def row(self, node: Node[Any, Any]) -> Row:
        """The row of a node's path: the parent's, kept in ``node.note`` by the costs here, and one word more."""
        if node.parent is None:
            return self.start()
        if isinstance(node.note, Row) and node.note.packed is self:
            return self.after(node.note, self.word(node.action))
        row = self.start()
        for action in node.actions():
            row = self.after(row, self.word(action))
        return row

    def place(self, word: str) -> Place | None:
        """Where ``word`` stands in the plans that contain it; None if none does."""
        return self._places.get(word)

    def closest(self, word: str) -> Place | None:
        """The place of ``word``, or of the word in memory whose spelling is closest to it; None without plans."""
        if known := self._places.get(word):
            return known
        if not self._places:
            return None
        if word not in self._closest:
            from rapidfuzz import fuzz, process

            if len(self._closest) >= 10_000:  # a model may write anything
                self._closest.clear()
            self._closest[word] = process.extractOne(word, sorted(self._places), scorer=fuzz.ratio)[0]
        return self._places[self._closest[word]]

    def _best(self, row: Row, counts: int) -> tuple[int, ...]:
        bytes_ = counts.to_bytes(self._size, "little")
        return tuple(
            [
                best if bytes_.find(best + 1, start, stop) < 0 else best + 1
                for best, (_, start, stop) in zip(row.best, self._spans, strict=True)
            ]
        )

    def _largest(self, best: tuple[int, ...], length: int) -> float:
        score = 0.0
        for common, (longest, _, _) in zip(best, self._spans, strict=True):
            ratio = common / (longest if longest < length else length) if common else 0.0
            if ratio > score:
                score = ratio
        return score


def _layout(plans: Iterable[Plan]) -> tuple[dict[str, int], int, int, tuple[tuple[int, int, int], ...], int]:
    """The masks of the words, all bits of all plans, the guards, (length, first, after last counter), and the bytes.

    A plan's bits end at the end of a byte, and the first bit of a field's first byte is left to the guard of the plan
    before; so every guard is the first bit of a byte, where that plan's counter is.
    """
    masks, full, guards, at = dict[str, int](), 0, 0, 0
    spans: dict[int, tuple[int, int, int]] = {}
    for plan in sorted(set(plans), key=lambda plan: (len(plan), plan)):
        length = len(plan)
        at += length // 8 + 1
        for i, word in enumerate(plan):
            masks[word] = masks.get(word, 0) | 1 << 8 * at - length + i
        full |= (1 << 8 * at) - (1 << 8 * at - length)
        guards |= 1 << 8 * at
        spans[length] = (length, spans.get(length, (length, at))[1], at + 1)
    return masks, full, guards, tuple(spans.values()), at + 1


def _places(plans: Sequence[Plan]) -> dict[str, Place]:
    found: dict[str, list[Place]] = {}
    for plan in plans:
        at: dict[str, list[int]] = {}
        for i, word in enumerate(plan):
            at.setdefault(word, []).append(i + 1)
        for word, positions in at.items():
            mean = sum(positions) / len(positions)
            found.setdefault(word, []).append(Place(mean / len(plan), len(plan) - mean))
    return {
        word: Place(*(sum(part) / len(part) for part in zip(*places, strict=True))) for word, places in found.items()
    }
