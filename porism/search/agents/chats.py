"""OpenAI's chat completions as a :data:`Chat`: native tool calls, all samples of a prompt in one request if possible.

Beside its own parameters each tool gets one more, in which the model says how many calls it still imagines: the
estimate comes with the proposals and costs no request [Zhuang2024, section 3.2, asks apart].
"""

import asyncio
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from porism.search.agents.replies import AsyncChat, Chat, Prompt, Reply, faulty, reply_of, with_cost, words_of
from porism.seeds import stream

REMAINING = "remaining_calls"

Asking = Generator[dict[str, Any], Any, list[Reply]]


def openai_chat(
    client: Any, model: str, *, remaining: bool = True, seed: int | None = None, workers: int = 8, **options: Any
) -> Chat:
    """A chat over ``client.chat.completions.create``.

    Replies are asked for in one request with ``n``; a server that gives fewer is asked again, one that refuses ``n``
    is asked for one reply at a time from then on. Retries and time limits are the client's.

    Args:
        client: an ``openai.OpenAI``, or anything of its shape.
        model: the name the server knows it by.
        remaining: also ask how many calls are still to come.
        seed: of the requests, for servers that sample repeatably; by default none is sent.
        workers: requests under way at most.
        options: further arguments of each request, such as ``temperature=0.7``.

    Raises:
        openai.APIError: when called, if the client may not use the model or there is none (401, 403, 404). Any other
            error of a request is a fault of its replies.
    """
    settings = _Settings(model, remaining, seed, options)

    def answer(prompt: Prompt) -> list[Reply]:
        return _answered(settings.asking(prompt), client.chat.completions.create)

    def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        if len(prompts) == 1:
            return [answer(prompts[0])]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(answer, prompts))

    return chat


def openai_chat_async(
    client: Any, model: str, *, remaining: bool = True, seed: int | None = None, workers: int = 8, **options: Any
) -> AsyncChat:
    """:func:`openai_chat` over an ``openai.AsyncOpenAI``."""
    settings = _Settings(model, remaining, seed, options)

    async def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        slots = asyncio.Semaphore(workers)

        async def answer(prompt: Prompt) -> list[Reply]:
            async with slots:
                return await _answered_async(settings.asking(prompt), client.chat.completions.create)

        return list(await asyncio.gather(*map(answer, prompts)))

    return chat


@dataclass
class _Settings:
    """How requests are made. What one prompt needs is a generator: it yields requests and is sent their answers."""

    model: str
    remaining: bool
    seed: int | None
    options: dict[str, Any]
    many: bool = True  # whether the server takes ``n``

    def asking(self, prompt: Prompt) -> Asking:
        replies: list[Reply] = []
        while missing := prompt.samples - len(replies):
            n = missing if self.many else 1
            answer = yield self.request(prompt, n, len(replies))
            if not isinstance(answer, Exception):
                replies += self.read(answer)[:missing]
            elif n > 1 and _about_n(answer):
                self.many = False
            else:
                replies += with_cost([faulty("error", str(answer))] * missing, 0)
        return replies

    def request(self, prompt: Prompt, n: int, sample: int) -> dict[str, Any]:
        tools = [_asking_for_more(tool) for tool in prompt.tools] if self.remaining else list(prompt.tools)
        asked: dict[str, Any] = {"model": self.model, "messages": list(prompt.messages)}
        if tools:
            asked["tools"] = tools
        if n > 1:
            asked["n"] = n
        if self.seed is not None:
            asked["seed"] = stream(self.seed, "request", prompt.attempt, sample).getrandbits(31)
        return asked | self.options

    def read(self, completion: Any) -> list[Reply]:
        choices = getattr(completion, "choices", None) or [None]
        tokens = getattr(getattr(completion, "usage", None), "total_tokens", 0)
        replies = [_reply(choice, REMAINING if self.remaining else "") for choice in choices]
        return with_cost(replies, tokens if isinstance(tokens, int) else 0)


def _reply(choice: Any, remaining: str) -> Reply:
    message = getattr(choice, "message", None)
    content, refusal = getattr(message, "content", None), getattr(message, "refusal", None)
    calls = getattr(message, "tool_calls", None)
    if calls:  # of several calls side by side the first; the others are asked for when it is their turn
        function = getattr(calls[0], "function", None) if isinstance(calls, list) else None
        return reply_of(getattr(function, "name", None), getattr(function, "arguments", None), content, remaining)
    if refusal or getattr(choice, "finish_reason", None) == "content_filter":
        return faulty("refusal", str(refusal or content or ""))
    return words_of(content)


def with_remaining(name: str, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """A tool's parameters and ``REMAINING``.

    Raises:
        ValueError: the tool has such a parameter itself.
    """
    found = dict(parameters or {"type": "object"})
    properties = found.get("properties") or {}
    if REMAINING in properties:
        raise ValueError(f"tool {name!r} has a parameter {REMAINING!r}; use remaining=False")
    required = [*(found.get("required") or ()), REMAINING]
    return {**found, "properties": {**properties, REMAINING: COUNT}, "required": required}


def _asking_for_more(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool["function"]
    parameters = with_remaining(function["name"], function.get("parameters"))
    return {**tool, "function": {**function, "parameters": parameters}}


def _answered(asking: Asking, create: Callable[..., Any]) -> list[Reply]:
    from openai import APIError

    request = next(asking)
    while True:
        try:
            answer = create(**request)
        except APIError as error:
            answer = _passing(error)
        try:
            request = asking.send(answer)
        except StopIteration as end:
            return list(end.value)


async def _answered_async(asking: Asking, create: Callable[..., Any]) -> list[Reply]:
    from openai import APIError

    request = next(asking)
    while True:
        try:
            answer = await create(**request)
        except APIError as error:
            answer = _passing(error)
        try:
            request = asking.send(answer)
        except StopIteration as end:
            return list(end.value)


def _passing(error: Exception) -> Exception:
    """The error, if another request may do better; one that no request would be spared is raised."""
    if getattr(error, "status_code", None) in (401, 403, 404):
        raise error
    return error


def _about_n(error: Exception) -> bool:
    """Whether the server takes no ``n``."""
    if getattr(error, "status_code", None) not in (400, 422, 501):
        return False
    return getattr(error, "param", None) == "n" or re.search(r"\bn\b|\bchoices?\b", str(error)) is not None


COUNT = {
    "type": "integer",
    "minimum": 0,
    "description": "How many more calls the task will need after this one; your best guess.",
}
