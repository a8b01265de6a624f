"""Is this a proof? A small checker that everything else is trusted through.

It reads a proof as a value and shares no code with the engine that found it. Every rule is compared with the rule's
text, every sum of equations is added up again in whole numbers and fractions, and the outcome is looked at in three
drawings of the problem that the engine has not seen.

What is trusted beside this file and Python's own numbers: ``facts`` and ``predicates`` (which spellings say the same),
``rules`` (that the theorems are true; ``tests/symbolic/test_rules.py`` tries them), ``proof`` (the values), ``problem``
and ``constructions`` (what a text guarantees), and, for inequalities and the last look only, ``diagram`` and what it
draws and measures with.

What is proved: the goals hold in every figure of the text in which the listed conditions hold and whatever a fact
speaks of is there: the line pq needs p and q to be different, the logarithm of a sine two lines that are not parallel.
The drawings show that there are such figures, and decide where a sum leaves finitely many values open.

Notation: d(pq) is the direction of line pq in half turns, modulo 1; |pq| a length and l(pq) its logarithm. On a circle
with centre o let p lie at angle t(p), in half turns modulo 2, and s(p) = t(p) / 2 + 1/4 modulo 1. The chord pq is
perpendicular to the bisector of the angle poq, which points to (t(p) + t(q)) / 2, so d(pq) = s(p) + s(q); the radius
has d(op) = t(p) = 2 s(p) - 1/2, which is 2 s(p) + 1/2 modulo 1.

References: full-angles after [Chou2000]; algebra on them and on lengths [Trinh2024], on sines [Sicca2024].
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain, combinations, islice, permutations
from math import lcm, prod

from porism.symbolic.diagram import Diagram, DrawingError, draw
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES, FactError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, System, Term, Unknown
from porism.symbolic.rules import RULES, Template

_DRAWINGS, _TRIES = 3, 40
_FRESH = 1_000_000  # drawings of smaller index are the engine's
_MOST = 100_000  # numbers are raised to no higher powers
_CONCLUDES: dict[System, frozenset[str]] = {
    "direction": frozenset({"para", "perp", "aconst", "eqangle", "central", "coll"}),
    "log": frozenset({"cong", "rconst", "sqconst", "eqratio", "eqsine", "product"}),
    "length": frozenset({"cong", "rconst"}),
    "square": frozenset({"cong", "rconst", "sqconst", "perp"}),
}
"""What a sum of equations may conclude: facts that are one equation (coll of three points: any one of its three)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a check passed, and if not, why.

    Attributes:
        ok: whether it passed.
        check: the name of the check.
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
        unknown = {p for fact in (step.fact, *step.conditions) for p in fact.points} - points
        if isinstance(step.by, Rule):
            unknown |= set(step.by.points) - points
        if unknown:
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
    holds = [True] * len(facts)
    for drawing in islice(_fresh(problem, digits, seed), drawings):
        holds = [known and drawing.holds(fact) for known, fact in zip(holds, facts, strict=True)]
    return tuple(holds)


def implies(fact: Fact, wanted: Fact) -> bool:
    """Whether ``wanted`` is ``fact`` or a part of it: fewer points of a line or a circle, a circle less its centre."""
    if fact == wanted:
        return True
    if wanted.name == "cyclic":
        return set(wanted.points) <= _on(fact)
    if fact.name != wanted.name or fact.name not in ("coll", "circle"):
        return False
    return set(wanted.points) <= set(fact.points) and (fact.name == "coll" or wanted.points[0] == fact.points[0])


def _parts(goal: Fact) -> list[Fact]:
    """The facts that make up a goal: points are collinear if each of the others is with the first two."""
    if goal.name != "coll":
        return [goal]
    first, second, *others = goal.points
    return [Fact("coll", (first, second, other)) for other in others]


