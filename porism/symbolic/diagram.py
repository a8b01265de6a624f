"""Diagrams: points with coordinates, which facts hold in them, and how a problem is drawn.

A problem is drawn clause by clause: loci are intersected, an open choice is made at random, and a figure whose points
crowd together, fly away or almost lie on a line is drawn again, under limits that give way only where the problem asks
for it. All randomness comes from the stream of (seed, "diagram", index): other indices draw other figures and reach the
other choices that the text leaves open.
"""

import cmath
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from random import Random
from typing import Any

from porism.errors import InputError
from porism.seeds import stream
from porism.symbolic.constructions import half_turns
from porism.symbolic.facts import Fact
from porism.symbolic.loci import Locus, meet
from porism.symbolic.measures import CONDITIONS, EQUATIONS, MARGIN, DegenerateError, Point, farthest, spread
from porism.symbolic.placement import Free, On, Points
from porism.symbolic.predicates import PREDICATES, FactError
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.refinement import refined

TOLERANCE = 1e-9
EXACT = 1e-12
PATIENCE = 60  # attempts that take the same branches before others are tried
SAME = 1e-9  # points nearer than this, in a figure of size 1, are one point


class DrawingError(InputError):
    """A problem that cannot be drawn; one line that names the clause that failed and why."""


@dataclass(frozen=True)
class Diagram:
    """Points with coordinates.

    Attributes:
        points: by name; complex, or mpmath's ``mpc`` if ``digits`` is more than 15.
        digits: to how many decimal digits the coordinates are meant.

    >>> figure = Diagram({"a": 0j, "b": 2 + 0j, "m": 1 + 0j, "c": 1 + 3j})
    >>> figure.holds(Fact.parse("midp m a b")), figure.holds(Fact.parse("perp a b a c"))
    (True, False)
    """

    points: Mapping[str, Any]
    digits: int = 15

    def holds(self, fact: Fact) -> bool:
        """Whether the fact is true here, up to a relative error of 1e-9, or 10 digits less than the figure has.

        Conditions hold only with a margin: those that a change by a millionth would break do not. A fact about a line
        through coincident points, or a circle through points of a line, does not hold.
        """
        known = self._known.get(fact)
        if known is None:
            known = self._known[fact] = self.residual(fact) <= self._tolerance
        return known

    def residual(self, fact: Fact) -> float:
        """By how much the fact fails, without a unit; infinite if it is degenerate here.

        For a condition 0 or infinite.

        Raises:
            InputError: the fact speaks of points that the diagram has not.
        """
        try:
            if PREDICATES[fact.name].condition:
                return 0.0 if self._margin(fact) > MARGIN else math.inf
            return float(max(map(abs, self.equations(fact)), default=0.0))
        except DegenerateError:
            return math.inf

    def equations(self, fact: Fact) -> list[Any]:
        """Signed numbers without a unit, smooth in the coordinates, all 0 exactly where the fact holds.

        Raises:
            DegenerateError: the fact says nothing about these points.
            InputError: the fact speaks of points that the diagram has not.
        """
        coordinates = [self._at(point) for point in fact.points]
        if fact.name == "aconst":
            return EQUATIONS["aconst"](*coordinates, self._turn(*map(int, fact.args[-2:])))
        return EQUATIONS[fact.name](*coordinates, *map(int, fact.args[len(coordinates) :]))

    def _at(self, point: str) -> Point:
        try:
            return self.points[point]
        except KeyError:
            raise InputError(f"the diagram has no point {point!r}; it has {', '.join(self.points)}") from None

    def _margin(self, fact: Fact) -> float:
        coordinates = [self._at(point) for point in fact.points]
        if fact.name == "diff":
            return float(abs(coordinates[0] - coordinates[1]) / self._size) if self._size else 0.0
        return float(CONDITIONS[fact.name](*coordinates))

    def _turn(self, m: int, n: int) -> Point:
        if self.digits <= 15:
            return cmath.exp(1j * math.pi * m / n)
        context = next(iter(self.points.values())).context
        return context.expjpi(context.mpf(m) / n)

    @cached_property
    def _known(self) -> dict[Fact, bool]:
        """What was asked before: the proofs of one figure ask the same."""
        return {}

    @cached_property
    def _size(self) -> float:
        values = list(self.points.values())
        return max((abs(p - values[0]) for p in values), default=0.0)

    @cached_property
    def _tolerance(self) -> float:
        return TOLERANCE if self.digits <= 15 else 10.0 ** (10 - self.digits)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a figure of size about 1 must keep to.

    Attributes:
        tries: how many figures are drawn under these limits before the next ones.
        near: least distance of two points.
        flat: least height of a triangle, in its longest side.
        far: greatest distance from the origin.
        rays: whether points of a ray must be on its side.
    """

    tries: int
    near: float
    flat: float
    far: float
    rays: bool = True


_LIMITS = (
    Limits(40, 0.10, 0.030, 3.5),
    Limits(60, 0.05, 0.015, 6),
    Limits(100, 0.02, 0.004, 15),
    Limits(100, 0.005, 1e-3, 40, rays=False),
    Limits(100, 1e-5, 1e-6, 1e3, rays=False),
)
VERIFYING = 2  # the level of drawings that only decide which facts hold


class _FailedError(Exception):
    """One attempt failed.

    Attributes:
        index: of the clause.
        reason: in words.
        same: whether only because a new point coincides with another.
    """

    def __init__(self, index: int, reason: str, same: bool = False):
        super().__init__(reason)
        self.index, self.reason, self.same = index, reason, same


def draw(problem: Problem, seed: int = 0, index: int = 0, digits: int = 15, *, level: int = 0) -> Diagram:
    """Draw a problem in general position; the same arguments give the same diagram.

    Args:
        problem: what to draw.
        seed: names the random stream, together with ``index``.
        index: which of the problem's drawings; any integer.
        digits: from 15 to 200; above 15 the coordinates are refined to so many decimal digits, with mpmath.
        level: from 0 to 4, how crowded the figure may be: 0 is spread out as well as the problem lets it, to be looked
            at; ``VERIFYING`` is found in a fraction of the time and serves to decide which facts hold.

    Raises:
        DrawingError: there is no such figure, as far as several hundred attempts can tell.
        InputError: ``digits`` or ``level`` is out of range.

    >>> figure = draw(Problem.parse("a b c = triangle; h = orthocenter h a b c"))
    >>> figure.holds(Fact.parse("perp c h a b"))
    True
    """
    if not 15 <= digits <= 200:
        raise InputError(f"a drawing has from 15 to 200 digits, got {digits}")
    if not 0 <= level < len(_LIMITS):
        raise InputError(f"a drawing's level is from 0 (spread out) to {len(_LIMITS) - 1} (crowded), got {level}")
    rng = _Stream(seed, index)
    steps = [_step(clause) for clause in problem.clauses]
    coinciding: set[int] = set()  # clauses whose new points must coincide with others
    while True:
        levels: list[list[_FailedError]] = []
        for limits in _LIMITS[level:]:
            found = _drawn(problem, steps, rng, limits, coinciding, digits)
            if isinstance(found, Diagram):
                return found
            levels.append(found)
            forced = _forced(found) - coinciding
            if forced:
                break
        else:
            raise _undrawable(problem, levels)
        coinciding |= forced


class _Stream(Random):
    """Lengths and angles that are new in every attempt, and choices that stay.

    Were the choices new as well, then of the branches that a text leaves open the one that is harder to draw would
    be drawn seldom, and a fact that fails there might pass for a theorem.
    """

    def __init__(self, seed: int, index: int) -> None:
        self._named = (seed, index)
        self._at = (0, 0)
        self._branch: Random | None = None
        super().__init__(stream(seed, "diagram", index).getrandbits(64))

    def at(self, clause: int, attempt: int) -> None:
        """Begin with the choices of a clause: after many attempts others are tried."""
        self._at = (clause, attempt // PATIENCE)
        self._branch = None

    def choice(self, options: Any) -> Any:
        """One of several branches."""
        return self._branches.choice(options)

    def shuffle(self, options: Any) -> None:
        """The branches in random order."""
        self._branches.shuffle(options)

    @property
    def _branches(self) -> Random:
        """The stream of the clause's choices, made only when one is drawn: it costs as much as placing a point."""
        if self._branch is None:
            self._branch = stream(self._named[0], "branch", self._named[1], *self._at)
        return self._branch


