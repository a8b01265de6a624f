"""What ``porism check`` does with what ``porism dedup`` made: files, counts, reasons, and the measure again."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.outputs import check as outputs
from porism.outputs.check import Finding
from porism.outputs.publish import parquet_files, read_manifest, row_count, rows
from porism.outputs.records import Verdict
from porism.pipelines.dedup import measure
from porism.pipelines.dedup_job import Dedup
from porism.pipelines.dedup_reading import Read, Reader
from porism.pipelines.dedup_split import NOVELTY, WHY


def check(folder: Path, config: Mapping[str, Any], workers: int) -> Iterator[Finding]:
    """What fails, by file or by the name of a row.

    Args:
        folder: a finished dataset.
        config: what its ``run.toml`` says.
        workers: threads that compare texts, at least 1.

    Raises:
        InputError: the configuration is not one of ``porism dedup``.
    """
    job = _job(config)
    if damaged := list(outputs.files(folder)):
        return iter(damaged)
    near = iter(()) if job.measure == "embedding" else _too_near(folder, job, workers)  # which drops nothing
    return chain(outputs.counts(folder), _without_reason(folder), near)


def _job(config: Mapping[str, Any]) -> Dedup:
    try:
        chosen = {name: str(config[name]) for name in ("threshold", "boundary", "on", "measure") if name in config}
        return Dedup((), **chosen)  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(f"run.toml is not one of porism dedup: {error}") from error


def _without_reason(folder: Path) -> Iterator[Finding]:
    """Dropped rows that do not say why."""
    for number, row in enumerate(rows(folder, "rejected")):
        said = dict(zip(WHY, list(row.values())[-len(WHY) :], strict=True))  # ours come last, whatever they are called
        if not (said["check"] and said["reason"]):
            yield str(said["row"] or number), Verdict(False, "rejected", "a dropped row without check and reason")


def _too_near(folder: Path, job: Dedup, workers: int) -> Iterator[Finding]:
    """Kept rows that are too near to an earlier one."""
    if not sum(map(row_count, parquet_files(folder))):
        return
    as_json = read_manifest(folder).get("json_columns", [])
    reader, named = Reader([folder], job.on), list[str]()
    near = measure(job, workers)(_texts(reader, as_json, named))
    for k, j in enumerate(near.nearest.tolist()):
        if j >= 0:
            yield named[k], Verdict(False, NOVELTY, f"too near to {named[j]}, which was kept")


def _texts(reader: Reader, as_json: list[str], named: list[str]) -> Iterator[str]:
    """The texts that were compared, and the names of their rows."""
    for read in reader:
        for name, row in _rows(read, as_json):
            if (text := reader.text(row, name)).strip():
                named.append(name)
                yield text


def _rows(read: Read, as_json: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with the values that were kept as JSON text."""
    for name, row in zip(read.names, read.narrow, strict=True):
        yield name, {key: json.loads(value) if key in as_json and value else value for key, value in row.items()}
