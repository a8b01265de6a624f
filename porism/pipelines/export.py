"""``porism export``: the rows of a finished dataset in the format of a trainer.

Most formats follow from the columns (``outputs.export``), steps and preferences of theorems from the searches in them.
What a verifier needs follows from the flow: the world of a task for tool calls, the problem for theorems with auxiliary
points, the voted answer for instructions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.generators.method import FLOW as INSTRUCT
from porism.outputs.export import FORMATS, Shape, shape, written
from porism.outputs.export.shapes import Made, Row
from porism.outputs.export.writing import check_writable
from porism.outputs.layout import MESSAGES
from porism.outputs.publish import file_rows, parquet_files, read_manifest, reading, row_count, split_in
from porism.outputs.splits import SPLITS, TRAIN
from porism.outputs.view.notes import Note, latest
from porism.pipelines import verifiers
from porism.pipelines.auxiliary import exports
from porism.pipelines.geometry import FLOW as GEOMETRY
from porism.pipelines.tools.rows import FLOW as TOOLS

NOTES = ("keep", "not-rejected")


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        out: the file or folder.
        rows: by split, without splits that had none.
        format: of the rows.
        left_out: rows of the dataset that the notes kept out.
    """

    out: Path
    rows: Mapping[str, int]
    format: str
    left_out: int = 0


def export(
    folder: Path, format: str, out: Path, *, split: str = "", notes: str = "", columns: Sequence[str] = ()
) -> Exported:
    """Write the rows of a dataset as a trainer reads them.

    Args:
        folder: a finished dataset.
        format: one of ``FORMATS``.
        out: as :func:`porism.outputs.export.written` takes it.
        split: the one that is written; by default that of training for a file, and each of its own for a folder.
        notes: ``keep``: rows that a reader said to keep; ``not-rejected``: those that no reader rejected; else all.
        columns: of the dataset, which come along.

    Raises:
        InputError: the dataset cannot give the format, an argument is wrong, or nothing is left.
    """
    manifest = read_manifest(folder)
    check_writable(out)
    if folder.resolve() in out.resolve().parents:
        raise InputError(f"--out is {out}, inside the dataset; choose a place outside of it")
    parts = schemas(folder)
    how = shaped(folder, str(manifest.get("flow")), format, parts)
    there = parts[how.part]
    if missing := [name for name in columns if name not in there.names]:
        raise InputError(f"{folder} has no column {missing[0]!r} in {how.part}; there are: {', '.join(there.names)}")
    extra = [name for name in columns if name not in how.schema.names]
    schema = pa.schema([*how.schema, *(there.field(name) for name in extra)])
    chosen = _Chosen(folder, how.part, notes)
    reads = list(dict.fromkeys([*how.reads, *extra, *(name for name in chosen.reads if name in there.names)]))
    rows = {
        one: _rows(how, chosen.rows(one, reads), extra) for one in _splits(folder, how.part, split, bool(out.suffix))
    }
    counts = written(
        out, schema, rows, f"{folder} has no row that {NOTHING.get(format, 'can be exported')}{NOTED[notes]}"
    )
    return Exported(out, {one: found for one, found in counts.items() if found}, format, chosen.left_out)


def schemas(folder: Path) -> dict[str, pa.Schema]:
    """The columns of each config of a dataset, by its folder."""
    found = {}
    for part in sorted({path.parent.name for path in folder.glob("*/*.parquet")} - {"work", "rejected"}):
        if "." not in part:
            with reading(path := parquet_files(folder, part)[0]):
                found[part] = pq.read_schema(path)
    return found


def shaped(folder: Path, flow: str, format: str, parts: Mapping[str, pa.Schema]) -> Shape:
    """How this dataset gives the format.

    Raises:
        InputError: it cannot; says which formats it can give.
    """
    if format not in FORMATS:
        raise InputError(f"there is no format {format!r}; there are: {', '.join(FORMATS)}")
    found = {name: _found(flow, name, parts) for name in FORMATS}
    how = found[format]
    if how is None:
        can = ", ".join(name for name, one in found.items() if one) or "none"
        raise InputError(f"{folder} cannot be exported as {format} ({WANTED[format]}); formats that it can give: {can}")
    return how


def _found(flow: str, format: str, parts: Mapping[str, pa.Schema]) -> Shape | None:
    return verified(flow, parts) if format == "rlvr" else shape(format, parts) or exports.shape(format, parts)


WANTED = {
    "sft": "which wants a column of messages, or instruction and output",
    "prompt-completion": "which wants messages, prompt and completion, or instruction and output",
    "preference": "which wants a config with prompt, chosen and rejected",
    "unpaired": "which wants a config with prompt, completion and label",
    "steps": "which wants the steps of a search tree",
    "rlvr": "which wants what can be verified: theorems, tool calls, or answers that were voted on",
}


