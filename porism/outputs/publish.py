"""From shards to a dataset that ``load_dataset(folder)`` reads.

The accepted rows are the first N in the flow's order, the rejected rows all that were met on the way to them; so the
bytes of ``data/`` and ``rejected/`` depend on the configuration, N and the replies alone. What varies between runs
(durations, retries, cost) is kept in ``manifest.json``.

Where rows say which split they belong to, each split has files of its own, and so has each part of a layout. Row
groups and files end at row numbers and sizes that follow from the rows of their split alone, so the bytes do not tell
how the rows were cut into shards, and no more than a shard and a row group of each split is held in memory.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.folder import Folder, flush, parquet_writer, replace_folder, write_atomically
from porism.outputs.records import Record
from porism.outputs.splits import COLUMN, SPLITS, TRAIN

ROWS_PER_GROUP = 5_000  # 50 MB of rows of 10 kB each, which a reader must hold at once
ROWS_PER_FILE = 100_000
BYTES_PER_FILE = 1 << 29  # as large as the Hub cuts its own
KINDS = ("data", "rejected")  # folders of every dataset
BATCH = 1_000  # rows that are Python objects at once while a dataset is read


@dataclass(frozen=True)
class Counts:
    """The funnel: ``generated`` is ``accepted`` and all of ``rejected``.

    Attributes:
        accepted: rows in ``data/``.
        rejected: rows by the check that rejected them.
        splits: accepted rows by split, without splits that have none; empty where rows say nothing of splits.
        parts: rows drawn from the accepted ones, by the name of their config.
    """

    accepted: int
    rejected: Mapping[str, int]
    splits: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)

    @property
    def generated(self) -> int:
        """Rows accepted and rejected."""
        return self.accepted + sum(self.rejected.values())

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "generated": self.generated,
            "accepted": self.accepted,
            "rejected": sum(self.rejected.values()),
            "rejected_by_check": dict(sorted(self.rejected.items(), key=lambda item: (-item[1], item[0]))),
            **({"splits": dict(self.splits)} if self.splits else {}),
            **({"parts": dict(self.parts)} if self.parts else {}),
        }


def publish(
    folder: Folder,
    tail: Sequence[Record],
    count: int,
    rows_per_file: int = ROWS_PER_FILE,
    bytes_per_file: int = BYTES_PER_FILE,
) -> Counts:
    """Write the dataset from the committed shards and the ``tail``, up to ``count`` accepted rows.

    The manifest of an earlier publication goes first: a crash leaves none, rather than one that speaks of other files.

    Args:
        folder: an open folder.
        tail: the rows after those of the last shard.
        count: how many accepted rows are wanted.
        rows_per_file: at most, from 1.
        bytes_per_file: a file ends with the row group that reaches them.

    Raises:
        ValueError: an accepted row belongs to a split that there is not.
    """
    layout = folder.layout
    data, rejected, *drawn = made = [emptied(folder.path / f"{name}.part") for name in (*KINDS, *layout.parts)]
    accepted, by_check = 0, Counter[str]()
    sizes = (rows_per_file, bytes_per_file)
    drop = Sheaf(rejected, TRAIN, layout.every, *sizes)
    keep = {split: Sheaf(data, split, layout.accepted, *sizes) for split in SPLITS}
    draw = {
        name: Sheaf(part, TRAIN, layout.parts[name].accepted, *sizes)
        for name, part in zip(layout.parts, drawn, strict=True)
    }
    for table in chain(map(pq.read_table, folder.shards), [layout.table(tail)]):
        table = _up_to(table, count - accepted)
        passed = pc.is_null(table["check"])
        kept, dropped = table.filter(passed), table.filter(pc.invert(passed))
        for split, part_of in _by_split(kept.select(layout.accepted.names)):
            keep[split].add(part_of)
        for name, sheaf in draw.items():
            sheaf.add(pa.Table.from_struct_array(pc.list_flatten(kept[name])).cast(layout.parts[name].accepted))
        drop.add(dropped.select(layout.every.names))
        accepted += pc.sum(passed).as_py() or 0
        by_check.update(table["check"].drop_null().to_pylist())
        if accepted == count:
            break
    splits = {split: sheaf.rows for split, sheaf in keep.items() if sheaf.rows}
    for sheaf in (*(keep[split] for split in splits or (TRAIN,)), drop, *draw.values()):
        sheaf.close()
    (folder.path / "manifest.json").unlink(missing_ok=True)
    for part in made:
        replace_folder(part, part.with_suffix(""))
    parts = {name: sheaf.rows for name, sheaf in draw.items()}
    return Counts(accepted, by_check, splits if COLUMN in layout.accepted.names else {}, parts)


def emptied(path: Path) -> Path:
    """An empty folder there."""
    path.mkdir(exist_ok=True)
    for leftover in path.iterdir():
        leftover.unlink()
    return path


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``manifest.json``, last of all: the facts, and rows, bytes and SHA-256 of every Parquet file."""
    manifest = {**facts, "files": [_file(folder, path) for path in published(folder)]}
    write_atomically(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished dataset.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    path = folder / "manifest.json"
    if not path.exists():
        hint = (
            "its run has not ended: run the same command again" if (folder / "run.toml").exists() else "not a dataset"
        )
        raise InputError(f"{folder} has no manifest.json ({hint})")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("counts"), dict):
        raise InputError(f"{path} is not a manifest: it has no counts")
    return manifest


