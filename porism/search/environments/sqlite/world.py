"""A database in memory with the tools to ask and change it.

The world goes back to an earlier moment by keeping SQLite's image of the database (``serialize``) and loading it again
(``deserialize``). Measured for 75 rows in three tables: 0.2 us to keep, 4 us to load, and an image is shared by all
moments between two writes. A savepoint with its rollback took 5 us, can only go back along one path, and hides its
changes from ``serialize``; so undoing is done with images, too.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from porism.search.environments.answers import CLOSED, Answer, agree
from porism.search.environments.sqlite import guard
from porism.search.environments.sqlite.guard import Refused
from porism.search.environments.sqlite.tools import database_tools
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool, run_call
from porism.search.tools.world import Remembered

MOST = 100  # values of an answer


class Moment(NamedTuple):
    """What a world is at one moment: the database as SQLite stores it, the answer, and whether there is one."""

    image: bytes
    answer: Any = None
    answered: bool = False


class Column(NamedTuple):
    """A column as SQLite declares it; ``references`` is ``"table.column"`` or empty."""

    name: str
    type: str
    key: bool
    references: str


class Goal(NamedTuple):
    """What must hold at the end: what is in the database, and the answer; None where nothing was asked."""

    contents: str
    answer: Answer | None


class Database(Remembered[Moment]):
    """A world: a small SQLite database. It can keep and restore moments, and undo.

    Nothing outside of it is reachable: it lives in memory, cannot attach files or load extensions, and what a model
    writes as SQL is held to single bounded SELECTs (:mod:`.guard`). Names of tables and columns in the other
    tools are looked up in the schema, and values are bound.
    """

    def __init__(self, script: str, goal: Goal) -> None:
        """The database that ``script`` makes, and what is to be reached."""
        self._connection = _connect()
        self._connection.deserialize(image_of(script))
        self._connection.execute("PRAGMA foreign_keys = ON")
        super().__init__(Moment(self._connection.serialize()))
        self._goal, self._contents = goal, ""
        self.schema = schema(self._connection)
        self.tools: Sequence[Tool] = database_tools(self)

    def call(self, call: Call) -> Observation:
        """Run a call, whatever a model wrote in it."""
        self._remember()
        if self._now.answered:
            return Observation(CLOSED, "refused")
        return run_call(self.tools, call)

    def solved(self) -> bool:
        """Whether the database holds what it should and the question, if there is one, is answered."""
        if (self._goal.answer is not None) != self._now.answered:
            return False
        if self._goal.answer is not None and not agree(self._now.answer, self._goal.answer):
            return False
        return self._read() == self._goal.contents

    def digest(self) -> str:
        """What is here now, in 32 hexadecimal digits: rows and answer, however they came about."""
        text = f"{self._read()} {self._now.answered} {self._now.answer!r}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def keep(self, answer: Any) -> None:
        """Keep the answer, which ends the task."""
        self._now = self._now._replace(answer=answer, answered=True)

    def select(self, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        """Columns and rows of a query that a model wrote; :class:`Refused` says why not."""
        return guard.select(self._connection, self.schema.keys(), sql)

    def write(self, sql: str, values: Sequence[object]) -> tuple[int, int]:
        """Change the database with our own SQL and bound values: rows changed, and the id of a row inserted.

        Raises:
            Refused: a rule of the database forbids it; then nothing has changed.
        """
        try:
            cursor = self._connection.execute(sql, values)
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise Refused(str(error)) from None
        self._now = self._now._replace(image=self._connection.serialize())
        self._contents = ""
        return cursor.rowcount, cursor.lastrowid or 0

    def _load(self, moment: Moment) -> None:
        if moment.image is not self._now.image:
            self._connection.deserialize(moment.image)
            self._contents = ""
        self._now = moment

    def _read(self) -> str:
        if not self._contents:
            self._contents = contents(self._connection, self.schema)
        return self._contents


def schema(connection: sqlite3.Connection) -> dict[str, tuple[Column, ...]]:
    """The tables and their columns, in the order of the script."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: tuple(_columns(connection, name)) for name in names}


def contents(connection: sqlite3.Connection, tables: Mapping[str, object]) -> str:
    """Every row of every table, as text; equal texts are equal contents."""
    read = ((name, connection.execute(f"SELECT * FROM {quoted(name)}")) for name in tables)
    return "\n".join(f"{name} {sorted(map(repr, rows))}" for name, rows in read)


def quoted(name: str) -> str:
    """A table's or column's name as SQL.

    >>> quoted("order")
    '"order"'
    """
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=64)  # a search that branches by replaying makes the same world again and again
def image_of(script: str) -> bytes:
    """The database that a script makes, as SQLite stores it.

    Raises:
        ValueError: the script is no SQL, or tries to reach outside of the database.
    """
    connection = _connect()
    try:
        connection.execute("PRAGMA page_size = 1024")  # small tables: smaller images
        guard.confine(connection)
        connection.executescript(script)
        guard.release(connection)  # what follows looks at the page count
        return connection.serialize()
    except (sqlite3.Error, UnicodeError) as error:
        raise ValueError(f"the task's database cannot be made: {error}") from None
    finally:
        connection.close()


@lru_cache(maxsize=256)
def goal_of(script: str, effects: tuple[str, ...], question: str) -> Goal:
    """What the statements make of the script's database, and what the question's query finds there.

    Raises:
        ValueError: one of them is wrong, or the question has no answer.
    """
    connection = _connect()
    try:
        connection.deserialize(image_of(script))
        tables = schema(connection)
        guard.confine(connection)
        for effect in effects:
            connection.execute(effect)
        rows = connection.execute(question).fetchmany(MOST) if question else []
        if question and not rows:
            raise ValueError("the task's question has no answer")
        found = tuple(row[0] for row in rows)
        return Goal(contents(connection, tables), (found if len(found) > 1 else found[0]) if found else None)
    except (sqlite3.Error, sqlite3.Warning, UnicodeError) as error:
        raise ValueError(f"the task's goal cannot be computed: {error}") from None
    finally:
        connection.close()


def _connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=32)
    guard.limit(connection)
    return connection


def _columns(connection: sqlite3.Connection, table: str) -> list[Column]:
    links = {row[3]: f"{row[2]}.{row[4]}" for row in connection.execute(f"PRAGMA foreign_key_list({quoted(table)})")}
    described = connection.execute(f"PRAGMA table_info({quoted(table)})")
    return [Column(row[1], row[2], bool(row[5]), links.get(row[1], "")) for row in described]
