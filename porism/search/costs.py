"""What a step costs when a model proposed it: cost functions, the terms of f = g + h.

:func:`toolchain` is the f of ToolChain* to the letter [Zhuang2024]. Its h is at most 1 for a whole remaining path,
while g adds up to 1 for each step, so that A* comes close to uniform-cost search. :func:`stepwise` measures both in
steps. Frontiers that take h from the nodes, such as ``astar()``, work with either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, log
from typing import Any, Protocol

from porism.search.nodes import Node
from porism.search.packed import Packed, Row
from porism.search.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Price:
    """What one step costs, and what is still to come.

    Attributes:
        step: what is added to g, >= 0; infinite to close the branch.
        h: the estimated cost from the child to a solution.
        note: kept in the child's ``note``, for the prices of its own children.
    """

    step: float
    h: float = 0
    note: Any = None


class Cost(Protocol):
    """Prices the proposals of one node, those that did not fail for good when they were tried.

    Called once for each expansion; a pure function of its arguments.
    """

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> Sequence[Price]:
        """A price for each proposal, in order."""
        ...

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        """What it costs to ask for proposals at this place once more, >= 0; None not to."""
        ...


def toolchain(memory: Packed | None = None, *, alpha: float = 0.5, beta: float = 0.5, floor: float = 0) -> Cost:
    """The cost function of ToolChain*, term by term [Zhuang2024].

    For a node n, s the path to it and M the memory::

        step = (1 - g1)^alpha * (1 - g2)^(1 - alpha)     h = (1 - h1)^beta * (1 - h2)^(1 - beta)
        g1 = max over m in M of LCS(s, m) / min(L(s), L(m))
        g2 = the share of the samples that proposed n's action
        h1 = mean over the plans that contain n's action, or else the one spelled most like it, of position / length
        h2 = depth / (depth + remaining), the part of the imagined plan that is done

    Where the paper is silent: positions count from 1, and an action that a plan repeats stands at the mean of its
    positions; without a memory, g1 and h1 are left out and the other factor stands alone, and so it is with h2 where
    nothing was imagined; h is 0 where both are missing. A step is free as soon as one factor is 0, for example where
    all samples agree on a wrong call; a ``floor`` > 0 prevents that, and is not the paper's.

    Args:
        memory: plans that worked; ``Packed(plans, by="calls")`` compares arguments, too.
        alpha: how much memory weighs in g, in [0, 1].
        beta: how much memory weighs in h, in [0, 1].
        floor: the least value of every factor, in [0, 1]; 0 is the paper's.

    Raises:
        ValueError: an argument is out of range.
    """
    _within("alpha", alpha, 0, 1)
    _within("beta", beta, 0, 1)
    _within("floor", floor, 0, 1)
    return _Toolchain(memory if memory and memory.plans else None, alpha, beta, floor)


@dataclass(frozen=True)
class _Toolchain:
    memory: Packed | None
    alpha: float
    beta: float
    floor: float

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        memory, alpha, floor, depth = self.memory, self.alpha, self.floor, node.depth + 1
        if memory is None:
            return [Price(max(1 - each.weight, floor), self._h(None, _imagined(each), depth)) for each in proposals]
        row, prices = memory.row(node), []
        for each in proposals:
            word = memory.word(each.action)
            unlike = max(1 - memory.score_after(row, word, depth), floor)
            step = unlike**alpha * max(1 - each.weight, floor) ** (1 - alpha)
            place = memory.closest(word)
            prices.append(Price(step, self._h(place and place.position, _imagined(each), depth), row))
        return prices

    def _h(self, position: float | None, remaining: float | None, depth: int) -> float:
        to_come = None if remaining is None else max(remaining / (depth + remaining), self.floor)
        if position is None:
            return to_come or 0
        ahead = max(1 - position, self.floor)
        return ahead if to_come is None else ahead**self.beta * to_come ** (1 - self.beta)

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> None:
        """Never."""


def stepwise(
    memory: Packed | None = None,
    *,
    floor: float = 0.05,
    smooth: float = 0.1,
    trust: float = 0.25,
    pace: float = 0.5,
    inherit: float = 0.75,
    length: float | None = None,
    asks: int = 1,
    samples: int = 4,
    asking: float = 0,
) -> Cost:
    """Costs in the units of a step: how surprising it is, and the imagined rest at the price of typical steps.

    With S(p) = log((1 + smooth) / (p + smooth)), which is 0 where p is 1 and never infinite::

        step = floor + (1 - trust) * S(share of the samples) + trust * S(likeness to memory)
        h    = pace * remaining

    The likeness is ``toolchain``'s g1. Because ``floor`` is > 0, samples that agree on a wrong call do not make it
    free. Without ``memory`` the share counts alone.

    *Remaining* is estimated anew at every step, and single guesses of a model are far off. So the part ``inherit`` of
    it is the parent's estimate less one step; at the root that estimate is ``length``. The rest is what the proposal
    imagines, if that is a number >= 0, mixed in the proportion ``trust`` with the mean number of steps that follow the
    action in memory, where it occurs there; a proposal with neither takes the mean of its siblings, and where no
    sibling has any, the parent's estimate is all there is.

    A place may be asked again. What its samples leave to be seen is estimated by the share of new proposals, n new
    ones out of k samples leaving n / (n + k) [Witten1991]; to ask again costs ``asking + S(that)`` and is not done
    where a further round brought nothing new.

    The defaults are to be chosen on the benchmark.

    Args:
        memory: plans that worked; ``Packed(plans, by="calls")`` compares arguments, too.
        floor: what a step costs on which everybody agrees, > 0; larger ones favour short plans.
        smooth: in units of a share, > 0; larger ones make rare proposals cheaper, 0.01 is nearly -log(share).
        trust: how much memory counts, in [0, 1].
        pace: what a remaining step costs, >= 0; near the mean cost of a right step h neither over- nor
            underestimates; larger ones are greedier, as weights of A* are, and 0 gives uniform cost.
        inherit: how much of the parent's estimate to keep, in [0, 1); more, the worse the imagination.
        length: how many steps a plan has before anything is known of it, >= 0; the larger, the more a search without
            imagination goes deep, and 0 expects nothing. None is the mean length in memory, or 8 without one.
        asks: how often one place may be asked in all, >= 1; 1 never asks again.
        samples: k, how many samples the proposer takes each time, >= 1; used for asking again only.
        asking: what each further round costs beside, >= 0.

    Raises:
        ValueError: an argument is out of range.
    """
    _within("trust", trust, 0, 1)
    _within("pace", pace, 0, inf)
    _within("asking", asking, 0, inf)
    _within("length", 0 if length is None else length, 0, inf)
    _within("asks", asks, 1, inf)
    _within("samples", samples, 1, inf)
    if not (0 < floor < inf and 0 < smooth < inf):
        raise ValueError(f"floor and smooth must be > 0, or a wrong step could be free; got {floor} and {smooth}")
    if not 0 <= inherit < 1:
        raise ValueError(f"inherit must be in [0, 1), got {inherit}")
    used = memory if memory and memory.plans else None
    if length is None:
        length = sum(map(len, used.plans)) / len(used.plans) if used else 8
    return _Stepwise(used, floor, smooth, trust if used else 0, pace, inherit, length, asks, samples, asking)


@dataclass(frozen=True)
class _Stepwise:
    memory: Packed | None
    floor: float
    smooth: float
    trust: float
    pace: float
    inherit: float
    length: float
    asks: int
    samples: int
    asking: float

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        memory, depth = self.memory, node.depth + 1
        words = [memory.word(each.action) for each in proposals] if memory else [""] * len(proposals)
        row = memory.row(node) if memory else None
        rests = self._rests(node, proposals, words)
        return [
            Price(self._step(row, word, each.weight, depth), self.pace * rest, row)
            for each, word, rest in zip(proposals, words, rests, strict=True)
        ]

    def _step(self, row: Row | None, word: str, share: float, depth: int) -> float:
        step = self.floor + (1 - self.trust) * self._surprise(share)
        if row is None:
            return step
        return step + self.trust * self._surprise(row.packed.score_after(row, word, depth))

    def _surprise(self, share: float) -> float:
        return log((1 + self.smooth) / (share + self.smooth)) if share < 1 else 0.0

    def _rests(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], words: Sequence[str]) -> list[float]:
        """How many steps are left after each proposal."""
        rests = [self._rest(_imagined(each), word) for each, word in zip(proposals, words, strict=True)]
        before = self._before(node)
        known = [rest for rest in rests if rest is not None]
        usual = sum(known) / len(known) if known else before or 0.0
        kept = 0.0 if before is None else self.inherit
        return [(1 - kept) * (usual if rest is None else rest) + kept * (before or 0) for rest in rests]

    def _before(self, node: Node[Any, Any]) -> float | None:
        """What the parent's estimate leaves after a step; None where there is no estimate."""
        if node.parent is None:
            return max(self.length - 1, 0) if self.length else None
        return max(node.h / self.pace - 1, 0) if node.h and self.pace else None

    def _rest(self, imagined: float | None, word: str) -> float | None:
        place = self.memory.place(word) if self.memory else None
        if place is None:
            return imagined
        return place.remaining if imagined is None else (1 - self.trust) * imagined + self.trust * place.remaining

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        """What the samples so far leave to be seen, as a surprise."""
        new = len(proposals)
        if node.attempt + 1 >= self.asks or (node.attempt and not new):
            return None
        return self.asking + self._surprise(new / (new + self.samples))


def _imagined(proposal: Proposal[Any]) -> float | None:
    """What a model says is left, unless it is no number of steps."""
    rest = proposal.remaining
    return rest if rest is not None and isfinite(rest) and rest >= 0 else None


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be in [{low}, {high}], got {value}")
