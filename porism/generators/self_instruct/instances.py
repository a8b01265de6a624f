"""Step 3: inputs and outputs for an instruction [Wang2023, section 2.2].

Input-first for most tasks. Output-first for classification: the label is written before its input, since inputs written
first lean to one label. The examples shown are tasks of the seed pool.
"""

import json
from collections.abc import Sequence
from typing import Any

import regex

from porism.generators.chat import ChatReply, ChatRequest, Message
from porism.generators.replies import ReplyError, as_text, json_of, objects, text_of
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance, SeedPool, SeedTask
from porism.outputs.records import storable
from porism.seeds import number


def request(settings: Settings, pool: SeedPool, instruction: str, seed: int, *, classification: bool) -> ChatRequest:
    """Ask for instances of ``instruction``."""
    kind = "output-first" if classification else "input-first"
    shown = pool.shots(seed, kind, settings.shots, settings.shot_words, classification=classification)
    sampling = (settings.output_first if classification else settings.input_first).model_dump()
    sample = number(seed, "instances", instruction)
    if settings.style == "completion":
        write = _labels_text if classification else _inputs_text
        opening = LABELS_OPENING if classification else INPUTS_OPENING
        prompt = "\n\n".join([opening, *map(write, shown), f"Task: {instruction}\n"])
        return ChatRequest(prompt=prompt, stop=_stops(settings), seed=sample, **sampling)
    first, second = ("label", "input") if classification else ("input", "output")
    turns = [turn for task in shown for turn in _turns(task, first, second)]
    system = (LABELS_SYSTEM if classification else INPUTS_SYSTEM).format(most=settings.instances)
    messages = (Message("system", system), *turns, Message("user", f"Task: {instruction}"))
    schema = json.dumps(_schema(first, second, settings.instances))
    return ChatRequest(messages=messages, schema=schema, seed=sample, **sampling)


def parse(settings: Settings, reply: ChatReply, *, classification: bool) -> list[Instance]:
    """The instances in a reply, in its order; one that lacks a part, such as the last of a cut reply, has it empty.

    Raises:
        ReplyError: the reply cannot be used or holds none.
    """
    if settings.style == "chat":
        pairs = _members(json_of(reply, "instances"), *(("input", "label") if classification else ("input", "output")))
    else:
        pairs = _labels(text_of(reply)) if classification else _inputs(text_of(reply))
    if not pairs:
        raise ReplyError("no instance in the reply")
    return [Instance(storable(input.strip()), storable(output.strip())) for input, output in pairs]


def _members(found: Any, input: str, output: str) -> list[tuple[str, str]]:
    """Inputs and outputs of a list of objects, if one of them is whole."""
    if not objects(found, input, output):
        return []
    return [(as_text(item.get(input)), as_text(item.get(output))) for item in found if isinstance(item, dict)]


def _inputs(text: str) -> list[tuple[str, str]]:
    """Inputs and outputs of ``Example 1 / Input: ... / Output: ...``, or of one unnumbered ``Output: ...``."""
    examples = regex.split(r"(?m)^\s*Example\s?\d+\.?\s*$", text)
    written = [example for example in (examples[1:] or examples) if example.strip()]
    parts = [_partition(example, r"(?m)^\s*Output\s*\d*\s*:") for example in written]
    if not any(output for _, output, _ in parts):
        return []
    return [(regex.sub(r"^\s*Input\s*\d*\s*:", "", before), after) for before, _, after in parts]


def _labels(text: str) -> list[tuple[str, str]]:
    """Inputs and labels of ``Class label: X / input``."""
    pairs = []
    for part in regex.split(r"(?m)^\s*Class label:", text)[1:]:
        label, _, input = part.strip().partition("\n")
        pairs.append((regex.sub(r"^\s*Input\s*\d*\s*:", "", input), label))
    return pairs


def _partition(text: str, pattern: str) -> tuple[str, str, str]:
    found = regex.search(pattern, text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", "")


def _inputs_text(task: SeedTask) -> str:
    if not any(instance.input for instance in task.instances):
        return f"Task: {task.instruction}\nOutput: {task.instances[0].output}"
    return "\n".join([f"Task: {task.instruction}", *_numbered(task.instances)])


def _numbered(instances: Sequence[Instance]) -> list[str]:
    return [f"Example {n}\nInput: {one.input}\nOutput: {one.output}" for n, one in enumerate(instances, 1)]


def _labels_text(task: SeedTask) -> str:
    parts = [f"Class label: {one.output}\n{one.input}" for one in task.instances]
    return "\n".join([f"Task: {task.instruction}", *parts])


def _turns(task: SeedTask, first: str, second: str) -> tuple[Message, Message]:
    """A task and its instances as a question and an answer, whose members are in the order they are written in."""
    text = {"input": "input", "output": "output", "label": "output"}
    answer = {"instances": [{name: getattr(one, text[name]) for name in (first, second)} for one in task.instances]}
    return (
        Message("user", f"Task: {task.instruction}"),
        Message("assistant", json.dumps(answer, ensure_ascii=False)),
    )


def _schema(first: str, second: str, most: int) -> dict[str, object]:
    members = {name: {"type": "string"} for name in (first, second)}
    item = {"type": "object", "properties": members, "required": [first, second], "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"instances": {"type": "array", "items": item, "minItems": 1, "maxItems": most}},
        "required": ["instances"],
        "additionalProperties": False,
    }


def _stops(settings: Settings) -> tuple[str, ...]:
    after = settings.instances + 1
    return (f"Example {after}", "Task:") if settings.compat.stops else (f"\nExample {after}", "\nTask:")


INPUTS_OPENING = (
    "For each task, examples of it: an input where the task needs one, and the right output. Several examples where "
    "inputs can differ."
)
LABELS_OPENING = "For each classification task, its labels, and for each label an input that it is right for."
INPUTS_SYSTEM = (
    "You are given a task and write examples of it, in the task's language: realistic inputs, each with the right and "
    "complete output. At most {most} examples, fewer if the task allows fewer; where it needs no input, one example "
    'whose input is empty. Answer with a JSON object: {{"instances": [{{"input": "...", "output": "..."}}]}}'
)
LABELS_SYSTEM = (
    "You are given a classification task and write examples of it, in the task's language: choose a label first, then "
    "write a realistic input that this label is right for. At most {most} examples, with different labels. Answer with "
    'a JSON object: {{"instances": [{{"label": "...", "input": "..."}}]}}'
)
