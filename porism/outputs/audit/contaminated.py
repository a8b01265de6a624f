"""Tasks that are too near to those of evaluation sets."""

from collections.abc import Iterable, Iterator
from itertools import islice

from porism.outputs.audit.finding import Finding
from porism.outputs.contamination import Evaluation
from porism.outputs.sources import Item

BLOCK = 2_000  # tasks that are looked up together


def tasks(items: Iterable[Item], evaluation: Evaluation) -> Iterator[Finding]:
    """Tasks whose instruction, alone or with the input, is too near to a row of an evaluation set."""
    rest = iter(items)
    while block := list(islice(rest, BLOCK)):
        hits = evaluation.hits_in([(item.instruction, item.input) for item in block])
        for item, hit in zip(block, hits, strict=True):
            if hit:
                yield Finding(item.name, "contamination", "error", hit)
