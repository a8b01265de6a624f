"""``porism bench geometry --search``: what deduction solves, and what a search for auxiliary points solves of the rest.

Several frontiers and several seeds get the same budget each, on the same problems. How many are solved is told against
the trials and the seconds of a search, from one run of each: what a smaller budget would have solved is what was solved
within it.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

from porism.errors import InputError
from porism.pipelines.auxiliary.solve import Progress, Solved, solve
from porism.pipelines.auxiliary.solve import Settings as Search
from porism.pipelines.auxiliary.tree import FRONTIERS
from porism.pipelines.bench.geometry import Report, Row, Settings, ours
from porism.pipelines.theorem_search import settings
from porism.pipelines.theorems import Line
from porism.symbolic.problem import Problem

ALL = "all"  # every frontier
SECONDS = (1, 10, 60, 600, 3600)  # budgets at which the solved problems are counted, below that of the search

SearchReport = Callable[[int, str, Search, Progress], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        deduction: how each problem is tried first.
        searches: how each of the rest is searched, each with another frontier or seed and the same budget.
    """

    deduction: Settings
    searches: tuple[Search, ...]


def plan(arguments: argparse.Namespace, deduction: Settings) -> Plan:
    """What the command line asks for: every frontier with every seed, at the same budget.

    Raises:
        InputError: a value is out of range, or does not go with a search.
    """
    if arguments.peer or arguments.repeat != 1:
        raise InputError("--peer and --repeat measure deduction; leave them out, or leave out --search")
    budget = settings(arguments.seed, arguments.attempts, arguments.seconds, arguments.workers, points=arguments.points)
    budget = replace(budget, compiled=deduction.compiled)
    runs = product(named(arguments.frontier or ()), seeds(arguments.seed, arguments.seeds))
    return Plan(deduction, tuple(replace(budget, frontier=frontier, seed=seed) for frontier, seed in runs))


def named(frontiers: Sequence[str]) -> tuple[str, ...]:
    """The frontiers of these names, each once; ``all`` names every one, and no name the default.

    >>> named(["mcts", "best", "mcts"])
    ('mcts', 'best')
    """
    asked = [name for given in frontiers for name in (FRONTIERS if given == ALL else (given,))]
    return tuple(dict.fromkeys(asked)) or (Search().frontier,)


def seeds(first: int, count: int | None) -> range:
    """The seeds of as many runs, from the first on.

    Raises:
        InputError: there is no run.
    """
    if count is not None and count < 1:
        raise InputError(f"--seeds is {count}; it must be at least 1")
    return range(first, first + (count or 1))


def geometry_search(
    lines: Sequence[Line], plan: Plan, report: Report | None = None, search_report: SearchReport | None = None
) -> dict[str, Any]:
    """Totals, a table with a row for each frontier, and rows of all searches and of problems that needed none.

    Ctrl-C ends it with what there is: the problem under way is left out, so that frontiers stay comparable.

    Args:
        lines: the problems.
        plan: how to try them.
        report: told how many problems are done, and the name of the next.
        search_report: told how far a search is, with the number and name of its problem and how it searches.
    """
    rows: list[Row] = []
    done, interrupted = 0, False
    try:
        for line in lines:
            if report:
                report(done, line.title)
            rows += _tried(line, plan, partial(_pass_on, search_report, done, line.title))
            done += 1
    except KeyboardInterrupt:
        interrupted = True
    return {"totals": _totals(rows, plan, done, interrupted), "table": list(_table(rows, plan)), "rows": rows}


def _pass_on(report: SearchReport | None, done: int, name: str, search: Search, progress: Progress) -> None:
    if report:
        report(done, name, search, progress)


# One problem


def _tried(line: Line, plan: Plan, report: Callable[[Search, Progress], None]) -> list[Row]:
    """The rows of a problem: one where deduction does or there is nothing to search, else one for each search."""
    row = _row(line)
    try:
        problem = line.problem()
    except InputError as error:
        return [row | {"reason": str(error)}]
    began = time.monotonic()
    result, found = ours(problem, plan.deduction)
    spent = time.monotonic() - began
    row |= {"seconds": spent, "reason": found["reason"], "rejected": found.get("rejected", False)}
    if found.get("checked"):
        return [row | {"solved_by": "deduction"}]
    if result is None or not result.holds[0]:
        return [row]
    return [_searched(row, problem, search, report) for search in plan.searches]


def _row(line: Line) -> Row:
    """Of a problem that nothing was done for yet; seconds are by the clock, of deduction or of a search."""
    title: Row = {"name": line.title, "line": line.number, "solved_by": "", "frontier": "", "seed": None}
    spent: Row = {"trials": 0, "trials_per_core_s": 0.0, "seconds": 0.0}
    return title | spent | {"clauses": [], "ended": "", "rejected": False, "reason": ""}


