"""From one random figure to its theorems.

Deduce everything, choose goals, trace each to the constructions it needs, leave out what it can do without, and prove
it again from what is left: every theorem is closed, traced and checked on its own statement.

Reference: the synthesis of [Trinh2024], with auxiliary points confirmed by closures with and without them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from porism.symbolic.check import check, taken_for_granted
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import VERIFYING, Diagram, DrawingError, draw
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause, Problem
from porism.symbolic.proof import Proof
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.clock import Clock
from porism.symbolic.synthesis.goals import goals
from porism.symbolic.synthesis.minimise import Closures
from porism.symbolic.synthesis.parts import Parts, renamed, renamed_diagram, renamed_fact, renaming, split
from porism.symbolic.synthesis.theorem import Found, Rejection, Theorem
from porism.symbolic.trace import needs, traces

FEW = 3  # drawings in which a goal must hold before it is proved
SOME, MANY = 6, 16  # the same before its proof is checked: if general position is all it relies on, and if not
GENERAL = frozenset(("diff", "ncoll", "npara", "nperp"))  # conditions that fail in special position only
TRIED = 4  # goals that are looked at for each one that is wanted
FAILS = "the goal fails in a fresh drawing"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept of a figure.

    Attributes:
        goals: most theorems of one predicate, >= 1; those that need auxiliary points go first.
        plain: most theorems of one predicate among them that need none, >= 0.
        steps: fewest steps of a proof, >= 1.
    """

    goals: int = 10
    plain: int = 10
    steps: int = 3


@dataclass(frozen=True)
class Making:
    """How theorems are made of one figure after another.

    Attributes:
        limits: what is kept.
        seed: of fresh drawings.
        seen: canonical hashes of theorems that are not wanted again; those that are tried are added.
        clock: where the time goes.
        compiled: run the kernel compiled by numba; the theorems are the same.
    """

    limits: Limits
    seed: int = 0
    seen: set[str] = field(default_factory=set)
    clock: Clock = field(default_factory=Clock)
    compiled: bool = True


def synthesise(problem: Problem, diagram: Diagram, rng: Random, making: Making) -> Iterator[Found | Rejection]:
    """The theorems of a figure, and the goals that gave none; each has a proof that the checker accepted.

    Args:
        problem: the figure, without goals.
        diagram: a drawing of it.
        rng: chooses among goals.
        making: limits, seed, and what has been seen.
    """
    clock = making.clock
    with clock("closure"):
        closure = deduce_from(problem, problem.premises, [diagram], compiled=making.compiled)
    with clock("goals"):
        found = goals(closure, rng)
    closures = Closures(Parts(problem), diagram, making.compiled)
    for group in _groups(closures, _chosen(closures, closure, found, making), clock):
        yield from _Statement(closures, group, making).theorems()


@dataclass(frozen=True, slots=True)
class _Group:
    """Goals of one statement."""

    statement: tuple[Clause, ...]
    additions: tuple[Clause, ...]
    goals: list[Fact]


def _chosen(closures: Closures, closure: Closure, found: Sequence[Fact], making: Making) -> Iterator[tuple[Fact, int]]:
    """The first goals of each predicate, each with parts that prove it: auxiliary ones first, and no short proofs.

    What its own construction does not prove, but the whole figure does, needs auxiliary points.
    """
    limits, parts = making.limits, closures.parts
    count, tried, plain = Counter[str](), Counter[str](), Counter[str]()
    with making.clock("auxiliary check"):
        own = ((goal, parts.stated(goal)) for goal in found)
        hard = dict.fromkeys(goal for goal, kept in own if kept != parts.whole and not closures.proves(kept, goal))

    def asked() -> Iterator[Fact]:
        for goal in (*hard, *(goal for goal in found if goal not in hard)):
            name = goal.name
            wanted = count[name] < limits.goals and (goal in hard or plain[name] < limits.plain)
            if wanted and tried[name] < TRIED * limits.goals:
                tried[name] += 1
                yield goal

    for goal, premises, steps in making.clock.over("traceback", needs(closure, asked())):
        kept = parts.bits(premises)
        if steps >= limits.steps and parts.points(kept).issuperset(goal.points):  # no point that cancels out
            count[goal.name] += 1
            plain[goal.name] += goal not in hard
            yield goal, kept


def _groups(closures: Closures, chosen: Iterable[tuple[Fact, int]], clock: Clock) -> Iterable[_Group]:
    """Goals by the parts that they need and the points of their statement."""
    found: dict[tuple[int, int], _Group] = {}
    parts = closures.parts
    for goal, kept in chosen:
        with clock("minimising"):
            kept = closures.minimal(kept, goal)
            statement, additions = split(parts.restricted(kept), goal)
            key = kept, parts.parts_of(Problem(statement))
            found.setdefault(key, _Group(statement, additions, [])).goals.append(goal)
    return found.values()


