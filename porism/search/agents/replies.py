"""What a model is asked at one place, and what it replied: calls read from text that anybody may have written.

Nothing here is evaluated, and nothing that a model writes raises: what cannot be used is a ``Fault`` with a reason.
"""

import json
import reprlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from porism.search.proposals import Fault
from porism.search.tools.calls import Call

LONGEST = 100_000  # characters of arguments or text that are read
DEEPEST = 50  # levels of nesting, so that no validator runs out of stack later
SHOWN = 1_000  # characters of a faulty reply that are kept
ANSWER = "(answer)"  # no tool can be called this: a reply in words, where words may end the task


@dataclass(frozen=True, slots=True)
class Reply:
    """One sample of a model at one place: a call, words alone, or a fault.

    Attributes:
        call: what it wants to do; None where it only spoke, or the reply is faulty.
        text: what it said beside the call, or instead of one.
        remaining: how many calls it imagines after this one, >= 0; None where it was not asked or did not say.
        fault: why nothing can be done with the reply; None where something can.
        tokens: read and written for this reply; the first of several that came together carries the sum.
        requests: round trips that were made for this reply, 0 if it came along with the one before. Where no reply to
            a prompt counts any, they took one together.
    """

    call: Call | None = None
    text: str = ""
    remaining: float | None = None
    fault: Fault | None = None
    tokens: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked at one place.

    Attributes:
        messages: the conversation in OpenAI's wire format; the last one is the task, or a tool's result.
        tools: the tools' schemas, ``{"type": "function", "function": {...}}`` each.
        samples: how many replies are wanted, >= 1.
        attempt: how often this place was asked before; a model that is given seeds needs another one.
    """

    messages: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...]
    samples: int = 4
    attempt: int = 0


Chat = Callable[[Sequence[Prompt]], Sequence[Sequence[Reply]]]
"""Answers prompts, each with a list of ``samples`` replies."""

AsyncChat = Callable[[Sequence[Prompt]], Awaitable[Sequence[Sequence[Reply]]]]
"""A :data:`Chat` to wait for."""


def faulty(reason: str, text: str) -> Reply:
    """A reply that gives nothing, with what was written, cut to ``SHOWN`` characters."""
    return Reply(fault=Fault(reason, clean(text[:SHOWN])))


def clean(text: str) -> str:
    """The text with what UTF-8 cannot hold (lone surrogates) spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def reply_of(name: Any, arguments: Any, text: Any = "", remaining: str = "") -> Reply:
    """The call that a model wrote: its tool's name, and arguments as JSON text or as a parsed object.

    >>> reply_of("add", '{"a": 2, "left": 3}', remaining="left")
    Reply(call=Call(name='add', arguments='{"a": 2}'), text='', remaining=3, fault=None, tokens=0, requests=0)
    >>> reply_of("add", '{"a": ').fault.reason
    'malformed'

    Args:
        name: as the model wrote it, of whatever type.
        arguments: the same; nothing at all is no arguments.
        text: what it said beside the call.
        remaining: the argument that holds the number of calls to come, taken out of the call; none by default.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > SHOWN or name != clean(name):
        return faulty("malformed", f"the tool's name is no name: {ascii(name)[:SHOWN]}")
    try:
        values = _object(arguments)
        imagined = count_of(values.pop(remaining, None)) if remaining else None
        call = Call.of(name, values)
    except (ValueError, TypeError, RecursionError) as error:
        written = arguments[:SHOWN] if isinstance(arguments, str) else reprlib.repr(arguments)
        return faulty("malformed", f"{name}: {error}; written: {written}")
    if call.arguments != clean(call.arguments):
        return faulty("malformed", f"{name}: the arguments hold half a character (a lone surrogate): {call.arguments}")
    return Reply(call, clean(text[:LONGEST]) if isinstance(text, str) else "", imagined)


def words_of(text: Any) -> Reply:
    """A reply without a call: words, or ``"empty"``.

    >>> words_of("  ").fault
    Fault(reason='empty', text='')
    """
    if not isinstance(text, str) or not text.strip():
        return faulty("empty", "")
    if len(text) > LONGEST:
        return faulty("malformed", f"{len(text):,} characters, at most {LONGEST:,} are read: {text}")
    return Reply(text=clean(text))


def with_cost(replies: Sequence[Reply], tokens: int, requests: int = 1) -> list[Reply]:
    """The replies of one round trip, the first of them carrying what it cost."""
    return [replace(replies[0], tokens=tokens, requests=requests), *replies[1:]]


def count_of(value: Any) -> float | None:
    """A number of calls to come as a model wrote it; None where it is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value < 1e6 else None


def _object(arguments: Any) -> dict[str, Any]:
    if isinstance(arguments, str):
        if len(arguments) > LONGEST:
            raise ValueError(f"arguments of {len(arguments):,} characters, at most {LONGEST:,} are read")
        arguments = json.loads(arguments, parse_constant=_constant) if arguments.strip() else {}
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise ValueError("the arguments are no JSON object")
    _check_size(arguments)
    return dict(arguments)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _check_size(arguments: Any) -> None:
    """Refuse what is too deep or too much, also what is in itself, as only an object made in this process can be."""
    level, depth, count = [arguments], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > DEEPEST or count > LONGEST:
            raise ValueError(f"the arguments are nested more than {DEEPEST} deep, or of more than {LONGEST:,} parts")
        inner: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                inner += each.values()
            elif isinstance(each, list | tuple):
                inner += each
        level = inner
