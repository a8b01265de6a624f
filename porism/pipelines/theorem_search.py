"""``porism prove --search``: deduction first, a search for auxiliary points where that does not do, and all as JSON."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from porism.pipelines.auxiliary.solve import Place, Progress, Settings, Solved, solve
from porism.pipelines.auxiliary.tree import FRONTIERS
from porism.pipelines.theorems import as_json, attempted, verified
from porism.symbolic.problem import Problem

__all__ = ["FRONTIERS", "INTERRUPTED", "Progress", "Settings", "Solved", "searched", "searched_json", "settings"]

INTERRUPTED = "interrupted"
"""Why a search ended that the user stopped; :attr:`Solved.ended` knows the other reasons."""


def settings(
    seed: int,
    attempts: int | None = None,
    seconds: float | None = None,
    workers: int | None = None,
    frontier: str | None = None,
    points: int | None = None,
) -> Settings:
    """How to search, by what the command line says; what it does not say is the default, and every core is used.

    Raises:
        InputError: a value is out of range.
    """
    given: dict[str, Any] = {
        "attempts": attempts, "seconds": seconds, "workers": workers, "frontier": frontier, "points": points
    }  # fmt: skip
    said = {name: value for name, value in given.items() if value is not None}
    chosen = Settings(**({"workers": cores(), "seed": seed} | said))
    return replace(chosen, seconds=None) if chosen.seconds == math.inf else chosen


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def searched(
    problem: Problem,
    settings: Settings,
    digits: int = 15,
    report: Callable[[Progress], None] | None = None,
    prepare: Callable[[], None] | None = None,
    model: str = "",
) -> Solved:
    """Prove a problem by deduction, or else search for auxiliary points that it can be proved with.

    A search that the user interrupts is an outcome like others: it has what was best so far.

    Args:
        problem: with a goal.
        settings: of the search.
        digits: of the drawings in which a proof is checked.
        report: told how far the search is.
        prepare: called before a search, and not where deduction alone does.
        model: a language model, spelled as ``--model`` spells it, that is asked for points to try first; "" for none.

    Raises:
        InputError: digits out of range, the problem cannot be drawn, or the model is misspelled.
        ModelError: the model cannot be used.
    """
    began = time.monotonic()
    first = attempted(problem, settings.seed, digits)
    if first.proved or not first.holds[0]:
        return Solved(problem, first, (), 0, time.monotonic() - began, "solved" if first.proved else "exhausted")
    if prepare:
        prepare()
    last = Progress(0, 0.0, Place((), 0))

    def keep(progress: Progress) -> None:
        nonlocal last
        last = progress
        if report:
            report(progress)

    try:
        solved = solve(problem, settings, keep, proposed(problem, model, settings.seed) if model else ())
    except KeyboardInterrupt:
        return Solved(problem, first, (), last.trials, last.seconds, INTERRUPTED, (last.best,))
    return replace(solved, attempt=verified(solved.attempt, problem, settings.seed, digits))


def proposed(problem: Problem, model: str, seed: int) -> list[str]:
    """The clauses that a language model would add first.

    Raises:
        InputError: the model is misspelled.
        ModelError: it cannot be used.
    """
    from porism.generators.models import Service, served
    from porism.pipelines.auxiliary.proposals import propose

    with served(model, Service()) as chat:
        return [proposal.action for proposal in propose(problem, chat, seed=seed).proposals]


def searched_json(solved: Solved) -> dict[str, Any]:
    """What came of a search, for scripts: the attempt as without a search, and ``search``.

    ``search`` has ``trials``, ``seconds`` by the clock, ``ended``, the ``clauses`` that the proof needs, and the
    ``best`` places, each with ``clauses`` and ``gain``. The key ``problem`` includes the auxiliary points.
    """
    added = set(solved.attempt.problem.points) - set(solved.problem.points)
    best = [{"clauses": list(place.clauses), "gain": place.gain} for place in solved.best]
    return as_json(solved.attempt, added) | {
        "search": {
            "trials": solved.trials,
            "seconds": round(solved.seconds, 6),
            "ended": solved.ended,
            "clauses": list(solved.clauses),
            "best": best,
        }
    }