class _Statement:
    """Goals of one statement under new names: closed, traced and checked."""

    def __init__(self, closures: Closures, group: _Group, making: Making) -> None:
        names = renaming((*group.statement, *group.additions))
        self.making = making
        self.alone = Problem(renamed(group.statement, names))
        self.additions = renamed(group.additions, names)
        self.problem = Problem((*self.alone.clauses, *self.additions)) if self.additions else self.alone
        self.goals = [renamed_fact(goal, names) for goal in group.goals]
        self.diagram = renamed_diagram(closures.diagram, names)
        self.drawings = _Drawings(self.problem, making)
        self.bare = _Drawings(self.alone, making) if self.additions else self.drawings

    @cached_property
    def configuration(self) -> str:
        """The canonical hash of what is given, without a goal."""
        with self.making.clock("canonical form"):
            return canonical(self.alone.premises)

    def theorems(self) -> Iterator[Found | Rejection]:
        """What comes of each goal."""
        clock, compiled = self.making.clock, self.making.compiled
        keys: dict[Fact, str] = {}
        for goal in self.goals:
            if rejected := self._unfit(goal, keys):
                yield Rejection(*rejected, self.problem, goal)
        if not keys:
            return
        with clock("closure"):
            closure = deduce_from(
                self.problem, self.problem.premises, [self.diagram], goals=list(keys), compiled=compiled
            )
        with clock("auxiliary check"):
            without = self._without() if self.additions else None
        proofs = zip(keys.items(), clock.over("traceback", traces(closure, list(keys))), strict=True)
        for (goal, key), proof in proofs:
            if rejected := self._flawed(goal, proof, without):
                yield Rejection(*rejected, self.problem, goal)
            elif proof:
                yield Found(Theorem(proof, len(self.additions), self.diagram), key, self.configuration)

    def _without(self) -> Closure:
        """What follows from the statement without its auxiliary points."""
        premises = self.alone.premises
        return deduce_from(self.alone, premises, [self.diagram], compiled=self.making.compiled)

    def _unfit(self, goal: Fact, keys: dict[Fact, str]) -> tuple[str, str] | None:
        """Check and reason, if a goal is not worth proving; else its hash joins the keys."""
        with self.making.clock("canonical form"):
            key = canonical(self.alone.premises, [goal])
        if key in self.making.seen:
            return "novelty", f"the same theorem as {key}"
        self.making.seen.add(key)
        try:
            if not self.drawings.all_hold(goal, FEW) or not self.bare.all_hold(goal, FEW):
                return "drawings", FAILS
        except DrawingError as error:
            return "undrawable", str(error)
        keys[goal] = key
        return None

    def _flawed(self, goal: Fact, proof: Proof | None, without: Closure | None) -> tuple[str, str] | None:
        """Check and reason, if a goal gives no theorem."""
        if proof is None:
            return "untraced", "no proof could be extracted"
        if len(proof.steps) < self.making.limits.steps:
            return "steps", f"a proof of {len(proof.steps)} steps"
        if without and without.knows(goal):
            return "auxiliary", "the goal follows without the auxiliary points"
        many = SOME if all(condition.name in GENERAL for condition in proof.conditions) else MANY
        try:
            if not self.drawings.all_hold(goal, many):
                return "drawings", FAILS
        except DrawingError as error:
            return "undrawable", str(error)
        with self.making.clock("checker"):
            apt = [drawing for drawing in self.drawings.made[:many] if all(map(drawing.holds, proof.conditions))]
            if len(apt) < many // 2:
                return "conditions", f"the conditions of the proof hold in {len(apt)} of {many} drawings"
            granted = taken_for_granted(proof)
            if not all(drawing.holds(fact) for drawing in apt for fact in granted):
                return "conditions", "the proof says nothing in a fresh drawing"
            verdict = check(proof, apt)
        return None if verdict.ok else ("proof", verdict.reason)


class _Drawings:
    """Fresh drawings of one problem, made when they are asked for.

    Attributes:
        made: so far.
    """

    def __init__(self, problem: Problem, making: Making) -> None:
        self.made: list[Diagram] = []
        self._problem, self._making = problem, making
        self._error: DrawingError | None = None

    def all_hold(self, goal: Fact, count: int) -> bool:
        """Whether the goal holds in the first ``count`` drawings.

        Raises:
            DrawingError: one of them cannot be drawn.
        """
        with self._making.clock("drawing"):
            try:
                while len(self.made) < count and not self._error:
                    self.made.append(draw(self._problem, self._making.seed, len(self.made), level=VERIFYING))
            except DrawingError as error:  # which it takes hundreds of attempts to meet
                self._error = error
        if self._error and len(self.made) < count:
            raise self._error
        return all(drawing.holds(goal) for drawing in self.made[:count])
