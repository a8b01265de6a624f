"""Rows into JSON lines, a Parquet file, or a folder with Parquet files for each split: whole, or not at all."""

import json
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from porism.errors import InputError
from porism.outputs.folder import flush, parquet_writer
from porism.outputs.publish import BATCH, Sheaf

LINES = (".jsonl", ".ndjson")
HELD = 64 << 20  # bytes of a row group of a folder's files in memory

Kept = Mapping[str, Any]
"""A row as it is to be written."""


def written(
    out: Path, schema: pa.Schema, splits: Mapping[str, Iterable[Kept]], nothing: str = "there is no row"
) -> dict[str, int]:
    """Write the rows of each split, at most a thousand of them in memory; how many rows each had.

    Args:
        out: a name that ends in ``.jsonl`` or ``.parquet`` is a file with the rows of all splits; one without an ending
            is a folder with Parquet files for each split, as ``load_dataset`` reads it.
        schema: of the rows.
        splits: the rows of each, by its name.
        nothing: what is wrong where there is not a single row.

    Raises:
        InputError: the ending is another, there is something that would be lost, it cannot be written, or there was
            not a single row.
    """
    with _beside(out) as part:
        if out.suffix in LINES:
            counts = _lines(part, schema, splits)
        elif out.suffix == ".parquet":
            counts = _parquet(part, schema, splits)
        else:
            counts = _folder(part, schema, splits)
        if not any(counts.values()):
            raise InputError(f"{nothing}; nothing was written")
    return counts


def check_writable(out: Path) -> None:
    """Whether rows can be written there at all.

    Raises:
        InputError: the ending is unknown, the folder above is missing, or a folder with something in it is there.
    """
    if out.suffix not in (*LINES, ".parquet", ""):
        raise InputError(f"--out is {out}; it must end in .jsonl or .parquet, or have no ending and be a folder")
    if not out.parent.is_dir():
        raise InputError(f"--out is {out}; there is no folder {out.parent}")
    if out.is_dir() and (out.suffix or any(out.iterdir())):
        raise InputError(f"--out is {out}, a folder that is there; name one that is not, or a file")
    if out.exists() and not out.suffix and not out.is_dir():
        raise InputError(f"--out is {out}, a file; a file to be written ends in .jsonl or .parquet")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A name to write under, which becomes ``out`` at the end of the block, or vanishes if that fails."""
    check_writable(out)
    part = out.with_name(out.name + ".part")
    _remove(part)
    try:
        yield part
        if out.is_dir():
            out.rmdir()  # empty, as was checked
        part.replace(out)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        _remove(part)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def _lines(part: Path, schema: pa.Schema, splits: Mapping[str, Iterable[Kept]]) -> dict[str, int]:
    counts = dict.fromkeys(splits, 0)
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for split, rows in splits.items():
            for row in rows:
                told = {name: _plain(row.get(name)) for name in schema.names}
                file.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")
                counts[split] += 1
    flush(part)
    return counts


def _plain(value: Any) -> Any:
    """The value without members that are null, which a table needs and a line does not; what is no number is null."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _parquet(part: Path, schema: pa.Schema, splits: Mapping[str, Iterable[Kept]]) -> dict[str, int]:
    counts = dict.fromkeys(splits, 0)
    with parquet_writer(part, schema) as writer:
        for split, rows in splits.items():
            for table in _tables(schema, rows):
                writer.write_table(table)
                counts[split] += table.num_rows
    flush(part)
    return counts


def _folder(part: Path, schema: pa.Schema, splits: Mapping[str, Iterable[Kept]]) -> dict[str, int]:
    part.mkdir()
    counts = {}
    for split, rows in splits.items():
        sheaf = Sheaf(part, split, schema, most_held=HELD)
        for table in _tables(schema, rows):
            sheaf.add(table)
        if sheaf.rows:
            sheaf.close()
        counts[split] = sheaf.rows
    return counts


def _tables(schema: pa.Schema, rows: Iterable[Kept]) -> Iterator[pa.Table]:
    """The rows, a thousand at a time."""
    held = iter(rows)
    while some := list(islice(held, BATCH)):
        yield pa.Table.from_pylist(some, schema)
