"""A dataset's Parquet files behind SQL: read in place with DuckDB, so that ten million rows open as fast as a thousand.

A page of rows takes two steps. The first finds where its rows stand, and reads no column but those that the query
speaks of. The second reads these rows alone, each from its own group of rows. While a dataset is still being made, its
committed shards are read instead of what will be published from them.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from porism.errors import InputError
from porism.outputs.view import notes
from porism.outputs.view.conditions import Judged, as_text, names, where
from porism.outputs.view.query import Query
from porism.outputs.view.tables import FILE, POSITION, ROW, Column, Config, Reader, numbered, quoted, source

__all__ = ["POSITION", "Column", "Config", "Page", "Store"]

MEMORY = "400MB"
THREADS = 2
FACETS = 12  # values of a column that are counted
FACET_ROWS = 200_000  # of which they are counted
LABEL_ROWS = 5_000  # of which a column with few values is known
LABELS = 24  # values that such a column has at most
LONGEST_LABEL = 60  # characters of one
MOST_LABELLED = 6  # columns whose values are offered
LONGEST_CELL = 2_000  # characters of a cell that leave the database for a table
COUNTED = 10_000  # rows that a search counts
REMEMBERED = 200  # counts
UNREADABLE = "(cannot be read)"
Place = tuple[int, int]  # the number of a file, and of the row in it


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that a query asked for, and how many meet its conditions; ``more``: or even more, nobody counted."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    more: bool = False


@dataclass
class Store:
    """An open dataset; every method may be called from any thread.

    Attributes:
        folder: where it lies.
        configs: its tables by name.
        finished: whether it has a manifest.
        remarks: what could not be read, a line each.
    """

    folder: Path
    configs: dict[str, Config] = field(default_factory=dict)
    finished: bool = False
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        spilled = f"{tempfile.gettempdir()}/porism-view-{os.getpid()}".replace("'", "''")
        self._database = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        for setting in (f"memory_limit = '{MEMORY}'", f"threads = {THREADS}", f"temp_directory = '{spilled}'"):
            self._database.execute(f"SET {setting}")
        self._lock = Lock()
        self._seen: object = None
        self._counts: dict[tuple[Any, ...], int] = {}
        self._labels: dict[str, list[Column]] = {}
        self.reload()

    def reload(self) -> None:
        """Look again which files are there; nothing is read if none has changed."""
        with self._lock:
            seen = _seen(self.folder)
            if seen == self._seen:
                return
            remarks: list[str] = []
            reader = Reader(self.folder, self._described, remarks.append)
            self._counts, self._labels = {}, {}
            found = {config.name: config for config in reader.published()} or self._made(reader.shards())
            finished = (self.folder / "manifest.json").exists()
            if not finished:
                remarks.append("There is no manifest.json: the run is going on, was stopped, or was not ours.")
            self.configs, self.finished, self.remarks, self._seen = found, finished, remarks, seen

    def page(self, query: Query, columns: Sequence[Column] | None = None) -> Page:
        """The rows that a query asks for, long texts cut; of ``columns`` alone, and what names a row.

        Raises:
            InputError: there is no such config or column, or a value is not of the column's type.
        """
        config = self._config(query.config)
        first = query.page * query.size
        places, total = self._found(config, query, first, query.size)
        shown = [column for column in config.columns if columns is None or column in columns or column.name == "id"]
        cells = self._fetched(config, places, {column.name: _cell(column) for column in shown})
        if not query.conditions:
            return Page(cells, config.rows)
        if len(places) < query.size and (places or not first):
            return Page(cells, first + len(places))
        if not query.search:
            return Page(cells, self.count(query) if total is None else total)
        total = self.count(query, COUNTED + 1) if total is None else total
        seen = first + len(places) if places else 0
        return Page(cells, max(min(total, COUNTED), seen), total > COUNTED)

    def places(self, query: Query, first: int, count: int) -> list[Place]:
        """Where the rows of a query stand, from the ``first``, in its order."""
        return self._found(self._config(query.config), query, first, count)[0]

    def _found(self, config: Config, query: Query, first: int, count: int) -> tuple[list[Place], int | None]:
        """Places, and the number of all rows that meet the conditions, where it comes with them."""
        key = config.column(query.sort) if query.sort else None
        if query.sort and not key:
            raise InputError(f"there is no column {query.sort[:80]!r}; there are: {names(config)}")
        condition, values = where(config, query, self._judged(query.config))
        if not condition and not key:
            return [place for k in range(first, first + count) if (place := config.place(k))], None
        way = f"{'DESC' if query.descending else 'ASC'} NULLS LAST, {FILE}, {ROW}"
        if not key:
            sql = f"SELECT {FILE}, {ROW} FROM {numbered(config)} {condition} LIMIT ? OFFSET ?"
        elif condition and key.kind in (
            "number",
            "truth",
        ):  # small enough to be held: one look at the rows instead of two
            inner = f"SELECT {quoted(key.name)} AS k, {FILE}, {ROW} FROM {numbered(config)} {condition}"
            told = f"{FILE}, {ROW}, (SELECT count(*) FROM m) AS n"
            sql = f"WITH m AS MATERIALIZED ({inner}) SELECT {told} FROM m ORDER BY k {way} LIMIT ? OFFSET ?"
        else:
            order = f"ORDER BY {quoted(key.name)} {way}"
            sql = f"SELECT {FILE}, {ROW} FROM {numbered(config)} {condition} {order} LIMIT ? OFFSET ?"
        rows = self._rows(sql, [*values, count, first])
        return [(row[FILE], row[ROW]) for row in rows], rows[0].get("n") if rows else None

    def count(self, query: Query, most: int | None = None) -> int:
        """How many rows meet the conditions; no more than ``most`` are counted."""
        config = self._config(query.config)
        condition, values = where(config, query, self._judged(query.config))
        if not condition:
            return config.rows
        known = (query.config, condition, repr(values), most)
        if known not in self._counts:
            sql = f"SELECT 1 FROM {numbered(config)} {condition}{f' LIMIT {most}' if most else ''}"
            counted = self._rows(f"SELECT count(*) AS n FROM ({sql})", values)[0]["n"]
            self._counts = {**dict(list(self._counts.items())[-REMEMBERED:]), known: int(counted)}
        return self._counts[known]

    def row(self, name: str, key: str, near: int | None = None) -> dict[str, Any] | None:
        """A row, whole: by its id where rows have ids, else by its position.

        Args:
            name: of its config.
            key: as ``shown.key`` gives it.
            near: the position where it probably stands, which saves a search.
        """
        config = self._config(name)
        whole = {column.name: _value(column) for column in config.columns}
        by_id = config.column("id") is not None and not key.isdigit()
        guess = near if by_id else int(key) if key.isdigit() and len(key) < 16 else None
        place = config.place(guess) if guess is not None else None
        found = self._fetched(config, [place] if place else [], whole)
        if by_id and not (found and str(found[0].get("id")) == key):
            condition = f"WHERE {quoted('id')} = ?" + (f" AND ({config.condition})" if config.condition else "")
            at = self._rows(f"SELECT {FILE}, {ROW} FROM {numbered(config)} {condition} LIMIT 1", [key])
            found = self._fetched(config, [(row[FILE], row[ROW]) for row in at], whole)
        return found[0] if found else None

    def rank(self, name: str, position: int) -> int:
        """How many rows of a config stand before a position."""
        config = self._config(name)
        place = config.place(position)
        if not config.condition or place is None:
            return position
        before = f"({FILE} < ? OR ({FILE} = ? AND {ROW} < ?))"
        sql = f"SELECT count(*) AS n FROM {numbered(config)} WHERE ({config.condition}) AND {before}"
        return int(self._rows(sql, [place[0], *place])[0]["n"])

    def near(self, query: Query, rank: int) -> dict[int, Mapping[str, Any]]:
        """What names the rows before, at and after a rank in a query's order, by rank."""
        config, first = self._config(query.config), max(0, rank - 1)
        named = {"id": _cell(column)} if (column := config.column("id")) else {}
        rows = self._fetched(config, self.places(query, first, rank + 2 - first), named)
        return dict(enumerate(rows, first))

    def labelled(self, name: str) -> list[Column]:
        """The columns with few and short values, as far as the first rows say."""
        config = self._config(name)
        if name not in self._labels:
            plain = [column for column in config.columns if column.kind != "nested" and column.name != "id"]
            asked = ", ".join(
                f"approx_count_distinct({quoted(c.name)}) AS d{k}, max(length({as_text(c)})) AS l{k}"
                for k, c in enumerate(plain)
            )
            listed = ", ".join(quoted(column.name) for column in plain)
            sql = f"SELECT {asked} FROM (SELECT {listed} FROM {self.table(name)} LIMIT {LABEL_ROWS})"
            told = self._rows(sql, [])[0] if plain else {}
            few = [c for k, c in enumerate(plain) if _few(c, told[f"d{k}"], told[f"l{k}"] or 0, config.rows)]
            self._labels[name] = few[:MOST_LABELLED]
        return self._labels[name]

    def facet(self, query: Query, name: str) -> list[tuple[Any, int]]:
        """The most frequent values of a column among the first rows that meet the other conditions, and how often each.

        Conditions on texts are looked at in the first rows alone: to find as many as that could take all of them.
        """
        config = self._config(query.config)
        column = config.column(name)
        if not column:
            raise InputError(f"there is no column {name[:80]!r}; there are: {names(config)}")
        others = tuple(one for one in query.filters if (one.column, one.operator) != (name, "is"))
        condition, values = where(config, replace(query, filters=others), self._judged(query.config))
        looked = f"(SELECT * FROM {numbered(config)} LIMIT {FACET_ROWS})" if query.slow else numbered(config)
        inner = f"SELECT {as_text(column)} AS v FROM {looked} {condition} LIMIT {FACET_ROWS}"
        sql = f"SELECT v, count(*) AS n FROM ({inner}) WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT {FACETS}"
        return [(row["v"], row["n"]) for row in self._rows(sql, values)]

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """What a query of our own gives; ``table`` names the tables."""
        return self._rows(sql, list(values))

    def table(self, name: str) -> str:
        """SQL for the rows of a config."""
        config = self._config(name)
        listed = ", ".join(quoted(column.name) for column in config.columns)
        condition = f" WHERE {config.condition}" if config.condition else ""
        return f"(SELECT {listed} FROM {source(config.files)}{condition})"

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _config(self, name: str) -> Config:
        if name not in self.configs:
            raise InputError(f"there is no config {name[:80]!r}; there are: {', '.join(self.configs) or 'none'}")
        return self.configs[name]

    def _made(self, shards: Config | None) -> dict[str, Config]:
        """What a run has made so far, accepted and rejected rows apart."""
        if not shards or not shards.column("check"):
            return {"data": shards} if shards else {}
        sql = f'SELECT count(*) AS n, count("check") AS r FROM {source(shards.files)}'
        told = self._rows(sql, [])[0]
        kept = replace(shards, rows=told["n"] - told["r"], condition='"check" IS NULL')
        return {
            "data": kept,
            "rejected": replace(shards, name="rejected", rows=told["r"], condition='"check" IS NOT NULL'),
        }

    def _judged(self, name: str) -> Judged:
        return lambda verdict: notes.judged(self.folder, name, (verdict,) if verdict else notes.SAID)

    def _described(self, sql: str) -> list[tuple[str, str]]:
        return [(row["column_name"], row["column_type"]) for row in self._rows(f"DESCRIBE {sql}", [])]

    def _fetched(self, config: Config, places: Sequence[Place], cells: Mapping[str, str]) -> list[dict[str, Any]]:
        """The rows at these places, in this order; what cannot be read in a row says so instead."""
        if not places:
            return []
        try:
            found = self._picked(config, places, cells)
        except InputError:
            found = self._picked(config, places, {})
            for name, sql in cells.items():
                for place, row in self._column(config, places, name, sql).items():
                    found[place][name] = row.get(name, UNREADABLE)
        order = {name: None for name in cells}
        return [{POSITION: config.position(*at), **order, **found[at]} for at in places if at in found]

    def _column(self, config: Config, places: Sequence[Place], name: str, sql: str) -> dict[Place, dict[str, Any]]:
        try:
            return self._picked(config, places, {name: sql})
        except InputError:
            return {place: {name: UNREADABLE} for place in places}

    def _picked(self, config: Config, places: Sequence[Place], cells: Mapping[str, str]) -> dict[Place, dict[str, Any]]:
        """Rows by place: neighbours in one go, others each for itself; no more is read than the groups they are in."""

        def alone(file: int) -> list[Path] | None:
            return None if config.shadowed else [config.files[file]]

        told = ", ".join([ROW, *(f"{sql} AS {quoted(name)}" for name, sql in cells.items())])
        parts = [
            f"SELECT {file} AS {FILE}, {told} FROM {numbered(config, alone(file))} "
            f"WHERE {ROW} BETWEEN {first} AND {last}"
            for file, first, last in _runs(places)
        ]
        rows = self._rows(" UNION ALL ".join(parts), [])
        return {(row.pop(FILE), row.pop(ROW)): row for row in rows}

    def _rows(self, sql: str, values: list[Any]) -> list[dict[str, Any]]:
        try:
            with self._database.cursor() as cursor:
                cursor.execute(sql, values)
                told = [part[0] for part in cursor.description or ()]
                return [dict(zip(told, row, strict=True)) for row in cursor.fetchall()]
        except (duckdb.Error, OverflowError, ValueError) as error:  # the last: a date that Python has none for
            raise InputError(f"cannot be read: {str(error).splitlines()[0][:500]}") from error


