"""Small figures for tests of auxiliary points, and what two ways of knowing a figure have in common.

A table says of its unknowns, here those of pairs of points, what sums of them are constant: the sums that its forms
cancel. Two tables say the same when their forms span the same space of columns.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from porism.symbolic.auxiliary.ground import Ground, Pick, ground
from porism.symbolic.auxiliary.kinds import KINDS
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.facts import Fact
from porism.symbolic.kernel.tables import P, Table, parts
from porism.symbolic.problem import Problem

SYSTEMS = range(4)  # directions, logarithms, lengths, squares
COUNTED = (0, 1)  # those that the gain of a trial counts

TEXTS = (
    "a b c = triangle a b c",
    "a b c = r_triangle a b c",
    "a b c = iso_triangle a b c; m = midpoint m a b",
    "a b c = triangle a b c; m = midpoint m b c; n = midpoint n c a",
    "a b c = triangle a b c; d = foot d a b c; e = foot e b c a",
    "a b c = triangle a b c; o = circle o a b c; d = on_circle d o a",
    "a b c = triangle a b c; i = incenter i a b c; d = foot d i b c",
    "a b c d = isquare a b c d; e = on_line e a c",
    "a b c d = trapezoid a b c d; x = intersection_ll x a c b d",
    "a b = segment a b; c = s_angle b a c 60, on_circle c a b; d = on_circum d a b c",
)
"""Without goals; each is closed by hand, interpreted, in a moment."""


def drawn(text: str, count: int = 2) -> tuple[Problem, list[Diagram]]:
    """A problem and so many drawings of it."""
    problem = Problem.parse(text)
    return problem, [draw(problem, 0, index) for index in range(count)]


def grounded(text: str, count: int = 2) -> Ground:
    """What is known of a figure, interpreted."""
    return ground(*drawn(text, count))


def picked(problem: Problem, clause: str) -> Pick:
    """A clause with the new point x as a pick."""
    number = {name: i for i, name in enumerate(problem.points)}
    for k, kind in enumerate(KINDS):
        shape = [part.split() for part in kind.text.split(", ")]
        found = [part.split() for part in clause.split(", ")]
        if [(part[0], len(part)) for part in shape] == [(part[0], len(part)) for part in found]:
            names = {
                letter: name
                for one, two in zip(shape, found, strict=True)
                for letter, name in zip(one[1:], two[1:], strict=True)
            }
            return Pick(k, tuple(number[names[letter]] for letter in kind.letters))
    raise AssertionError(clause)


def with_clauses(problem: Problem, picks: Sequence[Pick]) -> Problem:
    """The problem with picks, one made from the other, as clauses; the new points are x0, x1, ..."""
    names = [*problem.points, *(f"x{k}" for k in range(len(picks)))]
    clauses = [KINDS[pick.kind].clause(f"x{k}", [names[i] for i in pick.points]) for k, pick in enumerate(picks)]
    return Problem(Problem.parse("; ".join([*map(str, problem.clauses), *clauses])).clauses, problem.goals)


def drawings_of(here: Ground, problem: Problem) -> list[Diagram]:
    """The drawings that a ground was made in, for the problem with its points."""
    return [Diagram(dict(zip(problem.points, one.tolist(), strict=True))) for one in here.z]


def from_scratch(here: Ground, problem: Problem) -> Closure:
    """The closure of a problem in the drawings of a ground with the same points."""
    return deduce_from(problem, problem.premises, drawings_of(here, problem))


def closure_of(here: Ground, problem: Problem) -> Closure:
    """A ground as a closure, to ask it for facts."""
    premises = problem.premises
    return Closure(problem, tuple(drawings_of(here, problem)), premises, here.figure, here.state, 0, here.solved)


def forms(figure: Any, state: Any, system: int, count: int) -> np.ndarray:
    """Forms of the pairs of the first so many points, in the order of the pairs, (pairs, columns)."""
    i, j = np.triu_indices(count, 1)
    found: np.ndarray = table(state, system).form[figure.pair[i, j]]
    return found


def table(state: Any, system: int) -> Table:
    """The parts of a table of a state."""
    found: Table = parts(state[1 + system])
    return found


def rank(matrix: np.ndarray) -> int:
    """Of a matrix modulo P, by elimination."""
    rows, done = matrix.astype(np.int64) % P, 0
    for j in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[done:, j])
        if not len(pivots):
            continue
        first = done + pivots[0]
        rows[[done, first]] = rows[[first, done]]
        rows[done] = rows[done] * pow(int(rows[done, j]), -1, P) % P
        rows[done + 1 :] = (rows[done + 1 :] - rows[done + 1 :, j : j + 1] * rows[done]) % P
        done += 1
    return done


def equations(here: Any, system: int, count: int) -> int:
    """How many independent equations between the pairs of the first points are known, by rank."""
    return count * (count - 1) // 2 - rank(forms(here.figure, here.state, system, count))


def news(before: Ground, after: Ground, system: int) -> int:
    """How many independent equations ``after``, with more points, knows more between unknowns of ``before``, by rank.

    Beside pairs these are sines of angles, and what circles have for their points.
    """
    old, new = table(before.state, system).form, table(after.state, system).form
    pairs, more = (n * (n - 1) // 2 for n in (before.count, after.count))
    kept = np.concatenate([new[:pairs], new[more : more + len(old) - pairs]])
    return rank(old) - rank(kept)


def says_more(one: Any, two: Any, count: int, systems: Sequence[int] = SYSTEMS) -> list[int]:
    """Systems in which ``two`` does not say all that ``one`` does of the first points."""
    spaces = [(k, forms(one.figure, one.state, k, count), forms(two.figure, two.state, k, count)) for k in systems]
    return [k for k, a, b in spaces if rank(np.concatenate([a, b], axis=1)) > rank(a)]


def differ(one: Any, two: Any, count: int, systems: Sequence[int] = SYSTEMS) -> list[int]:
    """Systems in which two figures with the same first points do not say the same of these."""
    return sorted({*says_more(one, two, count, systems), *says_more(two, one, count, systems)})


def classes(here: Any, system: int, count: int) -> list[tuple[int, ...]]:
    """Pairs of the first points, in order, in classes of equal hashes."""
    i, j = np.triu_indices(count, 1)
    hashes = table(here.state, system).hash[here.figure.pair[i, j]].tolist()
    found: dict[tuple[int, ...], list[int]] = {}
    for k, both in enumerate(hashes):
        found.setdefault(tuple(both), []).append(k)
    return sorted(map(tuple, found.values()))


def circles(here: Any, count: int) -> set[tuple[frozenset[int], int]]:
    """Circles that are known among the first points: their points, and the centre or -1."""
    state, found = here.state, set()
    for c in np.flatnonzero(state.circle[: state.size[1], 3]):
        on = frozenset(p for p in np.flatnonzero(state.member[c] >= 0).tolist() if p < count)
        centre = int(state.circle[c, 1])
        found.add((on, centre if centre < count else -1))
    return found


def learned_facts(here: Ground, problem: Problem) -> list[Fact]:
    """All facts that a ground without points of its own lists: with these, pairs have other numbers."""
    return list(closure_of(here, problem).facts())