def _on(fact: Fact) -> frozenset[str]:
    """The points that a fact has on one circle."""
    skipped = {"cyclic": 0, "circle": 1}.get(fact.name)
    return frozenset() if skipped is None else frozenset(fact.points[skipped:])


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
    wanted: set[Fact] = set()
    if rule.id not in RULES:
        yield f"there is no rule {rule.id!r}"
    elif rule.id == "circle":
        yield from _circle_flaws(step, rule.points, needs)
    elif rule.id == "circles":
        yield from _circles_flaws(step, rule.points, needs)
    elif len(rule.points) != len(RULES[rule.id].letters):
        yield f"rule {rule.id} takes {len(RULES[rule.id].letters)} points, got {len(rule.points)}"
    else:
        letters = dict(zip(RULES[rule.id].letters, rule.points, strict=True))
        templates, conclusion, conditions = RULES[rule.id].parts
        if _bound(conclusion, letters) != step.fact:
            yield f"rule {rule.id} concludes '{_bound(conclusion, letters)}'"
        templates = tuple(template for template in templates if not _is_void(template, letters))
        met = [[_meets(fact, template, letters) for fact in needs] for template in templates]
        for (name, args), row in zip(templates, met, strict=True):
            if not any(row):
                yield f"rule {rule.id} needs '{' '.join((name, *(letters[x] for x in args)))}'"
        for i, fact in enumerate(needs):
            if not any(row[i] and sum(row) == 1 for row in met):
                yield f"rule {rule.id} has no need of '{fact}'"
        wanted = {_bound(template, letters) for template in conditions}
    yield from _condition_flaws(step, wanted)


def _bound(template: Template, letters: dict[str, str]) -> Fact:
    return Fact(template[0], tuple(letters[x] for x in template[1]))


def _meets(fact: Fact, template: Template, letters: dict[str, str]) -> bool:
    if template[0] == "*on":
        return {letters[x] for x in template[1]} <= _on(fact)
    return implies(fact, _bound(template, letters))


def _is_void(template: Template, letters: dict[str, str]) -> bool:
    """Whether the need holds for any points, such as ab = ab."""
    if template[0] == "*on":
        return False
    fact = _bound(template, letters)
    return Equation((), Fraction(0)) in _said(fact, "direction") or Equation((), Fraction(1)) in _said(fact, "log")


def _condition_flaws(step: Step, wanted: set[Fact]) -> Iterator[str]:
    for fact in sorted(wanted - set(step.conditions)):
        yield f"it relies on '{fact}', which is not among its conditions"
    if len(step.conditions) > len(wanted):
        yield f"its conditions should be {_listed(sorted(wanted))}, got {_listed(step.conditions)}"


def _circle_flaws(step: Step, points: Sequence[str], needs: Sequence[Fact]) -> Iterator[str]:
    """Rule ``circle``: as many pairs of equal radii as it takes to connect all radii."""
    if Fact("circle", tuple(points)) != step.fact:
        yield f"rule circle concludes '{Fact('circle', tuple(points))}'"
    radii = {_line(points[0], p) for p in points[1:]}
    equal = [{fact.args[:2], fact.args[2:]} if fact.name == "cong" else set() for fact in needs]
    known = set(sorted(radii)[:1])
    for _ in equal:
        known |= {radius for both in equal if both & known for radius in both}
    if known != radii or len(needs) != len(radii) - 1:
        yield f"rule circle needs {len(radii) - 1} pairs that connect its {len(radii)} radii, got {_listed(needs)}"


def _circles_flaws(step: Step, points: Sequence[str], needs: Sequence[Fact]) -> Iterator[str]:
    """Rule ``circles``: circles with three common points, or a centre and a common point, are one circle."""
    if points:
        yield f"rule circles takes no points, got {' '.join(points)}"
    if not _is_one_circle(needs, step.fact):
        yield f"{_listed(needs)} are not one circle that says so"
    for i, fact in enumerate(needs):
        if _is_one_circle([*needs[:i], *needs[i + 1 :]], step.fact):
            yield f"rule circles has no need of '{fact}'"


