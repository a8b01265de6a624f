"""Proofs in English: a problem's statement and a proof that a teacher could read.

Facts are numbered from 1, premises first, so the fact that :class:`porism.symbolic.proof.Proof` counts as i is (i + 1)
here. A step by a rule cites the theorem. A step by algebra is told, as far as it fits into a line and a half, by what
it starts from or by a chain of equal angles or ratios, otherwise as a sum with its coefficients. Angles are
full-angles: ``angle ABC`` is the turn from line BA to line BC, modulo half a turn.

How points and formulas are written is an argument, a :class:`Notation`; :mod:`porism.symbolic.faces.latex` has another.
"""

from collections.abc import Iterable

from porism.symbolic.faces.claims import claim, said
from porism.symbolic.faces.equations import formula, turned
from porism.symbolic.faces.reasons import ROOM, sentence, steps
from porism.symbolic.faces.statement import construct, statement
from porism.symbolic.faces.sums import Relation, relations
from porism.symbolic.faces.words import Notation, for_problem, listed, name_parts, names_of, plain
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.proof import Algebra, Proof

__all__ = [
    "ROOM",
    "Notation",
    "Relation",
    "claim",
    "closing",
    "for_problem",
    "formula",
    "listed",
    "name_parts",
    "names_of",
    "opening",
    "plain",
    "prose",
    "relations",
    "said",
    "sentence",
    "statement",
    "steps",
    "turned",
]


def prose(proof: Proof, notation: Notation | None = None) -> str:
    """A proof in English: what is given, auxiliary points, numbered steps, and what the figure decides.

    Args:
        proof: what to tell.
        notation: how formulas are written, plain text if omitted.
    """
    n = for_problem(notation or plain(proof.problem.points), proof.problem)
    told = [f"{number} {text}" for number, text in steps(proof, n)]
    return "\n".join([*opening(proof, n), *told, *closing(proof, n)])


def opening(proof: Proof, notation: Notation) -> list[str]:
    """What comes before the steps: auxiliary points, how angles are meant, and the premises with their numbers."""
    lines = []
    auxiliary = frozenset(proof.auxiliary)
    clauses = [clause for clause in proof.problem.clauses if not auxiliary.isdisjoint(clause.points)]
    if clauses:
        lines.append(" ".join(construct(clause, notation) for clause in clauses))
    if any(isinstance(step.by, Algebra) or step.fact.name == "eqangle" for step in proof.steps):
        lines.append(f"Angles are directed, modulo {notation.formula('180' + notation.degree)}.")
    given = [f"{claim(fact, notation)} ({i + 1})" for i, fact in enumerate(proof.premises)]
    if given:
        lines.append(f"Given: {'; '.join(given)}.")
    return lines


def closing(proof: Proof, notation: Notation) -> list[str]:
    """What comes after the steps: the goals, and what was read off the figure."""
    goals, last = proof.problem.goals, [step.fact for step in proof.steps[-1:]]
    lines = []
    if goals and list(goals) != last:
        lines.append(f"So {listed([claim(goal, notation) for goal in goals])}, as was to be shown.")
    strict = _conditions(proof.conditions, notation)
    if strict:
        lines.append(f"In the figure, {listed(strict)}.")
    chosen = [
        f"({i + 1})" for i, step in proof.numbered() if not all(PREDICATES[c.name].condition for c in step.conditions)
    ]
    if chosen:
        lines.append(
            f"Where several figures meet the needs of a step, the one that is drawn decides: {listed(chosen)}."
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
