"""The searches of theorems in the formats of trainers: steps, preferences, and completions with a label.

What a model is asked at a place, and what it answers, is spelled as :mod:`porism.pipelines.auxiliary.proposals` asks
and reads: a model that was tuned on these rows is a proposer for the search as it stands.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pyarrow as pa

from porism.outputs.export import Shape
from porism.outputs.export.shapes import STEPWISE, Made, Row
from porism.outputs.layout import MESSAGES
from porism.pipelines.auxiliary.following import labels
from porism.pipelines.auxiliary.points import with_clauses
from porism.pipelines.auxiliary.proposals import answer, prompt
from porism.pipelines.auxiliary.records import DRAWN, preferences, steps
from porism.pipelines.auxiliary.ways import COLUMN, Way
from porism.symbolic.faces import english
from porism.symbolic.problem import Problem

READS = ("problem", COLUMN, "origin")


def shape(format: str, parts: Mapping[str, pa.Schema]) -> Shape | None:
    """How the searches of a dataset give a format; None where there are none, or it is another format.

    Args:
        format: one of ``porism.outputs.export.FORMATS``.
        parts: the columns of each config, by its folder.
    """
    there = parts.get("data", pa.schema([]))
    if format not in MAKERS or not set(READS) <= set(there.names) or there.field(COLUMN).type != pa.string():
        return None
    schema, make = MAKERS[format]
    return Shape("data", READS, schema, make)


def _preferences(rows: Iterable[Row]) -> Made:
    """Pairs of clauses that were tried at one place."""
    for row, problem, way in _searches(rows):
        for one in preferences(problem, way, seed=row["origin"]["seed"]):
            told = {"prompt": _user(one.prompt), "chosen": _said(one.chosen), "rejected": _said(one.rejected)}
            yield told, row


def _unpaired(rows: Iterable[Row]) -> Made:
    """Clauses that were tried, each with whether the proof needs it."""
    for row, problem, way in _searches(rows):
        for one in steps(problem, way, seed=row["origin"]["seed"], most=DRAWN):
            asked = prompt(with_clauses(problem, one.clauses))
            told = {"prompt": _user(asked), "completion": _said(answer([one.clause])), "label": bool(one.label)}
            yield told, row


def _stepwise(rows: Iterable[Row]) -> Made:
    """The clauses up to each that was tried; those that only lead to others are told with these."""
    for row, problem, way in _searches(rows):
        longest = max((stage.clauses for stage in way.stages), key=len, default=())
        inner = {longest[:k] for k in range(1, len(longest) + 1)}
        asked = ASKED.format(problem=problem, statement=english.statement(problem))
        for one in steps(problem, way, seed=row["origin"]["seed"], most=DRAWN):
            path = (*one.clauses, one.clause)
            if path not in inner:
                before = _labels(problem, way, one.clauses)
                yield {"prompt": asked, "completions": list(path), "labels": [*before, bool(one.label)]}, row


def _labels(problem: Problem, way: Way, clauses: tuple[str, ...]) -> list[bool]:
    """For each clause of a place whether the proof needs it."""
    return [labels(problem, way.needed, clauses[:k], [clause])[0] for k, clause in enumerate(clauses)]


def _searches(rows: Iterable[Row]) -> Iterator[tuple[Row, Problem, Way]]:
    """The rows whose search found a proof."""
    for row in rows:
        if row[COLUMN] is not None:
            yield row, Problem.parse(row["problem"]), Way.from_json(row[COLUMN])


def _user(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]


def _said(content: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": content}]


PAIR = {"prompt": MESSAGES, "completion": MESSAGES, "label": pa.bool_()}
MAKERS: Mapping[str, tuple[pa.Schema, Callable[[Iterable[Row]], Made]]] = {
    "preference": (pa.schema([(name, MESSAGES) for name in ("prompt", "chosen", "rejected")]), _preferences),
    "unpaired": (pa.schema(list(PAIR.items())), _unpaired),
    "steps": (STEPWISE, _stepwise),
}
ASKED = """\
{problem}
In words: {statement}
Add auxiliary points, one at a time, until the goal can be deduced."""
