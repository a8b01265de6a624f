"""From a closure to a proof: every fact says why, back to the premises.

The closure only logs which rule it used on which points and which equations were news. Here each need of a rule becomes
a fact again, and each fact that algebra gave becomes the unique combination of the equations it follows from: they
are independent, so it uses no equation younger than the fact itself, and the recursion ends.

Reference: the traceback of [Trinh2024], without its linear programs.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import lcm

from porism.symbolic.closure import Closure
from porism.symbolic.explain import TraceError, ages, earliest, explain
from porism.symbolic.facts import Fact
from porism.symbolic.history import History, Named, bound, pair, sine
from porism.symbolic.kernel import state as log
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, Term, Unknown
from porism.symbolic.rules import RULES
from porism.symbolic.sums import (
    DIRECTION,
    LENGTH,
    LOG,
    SQUARE,
    SYSTEMS,
    Sum,
    collected,
    constant,
    pythagoras,
    squared,
    sums,
)

DEPTH = 20_000  # frames; a step takes four


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a sum, before its fact has a number."""

    coefficient: Fraction
    unknowns: Named
    constant: Fraction
    need: Fact


@dataclass(frozen=True, slots=True)
class Entry:
    """One step before it has a number."""

    by: Rule | tuple[int, tuple[Part, ...]]  # a rule, or a system and its terms
    needs: tuple[Fact, ...]
    conditions: tuple[Fact, ...] = ()


def trace(closure: Closure, goals: Sequence[Fact]) -> Proof:
    """The proof of goals that the closure knows.

    Raises:
        TraceError: a fact was taken for true by a collision of hashes.
    """
    with _deep():
        entries = _Tracer(closure).entered([part for goal in goals for part in _parts(goal)])
    return _numbered(closure.problem, closure, entries)


def traces(closure: Closure, goals: Sequence[Fact]) -> Iterator[Proof | None]:
    """A proof of each goal alone, or None where none can be extracted; what they share is traced once."""
    for goal, entries in _each(closure, goals):
        problem = Problem(closure.problem.clauses, (goal,))
        yield _numbered(problem, closure, entries) if entries is not None else None


def needs(closure: Closure, goals: Iterable[Fact]) -> Iterator[tuple[Fact, frozenset[Fact], int]]:
    """Each goal that has a proof, with the premises that it uses and its number of steps; as lazy as ``goals``."""
    for goal, entries in _each(closure, goals):
        if entries is not None:
            premises = frozenset(fact for fact, entry in entries.items() if entry is None)
            yield goal, premises, len(entries) - len(premises)


def _each(closure: Closure, goals: Iterable[Fact]) -> "Iterator[tuple[Fact, dict[Fact, Entry | None] | None]]":
    tracer = _Tracer(closure)
    for goal in goals:
        try:
            with _deep():
                entries = tracer.entered(_parts(goal))
        except TraceError:
            yield goal, None
        else:
            yield goal, entries


