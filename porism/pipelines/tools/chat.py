"""A chat model of ``porism.generators`` as one that proposes tool calls, held to what can be called.

A reply is one JSON object: a thought if wanted, the call, and how many calls the model imagines after it. The schema
that servers hold it to spells out every call that a task's world allows (:mod:`.forms`), so that names of tools,
tables and columns are always right, which is the larger half of what a small model gets wrong. Servers that know no
schemas get the same words, and what they reply is read all the same.
"""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from porism.generators.chat import ChatModel, ChatReply, ChatRequest, Message
from porism.pipelines.tools.forms import Form, closed
from porism.search.agents.proposer import Chat, TextReply, TextRequest, json_chat
from porism.seeds import number

MOST = 99  # calls that a model may imagine


class Asking(BaseModel):
    """How the model is asked.

    Attributes:
        samples: replies at each place; equal calls are one proposal, whose weight is its share.
        examples: solved tasks that are shown before the task: of many drawn under another seed, those most like it.
        described: whether the tools are described in words; else the model learns of them from examples alone.
        thought: whether the model says a sentence before it calls.
        temperature: of sampling, >= 0; with 0 all samples are the same.
        max_tokens: length of a reply at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(default=4, ge=1, le=64)
    examples: int = Field(default=0, ge=0, le=32)
    described: bool = True
    thought: bool = True
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=512, ge=16)


class OneByOne:
    """A model whose samples of one place are asked for one after the other.

    For servers with few slots: the slot that has read a conversation goes on with it, where otherwise each sample would
    find a slot of its own and read everything again, which is most of the embedded model's work.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model, self.name = model, model.name

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply for each request, in order."""
        return [self._model.generate([request])[0] for request in requests]


def chat(model: ChatModel, asking: Asking, seed: int, forms: Sequence[Form]) -> Chat:
    """The model as a chat about tools; a pure function of the prompts and the model's replies.

    Args:
        model: answers requests.
        asking: how it is asked.
        seed: of the samples: those of one place get different seeds, and another run with this seed the same ones.
        forms: of the calls that can be made.
    """
    schema = json.dumps(schema_of(forms, thought=asking.thought))

    def generate(asked: Sequence[TextRequest]) -> list[TextReply]:
        return [_told(reply) for reply in model.generate([request(one) for one in asked])]

    def request(one: TextRequest) -> ChatRequest:
        first, *turns = (Message(turn["role"], turn["content"]) for turn in one.messages)  # type: ignore[arg-type]
        return ChatRequest(
            messages=(first if asking.described else Message("system", BRIEF), *turns),
            max_tokens=asking.max_tokens,
            temperature=asking.temperature,
            schema=schema,
            seed=number(seed, "sample", one.sample),
        )

    return json_chat(generate, words=False)


def schema_of(forms: Sequence[Form], *, thought: bool = True) -> dict[str, Any]:
    """The JSON schema of a reply: one of the calls.

    >>> say = Form("say", {"type": "object", "properties": {"text": {"type": "string"}}})
    >>> one = schema_of([say], thought=False)["anyOf"][0]
    >>> list(one["properties"]), one["properties"]["tool"]
    (['tool', 'arguments', 'remaining'], {'enum': ['say']})
    """
    said = {"thought": {"type": "string"}} if thought else {}
    rest = {"remaining": {"type": "integer", "minimum": 0, "maximum": MOST}}
    calls = [{**said, "tool": {"enum": [form.tool]}, "arguments": form.arguments, **rest} for form in forms]
    return {"anyOf": [closed(call, list(call)) for call in calls]}


def _told(reply: ChatReply) -> TextReply:
    return TextReply(reply.text, reply.error, reply.input_tokens + reply.output_tokens)


BRIEF = (
    'Do what the user asks by calling tools. Reply with one call as JSON: "tool", "arguments", and "remaining", the '
    "number of calls to come."
)
