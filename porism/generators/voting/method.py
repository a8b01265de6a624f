"""``--method vote``: the rows of a source whose short answer most samples of a model give as well [Wang2022]."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from porism.generators.method import Given, Method, Reasons, Running
from porism.generators.per_item import PerItem, origin
from porism.generators.self_instruct import finetune
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance
from porism.generators.voting import ballot
from porism.generators.voting.ballot import Ballot, OpenEnded
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Record
from porism.outputs.sources import Item


class Settings(Running, Ballot):
    """Those of every method, and how votes are held: here every accepted row is to have won one."""

    open_ended: OpenEnded = "reject"


CHECKS = (ballot.CHECK,)
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={"messages": MESSAGES, **ballot.NOTES},
)


def start(given: Given) -> PerItem:
    """The stream: a row for each item."""

    def work(i: int, item: Item) -> Sequence[Record]:
        vote = ballot.vote(given.model, given.settings, given.seed, (i, 0), item)
        turns = finetune.messages(item.instruction, Instance(item.input, vote.output))
        return [
            Record(
                content={"instruction": item.instruction, "input": item.input, "output": vote.output},
                origin=origin(given.model.name, given.seed, i, 0, item),
                verdicts=(vote.verdict,),
                notes={"messages": turns, **vote.notes(item.output)},
                raw=None if vote.verdict.ok else vote.raw,
            )
        ]

    return PerItem(given, work)


def again(row: Mapping[str, Any], settings: Any) -> Reasons:
    """The verdict from the votes that the row keeps."""
    yield ballot.again(row, settings)


METHOD = Method(
    name="vote",
    title="Answers that most samples agree on",
    summary=(
        "The rows of a dataset whose short answer is what most of several reasoned samples of the model `{model}` "
        "answer (self-consistency, arXiv 2203.11171), each with the votes, and with the shortest reasoning that led "
        "there."
    ),
    needs="source",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=start,
    again=again,
    limits=(
        "A majority is not a proof: where a model errs in the same way every time, its samples agree on the error.",
        "The tasks are those of the source; its licence and terms apply.",
    ),
    embedded={"samples": 3, "sampling": Sampling(max_tokens=128, temperature=0.7)},
    samples=("instruction", "input", "output", "vote_share", "rationale"),
    steps="rows",
)
