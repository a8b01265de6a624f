"""Criteria: which kinds of task there are, and which format an answer of each should have [Fan2024].

The paper writes formats for 46 kinds in ten groups; ours are 34, in our own words, 26 of them with a format.
"""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from porism.errors import InputError

LARGEST = 200  # kinds: all of them are shown in every request that asks for one


class Kind(BaseModel):
    """A kind of task.

    Attributes:
        name: of lower-case letters, digits and underscores.
        definition: what belongs to it, in one line.
        format: how an answer should look; empty where answers stay as they are.
        evidence: whether a passage that was found for the request helps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    definition: str = Field(min_length=1, max_length=300, pattern=r"^[^\n]*$")
    format: str = Field(default="", max_length=4000)
    evidence: bool = False


def load(path: Path | None = None) -> tuple[Kind, ...]:
    """The kinds of a TOML file with ``[[kind]]`` tables; by default those that come with the package.

    Raises:
        InputError: the file cannot be read, or says something else.
    """
    where = path or "criteria.toml"
    try:
        data = path.read_bytes() if path else (files("porism.generators.realign") / "criteria.toml").read_bytes()
        found = tomllib.loads(data.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"cannot read the criteria in {where}: {error}") from error
    tables = found.get("kind")
    if not isinstance(tables, list) or set(found) != {"kind"}:
        raise InputError(f"{where} holds no criteria; wanted are [[kind]] tables with name, definition and format")
    try:
        return distinct(tuple(Kind.model_validate(table) for table in tables))
    except ValidationError as error:
        raise InputError(f"{where} holds a kind that cannot be used: {_first(error)}") from error
    except ValueError as error:
        raise InputError(f"{where}: {error}") from error


def distinct(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The kinds, if there are some, not too many, and no two of one name.

    Raises:
        ValueError: it is not so.
    """
    if not 1 <= len(kinds) <= LARGEST:
        raise ValueError(f"there are {len(kinds)} kinds of task; 1 to {LARGEST} are wanted")
    names = [kind.name for kind in kinds]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"two kinds of task are called {twice[0]!r}")
    return kinds


def given(value: Any) -> Any:
    """Kinds as they are, or those of the file that a text or path names."""
    return load(Path(value)) if isinstance(value, str | Path) else value


def _first(error: ValidationError) -> str:
    one = error.errors()[0]
    return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
