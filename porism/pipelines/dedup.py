"""``porism dedup``: any instruction dataset without its near-duplicates, and why each dropped row went.

The rows are read twice: first their types are learnt and their texts measured, then they are split. What is decided of
a row depends on the rows before it alone: the first of like rows stays, and earlier sources have precedence.
"""

import shutil
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from porism.errors import InputError
from porism.outputs.card import card
from porism.outputs.columns import Columns, Misfit
from porism.outputs.folder import opened, replace_folder, write_atomically
from porism.outputs.layout import Layout
from porism.outputs.publish import Counts, fingerprint, rows, write_manifest
from porism.pipelines.dedup_job import FLOW, PHRASES, Dedup, about, command, samples
from porism.pipelines.dedup_reading import PARTS, Read, Reader
from porism.pipelines.dedup_split import CONTAMINATION, NOVELTY, Decisions, split
from porism.pipelines.run import Result, config_hash, finished, versions

if TYPE_CHECKING:
    from porism.outputs.contamination import Evaluation
    from porism.outputs.dedup.measures import Measure, Near

SHOWN = 3  # clusters that the command draws

Report = Callable[[str], None]


@dataclass(frozen=True)
class Deduplicated(Result):
    """What there is now; ``again``: it was there already."""

    again: bool = False


def run(job: Dedup, out: Path, workers: int = 2, report: Report = lambda _: None) -> Deduplicated:
    """Deduplicate into the folder ``out``; at once where that is done already.

    Args:
        job: what, and how.
        out: a new folder, or one in which the same job stopped.
        workers: threads that compare texts, at least 1; the result does not depend on them.
        report: told what is under way.

    Raises:
        InputError: a source or the folder cannot be used.
    """
    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    began = time.monotonic()
    report("reading what the files hold")
    config = job.config()
    if done := finished(out, config, 0):
        return Deduplicated(done.folder, done.manifest, again=True)
    fresh = not out.exists()
    try:
        with opened(out, config, Layout({}, {})) as folder:
            first, near = _measured(job, workers, folder.work, report)
            report(f"writing {first.rows:,} rows")
            counts = _published(out, first, _split(job, first, _decided(job, near, first), out))
            text = card(about(job), counts, fingerprint(out), command(job, out), samples(out))
            write_atomically(out / "README.md", text)
            return Deduplicated(out, write_manifest(out, _facts(job, out, config, first, counts, began)))
    except InputError:
        if fresh:  # else the same command, with its files mended, would meet the configuration of the broken ones
            shutil.rmtree(out, ignore_errors=True)
        raise


def _published(out: Path, first: "First", made: Mapping[str, int]) -> Counts:
    """Put what was made in place, without a manifest until all of it is there."""
    (out / "manifest.json").unlink(missing_ok=True)
    for name in made:
        replace_folder(out / f"{name}.part", out / name)
    gone = len(first.contaminated)
    rejected = {CONTAMINATION: gone, NOVELTY: made["rejected"] - gone}
    parts = {name: count for name, count in made.items() if name not in ("data", "rejected")}
    return Counts(made["data"], {check: count for check, count in rejected.items() if count}, parts=parts)


def _facts(
    job: Dedup, out: Path, config: Mapping[str, Any], first: "First", counts: Counts, began: float
) -> dict[str, Any]:
    """What the manifest says besides the files."""
    return {
        "flow": FLOW,
        "config_hash": config_hash(config),
        "command": command(job, out),
        "counts": counts.to_json(),
        "empty": first.empty,
        "json_columns": sorted(first.columns.as_json),
        "seconds": round(time.monotonic() - began, 3),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
    }


@dataclass
class First:
    """What the first reading learns, row by row.

    Attributes:
        columns: the types.
        rows: how many there are.
        empty: how many have no text to compare, and are kept.
        compared: the numbers of those that the measure compares.
        contaminated: the numbers of those that are near to an evaluation set, and why.
    """

    columns: Columns = field(default_factory=Columns)
    rows: int = 0
    empty: int = 0
    compared: "array[int]" = field(default_factory=lambda: array("q"))
    contaminated: dict[int, str] = field(default_factory=dict)


