"""The tools of an MCP server: a program on this machine, spoken to through its standard input and output, or a URL.

The package ``mcp`` (version 2) speaks the protocol, in an event loop that a thread of its own runs; the tools are plain
functions that wait for it. A server that dies, hangs or answers nonsense gives observations with an error.

Reference: the Model Context Protocol, https://modelcontextprotocol.io/specification/2025-11-25/server/tools.
"""

import asyncio
import re
import shlex
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

from porism.search.tools.calls import Observation
from porism.search.tools.running import line_of, text_of
from porism.search.tools.tool import Tool

LAST_WORDS = 300  # characters of what a server that did not start wrote on its standard error
LEAVING = 15.0  # seconds for a server to end: the protocol's own steps, closing, asking and killing, take 7
PAGES = 100  # of a server's list of tools; one that never ends is cut there
LOOK = 0.5  # seconds between two looks at whether anybody is left to answer


@contextmanager
def mcp_tools(
    server: str | Sequence[str],
    *,
    timeout: float | None = 30.0,
    start: float = 30.0,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    prefix: str = "",
    trust: bool = True,
) -> Iterator[tuple[Tool, ...]]:
    """The tools of a server, for as long as the ``with`` block lasts; the server is ended with it.

    A name with characters that model servers do not accept gets ``_`` in their place.

    Args:
        server: ``http://`` or ``https://`` and the rest of the endpoint's address, or a command, as one line or as a
            list. A command sees the environment variables ``HOME``, ``PATH`` and their like, and those of ``env``.
        timeout: time limit of a call in seconds, > 0; None for none.
        start: time limit for the server to start and to list its tools, in seconds.
        env: environment variables for a command.
        cwd: the folder in which a command runs.
        prefix: put in front of the names of all tools, so that two servers can be used together.
        trust: whether to believe what the server says about its tools; if not, each of them counts as destructive.

    Yields:
        The tools, in the server's order.

    Raises:
        ConnectionError: the server did not start, or not in time, or did not list its tools.
        ValueError: two tools have one name, or one of them cannot be offered to a model.
        ModuleNotFoundError: the package ``mcp`` is not installed.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        connection = _Connection(server, start, env or {}, cwd, errors)
        try:
            tools = tuple(_tool(connection, listed, timeout, prefix, trust) for listed in connection.listed())
            names = [tool.name for tool in tools]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"the MCP server {connection.name} has two tools called {twice[0]!r}")
            yield tools
        finally:
            connection.close()


class _Connection:
    """A client of one server, in a thread of its own."""

    def __init__(
        self, server: str | Sequence[str], start: float, env: Mapping[str, str], cwd: Path | str | None, errors: TextIO
    ) -> None:
        import mcp  # noqa: F401  # so that a missing package is said here, and not in the thread

        self._url = server if isinstance(server, str) and re.match(r"https?://", server) else ""
        self._command = shlex.split(server) if isinstance(server, str) else [str(part) for part in server]
        if not self._command:
            raise ValueError("an MCP server is a URL or a command; this is neither")
        self.name = self._url or self._command[0]
        self._start, self._env, self._cwd, self._errors = start, dict(env), cwd, errors
        self._ready: Future[list[Any]] = Future()
        self._loop, self._client, self._done = asyncio.new_event_loop(), None, asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"mcp {self.name}")
        self._thread.start()

    def listed(self) -> list[Any]:
        """What the server lists as its tools."""
        try:
            return self._ready.result(self._start)
        except Exception as error:
            why = f"no answer within {self._start:g} s" if isinstance(error, TimeoutError) else line_of(_cause(error))
            self.close()
            raise ConnectionError(f"the MCP server {self.name} cannot be used: {why}{self._last_words()}") from error

    def call(self, name: str, values: dict[str, Any], timeout: float | None) -> Any:
        """What the server answers to a call.

        Raises:
            TimeoutError: nothing, for ``timeout`` seconds.
            ConnectionError: nobody is there to answer.
            Exception: what the package raises where the server answers with an error or with nonsense.
        """
        if self._client is None:
            raise ConnectionError("server is gone")
        answer = asyncio.run_coroutine_threadsafe(self._client.call_tool(name, values), self._loop)
        end = monotonic() + (inf if timeout is None else timeout)
        while not answer.done():
            left = end - monotonic()
            if left <= 0 or not self._thread.is_alive():
                answer.cancel()  # which tells the server
                raise (
                    TimeoutError(f"no answer within {timeout:g} s") if left <= 0 else ConnectionError("server is gone")
                )
            _wait(answer, min(left, LOOK))
        return answer.result()

    def close(self) -> None:
        """End the connection and, where it is ours, the server."""
        if self._thread.is_alive():
            with suppress(RuntimeError):  # the loop ended by itself, just now
                self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join(LEAVING)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except BaseException as error:  # the package's task groups raise groups of any kind
                if not self._ready.done():
                    self._ready.set_exception(error)

    async def _serve(self) -> None:
        from mcp import Client

        ending = asyncio.ensure_future(self._done.wait())
        serving = asyncio.ensure_future(self._connected(Client(self._transport(), cache=None)))
        await asyncio.wait((ending, serving), return_when=asyncio.FIRST_COMPLETED)
        self._client = None
        ending.cancel()
        serving.cancel()
        await asyncio.wait((serving,))
        if not serving.cancelled() and (error := serving.exception()):
            raise error

    async def _connected(self, client: Any) -> None:
        async with client:
            tools, cursor = [], None
            for _ in range(PAGES):
                page = await client.list_tools(cursor=cursor)
                tools += page.tools
                if not (cursor := page.next_cursor):
                    break
            self._client = client
            self._ready.set_result(tools)
            await asyncio.Event().wait()

    def _transport(self) -> Any:
        if self._url:
            from mcp.client.streamable_http import streamable_http_client

            return streamable_http_client(self._url)
        from mcp.client.stdio import StdioServerParameters, stdio_client

        first, *rest = self._command
        settings = StdioServerParameters(
            command=first, args=rest, env=self._env, cwd=self._cwd, encoding_error_handler="replace"
        )
        return stdio_client(settings, self._errors)

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f" ({last[-LAST_WORDS:]})" if last else ""


def _tool(connection: _Connection, listed: Any, timeout: float | None, prefix: str, trust: bool) -> Tool:
    def run(**values: Any) -> Observation:
        try:
            return _observation(connection.call(listed.name, values, timeout))
        except TimeoutError as error:
            return Observation(f"{name}: {error}", "timeout")
        except Exception as error:  # whatever the server made the package raise
            return Observation(f"{name}: {line_of(_cause(error))}", "failed")

    name = prefix + re.sub(r"[^a-zA-Z0-9_-]", "_", listed.name)
    hints = listed.annotations if trust else None
    try:
        return Tool(
            name,
            listed.description or "",
            {"properties": {}, **listed.input_schema},
            run,
            read_only=bool(hints and hints.read_only_hint),
            idempotent=bool(hints and hints.idempotent_hint),
            destructive=not hints or hints.destructive_hint is not False,
            timeout=None,  # kept by the connection, which can tell the server
        )
    except ValueError as error:
        raise ValueError(f"the MCP server {connection.name}: {error}") from error


def _observation(result: Any) -> Observation:
    """A server's result as text; what is no text is named, since a model of text can read no more of it."""
    parts = [_part(block) for block in result.content]
    if not parts and result.structured_content is not None:
        parts = [text_of(result.structured_content)]
    return Observation("\n".join(parts), "failed" if result.is_error else "")


def _part(block: Any) -> str:
    inner = getattr(block, "resource", block)
    text = getattr(inner, "text", None)
    if isinstance(text, str):
        return text
    where = getattr(inner, "uri", None) or getattr(inner, "mime_type", None)
    return f"[{block.type} {where}]" if where else f"[{block.type}]"


def _cause(error: BaseException) -> BaseException:
    """What went wrong first, out of the groups that task groups raise."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return error


def _wait(answer: "Future[Any]", seconds: float) -> None:
    try:
        answer.exception(seconds)
    except Exception:  # cancelled, or not there yet: the caller looks
        return
