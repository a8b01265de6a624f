"""Two datasets side by side: their counts, their distributions in the same bins, and what differs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.outputs.folder import read_config
from porism.outputs.publish import read_manifest
from porism.outputs.view.distributions import measured
from porism.outputs.view.overview import flat
from porism.outputs.view.query import Query
from porism.outputs.view.store import Store

SAMPLED = 20_000  # first rows of each that distributions are of
BINS = 24
MOST_COLUMNS = 200  # that differ


@dataclass(frozen=True, slots=True)
class Distribution:
    """A column of both datasets: shares of each bin, or of each value, in percent of the rows that have one.

    Attributes:
        title: what is counted.
        labels: of the bins, the least number in each, or the values.
        left: shares in the first dataset.
        right: shares in the second.
        means: of the numbers, in the first and the second; none for values.
    """

    title: str
    labels: Sequence[str]
    left: Sequence[float]
    right: Sequence[float]
    means: tuple[float, float] | None = None

    @property
    def most(self) -> float:
        """The largest share, above 0."""
        return max([*self.left, *self.right]) or 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the page shows; pairs are (first, second).

    Attributes:
        counts: rows of each config, accepted and rejected ones first.
        checks: rejected rows by check.
        distributions: of the columns of accepted rows that both have.
        columns: configs, name, and the type in each, where they differ; nothing where there is no such column.
        settings: those that differ; nothing where one has no such setting.
    """

    counts: Mapping[str, tuple[int, int]]
    checks: Mapping[str, tuple[int, int]]
    distributions: Sequence[Distribution]
    columns: Sequence[tuple[str, str, str, str]]
    settings: Mapping[str, tuple[str, str]]


def compare(one: Store, other: Store) -> Comparison:
    """Two datasets side by side."""
    rows = [{name: config.rows for name, config in store.configs.items()} for store in (one, other)]
    settings = _both(*(_settings(store.folder) for store in (one, other)), missing="")
    return Comparison(
        counts=_both(*rows, missing=0),
        checks=_both(_checks(one), _checks(other), missing=0),
        distributions=distributions(one, other),
        columns=differing(one, other),
        settings={name: pair for name, pair in settings.items() if pair[0] != pair[1]},
    )


def distributions(one: Store, other: Store) -> list[Distribution]:
    """Of the columns that both have: values one by one where there are few, else numbers in the same bins."""
    if "data" not in one.configs or "data" not in other.configs:
        return []
    try:
        return [found for found in (*_by_value(one, other), *_by_size(one, other)) if found]
    except InputError:  # rows that cannot be read; the page shows what else there is
        return []


def differing(one: Store, other: Store) -> list[tuple[str, str, str, str]]:
    """Columns that only one has, or whose types differ: configs, name, and the types."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for config in (name for name in one.configs if name in other.configs):
        types = [{column.name: column.type for column in store.configs[config].columns} for store in (one, other)]
        for name, pair in _both(*types, missing="").items():
            if pair[0] != pair[1]:
                found.setdefault((name, *pair), []).append(config)
    return sorted((", ".join(configs), *column) for column, configs in found.items())[:MOST_COLUMNS]


def _by_value(one: Store, other: Store) -> Iterator[Distribution | None]:
    query = Query("data")
    names = {column.name for column in other.labelled("data")}
    for column in one.labelled("data"):
        if column.name in names:
            counted = [dict(store.facet(query, column.name)) for store in (one, other)]
            yield _of_values(column.name, *counted)


def _of_values(title: str, one: Mapping[str, int], other: Mapping[str, int]) -> Distribution | None:
    both = _both(one, other, missing=0)
    if len(both) < 2:
        return None
    order = sorted(both, key=lambda value: (-sum(both[value]), value))
    totals = sum(one.values()) or 1, sum(other.values()) or 1
    left, right = ([100 * both[value][k] / totals[k] for value in order] for k in (0, 1))
    return Distribution(title, [value or "(empty)" for value in order], left, right)


def _by_size(one: Store, other: Store) -> Iterator[Distribution | None]:
    measures = [dict(measured(store.configs["data"])) for store in (one, other)]
    for title, sql in measures[0].items():
        if measures[1].get(title) == sql:
            yield _of_numbers(title, _numbers(one, sql), _numbers(other, sql))


def _numbers(store: Store, sql: str) -> list[float]:
    inner = f"SELECT TRY_CAST({sql} AS DOUBLE) AS x FROM {store.table('data')} LIMIT {SAMPLED}"
    return [row["x"] for row in store.rows(f"SELECT x FROM ({inner}) WHERE isfinite(x)")]


def _of_numbers(title: str, one: Sequence[float], other: Sequence[float]) -> Distribution | None:
    """Bins of one width from the least to the largest number of both."""
    if not one or not other:
        return None
    low, high = min(*one, *other), max(*one, *other)
    width = (high - low) / BINS
    if not 0 < width < math.inf:
        return None
    left, right = (_shares(numbers, low, width) for numbers in (one, other))
    means = sum(one) / len(one), sum(other) / len(other)
    return Distribution(title, [f"{low + k * width:.4g}" for k in range(BINS + 1)], left, right, means)


def _shares(numbers: Sequence[float], low: float, width: float) -> list[float]:
    counted = [0] * BINS
    for number in numbers:
        counted[min(int((number - low) / width), BINS - 1)] += 1
    return [100 * count / len(numbers) for count in counted]


def _checks(store: Store) -> dict[str, int]:
    config = store.configs.get("rejected")
    if not config or not config.column("check"):
        return {}
    check = "coalesce(left(CAST(\"check\" AS VARCHAR), 80), '?')"
    sql = f"SELECT {check} AS v, count(*) AS n FROM {store.table('rejected')} GROUP BY 1 ORDER BY n DESC, v LIMIT 50"
    return {row["v"]: row["n"] for row in store.rows(sql)}


def _settings(folder: Path) -> dict[str, str]:
    """The configuration of a run, and the versions that it ran with."""
    told: dict[str, Any] = {}
    with suppress(InputError):
        told |= read_config(folder / "run.toml")
    with suppress(InputError):
        told["versions"] = read_manifest(folder).get("versions", {})
    return flat(told)


def _both(one: Mapping[str, Any], other: Mapping[str, Any], *, missing: Any) -> dict[str, tuple[Any, Any]]:
    """By name, in the order of the first, what each has."""
    return {name: (one.get(name, missing), other.get(name, missing)) for name in dict.fromkeys((*one, *other))}
