"""What ``porism prove`` and ``porism bench geometry`` print: theorems, proofs, searches and times."""

import math
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec

from porism.terminal import WIDE, printable

if TYPE_CHECKING:
    from porism.pipelines.auxiliary.solve import Progress, Settings, Solved
    from porism.pipelines.bench.geometry_search import SearchReport
    from porism.symbolic.problem import Problem
    from porism.symbolic.proof import Proof
    from porism.symbolic.prove import Attempt

P = ParamSpec("P")

OFTEN = 0.1  # seconds between two states of a line that changes
ENDED = {
    "solved": "but its proof was rejected",
    "attempts": "that is all that --attempts allows",
    "seconds": "that is all that --seconds allows",
    "exhausted": "there was nothing more to try",
    "interrupted": "it was stopped",
}


def theorem(result: "Attempt", count: int, added: Collection[str] = ()) -> None:
    """Print an attempt: statement, proof or what came nearest to one, verdict and times.

    Args:
        result: what came of it.
        count: how many known facts to tell for each goal that was not reached.
        added: points of the attempt that the problem as it was asked does not have.
    """
    from porism.symbolic.faces import english

    proof = result.proof if result.proved else None
    print(english.statement(result.problem, {*added, *(proof.auxiliary if proof else ())}))
    print()
    if proof:
        print(f"{english.prose(proof)}\n")
    else:
        print(f"not proved: {printable(result.reason)}")
        _nearest(result, count)
    for line in verdict(result):
        print(line)
    print(times(result))


def _nearest(result: "Attempt", count: int) -> None:
    """What is known about the points of goals that were not reached."""
    from porism.symbolic.faces import english

    if result.closure is None:
        return
    notation = english.for_problem(english.plain(result.problem.points), result.problem)
    print(f"{result.closure.count:,} facts are known")
    for goal in result.problem.goals:
        if result.closure.knows(goal):
            continue
        near = result.closure.nearest(goal, count)
        asked = english.claim(goal, notation)
        print(f"nearest to '{asked}':" if near else f"none of them is about two points of '{asked}'")
        for fact in near:
            print(f"  {english.claim(fact, notation)}")


def verdict(result: "Attempt") -> Iterator[str]:
    """What the checker and fresh drawings say of an attempt, in lines."""
    good, seen = result.holds
    if result.proved:
        yield f"checked: accepted; holds in {good} of {seen} fresh drawings"
    if result.depends:
        yield (
            f"the goal depends on a choice that the text leaves open, such as which of two intersections is meant:"
            f" it fails in {seen - good} of {seen} drawings"
        )


def times(result: "Attempt") -> str:
    """CPU time of each part of an attempt, in one line."""
    names = {"draw": "drawing", "closure": "closure", "trace": "proof", "shorten": "shortening", "check": "check"}
    parts = [f"{names.get(part, part)} {1000 * spent:.1f}" for part, spent in result.seconds.items()]
    return f"time: {1000 * sum(result.seconds.values()):.1f} ms ({', '.join(parts)})"


def latex(result: "Attempt", proof: "Proof", *remarks: str) -> None:
    """Print a proof as a LaTeX document, with the verdict and remarks in comments."""
    from porism.symbolic.faces import latex

    for line in (*verdict(result), times(result), *remarks):
        print(f"% {line}")
    print(latex.document(proof), end="")


# Searches


def searched(solved: "Solved", count: int) -> None:
    """Print what came of a search: what :func:`theorem` prints, then what the search took, and the best it found.

    Args:
        solved: the outcome, with a proof or without.
        count: how many known facts to tell for each goal that was not reached.
    """
    theorem(solved.attempt, count, set(solved.attempt.problem.points) - set(solved.problem.points))
    print(effort(solved))
    if solved.proved or not solved.trials:
        return
    places = [place for place in solved.best if place.gain > 0]
    print("what brought most:" if places else "nothing that was tried brought news about the points of the problem")
    for place in places:
        print(f"  {_many(place.gain, 'new equation')}: {constructed(solved.problem, place.clauses)}")


def effort(solved: "Solved") -> str:
    """What a search took, and why it ended if not with a proof, in one line.

    It is counted in trials and seconds by the clock.
    """
    if not solved.trials and solved.proved:
        return "search: not needed, deduction alone proves it"
    if not solved.attempt.holds[0]:
        return "search: none, since the goal is false"
    because = f"; {ENDED.get(solved.ended, solved.ended)}" if not solved.proved else ""
    return f"search: {_many(solved.trials, 'trial')} in {solved.seconds:.1f} s{because}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def constructed(problem: "Problem", clauses: Sequence[str]) -> str:
    """Clauses that a search added to a problem, in words.

    >>> from porism.symbolic import Problem
    >>> constructed(Problem.parse("a b c = triangle a b c"), ["d = midpoint d a b", "e = foot e d a c"])
    'Construct D, the midpoint of AB. Construct E, the foot of the perpendicular from D to AC.'
    """
    from porism.symbolic.faces import english
    from porism.symbolic.faces.statement import construct
    from porism.symbolic.problem import Problem

    whole = Problem.parse("; ".join([*map(str, problem.clauses), *clauses]))
    notation = english.for_problem(english.plain(whole.points), whole)
    return " ".join(construct(clause, notation) for clause in whole.clauses[len(problem.clauses) :])


