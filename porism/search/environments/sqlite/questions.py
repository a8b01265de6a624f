"""Questions about a database, each with the query that answers it."""

import sqlite3
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from porism.search.environments.compose import Part
from porism.search.environments.sqlite.rows import literal, scalar
from porism.search.environments.sqlite.words import Column, Link, Table
from porism.search.tools.calls import Call


class Scene(NamedTuple):
    """What a part is drawn from: the tables, and the database as the parts before have left it."""

    rng: Random
    tables: tuple[Table, ...]
    connection: sqlite3.Connection

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(each for each in self.tables if each.name == name)

    def named(self) -> Table:
        """Some table whose rows have titles."""
        return self.rng.choice([each for each in self.tables if each.title])

    def title(self, table: Table) -> str:
        """The title of some row."""
        rows = self.connection.execute(f"SELECT {table.title} FROM {table.name} ORDER BY id").fetchall()
        return str(self.rng.choice(rows)[0])

    def linked(self) -> tuple[Table, Link]:
        """Some table that refers to another, and how."""
        return self.rng.choice([(table, link) for table in self.tables for link in table.links])


Question = Callable[[Scene], Part | None]


def called(table: Table, title: str) -> str:
    """A row in a sentence.

    >>> from porism.search.environments.sqlite.domains import SHOP
    >>> called(SHOP[0], "Ada Weber"), called(SHOP[1], "Red Lamp")
    ('Ada Weber', 'the product "Red Lamp"')
    """
    return title if table.person else f'the {table.one} "{title}"'


def numbers(table: Table) -> list[Column]:
    """The columns with numbers."""
    return [each for each in table.columns if not each.pool]


def choices(table: Table) -> list[Column]:
    """The columns whose values make groups of rows."""
    return [each for each in table.columns if each.having]


def asked(scene: Scene, said: str, sql: str) -> Part | None:
    """The question with its query, if that has a clear answer: one value, or two to six."""
    found = [row[0] for row in scene.connection.execute(sql).fetchmany(7)]
    if not 1 <= len(found) <= 6 or found[0] is None:
        return None
    value = found if len(found) > 1 else found[0]
    calls = (Call.of("query", {"sql": sql}), Call.of("answer", {"value": value}))
    return Part(said, calls, question=sql)


def value_of(scene: Scene) -> Part | None:
    """What is the price of the product "Red Lamp"?"""
    table = scene.named()
    column, title = scene.rng.choice(table.columns), scene.title(table)
    sql = f"SELECT {column.name} FROM {table.name} WHERE {table.title} = {literal(title)}"
    form = scene.rng.choice(["what is the {} of {}?", "which {} is recorded for {}?"])
    return asked(scene, form.format(column.said, called(table, title)), sql)


def how_many(scene: Scene) -> Part | None:
    """How many products are there in the toys category?"""
    table = scene.rng.choice([each for each in scene.tables if choices(each)])
    column = scene.rng.choice(choices(table))
    value = scene.rng.choice(column.pool)
    sql = f"SELECT COUNT(*) FROM {table.name} WHERE {column.name} = {literal(value)}"
    form = scene.rng.choice(["how many {} {} are there?", "what is the number of {} {}?"])
    return asked(scene, form.format(table.many, column.having.format(value)), sql)


def how_many_beyond(scene: Scene) -> Part | None:
    """How many products have a price above 20?"""
    table = scene.rng.choice([each for each in scene.tables if numbers(each)])
    column = scene.rng.choice(numbers(table))
    low, high, _ = column.range
    bound = int(low + (high - low) * scene.rng.choice([0.25, 0.4, 0.5, 0.6, 0.75]))
    word, sign = scene.rng.choice([("above", ">"), ("below", "<"), ("of at least", ">="), ("of at most", "<=")])
    sql = f"SELECT COUNT(*) FROM {table.name} WHERE {column.name} {sign} {bound}"
    article = "an" if column.said[0] in "aeiou" else "a"
    return asked(scene, f"how many {table.many} have {article} {column.said} {word} {bound}?", sql)


def the_most(scene: Scene) -> Part | None:
    """Which product has the highest price?"""
    table = scene.rng.choice([each for each in scene.tables if each.title and numbers(each)])
    column = scene.rng.choice(numbers(table))
    word, order, function = scene.rng.choice([("highest", "DESC", "MAX"), ("lowest", "ASC", "MIN")])
    ties = (
        f"SELECT COUNT(*) FROM {table.name} WHERE {column.name} = (SELECT {function}({column.name}) FROM {table.name})"
    )
    if scalar(scene.connection, ties) != 1:
        return None
    sql = f"SELECT {table.title} FROM {table.name} ORDER BY {column.name} {order} LIMIT 1"
    return asked(scene, f"which {table.one} has the {word} {column.said}?", sql)


