"""Step 1: new instructions, from eight examples of which two were made by the model itself [Wang2023, section 2.2].

The examples are numbered and the model goes on with the list, from 9 to 15; a chat model answers with a JSON list.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from porism.generators.chat import ChatReply, ChatRequest, Message
from porism.generators.replies import ReplyError, as_text, json_of, text_of
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import SeedPool
from porism.outputs.records import storable
from porism.seeds import number, stream


@dataclass(frozen=True, slots=True)
class Example:
    """An instruction shown to the model, and the id of the seed task or record it belongs to.

    Attributes:
        id: of the seed task, or the hash of the instruction.
        instruction: the text.
        nearest: ROUGE-L to the nearest instruction before it, in [0, 1]; 0 for a seed task.
    """

    id: str
    instruction: str
    nearest: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instruction that a reply proposes; ``complete`` unless the reply was cut in it."""

    instruction: str
    complete: bool


def examples(settings: Settings, pool: SeedPool, machine: Sequence[Example], seed: int, i: int) -> list[Example]:
    """The examples that request ``i`` shows, in the order shown; ``machine`` are the instructions it may draw on."""
    draw = stream(seed, "bootstrap", i)
    human = written(settings, pool)
    own = draw.sample(list(machine), min(settings.machine, len(machine)))
    wanted = settings.human + settings.machine - len(own)
    shown = own + draw.sample(human, min(wanted, len(human)))
    draw.shuffle(shown)
    return shown


def written(settings: Settings, pool: SeedPool) -> list[Example]:
    """The seed tasks that may be shown."""
    tasks = [task for task in pool.tasks if task.is_classification or not settings.only_classification]
    return [Example(task.id, task.instruction) for task in tasks]


def request(settings: Settings, shown: Sequence[Example], seed: int, i: int) -> ChatRequest:
    """Request ``i``: ask for more instructions like those ``shown``."""
    tasks = [f"{n}. {_one_line(example.instruction)}" for n, example in enumerate(shown, 1)]
    sampling, sample = settings.bootstrap.model_dump(), number(seed, "bootstrap", i, "sample")
    kind = "classification " if settings.only_classification else ""
    if settings.style == "completion":
        opening = LABELS_OPENING if settings.only_classification else OPENING
        prompt = "\n".join([opening, *tasks, f"{len(shown) + 1}."])
        return ChatRequest(prompt=prompt, stop=_stops(settings, len(shown)), seed=sample, **sampling)
    user = ASK.format(kind=kind, tasks="\n".join(tasks), new=settings.new)
    schema = {
        "type": "object",
        "properties": {
            "tasks": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": settings.new}
        },
        "required": ["tasks"],
        "additionalProperties": False,
    }
    messages = (Message("system", SYSTEM), Message("user", user))
    return ChatRequest(messages=messages, schema=json.dumps(schema), seed=sample, **sampling)


def parse(settings: Settings, reply: ChatReply, shown: int) -> list[Candidate]:
    """The instructions in a reply to a request with ``shown`` examples.

    Raises:
        ReplyError: the reply cannot be used.
    """
    cut = reply.finish == "length"
    if settings.style == "completion":
        texts = _list_items(text_of(reply), shown + 1)
    else:
        found = json_of(reply, "tasks")
        if not isinstance(found, list):
            raise ReplyError(f"'tasks' is not a list but {as_text(found)[:80]!r}")
        texts = [_one_line(_unnumbered(as_text(item))) for item in found]
    if not texts:
        raise ReplyError("no task in the reply")
    whole = settings.compat.truncated == "keep"
    last = len(texts) - 1
    return [Candidate(storable(text), complete=not cut or (whole and k < last)) for k, text in enumerate(texts)]


def _list_items(text: str, first: int) -> list[str]:
    """The items of a numbered list that goes on at ``first``: cut where the next number begins a line, nowhere else."""
    items: list[str] = []
    rest = text
    while True:
        following = regex.search(rf"\n[ \t]*{first + len(items) + 1}[ \t]?[.)][ \t]+", rest)
        items.append(rest[: following.start()] if following else rest)
        if not following:
            return [_one_line(item) for item in items]
        rest = rest[following.end() :]


def _stops(settings: Settings, shown: int) -> tuple[str, ...]:
    """What ends the list. The reference's strings end it in the middle of "in 2016." as well."""
    after = shown + settings.new + 1
    if settings.compat.stops:
        return ("\n\n", f"\n{after}", f"{after}.", f"{after} .")
    return ("\n\n", f"\n{after}.")


def _one_line(text: str) -> str:
    """Whitespace collapsed, and without a colon at the end."""
    return " ".join(text.split()).rstrip(":\uff1a ")  # or a fullwidth one


def _unnumbered(text: str) -> str:
    return regex.sub(r"^\s*\d{1,2}[.)]\s+", "", text)


OPENING = "A list of varied tasks that people give to an assistant:"
LABELS_OPENING = "A list of varied classification tasks, each naming its possible labels where it can:"
SYSTEM = (
    "You invent tasks for testing a text-only assistant. Tasks differ from each other in subject, wording, form and "
    "difficulty; each can be understood and done without anything but text. You answer in JSON."
)
ASK = (
    "These are {kind}tasks that we have already:\n{tasks}\n\n"
    "Write {new} new {kind}tasks in the language of these, none of them like another or like one above. "
    'Answer with a JSON object: {{"tasks": ["...", "..."]}}'
)
