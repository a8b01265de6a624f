"""Auxiliary constructions under names that tell nothing, and which of them are the same.

The names that a search or a model gives to new points say in what order they were thought of. Here a new point has the
first name that is free where it stands, as in the rows of theorems; and two clauses are the same when they have the
same constructions and guarantee the same of the same points, however these are called and in whatever order.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import count, islice

from porism.errors import InputError
from porism.pipelines.auxiliary.points import LONGEST
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.synthesis.parts import renamed, renamed_fact

LETTERS = "abcdefghijklmnopqrstuvwxyz"
APEX = {"excenter"}
"""Constructions of which the first point is another than the rest, which no fact about them says."""


def named(problem: Problem, clauses: Sequence[str]) -> tuple[str, ...]:
    """The clauses in order, each new point under the first name that no point before it has.

    A beginning of the clauses is named as it would be alone.

    Raises:
        InputError: a clause cannot be read; one line.

    >>> named(Problem.parse("a b c = triangle a b c"), ["m = midpoint m b c", "z = foot z a m c"])
    ('d = midpoint d b c', 'e = foot e a d c')
    """
    return tuple(text for text, _ in _named(problem, clauses))


def named_next(problem: Problem, clauses: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """``others``, any one of which might follow the clauses, named as it would be then."""
    names = {point: point for point in problem.points}
    for _, more in _named(problem, clauses):
        names |= more
    return tuple(_renamed(read_one(names, other), names)[0] for other in others)


def same(problem: Problem, clauses: Sequence[str]) -> tuple[str, ...]:
    """For each clause a text that it shares with all clauses that are the same construction.

    Raises:
        InputError: a clause cannot be read; one line.

    >>> problem = Problem.parse("a b c = triangle a b c")
    >>> one = same(problem, ["m = midpoint m b c", "z = foot z a m c"])
    >>> other = same(problem, ["x = midpoint x c a", "y = midpoint y c b", "e = foot e a c y"])
    >>> one[0] == other[1], one[1] == other[2], one[0] == other[0]
    (True, True, False)
    """
    return tuple(key for key, _ in _identified(problem, clauses))


def same_next(problem: Problem, clauses: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The same for each of ``others``, any one of which might follow the clauses."""
    names = {point: point for point in problem.points}
    for _, more in _identified(problem, clauses):
        names |= more
    return tuple(_key(read_one(names, other), names) for other in others)


def read(points: Collection[str], clauses: Sequence[str]) -> Iterator[Clause]:
    """Clauses that go on from points that are there.

    Raises:
        InputError: one cannot be read; one line.
    """
    there = set(points)
    for clause in clauses:
        made = read_one(there, clause)
        if twice := there.intersection(made.points):
            raise InputError(f"'{made}': point {min(twice)} is defined twice")
        there.update(made.points)
        yield made


def read_one(points: Collection[str], text: str) -> Clause:
    """One clause that starts from points that are there; what its own are called does not matter.

    Raises:
        InputError: it cannot be read; one line.
    """
    if not text.strip() or len(text) > LONGEST or any(letter in text for letter in ";?#\n\r"):
        raise InputError(f"one clause is wanted, such as 'm = midpoint m a b', got {text[:80]!a}")
    head, _, tail = text.replace(",", " ").partition("=")
    spoken = sorted(set(tail.split()).intersection(points).difference(head.split()))
    return Problem.parse("; ".join([*(f"{point} = free {point}" for point in spoken), text])).clauses[-1]


def _named(problem: Problem, clauses: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """For each clause its text with the first names that are free, and these by the old ones."""
    names = {point: point for point in problem.points}
    for clause in read(problem.points, clauses):
        text, more = _renamed(clause, names)
        names |= more
        yield text, more


def _renamed(clause: Clause, names: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    more = dict(zip(clause.points, _free(names, len(clause.points)), strict=True))
    return str(renamed([clause], {**names, **more})[0]), more


def _identified(problem: Problem, clauses: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """For each clause its key, and names for its points that say how they were made."""
    names = {point: point for point in problem.points}
    for clause in read(problem.points, clauses):
        key = _key(clause, names)
        more = {point: f"{key}_{k}" for k, point in enumerate(clause.points)}
        names |= more
        yield key, more


def _key(clause: Clause, names: Mapping[str, str]) -> str:
    """A hash of what a clause guarantees of its points, those before it under names that say how they were made."""
    own = {**names, **{point: f"new_{k}" for k, point in enumerate(clause.points)}}
    text = "; ".join(sorted(_meaning(one, own) for one in clause.constructions))
    return f"p{blake2b(text.encode(), digest_size=16).hexdigest()}"


def _meaning(one: Construction, names: Mapping[str, str]) -> str:
    """What a construction is, whatever the order of its points, unless that matters."""
    called = [names.get(arg, arg) for arg in one.args]
    if one.name in APEX:
        return " ".join([one.name, *called[:2], *sorted(called[2:])])
    if not one.facts:
        return " ".join([one.name, *called])
    return ", ".join([one.name, *sorted(str(renamed_fact(fact, names)) for fact in one.facts)])


def _free(taken: Mapping[str, str], wanted: int) -> list[str]:
    """The first names that are not taken."""
    used = set(taken.values())
    every = (f"{letter}{number or ''}" for number in count() for letter in LETTERS)
    return list(islice((name for name in every if name not in used), wanted))
