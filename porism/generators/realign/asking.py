"""What the model is asked: the kind of a task, and an answer in another format. The prompts are at the end.

Texts of the source stand between lines of equals signs, longer than any such line of theirs.
"""

import json

import regex

from porism.generators.chat import ChatReply, ChatRequest, Message
from porism.generators.realign.criteria import Kind
from porism.generators.realign.settings import Settings
from porism.generators.replies import ReplyError, as_text, json_of
from porism.outputs.records import storable
from porism.outputs.sources import Item
from porism.seeds import number


def kind_of(settings: Settings, item: Item, seed: int, i: int) -> ChatRequest:
    """Ask which kind of task item ``i`` is."""
    kinds = "\n".join(f"- {kind.name}: {kind.definition}" for kind in settings.criteria)
    schema = _schema("task_kind", {"type": "string", "enum": [kind.name for kind in settings.criteria]})
    messages = (Message("system", SORT.format(kinds=kinds)), Message("user", quoted(Request=asked(item))))
    sample = number(seed, "kind", i)
    return ChatRequest(messages=messages, schema=schema, seed=sample, **settings.classify.model_dump())


def read_kind(settings: Settings, reply: ChatReply) -> Kind:
    """The kind that a reply names.

    Raises:
        ReplyError: it names none of the criteria.
    """
    named = as_text(json_of(reply, "task_kind"))
    name = regex.sub(r"[\s-]+", "_", named.strip().lower()[:100])
    if name not in settings.kinds:
        raise ReplyError(f"the model says {named[:60]!r}, which is none of the {len(settings.criteria)} kinds of task")
    return settings.kinds[name]


def in_format(settings: Settings, item: Item, kind: Kind, evidence: str, seed: int, i: int, k: int) -> ChatRequest:
    """Ask for the answer of item ``i`` in the format of its kind, for the ``k``-th time."""
    shown = quoted(Request=asked(item), Answer=item.output, Format=kind.format, **_if("Evidence", evidence))
    system = f"{REFORMAT} {EVIDENCE} {ENDING}" if evidence else f"{REFORMAT} {ENDING}"
    messages = (Message("system", system), Message("user", shown))
    schema, sample = _schema("reformatted", {"type": "string"}), number(seed, "reformat", i, k)
    return ChatRequest(messages=messages, schema=schema, seed=sample, **settings.reformat.model_dump())


def read_answer(reply: ChatReply) -> str:
    """The answer in a reply.

    Raises:
        ReplyError: there is none.
    """
    text = str(storable(as_text(json_of(reply, "reformatted")))).strip()
    if not text:
        raise ReplyError("the new answer is empty")
    return text


def asked(item: Item) -> str:
    """What a person asked: the instruction, and the input below it where there is one."""
    return f"{item.instruction}\n\n{item.input}" if item.input else item.instruction


def quoted(**texts: str) -> str:
    """Texts under their names, each between lines that none of them can end."""
    longest = max((len(run) for text in texts.values() for run in regex.findall("=+", text)), default=0)
    line = "=" * max(8, longest + 1)
    return "\n\n".join(f"{name}:\n{line}\n{text}\n{line}" for name, text in texts.items())


def _if(name: str, text: str) -> dict[str, str]:
    return {name: text} if text else {}


def _schema(name: str, kind: dict[str, object]) -> str:
    return json.dumps({"type": "object", "properties": {name: kind}, "required": [name], "additionalProperties": False})


SORT = (
    "You sort requests by the kind of task that they set. The kinds, each with what belongs to it:\n{kinds}\n"
    "Take the kind that fits best; where a request sets several tasks, that of the last. Do not carry the request out. "
    'Answer with a JSON object: {{"task_kind": "..."}}'
)
REFORMAT = (
    "You bring answers into a better format. You are shown a request, the answer that was given to it, and the format "
    "that answers to such requests should have. Write the answer anew in that format. Every number, name, quotation, "
    "address and piece of code of the answer stays, spelled as it is; nothing is added that it does not say. A part of "
    "the format for which the answer has nothing is left out. Where the request itself asks for another form, or the "
    "format does not suit it, repeat the answer word for word. Write in the language of the answer, in Markdown, "
    "without remarks about your work."
)
EVIDENCE = "Evidence was found for the request: you may correct and complete the answer with what it says."
ENDING = 'Answer with a JSON object: {"reformatted": "..."}'
