r"""A theorem in one line, as a language model that proposes auxiliary points is trained on it.

This is our spelling of the format of [Trinh2024], which published how statements and constructions are written; how a
proof is written is ours. The line is ``{S} statement ? goal {F1} constructions steps``::

    {S} a : ; b : ; c : ; d : T a c b d 00 T a b c d 01 ? T a d b c {F1} x00 e : C b d e 02 T b d c e 03 ;
    x00 ^ ... 04 inscribed 00 03 ; T a d b c 05 direction 01 04

- *statement*: for each point in order of construction its name, ``:``, and every fact that its clause guarantees of it
  and of points before it, each followed by its number; points are separated by ``;``. A clause of several points has
  them one after the other, each fact with the last of them that it speaks of.
- *constructions*: ``x00`` and then the auxiliary points in the same form, each closed by ``;``. Nothing if there are
  none.
- *steps*: ``x00`` and then the steps, separated by ``;``: the fact, its number, the rule or the system of the algebra,
  and the numbers of the facts that it follows from. All guaranteed facts are numbered first, used or not, then the
  steps, in at least two digits.

Facts begin with the published signs: ``C`` coll, ``P`` para, ``T`` perp, ``D`` cong, ``M`` midp, ``O`` cyclic, ``I``
circle, ``^`` eqangle and aconst, ``/`` eqratio and rconst, ``S`` simtri, ``=`` contri. Two triangles of opposite
orientation, which the published text does not tell apart, are ``S*`` and ``=*``; new are ``L`` central, ``//`` sqconst,
``~`` eqsine, ``N`` sines and ``*`` product. Two lines or segments of an angle or a ratio that share a point both begin
with it; an angle of m/n half turns ends in ``m. pi / n.``, a ratio in ``m / n``. Coefficients and side conditions are
left out: what is trained on is which facts follow from which.

Reference: [Trinh2024].
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from porism.symbolic.facts import Fact
from porism.symbolic.problem import Clause
from porism.symbolic.proof import Proof, Rule

SIGNS = {
    "coll": "C",
    "para": "P",
    "perp": "T",
    "cong": "D",
    "midp": "M",
    "cyclic": "O",
    "circle": "I",
    "eqangle": "^",
    "aconst": "^",
    "eqratio": "/",
    "rconst": "/",
    "sqconst": "//",
    "simtri": "S",
    "simtri2": "S*",
    "contri": "=",
    "contri2": "=*",
    "central": "L",
    "eqsine": "~",
    "sines": "N",
    "product": "*",
}
"""The sign of every predicate that a statement or a step can have."""
_PAIRED = ("eqangle", "eqratio", "aconst", "rconst")


def training_text(proof: Proof, auxiliary: int) -> str:
    """A proof in one line.

    Args:
        proof: of one goal; its facts must not be conditions.
        auxiliary: how many of the problem's clauses, the last ones, are auxiliary; 0 or more.

    >>> from porism.symbolic.problem import Problem
    >>> problem = Problem.parse("a b c = triangle; d = foot d c a b; e = midpoint e a b ? perp c d a e")
    >>> training_text(Proof(problem, problem.premises[:1], ()), 1)
    '{S} a : ; b : ; c : ; d : T a b c d 00 C a b d 01 ? T a e c d {F1} x00 e : M e a b 02 ; x00'
    """
    clauses, guarantees = proof.problem.clauses, proof.problem.guarantees
    told: list[list[tuple[int, Fact]]] = [[] for _ in clauses]
    for number, (fact, index) in enumerate(guarantees):
        told[index].append((number, fact))
    points = [text for clause, facts in zip(clauses, told, strict=True) for text in _points(clause, facts)]
    added = sum(len(clause.points) for clause in clauses[len(clauses) - auxiliary :]) if auxiliary else 0
    stated, extra = points[: len(points) - added], points[len(points) - added :]
    built = ["x00", *(f"{text} ;" for text in extra)] if extra else []
    goals = " ; ".join(map(signed, proof.problem.goals))
    return " ".join(["{S}", " ; ".join(stated), "?", goals, "{F1}", *built, "x00", *_steps(proof)])


def _points(clause: Clause, facts: Sequence[tuple[int, Fact]]) -> Iterator[str]:
    """Each new point with what is guaranteed of it and of points before it."""
    of: dict[str, list[str]] = {point: [] for point in clause.points}
    for number, fact in facts:
        spoken = fact.args
        last = next((point for point in reversed(clause.points) if point in spoken), clause.points[-1])
        of[last].append(f" {signed(fact)} {number:02}")
    return (f"{point} :{''.join(texts)}" for point, texts in of.items())


def _steps(proof: Proof) -> list[str]:
    """All steps as one text; none if there are none."""
    numbers = {fact: f"{number:02}" for number, (fact, _) in enumerate(proof.problem.guarantees)}
    names = [numbers[fact] for fact in proof.premises]
    names += [f"{number:02}" for number in range(len(numbers), len(numbers) + len(proof.steps))]
    told = []
    for number, step in proof.numbered():
        by = step.by.id if isinstance(step.by, Rule) else step.by.system
        told.append(" ".join([signed(step.fact), names[number], by, *(names[need] for need in step.needs)]))
    return [" ; ".join(told)] if told else []


@lru_cache(maxsize=1 << 14)
def signed(fact: Fact) -> str:
    """A fact with the sign of its predicate.

    Raises:
        KeyError: it is a condition.

    >>> signed(Fact.parse("eqangle b a b c d e e f")), signed(Fact.parse("aconst a b b c 1 3"))
    ('^ b a b c e d e f', '^ b a b c 1. pi / 3.')
    """
    args = fact.args
    if fact.name in _PAIRED:
        args = _from_common(args[:4]) + (_from_common(args[4:]) if len(args) == 8 else args[4:])
    words = (SIGNS[fact.name], *args)
    if fact.name == "aconst":
        return " ".join(words[:-2]) + f" {args[-2]}. pi / {args[-1]}."
    if fact.name in ("rconst", "sqconst"):
        return " ".join(words[:-1]) + f" / {args[-1]}"
    return " ".join(words)


def _from_common(pairs: tuple[str, ...]) -> tuple[str, ...]:
    """Two lines, their common point first in both if they have one."""
    a, b, c, d = pairs
    if b in (c, d):
        a, b = b, a
    return (a, b, d, c) if a == d else (a, b, c, d)
