"""The columns of both methods, and the pairs drawn from a row in the conversational form of TRL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from porism.generators.chat import Message
from porism.generators.constitution.reading import normal
from porism.generators.constitution.rounds import KEPT, Round
from porism.generators.method import FLOW
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Origin, Record

ROUNDS = pa.list_(pa.struct([(name, pa.string()) for name in KEPT]))
CONTENT = {"instruction": pa.string(), "input": pa.string(), "output": pa.string()}
PREFERENCES = Layout(
    content={"prompt": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES},
    notes={
        "kind": pa.string(),
        "principles": pa.list_(pa.string()),
        "why": pa.string(),
        "votes_for": pa.int64(),
        "votes_against": pa.int64(),
    },
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One answer preferred to another.

    Attributes:
        kind: ``revision``: a revision to the draft; ``feedback``: by the model's own votes.
        chosen: the better answer.
        rejected: the other.
        principles: the names of those it was preferred under.
        votes: for and against, of a feedback pair.
    """

    kind: str
    chosen: str
    rejected: str
    principles: tuple[str, ...]
    votes: tuple[int, int] | None = None


def revised(draft: str, output: str, rounds: Sequence[Round]) -> Iterator[Pair]:
    """The output preferred to the draft, if it is another text."""
    if normal(draft) != normal(output):
        names = dict.fromkeys(one.principle for one in rounds if one.outcome == "revised")
        yield Pair("revision", output, draft, tuple(names))


def preferences(
    row: Record, prompt: Sequence[Message], pairs: Iterator[Pair], rules: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Pairs as rows of the config ``preferences``; of two with the same texts the first, whichever was preferred."""
    found: list[dict[str, Any]] = []
    seen: set[frozenset[str]] = set()
    asked = [{"role": turn.role, "content": turn.content} for turn in prompt]
    for pair in pairs:
        sides = frozenset({normal(pair.chosen), normal(pair.rejected)})
        if sides not in seen:
            seen.add(sides)
            found.append(_preference(row, asked, pair, rules, len(found)))
    return found


def _preference(
    row: Record, asked: list[dict[str, str]], pair: Pair, rules: Mapping[str, str], k: int
) -> dict[str, Any]:
    content = {
        "prompt": asked,
        "chosen": [{"role": "assistant", "content": pair.chosen}],
        "rejected": [{"role": "assistant", "content": pair.rejected}],
    }
    votes = {} if pair.votes is None else dict(zip(("votes_for", "votes_against"), pair.votes, strict=True))
    why = "\n".join(rules[name] for name in pair.principles)
    notes = {"kind": pair.kind, "principles": list(pair.principles), "why": why, **votes}
    origin = Origin(FLOW, row.origin.seed, (*row.origin.place, k), row.origin.model, (row.id,))
    made = PREFERENCES.row(Record(content, origin, row.verdicts, notes))
    return {name: made[name] for name in PREFERENCES.accepted.names}
