"""Proofs in English: the statement of a problem and a proof that a teacher could read.

Facts are numbered from 1, premises first, so the fact that :class:`porism.symbolic.proof.Proof` counts as i is (i + 1)
here. A step by a rule cites the theorem. A step by algebra is told, as far as it fits into a line and a half, by what
it starts from or by a chain of equal angles or ratios, otherwise as a sum with its coefficients. Angles are
full-angles: ``angle ABC`` is the turn from line BA to line BC, modulo half a turn.

How points and formulas are written is an argument, a :class:`Notation`; :mod:`porism.symbolic.latex` has another.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import permutations
from math import gcd, lcm

from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, Unknown
from porism.symbolic.rules import RULES

ROOM = 165  # letters of one step: about a line and a half

Sum = dict[Unknown, Fraction]
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Notation:
    """How points and formulas are written; the defaults are for plain text.

    Attributes:
        names: what each point is called.
        math: around a formula, one string before and one after it.
        angle, degree, times, square: signs.
        apart: whether names of more than a letter and digits are set apart by spaces.
        spellings: points of facts, such as goals, in the order in which they were written.
    """

    names: Mapping[str, str]
    math: tuple[str, str] = ("", "")
    angle: str = "angle "
    degree: str = "°"
    times: str = " · "
    square: str = "²"
    apart: bool = True
    spellings: Mapping[Fact, tuple[str, ...]] = field(default_factory=dict)

    def formula(self, text: str) -> str:
        """A formula within a sentence."""
        return self.math[0] + text + self.math[1]

    def joined(self, points: Iterable[str]) -> str:
        """Points in a row, such as a segment or a triangle, within a formula."""
        names = [self.names.get(point, point.upper()) for point in points]
        simple = not self.apart or all(re.fullmatch(r"[A-Za-z][0-9]*'*", name) for name in names)
        return ("" if simple else " ").join(names)

    def row(self, points: Iterable[str]) -> str:
        """Points in a row, within a sentence."""
        return self.formula(self.joined(points))

    def each(self, points: Iterable[str]) -> str:
        """A list of points within a sentence."""
        return listed([self.row([point]) for point in points])

    def degrees(self, half_turns: Fraction) -> str:
        """An angle, within a formula."""
        value = half_turns * 180
        return f"{value if value.denominator == 1 else f'{float(value):.6g}'}{self.degree}"


def plain(points: Collection[str]) -> Notation:
    """Plain text: points in capitals, or as they are if capitals would confuse two of them."""
    return Notation(names_of(points))


def for_problem(notation: Notation, problem: Problem) -> Notation:
    """The notation, with goals spelled as the problem has them: angle ACB = angle ADB, not angle CAD = angle CBD."""
    spelled = {}
    for goal, text in zip(problem.goals, problem.written, strict=True):
        points = tuple(text.split()[1:])
        if sorted(points) == sorted(goal.points):  # no numbers, whose order has a meaning of its own
            spelled[goal] = points
    return replace(notation, spellings=spelled)


def names_of(points: Collection[str]) -> dict[str, str]:
    """Points in capitals, or as they are if capitals would confuse two of them.

    >>> names_of(["a", "o1"]), names_of(["a", "A"])
    ({'a': 'A', 'o1': 'O1'}, {'a': 'a', 'A': 'A'})
    """
    if len({point.upper() for point in points}) < len(set(points)):
        return {point: point for point in points}
    return {point: point.upper() for point in points}


def name_parts(name: str) -> tuple[str, str, str]:
    """A point's name as letters, subscript and primes.

    >>> [name_parts(name) for name in ["A", "O1", "I_B", "P'", "A1_2"]]
    [('A', '', ''), ('O', '1', ''), ('I', 'B', ''), ('P', '', "'"), ('A', '1,2', '')]
    """
    bare = name.rstrip("'")
    stem = re.match(r"[A-Za-z]*", bare)
    assert stem
    low = [part for part in re.split(r"[_']+", bare[stem.end() :]) if part]
    return stem[0], ",".join(low), "'" * (len(name) - len(bare))


def listed(parts: Sequence[str]) -> str:
    """Words in a row.

    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


# Statements


