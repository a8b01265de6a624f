"""Problems made of random constructions, for tests: what the engine says of them has to be true.

A clause is a construction of its own or one or two loci. Points are named a, b, c, ... in order.
"""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from random import Random

from porism.errors import InputError
from porism.seeds import stream
from porism.symbolic.constructions import CONSTRUCTIONS, Definition
from porism.symbolic.diagram import Diagram, DrawingError, draw
from porism.symbolic.placement import Free, On
from porism.symbolic.problem import Clause, Construction, Problem

NAMES = "abcdefghijklmnopqrstuvwxyz"
FEWEST, MOST = 6, 12
ANGLES = ("15", "22.5", "30", "45", "60", "90", "120", "135")
FIGURES = [one for one in CONSTRUCTIONS.values() if isinstance(one.place, Free) and not one.inputs]
LOCI = [one for one in CONSTRUCTIONS.values() if isinstance(one.place, On)]
OTHERS = [one for one in CONSTRUCTIONS.values() if one.inputs and one not in LOCI]
SPECIAL = {  # the same points, less freely
    "free": ("free",),
    "segment": ("segment",),
    "triangle": ("iso_triangle", "r_triangle", "risos", "ieq_triangle", "triangle12"),
    "iso_triangle": ("risos", "ieq_triangle"),
    "r_triangle": ("risos",),
    "quadrangle": ("rectangle", "isquare", "trapezoid", "r_trapezoid", "eq_trapezoid", "eq_quadrangle"),
    "trapezoid": ("rectangle", "isquare"),
    "eqdia_quadrangle": ("rectangle", "isquare"),
    "rectangle": ("isquare",),
}


def random_problem(seed: int, index: int, most: int = MOST) -> Problem:
    """A problem without goals of 6 to ``most`` points that can be drawn; the same arguments give the same problem."""
    rng = stream(seed, "random problem", index)
    while True:
        problem = _grown(rng, rng.randint(FEWEST, most), most)
        if problem:
            return problem


def special_problem(problem: Problem, seed: int, index: int) -> Problem | None:
    """The problem with constraints added to its free choices; None if it has no freedom."""
    rng = stream(seed, "special problem", index)
    for _ in range(20):
        clauses = [
            _special(rng, problem, k) if rng.random() < 0.7 else clause for k, clause in enumerate(problem.clauses)
        ]
        changed = Problem(tuple(clauses))
        if changed.clauses != problem.clauses and _drawn(changed) is not None:
            return changed
    return None


def specials(seed: int, number: int, most: int = MOST) -> Iterator[tuple[Problem, Diagram]]:
    """So many random problems of up to ``most`` points, each with a drawing in special position."""
    return islice(_specials(seed, most), number)


def _specials(seed: int, most: int) -> Iterator[tuple[Problem, Diagram]]:
    for index in count():
        problem = random_problem(seed, index, most)
        changed = special_problem(problem, seed, index)
        drawing = changed and _drawn(changed)
        if drawing and all(map(drawing.holds, problem.premises)):
            yield problem, drawing


def _grown(rng: Random, size: int, most: int) -> Problem | None:
    """A problem of so many points, clause after clause; None if that leads nowhere."""
    figure = rng.choice(FIGURES)
    names = tuple(NAMES[: len(figure.letters)])
    problem = Problem((Clause(names, (Construction(figure.name, names),)),))
    for _ in range(40):
        points = problem.points
        if len(points) >= size:
            return problem
        drawing = _drawn(problem)
        assert drawing
        clause = _clause(rng, points, drawing)
        if clause and len(points) + len(clause.points) <= most:
            longer = Problem((*problem.clauses, clause))
            if _drawn(longer) is not None:
                problem = longer
    return None


def _clause(rng: Random, points: Sequence[str], drawing: Diagram) -> Clause | None:
    kind = rng.random()
    definitions = [rng.choice(OTHERS)] if kind < 0.5 else rng.sample(LOCI, 2 if kind < 0.8 else 1)
    made = tuple(NAMES[len(points) : len(points) + len(definitions[0].outputs)])
    constructions = [_filled(rng, definition, made, points) for definition in definitions]
    try:
        found = tuple(Construction(name, args) for name, args in constructions)
        return Clause(made, found) if all(drawing.holds(fact) for one in found for fact in one.conditions) else None
    except InputError:
        return None


def _filled(
    rng: Random, definition: Definition, made: Sequence[str], points: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """A construction of the new points from old ones, of which no two are the same if there are enough."""
    letters = len(definition.letters) - definition.numbers
    wanted = letters - len(made)
    old = rng.sample(points, wanted) if wanted <= len(points) else rng.choices(points, k=wanted)
    outputs = dict(zip(definition.outputs, made, strict=True))
    rest = iter(old)
    args = [outputs[i] if i in outputs else next(rest) for i in range(letters)]
    return definition.name, (*args, *rng.choices(ANGLES, k=definition.numbers))


def _special(rng: Random, problem: Problem, k: int) -> Clause:
    """Clause k with less freedom, if it has any."""
    clause = problem.clauses[k]
    (one, *others) = clause.constructions
    if one.name in SPECIAL and not one.inputs:
        args = tuple(rng.sample(one.args, len(one.args))) if one.name == "triangle" else one.args
        return Clause(clause.points, (Construction(rng.choice(SPECIAL[one.name]), args),))
    if not others and isinstance(one.definition.place, On):
        earlier = [point for before in problem.clauses[:k] for point in before.points]
        if one.name in ("on_line", "on_opline") and rng.random() < 0.5:
            x, a, b = one.args
            special = (
                Construction("midpoint", (x, a, b)) if one.name == "on_line" else Construction("mirror", (x, b, a))
            )
            return Clause(clause.points, (special,))
        try:
            added = Construction(*_filled(rng, rng.choice(LOCI), clause.points, earlier))
            return Clause(clause.points, (one, added)) if added.name != one.name else clause
        except InputError:
            return clause
    return clause


def _drawn(problem: Problem) -> Diagram | None:
    try:
        return draw(problem)
    except DrawingError:
        return None