def _is_one_circle(facts: Sequence[Fact], wanted: Fact) -> bool:
    """Whether the facts speak of one circle, and say what is wanted."""
    if not facts or not all(map(_on, facts)) or wanted.name not in ("cyclic", "circle"):
        return False
    on, centres, rest = set[str](), set[str](), list(facts)
    while rest:
        for fact in rest:
            centre = {fact.points[0]} if fact.name == "circle" else set()
            common = on & _on(fact)
            if not on or len(common) >= 3 or (common and centre & centres):
                on, centres = on | _on(fact), centres | centre
                rest.remove(fact)
                break
        else:
            return False
    return _on(wanted) <= on and (wanted.name == "cyclic" or wanted.points[0] in centres)


# Sums of equations


def _algebra_flaws(step: Step, by: Algebra, facts: Sequence[Fact]) -> Iterator[str]:
    if by.system not in _CONCLUDES:
        yield f"there is no system {by.system!r}"
        return
    shares: dict[int, dict[Unknown, Fraction]] = {need: defaultdict(Fraction) for need in step.needs}
    constants: list[tuple[Fraction, Fraction]] = []
    conditions: set[Fact] = set()
    for term in by.terms:
        if term.need not in shares:
            yield f"it sums an equation of fact {term.need}, which is not among its needs"
            return
        equation = _found(term, facts[term.need], by.system)
        if equation is None:
            yield f"'{facts[term.need]}' (fact {term.need}) does not say {_show(term.equation)}"
            return
        coefficient = Fraction(term.coefficient)
        constants.append((coefficient, equation.constant))
        for unknown, weight in equation.unknowns:
            shares[term.need][unknown] += coefficient * weight
        if by.system == "length" and facts[term.need].name == "coll":
            conditions.add(_between(equation))
    for need, share in shares.items():
        if not any(share.values()):
            yield f"it has no need of '{facts[need]}' (fact {need})"
    divisor = lcm(*(weight.denominator for weight, _ in constants))
    if by.divisor != divisor:
        yield f"the least divisor is {divisor}, got {by.divisor}"
    if by.system == "direction" and divisor > 1:
        conditions.add(step.fact)
    total: dict[Unknown, Fraction] = defaultdict(Fraction)
    for unknown, weight in chain.from_iterable(share.items() for share in shares.values()):
        total[unknown] += weight
    goals = [
        goal for goal in _said(step.fact, by.system) if dict(goal.unknowns) == {u: w for u, w in total.items() if w}
    ]
    if not any(_agree([*constants, (Fraction(-1), goal.constant)], divisor, by.system) for goal in goals):
        yield f"the {by.system} equations do not add up to it"
    yield from _condition_flaws(step, conditions)


def _agree(constants: Sequence[tuple[Fraction, Fraction]], divisor: int, system: System) -> bool:
    """Whether a sum of weights times constants, all of it times ``divisor``, is that of the equation 0 = 0."""
    whole = [(int(divisor * weight), constant) for weight, constant in constants]
    if system == "direction":
        return sum(weight * constant for weight, constant in whole) % 1 == 0
    if system == "log":
        powers = [(weight, constant) for weight, constant in whole if constant != 1]
        small = all(abs(weight) <= _MOST for weight, _ in powers)
        return small and prod((constant**weight for weight, constant in powers), start=Fraction(1)) == 1
    return True


def _found(term: Term, fact: Fact, system: System) -> Equation | None:
    """The equation of a term, made anew, if the fact stands for it or its negative."""
    among = {point for unknown, _ in term.equation.unknowns for point in unknown}
    for equation in equations(fact, term.need, system, among) if among else ():
        for signed in (equation, _negative(equation, system)):
            if signed == term.equation:
                return signed
    return None


def _said(fact: Fact, system: System) -> Iterator[Equation]:
    """The equation that a fact is, if it is only one; any of the three of collinear points."""
    if fact.name in _CONCLUDES[system] and (fact.name != "coll" or len(fact.points) == 3):
        yield from equations(fact, -1, system, fact.points)


