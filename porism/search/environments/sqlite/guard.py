"""What a model may ask of a database: one SELECT, of known tables, with harmless functions and bounded work.

The work is bounded in instructions of SQLite's virtual machine and not in seconds, so that a query that stops here
stops on every machine, and a search can be replayed. What a query may contain is decided by SQLite's own authorizer,
which sees every table, column and function that the compiled statement uses, and not by reading the text.
"""

import sqlite3
from collections.abc import Set

INSTRUCTIONS = 1_000_000
"""A query may take this many instructions: some ten milliseconds."""
ROWS = 20
"""A query shows this many rows."""
QUERY = 8_000
"""A query has this many characters at most."""
TEXT = 4_000
"""An observation has this many characters."""

FUNCTION_NAMES = """
    abs avg coalesce count glob group_concat ifnull iif instr length like lower ltrim max min nullif replace round
    rtrim substr substring sum total trim typeof upper row_number rank dense_rank
"""
FUNCTIONS = frozenset(FUNCTION_NAMES.split())
"""Same arguments, same result: no clock, no chance, no files, no long strings out of nothing."""

LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COLUMN: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
}


class Refused(ValueError):
    """A query that does not run; the message is what the model reads."""


def limit(connection: sqlite3.Connection) -> None:
    """Bound what any statement on ``connection`` can make."""
    for name, most in LIMITS.items():
        connection.setlimit(name, most)


WRITES = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_REINDEX,
    )
)
"""What the statements of a task may do. A task may come from a file that somebody else wrote."""


def confine(connection: sqlite3.Connection) -> None:
    """Hold every statement from now on to tables in memory and to a hundred times the work of a query."""

    def authorize(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
        known = action in WRITES or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS)
        return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    connection.set_progress_handler(lambda: 1, 100 * INSTRUCTIONS)


def release(connection: sqlite3.Connection) -> None:
    """Take back what :func:`confine` does."""
    connection.set_progress_handler(None, 0)
    connection.set_authorizer(None)


def select(connection: sqlite3.Connection, tables: Set[str], sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """The columns and rows of a SELECT that someone else wrote, at most ``ROWS + 1`` rows.

    Raises:
        Refused: it is no single SELECT of these tables, it is wrong, or it takes too long.
    """
    if len(sql) > QUERY:
        raise Refused(f"a query has at most {QUERY:,} characters")
    denied: list[str] = []

    def authorize(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
        reason = _denial(action, first, second, tables)
        if reason:
            denied.append(reason)
        return sqlite3.SQLITE_DENY if reason else sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)
    connection.set_progress_handler(lambda: 1, INSTRUCTIONS)
    try:
        cursor = connection.execute(sql)
        columns = [each[0] for each in cursor.description or ()]
        rows = cursor.fetchmany(ROWS + 1)
        cursor.close()
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        raise Refused(_reason(error, denied)) from None
    finally:
        release(connection)
    if not columns:
        raise Refused("only SELECT queries run here; use the insert and update tools for changes")
    return columns, rows


def _denial(action: int, first: str | None, second: str | None, tables: Set[str]) -> str:
    """Why a part of a statement is not allowed; empty if it is."""
    if action == sqlite3.SQLITE_SELECT:
        return ""
    if action == sqlite3.SQLITE_READ:
        known = not first or first in tables or first in ("sqlite_master", "sqlite_schema")
        return (
            "" if known else f"only the tables {', '.join(sorted(tables))} can be read, and no query may be recursive"
        )
    if action == sqlite3.SQLITE_FUNCTION:
        return "" if (second or "").lower() in FUNCTIONS else f"function {second!r} is not available"
    if action == sqlite3.SQLITE_RECURSIVE:
        return "recursive queries are not available"
    return "only SELECT queries run here; use the insert and update tools for changes"


def _reason(error: Exception, denied: list[str]) -> str:
    if denied:
        return denied[0]
    if isinstance(error, sqlite3.OperationalError) and str(error) == "interrupted":
        return "the query takes too long"
    return str(error).replace("\n", " ") or type(error).__name__