NOTHING = {"rlvr": "can be verified: theorems need auxiliary points, and answers a vote"}
NOTED = {"": "", "keep": ", of those that notes say to keep", "not-rejected": ", of those that no note rejects"}


def _splits(folder: Path, part: str, split: str, one_file: bool) -> list[str]:
    """The splits to be written."""
    there = list(dict.fromkeys(split_in(path) for path in parquet_files(folder, part) if row_count(path)))
    wanted = split or (TRAIN if one_file else "")
    if split and split not in SPLITS:
        raise InputError(f"there is no split {split!r}; the splits are: {', '.join(SPLITS)}")
    if wanted and wanted not in there:
        named = ", ".join(there) or "none with rows"
        raise InputError(f"{folder} has no rows in split {wanted}; choose with --split one that it has: {named}")
    return [wanted] if wanted else there


def _rows(how: Shape, rows: Iterable[Row], extra: Sequence[str]) -> Iterator[dict[str, Any]]:
    for made, row in how.make(rows):
        yield made | {name: row[name] for name in extra}


class _Chosen:
    """The rows of a config that the notes of a reader let through.

    A note on a row is one on all that was drawn from it.

    Attributes:
        left_out: how many were not let through so far.
    """

    def __init__(self, folder: Path, part: str, notes: str) -> None:
        if notes and notes not in NOTES:
            raise InputError(f"--notes is {notes!r}; it wants one of: {', '.join(NOTES)}")
        self._folder, self._part, self._which = folder, part, notes
        self._notes: Mapping[tuple[str, str], Note] = latest(folder) if notes else {}
        self.left_out = 0

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that are needed to choose."""
        return ("id", "origin") if self._which else ()

    def rows(self, split: str, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of a split."""
        position = 0
        for path in parquet_files(self._folder, self._part):
            if split_in(path) != split:
                position += row_count(path)
                continue
            for row in file_rows(path, list(columns)):
                if not self._which or self._passes(row, position):
                    yield row
                else:
                    self.left_out += 1
                position += 1

    def _passes(self, row: Row, position: int) -> bool:
        said = set(self._said(row, position))
        return "keep" in said - {"reject"} if self._which == "keep" else "reject" not in said

    def _said(self, row: Row, position: int) -> Iterator[str]:
        """The verdicts on the row, and on those that it was drawn from."""
        places = [(self._part, str(row.get("id"))), (self._part, str(position))]
        if self._part != "data":
            places += [("data", parent) for parent in (row.get("origin") or {}).get("parents") or ()]
        return (self._notes[place].verdict for place in places if place in self._notes)


# What can be verified


def verified(flow: str, parts: Mapping[str, pa.Schema]) -> Shape | None:
    """How a dataset of this flow gives prompts with what a verifier needs; None where it cannot."""
    there = parts.get("data", pa.schema([]))
    for name, reads, make in (
        (GEOMETRY, ("problem", "auxiliary"), _theorems),
        (TOOLS, ("request", "environment", "task", "tools"), _calls),
        (INSTRUCT, ("messages", "votes", "output"), _answers),
    ):
        if flow == name and set(reads) <= set(there.names):
            columns = {"prompt": MESSAGES, "task": pa.string()}
            more = {name: pa.string() for name in ("tools", "environment") if name in reads}
            return Shape("data", reads, pa.schema(list((columns | more).items())), make)
    return None


def _theorems(rows: Iterable[Row]) -> Made:
    """The theorems that need auxiliary points: which ones is the question."""
    for row in rows:
        if row["auxiliary"]:
            task = verifiers.geometry_task(row["problem"])
            yield {"prompt": _user(verifiers.geometry_prompt(row["problem"])), "task": task}, row


def _calls(rows: Iterable[Row]) -> Made:
    """The requests, each with its world."""
    for row in rows:
        task = verifiers.tools_task(row["environment"], row["task"])
        told = {"tools": row["tools"], "environment": row["environment"]}
        yield {"prompt": _user(row["request"]), "task": task, **told}, row


def _answers(rows: Iterable[Row]) -> Made:
    """The rows whose short answer was voted on."""
    for row in rows:
        turns = [{name: turn[name] for name in ("role", "content")} for turn in row["messages"] or ()]
        if row["votes"] and row["output"] and turns[:-1]:
            asked = {**turns[-2], "content": f"{turns[-2]['content']}\n\n{verifiers.ANSWERING}"}
            yield {"prompt": [*turns[:-2], asked], "task": verifiers.answer_task(row["output"])}, row


def _user(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]