def equations(fact: Fact, number: int, system: System, among: Collection[str]) -> Iterator[Equation]:
    """The equations of a system that a fact stands for.

    Args:
        fact: any fact.
        number: the fact's own in its proof; a circle's unknowns are named by it.
        system: directions, logarithms, lengths or squared lengths.
        among: the points that a fact of many points is asked about, and a midpoint m of ab for the medians xm.
    """
    name, args = fact.name, fact.args
    letters = dict(zip(PREDICATES[name].form.split(), args, strict=False))
    text = _SAYS[system].get(name) or _SAYS[system].get(f"{name} {'/'.join(args[-2:])}", "")
    yield from (_equation(line, letters) for line in text.split("; ") if text)
    if system == "square" and name == "midp":
        yield from (_equation("2 xa + 2 xb - 4 xm - ab = 0", letters | {"x": x}) for x in sorted(among))
    many = set(args[1:] if name == "circle" else args if name in ("coll", "cyclic") else ())
    points = sorted(many & set(among))
    pairs, centre, circle = combinations(points, 2), args[0], str(number)
    match name, system:
        case "coll", "direction":
            yield from (_of("ab - cd = 0", "abcd", *one, *two) for one, two in combinations(pairs, 2))
        case "coll", "length":  # _between makes a condition of which point is in the middle
            ordered = (three for three in permutations(points, 3) if three[0] < three[2])
            yield from (_of("ab + bc - ac = 0", "abc", *three) for three in ordered)
        case (("cyclic" | "circle"), "direction"):
            yield from (_of("ab - a@ - b@ = 0", "ab@", *pair, circle) for pair in pairs)
            if name == "circle":
                yield from (_of("oa - 2 a@ = 1/2", "oa@", centre, a, circle) for a in points)
        case "circle", _:
            yield from (_of(f"oa - ob = {int(system == 'log')}", "oab", centre, *pair) for pair in pairs)


_SIMILAR = "ab - bc - xy + yz = {0}; ab - ca - xy + zx = {0}; bc - ca - yz + zx = {0}"
_MIRRORED = "ab - bc + xy - yz = 0; ab - ca + xy - zx = 0; bc - ca + yz - zx = 0"
_CONGRUENT = "ab - xy = {0}; bc - yz = {0}; ca - zx = {0}"
_SAYS: dict[System, dict[str, str]] = {
    "direction": {
        "para": "ab - cd = 0",
        "perp": "ab - cd = 1/2",
        "aconst": "cd - ab = m/n",
        "eqangle": "ab - cd - ef + gh = 0",
        "central": "ab - oa - xb + xa = 1/2",  # where oa = ob, ab - oa is half of the angle aob and a quarter turn
        "midp": "ma - mb = 0; ab - ma = 0; ab - mb = 0",
        **dict.fromkeys(("simtri", "contri"), _SIMILAR.format(0)),
        **dict.fromkeys(("simtri2", "contri2"), _MIRRORED),
    },
    "log": {
        "cong": "ab - cd = 1",
        "rconst": "ab - cd = m/n",
        "sqconst": "2 ab - 2 cd = m/n",
        "eqratio": "ab - cd - ef + gh = 1",
        "product": "bx + cy + az - xc - ya - zb = 1",
        "midp": "ma - mb = 1; ab - ma = 2; ab - mb = 2",
        **dict.fromkeys(("simtri", "simtri2"), _SIMILAR.format(1)),
        **dict.fromkeys(("contri", "contri2"), "; ".join((_SIMILAR, _CONGRUENT)).format(1)),
        "sines": "ab - bc - ac^bc + ab^ac = 1",
        "eqsine": "ab^cd - ef^gh = 1",
        "eqangle": "ab^cd - ef^gh = 1; ab^ef - cd^gh = 1",
        **dict.fromkeys(("perp", "aconst 1/2"), "ab^cd = 1"),
        **dict.fromkeys(("aconst 1/6", "aconst 5/6"), "ab^cd = 1/2"),
        **dict.fromkeys(("aconst 1/4", "aconst 3/4"), "2 ab^cd = 1/2"),
        **dict.fromkeys(("aconst 1/3", "aconst 2/3"), "2 ab^cd = 3/4"),
    },
    "length": {
        "cong": "ab - cd = 0",
        "rconst": "n ab - m cd = 0",
        "midp": "ma - mb = 0; ab - 2 ma = 0; ab - 2 mb = 0",
        **dict.fromkeys(("contri", "contri2"), _CONGRUENT.format(0)),
    },
    "square": {
        "cong": "ab - cd = 0",
        "rconst": "nn ab - mm cd = 0",
        "sqconst": "n ab - m cd = 0",
        "midp": "ma - mb = 0; ab - 4 ma = 0; ab - 4 mb = 0",
        "perp": "ac + bd - ad - bc = 0",
        **dict.fromkeys(("contri", "contri2"), _CONGRUENT.format(0)),
    },
}
"""What facts say, in the letters of their predicates. ``ab`` is the system's number for the pair a, b and ``ab^cd`` the
logarithm of the sine of the angle between ab and cd; for logarithms the right side is the number whose logarithm it
is. Facts of many points, and the median, are told by :func:`equations`; there ``a@`` is s(a) on the fact's circle."""


