"""One schema for rows that nobody declared: types are learnt from all rows, and then every row is written with them.

Numbers widen, lists and structs merge, a column that a row lacks is null. Values of a column that have no common type
(a number here, a text there) are kept as JSON text, each exactly as it was; so is what Parquet cannot hold.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pyarrow as pa

from porism.errors import InputError
from porism.outputs.sources import Block

MOST = 1_000  # columns, and fields of a column: more are keys that somebody used as data
DEEPEST = 16  # types in each other: Parquet's reader gives up at 50 lists
_FITS = (pa.ArrowException, OverflowError, TypeError, ValueError)


class Misfit(ValueError):
    """A value does not fit its column after all (2**60 among halves); the column is JSON text from now on."""


class Columns:
    """The columns of rows that are read twice: first to learn their types, then to write them.

    Attributes:
        as_json: the columns that are kept as JSON text.
    """

    def __init__(self) -> None:
        self._types: dict[str, pa.DataType] = {}
        self._metadata: list[dict[bytes, bytes]] = []
        self.as_json: set[str] = set()

    def learn(self, block: Block) -> None:
        """Take note of the types of a block of rows.

        Raises:
            InputError: there are too many columns, or two of one name.
        """
        self._metadata = _with(self._metadata, _metadata(block))
        for name, kind in _kinds(block):
            self._types[name] = known = self._merged(name, kind)
            if not _writable(known):
                self.as_json.add(name)
        if len(self._types) > MOST:
            raise InputError(
                f"the rows have more than {MOST:,} columns; those of a dataset have the same few in each row"
            )

    def _merged(self, name: str, kind: pa.DataType | None) -> pa.DataType:
        known = self._types.get(name, pa.null())
        if kind is None:
            self.as_json.add(name)
            return known
        try:
            return known if kind == known else _unified(known, kind)
        except pa.ArrowException:
            self.as_json.add(name)
            return known

    @property
    def schema(self) -> pa.Schema:
        """The columns in the order in which they were met first."""
        kinds = [(name, pa.string() if name in self.as_json else kind) for name, kind in self._types.items()]
        return pa.schema(kinds, metadata=self._metadata[0] if len(self._metadata) == 1 else None)

    def table(self, block: Block) -> pa.Table:
        """A block of the rows that were learnt from, with the types of all.

        Raises:
            Misfit: a column had to become JSON text; what was written before is not of the schema any more.
        """
        schema = self.schema
        return pa.Table.from_arrays([self._column(block, field) for field in schema], schema=schema)

    def _column(self, block: Block, field: pa.Field) -> pa.Array:
        if field.name in self.as_json:
            return pa.array(map(_as_json, _values(block, field.name)), pa.string())
        try:
            return _typed(block, field)
        except _FITS as error:
            self.as_json.add(field.name)
            raise Misfit(field.name) from error


def unused(name: str, taken: Iterable[str]) -> str:
    """The name, with as many underscores behind it as make it none of those that are taken.

    >>> unused("check", ["check", "check_"])
    'check__'
    """
    there = set(taken)
    while name in there:
        name += "_"
    return name


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _kinds(block: Block) -> Iterator[tuple[str, pa.DataType | None]]:
    """The columns of a block and their types; None where values have no common one."""
    if isinstance(block, pa.RecordBatch):
        names = block.schema.names
        if twice := {name for name in names if names.count(name) > 1}:
            raise InputError(f"two columns are called {min(twice)!r}; each needs a name of its own")
        yield from ((field.name, _plain(field.type)) for field in block.schema)
        return
    for name in dict.fromkeys(name for row in block for name in row):
        values = [row.get(name) for row in block]
        try:
            kind = pa.array(values).type
        except _FITS:
            kind = None
        yield name, None if kind is None or _softened(kind, values) else kind


def _softened(kind: pa.DataType, values: Iterable[Any]) -> bool:
    """Whether Arrow would write a truth value as 0.0 or 1.0, which it does where floats stand beside it."""
    if pa.types.is_floating(kind):
        return any(type(value) is bool for value in values)
    if pa.types.is_list(kind):
        return _softened(kind.value_type, chain.from_iterable(value for value in values if value))
    if pa.types.is_struct(kind):
        there = [value for value in values if value]
        return any(_softened(field.type, (value.get(field.name) for value in there)) for field in kind)
    return False


def _typed(block: Block, field: pa.Field) -> pa.Array:
    if not isinstance(block, pa.RecordBatch):
        return pa.array([row.get(field.name) for row in block], field.type)
    if field.name not in block.schema.names:
        return pa.nulls(block.num_rows, field.type)
    column = block.column(field.name)
    return column if column.type == field.type else column.cast(field.type)


def _values(block: Block, name: str) -> Iterable[Any]:
    if not isinstance(block, pa.RecordBatch):
        return [row.get(name) for row in block]
    return block.column(name).to_pylist() if name in block.schema.names else [None] * block.num_rows


def _unified(a: pa.DataType, b: pa.DataType) -> pa.DataType:
    schemas = [pa.schema([("column", kind)]) for kind in (a, b)]
    return pa.unify_schemas(schemas, promote_options="permissive").field(0).type


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the values, where a type says only how they are encoded."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return pa.string() if kind == pa.string_view() else kind


def _writable(kind: pa.DataType) -> bool:
    """Whether Parquet can hold values of a type: structs without fields it cannot, nor very deep ones."""
    counts, depth = _fields(kind)
    return 0 not in counts and sum(counts) <= MOST and depth <= DEEPEST


def _fields(kind: pa.DataType) -> tuple[list[int], int]:
    """How many fields each struct in a type has, and how deep types stand in it."""
    inner = [_fields(kind.field(k).type) for k in range(kind.num_fields)] if pa.types.is_nested(kind) else []
    counts = [kind.num_fields] if pa.types.is_struct(kind) else []
    return [*counts, *(count for found, _ in inner for count in found)], 1 + max(
        (depth for _, depth in inner), default=0
    )


def _metadata(block: Block) -> dict[bytes, bytes]:
    """What the Hub's library says of the columns: that one is an image, or a label with names."""
    there = (block.schema.metadata or {}) if isinstance(block, pa.RecordBatch) else {}
    return {key: value for key, value in there.items() if key == b"huggingface"}


def _with(known: list[dict[bytes, bytes]], found: dict[bytes, bytes]) -> list[dict[bytes, bytes]]:
    return known if found in known or len(known) > 1 else [*known, found]
