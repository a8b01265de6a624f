"""What a dataset is, in numbers and samples: the facts behind ``porism show``.

A dataset is read a batch at a time; of a large one, row groups spread over it are read, and the facts say how many rows
that were.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from porism.outputs.folder import read_config
from porism.outputs.publish import BATCH, parquet_files, read_manifest, reading, row_count

HIDDEN = ("id", "theorem", "task", "key", "tools", "origin", "verdicts", "messages", "prompt", "completion")
SAMPLES = 3
CUT = 1_000  # characters of a sample's text
MOST_ROWS = 200_000  # that are read for histograms: counting the words of ten million long rows would take an hour
LABELS = 20  # distinct values that a column of labels has at most
LABEL = 40  # characters of the longest label
REPEATED = 5  # how often labels stand there at least, on average


def facts(folder: Path) -> dict[str, Any]:
    """Counts, funnel, histograms, samples and warnings, ready for JSON.

    ``rows_read`` is how many accepted rows the histograms and warnings are of: all, unless there are very many.

    Raises:
        InputError: the folder is not a finished dataset.
    """
    manifest, config = read_manifest(folder), read_config(folder / "run.toml")
    columns, read = _columns(folder)
    return {
        "folder": str(folder),
        "flow": manifest.get("flow", "?"),
        "model": config.get("model", "no model"),
        "counts": manifest["counts"],
        "usage": manifest.get("usage", {}),
        "rows_read": read,
        "histograms": dict(found for name, column in columns.items() for found in column.histogram(name)),
        "samples": [_sample(row) for row in _spread(folder)],
        "warnings": [line for column in columns.values() for line in column.warnings()],
    }


class _Integers:
    """How often each integer stands in a column."""

    def __init__(self) -> None:
        self._counts = Counter[int]()

    def add(self, values: pa.Array) -> None:
        for pair in pc.value_counts(values.drop_null()).to_pylist():
            self._counts[pair["values"]] += pair["counts"]

    def histogram(self, name: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        if self._counts:
            low, high = min(self._counts), max(self._counts)
            near = high - low < LABELS
            yield name, [(str(k), self._counts[k]) for k in range(low, high + 1)] if near else _bins(self._counts)

    def warnings(self) -> Iterator[str]:
        return iter(())


class _Texts:
    """How many words the texts of a column have, and how often each comes while they are few and short."""

    def __init__(self) -> None:
        self._rows = 0
        self._lengths = Counter[int]()
        self._labels: Counter[str] | None = Counter()

    def add(self, values: pa.Array) -> None:
        for text in pc.fill_null(values, "").to_pylist():
            self._count(text)

    def _count(self, text: str) -> None:
        self._rows += 1
        self._lengths[len(text.split())] += 1
        if self._labels is not None:
            self._labels[text] += 1
            if len(self._labels) > LABELS or len(text) > LABEL:
                self._labels = None

    def histogram(self, name: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        if self._labels and self._rows >= REPEATED * len(self._labels):
            yield name, [(label or "(empty)", count) for label, count in self._labels.most_common()]
        elif self._rows:
            yield f"words of {name}", _bins(self._lengths)

    def warnings(self) -> Iterator[str]:
        """Nothing is said of most columns."""
        return iter(())


class _Outputs(_Texts):
    """Texts of which few should be empty or the same; they are counted by a hash."""

    def __init__(self) -> None:
        super().__init__()
        self._empty = 0
        self._repeated = Counter[bytes]()
        self._beginnings: dict[bytes, str] = {}

    def _count(self, text: str) -> None:
        super()._count(text)
        self._empty += not text.strip()
        digest = blake2b(text.encode(), digest_size=16).digest()
        self._repeated[digest] += 1
        self._beginnings.setdefault(digest, text[:60])

    def warnings(self) -> Iterator[str]:
        if self._empty:
            yield f"{self._empty:,} empty outputs"
        digest, most = (self._repeated.most_common(1) or [(b"", 0)])[0]
        if self._rows >= 10 and most > self._rows / 5:
            yield f"{most / self._rows:.0%} of the outputs are {self._beginnings[digest]!r}"


_Column = _Integers | _Texts


def _columns(folder: Path) -> tuple[dict[str, _Column], int]:
    """What the integer and text columns of the accepted rows hold, and of how many rows; not those that repeat others.

    Of every k-th row group, with k such that at most about MOST_ROWS rows are read.
    """
    columns: dict[str, _Column] = {}
    paths = parquet_files(folder)
    stride = max(1, -(-sum(map(row_count, paths)) // MOST_ROWS))
    passed = read = 0
    for path in paths:
        with reading(path), pq.ParquetFile(path) as file:
            for name, kind in _shown(file.schema_arrow):
                columns.setdefault(name, kind())
            groups = [k for k in range(file.num_row_groups) if (passed + k) % stride == 0]
            passed += file.num_row_groups
            for batch in file.iter_batches(BATCH, row_groups=groups, columns=list(columns)) if columns else ():
                read += batch.num_rows
                for name, column in columns.items():
                    column.add(batch[name])
    return columns, read


def _shown(schema: pa.Schema) -> Iterator[tuple[str, type[_Column]]]:
    """The columns that a histogram tells something of; nested ones are passed over."""
    for column in schema:
        if column.name not in HIDDEN and pa.types.is_integer(column.type):
            yield column.name, _Integers
        elif column.name not in HIDDEN and column.type == pa.string():
            yield column.name, _Outputs if column.name == "output" else _Texts


def _spread(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Three rows: the first, one in the middle, the last."""
    paths = parquet_files(folder)
    sizes = [row_count(path) for path in paths]
    count = sum(sizes)
    for place in sorted({0, count // 2, count - 1}) if count else ():
        for path, size in zip(paths, sizes, strict=True):
            if place < size:
                yield _row(path, place)
                break
            place -= size


def _row(path: Path, place: int) -> dict[str, Any]:
    """The texts of one row of a file; no more than its row group is read."""
    with reading(path), pq.ParquetFile(path) as file:
        names = [name for name, kind in _shown(file.schema_arrow) if issubclass(kind, _Texts)]
        for k in range(file.num_row_groups):
            if place < (size := file.metadata.row_group(k).num_rows):
                return dict(file.read_row_group(k, columns=names).slice(place, 1).to_pylist()[0])
            place -= size
    raise LookupError(f"{path} has no such row")


def _sample(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _cut(value) for name, value in row.items() if value}


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT]} ... ({len(text) - CUT:,} more characters)"


def _bins(counts: Mapping[int, int]) -> list[tuple[str, int]]:
    """Counts of numbers in bins that double: 0, 1, 2-3, 4-7, ...; below 0, there is one bin."""
    bins = Counter[int]()
    for value, count in counts.items():
        bins[value.bit_length() if value >= 0 else -1] += count
    return [(_bin(k), bins[k]) for k in range(min(bins), max(bins) + 1)]


def _bin(k: int) -> str:
    if k <= 1:
        return str(k) if k >= 0 else "below 0"
    return f"{2 ** (k - 1)}-{2**k - 1}"
