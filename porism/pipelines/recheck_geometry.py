"""``porism check`` of theorems: what each row says, from the row alone, and that no two say the same."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from porism.outputs.check import Finding
from porism.outputs.publish import parquet_files, reading, rows
from porism.outputs.records import Verdict
from porism.outputs.seen import Seen
from porism.outputs.splits import COLUMN, SPLITS, split_of
from porism.pipelines import geometry_search, runners
from porism.pipelines.geometry import FLOW, Geometry
from porism.pipelines.jobs import DIGESTS, FROZEN, validated
from porism.symbolic.closure import deduce_from
from porism.symbolic.diagram import VERIFYING, Diagram, DrawingError, draw, settled
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.row import COLUMNS, proof_of, verified

BATCH = 50  # rows that a process checks before it tells
MANY = 500  # rows with auxiliary points from which the compiled kernel pays, even if it must be compiled
READ = ["id", *COLUMNS, "theorem", COLUMN]
MORE = [geometry_search.COLUMN]  # where the run has searched

Spans = list[tuple[Path, int, int, int]]
"""File, row group, first row in it, and number of rows of every batch."""


class Checked(NamedTuple):
    """What came of a row: its theorem's hash, where the row can be believed, and what is wrong."""

    id: str
    key: str | None
    failed: list[Verdict]


def check(folder: Path, config: Mapping[str, Any], workers: int, load: Callable[[], None]) -> Iterator[Finding]:
    """What fails, row after row; then what is wrong with several of them together.

    Args:
        folder: a dataset whose files have the flow's columns.
        config: what its ``run.toml`` says.
        workers: processes, >= 1.
        load: called if the compiled kernel is wanted, before it is.

    Raises:
        InputError: the configuration cannot be read.
    """
    settings = {name: value for name, value in config.items() if name not in (*FROZEN, *DIGESTS)}
    job = validated(Geometry, settings, folder / "run.toml")
    return _findings(folder, job, workers, load)


def _findings(folder: Path, job: Geometry, workers: int, load: Callable[[], None]) -> Iterator[Finding]:
    compiled = _count(folder) > MANY
    if compiled:
        load()
    seen = Seen()
    for one in _checked(folder, job, workers, compiled):
        for verdict in one.failed:
            yield one.id, verdict
        if one.key and not seen.add(one.key):
            yield one.id, Verdict(False, "novelty", f"the same theorem as a row before it, {one.key}")
    yield from _crowded(folder, job)


def _count(folder: Path) -> int:
    """How many rows have auxiliary points, at least; not more are counted than matter."""
    added = (row for row in rows(folder, "data", ["auxiliary"]) if row["auxiliary"])
    return sum(1 for _ in islice(added, MANY + 1))


# Rows by themselves, in any process


def _checked(folder: Path, job: Geometry, workers: int, compiled: bool) -> Iterator[Checked]:
    """What came of every row, in the order of the files."""
    spans = _spans(folder)
    work = partial(_batch, spans, job, compiled)
    for batch in islice(runners.local(work, 0, workers=min(workers, len(spans) or 1)), len(spans)):
        yield from batch


def _spans(folder: Path) -> Spans:
    spans: Spans = []
    for path in parquet_files(folder):
        with reading(path):
            metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            count = metadata.row_group(group).num_rows
            spans += [(path, group, first, min(BATCH, count - first)) for first in range(0, count, BATCH)]
    return spans


def _batch(spans: Spans, job: Geometry, compiled: bool, k: int) -> list[Checked]:
    """What came of the rows of batch ``k``; none after the last."""
    if k >= len(spans):
        return []
    path, group, first, count = spans[k]
    return [_row(row, job, compiled) for row in _group(path, group).slice(first, count).to_pylist()]


@lru_cache(maxsize=1)
def _group(path: Path, group: int) -> pa.Table:
    """A row group, of which a process reads many batches."""
    with reading(path), pq.ParquetFile(path) as file:
        return file.read_row_group(group, [*READ, *(name for name in MORE if name in file.schema_arrow.names)])


