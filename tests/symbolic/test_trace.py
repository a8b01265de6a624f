"""Proofs: every sum adds up, nothing is there for nothing, and the same seed gives the same bytes."""

import cmath
import math
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import permutations

import pytest
from symbolic.proofs import PROVED, UNPROVED, proof, tried
from theorems import TEXTS

from porism.symbolic.check import check
from porism.symbolic.closure import deduce_from
from porism.symbolic.diagram import draw
from porism.symbolic.explain import TraceError
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Step, Unknown
from porism.symbolic.trace import trace

Plane = Mapping[str, complex]


@pytest.mark.parametrize("shortened", [True, False])
@pytest.mark.parametrize("index", PROVED)
def test_the_checker_accepts_every_proof(index: int, shortened: bool) -> None:
    assert tried(index, shortened).reason == ""
    assert tried(index, shortened).proved


@pytest.mark.parametrize("index", PROVED[::8])
def test_with_fifty_digits_too(index: int) -> None:
    assert check(proof(index), digits=50).reason == ""


@pytest.mark.parametrize("index", sorted(UNPROVED))
def test_what_is_not_proved_says_so(index: int) -> None:
    assert tried(index).reason == "the closure ended without the goal"


def sums(one: Proof) -> Iterator[tuple[Step, Algebra]]:
    return ((step, step.by) for step in one.steps if isinstance(step.by, Algebra))


@pytest.mark.parametrize("shortened", [True, False])
@pytest.mark.parametrize("index", PROVED)
def test_sums_add_up_exactly(index: int, shortened: bool) -> None:
    for step, by in sums(proof(index, shortened)):
        total: defaultdict[Unknown, Fraction] = defaultdict(Fraction)
        for term in by.terms:
            for unknown, weight in term.equation.unknowns:
                total[unknown] += term.coefficient * weight
        left = {unknown: weight for unknown, weight in total.items() if weight}
        assert by.divisor == math.lcm(*(term.coefficient.denominator for term in by.terms))
        goals = [right for unknowns, right in told(step.fact, by.system) if unknowns == left]
        assert goals, step
        assert any(agree(by, right) for right in goals), step


def agree(by: Algebra, right: Fraction) -> bool:
    """Whether the constants, all taken ``divisor`` times, add up to the right side."""
    if by.system == "direction":
        return by.divisor * (sum(term.coefficient * term.equation.constant for term in by.terms) - right) % 1 == 0
    if by.system == "log":
        powers = [term.equation.constant ** int(by.divisor * term.coefficient) for term in by.terms]
        return math.prod(powers, start=Fraction(1)) == right**by.divisor
    return right == 0 and not any(term.equation.constant for term in by.terms)


def told(fact: Fact, system: str) -> Iterator[tuple[dict[Unknown, Fraction], Fraction]]:
    """The equations that a fact is, with the right side, and their negatives."""
    p, numbers = fact.points, [int(number) for number in fact.args[len(fact.points) :]]
    rows: list[tuple[list[tuple[str, str, int]], Fraction]] = []
    ratio = Fraction(*numbers) if numbers else Fraction(1)
    turn = {"perp": Fraction(1, 2), "central": Fraction(1, 2), "aconst": -ratio if numbers else Fraction(0)}
    match system, fact.name:
        case "direction", "coll":
            rows += [([(a, b, 1), (b, c, -1)], Fraction(0)) for a, b, c in permutations(p)]
        case "direction", "central":
            o, a, b, x = p
            rows.append(([(a, b, 1), (o, a, -1), (x, b, -1), (x, a, 1)], turn["central"]))
        case "square", "perp":
            a, b, c, d = p
            rows.append(([(a, c, 1), (b, d, 1), (a, d, -1), (b, c, -1)], Fraction(0)))
        case (("direction" | "log"), ("eqangle" | "eqratio")):
            rows.append(
                ([(p[0], p[1], 1), (p[2], p[3], -1), (p[4], p[5], -1), (p[6], p[7], 1)], Fraction(system == "log"))
            )
        case "direction", _:
            rows.append(([(p[0], p[1], 1), (p[2], p[3], -1)], turn.get(fact.name, Fraction(0))))
        case "log", "eqsine":
            one, two = sine(*p[:4]), sine(*p[4:])
            yield from [
                ({one: Fraction(1), two: Fraction(-1)}, Fraction(1)),
                ({one: Fraction(-1), two: Fraction(1)}, Fraction(1)),
            ]
            return
        case "log", "product":
            a, b, c, x, y, z = p
            rows.append(([(b, x, 1), (c, y, 1), (a, z, 1), (x, c, -1), (y, a, -1), (z, b, -1)], Fraction(1)))
        case "log", _:
            weight = 2 if fact.name == "sqconst" else 1
            rows.append(([(p[0], p[1], weight), (p[2], p[3], -weight)], ratio))
        case _:
            power = 2 if system == "square" and fact.name == "rconst" else 1
            m, n = ratio.numerator**power, ratio.denominator**power
            rows.append(([(p[0], p[1], n), (p[2], p[3], -m)], Fraction(0)))
    for row, right in rows:
        for sign in (1, -1):
            total: defaultdict[Unknown, Fraction] = defaultdict(Fraction)
            for a, b, weight in row:
                if a != b:
                    total[(a, b) if a < b else (b, a)] += sign * weight
            signed = right**sign if system == "log" else sign * right
            yield {unknown: weight for unknown, weight in total.items() if weight}, signed


def sine(a: str, b: str, c: str, d: str) -> Unknown:
    one, two = sorted([tuple(sorted((a, b))), tuple(sorted((c, d)))])
    return (*one, "^", *two)


