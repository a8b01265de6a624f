"""One row of the dataset: what is known of a theorem, in plain typed columns, and its check from these alone.

:func:`row` writes a theorem down and :func:`verified` believes nothing of it: it reads the problem, the steps and the
drawing back, has :mod:`porism.symbolic.check` verify the proof exactly and in fresh drawings, and writes every other
column again from what it has read. Texts are parsed and never evaluated, and their sizes are bounded before they are.

Terms: the *statement* is the construction of the goal's points; the *auxiliary* points are those that only the proof
speaks of [Trinh2024].
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from math import lcm
from typing import Any, cast

from porism.errors import InputError
from porism.symbolic.check import Verdict, check, implies
from porism.symbolic.diagram import Diagram
from porism.symbolic.equations import SYSTEMS
from porism.symbolic.faces import english
from porism.symbolic.faces.equation_text import equation_text, read_equation, read_fraction
from porism.symbolic.faces.statement import construct
from porism.symbolic.facts import Fact
from porism.symbolic.measures import DegenerateError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Proof, Rule, Step, System, Term
from porism.symbolic.synthesis.theorem import Theorem
from porism.symbolic.synthesis.training_text import training_text

COLUMNS: dict[str, Any] = {
    "problem": str,
    "auxiliary": str,
    "goal": str,
    "statement": str,
    "proof": str,
    "premises": [str],
    "steps": [
        {
            "fact": str,
            "rule": str,
            "needs": [int],
            "points": [str],
            "divisor": int,
            "terms": [{"coefficient": str, "equation": str, "need": int}],
            "conditions": [str],
        }
    ],
    "points": [{"name": str, "x": float, "y": float}],
    "length": int,
    "depth": int,
    "rules": [str],
    "auxiliary_points": int,
    "difficulty": float,
    "messages": [{"role": str, "content": str}],
    "text": str,
}
"""The columns and their types: ``[t]`` is a list of t, a dictionary a struct; whole numbers fit into 64 bits.

- ``problem``: the statement with its goal, ``auxiliary`` the clauses of the auxiliary points, joined by ``"; "``; both
  in the language of :mod:`porism.symbolic.problem`. ``goal``: its fact, in canonical form.
- ``statement`` and ``proof`` in English; ``messages`` asks for the one and answers with the other.
- ``premises``: the facts of the constructions that the proof uses. ``steps``: ``needs`` counts premises from 0, then
  steps; ``rule`` is a rule's id, with the points of its letters in ``points``, or ``algebra:`` and a system, with
  ``terms`` to be summed, written as in :mod:`porism.symbolic.faces.equation_text`, and their least ``divisor``.
- ``points``: a drawing, its box centred at 0 and 1 along its longer side, rounded to 6 decimals.
- ``length``: number of steps. ``depth``: the longest chain of steps, each of which needs the one before.
  ``rules``: what steps have as ``rule``, each once, sorted. ``difficulty``: see :func:`difficulty`.
