r"""Tasks over a real SQLite database: look things up, join, count, add up, update and insert.

Task i is a pure function of a seed, i and the configuration. What a task asks is checked against the database: the
rows must be exactly those that the task's own statements make of the first ones, and the answer, if the task has a
question, must agree with what the question's query finds there. Which calls led there makes no difference.

>>> task = tasks(0, 6, Config(high=2))
>>> task.prompt.splitlines()[-1]
'Please raise the price of the product "Baker\'s Tray" by 1.'
>>> world = task.world()
>>> print(world.call(task.solution[0]).text)
{"columns": ["price"], "rows": [[16.5]]}
>>> world.solved(), world.call(task.solution[1]).text, world.solved()
(False, '{"rows_changed": 1}', True)
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from porism.search.environments.compose import Part, Steps, calls_in, chosen, texts, told
from porism.search.environments.sqlite.changes import CHANGES
from porism.search.environments.sqlite.domains import DOMAINS
from porism.search.environments.sqlite.questions import QUESTIONS, Scene
from porism.search.environments.sqlite.rows import outlined, script
from porism.search.environments.sqlite.words import Table
from porism.search.environments.sqlite.world import Database, goal_of, image_of
from porism.search.tools.calls import Call
from porism.seeds import stream

TRIES = 400  # draws of parts
SAME = 40  # draws from one database


@dataclass(frozen=True, slots=True)
class Config(Steps):
    """What tasks are like.

    Attributes:
        low, high: as in :class:`Steps`.
        outline: whether the prompt names the tables and their columns. Without that, they are to be found out with
            ``list_tables`` and ``describe_table``, and the task's own solution does so: two calls more, at least.

    Raises:
        ValueError: the steps are out of range, or too few to find the tables out.
    """

    outline: bool = True

    def __post_init__(self) -> None:
        Steps.__post_init__(self)
        if not self.outline and self.low < 3:
            raise ValueError(f"without an outline every task has 3 steps or more; low is {self.low}")


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        id: names it; the same seed, index and configuration give the same id and the same task.
        prompt: what the user asks.
        solution: calls that reach the goal.
        database: the SQL script that makes the database.
        effects: the SQL statements that say what the database must hold at the end.
        question: the query whose result at the end is the answer: one value, or one in each row; empty without one.
    """

    id: str
    prompt: str
    solution: tuple[Call, ...]
    database: str
    effects: tuple[str, ...] = ()
    question: str = ""

    def world(self) -> Database:
        """The database as the task finds it.

        Raises:
            ValueError: a statement of the task is wrong.
        """
        return Database(self.database, goal_of(self.database, self.effects, self.question))

    def to_json(self) -> dict[str, Any]:
        """The task as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Task":
        """The task back from its JSON object.

        Raises:
            ValueError: a part is missing, or is no such part.
        """
        name, prompt, database, question = texts(row, "id", "prompt", "database", "question")
        effects = row.get("effects")
        if not isinstance(effects, list | tuple) or not all(isinstance(each, str) for each in effects):
            raise ValueError("a task's 'effects' must be a list of SQL statements")
        return cls(name, prompt, calls_in(row), database, tuple(effects), question)


def tasks(seed: int, i: int, config: Config | None = None) -> Task:
    """Task ``i`` under a seed and a configuration.

    Raises:
        RuntimeError: no draw comes out even, which nobody has seen.
    """
    config = config or Config()
    length = stream(seed, "sqlite", i, "length").randint(config.low, config.high)
    for attempt in range(TRIES):
        database, story, tables = _database(seed, i, attempt // SAME)
        rng = stream(seed, "sqlite", i, "task", attempt)
        looks = 0 if config.outline else rng.randint(2, min(4, length - 1))
        parts = _parts(rng, tables, database, length - looks)
        looking = () if config.outline else _looking(tables, parts)
        if parts and len(looking) == looks:
            name = f"sqlite-{seed}-{i}-{config.low}-{config.high}{'' if config.outline else '-blind'}"
            effects = tuple(effect for part in parts for effect in part.effects)
            calls = (*looking, *(call for part in parts for call in part.calls))
            prompt = "\n".join([_opening(rng, story, tables, config), told(rng, parts)])
            return Task(name, prompt, calls, database, effects, parts[-1].question)
    raise RuntimeError(f"no task of {length} steps in {TRIES} draws for seed {seed}, i {i}")


def _database(seed: int, i: int, draw: int) -> tuple[str, str, tuple[Table, ...]]:
    """A script, what it is about, and its tables."""
    rng = stream(seed, "sqlite", i, "database", draw)
    story, tables = rng.choice(sorted(DOMAINS.items()))
    return script(rng, tables), story, tables


def _parts(rng: Random, tables: tuple[Table, ...], database: str, length: int) -> tuple[Part, ...]:
    """Parts with so many calls in all; none where the draw does not come out even."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(image_of(database))
        scene = Scene(rng, tables, connection)

        def change() -> Part | None:
            part = rng.choice(CHANGES)(scene)
            for effect in part.effects if part else ():
                connection.execute(effect)
            return part

        return chosen(rng, length, change, lambda: rng.choice(QUESTIONS)(scene))


def _looking(tables: Sequence[Table], parts: Sequence[Part]) -> tuple[Call, ...]:
    """The calls that find out what the parts must know of the database."""
    text = " ".join(call.arguments for part in parts for call in part.calls)
    used = [each.name for each in tables if re.search(rf"\b{each.name}\b", text)]
    return (Call.of("list_tables", {}), *(Call.of("describe_table", {"table": name}) for name in used))


def _opening(rng: Random, story: str, tables: Sequence[Table], config: Config) -> str:
    form = rng.choice(["This is the database of {}.", "You keep the records of {}.", "You work with the data of {}."])
    said = form.format(story)
    return f"{said} The tables are {outlined(tables)}." if config.outline else said
