"""The columns of a dataset, typed, and the way between records and Arrow tables.

Every accepted row has ``id``, the flow's content and notes, ``origin`` and ``verdicts``. A rejected row has the same
columns and three more: ``check`` and ``reason`` (of the verdict that failed) and ``raw`` (the text it was read from).

A flow may draw further rows from a record, which are published as configs of their own: its *parts*. They stand in the
record's notes under the part's name, each as ``Layout.row`` of the part's layout makes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from porism.outputs.records import Origin, Record, Verdict

ORIGIN = pa.struct(
    [
        ("flow", pa.string()),
        ("seed", pa.int64()),
        ("place", pa.list_(pa.int32())),
        ("model", pa.string()),
        ("parents", pa.list_(pa.string())),
    ]
)
VERDICTS = pa.list_(pa.struct([("ok", pa.bool_()), ("check", pa.string()), ("reason", pa.string())]))
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
WHY = pa.schema([("check", pa.string()), ("reason", pa.string()), ("raw", pa.string())])


@dataclass(frozen=True)
class Layout:
    """The columns of one flow's records: Arrow types by name.

    Attributes:
        content: of what a row says.
        notes: of what is known about it.
        parts: the layouts of the rows that are drawn from a record, by the name of their config.
    """

    content: Mapping[str, pa.DataType]
    notes: Mapping[str, pa.DataType]
    parts: Mapping[str, "Layout"] = field(default_factory=dict)

    @property
    def accepted(self) -> pa.Schema:
        """The schema of accepted rows."""
        return pa.schema(
            [
                ("id", pa.string()),
                *self.content.items(),
                *self.notes.items(),
                ("origin", ORIGIN),
                ("verdicts", VERDICTS),
            ]
        )

    @property
    def every(self) -> pa.Schema:
        """The schema of rejected rows."""
        return pa.schema([*self.accepted, *WHY])

    @property
    def shard(self) -> pa.Schema:
        """The schema of shards, which hold both kinds and all parts; ``check`` is null in an accepted row."""
        parts = [(name, pa.list_(pa.struct(list(part.accepted)))) for name, part in self.parts.items()]
        return pa.schema([*self.every, *parts])

    def table(self, records: Iterable[Record]) -> pa.Table:
        """The records as a table of schema ``shard``."""
        return pa.Table.from_pylist([self.row(record) for record in records], self.shard)

    def records(self, rows: Iterable[Mapping[str, Any]]) -> list[Record]:
        """The records of rows of schema ``shard``, ``every`` or ``accepted``: the inverse of ``table``.

        A null is a column that the record does not have.
        """
        return [self._record(row) for row in rows]

    def row(self, record: Record) -> dict[str, Any]:
        """The row of a record, with all columns of ``shard``."""
        failure = None if record.accepted else record.failure
        return {
            "id": record.id,
            **{name: record.content.get(name) for name in self.content},
            **{name: record.notes.get(name) for name in self.notes},
            "origin": {name: getattr(record.origin, name) for name in ("flow", "seed", "place", "model", "parents")},
            "verdicts": [{"ok": v.ok, "check": v.check, "reason": v.reason} for v in record.verdicts],
            "check": failure.check if failure else None,
            "reason": failure.reason if failure else None,
            "raw": record.raw,
            **{name: record.notes.get(name, []) for name in self.parts},
        }

    def _record(self, row: Mapping[str, Any]) -> Record:
        origin = {**row["origin"], "place": tuple(row["origin"]["place"]), "parents": tuple(row["origin"]["parents"])}
        return Record(
            content={name: row[name] for name in self.content if row[name] is not None},
            notes={name: row[name] for name in (*self.notes, *self.parts) if row.get(name) is not None},
            origin=Origin(**origin),
            verdicts=tuple(Verdict(**verdict) for verdict in row["verdicts"]),
            raw=row.get("raw"),
        )