def statement(problem: Problem, without: Collection[str] = (), notation: Notation | None = None) -> str:
    """A problem as one paragraph.

    Args:
        problem: its constructions and goals.
        without: points whose constructions are left out, such as a proof's auxiliary points.
        notation: how formulas are written, plain text if omitted.

    >>> print(statement(Problem.parse("a b c = triangle; d = foot d c a b ? perp c d a b")))
    Let ABC be a triangle. Let D be the foot of the perpendicular from C to AB. Show that CD is perpendicular to AB.
    """
    n = for_problem(notation or plain(problem.points), problem)
    sentences: list[str] = []
    free: list[str] = []
    for clause in (*problem.clauses, None):
        if clause and [one.name for one in clause.constructions] == ["free"]:
            free.extend(point for point in clause.points if point not in without)
            continue
        if free:
            sentences.append(f"Let {n.each(free)} be {'points' if len(free) > 1 else 'a point'}.")
            free = []
        if clause and not set(clause.points) & set(without):
            sentences.append(_let(clause, n))
    if problem.goals:
        sentences.append(f"Show that {listed([claim(goal, n) for goal in problem.goals])}.")
    return " ".join(sentences)


_LEAD = re.compile(r"((?:\{\w+\}(?:, | and )?)+) (is|are|lies|lie|cut|touch) ")
_BARE = {"is": "be", "are": "be", "lies": "lie", "has": "have", "touches": "touch", "equals": "equal"}


def _let(clause: Clause, n: Notation) -> str:
    """One clause as a sentence."""
    told = [_told(one, n) for one in clause.constructions]
    if all(_names_first(one) for one in clause.constructions):
        if len(told) == 1:
            return f"Let {_bare(told[0])}."
        subject, _, verb = _split(clause.constructions[0], n)
        if all(_split(one, n)[2] == verb == "lies" for one in clause.constructions):
            return f"Let {subject} lie {listed([_split(one, n)[1] for one in clause.constructions])}."
    if len(clause.points) == 1:
        article = "a" if len(told) == 1 else "the"
        return f"Let {n.row(clause.points)} be {article} point such that {listed(told)}."
    return f"Let {listed([_bare(text) for text in told])}."


def _told(one: Construction, n: Notation) -> str:
    """The construction's sentence in this notation."""
    letters = dict(zip(one.definition.letters, one.args, strict=True))
    numbers = one.definition.letters[len(one.args) - one.definition.numbers :]

    def filled(found: re.Match[str]) -> str:
        if found[2] in numbers:
            return n.formula(letters[found[2]].removesuffix("o"))
        row = n.joined(letters[letter] for letter in found[2])
        return n.formula(f"{n.angle}{row}") if found[1] else n.formula(row)

    text = re.sub(r"(angle )?\{(\w+)\}", filled, one.definition.sentence)
    return text.replace(f"{n.math[1]} = {n.math[0]}", " = ")  # an equation is one formula


def _names_first(one: Construction) -> bool:
    """Whether the sentence begins with the new points, and with no others unless as one figure."""
    found = _LEAD.match(one.definition.sentence)
    if not found:
        return False
    makes, rows = set(one.definition.makes.split()), re.findall(r"\{(\w+)\}", found[1])
    return set("".join(rows)) == makes or (len(rows) == 1 and len(rows[0]) > 2)


def _split(one: Construction, n: Notation) -> tuple[str, str, str]:
    """Subject, what follows the verb, and the verb, of a sentence that begins with the new points."""
    found = _LEAD.match(one.definition.sentence)
    assert found
    text, verb = _told(one, n), found[2]
    subject, rest = text.split(f" {verb} ", 1)
    return subject, rest, verb


def _bare(text: str) -> str:
    """A sentence with its verbs as they stand after Let."""
    return re.sub(r"\b(is(?! moved)|are|lies|has|touches|equals)\b", lambda found: _BARE[found[1]], text)


def _construct(clause: Clause, n: Notation) -> str:
    """One clause of auxiliary points as a sentence."""
    points = n.each(clause.points)
    if [one.name for one in clause.constructions] == ["free"]:
        return f"Choose a point {points}."
    if all(_names_first(one) and _split(one, n)[0] == points for one in clause.constructions):
        parts = [_split(one, n) for one in clause.constructions]
        if all(verb == "lies" for _, _, verb in parts):
            return f"Construct {points} {listed([rest for _, rest, _ in parts])}."
        if len(parts) == 1 and parts[0][1].startswith("the "):
            return f"Construct {points}, {parts[0][1]}."
    return f"Construct {points} such that {listed([_told(one, n) for one in clause.constructions])}."