def _of(line: str, letters: str, *points: str) -> Equation:
    return _equation(line, dict(zip(letters, points, strict=True)))


def _equation(line: str, letters: dict[str, str]) -> Equation:
    """An equation between points; like unknowns are summed, and the segment from a point to itself has length 0."""
    parts, right = _parsed(line)
    total: dict[Unknown, int] = defaultdict(int)
    for sign, weight, name in parts:
        factor = prod(int(letters[x]) for x in weight) if weight.isalpha() else int(weight)
        total[_unknown(name, letters)] += sign * factor
    found = sorted((u, Fraction(weight)) for u, weight in total.items() if weight and u[0] != u[1])
    return Equation(tuple(found), Fraction(int(letters["m"]), int(letters["n"])) if right == "m/n" else Fraction(right))


@cache
def _parsed(line: str) -> tuple[tuple[tuple[int, str, str], ...], str]:
    """The sign, weight and name of each unknown, and the right side."""
    left, _, right = line.partition(" = ")
    found = re.findall(r"([+-]? ?)(?:(\d|m+|n+) )?([a-z][a-z@]\S*)", left)
    return tuple((-1 if "-" in sign else 1, weight or "1", name) for sign, weight, name in found), right


def _unknown(name: str, letters: dict[str, str]) -> Unknown:
    a, b, *cd = (letters.get(x, x) for x in name)
    if name[1] == "@":
        return (a, "@", b)
    return (*min(_line(a, b), _line(*cd[1:])), "^", *max(_line(a, b), _line(*cd[1:]))) if cd else _line(a, b)


def _line(a: str, b: str) -> Unknown:
    return (a, b) if a <= b else (b, a)


def _negative(equation: Equation, system: System) -> Equation:
    unknowns = tuple((unknown, -weight) for unknown, weight in equation.unknowns)
    constant = equation.constant
    return Equation(unknowns, 1 / constant if system == "log" else -constant % 1)


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
    named += [(f"'{fact}', without which the proof says nothing,", fact) for fact in sorted(_silent(proof))]
    given = (drawing for drawing in drawings if drawing.digits >= digits)
    used = 0
    try:
        for drawing in chain(given, islice(_fresh(proof.problem, digits, seed), _TRIES)):
            if all(map(drawing.holds, conditions)):
                used += 1
                yield from (f"{name} fails in drawing {used}" for name, fact in named if not drawing.holds(fact))
                if used == _DRAWINGS:
                    return
    except DrawingError as error:
        yield str(error)
    yield f"its conditions hold in {used} of {_TRIES} drawings, {_DRAWINGS} are needed: {_listed(conditions)}"


def _fresh(problem: Problem, digits: int, seed: int) -> Iterator[Diagram]:
    index = _FRESH
    while True:
        yield draw(problem, seed, index, digits)
        index += 1


def _silent(proof: Proof) -> set[Fact]:
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


def _show(equation: Equation) -> str:
    terms = " + ".join(f"{weight} ({' '.join(unknown)})" for unknown, weight in equation.unknowns)
    return f"{terms or 0} = {equation.constant}"