def _drawn(
    problem: Problem,
    steps: Sequence["_Step"],
    rng: _Stream,
    limits: Limits,
    coinciding: Collection[int],
    digits: int,
) -> Diagram | list[_FailedError]:
    """A diagram within the limits, or what went wrong in each attempt."""
    failures: list[_FailedError] = []
    for attempt in range(limits.tries):
        try:
            points = _exact(problem, _attempt(steps, rng, attempt, limits, coinciding))
            return Diagram(points) if digits == 15 else _many_digits(problem, points, digits)
        except _FailedError as failure:
            failures.append(failure)
    return failures


def _forced(failures: Sequence[_FailedError]) -> set[int]:
    """The furthest clause that was reached, if every attempt that reached it made a coincidence there."""
    index = max(failure.index for failure in failures)
    reached = [failure for failure in failures if failure.index == index]
    return {index} if len(reached) >= 8 and all(failure.same for failure in reached) else set()


def _undrawable(problem: Problem, levels: Sequence[Sequence[_FailedError]]) -> DrawingError:
    """The furthest clause that was reached under any limits, and what went wrong there most often."""
    failures = [failure for level in levels for failure in level]
    index = max(failure.index for failure in failures)
    reason, _ = Counter(failure.reason for failure in failures if failure.index == index).most_common(1)[0]
    return DrawingError(f"clause {index + 1} '{problem.clauses[index]}' cannot be drawn: {reason}")


