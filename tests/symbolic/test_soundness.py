"""No wrong theorem: what the closure says of random problems holds in drawings that it has not seen.

A closure proposes what it sees. In general position that is what holds; in special position much more, and nothing of
that may be proved of the general text.
"""

from cmath import phase
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from math import isfinite, log, pi

import pytest
from symbolic.random_problems import random_problem, specials
from symbolic.test_trace import misses_by

from porism.symbolic.check import check, flaws
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram, DrawingError, draw
from porism.symbolic.explain import TraceError
from porism.symbolic.facts import Fact
from porism.symbolic.history import History
from porism.symbolic.kernel.state import EVENT
from porism.symbolic.kernel.tables import P
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Proof
from porism.symbolic.sums import DIRECTION, LOG
from porism.symbolic.trace import trace

UNSEEN = 2_000_000  # drawings with this index and more are no one else's
RANDOM, SPECIAL, HEAVY = 40, 30, 300
FEW, MANY = 8, 9  # points of a problem, at most
PROVED = 5  # of so many facts one is proved even if it holds everywhere


def drawings(problem: Problem, start: int, count: int) -> list[Diagram]:
    return [draw(problem, 0, start + index) for index in range(count)]


def random_closures(number: int, most: int) -> Iterator[tuple[Closure, list[Diagram]]]:
    """Closures of random problems in general position, and drawings that they have not seen."""

    def found() -> Iterator[tuple[Closure, list[Diagram]]]:
        index = 0
        while True:
            problem = random_problem(0, index, most)
            index += 1
            try:
                yield deduce_from(problem, problem.premises, drawings(problem, 0, 16)), drawings(problem, UNSEEN, 12)
            except DrawingError:
                continue

    return islice(found(), number)


def special_closures(number: int, most: int) -> Iterator[tuple[Closure, list[Diagram]]]:
    """Closures of random problems, drawn in special position once, and drawings in general position."""

    def found() -> Iterator[tuple[Closure, list[Diagram]]]:
        for problem, drawing in specials(0, 2 * number, most):
            try:
                yield deduce_from(problem, problem.premises, [drawing]), drawings(problem, UNSEEN, 12)
            except DrawingError:
                continue

    return islice(found(), number)


def fails(fact: Fact, drawing: Diagram) -> bool:
    """Whether a fact is false in a drawing; where two of its points coincide it says nothing."""
    return not drawing.holds(fact) and isfinite(drawing.residual(fact))


def proved(closure: Closure, fact: Fact) -> Proof:
    """Its proof, as one of a problem that asks for nothing else."""
    found = trace(closure, [fact])
    return replace(found, problem=replace(found.problem, goals=(fact,), written=()))


def wrong(closure: Closure, fact: Fact, fresh: Sequence[Diagram]) -> str:
    """What is wrong with a fact that is listed; empty if nothing is.

    A fact may fail where a choice was taken otherwise that the text leaves open. Then its proof lists a condition
    that fails there too.
    """
    try:
        proof = proved(closure, fact)
    except TraceError as error:
        return f"no proof: {error}"
    flaw = next(flaws(proof), "")
    if flaw:
        return flaw
    for drawing in fresh:
        if fails(fact, drawing) and all(map(drawing.holds, proof.conditions)):
            return "false where its conditions hold"
    return ""


def misses(closure: Closure, fresh: Sequence[Diagram]) -> list[str]:
    """What is wrong with the facts of a closure; of those that never fail only some are proved."""
    found = []
    for number, fact in enumerate(closure.facts()):
        reason = "" if closure.diagrams[0].holds(fact) else "it fails in the drawing"
        if number % PROVED == 0 or any(fails(fact, drawing) for drawing in fresh):
            reason = reason or wrong(closure, fact, fresh)
        if reason:
            found.append(f"{fact}: {reason} | {closure.problem}")
    return found


