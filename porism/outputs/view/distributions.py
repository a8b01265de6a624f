"""Histograms of a dataset's columns: numbers, lengths of texts and lists, likeness to the nearest neighbour.

Of a large dataset they are of rows taken from files all over it, and say of how many.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from porism.outputs.view.store import Store
from porism.outputs.view.tables import Column, Config, quoted, source

SAMPLED = 20_000  # rows that histograms are of
FILES = 20  # of a dataset, from which they are taken
BINS = 24
MOST = 16  # histograms of a dataset
QUIET = ("id", "messages", "prompt", "completion", "raw", "theorem", "task", "key", "tools", "text", "verdicts", "seed")
NEAR = re.compile(r'STRUCT\([^()]*?("[^"]+"|\w+) (?:DOUBLE|FLOAT)\)\[\]')  # a list of things, each with a measure


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often values are in which range.

    Attributes:
        title: what was measured.
        low: least value, at the left edge of the first bin.
        high: largest value, at the right edge of the last.
        counts: of each bin.
        median: half of the values are no larger.
        rows: how many values there are.
    """

    title: str
    low: float
    high: float
    counts: Sequence[int]
    median: float
    rows: int

    @property
    def whole(self) -> bool:
        """Whether each bin is one whole number."""
        return self.high - self.low == len(self.counts) and self.low % 1 == 0.5

    @property
    def least(self) -> str:
        """The least value, as text."""
        return number(self.low + 0.5 if self.whole else self.low)

    @property
    def most(self) -> str:
        """The largest value, as text."""
        return number(self.high - 0.5 if self.whole else self.high)

    @property
    def middle(self) -> str:
        """The median, as text."""
        return number(self.median)

    def range(self, k: int) -> str:
        """What bin ``k`` holds, as text."""
        step = (self.high - self.low) / len(self.counts)
        low, high = self.low + k * step, self.low + (k + 1) * step
        return number(low + 0.5) if self.whole else f"{number(low)} to {number(high)}"


def histograms(store: Store, name: str) -> list[Histogram]:
    """Of every column of a config that can be measured, unless all its rows are the same.

    Raises:
        InputError: the rows cannot be read.
    """
    config = store.configs[name]
    measures = dict(measured(config))
    if not measures or not config.rows:
        return []
    listed = ", ".join(f"CAST({sql} AS DOUBLE) AS m{k}" for k, sql in enumerate(measures.values()))
    rows = store.rows(f"SELECT {listed} FROM {_sample(store, config)}")
    columns = [[row[f"m{k}"] for row in rows] for k in range(len(measures))]
    found = [histogram(title, values) for title, values in zip(measures, columns, strict=True)]
    return [one for one in found if one]


def measured(config: Config) -> Iterator[tuple[str, str]]:
    """What is measured, and SQL for it."""
    said = [(title, sql) for column in config.columns if column.name not in QUIET for title, sql in _measures(column)]
    said.sort(key=lambda one: not one[0].startswith("likeness"))  # what readers ask for first
    yield from said[:MOST]


def histogram(
    title: str, values: Sequence[Any], low: float | None = None, high: float | None = None
) -> Histogram | None:
    """The histogram of values, ``None`` and infinities left out; None if they are all the same.

    Args:
        title: what was measured.
        values: numbers.
        low: left edge; the least value by default.
        high: right edge.
    """
    kept = sorted(value for value in values if value is not None and math.isfinite(value))
    if not kept:
        return None
    low, high = kept[0] if low is None else low, kept[-1] if high is None else high
    if not low < high or not math.isfinite(high - low):
        return None
    whole = all(value == int(value) for value in (low, high, *kept[:1000])) and high - low < BINS
    if whole:  # a bin for each whole number
        low, high = low - 0.5, high + 0.5
    counts = [0] * (round(high - low) if whole else BINS)
    for value in kept:
        counts[min(len(counts) - 1, max(0, int((value - low) / (high - low) * len(counts))))] += 1
    return Histogram(title, low, high, counts, kept[len(kept) // 2], len(kept))


def number(value: float) -> str:
    """A number for people.

    >>> number(1234.0), number(0.12345), number(123456.7)
    ('1,234', '0.1235', '123,457')
    """
    if value == int(value) or abs(value) >= 10_000:
        return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.3g}"
    return f"{value:.4g}"


def _measures(column: Column) -> Iterator[tuple[str, str]]:
    name = quoted(column.name)
    if column.kind == "number":
        yield column.name, name
    elif column.kind == "text":
        yield f"characters of {column.name}", f"length({name})"
    elif found := NEAR.fullmatch(column.type):
        field = quoted(found[1].strip('"'))
        yield f"likeness to the nearest ({column.name}: {found[1].strip(chr(34))})", f"{name}[1].{field}"
    elif column.type.endswith("[]"):
        yield f"number of {column.name}", f"len({name})"


def _sample(store: Store, config: Config) -> str:
    """SQL for rows from files all over the config."""
    names = ", ".join(quoted(column.name) for column in config.columns)
    if config.rows <= SAMPLED or config.condition or len(config.files) == 1:
        return f"(SELECT {names} FROM {store.table(config.name)} LIMIT {SAMPLED})"
    step = -(-len(config.files) // FILES)
    files = config.files[::step]
    each = -(-SAMPLED // len(files))
    return "(" + " UNION ALL ".join(f"(SELECT {names} FROM {source([one])} LIMIT {each})" for one in files) + ")"