# Facts


def claim(fact: Fact, notation: Notation) -> str:
    """A fact as an English clause.

    >>> print(claim(Fact.parse("eqangle a b a d a d a c"), plain("abcd")))
    angle BAD = angle DAC
    """
    n, p = notation, notation.spellings.get(fact, fact.points)
    if fact in n.spellings and fact.name in ("eqangle", "eqratio"):
        spelled = _as_spelled(fact.name, [_line(p[i : i + 2]) for i in (0, 2, 4, 6)], n)
        if spelled:
            return n.formula(spelled)
    equation = said(fact)
    if equation is not None:
        written = formula(*equation, n)
        if written:
            return n.formula(written)
        if fact.name == "eqangle":
            return _with_one_line_twice(fact, n)
    match fact.name:
        case "coll":
            return f"{n.each(p)} lie on a line"
        case "cyclic":
            return f"{n.each(p)} lie on a circle"
        case "midp":
            return f"{n.row(p[:1])} is the midpoint of {n.row(p[1:])}"
        case "circle":
            return f"{n.row(p[:1])} is the centre of the circle through {n.each(p[1:])}"
        case "para" if set(p[:2]) & set(p[2:]):
            return f"{n.each(sorted(set(p)))} lie on a line"
        case "para":
            return f"{n.row(p[:2])} is parallel to {n.row(p[2:])}"
        case "perp":
            return f"{n.row(p[:2])} is perpendicular to {n.row(p[2:])}"
        case "simtri" | "simtri2" | "contri" | "contri2":
            kind = "similar" if fact.name.startswith("sim") else "congruent"
            return f"triangles {n.row(p[:3])} and {n.row(p[3:])} are {_opposite(fact)}{kind}"
        case "ncoll":
            return f"{n.each(p)} do not lie on a line"
        case "diff":
            return f"{n.each(p)} are different"
    words = {str(i): arg for i, arg in enumerate(fact.args)}
    return _because(PREDICATES[fact.name].meaning, words, n)


def _as_spelled(name: str, lines: list[Unknown], n: Notation) -> str:
    """Equal angles or ratios of these lines in this order; empty if an angle has no vertex."""
    (p, q), (r, s) = lines[:2], lines[2:]
    if name == "eqratio":
        return f"{n.joined(p)} : {n.joined(q)} = {n.joined(r)} : {n.joined(s)}"
    if len({*p} & {*q}) != 1 or len({*r} & {*s}) != 1:
        return ""
    return f"{turned(p, q, n)} = {turned(r, s, n)}"


def _with_one_line_twice(fact: Fact, n: Notation) -> str:
    """Equal angles that have a leg on one line, so that the other legs are parallel."""
    p, q, r, s = (fact.points[i : i + 2] for i in (0, 6, 2, 4))  # p + q = r + s
    for leg, one, same, other in ((p, q, r, s), (p, q, s, r), (q, p, r, s), (q, p, s, r)):
        if leg == same != one and other != leg:
            return n.formula(f"{turned(_line(leg), _line(one), n)} = {turned(_line(leg), _line(other), n)}")
    return claim(Fact("para", (*p, *next(line for line in (q, r, s) if line != p))), n)


def _line(points: Sequence[str]) -> Unknown:
    return min(points), max(points)


def _opposite(fact: Fact) -> str:
    return "oppositely " if fact.name.endswith("2") else ""


def said(fact: Fact) -> tuple[str, Sum, Fraction] | None:
    """The equation that a fact is, if it is one and best read as one: system, unknowns, constant."""
    p = fact.points
    match fact.name:
        case "cong":
            return "log", _sum((p[0:2], 1), (p[2:4], -1)), Fraction(1)
        case "rconst":
            return "log", _sum((p[0:2], 1), (p[2:4], -1)), Fraction(int(fact.args[4]), int(fact.args[5]))
        case "eqratio":
            return "log", _sum((p[0:2], 1), (p[2:4], -1), (p[4:6], -1), (p[6:8], 1)), Fraction(1)
        case "eqangle":
            return "direction", _sum((p[0:2], 1), (p[2:4], -1), (p[4:6], -1), (p[6:8], 1)), Fraction(0)
        case "aconst":
            return "direction", _sum((p[2:4], 1), (p[0:2], -1)), Fraction(int(fact.args[4]), int(fact.args[5]))
        case "central":
            o, a, b, x = p
            return "direction", _sum(((o, b), 1), ((o, a), -1), ((x, b), -2), ((x, a), 2)), Fraction(0)
    return None


