"""Chat models: anything that turns requests into replies.

Requests come in batches, because that is what keeps a server or a GPU busy; concurrency lives behind ``ChatModel``, the
code around is plain. A request that failed for good is a reply with an ``error``: it belongs to one item, and is data.
A model that cannot be used at all raises ``ModelError``.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Literal, Protocol


class ModelError(RuntimeError):
    """The model cannot be used: not reachable, not permitted, not there. One line that says what to do."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked. Exactly one of ``messages`` (chat) and ``prompt`` (plain completion) is given.

    Attributes:
        messages: the conversation so far.
        prompt: the text to go on with, for base models.
        max_tokens: length of the reply at most, in the model's tokens.
        temperature: of sampling, >= 0; 0 is greedy.
        top_p: nucleus of sampling, in (0, 1].
        presence_penalty: in [-2, 2].
        stop: strings that end the reply.
        schema: JSON schema of the reply, as JSON text, for servers that can be held to one.
        seed: the sample's number in [0, 2**31): two requests that differ in it alone are two samples.
    """

    messages: tuple[Message, ...] = ()
    prompt: str | None = None
    max_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 1.0
    presence_penalty: float = 0.0
    stop: tuple[str, ...] = ()
    schema: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if bool(self.messages) == (self.prompt is not None):
            raise ValueError("a request has either messages or a prompt")

    def to_json(self) -> str:
        """The whole request as canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    def key(self, model: str) -> str:
        """What the reply of ``model`` to this request is stored under: a 128-bit hash of both."""
        return blake2b(f"{model}\n{self.to_json()}".encode("utf-8", "replace"), digest_size=16).hexdigest()

    @property
    def text(self) -> str:
        """All that the model reads."""
        return self.prompt if self.prompt is not None else "\n".join(message.content for message in self.messages)


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What came back.

    Attributes:
        text: the reply; empty where there was none.
        finish: ``"stop"``, ``"length"`` where ``max_tokens`` cut it, or what else the server says.
        input_tokens: tokens read, as the server counts them; 0 where it does not say.
        output_tokens: tokens written.
        error: why there is no reply, after every retry; empty where there is one.
    """

    text: str = ""
    finish: str = "stop"
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""


class ChatModel(Protocol):
    """Answers batches of requests. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What the model is called, in cache keys and origins."""
        ...

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply for each request, in order.

        Raises:
            ModelError: the model cannot be used.
        """
        ...


class Scripted:
    """A chat model that reads its lines, or answers by a function of the request. For tests and examples.

    >>> chat = Scripted(["four"])
    >>> chat.generate([ChatRequest(prompt="2 + 2 =")])[0].text
    'four'
    >>> chat.generate([ChatRequest(prompt="3 + 3 =")])
    Traceback (most recent call last):
        ...
    porism.generators.chat.ModelError: the script is used up; unanswered: '3 + 3 ='
    >>> Scripted(lambda request: request.text.upper()).generate([ChatRequest(prompt="a")])[0].text
    'A'
    """

    def __init__(
        self, script: Iterable[str | ChatReply] | Callable[[ChatRequest], str | ChatReply], name: str = "scripted"
    ) -> None:
        self.name = name
        self.requests: list[ChatRequest] = []
        self._answer = script if callable(script) else _reader(script)

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """The script's answers."""
        self.requests.extend(requests)
        lines = [self._answer(request) for request in requests]
        return [line if isinstance(line, ChatReply) else ChatReply(line) for line in lines]


def _reader(lines: Iterable[str | ChatReply]) -> Callable[[ChatRequest], str | ChatReply]:
    left = iter(lines)

    def answer(request: ChatRequest) -> str | ChatReply:
        for line in left:
            return line
        raise ModelError(f"the script is used up; unanswered: {request.text!r}")

    return answer
