"""The method ``realign``: the answers of a source, reformatted by the criteria of their kind [Fan2024].

For each row the kind of its task is asked for; an answer whose kind has a format is asked for in that format, several
times; the longest that passes all checks is kept. The reference keeps whatever comes back if it is long enough; here an
answer is rejected that lost something the old one said, or counts something that was not there.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from porism.generators.chat import ChatReply
from porism.generators.method import Given, Method, Reasons
from porism.generators.per_item import PerItem, origin
from porism.generators.realign import asking
from porism.generators.realign.criteria import Kind
from porism.generators.realign.losses import Text, added, lost, told
from porism.generators.realign.settings import Settings
from porism.generators.replies import ReplyError
from porism.generators.self_instruct.finetune import messages
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Origin, Record, Verdict, judge, storable
from porism.outputs.rouge import words
from porism.outputs.sources import Item

CHECKS = ("task", "kind", "reply", "complete", "unchanged", "length", "loss", "added")
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={
        "kind": pa.string(),
        "format": pa.string(),
        "evidence": pa.string(),
        "original": pa.string(),
        "unchanged": pa.bool_(),
        "messages": MESSAGES,
    },
    parts={
        "preferences": Layout(
            content={"prompt": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES}, notes={"kind": pa.string()}
        )
    },
)
LONGEST = 20_000  # characters of a row, beyond which it would not fit into a reply

Evidence = Callable[[Item], str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer that came back, and what the checks from ``reply`` on say of it."""

    text: str
    raw: str
    unchanged: bool
    verdicts: tuple[Verdict, ...]

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """The larger, the better: what passes, or got furthest; what is new; what is longer."""
        passed = [verdict.ok for verdict in self.verdicts]
        return all(passed), len(passed), not self.unchanged, words(self.text)


class Realign:
    """The stream of the method.

    Args:
        given: what it is started with.
        evidence: a passage that was found for a row's request, or nothing. Asked where the criteria of the kind want
            one; called in threads, and must say the same whenever it is asked.
    """

    def __init__(self, given: Given, evidence: Evidence = lambda item: "") -> None:
        self._model, self._seed, self._evidence = given.model, given.seed, evidence
        self._settings: Settings = given.settings
        self._rows = PerItem(given, self._work)

    def expected(self, unanswered: int) -> float:
        """Rows to be expected, judging by those so far."""
        return self._rows.expected(unanswered)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each item's number and its row, from item ``start`` on; ``committed`` are the rows of those before it."""
        return self._rows.records(committed, start, concurrency=concurrency, hungry=hungry)

    def _work(self, i: int, item: Item) -> Sequence[Record]:
        come_from = origin(self._model.name, self._seed, i, 0, item)
        notes: dict[str, Any] = {"original": item.output}
        if fault := task_fault(item.instruction, item.input, item.output):
            return [Record(_content(item, item.output), come_from, judge([("task", fault)]), notes)]
        reply = self._model.generate([asking.kind_of(self._settings, item, self._seed, i)])[0]
        try:
            kind = asking.read_kind(self._settings, reply)
        except ReplyError as error:
            verdicts = judge([("task", None), ("kind", str(error))])
            return [Record(_content(item, item.output), come_from, verdicts, notes, reply.text)]
        notes |= {"kind": kind.name, "format": kind.format, "evidence": ""}
        if not kind.format:
            best = self._kept(item, kind, reply)
        else:
            notes["evidence"] = evidence = self._evidence(item)[:LONGEST] if kind.evidence else ""
            best = max(self._attempts(i, item, kind, evidence), key=lambda attempt: attempt.rank)
        return [self._row(item, best, come_from, notes)]

    def _kept(self, item: Item, kind: Kind, reply: ChatReply) -> Attempt:
        """The answer as it is, since its kind has no format."""
        reason = None
        if self._settings.unchanged == "reject":
            reason = (
                f"answers of the kind {kind.name} have no format of their own; unchanged = 'keep' would accept them"
            )
        checks = [(check, reason if check == "unchanged" else None) for check in CHECKS[2:]]
        return Attempt(item.output, reply.text, True, judge(checks))

    def _attempts(self, i: int, item: Item, kind: Kind, evidence: str) -> list[Attempt]:
        how = self._settings
        requests = [asking.in_format(how, item, kind, evidence, self._seed, i, k) for k in range(how.candidates)]
        return [self._attempt(item, evidence, reply) for reply in self._model.generate(requests)]

    def _attempt(self, item: Item, evidence: str, reply: ChatReply) -> Attempt:
        try:
            text = asking.read_answer(reply)
        except ReplyError as error:
            return Attempt("", reply.text, False, judge([("reply", str(error))]))
        row = storable({**_content(item, text), "original": item.output, "evidence": evidence})
        same: bool = row["output"].strip() == row["original"].strip()
        cut = "the reply was cut at its end" if reply.finish == "length" else None
        told_by = () if cut else reasons({**row, "unchanged": same}, self._settings)
        checks = chain([("reply", None), ("complete", cut)], told_by)  # one after another, until one fails
        return Attempt(text, reply.text, same, judge(checks))

    def _row(self, item: Item, best: Attempt, come_from: Origin, notes: dict[str, Any]) -> Record:
        verdicts = (*judge([("task", None), ("kind", None)]), *best.verdicts)
        notes["unchanged"] = best.unchanged
        row = Record(_content(item, best.text or item.output), come_from, verdicts, notes, best.raw)
        if not row.accepted:
            return row
        notes["messages"] = messages(item.instruction, Instance(item.input, best.text))
        row = Record(row.content, come_from, verdicts, notes)
        if best.unchanged or not self._settings.preferences:
            return row
        return Record(row.content, come_from, verdicts, {**notes, "preferences": [_pair(item, best.text, row)]})


