"""Random figures for theorems: clause after clause, each placed at once on the points that are there.

A figure starts from a triangle or another free figure. A further clause is one construction of its own, the
intersection of two loci, now and then a point with a freedom, or the image of an earlier clause under a symmetry of the
start: the foot from a, then the foot from b. Points that occur together in what is guaranteed are *linked*, and a
construction prefers linked points, so that it speaks of lines and circles that are there already. A clause whose
conditions fail, or whose points crowd or coincide with others, is chosen again; nothing is drawn twice.

Reference: the random premises of [Trinh2024, Methods], which draws constructions uniformly.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate, combinations
from random import Random
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from porism.errors import InputError
from porism.seeds import stream
from porism.symbolic.constructions import CONSTRUCTIONS, Definition, half_turns
from porism.symbolic.diagram import SAME, TOLERANCE, Diagram, DrawingError, Limits, crowded, settled
from porism.symbolic.facts import Fact
from porism.symbolic.loci import meet
from porism.symbolic.measures import CONDITIONS, EQUATIONS, MARGIN
from porism.symbolic.placement import At, Free, On, Placement, Points
from porism.symbolic.problem import Clause, Construction, Problem

NAMES = "abcdefghijklmnopqrstuvwxyz"
FEWEST, MOST = 4, 25
ANGLES = ("15", "22.5", "30", "45", "60", "90", "120", "135")
TRIES = 40  # choices of a clause before the figure is given up
LINKED = 0.75  # how often a construction goes on from one of its points along a link
FRESH = 0.85  # how often it avoids a point that it has already
WEIGHTS = {  # how often a construction is chosen among its like, by what it adds to closures
    name: weight
    for weight, names in (
        (12, "triangle"),
        (6, "intersection_ll"),
        (4, "midpoint foot on_line"),
        (3, "quadrangle intersection_lc intersection_cc reflect on_circle on_circum"),
        (2, "segment circumcenter orthocenter incenter mirror parallelogram intersection_lp intersection_lt tangent"),
        (2, "on_pline on_tline on_bline on_dia iso_triangle r_triangle isquare rectangle"),
        (0.5, "free pentagon excenter2 ninepoints trisegment psquare nsquare cc_tangent cc_tangent0 trisect 3peq"),
        (0.5, "eqdistance angle_mirror on_opline on_aline on_aline2 eqangle3"),
        (0.3, "s_angle eqangle2"),
    )
    for name in names.split()
}
FERTILE = (  # of 1,300 figures, those with theorems that need auxiliary points had these most often
    *("triangle", "iso_triangle", "ieq_triangle", "risos", "isquare", "foot", "midpoint", "reflect", "circle"),
    *("circumcenter", "excenter", "lc_tangent", "intersection_cc", "on_line", "on_circle", "on_circum"),
    *("on_bline", "on_dia", "on_tline"),
)
PLAIN = ("triangle", "quadrangle", "pentagon", "segment", "free")
SWAPS = {  # starts with one symmetry of their own, as the image of each point; others are turned and turned over
    "iso_triangle": (0, 2, 1),
    "r_triangle": (0, 2, 1),
    "risos": (0, 2, 1),
    "eq_trapezoid": (1, 0, 3, 2),
    "eq_quadrangle": (1, 0, 3, 2),
    "eqdia_quadrangle": (1, 0, 3, 2),
}


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in CONSTRUCTIONS:
            near = get_close_matches(name, CONSTRUCTIONS, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(CONSTRUCTIONS))}"
            raise InputError(f"unknown construction {name!a}; {hint}")
    return names


def _range(points: tuple[int, int]) -> tuple[int, int]:
    fewest, most = points
    if not FEWEST <= fewest <= most <= MOST:
        raise InputError(f"write the fewest and the most points, {FEWEST} <= fewest <= most <= {MOST}")
    return points


Names = Annotated[tuple[str, ...], AfterValidator(_names)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Sampling(BaseModel):
    """What the figures are like.

    Attributes:
        points: fewest and most points of a figure, from 4 to 25; each size is as likely.
        symmetry: in [0, 1], how often the start is special (isosceles, right, a square, ...), and how often a clause is
            the image of an earlier one under a symmetry of the start.
        two_loci: in [0, 1], which share of the other clauses are intersections of two loci.
        loose: in [0, 1], which share of the rest leaves a freedom: a point of one locus, or anywhere.
        fertile: in [0, 1], which share of the figures is made of few constructions (``FERTILE``), from special starts
            and with much symmetry: they have theorems that need auxiliary points four times as often.
        only: if not empty, no other constructions are used.
        never: constructions that are not used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Annotated[tuple[int, int], AfterValidator(_range)] = (6, 10)
    symmetry: Share = 0.1
    two_loci: Share = 0.35
    loose: Share = 0.1
    fertile: Share = 0.05
    only: Names = ()
    never: Names = ()

    @model_validator(mode="after")
    def _starts(self) -> "Sampling":
        if not _urns(self.only, self.never).starts:
            starts = ", ".join(kind.name for kind in _KINDS if kind.starts)
            raise InputError(f"no construction is left to start from; allow one of {starts}")
        return self


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with general position but for what its constructions ask.

    Attributes:
        problem: without goals; its points are a, b, c, ... in order.
        diagram: a drawing of it, premises up to 1e-12.
    """

    problem: Problem
    diagram: Diagram


@dataclass(frozen=True, slots=True)
class Rejected:
    """A figure that was given up.

    Attributes:
        check: ``crowded``, ``coincident``, ``undrawable`` (most tries to go on failed so) or ``inexact``.
        reason: what went wrong in most tries, in words.
        text: what was built so far.
    """

    check: str
    reason: str
    text: str


def sample(sampling: Sampling, seed: int, index: int) -> Figure | Rejected:
    """The random figure number ``index``: a pure function of its arguments.

    Args:
        sampling: what the figures are like.
        seed: names the random stream, together with ``index``.
        index: which figure; any integer.

    >>> figure = sample(Sampling(points=(6, 6)), 0, 0)
    >>> figure.problem.points
    ('a', 'b', 'c', 'd', 'e', 'f')
    """
    rng = stream(seed, "figure", index)
    size = rng.randint(*sampling.points)
    sketch = _Sketch(rng, _fertile(sampling) if rng.random() < sampling.fertile else sampling, size)
    while len(sketch.points) < sketch.size:
        faults: Counter[_Fault] = Counter()
        while fault := sketch.grow():
            faults[fault] += 1
            if faults.total() == TRIES:
                (check, reason), _ = faults.most_common(1)[0]
                return Rejected(check, reason, "; ".join(map(str, sketch.clauses)))
    problem = Problem(tuple(sketch.clauses))
    try:
        return Figure(problem, settled(problem, dict(zip(NAMES, sketch.points, strict=False))))
    except DrawingError as error:
        return Rejected("inexact", str(error), str(problem))


# Constructions, prepared.

_Test: TypeAlias = Callable[..., bool]


class _Kind:
    """A construction, prepared for being chosen often. Its arguments are numbered, and so are its inputs.

    Attributes:
        name: the construction.
        place: where its new points lie.
        weight: how often it is chosen.
        outputs: which arguments are new points.
        inputs: for each point that it starts from the earlier ones to which its facts link it; they must differ.
        angle: whether the last argument is one.
        assumes: its conditions, each a test and the inputs it is of.
        isosceles: centre and ends of two segments between inputs that must be equal, which is seldom so by chance.
        links: which arguments its facts link.
        equals: centres and ends of two segments between arguments that become equal.
    """

    def __init__(self, definition: Definition):
        letters = definition.letters[: len(definition.letters) - definition.numbers]
        args = (*letters, "30")[: len(definition.letters)]
        facts, conditions = definition.facts(args), definition.conditions(args)
        pairs = {frozenset(pair) for fact in (*facts, *conditions) for pair in _pairs(fact)}
        olds = [letters[i] for i in definition.inputs if i < len(letters)]
        self.name, self.place, self.outputs = definition.name, definition.place, definition.outputs
        self.weight = WEIGHTS.get(definition.name, 1.0)
        self.inputs = [[k for k in range(i) if {olds[k], olds[i]} in pairs] for i in range(len(olds))]
        self.angle = bool(definition.numbers)
        self.assumes = [
            (_test(fact), [olds.index(x) for x in fact.points]) for fact in conditions if fact.name != "diff"
        ]
        self.isosceles = [tuple(map(olds.index, three)) for fact in conditions for three in _equal(fact)]
        linked = pairs if facts else combinations(letters, 2)  # all points of a free figure are
        self.links = sorted(tuple(sorted(map(letters.index, pair))) for pair in linked)
        self.equals = [tuple(map(letters.index, three)) for fact in facts for three in _equal(fact)]

    @property
    def starts(self) -> bool:
        """Whether it needs no points."""
        return not self.inputs

    def arguments(self, old: Sequence[int], first: int) -> list[int]:
        """The points in order, of which the new ones have the numbers from ``first`` on."""
        rest = iter(old)
        count = len(old) + len(self.outputs)
        return [first + self.outputs.index(i) if i in self.outputs else next(rest) for i in range(count)]


def _pairs(fact: Fact) -> Iterator[tuple[str, ...]]:
    """Which points a fact links: the ends of its segments, or all if it has none."""
    if fact.name in ("coll", "cyclic", "circle", "midp", "ncoll"):
        return combinations(fact.points, 2)
    return zip(fact.points[::2], fact.points[1::2], strict=True)


def _equal(fact: Fact) -> Iterator[tuple[str, ...]]:
    """Centres and ends of two equal segments with a common end."""
    points = fact.points
    if fact.name == "circle":
        yield from ((points[0], *two) for two in combinations(points[1:], 2))
    if fact.name == "cong":
        common = [point for point in points[:2] if point in points[2:]]
        yield from ((point, *(other for other in points if other != point)) for point in common)


def _test(condition: Fact) -> _Test:
    """Whether it holds of coordinates; ValueError if they are degenerate."""
    if condition.name in CONDITIONS:
        margin = CONDITIONS[condition.name]
        return lambda *points: bool(margin(*points) > MARGIN)
    misses = EQUATIONS[condition.name]
    return lambda *points: bool(max(map(abs, misses(*points))) <= TOLERANCE)


_KINDS = tuple(map(_Kind, CONSTRUCTIONS.values()))


class _Urn:
    """Constructions to draw from by weight."""

    def __init__(self, kinds: Iterable[_Kind]):
        self.kinds = list(kinds)
        self.sums = list(accumulate(kind.weight for kind in self.kinds))

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def draw(self, rng: Random) -> _Kind:
        return rng.choices(self.kinds, cum_weights=self.sums)[0]


class _Urns:
    """What may be chosen for what: to start from, as a locus, as a point of its own."""

    def __init__(self, only: tuple[str, ...], never: tuple[str, ...]):
        kinds = [kind for kind in _KINDS if (not only or kind.name in only) and kind.name not in never]
        self.starts = _Urn(kind for kind in kinds if kind.starts)
        self.plain = _Urn(kind for kind in kinds if kind.name in PLAIN)
        self.special = _Urn(kind for kind in kinds if kind.starts and kind.name not in PLAIN)
        self.loci = _Urn(kind for kind in kinds if isinstance(kind.place, On))
        self.loose = _Urn(kind for kind in kinds if isinstance(kind.place, On) or kind.name == "free")
        self.others = _Urn(kind for kind in kinds if not kind.starts and not isinstance(kind.place, On))


@lru_cache(maxsize=64)
def _urns(only: tuple[str, ...], never: tuple[str, ...]) -> _Urns:
    return _Urns(only, never)


@lru_cache(maxsize=16)
def _fertile(sampling: Sampling) -> Sampling:
    """The settings of a fertile figure, or the same if they leave no start for one."""
    allowed = [name for name in FERTILE if not sampling.only or name in sampling.only]
    only = tuple(name for name in allowed if name not in sampling.never)
    if not any(kind.starts and kind.name in only for kind in _KINDS):
        return sampling
    return sampling.model_copy(update={"only": only, "symmetry": 0.9, "loose": 0.05})


# One figure.

_Fault: TypeAlias = tuple[str, str]
"""Check and reason, as in :class:`Rejected`."""
_UNFIT = ("undrawable", "no choice of points fits a construction")
_FULL = ("undrawable", "no construction is left that makes so few points")
_NOWHERE = ("undrawable", "no point meets all that a construction asks")


@dataclass(frozen=True, slots=True)
class _Choice:
    """One or two constructions, for each the points that it starts from, and an angle for those that need one."""

    kinds: tuple[_Kind, ...]
    olds: tuple[tuple[int, ...], ...]
    angle: str

    @property
    def loose(self) -> bool:
        """Whether it leaves a freedom."""
        return isinstance(self.kinds[0].place, Free) or (len(self.kinds) == 1 and isinstance(self.kinds[0].place, On))

    def within(self, points: Container[int]) -> bool:
        """Whether it starts from these points only."""
        return all(point in points for old in self.olds for point in old)

    def under(self, image: Mapping[int, int]) -> "_Choice":
        """The same of the images of its points."""
        return _Choice(self.kinds, tuple(tuple(image[point] for point in old) for old in self.olds), self.angle)


@lru_cache
def _limits(size: int) -> Limits:
    """Room for so many points: there are more of them and many more triangles in a large figure."""
    return Limits(1, near=min(0.1, 1 / size), flat=min(0.012, 1.2 / size**2), far=2.6)


class _Sketch:
    """A figure in the making, its points by number.

    Attributes:
        size: how many points it shall have.
        limits: what they must keep to.
        points: where they are.
        clauses: what they are.
        links: for each point those that facts link it to, as often as they do.
        image: of points under the symmetry that the figure repeats its clauses by, as far as they are known.
        equals: centres and ends of two segments that are equal.
        alone: the choices whose image has not been tried, and their points.
    """

    def __init__(self, rng: Random, sampling: Sampling, size: int):
        self.rng, self.sampling, self.size = rng, sampling, size
        self.limits = _limits(size)
        self.urns = _urns(sampling.only, sampling.never)
        self.points: list[complex] = []
        self.clauses: list[Clause] = []
        self.links: list[list[int]] = []
        self.image: dict[int, int] = {}
        self.equals: list[tuple[int, ...]] = []
        self.alone: list[tuple[_Choice, range]] = []

    def grow(self) -> _Fault | None:
        """Try one more clause, and say why not."""
        if not self.points:
            return self._start()
        if self.rng.random() < self.sampling.symmetry:
            for number in reversed(range(len(self.alone))):
                choice, made = self.alone[number]
                if len(made) <= self.room and choice.within(self.image):
                    del self.alone[number]
                    return self._repeat(choice.under(self.image), made)
        return self._add(self._kinds())

    @property
    def room(self) -> int:
        """How many points it lacks."""
        return self.size - len(self.points)

    def _start(self) -> _Fault | None:
        """The first clause, and a symmetry for the others."""
        rng, urns = self.rng, self.urns
        special = urns.special and (not urns.plain or rng.random() < self.sampling.symmetry)
        kind = (urns.special if special else urns.plain).draw(rng)
        if len(kind.outputs) > self.size:
            return _FULL
        count, turn = len(kind.outputs), rng.randrange(1, max(2, len(kind.outputs)))
        turned = [(turn + i) % count for i in range(count)]
        overturned = [(turn - i) % count for i in range(count)]
        self.image = dict(enumerate(SWAPS.get(kind.name, rng.choice((turned, overturned)))))
        return self._place(_Choice((kind,), ((),), ""))

    def _kinds(self) -> tuple[_Kind, ...]:
        """One or two constructions of a new clause."""
        rng, urns = self.rng, self.urns
        if len(self.points) == 1:
            return (urns.starts.draw(rng),)
        if urns.loci and rng.random() < self.sampling.two_loci:
            return urns.loci.draw(rng), urns.loci.draw(rng)
        loose = not urns.others or len(self.points) == 2 or rng.random() < self.sampling.loose
        return (((urns.loose or urns.starts) if loose else urns.others).draw(rng),)

    def _add(self, kinds: tuple[_Kind, ...]) -> _Fault | None:
        """A clause of these constructions, from points at random."""
        if len(kinds[0].outputs) > self.room:
            return _FULL
        olds = [self._isosceles(kind) if kind.isosceles else self._linked(kind) for kind in kinds]
        angle = self.rng.choice(ANGLES) if any(kind.angle for kind in kinds) else ""
        found = tuple(old for old in olds if old is not None)
        if len(found) < len(kinds) or (len(set(kinds)) < len(kinds) and set(found[0]) == set(found[1])):
            return _UNFIT  # a locus does not meet itself, but a hyperbola may seem to, by rounding
        return self._place(_Choice(kinds, found, angle))

    def _linked(self, kind: _Kind) -> tuple[int, ...] | None:
        """Points to start from, of which those that the construction links are linked already, mostly."""
        old: list[int] = []
        for links in kind.inputs:
            point = self._next(old, [old[k] for k in links])
            if point is None:
                return None
            old.append(point)
        return tuple(old)

    def _next(self, old: Sequence[int], others: Sequence[int]) -> int | None:
        """One more point, none of these others and mostly a new one."""
        rng = self.rng
        for _ in range(8):
            near = self.links[rng.choice(others)] if others and rng.random() < LINKED else ()
            point = rng.choice(near) if near else rng.randrange(len(self.points))
            if point not in others and (point not in old or rng.random() > FRESH):
                return point
        return None

    def _isosceles(self, kind: _Kind) -> tuple[int, ...] | None:
        """Points to start from, two segments of which are known to be equal."""
        if not self.equals:
            return None
        chosen = dict(zip(kind.isosceles[0], self.rng.choice(self.equals), strict=True))
        for point in self.rng.sample(range(len(self.points)), len(self.points)):
            old = tuple(chosen.get(i, point) for i in range(len(kind.inputs)))
            if len(set(old)) == len(old) and self._met(kind, old):
                return old
        return None

    def _met(self, kind: _Kind, old: Sequence[int]) -> bool:
        """Whether the points meet the conditions."""
        try:
            return all(test(*(self.points[old[i]] for i in where)) for test, where in kind.assumes)
        except (ArithmeticError, ValueError):
            return False

    def _place(self, choice: _Choice) -> _Fault | None:
        """The clause, if there is room for its points."""
        return self._fitted(choice, self._places(choice))

    def _repeat(self, choice: _Choice, made: range) -> _Fault | None:
        """The image of the clause that made these points; the new points may be there already."""
        places, count = self._places(choice), len(self.points)
        fault = self._fitted(choice, places)
        if fault is None:
            self.image.update(zip(made, range(count, len(self.points)), strict=True))
        elif fault[0] == "coincident":
            for point, z in zip(made, places[0], strict=True):
                self.image.update((point, i) for i, p in enumerate(self.points) if abs(z - p) <= SAME)
        return fault

    def _places(self, choice: _Choice) -> list[Points]:
        """Where the new points may lie, in random order."""
        if not all(map(self._met, choice.kinds, choice.olds)):
            return []
        given: list[list[Any]] = [[self.points[i] for i in old] for old in choice.olds]
        for kind, args in zip(choice.kinds, given, strict=True):
            args.extend([float(half_turns(choice.angle))] if kind.angle else [])
        try:
            found = self._found([kind.place for kind in choice.kinds], given)
        except (ArithmeticError, IndexError, ValueError):
            return []
        self.rng.shuffle(found)
        return found

    def _found(self, places: Sequence[Placement], given: Sequence[Sequence[Any]]) -> list[Points]:
        """Where a construction puts its points, two loci meet, or a random point of one locus is."""
        place = places[0]
        if isinstance(place, Free):
            return [place.points(self.rng, *given[0])]
        if isinstance(place, At):
            return place.choices(*given[0])
        loci = [place.locus(*args) for place, args in zip(places, given, strict=True) if isinstance(place, On)]
        crossings = meet(loci[0], loci[1]) if len(loci) == 2 else [loci[0].sample(self.rng)]
        return [(z,) for z in crossings if all(locus.has_side(z) for locus in loci)]

    def _fitted(self, choice: _Choice, places: Sequence[Points]) -> _Fault | None:
        """The clause with its points at the first of these places where they do not crowd."""
        fault = _NOWHERE
        for place in places:
            crowd = crowded(self.points, place, self.limits)
            if crowd is None:
                return self._accepted(choice, place)
            fault = ("coincident" if crowd[1] else "crowded", crowd[0])
        return fault

    def _accepted(self, choice: _Choice, place: Points) -> _Fault | None:
        """The clause with its points here, unless its facts are degenerate."""
        first, after = len(self.points), len(self.points) + len(place)
        rows = [kind.arguments(old, first) for kind, old in zip(choice.kinds, choice.olds, strict=True)]
        try:
            named = [_named(kind, row, choice.angle) for kind, row in zip(choice.kinds, rows, strict=True)]
        except InputError:
            return _UNFIT
        self.clauses.append(Clause(tuple(NAMES[first:after]), tuple(named)))
        self.points.extend(place)
        self.links.extend([] for _ in place)
        if not choice.loose:
            self.alone.append((choice, range(first, after)))
        for kind, row in zip(choice.kinds, rows, strict=True):
            for i, j in kind.links:
                self.links[row[i]].append(row[j])
                self.links[row[j]].append(row[i])
            self.equals.extend(tuple(row[i] for i in three) for three in kind.equals)
        return None


def _named(kind: _Kind, row: Sequence[int], angle: str) -> Construction:
    return Construction(kind.name, (*(NAMES[i] for i in row), *([angle] if kind.angle else [])))
