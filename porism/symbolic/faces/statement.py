"""Problems in English: what is given, and what is to be shown."""

import re
from collections.abc import Collection
from functools import lru_cache

from porism.symbolic.faces.claims import claim
from porism.symbolic.faces.words import Notation, for_problem, listed, plain
from porism.symbolic.problem import Clause, Construction, Problem


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
    definition = one.definition
    letters = dict(zip(definition.letters, one.args, strict=True))
    numbers = definition.letters[len(one.args) - definition.numbers :]
    start, rows = _rows(definition.sentence)
    told = [start]
    for angle, row, then in rows:
        if row in numbers:
            told.append(n.formula(letters[row].removesuffix("o")) + then)
        else:
            told.append(n.formula((n.angle if angle else "") + n.joined([letters[x] for x in row])) + then)
    return "".join(told).replace(f"{n.math[1]} = {n.math[0]}", " = ")  # an equation is one formula


@lru_cache(maxsize=1024)
def _rows(sentence: str) -> tuple[str, list[tuple[str, str, str]]]:
    """What comes before the first letters in braces; then whether each are an angle, the letters, what follows."""
    start, *parts = re.split(r"(angle )?\{(\w+)\}", sentence)
    return start, [(a or "", row, then) for a, row, then in zip(parts[::3], parts[1::3], parts[2::3], strict=True)]


def _names_first(one: Construction) -> bool:
    """Whether the sentence begins with the new points, and with no others unless as one figure."""
    return _leads(one.definition.sentence, one.definition.makes)


@lru_cache(maxsize=1024)
def _leads(sentence: str, makes: str) -> bool:
    found = _LEAD.match(sentence)
    if not found:
        return False
    rows = re.findall(r"\{(\w+)\}", found[1])
    return set("".join(rows)) == {*makes.split()} or (len(rows) == 1 and len(rows[0]) > 2)


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


def construct(clause: Clause, n: Notation) -> str:
    """One clause of auxiliary points as a sentence that constructs them."""
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
