"""Auxiliary constructions as a search: states are problems, actions are clauses, the goal is that the engine proves it.

Deduction alone makes no points. What it cannot prove, it often can once a midpoint or a foot is drawn
[Trinh2024]; which one is for a search to find, over clauses enumerated here or proposed by a model.

>>> from porism.search import BestFirst, each, search
>>> problem = Problem.parse("a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1")
>>> env = AuxiliaryPoints(problem)
>>> env.solved(problem)
False
>>> outcome = search(env, enumerated, BestFirst(lambda node: node.cost), early=True)
>>> outcome.best.actions()
['e = midpoint e a b']

What may be added is a point that can be constructed from those that are there, whether the goal is true or not: what
one construction makes, or the crossing of two loci. A clause that asks for more (three loci; two that share a further
point only because the goal is true) would bring the goal in as an assumption, and is refused.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from math import inf

from porism.errors import InputError
from porism.symbolic import Problem, Proof, attempt, draw
from porism.symbolic.diagram import Diagram
from porism.symbolic.loci import Locus, meet
from porism.symbolic.placement import Free, On
from porism.symbolic.problem import Clause, Construction

DEGENERATE = {"diff", "ncoll", "npara", "nperp"}
"""What a construction may assume: that what it starts from is not degenerate."""
LONGEST = 200
"""A clause has this many letters at most."""


class AuxiliaryPoints:
    """The environment: a state is a problem with the clauses added so far, an action the text of one more clause.

    Each clause costs 1. One that cannot be added costs infinity and leaves the problem as it is. States and actions
    are values, and the same seed gives the same search.
    """

    def __init__(self, problem: Problem, *, seed: int = 0, compiled: bool = False) -> None:
        """Begin with a problem.

        Args:
            problem: with at least one goal.
            seed: of drawings and hashes.
            compiled: run the compiled kernel.

        Raises:
            InputError: the problem has no goal.
        """
        if not problem.goals:
            raise InputError(f"a problem needs a goal to be proved, written after '?': {problem}")
        self.problem, self._seed, self._compiled = problem, seed, compiled
        self._proofs: dict[Problem, Proof | None] = {}

    def initial(self) -> Problem:
        """The problem without auxiliary points."""
        return self.problem

    def step(self, state: Problem, action: str) -> tuple[Problem, float]:
        """The problem with one clause more, for 1."""
        try:
            return extended(state, action, seed=self._seed), 1
        except InputError:
            return state, inf

    def solved(self, state: Problem) -> bool:
        """Whether there is a proof that the checker accepts."""
        return self.proof(state) is not None

    def proof(self, state: Problem) -> Proof | None:
        """The proof, as it was found and not shortened; None where the engine finds none or the checker rejects it."""
        if state not in self._proofs:
            result = attempt(state, seed=self._seed, compiled=self._compiled, shortened=False)
            self._proofs[state] = result.proof if result.proved else None
        return self._proofs[state]


def extended(problem: Problem, clause: str, *, seed: int = 0) -> Problem:
    """The problem with one clause more, whoever wrote it.

    Raises:
        InputError: the text is no clause, asks for more than can be had of any figure, or cannot be drawn; one line.

    >>> problem = Problem.parse("a b c = triangle a b c ? perp a b a c")
    >>> str(extended(problem, "m = midpoint b c"))
    'a b c = triangle a b c; m = midpoint m b c ? perp a b a c'
    """
    text = clause.strip()
    if not text or len(text) > LONGEST or any(letter in text for letter in ";?#\n\r"):
        raise InputError(f"give one clause of at most {LONGEST} letters, for example 'm = midpoint m a b'")
    known = "; ".join(map(str, problem.clauses))
    clauses = Problem.parse(f"{known}; {text}").clauses
    added = clauses[-1]
    whole = Problem((*problem.clauses, added), problem.goals, problem.name, problem.written)
    _check_modest(added)
    figure = draw(whole, seed)
    if len(added.constructions) == 2:
        one, two = (_locus(each, figure) for each in added.constructions)
        if not meet(one, two):
            raise InputError(f"'{added}': the two loci do not cross, or are the same")
    return whole


def with_clauses(problem: Problem, added: Sequence[str]) -> Problem:
    """The problem with more clauses.

    Raises:
        InputError: a clause is none.
    """
    text = "; ".join([*map(str, problem.clauses), *added])
    return Problem(Problem.parse(text).clauses, problem.goals, problem.name, problem.written)


def enumerated(problem: Problem) -> Iterator[str]:
    """Clauses worth trying, the simplest first, each for one new point; always the same ones in the same order.

    Midpoints, crossings of lines, feet, mirror images in lines and in points, parallelograms, circumcentres. Where
    points are collinear many cannot be drawn: those steps fail.

    >>> list(enumerated(Problem.parse("a b = segment a b")))
    ['c = midpoint c a b', 'c = mirror c a b', 'c = mirror c b a']
    """
    x, points = new_point(problem), problem.points
    for a, b in combinations(points, 2):
        yield f"{x} = midpoint {x} {a} {b}"
    lines = list(combinations(points, 2))
    for (a, b), (c, d) in combinations(lines, 2):
        if len({a, b, c, d}) == 4:
            yield f"{x} = intersection_ll {x} {a} {b} {c} {d}"
    for name in ("foot", "reflect"):
        for b, c in lines:
            yield from (f"{x} = {name} {x} {a} {b} {c}" for a in points if a not in (b, c))
    for a, b in permutations(points, 2):
        yield f"{x} = mirror {x} {a} {b}"
    for a, b, c in permutations(points, 3):
        if a < c:
            yield f"{x} = parallelogram {a} {b} {c} {x}"
    for a, b, c in combinations(points, 3):
        yield f"{x} = circumcenter {x} {a} {b} {c}"


def new_point(problem: Problem) -> str:
    """A name that no point has: a letter, or a letter with a number.

    >>> new_point(Problem.parse("a b d = triangle a b d"))
    'c'
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = (f"{letter}{number or ''}" for number in range(len(problem.points) + 1) for letter in letters)
    return next(name for name in names if name not in problem.points)


def _check_modest(clause: Clause) -> None:
    """That the clause makes points that are there in any case."""
    loci = [isinstance(each.definition.place, On) for each in clause.constructions]
    if any(isinstance(each.definition.place, Free) for each in clause.constructions):
        raise InputError(f"'{clause}': an auxiliary point starts from points that are there")
    if len(loci) > 2 or (len(loci) == 2 and not all(loci)):
        raise InputError(f"'{clause}': one construction, or two that are lines or circles, determine a point")
    for each in clause.constructions:
        for fact in each.conditions:
            if fact.name not in DEGENERATE:
                raise InputError(f"'{each}' assumes that {fact.say()}, and nobody has proved that")


def _locus(construction: Construction, figure: Diagram) -> Locus:
    place = construction.definition.place
    assert isinstance(place, On)
    if construction.definition.numbers:
        raise InputError(f"'{construction}' cannot be crossed with another locus here")
    locus: Locus = place.locus(*(complex(figure.points[point]) for point in construction.inputs))
    return locus
