"""``porism check --against``: the rows of any flow, compared anew with evaluation sets."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from porism.outputs import contamination, sources
from porism.outputs.check import Finding
from porism.outputs.contamination import Evaluation
from porism.outputs.publish import rows
from porism.outputs.records import Verdict
from porism.pipelines import geometry, geometry_against
from porism.pipelines.geometry_against import CHECK, Against

BATCH = 1_000  # rows that are compared together


def check(folder: Path, flow: str, sets: Sequence[Path], warn: Callable[[str], None]) -> Iterator[Finding]:
    """The accepted rows that are contaminated; none without sets.

    Args:
        folder: a dataset whose files are whole.
        flow: that made it.
        sets: evaluation sets; for theorems files of problems.
        warn: told in one line of problems that cannot be compared with.

    Raises:
        InputError: a set cannot be read.
    """
    if not sets:
        return iter(())
    if flow != geometry.FLOW:
        return _texts(folder, contamination.load(sets))
    against = geometry_against.load(sets)
    if warning := against.warning():
        warn(warning)
    return _theorems(folder, against)


def _theorems(folder: Path, against: Against) -> Iterator[Finding]:
    """By the hash in each row, which is made anew by another check."""
    for row in rows(folder, "data", ["id", "theorem"]):
        if reason := against.hit(str(row["theorem"])):
            yield row["id"], Verdict(False, CHECK, reason)


def _texts(folder: Path, evaluation: Evaluation) -> Iterator[Finding]:
    found = enumerate(rows(folder))
    while batch := list(islice(found, BATCH)):
        tasks = [item for number, row in batch for item in sources.items(row, sources.name(row, number))]
        reasons = evaluation.hits_in([(task.instruction, task.input) for task in tasks])
        for task, reason in zip(tasks, reasons, strict=True):
            if reason:
                yield task.name, Verdict(False, CHECK, reason)
