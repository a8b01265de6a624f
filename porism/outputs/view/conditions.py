"""From what a reader wants of rows to SQL: names are quoted, what the reader says is only ever a parameter."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from porism.errors import InputError
from porism.outputs.view.query import JUDGED, Filter, Query
from porism.outputs.view.tables import FILE, ROW, Column, Config, quoted

SIGNS = {"is": "=", "not": "IS DISTINCT FROM", "from": ">=", "to": "<="}
MOST_WORDS = 20
LARGEST = 10**30  # numbers beyond are compared as halves are
SQL = tuple[str, list[object]]
Judged = Callable[[str], Collection[str]]
"""From a verdict to the keys of the rows that have it; from nothing to those that have one."""


def where(config: Config, query: Query, judged: Judged = lambda verdict: ()) -> SQL:
    """The condition of a config and a query, with ``WHERE``; nothing if there is none.

    Raises:
        InputError: there is no such column, or a value is not of the column's type.
    """
    parts: list[SQL] = [(config.condition, [])] if config.condition else []
    parts += _filters(config, query.filters, judged)
    parts += [_search(config, word) for word in query.search.split()[:MOST_WORDS]]
    if not parts:
        return "", []
    return "WHERE " + " AND ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]


def _filters(config: Config, filters: Sequence[Filter], judged: Judged) -> list[SQL]:
    """Conditions that all hold; those that say what one column is are one."""
    same: dict[str, list[SQL]] = defaultdict(list)
    rest: list[SQL] = []
    for one in filters:
        sql = _judged(config, one, judged) if one.column == JUDGED else _condition(config, one)
        (same[one.column] if one.operator == "is" else rest).append(sql)
    either = [
        (" OR ".join(sql for sql, _ in of), [value for _, values in of for value in values]) for of in same.values()
    ]
    return either + rest


def _search(config: Config, word: str) -> SQL:
    texts = [quoted(column.name) for column in config.columns if column.kind == "text"]
    return " OR ".join(f"contains(lower({name}), lower(?))" for name in texts) or "false", [word] * len(texts)


def _condition(config: Config, one: Filter) -> SQL:
    column = config.column(one.column)
    if not column:
        raise InputError(f"there is no column {one.column[:80]!r}; there are: {names(config)}")
    name, text = quoted(column.name), as_text(column)
    if one.operator in ("empty", "filled"):
        empty = f"{name} IS NULL OR {text} IN ('', '[]', '{{}}')"
        return (empty if one.operator == "empty" else f"NOT ({empty})"), []
    if one.operator in ("has", "lacks"):
        has = f"contains(lower({text}), lower(?))"
        return (has if one.operator == "has" else f"NOT coalesce({has}, false)"), [one.value]
    if column.kind == "number":
        return f"{name} {SIGNS[one.operator]} ?", [_number(column, one.value)]
    return f"{text} {SIGNS[one.operator]} ?", [one.value]


def _judged(config: Config, one: Filter, judged: Judged) -> SQL:
    """Rows by what the reader said of them: rows are named by their ids, or by their positions."""
    if one.operator not in ("is", "not", "empty", "filled"):
        raise InputError(f"a verdict is something or is not, but it does not {one.operator!r} anything")
    keys = sorted(judged(one.value if one.operator in ("is", "not") else ""))
    places = [place for key in keys if key.isdigit() and (place := config.place(int(key)))]
    named = "false"
    values: list[object] = []
    if config.column("id"):
        named, values = 'coalesce(list_contains(?::VARCHAR[], CAST("id" AS VARCHAR)), false)', [keys]
    at = " OR ".join(f"({FILE} = {file} AND {ROW} = {row})" for file, row in places) or "false"
    said = f"{named} OR {at}"
    return (said if one.operator in ("is", "filled") else f"NOT ({said})"), values


def as_text(column: Column) -> str:
    """SQL for a column's text."""
    name = quoted(column.name)
    return name if column.kind == "text" else f"CAST({name} AS VARCHAR)"


def names(config: Config) -> str:
    """The columns of a config, for a message."""
    return ", ".join(column.name[:80] for column in config.columns[:30])


def _number(column: Column, text: str) -> int | float:
    plain = text.strip().replace(",", "").replace("_", "")
    try:
        number = Decimal(plain)
        return int(number) if abs(number) < LARGEST and number == number.to_integral_value() else float(number)
    except ArithmeticError:  # no number, one of a thousand digits, or one that signals when it is compared
        raise InputError(f"{text[:80]!r} is not a number, as {column.name[:80]} wants it") from None
