"""What a reader says of rows: one JSON object a line in ``notes.jsonl``, only ever appended to.

A line is one write at the end of the file, so that several tabs, or several readers, lose nothing to each other. What
holds of a row is the last that was said of it.
"""

import json
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.outputs.records import storable

FILE = "notes.jsonl"
SAID = ("keep", "reject", "flag")
NOTHING = ""  # takes back what was said before
LONGEST = 10_000  # characters of a note
LARGEST = 1 << 26  # bytes of a file that is read


@dataclass(frozen=True, slots=True)
class Note:
    """What was said of a row, and when.

    Attributes:
        config: the row's, such as ``data``.
        key: the row's, as its address ends.
        verdict: one of ``SAID``, or nothing.
        text: why, in the reader's words.
        at: ISO 8601 in UTC.
    """

    config: str
    key: str
    verdict: str
    text: str
    at: str


def add(folder: Path, config: str, key: str, verdict: str, text: str = "") -> Note:
    """Append a note.

    Raises:
        InputError: the verdict is none, the note is too long, or the file cannot be written.
    """
    if verdict not in (*SAID, NOTHING):
        raise InputError(f"{verdict[:40]!r} is no verdict; there are: {', '.join(SAID)}")
    if len(text) > LONGEST:
        raise InputError(f"a note of {len(text):,} characters; at most {LONGEST:,} are kept")
    note = Note(
        storable(config), storable(key), verdict, storable(text), datetime.now(UTC).isoformat(timespec="seconds")
    )
    try:
        _append(folder / FILE, json.dumps(asdict(note)))
    except OSError as error:
        raise InputError(f"{folder / FILE} cannot be written: {error.strerror}") from None
    return note


def read(folder: Path) -> Sequence[Note]:
    """All notes, oldest first; a line that is none is passed over.

    Raises:
        InputError: the file is no plain file, is too large, or cannot be read.
    """
    try:
        found = (folder / FILE).lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            raise InputError(
                f"{folder / FILE} is no file of notes: a plain file of at most {LARGEST >> 20} MiB is read"
            )
        return _read(folder / FILE, found.st_size, found.st_mtime_ns)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"{folder / FILE} cannot be read: {error.strerror}") from None


def latest(folder: Path) -> dict[tuple[str, str], Note]:
    """The last note of each row, by config and key; of verdicts that were taken back there is one without a verdict."""
    return {(note.config, note.key): note for note in read(folder)}


def of(folder: Path, config: str, key: str) -> list[Note]:
    """The notes of a row, oldest first."""
    return [note for note in read(folder) if (note.config, note.key) == (config, key)]


def judged(folder: Path, config: str, verdicts: Sequence[str] = SAID) -> list[str]:
    """The keys of the rows of a config whose verdict is one of these."""
    said = latest(folder).items()
    return [key for (name, key), note in said if name == config and note.verdict in verdicts]


def counts(folder: Path) -> dict[str, int]:
    """How many rows have each verdict, in the order of ``SAID``, without verdicts that none has."""
    counted = Counter(note.verdict for note in latest(folder).values())
    return {verdict: counted[verdict] for verdict in SAID if counted[verdict]}


def text(folder: Path) -> str:
    """All notes as JSON lines, without lines that are none."""
    return "".join(json.dumps(asdict(note)) + "\n" for note in read(folder))


def _append(path: Path, line: str) -> None:
    """One write at the end, on a line of its own even where the last writer died within one; no link is followed."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    file = os.open(path, flags, 0o644)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{path} is no plain file, so no note can be kept there")
        torn = found.st_size and os.pread(file, 1, found.st_size - 1) != b"\n"
        written = (("\n" if torn else "") + line + "\n").encode()
        if os.write(file, written) < len(written):
            raise InputError(f"{path} took a part of the note only: the disk is full")
    finally:
        os.close(file)


@lru_cache(maxsize=16)
def _read(path: Path, size: int, changed: int) -> tuple[Note, ...]:
    """The notes of a file as it was at a size and a time of change, in nanoseconds."""
    lines = path.read_bytes().split(b"\n")
    return tuple(note for line in lines if (note := _note(line)))


def _note(line: bytes) -> Note | None:
    try:
        told: Any = json.loads(line.decode(errors="replace"))
        note = Note(**{field.name: told[field.name] for field in fields(Note)})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return note if _is_said(note) else None


def _is_said(note: Note) -> bool:
    return all(type(value) is str for value in asdict(note).values()) and note.verdict in (*SAID, NOTHING)