@contextmanager
def _deep() -> Iterator[None]:
    """Room for the recursion of long proofs; one that does not end is no proof."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        yield
    except RecursionError:
        raise TraceError("a fact that needs itself") from None
    finally:
        sys.setrecursionlimit(limit)


def _parts(goal: Fact) -> list[Fact]:
    """A goal as facts that are proved one by one: more than three points on a line are so three by three."""
    if goal.name != "coll":
        return [goal]
    first, second, *others = goal.points
    return [Fact("coll", (first, second, other)) for other in others]


class _Tracer:
    """Collects the entries that the goals need."""

    def __init__(self, closure: Closure) -> None:
        self.closure, self.history, self.number = closure, History(closure), closure.number
        self.premises = frozenset(closure.premises)
        self.entries: dict[Fact, Entry] = {}

    def entered(self, goals: Sequence[Fact]) -> dict[Fact, Entry | None]:
        """What the goals need, each fact after its needs; premises have no entry."""
        order: dict[Fact, Entry | None] = {}
        stack = [(self.prove(goal), False) for goal in reversed(goals)]
        while stack:
            fact, done = stack.pop()
            if fact in order:
                continue
            entry = self.entries.get(fact) if fact not in self.premises else None
            if done or entry is None:
                order[fact] = entry
            else:
                stack.append((fact, True))
                stack.extend((need, False) for need in reversed(entry.needs))
        return order

    def prove(self, fact: Fact) -> Fact:
        """See to it that ``fact`` has an entry; returns it, or a fact of a circle with more points."""
        if fact in self.premises or fact in self.entries:
            return fact
        mirrored = "-mirror" * fact.name.endswith("2")
        match fact.name:
            case "cyclic":
                return self.circle(self.history.cluster(fact.points), fact.points)
            case "circle":
                return self.centre(fact.points)
            case "midp":
                m, a, b = fact.points
                return self.rule("midpoint", (a, b, m))
            case "simtri" | "simtri2":
                return self.rule("similar-aa" + mirrored, fact.args)
            case "contri" | "contri2":
                return self.rule("congruent" + mirrored, fact.args)
            case "coll":
                (_, one), (_, two) = sums(fact, self.number)
                third = ((one[1][0], 1), (two[1][0], -1))
                return self.algebra(fact, DIRECTION, earliest(self.closure, DIRECTION, [one, two, third]))
            case "eqsine":
                a, b, c, d, e, f, g, h = fact.points
                unknowns = self.history.sines()
                return self.algebra(fact, LOG, ((unknowns[sine(a, b, c, d)], 1), (unknowns[sine(e, f, g, h)], -1)))
            case _:
                system, one = next(sums(fact, self.number))
                return self.algebra(fact, system, one)

    def happened(self, event: int) -> Fact:
        """Enter the fact of an event, with the reason that the log gives."""
        code, *arguments = self.history.events[event]
        fact = self.history.said(event)
        if fact in self.premises or fact in self.entries:
            return fact
        if code >= 0:
            id, points = self.history.rule(event)
            if id == "circle":
                return self.centre(points)
            return self.rule(id, points, arguments[9] if id == "pascal" else arguments[6])
        if code in _ALGEBRA:
            system = _ALGEBRA[code]
            return self.algebra(fact, system, next(one for which, one in sums(fact, self.number) if which == system))
        if code == log.SQUARE_PERPENDICULAR:
            return self.algebra(fact, SQUARE, pythagoras(fact, self.number))
        return self.prove(fact)

    # Rules

    def rule(self, id: str, points: Sequence[str], cluster: int = -1) -> Fact:
        """Enter the conclusion of a rule, and its needs; ``cluster``: whose circle, for a need of any circle."""
        templates, conclusion, conditions = RULES[id].parts
        letters = dict(zip(RULES[id].letters, points, strict=True))
        fact = bound(conclusion, letters)
        if fact in self.premises or fact in self.entries:
            return fact
        needs = []
        for template in templates:
            if template[0] == "*on":
                needs.append(self.circle(cluster, sorted({letters[x] for x in template[1]})))
            elif template[0] == "central":
                needs.append(self.half(*(letters[x] for x in template[1])))
            elif not self._void(bound(template, letters)):
                needs.append(self.prove(bound(template, letters)))
        return self._enter(fact, Rule(id, tuple(points)), needs, {bound(template, letters) for template in conditions})

    def centre(self, points: Sequence[str]) -> Fact:
        """Enter that the first point is the centre of a circle through the others, by its radii."""
        o, first, *others = points
        radii = [self.prove(Fact("cong", (o, first, o, other))) for other in others]
        return self._enter(Fact("circle", tuple(points)), Rule("circle", tuple(points)), radii)

    def half(self, o: str, a: str, b: str, x: str) -> Fact:
        """Enter ``central o a b x``, which was known as an angle at a, where oa = ob.

        The fact tells the angle at that end of the chord whose name comes first. If that was not known by then, the
        base angles of the triangle carry it over: their equation is the sum of both.
        """
        fact, there = Fact("central", (o, a, b, x)), self.number | {a: self.number[b], b: self.number[a]}
        (_, one), (_, other) = next(sums(fact, self.number)), next(sums(fact, there))
        known = ages(self.closure, DIRECTION, one)
        in_time = fact.points[1] == a or (known and known <= ages(self.closure, DIRECTION, other))
        if in_time or fact in self.entries:
            return self.prove(fact)
        parts = [replace(part, coefficient=-part.coefficient) for part in self._terms(DIRECTION, other)]
        return self._added(fact, DIRECTION, [*self._base(o, a, b), *parts])

    def _base(self, o: str, a: str, b: str) -> Iterator[Part]:
        """That ab - oa = ob - ab, where oa = ob; with o on ab that is twice the same line."""
        if self.closure.diagrams[0].holds(Fact("ncoll", (o, a, b))):
            rows, need = [{pair(a, b): 2, pair(o, a): -1, pair(o, b): -1}], self.rule("isosceles-angles", (a, b, o))
        else:
            rows, need = [{pair(a, b): 1, pair(o, end): -1} for end in (a, b)], self.prove(Fact("coll", (o, a, b)))
        for row in rows:
            yield Part(Fraction(1), tuple(sorted(row.items())), Fraction(0), need)

    def _void(self, fact: Fact) -> bool:
        """Whether a fact holds for any points, such as AB = AB."""
        rows = [one for system, one in sums(fact, self.number) if system in (DIRECTION, LOG)]
        return bool(rows) and not any(any(collected(one).values()) for one in rows)

    def _enter(
        self,
        fact: Fact,
        by: Rule | tuple[int, tuple[Part, ...]],
        needs: Sequence[Fact],
        conditions: Iterable[Fact] = (),
    ) -> Fact:
        self.entries.setdefault(fact, Entry(by, tuple(dict.fromkeys(needs)), tuple(sorted(conditions))))
        return fact

    # Algebra

    def algebra(self, fact: Fact, system: int, one: Sum) -> Fact:
        """Enter a fact that follows as a sum of equations."""
        sources = self._sources(system, one)
        if len(sources) == 1 and sources[0][2][0] == log.EVENT:
            event = sources[0][2][1]
            if self.history.said(event) == fact:
                return self.happened(event)
        return self._added(fact, system, self._terms(system, one))

    def _added(self, fact: Fact, system: int, parts: Sequence[Part]) -> Fact:
        """Enter a fact that is the sum of parts."""
        conditions = {_between(part.unknowns) for part in parts if system == LENGTH and part.need.name == "coll"}
        if system == DIRECTION and _divisor(parts) > 1:
            conditions.add(fact)
        return self._enter(fact, (system, tuple(parts)), [part.need for part in parts], conditions)

    def _sources(self, system: int, one: Sum) -> list[tuple[int, Fraction, list[int]]]:
        """The equations that a sum follows from: number, weight and source."""
        source = self.closure.table(system).source
        return [(k, weight, source[k].tolist()) for k, weight in explain(self.closure, system, one)]

    def _terms(self, system: int, one: Sum) -> list[Part]:
        """A sum as parts, whose facts are entered."""
        sources = self._sources(system, one)
        circles = self._circles([source for _, _, source in sources])
        parts: list[Part] = []
        for k, weight, (kind, of, *corners) in sources:
            if kind == log.SINES:
                parts += self._sines(weight, of, corners[0])
            else:
                parts.append(self._part(weight, system, k, self.happened(of) if kind == log.EVENT else circles[of]))
        return _summed(parts) if any(kind == log.SINES for _, _, (kind, *_) in sources) else parts

    def _part(self, weight: Fraction, system: int, k: int, need: Fact) -> Part:
        """Equation k of a table as a term; the fact may tell a multiple of it."""
        unknowns = self.history.spelled(system, k)
        if system == LOG and squared(need):
            unknowns, weight = tuple((name, 2 * c) for name, c in unknowns), weight / 2
        return Part(weight, unknowns, constant(need, system, dict(unknowns)), need)

    def _circles(self, sources: Sequence[Sequence[int]]) -> dict[int, Fact]:
        """For every cluster among the sources a fact that has all its points that are spoken of."""
        spoken: dict[int, tuple[set[str], bool]] = {}
        for kind, c, *points in sources:
            if kind not in (log.EVENT, log.SINES):
                on = {self.closure.points[i] for i in (points[:1] if kind == log.RADIUS else points)}
                before, centred = spoken.get(c, (set(), False))
                spoken[c] = before | on, centred or kind != log.CHORD
        return {c: self.circle(c, sorted(on), centred) for c, (on, centred) in spoken.items()}

    def _sines(self, weight: Fraction, k: int, m: int) -> Iterator[Part]:
        """The law of sines for two corners of a triangle, and the equal angles whose sines stand for theirs."""
        corner, name = self.history.corner, self.history.sine
        (x, *arms), (y, *_) = corner(k), corner(m)
        (z,) = set(arms) - {y}
        total = {pair(y, z): 1, pair(z, x): -1, name(k): -1, name(m): 1}
        yield Part(weight, tuple(sorted(total.items())), Fraction(1), self.rule("law-of-sines", (y, z, x)))
        for this, sign in ((k, 1), (m, -1)):
            other = int(self.closure.state.sines[this, 1])
            if other != this:
                total = {name(this): 1, name(other): -1}
                need = self.prove(self._equal(this, other))
                yield Part(sign * weight, tuple(sorted(total.items())), Fraction(1), need)

    def _equal(self, k: int, m: int) -> Fact:
        """The equality of two corners, which for right angles has two spellings: the one that was known first."""
        (v, u, w), (x, y, z) = self.history.corner(k), self.history.corner(m)
        both = (Fact("eqangle", (v, u, v, w, x, y, x, z)), Fact("eqangle", (v, u, v, w, x, z, x, y)))
        ways = {next(sums(fact, self.number))[1]: fact for fact in both if self.closure.diagrams[0].holds(fact)}
        return ways[earliest(self.closure, DIRECTION, list(ways))]

    # Circles

    def circle(self, c: int, points: Sequence[str], centred: bool = False) -> Fact:
        """Enter a fact that has ``points`` on the circle of cluster c, with its centre if that is asked for."""
        groups, (_, o, centre_why, _) = self.history.growths[c], self.closure.state.circle[c].tolist()
        wanted, needs = set(points), []
        members = [point for _, group in groups for point in group]
        told = centre_why == groups[0][0]  # the centre, or needless
        if centred and not told:
            needs.append(self._middle(c, centre_why, wanted))
            wanted |= set(_on(needs[0])) & set(members)
            told = True
        for why, group in reversed(groups[1:]):
            del members[-len(group) :]
            if new := wanted & set(group):
                needs.append(self._grown(why, new, members))
                shared = set(_on(needs[-1])) & set(members)
                wanted = (wanted - set(group)) | shared
                if len(shared) < 3 and not told:  # it is the same circle by its centre
                    needs.append(self._middle(c, centre_why, wanted))
                    wanted |= set(_on(needs[-1])) & set(members)
                    told = True
        needs = list(dict.fromkeys([self.happened(groups[0][0]), *reversed(needs)]))
        centre = self.closure.points[o] if centred else ""
        needs = _indispensable(needs, set(points), centre)
        for need in needs:
            if set(points) <= set(_on(need)) and (need.points[0] == centre or not centred):
                return need
        on = set(points)
        while len(on) < (3 if centred else 4):
            on.add(min({point for need in needs for point in _on(need)} - on))
        fact = Fact("circle", (centre, *on)) if centred else Fact("cyclic", tuple(on))
        return fact if fact in self.premises else self._enter(fact, Rule("circles", ()), needs)

    def _middle(self, c: int, why: int, wanted: set[str]) -> Fact:
        """The fact that told the centre of a cluster, and of which points that were there before."""
        if why >= 0:
            return self.happened(why)
        theirs = {point for _, group in self.history.growths[-1 - why] for point in group}
        before = [p for reason, group in self.history.growths[c] for p in group if reason != why and p in theirs]
        return self.circle(-1 - why, sorted((wanted & theirs) | set(before[:3])), centred=True)

    def _grown(self, why: int, new: set[str], members: Sequence[str]) -> Fact:
        """The fact that put new points on a cluster: an event's, or one of the cluster that was merged into it."""
        if why >= 0:
            return self.happened(why)
        other = -1 - why
        both = set(members) & {point for _, group in self.history.growths[other] for point in group}
        return self.circle(other, sorted(new | set(sorted(both)[:3])), centred=len(both) < 3)


