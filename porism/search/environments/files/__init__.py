r"""Tasks in a folder of text files: rename, extract, merge, fix a setting, write an index, look something up.

Task i is a pure function of a seed, i and the configuration. At the end the folder must hold exactly the files that
the task says, and the answer must be right where something is asked; which calls led there makes no difference.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from porism.search.environments.answers import Answer
from porism.search.environments.compose import Part, Steps, calls_in, chosen, texts, told
from porism.search.environments.files.changes import CHANGES
from porism.search.environments.files.folders import filled
from porism.search.environments.files.questions import QUESTIONS, Scene
from porism.search.environments.files.world import Folder
from porism.search.tools.calls import Call
from porism.seeds import stream

TRIES = 1_000

Config = Steps


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        id: names it; the same seed, index and configuration give the same id and the same task.
        prompt: what the user asks.
        solution: calls that reach the goal.
        files: path and text of every file at first, by path.
        goal: the same at the end.
        answer: what the question's answer is, as JSON; empty where nothing is asked.
    """

    id: str
    prompt: str
    solution: tuple[Call, ...]
    files: tuple[tuple[str, str], ...]
    goal: tuple[tuple[str, str], ...]
    answer: str = ""

    def world(self) -> Folder:
        """The folder as the task finds it.

        Raises:
            ValueError: a path leads out of the folder, or the answer is no JSON.
        """
        answer = _answer(json.loads(self.answer)) if self.answer else None
        return Folder(dict(self.files), dict(self.goal), answer)

    def to_json(self) -> dict[str, Any]:
        """The task as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Task":
        """The task back from its JSON object.

        Raises:
            ValueError: a part is missing, or is no such part.
        """
        name, prompt, answer = texts(row, "id", "prompt", "answer")
        return cls(name, prompt, calls_in(row), _pairs(row, "files"), _pairs(row, "goal"), answer)


def _answer(value: Any) -> Answer:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(type(each) in (str, int, float) for each in listed):
        raise ValueError(f"a task's answer must be a text, a number or a list of those, got {value!r:.80}")
    return tuple(listed) if isinstance(value, list) else value


def _pairs(row: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    found = row.get(name)
    if not isinstance(found, list | tuple):
        raise ValueError(f"a task's {name!r} must be a list of paths and texts")
    for each in found:
        if not isinstance(each, list | tuple) or [*map(type, each)] != [str, str]:
            raise ValueError(f"a task's {name!r} must be a list of paths and texts, got {each!r:.80}")
    return tuple((path, text) for path, text in found)


def tasks(seed: int, i: int, config: Config | None = None) -> Task:
    """Task ``i`` under a seed and a configuration.

    Raises:
        RuntimeError: no draw comes out even, which nobody has seen.
    """
    config = config or Config()
    length = stream(seed, "files", i, "length").randint(config.low, config.high)
    for attempt in range(TRIES):
        rng = stream(seed, "files", i, attempt)
        files, folders = filled(rng)
        scene = Scene(rng, dict(files), folders)
        parts = _parts(scene, length)
        if parts:
            name = f"files-{seed}-{i}-{config.low}-{config.high}"
            calls = tuple(call for part in parts for call in part.calls)
            prompt = f"{_opening(rng, folders)} {told(rng, parts)}"
            ends = tuple(sorted(scene.files.items()))
            return Task(name, prompt, calls, tuple(sorted(files.items())), ends, parts[-1].question)
    raise RuntimeError(f"no task of {length} steps in {TRIES} draws for seed {seed}, i {i}")


def _parts(scene: Scene, length: int) -> tuple[Part, ...]:
    """Parts with so many calls in all; none where the draw does not come out even."""
    rng = scene.rng
    return chosen(rng, length, lambda: rng.choice(CHANGES)(scene), lambda: rng.choice(QUESTIONS)(scene))


def _opening(rng: Random, folders: Mapping[str, str]) -> str:
    *most, last = sorted(folders.values())
    form = rng.choice(
        ["My files are in the folders {}.", "You can work on the folders {}.", "There are the folders {}."]
    )
    return form.format(f"{', '.join(most)} and {last}")
