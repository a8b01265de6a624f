"""Running a tool: with a time limit, and with everything that happens turned into text."""

import asyncio
import contextvars
import dataclasses
import inspect
import json
import threading
from collections.abc import Callable
from typing import Any

LINE = 300  # characters of an error's message


class Overrun(Exception):
    """The work took longer than it may. Not a ``TimeoutError``, which the work itself may raise."""


def run(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    """What the function gives; a coroutine is waited for, in an event loop of its own."""
    result = function(**values)
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


def within(seconds: float | None, work: Callable[[], Any]) -> Any:
    """What ``work`` gives, if it takes no longer than ``seconds``.

    The work is done in a thread of its own, because Python cannot stop a function from outside. At the limit the
    thread is abandoned, not stopped: what it does after that is done, but nobody waits for it, the end of the program
    included. Without a limit the work is done in the caller's thread.

    Raises:
        Overrun: it took longer.
        Exception: whatever ``work`` raises.
    """
    if seconds is None:
        return work()
    results: list[tuple[Any, BaseException | None]] = []
    context = contextvars.copy_context()

    def target() -> None:
        try:
            results.append((context.run(work), None))
        except BaseException as error:  # handed to the caller's thread
            results.append((None, error))

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise Overrun(f"no answer within {seconds:g} s")
    result, error = results[0]
    if error is not None:
        raise error
    return result


def text_of(result: Any, longest: int | None = None) -> str:
    """A result as a model reads it: a string as it is, anything else as canonical JSON, cut where it is too long.

    >>> text_of({"b": (1, 2), "a": {"x", "w"}})
    '{"a": ["w", "x"], "b": [1, 2]}'
    >>> text_of("a long story", longest=6)
    'a long [6 of 12 characters left out]'

    Raises:
        ValueError, TypeError: the result is no JSON value and does not become one.
    """
    text = result if isinstance(result, str) else json.dumps(
        result, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain
    )  # fmt: skip
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair could be written nowhere
    if longest is not None and len(text) > longest:
        return f"{text[:longest]} [{len(text) - longest:,} of {len(text):,} characters left out]"
    return text


def line_of(error: BaseException) -> str:
    """An exception as one line: its type, and what it says."""
    try:
        said = " ".join(str(error).split())[:LINE]
    except Exception:  # an exception of a tool may have any bug
        said = ""
    return text_of(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def _plain(value: Any) -> Any:
    from pydantic import BaseModel
    from pydantic_core import to_jsonable_python

    if isinstance(value, set | frozenset):  # whose own order differs between two runs of Python
        return sorted(value, key=text_of)
    if isinstance(value, BaseModel):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return to_jsonable_python(value)


async def _awaited(result: Any) -> Any:
    return await result