def _sum(*terms: tuple[Sequence[str], int]) -> Sum:
    total: Sum = {}
    for (a, b), coefficient in terms:
        line = (a, b) if a <= b else (b, a)
        total[line] = total.get(line, Fraction(0)) + coefficient
    return {line: c for line, c in total.items() if c}


# Equations


def formula(system: str, terms: Sum, constant: Fraction, notation: Notation) -> str:
    """An equation between angles, products or sums of lengths; empty if it is none that reads well.

    Args:
        system: of the unknowns, as :class:`porism.symbolic.proof.Algebra` names them.
        terms: whole coefficients of lines or segments.
        constant: as :class:`porism.symbolic.proof.Equation` has it.
        notation: how it is written.

    >>> terms = {("a", "b"): Fraction(1), ("b", "c"): Fraction(1), ("a", "c"): Fraction(-1)}
    >>> print(formula("length", terms, Fraction(0), plain("abc")))
    AB + BC = AC
    """
    if not terms or any(c.denominator > 1 for c in terms.values()) or sum(map(abs, terms.values())) > 10:
        return ""
    if system == "direction":
        return _angles(terms, constant % 1, notation)
    if system == "log":
        return _products(terms, constant, notation)
    return _lengths(terms, notation.square if system == "square" else "", notation)


def _angles(terms: Sum, constant: Fraction, n: Notation) -> str:
    plus = [line for line, c in sorted(terms.items()) for _ in range(int(c))]
    minus = [line for line, c in sorted(terms.items()) for _ in range(-int(c))]
    if len(plus) != len(minus) or (len(plus) == 1 and constant == 0):
        return ""
    pairs = [list(zip(order, plus, strict=True)) for order in dict.fromkeys(permutations(minus))]
    best = max(pairs, key=lambda turns: (sum(bool({*x} & {*y}) for x, y in turns), _doubled(turns)))
    return min(_equal_angles(best, constant, n), _equal_angles([(y, x) for x, y in best], -constant % 1, n))


def _doubled(turns: list[tuple[Unknown, Unknown]]) -> int:
    return len(turns) - len(set(turns))


def _equal_angles(turns: list[tuple[Unknown, Unknown]], constant: Fraction, n: Notation) -> str:
    """Angles from one line to another that add up to a constant: the first on the left, the others turned around."""
    counts: dict[tuple[Unknown, Unknown], int] = {}
    for turn in turns:
        counts[turn] = counts.get(turn, 0) + 1
    first, *others = sorted(counts.items(), key=lambda item: (item[1], item[0]))
    right = [_times(count, turned(y, x, n)) for (x, y), count in others]
    if constant or not right:
        right.append(n.degrees(constant))
    return f"{_times(first[1], turned(*first[0], n))} = {' + '.join(right)}"


def _times(count: int, text: str) -> str:
    return text if count == 1 else f"{count} {text}"


def turned(x: Unknown, y: Unknown, notation: Notation) -> str:
    """The angle from line x to line y."""
    common = sorted({*x} & {*y})
    if len(common) == 1:
        (one,), (other,) = {*x} - {*common}, {*y} - {*common}
        return notation.angle + notation.joined((one, common[0], other))
    return f"{notation.angle}({notation.joined(x)}, {notation.joined(y)})"


def _products(terms: Sum, constant: Fraction, n: Notation) -> str:
    plus = [line for line, c in sorted(terms.items()) for _ in range(int(c))]
    minus = [line for line, c in sorted(terms.items()) for _ in range(-int(c))]
    if not plus or not minus:
        return ""
    if len(plus) == len(minus) == 2 and constant == 1 and len({*plus}) == len({*minus}):
        one, other = max(permutations(minus), key=lambda order: bool({*plus[0]} & {*order[0]}))
        return f"{n.joined(plus[0])} : {n.joined(one)} = {n.joined(other)} : {n.joined(plus[1])}"
    if constant < 1:
        plus, minus, constant = minus, plus, 1 / constant
    if len({*minus}) < len({*plus}) and constant == 1:
        plus, minus = minus, plus
    return f"{_product(plus, constant.denominator, n)} = {_product(minus, constant.numerator, n)}"


