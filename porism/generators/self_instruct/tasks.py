"""Seed tasks: what people wrote, in the reference's format, one JSON object a line."""

import json
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.outputs.records import storable
from porism.seeds import stream


@dataclass(frozen=True, slots=True)
class Instance:
    """One use of an instruction; ``input`` is empty where it needs none."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class SeedTask:
    """An instruction with at least one instance."""

    id: str
    name: str
    instruction: str
    instances: tuple[Instance, ...]
    is_classification: bool

    @property
    def words(self) -> int:
        """Words of the instruction and the first instance together."""
        first = self.instances[0]
        return len(f"{self.instruction} {first.input} {first.output}".split())


@dataclass(frozen=True)
class SeedPool:
    """Seed tasks and the SHA-256 of the file they came from."""

    tasks: tuple[SeedTask, ...]
    digest: str

    def shots(self, seed: int, kind: str, count: int, most_words: int, *, classification: bool) -> list[SeedTask]:
        """Up to ``count`` tasks to show as examples of one kind, the same all run long, so that servers cache them."""
        fit = [task for task in self.tasks if task.is_classification == classification and task.words <= most_words]
        return stream(seed, "shots", kind).sample(fit, min(count, len(fit)))


def load(path: Path | None = None) -> SeedPool:
    """The seed tasks of a file in the reference's format; by default the 175 that come with the package.

    Raises:
        InputError: the file cannot be read, or a line of it is not a seed task.
    """
    try:
        text = path.read_bytes() if path else (files("porism.generators") / "seed_tasks.jsonl").read_bytes()
        lines = text.decode().split("\n")  # not splitlines: JSON text may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the seed tasks in {path}: {error}") from error
    tasks: dict[str, SeedTask] = {}
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path or 'seed_tasks.jsonl'}:{n}"
        task = _task(line, where)
        if task.id in tasks:
            raise InputError(f"{where} is not a seed task (it makes two seed tasks with the id {task.id!r})")
        tasks[task.id] = task
    if not tasks:
        raise InputError(f"{path} holds no seed tasks; it wants one JSON object a line")
    return SeedPool(tuple(tasks.values()), sha256(text).hexdigest())


def _task(line: str, where: str) -> SeedTask:
    try:
        row = json.loads(line)
        instances = tuple(Instance(_text(i["input"]), _text(i["output"])) for i in row["instances"])
        task = SeedTask(
            id=str(row["id"]),
            name=str(row.get("name", "")),
            instruction=" ".join(_text(row["instruction"]).split()),
            instances=instances,
            is_classification=_truth(row["is_classification"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"{where} is not a seed task ({what}); "
            'wanted {"id", "name", "instruction", "instances": [{"input", "output"}], "is_classification"}'
        ) from error
    if not task.instruction or not instances:
        raise InputError(f"{where} is not a seed task (empty instruction or no instances)")
    return task


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{json.dumps(value)[:40]} where a text belongs")
    return str(storable(value))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{json.dumps(value)[:40]} where true or false belongs")
    return value
