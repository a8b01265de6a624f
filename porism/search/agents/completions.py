"""Chat completions as OpenAI's client has them: read as a conversation, and made."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from porism.search.agents.replies import Reply
from porism.search.agents.turns import split, written
from porism.search.tools.calls import Call


def told_by(messages: Sequence[Mapping[str, Any]]) -> tuple[list[Sequence[str]], tuple[Call, str] | None]:
    """A conversation in a form in which it can be known again, and apart from that its last call and result.

    Ids, and what else clients add to messages, are left out. The second part is None where the conversation does not
    end with a single call and its result.
    """
    return split([entry for message in messages for entry in _entries(message)])


def text_of(content: Any) -> str:
    """The text of a message's content, which is text, nothing, or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple):
        return ""
    return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))


def completion(model: str, reply: Reply, key: str) -> Any:
    """An ``openai.types.chat.ChatCompletion`` with one choice.

    Args:
        model: the name it bears.
        reply: a call, words, or a fault, which becomes a refusal.
        key: the call's id.
    """
    from openai.types.chat import ChatCompletion

    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.fault:
        message["refusal"] = reply.fault.text or reply.fault.reason
    if reply.call:
        function = {"name": reply.call.name, "arguments": reply.call.arguments}
        message["tool_calls"] = [{"id": key, "type": "function", "function": function}]
    finish = "tool_calls" if reply.call else "stop"
    return ChatCompletion.model_validate(
        {
            "id": f"search-{key}", "object": "chat.completion", "created": 0, "model": model,
            "choices": [{"index": 0, "finish_reason": finish, "message": message, "logprobs": None}],
            "usage": {"prompt_tokens": reply.tokens, "completion_tokens": 0, "total_tokens": reply.tokens},
        }
    )  # fmt: skip


class Chunks:
    """A finished completion as the stream that a client would give: all of it at once, then the usage.

    Can be iterated and awaited, and closed, like ``openai.Stream`` and ``openai.AsyncStream``.
    """

    def __init__(self, made: Any) -> None:
        from openai.types.chat import ChatCompletionChunk

        told = {**made.model_dump(exclude_none=True), "object": "chat.completion.chunk"}
        choice = told.pop("choices")[0]
        delta, usage = choice.pop("message"), told.pop("usage")
        for i, call in enumerate(delta.get("tool_calls", ())):
            call["index"] = i
        parts = {"choices": [{**choice, "delta": delta}]}, {"choices": [], "usage": usage}
        self._left = iter([ChatCompletionChunk.model_validate({**told, **part}) for part in parts])

    def __iter__(self) -> Iterator[Any]:
        return self._left

    def __next__(self) -> Any:
        return next(self._left)

    async def __aiter__(self) -> AsyncIterator[Any]:
        for chunk in self._left:
            yield chunk

    def __enter__(self) -> "Chunks":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> "Chunks":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""


def _entries(message: Mapping[str, Any]) -> list[list[str]]:
    role, text = str(message.get("role")), text_of(message.get("content"))
    if role == "tool":
        return [["result", text]]
    calls = [written(*_call(each)) for each in message.get("tool_calls") or ()]
    return calls or [[role, text]]


def _call(call: Any) -> tuple[Any, Any]:
    function = call.get("function") if isinstance(call, Mapping) else None
    function = function if isinstance(function, Mapping) else {}
    return function.get("name"), function.get("arguments")
