"""The rows of several sources one after another, each with its number, its name and the text that is compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from porism.errors import InputError
from porism.outputs import sources
from porism.outputs.sources import Block, Item, Row

PARTS = ("instruction", "output", "instruction+input")  # of a task; anything else is the name of a column


@dataclass(frozen=True)
class Read:
    """A block of rows that follow each other.

    Attributes:
        block: the rows as their file has them.
        first: the number of the first one, counted over all sources.
        names: what each is called; with the source's name before it where there are several.
        narrow: the columns of each that say what it is about.
    """

    block: Block
    first: int
    names: Sequence[str]
    narrow: Sequence[Row]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Reader:
    """Sources, and what of their rows is compared.

    Attributes:
        paths: files and folders, in the order of precedence.
        on: ``instruction``, ``output``, ``instruction+input`` or the name of a column.
    """

    paths: Sequence[Path]
    on: str

    def __iter__(self) -> Iterator[Read]:
        """The rows.

        Raises:
            InputError: a source cannot be read.
        """
        first = 0
        for path, prefix in zip(self.paths, prefixes(self.paths), strict=True):
            before = first
            for block in sources.blocks(path):
                narrow = self._narrow(block)
                names = [prefix + sources.name(row, first - before + k) for k, row in enumerate(narrow)]
                yield Read(block, first, names, narrow)
                first += len(narrow)

    def text(self, row: Mapping[str, Any], name: str) -> str:
        """What is compared of a row; of several instances all.

        Raises:
            InputError: the row has no column that says what its task is.
        """
        if self.on not in PARTS:
            return sources.as_text(row.get(self.on))
        found = sources.items(row, name)
        if not found:
            raise InputError(f"{name}: {sources.no_task(row)}; or name a column with --on")
        return part_of(found, self.on)

    def tasks(self, row: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
        """The instructions and inputs of a row; where its columns say nothing of tasks, the text that is compared."""
        found = sources.items(row, name)
        return [(item.instruction, item.input) for item in found] or [(self.text(row, name), "")]

    def _narrow(self, block: Block) -> list[Row]:
        if not isinstance(block, pa.RecordBatch):
            return block
        names = [name for name in block.schema.names if name in sources.COLUMNS or name == self.on]
        if not names and self.on in PARTS:
            raise InputError(f"row 0: {sources.no_task(dict.fromkeys(block.schema.names))}; or name a column with --on")
        return sources.plain(block.select(list(dict.fromkeys(names)))) if names else [{}] * block.num_rows


def part_of(items: Iterable[Item], on: str) -> str:
    r"""The part of a row's tasks that is compared.

    >>> part_of([Item("row 0", "Add.", "1 2", "3"), Item("row 0", "Add.", "2 2", "4")], "instruction+input")
    'Add.\n1 2\n2 2'
    """
    found = list(items)
    if on == "output":
        return "\n".join(item.output for item in found)
    inputs = [item.input for item in found if item.input.strip()] if on == "instruction+input" else []
    return "\n".join([found[0].instruction, *inputs])


def prefixes(paths: Sequence[Path]) -> list[str]:
    """What is put before the names of each source's rows: nothing where there is one, else the name of the file.

    >>> prefixes([Path("a/x.json"), Path("y.json"), Path("b/x.json")])
    ['1:x.json ', 'y.json ', '3:x.json ']
    """
    if len(paths) == 1:
        return [""]
    names = [path.resolve().name for path in paths]
    counts = Counter(names)
    return [f"{name} " if counts[name] == 1 else f"{k}:{name} " for k, name in enumerate(names, 1)]
