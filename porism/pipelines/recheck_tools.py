"""``porism check`` of tool calls: every plan is run again in a fresh world, every conversation told again."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from porism.outputs.check import Finding
from porism.outputs.publish import rows
from porism.outputs.records import Verdict
from porism.outputs.seen import Seen
from porism.pipelines.tools import rows as tools_rows
from porism.pipelines.tools.grounds import grounds
from porism.pipelines.tools.tasks import Task, key_of, moment_of, read, replayed
from porism.search.drawing.stored import CALL, from_json, shortened
from porism.search.exports import Message, Telling, trajectory
from porism.search.tools.calls import Call

Row = Mapping[str, Any]
Judge = Callable[[Row, Task, Telling], Iterator[Verdict]]


def check(folder: Path, config: Mapping[str, Any]) -> Iterator[Finding]:
    """What fails: trajectories, then preferences, then steps, each from its row alone.

    Args:
        folder: a dataset whose files have the flow's columns.
        config: what its ``run.toml`` says.
    """
    environment, seen = str(config.get("environment")), Seen()
    for row in rows(folder):
        yield from _findings(row, environment, _trajectory)
        if not seen.add(row["key"]):
            yield row["id"], Verdict(False, "novelty", "the same request as a row before")
    for part, judge in (("preferences", _preference), ("steps", _step)):
        for row in rows(folder, part):
            yield from _findings(row, environment, judge)


def _findings(
    row: Row, environment: str, judge: Callable[[Row, Task, Telling], Iterator[Verdict]]
) -> Iterator[Finding]:
    try:
        if row["environment"] != environment:
            raise ValueError(f"the environment is {row['environment']!r}, the run's is {environment!r}")
        task = read(row["environment"], row["task"])
        telling = tools_rows.telling(task)
        if row["tools"] != telling.schemas:
            yield row["id"], Verdict(False, "tools", "not those of the task's world")
        for verdict in judge(row, task, telling):
            yield row["id"], verdict
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:  # nobody can read it
        yield row["id"], Verdict(False, "row", str(error) or type(error).__name__)


def _trajectory(row: Row, task: Task, telling: Telling) -> Iterator[Verdict]:
    steps, reason = replayed(task, _plan(row))
    if reason:
        yield Verdict(False, "replay", reason)
    if reason := grounds(steps):
        yield Verdict(False, "grounds", reason)
    if row["messages"] != tools_rows.whole(trajectory(telling, moment_of(steps))["messages"]):
        yield Verdict(False, "messages", "not what the plan gives in a fresh world")
    if row["key"] != key_of(task):
        yield Verdict(False, "key", "not the hash of its request")
    if row["calls"] != len(steps):
        yield Verdict(False, "calls", f"{row['calls']} are said, {len(steps)} are there")
    tree = from_json(row["tree"]).outcome
    if not tree.solved or tree.best.actions() != [shortened(str(call), CALL) for call in _plan(row)]:
        yield Verdict(False, "tree", "its chosen path is not the plan")


def _preference(row: Row, task: Task, telling: Telling) -> Iterator[Verdict]:
    yield from _reaches(row, task)
    yield from _told(row, task, telling, "chosen", "")
    yield from _told(row, task, telling, "rejected", row["error"])
    before = _calls(row["prompt"] + row["chosen"])
    if list(before) != _plan(row)[: len(before)]:
        yield Verdict(False, "plan", "does not go through the chosen call")
    if row["chosen"] == row["rejected"]:
        yield Verdict(False, "rejected", "the call that is chosen")


def _step(row: Row, task: Task, telling: Telling) -> Iterator[Verdict]:
    yield from _told(row, task, telling, "completion", row["error"])
    ended = row["successes"] + row["failures"]
    if not ended or row["rate"] != row["successes"] / ended or row["label"] != (row["successes"] > 0):
        yield Verdict(False, "rate", "not the share of its successes")
    if row["label"]:
        yield from _reaches(row, task)
        before = _calls(row["prompt"] + row["completion"])
        if list(before) != _plan(row)[: len(before)]:
            yield Verdict(False, "plan", "does not go through the call")
    elif row["plan"]:
        yield Verdict(False, "plan", "there is one, and no success")


def _reaches(row: Row, task: Task) -> Iterator[Verdict]:
    steps, reason = replayed(task, _plan(row))
    if reason := reason or grounds(steps):
        yield Verdict(False, "replay", reason)


def _told(row: Row, task: Task, telling: Telling, name: str, error: str) -> Iterator[Verdict]:
    """Whether the calls of the prompt give what it says, and the last one in column ``name`` the error it should."""
    steps, _ = replayed(task, _calls(row["prompt"] + row[name]))
    if tools_rows.whole(telling.messages(moment_of(steps))[:-1]) != row["prompt"] + row[name]:
        yield Verdict(False, name, "not told as the calls happen in a fresh world")
    elif steps[-1][1].error != error:
        yield Verdict(False, name, f"ends with the error {steps[-1][1].error!r} and not {error!r}")


def _plan(row: Row) -> list[Call]:
    return [_call(each) for each in row["plan"]]


def _calls(turns: Sequence[Message]) -> list[Call]:
    """The calls in messages."""
    return [_call(each["function"]) for turn in turns for each in turn["tool_calls"] or ()]


def _call(function: Mapping[str, str]) -> Call:
    """A call from a row; its arguments in canonical form, as a search makes them.

    Raises:
        ValueError: they are not.
    """
    call = Call.of(function["name"], json.loads(function["arguments"]))
    if call.arguments != function["arguments"]:
        raise ValueError(f"the arguments of {function['name']} are not in canonical form")
    return call
