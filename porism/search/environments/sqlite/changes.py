"""Changes of a database, each with the statement that says what it comes to."""

from collections.abc import Callable, Mapping
from typing import Any

from porism.search.environments.compose import Part
from porism.search.environments.sqlite.questions import Scene, called, choices, numbers
from porism.search.environments.sqlite.rows import drawn, literal, names, scalar, titles
from porism.search.environments.sqlite.words import Column, Table, Value, plain
from porism.search.tools.calls import Call

Change = Callable[[Scene], Part | None]


def free(table: Table) -> list[Column]:
    """The columns that a task may change."""
    return [each for each in table.columns if not each.fixed]


def fresh(scene: Scene, column: Column, old: Value | None) -> Value | None:
    """A value that is not ``old``."""
    value = drawn(scene.rng, column)
    return None if value == old else value


def update(table: Table, values: Mapping[str, Value], where: Mapping[str, Value]) -> Call:
    """The call that updates rows."""
    return Call.of("update", {"table": table.name, "values": dict(values), "where": dict(where)})


def lookup(sql: str) -> Call:
    """The call that queries."""
    return Call.of("query", {"sql": sql})


def set_value(scene: Scene) -> Part | None:
    """Change the price of the product "Red Lamp" to 12.5."""
    table = scene.named()
    column, title = scene.rng.choice(free(table)), scene.title(table)
    match = f"{table.title} = {literal(title)}"
    value = fresh(scene, column, scalar(scene.connection, f"SELECT {column.name} FROM {table.name} WHERE {match}"))
    if value is None:
        return None
    form = scene.rng.choice(["change the {} of {} to {}", "set the {} of {} to {}", "correct the {} of {} to {}"])
    return Part(
        form.format(column.said, called(table, title), plain(value)),
        (update(table, {column.name: value}, {table.title: title}),),
        (f"UPDATE {table.name} SET {column.name} = {literal(value)} WHERE {match}",),
        touched=table.name,
    )


def raise_value(scene: Scene) -> Part | None:
    """Raise the stock of the product "Red Lamp" by 10."""
    table = scene.named()
    columns = [each for each in numbers(table) if each.adds and not each.fixed]
    if not columns:
        return None
    column, title = scene.rng.choice(columns), scene.title(table)
    match = f"{table.title} = {literal(title)}"
    sql = f"SELECT {column.name} FROM {table.name} WHERE {match}"
    old = scalar(scene.connection, sql)
    by = column.range[2] * scene.rng.randint(1, 8)
    if not isinstance(old, int | float):
        return None
    word, new = scene.rng.choice([("raise", old + by), ("lower", old - by)])
    if new < 0:
        return None
    value: Value = round(new, 2) if column.kind == "REAL" else int(new)
    return Part(
        f"{word} the {column.said} of {called(table, title)} by {by:g}",
        (lookup(sql), update(table, {column.name: value}, {table.title: title})),
        (f"UPDATE {table.name} SET {column.name} = {literal(value)} WHERE {match}",),
        touched=table.name,
    )


def set_extreme(scene: Scene) -> Part | None:
    """Find the product with the lowest stock and change its category to garden."""
    table = scene.named()
    if not numbers(table):
        return None
    by, column = scene.rng.choice(numbers(table)), scene.rng.choice(free(table))
    if by is column:
        return None
    word, function, order = scene.rng.choice([("highest", "MAX", "DESC"), ("lowest", "MIN", "ASC")])
    extreme = f"{by.name} = (SELECT {function}({by.name}) FROM {table.name})"
    rows = scene.connection.execute(f"SELECT {table.title}, {column.name} FROM {table.name} WHERE {extreme}").fetchall()
    value = fresh(scene, column, rows[0][1])
    if len(rows) > 1 or value is None:
        return None
    sql = f"SELECT {table.title} FROM {table.name} ORDER BY {by.name} {order} LIMIT 1"
    form = scene.rng.choice(
        ["find the {0} with the {1} {2} and set its {3} to {4}", "change the {3} of the {0} with the {1} {2} to {4}"]
    )
    if table.person:
        form = form.replace("its", "their")
    return Part(
        form.format(table.one, word, by.said, column.said, plain(value)),
        (lookup(sql), update(table, {column.name: value}, {table.title: rows[0][0]})),
        (f"UPDATE {table.name} SET {column.name} = {literal(value)} WHERE {extreme}",),
        touched=table.name,
    )


