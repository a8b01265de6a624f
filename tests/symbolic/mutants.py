"""Proofs with one thing wrong: what a checker must reject.

A mutant that happens to be a correct proof would prove nothing, so none is made: what is altered is either fixed by the
rule or the sum it stands in, or it is false in a drawing of the problem.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import FactError
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, System, Term, Unknown
from porism.symbolic.rules import RULES

RENAMED = {  # a predicate that says something else of the same points
    "para": "perp",
    "perp": "para",
    "cong": "para",
    "eqangle": "eqratio",
    "eqratio": "eqangle",
    "simtri": "simtri2",
    "simtri2": "simtri",
    "contri": "contri2",
    "contri2": "contri",
    "coll": "midp",
    "midp": "coll",
    "cyclic": "circle",
    "circle": "cyclic",
    "rconst": "aconst",
    "aconst": "rconst",
}
ONE_MEANING = {"para", "perp", "aconst", "cong", "rconst", "coll"}
"""Predicates of which no two facts are one equation: a sum proves only one of them."""
OTHER_SYSTEM: dict[System, System] = {"direction": "length", "log": "direction", "length": "log", "square": "log"}


def mutants(proof: Proof, drawing: Diagram | None = None) -> Iterator[tuple[str, Proof]]:
    """Every proof that differs from a correct and minimal one in one thing, and is wrong; each with what was done.

    Args:
        proof: one that a checker accepts and in which every step and every need is needed.
        drawing: of its problem; drawn if there is none.
    """
    drawing = drawing or draw(proof.problem)
    yield from _premises(proof, drawing)
    for number, step in proof.numbered():
        index = number - len(proof.premises)
        if _is_needed(proof, number):
            yield f"step {number} removed", _without(proof, number)
        for what, other in _steps(proof, number, step, drawing):
            yield (
                f"step {number}: {what}",
                replace(proof, steps=(*proof.steps[:index], other, *proof.steps[index + 1 :])),
            )


def _premises(proof: Proof, drawing: Diagram) -> Iterator[tuple[str, Proof]]:
    premises, guaranteed = proof.premises, set(proof.problem.premises)
    for i, premise in enumerate(premises):
        if _is_needed(proof, i):
            yield f"premise {i} removed", _without(proof, i)
        for fact in _altered(premise, proof.problem.points):
            if fact not in guaranteed:
                yield (
                    f"premise {i} altered to {fact}",
                    replace(proof, premises=(*premises[:i], fact, *premises[i + 1 :])),
                )
        for j in range(i + 1, len(premises)):
            if _differently_used(proof, i, j):
                swapped = list(premises)
                swapped[i], swapped[j] = premises[j], premise
                yield f"premises {i} and {j} swapped", replace(proof, premises=tuple(swapped))


def _is_needed(proof: Proof, number: int) -> bool:
    return any(number in step.needs for step in proof.steps) or (
        proof.facts[number] in proof.problem.goals and proof.facts.count(proof.facts[number]) == 1
    )


def _differently_used(proof: Proof, i: int, j: int) -> bool:
    """Whether some rule needs one of two premises, which is no line or circle, and not the other."""
    facts = proof.facts
    many = ("coll", "cyclic", "circle")
    return facts[i] != facts[j] and any(
        isinstance(step.by, Rule)
        and (i in step.needs) != (j in step.needs)
        and facts[i if i in step.needs else j].name not in many
        for step in proof.steps
    )


def _without(proof: Proof, number: int) -> Proof:
    """Without one fact; later ones move up, and steps that needed it do without."""

    def moved(k: int) -> int:
        return k - (k > number)

    def unknown(name: Unknown) -> Unknown:
        return (name[0], "@", str(moved(int(name[2])))) if "@" in name else name

    def term(one: Term) -> Term:
        unknowns = tuple(sorted((unknown(name), weight) for name, weight in one.equation.unknowns))
        return Term(one.coefficient, Equation(unknowns, one.equation.constant), moved(one.need))

    def step(one: Step) -> Step:
        needs = tuple(moved(k) for k in one.needs if k != number)
        if isinstance(one.by, Rule):
            return replace(one, needs=needs)
        terms = tuple(term(t) for t in one.by.terms if t.need != number)
        return replace(one, needs=needs, by=replace(one.by, terms=terms))

    premises = tuple(fact for k, fact in enumerate(proof.premises) if k != number)
    steps = tuple(step(one) for k, one in proof.numbered() if k != number)
    return replace(proof, premises=premises, steps=steps)


def _steps(proof: Proof, number: int, step: Step, drawing: Diagram) -> Iterator[tuple[str, Step]]:
    fixed = isinstance(step.by, Rule) and step.by.id != "circles"  # the conclusion of a rule is one fact
    fixed = fixed or (isinstance(step.by, Algebra) and step.fact.name in ONE_MEANING)
    for fact in _altered(step.fact, proof.problem.points):
        if fixed or not drawing.holds(fact):
            yield f"fact altered to {fact}", replace(step, fact=fact)
    for need in step.needs:
        yield f"need {need} dropped", replace(step, needs=tuple(k for k in step.needs if k != need))
    needed = {proof.facts[need] for need in step.needs}
    for need in range(number + 1):
        if need not in step.needs and (need == number or proof.facts[need] not in needed):
            yield f"need {need} added", replace(step, needs=tuple(sorted((*step.needs, need))))
    if len(step.needs) > 1:
        yield "needs turned around", replace(step, needs=step.needs[::-1])
    for condition in step.conditions:
        yield f"condition {condition} dropped", replace(step, conditions=_less(step.conditions, condition))
        for fact in _altered(condition, proof.problem.points):
            conditions = (*_less(step.conditions, condition), fact)
            yield f"condition {condition} altered to {fact}", replace(step, conditions=conditions)
    extra = Fact("diff", proof.problem.points[:2])
    if extra not in step.conditions:
        yield "condition added", replace(step, conditions=(*step.conditions, extra))
    if isinstance(step.by, Algebra):
        yield from ((what, replace(step, by=by)) for what, by in _sums(step.by))
    else:
        yield from ((what, replace(step, by=by)) for what, by in _rules(step.by))


def _less(conditions: Sequence[Fact], one: Fact) -> tuple[Fact, ...]:
    return tuple(condition for condition in conditions if condition != one)


def _sums(by: Algebra) -> Iterator[tuple[str, Algebra]]:
    yield "another system", replace(by, system=OTHER_SYSTEM[by.system])
    yield "divisor + 1", replace(by, divisor=by.divisor + 1)
    yield "divisor doubled", replace(by, divisor=2 * by.divisor)
    for i, term in enumerate(by.terms):
        rest = by.terms[:i], by.terms[i + 1 :]
        yield f"term {i} removed", replace(by, terms=(*rest[0], *rest[1]))
        yield f"term {i} doubled", replace(by, terms=(*rest[0], term, term, *rest[1]))
        alone = sum(other.need == term.need for other in by.terms) == 1
        for what, other in _terms(term, {other.need for other in by.terms} if not alone else set()):
            yield f"term {i}: {what}", replace(by, terms=(*rest[0], other, *rest[1]))


def _terms(term: Term, spared: set[int]) -> Iterator[tuple[str, Term]]:
    c, equation = term.coefficient, term.equation
    for coefficient in (-c, 2 * c, c / 2, c + 1, c - 1, c + Fraction(1, 3), Fraction(0)):
        if coefficient != c:
            yield f"coefficient {coefficient}", replace(term, coefficient=coefficient)
    yield "another constant", replace(term, equation=replace(equation, constant=equation.constant + Fraction(1, 3)))
    for i, (name, weight) in enumerate(equation.unknowns):
        rest = equation.unknowns[:i], equation.unknowns[i + 1 :]
        changes = {
            f"unknown {name} removed": (*rest[0], *rest[1]),
            f"coefficient of {name} turned around": (*rest[0], (name, -weight), *rest[1]),
            f"coefficient of {name} + 1": (*rest[0], (name, weight + 1), *rest[1]),
        }
        for what, unknowns in changes.items():
            if len(equation.unknowns) > 1 or "turned" not in what:  # x = 0 says -x = 0
                yield what, replace(term, equation=replace(equation, unknowns=unknowns))
    for other in sorted({term.need - 1, term.need + 1} - spared - {-1}):  # two facts may say one equation
        yield f"need {other}", replace(term, need=other)


def _rules(by: Rule) -> Iterator[tuple[str, Rule]]:
    said = _said(by)
    for other in sorted(RULES):
        changed = replace(by, id=other)
        if other != by.id and _said(changed) != said:
            yield f"rule {other}", changed
    yield "no rule", replace(by, id="because")
    if by.points:
        yield "a point less", replace(by, points=by.points[:-1])
    for i in range(len(by.points)):
        for j in range(i):
            points = list(by.points)
            points[i], points[j] = points[j], points[i]
            changed = replace(by, points=tuple(points))
            if _said(changed) != said:
                yield f"points {j} and {i} exchanged", changed


def _said(rule: Rule) -> object:
    """The conclusion and the conditions of a rule; None if it does not fit its points."""
    try:
        if rule.id in ("circle", "circles"):
            return Fact("circle", rule.points), set[Fact]()
        if len(RULES[rule.id].letters) != len(rule.points):
            return None
        letters = dict(zip(RULES[rule.id].letters, rule.points, strict=True))
        _, conclusion, conditions = RULES[rule.id].parts
        bound = [Fact(name, tuple(letters[x] for x in args)) for name, args in (conclusion, *conditions)]
        return bound[0], set(bound[1:])
    except FactError:
        return None


def _altered(fact: Fact, points: Sequence[str]) -> Iterator[Fact]:
    """Other facts: two points exchanged, one replaced, another predicate, another number."""
    found: dict[Fact, None] = {}
    count = len(fact.points)
    changes = [(fact.name, _exchanged(fact.args, i, j)) for i in range(count) for j in range(i)]
    changes += [(fact.name, (*fact.args[:i], p, *fact.args[i + 1 :])) for i in range(count) for p in points[:4]]
    for i in range(count, len(fact.args)):
        changes.append((fact.name, (*fact.args[:i], str(int(fact.args[i]) + 1), *fact.args[i + 1 :])))
    if fact.name in RENAMED:
        changes.append((RENAMED[fact.name], fact.args))
    for name, args in changes:
        try:
            found[Fact(name, args)] = None
        except FactError:
            continue
    found.pop(fact, None)
    yield from found


def _exchanged(args: Sequence[str], i: int, j: int) -> tuple[str, ...]:
    changed = list(args)
    changed[i], changed[j] = changed[j], changed[i]
    return tuple(changed)
