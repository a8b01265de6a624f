"""Direct principle feedback: draft and revision as a preference pair, without ranking [Castricato2024].

One principle for each item, and only where the critique says that the draft violates it: a revision under a principle
that the draft follows already would teach nothing about the principle.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from porism.generators.chat import Message
from porism.generators.constitution import asking
from porism.generators.constitution.again import kept_rounds, what_is_shared
from porism.generators.constitution.items import Prompts, Unfit, drafted, prompts, record, verdicts
from porism.generators.constitution.method import EMBEDDED, ENGLISH, SAME_MODEL
from porism.generators.constitution.reading import unchanged
from porism.generators.constitution.rounds import Round, Talk, answer, apart, played
from porism.generators.constitution.rows import CONTENT, PREFERENCES, ROUNDS, preferences, revised
from porism.generators.constitution.settings import Direct
from porism.generators.method import Given, Method, Reasons, Stream
from porism.generators.per_item import PerItem
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Record
from porism.outputs.sources import Item

CHECKS = ("prompt", "reply", "draft", "critique", "principle", "revision", "changed")
LAYOUT = Layout(
    content=CONTENT,
    notes={
        "draft": pa.string(),
        "principle": pa.string(),
        "rounds": ROUNDS,
        "messages": MESSAGES,
    },
    parts={"preferences": PREFERENCES},
)


def start(given: Given) -> Stream:
    """Begin the stream of a run."""
    return PerItem(given, partial(_work, given, prompts(given.settings, given.items)))


def _work(given: Given, known: Prompts, i: int, item: Item) -> list[Record]:
    settings = given.settings
    talk = Talk(settings, given.model, given.seed, i, asking.prompt_of(item))
    try:
        draft = drafted(talk, item, known.repeats.get(i))
    except Unfit as unfit:
        return [record(given, i, item, item.output, verdicts(CHECKS, unfit.check, str(unfit)), {}, unfit.raw)]
    rounds = played(talk, draft, apart(talk, settings.tries), lambda one: one.outcome != "unchanged")
    check, reason = _fault(rounds)
    notes = {"draft": draft, "principle": rounds[-1].principle, "rounds": [one.to_json() for one in rounds]}
    found = verdicts(CHECKS, check, reason)
    row = record(given, i, item, answer(draft, rounds), found, notes, rounds[-1].raw)
    return [_finished(talk, row, rounds) if row.accepted else row]


def _fault(rounds: Sequence[Round]) -> tuple[str, str]:
    """The check that the last round fails, and why; nothing where it revised the draft."""
    last = rounds[-1]
    if last.outcome == "unchanged":
        return "principle", "the draft already follows it: " + ", ".join(repr(one.principle) for one in rounds)
    return last.check, f"under {last.principle!r}: {last.reason}" if last.reason else ""


def _finished(talk: Talk, row: Record, rounds: Sequence[Round]) -> Record:
    """An accepted row with its conversation and its pair."""
    settings, output = talk.settings, row.content["output"]
    assert isinstance(settings, Direct)
    rules = {name: principle.rule for name, principle in settings.principles.items()}
    asked = _asked(settings, talk.prompt, row.notes["principle"])
    turns = [*asked, Message("assistant", output)]
    notes = {
        **row.notes,
        "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
        "preferences": preferences(row, asked, revised(row.notes["draft"], output, rounds), rules),
    }
    return Record(row.content, row.origin, row.verdicts, notes)


def _asked(settings: Direct, prompt: str, name: str) -> list[Message]:
    """The turns before the answer."""
    stated = [Message("system", STATED.format(rule=settings.principles[name].rule))] if settings.stated else []
    return [*stated, Message("user", prompt)]


def again(row: Mapping[str, Any], settings: Direct) -> Reasons:
    """The checks of an accepted row, made again from the row."""
    yield from what_is_shared(row, settings)
    yield from kept_rounds(row, settings, settings.tries, settings.tries)
    *before, last = row["rounds"]
    only = last["outcome"] == "revised" and all(one["outcome"] == "unchanged" for one in before)
    yield "principle", None if only else "the last round must revise the draft, and no other"
    yield (
        "principle",
        None if last["principle"] == row["principle"] else f"the last round is under {last['principle']!r}",
    )
    yield "changed", unchanged(row["draft"], row["output"])


STATED = "Follow this principle in all that you write: {rule}"
METHOD = Method(
    name="principle-feedback",
    title="Direct principle feedback",
    summary=(
        "Preference pairs by Direct Principle Feedback (arXiv 2402.07896) with the model `{model}`: a draft, a "
        "principle that a critique says it violates, and a revision that follows it. The config `preferences` has "
        "the revision as chosen and the draft as rejected, in the conversational form of TRL; the principles are "
        "in `run.toml`."
    ),
    needs="source",
    settings=Direct,
    layout=LAYOUT,
    checks=CHECKS,
    start=start,
    again=again,
    limits=(SAME_MODEL, ENGLISH),
    embedded={name: EMBEDDED[name] for name in ("shots", "longest", "drafting", "critiquing", "revising")},
    samples=("instruction", "input", "draft", "output", "principle"),
    steps="items",
)
