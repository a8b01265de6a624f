"""``--method judge``: the rows of a source that a judge finds good enough, as AlpaGasus chose its 9,229 [Chen2023]."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from porism.generators.judging import scores
from porism.generators.judging.rubric import Scoring
from porism.generators.method import Given, Method, Reasons, Running
from porism.generators.per_item import PerItem, origin
from porism.generators.self_instruct import finetune
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Record
from porism.outputs.sources import Item


class Settings(Running, Scoring):
    """Those of every method, and how rows are scored."""


CHECKS = (scores.CHECK,)
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={"messages": MESSAGES, **scores.NOTES},
)


def start(given: Given) -> PerItem:
    """The stream: a row for each item."""

    def work(i: int, item: Item) -> Sequence[Record]:
        judgement = scores.judge(given.model, given.settings, given.seed, (i, 0), item)
        turns = finetune.messages(item.instruction, Instance(item.input, item.output))
        return [
            Record(
                content={"instruction": item.instruction, "input": item.input, "output": item.output},
                origin=origin(given.model.name, given.seed, i, 0, item),
                verdicts=(judgement.verdict,),
                notes={"messages": turns, **judgement.notes},
                raw=None if judgement.verdict.ok else judgement.raw,
            )
        ]

    return PerItem(given, work)


def again(row: Mapping[str, Any], settings: Any) -> Reasons:
    """The verdict from the scores that the row keeps."""
    yield scores.again(row, settings)


METHOD = Method(
    name="judge",
    title="Rows that a judge accepts",
    summary=(
        "The rows of a dataset that the model `{model}` scored high enough by a rubric, criterion by criterion and "
        "each with its reason, as in LLM-as-a-judge (arXiv 2306.05685) and AlpaGasus (arXiv 2307.08701)."
    ),
    needs="source",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=start,
    again=again,
    limits=(
        "The scores are a language model's. Such judges favour long answers and answers like their own, and miss "
        "errors in reasoning that they would make themselves; the reasons are kept so that they can be read.",
        "The texts are those of the source; its licence and terms apply.",
    ),
    embedded={"sampling": Sampling(max_tokens=384)},
    samples=("instruction", "input", "output", "judge_overall"),
    steps="rows",
)