- ``text``: as :mod:`porism.symbolic.synthesis.training_text` has it.
"""

_DECIMALS = 6
_ROUNDING = 0.5 * 10.0**-_DECIMALS
_ALGEBRA = "algebra:"

# What a row may have at most: far more than any theorem needs, and little enough to be checked in seconds.
_LETTERS = 400_000  # in all texts together
_PROBLEM = 6_000  # letters of the problem, auxiliary points included
_POINTS = 40
_STEPS = 300  # and premises
_NEEDS = 60  # of one step, and terms
_AMONG = 12  # names in the unknowns of one equation: no fact says one of more
_BITS = 2_000_000  # of the powers in a sum of logarithms


def row(theorem: Theorem) -> dict[str, Any]:
    """A theorem as a row, of the columns and types of ``COLUMNS``.

    Args:
        theorem: its problem has one goal and no name, which the row would not keep.
    """
    proof = theorem.proof
    stated, told = _statement(theorem), _prose(theorem)
    depth, points = _depth(proof), sum(len(clause.points) for clause in theorem.additions)
    steps = [_step(step) for step in proof.steps]
    return {
        "problem": _problem_text(theorem),
        "auxiliary": "; ".join(map(str, theorem.additions)),
        "goal": str(theorem.goal),
        "statement": stated,
        "proof": told,
        "premises": list(map(str, proof.premises)),
        "steps": steps,
        "points": _points(theorem.diagram, theorem.problem.points),
        "length": len(steps),
        "depth": depth,
        "rules": sorted({step["rule"] for step in steps}),
        "auxiliary_points": points,
        "difficulty": difficulty(len(steps), depth, points),
        "messages": _messages(stated, told),
        "text": training_text(proof, theorem.auxiliary),
    }


def difficulty(steps: int, depth: int, auxiliary: int) -> float:
    """From 0 to below 10: ``10 w / (w + 20)`` for the work ``w = steps + depth + 4 auxiliary``, in two decimals.

    Args:
        steps: of the proof, 0 or more.
        depth: the longest chain among them, at most ``steps``.
        auxiliary: number of auxiliary points, 0 or more.

    >>> difficulty(0, 0, 0), difficulty(6, 2, 0), difficulty(10, 6, 1), difficulty(40, 20, 5)
    (0.0, 2.86, 5.0, 8.0)
    """
    work = steps + depth + 4 * auxiliary
    return round(10 * work / (work + 20), 2)


def _problem_text(theorem: Theorem) -> str:
    """The statement, its goal as it is spelled."""
    problem = theorem.problem
    clauses = problem.clauses[: len(problem.clauses) - theorem.auxiliary]
    return f"{'; '.join(map(str, clauses))} ? {'; '.join(problem.written)}"


def _statement(theorem: Theorem) -> str:
    """The statement in English, with points named as in the proof, where an auxiliary one may ask for small letters."""
    added = [point for clause in theorem.additions for point in clause.points]
    return english.statement(theorem.problem, added)


def _prose(theorem: Theorem) -> str:
    """The proof in English, from the construction of *all* auxiliary points: some only lead to those it speaks of."""
    proof = theorem.proof
    if not theorem.auxiliary:
        return english.prose(proof)
    n = english.for_problem(english.plain(proof.problem.points), proof.problem)
    built = " ".join(construct(clause, n) for clause in theorem.additions)
    opening = english.opening(proof, n)[1 if proof.auxiliary else 0 :]
    told = [f"{number} {text}" for number, text in english.steps(proof, n)]
    return "\n".join([built, *opening, *told, *english.closing(proof, n)])


def _messages(statement: str, prose: str) -> list[dict[str, str]]:
    """A question and its answer."""
    lead, _, goal = statement.rpartition("Show that ")
    return [
        {"role": "user", "content": f"{lead}Prove that {goal}"},
        {"role": "assistant", "content": prose},
    ]


def _step(step: Step) -> dict[str, Any]:
    by = step.by
    if isinstance(by, Rule):
        rule, points, divisor, terms = by.id, list(by.points), 1, []
    else:
        rule, points, divisor = _ALGEBRA + by.system, [], by.divisor
        terms = [
            {"coefficient": str(term.coefficient), "equation": equation_text(term.equation), "need": term.need}
            for term in by.terms
        ]
    return {
        "fact": str(step.fact),
        "rule": rule,
        "needs": list(step.needs),
        "points": points,
        "divisor": divisor,
        "terms": terms,
        "conditions": list(map(str, step.conditions)),
    }


def _depth(proof: Proof) -> int:
    """The longest chain of steps."""
    depths = [0] * len(proof.premises)
    for step in proof.steps:
        depths.append(1 + max((depths[need] for need in step.needs), default=0))
    return max(depths, default=0)


def _points(diagram: Diagram, names: Sequence[str]) -> list[dict[str, Any]]:
    """A drawing of size 1 about 0."""
    points = [complex(diagram.points[name]) for name in names]
    left, right, low, high = _box(points)
    middle, size = complex(left + right, low + high) / 2, max(right - left, high - low) or 1.0
    placed = [(z - middle) / size for z in points]
    return [
        {"name": name, "x": round(z.real, _DECIMALS) + 0.0, "y": round(z.imag, _DECIMALS) + 0.0}  # no -0.0
        for name, z in zip(names, placed, strict=True)
    ]


def _box(points: Sequence[complex]) -> tuple[float, float, float, float]:
    """Left, right, low and high."""
    xs, ys = [z.real for z in points], [z.imag for z in points]
    return min(xs), max(xs), min(ys), max(ys)


# From a row to its proof


def proof_of(row: Mapping[str, Any]) -> Proof:
    """The proof that the row was made of, whether it is right or not.

    Args:
        row: with columns of the types of ``COLUMNS``.

    Raises:
        ValueError: the problem, a fact or an equation cannot be read; one line that says why.
    """
    return Proof(_problem(row), tuple(map(Fact.parse, row["premises"])), tuple(map(_read_step, row["steps"])))


def proof_within(row: Mapping[str, Any]) -> Proof:
    """The proof of a row that nobody vouches for, looked at first: so that reading and telling it takes bounded time.

    Raises:
        ValueError: a column is missing or of the wrong type, there is too much in one, or it cannot be read.
    """
    for flaw in chain(_misfits(row), _excesses(row)):
        raise InputError(flaw)
    proof = proof_of(row)
    for flaw in _heavy(proof):
        raise InputError(flaw)
    return proof


def diagram_of(row: Mapping[str, Any]) -> Diagram:
    """The drawing that a row shows, to 6 decimals."""
    return Diagram({point["name"]: complex(point["x"], point["y"]) for point in row["points"]})


def _problem(row: Mapping[str, Any]) -> Problem:
    """Statement and auxiliary clauses."""
    clauses, mark, goal = row["problem"].partition("?")
    between = "; " if row["auxiliary"] else ""
    return Problem.parse(f"{clauses.rstrip()}{between}{row['auxiliary']} {mark}{goal}")


def _read_step(data: Mapping[str, Any]) -> Step:
    by: Rule | Algebra = Rule(data["rule"], tuple(data["points"]))
    if data["rule"].startswith(_ALGEBRA):
        system = data["rule"].removeprefix(_ALGEBRA)
        if system not in SYSTEMS:
            raise InputError(f"algebra is of one of {', '.join(sorted(SYSTEMS))}, got {system[:20]!a}")
        by = Algebra(cast(System, system), tuple(map(_read_term, data["terms"])), data["divisor"])
    return Step(Fact.parse(data["fact"]), by, tuple(data["needs"]), tuple(map(Fact.parse, data["conditions"])))


def _read_term(data: Mapping[str, Any]) -> Term:
    return Term(read_fraction(data["coefficient"]), read_equation(data["equation"]), data["need"])


# The check of a row


def verified(row: Mapping[str, Any], *, seed: int = 0) -> Verdict:
    """Whether everything that a row says is true, from the row alone.

    The proof is verified, exactly and in three fresh drawings; the goal must be its last fact, every other fact must
    lead there, and all be in the order in which proofs are written; the statement must be the construction of the
    goal's points and no more, and every auxiliary point of use; the drawing must show what the constructions guarantee,
    and the goal; and every other column must be what :func:`row` makes of this proof. Not looked into again is whether
    the goal could be deduced without auxiliary points.

    Args:
        row: anything with columns; those that ``COLUMNS`` does not name are ignored.
        seed: of the fresh drawings.

    Returns:
        The verdict, its reason the first thing that is wrong, in one line. Whatever the row holds, no error is raised.
    """
    try:
        reason = next(_flaws(row, seed), "")
    except (ValueError, ArithmeticError) as error:  # what cannot be read, and numbers that no drawing can hold
        reason = str(error) or type(error).__name__
    line = " ".join(reason.split())[:300].encode("ascii", "backslashreplace").decode()
    return Verdict(not reason, "row", line)


def _flaws(row: Mapping[str, Any], seed: int) -> Iterator[str]:
    yield from _misfits(row)
    yield from _excesses(row)
    proof = proof_of(row)
    yield from _heavy(proof)
    count = len(proof.problem.clauses) - len(Problem.parse(row["problem"]).clauses)
    diagram = diagram_of(row)
    verdict = check(proof, seed=seed)
    if not verdict.ok:
        yield f"the proof is wrong: {verdict.reason}"
    theorem = Theorem(proof, count, diagram)
    yield from _unfit(theorem)
    yield from _disordered(proof)
    yield from _misdrawn(row["points"], theorem)
    yield from _differences(row, theorem)


def _misfits(row: Mapping[str, Any]) -> Iterator[str]:
    """Columns that are missing or of the wrong type."""
    for name, kind in COLUMNS.items():
        if name not in row:
            yield f"column {name} is missing"
        elif not _fits(row[name], kind):
            yield f"column {name} is not of type {_shown(kind)}"


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a type of ``COLUMNS``; as deep as the type, whatever the value."""
    if isinstance(kind, list):
        return type(value) is list and all(_fits(one, kind[0]) for one in value)
    if isinstance(kind, dict):
        return (
            type(value) is dict
            and value.keys() == kind.keys()
            and all(_fits(value[name], one) for name, one in kind.items())
        )
    return type(value) is kind and (kind is not int or -(2**63) <= value < 2**63)


