"""Datasets for the tests of the pages, and a reader of their HTML."""

import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.testclient import TestClient

from porism.outputs.view.app import Site, application, stores

PARTS = pa.struct([("instruction", pa.string()), ("rouge_l", pa.float64())])


class Parsed(HTMLParser):
    """The elements of a page (name and attributes), and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + " "

    def links(self) -> list[str]:
        return [told["href"] or "" for name, told in self.elements if name == "a" and "href" in told]


def client(*folders: Path) -> TestClient:
    return TestClient(application(Site(stores(folders))))


def dataset(folder: Path, rows: Sequence[dict[str, Any]], rejected: Sequence[dict[str, Any]] = ()) -> Path:
    """A finished dataset of rows."""
    for part, of in (("data", rows), ("rejected", rejected)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pylist(list(of)) if of else pa.table({"id": pa.array([], pa.string())})
        pq.write_table(table, folder / part / "train-00000-of-00001.parquet")
    manifest = {
        "flow": "instruct", "command": "porism run instruct", "seconds": 12.5,
        "finished": "2026-01-01T00:00:00+00:00", "versions": {"porism": "0.1.0", "commit": "abc123"},
        "counts": {"accepted": len(rows), "rejected": len(rejected)},
        "usage": {"all_runs": {"replies": 64, "input_tokens": 21569, "output_tokens": 2595, "cost": 0.25}},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "run.toml").write_text('flow = "instruct"\nseed = 7\nmodel = "local:tiny"\n[settings]\nshots = 4\n')
    return folder


def usual(folder: Path, count: int = 60) -> Path:
    """A dataset as a run leaves it."""
    rows = [
        {
            "id": f"row{k}", "instruction": f"Tell me about {'rivers' if k % 3 else 'trees'} and the number {k}",
            "output": "word " * (k % 17), "is_classification": k % 4 == 0, "steps": ["a"] * (k % 5),
            "most_similar": [{"instruction": "x", "rouge_l": k / 100}], "difficulty": k / 10,
        }
        for k in range(count)
    ]  # fmt: skip
    rejected = [
        {
            **rows[0],
            "id": f"no{k}",
            "check": ("novelty", "length")[k % 2],
            "reason": f"{k} words are too many",
            "raw": "",
        }
        for k in range(10)
    ]
    return dataset(folder, rows, rejected)
