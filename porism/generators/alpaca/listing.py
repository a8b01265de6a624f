"""The list that Alpaca asks for and gets back: numbered tasks of three parts, between lines of ``###`` [Taori2023].

A chat model answers with a JSON list of objects instead. What comes back is read leniently and taken apart with care:
an item begins where a line says ``12. Instruction:`` and nowhere else, so that ``###`` inside an output is a heading,
and a forgotten ``###`` puts no task into the output of another.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import regex

from porism.generators.chat import ChatReply, ChatRequest, Message
from porism.generators.replies import ReplyError, as_text, json_of, text_of
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import SeedTask
from porism.outputs.records import storable

PARTS = ("Instruction", "Input", "Output")
MOST = 100  # items of a reply that are read, and get a row each, however long its list is
HEAD = regex.compile(r"(?<!\d)(\d{1,3})\.\s+(Instruction|Input|Output):")
LINE = regex.compile(r"(?m)^[ \t#]*(\d{1,3})\.[ \t]*(Instruction|Input|Output):")
NOTHING = "<noinput>"
ABSENT = regex.compile(
    r"\W*(?:no[ _-]?input(?: (?:is )?(?:needed|required|necessary|provided|given))?|no (?:additional|further) input"
    r"(?: (?:is )?(?:needed|required|necessary))?|not applicable|n/a|n\.a\.|none)\W*",
    regex.IGNORECASE,
)
UNSAID = regex.compile(r"\W*(?:no[ _-]?(?:input|output)|n/a|n\.a\.)\W*", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A task that a reply proposes.

    Attributes:
        instruction: the text.
        input: empty where it needs none.
        output: the text.
        complete: unless the reply was cut in it.
        lacks: why it cannot be read, or None.
        size: characters of the reply that it takes.
    """

    instruction: str
    input: str
    output: str
    complete: bool = True
    lacks: str | None = None
    size: int = 1


def completion(shown: Sequence[SeedTask], listed: int, stop: tuple[str, ...], seed: int, how: Sampling) -> ChatRequest:
    """Ask a base model to go on with a list that begins with the tasks ``shown``."""
    tasks = "".join(f"###\n{_written(n, task)}\n" for n, task in enumerate(shown, 1))
    head = f"{OPENING.format(count=listed)}\n{_requirements()}\n\nThe {listed} tasks:\n"
    prompt = f"{head}{tasks}###\n{len(shown) + 1}. Instruction:"
    return ChatRequest(prompt=prompt, stop=stop, seed=seed, **how.model_dump())


def chat(shown: Sequence[SeedTask], new: int, seed: int, how: Sampling) -> ChatRequest:
    """Ask a chat model for ``new`` tasks unlike those ``shown``."""
    examples = "\n".join(json.dumps(_object(task), ensure_ascii=False) for task in shown)
    user = ASK.format(opening=OPENING.format(count=new), requirements=_requirements(), tasks=examples)
    part = {"type": "string"}
    item = {
        "type": "object",
        "properties": {name.lower(): part for name in PARTS},
        "required": [name.lower() for name in PARTS],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"tasks": {"type": "array", "items": item, "minItems": 1, "maxItems": new}},
        "required": ["tasks"],
        "additionalProperties": False,
    }
    messages = (Message("system", SYSTEM), Message("user", user))
    return ChatRequest(messages=messages, schema=json.dumps(schema), seed=seed, **how.model_dump())


def objects_in(reply: ChatReply) -> list[Item]:
    """The items of a reply in JSON; what is no object with the three parts is an item that says so.

    Raises:
        ReplyError: the reply cannot be used.
    """
    found = json_of(reply, "tasks")
    if not isinstance(found, list):
        raise ReplyError(f"'tasks' is not a list but {as_text(found)[:80]!r}")
    return _ended(reply, [_from_object(value) for value in found])


def listed_in(reply: ChatReply, first: int) -> list[Item]:
    """The items of a numbered list that goes on after ``first. Instruction:``.

    Raises:
        ReplyError: the reply cannot be used.
    """
    text = f"{first}. Instruction:{text_of(reply)}"
    begins = [head.start() for head in regex.finditer(r"(?m)^[ \t]*(?:#+[ \t]*)?\d{1,3}\.[ \t]*Instruction:", text)]
    items = [regex.sub(r"\n[ \t]*#+\s*$", "", text[a:b]) for a, b in pairwise([*begins, len(text)])]
    return _ended(reply, [_from_text(one, _own(one)) for one in items])


def hashed_in(reply: ChatReply, first: int) -> list[Item]:
    """The same as the reference reads it: cut at each ``###``, and the k-th piece must carry the k-th number.

    Raises:
        ReplyError: the reply cannot be used.
    """
    pieces = f"{first}. Instruction:{text_of(reply)}".split("###")
    numbered = [[(int(head.group(1)), head) for head in HEAD.finditer(piece)] for piece in pieces]
    heads = [[head for n, head in found if n == first + k] for k, found in enumerate(numbered)]
    return _ended(reply, [_from_text(*one) for one in zip(pieces, heads, strict=True)])