def _shown(kind: Any) -> str:
    """A type as its name."""
    if isinstance(kind, list):
        return f"list of {_shown(kind[0])}"
    return "struct" if isinstance(kind, dict) else str(kind.__name__)


def _excesses(row: Mapping[str, Any]) -> Iterator[str]:
    """What is too large to be read or checked in bounded time."""
    if sum(_letters(row[name], kind) for name, kind in COLUMNS.items()) > _LETTERS:
        yield f"the row has more than {_LETTERS} letters"
    if len(row["problem"]) + len(row["auxiliary"]) > _PROBLEM:
        yield f"the problem has more than {_PROBLEM} letters"
    if len(row["points"]) > _POINTS:
        yield f"there are more than {_POINTS} points"
    if max(len(row["premises"]), len(row["steps"])) > _STEPS:
        yield f"there are more than {_STEPS} premises or steps"
    for number, step in enumerate(row["steps"], len(row["premises"])):
        if max(len(step["needs"]), len(step["terms"])) > _NEEDS:
            yield f"step {number} has more than {_NEEDS} needs or terms"


def _letters(value: Any, kind: Any) -> int:
    """How long all texts and lists in a value of this type are together."""
    if isinstance(kind, list):
        return len(value) + sum(_letters(one, kind[0]) for one in value)
    if isinstance(kind, dict):
        return sum(_letters(value[name], one) for name, one in kind.items())
    return len(value) if kind is str else 1


