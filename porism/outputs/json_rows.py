"""The rows of a JSON file, one at a time: a line each, or the elements of one array, of any size, compressed or not.

An array is read through a window that slides over the text, so a file of gigabytes costs the memory of its longest row.
What is wrong is told in one line that names the file and the line.
"""

import gzip
import json
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from porism.errors import InputError
from porism.outputs.records import storable

CHUNK = 1 << 20  # bytes read at once
LONGEST = 1 << 28  # bytes of one row; more is a file of another kind
DEEPEST = 64  # levels of lists and objects in each other: no dataset has as many, and recursion ends at about 1,000
UNFINISHED = 16  # characters at the window's end in which a mistake may be a word that was cut, such as "tru"
SPACE = " \t\n\r"
MARK = b"\xef\xbb\xbf"  # the byte order mark that some editors put before UTF-8

_decode = json.JSONDecoder().raw_decode


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, each with text that UTF-8 can hold; blank lines are passed over.

    Args:
        path: lines of JSON, or one array of objects; its name ends in ``.gz`` where it is compressed.

    Raises:
        InputError: it cannot be read, is not UTF-8, or a row is not an object, is too long or nested too deep.
    """
    with _opened(path) as file:
        start = b""
        while not start and (block := file.read(CHUNK)):
            start = block.lstrip(MARK + SPACE.encode())
        file.seek(0)
        array = start.startswith(b"[")
        yield from _elements(file, path) if array else _lines(file, path)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as file:
            yield cast(BinaryIO, file)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path} cannot be read: {reason}") from error


def _lines(file: BinaryIO, path: Path) -> Iterator[dict[str, Any]]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise _wrong(path, number, f"longer than {LONGEST:,} bytes")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _not_utf8(path, number, error.object[error.start]) from None
        if text.strip(SPACE):
            yield _object(text, path, number)


def _object(text: str, path: Path, number: int) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _wrong(path, number, f"{error.msg}, column {error.pos + 1}") from None
    except RecursionError:
        raise _too_deep(path, number) from None
    except ValueError as error:  # a number of thousands of digits
        raise _wrong(path, number, str(error).split(";")[0]) from None
    return _clean(value, path, number)


def _elements(file: BinaryIO, path: Path) -> Iterator[dict[str, Any]]:
    """The elements of the array that is all of a file."""
    window = _Window(file, path)
    window.take("[")
    if window.next() == "]":
        window.take("]")
    else:
        yield window.value()
        while window.next() == ",":
            window.take(",")
            yield window.value()
        window.take("]")
    if window.next():
        raise InputError(f"{path}, line {window.line}: there is more after the end of the array")


class _Window:
    """The part of a file's text that is in memory, and where the next value begins in it.

    Attributes:
        line: the number of the line that has been reached, from 1.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path
        self._utf8 = getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False
        self.line = 1

    def next(self) -> str:
        """The next character that is not space, without taking it; empty at the end."""
        while True:
            end = self._at
            while end < len(self._text) and self._text[end] in SPACE:
                end += 1
            self._move(end)
            if end < len(self._text) or self._ended:
                return self._text[end : end + 1]
            self._read()

    def take(self, wanted: str) -> None:
        """Pass over a character.

        Raises:
            InputError: another one stands there.
        """
        if (there := self.next()) != wanted:
            found = f"{there!r}" if there else "the end of the file"
            raise InputError(f"{self._path}, line {self.line}: {found} where the array of rows needs {wanted!r}")
        self._move(self._at + 1)

    def value(self) -> dict[str, Any]:
        """The object that comes next.

        Raises:
            InputError: something else comes, or it is too long or nested too deep.
        """
        if (there := self.next()) != "{":
            raise _wrong(self._path, self.line, f"it begins with {there!r}" if there else "the file ends here")
        while True:
            try:
                value, end = _decode(self._text, self._at)
                break
            except json.JSONDecodeError as error:
                if self._ended or not self._cut(error):
                    line = self.line + error.doc.count("\n", self._at, error.pos)
                    raise _wrong(self._path, line, error.msg) from None
                self._read()
            except RecursionError:
                raise _too_deep(self._path, self.line) from None
            except ValueError as error:
                raise _wrong(self._path, self.line, str(error).split(";")[0]) from None
        row = _clean(value, self._path, self.line)
        self._move(end)
        return row

    def _cut(self, error: json.JSONDecodeError) -> bool:
        """Whether a mistake may be that the window ends too early."""
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - UNFINISHED

    def _move(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _read(self) -> None:
        """Put more text behind what is not yet taken, as much again at least."""
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > LONGEST:
            raise _wrong(self._path, self.line, f"longer than {LONGEST:,} characters")
        data = self._file.read(max(CHUNK, len(self._text)))
        self._ended = not data
        try:
            self._text += self._utf8.decode(data, final=not data)
        except UnicodeDecodeError as error:
            line = self.line + self._text.count("\n") + error.object.count(b"\n", 0, error.start)
            raise _not_utf8(self._path, line, error.object[error.start]) from None


def _clean(value: Any, path: Path, number: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, number, f"it is {_KINDS[type(value)]}")
    try:
        return {storable(name): _shallow(item, DEEPEST) for name, item in value.items()}
    except RecursionError:
        raise _too_deep(path, number) from None


def _shallow(value: Any, levels: int) -> Any:
    """A value that UTF-8 can hold, and that is nested at most so deep."""
    if type(value) is str:
        return storable(value)
    if type(value) is not dict and type(value) is not list:
        return value
    if not levels:
        raise RecursionError
    if type(value) is dict:
        return {storable(name): _shallow(item, levels - 1) for name, item in value.items()}
    return [_shallow(item, levels - 1) for item in value]


_KINDS = {list: "an array", str: "text", int: "a number", float: "a number", bool: "a truth value", type(None): "null"}


def _wrong(path: Path, number: int, why: str) -> InputError:
    return InputError(f"{path}, line {number} is not a JSON object ({why})")


def _too_deep(path: Path, number: int) -> InputError:
    return InputError(f"{path}, line {number}: lists and objects stand more than {DEEPEST} deep in each other")


def _not_utf8(path: Path, number: int, byte: int) -> InputError:
    return InputError(f"{path}, line {number} is not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8")
