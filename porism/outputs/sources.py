"""Any instruction dataset as rows, and each row as tasks: JSON lines, JSON arrays, Parquet, or a folder of them.

Nothing is held but a thousand rows of Parquet, or one row of JSON. What a row means is read from the names of its
columns (``items``): Alpaca's, those of Self-Instruct's seed tasks, prompts with completions, questions with answers,
conversations, and plain text.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.json_rows import json_rows
from porism.outputs.publish import BATCH, file_hash, parquet_files, reading
from porism.outputs.records import storable

JSON = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
ENDINGS = (*JSON, ".parquet")
NOT_ROWS = ("manifest.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")
LONGEST_NAME = 200  # characters of an id that serves as a name
WANTED = (
    "instruction (with input and output, or instances), prompt (with completion or response), "
    "question (with answer), messages, conversations or text"
)
BLOCK = 32 << 20  # bytes of a block of rows, about, where rows are so long that a thousand are more
Row = dict[str, Any]
Block: TypeAlias = list[Row] | pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Item:
    """One task of an instruction dataset, as text.

    Attributes:
        name: of its row, see ``name``; with the place of the instance behind it where a row has several: ``row 17.2``.
        instruction: what is asked.
        input: what it is asked about; often empty.
        output: the answer; empty where there is none.
    """

    name: str
    instruction: str
    input: str
    output: str


def files(path: Path) -> list[Path]:
    """The files that a path stands for: itself, a dataset's in ``data/``, or those that lie in a folder.

    Raises:
        InputError: there is nothing, or nothing that can be read.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if not path.is_dir():
        if not path.name.endswith(ENDINGS):
            raise InputError(f"{path} cannot be read: its name must end in one of {', '.join(ENDINGS)}")
        return [path]
    found = parquet_files(path) or _lying_in(path) or _lying_in(path / "data")
    if not found:
        raise InputError(f"{path} holds no rows: no file in it or in data/ ends in one of {', '.join(ENDINGS)}")
    return found


def _lying_in(folder: Path) -> list[Path]:
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in there
        if path.name.endswith(ENDINGS) and path.is_file() and path.name[0] != "." and path.name not in NOT_ROWS
    ]


def read(path: Path) -> Iterator[Row]:
    """The rows of a file or folder, in order, with text that UTF-8 can hold.

    Raises:
        InputError: there are none, or a file or row cannot be read; names the file and the line.
    """
    for block in blocks(path):
        yield from plain(block) if isinstance(block, pa.RecordBatch) else block


def blocks(path: Path) -> Iterator[Block]:
    """The rows of a file or folder, a thousand or 32 MB at a time: as Arrow has them, if they are Parquet.

    Raises:
        InputError: as ``read`` does.
    """
    some = False
    for file in files(path):
        for block in _arrow(file) if file.name.endswith(".parquet") else _json(file):
            some = True
            yield block
    if not some:
        raise InputError(f"{path} is empty: there are no rows in it")


def plain(batch: pa.RecordBatch) -> list[Row]:
    """The rows of a batch as Python values."""
    return [{name: storable(value) for name, value in row.items()} for row in batch.to_pylist()]


def _arrow(path: Path) -> Iterator[pa.RecordBatch]:
    with reading(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_batch(file.metadata)):
            try:
                batch.validate(full=True)
            except pa.ArrowInvalid as error:
                raise InputError(f"{path} holds a column that is damaged: {str(error).splitlines()[0]}") from error
            if batch.num_rows:
                yield batch


