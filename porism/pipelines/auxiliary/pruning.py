"""From a state that reached the goals to the shortest list of auxiliary clauses with which the engine proves them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from porism.errors import InputError
from porism.pipelines.auxiliary.naming import named
from porism.pipelines.auxiliary.points import extended, new_point, with_clauses
from porism.symbolic.auxiliary.ground import Ground, Pick
from porism.symbolic.auxiliary.kinds import KINDS
from porism.symbolic.auxiliary.visits import Step, replayed
from porism.symbolic.problem import Problem
from porism.symbolic.prove import Attempt, attempt

Clauses = tuple[str, ...]


class Told(NamedTuple):
    """Steps in words.

    Attributes:
        clauses: one for each point, lemmas included; a lemma whose point stays later is one point.
        points: names of the points that stay, by number, those of the problem first.
    """

    clauses: Clauses
    points: tuple[str, ...]


def told(problem: Problem, steps: Sequence[Step]) -> Told:
    """The steps as clauses with names for all their points."""
    here, points, names = problem, list(problem.points), dict[Pick, str]()
    found: list[str] = []
    for pick, stays in steps:
        if pick not in names:
            names[pick] = new_point(here)
            found.append(KINDS[pick.kind].clause(names[pick], [points[i] for i in pick.points]))
            here = with_clauses(here, found[-1:])
        if stays:
            points.append(names[pick])
    return Told(tuple(found), tuple(points))


def made(clause: str) -> str:
    """The point that a clause makes.

    >>> made("m = midpoint m a b")
    'm'
    """
    return clause.partition("=")[0].strip()


def needed(root: Ground, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps without the lemmas that the goals do not need; the last one is needed, as it reached them."""
    kept = tuple(steps)
    for step in reversed(steps[:-1]):
        if step.stays:
            continue
        at = kept.index(step)
        rest = (*kept[:at], *kept[at + 1 :])
        here = replayed(root, rest)
        if here is not None and here.solved:
            kept = rest
    return kept


def proved(
    problem: Problem, root: Ground, steps: Sequence[Step], *, seed: int, compiled: bool
) -> tuple[Attempt, Clauses] | None:
    """A proof with as few of the auxiliary points as can be, or None if the engine finds none or the checker objects.

    A point goes if without it, and without what is made from it, there is still a proof.
    """
    return pruned(problem, told(problem, needed(root, steps)).clauses, seed=seed, compiled=compiled)


def pruned(problem: Problem, added: Clauses, *, seed: int, compiled: bool) -> tuple[Attempt, Clauses] | None:
    """As :func:`proved`, from clauses that may or may not do."""
    if _attempt(problem, added, seed, compiled) is None:
        return None
    for clause in reversed(added):
        rest = without(added, clause)
        if len(rest) < len(added) and _attempt(problem, rest, seed, compiled):
            added = rest
    added = named(problem, added)
    result = attempt(with_clauses(problem, added), seed=seed, compiled=compiled)
    return (result, added) if result.proved else None


class WithOne(NamedTuple):
    """What came of clauses that somebody proposed: trials, and a proof with the clauses it needs, if there is one."""

    trials: int
    found: tuple[Attempt, Clauses] | None


def with_one(problem: Problem, proposals: Sequence[str], *, seed: int, compiled: bool) -> WithOne:
    """Try clauses that each make one point of those of the problem: all together, then each alone.

    Those that :func:`.points.extended` refuses are left out: they would assume what nobody has proved.
    """
    together: Clauses = ()
    for clause in proposals:
        with suppress(InputError):
            extended(problem, clause, seed=seed)
            new = new_point(with_clauses(problem, together))
            renamed = [
                word.replace(made(clause), new) if word.strip(",") == made(clause) else word for word in clause.split()
            ]
            together = (*together, " ".join(renamed))
    ways = [together, *((clause,) for clause in together)] if len(together) > 1 else [together] * len(together)
    for trials, added in enumerate(ways, 1):
        if found := pruned(problem, added, seed=seed, compiled=compiled):
            return WithOne(trials, found)
    return WithOne(len(ways), None)


def without(added: Clauses, clause: str) -> Clauses:
    """The clauses without one, and without those whose points start from its point.

    >>> without(("m = midpoint m a b", "n = midpoint n m c", "k = midpoint k a c"), "m = midpoint m a b")
    ('k = midpoint k a c',)
    """
    gone, kept = set[str](), []
    for each in added:
        new, _, rest = each.partition(" = ")
        if each == clause or gone & set(rest.replace(",", "").split()):
            gone.add(new)
        else:
            kept.append(each)
    return tuple(kept)


def _attempt(problem: Problem, added: Clauses, seed: int, compiled: bool) -> Attempt | None:
    try:
        result = attempt(with_clauses(problem, added), seed=seed, compiled=compiled, shortened=False)
    except InputError:  # it cannot be drawn
        return None
    return result if result.proved else None
