"""What both methods do with an item before its rounds: is it fit to be asked, and what is its draft."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from porism.generators.constitution import asking, reading
from porism.generators.constitution.rounds import Talk
from porism.generators.constitution.settings import Critiquing
from porism.generators.method import Given
from porism.generators.per_item import origin
from porism.generators.replies import ReplyError
from porism.outputs.records import Record, Verdict, content_id, judge
from porism.outputs.sources import Item


class Unfit(ValueError):
    """An item that has no draft: the check that says so, why, and the text that it was read from."""

    def __init__(self, check: str, reason: str, raw: str) -> None:
        super().__init__(reason)
        self.check, self.raw = check, raw


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the items of a source ask, taken together.

    Attributes:
        repeats: the number of an item that asks what one before it does, and the name of that one. Where drafts come
            from the source, another output makes another item.
        alone: numbers of the items that are asked and whose prompt no other of them has.
    """

    repeats: Mapping[int, str]
    alone: frozenset[int]


def prompts(settings: Critiquing, items: Sequence[Item]) -> Prompts:
    """Read all items once."""
    first: dict[str, str] = {}
    repeats: dict[int, str] = {}
    keys = [content_id({"prompt": asking.prompt_of(item)}) for item in items]
    for i, item in enumerate(items):
        key = keys[i] if settings.draft == "model" else content_id({"prompt": keys[i], "draft": item.output.strip()})
        if first.setdefault(key, item.name) is not item.name:
            repeats[i] = first[key]
    asked = {i: key for i, key in enumerate(keys) if i not in repeats}
    counts = Counter(asked.values())
    return Prompts(repeats, frozenset(i for i, key in asked.items() if counts[key] == 1))


def prompt_fault(settings: Critiquing, instruction: str, prompt: str) -> str | None:
    """Why a prompt is not asked."""
    if not instruction.strip():
        return "the item has no instruction"
    if len(prompt) > settings.longest:
        return f"the prompt has {len(prompt):,} characters; at most {settings.longest:,} are asked"
    return None


def drafted(talk: Talk, item: Item, repeated: str | None) -> str:
    """The draft of an item.

    Raises:
        Unfit: the item is not asked, or what came back is no draft.
    """
    settings = talk.settings
    fault = prompt_fault(settings, item.instruction, talk.prompt)
    if fault := fault or (repeated and f"the same prompt as {repeated!r} before it"):
        raise Unfit("prompt", fault, item.output)
    raw = text = item.output.strip()
    if settings.draft == "model":
        reply = talk.ask(asking.draft(settings.drafting, talk.prompt, talk.sample("draft")))
        raw = reply.text
        try:
            text = reading.whole(reply, settings.drafting)
        except ReplyError as error:
            raise Unfit("reply", str(error), raw) from None
    if reason := reading.draft_fault(settings, talk.prompt, text):
        raise Unfit("draft", reason, raw)
    return text


def verdicts(checks: Sequence[str], failed: str = "", reason: str = "") -> tuple[Verdict, ...]:
    """All checks passed, or those before the one that failed."""
    return judge((check, reason if check == failed else None) for check in checks)


def record(
    given: Given, i: int, item: Item, output: str, found: tuple[Verdict, ...], notes: Mapping[str, Any], raw: str
) -> Record:
    """The row of an item; only a rejected one keeps the text that it was read from."""
    content = {"instruction": item.instruction, "input": item.input, "output": output}
    made = origin(given.model.name, given.seed, i, 0, item)
    passed = all(verdict.ok for verdict in found)
    return Record(content, made, found, {**notes, "preferences": []}, None if passed else raw)
