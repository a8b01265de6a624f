"""The tools of a database: look at the schema, query, insert, update, answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from porism.search.environments.answers import answer_tool, reader, schema_of
from porism.search.environments.sqlite.guard import ROWS, TEXT, Refused
from porism.search.tools.calls import Observation
from porism.search.tools.tool import Tool

if TYPE_CHECKING:
    from porism.search.environments.sqlite.world import Column, Database

TYPES: dict[str, tuple[type, ...]] = {"TEXT": (str,), "INTEGER": (int,), "REAL": (int, float)}


def database_tools(world: "Database") -> tuple[Tool, ...]:
    """The tools, working on ``world``."""
    return (
        _tool("list_tables", lambda: _list_tables(world), read_only=True),
        _tool("describe_table", lambda table: _describe(world, table), read_only=True),
        _tool("query", lambda sql: _query(world, sql), read_only=True),
        _tool("insert", lambda table, values: _insert(world, table, values), destructive=False),
        _tool("update", lambda table, values, where: _update(world, table, values, where), idempotent=True),
        answer_tool(world.keep),
    )


def _list_tables(world: "Database") -> Any:
    return {"tables": list(world.schema)}


def _describe(world: "Database", table: str) -> Any:
    return {"table": table, "columns": [_described(each) for each in _columns(world, table)]}


def _described(column: "Column") -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "type": column.type}
    if column.key:
        said["primary_key"] = True
    if column.references:
        said["references"] = column.references
    return said


def _query(world: "Database", sql: str) -> Any:
    columns, rows = world.select(sql)
    shown: dict[str, Any] = {"columns": columns, "rows": rows[:ROWS]}
    if len(rows) > ROWS:
        shown["note"] = f"only the first {ROWS} rows are shown"
    return shown


def _insert(world: "Database", table: str, values: Mapping[str, Any]) -> Any:
    columns = _columns(world, table)
    _checked(table, columns, values)
    key = [each.name for each in columns if each.key]
    if set(key) & set(values):
        raise Refused(f"the database gives {key[0]!r} itself; leave it out")
    missing = [each.name for each in columns if not each.key and each.name not in values]
    if missing:
        raise Refused(f"a value is missing for {', '.join(missing)}")
    marks = ", ".join("?" for _ in values)
    _, row = world.write(f"INSERT INTO {_q(table)} ({', '.join(map(_q, values))}) VALUES ({marks})", [*values.values()])
    return {"id": row}


def _update(world: "Database", table: str, values: Mapping[str, Any], where: Mapping[str, Any]) -> Any:
    columns = _columns(world, table)
    _checked(table, columns, values)
    _checked(table, columns, where)
    if not values or not where:
        raise Refused("name at least one column to change in 'values', and one to find the rows by in 'where'")
    if any(each.key and each.name in values for each in columns):
        raise Refused("the primary key cannot be changed")
    change, match = (", ".join(f"{_q(name)} = ?" for name in values), " AND ".join(f"{_q(name)} = ?" for name in where))
    bound = [*values.values(), *where.values()]
    changed, _ = world.write(f"UPDATE {_q(table)} SET {change} WHERE {match}", bound)
    if not changed:
        raise Refused(f"no row of {table} has {', '.join(f'{name} = {value!r}' for name, value in where.items())}")
    return {"rows_changed": changed}


def _columns(world: "Database", table: str) -> Sequence["Column"]:
    if table not in world.schema:
        raise Refused(f"no table {table[:64]!r}; the tables are {', '.join(world.schema)}")
    return world.schema[table]


def _checked(table: str, columns: Sequence["Column"], values: Mapping[str, Any]) -> None:
    types = {each.name: each.type for each in columns}
    for name, value in values.items():
        if name not in types:
            raise Refused(f"no column {name[:64]!r} in {table}; its columns are {', '.join(types)}")
        if isinstance(value, bool) or not isinstance(value, TYPES[types[name]]):
            raise Refused(f"column {name!r} of {table} holds {types[name]}, not {value!r}"[:200])


def _q(name: str) -> str:
    return f'"{name}"'  # a name from the schema, never one that a model wrote


def _tool(
    name: str,
    run: Callable[..., Any],
    *,
    read_only: bool = False,
    idempotent: bool = False,
    destructive: bool = True,
) -> Tool:
    def told(**values: Any) -> Any:
        try:
            return run(**values)
        except Refused as error:
            return Observation(f"{name}: {error}", "failed")

    description, properties = DESCRIPTIONS[name]
    parameters = schema_of(properties)
    return Tool(
        name, description, parameters, told, read_only, idempotent, destructive,
        timeout=None, longest=TEXT, parse=reader(parameters),
    )  # fmt: skip


TABLE = {"type": "string", "description": "Name of a table."}
DESCRIPTIONS: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "list_tables": ("The names of all tables in the database.", {}),
    "describe_table": ("The columns of a table, with their types and what they refer to.", {"table": TABLE}),
    "query": (
        f"Run one SQL SELECT (SQLite) and read its result, at most {ROWS} rows.",
        {"sql": {"type": "string", "description": "A single SELECT statement."}},
    ),
    "insert": (
        "Add one row to a table. The id is chosen by the database and returned.",
        {"table": TABLE, "values": {"type": "object", "description": "A value for every column but the id."}},
    ),
    "update": (
        "Change the rows of a table that match.",
        {
            "table": TABLE,
            "values": {"type": "object", "description": "The columns to change, with their new values."},
            "where": {"type": "object", "description": "The columns that a row must match, with their values."},
        },
    ),
}