@contextmanager
def searching(settings: "Settings") -> "Iterator[Callable[[Progress], None]]":
    """How far a search is: one line that changes on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    width = shutil.get_terminal_size((WIDE, 24)).columns - 1

    def show(progress: "Progress") -> None:
        print(f"\r\x1b[K{under_way(progress, settings)[:width]}", end="", file=sys.stderr, flush=True)

    try:
        yield seldom(show)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def seldom(call: Callable[P, None]) -> Callable[P, None]:
    """The call at most ten times a second, since trials are faster than eyes and terminals."""
    last = -math.inf

    def now_and_then(*args: P.args, **kwargs: P.kwargs) -> None:
        nonlocal last
        if time.monotonic() - last >= OFTEN:
            last = time.monotonic()
            call(*args, **kwargs)

    return now_and_then


def under_way(progress: "Progress", settings: "Settings") -> str:
    """A search that is not over in one line: trials, how fast, how long at most, and the best so far."""
    rate = progress.trials / progress.seconds if progress.seconds > 0 else 0.0
    by_clock = math.inf if settings.seconds is None else settings.seconds - progress.seconds
    by_trials = (settings.attempts - progress.trials) / rate if rate else math.inf
    left = max(0.0, min(by_clock, by_trials))
    told = f"{_many(progress.trials, 'trial')}, {rate:,.0f} a second"
    told += f", {left:,.0f} s left" if left < math.inf else ""
    if progress.best.gain > 0:
        told += f"; best so far {_many(progress.best.gain, 'new equation')}: {'; '.join(progress.best.clauses)}"
    return printable(told.replace("\n", " "))


# Benchmarks


def problems(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each problem of a benchmark, times in milliseconds."""
    parts = ("draw", "closure", "trace", "shorten", "check")
    compared = bool(rows) and "peer_status" in rows[0]
    theirs = ("peer", "net", "ratio") if compared else ()
    print(" ".join(["proof   ", "steps", *(f"{name:>8}" for name in (*parts, *theirs)), " problem (times in ms)"]))
    for row in rows:
        state = "checked" if row["checked"] else "solved" if row["solved"] else "-"
        cells = [f"{state:<8}", f"{row['steps']:>5}", *(_ms(row[f"{part}_cpu_s"]) for part in parts)]
        remarks = [row["reason"]]
        if compared:
            ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f}"
            cells += [_ms(row["peer_cpu_s"]), _ms(row["peer_net_cpu_s"]), f"{ratio:>8}"]
            remarks.append("" if row["peer_status"] == "solved" else f"peer {row['peer_status']}")
        told = "; ".join(filter(None, remarks))
        name = f" {row['name']}" + (f" ({told})" if told else "")
        print(" ".join([*cells, printable(name.replace("\n", " "))]))
    print()


def _ms(seconds: float | None) -> str:
    return f"{'-':>8}" if seconds is None else f"{1000 * seconds:8.2f}"


def counted(report: Callable[[int, str], None]) -> "SearchReport":
    """What tells how far a search of a benchmark is, as one line of :func:`porism.terminal.counter`."""

    def tell(done: int, name: str, search: "Settings", progress: "Progress") -> None:
        report(done, f"{name[-30:]}, {search.frontier}, seed {search.seed}: {under_way(progress, search)}"[: WIDE - 15])

    return seldom(tell)


def searches(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each search of a benchmark, and for each problem that needed none."""
    widths = {"solved by": -9, "frontier": -8, "seed": 4, "trials": 9, "a core s": 8, "seconds": 8}
    print(" ".join(_padded(name, width) for name, width in widths.items()), " problem, auxiliary points")
    for row in rows:
        run = (f"{row['trials']:,}", f"{row['trials_per_core_s']:.1f}") if row["frontier"] else ("", "")
        cells = (row["solved_by"] or "-", row["frontier"], str(row["seed"]) if row["frontier"] else "", *run)
        told = "; ".join(row["clauses"]) or row["reason"]
        name = f"{row['name']}{f' ({told})' if told else ''}"
        shown = [*cells, f"{row['seconds']:.2f}"]
        line = " ".join(_padded(cell, width) for cell, width in zip(shown, widths.values(), strict=True))
        print(f"{line}  {printable(name.replace(chr(10), ' '))}")
    print()


def _padded(text: str, width: int) -> str:
    return text.ljust(-width) if width < 0 else text.rjust(width)
