"""``porism bench synthesis``: how many theorems a core makes in an hour, and where the time goes.

One process does all that a run does, from the first random number to rows in Parquet files, for some seconds of CPU
time. Then, untimed, every row is checked from the row alone, and duplicates are counted anew.
"""

import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from porism.outputs.folder import write_parquet
from porism.outputs.records import Record
from porism.outputs.seen import Seen
from porism.pipelines.geometry import LAYOUT, Geometry, few_collections, judged, records
from porism.seeds import number
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.row import verified
from porism.symbolic.synthesis.synthesise import Limits, Making

SHARD = 2000  # rows, accepted and rejected, of a file
HOUR = 3600.0


def synthesis(job: Geometry, seconds: float, report: Callable[[float, int], None] = lambda *_: None) -> dict[str, Any]:
    """Make theorems for so many seconds of CPU time, and check them.

    Args:
        job: what to make.
        seconds: CPU time, > 0; the figure under way is finished.
        report: told of the seconds spent and of the theorems so far.

    Returns:
        ``totals`` (rates per core-hour, counts), ``stages`` (CPU seconds, share, milliseconds a theorem), ``steps``
        (theorems by the length of their proof), ``rejected`` (goals and figures by check).
    """
    warm(job)
    with tempfile.TemporaryDirectory() as folder:
        with few_collections():
            made = _made(job, seconds, Path(folder), report)
        rows = [row for path in sorted(Path(folder).glob("*.parquet")) for row in _accepted(path)]
    return {**made, **_checked(rows, made)}


def warm(job: Geometry) -> None:
    """Load the compiled kernel, or compile it, and whatever else a first figure and a first file need."""
    for index in range(3):
        LAYOUT.table(records(job, -1 - index, Making(Limits(job.goals, job.plain, job.steps))))


def _made(job: Geometry, seconds: float, folder: Path, report: Callable[[float, int], None]) -> dict[str, Any]:
    """Run, and say how long what took."""
    making, seen = Making(Limits(job.goals, job.plain, job.steps), number(job.seed, "drawings")), Seen()
    held: list[Record] = []
    accepted, figures, shards = 0, 0, 0
    rejected = Counter[str]()
    clock, began = making.clock, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        report(spent, accepted)
        found = list(records(job, figures, making))
        with clock("deduplication"):
            found = [judged(record, seen) for record in found]
        figures += 1
        accepted += sum(record.accepted for record in found)
        rejected.update(record.failure.check for record in found if not record.accepted)
        held += found
        if len(held) >= SHARD:
            with clock("writing"):
                write_parquet(folder / f"{shards:06d}.parquet", LAYOUT.table(held))
            shards, held = shards + 1, []
    with clock("writing"):
        write_parquet(folder / f"{shards:06d}.parquet", LAYOUT.table(held))
    spent = time.process_time() - began
    return {"cpu_s": spent, "figures": figures, "rejected": dict(rejected.most_common()), "stages": dict(clock.seconds)}


def _accepted(path: Path) -> list[dict[str, Any]]:
    return [row for row in pq.read_table(path).to_pylist() if row["check"] is None]


def _checked(rows: Sequence[Mapping[str, Any]], made: Mapping[str, Any]) -> dict[str, Any]:
    """The totals, after every row was checked and its canonical form made again."""
    spent, count = made["cpu_s"], len(rows)
    problems = [Problem.parse(row["problem"]) for row in rows]
    keys = {canonical(problem.premises, problem.goals) for problem in problems}
    lengths = sorted(row["length"] for row in rows)
    auxiliary = sum(row["auxiliary_points"] > 0 for row in rows)
    per_figure = Counter(row["origin"]["place"][0] for row in rows)
    totals = {
        "theorems_per_core_hour": round(HOUR * count / spent),
        "auxiliary_per_core_hour": round(HOUR * auxiliary / spent),
        "share_with_auxiliary": round(auxiliary / max(1, count), 4),
        "rows_failed": sum(not verified(row).ok for row in rows),
        "duplicates": count - len(keys),
        "theorems": count,
        "cpu_s": round(spent, 2),
        "figures": made["figures"],
        "figures_used": len(per_figure),
        "theorems_per_figure": round(count / max(1, len(per_figure)), 2),
        "premise_sets": len({canonical(problem.premises) for problem in problems}),
        "median_steps": median(lengths) if lengths else 0,
        "longest_steps": lengths[-1] if lengths else 0,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    stages = {**made["stages"], "other": spent - sum(made["stages"].values())}
    table = [
        {
            "stage": name,
            "cpu_s": round(s, 3),
            "share": round(s / spent, 4),
            "ms_a_theorem": round(1000 * s / max(1, count), 3),
        }
        for name, s in sorted(stages.items(), key=lambda item: -item[1])
    ]
    return {"totals": totals, "stages": table, "steps": dict(sorted(Counter(lengths).items()))}
