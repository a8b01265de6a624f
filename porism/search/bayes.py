"""Costs that weigh evidence: how likely it is that a path still leads to a solution, and how far it has to go.

Notation: r is the number of steps that are left on the way to a solution; a model guesses it for each proposal. A right
step takes r to r - 1, a wrong one leaves it. So a guess tells more than a distance: where five steps were left, a step
after which five are left was probably wrong. That is a hidden Markov model, and what is believed at a node is its
forward filter [Rabiner1989].

How good the guesses are is not known either. Guessers of several kinds, exact and blurred, are believed in side by
side, and what they say shifts the belief from one to the other.

Costs are negative logarithms of probabilities, so A* expands what is most likely right, as in [Orseau2018]; h is the
probable price of the steps to come, which makes it go on with a good path rather than begin many.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, inf, isfinite, lgamma, log
from operator import mul
from typing import Any

from porism.search.costs import Cost, Price
from porism.search.nodes import Node
from porism.search.proposals import Proposal

MOST = 24  # the largest r that is told apart
KINDS = ((1.0,), (1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9))  # how far a guess that is not wrong is off, 0 in the middle
SOLVED = 0.2  # how likely a task is solved before it began, beside any one number of steps
LEAST = 1e-9  # probabilities below are not worth telling apart, and their logarithms are finite

Belief = Sequence[float]  # of each kind in turn the probabilities of r = 0, ..., MOST; their sum is 1
RESTS = tuple(range(MOST + 1)) * len(KINDS)  # the r of each place in a belief


def belief(
    *,
    length: float | None = None,
    pace: float = 0.3,
    unaided: float = 0.8,
    error: float = 0.4,
    harmless: float = 0.15,
    sharpness: float = 5,
    unseen: float = 0.5,
    samples: int = 4,
    asks: int = 3,
) -> Cost:
    """Prices a proposal by the evidence for it.

    Of the proposals at a node one is right, or none is. Before the guesses are looked at, that proposal i is right is
    as likely as ``(votes of i) ** sharpness``, and that none is, as ``unseen``; the guesses of all siblings then count
    by Bayes' rule. With q for the probability that a proposal is right, and b for the belief at its parent::

        step = -log(q + harmless * (1 - q)) - log(1 - b(0))
        h    = pace * E[r]

    The second term says that a node which was expanded was no solution, so that r was not 0 there: a path that ought to
    have arrived becomes dear. To ask at a place once more is priced like the proposal "none of these".

    The defaults were chosen on 100 tasks of BFCL with a simulated proposer (``porism bench search --part bfcl``), whose
    guesses are of the kinds assumed here. There, to change one by a third cost a point or two of a hundred, and more
    only for ``length`` where nothing is imagined.

    Args:
        length: how many steps a plan takes, in the mean, > 0: the belief at the root is Poisson's; None where that is
            not known, which makes 1 to 24 steps equally likely.
        pace: what a step to come costs, >= 0; more is greedier.
        unaided: ``pace`` for proposals without a guess.
        error: how many of the guesses are wrong, in (0, 1).
        harmless: how likely a wrong step does no lasting harm, in (0, 1).
        sharpness: how much better many votes are than few, > 0; 1 takes the shares for probabilities.
        unseen: the weight of "none of these", > 0; one vote has weight 1.
        samples: how many samples the votes are of, >= 1.
        asks: how often one place may be asked in all, >= 1.

    Raises:
        ValueError: an argument is out of range.
    """
    for name, value in {"length": 1 if length is None else length, "sharpness": sharpness, "unseen": unseen}.items():
        if not 0 < value < inf:
            raise ValueError(f"{name} must be > 0, got {value}")
    for name, value in {"error": error, "harmless": harmless}.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} is a probability, in (0, 1), not {value}")
    for name, value, least in (("pace", pace, 0), ("unaided", unaided, 0), ("samples", samples, 1), ("asks", asks, 1)):
        if not least <= value < inf:
            raise ValueError(f"{name} must be >= {least}, got {value}")
    return _Belief(length, pace, unaided, error, harmless, sharpness, unseen, samples, asks)


@dataclass(frozen=True)
class _Belief:
    length: float | None
    pace: float
    unaided: float
    error: float
    harmless: float
    sharpness: float
    unseen: float
    samples: int
    asks: int
    _first: Belief = field(init=False, repr=False, compare=False)
    _says: tuple[Belief, ...] = field(init=False, repr=False, compare=False)  # how likely a guess is, for each r
    _odds: tuple[Belief, ...] = field(init=False, repr=False, compare=False)  # and how much likelier after a right step

    def __post_init__(self) -> None:
        weights = [_prior(self.length, r) for r in RESTS]
        object.__setattr__(self, "_first", tuple(weight / sum(weights) for weight in weights))
        says = tuple(self._said(guess) for guess in range(MOST + 1))
        object.__setattr__(self, "_says", says)
        object.__setattr__(self, "_odds", tuple([said[i - 1] / said[i] for i in range(len(RESTS))] for said in says))

    def _said(self, guess: int) -> Belief:
        """A guess is wrong with probability ``error``, and then anything."""
        anything = self.error / (MOST + 1)
        offs = [(kind, guess - r + len(kind) // 2) for kind in KINDS for r in range(MOST + 1)]
        return tuple(anything + (1 - self.error) * (kind[off] if 0 <= off < len(kind) else 0.0) for kind, off in offs)

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        arrived, here = self._here(node)
        guesses = [_guess(each) for each in proposals]
        for guess in guesses:  # as if all were wrong; the odds put that right
            if guess is not None:
                here = list(map(mul, here, self._says[guess]))
                top = max(here)  # however many proposals there are, nothing vanishes
                here = [each / top for each in here]
        odds = [
            [vote * odd for odd in self._odds[guess]] if guess is not None else [vote] * len(RESTS)
            for vote, guess in zip(self._votes(proposals), guesses, strict=True)
        ]
        cases = list(map(mul, here, map(sum, zip([self.unseen] * len(RESTS), *odds, strict=True))))
        evidence = sum(cases)
        wrong = [self.harmless * each / evidence for each in cases]
        prices = []
        for guess, odd in zip(guesses, odds, strict=True):
            right = [each / evidence for each in map(mul, here, odd)]
            step_on = [*right[1:], 0.0]  # r = 0 has no share in ``right``, so nothing moves from kind to kind
            after = [no - self.harmless * yes + on for no, yes, on in zip(wrong, right, step_on, strict=True)]
            prices.append(self._price(arrived, after, self.unaided if guess is None else self.pace))
        return prices

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        """The price of "none of these"."""
        if node.attempt + 1 >= self.asks:
            return None
        return log(1 + sum(self._votes(proposals)) / self.unseen)

    def _votes(self, proposals: Sequence[Proposal[Any]]) -> list[float]:
        return [(each.weight * self.samples) ** self.sharpness for each in proposals]

    def _here(self, node: Node[Any, Any]) -> tuple[float, Belief]:
        """The price of not having arrived at a node that is expanded, and what is believed there then."""
        before: Belief = self._first if node.parent is None else node.note
        left = 1 - sum(before[:: MOST + 1])
        if left < LEAST:  # a path much longer than was thought possible: begin anew
            price, (_, here) = -log(LEAST), self._here(Node(None))
            return price, here
        return -log(left), tuple(each / left if r else 0.0 for r, each in zip(RESTS, before, strict=True))

    @staticmethod
    def _price(arrived: float, after: Sequence[float], pace: float) -> Price:
        alive = sum(after)
        price = max(arrived - log(alive), 0.0)
        return Price(price, pace * sum(map(mul, RESTS, after)) / alive, array("f", [each / alive for each in after]))


def _prior(length: float | None, r: int) -> float:
    """How likely r steps are left at the root, up to a factor."""
    if length is None:
        return 1.0 if r else SOLVED
    return exp(r * log(length) - lgamma(r + 1))


def _guess(proposal: Proposal[Any]) -> int | None:
    """What a model says is left, unless it is no number of steps."""
    rest = proposal.remaining
    return min(round(rest), MOST) if rest is not None and isfinite(rest) and rest >= 0 else None
