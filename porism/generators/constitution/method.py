"""Constitutional AI: a draft, rounds of critique and revision, and pairs that the model prefers [Bai2022].

The paper trains a model on revisions before it lets it sample the pairs of the second stage; here one model does all,
and whoever trains in between runs the method again with the trained one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from porism.generators.chat import Message
from porism.generators.constitution import asking
from porism.generators.constitution.again import kept_rounds, sides, what_is_shared
from porism.generators.constitution.feedback import Opinion, opinion
from porism.generators.constitution.items import Prompts, Unfit, drafted, prompts, record, verdicts
from porism.generators.constitution.reading import normal
from porism.generators.constitution.rounds import Round, Talk, answer, drawn, played
from porism.generators.constitution.rows import CONTENT, PREFERENCES, ROUNDS, Pair, preferences, revised
from porism.generators.constitution.settings import Settings
from porism.generators.method import Given, Method, Reasons, Stream
from porism.generators.per_item import PerItem
from porism.generators.self_instruct.finetune import messages
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Record, Verdict
from porism.outputs.sources import Item

CHECKS = ("prompt", "reply", "draft", "critique", "revision", "changed")
FEEDBACK = pa.list_(
    pa.struct(
        [
            ("principle", pa.string()),
            ("a", pa.string()),
            ("b", pa.string()),
            ("votes", pa.list_(pa.string())),
            ("better", pa.string()),
            ("reason", pa.string()),
        ]
    )
)
LAYOUT = Layout(
    content=CONTENT,
    notes={
        "draft": pa.string(),
        "rounds": ROUNDS,
        "revised": pa.int64(),
        "failed": pa.int64(),
        "feedback": FEEDBACK,
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
    rounds = played(talk, draft, drawn(talk, settings.rounds), lambda one: settings.stop and one.outcome == "unchanged")
    output = answer(draft, rounds[: settings.last])
    found, raw = _judged(settings, draft, output, rounds[: settings.last])
    notes = {"draft": draft, "rounds": [one.to_json() for one in rounds], **_counts(rounds)}
    row = record(given, i, item, output, found, notes, raw)
    return [_finished(talk, item, row, rounds, i in known.alone)] if row.accepted else [row]


def _judged(settings: Settings, draft: str, output: str, rounds: Sequence[Round]) -> tuple[tuple[Verdict, ...], str]:
    """The verdicts on the rounds that make a row, and the reply that decided."""
    failed = [(r, one) for r, one in enumerate(rounds, 1) if one.outcome == "failed"]
    told = "; ".join(f"round {r} under {one.principle!r}, {one.check}: {one.reason}" for r, one in failed)
    good = len(rounds) - len(failed)
    if good < min(settings.least, len(rounds)):
        first = failed[0][1]
        reason = f"{good} of {len(rounds)} rounds succeeded, at least {settings.least} must; {told}"
        return verdicts(CHECKS, first.check, reason), first.raw
    if settings.unchanged == "reject" and normal(output) == normal(draft):
        reason = f"the answer is the draft: {good} of {len(rounds)} rounds succeeded, none of them left a change"
        return verdicts(CHECKS, "changed", reason), rounds[-1].raw
    passed = verdicts(CHECKS)
    if not failed:
        return passed, ""
    said = f"{len(failed)} of {len(rounds)} rounds failed; {told}"
    return tuple(Verdict(True, v.check, said) if v.check == "revision" else v for v in passed), ""


def _counts(rounds: Sequence[Round]) -> dict[str, int]:
    return {outcome: sum(one.outcome == outcome for one in rounds) for outcome in ("revised", "failed")}


def _finished(talk: Talk, item: Item, row: Record, rounds: Sequence[Round], alone: bool) -> Record:
    """An accepted row with its feedback, conversation and pairs.

    Nothing is compared where another item has the same prompt: the same pair could come twice.
    """
    settings, output = talk.settings, row.content["output"]
    assert isinstance(settings, Settings)
    feedback = [opinion(talk, settings, k) for k in range(settings.feedback)] if alone else []
    rules = {name: principle.rule for name, principle in settings.principles.items()}
    pairs = _pairs(row.notes["draft"], output, rounds[: settings.last], feedback)
    notes = {
        **row.notes,
        "feedback": [one.to_json() for one in feedback],
        "messages": messages(item.instruction, Instance(item.input, output)),
        "preferences": preferences(row, [Message("user", talk.prompt)], pairs, rules),
    }
    return Record(row.content, row.origin, row.verdicts, notes)


def _pairs(draft: str, output: str, rounds: Sequence[Round], feedback: Sequence[Opinion]) -> Iterator[Pair]:
    yield from revised(draft, output, rounds)
    for one in feedback:
        if one.better:
            against = sum(vote not in (one.better, "") for vote in one.votes)
            votes = (one.votes.count(one.better), against)
            yield Pair("feedback", one.chosen, one.rejected, (one.principle,), votes)


def again(row: Mapping[str, Any], settings: Settings) -> Reasons:
    """The checks of an accepted row, made again from the row."""
    yield from what_is_shared(row, settings)
    yield from kept_rounds(row, settings, settings.rounds, settings.last)
    good = sum(one["outcome"] != "failed" for one in row["rounds"][: settings.last])
    enough = good >= min(settings.least, len(row["rounds"][: settings.last]))
    yield "revision", None if enough else f"{good} rounds succeeded, at least {settings.least} must"
    same = settings.unchanged == "reject" and normal(row["output"]) == normal(row["draft"])
    yield "changed", "the output is the draft" if same else None
    yield "feedback", sides(row["feedback"])


EMBEDDED: Mapping[str, Any] = {
    "shots": 1,
    "feedback": 0,
    "longest": 2_000,
    "drafting": Sampling(max_tokens=200, temperature=1.0),
    "critiquing": Sampling(max_tokens=120, temperature=0.7),
    "revising": Sampling(max_tokens=200, temperature=0.7),
}
SAME_MODEL = (
    "Critiques, revisions and preferences are the model's own: what it does not see as a fault stays in. A "
    "principle that a critique does not find violated is no proof that an answer follows it."
)
ENGLISH = "Refusals, announcements and talk about the critique are recognised in English only."
METHOD = Method(
    name="constitution",
    title="Constitutional AI",
    summary=(
        "Answers revised under principles by Constitutional AI (arXiv 2212.08073) with the model `{model}`: a "
        "draft, then rounds of critique and revision, each under a principle drawn from a set that `run.toml` "
        "holds. Every round is in the row. The config `preferences` has pairs in the conversational form of TRL: "
        "revisions preferred to drafts, and samples that the model preferred under a principle in either order "
        "they were shown in."
    ),
    needs="source",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=start,
    again=again,
    limits=(SAME_MODEL, ENGLISH),
    embedded=EMBEDDED,
    samples=("instruction", "input", "draft", "output"),
    steps="items",
)