def _product(lines: list[Unknown], factor: int, n: Notation) -> str:
    parts = [n.joined(line) + (n.square if lines.count(line) == 2 else "") for line in dict.fromkeys(lines)]
    if any(lines.count(line) > 2 for line in lines):
        parts = [n.joined(line) for line in lines]
    return _times(factor, n.times.join(parts))


def _lengths(terms: Sum, power: str, n: Notation) -> str:
    sides = [
        " + ".join(_times(abs(int(c)), n.joined(line) + power) for line, c in sorted(terms.items()) if c * sign > 0)
        for sign in (1, -1)
    ]
    return " = ".join(side or "0" for side in sides)


@dataclass(frozen=True, slots=True)
class Relation:
    """What one need contributes to a sum: ``scale`` times an equation with coprime whole coefficients.

    Attributes:
        needs: numbers of the facts that say it; one, but two for a pair of perpendiculars.
        terms: its unknowns, without those of circles.
        constant: as :class:`porism.symbolic.proof.Equation` has it; None if it is no fraction.
        scale: how often it is added, above 0.
    """

    needs: tuple[int, ...]
    terms: Sum
    constant: Fraction | None
    scale: Fraction


def relations(by: Algebra) -> list[Relation]:
    """The terms of a sum, those of one fact together; a circle's own unknowns cancel in them."""
    groups: dict[int, list[tuple[Fraction, Equation]]] = {}
    for term in by.terms:
        groups.setdefault(term.need, []).append((term.coefficient, term.equation))
    return [_relation(need, group, by.system == "log") for need, group in groups.items()]


def _relation(need: int, group: list[tuple[Fraction, Equation]], log: bool) -> Relation:
    total: Sum = {}
    for coefficient, equation in group:
        for unknown, c in equation.unknowns:
            total[unknown] = total.get(unknown, Fraction(0)) + coefficient * c
    total = {unknown: c for unknown, c in total.items() if c}
    values = list(total.values()) or [Fraction(1)]
    scale = Fraction(reduce(gcd, (c.numerator for c in values)), lcm(*(c.denominator for c in values)))
    weights = [(coefficient / scale, equation.constant) for coefficient, equation in group]
    constant: Fraction | None = sum((w * c for w, c in weights), Fraction(0))
    if log:
        whole = all(w.denominator == 1 for w, c in weights if c != 1)
        powers = [c ** int(w) for w, c in weights if c != 1] if whole else []
        constant = reduce(lambda x, y: x * y, powers, Fraction(1)) if whole else None
    return Relation((need,), {unknown: c / scale for unknown, c in total.items()}, constant, scale)


# Chains of equal angles or ratios


def _chain(goal: Sum, found: list[Relation], log: bool) -> list[tuple[Unknown, Unknown]] | None:
    """Differences of two unknowns, all equal, from one side of the goal to the other; None if there is no such way.

    Relations of two unknowns say which are equal (perpendiculars only as a pair), those of four lead on, each once.
    """
    neutral = Fraction(1 if log else 0)
    same = [one for one in found if len(one.terms) == 2 and _ones(one) and one.constant == neutral]
    rest = [one for one in found if one not in same]
    right = [one for one in rest if len(one.terms) == 2]
    if len(right) == 2:
        rest = [one for one in rest if one not in right] + [_added(*right)]
    if any(one.scale != 1 or one.constant is None or (one.constant - neutral) % 1 for one in rest):
        return None
    if len(rest) > 6 or any(_sides(one.terms) is None for one in rest):
        return None
    alias = _classes(same)
    sides = _sides(goal)
    if sides is None:
        return None
    (p, q), (r, s) = sides
    for start, end in (((p, r), (s, q)), ((p, s), (r, q))):
        way = _way(start, end, rest, lambda x: alias.get(x, x))
        if way is not None:
            return [start, *way, end]
    return None


def _ones(relation: Relation) -> bool:
    return sorted(relation.terms.values()) == [-1, 1]


def _added(one: Relation, other: Relation) -> Relation:
    total = dict(one.terms)
    for unknown, c in other.terms.items():
        total[unknown] = total.get(unknown, Fraction(0)) + c
    constant = (one.constant or Fraction(0)) + (other.constant or Fraction(0))
    return Relation(one.needs + other.needs, total, constant, max(one.scale, other.scale))


