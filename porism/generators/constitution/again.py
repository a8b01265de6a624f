"""The checks of both methods, made again from an accepted row and the settings alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from porism.generators.constitution import asking, reading
from porism.generators.constitution.feedback import decided
from porism.generators.constitution.items import prompt_fault
from porism.generators.constitution.rounds import fault
from porism.generators.constitution.settings import Critiquing
from porism.generators.method import Reasons
from porism.outputs.sources import Item


def what_is_shared(row: Mapping[str, Any], settings: Critiquing) -> Reasons:
    """Prompt, draft and conversation."""
    prompt, turns = _prompt(row), [turn["content"] for turn in row["messages"]]
    yield "prompt", prompt_fault(settings, row["instruction"], prompt)
    yield "draft", reading.draft_fault(settings, prompt, row["draft"])
    yield "messages", None if turns[-2:] == [prompt, row["output"]] else "do not end with the prompt and the output"


def kept_rounds(row: Mapping[str, Any], settings: Critiquing, most: int, last: int) -> Reasons:
    """Every round is whole, every good revision passes, and the one of round ``last`` or before is the output."""
    rounds, prompt = row["rounds"], _prompt(row)
    yield "critique", _incomplete(rounds, settings, most)
    current = output = row["draft"]
    for r, one in enumerate(rounds, 1):
        if one["outcome"] == "revised":
            check, reason = fault(settings, prompt, current, one["revision"])
            yield check or "revision", f"round {r}: {reason}" if reason else None
            current = one["revision"]
        output = current if r <= last else output
    yield "revision", None if output == row["output"] else f"the output is not what round {last} left"


def sides(opinions: Iterable[Mapping[str, Any]]) -> str | None:
    """Why comparisons do not say what their votes say, or prefer a text to itself."""
    for one in opinions:
        if one["better"] and one["better"] != decided(tuple(one["votes"]))[0]:
            return f"the votes under {one['principle']!r} do not prefer {one['better']!r}"
        if one["better"] and reading.normal(one["a"]) == reading.normal(one["b"]):
            return f"both samples under {one['principle']!r} are the same"
    return None


def _incomplete(rounds: Sequence[Mapping[str, Any]], settings: Critiquing, most: int) -> str | None:
    if not 1 <= len(rounds) <= most:
        return f"{len(rounds)} rounds; 1 to {most} are played"
    for r, one in enumerate(rounds, 1):
        if one["principle"] not in settings.principles:
            return f"round {r} is under {one['principle']!r}, which is not among the principles"
        if one["outcome"] not in ("revised", "unchanged", "failed"):
            return f"round {r} came out as {one['outcome']!r}"
        if not one["reason"] if one["outcome"] == "failed" else not one["critique"]:
            return f"round {r} has no {'reason' if one['outcome'] == 'failed' else 'critique'}"
    return None


def _prompt(row: Mapping[str, Any]) -> str:
    return asking.prompt_of(Item("", row["instruction"], row["input"], ""))
