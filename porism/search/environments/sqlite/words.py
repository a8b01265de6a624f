"""Tables with the words that people use for them: what :mod:`.domains` is written in."""

from typing import Literal, NamedTuple

Value = str | int | float


class Column(NamedTuple):
    """A column.

    Attributes:
        name: in SQL.
        kind: its type in SQL.
        said: its name in a sentence: the ``price``.
        pool: the values that it takes, for a text.
        range: lowest, highest and step of its values, for a number.
        having: how rows with a value are called, after the plural: products ``in the {} category``.
        fixed: whether no task changes it.
        adds: whether sums, averages and raises make sense of it; a room's number has none.
    """

    name: str
    kind: Literal["TEXT", "INTEGER", "REAL"]
    said: str
    pool: tuple[str, ...] = ()
    range: tuple[float, float, float] = (0, 0, 1)
    having: str = ""
    fixed: bool = False
    adds: bool = True


class Link(NamedTuple):
    """A column that refers to another table; ``by`` says how, after the plural: orders ``placed by {}``."""

    name: str
    table: str
    by: str


class Table(NamedTuple):
    """A table.

    Attributes:
        name: in SQL.
        one, many: what a row is, and what rows are.
        columns, links: beside the ``id``.
        title: the column that names a row; empty for events, which have no name.
        parts: words of a title, one of each group, joined by spaces.
        person: whether titles are names of people and need no quotes.
    """

    name: str
    one: str
    many: str
    columns: tuple[Column, ...]
    links: tuple[Link, ...] = ()
    title: str = ""
    parts: tuple[tuple[str, ...], ...] = ()
    person: bool = False


FIRST_NAMES = """
    Ada Ben Carla Dmitri Elena Femi Grace Hugo Ines Jonas Kaya Leo Mira Noah Olga Pablo Quinn Rosa Sami Tara Umar Vera
    Wen Yara Zoe Anton Bella Chen Dara Emil
"""
LAST_NAMES = """
    Abbott Brandt Castro Dunn Engel Fischer Garcia Haddad Ivanova Jensen Keller Lopez Moreau Nakamura O'Brien Petrov
    Quist Rossi Silva Tanaka Ueda Vogel Weber Xu Young Zhang D'Angelo Okafor Lindqvist Mbeki
"""
FIRST, LAST = tuple(FIRST_NAMES.split()), tuple(LAST_NAMES.split())
CITIES = ("Lisbon", "Leeds", "Turin", "Ghent", "Oslo", "Porto", "Graz", "Cork")
COUNTRIES = ("Italy", "Japan", "Kenya", "Norway", "Chile", "Spain", "Canada")
DAYS = tuple(f"2024-{month:02}-{day:02}" for month in (3, 4, 5) for day in (2, 9, 14, 21, 27))


def people(name: str, one: str, many: str, *columns: Column) -> Table:
    """Rows that are people."""
    return Table(name, one, many, columns, title="name", parts=(FIRST, LAST), person=True)


def choice(name: str, said: str, having: str, *pool: str) -> Column:
    """A text out of a few."""
    return Column(name, "TEXT", said, pool, having=having)


def whole(name: str, said: str, low: int, high: int, step: int = 1, fixed: bool = False, adds: bool = True) -> Column:
    """A whole number."""
    return Column(name, "INTEGER", said, range=(low, high, step), fixed=fixed, adds=adds)


def money(name: str, said: str, low: float, high: float) -> Column:
    """An amount of money."""
    return Column(name, "REAL", said, range=(low, high, 0.25))


def plain(value: Value) -> str:
    """A value as people write it.

    >>> plain(12.0), plain(12.5), plain("open")
    ('12', '12.5', 'open')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
