"""The filters of a run: what an accepted row of any method goes through besides.

Contamination, judge, votes, in this order; the first that fails ends them. What an earlier check rejected is not asked
about.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from porism.errors import InputError
from porism.generators.chat import ChatModel
from porism.generators.judging import scores
from porism.generators.judging.rubric import Judging
from porism.generators.method import Method
from porism.generators.voting import ballot
from porism.generators.voting.ballot import Voting
from porism.outputs.records import Record, Verdict
from porism.outputs.sources import Item

CONTAMINATION = "contamination"


class Filters(BaseModel):
    """What accepted rows go through.

    Attributes:
        judge: how they are judged, if they are.
        votes: how they are voted on, if they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: Judging | None = None
    votes: Voting | None = None


class Sieve:
    """The filters at work; safe to call from several threads.

    Args:
        filters: which.
        judge_model: that judges; needed where the filters have a judge.
        vote_model: that votes; needed where they have a vote.
        seed: of the run.
        contamination: why a text is in an evaluation set, or None where it is not.

    Raises:
        ValueError: a filter has no model.
    """

    def __init__(
        self,
        filters: Filters,
        judge_model: ChatModel | None,
        vote_model: ChatModel | None,
        seed: int,
        contamination: Callable[[str], str | None] | None = None,
    ) -> None:
        self._seed = seed
        self._steps: list[Callable[[Record], Record]] = []
        if contamination is not None:
            self._steps.append(lambda record: _uncontaminated(record, contamination))
        if filters.judge is not None:
            self._steps.append(self._judging(filters.judge, judge_model))
        if filters.votes is not None:
            self._steps.append(self._voting(filters.votes, vote_model))

    def sieve(self, record: Record) -> Record:
        """The record with the verdicts and notes of the filters; unchanged if it was rejected before.

        Raises:
            ModelError: a model cannot be used.
        """
        for step in self._steps:
            if not record.accepted:
                return record
            record = step(record)
        return record

    def _judging(self, settings: Judging, model: ChatModel | None) -> Callable[[Record], Record]:
        judge = _there(model, "judge")

        def step(record: Record) -> Record:
            found = scores.judge(judge, settings, self._seed, record.origin.place, _item(record))
            raw = record.raw if found.verdict.ok else found.raw or record.raw
            verdicts, notes = (*record.verdicts, found.verdict), {**record.notes, **found.notes}
            return replace(record, verdicts=verdicts, notes=notes, raw=raw)

        return step

    def _voting(self, settings: Voting, model: ChatModel | None) -> Callable[[Record], Record]:
        voter = _there(model, "votes")

        def step(record: Record) -> Record:
            item = _item(record)
            found = ballot.vote(voter, settings, self._seed, record.origin.place, item)
            raw = record.raw if found.verdict.ok else found.raw or record.raw
            notes = {**_rewritten(record.notes, item.output, found.output), **found.notes(item.output)}
            content = {**record.content, "output": found.output}
            return replace(record, content=content, verdicts=(*record.verdicts, found.verdict), notes=notes, raw=raw)

        return step


def checks(filters: Filters, contamination: bool) -> tuple[str, ...]:
    """The checks that the filters add to a method's, in order."""
    there = {
        CONTAMINATION: contamination,
        scores.CHECK: filters.judge is not None,
        ballot.CHECK: filters.votes is not None,
    }
    return tuple(name for name, wanted in there.items() if wanted)


def notes(filters: Filters) -> dict[str, pa.DataType]:
    """The columns that the filters add to a layout's notes."""
    return {**(scores.NOTES if filters.judge else {}), **(ballot.NOTES if filters.votes else {})}


def again(row: Mapping[str, Any], filters: Filters) -> Iterable[tuple[str, str | None]]:
    """The verdicts of the filters on an accepted row, from what it keeps: checks, each with why it fails, or None."""
    if filters.judge is not None:
        yield scores.again(row, filters.judge)
    if filters.votes is not None:
        yield ballot.again(row, filters.votes)


def suits(method: Method, filters: Filters) -> None:
    """Nothing, if the filters can be used with the method.

    Raises:
        InputError: they would judge or vote twice, or put another output into a row that is bound to its own.
    """
    twice = set(method.checks) & set(checks(filters, contamination=False))
    if twice:
        name = next(name for name in ("judge", "votes") if name in twice)
        raise InputError(f"the method {method.name} has the check {name!r} itself; leave out [filters.{name}]")
    if filters.votes is not None and filters.votes.replace and method.layout.parts:
        parts = " and ".join(method.layout.parts)
        raise InputError(f"[filters.votes] replace = true would part the rows of {method.name} from their {parts}")


def _uncontaminated(record: Record, contamination: Callable[[str], str | None]) -> Record:
    """The record with the verdict on its instruction, alone and with its input."""
    item = _item(record)
    texts = [item.instruction, f"{item.instruction}\n{item.input}"][: 1 + bool(item.input)]
    reason = next((why for text in texts if (why := contamination(text)) is not None), None)
    verdict = Verdict(reason is None, CONTAMINATION, reason or "")
    return replace(record, verdicts=(*record.verdicts, verdict))


def _item(record: Record) -> Item:
    return Item(record.id, *(record.content.get(name) or "" for name in ("instruction", "input", "output")))


def _rewritten(notes: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The notes of a row whose output became another: its conversation and completion end with the new one."""
    found = dict(notes)
    if old == new:
        return found
    if turns := found.get("messages"):
        found["messages"] = [*turns[:-1], {**turns[-1], "content": new}]
    if old and old in (completion := found.get("completion") or ""):
        before, _, after = completion.partition(old)
        found["completion"] = f"{before}{new}{after}"
    return found


def _there(model: ChatModel | None, name: str) -> ChatModel:
    if model is None:
        raise ValueError(f"the filter {name!r} has no model")
    return model
