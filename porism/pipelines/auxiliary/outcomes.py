"""Theorems of our own synthesis that need auxiliary points, and which single points help to prove each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from porism.seeds import number, stream
from porism.symbolic.auxiliary.candidates import candidates
from porism.symbolic.auxiliary.ground import Ground, Pick, ground
from porism.symbolic.problem import Problem
from porism.symbolic.prove import drawings
from porism.symbolic.synthesis.sampler import Figure, Sampling, sample
from porism.symbolic.synthesis.synthesise import Limits, Making, synthesise
from porism.symbolic.synthesis.theorem import Found, Theorem

Numbers: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

SAMPLING = Sampling(points=(7, 12), fertile=0.1)
LIMITS = Limits(goals=2, plain=0)
LEAST = 6  # points of a statement
PER_FIGURE = 2  # theorems, from different givens
CALCULATED = frozenset(("rconst", "aconst", "sqconst"))  # goals that figures have many of, and problems few
RARE = 0.1  # the share of theorems that have such goals, at most
ROWS = 1500  # candidates that are tried of each theorem, about
BATCH = 64  # trials that are asked for at a time
FIRST = 10  # this part of the candidates shows whether a theorem is easy
EASY = 0.08  # the share of candidates that help, at most


@dataclass(frozen=True)
class Outcomes:
    """What became of candidates of one statement, a random choice of places with all constructions that lead there.

    Attributes:
        kinds: int64 (rows,), numbers of kinds.
        features: float64 (rows, features).
        group: int64 (rows,), rows with the same number have the same place.
        helps: bool (rows,), whether the goal is reached with this point alone.
        gains: int64 (rows,), independent equations between the old points; -1 where there was no room.
        share: in (0, 1], of the places, that were chosen.
    """

    kinds: Integers
    features: Numbers
    group: Integers
    helps: Flags
    gains: Integers
    share: float


def collected(seed: int, most: int, *, rows: int = ROWS, compiled: bool = True) -> Iterator[Outcomes]:
    """The outcomes of so many theorems, without those that are easy."""
    for theorem in islice(theorems(seed, compiled=compiled), most):
        found = outcomes(theorem.statement, seed, rows=rows, easy=EASY, compiled=compiled)
        if found is not None:
            yield found


def theorems(seed: int, *, compiled: bool = True, sampling: Sampling = SAMPLING) -> Iterator[Theorem]:
    """Theorems that need auxiliary points, without end, from the figures of a seed in order."""
    seen: set[str] = set()
    names = Counter[str]()
    for index in count():
        figure = sample(sampling, seed, index)
        if not isinstance(figure, Figure):
            continue
        making = Making(LIMITS, number(seed, "d", index), seen, compiled=compiled)
        found = synthesise(figure.problem, figure.diagram, stream(seed, "goals", index), making)
        configurations = set[str]()
        for each in found:
            if len(configurations) == PER_FIGURE:
                break
            if not isinstance(each, Found) or each.configuration in configurations or not _fits(each.theorem):
                continue
            name = each.theorem.goal.name
            if name not in CALCULATED or names[name] <= RARE * names.total():
                names[name] += 1
                configurations.add(each.configuration)
                yield each.theorem


def _fits(theorem: Theorem) -> bool:
    return theorem.auxiliary > 0 and len(theorem.statement.points) >= LEAST


def outcomes(
    problem: Problem, seed: int, *, rows: int = ROWS, easy: float = 1.0, compiled: bool = True
) -> Outcomes | None:
    """Try about ``rows`` candidates of a problem, each alone.

    None if its goal needs no point or does not hold, or if more than the share ``easy`` of the candidates help; the
    first tenth of them is looked at to save the rest.
    """
    diagrams, (holds, _) = drawings(problem, seed)
    if not holds:
        return None
    root = ground(problem, diagrams[:2], compiled=compiled, seed=seed)
    if root.solved:
        return None
    rng = np.random.default_rng(number(seed, "outcomes", str(problem)))
    found = candidates(root, rng)
    places = np.unique(found.group)
    if not len(places):
        return None
    order = rng.permutation(places)[: max(1, round(len(places) * min(1.0, rows / len(found.group))))]
    for part in (order[: len(order) // FIRST], order):
        index = np.flatnonzero(np.isin(found.group, part))
        helps, gains = _tried(root, [found.pick(int(row)) for row in index])
        if len(index) and helps.mean() > easy:
            return None
    share = len(order) / len(places)
    return Outcomes(found.kinds[index], found.features[index], found.group[index], helps, gains, share)


def _tried(root: Ground, picks: Sequence[Pick]) -> tuple[Flags, Integers]:
    """Whether each pick reaches the goals alone, and its gain."""
    helps, gains = np.zeros(len(picks), np.bool_), np.zeros(len(picks), np.int64)
    at = 0
    while at < len(picks):
        result = root.tried(picks[at : at + BATCH], learning=False)
        done = len(result.gains) if result.at is None else result.at + 1
        gains[at : at + done] = result.gains[:done]
        at += done
        helps[at - 1] = result.at is not None
    return helps, gains