def _measured(job: Dedup, workers: int, work: Path, report: Report) -> "tuple[First, Near]":
    """Read the rows, and measure their texts."""
    evaluation = None
    if job.against:
        from porism.outputs import contamination

        evaluation = contamination.load(job.against)
    first, reader = First(), Reader(job.paths, job.on)
    near = measure(job, workers, work)(_texts(reader, evaluation, first, report))
    if job.on not in PARTS and job.on not in first.columns.schema.names:
        there = ", ".join(first.columns.schema.names[:20])
        raise InputError(f"no row has the column {job.on!r} of --on; there are: {there[:500]}")
    return first, near


def _texts(reader: Reader, evaluation: "Evaluation | None", first: First, report: Report) -> Iterator[str]:
    """The texts to compare, as they are read; what else is learnt is noted in ``first``."""
    for read in reader:
        first.columns.learn(read.block)
        tainted = _contaminated(read, reader, evaluation) if evaluation else {}
        first.contaminated |= tainted
        for number, (name, row) in enumerate(zip(read.names, read.narrow, strict=True), read.first):
            if number in tainted:
                continue
            if (text := reader.text(row, name)).strip():
                first.compared.append(number)
                yield text
            else:
                first.empty += 1
        first.rows += len(read)
        report(f"{first.rows:,} rows read")
    report(f"comparing {len(first.compared):,} texts")


def _contaminated(read: Read, reader: Reader, evaluation: "Evaluation") -> dict[int, str]:
    """Why rows of a block are near to an evaluation set, by number."""
    asked = [
        (number, task)
        for number, (name, row) in enumerate(zip(read.names, read.narrow, strict=True), read.first)
        for task in reader.tasks(row, name)
    ]
    found: dict[int, str] = {}
    for (number, _), why in zip(asked, evaluation.hits_in([task for _, task in asked]), strict=True):
        if why:
            found.setdefault(number, why)
    return found


def measure(job: Dedup, workers: int, work: Path | None = None) -> "Measure":
    """The job's measure, as a function of texts; see ``porism.outputs.dedup.measures``."""
    from porism.outputs.dedup import measures

    if job.measure == "rouge":
        return partial(measures.rouge, threshold=job.exactly, boundary=job.boundary, workers=workers)
    if job.measure == "minhash":
        return partial(measures.minhash, threshold=job.exactly, boundary=job.boundary)
    if job.measure == "embedding":
        from porism.generators.embeddings import embedder

        embed = embedder(job.embeddings)
        return partial(measures.embedding, threshold=job.exactly, embed=embed, boundary=job.boundary, folder=work)
    return measures.exact if job.measure == "exact" else measures.normalised


def _decided(job: Dedup, near: "Near", first: First) -> Decisions:
    """What the measure says of texts, as numbers of rows."""
    places = np.frombuffer(first.compared, dtype=np.int64) if first.compared else np.empty(0, dtype=np.int64)
    nearest, score = np.full(first.rows, -1, dtype=np.int64), np.zeros(first.rows)
    found = near.nearest >= 0
    nearest[places[found]] = places[near.nearest[found]]
    score[places] = near.score
    return Decisions(nearest, score, first.contaminated, job.measure != "embedding", PHRASES[job.measure])


def _split(job: Dedup, first: First, decisions: Decisions, out: Path) -> dict[str, int]:
    """Write the parts; again for each column of which it turns out that no type holds all its values."""
    while True:
        try:
            return split(Reader(job.paths, job.on), first.columns, decisions, out)
        except Misfit:
            continue


def largest(folder: Path, count: int = SHOWN) -> list[dict[str, Any]]:
    """The largest clusters of a folder that is done, or the rows that were flagged first."""
    parts = ("clusters", "flagged")
    return [row for part in parts for row, _ in zip(rows(folder, part), range(count), strict=False)]
