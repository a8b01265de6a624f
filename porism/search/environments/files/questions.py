"""Questions about a folder, each with the call that finds the answer."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from porism.search.environments.compose import Part
from porism.search.environments.files.folders import EVENTS, KINDS, LEVELS, PEOPLE
from porism.search.tools.calls import Call


class Scene(NamedTuple):
    """What a part is drawn from: the files as the parts before have left them, and the folder of each kind."""

    rng: Random
    files: dict[str, str]
    folders: dict[str, str]

    def inside(self, kind: str) -> list[str]:
        """The files in the folder of a kind; none where there is no such folder."""
        folder = self.folders.get(kind)
        return sorted(path for path in self.files if folder and path.startswith(folder + "/"))

    def some(self, kind: str = "", ending: str = "") -> str:
        """Some file of a kind, or of any, with this ending; empty where there is none."""
        kinds = [kind] if kind else sorted(KINDS)
        found = [path for each in kinds for path in self.inside(each) if path.endswith(ending)]
        return self.rng.choice(found) if found else ""


Question = Callable[[Scene], Part | None]


def asked(said: str, find: Call, answer: str | int | Sequence[str]) -> Part:
    """The question with the call that finds the answer, and the answer."""
    value = answer if isinstance(answer, str | int) else list(answer)
    return Part(said, (find, Call.of("answer", {"value": value})), question=json.dumps(value))


def read(path: str) -> Call:
    """The call that reads a file."""
    return Call.of("read_file", {"path": path})


def lines(text: str) -> list[str]:
    """Its lines."""
    return text.splitlines()


def setting(scene: Scene) -> Part | None:
    """Which value does port have in config/mail.ini?"""
    path = scene.some("settings", ".ini")
    found = [line.split(" = ") for line in lines(scene.files.get(path, "")) if " = " in line]
    if not found:
        return None
    name, value = scene.rng.choice(found)
    form = scene.rng.choice(["which value does {} have in {}?", "what is {} set to in {}?"])
    return asked(form.format(name, path), read(path), int(value))


def how_many_files(scene: Scene) -> Part | None:
    """How many files ending in .tmp are there in pages?"""
    kind = scene.rng.choice(sorted(scene.folders))
    inside = scene.inside(kind)
    if not inside:
        return None
    folder, ending = scene.folders[kind], "." + scene.rng.choice(inside).rpartition(".")[2]
    count = sum(path.endswith(ending) for path in inside)
    said = f"how many files ending in {ending} are there in the folder {folder}?"
    return asked(said, Call.of("list_files", {"folder": folder}), count)


def how_many_lines(scene: Scene) -> Part | None:
    """How many lines of logs/mail.log contain ERROR?"""
    path = scene.some("logs", ".log")
    if not path:
        return None
    word = scene.rng.choice([*sorted(set(LEVELS)), *EVENTS])
    count = sum(word in line for line in lines(scene.files[path]))
    return asked(f'how many lines of {path} contain "{word}"?', read(path), count)


def which_files(scene: Scene) -> Part | None:
    """Which files in letters mention Mr Brown?"""
    inside, name = scene.inside("letters"), scene.rng.choice(PEOPLE)
    found = [path for path in inside if name in scene.files[path]]
    if not 1 <= len(found) <= 4:
        return None
    folder = scene.folders["letters"]
    find = Call.of("search_text", {"text": name, "folder": folder})
    return asked(f"which files in the folder {folder} mention {name}? Give their paths.", find, found)


def first_line(scene: Scene) -> Part | None:
    """What is the title of notes/garden.md?"""
    path = scene.some("notes", ".md")
    if not path or not scene.files[path].startswith("# "):
        return None
    said = f"what is the title of {path}, without the sign before it?"
    return asked(said, read(path), lines(scene.files[path])[0].removeprefix("# "))


def total(scene: Scene) -> Part | None:
    """What do the numbers in sales/north.csv add up to?"""
    path = scene.some("tables", ".csv")
    if not path:
        return None
    numbers = [int(line.rpartition(",")[2]) for line in lines(scene.files[path])]
    return asked(f"what do the numbers in {path} add up to?", read(path), sum(numbers))


def how_much(scene: Scene) -> Part | None:
    """How many apples does sales/north.csv list?"""
    path = scene.some("tables", ".csv")
    if not path:
        return None
    item, _, count = scene.rng.choice(lines(scene.files[path])).partition(",")
    if scene.files[path].count(item) > 1:  # in a table joined of two
        return None
    return asked(f"which number stands beside {item} in {path}?", read(path), int(count))


QUESTIONS: tuple[Question, ...] = (setting, how_many_files, how_many_lines, which_files, first_line, total, how_much)