def rows(
    folder: Path, part: str = "data", columns: Sequence[str] | None = None, split: str | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of ``data``, ``rejected`` or a part, a thousand in memory at a time.

    Splits follow each other in the order of ``SPLITS``; within a split the order is that of the flow, in which places
    (``origin.place``) grow. So a dataset of one split is in the flow's order, and one of several is not.

    Args:
        folder: a finished dataset.
        part: ``data``, ``rejected``, or the name of a part.
        columns: the ones to read; all if None.
        split: the one to read; all if None.

    Raises:
        InputError: a file cannot be read.
    """
    for path in parquet_files(folder, part, split):
        yield from file_rows(path, columns)


def file_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of one file, as those of ``rows``."""
    with reading(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=columns):
            yield from batch.to_pylist()


def split_in(path: Path) -> str:
    """The split that a file's name says."""
    return path.name.split("-")[0]


def parquet_files(folder: Path, part: str = "data", split: str | None = None) -> list[Path]:
    """The Parquet files of ``data``, ``rejected`` or a part, of one split or of all, in the order of their rows."""
    found = sorted((folder / part).glob("*.parquet" if split is None else f"{split}-*.parquet"))
    return sorted(found, key=lambda path: _rank(split_in(path)))


def row_count(path: Path) -> int:
    """How many rows a Parquet file says it has.

    Raises:
        InputError: it cannot be read.
    """
    with reading(path):
        return int(pq.read_metadata(path).num_rows)


def _rank(split: str) -> int:
    """Where the files of a split stand; those of names that are not ours come last."""
    return SPLITS.index(split) if split in SPLITS else len(SPLITS)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Errors of a Parquet file that is damaged or out of reach, as one line."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error


class Sheaf:
    """Tables in, the files of one split out, named as the Hub names them.

    A row group is written as soon as it is full, into a file that stays open until it has enough rows or bytes.

    Args:
        folder: where the files go; they have other names until the sheaf is closed.
        split: what their names begin with.
        schema: of the tables.
        most_rows: of a file, from 1.
        most_bytes: a file ends with the row group that reaches them.
        most_held: a row group ends with the table that reaches so many bytes in memory; None: by its rows alone.
    """

    def __init__(
        self,
        folder: Path,
        split: str,
        schema: pa.Schema,
        most_rows: int = ROWS_PER_FILE,
        most_bytes: int = BYTES_PER_FILE,
        most_held: int | None = None,
    ) -> None:
        self._folder, self._split, self._schema = folder, split, schema
        self._most_rows, self._most_bytes, self._most_held = most_rows, most_bytes, most_held
        self._held: list[pa.Table] = []
        self._waiting = 0  # rows of the held tables
        self._writer: pq.ParquetWriter | None = None
        self._in_file = self._files = self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Put the rows of a table behind those that are there."""
        self.rows += table.num_rows
        while table.num_rows:
            taken = table.slice(0, self._group - self._waiting)
            table = table.slice(taken.num_rows)
            self._held.append(taken)
            self._waiting += taken.num_rows
            if self._waiting == self._group or self._full:
                self._write()

    def close(self) -> None:
        """Write what is left (an empty file where there was nothing at all) and give the files their final names."""
        if self._held:
            self._write()
        if self._writer or not self._files:
            self._end_file()
        for k in range(self._files):
            self._path(k).replace(self._folder / f"{self._split}-{k:05d}-of-{self._files:05d}.parquet")

    @property
    def _group(self) -> int:
        """Rows of the row group that comes next."""
        return min(ROWS_PER_GROUP, self._most_rows - self._in_file)

    @property
    def _full(self) -> bool:
        """Whether the held rows are all that should be in memory."""
        return self._most_held is not None and sum(table.nbytes for table in self._held) >= self._most_held

    def _path(self, k: int) -> Path:
        return self._folder / f"{self._split}-{k}.part"

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = parquet_writer(self._path(self._files), self._schema)
        return self._writer

    def _write(self) -> None:
        """Write the held rows as one row group, and end the file if it has enough."""
        self._open().write_table(pa.concat_tables(self._held).combine_chunks())
        self._in_file += self._waiting
        self._held, self._waiting = [], 0
        if self._in_file >= self._most_rows or self._path(self._files).stat().st_size >= self._most_bytes:
            self._end_file()

    def _end_file(self) -> None:
        self._open().close()
        flush(self._path(self._files))
        self._writer, self._in_file = None, 0
        self._files += 1


def _by_split(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each split, in their order."""
    if COLUMN not in table.column_names:
        yield TRAIN, table
        return
    named = pc.fill_null(table[COLUMN], TRAIN)
    for split in pc.unique(named).to_pylist():
        if split not in SPLITS:
            raise ValueError(f"a row belongs to the split {split!r}; there are: {', '.join(SPLITS)}")
        yield split, table.filter(pc.equal(named, split))


def _up_to(table: pa.Table, count: int) -> pa.Table:
    """The rows up to the ``count``-th accepted one."""
    passed = pc.is_null(table["check"]).to_numpy(zero_copy_only=False).nonzero()[0]
    if len(passed) < count:
        return table
    return table.slice(0, int(passed[count - 1]) + 1 if count else 0)


def published(folder: Path) -> Iterable[Path]:
    """All that are published; a folder with a dot in its name is not finished, or gone."""
    return sorted(path for path in folder.glob("*/*.parquet") if path.parent.name != "work" and not path.parent.suffix)


def _file(folder: Path, path: Path) -> dict[str, Any]:
    return {
        "path": path.relative_to(folder).as_posix(),
        "rows": pq.read_metadata(path).num_rows,
        "bytes": path.stat().st_size,
        "sha256": file_hash(path),
    }


def fingerprint(folder: Path) -> str:
    """A hash of all rows, accepted and rejected, in hexadecimal."""
    return sha256("".join(file_hash(path) for path in published(folder)).encode()).hexdigest()[:32]


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def digest(folders: Sequence[Path]) -> str:
    """A hash of the content of finished datasets."""
    hashes = [file["sha256"] for folder in folders for file in read_manifest(folder)["files"]]
    return sha256("".join(hashes).encode()).hexdigest()
