"""From a problem to a proof that the checker accepts.

Draw, deduce, trace, shorten, check: each step is a function of its own and is timed apart.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from porism.symbolic.check import Verdict, check
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.explain import TraceError
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Proof
from porism.symbolic.trace import trace

Result = TypeVar("Result")

DRAWINGS = 12  # in which a goal is looked at before it is called false
SEEDS = 3  # of the hashes, until a proof can be extracted


class NotProvedError(RuntimeError):
    """No proof was found; ``attempt`` says how far it went."""

    def __init__(self, attempt: "Attempt") -> None:
        super().__init__(attempt.reason)
        self.attempt = attempt


@dataclass(frozen=True)
class Attempt:
    """What came of trying to prove a problem.

    Attributes:
        problem: what was tried.
        diagrams: drawings in which the goals hold, the first of them the one that proposed; all drawings if they hold
            in none.
        holds: in how many of the drawings looked at the goals hold, and how many were looked at.
        closure: what was deduced, unless the goals are false.
        proof: the shortened proof, if the goals were deduced; the one found first if the checker accepts that only.
        verdict: the checker's, if there is a proof.
        seconds: CPU time of ``draw``, ``closure``, ``trace``, ``shorten`` and ``check``.
    """

    problem: Problem
    diagrams: tuple[Diagram, ...]
    holds: tuple[int, int]
    closure: Closure | None = None
    proof: Proof | None = None
    verdict: Verdict | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def proved(self) -> bool:
        """Whether there is a proof that the checker accepts."""
        return self.verdict is not None and self.verdict.ok

    @property
    def depends(self) -> bool:
        """Whether the goals hold for some choices that the text leaves open and not for others."""
        return 0 < self.holds[0] < self.holds[1]

    @property
    def reason(self) -> str:
        """Why there is no proof, in one line; empty if there is one."""
        if self.proved:
            return ""
        if not self.holds[0]:
            return f"the goal is false: it fails in all of {self.holds[1]} drawings"
        if self.verdict:
            return f"the proof was rejected: {self.verdict.reason}"
        if self.closure and self.closure.solved:
            return f"the goal was deduced, and no proof could be extracted with {SEEDS} seeds"
        return "the closure ended without the goal"


def prove(problem: Problem, *, seed: int = 0, compiled: bool = False) -> Proof:
    """A minimised proof of all goals, accepted by the checker.

    Args:
        problem: with at least one goal.
        seed: of drawings and hashes; the same seed gives the same proof.
        compiled: run the compiled kernel; pays from some hundred problems on.

    Raises:
        NotProvedError: there is none, or none was found.
        DrawingError: the problem cannot be drawn.

    >>> proof = prove(Problem.parse("a b c = triangle a b c; h = orthocenter h a b c ? perp c h a b"))
    >>> [str(step.fact) for step in proof.steps]
    []
    """
    result = attempt(problem, seed=seed, compiled=compiled)
    if result.proof is None or not result.proved:
        raise NotProvedError(result)
    return result.proof


def attempt(problem: Problem, *, seed: int = 0, compiled: bool = False, shortened: bool = True) -> Attempt:
    """Try to prove a problem, and say how it went.

    Args:
        problem: with at least one goal.
        seed: of drawings and hashes.
        compiled: run the compiled kernel.
        shortened: look for a shorter proof from fewer premises. The one found first is the last resort, should the
            checker accept that one only.

    Raises:
        DrawingError: the problem cannot be drawn.
    """
    seconds: dict[str, float] = {}
    diagrams, holds = _timed(seconds, "draw", lambda: drawings(problem, seed))
    if not holds[0]:
        return Attempt(problem, diagrams, holds, seconds=seconds)
    closure, proof = extracted(problem, problem.premises, diagrams, seed, compiled, seconds)
    if proof is None:
        return Attempt(problem, diagrams, holds, closure, seconds=seconds)
    found = proof
    if shortened:
        proof = _timed(seconds, "shorten", lambda: shorten(found, diagrams, seed=seed, compiled=compiled))
    verdict = _checked(proof, seed, seconds)
    if not verdict.ok and proof != found and (whole := _checked(found, seed, seconds)).ok:
        proof, verdict = found, whole
    return Attempt(problem, diagrams, holds, closure, proof, verdict, seconds)


def _checked(proof: Proof, seed: int, seconds: dict[str, float]) -> Verdict:
    return _timed(seconds, "check", lambda: check(proof, seed=seed))


def drawings(problem: Problem, seed: int = 0) -> tuple[tuple[Diagram, ...], tuple[int, int]]:
    """The drawings in which the goals hold, or all if they hold in none, and in how many of how many they do."""
    seen = [draw(problem, seed, index) for index in range(DRAWINGS)]
    good = [diagram for diagram in seen if all(diagram.holds(goal) for goal in problem.goals)]
    return tuple(good or seen), (len(good), len(seen))


def extracted(
    problem: Problem,
    premises: Sequence[Fact],
    diagrams: Sequence[Diagram],
    seed: int,
    compiled: bool,
    seconds: dict[str, float],
) -> tuple[Closure, Proof | None]:
    """Deduce until the goals are known, and trace them; a collision of hashes is met with other hashes."""
    for k in range(SEEDS):
        deduced = partial(deduce_from, problem, premises, diagrams[:1], goals=problem.goals, compiled=compiled)
        closure = _timed(seconds, "closure", partial(deduced, seed=seed + k))
        if not closure.solved:
            return closure, None
        try:
            return closure, _timed(seconds, "trace", partial(trace, closure, problem.goals))
        except TraceError:
            continue
    return closure, None


def shorten(proof: Proof, diagrams: Sequence[Diagram], *, seed: int = 0, compiled: bool = False) -> Proof:
    """A proof from an inclusion-minimal set of premises: without any one of them the closure ends without the goal.

    It is often the shorter one as well, since what the closure does not know cannot lead it astray.
    """
    best = proof
    for premise in reversed(proof.premises):
        if premise not in best.premises:
            continue
        rest = [other for other in best.premises if other != premise]
        _, other = extracted(proof.problem, rest, diagrams, seed, compiled, {})
        if other is not None:
            best = other
    _, again = extracted(proof.problem, best.premises, diagrams, seed, compiled, {})
    return min([best, *([again] if again else [])], key=_length)


def _length(proof: Proof) -> tuple[int, int]:
    terms = sum(len(step.by.terms) for step in proof.steps if isinstance(step.by, Algebra))
    return len(proof.steps), terms


def _timed(seconds: dict[str, float], name: str, call: Callable[[], Result]) -> Result:
    start = time.process_time()
    result = call()
    seconds[name] = seconds.get(name, 0.0) + time.process_time() - start
    return result
