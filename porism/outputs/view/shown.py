"""How rows are shown: which columns a table has, what a cell says, and how a whole row is laid out."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from porism.outputs.view.query import Query
from porism.outputs.view.store import POSITION, Column, Config

Row = Mapping[str, Any]
QUIET = ("id", "origin", "verdicts", "messages", "prompt", "completion", "raw", "theorem", "task", "key", "tools")
FIRST = ("check", "reason")  # of a rejected row
ADDRESS = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
MOST_COLUMNS = 8  # of a table, before the reader chooses
LONGEST = 50_000  # characters of a field on a row's page


@dataclass(frozen=True)
class Drawn:
    """A row drawn as what it is: sections, each a heading and finished HTML, and the command that makes it again."""

    sections: Sequence[tuple[str, Markup]]
    command: str = ""


Draw = Callable[[str, str, Row], Drawn | None]
"""From flow, config and row to its drawing, if there is one for it."""


def nothing(flow: str, config: str, row: Row) -> None:
    """Draws nothing."""


def columns(config: Config, chosen: Sequence[str] = ()) -> list[Column]:
    """The columns of a table: those that the reader chose, or else those that say something at a glance."""
    if found := [column for column in config.columns if column.name in chosen]:
        return found
    plain = [column for column in config.columns if column.kind != "nested" and column.name not in QUIET]
    plain.sort(key=lambda column: FIRST.index(column.name) if column.name in FIRST else len(FIRST))
    return plain[:MOST_COLUMNS] or list(config.columns[:MOST_COLUMNS])


def key(row: Row) -> str:
    """What a row's address ends with: its id, or its position where ids are numbers, or would be read as a path."""
    named = row.get("id")
    return named if isinstance(named, str) and ADDRESS.fullmatch(named) and not named.isdigit() else str(row[POSITION])


def address(dataset: str, query: Query, row: Row, rank: int) -> str:
    """Where a row is shown, as one of a query: at which rank, and where it stands."""
    told = "&".join(part for part in (query.to_parameters(), f"at={rank}", f"place={row[POSITION]}") if part)
    return f"/{quote(dataset)}/{quote(query.config)}/row/{quote(key(row))}?{told}"


def cell(value: Any, most: int = 160) -> str:
    """What a cell of a table says, in one line."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else f"{value:,}" if type(value) is int else as_text(value)
    text = " ".join(text[: 4 * most].split())
    return text if len(text) <= most else f"{text[:most]}…"


def as_text(value: Any) -> str:
    """A value as text: numbers shortly, nested ones as JSON."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    except (TypeError, ValueError, RecursionError):  # a map whose keys are no texts
        return str(value)


def fields(row: Row) -> list[tuple[str, str, int]]:
    """Name, text and number of characters left out of each field of a row."""
    told = [(name, as_text(value)) for name, value in row.items() if name != POSITION and value is not None]
    return [(name, text[:LONGEST], max(0, len(text) - LONGEST)) for name, text in told]
