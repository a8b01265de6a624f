"""Real pages in a real browser: datasets made in seconds, a server on loopback, one Chromium for all tests."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uvicorn
from pipelines.test_tools import made as tools_made
from servers import FakeServer

from porism.generators.models import Service
from porism.generators.self_instruct.settings import Settings
from porism.outputs.view.app import Site, application, stores
from porism.pipelines import geometry, instruct
from porism.pipelines.view import draw

SCRIPT = "<script>window.__pwned = 1</script><img src=x onerror='window.__pwned = 2'>"
HOSTILE = [
    SCRIPT, "\"><svg onload='window.__pwned = 3'>", "javascript:window.__pwned=4", "{{ 7 * 7 }}{% raw %}", "a\x00b",
    "\u202egnihton\u202c", "../../../etc/passwd", "'; DROP TABLE rows; --", "x" * 1_000_000, "</title><b>",
    "word " * 300, "\U0001f600" * 50,
]  # fmt: skip


def hostile(folder: Path) -> Path:
    """A dataset whose every cell, column and id wants to be more than text."""
    (folder / "data").mkdir(parents=True)
    columns = {"id": HOSTILE, "instruction": HOSTILE, SCRIPT: HOSTILE, "input": [{"a": text} for text in HOSTILE]}
    pq.write_table(pa.table(columns), folder / "data" / "train-00000-of-00001.parquet")
    return folder


def growing(folder: Path, whole: Path) -> Callable[[], None]:
    """A dataset that is still being made: each call commits three rows more of a whole one."""
    (folder / "work").mkdir(parents=True)
    shutil.copy(whole / "run.toml", folder)
    table = pq.read_table(whole / "data")
    for name in ("check", "reason"):
        table = table.append_column(name, pa.nulls(len(table), pa.string()))
    shards = iter(range(0, len(table), 3))

    def more() -> None:
        first = next(shards)
        pq.write_table(table.slice(first, 3), folder / "work" / f".{first}")
        (folder / "work" / f".{first}").rename(folder / "work" / f"shard-{first:06d}.parquet")

    more()
    return more


@dataclass
class Served:
    """What the tests look at.

    Attributes:
        address: of the server, without a slash at its end.
        folder: that holds the datasets, by their names.
        more: lets the dataset ``growing`` grow.
    """

    address: str
    folder: Path
    more: Callable[[], None] = field(repr=False)


@pytest.fixture(scope="module")
def datasets(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    geometry.run(geometry.Geometry(chunk=5), 12, folder / "geometry", compiled=False)
    with FakeServer() as server:
        settings = Settings.model_validate({"style": "chat", "window": 32, "chunk": 4})
        asked = instruct.Instruct(model=f"openai:fake@{server.base_url}", settings=settings)
        instruct.run(asked, 12, folder / "instruct", Service())
    tools_made(folder / "tools", count=3)
    hostile(folder / "hostile")
    return folder


@pytest.fixture(scope="module")
def served(datasets: Path) -> Iterator[Served]:
    more = growing(datasets / "growing", datasets / "geometry")
    shown = stores([datasets])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(application(Site(shown, draw)), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", datasets, more)
        server.should_exit = True
        thread.join(10)
    for store in shown.values():
        store.close()


@pytest.fixture(scope="module")  # a browser that is open leaves an event loop running in this thread
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("there is no Chromium here; apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
