"""What a dataset is, in numbers and samples: the facts behind ``porism show``.

A dataset is read a batch at a time; of a large one, rows from all over it are read, and the facts say how many that
were. A folder whose run is under way, that is damaged in part or of other making is shown as far as it can be read.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.outputs import show_samples
from porism.outputs.folder import read_config
from porism.outputs.publish import read_manifest
from porism.outputs.show_columns import Column, shown, texts
from porism.outputs.show_files import Part, Remark, batches, counted, parts, row
from porism.outputs.sources import Item

SAMPLES = 3
MOST_ROWS = 20_000  # that are read and compared: counting the words of ten million long rows would take an hour
MOST_COLUMNS = 200  # of a sample
NO_MANIFEST = "there is no manifest.json: these rows were made otherwise, or the folder is not whole"
UNDER_WAY = "its run has not ended: run the same command again to go on; shown is what it has committed so far"


def facts(folder: Path) -> dict[str, Any]:
    """All that ``porism show`` tells, ready for JSON; the keys are always the same.

    - ``folder``, ``flow``, ``method``, ``model``, ``seed``, ``finished``, ``command``, ``versions``: what it is and how
      it was made, as far as that is known; ``cost``: requests, tokens, money and seconds; ``usage``: as counted;
    - ``counts``: ``generated``, ``accepted``, ``rejected``, ``rejected_by_check``, and more as the manifest has it;
    - ``rows_read``: how many accepted rows the histograms and warnings are of: all, unless there are very many;
    - ``histograms``: bins with counts by title; ``ranges``: least, median and largest value, but for labels;
    - ``samples``: three accepted rows; ``configs``: ``rows`` and a ``sample`` of every other config, by name;
    - ``near``: how many rows were ``compared``, how many are ``near`` an earlier one, and ``examples``; or null;
    - ``against``: evaluation sets that rows were compared with, and how many were ``rejected`` for it; or null;
    - ``warnings``: what a reader should look at; ``remarks``: what could not be read, and what is not as it should be.

    Raises:
        InputError: there is neither a manifest nor a Parquet file that can be read.
    """
    remarks: list[str] = []
    found = parts(folder, remarks.append)
    manifest, config = _manifest(folder, remarks.append, needed=not found), _config(folder)
    data = found.get("data")
    columns, read, tasks = _read(data) if data else ({}, 0, [])
    told = [(name, one) for name, column in columns.items() for one in column.histogram(name)]
    near = _near(tasks)
    return {
        **_about(folder, manifest, config),
        "counts": _counts(manifest, found),
        "against": _against(manifest),
        "rows_read": read,
        "histograms": {title: bins for _, (title, bins, _) in told},
        "ranges": {title: list(range) for _, (title, _, range) in told if range},
        "samples": [_sample(data, place) for place in _spread(data.rows, SAMPLES)] if data else [],
        "configs": {name: _other(part) for name, part in found.items() if name != "data"},
        "near": near,
        "warnings": [*(line for name, column in columns.items() for line in column.warnings(name)), *_alike(near)],
        "remarks": [*remarks, *_remarks(manifest, data)],
    }


def _read(data: Part) -> tuple[Mapping[str, Column], int, list[Item]]:
    """What the columns hold, of how many rows, and the tasks among those."""
    columns, read = shown(data.schema), 0
    asked = [name for name in ("instruction", "input") if name in columns]
    tasks: list[Item] = []
    for batch in batches(data, list(columns), MOST_ROWS):
        read += batch.num_rows
        for name, column in columns.items():
            column.add(batch[name])
        if "instruction" in asked:
            said = [texts(batch[name]) for name in asked]
            tasks += [Item("an earlier one", *one, *[""] * (3 - len(one))) for one in zip(*said, strict=True)]
    return columns, read, tasks


def _near(tasks: list[Item]) -> dict[str, Any] | None:
    """Tasks with a ROUGE-L of at least 0.7 to an earlier one, by the greedy filter, as ``porism audit`` counts them."""
    if len(tasks) < 2:
        return None
    from porism.outputs.audit import near

    found = [one.reason for one in near.instructions(tasks) if one.severity != "info"]
    return {"compared": len(tasks), "near": len(found), "examples": found[:SAMPLES]}


def _alike(near: Mapping[str, Any] | None) -> Iterable[str]:
    if near and near["near"]:
        yield (
            f"{near['near']:,} of {near['compared']:,} tasks are nearly the same as an earlier one; "
            f"the first has {near['examples'][0]}"
        )


def _spread(count: int, samples: int) -> list[int]:
    """Places at even distances, the first and the last row among them; of one, in the middle."""
    if samples == 1:
        return [count // 2] if count else []
    return sorted({0, count // 2, count - 1}) if count else []


def _sample(part: Part, place: int) -> dict[str, str]:
    return show_samples.drawn(row(part, place, MOST_COLUMNS))


def _other(part: Part) -> dict[str, Any]:
    """How many rows another config has, and one of them."""
    return {"rows": part.rows, "sample": next((_sample(part, place) for place in _spread(part.rows, 1)), None)}


def _about(folder: Path, manifest: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """What it is, how it was made, and what that took."""
    usage = _mapping(manifest.get("usage"))
    every, last = _mapping(usage.get("all_runs")), _mapping(usage.get("this_run"))
    return {
        "folder": str(folder),
        "flow": manifest.get("flow") or config.get("flow") or "?",
        "method": config.get("method"),
        "model": config.get("model") or _mapping(manifest.get("model")).get("name") or "no model",
        "seed": config.get("seed"),
        "finished": manifest.get("finished"),
        "command": manifest.get("command"),
        "versions": _mapping(manifest.get("versions")),
        "cost": {
            "requests": every.get("replies", last.get("requests")),
            "input_tokens": every.get("input_tokens"),
            "output_tokens": every.get("output_tokens"),
            "money": every.get("cost"),
            "seconds": manifest.get("seconds"),
        },
        "usage": usage,
    }


def _counts(manifest: Mapping[str, Any], found: Mapping[str, Part]) -> dict[str, Any]:
    """The funnel of the manifest, or where it says nothing, of the rows that are there."""
    known = {name: value for name, value in _mapping(manifest.get("counts")).items() if value is not None}
    rejected = found.get("rejected")
    there = {
        "accepted": found["data"].rows if "data" in found else 0,
        "rejected": rejected.rows if rejected else 0,
        "rejected_by_check": {},
    }
    if rejected and "rejected_by_check" not in known and "check" in rejected.schema.names:
        there["rejected_by_check"] = counted(rejected, "check")
    counts = {**there, **known}
    return {"generated": counts["accepted"] + counts["rejected"], **counts}


def _against(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The evaluation sets that every row was compared with."""
    known = _mapping(manifest.get("against"))
    by_check = _mapping(_mapping(manifest.get("counts")).get("rejected_by_check"))
    return {**known, "rejected": by_check.get("contamination", 0)} if known else None