def _row(row: Mapping[str, Any], job: Geometry, compiled: bool) -> Checked:
    """A row that is not what a row should be is not looked into any further."""
    verdict = verified(row)
    if not verdict.ok:
        return Checked(row["id"], None, [Verdict(False, verdict.check, verdict.reason)])
    statement, proof = Problem.parse(row["problem"]), proof_of(row)
    key = canonical(statement.premises, statement.goals)
    reasons = (
        ("theorem", _unlike("theorem", row["theorem"], key)),
        (COLUMN, _unlike(COLUMN, row[COLUMN], split_of(canonical(statement.premises)))),
        ("steps", _short(row["length"], job.steps)),
        ("points", _large(len(row["points"]), job.sampling.points[1])),
        ("auxiliary", _needless(row, statement, proof, compiled)),
        (geometry_search.COLUMN, _misled(row, statement, job, compiled)),
    )
    return Checked(row["id"], key, [Verdict(False, name, reason) for name, reason in reasons if reason])


def _unlike(name: str, said: str | None, made: str) -> str:
    return "" if said == made else f"column {name} is {said!r}, the problem makes it {made!r}"


def _short(steps: int, fewest: int) -> str:
    return "" if steps >= fewest else f"a proof of {steps} steps; the configuration wants {fewest}"


def _large(points: int, most: int) -> str:
    return "" if points <= most else f"there are {points} points; the figures have at most {most}"


def _needless(row: Mapping[str, Any], statement: Problem, proof: Proof, compiled: bool) -> str:
    """What speaks against the auxiliary points: the goal follows without them, or not even with them."""
    if not row["auxiliary"]:
        return ""
    goal = statement.goals[0]
    try:
        drawing = _exact(row, proof.problem)
        if deduce_from(statement, statement.premises, [drawing], compiled=compiled).knows(goal):
            return "the goal follows without the auxiliary points"
        whole = deduce_from(proof.problem, proof.problem.premises, [drawing], goals=[goal], compiled=compiled)
    except ValueError as error:  # it cannot be drawn, or is too large
        return str(error)
    return "" if whole.knows(goal) else "the goal does not follow with the auxiliary points"


def _misled(row: Mapping[str, Any], statement: Problem, job: Geometry, compiled: bool) -> str:
    """What speaks against the search, if there was one that found a proof."""
    text = row.get(geometry_search.COLUMN)
    if text is None:
        return ""
    if not row["auxiliary"]:
        return "a search for auxiliary points, of which the theorem needs none"
    return geometry_search.flaw(text, statement, job.search_attempts, job.seed, compiled=compiled)


def _exact(row: Mapping[str, Any], problem: Problem) -> Diagram:
    """The row's own drawing with all digits, since which conditions of rules hold may differ in another."""
    try:
        return settled(problem, {point["name"]: complex(point["x"], point["y"]) for point in row["points"]})
    except DrawingError:  # its rounding cannot be mended
        return draw(problem, level=VERIFYING)


# Rows together


def _crowded(folder: Path, job: Geometry) -> Iterator[Finding]:
    """Rows at places that a run does not give, and more theorems of one predicate from a figure than it keeps.

    Splits are merged, so that figures follow each other as they were made and no more than one need be remembered.
    """
    columns = ["id", "auxiliary", "goal", "origin"]
    last: list[int] = []
    kinds = Counter[str]()
    for row in merge(*(rows(folder, "data", columns, split) for split in SPLITS), key=_place):
        place = _place(row)
        if len(place) != 2 or place <= last or (row["origin"]["flow"], row["origin"]["seed"]) != (FLOW, job.seed):
            yield row["id"], Verdict(False, "place", f"not from this run, or out of order: {row['origin']}")
        if place[:1] != last[:1]:
            kinds.clear()
        last = place
        yield from ((row["id"], verdict) for verdict in _surplus(row, kinds, job))


def _place(row: Mapping[str, Any]) -> list[int]:
    place: list[int] = row["origin"]["place"]
    return place


def _surplus(row: Mapping[str, Any], kinds: Counter[str], job: Geometry) -> Iterator[Verdict]:
    """Whether a theorem is one too many of its figure, whose theorems so far are counted by predicate."""
    name = str(row["goal"]).partition(" ")[0]
    for kind, most in ((name, job.goals), *(() if row["auxiliary"] else ((f"plain {name}", job.plain),))):
        kinds[kind] += 1
        if kinds[kind] > most:
            yield Verdict(False, "goals", f"figure {_place(row)[0]} has more than {most} theorems of {kind}")
