"""From a problem that deduction alone does not prove to one that it does: auxiliary points by search."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from porism.errors import InputError
from porism.pipelines.auxiliary.points import new_point, with_clauses
from porism.pipelines.auxiliary.pruning import proved, told, with_one
from porism.pipelines.auxiliary.tree import FRONTIERS, Move, Points, State, moves
from porism.pipelines.auxiliary.workers import Visitor, root, visitors
from porism.search import Node, Search
from porism.symbolic.auxiliary.kinds import KINDS
from porism.symbolic.auxiliary.visits import Visit
from porism.symbolic.problem import Problem
from porism.symbolic.prove import Attempt, attempt

ATTEMPTS = 1_000_000
TRIALS = 400  # of one visit
TOLD = 20  # places that did not lead to the best and are told all the same
WAVE = 4  # visits that are made side by side, whatever the number of workers


@dataclass(frozen=True, slots=True)
class Settings:
    """How to search.

    Attributes:
        attempts: trials at most, at least 1; a trial is one closure of the figure with more points.
        seconds: by the clock, above 0, or None for no limit.
        points: auxiliary points that stay in a figure at most; those of lemmas and of trials are not among them.
        workers: processes, at least 1. The result does not depend on them, unless ``seconds`` ends the search.
        seed: of drawings, hashes and choices.
        frontier: one of ``FRONTIERS``.
        compiled: run the compiled kernel.

    Raises:
        InputError: a value is out of range.
    """

    attempts: int = ATTEMPTS
    seconds: float | None = 600.0
    points: int = 8
    workers: int = 1
    seed: int = 0
    frontier: str = "beam"
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
        places: of the tree, in the order in which they were looked into, the problem as it was asked first: all on the
            way to the proof, with what was tried there, and of the others those that brought most.
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


def solve(
    problem: Problem,
    settings: Settings,
    report: Callable[[Progress], None] | None = None,
    proposals: Sequence[str] = (),
) -> Solved:
    """Prove a problem, with auxiliary points if it needs them.

    Args:
        problem: with at least one goal.
        settings: how to search.
        report: told how far the search is.
        proposals: clauses to try before all others, whoever proposed them (:mod:`.proposals` asks a model); each makes
            one point of those of the problem. Together and each alone they are one trial each.

    Raises:
        DrawingError: the problem cannot be drawn.
    """
    began = time.monotonic()
    first = attempt(problem, seed=settings.seed, compiled=settings.compiled)
    if first.proved or not first.holds[0]:
        return Solved(problem, first, (), 0, time.monotonic() - began, "solved" if first.proved else "exhausted")
    tried = with_one(problem, proposals[: settings.attempts], seed=settings.seed, compiled=settings.compiled)
    if tried.found:
        result, clauses = tried.found
        return Solved(problem, result, clauses, tried.trials, time.monotonic() - began, "solved", (Place((), 0),))
    run = _Run(problem, settings, began, tried.trials)
    ended = run.searched(report)
    result, clauses = run.proofs.get(run.best.state) or (first, ())
    return Solved(problem, result, clauses, run.trials, time.monotonic() - began, ended, run.places())


class _Run:
    """One search: the tree is that of :mod:`porism.search`; this is what lies between it and the visits.

    Attributes:
        trials: so far.
        visits: what was looked into, in order, and what came of it.
        proofs: of the states that reached the goals, None where there is no proof.
        best: the solved node, or where the search stands.
    """

    def __init__(self, problem: Problem, settings: Settings, began: float, trials: int) -> None:
        self.problem, self.settings, self.began = problem, settings, began
        self.root = root(str(problem), settings.seed, settings.compiled)
        self.trials = trials
        self.visits: dict[Node[State, Move], Visit] = {}
        self.proofs: dict[State, tuple[Attempt, tuple[str, ...]] | None] = {}
        self.best: Node[State, Move] = Node(State())

    def searched(self, report: Callable[[Progress], None] | None) -> str:
        """Search, and say why it ended."""
        settings, most = self.settings, State()
        visitor = Visitor(str(self.problem), settings.seed, settings.frontier == "random", settings.compiled)
        search: Search[State, Move] = Search(
            Points(self.proves), FRONTIERS[settings.frontier](settings.seed), early=True
        )
        with visitors(visitor, settings.workers) as visited:
            while not (ended := self.ended()) and (nodes := search.ask(self.wave())):
                for node, visit in zip(nodes, visited(self.errands(nodes)), strict=True):
                    self.trials += len(visit.tried)
                    self.visits[node] = visit
                    most = max(most, node.state, key=lambda state: state.gain)
                    search.tell(node, moves(node.state, visit, settings.points))
                if report:
                    report(Progress(self.trials, self.seconds, self.place(most)))
        outcome = search.outcome()
        self.best = outcome.best
        return "solved" if outcome.solved else ended or "exhausted"

    @property
    def seconds(self) -> float:
        """By the clock, so far."""
        return time.monotonic() - self.began

    def ended(self) -> str:
        """Which limit is reached, if one is."""
        if self.trials >= self.settings.attempts:
            return "attempts"
        return "seconds" if self.settings.seconds is not None and self.seconds >= self.settings.seconds else ""

    def wave(self) -> int:
        """How many visits are made side by side: as many as the trials that are left allow, whatever the workers."""
        return min(WAVE, -(-(self.settings.attempts - self.trials) // TRIALS))

    def errands(self, nodes: Sequence[Node[State, Move]]) -> list[tuple[State, int]]:
        """Where to look, and how many trials to make there."""
        left = self.settings.attempts - self.trials
        return [(node.state, min(TRIALS, left - k * TRIALS)) for k, node in enumerate(nodes)]

    def proves(self, state: State) -> bool:
        """Whether there is a proof with the points of a state that reached the goals."""
        if state not in self.proofs:
            self.proofs[state] = proved(
                self.problem, self.root, state.steps, seed=self.settings.seed, compiled=self.settings.compiled
            )
        return self.proofs[state] is not None

    def place(self, state: State, visit: Visit | None = None) -> Place:
        """A state in words; with what was tried there, if a visit is given."""
        names, points = told(self.problem, state.steps)
        new = new_point(with_clauses(self.problem, names))
        tried = visit.tried if visit else ()
        texts = ((KINDS[kind].clause(new, [points[i] for i in used]), gain) for (kind, used), gain in tried)
        return Place(names, state.gain, tuple(texts))

    def places(self) -> tuple[Place, ...]:
        """Where the search looked: with what was tried on the way to the best, and else the most gainful."""
        path = set(self.best.path())
        others = sorted((node for node in self.visits if node not in path), key=lambda node: -node.state.gain)[:TOLD]
        shown = path.union(others)
        return tuple(
            self.place(node.state, visit if node in path else None)
            for node, visit in self.visits.items()
            if node in shown
        )
