"""One look at a figure: some hundred of its candidates are tried, what they tell is kept, and the best are named."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.seeds import stream
from porism.symbolic.auxiliary.candidates import candidates
from porism.symbolic.auxiliary.ground import Ground, Pick
from porism.symbolic.auxiliary.weights import BIAS, SCALE, WEIGHTS

UNSURE = 0.3  # the fraction of a candidate's worth that counts at every other draw
FIRST = 24  # candidates that are worth keeping, at most
SIZES = (1, 1, 1, 2, 2, 3, 3, 4)  # of the bundles of them that a visit names


class Step(NamedTuple):
    """A pick on the way from a problem to a ground.

    Attributes:
        pick: the point.
        stays: whether it stays in the figure; else only what it told of the points that were there (a lemma).
    """

    pick: Pick
    stays: bool


class Visit(NamedTuple):
    """What came of a look at a figure.

    Attributes:
        tried: what was tried, in order, with its gain; -1 where there was no room for what follows.
        lemmas: those of them whose news were kept, in order.
        best: bundles of picks most worth keeping, with the logarithms of their probabilities. To keep several points
            at once is to try all sets of them at once, since what follows from some follows from more.
        solved: the pick with which the goals were reached, or with whose news they were (then it is a lemma, too).
    """

    tried: tuple[tuple[Pick, int], ...]
    lemmas: tuple[Pick, ...]
    best: tuple[tuple[tuple[Pick, ...], float], ...]
    solved: Pick | None


def replayed(root: Ground, steps: Sequence[Step]) -> Ground | None:
    """The figure after some steps; None if there is no room for it."""
    here = root
    for pick, stays in steps:
        if stays:
            found = here.with_point(pick)
            if found is None:
                return None
            here = found[0]
        else:
            here = here.tried([pick]).ground
    return here


def visit(ground: Ground, trials: int, name: Sequence[int | str], *, even: bool = False) -> Visit:
    """Look at a figure.

    Args:
        ground: the figure.
        trials: how many candidates are tried.
        name: of the random stream.
        even: choose candidates evenly, not by weight.
    """
    rng = np.random.default_rng(stream(ground.seed, "visit", *name).getrandbits(64))
    found = candidates(ground, rng)
    if not len(found.kinds):
        return Visit((), (), (), None)
    worth = np.zeros(len(found.kinds)) if even else BIAS[found.kinds] + found.features @ WEIGHTS
    order = drawn(worth, rng)
    _, once = np.unique(found.group[order], return_index=True)  # of the ways to a place the one that came first
    chosen = order[np.sort(once)[:trials]]
    picks = [found.pick(row) for row in chosen]
    result = ground.tried(picks)
    tried = tuple((pick, gain) for pick, gain in zip(picks, result.gains, strict=True) if gain != -2)
    lemmas = tuple(pick for pick, gain in tried if gain > 0)
    if result.at is not None and not result.ground.solved:
        lemmas = tuple(pick for pick in lemmas if pick != picks[result.at])
    promise = worth[chosen[: len(tried)]] + SCALE * np.log1p([max(gain, 0) for _, gain in tried])
    promise[[gain < 0 for _, gain in tried]] = -np.inf
    return Visit(tried, lemmas, bundles(picks, promise, rng), None if result.at is None else picks[result.at])


def drawn(worth: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows in a random order, the worthier the earlier, by turns as their worth says and as a fraction of it does.

    Weights learned from easy theorems are too sure of themselves where the theorem is hard.
    """
    sure, unsure = (np.argsort(-(part * worth + rng.gumbel(size=len(worth))), kind="stable") for part in (1.0, UNSURE))
    both = np.stack([sure, unsure], axis=1).ravel()
    _, first = np.unique(both, return_index=True)
    order: NDArray[np.int64] = both[np.sort(first)]
    return order


def bundles(
    picks: Sequence[Pick], promise: NDArray[np.float64], rng: np.random.Generator
) -> tuple[tuple[tuple[Pick, ...], float], ...]:
    """Bundles of the most promising picks, each once, the more promising the likelier, and how likely each is."""
    first = [k for k in np.argsort(-promise, kind="stable")[:FIRST] if promise[k] > -np.inf]
    found: dict[tuple[int, ...], float] = {}
    for number, size in enumerate(SIZES):
        noisy = promise[first] + (rng.gumbel(size=len(first)) if size > 1 else 0)
        order = np.argsort(-noisy, kind="stable")
        chosen = order[:size] if size > 1 else order[number : number + 1]
        if len(chosen):
            found[tuple(sorted(first[k] for k in chosen))] = float(promise[first][chosen].mean())
    total = np.logaddexp.reduce(list(found.values())) if found else 0.0
    return tuple((tuple(picks[k] for k in bundle), value - float(total)) for bundle, value in found.items())
