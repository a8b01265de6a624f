"""The second reading: rows that are kept, rows that are dropped and why, and the clusters that the dropped ones form.

A cluster is a kept row and the rows that were dropped because it is the nearest to them. It is held from its first row
to its last; what is finished lies in memory as Arrow columns until the largest can be written first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from porism.errors import InputError
from porism.outputs.columns import Columns, unused
from porism.outputs.publish import Sheaf, emptied
from porism.outputs.splits import TRAIN
from porism.pipelines.dedup_reading import Read, Reader

CUT = 500  # characters of another row's text, and
TOLD = 100  # of it in a reason: both hold the beginning, the name leads to the rest
NAMES = 1_000  # members that a cluster names; its size counts all
HELD = 1 << 28  # bytes of a row group in memory
GROUP = 1_000  # finished clusters that become columns together
NOVELTY, CONTAMINATION = "novelty", "contamination"
WHY = {
    "check": pa.string(),
    "reason": pa.string(),
    "row": pa.string(),
    "nearest": pa.string(),
    "nearest_text": pa.string(),
    "score": pa.float64(),
}
CLUSTERS = pa.schema(
    {
        "row": pa.string(),
        "text": pa.string(),
        "size": pa.int64(),
        "members": pa.list_(pa.string()),
        "lowest": pa.float64(),
        "lowest_text": pa.string(),
    }
)
FLAGGED = pa.schema(
    {
        "row": pa.string(),
        "text": pa.string(),
        "nearest": pa.string(),
        "nearest_text": pa.string(),
        "score": pa.float64(),
    }
)


@dataclass(frozen=True)
class Decisions:
    """What is to become of each row, by its number.

    Attributes:
        nearest: the number of the nearest earlier row that was kept, -1 where none is near, int64.
        score: how near it is, float64.
        contaminated: why, of rows that are near to an evaluation set.
        drops: whether near rows are dropped, or flagged and kept.
        phrase: how a score is told, such as ``"ROUGE-L {score} with"``.
    """

    nearest: NDArray[np.int64]
    score: NDArray[np.float64]
    contaminated: Mapping[int, str]
    drops: bool
    phrase: str

    @property
    def dropped(self) -> NDArray[np.bool_]:
        """Which rows are not kept."""
        gone = (self.nearest >= 0) & self.drops
        gone[list(self.contaminated)] = True
        return gone


def split(reader: Reader, columns: Columns, decisions: Decisions, folder: Path) -> dict[str, int]:
    """Write ``data.part``, ``rejected.part``, and ``clusters.part`` or ``flagged.part``; how many rows each has.

    Args:
        reader: gives the same rows as before.
        columns: what was learnt of them.
        decisions: what is to become of each.
        folder: where the parts go; what is left of earlier ones is emptied.

    Raises:
        InputError: there are other rows than before.
        Misfit: a column had to become JSON text: split again.
    """
    schemas = _schemas(columns.schema, decisions.drops)
    sheaves = {
        name: Sheaf(emptied(folder / f"{name}.part"), TRAIN, its, most_held=HELD) for name, its in schemas.items()
    }
    clusters, dropped = _Clusters(decisions.nearest), decisions.dropped
    for read in _same_rows(reader, len(dropped)):
        notes = _notes(read, reader, decisions, clusters)
        away = dropped[read.first : read.first + len(read)]
        table = columns.table(read.block)
        sheaves["data"].add(table.filter(pa.array(~away)))
        told = pa.Table.from_pylist([note for note, gone in zip(notes, away, strict=True) if gone and note], _WHY)
        rejected = [*table.filter(pa.array(away)).columns, *told.columns]
        sheaves["rejected"].add(pa.Table.from_arrays(rejected, schema=schemas["rejected"]))
        if not decisions.drops:
            sheaves["flagged"].add(pa.Table.from_pylist([note for note in notes if note and note["nearest"]], FLAGGED))
    if decisions.drops:
        sheaves["clusters"].add(clusters.table())
    for sheaf in sheaves.values():
        sheaf.close()
    return {name: sheaf.rows for name, sheaf in sheaves.items()}


def _schemas(rows: pa.Schema, drops: bool) -> dict[str, pa.Schema]:
    why = [(unused(name, rows.names), kind) for name, kind in WHY.items()]
    rejected = pa.schema([*rows, *(pa.field(*column) for column in why)], rows.metadata)
    return {"data": rows, "rejected": rejected, **({"clusters": CLUSTERS} if drops else {"flagged": FLAGGED})}


def _same_rows(reader: Reader, count: int) -> Iterator[Read]:
    """The rows again, as many as they were."""
    seen = 0
    for read in reader:
        seen += len(read)
        if seen > count:
            break
        yield read
    if seen != count:
        raise InputError(f"{', '.join(map(str, reader.paths))}: the rows changed while they were read; run it again")


def _notes(read: Read, reader: Reader, decisions: Decisions, clusters: "_Clusters") -> list[dict[str, Any] | None]:
    """For each row of a block why it goes, or what it is near to; None where there is nothing to tell."""
    notes: list[dict[str, Any] | None] = []
    for number, (name, row) in enumerate(zip(read.names, read.narrow, strict=True), read.first):
        near, why = int(decisions.nearest[number]), decisions.contaminated.get(number)
        note: dict[str, Any] | None = None
        if why is not None:
            note = {"check": CONTAMINATION, "reason": why, "row": name}
        elif near >= 0 or clusters.begins(number):
            text, score = _cut(reader.text(row, name), CUT), float(decisions.score[number])
            if near >= 0:
                nearest = clusters.join(near, number, name, text, score)
                note = {
                    "check": NOVELTY,
                    "reason": f"{decisions.phrase.format(score=f'{score:.3f}')} {nearest.told}",
                    "row": name,
                    "text": text,
                    "nearest": nearest.name,
                    "nearest_text": nearest.text,
                    "score": score,
                }
            if clusters.begins(number):
                clusters.begin(number, name, text)
        notes.append(note)
    return notes


@dataclass
class _Cluster:
    """A row, and what is known of those that are near to it."""

    number: int
    name: str
    text: str
    size: int = 1
    members: list[str] = field(default_factory=list)
    lowest: float = 2.0
    lowest_text: str = ""

    @property
    def told(self) -> str:
        """The row, as a sentence names it."""
        return f"{self.name}: {_cut(' '.join(self.text.split()), TOLD)}"

    def add(self, name: str, text: str, score: float) -> None:
        self.size += 1
        if len(self.members) < NAMES:
            self.members.append(name)
        if score < self.lowest:
            self.lowest, self.lowest_text = score, text


class _Clusters:
    """Rows and those that are near to them, while the rows pass in order.

    Args:
        nearest: as in ``Decisions``.
    """

    def __init__(self, nearest: NDArray[np.int64]) -> None:
        near = np.flatnonzero(nearest >= 0)
        self._last = np.full(len(nearest), -1, dtype=np.int64)
        np.maximum.at(self._last, nearest[near], near)
        self._open: dict[int, _Cluster] = {}
        self._ended: list[_Cluster] = []
        self._tables: list[pa.Table] = []

    def begins(self, number: int) -> bool:
        """Whether later rows are near to this one."""
        return bool(self._last[number] >= 0)

    def begin(self, number: int, name: str, text: str) -> None:
        """Hold a row until the last that is near to it has passed."""
        self._open[number] = _Cluster(number, name, text)

    def join(self, near: int, number: int, name: str, text: str, score: float) -> _Cluster:
        """Count row ``number`` among those that are near to row ``near``, which is returned."""
        cluster = self._open[near]
        cluster.add(name, text, score)
        if self._last[near] == number:
            self._ended.append(self._open.pop(near))
            if len(self._ended) == GROUP:
                self._pack()
        return cluster

    def table(self) -> pa.Table:
        """All clusters, the largest first; equal ones in the order of their rows."""
        self._pack()
        found = pa.concat_tables(self._tables).sort_by([("size", "descending"), ("number", "ascending")])
        return found.select(CLUSTERS.names)

    def _pack(self) -> None:
        """Turn finished clusters into columns, which are a fifth of their size."""
        rows = [
            {name: getattr(cluster, name if name != "row" else "name") for name in _SORTED.names}
            for cluster in self._ended
        ]
        self._tables.append(pa.Table.from_pylist(rows, _SORTED))
        self._ended = []


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


_WHY = pa.schema(WHY)
_SORTED = pa.schema([*CLUSTERS, ("number", pa.int64())])
