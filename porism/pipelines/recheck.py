"""``porism check``: every deterministic check again, from a dataset's rows and configuration alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.generators import method
from porism.outputs import check as outputs
from porism.outputs.check import Finding
from porism.outputs.folder import read_config
from porism.outputs.layout import Layout
from porism.outputs.publish import BATCH, parquet_files, reading, rows
from porism.outputs.records import Verdict
from porism.pipelines import (
    dedup_job,
    geometry,
    methods,
    recheck_against,
    recheck_dedup,
    recheck_geometry,
    recheck_instruct,
    recheck_tools,
)
from porism.pipelines.tools import rows as tools_rows

FLOWS = (geometry.FLOW, method.FLOW, tools_rows.FLOW)
ALWAYS = ("id", "origin", "verdicts")  # columns in which no row may lack anything, but for:
OPTIONAL = ("model",)


def check(
    folder: Path,
    workers: int = 1,
    load: Callable[[], None] = lambda: None,
    against: Sequence[Path] = (),
    warn: Callable[[str], None] = lambda _: None,
) -> Iterator[Finding]:
    """What fails, by row id or file; in the same order whoever is faster.

    Args:
        folder: a finished dataset.
        workers: processes that check theorems, >= 1.
        load: called before much is computed with the compiled kernel, which may have to be compiled.
        against: evaluation sets to compare every row with anew, whatever the run was compared with.
        warn: told in one line of what cannot be compared with.

    Raises:
        InputError: the folder is not a dataset of a flow that we know, or an evaluation set cannot be read.
    """
    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    if not (folder / "run.toml").exists():
        raise InputError(f"{folder} has no run.toml, so it is not a dataset's folder")
    config = read_config(folder / "run.toml")
    flow = str(config.get("flow"))
    if flow == dedup_job.FLOW:
        return chain(recheck_dedup.check(folder, config, workers), recheck_against.check(folder, flow, against, warn))
    if flow not in FLOWS:
        known = ", ".join([*FLOWS, dedup_job.FLOW])
        raise InputError(f"{folder} was made by the flow {config.get('flow')!r}; this version checks: {known}")
    layout, checks, drawn = _expected(flow, config)
    if damaged := list(outputs.files(folder)) or list(_misshapen(folder, layout)):
        return iter(damaged)  # rows of a damaged file may not even be readable
    structures = [outputs.structure(folder, layout.content, checks)]
    structures += [outputs.structure(folder, part.content, drawn, name) for name, part in layout.parts.items()]
    theirs = _theirs(flow, folder, config, workers, load)
    near = recheck_against.check(folder, flow, against, warn)
    return chain(outputs.counts(folder), *structures, _rejected(folder), theirs, near)


def _expected(flow: str, config: Mapping[str, Any]) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """The columns of a run with this configuration, and the checks that its accepted rows have passed, and their parts.

    What filters say of a row is not said again of what is drawn from it.
    """
    against = "against" in config
    if flow == geometry.FLOW:
        layout = geometry.layout(searched=bool(config.get("search_attempts")))
        return layout, geometry.checks(against=against), geometry.checks(against=against)
    if flow == tools_rows.FLOW:
        return tools_rows.LAYOUT, tools_rows.checks(against=against), tools_rows.checks(against=against)
    named, filters = methods.of(config)
    return methods.layout(named, filters), methods.checks(named, filters, against), named.checks


def _theirs(
    flow: str, folder: Path, config: Mapping[str, Any], workers: int, load: Callable[[], None]
) -> Iterator[Finding]:
    """What the checks of the flow itself find."""
    if flow == geometry.FLOW:
        return recheck_geometry.check(folder, config, workers, load)
    if flow == tools_rows.FLOW:
        return recheck_tools.check(folder, config)
    return recheck_instruct.check(folder, config)


def _misshapen(folder: Path, layout: Layout) -> Iterator[Finding]:
    """Files that cannot be read, with other columns than the flow's, or with rows that lack what every row has."""
    parts = [(name, part.accepted) for name, part in layout.parts.items()]
    for part, schema in (("data", layout.accepted), ("rejected", layout.every), *parts):
        for path in parquet_files(folder, part):
            name = path.relative_to(folder).as_posix()
            try:
                reason = _misfit(path, schema)
            except InputError as error:
                reason = str(error)
            if reason:
                yield name, Verdict(False, "file", reason)


def _misfit(path: Path, schema: pa.Schema) -> str:
    """What is wrong with a file's columns, if anything."""
    with reading(path), pq.ParquetFile(path) as file:
        there = file.schema_arrow
        for field in schema:
            if there.get_field_index(field.name) < 0:
                return f"column {field.name} is missing"
            if there.field(field.name).type != field.type:
                return f"column {field.name} is not of the flow's type, {field.type}"
        for batch in file.iter_batches(BATCH, columns=list(ALWAYS)):
            for name in ALWAYS:
                if _holed(batch.column(name)):
                    return f"a row has nothing in column {name}, or in a part of it"
    return ""


def _holed(array: pa.Array) -> bool:
    """Whether something is missing, at any depth."""
    if array.null_count:
        return True
    if pa.types.is_struct(array.type):
        parts = zip(array.type, array.flatten(), strict=True)
        return any(_holed(part) for field, part in parts if field.name not in OPTIONAL)
    return pa.types.is_list(array.type) and _holed(array.flatten())


def _rejected(folder: Path) -> Iterator[Finding]:
    """Rejected rows that do not say why."""
    for row in rows(folder, "rejected", ["id", "check", "reason"]):
        if not (row["check"] and row["reason"]):
            yield row["id"], Verdict(False, "rejected", "a rejected row without check and reason")