def _batch(metadata: pq.FileMetaData) -> int:
    """How many rows of a Parquet file to hold at once, from 1."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    largest = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=1)
    return min(BATCH, max(1, BLOCK // max(1, largest)))


def _json(path: Path) -> Iterator[list[Row]]:
    block: list[Row] = []
    held = 0
    for row in json_rows(path):
        block.append(row)
        held += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(block) == BATCH or held >= BLOCK:
            yield block
            block, held = [], 0
    if block:
        yield block


def digest(paths: Sequence[Path]) -> str:
    """A hash of the content of all files that the paths stand for, in hexadecimal; their names do not matter.

    Raises:
        InputError: a path stands for nothing.
    """
    hashes = [file_hash(file) for path in paths for file in files(path)]
    return sha256("".join(hashes).encode()).hexdigest()


def name(row: Mapping[str, Any], number: int) -> str:
    """What a row is called: its own ``id``, if that is a number or a short text, else by its place counted from 0.

    >>> name({"id": "seed_task_0"}, 17), name({"id": 5}, 17), name({"text": "no id"}, 17)
    ('seed_task_0', '5', 'row 17')
    """
    own = row.get("id")
    if isinstance(own, str) and own.strip() and len(own) <= LONGEST_NAME:
        return own
    numbered = isinstance(own, int | float) and not isinstance(own, bool) and own == own  # not NaN: pandas' nothing
    return str(own) if numbered else f"row {number}"


def tasks(path: Path) -> Iterator[Item]:
    """All tasks of a file or folder.

    Raises:
        InputError: as ``read``, or a row has no column that says what its task is.
    """
    for number, row in enumerate(read(path)):
        called = name(row, number)
        found = items(row, called)
        if not found:
            raise InputError(f"{path}, {called}: {no_task(row)}")
        yield from found


def no_task(row: Mapping[str, Any]) -> str:
    """Why ``items`` finds none, for the message of an error."""
    there = ", ".join(map(str, list(row)[:20])) or "none"
    return f"no column says what its task is; there are: {there[:500]}; wanted: {WANTED}"


def items(row: Mapping[str, Any], name: str) -> list[Item]:
    """The tasks of a row: one, several where it has ``instances``, none where no column is known.

    Of a conversation the first turn of the user and the last of the assistant; what a system turn says is left out.

    >>> items({"question": "2+2?", "answer": 4}, "row 0")
    [Item(name='row 0', instruction='2+2?', input='', output='4')]
    """
    there = [column for column in _READERS if row.get(column) is not None] or [c for c in _READERS if c in row]
    return _READERS[there[0]](row, name) if there else []


def as_text(value: Any) -> str:
    """A value as a reader would write it: text as it is, nothing for null, anything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _of_instruction(row: Mapping[str, Any], name: str) -> list[Item]:
    asked = as_text(row.get("instruction"))
    instances = row.get("instances")
    if not isinstance(instances, list):
        return [Item(name, asked, _first(row, "input", "context"), _first(row, *_OUTPUTS))]
    found = [instance for instance in instances if isinstance(instance, Mapping)] or [{}]
    names = [f"{name}.{k}" for k in range(len(found))] if len(found) > 1 else [name]
    return [
        Item(called, asked, as_text(one.get("input")), as_text(one.get("output")))
        for called, one in zip(names, found, strict=True)
    ]


def _of_prompt(row: Mapping[str, Any], name: str) -> list[Item]:
    return [Item(name, _turn(row.get("prompt"), _USER, 0), "", _turn(_value(row, *_OUTPUTS), _ASSISTANT, -1))]


def _of_question(row: Mapping[str, Any], name: str) -> list[Item]:
    return [Item(name, as_text(row.get("question")), _first(row, "input", "context"), _first(row, "answer", *_OUTPUTS))]


def _of_messages(column: str) -> Callable[[Mapping[str, Any], str], list[Item]]:
    def read(row: Mapping[str, Any], name: str) -> list[Item]:
        said = row.get(column)
        turns = said if isinstance(said, list) else []
        return [Item(name, _turn(turns, _USER, 0), "", _turn(turns, _ASSISTANT, -1))]

    return read


def _of_text(row: Mapping[str, Any], name: str) -> list[Item]:
    return [Item(name, as_text(row.get("text")), "", "")]


_USER, _ASSISTANT = ("user", "human"), ("assistant", "gpt", "model", "chatgpt")
_OUTPUTS = ("output", "completion", "response", "answer")
_READERS: dict[str, Callable[[Mapping[str, Any], str], list[Item]]] = {
    "instruction": _of_instruction,
    "prompt": _of_prompt,
    "question": _of_question,
    "messages": _of_messages("messages"),
    "conversations": _of_messages("conversations"),
    "text": _of_text,
}
COLUMNS = frozenset({*_READERS, *_OUTPUTS, "instances", "input", "context", "answer", "id"})  # that items and name read


def _turn(said: Any, roles: Sequence[str], place: int) -> str:
    """What one who has a role said first (0) or last (-1) in a list of turns; what is no list is the text itself."""
    if not isinstance(said, list):
        return as_text(said)
    turns = [turn for turn in said if isinstance(turn, Mapping)]
    texts = [_content(turn) for turn in turns if str(turn.get("role", turn.get("from"))).lower() in roles]
    return texts[place] if texts else ""


def _content(turn: Mapping[str, Any]) -> str:
    """The text of a turn, which may be cut into parts."""
    said = turn["content"] if turn.get("content") is not None else turn.get("value")
    if isinstance(said, list) and all(isinstance(part, Mapping) and "text" in part for part in said):
        return "\n".join(as_text(part["text"]) for part in said)
    return as_text(said)


def _first(row: Mapping[str, Any], *columns: str) -> str:
    return as_text(_value(row, *columns))


def _value(row: Mapping[str, Any], *columns: str) -> Any:
    """The value of the first of the columns that has one."""
    return next((row[column] for column in columns if row.get(column) is not None), None)
