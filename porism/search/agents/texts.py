"""Any model that writes text as a :data:`Chat`: tools in words, and replies held to a JSON schema.

For small and local models whose server knows no tool calls. A reply is one JSON object: ``thought``, ``tool``,
``arguments`` and ``remaining``; with tool ``""`` the thought is the reply in words.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from porism.search.agents.replies import LONGEST, Chat, Prompt, Reply, count_of, faulty, reply_of, with_cost, words_of

Generate = Callable[[Sequence["TextRequest"]], Sequence["TextReply"]]


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A conversation in words.

    Attributes:
        messages: ``{"role", "content"}`` each; roles are system, user and assistant.
        schema: JSON Schema of the reply, as JSON text.
        sample: 0, 1, 2, ...: requests that differ in it alone are samples of one place, and want different seeds.
    """

    messages: tuple[dict[str, str], ...]
    schema: str
    sample: int


@dataclass(frozen=True, slots=True)
class TextReply:
    """What came back.

    Attributes:
        text: the reply.
        error: why there is none; empty where there is one.
        tokens: read and written.
    """

    text: str = ""
    error: str = ""
    tokens: int = 0


def json_chat(generate: Generate, *, words: bool = True) -> Chat:
    """A chat over a function that answers a batch of requests in words; all samples of all prompts are one batch.

    Args:
        generate: answers requests, in order.
        words: let the model also speak without a call, which some tasks want at the end.
    """

    def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        requests = [request for prompt in prompts for request in _requests(prompt, words)]
        answers = iter(generate(requests))
        return [[_reply(next(answers)) for _ in range(prompt.samples)] for prompt in prompts]

    return chat


def _requests(prompt: Prompt, words: bool) -> list[TextRequest]:
    schema = json.dumps(_schema([tool["function"]["name"] for tool in prompt.tools], words))
    messages = _in_words(prompt)
    first = prompt.attempt * prompt.samples
    return [TextRequest(messages, schema, first + i) for i in range(prompt.samples)]


def _schema(names: list[str], words: bool) -> dict[str, Any]:
    properties = {
        "thought": {"type": "string", "maxLength": 500},
        "tool": {"type": "string", "enum": [*names, ""] if words else names},
        "arguments": {"type": "object"},
        "remaining": {"type": "integer", "minimum": 0, "maximum": 99},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _in_words(prompt: Prompt) -> tuple[dict[str, str], ...]:
    """The conversation for a model that knows no tools: theirs become the user's words, turns of one role are one."""
    turns = [{"role": "system", "content": SYSTEM.format(tools="\n".join(map(_described, prompt.tools)))}]
    for message in prompt.messages:
        role, content = _turn(message)
        if turns[-1]["role"] == role:
            turns[-1]["content"] += "\n\n" + content
        else:
            turns.append({"role": role, "content": content})
    return tuple(turns)


def _turn(message: dict[str, Any]) -> tuple[str, str]:
    content = message.get("content")
    text = content if isinstance(content, str) else "" if content is None else json.dumps(content, ensure_ascii=False)
    if message["role"] == "tool":
        return "user", f"Result: {text}"
    if calls := message.get("tool_calls"):
        functions = (call["function"] for call in calls)
        return "assistant", "\n".join(
            f'{{"tool": "{each["name"]}", "arguments": {each["arguments"]}}}' for each in functions
        )
    return ("system" if message["role"] == "developer" else message["role"]), text


def _described(tool: dict[str, Any]) -> str:
    function = tool["function"]
    parameters = json.dumps((function.get("parameters") or {}).get("properties", {}), ensure_ascii=False)
    return f"- {function['name']}: {function.get('description', '')} Arguments: {parameters}"


def _reply(answer: TextReply) -> Reply:
    return with_cost([_read(answer)], answer.tokens)[0]


def _read(answer: TextReply) -> Reply:
    if answer.error:
        return faulty("error", answer.error)
    if not answer.text.strip():
        return faulty("empty", "")
    try:
        written = _first_object(answer.text)
    except (ValueError, RecursionError) as error:
        return faulty("malformed", f"{error}; written: {answer.text}")
    thought, name = written.get("thought"), written.get("tool")
    if name is None or name == "":
        return words_of(thought)
    return replace(reply_of(name, written.get("arguments"), thought), remaining=count_of(written.get("remaining")))


def _first_object(text: str) -> dict[str, Any]:
    """The first JSON object in a text, which may stand between other words."""
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters, at most {LONGEST:,} are read")
    start = text.find("{")
    if start < 0:
        raise ValueError("no JSON object in the reply")
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text[start:])[0]
    return found


SYSTEM = """\
Do the user's task by calling tools, one call at a time. These tools are there:
{tools}

Reply with one JSON object: "thought" (what to do next and why, one sentence), "tool" (the name of the tool to call), \
"arguments" (an object) and "remaining" (how many more calls the task will need after this one). \
When nothing is left to call, reply with "tool": "" and say the answer in "thought"."""
