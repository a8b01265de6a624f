"""``porism bench geometry``: how many problems the engine solves, and the CPU time of each part of its work.

All problems run in one process that is warm: the kernel is compiled or loaded before the first. A peer runs the same
problems in the same minutes, each right after ours, because machines are noisy; so does its program with nothing to do,
and what that takes is the start of a process, which is subtracted.
"""

import gc
import math
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from porism.errors import InputError
from porism.pipelines.bench.geometry_peers import Peer, PeerError, Yuclid
from porism.pipelines.theorems import Line
from porism.symbolic.jit import kernel
from porism.symbolic.problem import Problem
from porism.symbolic.prove import Attempt, attempt, extracted

PARTS = ("draw", "closure", "trace", "shorten", "check")
PEERS: dict[str, Callable[[], Peer]] = {"yuclid": Yuclid}
TINY = "a b c = triangle a b c; h = orthocenter h a b c ? perp a h b c"

Row = dict[str, Any]
Report = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to measure.

    Attributes:
        limit: seconds by the clock for each problem, above 0; the compiled kernel finishes what it is at.
        repeat: closure, trace and the peer run so often, at least once, and the least time counts.
        compiled: run the compiled kernel.
        seed: of drawings and hashes.
    """

    limit: float = 60.0
    repeat: int = 1
    compiled: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not self.limit > 0:
            raise InputError(f"--limit is {self.limit:g}; it must be above 0")
        if self.repeat < 1:
            raise InputError(f"--repeat is {self.repeat}; it must be at least 1")


class _OverLimitError(BaseException):
    """The time for a problem is over; no ``except Exception`` on the way may keep it."""


def warm() -> None:
    """Compile the kernel, or load what was compiled before, and run it once."""
    kernel(True)
    attempt(Problem.parse(TINY), compiled=True)


def geometry(
    lines: Sequence[Line], settings: Settings, peer: Peer | None = None, report: Report | None = None
) -> dict[str, Any]:
    """Totals, and a row for each problem.

    Args:
        lines: the problems.
        settings: how to measure.
        peer: an engine to run beside ours.
        report: told how many problems are done, and the name of the next.
    """
    rows: list[Row] = []
    starts: list[float] = []
    with _imports_unscanned():
        for line in lines:
            if report:
                report(len(rows), line.title)
            row, started = _measured(line, settings, peer)
            rows.append(row)
            starts += started
    start = statistics.fmean(starts) if starts else 0.0
    if peer:
        rows = [_net(row, start) for row in rows]
    return {"totals": _totals(rows, settings) | (_compared(rows, peer, start) if peer else {}), "rows": rows}


@contextmanager
def _imports_unscanned() -> Iterator[None]:
    """Keep the garbage collector away from what is there before: a peer's modules are no burden of our closure."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def ring(*_: object) -> NoReturn:
        raise _OverLimitError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# One problem


def _measured(line: Line, settings: Settings, peer: Peer | None) -> tuple[Row, list[float]]:
    """The row of a problem, and what starting the peer took meanwhile, if there is one."""
    row = _row(line.title)
    try:
        problem = line.problem()
    except InputError as error:
        asked = {"peer_status": "not asked", "peer_cpu_s": None} if peer else {}
        return row | {"reason": str(error)} | asked, []
    result, found = ours(problem, settings)
    row |= found
    prepared, answers, starts = "", list[Any](), list[float]()
    if peer:
        prepared, why = _prepared(peer, problem, settings)
        row |= {"peer_status": why, "peer_cpu_s": None}
    for k in range(settings.repeat):
        if k and result:
            row |= _again(result, row, settings)
        if peer and prepared:
            answers.append(peer.run(prepared, settings.limit))
            starts.append(peer.run("", settings.limit).cpu_s)
    if answers:
        row |= {"peer_status": answers[0].status, "peer_cpu_s": min(answer.cpu_s for answer in answers)}
    return row, [min(starts)] if starts else []


def _row(name: str) -> Row:
    seconds = {f"{part}_cpu_s": 0.0 for part in PARTS}
    states = dict.fromkeys(("solved", "checked", "rejected", "depends"), False)
    return {"name": name, **states, "steps": 0, **seconds, "reason": ""}


