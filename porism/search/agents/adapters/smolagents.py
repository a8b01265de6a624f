"""Search as a model of smolagents: ``ToolCallingAgent(tools=[...], model=SearchModel(OpenAIModel(...)))``."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from threading import Lock
from typing import Any

from smolagents import Tool as SmolTool
from smolagents.models import (
    ChatMessage,
    ChatMessageToolCall,
    ChatMessageToolCallFunction,
    MessageRole,
    Model,
    TokenUsage,
    get_tool_json_schema,
)

from porism.search.agents.adapters.rounds import chat_of
from porism.search.agents.ahead import Look
from porism.search.agents.chats import COUNT, REMAINING
from porism.search.agents.completions import text_of
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Prompt, Reply, faulty, reply_of
from porism.search.agents.turns import Turns, key_of, whole
from porism.search.tools.calls import Call
from porism.search.tools.tool import Tool

ENDS = ("final_answer",)
SEEN = "Observation:\n"


class SearchModel(Model):  # type: ignore[misc]  # smolagents is not typed
    """Searches with another model, and gives back one call at a time.

    smolagents tells its agents' calls as text. So the model remembers its last decision, to know its result again.

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
        super().__init__(model_id=inner.model_id)
        self.turns, self._inner, self._samples = Turns(look, tools), inner, look.samples
        self._last: tuple[list[list[str]], list[Any], Call] | None = None  # told, as it is known, and decided

    def generate(
        self,
        messages: list[ChatMessage],
        stop_sequences: list[str] | None = None,
        response_format: dict[str, str] | None = None,
        tools_to_call_from: list[SmolTool] | None = None,
        **kwargs: Any,
    ) -> ChatMessage:
        """The best next call."""
        kwargs |= {"stop_sequences": stop_sequences, "response_format": response_format}
        if not tools_to_call_from:
            return self._inner.generate(messages, tools_to_call_from=tools_to_call_from, **kwargs)
        longer, usage, lock = [_longer(tool) for tool in tools_to_call_from], TokenUsage(0, 0), Lock()

        def ask(prompt: Prompt) -> Reply:
            made = self._inner.generate([*messages, *_ahead(prompt)], tools_to_call_from=longer, **kwargs)
            with lock:
                usage.input_tokens += made.token_usage.input_tokens if made.token_usage else 0
                usage.output_tokens += made.token_usage.output_tokens if made.token_usage else 0
            return self._reply(made)

        schemas = [get_tool_json_schema(tool) for tool in tools_to_call_from]
        told, (past, latest) = _told(messages), self._known(messages)
        decided = self.turns.decide(ModelProposer(chat_of(ask), schemas, (), self._samples), past, latest, ENDS)
        assert decided.call is not None  # without answers in words
        now = whole(past, latest)
        self._last = told, now, decided.call
        function = ChatMessageToolCallFunction(decided.call.values(), decided.call.name)
        call = ChatMessageToolCall(function, key_of(now, decided.call), "function")
        usage = TokenUsage(usage.input_tokens, usage.output_tokens)  # which adds up its total when made
        return ChatMessage(MessageRole.ASSISTANT, decided.text or None, [call], token_usage=usage)

    def _known(self, messages: Sequence[ChatMessage]) -> tuple[list[Any], tuple[Call, str] | None]:
        """The conversation as :meth:`Turns.decide` takes it, as far as it goes on from the last decision."""
        told = _told(messages)
        if self._last:
            before, known, call = self._last
            text = told[-1][1]
            if told[: len(before)] == before and len(told) > len(before) and text.startswith(SEEN):
                return known, (call, text.removeprefix(SEEN))
        return told, None

    def _reply(self, made: ChatMessage) -> Reply:
        tokens = made.token_usage.total_tokens if made.token_usage else 0
        if not made.tool_calls:
            try:
                made = self._inner.parse_tool_calls(made)
            except Exception as error:  # whatever a model wrote there
                return faulty("malformed", f"{error}; written: {text_of(made.content)}")
        function = made.tool_calls[0].function
        return replace(reply_of(function.name, function.arguments, text_of(made.content), REMAINING), tokens=tokens)


def _longer(tool: SmolTool) -> SmolTool:
    if tool.name in ENDS or REMAINING in tool.inputs:
        return tool
    longer = copy(tool)
    longer.inputs = {**tool.inputs, REMAINING: {"type": "integer", "description": COUNT["description"]}}
    return longer


def _ahead(prompt: Prompt) -> list[ChatMessage]:
    """The calls that the search looks past, told as smolagents' memory tells them."""
    return [
        _message(MessageRole.TOOL_RESPONSE, f"{SEEN}{message['content']}")
        if message["role"] == "tool"
        else _message(MessageRole.TOOL_CALL, f"Calling tools:\n{message['tool_calls']}")
        for message in prompt.messages
    ]


def _message(role: MessageRole, text: str) -> ChatMessage:
    return ChatMessage(role, [{"type": "text", "text": text}])


def _told(messages: Sequence[ChatMessage]) -> list[list[str]]:
    return [[str(message.role), text_of(message.content)] for message in messages]
