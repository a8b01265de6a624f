"""Step 4: an instance as text for training [Wang2023, section 2.3].

Prompt and completion in one of several formats, so that a model does not learn one by heart, and chat messages.
"""

from random import Random

import regex

from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance

WITH_INPUT = (
    "{instruction}\nInput: {input}\nOutput:",
    "{instruction}\n\nInput: {input}\n\nOutput:",
    "Task: {instruction}\nInput: {input}\nOutput:",
    "{instruction}\n\n{input}\n\nOutput:",
    "{instruction}\n\n{input}\n",
    "{instruction}\n{input}\n\n",
    "Task: {instruction}\n\n{input}\n\n",
)
WITHOUT_INPUT = (
    "{instruction} Output:",
    "{instruction}\nOutput:",
    "{instruction}\n\nOutput:",
    "{instruction}\n",
    "{instruction}\n\n",
    "Task: {instruction}\n\n",
)


def formatted(settings: Settings, instruction: str, one: Instance, draw: Random) -> tuple[str, str]:
    """Prompt and completion in a format that is drawn; the completion begins with a space or follows a line's end."""
    templates = WITH_INPUT if one.input else WITHOUT_INPUT
    template = draw.choice(templates)
    input = _plainer(one.input) if draw.random() < settings.prefix_rate else one.input
    prompt = _filled(template, instruction, input)
    gap = "" if prompt.endswith("\n") else " "
    return prompt, f"{gap}{one.output}{settings.compat.end_of_text}"


def messages(instruction: str, one: Instance) -> list[dict[str, str]]:
    """The same as a conversation."""
    asked = f"{instruction}\n\n{one.input}" if one.input else instruction
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": one.output}]


def _plainer(text: str) -> str:
    """The input without the name in front of it, if it has exactly one, and without blank lines."""
    if len(regex.findall(r"(?m)^[\p{L}\p{N} _-]+:", text)) == 1:
        text = regex.sub(r"^[\p{L}\p{N} _-]+:[ \t]*", "", text).strip()
    return regex.sub(r"\n\s*\n", "\n", text)


def _filled(template: str, instruction: str, input: str) -> str:
    """The template filled in one pass, so that braces in the texts stay what they are."""
    texts = {"{instruction}": instruction, "{input}": input}
    return regex.sub(r"\{instruction\}|\{input\}", lambda found: texts[found.group()], template)
