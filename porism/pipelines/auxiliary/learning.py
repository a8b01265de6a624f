"""Which auxiliary points help, learned from theorems that the synthesis makes itself.

``python -m porism.pipelines.auxiliary.learning --seed 1 --theorems 220`` makes theorems that need auxiliary points,
tries places for one more point on the bare statement of each, and prints the table of
:mod:`porism.symbolic.auxiliary.weights` with what it is worth on theorems that it was not made from.

A place is drawn with probability proportional to exp(worth), so the worth wanted is the one with which a draw helps as
often as can be: the sum over theorems of log P(first draw helps), a conditional logit, is maximised. A visit draws many
places and none twice, for which a somewhat sharper choice is better.

Reference: the conditional logit of [McFadden1974].
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from porism.errors import InputError
from porism.pipelines.auxiliary.outcomes import ROWS, Outcomes, collected
from porism.seeds import number
from porism.symbolic.auxiliary.candidates import FEATURES
from porism.symbolic.auxiliary.kinds import KINDS
from porism.symbolic.auxiliary.weights import BIAS, WEIGHTS

Numbers: TypeAlias = NDArray[np.float64]

SHARPNESS = 1.5  # what weights are multiplied with for a visit
PENALTY = 1.0  # on squares of standardised weights, against overfitting
FOLDS = 5


class Weights(NamedTuple):
    """What a candidate is worth: ``bias[kind] + features @ weights``.

    Attributes:
        bias: float64 (kinds,), 0 on average.
        weights: float64 (features,).
    """

    bias: Numbers
    weights: Numbers

    def worth(self, outcomes: Outcomes) -> Numbers:
        """Of each row, float64 (rows,)."""
        worth: Numbers = self.bias[outcomes.kinds] + outcomes.features @ self.weights
        return worth


Fit: TypeAlias = Callable[[Sequence[Outcomes]], Weights]


def fitted(problems: Sequence[Outcomes], *, features: Sequence[int] = range(len(FEATURES))) -> Weights:
    """The weights with which a first draw helps as often as can be, each problem counting alike.

    Args:
        problems: those in which nothing helps say nothing, and are left out.
        features: numbers of those that may have a weight.

    Raises:
        InputError: nothing helps in any problem.
    """
    from scipy.optimize import minimize

    used = [each for each in problems if each.helps.any()]
    if not used:
        raise InputError("no candidate of any theorem helps; ask for more --theorems")
    columns = np.array(features, np.int64)
    told = np.concatenate([each.features[:, columns] for each in used])
    scale = np.where(told.std(axis=0) > 0, told.std(axis=0), 1.0)
    kinds = np.eye(len(KINDS))[np.concatenate([each.kinds for each in used])]
    rows = np.concatenate([(told - told.mean(axis=0)) / scale, kinds], axis=1)
    helps = np.concatenate([each.helps for each in used])
    sizes = np.array([len(each.helps) for each in used])
    start, owner = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(used)), sizes)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        worth = rows @ weights
        odds = np.exp(worth - np.maximum.reduceat(worth, start)[owner])
        good = odds * helps
        every, right = np.add.reduceat(odds, start), np.maximum(np.add.reduceat(good, start), 1e-300)
        slope = rows.T @ (odds / every[owner] - good / right[owner]) + PENALTY * weights
        return float((np.log(every) - np.log(right)).sum() + PENALTY / 2 * weights @ weights), slope

    best = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    weights = np.zeros(len(FEATURES))
    weights[columns] = best[: len(columns)] / scale
    bias = best[len(columns) :]
    return Weights(bias - bias.mean(), weights)


def trials(problem: Outcomes, worth: Numbers, seed: int, repeats: int = 40) -> Numbers:
    """How many trials a visit makes until one helps: float64 (repeats,).

    Places are drawn as :func:`porism.symbolic.auxiliary.visits.visit` draws them. Only a share of them was tried, so
    that the numbers are estimates: the number of tried places, over that share. A visit that finds nothing counts as
    one that tries all.
    """
    rng = np.random.default_rng(number(seed, "trials"))
    _, group = np.unique(problem.group, return_inverse=True)
    counts = np.zeros(repeats)
    for k in range(repeats):
        order = np.argsort(-(worth + rng.gumbel(size=len(worth))), kind="stable")
        _, once = np.unique(group[order], return_index=True)
        hits = np.flatnonzero(problem.helps[order[np.sort(once)]])
        counts[k] = (hits[0] + 0.5 if len(hits) else len(once)) / problem.share
    return counts


def held_out(problems: Sequence[Outcomes], fit: Fit, seed: int) -> list[Numbers]:
    """Trials for each problem with weights that were fitted to others."""
    rng = np.random.default_rng(number(seed, "folds"))
    fold = rng.permutation(len(problems)) % FOLDS
    found: list[Numbers] = [np.zeros(0)] * len(problems)
    for k in range(FOLDS):
        weights = fit([each for each, f in zip(problems, fold, strict=True) if f != k])
        for i in np.flatnonzero(fold == k).tolist():
            found[i] = trials(problems[i], weights.worth(problems[i]), seed)
    return found


def learned(problems: Sequence[Outcomes]) -> Weights:
    """The weights for visits, fitted to problems."""
    return Weights(*(SHARPNESS * part for part in fitted(problems)))


def summary(found: Sequence[Numbers]) -> str:
    """Trials in one line: the geometric mean over problems, and how often 50, 200 and 1200 are enough."""
    middle = np.exp(np.mean([np.log(each).mean() for each in found]))
    shares = [np.mean([(each <= most).mean() for each in found]) for most in (50, 200, 1200)]
    return f"{middle:5.0f} trials; within 50: {shares[0]:.3f}, 200: {shares[1]:.3f}, 1200: {shares[2]:.3f}"


def gained(problems: Sequence[Outcomes]) -> str:
    """How often a candidate helps that brings so many equations, in one line."""
    gains = np.concatenate([each.gains for each in problems])
    helps = np.concatenate([each.helps for each in problems])
    steps = ((0, 0), (1, 1), (2, 3), (4, 9), (10, 10**9))
    parts = [(low, (gains >= low) & (gains <= high)) for low, high in steps]
    return "; ".join(f"from {low}: {helps[rows].mean():.4f} of {rows.sum()}" for low, rows in parts if rows.any())


def table(weights: Weights) -> str:
    """The weights as the lines of Python that :mod:`porism.symbolic.auxiliary.weights` holds."""
    told = [f'    "{name}": {value:.2f},' for name, value in zip(FEATURES, weights.weights, strict=True)]
    starts = [f'    "{kind.text}": {value:.2f},' for kind, value in zip(KINDS, weights.bias, strict=True)]
    return "\n".join(["OF_FEATURES = {", *told, "}", "OF_KINDS = {", *starts, "}"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Make theorems, learn, and print what it is worth and the table."""
    parser = argparse.ArgumentParser(prog="python -m porism.pipelines.auxiliary.learning", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--theorems", type=int, default=220)
    parser.add_argument("--rows", type=int, default=ROWS, help="candidates that are tried of each theorem")
    parser.add_argument("--interpreted", action="store_true", help="do not compile the kernel: slow")
    asked = parser.parse_args(arguments)
    if asked.theorems < FOLDS or asked.rows < 1:
        raise InputError(f"--theorems is at least {FOLDS}, and --rows at least 1")
    compiled = not asked.interpreted
    problems = list(collected(asked.seed, asked.theorems, rows=asked.rows, compiled=compiled))
    for line in report(problems, asked.seed):
        print(line)
    print(table(learned(problems)))


def report(problems: Sequence[Outcomes], seed: int) -> Iterator[str]:
    """What was measured, a line each."""
    used = [each for each in problems if each.helps.any()]
    yield f"{len(problems)} theorems, of which {len(used)} have a candidate that helps among those that were tried"
    yield f"a candidate helps, by its gain: {gained(used)}"
    shipped = Weights(BIAS, WEIGHTS)
    yield f"evenly      {summary([trials(each, np.zeros(len(each.kinds)), seed) for each in used])}"
    yield f"kinds alone {summary(held_out(used, lambda some: fitted(some, features=()), seed))}"
    yield f"in the file {summary([trials(each, shipped.worth(each), seed) for each in used])}"
    yield f"learned     {summary(held_out(used, learned, seed))}"


if __name__ == "__main__":
    main()
