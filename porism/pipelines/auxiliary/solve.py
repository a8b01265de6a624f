"""From a problem that deduction alone does not prove to one that it does: auxiliary points by search."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from porism.errors import InputError
from porism.pipelines.auxiliary.points import enumerated, extended
from porism.symbolic.problem import Problem
from porism.symbolic.prove import Attempt, attempt

ATTEMPTS = 200_000
FRONTIERS = ("best", "astar", "beam", "mcts", "random")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to search.

    Attributes:
        attempts: trials at most, at least 1; a trial is one closure of the figure with more points.
        seconds: by the clock, above 0, or None for no limit.
        points: auxiliary points of a trial, at most; those of lemmas apart.
        workers: processes, at least 1. The result does not depend on them, unless ``seconds`` ends the search.
        seed: of drawings, hashes and choices.
        frontier: one of ``FRONTIERS``.
        compiled: run the compiled kernel.

    Raises:
        InputError: a value is out of range.
    """

    attempts: int = ATTEMPTS
    seconds: float | None = 600.0
    points: int = 4
    workers: int = 1
    seed: int = 0
    frontier: str = "best"
    compiled: bool = True

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, value in (("attempts", self.attempts), ("points", self.points), ("workers", self.workers)):
            if value < 1:
                raise InputError(f"--{name} is {value}; it must be at least 1")
        if self.seconds is not None and not self.seconds > 0:
            raise InputError(f"--seconds is {self.seconds:g}; it must be above 0")
        if self.frontier not in FRONTIERS:
            raise InputError(f"--frontier is {self.frontier!r}; it is one of {', '.join(FRONTIERS)}")


@dataclass(frozen=True, slots=True)
class Place:
    """What a search found at one place of its tree.

    Attributes:
        clauses: the auxiliary constructions added so far, as texts.
        gain: how many independent equations between the points of the problem these bring.
        tried: clauses that were tried here, each with its gain.
    """

    clauses: tuple[str, ...]
    gain: int
    tried: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes:
        trials: so far.
        seconds: by the clock, so far.
        best: the place that brought most.
    """

    trials: int
    seconds: float
    best: Place


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of a search, solved or not.

    Attributes:
        problem: as it was asked.
        attempt: that of the problem with the auxiliary points that its proof needs; where nothing was found, that of
            the problem as it was asked.
        clauses: the auxiliary constructions of the proof; () if none is needed, or none was found.
        trials: how many were made.
        seconds: by the clock, for everything.
        ended: ``solved``, ``attempts``, ``seconds``, or ``exhausted`` if there was nothing more to try.
        places: of the tree, in the order in which they were looked into; the first is the problem as it was asked.
    """

    problem: Problem
    attempt: Attempt
    clauses: tuple[str, ...]
    trials: int
    seconds: float
    ended: str
    places: tuple[Place, ...] = field(default=())

    @property
    def proved(self) -> bool:
        """Whether there is a proof that the checker accepts."""
        return self.attempt.proved

    @property
    def best(self) -> tuple[Place, ...]:
        """The places that brought most, at most five, best first."""
        return tuple(sorted(self.places, key=lambda place: (-place.gain, len(place.clauses)))[:5])


def solve(problem: Problem, settings: Settings, report: Callable[[Progress], None] | None = None) -> Solved:
    """Prove a problem, with auxiliary points if it needs them.

    Raises:
        DrawingError: the problem cannot be drawn.
    """
    began = time.monotonic()
    first = attempt(problem, seed=settings.seed, compiled=settings.compiled)
    if first.proved or not first.holds[0]:
        return Solved(problem, first, (), 0, time.monotonic() - began, "solved" if first.proved else "exhausted")
    trials, here = 0, Place((), 0)
    for clause in islice(enumerated(problem), settings.attempts):
        if settings.seconds is not None and time.monotonic() - began > settings.seconds:
            return Solved(problem, first, (), trials, time.monotonic() - began, "seconds", (here,))
        trials += 1
        if report:
            report(Progress(trials, time.monotonic() - began, here))
        try:
            whole = extended(problem, clause, seed=settings.seed)
        except InputError:
            continue
        result = attempt(whole, seed=settings.seed, compiled=settings.compiled)
        if result.proved:
            return Solved(problem, result, (clause,), trials, time.monotonic() - began, "solved", (here,))
    return Solved(problem, first, (), trials, time.monotonic() - began, "attempts", (here,))