def task_fault(instruction: str, input: str, output: str) -> str | None:
    """Why there is nothing to reformat."""
    if not instruction.strip() or not output.strip():
        return "there is no instruction" if not instruction.strip() else "there is no answer to reformat"
    length = len(instruction) + len(input) + len(output)
    return f"a row of {length:,} characters; at most {LONGEST:,} are reformatted" if length > LONGEST else None


def reasons(row: Mapping[str, Any], settings: Settings) -> Reasons:
    """The checks of a new answer, from ``unchanged`` on: a function of the row and the settings."""
    if row["unchanged"]:
        yield "unchanged", COPIED if settings.unchanged == "reject" else None
        yield from ((check, None) for check in CHECKS[5:])
        return
    yield "unchanged", None
    yield "length", _length(words(row["original"]), words(row["output"]), settings)
    context = f"{row['instruction']}\n{row['input']}"
    original, new = Text(row["original"]), Text(row["output"])
    missing, all_of_them = lost(original, new, context)
    yield "loss", f"lost {len(missing)} of {all_of_them} facts: {told(missing)}" if missing else None
    there = Text("\n".join((row["original"], context, row["evidence"])))
    made_up = added(there, new, settings.numbers)
    yield "added", f"not in the original: {told(made_up)}" if made_up else None


def again(row: Mapping[str, Any], settings: Settings) -> Reasons:
    """The checks of an accepted row, made again."""
    yield "task", task_fault(row["instruction"], row["input"], row["original"])
    yield "kind", None if row["kind"] in settings.kinds else f"{row['kind']!r} is none of the kinds of task"
    same = row["output"].strip() == row["original"].strip()
    yield "unchanged", None if same == row["unchanged"] else "says whether the answer was changed, and is wrong"
    yield from reasons(row, settings)


def _length(before: int, after: int, settings: Settings) -> str | None:
    most = int(settings.most * before) + settings.spare
    if settings.least * before < after <= most:
        return None
    return f"{after} words for {before}; more than {settings.least:g} times as many and at most {most} are wanted"


def _content(item: Item, output: str) -> dict[str, str]:
    return {"instruction": item.instruction, "input": item.input, "output": output}


def _pair(item: Item, text: str, row: Record) -> dict[str, Any]:
    """The row of the config ``preferences``: the new answer against the old."""
    asked, chosen = messages(item.instruction, Instance(item.input, text))
    rejected = {"role": "assistant", "content": item.output}
    come_from = Origin(row.origin.flow, row.origin.seed, (*row.origin.place, 0), row.origin.model, (row.id,))
    content = {"prompt": [asked], "chosen": [chosen], "rejected": [rejected]}
    pair = Record(content, come_from, row.verdicts, {"kind": row.notes["kind"]})
    return LAYOUT.parts["preferences"].row(pair)


COPIED = "the model repeated the answer as it was; unchanged = 'keep' would accept it"
METHOD = Method(
    name="realign",
    title="Reformatted answers",
    summary=(
        "The answers of an instruction dataset, written anew by {model} in the format that suits the kind of their "
        "task, after ReAlign (Fan et al. 2024, arXiv:2402.12219). What can be checked does not get lost: every number, "
        "name, quotation, address and piece of code of an old answer is in the new one, and no number is new."
    ),
    needs="source",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=Realign,
    again=again,
    limits=(
        "Only the form is improved: an answer that was wrong is wrong in a better format. What is neither a number, a "
        "name, a quotation, an address nor code can still get lost or be put in other words, and what has no capital "
        "letters in its script counts as no name.",
    ),
    embedded={"candidates": 1, "reformat": Sampling(max_tokens=300, temperature=0.3)},
    samples=("instruction", "input", "original", "output"),
    steps="rows",
)