_ALGEBRA = {
    log.LENGTH_RATIO: LENGTH,
    log.LOG_RATIO: LOG,
    log.LOG_SQUARES: LOG,
    log.SQUARE_RATIO: SQUARE,
    log.PERPENDICULAR: DIRECTION,
}


def _on(fact: Fact) -> tuple[str, ...]:
    return fact.points[1:] if fact.name == "circle" else fact.points


def _indispensable(needs: list[Fact], points: set[str], centre: str) -> list[Fact]:
    """The facts of one circle without those that the others can do without."""
    for need in reversed(needs):
        rest = [other for other in needs if other != need]
        if _one_circle(rest, points, centre):
            needs = rest
    return needs


def _one_circle(facts: list[Fact], points: set[str], centre: str) -> bool:
    """Whether facts that share three points, or a centre and a point, say that all points lie on one circle."""
    on, centres, left = set[str](), set[str](), list(facts)
    while left:
        for fact in left:
            middle = {fact.points[0]} if fact.name == "circle" else set()
            shared = on & set(_on(fact))
            if not on or len(shared) > 2 or (shared and middle & centres):
                on, centres = on | set(_on(fact)), centres | middle
                left.remove(fact)
                break
        else:
            return False
    return points <= on and (not centre or centre in centres)


def _between(unknowns: Named) -> Fact:
    """The condition under which lengths on a line add up: |pq| + |qr| = |pr|."""
    total = sum(c for _, c in unknowns)
    whole = next(name for name, c in unknowns if c * total < 0)
    (middle,) = {point for name, _ in unknowns for point in name} - set(whole)
    return Fact("between", (middle, *whole))


