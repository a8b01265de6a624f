"""Is this a proof? A small checker that everything else is trusted through.

It shares no code with the engine that found the proof. Every rule is compared with the rule's text, every sum of
equations is added up again in whole numbers and fractions, and the outcome is looked at in three drawings of the
problem that the engine has not seen.

Trusted beside this file and Python's own numbers: ``facts`` and ``predicates`` (which spellings say the same),
``equations`` (what facts say in numbers; the tests of this file try them),
``rules`` (that the theorems are true; ``tests/symbolic/test_rules.py`` tries them), ``proof`` (the values), ``problem``
and ``constructions`` (what a text guarantees), and, for inequalities and the last look, ``diagram`` and what it uses.

What is proved: the goals hold in every figure of the text in which the listed conditions hold and whatever a fact
speaks of is there: the line pq needs p and q to be different, the logarithm of a sine two lines that are not parallel.
The drawings show that there are such figures, and decide where a sum leaves finitely many values open.

References: full-angles after [Chou2000]; algebra on them and on lengths [Trinh2024], on sines [Sicca2024].
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations
from math import lcm, prod

from porism.symbolic.diagram import VERIFYING, Diagram, DrawingError, draw
from porism.symbolic.equations import SYSTEMS, equations, negative, said
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import FactError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, System, Term, Unknown
from porism.symbolic.rules import RULES, Template

_DRAWINGS, _TRIES = 3, 40
_FRESH = 1_000_000  # drawings of smaller index are the engine's
_MOST = 100_000  # numbers are raised to no higher powers
_Circle = tuple[frozenset[str], frozenset[str]]  # its centre, if that is known, and its known points


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a check passed, and if not, why.

    Attributes:
        ok: whether it passed.
        check: its name.
        reason: the first thing that is wrong, in one line; empty if nothing is.
    """

    ok: bool
    check: str = "proof"
    reason: str = ""


def check(proof: Proof, drawings: Sequence[Diagram] | None = None, *, digits: int = 15, seed: int = 0) -> Verdict:
    """Verify a proof exactly, then look at its facts in three drawings in which its conditions hold.

    Args:
        proof: what to verify.
        drawings: of the proof's problem, to be used first; as many as needed are drawn in addition, at most 40.
        digits: more than 15 draws with so many decimal digits, and passes over ``drawings`` that have fewer.
        seed: of the fresh drawings.

    Returns:
        The verdict; its reason names the first bad step by its number among the proof's facts, premises included.
    """
    reason = next(chain(flaws(proof), _seen(proof, drawings or (), digits, seed)), "")
    return Verdict(not reason, reason=reason)


def flaws(proof: Proof) -> Iterator[str]:
    """What is wrong with a proof without looking at any drawing, first things first."""
    points, guaranteed, facts = set(proof.problem.points), set(proof.problem.premises), proof.facts
    for number, premise in enumerate(proof.premises):
        if premise not in guaranteed:
            yield f"premise {number}: '{premise}' is not what the problem guarantees"
    for number, step in proof.numbered():
        spoken = {p for fact in (step.fact, *step.conditions) for p in fact.points}
        if unknown := spoken.union(step.by.points if isinstance(step.by, Rule) else ()) - points:
            yield f"step {number}: the problem has no point {' '.join(sorted(unknown))}"
        for flaw in _step_flaws(step, number, facts):
            yield f"step {number}: '{step.fact}' does not follow: {flaw}"
    if not proof.problem.goals:
        yield "the problem has no goal"
    for goal in proof.problem.goals:
        if not all(any(implies(fact, part) for fact in facts) for part in _parts(goal)):
            yield f"goal '{goal}' is not among the facts of the proof"


def holds_in_every_branch(
    problem: Problem, facts: Sequence[Fact], drawings: int = 12, *, digits: int = 15, seed: int = 0
) -> tuple[bool, ...]:
    """For each fact whether it holds in fresh drawings, which take the choices that the text leaves open at random.

    A fact that fails in one is no theorem of the text: it depends on a choice that the text does not make.

    Raises:
        DrawingError: the problem cannot be drawn.
    """
    drawn = list(_fresh(problem, digits, seed, drawings))
    return tuple(all(drawing.holds(fact) for drawing in drawn) for fact in facts)


