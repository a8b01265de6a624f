"""Steps as sentences with their reasons: the theorem that is used, or what a sum of equations starts from."""

import re
from collections.abc import Iterable, Iterator, Sequence

from porism.symbolic.faces.chains import chain
from porism.symbolic.faces.claims import claim, filled
from porism.symbolic.faces.equations import sine
from porism.symbolic.faces.sums import Relation, relations, sums
from porism.symbolic.faces.words import Notation, cited, listed, numbers
from porism.symbolic.facts import Fact
from porism.symbolic.proof import Algebra, Proof, Rule, Step
from porism.symbolic.rules import RULES

ROOM = 165  # letters of one step: about a line and a half

CITED = {
    **dict.fromkeys(
        (f"similar-{kind}{mirror}" for kind in ("aa", "sas", "sss", "ssa") for mirror in ("", "-mirror")),
        "because they have",
    ),
    **dict.fromkeys(("congruent", "congruent-mirror"), "because they are"),
    **dict.fromkeys(("midpoint", "angle-bisector", "angle-bisector-converse", "law-of-sines"), "by"),
    **dict.fromkeys(("menelaus", "ceva", "pappus", "pascal", "desargues"), "by"),
    **dict.fromkeys(("isosceles-angles", "isosceles-sides", "bisector-perpendicular", "bisector-points"), "because"),
    **dict.fromkeys(("parallels-divide", "divide-parallel", "divide-parallel-end", "same-division"), "because"),
    **dict.fromkeys(("incentre", "orthocentre", "bisector-midline", "midline-bisector"), "because"),
    **dict.fromkeys(("circle", "circles", "inscribed", "central", "right-angle"), "because"),
    **dict.fromkeys(("arcs-chords", "chords-arcs", "isosceles-trapezoid", "equal-sines"), "because"),
}
"""How the words of a rule are joined to its conclusion: a theorem's name after ``by``, a sentence after ``because``."""

_SHARED = "the lines {a}{e} and {b}{f} are divided in the same ratio"
_WORDS = {
    "divide-parallel": _SHARED,
    "divide-parallel-end": _SHARED,
    "equal-sines": "the two angles do not add up to 180 degrees",
}
"""What reads better as a reason than the name of the theorem."""


def steps(proof: Proof, notation: Notation) -> Iterator[tuple[str, str]]:
    """The steps in order, each with its number in brackets; the law of sines is told once for each triangle."""
    laws: dict[frozenset[str], list[int]] = {}
    for i, step in proof.numbered():
        if step.fact.name == "sines":
            laws.setdefault(frozenset(step.fact.points), []).append(i)
    facts = proof.facts
    for i, step in proof.numbered():
        same = laws[frozenset(step.fact.points)] if step.fact.name == "sines" else [i]
        if i == same[0]:
            yield numbers(same), _sentence(facts, step, notation) if len(same) == 1 else _law(step.fact, notation)


def _law(fact: Fact, n: Notation) -> str:
    """The law of sines for all three sides of a triangle."""
    a, b, c = sorted(fact.points)
    sides = " : ".join(map(n.joined, ((a, b), (b, c), (c, a))))
    sines = " : ".join(sine((x, y), (y, z), n) for x, y, z in ((b, c, a), (c, a, b), (a, b, c)))
    return f"By the law of sines in triangle {n.row((a, b, c))}, {n.formula(f'{sides} = {sines}')}."


def sentence(proof: Proof, step: Step, notation: Notation) -> str:
    """One step as a sentence with its reasons.

    Args:
        proof: the step's proof, for the facts that it needs.
        step: one of its steps.
        notation: how formulas are written.
    """
    return _sentence(proof.facts, step, notation)


def _sentence(facts: Sequence[Fact], step: Step, notation: Notation) -> str:
    """The first way to tell it that fits, or the last."""
    text = ""
    for text in (_by_rule if isinstance(step.by, Rule) else _by_algebra)(facts, step, notation):
        if len(text) <= ROOM or _letters(text) <= ROOM:
            break
    return text[0].upper() + text[1:] + "."


def _letters(text: str) -> int:
    """About how long a text is when it is set."""
    return len(re.sub(r"\\[a-z]+ ?|[${}_^]", "", text))


