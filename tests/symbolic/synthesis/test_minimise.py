"""Fewest constructions: of small figures all sets are tried."""

from collections.abc import Iterator
from itertools import chain, islice
from random import Random

from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.goals import goals
from porism.symbolic.synthesis.minimise import Closures
from porism.symbolic.synthesis.parts import Parts
from porism.symbolic.synthesis.sampler import Figure, Sampling, sample
from porism.symbolic.trace import needs

SMALL = Sampling(points=(6, 8), symmetry=0.5)
PARTS, FIGURES, GOALS = 6, 20, 6


def small_figures() -> Iterator[Figure]:
    """Random figures of few parts."""
    found = (sample(SMALL, 3, index) for index in range(200))
    few = (one for one in found if isinstance(one, Figure) and len(Parts(one.problem).constructions) <= PARTS)
    return islice(few, FIGURES)


class Fresh:
    """What sets of parts prove, by closures that no one else has made."""

    def __init__(self, parts: Parts, drawing: Diagram) -> None:
        self.parts, self.drawing = parts, drawing
        self.known: dict[int, Closure] = {}

    def proves(self, kept: int, goal: Fact) -> bool:
        if kept not in self.known:
            problem = self.parts.restricted(kept, self.parts.problem.points)
            self.known[kept] = deduce_from(problem, problem.premises, [self.drawing], seed=9)
        return self.known[kept].knows(goal)


def less(kept: int) -> list[int]:
    """The set without one of its members."""
    return [kept & ~(1 << i) for i in range(kept.bit_length()) if kept >> i & 1]


def subsets(kept: int) -> Iterator[int]:
    """All sets that are less."""
    one = kept
    while one:
        one = (one - 1) & kept
        yield one


def cases() -> Iterator[tuple[Closures, Fresh, int, Fact]]:
    for one in small_figures():
        closure = deduce_from(one.problem, one.problem.premises, [one.diagram])
        parts = Parts(one.problem)
        traced = needs(closure, goals(closure, Random(0)))
        closures, fresh = Closures(parts, one.diagram, compiled=False), Fresh(parts, one.diagram)
        for goal, premises, _ in islice(traced, GOALS):
            kept = parts.bits(premises)
            if parts.points(kept).issuperset(goal.points):
                yield closures, fresh, kept, goal
                yield closures, fresh, (1 << len(parts.constructions)) - 1, goal


def test_what_is_left_proves_the_goal_and_nothing_less_does() -> None:
    shorter = total = 0
    for closures, fresh, kept, goal in cases():
        found = closures.minimal(kept, goal)
        problem = str(closures.parts.problem)
        assert found & ~kept == 0, (problem, str(goal))
        assert fresh.proves(found, goal), (problem, str(goal))
        spoken = (part for part in subsets(found) if closures.parts.points(part).issuperset(goal.points))
        assert not any(fresh.proves(part, goal) for part in spoken), (problem, str(goal))
        shorter += found != kept
        total += 1
    assert total > 100
    assert shorter > 20


def test_a_part_that_every_proof_needs_is_never_left_out() -> None:
    for closures, fresh, kept, goal in cases():
        found, whole = closures.minimal(kept, goal), (1 << len(closures.parts.constructions)) - 1
        needed = [whole & ~part for part in less(whole) if not fresh.proves(part, goal)]
        assert all(found & part for part in needed)


def test_one_of_two_proofs_is_left() -> None:
    text = "a b c = triangle; m = midpoint m a b; n = midpoint n a c; x = on_pline x a b c, on_pline x a m n"
    problem = Problem.parse(text)
    closures = Closures(Parts(problem), draw(problem), compiled=False)
    assert closures.minimal(0b0100, Fact.parse("para a x b c")) == 0b0100
    assert closures.minimal(0b1011, Fact.parse("para a x b c")) == 0b1011
    assert closures.minimal(0b1111, Fact.parse("para a x b c")) == 0b0100  # the newest go first


def test_a_closure_is_made_once_for_all_goals() -> None:
    problem = Problem.parse("a b c = triangle; m = midpoint m a b; n = midpoint n a c; k = midpoint k b c")
    closures = Closures(Parts(problem), draw(problem), compiled=False)
    assert closures.proves(0b011, Fact.parse("para m n b c"))
    (made,) = closures.known.values()
    assert not closures.proves(0b011, Fact.parse("para m k a c"))
    assert list(chain(closures.known.values())) == [made]


def test_parts_that_do_not_speak_of_a_point_do_not_prove() -> None:
    problem = Problem.parse("a b c = triangle; m = midpoint m a b; n = midpoint n a c")
    closures = Closures(Parts(problem), draw(problem), compiled=False)
    assert not closures.proves(0b01, Fact.parse("para m n b c"))
    assert closures.known == {}
