"""Searches for the auxiliary points of theorems that a run has made: the column ``search``, and its check.

The theorem says which points its own figure had. The search knows none of them: it is given the bare statement, and
what it tried on the way to a proof becomes steps and preferences (:mod:`porism.pipelines.auxiliary.records`).
"""

from collections.abc import Iterator

from porism.errors import InputError
from porism.pipelines.auxiliary.following import labels, way
from porism.pipelines.auxiliary.naming import named, named_next
from porism.pipelines.auxiliary.points import extended
from porism.pipelines.auxiliary.solve import Settings, solve
from porism.pipelines.auxiliary.ways import COLUMN, Stage, Way
from porism.seeds import number
from porism.symbolic.problem import Problem
from porism.symbolic.prove import attempt

__all__ = ["COLUMN", "flaw", "searched"]
MOST = 60  # clauses of one place: far more than a search adds and a proof needs


def searched(statement: Problem, attempts: int, seed: int, *, compiled: bool) -> str | None:
    """What a search of a statement tried on the way to a proof, as text; None where it found none.

    Args:
        statement: of a theorem, without its auxiliary points.
        attempts: trials at most, >= 1.
        seed: of the run.
        compiled: run the compiled kernel; the search is the same.
    """
    # drawn evenly: a search that finds the point at once has nothing to tell of points that do not help
    settings = Settings(
        attempts=attempts, seconds=None, frontier="random", workers=1, seed=_seed(seed), compiled=compiled
    )
    try:
        solved = solve(statement, settings)
    except InputError:  # it cannot be drawn, or is too large with more points
        return None
    found = way(solved) if solved.trials <= attempts else None  # what is more than was allowed was not found
    return found.to_json() if found else None


def flaw(text: str, statement: Problem, attempts: int, seed: int, *, compiled: bool) -> str:
    """What is wrong with the column of a row, in one line; empty if nothing is.

    Args:
        text: the column.
        statement: of the theorem, without its auxiliary points.
        attempts: that the run allowed.
        seed: of the run.
        compiled: run the compiled kernel.
    """
    try:
        return next(_flaws(Way.from_json(text), statement, attempts, seed, compiled), "")
    except (ValueError, ArithmeticError, RecursionError) as error:  # clauses that cannot be read, or not be drawn
        return " ".join(str(error).split())[:300] or type(error).__name__


def _flaws(told: Way, statement: Problem, attempts: int, seed: int, compiled: bool) -> Iterator[str]:
    tried = sum(len(stage.tried) for stage in told.stages)
    if not 1 <= told.trials <= attempts or tried > told.trials:
        yield f"{told.trials} trials, of which {tried} are told; the configuration allows {attempts}"
    if not told.needed:
        yield "no clause is needed"
    before: tuple[str, ...] | None = None
    for stage in told.stages:
        if (before is None and stage.clauses) or (before is not None and not _goes_on(before, stage.clauses)):
            yield "the places do not lead from the problem to the proof"
        before = stage.clauses
        yield from _misjudged(stage, told, statement, seed)
    if named(statement, told.needed) != told.needed:
        yield "the points of the clauses that are needed have other names than the first that are free"
    whole = _with(statement, told.needed, seed)
    if not attempt(whole, seed=_seed(seed), compiled=compiled, shortened=False).proved:
        yield "the goal does not follow with the clauses that are needed"


def _goes_on(before: tuple[str, ...], clauses: tuple[str, ...]) -> bool:
    return len(before) < len(clauses) and clauses[: len(before)] == before


def _misjudged(stage: Stage, told: Way, statement: Problem, seed: int) -> Iterator[str]:
    """What is wrong with one place: its clauses cannot be added, or a clause has another name or label."""
    there = _with(statement, stage.clauses, seed)
    if named(statement, stage.clauses) != stage.clauses:
        yield "the points of a place have other names than the first that are free"
    clauses = [one.clause for one in stage.tried]
    for clause, other in zip(clauses, named_next(there, (), clauses), strict=True):
        if clause != other:
            yield f"the point of '{clause}' has another name than the first that is free"
    if labels(statement, told.needed, stage.clauses, clauses) != [one.needed for one in stage.tried]:
        yield "a clause is said to be needed that is not, or the other way round"


def _with(statement: Problem, clauses: tuple[str, ...], seed: int) -> Problem:
    """The statement with auxiliary points.

    Raises:
        InputError: one cannot be constructed, or there are too many.
    """
    if len(clauses) > MOST:
        raise InputError(f"{len(clauses)} clauses; a search adds no more than {MOST}")
    for clause in clauses:
        statement = extended(statement, clause, seed=_seed(seed))
    return statement


def _seed(seed: int) -> int:
    """That of the drawings and choices of a run's searches."""
    return number(seed, "search")
