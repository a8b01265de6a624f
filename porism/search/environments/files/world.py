"""A folder of text files that is a value, with the tools to read and change it.

The folder is a mapping from paths to texts in memory, and not a folder of the operating system: there is nothing
outside of it that a path could lead to, no link, no race and no disk to fill. A write makes a new mapping and leaves
the old one as it was (a few pointers for the dozen files of a task), so that a snapshot is the mapping itself and
costs nothing.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, NamedTuple

from porism.search.environments.answers import CLOSED, Answer, agree
from porism.search.environments.files.paths import Refused, clean, trimmed
from porism.search.environments.files.tools import folder_tools
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool, run_call
from porism.search.tools.world import Remembered

Files = Mapping[str, str]

LARGEST = 20_000
"""How many characters a file may have."""
MOST = 200
"""How many files there may be."""


class Moment(NamedTuple):
    """What a world is at one moment: path to text, the answer, and whether there is one."""

    files: Files
    answer: Any = None
    answered: bool = False


class Folder(Remembered[Moment]):
    """A world: a folder of text files. It can keep and restore moments, and undo.

    Paths are relative and have no ``..``; a folder is there as soon as a file is in it.
    """

    def __init__(self, files: Files, goal: Files, answer: Answer | None = None) -> None:
        """The folder at first, and how it is to be at the end.

        Args:
            files: path to text.
            goal: path to text at the end; spaces at the ends of lines and of files make no difference.
            answer: what the question's answer is; None where nothing is asked.

        Raises:
            ValueError: a path is not one of a file inside the folder.
        """
        super().__init__(Moment(MappingProxyType({clean(path): text for path, text in files.items()})))
        self._goal = {clean(path): trimmed(text) for path, text in goal.items()}
        self._answer = answer
        self.tools: Sequence[Tool] = folder_tools(self)

    @property
    def files(self) -> Files:
        """What is in the folder now: path to text."""
        return self._now.files

    def call(self, call: Call) -> Observation:
        """Run a call, whatever a model wrote in it."""
        self._remember()
        if self._now.answered:
            return Observation(CLOSED, "refused")
        return run_call(self.tools, call)

    def solved(self) -> bool:
        """Whether the files are as they should be and the question, if there is one, is answered."""
        if (self._answer is not None) != self._now.answered:
            return False
        if self._answer is not None and not agree(self._now.answer, self._answer):
            return False
        files = self._now.files
        return files.keys() == self._goal.keys() and all(trimmed(files[path]) == self._goal[path] for path in files)

    def digest(self) -> str:
        """What is here now, in 32 hexadecimal digits: files and answer, however they came about."""
        text = repr((sorted(self._now.files.items()), self._now.answered, self._now.answer))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def keep(self, answer: Any) -> None:
        """Keep the answer, which ends the task."""
        self._now = self._now._replace(answer=answer, answered=True)

    def put(self, changes: Mapping[str, str | None]) -> None:
        """Write files, all or none; None deletes.

        Raises:
            Refused: a file would be a folder as well, or there would be too much.
        """
        files = {**self._now.files, **changes}
        left = {path: text for path, text in files.items() if text is not None}
        for path, text in changes.items():
            if text is not None:
                _fits(path, text, left)
        if len(left) > MOST:
            raise Refused(f"the folder is full: it holds {MOST} files")
        self._now = self._now._replace(files=MappingProxyType(left))


def _fits(path: str, text: str, files: Files) -> None:
    if len(text) > LARGEST:
        raise Refused(f"{path} would have {len(text):,} characters; a file has at most {LARGEST:,}")
    for other in files:
        if other.startswith(path + "/"):
            raise Refused(f"{path} is a folder")
        if path.startswith(other + "/"):
            raise Refused(f"{other} is a file, not a folder")
