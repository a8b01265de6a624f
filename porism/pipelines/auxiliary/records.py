"""Solved searches for auxiliary points as rows that models are trained on: steps, and preferences.

What is kept of a search is its way to the proof (:mod:`porism.pipelines.auxiliary.ways`). A step is known to be right
because the proof needs it, and one is called wrong only if it was tried at that very place and the proof does without.

References: step labels from what solutions need in place of people's: [Wang2024]; pairs of siblings as preferences:
[Chen2024].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from porism.pipelines.auxiliary.points import with_clauses
from porism.pipelines.auxiliary.proposals import answer, prompt
from porism.pipelines.auxiliary.ways import Tried, Way
from porism.seeds import stream
from porism.symbolic.faces import english
from porism.symbolic.problem import Problem

DRAWN = 8  # clauses of a place that were not needed, in steps
PAIRS = 4  # preferences of a place


@dataclass(frozen=True, slots=True)
class Step:
    """One clause that was tried.

    Attributes:
        problem: its text, without auxiliary points.
        statement: the same in English.
        clauses: added before.
        clause: what was tried.
        label: 1 if the proof needs it, 0 if it was tried and the proof does without.
        gain: what it brought.
    """

    problem: str
    statement: str
    clauses: tuple[str, ...]
    clause: str
    label: int
    gain: int


@dataclass(frozen=True, slots=True)
class Preference:
    """Two clauses that were tried at one place.

    Attributes:
        prompt: what a model is asked there.
        chosen: the answer with a clause that the proof needs.
        rejected: the answer with one that it does without.
    """

    prompt: str
    chosen: str
    rejected: str


def steps(problem: Problem, found: Way, *, seed: int = 0, most: int | None = None) -> Iterator[Step]:
    """The clauses that were tried on the way, in order.

    Args:
        problem: without auxiliary points.
        found: the way to its proof.
        seed: of what is drawn.
        most: of the clauses of one place that were not needed, drawn at random; None for all of them.
    """
    text, statement = str(problem), english.statement(problem)
    for k, stage in enumerate(found.stages):
        kept = _drawn([one for one in stage.tried if not one.needed], most, seed, "steps", text, k)
        for one in stage.tried:
            if one.needed or one in kept:
                yield Step(text, statement, stage.clauses, one.clause, int(one.needed), one.gain)


def preferences(problem: Problem, found: Way, *, seed: int = 0, most: int = PAIRS) -> Iterator[Preference]:
    """At each place clauses that were not needed, each beside one that was.

    Args:
        problem: without auxiliary points.
        found: the way to its proof.
        seed: of what is drawn.
        most: preferences of one place, >= 1.
    """
    for k, stage in enumerate(found.stages):
        good = [one.clause for one in stage.tried if one.needed]
        bad = _drawn([one for one in stage.tried if not one.needed], most, seed, "preferences", str(problem), k)
        asked = prompt(with_clauses(problem, stage.clauses)) if good and bad else ""
        for chosen, other in zip(cycle(good), bad if good else (), strict=False):
            yield Preference(asked, answer([chosen]), answer([other.clause]))


def _drawn(tried: Sequence[Tried], most: int | None, seed: int, *path: str | int) -> list[Tried]:
    """At most so many, in their order."""
    if most is None or len(tried) <= most:
        return list(tried)
    chosen = set(stream(seed, *path).sample(range(len(tried)), most))
    return [one for place, one in enumerate(tried) if place in chosen]