def check_random(number: int, most: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for closure, fresh in random_closures(number, most):
        assert misses(closure, fresh) == []
        failing = [fact for fact in closure.facts() if any(fails(fact, drawing) for drawing in fresh)]
        counts += Counter(problems=1, facts=closure.count, depending=len(failing))
    return counts


def check_special(number: int, most: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for closure, fresh in special_closures(number, most):
        assert misses(closure, fresh) == []
        failing = [fact for fact in closure.facts() if any(fails(fact, drawing) for drawing in fresh)]
        counts += Counter(problems=1, facts=closure.count, depending=len(failing))
        for fact in failing:  # in general position: a condition fails, so nothing is claimed
            if all(fails(fact, drawing) for drawing in fresh):
                assert not check(proved(closure, fact)).ok, (str(closure.problem), fact)
    return counts


def test_facts_of_random_problems_hold_in_unseen_drawings() -> None:
    counts = check_random(RANDOM, FEW)
    assert counts["problems"] == RANDOM
    assert counts["facts"] > 20 * RANDOM
    assert counts["depending"] < counts["facts"] / 100  # a rare choice, which 16 drawings have missed


@pytest.mark.heavy
def test_facts_of_many_random_problems_hold_in_unseen_drawings() -> None:
    counts = check_random(HEAVY, MANY)
    assert counts["problems"] == HEAVY
    assert counts["depending"] < counts["facts"] / 100


ACCIDENTS = {  # a text, what is added to its drawing, and what must not be known for it
    "a right angle on a side": (
        "a b c d = isquare a b c d; e f = square b d e f; h = on_circum h f e d",
        "",
        "coll a b d",
    ),
    "coinciding points": (
        "a b c = triangle a b c; d = intersection_ll d c b a c",
        "a b c = ieq_triangle a b c; d = intersection_ll d c b a c",
        "aconst a c b c 2 3",
    ),
    "coinciding centres": (
        "a b c = triangle a b c; d = circle d a b c; e = free e; f = circle f b c e",
        "a b c = triangle a b c; d = circle d a b c; e = on_circum e a b c; f = circle f b c e",
        "cyclic a b c e",
    ),
    "a point of contact": (
        "a b c = r_triangle a b c; d e = tangent d e c b a",
        "a b c = r_triangle a b c; d e = tangent d e c b a",
        "cyclic a b c d",
    ),
    "an equal arc": (
        "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c",
        "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c, eqdistance e d b c",
        "cong b c d e",
    ),
}


@pytest.mark.parametrize("name", ACCIDENTS)
def test_an_accident_is_not_known(name: str) -> None:
    text, special, fact = ACCIDENTS[name]
    problem = Problem.parse(text)
    closure = deduce_from(problem, problem.premises, [draw(Problem.parse(special or text))])
    assert not closure.knows(Fact.parse(fact))
    assert all(wrong(closure, listed, []) == "" for listed in closure.facts())


def test_nothing_derived_in_special_position_fails_in_general() -> None:
    counts = check_special(SPECIAL, FEW)
    assert counts["problems"] == SPECIAL
    assert counts["facts"] > 20 * SPECIAL
    assert counts["depending"] > SPECIAL  # or the figures are not special


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_nothing_derived_in_many_special_positions_fails_in_general() -> None:
    assert check_special(HEAVY, MANY)["problems"] == HEAVY


@pytest.mark.parametrize("index", range(8))
def test_events_and_what_the_tables_entail_hold_in_unseen_drawings(index: int) -> None:
    problem = random_problem(5, index, FEW)
    closure, fresh = deduce_from(problem, problem.premises, drawings(problem, 0, 16)), drawings(problem, UNSEEN, 3)
    history, seen = History(closure), closure.diagrams[0]
    for table in closure.tables:
        for kind, event, *_ in table.source.tolist():
            fact = history.said(event) if kind == EVENT else None
            if fact and fact not in closure.premises:
                assert not fails(fact, seen), (str(problem), fact)
                assert not any(fails(fact, drawing) for drawing in fresh) or not wrong(closure, fact, fresh)
    if any(abs(a - b) < 1e-6 for drawing in (seen, *fresh) for a, b in pairs_of(drawing)):
        return
    for system, values in ((DIRECTION, directions), (LOG, logarithms)):
        first, other = values(closure, seen), values(closure, fresh[0])
        for x, y, z, w in alike(closure, system):
            one, two = (v[x] - v[y] - v[z] + v[w] for v in (first, other))
            assert close(system, one, two), (str(problem), system, (x, y, z, w))


def alike(closure: Closure, system: int) -> Iterator[tuple[int, int, int, int]]:
    """Unknowns x, y, z, w of which x - y and z - w are equal but for a constant, as far as is known."""
    hashes, pairs = closure.table(system).hash, len(closure.points) * (len(closure.points) - 1) // 2
    first: dict[tuple[int, ...], tuple[int, int]] = {}
    for x, y in combinations(range(pairs), 2):
        z, w = first.setdefault(tuple(((hashes[x] - hashes[y]) % P).tolist()), (x, y))
        if (z, w) != (x, y):
            yield x, y, z, w


def steps(closure: Closure, drawing: Diagram) -> list[complex]:
    """From one point of every pair to the other."""
    return [complex(b - a) for a, b in combinations([drawing.points[name] for name in closure.points], 2)]


def directions(closure: Closure, drawing: Diagram) -> list[float]:
    return [phase(step) / pi for step in steps(closure, drawing)]


def logarithms(closure: Closure, drawing: Diagram) -> list[float]:
    return [log(abs(step)) for step in steps(closure, drawing)]


def pairs_of(drawing: Diagram) -> Iterator[tuple[complex, complex]]:
    return combinations(drawing.points.values(), 2)


def close(system: int, one: float, two: float) -> bool:
    """Whether two drawings give a sum one value; directions up to parts of a half turn, which are a choice."""
    turns = 48 * (one - two)
    return abs(turns - round(turns)) < 1e-5 if system == DIRECTION else abs(one - two) < 1e-6


def test_every_equation_of_a_proof_is_true_of_a_random_problem() -> None:
    sums = 0
    for closure, (drawing, *_) in random_closures(8, FEW):
        for fact in list(closure.facts())[::4]:
            proof = proved(closure, fact)
            if not all(map(drawing.holds, proof.conditions)):
                continue
            for step in proof.steps:
                if isinstance(step.by, Algebra):
                    for term in step.by.terms:
                        assert misses_by(term.equation, step.by.system, drawing.points, proof.facts) < 1e-6, term
                        sums += 1
    assert sums > 200
