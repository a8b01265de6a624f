"""Long-term memory: plans that worked, to learn from in later searches [Zhuang2024]."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from porism.search.packed import LONGEST, By, Packed, Plan

if TYPE_CHECKING:
    import sqlite3

__all__ = ["LONGEST", "By", "Memory", "Mode", "Packed", "Plan"]

Mode = Literal["cold", "frozen", "growing"]


class Memory:
    """Plans that worked, the newest ``limit`` of them, in a SQLite file or in this process alone.

    What was remembered survives the process, however it ends. Several processes may read and write one file.

    >>> memory = Memory(limit=2)
    >>> [memory.remember(plan) for plan in (["find", "save"], ["open"], ["find", "open"])]
    [True, True, True]
    >>> memory.plans()
    (('open',), ('find', 'open'))
    """

    def __init__(self, path: str | Path | None = None, *, limit: int = 100, mode: Mode = "growing") -> None:
        """Open a memory.

        Args:
            path: a SQLite file, made if ``mode`` is growing; None to keep the plans in this process.
            limit: how many plans to keep, >= 1; the oldest go first.
            mode: ``"growing"`` learns from what is solved; ``"frozen"`` uses what is there and learns nothing, so
                that no task helps another; ``"cold"`` neither uses nor learns.

        Raises:
            ValueError: an argument is out of range, or the file cannot be read or is not a memory.
        """
        if limit < 1:
            raise ValueError(f"a memory needs limit >= 1, got {limit}; to do without one, use mode='cold'")
        if mode not in ("cold", "frozen", "growing"):
            raise ValueError(f"the mode of a memory is cold, frozen or growing, not {mode!r}")
        self._path, self._limit, self._mode = None if path is None else Path(path), limit, mode
        self._kept: dict[Plan, None] = {}
        if self._path is not None and mode == "growing":
            with _database(self._path, "rwc") as database:
                _prepare(database)
        self.plans()

    def remember(self, plan: Iterable[object]) -> bool:
        """Keep a plan, as the newest if it was known; when this returns, it is on the disk.

        Args:
            plan: its actions, kept as text.

        Returns:
            Whether it was kept: not by a cold or frozen memory, nor if it has no step or more than ``LONGEST``.
        """
        words = tuple(map(str, plan))
        if self._mode != "growing" or not 1 <= len(words) <= LONGEST:
            return False
        if self._path is None:
            self._kept.pop(words, None)
            self._kept[words] = None
            self._kept = dict.fromkeys(list(self._kept)[-self._limit :])
            return True
        steps = json.dumps(words)
        with _database(self._path, "rw") as database, database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM plans WHERE steps = ?", (steps,))
            database.execute("INSERT INTO plans (steps) VALUES (?)", (steps,))
            database.execute(
                "DELETE FROM plans WHERE id NOT IN (SELECT id FROM plans ORDER BY id DESC LIMIT ?)", (self._limit,)
            )
        return True

    def plans(self) -> tuple[Plan, ...]:
        """What is remembered, the oldest first."""
        if self._mode == "cold" or self._path is None:
            return tuple(self._kept)
        if self._mode == "frozen" and not self._path.exists():
            raise ValueError(f"there is no memory at {self._path}; mode='growing' makes one")
        with _database(self._path, "ro") as database:
            rows = database.execute("SELECT steps FROM plans ORDER BY id DESC LIMIT ?", (self._limit,)).fetchall()
        return tuple(tuple(json.loads(steps)) for (steps,) in reversed(rows))

    def frozen(self, by: By = "names") -> Packed:
        """The plans as they are now, ready for the costs; later ones do not change it."""
        return Packed(self.plans(), by)


@contextmanager
def _database(path: Path, access: Literal["ro", "rw", "rwc"]) -> "Iterator[sqlite3.Connection]":
    """A connection for one read or one write: threads and forks need not share any."""
    import sqlite3

    try:
        uri = f"{path.absolute().as_uri()}?mode={access}"
        with closing(sqlite3.connect(uri, uri=True, timeout=60, isolation_level=None)) as database:
            yield database
    except sqlite3.Error as error:
        raise ValueError(f"cannot use {path} as a memory of plans: {error}") from error


def _prepare(database: "sqlite3.Connection") -> None:
    """Make the table, unless the file belongs to somebody else."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if not tables:
            database.execute("CREATE TABLE plans (id INTEGER PRIMARY KEY AUTOINCREMENT, steps TEXT UNIQUE NOT NULL)")
        elif "plans" not in tables:
            raise ValueError(f"this database is no memory of plans: it has the tables {', '.join(tables)}")
