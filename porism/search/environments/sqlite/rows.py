"""The rows of a domain's tables, and the script that makes them."""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from random import Random

from porism.search.environments.sqlite.words import Column, Table, Value

ROWS = (8, 14)
"""How many rows a table with names has, at least and at most; one of events has twice as many."""


def literal(value: Value) -> str:
    """A value as SQL.

    >>> literal("O'Brien"), literal(12.5)
    ("'O''Brien'", '12.5')
    """
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def drawn(rng: Random, column: Column) -> Value:
    """A value that the column may have."""
    if column.pool:
        return rng.choice(column.pool)
    low, high, step = column.range
    number = low + step * rng.randint(0, round((high - low) / step))
    return round(float(number), 2) if column.kind == "REAL" else int(number)


@lru_cache
def titles(table: Table) -> list[str]:
    """Every title that a row of the table can have."""
    return [" ".join(words) for words in product(*table.parts)]


def script(rng: Random, tables: Sequence[Table]) -> str:
    """The tables with rows in them, as an SQL script."""
    counts: dict[str, int] = {}
    lines = []
    for table in tables:
        counts[table.name] = rng.randint(*ROWS) * (1 if table.title else 2)
        lines.append(declared(table))
        lines.append(f"INSERT INTO {table.name} VALUES\n{_rows(rng, table, counts)};")
    return "\n".join(lines)


def declared(table: Table) -> str:
    """The ``CREATE TABLE`` statement."""
    columns = ["id INTEGER PRIMARY KEY"]
    columns += [f"{table.title} TEXT NOT NULL UNIQUE"] * bool(table.title)
    columns += [f"{link.name} INTEGER NOT NULL REFERENCES {link.table}(id)" for link in table.links]
    columns += [f"{each.name} {each.kind} NOT NULL" for each in table.columns]
    return f"CREATE TABLE {table.name}({', '.join(columns)});"


def outlined(tables: Sequence[Table]) -> str:
    """The tables and their columns in a line, for a prompt."""
    return "; ".join(f"{each.name}({', '.join(names(each))})" for each in tables)


def names(table: Table) -> list[str]:
    """The names of the table's columns, in order."""
    titled = [table.title] if table.title else []
    return ["id", *titled, *(link.name for link in table.links), *(each.name for each in table.columns)]


def scalar(connection: sqlite3.Connection, sql: str) -> Value | None:
    """The first value that a query finds; None where it finds none."""
    row = connection.execute(sql).fetchone()
    found: Value | None = row[0] if row else None
    return found


def _rows(rng: Random, table: Table, counts: dict[str, int]) -> str:
    count = counts[table.name]
    named = rng.sample(titles(table), count) if table.title else []
    rows = []
    for i in range(count):
        values: list[Value] = [i + 1, *named[i : i + 1]]
        values += [rng.randint(1, counts[link.table]) for link in table.links]
        values += [drawn(rng, column) for column in table.columns]
        rows.append(f"({', '.join(map(literal, values))})")
    return ",\n".join(rows)