def implies(fact: Fact, wanted: Fact) -> bool:
    """Whether ``wanted`` is ``fact`` or a part of it: fewer points of a line or a circle, a circle less its centre."""
    if wanted.name in ("cyclic", "circle"):
        return _has(_circle(fact), _circle(wanted))
    if fact.name == wanted.name == "coll":
        return set(wanted.points) <= set(fact.points)
    return fact == wanted


def _parts(goal: Fact) -> list[Fact]:
    """The facts that make up a goal: points are collinear if each of the others is with the first two."""
    if goal.name != "coll":
        return [goal]
    first, second, *others = goal.points
    return [Fact("coll", (first, second, other)) for other in others]


# Steps


def _step_flaws(step: Step, number: int, facts: Sequence[Fact]) -> Iterator[str]:
    if list(step.needs) != sorted(set(step.needs)) or any(not 0 <= need < number for need in step.needs):
        yield f"its needs {_listed(step.needs)} are not earlier facts in ascending order"
    elif isinstance(step.by, Algebra):
        yield from _algebra_flaws(step, step.by, facts)
    else:
        try:
            yield from _rule_flaws(step, step.by, [facts[need] for need in step.needs])
        except FactError as error:
            yield f"rule {step.by.id} does not fit {' '.join(step.by.points)}: {error}"


def _rule_flaws(step: Step, rule: Rule, needs: Sequence[Fact]) -> Iterator[str]:
    if rule.id not in RULES:
        yield f"there is no rule {rule.id!r}"
    elif rule.id in ("circle", "circles"):
        yield from _circle_flaws(step, rule, needs)
    elif len(rule.points) != len(RULES[rule.id].letters):
        yield f"rule {rule.id} takes {len(RULES[rule.id].letters)} points, got {len(rule.points)}"
    else:
        letters = dict(zip(RULES[rule.id].letters, rule.points, strict=True))
        templates, conclusion, conditions = RULES[rule.id].parts
        if _bound(conclusion, letters) != step.fact:
            yield f"rule {rule.id} concludes '{_bound(conclusion, letters)}'"
        met = {one: [_meets(fact, one, letters) for fact in needs] for one in templates if not _is_void(one, letters)}
        for (name, args), row in met.items():
            if not any(row):
                yield f"rule {rule.id} needs '{' '.join((name, *(letters[x] for x in args)))}'"
        for i, fact in enumerate(needs):
            if not any(row[i] and sum(row) == 1 for row in met.values()):
                yield f"rule {rule.id} has no need of '{fact}'"
        yield from _condition_flaws(step, {_bound(template, letters) for template in conditions})


def _bound(template: Template, letters: dict[str, str]) -> Fact:
    return Fact(template[0], tuple(letters[x] for x in template[1]))


def _meets(fact: Fact, template: Template, letters: dict[str, str]) -> bool:
    if template[0] == "*on":
        return {letters[x] for x in template[1]} <= _circle(fact)[1]
    return implies(fact, _bound(template, letters))


def _is_void(template: Template, letters: dict[str, str]) -> bool:
    """Whether the need holds for any points, such as ab = ab."""
    if template[0] == "*on":
        return False
    fact = _bound(template, letters)
    return Equation((), Fraction(0)) in said(fact, "direction") or Equation((), Fraction(1)) in said(fact, "log")


def _condition_flaws(step: Step, wanted: set[Fact]) -> Iterator[str]:
    for fact in sorted(wanted - set(step.conditions)):
        yield f"it relies on '{fact}', which is not among its conditions"
    if len(step.conditions) > len(wanted):
        yield f"its conditions should be {_listed(sorted(wanted))}, got {_listed(step.conditions)}"


