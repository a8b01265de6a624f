"""The rows of ``porism run tools``: one for each task, and those that are drawn from its tree.

A row holds its task, so that its plan can be run again from the row alone.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from porism.outputs.layout import Layout
from porism.outputs.records import Origin, Record, Verdict, judge
from porism.pipelines.tools.grounds import ANSWER, grounds
from porism.pipelines.tools.search import Found
from porism.pipelines.tools.tasks import Family, Task, as_json, key_of, replayed
from porism.search.drawing.stored import to_json
from porism.search.exports import Message, Row, Telling, preferences, steps, trajectory
from porism.search.places import Step
from porism.search.tools.moments import Moment

FLOW = "tools"
CONTAMINATION = "contamination"
CHECKS = ("novelty", "goal", "grounds", "replay")

FUNCTION = pa.struct([("name", pa.string()), ("arguments", pa.string())])
TOOL_CALLS = pa.list_(pa.struct([("id", pa.string()), ("type", pa.string()), ("function", FUNCTION)]))
TURNS = pa.list_(
    pa.struct(
        [
            ("role", pa.string()),
            ("content", pa.string()),
            ("tool_calls", TOOL_CALLS),
            ("tool_call_id", pa.string()),
        ]
    )
)
PLAN = pa.list_(FUNCTION)
SPENT = pa.struct(
    [(name, pa.int64()) for name in ("expansions", "requests", "samples", "tokens", "tool_runs", "nodes")]
)
FAULTS = pa.list_(pa.struct([("reason", pa.string()), ("count", pa.int64())]))
DRAWN = {"environment": pa.string(), "task": pa.string(), "plan": PLAN}
LAYOUT = Layout(
    content={"messages": TURNS, "tools": pa.string()},
    notes={
        "request": pa.string(),
        "transcript": pa.string(),
        **DRAWN,
        "calls": pa.int64(),
        "known_calls": pa.int64(),
        "spent": SPENT,
        "faults": FAULTS,
        "tree": pa.string(),
        "key": pa.string(),
    },
    parts={
        "preferences": Layout(
            content={"prompt": TURNS, "chosen": TURNS, "rejected": TURNS, "tools": pa.string()},
            notes={"why": pa.string(), "error": pa.string(), **DRAWN},
        ),
        "steps": Layout(
            content={"prompt": TURNS, "completion": TURNS, "tools": pa.string()},
            notes={
                "label": pa.bool_(),
                "rate": pa.float64(),
                "successes": pa.int64(),
                "failures": pa.int64(),
                "open": pa.int64(),
                "error": pa.string(),
                **DRAWN,
            },
        ),
    },
)


def checks(*, against: bool) -> tuple[str, ...]:
    """The checks that an accepted row has passed, in order, where there are evaluation sets and where not."""
    return ("novelty", CONTAMINATION, *CHECKS[1:]) if against else CHECKS


def repeated(task: Task, family: Family, origin: Origin) -> Record:
    """The row of a task that was there before; it is not searched."""
    return _unsearched(task, family, origin, "novelty", f"the same request as one before: {key_of(task)}")


def contaminated(task: Task, family: Family, origin: Origin, reason: str) -> Record:
    """The row of a task that is too near to one of an evaluation set; it is not searched."""
    return _unsearched(task, family, origin, CONTAMINATION, reason)


def _unsearched(task: Task, family: Family, origin: Origin, check: str, reason: str) -> Record:
    known = {"request": task.prompt, "key": key_of(task)}
    return Record({}, origin, (Verdict(False, check, reason),), known | _drawn(task, family, []))


def record(task: Task, family: Family, found: Found, origin: Origin, *, against: bool = False) -> Record:
    """The row of a task that was searched: accepted if its plan reaches the goal in a fresh world, too.

    A rejected row holds the best plan so far. ``against``: the task was compared with evaluation sets before.
    """
    moment, how = found.tree.best.state, telling(task)
    made = moment.steps()
    known = {**_drawn(task, family, _plan(made)), **_facts(task, found), **_said_of(task, made)}
    verdicts = judge((check, reason) for check, reason in _checks(task, found, made, against))
    messages = trajectory(how, moment)["messages"] if found.tree.solved else how.messages(moment)
    row = Record({"messages": whole(messages), "tools": how.schemas}, origin, verdicts, known)
    if not row.accepted:
        return row
    return Record(row.content, origin, verdicts, {**known, **_parts(task, family, found, how, row)})


def telling(task: Task) -> Telling:
    """How a search for a task is told."""
    return Telling([{"role": "user", "content": task.prompt}], [tool.schema() for tool in task.world().tools], closing)


def closing(made: Sequence[Step]) -> str:
    """The last turn of a conversation: the answer, or what was done."""
    if not made:
        return "Nothing had to be done."
    call, seen = made[-1]
    if call.name != ANSWER:
        return f"Done. The last call, {call.name}, returned: {seen.text}"
    return f"The answer is {_said(next(iter(call.values().values()), ''))}."


def whole(turns: Sequence[Message]) -> list[Message]:
    """Messages with every member that one can have, as the columns have them: a row read back has the same hash."""
    return [{name: turn.get(name) for name in ("role", "content", "tool_calls", "tool_call_id")} for turn in turns]


def _said_of(task: Task, made: Sequence[Step]) -> dict[str, str]:
    """What a person wants to read of a row, and the hash of its request."""
    lines = (f"{call} -> {seen.text}" for call, seen in made)
    return {"request": task.prompt, "transcript": "\n".join(lines), "key": key_of(task)}


def _checks(task: Task, found: Found, made: Sequence[Step], against: bool) -> Iterator[tuple[str, str | None]]:
    """Checks with their reasons, each made when it is its turn."""
    yield "novelty", None
    if against:
        yield CONTAMINATION, None
    yield ("goal", None) if found.tree.solved else _unsolved(found)
    yield "grounds", grounds(made)
    again, reason = replayed(task, [call for call, _ in made])
    yield "replay", reason or (None if again == tuple(made) else "a call gave something else than in the search")


def _unsolved(found: Found) -> tuple[str, str]:
    """Why there is no plan, under the name that the funnel counts it by."""
    tree = found.tree
    faults = Counter(fault.reason for _, fault in tree.faults)
    said = "; of the replies " * bool(faults) + ", ".join(f"{count} {reason}" for reason, count in faults.most_common())
    if tree.reason == "budget":
        return "budget", f"no plan after {tree.spent.samples} samples at {tree.spent.expansions} places{said}"
    return "exhausted", f"nothing was left to try after {tree.spent.expansions} places{said}"


def _facts(task: Task, found: Found) -> dict[str, Any]:
    tree = found.tree
    spent = {each.name: getattr(tree.spent, each.name) for each in SPENT}
    faults = Counter(fault.reason for _, fault in tree.faults)
    return {
        "calls": tree.best.depth,
        "known_calls": len(task.solution),
        "spent": spent,
        "faults": [{"reason": reason, "count": count} for reason, count in sorted(faults.items())],
        "tree": to_json(tree, _gave, _limits(found)),
    }


def _gave(moment: Moment) -> tuple[str, str]:
    """What the last call gave, and its error."""
    seen = moment.observation
    return (seen.text, seen.error) if seen else ("", "")


def _limits(found: Found) -> dict[str, int]:
    """The parts of the budget that are limited, by name."""
    limits = {each.name: getattr(found.budget, each.name) for each in fields(found.budget)}
    return {name: int(limit) for name, limit in limits.items() if limit is not None}


def _parts(task: Task, family: Family, found: Found, how: Telling, row: Record) -> dict[str, list[Row]]:
    """The rows that are drawn from the tree, by the name of their config."""
    made = {
        "preferences": preferences(found.tree, how, found.solved),
        "steps": steps(found.tree, how, found.solved),
    }
    return {
        name: [_part(name, k, one, _drawn(task, family, one["plan"]), row) for k, one in enumerate(drawn)]
        for name, drawn in made.items()
    }


def _part(name: str, k: int, one: Row, drawn: dict[str, Any], row: Record) -> Row:
    layout = LAYOUT.parts[name]
    content = {column: whole(one[column]) if kind == TURNS else one[column] for column, kind in layout.content.items()}
    notes = {column: one[column] for column in layout.notes if column in one} | drawn
    origin = Origin(FLOW, row.origin.seed, (*row.origin.place, k), row.origin.model, (row.id,))
    return layout.row(Record(content, origin, row.verdicts, notes))


def _drawn(task: Task, family: Family, plan: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {"environment": family.name, "task": as_json(task), "plan": list(plan)}


def _plan(made: Sequence[Step]) -> list[Row]:
    return [{"name": call.name, "arguments": call.arguments} for call, _ in made]


def _said(value: Any) -> str:
    """An answer in words."""
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
