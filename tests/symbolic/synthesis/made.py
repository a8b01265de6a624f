"""Random figures and their theorems for tests, with the interpreted kernel: it needs no compiling."""

from collections.abc import Collection
from functools import cache

from porism.seeds import stream
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import draw
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.sampler import Figure, Sampling, sample
from porism.symbolic.synthesis.synthesise import Limits, Making, synthesise
from porism.symbolic.synthesis.theorem import Found, Rejection

SAMPLING = Sampling(points=(6, 9), symmetry=0.5, fertile=0.0)
LIMITS = Limits(goals=3, plain=2)
UNSEEN = 3_000_000  # drawings with this index and more are no one else's
AUXILIARY = (  # figures with theorems that need auxiliary points, which is rare among small ones
    "a b c d = r_trapezoid a b c d; e = on_pline e d c a, on_bline e c d; f = mirror f c d",
    "a = free a; b = free b; c = free c; d = on_dia d a b, on_dia d c b; e = on_bline e d c, on_pline e b a d; "
    "f = on_pline f c b d, on_tline f e d b",
    "a = free a; b = free b; c = free c; d = parallelogram a b c d; e = midpoint e b d; "
    "f = on_circle f e d, on_circum f c a b; g = foot g b d a",
)


def making(limits: Limits = LIMITS, seed: int = 0, seen: Collection[str] = ()) -> Making:
    """How theorems are made here: without the compiled kernel."""
    return Making(limits, seed, set(seen), compiled=False)


@cache
def figure(index: int) -> Figure:
    """A random figure of few points; with a negative index one of those above."""
    if index < 0:
        problem = Problem.parse(AUXILIARY[index])
        return Figure(problem, draw(problem))
    found = sample(SAMPLING, 1, index)  # a seed for which the first figures all have theorems
    assert isinstance(found, Figure)
    return found


def closed(problem: Problem, seed: int = 0) -> Closure:
    """What follows from a problem, by a drawing that no one else has seen."""
    return deduce_from(problem, problem.premises, [draw(problem, 1, UNSEEN)], seed=seed)


def outcomes(number: int, how: Making) -> list[Found | Rejection]:
    """What a making finds in figure ``number``."""
    one = figure(number)
    return list(synthesise(one.problem, one.diagram, stream(0, "goals", number), how))


def found_in(number: int, how: Making) -> list[Found]:
    """The theorems that a making finds in figure ``number``."""
    return [one for one in outcomes(number, how) if isinstance(one, Found)]


@cache
def theorems(number: int) -> tuple[Found, ...]:
    """The theorems of figure ``number``."""
    return tuple(found_in(number, making()))
