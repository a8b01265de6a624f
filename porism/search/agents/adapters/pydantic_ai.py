"""Search as a model of pydantic-ai: ``Agent(SearchModel("openai:gpt-5"), tools=[...])``."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models import CompletedStreamedResponse, Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from porism.search.agents.adapters.rounds import async_chat_of
from porism.search.agents.ahead import Look
from porism.search.agents.chats import REMAINING, with_remaining
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Prompt, Reply, reply_of, words_of
from porism.search.agents.turns import Turns, key_of, split, whole, written
from porism.search.tools.tool import Tool


class SearchModel(WrapperModel):
    """Searches with another model, and gives back one call at a time. Calls of output tools end a task.

    Attributes:
        turns: what was decided, and how (``turns.latest``).
    """

    def __init__(
        self,
        wrapped: Model | str,
        *,
        tools: Sequence[Tool] = (),
        look: Look = Look(),  # noqa: B008  # frozen
    ) -> None:
        """Wrap a model.

        Args:
            wrapped: the model, or its name.
            tools: those that can be run here. The read-only ones run while looking ahead.
            look: how to look ahead, and what one decision may cost.
        """
        super().__init__(wrapped)
        self.turns, self._samples = Turns(look, tools), look.samples

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The best next call, or the answer."""
        given = model_request_parameters
        if not given.function_tools:
            return await super().request(messages, model_settings, given)
        asked = replace(given, function_tools=_longer(given.function_tools), output_tools=_longer(given.output_tools))
        usage = RequestUsage()

        async def ask(prompt: Prompt) -> Reply:
            nonlocal usage
            made = await self.wrapped.request([*messages, *_ahead(prompt)], model_settings, asked)
            usage += made.usage
            return _reply(made)

        schemas = [_schema(tool) for tool in (*given.function_tools, *given.output_tools)]
        proposer = ModelProposer(None, schemas, (), self._samples, answers=given.allow_text_output)
        past, latest = split([entry for message in messages for entry in _entries(message)])
        ends = [tool.name for tool in given.output_tools]
        decided = await self.turns.decide_async(proposer, async_chat_of(ask), past, latest, ends)
        if decided.call is None:
            return ModelResponse([TextPart(decided.text)], usage=usage, model_name=self.model_name)
        key = key_of(whole(past, latest), decided.call)
        part = ToolCallPart(decided.call.name, decided.call.arguments, key)
        return ModelResponse([part], usage=usage, model_name=self.model_name)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: Any = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same as a stream that brings all of it at once."""
        made = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(made, model_request_parameters=model_request_parameters, replay_events=True)


def _longer(tools: Sequence[ToolDefinition]) -> list[ToolDefinition]:
    return [
        replace(tool, parameters_json_schema=with_remaining(tool.name, tool.parameters_json_schema)) for tool in tools
    ]


def _schema(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description or "", "parameters": tool.parameters_json_schema}
    return {"type": "function", "function": function}


def _ahead(prompt: Prompt) -> list[ModelMessage]:
    """The calls that the search looks past, as messages of pydantic-ai."""
    found: list[ModelMessage] = []
    name = ""
    for message in prompt.messages:
        if message["role"] == "tool":
            found.append(ModelRequest([ToolReturnPart(name, message["content"], f"ahead_{message['tool_call_id']}")]))
        else:
            (call,) = message["tool_calls"]
            name = call["function"]["name"]
            found.append(ModelResponse([ToolCallPart(name, call["function"]["arguments"], f"ahead_{call['id']}")]))
    return found


def _reply(made: ModelResponse) -> Reply:
    said = "".join(part.content for part in made.parts if isinstance(part, TextPart))
    call = next((part for part in made.parts if isinstance(part, ToolCallPart)), None)
    found = reply_of(call.tool_name, call.args, said, REMAINING) if call else words_of(said)
    return replace(found, tokens=made.usage.total_tokens)


def _entries(message: ModelMessage) -> list[list[str]]:
    if isinstance(message, ModelResponse):
        calls = [written(part.tool_name, part.args) for part in message.parts if isinstance(part, ToolCallPart)]
        return calls or [["words", "".join(part.content for part in message.parts if isinstance(part, TextPart))]]
    return [
        ["result", part.model_response_str()]
        if isinstance(part, ToolReturnPart)
        else [part.part_kind, str(getattr(part, "content", ""))]
        for part in message.parts
    ]
