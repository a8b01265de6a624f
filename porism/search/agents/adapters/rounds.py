"""Asking a framework's own model for the samples of several prompts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from porism.search.agents.replies import AsyncChat, Chat, Prompt, Reply, faulty
from porism.search.tools.running import line_of

WORKERS = 8  # requests under way at most


def chat_of(ask: Callable[[Prompt], Reply]) -> Chat:
    """A chat that asks for each sample in a request of its own, several at a time.

    Raises:
        Exception: when called, and only if all requests fail: the first one's. Otherwise a failure is a fault.
    """

    def attempt(prompt: Prompt) -> Reply | Exception:
        try:
            return replace(ask(prompt), requests=1)
        except Exception as error:
            return error

    def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        with ThreadPoolExecutor(WORKERS) as pool:
            return _grouped(prompts, list(pool.map(attempt, _each_sample(prompts))))

    return chat


def async_chat_of(ask: Callable[[Prompt], Awaitable[Reply]]) -> AsyncChat:
    """:func:`chat_of` for a model to wait for."""

    async def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        slots = asyncio.Semaphore(WORKERS)

        async def attempt(prompt: Prompt) -> Reply | Exception:
            async with slots:
                try:
                    return replace(await ask(prompt), requests=1)
                except Exception as error:
                    return error

        return _grouped(prompts, await asyncio.gather(*map(attempt, _each_sample(prompts))))

    return chat


def _each_sample(prompts: Sequence[Prompt]) -> list[Prompt]:
    return [prompt for prompt in prompts for _ in range(prompt.samples)]


def _grouped(prompts: Sequence[Prompt], came: Sequence[Reply | Exception]) -> list[list[Reply]]:
    errors = [each for each in came if isinstance(each, Exception)]
    if errors and len(errors) == len(came):
        raise errors[0]
    replies = iter([_failed(each) if isinstance(each, Exception) else each for each in came])
    return [[next(replies) for _ in range(prompt.samples)] for prompt in prompts]


def _failed(error: Exception) -> Reply:
    return replace(faulty("error", line_of(error)), requests=1)