def _summed(parts: Sequence[Part]) -> list[Part]:
    """The parts, like ones summed; two corners may share an angle and cancel it."""
    total: dict[Part, Fraction] = {}
    for part in parts:
        key = replace(part, coefficient=Fraction(0))
        total[key] = total.get(key, Fraction(0)) + part.coefficient
    return [replace(part, coefficient=weight) for part, weight in total.items() if weight]


def _divisor(parts: Sequence[Part]) -> int:
    return lcm(*(part.coefficient.denominator for part in parts))


def _numbered(problem: Problem, closure: Closure, entries: dict[Fact, Entry | None]) -> Proof:
    """The entries as a proof: premises first, in the problem's order."""
    premises = tuple(fact for fact in dict.fromkeys(closure.premises) if fact in entries)
    steps = {fact: entry for fact, entry in entries.items() if entry is not None}
    number = {fact: i for i, fact in enumerate((*premises, *steps))}
    return Proof(problem, premises, tuple(_step(fact, entry, number) for fact, entry in steps.items()))


def _step(fact: Fact, entry: Entry, number: dict[Fact, int]) -> Step:
    needs = tuple(sorted(number[need] for need in entry.needs))
    if isinstance(entry.by, Rule):
        return Step(fact, entry.by, needs, entry.conditions)
    system, parts = entry.by
    terms = tuple(
        Term(part.coefficient, Equation(_unknowns(part.unknowns, number[part.need]), part.constant), number[part.need])
        for part in sorted(parts, key=lambda part: (number[part.need], part.unknowns))
    )
    return Step(fact, Algebra(SYSTEMS[system], terms, _divisor(parts)), needs, entry.conditions)


def _unknowns(unknowns: Named, number: int) -> tuple[tuple[Unknown, Fraction], ...]:
    """Unknowns of a circle get the number of the fact that speaks of it."""
    named = [((name[0], "@", str(number)) if name[1] == "@" else name, _whole(c)) for name, c in unknowns]
    return tuple(sorted(named))


_whole = cache(Fraction)  # few are in use, and making one is slow
