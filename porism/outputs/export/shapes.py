"""From the rows of a dataset to those of a trainer: which format which columns can give, and how.

A format is found by the names and types of columns and not by the flow, so a dataset that was deduplicated, or brought
along, can give whatever its columns allow.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

import pyarrow as pa

from porism.outputs.layout import MESSAGES

Row = Mapping[str, Any]
Turn = Mapping[str, Any]
Made: TypeAlias = Iterator[tuple[dict[str, Any], Row]]
"""Rows for a trainer, each with the row it was made of."""

FORMATS = ("sft", "prompt-completion", "preference", "unpaired", "steps", "rlvr")
TOOLS = "tools"  # a column of JSON text, which trainers want beside every conversation with calls


@dataclass(frozen=True)
class Shape:
    """How the rows of one config become those of a format.

    Attributes:
        part: the folder whose rows they are, such as ``data``.
        reads: the columns that are needed.
        schema: of what is made.
        make: the rows of a trainer from those of the dataset, in order; some may give none, or several.
    """

    part: str
    reads: tuple[str, ...]
    schema: pa.Schema
    make: Callable[[Iterable[Row]], Made]


def shape(format: str, parts: Mapping[str, pa.Schema]) -> Shape | None:
    """How a dataset gives a format; None where it cannot, and always for ``rlvr``, which is of the flow.

    Args:
        format: one of ``FORMATS``.
        parts: the columns of each config, by its folder.
    """
    finders: Mapping[str, Callable[[Mapping[str, pa.Schema]], Shape | None]] = {
        "sft": _sft,
        "prompt-completion": _prompt_completion,
        "preference": _preference,
        "unpaired": _unpaired,
        "steps": _steps,
    }
    return finders[format](parts) if format in finders else None


# Which columns


def _sft(parts: Mapping[str, pa.Schema]) -> Shape | None:
    there = parts.get("data", pa.schema([]))
    if _turns(there, "messages"):
        return _shape("data", there, ("messages",), {"messages": "messages"}, conversations)
    if _texts(there, "instruction", "output"):
        reads = ("instruction", *_those(there, "input"), "output")
        return Shape("data", reads, pa.schema([("messages", MESSAGES)]), answered)
    return None


def _prompt_completion(parts: Mapping[str, pa.Schema]) -> Shape | None:
    there = parts.get("data", pa.schema([]))
    if _texts(there, "prompt", "completion"):
        return Shape("data", ("prompt", "completion"), pa.schema([(n, pa.string()) for n in PAIR]), texts)
    if _turns(there, "messages"):
        return _shape("data", there, ("messages",), {"prompt": "messages", "completion": "messages"}, replies)
    if _texts(there, "instruction", "output"):
        reads = ("instruction", *_those(there, "input"), "output")
        made = pa.schema([(name, MESSAGES) for name in PAIR])
        return Shape("data", reads, made, lambda rows: _split(answered(rows)))
    return None


def _preference(parts: Mapping[str, pa.Schema]) -> Shape | None:
    names = ("prompt", "chosen", "rejected")
    for part in ("preferences", "data"):
        there = parts.get(part, pa.schema([]))
        if _turns(there, *names) or _texts(there, *names):
            return _shape(part, there, names, {name: name for name in names}, as_they_are(names))
    return None


def _unpaired(parts: Mapping[str, pa.Schema]) -> Shape | None:
    names = ("prompt", "completion", "label")
    for part in ("steps", "data"):
        there = parts.get(part, pa.schema([]))
        if (_turns(there, *PAIR) or _texts(there, *PAIR)) and _type(there, "label") == pa.bool_():
            return _shape(part, there, names, {name: name for name in names}, as_they_are(names))
    return None


def _steps(parts: Mapping[str, pa.Schema]) -> Shape | None:
    there = parts.get("steps", pa.schema([]))
    if not (_turns(there, *PAIR) and _type(there, "label") == pa.bool_() and "origin" in there.names):
        return None
    return Shape("steps", (*PAIR, "label", "origin"), STEPWISE, stepwise)


PAIR = ("prompt", "completion")
STEPWISE = pa.schema(
    [("prompt", pa.string()), ("completions", pa.list_(pa.string())), ("labels", pa.list_(pa.bool_()))]
)


def _shape(
    part: str,
    there: pa.Schema,
    reads: tuple[str, ...],
    types: Mapping[str, str],
    make: Callable[[Iterable[Row]], Made],
) -> Shape:
    """A shape whose columns have the types of those they are made of; the tools come along if there are any."""
    tools = _those(there, TOOLS) if _texts(there, TOOLS) else ()
    made = [(name, there.field(source).type) for name, source in types.items()]
    return Shape(part, (*reads, *tools), pa.schema([*made, *((name, pa.string()) for name in tools)]), make)


def _those(there: pa.Schema, *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name in there.names)


def _type(there: pa.Schema, name: str) -> pa.DataType | None:
    return there.field(name).type if there.names.count(name) == 1 else None


def _texts(there: pa.Schema, *names: str) -> bool:
    return all(_type(there, name) in (pa.string(), pa.large_string()) for name in names)


def _turns(there: pa.Schema, *names: str) -> bool:
    """Whether these columns are lists of messages."""
    for name in names:
        kind = _type(there, name)
        if kind is None or not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            return False
        if not pa.types.is_struct(kind.value_type) or not {"role", "content"} <= {
            each.name for each in kind.value_type
        }:
            return False
    return True


# How they are made


def conversations(rows: Iterable[Row]) -> Made:
    """Whole conversations."""
    for row in rows:
        if row["messages"]:
            yield {"messages": row["messages"], **_tools(row)}, row


def replies(rows: Iterable[Row]) -> Made:
    """Each turn of the assistant after all that came before it: what is learnt is what the assistant says."""
    for row in rows:
        turns = row["messages"] or []
        for k, turn in enumerate(turns):
            if k and turn["role"] == "assistant":
                yield {"prompt": turns[:k], "completion": [turn], **_tools(row)}, row


def texts(rows: Iterable[Row]) -> Made:
    """Prompt and completion as texts; the completion begins with a space where the prompt does not end in one."""
    for row in rows:
        prompt, completion = row["prompt"], row["completion"]
        if prompt and completion:
            gap = "" if prompt[-1].isspace() or completion[0].isspace() else " "
            yield {"prompt": prompt, "completion": gap + completion}, row


def answered(rows: Iterable[Row]) -> Made:
    """Instruction, input and output as a conversation."""
    for row in rows:
        if row["instruction"] and row["output"]:
            asked = "\n\n".join(filter(None, (row["instruction"], row.get("input"))))
            turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]}]
            yield {"messages": turns}, row


def _split(made: Made) -> Made:
    """Conversations of two turns as prompt and completion."""
    for one, row in made:
        yield {"prompt": one["messages"][:1], "completion": one["messages"][1:]}, row


def as_they_are(names: tuple[str, ...]) -> Callable[[Iterable[Row]], Made]:
    """The columns themselves, of rows that have them all."""

    def made(rows: Iterable[Row]) -> Made:
        for row in rows:
            if all(row[name] or row[name] is False for name in names):
                yield {name: row[name] for name in names} | _tools(row), row

    return made


def _tools(row: Row) -> dict[str, str]:
    return {TOOLS: row[TOOLS]} if TOOLS in row else {}


def stepwise(rows: Iterable[Row]) -> Made:
    """The longest ways through each tree: the request, the calls in order, and for each whether it leads to a goal.

    Rows of one tree follow each other. What a call gave stands before the next call, so that a step is judged by what
    was known when it was taken.
    """
    for _, tree in groupby(rows, key=lambda row: row["origin"]["parents"]):
        by_path = {_path(row): row for row in tree}
        inner = {path[:k] for path in by_path for k in range(1, len(path))}
        for path, row in by_path.items():
            way = [by_path.get(path[: k + 1]) for k in range(len(path))]
            if path in inner or not path or None in way:
                continue
            labels = [one["label"] for one in way if one]
            yield {"prompt": _asked(row), "completions": list(_said(row)), "labels": labels}, row


def _path(row: Row) -> tuple[str, ...]:
    """The calls up to the one that a row is about, as texts."""
    return tuple(_call(turn) for turn in (*row["prompt"], *row["completion"]) if turn["role"] == "assistant")


def _asked(row: Row) -> str:
    """What stands before the first call."""
    before = []
    for turn in row["prompt"]:
        if turn["role"] == "assistant":
            break
        before.append(turn["content"] or "")
    return "\n\n".join(before)


def _said(row: Row) -> Iterator[str]:
    """The steps as texts."""
    results: list[str] = []
    for turn in (*row["prompt"], *row["completion"]):
        if turn["role"] == "assistant":
            yield "\n".join([*results, _call(turn)])
            results = []
        elif turn["role"] == "tool":
            results.append(f"Result: {turn['content'] or ''}")


def _call(turn: Turn) -> str:
    """A turn of the assistant as text."""
    calls = [each["function"] for each in turn.get("tool_calls") or ()]
    said = [turn["content"]] if turn["content"] else []
    return "\n".join([*said, *(f"Call: {each['name']}({each['arguments']})" for each in calls)])
