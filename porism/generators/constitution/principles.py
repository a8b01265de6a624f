"""Principles: what is asked of an answer. A set of ours comes with the package; any other is a file of the same form.

[Bai2022] has 16 principles, about harm; ours are also about honesty and plain quality.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tomllib import loads
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from porism.errors import InputError
from porism.outputs.folder import read_config

NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST = 4_000  # characters of a text of a principle
WANTED = "a principle is a table [name] with the texts rule, critique, revision and comparison, and may have examples"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]


class Example(BaseModel):
    """A worked example.

    Attributes:
        request: what a user asked.
        answer: what was answered.
        critique: what falls short of the principle in it.
        revision: the better answer; empty where nothing falls short.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request: Text
    answer: Text
    critique: Text
    revision: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)] = ""


class Principle(BaseModel):
    """What is asked of an answer.

    Attributes:
        rule: the principle in one sentence.
        critique: what is asked of whoever looks for faults.
        revision: what is asked of whoever rewrites the answer.
        comparison: what is asked of whoever chooses between two answers.
        examples: worked examples of critique and revision under it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Text
    critique: Text
    revision: Text
    comparison: Text
    examples: tuple[Example, ...] = ()


@lru_cache(maxsize=1)
def packaged() -> Mapping[str, Principle]:
    """The principles that come with the package, by name."""
    text = (files("porism.generators.constitution") / "principles.toml").read_text(encoding="utf-8")
    return _read(loads(text), "principles.toml")


def load(path: Path) -> dict[str, Principle]:
    """The principles of a file, by name, in the file's order.

    Raises:
        InputError: the file cannot be read, is not TOML, or a table in it is not a principle.
    """
    return _read(read_config(path), str(path))


def _read(tables: Mapping[str, Any], where: str) -> dict[str, Principle]:
    if not tables:
        raise InputError(f"{where} holds no principles; {WANTED}")
    return {name: _principle(name, table, where) for name, table in tables.items()}


def _principle(name: str, table: Any, where: str) -> Principle:
    if not isinstance(table, dict):
        raise InputError(f"{where}: {name!r} is not a table; {WANTED}")
    try:
        return Principle.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, (name, *first["loc"])))
        raise InputError(f"{where}: {place}: {first['msg']}; {WANTED}") from None


def _resolved(value: Any) -> Any:
    """The name of a file as what it holds, so that the texts themselves are in the configuration of a run."""
    return load(Path(value)) if isinstance(value, str | Path) else value


Principles = Annotated[
    Mapping[Annotated[str, Field(pattern=NAME)], Principle], BeforeValidator(_resolved), Field(min_length=1)
]