def _circle_flaws(step: Step, rule: Rule, needs: Sequence[Fact]) -> Iterator[str]:
    """Rules ``circle``, of equal radii, and ``circles``: the needs are one circle that says so, and none is idle."""
    if rule.points if rule.id == "circles" else Fact("circle", rule.points) != step.fact:
        yield f"rule {rule.id} does not take the points {_listed(rule.points)}"
    circles = [_radii(fact) if rule.id == "circle" else _circle(fact) for fact in needs]
    if not _say(circles, _circle(step.fact)):
        yield f"{_listed(needs)} are not one circle that says so"
    for i, fact in enumerate(needs):
        if _say(circles[:i] + circles[i + 1 :], _circle(step.fact)):
            yield f"rule {rule.id} has no need of '{fact}'"
    yield from _condition_flaws(step, set())


def _circle(fact: Fact) -> _Circle:
    """What a fact says of a circle; nothing if it speaks of none."""
    if fact.name == "circle":
        return frozenset(fact.points[:1]), frozenset(fact.points[1:])
    return frozenset(), frozenset(fact.points if fact.name == "cyclic" else ())


def _radii(fact: Fact) -> _Circle:
    """The circle of two equal radii oa and ob; nothing if a fact says something else."""
    one, two = frozenset(fact.points[:2]), frozenset(fact.points[2:])
    return (one & two, one ^ two) if fact.name == "cong" and len(one & two) == 1 else (frozenset(), frozenset())


def _has(whole: _Circle, part: _Circle) -> bool:
    """Whether both are a circle's, the second no more than the first."""
    return bool(part[1]) and part[0] <= whole[0] and part[1] <= whole[1]


def _say(circles: Sequence[_Circle], wanted: _Circle) -> bool:
    """Whether circles say another one, once those with three common points, or a centre and a point, are made one."""
    found: list[_Circle] = []
    for centre, on in circles:
        while same := [one for one in found if len(on & one[1]) >= 3 or (on & one[1] and centre & one[0])]:
            found = [one for one in found if one not in same]
            centre, on = centre.union(*(one[0] for one in same)), on.union(*(one[1] for one in same))
        found.append((centre, on))
    return any(_has(one, wanted) for one in found)


# Sums of equations


def _algebra_flaws(step: Step, by: Algebra, facts: Sequence[Fact]) -> Iterator[str]:
    if by.system not in SYSTEMS:
        yield f"there is no system {by.system!r}"
        return
    divisor = lcm(*(Fraction(term.coefficient).denominator for term in by.terms))
    shares: dict[int, dict[Unknown, int]] = {need: defaultdict(int) for need in step.needs}  # all times the divisor
    total: dict[Unknown, int] = defaultdict(int)
    constants: list[tuple[int, Fraction]] = []
    conditions: set[Fact] = set()
    for i, term in enumerate(by.terms):
        if term.need not in shares:
            yield f"it sums an equation of fact {term.need}, which is not among its needs"
            return
        equation = _found(term, facts[term.need], by.system)
        if equation is None:
            yield f"'{facts[term.need]}' (fact {term.need}) does not say the equation of term {i}"
            return
        whole = int(divisor * Fraction(term.coefficient))
        constants.append((whole, equation.constant))
        share = shares[term.need]
        for unknown, weight in equation.unknowns:  # weights are whole numbers
            share[unknown] += whole * weight.numerator
            total[unknown] += whole * weight.numerator
        if by.system == "length" and facts[term.need].name == "coll":
            conditions.add(_between(equation))
    for need, share in shares.items():
        if not any(share.values()):
            yield f"it has no need of '{facts[need]}' (fact {need})"
    if by.divisor != divisor:
        yield f"the least divisor is {divisor}, got {by.divisor}"
    if by.system == "direction" and divisor > 1:
        conditions.add(step.fact)
    left = {unknown: weight for unknown, weight in total.items() if weight}
    goals = [goal for goal in said(step.fact, by.system) if _times(divisor, goal) == left]
    if not any(_agree([*constants, (-divisor, goal.constant)], by.system) for goal in goals):
        yield f"the {by.system} equations do not add up to it"
    yield from _condition_flaws(step, conditions)


def _times(whole: int, equation: Equation) -> dict[Unknown, int]:
    """The left side of an equation, whose weights are whole numbers, so many times."""
    return {unknown: whole * weight.numerator for unknown, weight in equation.unknowns}


