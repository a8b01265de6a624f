"""A chat-completions client that answers by a function, for tests and examples: no key, no network."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from porism.search.agents.completions import completion
from porism.search.agents.replies import Reply
from porism.search.tools.calls import Call

Answer = Callable[[Mapping[str, Any]], Sequence[Call | str]]


class Scripted:
    """An object with the shape of ``openai.OpenAI``, whose model is a function.

    >>> client = Scripted(lambda request: [Call.of("add", {"a": 2, "b": 3}), "It is 5."])
    >>> made = client.chat.completions.create(model="m", messages=[], n=3)
    >>> [choice.message.content or choice.message.tool_calls[0].function.arguments for choice in made.choices]
    ['{"a": 2, "b": 3}', 'It is 5.', '{"a": 2, "b": 3}']

    Attributes:
        requests: what was asked, in order.
    """

    def __init__(self, answer: Answer, tokens: int = 100) -> None:
        """Make a client.

        Args:
            answer: from a request (``messages``, ``tools``, ``n``, ...) to its samples, calls or words, which are
                given in turn until there are ``n``.
            tokens: what each request takes.
        """
        self.requests: list[dict[str, Any]] = []
        self._answer, self._tokens = answer, tokens
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self._create))

    def _create(self, **request: Any) -> Any:
        self.requests.append(request)
        samples = self._answer(request)
        replies = [Reply(text=each) if isinstance(each, str) else Reply(each) for each in samples]
        n = request.get("n") or 1
        made = [completion(str(request.get("model")), reply, f"call_{i}") for i, reply in enumerate(replies)]
        choices = [made[i % len(made)].choices[0].model_copy(update={"index": i}) for i in range(n)]
        usage = made[0].usage.model_copy(update={"prompt_tokens": self._tokens, "total_tokens": self._tokens})
        return made[0].model_copy(update={"choices": choices, "usage": usage})


class AsyncScripted(Scripted):
    """:class:`Scripted` with the shape of ``openai.AsyncOpenAI``."""

    async def _create(self, **request: Any) -> Any:
        return super()._create(**request)
