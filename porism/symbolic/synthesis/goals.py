"""Goals worth stating, from what a closure knows.

Not worth stating are premises and what merely repeats them: another name of a line or a circle, a fact about fewer of
their points. What remains may still have a proof of one step; that shows only when it is traced.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from random import Random

from porism.symbolic.closure import Closure
from porism.symbolic.facts import Fact


def goals(closure: Closure, rng: Random) -> list[Fact]:
    """The goals worth stating, in random order.

    Args:
        closure: of the whole figure.
        rng: chooses the order, and the points of a line or circle that has many.
    """
    told = _Told(closure.premises)
    stated = dict.fromkeys(goal for fact in closure.facts() for goal in _stated(fact, rng))
    found = [goal for goal in stated if not told.says(goal) and not _two_equalities(goal, closure)]
    rng.shuffle(found)
    return found


def _stated(fact: Fact, rng: Random) -> Iterator[Fact]:
    """What is worth stating of a listed fact: single triples and quadruples of points, and ratios of sides."""
    match fact.name:
        case "coll":
            yield from _some(fact.name, fact.points, 3, rng)
        case "cyclic":
            yield from _some(fact.name, fact.points, 4, rng)
        case "circle":
            centre, *on = fact.points
            if len(on) > 3:
                yield from _some("cyclic", on, 4, rng)
            yield from (Fact("cong", (centre, a, centre, b)) for a, b in combinations(on, 2))
        case "simtri" | "simtri2":
            yield fact
            yield _sides(fact, rng)
        case _:
            yield fact


def _some(name: str, points: Sequence[str], count: int, rng: Random) -> Iterable[Fact]:
    """A few facts about ``count`` of the points."""
    ways = [Fact(name, some) for some in combinations(points, count)]
    return rng.sample(ways, min(len(ways), 4))


def _sides(fact: Fact, rng: Random) -> Fact:
    """The ratio of two sides of similar triangles."""
    i, j, k = rng.sample(range(3), 3)
    p, q = fact.points[:3], fact.points[3:]
    return Fact("eqratio", (p[i], p[j], p[j], p[k], q[i], q[j], q[j], q[k]))


def _two_equalities(goal: Fact, closure: Closure) -> bool:
    """Whether a ratio ab : cd = ef : gh is two equalities in disguise, ab = cd and ef = gh or ab = ef and cd = gh."""
    if goal.name != "eqratio":
        return False
    ab, cd, ef = goal.args[:2], goal.args[2:4], goal.args[4:6]
    return any(one == two or closure.knows(Fact("cong", one + two)) for one, two in ((ab, cd), (ab, ef)))


class _Told:
    """What the premises say directly, lines and circles merged."""

    def __init__(self, premises: Sequence[Fact]) -> None:
        self._facts = frozenset(premises)
        collinear = [frozenset(one.points) for one in premises if one.name in ("coll", "midp")]
        around = [frozenset(one.points[one.name == "circle" :]) for one in premises if one.name in ("cyclic", "circle")]
        self._lines, self._circles = merged(collinear, 2), merged(around, 3)

    def says(self, goal: Fact) -> bool:
        """Whether the goal is a premise, or is about one under other names."""
        if goal in self._facts:
            return True
        if goal.name == "coll":
            return any(line.issuperset(goal.points) for line in self._lines)
        if goal.name == "cyclic":
            return any(circle.issuperset(goal.points) for circle in self._circles)
        return False


def merged(sets: Iterable[frozenset[str]], shared: int) -> list[frozenset[str]]:
    """The sets, those that share so many points made one."""
    found: list[frozenset[str]] = []
    for one in sets:
        while near := [other for other in found if len(one & other) >= shared]:
            found = [other for other in found if other not in near]
            one = one.union(*near)
        found.append(one)
    return found