@pytest.mark.parametrize("index", PROVED)
def test_every_equation_of_a_sum_is_true_in_a_drawing_that_nobody_has_seen(index: int) -> None:
    one = proof(index)
    at = dict(draw(one.problem, 0, 3_000_000).points)
    if not all(draw(one.problem, 0, 3_000_000).holds(condition) for condition in one.conditions):
        pytest.skip("another branch")
    for _, by in sums(one):
        for term in by.terms:
            assert misses_by(term.equation, by.system, at, one.facts) < 1e-7, term


def misses_by(equation: Equation, system: str, at: Plane, facts: tuple[Fact, ...]) -> float:
    values = [float(weight) * value(unknown, system, at, facts) for unknown, weight in equation.unknowns]
    right = math.log(equation.constant) if system == "log" else float(equation.constant)
    rest = sum(values) - right
    return abs(rest - round(rest)) if system == "direction" else abs(rest) / max(1, *map(abs, values))


def value(unknown: Unknown, system: str, at: Plane, facts: tuple[Fact, ...]) -> float:
    """The number that an unknown stands for; directions and parameters of circles in half turns."""
    if "@" in unknown:
        return cmath.phase(at[unknown[0]] - middle(facts[int(unknown[2])], at)) / math.tau + 0.25
    if "^" in unknown:
        a, b, _, c, d = unknown
        return math.log(abs(math.sin(cmath.phase((at[b] - at[a]) / (at[d] - at[c])))))
    step = at[unknown[1]] - at[unknown[0]]
    if system == "direction":
        return cmath.phase(step) / math.pi
    return {"log": math.log(abs(step)), "length": abs(step), "square": abs(step) ** 2}[system]


def middle(fact: Fact, at: Plane) -> complex:
    """The centre of the circle of a fact."""
    if fact.name == "circle":
        return at[fact.points[0]]
    a, b, c = (at[p] for p in fact.points[:3])
    b, c = b - a, c - a
    return a + (abs(b) ** 2 * c - abs(c) ** 2 * b) / (b.conjugate() * c - b * c.conjugate())


@pytest.mark.parametrize("shortened", [True, False])
@pytest.mark.parametrize("index", PROVED)
def test_nothing_is_there_for_nothing(index: int, shortened: bool) -> None:
    one = proof(index, shortened)
    needed = {need for step in one.steps for need in step.needs}
    goals = {number for number, fact in enumerate(one.facts) if is_goal(one, fact)}
    assert needed | goals == set(range(len(one.facts)))
    assert len(set(one.facts)) == len(one.facts)
    assert list(one.premises) == [fact for fact in one.problem.premises if fact in set(one.premises)]
    for number, step in one.numbered():
        assert list(step.needs) == sorted(set(step.needs))
        assert all(need < number for need in step.needs)
        if isinstance(step.by, Algebra):
            assert {term.need for term in step.by.terms} == set(step.needs)
            assert all(term.coefficient for term in step.by.terms)


def is_goal(one: Proof, fact: Fact) -> bool:
    """Whether a fact is a goal, or a part of one that speaks of more points, or has one as a part."""
    many = ("coll", "cyclic", "circle")
    return any(
        fact == goal or (fact.name in many and goal.name in many and len({*fact.points} & {*goal.points}) > 2)
        for goal in one.problem.goals
    )


SCRIPT = """
import sys
from theorems import TEXTS
from porism.symbolic.problem import Problem
from porism.symbolic.prove import attempt
for text in TEXTS[::4]:
    found = attempt(Problem.parse(text), shortened=False)
    print(found.proof, list(found.closure.facts()))
"""


def test_same_seed_same_bytes_in_every_process() -> None:
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True)
        outputs.add(done.stdout)
    (output,) = outputs
    assert output.count(b"Proof(") == len(TEXTS[::4])


@pytest.mark.parametrize("index", PROVED[::2])
def test_other_hashes_give_a_proof_too(index: int) -> None:
    problem = Problem.parse(TEXTS[index])
    for seed in (1, 2):
        closure = deduce_from(problem, problem.premises, tried(index).diagrams[:1], goals=problem.goals, seed=seed)
        assert check(trace(closure, problem.goals)).reason == ""


def test_what_is_not_known_has_no_proof() -> None:
    problem = Problem.parse("a b c = triangle a b c; d = on_circum d a b c")
    closure = deduce_from(problem, problem.premises, [draw(problem)])
    for text in ("perp a b a c", "cong a b a c", "midp a b c", "coll a b c", "simtri a b c b c d", "cyclic a b c e"):
        with pytest.raises((TraceError, KeyError)):
            trace(closure, [Fact.parse(text)])


HALVES = (  # half angles at the centre, known at that end of the chord which comes second in the alphabet
    "h i e = ieq_triangle h i e; c f g a = ninepoints c f g a h e i; d = intersection_lt d a i f e c;"
    " b = on_aline2 b a e i f g; j = intersection_lt j h g b c f ? cong a h d g",
    "h i e b = isquare h i e b; d j g a = incenter2 d j g a i h b; c = mirror c a b;"
    " f = on_aline2 f g e a i h, on_bline f c g ? cong b j h j",  # with j on the chord
)


@pytest.mark.parametrize("text", HALVES)
def test_a_half_angle_is_known_at_either_end_of_a_chord(text: str) -> None:
    problem = Problem.parse(text)
    closure = deduce_from(problem, problem.premises, [draw(problem, 0, index) for index in range(4)])
    found = trace(closure, problem.goals)
    assert check(found).reason == ""
    assert any(fact.name == "central" for fact in found.facts)
