"""From shards to a dataset that ``load_dataset(folder)`` reads.

The accepted rows are the first N in the flow's order, the rejected rows all that were met on the way to them; so the
bytes of ``data/`` and ``rejected/`` depend on the configuration, N and the replies alone. What varies between runs
(durations, retries, cost) is kept in ``manifest.json``.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.folder import Folder, replace_folder, write_atomically, write_parquet
from porism.outputs.layout import WHY
from porism.outputs.records import Record


@dataclass(frozen=True)
class Counts:
    """The funnel: ``generated`` is ``accepted`` and all of ``rejected`` (rows by the check that rejected them)."""

    accepted: int
    rejected: Mapping[str, int]

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
        }


def publish(folder: Folder, tail: Sequence[Record], count: int, rows_per_file: int = 100_000) -> Counts:
    """Write ``data/`` and ``rejected/`` from the committed shards and the ``tail``, up to ``count`` accepted rows.

    The manifest of an earlier publication goes first: a crash leaves none, rather than one that speaks of other files.
    """
    data, rejected = folder.path / "data.part", folder.path / "rejected.part"
    for part in (data, rejected):
        part.mkdir(exist_ok=True)
        for leftover in part.iterdir():
            leftover.unlink()
    accepted, by_check = 0, Counter[str]()
    keep = _Sheaf(data, folder.layout.accepted, rows_per_file)
    drop = _Sheaf(rejected, folder.layout.every, rows_per_file)
    for table in chain(map(pq.read_table, folder.shards), [folder.layout.table(tail)]):
        table = _up_to(table, count - accepted)
        passed = pc.is_null(table["check"])
        keep.add(table.filter(passed).drop_columns(WHY.names))
        drop.add(table.filter(pc.invert(passed)))
        accepted += pc.sum(passed).as_py() or 0
        by_check.update(table["check"].drop_null().to_pylist())
        if accepted == count:
            break
    keep.close()
    drop.close()
    (folder.path / "manifest.json").unlink(missing_ok=True)
    replace_folder(data, folder.path / "data")
    replace_folder(rejected, folder.path / "rejected")
    return Counts(accepted, by_check)


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``manifest.json``, last of all: the facts, and rows, bytes and SHA-256 of every Parquet file."""
    manifest = {**facts, "files": [_file(folder, path) for path in _parquet(folder)]}
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


def rows(folder: Path, part: str = "data", columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of ``data`` or ``rejected``, in order, a row group in memory at a time.

    Raises:
        InputError: a file cannot be read.
    """
    for path in sorted((folder / part).glob("*.parquet")):
        with reading(path):
            for batch in pq.ParquetFile(path).iter_batches(columns=columns):
                yield from batch.to_pylist()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Errors of a Parquet file that is damaged or out of reach, as one line."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error


class _Sheaf:
    """Tables in, files of at most ``most`` rows out, named as the Hub names them."""

    def __init__(self, folder: Path, schema: pa.Schema, most: int) -> None:
        self._folder, self._most, self._files = folder, most, 0
        self._held = schema.empty_table()

    def add(self, table: pa.Table) -> None:
        self._held = pa.concat_tables([self._held, table])
        while self._held.num_rows >= self._most:
            self._write(self._held.slice(0, self._most))
            self._held = self._held.slice(self._most)

    def close(self) -> None:
        """Write what is left (an empty file where there was nothing at all) and give the files their final names."""
        if self._held.num_rows or not self._files:
            self._write(self._held)
        for k in range(self._files):
            final = self._folder / f"train-{k:05d}-of-{self._files:05d}.parquet"
            (self._folder / f"{k}.parquet").replace(final)

    def _write(self, table: pa.Table) -> None:
        write_parquet(self._folder / f"{self._files}.parquet", table.combine_chunks())
        self._files += 1


def _up_to(table: pa.Table, count: int) -> pa.Table:
    """The rows up to the ``count``-th accepted one."""
    passed = pc.is_null(table["check"]).to_numpy(zero_copy_only=False).nonzero()[0]
    if len(passed) < count:
        return table
    return table.slice(0, int(passed[count - 1]) + 1 if count else 0)


def _parquet(folder: Path) -> Iterable[Path]:
    return sorted(path for part in ("data", "rejected") for path in (folder / part).glob("*.parquet"))


def _file(folder: Path, path: Path) -> dict[str, Any]:
    return {
        "path": path.relative_to(folder).as_posix(),
        "rows": pq.read_metadata(path).num_rows,
        "bytes": path.stat().st_size,
        "sha256": file_hash(path),
    }


def fingerprint(folder: Path) -> str:
    """A hash of all rows, accepted and rejected, in hexadecimal."""
    return sha256("".join(file_hash(path) for path in _parquet(folder)).encode()).hexdigest()[:32]


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