def _remarks(manifest: Mapping[str, Any], data: Part | None) -> Iterable[str]:
    if manifest.get("stopped"):
        yield f"the run gave up: {manifest['stopped']}"
    said, there = _mapping(manifest.get("counts")).get("accepted"), data.rows if data else 0
    if said is not None and said != there:
        yield f"the manifest speaks of {said:,} accepted rows, but {there:,} can be read"


def _manifest(folder: Path, remark: Remark, *, needed: bool) -> Mapping[str, Any]:
    """The manifest as far as it can be used; a line on why there is none, or the error of that."""
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        if needed:
            raise
        missing = UNDER_WAY if (folder / "run.toml").exists() else NO_MANIFEST
        remark(str(error) if (folder / "manifest.json").exists() else missing)
        return {}
    return {**manifest, "counts": _sound(manifest["counts"])}


def _sound(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts that are counts, whoever wrote them."""
    plain = {name: value for name, value in counts.items() if type(value) is int}
    by = {name: value for name, value in counts.items() if isinstance(value, Mapping)}
    return plain | {name: {k: n for k, n in value.items() if type(n) is int} for name, value in by.items()}


def _config(folder: Path) -> Mapping[str, Any]:
    try:
        return read_config(folder / "run.toml")
    except InputError:
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