class _Source:
    """A construction, prepared for many attempts.

    Attributes:
        place: where its new points lie.
        outputs: its new points.
        inputs: the points that it starts from.
        angles: its angle in half turns, if it has one.
    """

    def __init__(self, construction: Construction):
        self.place = construction.definition.place
        self.outputs, self.inputs = construction.outputs, construction.inputs
        angles = construction.args[-1:] if construction.definition.numbers else ()
        self.angles = [float(half_turns(angle)) for angle in angles]

    def given(self, points: Mapping[str, complex]) -> list[Any]:
        """What it starts from."""
        return [*[points[point] for point in self.inputs], *self.angles]

    def locus(self, points: Mapping[str, complex]) -> Locus:
        """Where its new point lies, if that is a locus."""
        assert isinstance(self.place, On)
        return self.place.locus(*self.given(points))


class _Step:
    """One clause, prepared for many attempts.

    Attributes:
        points: its new points.
        fixed: the construction that determines them or draws them freely, if there is one.
        loci: the constructions that are loci.
        determined: whether there are finitely many places for them.
        conditions: what is assumed, and by which construction.
        checked: facts that placing the points does not see to.
    """

    def __init__(self, clause: Clause):
        sources = [_Source(one) for one in clause.constructions]
        fixed = [one for one in sources if not isinstance(one.place, On)]
        self.points = clause.points
        self.fixed = fixed[0] if fixed else None
        self.loci = [one for one in sources if isinstance(one.place, On)]
        self.determined = not isinstance(self.fixed.place, Free) if self.fixed else len(self.loci) > 1
        self.conditions = [(one, fact) for one in clause.constructions for fact in one.conditions]
        simple = len(clause.constructions) == 1 or (len(clause.constructions) == 2 == len(self.loci))
        self.checked = [] if simple else [fact for one in clause.constructions for fact in one.facts]


@lru_cache(maxsize=1 << 12)  # a problem is drawn many times
def _step(clause: Clause) -> _Step:
    return _Step(clause)


