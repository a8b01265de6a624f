"""Small finished datasets of every flow, and their rows as a trainer would read them."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pipelines.test_tools import SMALL
from pipelines.test_tools import made as searched
from servers import FakeServer

from porism.generators import voting
from porism.generators.chat import Scripted
from porism.generators.method import Given
from porism.generators.models import Service
from porism.generators.self_instruct import tasks
from porism.outputs.card import About, card
from porism.outputs.folder import opened
from porism.outputs.publish import fingerprint, publish, write_manifest
from porism.outputs.sources import Item
from porism.pipelines import geometry, instruct
from porism.pipelines.geometry import Geometry
from porism.pipelines.instruct import Instruct

SMALL_STEPS: Any = {"chunk": 4, "window": 32}
SUMS = [Item(f"sum-{n}", f"What is {n} times {n}? Think of a square.", "", str(n * n)) for n in (7, 8, 12, 1000)]


def theorems(folder: Path, count: int = 3, **settings: Any) -> Path:
    """Theorems with auxiliary points, unless the settings say otherwise."""
    job = Geometry(**{"plain": 0, "seed": 5, "chunk": 4, **settings})
    return geometry.run(job, count, folder, compiled=False).folder


def tool_calls(folder: Path, count: int = 6) -> Path:
    """Trajectories, preferences and steps in databases."""
    return searched(folder, SMALL, count).folder


def instructions(folder: Path, method: str = "self-instruct", count: int = 4) -> Path:
    """Instructions of a method that starts from seeds."""
    with FakeServer() as server:
        job = Instruct(model=f"openai:fake@{server.base_url}", method=method, settings=SMALL_STEPS)
        return instruct.run(job, count, folder, Service()).folder


def revisions(folder: Path, source: Path) -> Path:
    """Answers revised under principles, with preferences."""
    lines = [{"instruction": f"Say something of number {n}.", "output": f"It is {n}, a number."} for n in range(4)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with FakeServer() as server:
        model = f"openai:fake@{server.base_url}"
        job = Instruct(model=model, method="constitution", settings=SMALL_STEPS, source=source)
        return instruct.run(job, None, folder, Service()).folder


def votes(folder: Path) -> Path:
    """Short answers that were voted on."""
    settings = voting.Settings(samples=3)
    layout, config = voting.METHOD.layout, {"flow": "instruct", "method": "vote"}

    def model(request: Any) -> str:
        return next(f"A square.\nAnswer: {item.output}" for item in SUMS if item.instruction in request.text)

    given = Given(settings, Scripted(model), seed=0, pool=tasks.load(), items=SUMS)
    found = [row for _, rows in voting.METHOD.start(given).records(concurrency=1) for row in rows]
    with opened(folder, config, layout) as made:
        counts = publish(made, found, len(SUMS))
    about = About("Squares", "A summary.", ("A limit.",), ("synthetic",), "text-generation")
    (folder / "README.md").write_text(card(about, counts, fingerprint(folder), "porism run instruct", []))
    write_manifest(folder, {"flow": "instruct", "counts": counts.to_json()})
    return folder


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of an exported file or folder."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return [row for file in files for row in pq.read_table(file).to_pylist()]
