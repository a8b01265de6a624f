"""Replies by content: what was answered once is never asked again.

Every reply is committed to SQLite (write-ahead log) as it arrives, under the hash of the model's name and the whole
request. The next request begins when that is done, so that a run killed at any moment repeats at most the requests that
were under way.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore, Lock
from types import TracebackType

from porism.errors import InputError
from porism.generators.chat import ChatModel, ChatReply, ChatRequest
from porism.outputs.records import storable

MOST = 32  # requests that are handed to the model side by side where nobody says how many


class Cached:
    """A chat model with a memory in the file ``path``. Replies with an error are not remembered.

    Args:
        model: whose replies are remembered.
        path: of the file.
        at_once: requests that are under way or not yet committed, at most.

    Attributes:
        hits: replies that came from the memory.
    """

    def __init__(self, model: ChatModel, path: Path, at_once: int = MOST) -> None:
        self._model, self._path, self._lock, self.hits = model, path, Lock(), 0
        self._at_once, self._slots = at_once, BoundedSemaphore(at_once)
        self.name = model.name
        with self._usable():
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, request TEXT NOT NULL, text TEXT NOT NULL, "
                "finish TEXT NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL)"
            )

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """The remembered replies, and the model's for the rest.

        Raises:
            ModelError: the model cannot be used.
            InputError: the file is damaged.
        """
        keys = [request.key(self.name) for request in requests]
        known = {key: reply for key in keys if (reply := self._read(key)) is not None}
        missing = {key: request for key, request in zip(keys, requests, strict=True) if key not in known}
        known |= self._asked(missing)
        with self._lock:
            self.hits += len(keys) - len(missing)
        return [known[key] for key in keys]

    def _asked(self, missing: Mapping[str, ChatRequest]) -> dict[str, ChatReply]:
        """The model's replies, each committed as it arrives: of a batch, none waits for the others."""

        def one(key: str) -> ChatReply:
            with self._slots:
                return self._write(key, missing[key], self._model.generate([missing[key]])[0])

        if len(missing) < 2:
            return {key: one(key) for key in missing}
        with ThreadPoolExecutor(min(len(missing), self._at_once)) as threads:
            return dict(zip(missing, threads.map(one, missing), strict=True))

    def usage(self) -> dict[str, int]:
        """What all remembered replies cost together, however many runs asked for them."""
        with self._lock, self._usable():
            replies, read, written = self._database.execute(
                "SELECT count(*), total(input_tokens), total(output_tokens) FROM replies"
            ).fetchone()
        return {"replies": replies, "input_tokens": int(read), "output_tokens": int(written)}

    def close(self) -> None:
        """Close the file. Threads that still wait for a reply get an error, not a crash of SQLite under their feet."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> "Cached":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, key: str) -> ChatReply | None:
        with self._lock, self._usable():
            row = self._database.execute(
                "SELECT text, finish, input_tokens, output_tokens FROM replies WHERE key = ?", (key,)
            ).fetchone()
        return ChatReply(*row) if row else None

    def _write(self, key: str, request: ChatRequest, reply: ChatReply) -> ChatReply:
        """Remember a reply; returns what is remembered: another's, where another thread or process was first."""
        reply = ChatReply(**storable(asdict(reply)))
        if reply.error:
            return reply
        asked = storable(request.to_json())
        row = (key, asked, reply.text, reply.finish, reply.input_tokens, reply.output_tokens)
        with self._lock, self._usable():
            self._database.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?)", row)
        return self._read(key) or reply

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # closed, which says nothing about the file
        except sqlite3.Error as error:
            raise InputError(
                f"the reply cache {self._path} cannot be used ({error}); move it away to ask again"
            ) from error
