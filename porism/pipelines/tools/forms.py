"""The forms of the calls that a task's world allows, as JSON schemas that a server can hold a model to.

They say more than the tools' own schemas: a tool that works on a table has one form for each table, with its columns
and their types. No form limits the length of a text, which makes servers slow that compile schemas to grammars: with a
limit of 300 characters a reply of the embedded model took three times as long.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from porism.search.environments.sqlite.world import Column, Database
from porism.search.tools.tool import Tool
from porism.search.tools.world import World

TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}


class Form(NamedTuple):
    """A form of call: the tool's name, and the schema of its arguments."""

    tool: str
    arguments: dict[str, Any]


def forms(world: World) -> list[Form]:
    """All forms of the calls that can be made in a world."""
    return [form for tool in world.tools for form in _forms(tool, world)]


def closed(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    """The schema of an object with these members and no others."""
    wanted = list(required)
    return {"type": "object", "properties": dict(properties), "required": wanted, "additionalProperties": False}


def _forms(tool: Tool, world: World) -> Iterator[Form]:
    properties, required = tool.parameters.get("properties") or {}, tool.parameters.get("required") or ()
    if "$ref" in json.dumps(tool.parameters):
        yield Form(tool.name, {"type": "object"})  # a reference leads nowhere once its schema is part of another
    elif "table" in properties and isinstance(world, Database):
        for table, columns in world.schema.items():
            yield Form(tool.name, closed({**properties, **_of_table(tool.name, table, columns, properties)}, required))
    else:
        yield Form(tool.name, closed(properties, required))


def _of_table(tool: str, table: str, columns: Sequence[Column], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that depend on the table. A new row wants every column but the key; a change, whichever."""
    free = {column.name: {"type": TYPES[column.type]} for column in columns if not column.key}
    every = {column.name: {"type": TYPES[column.type]} for column in columns}
    told = {
        "table": {"enum": [table]},
        "values": closed(free, list(free) if tool == "insert" else ()),
        "where": closed(every, ()),
    }
    return {name: told[name] for name in properties if name in told}