def altogether(scene: Scene) -> Part | None:
    """What is the average price of the products in the toys category, rounded to two decimals?"""
    table = scene.rng.choice([each for each in scene.tables if numbers(each) and choices(each)])
    column, group = scene.rng.choice(numbers(table)), scene.rng.choice(choices(table))
    value = scene.rng.choice(group.pool)
    word, form = scene.rng.choice([("average", "ROUND(AVG({}), 2)"), ("highest", "MAX({})"), ("lowest", "MIN({})")])
    match = f"FROM {table.name} WHERE {group.name} = {literal(value)}"
    rows = scalar(scene.connection, f"SELECT COUNT(*) {match}")
    if not isinstance(rows, int) or rows < 2 or (word == "average" and not column.adds):
        return None
    rounded = ", rounded to two decimals" if word == "average" else ""
    said = f"what is the {word} {column.said} of the {table.many} {group.having.format(value)}{rounded}?"
    return asked(scene, said, f"SELECT {form.format(column.name)} {match}")


def how_many_of(scene: Scene) -> Part | None:
    """How many orders placed by Ada Weber are there?"""
    table, link = scene.linked()
    other = scene.table(link.table)
    title = scene.title(other)
    sql = (
        f"SELECT COUNT(*) FROM {table.name} JOIN {other.name} ON {other.name}.id = {table.name}.{link.name} "
        f"WHERE {other.name}.{other.title} = {literal(title)}"
    )
    return asked(scene, f"how many {table.many} {link.by.format(called(other, title))} are there?", sql)


def all_of(scene: Scene) -> Part | None:
    """List the titles of the books in the poetry genre."""
    table = scene.rng.choice([each for each in scene.tables if each.title and choices(each)])
    column = scene.rng.choice(choices(table))
    value = scene.rng.choice(column.pool)
    sql = f"SELECT {table.title} FROM {table.name} WHERE {column.name} = {literal(value)} ORDER BY {table.title}"
    form = scene.rng.choice(["which {0} {1} are there? Give each {2}.", "what is the {2} of each of the {0} {1}?"])
    return asked(scene, form.format(table.many, column.having.format(value), table.title), sql)


def who_has_most(scene: Scene) -> Part | None:
    """Which customer has the most orders?"""
    table, link = scene.linked()
    other = scene.table(link.table)
    counts = f"SELECT COUNT(*) FROM {table.name} GROUP BY {link.name} ORDER BY COUNT(*) DESC LIMIT 2"
    counted = scene.connection.execute(counts).fetchall()
    if len(set(counted)) < 2:  # a tie
        return None
    sql = (
        f"SELECT {other.name}.{other.title} FROM {table.name} JOIN {other.name} ON {other.name}.id = "
        f"{table.name}.{link.name} GROUP BY {other.name}.id ORDER BY COUNT(*) DESC LIMIT 1"
    )
    return asked(scene, f"which {other.one} has the most {table.many}?", sql)


def who_has_none(scene: Scene) -> Part | None:
    """Which members have no loans?"""
    table, link = scene.linked()
    other = scene.table(link.table)
    sql = (
        f"SELECT {other.title} FROM {other.name} WHERE id NOT IN (SELECT {link.name} FROM {table.name}) "
        f"ORDER BY {other.title}"
    )
    return asked(scene, f"which {other.many} have no {table.many}? Give each {other.title}.", sql)


def sum_of(scene: Scene) -> Part | None:
    """What do the quantities of the orders placed by customers from Oslo add up to?"""
    table, link = scene.linked()
    other = scene.table(link.table)
    columns = [each for each in numbers(table) if each.adds]
    if not columns or not choices(other):
        return None
    column, group = scene.rng.choice(columns), scene.rng.choice(choices(other))
    value = scene.rng.choice(group.pool)
    form = "ROUND(SUM({}), 2)" if column.kind == "REAL" else "SUM({})"
    sql = (
        f"SELECT {form.format(f'{table.name}.{column.name}')} FROM {table.name} JOIN {other.name} ON "
        f"{other.name}.id = {table.name}.{link.name} WHERE {other.name}.{group.name} = {literal(value)}"
    )
    those = link.by.format(f"{other.many} {group.having.format(value)}")
    return asked(scene, f"what is the sum of the {column.said} over all {table.many} {those}?", sql)


QUESTIONS: tuple[Question, ...] = (
    value_of, how_many, how_many_beyond, the_most, altogether, how_many_of, all_of, who_has_most, who_has_none, sum_of,
)  # fmt: skip