def _agree(constants: Sequence[tuple[int, Fraction]], system: System) -> bool:
    """Whether a sum of weights times constants is that of the equation 0 = 0."""
    if system != "log":  # lengths and squares have no constants
        return sum(weight * constant for weight, constant in constants if constant) % 1 == 0
    powers = [(weight, constant) for weight, constant in constants if constant != 1]
    small = all(abs(weight) <= _MOST for weight, _ in powers)
    return small and prod((constant**weight for weight, constant in powers), start=Fraction(1)) == 1


def _found(term: Term, fact: Fact, system: System) -> Equation | None:
    """The equation of a term, made anew, if the fact stands for it or its negative."""
    among = {point for unknown, _ in term.equation.unknowns for point in unknown}
    stood = list(equations(fact, term.need, system, among))
    signed = chain(stood, (negative(equation, system) for equation in stood))
    return next((equation for equation in signed if equation == term.equation), None)


def _between(equation: Equation) -> Fact:
    """The condition under which lengths on a line add up: |pq| + |qr| = |pr| for q between p and r."""
    weights = [weight for _, weight in equation.unknowns]
    whole = next(unknown for unknown, weight in equation.unknowns if weight * sum(weights) < 0)
    (middle,) = {point for unknown, _ in equation.unknowns for point in unknown} - set(whole)
    return Fact("between", (middle, *whole))


# Drawings


def _seen(proof: Proof, drawings: Sequence[Diagram], digits: int, seed: int) -> Iterator[str]:
    """What is wrong with a proof in drawings of its problem."""
    conditions = proof.conditions
    named = [(f"'{fact}', which the problem guarantees,", fact) for fact in proof.problem.premises]
    named += [(f"step {number}: '{step.fact}'", step.fact) for number, step in proof.numbered()]
    named += [(f"goal '{goal}'", goal) for goal in proof.problem.goals]
    named += [(f"'{fact}', without which the proof says nothing,", fact) for fact in sorted(taken_for_granted(proof))]
    given = (drawing for drawing in drawings if drawing.digits >= digits)
    used = 0
    try:
        for drawing in chain(given, _fresh(proof.problem, digits, seed, _TRIES)):
            if all(map(drawing.holds, conditions)):
                used += 1
                yield from (f"{name} fails in drawing {used}" for name, fact in named if not drawing.holds(fact))
                if used == _DRAWINGS:
                    return
    except DrawingError as error:
        yield str(error)
    yield f"its conditions hold in {used} of {_TRIES} drawings, {_DRAWINGS} are needed: {_listed(conditions)}"


def _fresh(problem: Problem, digits: int, seed: int, tries: int) -> Iterator[Diagram]:
    """Fresh drawings; a choice that the text leaves open and that leads nowhere gives none.

    Raises:
        DrawingError: no choice leads anywhere.
    """
    failures: list[DrawingError] = []
    for index in range(_FRESH, _FRESH + tries):
        try:
            yield draw(problem, seed, index, digits, level=VERIFYING)
        except DrawingError as error:
            failures.append(error)
            if len(failures) == min(tries, _DRAWINGS) == index - _FRESH + 1:
                raise


def taken_for_granted(proof: Proof) -> set[Fact]:
    """What facts and equations take for granted, where the figure of a fact itself does not tell."""
    apart: set[tuple[str, ...]] = set()
    for fact in proof.facts:
        if fact.name in ("coll", "cyclic", "circle", "central"):
            apart.update(combinations(fact.points, 2))
        elif fact.name in ("simtri", "simtri2", "contri", "contri2"):
            apart.update(chain(combinations(fact.points[:3], 2), combinations(fact.points[3:], 2)))
    sums = (step.by.terms for step in proof.steps if isinstance(step.by, Algebra))
    unknowns = {unknown for terms in sums for term in terms for unknown, _ in term.equation.unknowns}
    sines = {Fact("npara", (*unknown[:2], *unknown[3:])) for unknown in unknowns if "^" in unknown}
    return sines | {Fact("diff", pair) for pair in apart}


def _listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items)) or "none"
