"""Search as a model: an object with the shape of a chat-completions client, for loops that exist already.

    client = OpenAI()                      client = SearchModel(OpenAI())

Each ``create`` with tools searches from where the conversation stands and gives back the best next call, or the answer;
calls are only imagined while it looks ahead, unless a tool is at hand here and read-only. What is not a question of
searching (no tools, one certain tool, several choices) goes to the inner client as it is, and so does all the rest of
the client.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from porism.search.agents.ahead import Look
from porism.search.agents.chats import openai_chat, openai_chat_async
from porism.search.agents.completions import Chunks, completion, told_by
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Chat, Reply
from porism.search.agents.turn import Decision, NothingToDo
from porism.search.agents.turns import Turns, key_of
from porism.search.tools.tool import Tool

OURS = ("messages", "tools", "model", "stream", "stream_options", "n")  # of a request; the rest goes on as it is


class SearchModel:
    """A chat-completions client that searches with another one.

    Attributes:
        chat: ``chat.completions.create(messages=..., tools=..., model=...)`` gives an
            ``openai.types.chat.ChatCompletion``, or with ``stream=True`` its chunks.
        turns: what was decided, and how (``turns.latest``).
    """

    def __init__(
        self,
        client: Any,
        *,
        model: str | None = None,
        tools: Sequence[Tool] = (),
        look: Look = Look(),  # noqa: B008  # frozen
        remaining: bool = True,
    ) -> None:
        """Wrap a client.

        Args:
            client: an ``openai.OpenAI``, or anything of its shape.
            model: the name to ask it for; by default the one in each request.
            tools: those that can be run here. The read-only ones run while looking ahead.
            look: how to look ahead, and what one decision may cost.
            remaining: ask how many calls are still to come, as :func:`openai_chat` does.
        """
        self._client, self.turns = client, Turns(look, tools)
        self._samples, self._settings = look.samples, {"model": model, "remaining": remaining}
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self._create))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_client"], name)

    def _create(self, **request: Any) -> Any:
        asked = _Asked(request, self._settings, self._samples)
        if not asked.searched:
            return self._client.chat.completions.create(**asked.as_is())
        proposer = asked.proposer(openai_chat(self._client, **asked.chat()))
        try:
            return asked.completion(self.turns.decide(proposer, asked.past, asked.latest))
        except NothingToDo as nothing:
            return asked.refusal(nothing)


class AsyncSearchModel(SearchModel):
    """:class:`SearchModel` over an ``openai.AsyncOpenAI``: the same, to be awaited."""

    async def _create(self, **request: Any) -> Any:
        asked = _Asked(request, self._settings, self._samples)
        if not asked.searched:
            return await self._client.chat.completions.create(**asked.as_is())
        chat = openai_chat_async(self._client, **asked.chat())
        try:
            decided = await self.turns.decide_async(asked.proposer(), chat, asked.past, asked.latest)
            return asked.completion(decided)
        except NothingToDo as nothing:
            return asked.refusal(nothing)


class _Asked:
    """One request to the client, and how to answer it."""

    def __init__(self, request: Mapping[str, Any], settings: Mapping[str, Any], samples: int) -> None:
        from openai import NotGiven, Omit

        self._given = {name: value for name, value in request.items() if not isinstance(value, NotGiven | Omit)}
        self._settings, self._samples = settings, samples
        self._model = settings["model"] or self._given.get("model")
        self._choice = self._given.get("tool_choice") or "auto"
        self.searched = bool(
            self._given.get("tools") and self._choice in ("auto", "required") and (self._given.get("n") or 1) == 1
        )
        self._messages = [_plain(message) for message in self._given.get("messages") or ()]
        self.past, self.latest = told_by(self._messages)

    def as_is(self) -> dict[str, Any]:
        """The request for the inner client."""
        return {**self._given, "model": self._model}

    def chat(self) -> dict[str, Any]:
        """The arguments of the inner chat."""
        rest = {name: value for name, value in self._given.items() if name not in OURS}
        return {**self._settings, "model": self._model, **rest}

    def proposer(self, chat: Chat | None = None) -> ModelProposer:
        """Proposes what follows the messages."""
        tools = list(self._given["tools"])
        return ModelProposer(chat, tools, self._messages, self._samples, answers=self._choice != "required")

    def completion(self, decided: Decision) -> Any:
        """The decision as the client's result."""
        reply = Reply(decided.call, decided.text, tokens=decided.outcome.spent.tokens)
        return self._result(reply, key_of(self._messages, decided.call))

    def refusal(self, nothing: NothingToDo) -> Any:
        """A refusal as the client's result; anything else that kept the model from deciding is raised."""
        refused = next((fault for fault in nothing.faults if fault.reason == "refusal"), None)
        if refused is None:
            raise nothing
        return self._result(Reply(fault=refused), "refusal")

    def _result(self, reply: Reply, key: str) -> Any:
        made = completion(str(self._given.get("model") or self._model), reply, key)
        return Chunks(made) if self._given.get("stream") else made


def _plain(message: Any) -> dict[str, Any]:
    """A message as a dictionary; loops also hand back the object that they got."""
    if isinstance(message, Mapping):
        return dict(message)
    found: dict[str, Any] = message.model_dump(exclude_unset=True)
    return found