def _cell(column: Column) -> str:
    """SQL for what a table shows of a column."""
    if column.kind in ("number", "truth"):
        return quoted(column.name)
    return f"left({as_text(column)}, {LONGEST_CELL})"


def _value(column: Column) -> str:
    """SQL for all of a column; dates and bytes as text, for which not every machine has a Python type."""
    return as_text(column) if column.kind == "other" else quoted(column.name)


def _few(column: Column, distinct: int, longest: int, rows: int) -> bool:
    """Whether values are worth being offered: few, short, and most of them more than once."""
    if column.kind == "other" or column.type in ("FLOAT", "DOUBLE") or longest > LONGEST_LABEL:
        return False
    return 1 <= distinct <= LABELS and (column.kind == "truth" or 2 * distinct <= min(rows, LABEL_ROWS))


def _runs(places: Sequence[Place]) -> list[tuple[int, int, int]]:
    """File, first and last row of neighbours."""
    by_file: dict[int, list[int]] = defaultdict(list)
    for file, row in sorted(set(places)):
        by_file[file].append(row)
    runs: list[tuple[int, int, int]] = []
    for file, rows in by_file.items():
        for row in rows:
            if runs and runs[-1][0] == file and runs[-1][2] == row - 1:
                runs[-1] = (file, runs[-1][1], row)
            else:
                runs.append((file, row, row))
    return runs


def _seen(folder: Path) -> object:
    """What tells whether files came, went or changed."""
    files = [*folder.glob("*.parquet"), *folder.glob("*/*.parquet"), folder / "manifest.json"]
    return sorted((str(path), info.st_mtime_ns, info.st_size) for path in files if (info := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