def _heavy(proof: Proof) -> Iterator[str]:
    """Sums that take long to add up: equations of many points, and large powers."""
    if len(proof.problem.points) > _POINTS:
        yield f"the problem has more than {_POINTS} points"
    if len(proof.problem.goals) != 1:
        yield f"the problem has {len(proof.problem.goals)} goals, a theorem has one"
    for number, step in proof.numbered():
        if isinstance(step.by, Algebra):
            equations = [term.equation for term in step.by.terms]
            if any(len({name for unknown, _ in one.unknowns for name in unknown}) > _AMONG for one in equations):
                yield f"step {number}: no fact says an equation of so many points"
            if step.by.system == "log" and _bits(step.by) > _BITS:
                yield f"step {number}: its powers have more than {_BITS} bits"


def _bits(by: Algebra) -> Fraction:
    """About how many bits the constants have, raised to the powers that a sum of logarithms asks for."""
    divisor = lcm(*(term.coefficient.denominator for term in by.terms))
    return divisor * sum(
        (abs(term.coefficient) * _size(term.equation.constant) for term in by.terms if term.equation.constant != 1),
        Fraction(0),
    )


def _size(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _unfit(theorem: Theorem) -> Iterator[str]:
    """What makes a proof none of a theorem: its last fact, its facts, its statement, its auxiliary points."""
    proof, problem = theorem.proof, theorem.problem
    facts = proof.facts
    if not facts or not implies(facts[-1], theorem.goal):
        yield f"the goal '{theorem.goal}' is not the last fact of the proof"
    needed = {need for step in proof.steps for need in step.needs}
    for number, fact in enumerate(facts[:-1]):
        if number not in needed:
            yield f"no step needs fact {number}, '{fact}'"
    stated = problem.ancestors(theorem.goal.points)  # none is auxiliary: the statement was read without those points
    added = {point for clause in theorem.additions for point in clause.points}
    for point in problem.points:
        if point not in stated and point not in added:
            yield f"point {point} of the statement is not needed to construct the goal's points"
    used = problem.ancestors(point for fact in facts for point in fact.points)
    if idle := [point for point in problem.points if point in added and point not in used]:
        yield f"the proof has no use for auxiliary point {idle[0]}"


def _disordered(proof: Proof) -> Iterator[str]:
    """What is true but not in the one order in which proofs are written, so that no two rows are one proof."""
    places = {fact: place for place, fact in enumerate(proof.problem.premises)}
    if not _ascends([places[premise] for premise in proof.premises]):
        yield "the premises are not in the order of the constructions, each once"
    for number, step in proof.numbered():
        if not _ascends(step.conditions):
            yield f"step {number}: its conditions are not sorted, each once"
        if isinstance(step.by, Algebra) and not _ascends(
            [(term.need, term.equation.unknowns) for term in step.by.terms]
        ):
            yield f"step {number}: its terms are not sorted by fact and equation, each once"


def _ascends(values: Sequence[Any]) -> bool:
    return all(one < other for one, other in pairwise(values))


def _misdrawn(points: Sequence[Mapping[str, Any]], theorem: Theorem) -> Iterator[str]:
    """What is wrong with the drawing: its points, their size, or what they show."""
    if [point["name"] for point in points] != list(theorem.problem.points):
        yield f"points are not those of the problem in their order, {' '.join(theorem.problem.points)}"
        return
    for point in points:
        for axis in ("x", "y"):
            value = point[axis]
            if not (math.isfinite(value) and abs(value) <= 1 and round(value, _DECIMALS) == value):
                name = point["name"]
                yield f"coordinate {axis} of point {name} is not within -0.5 to 0.5 and of {_DECIMALS} decimals"
    left, right, low, high = _box(list(theorem.diagram.points.values()))
    if max(abs(left + right), abs(low + high), abs(max(right - left, high - low) - 1)) > 5 * _ROUNDING:
        yield "the drawing is not of size 1 about 0"
    for fact in (*theorem.problem.premises, theorem.goal):
        if not _shows(theorem.diagram, fact):
            yield f"the points do not show '{fact}'"


def _shows(diagram: Diagram, fact: Fact) -> bool:
    """Whether a fact holds up to rounding: its equations are no larger than what the last digits can have caused."""
    points = {point: diagram.points[point] for point in fact.points}
    try:
        found = Diagram(points).equations(fact)
        slack = [1e-9] * len(found)
        for point, z in points.items():
            for shift in (_ROUNDING, 1j * _ROUNDING):
                moved = Diagram({**points, point: z + shift}).equations(fact)
                slack = [most + 2 * float(abs(b - a)) for most, a, b in zip(slack, found, moved, strict=True)]
    except DegenerateError:
        return False
    return all(abs(value) <= most for value, most in zip(found, slack, strict=True))


def _differences(given: Mapping[str, Any], theorem: Theorem) -> Iterator[str]:
    """Columns that are not what the proof makes of them."""
    made = row(theorem)
    for name in COLUMNS:
        if name != "points" and made[name] != given[name]:
            yield f"column {name} is not what the proof makes of it"