def set_group(scene: Scene) -> Part | None:
    """Set the stock of all products in the toys category to 0."""
    table = scene.rng.choice([each for each in scene.tables if choices(each)])
    group = scene.rng.choice(choices(table))
    columns = [each for each in free(table) if each is not group]
    if not columns:
        return None
    column, old = scene.rng.choice(columns), scene.rng.choice(group.pool)
    value = drawn(scene.rng, column)
    match = f"{group.name} = {literal(old)}"
    if not _differing(scene, table, column, value, match):
        return None
    form = scene.rng.choice(["set the {} of all {} {} to {}", "change the {} of every one of the {} {} to {}"])
    return Part(
        form.format(column.said, table.many, group.having.format(old), plain(value)),
        (update(table, {column.name: value}, {group.name: old}),),
        (f"UPDATE {table.name} SET {column.name} = {literal(value)} WHERE {match}",),
        touched=table.name,
    )


def set_linked(scene: Scene) -> Part | None:
    """Set the status of all orders placed by Ada Weber to shipped."""
    table, link = scene.linked()
    other, column = scene.table(link.table), scene.rng.choice(free(table))
    title, value = scene.title(other), drawn(scene.rng, column)
    sql = f"SELECT id FROM {other.name} WHERE {other.title} = {literal(title)}"
    if not _differing(scene, table, column, value, f"{link.name} = ({sql})"):
        return None
    key = scalar(scene.connection, sql)
    assert key is not None
    return Part(
        f"set the {column.said} of all {table.many} {link.by.format(called(other, title))} to {plain(value)}",
        (lookup(sql), update(table, {column.name: value}, {link.name: key})),
        (f"UPDATE {table.name} SET {column.name} = {literal(value)} WHERE {link.name} = ({sql})",),
        touched=table.name,
    )


def add_row(scene: Scene) -> Part | None:
    """Add a new order: its customer is Ada Weber, its product "Red Lamp", its quantity 2, its status open."""
    table = scene.rng.choice(scene.tables)
    values: dict[str, Any] = {}
    said, calls, sources = [], [], []
    if table.title:
        taken = {row[0] for row in scene.connection.execute(f"SELECT {table.title} FROM {table.name}")}
        values[table.title] = scene.rng.choice([each for each in titles(table) if each not in taken])
        sources.append(literal(values[table.title]))
    for link in table.links:
        other = scene.table(link.table)
        title = scene.title(other)
        sql = f"SELECT id FROM {other.name} WHERE {other.title} = {literal(title)}"
        values[link.name] = scalar(scene.connection, sql)
        said.append(f"the {other.one} is {_short(other, title)}")
        calls.append(lookup(sql))
        sources.append(f"({sql})")
    for column in table.columns:
        values[column.name] = drawn(scene.rng, column)
        said.append(f"the {column.said} is {plain(values[column.name])}")
        sources.append(literal(values[column.name]))
    name = f" {_short(table, values[table.title])}" if table.title else ""
    return Part(
        f"add a new {table.one}{name}: {', '.join(said[:-1])} and {said[-1]}",
        (*calls, Call.of("insert", {"table": table.name, "values": values})),
        (f"INSERT INTO {table.name}({', '.join(names(table)[1:])}) VALUES ({', '.join(sources)})",),
        touched=table.name,
    )


CHANGES: tuple[Change, ...] = (set_value, raise_value, set_extreme, set_group, set_linked, add_row)


def _short(table: Table, title: str) -> str:
    """A row where the sentence says already what it is."""
    return title if table.person else f'"{title}"'


def _differing(scene: Scene, table: Table, column: Column, value: Value, match: str) -> bool:
    """Whether setting the value changes anything."""
    sql = f"SELECT COUNT(*) FROM {table.name} WHERE {match} AND {column.name} <> {literal(value)}"
    return bool(scalar(scene.connection, sql))