def _searched(row: Row, problem: Problem, search: Search, report: Callable[[Search, Progress], None]) -> Row:
    row = row | {"frontier": search.frontier, "seed": search.seed}
    try:
        solved = solve(problem, search, lambda progress: report(search, progress))
    except InputError as error:
        return row | {"ended": "failed", "reason": str(error)}
    except Exception as error:  # a defect that one problem shows is told in its row, and hides no other
        return row | {"ended": "failed", "reason": f"{type(error).__name__}: {error}"}
    return row | _outcome(solved, search)


def _outcome(solved: Solved, search: Search) -> Row:
    core_seconds = solved.seconds * search.workers
    verdict = solved.attempt.verdict
    return {
        "solved_by": "search" if solved.proved else "",
        "trials": solved.trials,
        "trials_per_core_s": solved.trials / core_seconds if core_seconds else 0.0,
        "seconds": solved.seconds,
        "clauses": list(solved.clauses),
        "ended": solved.ended,
        "rejected": verdict is not None and not verdict.ok,
        "reason": "" if solved.proved else f"{solved.attempt.reason}; search ended: {solved.ended}",
    }


# All problems


def _table(rows: Sequence[Row], plan: Plan) -> Iterator[dict[str, Any]]:
    """A row for each frontier: problems solved, as the mean of its seeds, within the whole budget and within less."""
    for frontier in dict.fromkeys(search.frontier for search in plan.searches):
        runs = [row for row in rows if row["frontier"] == frontier]
        count = len({search.seed for search in plan.searches if search.frontier == frontier})
        yield {
            "frontier": frontier,
            "seeds": count,
            "searched": len(runs) // count,
            "solved": _mean(_solved(runs), count),
            "with every seed": len(_always(runs, count)),
            "with any": len({row["line"] for row in _solved(runs)}),
            "trials": sum(row["trials"] for row in runs),
            "seconds": round(sum(row["seconds"] for row in runs), 2),
            "a core s": round(_rate(runs, plan), 1),
            **_within(runs, count, plan.searches[0]),
        }


def _within(runs: Sequence[Row], count: int, search: Search) -> dict[str, float]:
    """Problems solved within so many trials, and within so many seconds, as the mean of the seeds."""
    powers = [10**k for k in range(1, 10) if 10**k < search.attempts]
    times = [limit for limit in SECONDS if search.seconds is None or limit < search.seconds]
    by_trials = {f"≤ {limit:,} trials": [row for row in _solved(runs) if row["trials"] <= limit] for limit in powers}
    by_time = {f"≤ {limit:,} s": [row for row in _solved(runs) if row["seconds"] <= limit] for limit in times}
    return {name: _mean(solved, count) for name, solved in (by_trials | by_time).items()}


def _solved(runs: Sequence[Row]) -> list[Row]:
    return [row for row in runs if row["solved_by"] == "search"]


def _always(runs: Sequence[Row], count: int) -> set[int]:
    """Problems, by their lines, that were solved with every seed."""
    solved = Counter(row["line"] for row in _solved(runs))
    return {line for line, times in solved.items() if times == count}


def _mean(solved: Sequence[Row], count: int) -> float:
    return round(len(solved) / count, 2)


def _rate(runs: Sequence[Row], plan: Plan) -> float:
    """Trials in a second of a core."""
    spent = sum(row["seconds"] for row in runs) * plan.searches[0].workers
    return sum(row["trials"] for row in runs) / spent if spent else 0.0


def _totals(rows: Sequence[Row], plan: Plan, done: int, interrupted: bool) -> dict[str, Any]:
    runs = [row for row in rows if row["frontier"]]
    deduced = sum(row["solved_by"] == "deduction" for row in rows)
    solved = {row["line"] for row in _solved(rows)}
    added = [len(row["clauses"]) for row in _solved(rows)]
    search = plan.searches[0]
    return {
        "problems": done,
        "solved_by_deduction": deduced,
        "solved_by_search": len(solved),
        "not_solved": done - deduced - len(solved),
        "searches": len(runs),
        "trials": sum(row["trials"] for row in runs),
        "trials_per_core_s": _rate(runs, plan),
        "seconds": sum(row["seconds"] for row in rows),
        "clauses_mean": statistics.fmean(added) if added else 0.0,
        "attempts_limit": search.attempts,
        "seconds_limit": search.seconds,
        "workers": search.workers,
        "kernel": "compiled" if search.compiled else "interpreted",
        "interrupted": interrupted,
    }
