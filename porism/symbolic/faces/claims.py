"""Facts as English clauses, and the equations that some of them are best read as."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from porism.symbolic.faces.equations import Number, Sum, added, formula, line, quotient, sine, turned
from porism.symbolic.faces.words import Notation
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.proof import Unknown


def claim(fact: Fact, notation: Notation) -> str:
    """A fact as an English clause.

    >>> from porism.symbolic.faces.words import plain
    >>> print(claim(Fact.parse("eqangle a b a d a d a c"), plain("abcd")))
    angle BAD = angle DAC
    >>> print(claim(Fact.parse("sines a b c"), plain("abc")))
    AB : BC = sin BCA : sin CAB
    """
    told = notation.claims.get(fact)
    if told is None:
        told = notation.claims[fact] = _in_capitals(fact) if _is_common(fact, notation) else _claim(fact, notation)
    return told


def _is_common(fact: Fact, n: Notation) -> bool:
    """Whether it reads the same in every proof: no goal's spelling is in it, nor in the parallels that it may be."""
    return n.capitals and not any(goal == fact or goal.name == "para" for goal in n.spellings)


@lru_cache(maxsize=1 << 14)
def _in_capitals(fact: Fact) -> str:
    return _claim(fact, Notation({}))


def _claim(fact: Fact, n: Notation) -> str:
    p = n.spellings.get(fact, fact.points)
    written = _equation(fact, p, n)
    if written:
        return n.formula(written)
    match fact.name:
        case "eqangle":
            return _with_one_line_twice(fact, n)
        case "coll" | "cyclic":
            return f"{n.each(p)} lie on a {'line' if fact.name == 'coll' else 'circle'}"
        case "midp":
            return f"{n.row(p[:1])} is the midpoint of {n.row(p[1:])}"
        case "circle":
            return f"{n.row(p[:1])} is the centre of the circle through {n.each(p[1:])}"
        case "para" if set(p[:2]) & set(p[2:]):
            return f"{n.each(sorted(set(p)))} lie on a line"
        case "para":
            return f"{n.row(p[:2])} is parallel to {n.row(p[2:])}"
        case "simtri" | "simtri2" | "contri" | "contri2":
            kind = "similar" if fact.name.startswith("sim") else "congruent"
            opposite = "oppositely " if fact.name.endswith("2") else ""
            return f"triangles {n.row(p[:3])} and {n.row(p[3:])} are {opposite}{kind}"
        case "ncoll":
            return f"{n.each(p)} do not lie on a line"
        case "diff":
            return f"{n.each(p)} are different"
    words = (*p, *fact.args[len(p) :])
    return filled(PREDICATES[fact.name].meaning, {str(i): word for i, word in enumerate(words)}, n)


def filled(text: str, letters: Mapping[str, str], notation: Notation) -> str:
    """A text with points for the letters in braces; letters in a row are one formula.

    >>> from porism.symbolic.faces.words import plain
    >>> filled("{m} is the midpoint of {a}{b}", {"m": "x", "a": "y", "b": "z"}, plain("xyz"))
    'X is the midpoint of YZ'
    """
    told = [notation.row([letters[x] for x in row]) + then for row, then in _rows(text)[1]]
    return _rows(text)[0] + "".join(told)


@lru_cache(maxsize=1024)
def _rows(text: str) -> tuple[str, list[tuple[list[str], str]]]:
    """What comes before the first letters in braces; then each row of them, and what follows it."""
    start, *parts = re.split(r"((?:\{\w+\})+)", text)
    return start, [(re.findall(r"\w+", row), then) for row, then in zip(parts[::2], parts[1::2], strict=True)]


def said(fact: Fact) -> tuple[str, Sum, Number] | None:
    """The equation that a fact is, if it is one and best read as one: system, unknowns, constant."""
    p, ratio = fact.points, fact.args[len(fact.points) :]
    constant: Number = Fraction(int(ratio[0]), int(ratio[1])) if ratio else 1
    match fact.name:
        case "cong" | "rconst":
            return "log", _sum((p[0:2], 1), (p[2:4], -1)), constant
        case "sqconst":
            return "log", _sum((p[0:2], 2), (p[2:4], -2)), constant
        case "eqratio":
            return "log", _sum((p[0:2], 1), (p[2:4], -1), (p[4:6], -1), (p[6:8], 1)), constant
        case "eqangle":
            return "direction", _sum((p[0:2], 1), (p[2:4], -1), (p[4:6], -1), (p[6:8], 1)), 0
        case "aconst":
            return "direction", _sum((p[2:4], 1), (p[0:2], -1)), constant
        case "central":
            o, a, b, x = p
            return "direction", _sum(((o, b), 1), ((o, a), -1), ((x, b), -2), ((x, a), 2)), 0
    return None


def _sum(*terms: tuple[tuple[str, ...], int]) -> Sum:
    return added((line(points), coefficient) for points, coefficient in terms)


def _equation(fact: Fact, p: tuple[str, ...], n: Notation) -> str:
    """A fact as an equation, its points as they are spelled; empty if it is none, or none that reads well."""
    if fact in n.spellings and fact.name in ("eqangle", "eqratio"):
        spelled = _as_spelled(fact.name, [line(p[i : i + 2]) for i in (0, 2, 4, 6)], n)
        if spelled:
            return spelled
    if fact.name == "eqsine":
        return f"{sine(p[0:2], p[2:4], n)} = {sine(p[4:6], p[6:8], n)}"
    if fact.name == "sines":
        a, b, c = p
        return f"{quotient((a, b), (b, c), n)} = {sine((b, c), (c, a), n)} : {sine((c, a), (a, b), n)}"
    if fact.name == "product":
        a, b, c, x, y, z = p
        sides = ((b, x), (c, y), (a, z)), ((x, c), (y, a), (z, b))
        return " = ".join(n.times.join(map(n.joined, side)) for side in sides)
    equation = said(fact)
    return formula(*equation, n) if equation else ""


def _as_spelled(name: str, lines: list[Unknown], n: Notation) -> str:
    """Equal angles or ratios of these lines in this order; empty if an angle has no vertex."""
    p, q, r, s = lines
    if name == "eqratio":
        return f"{quotient(p, q, n)} = {quotient(r, s, n)}"
    if len({*p} & {*q}) != 1 or len({*r} & {*s}) != 1:
        return ""
    return f"{turned(p, q, n)} = {turned(r, s, n)}"


def _with_one_line_twice(fact: Fact, n: Notation) -> str:
    """Equal angles that have a leg on one line, so that the other legs are parallel."""
    p, q, r, s = (line(fact.points[i : i + 2]) for i in (0, 6, 2, 4))  # p + q = r + s
    for leg, one, same, other in ((p, q, r, s), (p, q, s, r), (q, p, r, s), (q, p, s, r)):
        if leg == same != one and other != leg:
            return n.formula(f"{turned(leg, one, n)} = {turned(leg, other, n)}")
    return claim(Fact("para", (*p, *next((other for other in (q, r, s) if other != p), p))), n)
