"""Search as a model of the OpenAI Agents SDK: ``Agent("name", model=SearchModel(OpenAIResponsesModel(...)))``."""

import json
from collections.abc import AsyncIterator, Sequence
from copy import copy
from dataclasses import replace
from time import time
from typing import Any

from agents import FunctionTool, Handoff, Model, ModelResponse, Usage
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseUsage,
)

from porism.search.agents.adapters.rounds import async_chat_of
from porism.search.agents.ahead import Look
from porism.search.agents.chats import REMAINING, with_remaining
from porism.search.agents.completions import text_of
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Prompt, Reply, reply_of, words_of
from porism.search.agents.turn import Decision
from porism.search.agents.turns import Turns, key_of, split, whole, written
from porism.search.tools.tool import Tool


class SearchModel(Model):
    """Searches with another model, and gives back one call at a time. A handoff ends a task.

    Attributes:
        turns: what was decided, and how (``turns.latest``).
    """

    def __init__(
        self,
        inner: Model,
        *,
        tools: Sequence[Tool] = (),
        look: Look = Look(),  # noqa: B008  # frozen
    ) -> None:
        """Wrap a model.

        Args:
            inner: the model.
            tools: those that can be run here. The read-only ones run while looking ahead.
            look: how to look ahead, and what one decision may cost.
        """
        self.turns, self._inner, self._samples = Turns(look, tools), inner, look.samples

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[Any],
        model_settings: Any,
        tools: list[Any],
        output_schema: Any,
        handoffs: list[Handoff[Any, Any]],
        tracing: Any,
        **rest: Any,
    ) -> ModelResponse:
        """The best next call, or the answer."""
        functions = [tool for tool in tools if isinstance(tool, FunctionTool)]
        choice = model_settings.tool_choice
        if not functions or choice not in (None, "auto", "required"):
            return await self._inner.get_response(
                system_instructions, input, model_settings, tools, output_schema, handoffs, tracing, **rest
            )
        items: list[Any] = [{"role": "user", "content": input}] if isinstance(input, str) else list(input)
        longer = [_longer(tool) if isinstance(tool, FunctionTool) else tool for tool in tools]
        usage = Usage()

        async def ask(prompt: Prompt) -> Reply:
            made = await self._inner.get_response(
                system_instructions, [*items, *_ahead(prompt)], model_settings, longer, output_schema, handoffs,
                tracing, **rest,
            )  # fmt: skip
            usage.add(made.usage)
            return _reply(made)

        schemas = [_schema(tool.name, tool.description, tool.params_json_schema) for tool in functions]
        schemas += [_schema(each.tool_name, each.tool_description, each.input_json_schema) for each in handoffs]
        proposer = ModelProposer(None, schemas, (), self._samples, answers=choice != "required")
        past, latest = split([["instructions", system_instructions or ""], *map(_entry, items)])
        ends = [each.tool_name for each in handoffs]
        decided = await self.turns.decide_async(proposer, async_chat_of(ask), past, latest, ends)
        return ModelResponse([_item(decided, key_of(whole(past, latest), decided.call))], usage, None)

    async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """The same as a stream that brings all of it at once."""
        made = await self.get_response(*args, **kwargs)
        spent = ResponseUsage(
            input_tokens=made.usage.input_tokens, input_tokens_details=made.usage.input_tokens_details,
            output_tokens=made.usage.output_tokens, output_tokens_details=made.usage.output_tokens_details,
            total_tokens=made.usage.total_tokens,
        )  # fmt: skip
        response = Response(
            id="search", created_at=time(), model="search", object="response", output=made.output, usage=spent,
            tool_choice="auto", tools=[], parallel_tool_calls=False,
        )  # fmt: skip
        yield ResponseCompletedEvent(response=response, sequence_number=0, type="response.completed")


def _longer(tool: FunctionTool) -> FunctionTool:
    longer = copy(tool)
    longer.params_json_schema = with_remaining(tool.name, tool.params_json_schema)
    return longer


def _schema(name: str, description: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _ahead(prompt: Prompt) -> list[Any]:
    """The calls that the search looks past, as input items."""
    found: list[Any] = []
    for message in prompt.messages:
        if message["role"] == "tool":
            key = f"ahead_{message['tool_call_id']}"
            found.append({"type": "function_call_output", "call_id": key, "output": message["content"]})
        else:
            (call,) = message["tool_calls"]
            found.append({"type": "function_call", "call_id": f"ahead_{call['id']}", **call["function"]})
    return found


def _reply(made: ModelResponse) -> Reply:
    said = "".join(
        part.text
        for item in made.output
        if isinstance(item, ResponseOutputMessage)
        for part in item.content
        if isinstance(part, ResponseOutputText)
    )
    call = next((item for item in made.output if isinstance(item, ResponseFunctionToolCall)), None)
    found = reply_of(call.name, call.arguments, said, REMAINING) if call else words_of(said)
    return replace(found, tokens=made.usage.total_tokens)


def _item(decided: Decision, key: str) -> ResponseFunctionToolCall | ResponseOutputMessage:
    if decided.call:
        return ResponseFunctionToolCall(
            call_id=key, name=decided.call.name, arguments=decided.call.arguments, type="function_call"
        )
    text = ResponseOutputText(text=decided.text, type="output_text", annotations=[])
    return ResponseOutputMessage(
        id=key.replace("call", "msg", 1), content=[text], role="assistant", status="completed", type="message"
    )


def _entry(item: Any) -> list[str]:
    kind = item.get("type") or "message"
    if kind == "function_call":
        return written(item.get("name"), item.get("arguments"))
    if kind == "function_call_output":
        output = item.get("output")
        return ["result", output if isinstance(output, str) else text_of(output)]
    said = item.get("content")
    return [str(item.get("role") or kind), said if isinstance(said, str) else json.dumps(said, default=str)]
