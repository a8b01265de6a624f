"""What a dataset is, in numbers and samples: the facts behind ``porism show``."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from porism.outputs.folder import read_config
from porism.outputs.publish import read_manifest, reading, rows

HIDDEN = ("id", "origin", "verdicts", "messages", "prompt", "completion")
SAMPLES = 3


def facts(folder: Path) -> dict[str, Any]:
    """Counts, funnel, histograms, samples and warnings, ready for JSON.

    Raises:
        InputError: the folder is not a finished dataset.
    """
    manifest, config = read_manifest(folder), read_config(folder / "run.toml")
    texts = _texts(folder)
    return {
        "folder": str(folder),
        "flow": manifest.get("flow", "?"),
        "model": config.get("model", "no model"),
        "counts": manifest["counts"],
        "usage": manifest.get("usage", {}),
        "histograms": {
            f"words of {name}": _bins(lengths)
            for name in texts
            if (lengths := [len(text.split()) for text in texts[name]])
        },
        "samples": [_sample(row) for row in _spread(folder, manifest["counts"]["accepted"])],
        "warnings": list(_warnings(texts)),
    }


def _texts(folder: Path) -> dict[str, list[str]]:
    """The text columns of the accepted rows, but for those that repeat others."""
    found: dict[str, list[str]] = {}
    for path in sorted((folder / "data").glob("*.parquet")):
        with reading(path):
            schema = pq.read_schema(path)
            names = [field.name for field in schema if field.type == pa.string() and field.name not in HIDDEN]
            table = pq.read_table(path, columns=names)
        for name in names:
            found.setdefault(name, []).extend(pc.fill_null(table[name], "").to_pylist())
    return found


def _spread(folder: Path, count: int) -> list[Mapping[str, Any]]:
    """Three rows: the first, one in the middle, the last."""
    wanted = sorted({0, count // 2, count - 1}) if count else []
    return [row for k, row in enumerate(rows(folder)) if k in wanted]


def _sample(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in row.items() if isinstance(value, str) and name not in HIDDEN and value}


def _bins(values: Sequence[int]) -> list[tuple[str, int]]:
    """Counts in bins that double: 0, 1, 2-3, 4-7, ..."""
    count = Counter(int(log2(value)) + 1 if value else 0 for value in values)
    return [(_bin(k), count[k]) for k in range(min(count), max(count) + 1)]


def _bin(k: int) -> str:
    if k <= 1:
        return str(k)
    return f"{2 ** (k - 1)}-{2**k - 1}"


def _warnings(texts: Mapping[str, Sequence[str]]) -> Iterable[str]:
    outputs = texts.get("output", ())
    if not outputs:
        return
    if empty := sum(not text.strip() for text in outputs):
        yield f"{empty:,} empty outputs"
    text, most = Counter(outputs).most_common(1)[0]
    if len(outputs) >= 10 and most > len(outputs) / 5:
        yield f"{most / len(outputs):.0%} of the outputs are {text[:60]!r}"
