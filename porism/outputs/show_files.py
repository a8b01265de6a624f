"""The rows of a folder as ``porism show`` reads them: finished, under way, damaged in part, or of somebody else.

What cannot be read is left out, with a line on it. While a run is under way, its committed shards are read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.publish import parquet_files, reading

SPREAD = 20  # row groups from which a sample is taken
AT_ONCE = 250  # rows that are read at once: cells may be of a megabyte
MOST_BYTES = 1 << 28  # of rows that are read in all
MOST_FILES = 1_000  # of a config: a long run has very many shards
UNREADABLE = "(cannot be read)"
CHECK = "check"  # the column that is null in the accepted rows of a shard
Remark = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one config.

    Attributes:
        name: such as ``data``, ``rejected`` or ``preferences``.
        files: in the order of their rows.
        sizes: how many rows of the part each file holds.
        groups: how many row groups there are in all files.
        schema: of the files.
        accepted: whether its rows are those of the files that were accepted, or those that were not; None: all rows.
    """

    name: str
    files: tuple[Path, ...]
    sizes: tuple[int, ...]
    groups: int
    schema: pa.Schema
    accepted: bool | None = None

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(self.sizes)


def parts(folder: Path, remark: Remark) -> dict[str, Part]:
    """The configs that lie in a folder by name, ``data`` first and ``rejected`` last.

    Args:
        folder: of a dataset, or any with Parquet files.
        remark: told in a line what is left out.
    """
    names = {path.parent.name for path in folder.glob("*/*.parquet")} - {"work"}
    found = [_part(name, parquet_files(folder, name), remark) for name in sorted(names, key=_rank) if "." not in name]
    if not any(found):
        shards = sorted((folder / "work").glob("shard-*.parquet"))
        found = [_part(name, shards, remark, accepted=name == "data") for name in ("data", "rejected") if shards]
    if not any(found):
        found = [_part("data", sorted(folder.glob("*.parquet")), remark)]
    return {part.name: part for part in found if part}


def batches(part: Part, columns: Sequence[str], most: int) -> Iterator[pa.RecordBatch]:
    """Rows of a part, a few at a time: all, or where there are more than ``most``, about so many.

    Then they are the first rows of up to twenty row groups that lie all over the part. Of rows that are very long there
    may be fewer.

    Raises:
        InputError: a file cannot be read.
    """
    stride = -(-part.groups // SPREAD) if part.rows > most else 1
    each = -(-most // max(1, -(-part.groups // stride))) if part.rows > most else part.rows
    passed = size = 0
    for path in part.files if columns else ():
        with reading(path), pq.ParquetFile(path) as file:
            for k in range(-passed % stride, file.num_row_groups, stride):
                for batch in _first(_read(file, part, k, columns), each):
                    yield batch
                    if (size := size + batch.nbytes) >= MOST_BYTES:
                        return
            passed += file.num_row_groups


def _first(found: Iterator[pa.RecordBatch], count: int) -> Iterator[pa.RecordBatch]:
    """The first rows of batches."""
    for batch in found:
        yield batch.slice(0, count)
        count -= batch.num_rows
        if count <= 0:
            return


def row(part: Part, place: int, most: int) -> dict[str, Any]:
    """One row of a part, of its first ``most`` columns; no more than its row group is read.

    Raises:
        LookupError: there are not so many rows.
        InputError: the file cannot be read.
    """
    for path, size in zip(part.files, part.sizes, strict=True):
        if place < size:
            return _row(path, part, place, most)
        place -= size
    raise LookupError(f"{part.name} has no such row")


def counted(part: Part, column: str) -> dict[str, int]:
    """How often each value of a column of texts stands in a part, the most frequent first."""
    counts: dict[str, int] = {}
    for batch in batches(part, [column], part.rows or 1):
        for pair in pc.value_counts(batch[column].cast(pa.string())).to_pylist():
            counts[pair["values"] or "?"] = counts.get(pair["values"] or "?", 0) + pair["counts"]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _rank(name: str) -> tuple[int, str]:
    return {"data": 0, "rejected": 2}.get(name, 1), name


def _part(name: str, files: Sequence[Path], remark: Remark, accepted: bool | None = None) -> Part | None:
    """The files that can be read and have the columns of the first of them; None if there is none."""
    good: list[Path] = []
    sizes: list[int] = []
    schema, groups = None, 0
    if len(files) > MOST_FILES and accepted is not False:
        remark(f"only the first {MOST_FILES:,} of {len(files):,} files of {name} are read")
    for path in files[:MOST_FILES]:
        try:
            found, size, pieces = _looked(path, accepted)
            if schema is not None and not found.equals(schema):
                raise InputError(f"{path} has other columns than {good[0].name}")
        except InputError as error:
            if accepted is not False:  # said once
                remark(f"left out: {error}")
            continue
        schema, groups = found, groups + pieces
        good.append(path)
        sizes.append(size)
    return None if schema is None else Part(name, tuple(good), tuple(sizes), groups, schema, accepted)


def _looked(path: Path, accepted: bool | None) -> tuple[pa.Schema, int, int]:
    """The columns of a file, how many of its rows count, and in how many groups they are."""
    with reading(path), pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
        if accepted is not None and CHECK in schema.names:
            passed = file.read(columns=[CHECK])[CHECK].null_count
            rows = passed if accepted else rows - passed
        return schema, rows, file.num_row_groups


def _row(path: Path, part: Part, place: int, most: int) -> dict[str, Any]:
    with reading(path), pq.ParquetFile(path) as file:
        for k in range(file.num_row_groups):
            if part.accepted is None and place >= file.metadata.row_group(k).num_rows:
                place -= file.metadata.row_group(k).num_rows
                continue
            for batch in _read(file, part, k, part.schema.names[:most]):
                if place < batch.num_rows:
                    names = batch.schema.names
                    return {name: _value(values[place]) for name, values in zip(names, batch.columns, strict=True)}
                place -= batch.num_rows
    raise LookupError(f"{path} has no such row")


def _value(cell: pa.Scalar) -> Any:
    """What stands there, if Python can hold it: text may be no text, and a moment be before the year 1."""
    try:
        return cell.as_py()
    except (ValueError, ArithmeticError, pa.ArrowException):
        return UNREADABLE


def _read(file: pq.ParquetFile, part: Part, group: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of a row group, of the rows that count."""
    filtered = part.accepted is not None and CHECK in part.schema.names
    asked = list(dict.fromkeys([*columns, CHECK])) if filtered else list(columns)
    for batch in file.iter_batches(AT_ONCE, row_groups=[group], columns=asked):
        if filtered:
            passed = pc.is_null(batch[CHECK])
            batch = batch.filter(passed if part.accepted else pc.invert(passed))
        yield batch
