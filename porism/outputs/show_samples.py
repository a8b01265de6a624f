"""A row as text for a terminal, drawn as what it is: a theorem, an instruction, a conversation with tools, or a row.

Rows may be of any making: a column that is not what its name promises is shown as it is, cut.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

CUT = 1_000  # characters of a text
WHOLE = 4_000  # characters of a proof or a conversation
TURN = 400  # characters of one turn
VALUES = 12  # columns of a row of unknown making
LEFT_OUT = ("id", "origin", "verdicts", "raw", "tree", "task", "tools", "key", "theorem", "text", "points", "messages")
Row = Mapping[str, Any]
Lines = Iterator[tuple[str, str]]


def drawn(row: Row) -> dict[str, str]:
    """A row's columns as text, in the order in which a person reads them; what is empty is left out."""
    kinds = (
        (_preference, ("chosen", "rejected")),
        (_step, ("completion", "label", "rate")),
        (_theorem, ("statement", "proof")),
        (_trajectory, ("request", "transcript")),
        (_instruction, ("instruction", "output")),
        (_chat, ("messages",)),
    )
    draw = next((draw for draw, names in kinds if all(name in row for name in names)), _table)
    kept = {name: value for name, value in row.items() if name not in ("check", "reason")} if row.get("check") else row
    lines = [*(_refusal(row) if row.get("check") else ()), *draw(kept)]
    return {name: text for name, text in lines if text.strip()}


def _refusal(row: Row) -> Lines:
    """Why a row was rejected, and what it was read from if that is all there is."""
    yield "rejected by", f"{_text(row['check'])}: {_text(row.get('reason'))}"
    if not any(row.get(name) for name in ("instruction", "request", "statement")):
        yield "raw", cut(_text(row.get("raw")))


def _theorem(row: Row) -> Lines:
    yield "statement", cut(_text(row["statement"]))
    yield "auxiliary points", cut(_text(row.get("auxiliary")))
    yield "proof", cut(_text(row["proof"]), WHOLE)
    measures = (("length", "steps"), ("depth", "depth"), ("difficulty", "difficulty"))
    yield "measures", ", ".join(f"{said} {_text(row[name])}" for name, said in measures if row.get(name) is not None)


def _instruction(row: Row) -> Lines:
    for name in ("instruction", "input"):
        yield name, cut(_text(row.get(name)))
    yield "draft", cut(_text(row.get("draft")))
    for k, one in enumerate(_structs(row.get("rounds")), 1):
        yield f"round {k}, {_text(one.get('principle'))}", _round(one)
    yield "before", cut(_text(row.get("original")))
    yield "output", cut(_text(row["output"]))
    yield "rationale", cut(_text(row.get("rationale")))
    yield (
        "votes",
        ", ".join(
            f"{cut(_text(one.get('answer')), 60)} {_text(one.get('count'))}" for one in _structs(row.get("votes"))
        ),
    )
    yield (
        "scores",
        ", ".join(f"{_text(one.get('criterion'))} {_scores(one)}" for one in _structs(row.get("judge_scores"))),
    )
    for near in _structs(row.get("most_similar"))[:1]:
        told = [_text(value) for value in near.values()]
        yield "nearest", cut("  ".join(reversed(told)), 200)


def _round(one: Row) -> str:
    """A critique and what came of it."""
    if _text(one.get("outcome")) == "failed":
        return f"failed: {cut(_text(one.get('reason')), TURN)}"
    said = [("critique", one.get("critique")), ("revision", one.get("revision"))]
    return "\n".join(f"{name}: {cut(_text(text), TURN)}" for name, text in said if text)


def _scores(one: Row) -> str:
    scores = one.get("scores")
    return "/".join(map(_text, scores)) if isinstance(scores, list) else _text(scores)


def _trajectory(row: Row) -> Lines:
    told = conversation(row.get("messages"))
    yield "conversation", told or cut(f"{_text(row['request'])}\n{_text(row['transcript'])}", WHOLE)
    spent = row.get("spent")
    if isinstance(spent, Mapping):
        named = (f"{name.replace('_', ' ')} {_text(count)}" for name, count in spent.items())
        yield "spent", ", ".join(named)


def _preference(row: Row) -> Lines:
    yield "prompt", conversation(row.get("prompt"))
    yield "chosen", conversation(row["chosen"])
    yield "rejected", conversation(row["rejected"])
    yield "why", cut(_text(row.get("why")))
    yield "error", cut(_text(row.get("error")))


def _step(row: Row) -> Lines:
    yield "prompt", conversation(row.get("prompt"))
    yield "step", conversation(row["completion"])
    counted = f"{_text(row.get('successes'))} branches below it reach the goal, {_text(row.get('failures'))} do not"
    yield "label", f"{_text(row['label'])}, rate {_text(row['rate'])}; {counted}"
    yield "error", cut(_text(row.get("error")))


def _chat(row: Row) -> Lines:
    yield "conversation", conversation(row["messages"])
    yield from _table({name: value for name, value in row.items() if name != "messages"})


def _table(row: Row) -> Lines:
    for name in ([name for name in row if name not in LEFT_OUT] or list(row))[:VALUES]:
        yield name, cut(_text(row[name]))


def conversation(turns: Any) -> str:
    """Turns as lines: who speaks, what is called, and what came back; the middle of a long one is left out."""
    if not isinstance(turns, list):
        return cut(_text(turns))
    lines = [line for turn in turns for line in _turn(turn)]
    if len(lines) > 24:
        lines = [*lines[:8], f"... ({len(lines) - 20:,} more turns)", *lines[-12:]]
    return cut("\n".join(lines), WHOLE)


def _turn(turn: Any) -> Iterator[str]:
    if not isinstance(turn, Mapping):
        yield cut(_text(turn), TURN)
        return
    role, content = _text(turn.get("role")), cut(_text(turn.get("content")), TURN)
    if content.strip():
        yield f"{role}{' <-' if role == 'tool' else ':'} {content}"
    for call in _structs(turn.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, Mapping):
            yield f"{role} -> {_text(function.get('name'))}({cut(_text(function.get('arguments')), TURN)})"


def cut(text: str, most: int = CUT) -> str:
    """The text, or its beginning and how much was cut off."""
    return text if len(text) <= most else f"{text[:most]} ... ({len(text) - most:,} more characters)"


def _structs(value: Any) -> list[Row]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Any value as text; nothing is an empty one."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if isinstance(value, str) else str(value)