def _sides(terms: Sum) -> tuple[list[Unknown], list[Unknown]] | None:
    """The two unknowns on each side of an equation, one twice if its coefficient is 2."""
    plus = [line for line, c in sorted(terms.items()) for _ in range(max(0, int(c)))]
    minus = [line for line, c in sorted(terms.items()) for _ in range(max(0, -int(c)))]
    return (plus, minus) if len(plus) == len(minus) == 2 else None


def _classes(same: list[Relation]) -> dict[Unknown, Unknown]:
    """A representative for each unknown that is equal to another."""
    root: dict[Unknown, Unknown] = {}
    for relation in same:
        x, y = (_root(root, unknown) for unknown in relation.terms)
        root[max(x, y)] = min(x, y)
    return {unknown: _root(root, unknown) for relation in same for unknown in relation.terms}


def _root(root: dict[Unknown, Unknown], unknown: Unknown) -> Unknown:
    while root.get(unknown, unknown) != unknown:
        unknown = root[unknown]
    return unknown


def _way(
    at: tuple[Unknown, Unknown], end: tuple[Unknown, Unknown], rest: list[Relation], kind: Callable[[Unknown], Unknown]
) -> list[tuple[Unknown, Unknown]] | None:
    """What lies between ``at`` and ``end``, all of ``rest`` used."""
    if not rest:
        return [] if (kind(at[0]), kind(at[1])) == (kind(end[0]), kind(end[1])) else None
    for i, relation in enumerate(rest):
        for step in _steps(at, relation, kind):
            way = _way(step, end, rest[:i] + rest[i + 1 :], kind)
            if way is not None:
                return [step, *way] if len(rest) > 1 else way
    return None


def _steps(
    at: tuple[Unknown, Unknown], relation: Relation, kind: Callable[[Unknown], Unknown]
) -> Iterator[tuple[Unknown, Unknown]]:
    """P - q = r - s leads from p - q to r - s, and so on."""
    sides = _sides(relation.terms)
    assert sides
    for plus, minus in (sides, sides[::-1]):
        for i in (0, 1):
            for j in (0, 1):
                if kind(plus[i]) == kind(at[0]) and kind(minus[j]) == kind(at[1]):
                    yield minus[1 - j], plus[1 - i]


# Proofs


def prose(proof: Proof, notation: Notation | None = None) -> str:
    """A proof in English: what is given, auxiliary points, numbered steps, and what the figure decides.

    Args:
        proof: what to tell.
        notation: how formulas are written, plain text if omitted.
    """
    n = for_problem(notation or plain(proof.problem.points), proof.problem)
    lines = [*opening(proof, n), *(f"({i + 1}) {sentence(proof, step, n)}" for i, step in proof.numbered())]
    return "\n".join([*lines, *closing(proof, n)])


def opening(proof: Proof, notation: Notation) -> list[str]:
    """What comes before the steps: auxiliary points, how angles are meant, and the premises with their numbers."""
    lines = []
    clauses = [clause for clause in proof.problem.clauses if set(clause.points) & set(proof.auxiliary)]
    if clauses:
        lines.append(" ".join(_construct(clause, notation) for clause in clauses))
    if any(isinstance(step.by, Algebra) or step.fact.name == "eqangle" for step in proof.steps):
        lines.append(f"Angles are directed, modulo {notation.formula('180' + notation.degree)}.")
    given = [f"{claim(fact, notation)} ({i + 1})" for i, fact in enumerate(proof.premises)]
    if given:
        lines.append(f"Given: {'; '.join(given)}.")
    return lines


def closing(proof: Proof, notation: Notation) -> list[str]:
    """What comes after the steps: the goals, and what was read off the figure."""
    goals = listed([claim(goal, notation) for goal in proof.problem.goals])
    lines = [f"So {goals}, as was to be shown."] if goals and not _ends_in_goal(proof) else []
    strict = _conditions(proof.conditions, notation)
    chosen = [
        f"({i + 1})" for i, step in proof.numbered() if not all(PREDICATES[c.name].condition for c in step.conditions)
    ]
    if strict:
        lines.append(f"In the figure, {listed(strict)}.")
    if chosen:
        lines.append(
            f"Where an equation of angles was divided, the figure decides between its solutions: {listed(chosen)}."
        )
    return lines


