"""From a solved search to its way: the places that led to the proof, and what of each is told."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from porism.errors import InputError
from porism.pipelines.auxiliary.naming import named, named_next, read_one, same, same_next
from porism.pipelines.auxiliary.solve import Place, Solved
from porism.pipelines.auxiliary.ways import Stage, Tried, Way
from porism.symbolic.problem import Problem


def way(solved: Solved) -> Way | None:
    """The way to the proof; None where none was found, or it needs no auxiliary points.

    Places of a way are told with the constructions that the proof needs or something starts from. What a search made on
    the way besides (a lemma that told nothing in the end) is left out, and places that then are one are told as one. Of
    what was tried, what gave no result is left out (a gain below 0), and what is no clause.
    """
    if not solved.proved or not solved.clauses:
        return None
    problem, needed = solved.problem, named(solved.problem, solved.clauses)
    keys = frozenset(same(problem, needed))
    return Way(needed, solved.trials, tuple(_stages(problem, _followed(problem, solved.places, keys), keys)))


def labels(problem: Problem, needed: Sequence[str], clauses: Sequence[str], tried: Sequence[str]) -> list[bool]:
    """For each clause that was tried after ``clauses`` whether it is the same as one that is needed.

    Raises:
        InputError: a clause cannot be read; one line.
    """
    keys = frozenset(same(problem, needed))
    return [key in keys for key in same_next(problem, clauses, tried)]


def _followed(problem: Problem, places: Sequence[Place], keys: frozenset[str]) -> list[Place]:
    """The places that lead to the one from which most of what is needed is there with one clause more."""

    def reached(place: Place) -> int:
        there = keys.intersection(same(problem, place.clauses))
        more = keys.intersection(same_next(problem, place.clauses, [clause for clause, _ in place.tried])) - there
        return len(there | more) if more else 0

    told = [replace(place, tried=tuple(_tried(problem, place))) for place in places]
    last = max(told, key=reached, default=None)
    if last is None or not reached(last):
        return []
    return sorted(
        (place for place in told if last.clauses[: len(place.clauses)] == place.clauses),
        key=lambda place: len(place.clauses),
    )


def _tried(problem: Problem, place: Place) -> Iterator[tuple[str, int]]:
    """What was tried with a result, and can be read."""
    points = {*problem.points, *(point for clause in place.clauses for point in clause.partition("=")[0].split())}
    for clause, gain in place.tried:
        if gain >= 0:
            with suppress(InputError):
                read_one(points, clause)
                yield clause, gain


def _stages(problem: Problem, places: Sequence[Place], keys: frozenset[str]) -> Iterator[Stage]:
    """The places as they are told, each after those that lead to it."""
    kept = _kept(problem, places, keys)
    found: dict[tuple[str, ...], list[Place]] = {}
    for place in places:
        found.setdefault(tuple(clause for clause in place.clauses if clause in kept), []).append(place)
    for clauses, group in found.items():
        tried = [each for place in group for each in place.tried]
        texts = [clause for clause, _ in tried]
        ones: dict[str, Tried] = {}
        for key, text, (_, gain) in zip(
            same_next(problem, clauses, texts), named_next(problem, clauses, texts), tried, strict=True
        ):
            ones.setdefault(key, Tried(text, gain, key in keys))
        yield Stage(named(problem, clauses), group[0].gain, tuple(ones.values()))


def _kept(problem: Problem, places: Sequence[Place], keys: frozenset[str]) -> set[str]:
    """The clauses of the last place that are needed, or that something else starts from."""
    clauses = places[-1].clauses if places else ()
    points = {*problem.points, *(point for clause in clauses for point in clause.partition("=")[0].split())}
    used = {point for place in places for clause, _ in place.tried for point in read_one(points, clause).inputs}
    kept = set[str]()
    for clause, key in reversed(list(zip(clauses, same(problem, clauses), strict=True))):
        made = read_one(points, clause)
        if key in keys or used.intersection(made.points):
            used.update(made.inputs)
            kept.add(clause)
    return kept