def _by_rule(facts: Sequence[Fact], step: Step, n: Notation) -> Iterator[str]:
    assert isinstance(step.by, Rule)
    rule, conclusion, needs = RULES[step.by.id], claim(step.fact, n), numbers(step.needs)
    if rule.id == "law-of-sines":
        yield f"by {rule.because} in triangle {n.row(sorted(step.fact.points))}, {conclusion}"
        return
    letters = dict(zip(rule.letters, step.by.points, strict=False))
    if rule.id == "circle":  # takes any number of points, the centre first
        letters = {"o": step.by.points[0]}
    because = filled(_WORDS.get(rule.id, rule.because), letters, n)
    since = listed([f"{claim(facts[i], n)} ({i + 1})" for i in step.needs])
    match CITED[rule.id]:
        case "by":
            yield f"since {since}, {conclusion} by {because}"
            yield f"by {because}, {conclusion} {needs}"
        case "because":
            yield f"since {since}, {conclusion}: {because}"
            if rule.id in ("circle", "inscribed", "circles"):
                yield f"since {since}, {conclusion}"
            yield f"{conclusion}, because {because} {needs}"
        case they:
            yield f"{conclusion}, {they} {because} {needs}"


def _by_algebra(facts: Sequence[Fact], step: Step, n: Notation) -> Iterator[str]:
    assert isinstance(step.by, Algebra)
    conclusion, system = claim(step.fact, n), step.by.system
    found = relations(step.by)
    lines = [i for one in found for i in one.needs if system == "direction" and _is_line(one, facts)]
    main = [one for one in found if not set(one.needs) <= set(lines)]
    words = {i: f"{_stated(one, facts, i, n)} ({i + 1})" for one in found for i in one.needs}
    laws = [i for i in words if facts[i].name == "sines"]
    if laws:
        yield from _by_sines(facts, laws, words, conclusion, n)
        return
    single = len(main) == 1 or all(one.scale == 1 for one in main)
    shared = _both(step.fact, main, facts, n)
    if shared:
        yield f"{conclusion}, because both are {shared} {numbers(step.needs)}"
    linked = chain(step.fact, found, system, n) if single else ""
    if single and len(main) <= 3 and len(words) <= 4:
        yield f"since {listed(list(words.values()))}, {linked or conclusion}"
    along = f", on the lines of {cited(lines)}" if lines else ""
    if single and main and len(main) <= 3:
        yield f"since {listed([words[i] for one in main for i in one.needs])}{along}, {linked or conclusion}"
    if linked:
        yield f"by {cited(step.needs)}, {linked}"
    parallels = [one for one in main if all(facts[i].name == "para" for i in one.needs)]
    if parallels and len(parallels) < len(main):
        also = f"the parallels of {cited(i for one in parallels for i in one.needs)}"
        along = f"{along} and {also}" if along else f", along {also}"
        main = [one for one in main if one not in parallels]
    yield from sums(system, main, words, along, conclusion, n)


def _by_sines(
    facts: Sequence[Fact], laws: Iterable[int], words: dict[int, str], conclusion: str, n: Notation
) -> Iterator[str]:
    """A product of sides and of sines: the triangles, and what else is equal."""
    rest = [i for i in words if i not in laws]
    triangles = list(dict.fromkeys(n.row(sorted(facts[i].points)) for i in sorted(laws)))
    lead = f"by the law of sines in triangle{'s' if len(triangles) > 1 else ''} {listed(triangles)} {numbers(laws)}"
    if not rest:
        yield f"{lead}, {conclusion}"
        return
    yield f"{lead}, and since {listed([words[i] for i in rest])}, {conclusion}"
    yield f"{lead} and the equalities of {numbers(rest)}, {conclusion}"


def _is_line(relation: Relation, facts: Sequence[Fact]) -> bool:
    """Whether it only gives a line another name."""
    return all(facts[i].name in ("coll", "midp") for i in relation.needs)


def _stated(relation: Relation, facts: Sequence[Fact], need: int, n: Notation) -> str:
    """What a need says, of a circle or a line no more than what is used of it."""
    fact = facts[need]
    if fact.name not in ("coll", "cyclic", "circle"):
        return claim(fact, n)
    used = {point for unknown in relation.terms for point in unknown}
    few = tuple(point for point in fact.points[fact.name == "circle" :] if point in used)
    if fact.name == "circle":
        if len(few) == 3 or (len(few) >= 2 and fact.points[0] in used):
            return f"{n.row(fact.points[:1])} is the centre of the circle through {n.each(few)}"
        return f"{n.each(few)} lie on a circle" if len(few) >= 4 else claim(fact, n)
    least = 3 if fact.name == "coll" else 4
    return claim(Fact(fact.name, few) if len(few) >= least else fact, n)


def _both(goal: Fact, main: list[Relation], facts: Sequence[Fact], n: Notation) -> str:
    """What two parallels have in common: a line that both are perpendicular or parallel to."""
    if goal.name != "para" or len(main) != 2 or any(len(one.terms) != 2 for one in main):
        return ""
    names = {facts[i].name for one in main for i in one.needs}
    common = set(main[0].terms) & set(main[1].terms)
    if len(names) != 1 or len(common) != 1 or not names <= {"perp", "para"}:
        return ""
    return f"{'perpendicular' if names == {'perp'} else 'parallel'} to {n.row(*common)}"