def _attempt(
    steps: Sequence[_Step], rng: _Stream, attempt: int, limits: Limits, coinciding: Collection[int]
) -> dict[str, complex]:
    """Coordinates of all points, or _FailedError."""
    points: dict[str, complex] = {}
    figure = Diagram(points)
    for index, step in enumerate(steps):
        rng.at(index, attempt)
        for construction, fact in step.conditions:
            if not figure.holds(fact):
                raise _FailedError(index, f"'{construction}' assumes that {fact.say()}")
        try:
            points.update(_placed(index, step, points, rng, limits, index in coinciding))
        except (ArithmeticError, IndexError, ValueError):
            raise _FailedError(index, "the points that it starts from are degenerate") from None
    return points


def _placed(
    index: int, step: _Step, points: Mapping[str, complex], rng: Random, limits: Limits, coinciding: bool
) -> dict[str, complex]:
    """The new points of one clause, or _FailedError."""
    failures: list[_FailedError] = []
    for _ in range(1 if step.determined else 6):
        for choice in _choices(step, points, rng, limits):
            fault = crowded(list(points.values()), list(choice.values()), limits, coinciding)
            if fault is not None:
                failures.append(_FailedError(index, *fault))
            elif _all_hold(step.checked, {**points, **choice}):
                return _snapped(choice, points.values()) if coinciding else choice
    none = _FailedError(index, "no point meets all that it asks")
    raise min(failures, key=lambda failure: failure.same, default=none)  # a coincidence only if there is nothing else


def _snapped(choice: Mapping[str, complex], old: Collection[complex]) -> dict[str, complex]:
    """The new points, those that coincide with old ones exactly there."""
    return {name: next((p for p in old if abs(z - p) <= SAME), z) for name, z in choice.items()}


def _choices(step: _Step, points: Mapping[str, complex], rng: Random, limits: Limits) -> list[dict[str, complex]]:
    """Places for the new points, in random order but coincidences last."""
    if step.fixed is not None:
        place, given = step.fixed.place, step.fixed.given(points)
        assert not isinstance(place, On)
        found: list[Points] = [place.points(rng, *given)] if isinstance(place, Free) else place.choices(*given)
        choices = [dict(zip(step.fixed.outputs, choice, strict=True)) for choice in found]
    else:
        loci = [one.locus(points) for one in step.loci]
        crossings = [] if len(loci) == 1 else meet(loci[0], loci[1])
        if not crossings:
            z = loci[0].sample(rng)  # of the only locus, or of two that are the same
            crossings = [z] if all(abs(one.miss(z)) <= SAME for one in loci) else []
        choices = [{step.points[0]: z} for z in crossings if not limits.rays or all(one.has_side(z) for one in loci)]
    if len(choices) < 2:
        return choices
    rng.shuffle(choices)
    old = points.values()
    return sorted(choices, key=lambda choice: any(abs(z - p) <= SAME for z in choice.values() for p in old))


def _all_hold(facts: Sequence[Fact], points: Mapping[str, complex]) -> bool:
    figure = Diagram(points)
    return all(figure.holds(fact) for fact in facts)


def crowded(
    old: list[complex], new: Sequence[complex], limits: Limits, coinciding: bool = False
) -> tuple[str, bool] | None:
    """What is wrong with adding points to others, and whether it is only a coincidence; None if all is well.

    Args:
        old: points, left as they are.
        new: points, looked at one after the other.
        limits: what all points must keep to.
        coinciding: whether new points may lie exactly on others.
    """
    points = old[:]
    for z in new:
        if not abs(z) <= limits.far:
            return "its points are too far away", False
        vectors: list[tuple[float, float, float]] = []
        for p in points:
            v = p - z
            distance = abs(v)
            if distance >= limits.near:
                vectors.append((v.real, v.imag, distance))
            elif distance > SAME:
                return "its points come too near to others", False
            elif not coinciding:
                return "a new point coincides with another", True
        for i, (x, y, d) in enumerate(vectors):
            for u, w, e in vectors[:i]:
                area = abs(x * w - y * u)
                longest = d * d if d > e else e * e
                if SAME * longest < area < limits.flat * longest:
                    return "its points almost lie on a line with others", False
        points.append(z)
    return None