def _conditions(facts: Iterable[Fact], n: Notation) -> list[str]:
    """Inequalities in words, triangles first and together."""
    strict = [fact for fact in facts if PREDICATES[fact.name].condition and not _void(fact)]
    triangles = [n.row(fact.points) for fact in strict if fact.name == "ncoll"]
    proper = f"triangle {triangles[0]} is" if len(triangles) == 1 else f"triangles {listed(triangles)} are"
    others = [claim(fact, n) for fact in strict if fact.name != "ncoll"]
    return [f"{proper} not degenerate", *others] if triangles else others


def _void(fact: Fact) -> bool:
    """Whether a condition compares a triangle or an order with itself."""
    return fact.name in ("sameclock", "sameorder") and fact.points[:3] == fact.points[3:]


def _ends_in_goal(proof: Proof) -> bool:
    return bool(proof.steps) and proof.problem.goals == (proof.steps[-1].fact,)


def sentence(proof: Proof, step: Step, notation: Notation) -> str:
    """One step as a sentence with its reasons.

    Args:
        proof: the step's proof, for the facts that it needs.
        step: one of its steps.
        notation: how formulas are written.
    """
    told = _by_rule if isinstance(step.by, Rule) else _by_algebra
    options = list(told(proof, step, notation))
    text = next((option for option in options if _letters(option) <= ROOM), options[-1])
    return text[0].upper() + text[1:] + "."


def _letters(text: str) -> int:
    """About how long a text is when it is set."""
    return len(re.sub(r"\\[a-z]+ ?|[${}_^]", "", text))


def _numbers(needs: Iterable[int]) -> str:
    return f"({', '.join(str(i + 1) for i in sorted(set(needs)))})"


def _cited(needs: Iterable[int]) -> str:
    return listed([f"({i + 1})" for i in sorted(set(needs))])


def _by_rule(proof: Proof, step: Step, n: Notation) -> Iterator[str]:
    assert isinstance(step.by, Rule)
    rule, conclusion, numbers = RULES[step.by.id], claim(step.fact, n), _numbers(step.needs)
    letters = dict(zip(rule.letters, step.by.points, strict=False))
    if rule.id == "circle":  # takes any number of points, the centre first
        letters = {"o": step.by.points[0]}
    because = _because(rule.because, letters, n)
    since = listed([f"{claim(proof.facts[i], n)} ({i + 1})" for i in step.needs])
    if rule.id.startswith("similar-"):
        yield f"{conclusion}, because they have {because} {numbers}"
    elif rule.id.startswith("congruent"):
        yield f"{conclusion}, because they are {because} {numbers}"
    elif not re.search(r"\b(is|are|lie|lies|have|stand|divide|see)\b", because):
        yield f"since {since}, {conclusion} by {because}"
        yield f"by {because}, {conclusion} {numbers}"
    else:
        yield f"since {since}, {conclusion}: {because}"
        if rule.id in ("circle", "inscribed", "circles"):
            yield f"since {since}, {conclusion}"
        yield f"{conclusion}, because {because} {numbers}"


def _because(text: str, letters: Mapping[str, str], n: Notation) -> str:
    def filled(found: re.Match[str]) -> str:
        return n.row(letters.get(letter, letter) for letter in re.findall(r"\w", found[1]))

    return re.sub(r"((?:\{\w\})+)", filled, text)


def _by_algebra(proof: Proof, step: Step, n: Notation) -> Iterator[str]:
    assert isinstance(step.by, Algebra)
    conclusion, system = claim(step.fact, n), step.by.system
    found = relations(step.by)
    lines = [i for one in found for i in one.needs if system == "direction" and _is_line(one, proof)]
    main = [one for one in found if not set(one.needs) <= set(lines)]
    single = len(main) == 1 or all(one.scale == 1 for one in main)
    words = {i: f"{_stated(one, proof, i, n)} ({i + 1})" for one in found for i in one.needs}
    chain = _told_chain(step.fact, found, system, n) if single else None
    shared = _both(step.fact, main, proof, n)
    if shared:
        yield f"{conclusion}, because both are {shared} {_numbers(step.needs)}"
    if single and len(main) <= 3 and len(words) <= 4:
        yield f"since {listed(list(words.values()))}, {chain or conclusion}"
    along = f", on the lines of {_cited(lines)}" if lines else ""
    if single and main and len(main) <= 3:
        yield f"since {listed([words[i] for one in main for i in one.needs])}{along}, {chain or conclusion}"
    if chain:
        yield f"by {_cited(step.needs)}, {chain}"
    yield from _sums(system, main, words, along, conclusion, n)