def ours(problem: Problem, settings: Settings) -> tuple[Attempt | None, Row]:
    """What the engine made of a problem; what it spent on one that it broke off counts as closure."""
    began = time.process_time()
    try:
        with _within(settings.limit):
            result = attempt(problem, seed=settings.seed, compiled=settings.compiled)
    except _OverLimitError:
        part, reason = "closure", f"over the limit of {settings.limit:g} s"
    except InputError as error:
        part, reason = "draw", str(error)
    except Exception as error:  # a defect that one problem shows is told in its row, and hides no other
        part, reason = "closure", f"{type(error).__name__}: {error}"
    else:
        return result, {
            "solved": bool(result.closure and result.closure.solved),
            "checked": result.proved,
            "rejected": result.verdict is not None and not result.verdict.ok,
            "depends": result.depends,
            "steps": len(result.proof.steps) if result.proof else 0,
            **{f"{part}_cpu_s": result.seconds.get(part, 0.0) for part in PARTS},
            "reason": result.reason,
        }
    return None, {f"{part}_cpu_s": time.process_time() - began, "reason": reason}


def _again(result: Attempt, row: Row, settings: Settings) -> Row:
    """The least times of closure and trace, after one more run of both."""
    if not result.closure:
        return {}
    seconds: dict[str, float] = {}
    problem = result.problem
    try:
        with _within(settings.limit):
            extracted(problem, problem.premises, result.diagrams, settings.seed, settings.compiled, seconds)
    except _OverLimitError:
        return {}
    return {f"{part}_cpu_s": min(row[f"{part}_cpu_s"], value) for part, value in seconds.items()}


def _prepared(peer: Peer, problem: Problem, settings: Settings) -> tuple[str, str]:
    """What the peer's program is given, or nothing and why."""
    try:
        with _within(settings.limit):
            return peer.prepared(problem, settings.seed), ""
    except _OverLimitError:
        return "", "not built: over the limit"
    except PeerError as error:
        return "", f"not built: {error}"


# All problems


def _net(row: Row, start: float) -> Row:
    """The row with the peer's time after its start, and ours as a share of it."""
    if row["peer_cpu_s"] is None:
        return row | {"peer_net_cpu_s": None, "ratio": None}
    net = row["peer_cpu_s"] - start
    return row | {"peer_net_cpu_s": net, "ratio": _share(_both(row), net)}


def _both(row: Row) -> float:
    """Seconds of closure and trace, what the peer does too."""
    return float(row["closure_cpu_s"] + row["trace_cpu_s"])


def _share(ours: float, theirs: float) -> float | None:
    return ours / theirs if theirs > 0 else None


def _totals(rows: Sequence[Row], settings: Settings) -> dict[str, Any]:
    closures = sorted(row["closure_cpu_s"] for row in rows if row["closure_cpu_s"]) or [0.0]
    return {
        "problems": len(rows),
        "solved": sum(row["solved"] for row in rows),
        "checked": sum(row["checked"] for row in rows),
        "steps": sum(row["steps"] for row in rows),
        **{f"{part}_cpu_s": sum(row[f"{part}_cpu_s"] for row in rows) for part in PARTS},
        "closure_and_trace_cpu_s": sum(map(_both, rows)),
        "closure_median_cpu_s": statistics.median(closures),
        "closure_p95_cpu_s": closures[math.ceil(0.95 * len(closures)) - 1],
        "kernel": "compiled" if settings.compiled else "interpreted",
        "repeat": settings.repeat,
        "limit_s": settings.limit,
        "seed": settings.seed,
    }


def _compared(rows: Sequence[Row], peer: Peer, start: float) -> dict[str, Any]:
    """The peer's totals, over the problems that it ran, and over those that both solved."""
    ran = [row for row in rows if row["peer_cpu_s"] is not None]
    common = [row for row in ran if row["solved"] and row["peer_status"] == "solved"]
    net, common_net = (sum(row["peer_net_cpu_s"] for row in some) for some in (ran, common))
    ours, common_ours = (sum(map(_both, some)) for some in (ran, common))
    return {
        "peer": peer.name,
        "peer_ran": len(ran),
        "peer_solved": sum(row["peer_status"] == "solved" for row in ran),
        "peer_cpu_s": sum(row["peer_cpu_s"] for row in ran),
        "peer_start_cpu_s": start,
        "peer_net_cpu_s": net,
        "ours_cpu_s": ours,
        "ratio": _share(ours, net),
        "closure_ratio": _share(sum(row["closure_cpu_s"] for row in ran), net),
        "common_problems": len(common),
        "common_ours_cpu_s": common_ours,
        "common_peer_net_cpu_s": common_net,
        "common_ratio": _share(common_ours, common_net),
    }