def settled(problem: Problem, points: Mapping[str, complex]) -> Diagram:
    """The diagram of these points, moved by less than a millionth to where all premises hold up to 1e-12.

    Args:
        problem: a problem without coincident points.
        points: its points, all premises nearly true; so placed that its conditions hold.

    Raises:
        DrawingError: a premise cannot be mended, so the points are too ill-conditioned.
    """
    try:
        return Diagram(_exact(problem, dict(points)))
    except _FailedError as failure:
        raise _undrawable(problem, [[failure]]) from None


def _exact(problem: Problem, points: dict[str, complex]) -> dict[str, complex]:
    """The points, mended where rounding has moved a guaranteed fact by more than 1e-12; or _FailedError."""
    figure = Diagram(points)
    missed = [(figure.residual(fact), fact, index) for fact, index in problem.guarantees]
    for residual, fact, index in missed:
        if residual == math.inf:
            raise _FailedError(index, f"'{fact}' says nothing about points that coincide")
    if all(residual <= EXACT for residual, _, _ in missed):
        return points
    mended = _mended(problem, points, points, 15, EXACT / 10, 6)
    _check_exact(problem, points, Diagram(mended))
    return mended


def _many_digits(problem: Problem, points: dict[str, complex], digits: int) -> Diagram:
    """The diagram with so many digits, or _FailedError."""
    from mpmath import MPContext  # type: ignore[import-untyped]

    context = MPContext()
    context.dps = digits + 15
    fine = {name: context.mpc(z.real, z.imag) for name, z in points.items()}
    figure = Diagram(_mended(problem, points, fine, digits, 10.0 ** -(digits + 5), 60), digits)
    _check_exact(problem, points, figure)
    return figure


def _mended(
    problem: Problem, points: Mapping[str, complex], fine: Mapping[str, Any], digits: int, goal: float, steps: int
) -> dict[str, Any]:
    """The points, of any precision, after Newton's method on all that is guaranteed; coincident ones as one."""
    names = {name: next(other for other in points if points[other] == z) for name, z in points.items()}
    figure = Diagram(points)
    facts = [_renamed(fact, names) for fact in problem.premises]
    parts = [part for fact in facts if fact is not None for part in _parts(fact, figure)]
    equations = [(part.points, partial(_misses, part, digits)) for part in parts]
    rough = {name: points[name] for name in names.values()}
    moved = refined(equations, {name: fine[name] for name in rough}, rough, goal, steps)
    return {name: moved[other] for name, other in names.items()}


def _renamed(fact: Fact, names: Mapping[str, str]) -> Fact | None:
    """The fact about other points, or None if that is no fact, because it is about too few."""
    args = [names.get(arg, arg) for arg in fact.args]
    try:
        return Fact(fact.name, tuple(dict.fromkeys(args) if PREDICATES[fact.name].more else args))
    except FactError:
        return None


def _check_exact(problem: Problem, rough: Mapping[str, complex], figure: Diagram) -> None:
    """_FailedError if the mended figure breaks a guaranteed fact or is another one."""
    moved = any(abs(complex(z) - rough[name]) > MARGIN for name, z in figure.points.items())
    for fact, index in problem.guarantees:
        if moved or not figure.holds(fact):
            raise _FailedError(index, f"it is too ill-conditioned for {figure.digits} digits of '{fact}'")


def _parts(fact: Fact, figure: Diagram) -> list[Fact]:
    """A fact about many points of a line or circle, as facts about one more than determine it: always the same ones."""
    points = fact.points
    if fact.name not in ("coll", "cyclic") or len(points) == PREDICATES[fact.name].points:
        return [fact]
    chosen = (farthest if fact.name == "coll" else spread)([figure.points[point] for point in points])
    base = tuple(points[k] for k in chosen)
    return [Fact(fact.name, (*base, point)) for point in points if point not in base]


def _misses(fact: Fact, digits: int, points: Mapping[str, Any]) -> list[Any]:
    floats = isinstance(points[fact.points[0]], complex)
    return Diagram(points, 15 if floats else digits).equations(fact)
