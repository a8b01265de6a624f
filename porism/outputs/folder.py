"""A dataset's folder while it is being made: ``run.toml``, a lock, and one Parquet shard for each finished chunk.

A shard is written under a temporary name, flushed, and renamed: its existence is the commit. Everything a run needs to
go on is therefore on disk, and to resume is to open the folder again with the same configuration.
"""

import itertools
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w
from filelock import FileLock, Timeout

from porism.errors import InputError
from porism.outputs.layout import Layout
from porism.outputs.records import Record


class Folder:
    """An open, locked folder. Made by ``opened``.

    Attributes:
        path: the folder.
        config: its frozen configuration, what ``run.toml`` says.
        layout: the columns of its records.
    """

    def __init__(self, path: Path, config: Mapping[str, Any], layout: Layout) -> None:
        self.path, self.config, self.layout = path, config, layout
        self._shards = list(_shards(self.work))

    @property
    def work(self) -> Path:
        """Where shards and the reply cache lie; may be deleted once the dataset is finished."""
        return self.path / "work"

    @property
    def shards(self) -> tuple[Path, ...]:
        """The committed shards, in the flow's order."""
        return tuple(self._shards)

    def commit(self, records: Sequence[Record]) -> Path:
        """Write the next shard, whole or not at all."""
        shard = _shard(self.work, len(self._shards))
        write_parquet(shard, self.layout.table(records))
        self._shards.append(shard)
        return shard

    def committed(self) -> Iterator[Record]:
        """Every committed record, accepted and rejected, in the flow's order; one shard in memory at a time."""
        for shard in self._shards:
            yield from self.layout.records(pq.read_table(shard).to_pylist())


@contextmanager
def opened(path: Path, config: Mapping[str, Any], layout: Layout) -> Iterator[Folder]:
    """The folder at ``path``, made if need be, locked until the end of the block.

    Raises:
        InputError: it holds another configuration, is in use, or holds something that is not ours.
    """
    try:
        if path.exists():
            _check_ours(path)
        (path / "work").mkdir(parents=True, exist_ok=True)
        held = FileLock(path / "work" / "lock").acquire(blocking=False)
    except Timeout:
        raise InputError(f"{path} is in use by another run; wait for it, or choose another folder with --out") from None
    except OSError as error:
        raise InputError(f"cannot write to {path}: {error.strerror}; choose another folder with --out") from error
    with held:
        _freeze(path / "run.toml", config)
        for leftover in (path / "work").glob("*.part"):
            leftover.unlink()
        yield Folder(path, config, layout)


def write_atomically(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        os.fsync(file.fileno())
    part.replace(path)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a Parquet file, whole or not at all; the same rows give the same bytes."""
    part = path.with_name(path.name + ".part")
    with parquet_writer(part, table.schema) as writer:
        if table.num_rows:  # `datasets` cannot load a row group without rows, but a file without row groups
            writer.write_table(table)
    flush(part)
    part.replace(path)


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of row groups, with the settings of every file of a dataset."""
    return pq.ParquetWriter(path, schema, compression="zstd")


def flush(path: Path) -> None:
    """See to it that a file that was written is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def replace_folder(new: Path, old: Path) -> None:
    """Put the finished folder ``new`` in the place of ``old``."""
    gone = old.with_name(old.name + ".old")
    shutil.rmtree(gone, ignore_errors=True)
    if old.exists():
        old.replace(gone)
    new.replace(old)
    shutil.rmtree(gone, ignore_errors=True)


def read_config(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        InputError: it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error


def _shard(work: Path, k: int) -> Path:
    return work / f"shard-{k:06d}.parquet"


def _shards(work: Path) -> Iterator[Path]:
    """The shards that exist, up to the first gap."""
    for k in itertools.count():
        if not (shard := _shard(work, k)).exists():
            return
        yield shard


def _check_ours(path: Path) -> None:
    if not path.is_dir():
        raise InputError(f"{path} is a file; --out wants a folder")
    known = (path / "run.toml").exists() or {entry.name for entry in path.iterdir()} <= {"work", "run.toml.part"}
    if not known:
        raise InputError(
            f"{path} holds files but no run.toml, so it is not a dataset's folder; choose another with --out"
        )
    if (path / "manifest.json").exists() and not (path / "work").exists():
        raise InputError(f"{path}/work is gone, so this dataset cannot be extended; choose another folder with --out")


def _freeze(path: Path, config: Mapping[str, Any]) -> None:
    """Write the configuration, or make sure that it is the one already written."""
    if not path.exists():
        write_atomically(path, tomli_w.dumps(config))
        return
    there, here = _flat(read_config(path)), _flat(tomllib.loads(tomli_w.dumps(config)))
    differ = [
        f"{name} is {there.get(name, 'unset')!r} there and {here.get(name, 'unset')!r} here"
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    ]
    if differ:
        raise InputError(
            f"{path.parent} was made with another configuration ({'; '.join(differ)}); "
            "run with the same settings to go on, or choose another folder with --out"
        )


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as one, with dotted names."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat
