"""What a dataset is and how it was made, from its manifest, its configuration, its shards and its rows."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.folder import read_config
from porism.outputs.publish import read_manifest, reading
from porism.outputs.view import notes, shown
from porism.outputs.view.distributions import Histogram, histograms
from porism.outputs.view.query import Filter, Query
from porism.outputs.view.store import Store

FIGURE = re.compile(r"[A-Za-z0-9][\w.-]{0,120}\.svg", re.ASCII)
MOST_FIGURES = 12
MOST_SHARDS = 2_000  # of which a run's course is drawn
POINTS = 120
REASON_ROWS = 100_000  # rejected rows whose reasons are counted


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the funnel.

    Attributes:
        name: what happened to these rows.
        rows: how many there are.
        share: of all rows, in [0, 1].
        address: of the rows, in the dataset.
        reasons: the most frequent ones, and how often each was met.
    """

    name: str
    rows: int
    share: float
    address: str = ""
    reasons: Sequence[tuple[str, int]] = ()


def brief(store: Store) -> dict[str, Any]:
    """Flow and counts, for a list of datasets."""
    return {"flow": flow(store), "rows": {name: config.rows for name, config in store.configs.items()}}


def flow(store: Store) -> str:
    """The flow that made it, as far as it is known."""
    return str(_config(store.folder).get("flow") or _manifest(store.folder).get("flow") or "")


def facts(store: Store) -> dict[str, Any]:
    """All that the overview shows."""
    manifest, config = _manifest(store.folder), _config(store.folder)
    return {
        "flow": flow(store),
        "about": about(manifest, config),
        "config": flat(config),
        "versions": flat(_part(manifest, "versions")),
        "command": str(manifest.get("command", "")),
        "funnel": funnel(store),
        "histograms": told(store),
        "course": course(store.folder),
        "cost": cost(manifest),
        "judged": notes.counts(store.folder),
        "figures": figures(store.folder),
        "remarks": [*store.remarks, *remarks(store, manifest)],
    }


def about(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    """What there is to know at a glance."""
    versions = _part(manifest, "versions")
    facts = {
        "Flow": manifest.get("flow") or config.get("flow"),
        "Method": config.get("method"),
        "Model": config.get("model") or _part(manifest, "model").get("name"),
        "Seed": config.get("seed"),
        "Finished": manifest.get("finished"),
        "Porism": versions.get("porism"),
        "Commit": versions.get("commit"),
    }
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def funnel(store: Store) -> list[Bar]:
    """From generated to accepted, and why the others were rejected."""
    accepted, rejected = (store.configs[name].rows if name in store.configs else 0 for name in ("data", "rejected"))
    every = max(1, accepted + rejected)
    bars = [Bar("accepted", accepted, accepted / every, "data/")]
    if not rejected:
        return bars
    reasons = _reasons(store)
    checks = [
        Bar(name, rows, rows / every, f"rejected/?{_only(name)}", reasons.get(name, ()))
        for name, rows in _checks(store)
    ]
    return [
        Bar("generated", accepted + rejected, 1.0), *bars,
        Bar("rejected", rejected, rejected / every, "rejected/"), *checks,
    ]  # fmt: skip


def told(store: Store) -> list[Histogram]:
    """Histograms of the accepted rows; none where they cannot be read."""
    try:
        return histograms(store, "data") if "data" in store.configs else []
    except InputError:
        return []


def course(folder: Path) -> list[tuple[datetime, int]]:
    """Moments, and how many rows a run had committed by then, accepted and rejected ones."""
    made = []
    for path in sorted((folder / "work").glob("shard-*.parquet"))[:MOST_SHARDS]:
        try:
            with reading(path):
                made.append((path.stat().st_mtime, pq.read_metadata(path).num_rows))
        except (InputError, OSError):
            continue
    made.sort()
    rows = list(accumulate(rows for _, rows in made))
    points = [(datetime.fromtimestamp(at, UTC), total) for (at, _), total in zip(made, rows, strict=True)]
    step = -(-len(points) // POINTS) or 1
    return [*points[:-1:step], *points[-1:]]


def line(points: Sequence[tuple[datetime, int]], width: int = 600, height: int = 120) -> str:
    """A run's course as the points of an SVG line, time to the right and rows upwards."""
    first, spent = points[0][0], max((points[-1][0] - points[0][0]).total_seconds(), 1e-9)
    most = max(points[-1][1], 1)
    spots = (((at - first).total_seconds() / spent * width, height - rows / most * height) for at, rows in points)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)


def cost(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What it took, as far as it was counted."""
    usage = _part(manifest, "usage")
    every, last = _part(usage, "all_runs"), _part(usage, "this_run")
    facts = {
        "Requests": every.get("replies", last.get("requests")),
        "Tokens read": every.get("input_tokens"),
        "Tokens written": every.get("output_tokens"),
        "Failed requests": last.get("failed"),
        "Seconds of the last run": manifest.get("seconds"),
        "Money": every.get("cost"),
    }
    return {name: _amount(value) for name, value in facts.items() if value is not None}


def figures(folder: Path) -> list[str]:
    """Names of the drawings that lie in ``figures/``, as the card shows them."""
    found = (path.name for path in sorted((folder / "figures").glob("*.svg")) if FIGURE.fullmatch(path.name))
    return [name for name, _ in zip(found, range(MOST_FIGURES), strict=False)]


def figure(folder: Path, name: str) -> bytes:
    """A drawing.

    Raises:
        LookupError: there is none of that name, or it lies elsewhere.
    """
    path = folder / "figures" / name
    if not FIGURE.fullmatch(name) or not path.is_file() or path.resolve().parent != (folder / "figures").resolve():
        raise LookupError(f"there is no figure {name[:80]!r}")
    return path.read_bytes()


def remarks(store: Store, manifest: Mapping[str, Any]) -> list[str]:
    """What a reader should know before trusting the counts."""
    found = [f"The run gave up: {manifest['stopped']}."] if manifest.get("stopped") else []
    wanted = _part(manifest, "counts").get("accepted")
    there = store.configs["data"].rows if "data" in store.configs else 0
    if isinstance(wanted, int) and wanted != there:
        found.append(f"The manifest speaks of {wanted:,} accepted rows, but {there:,} are there.")
    return found + ([] if there else ["There are no accepted rows."])


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Names with dots and values as text."""
    found: dict[str, str] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = (
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            )
    return found


def _checks(store: Store) -> list[tuple[str, int]]:
    if not store.configs["rejected"].column("check"):
        return []
    named = "coalesce(CAST(\"check\" AS VARCHAR), '?')"
    sql = f"SELECT {named} AS name, count(*) AS n FROM {store.table('rejected')} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
    return [(row["name"], row["n"]) for row in store.rows(sql)]


def _reasons(store: Store) -> dict[str, list[tuple[str, int]]]:
    """Of each check the three most frequent reasons; numbers in them do not make them different."""
    config = store.configs["rejected"]
    if not config.column("check") or not config.column("reason"):
        return {}
    sql = f"""
        WITH said AS (SELECT CAST("check" AS VARCHAR) AS name, CAST("reason" AS VARCHAR) AS reason
                      FROM {store.table("rejected")} LIMIT {REASON_ROWS}),
        like_it AS (SELECT name, reason, regexp_replace(left(reason, 300), '[0-9]+([.][0-9]+)?', '#', 'g') AS kind
                    FROM said WHERE reason <> '')
        SELECT name, first(left(reason, 160)) AS reason, count(*) AS n FROM like_it GROUP BY name, kind
        ORDER BY n DESC, reason LIMIT 200"""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in store.rows(sql):
        kept = found.setdefault(row["name"], [])
        if len(kept) < 3:
            kept.append((shown.cell(row["reason"]), row["n"]))
    return found


def _only(check: str) -> str:
    return Query("rejected", filters=(Filter("check", "is", check),)).to_parameters()


def _amount(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if isinstance(value, float) else str(value)


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        return read_manifest(folder)
    except InputError:
        return {}


def _config(folder: Path) -> Mapping[str, Any]:
    try:
        return read_config(folder / "run.toml")
    except InputError:
        return {}