def without_marker(input: str) -> str:
    """An input, or nothing where it only says that there is none.

    >>> [without_marker(text) for text in ("<noinput>", "No input needed.", "N/A", "(none)", "Na", "no inputs: 3")]
    ['', '', '', '', 'Na', 'no inputs: 3']
    """
    return "" if ABSENT.fullmatch(input) else input


def leak(text: str) -> str | None:
    """The head of another task inside a part of one.

    >>> leak("Paris. 8. Instruction: Name a river"), leak("Step 8. Instructions follow")
    ('8. Instruction:', None)
    """
    found = regex.search(r"(?<![\w.])\d{1,3}\.\s*(?:Instruction|Input|Output):", text)
    return found.group() if found else None


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A total cut into whole numbers in proportion to positive weights; they add up to it.

    >>> shares(10, [1, 1, 1])
    [3, 3, 4]
    """
    marks = [0]
    for weight in weights:
        marks.append(marks[-1] + weight)
    ends = [total * mark // max(1, marks[-1]) for mark in marks]
    return [end - begin for begin, end in pairwise(ends)]


def _ended(reply: ChatReply, items: list[Item]) -> list[Item]:
    """The items, those beyond the most as one, and the last of them not complete where the reply was cut."""
    if not items:
        raise ReplyError("no task in the reply")
    if rest := items[MOST:]:
        lacks = f"{len(rest)} items more than the {MOST} that are read of a reply"
        items = [*items[:MOST], Item("", "", "", lacks=lacks, size=sum(item.size for item in rest))]
    if reply.finish != "length":
        return items
    *whole, last = items
    return [*whole, replace(last, complete=False)]


def _from_object(value: Any) -> Item:
    if not isinstance(value, dict):
        text = storable(as_text(value))
        return Item(text.strip(), "", "", lacks="not an object with instruction, input and output", size=1 + len(text))
    instruction, input, output = (storable(as_text(value.get(name.lower()))).strip() for name in PARTS)
    missing = next((name for name in ("instruction", "output") if name not in value), None)
    lacks = f"no member {missing!r}" if missing else None
    return Item(instruction, input, output, lacks=lacks, size=1 + len(instruction) + len(input) + len(output))


def _from_text(text: str, heads: list[regex.Match[str]]) -> Item:
    """An item from its text and where its parts begin."""
    ends = [*(head.start() for head in heads), len(text)][1:]
    parts = {head.group(2): text[head.end() : end] for head, end in zip(heads, ends, strict=True)}
    names = tuple(head.group(2) for head in heads)
    instruction, input, output = (storable(parts.get(name, "").strip()) for name in PARTS)
    missing = next((name for name in PARTS if name not in names), None)
    lacks = f"no part '{missing}:' with its number" if missing else f"its parts are {', '.join(names)}"
    return Item(instruction, input, output, lacks=None if names == PARTS else lacks, size=max(1, len(text)))


def _own(text: str) -> list[regex.Match[str]]:
    """Where lines begin a part with the number that the text begins with."""
    number = text.lstrip(" \t#").partition(".")[0]
    return [head for head in LINE.finditer(text) if head.group(1) == number]


def _object(task: SeedTask) -> dict[str, str]:
    first = task.instances[0]
    return {"instruction": task.instruction, "input": first.input, "output": first.output}


def _written(n: int, task: SeedTask) -> str:
    first = task.instances[0]
    instruction = task.instruction.rstrip(":\uff1a ")
    return f"{n}. Instruction: {instruction}\n{n}. Input:\n{first.input or NOTHING}\n{n}. Output:\n{first.output}"


def _requirements() -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(REQUIREMENTS, 1))


OPENING = (
    "Write a set of {count} varied tasks. Each will be given to a language model, to see how well the model carries "
    "it out."
)
REQUIREMENTS = (
    "Use another verb in each instruction, so far as you can.",
    "Vary the phrasing as well: some instructions are questions, others commands.",
    "Mix kinds of tasks: free writing, classification, editing, explaining, reasoning and so on.",
    "A model that reads and writes text alone must be able to do it: nothing to look at or listen to, no reminders, no "
    "actions in the world.",
    "Write in the language of the tasks that are there already.",
    "An instruction has one or two sentences.",
    "Give an input where the instruction works on something: a concrete, realistic example with enough in it to be a "
    "challenge, no placeholder, and at most 100 words.",
    f"Where an instruction needs no input, such as a question of general knowledge, the input is {NOTHING}.",
    "The output is a right and fitting answer to instruction and input, in fewer than 100 words.",
)
SYSTEM = "You invent tasks with inputs and outputs, for training a text-only assistant. You answer in JSON."
ASK = (
    "{opening}\n\nRequirements:\n{requirements}\n\nTasks that are there already, a JSON object each:\n{tasks}\n\n"
    'Answer with a JSON object: {{"tasks": [{{"instruction": "...", "input": "...", "output": "..."}}]}}'
)
