"""Search as a chat model of LangChain, for LangGraph's nodes and agents: ``SearchChatModel(inner=ChatOpenAI(...))``."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, InstanceOf, PrivateAttr

from porism.search.agents.adapters.rounds import async_chat_of, chat_of
from porism.search.agents.ahead import Look
from porism.search.agents.chats import REMAINING, with_remaining
from porism.search.agents.completions import text_of
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Prompt, Reply, reply_of, words_of
from porism.search.agents.turn import Decision
from porism.search.agents.turns import Turns, key_of, split, whole, written
from porism.search.tools.tool import Tool


class SearchChatModel(BaseChatModel):
    """Searches with another chat model, and gives back one call at a time.

    Attributes:
        inner: the model.
        tools: those that can be run here. The read-only ones run while looking ahead.
        look: how to look ahead (a ``Look``), and what one decision may cost.
    """

    inner: BaseChatModel
    tools: Sequence[InstanceOf[Tool]] = ()
    look: Any = Field(default_factory=Look)  # whose protocols pydantic cannot describe
    _turns: Turns = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Begin with nothing seen."""
        super().model_post_init(context)
        self._turns = Turns(self.look, self.tools)

    @property
    def turns(self) -> Turns:
        """What was decided, and how (``turns.latest``)."""
        return self._turns

    @property
    def _llm_type(self) -> str:
        return "porism-search"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """The model with these tools; a ``tool_choice`` other than auto leaves nothing to search for."""
        if tool_choice not in (None, "auto"):
            return self.inner.bind_tools(tools, tool_choice=tool_choice, **kwargs)
        return self.bind(schemas=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        schemas = kwargs.pop("schemas", [])
        if not schemas:
            return _result(self.inner.invoke(messages, stop=stop, **kwargs))
        asked = self.inner.bind_tools(_longer(schemas))
        past, latest = split([entry for message in messages for entry in _entries(message)])
        chat = chat_of(lambda prompt: _reply(asked.invoke([*messages, *_ahead(prompt)], stop=stop, **kwargs)))
        proposer = ModelProposer(chat, schemas, (), self.look.samples, answers=True)
        return _result(_message(self._turns.decide(proposer, past, latest), whole(past, latest)))

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        schemas = kwargs.pop("schemas", [])
        if not schemas:
            return _result(await self.inner.ainvoke(messages, stop=stop, **kwargs))
        asked = self.inner.bind_tools(_longer(schemas))

        async def ask(prompt: Prompt) -> Reply:
            return _reply(await asked.ainvoke([*messages, *_ahead(prompt)], stop=stop, **kwargs))

        past, latest = split([entry for message in messages for entry in _entries(message)])
        proposer = ModelProposer(None, schemas, (), self.look.samples, answers=True)
        decided = await self._turns.decide_async(proposer, async_chat_of(ask), past, latest)
        return _result(_message(decided, whole(past, latest)))


def _longer(schemas: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    functions = [schema["function"] for schema in schemas]
    return [
        {"type": "function", "function": {**each, "parameters": with_remaining(each["name"], each.get("parameters"))}}
        for each in functions
    ]


def _ahead(prompt: Prompt) -> list[BaseMessage]:
    """The calls that the search looks past, as LangChain's messages."""
    found: list[BaseMessage] = []
    for message in prompt.messages:
        if message["role"] == "tool":
            found.append(ToolMessage(message["content"], tool_call_id=f"ahead_{message['tool_call_id']}"))
        else:
            (call,) = message["tool_calls"]
            arguments = reply_of("_", call["function"]["arguments"]).call
            values = arguments.values() if arguments else {}
            found.append(_calling(call["function"]["name"], values, f"ahead_{call['id']}"))
    return found


def _calling(name: str, values: dict[str, Any], key: str, said: str = "") -> AIMessage:
    return AIMessage(said, tool_calls=[{"name": name, "args": values, "id": key, "type": "tool_call"}])


def _reply(made: AIMessage) -> Reply:
    said = text_of(made.content)
    if made.tool_calls:
        found = reply_of(made.tool_calls[0]["name"], made.tool_calls[0]["args"], said, REMAINING)
    elif made.invalid_tool_calls:
        found = reply_of(made.invalid_tool_calls[0]["name"], made.invalid_tool_calls[0]["args"], said, REMAINING)
    else:
        found = words_of(said)
    return replace(found, tokens=made.usage_metadata["total_tokens"] if made.usage_metadata else 0)


def _message(decided: Decision, before: Sequence[Any]) -> AIMessage:
    if decided.call is None:
        message = AIMessage(decided.text)
    else:
        message = _calling(decided.call.name, decided.call.values(), key_of(before, decided.call), decided.text)
    tokens = decided.outcome.spent.tokens
    if tokens:
        message.usage_metadata = {"input_tokens": tokens, "output_tokens": 0, "total_tokens": tokens}
    return message


def _result(message: Any) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _entries(message: BaseMessage) -> list[list[str]]:
    if isinstance(message, ToolMessage):
        return [["result", text_of(message.content)]]
    if isinstance(message, AIMessage) and message.tool_calls:
        return [written(call["name"], call["args"]) for call in message.tool_calls]
    return [[message.type, text_of(message.content)]]