def _is_line(relation: Relation, proof: Proof) -> bool:
    """Whether it only gives a line another name."""
    return all(proof.facts[i].name in ("coll", "midp") for i in relation.needs)


def _stated(relation: Relation, proof: Proof, need: int, n: Notation) -> str:
    """What a need says, of a circle no more than what is used of it."""
    fact = proof.facts[need]
    used = {point for unknown in relation.terms for point in unknown}
    on = fact.points[1:] if fact.name == "circle" else fact.points
    if fact.name in ("cyclic", "circle"):
        few = tuple(point for point in on if point in used)
        if fact.name == "cyclic" and len(few) >= 4:
            return claim(Fact("cyclic", few), n)
        if fact.name == "circle" and ((relation.terms and fact.points[0] in used) or len(few) == 3) and len(few) >= 2:
            return f"{n.row(fact.points[:1])} is the centre of the circle through {n.each(few)}"
        if fact.name == "circle" and len(few) >= 4:
            return f"{n.each(few)} lie on a circle"
    if fact.name == "coll" and len(fact.points) > 3 and len(few := tuple(p for p in on if p in used)) >= 3:
        return f"{n.each(few)} lie on a line"
    return claim(fact, n)


def _told_chain(goal: Fact, found: list[Relation], system: str, n: Notation) -> str | None:
    """A chain of equal angles or ratios, if it has a link between the two of the goal."""
    equation = said(goal)
    if equation is None or system not in ("direction", "log"):
        return None
    way = _chain(equation[1], found, system == "log")
    if way is None or len(way) < 3:
        return None
    end = claim(goal, n)
    for turn in (way, [(y, x) for x, y in way]):
        parts = list(dict.fromkeys(turned(y, x, n) if system == "direction" else _quotient(x, y, n) for x, y in turn))
        if len(parts) < 3:
            return None
        if parts[0] in end and parts[-1] in end:
            return n.formula(" = ".join(parts))
    return f"{n.formula(' = '.join(parts))}, so {end}"


def _quotient(x: Unknown, y: Unknown, n: Notation) -> str:
    return f"{n.joined(x)} : {n.joined(y)}"


def _both(goal: Fact, main: list[Relation], proof: Proof, n: Notation) -> str:
    """What two parallels have in common: a line that both are perpendicular or parallel to."""
    if goal.name != "para" or len(main) != 2 or any(len(one.terms) != 2 for one in main):
        return ""
    names = {proof.facts[i].name for one in main for i in one.needs}
    common = set(main[0].terms) & set(main[1].terms)
    if len(names) != 1 or len(common) != 1 or not names <= {"perp", "para"}:
        return ""
    return f"{'perpendicular' if names == {'perp'} else 'parallel'} to {n.row(*common)}"


_PARTS = {
    "direction": {Fraction(1, 2): "half of ", Fraction(2): "twice ", Fraction(1, 4): "a quarter of "},
    "log": {Fraction(1, 2): "the root of ", Fraction(2): "the square of "},
}


def _sums(
    system: str, main: list[Relation], words: Mapping[int, str], along: str, conclusion: str, n: Notation
) -> Iterator[str]:
    """The sum written out, then in numbers only."""
    verb = "multiplying" if system == "log" else "adding"
    written: list[str] = []
    groups: dict[str, list[int]] = {}
    for one in main:
        part = "" if one.scale == 1 else _PARTS.get(system, {}).get(one.scale) or _weight(system, one.scale)
        text = formula(system, one.terms, one.constant, n) if one.constant is not None else ""
        said = f"{n.formula(text)} {_numbers(one.needs)}" if text else listed([words[i] for i in one.needs])
        written.append(part + said)
        groups.setdefault(part, []).extend(one.needs)
    if not main:
        yield f"{conclusion}{along}"
        return
    yield f"{verb} {listed(written)}{along}, {conclusion}"
    cited = [_cited(needs) if len(groups) == 1 else _numbers(needs) for needs in groups.values()]
    numbered = [
        part + numbers for part, numbers in sorted(zip(groups, cited, strict=True), key=lambda item: len(item[0]))
    ]
    yield f"{verb} the equalities of {listed(numbered)}{along}, {conclusion}"


def _weight(system: str, scale: Fraction) -> str:
    return f"the power {scale} of " if system == "log" else f"{scale} times "
