"""Every method of ``run instruct`` on a server that misbehaves: nothing is lost, nothing there twice."""

from pathlib import Path

import pytest
from servers import FakeServer, write_source

from porism.generators.endpoint import Pace
from porism.generators.models import Service
from porism.outputs.publish import read_manifest, rows
from porism.pipelines import recheck
from porism.pipelines.instruct import Instruct, run
from porism.pipelines.methods import METHODS
from porism.pipelines.run import Result

PACE = Pace(concurrency=8, timeout=0.3, attempts=6, backoff=0.02)
OWN = "self-instruct"  # has tests of its own
ASKING = [name for name, method in METHODS.items() if method.asks and name != OWN]
ITEMS, ROWS = 24, 25


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_source(tmp_path / "source.jsonl", ITEMS)
    return tmp_path / "source.jsonl"


def made(method: str, server: FakeServer, folder: Path, source: Path, pace: Pace = PACE, count: int = ROWS) -> Result:
    endless = METHODS[method].needs == "seeds"
    settings = METHODS[method].settings(chunk=4, window=32)
    job = Instruct(
        model=f"openai:fake@{server.base_url}", method=method, settings=settings, source=None if endless else source
    )
    return run(job, count if endless else None, folder, Service(pace))


def check_books(result: Result) -> None:
    """Rows add up, stand at places of their own, no step is missing, and who was rejected says why, and from what."""
    accepted, rejected = list(rows(result.folder)), list(rows(result.folder, "rejected"))
    counts = result.manifest["counts"]
    assert (len(accepted), len(rejected)) == (counts["accepted"], counts["rejected"])
    assert counts["generated"] == len(accepted) + len(rejected)
    places = [tuple(row["origin"]["place"]) for row in accepted + rejected]
    assert len(places) == len(set(places))
    steps = {place[0] for place in places}
    assert steps == set(range(max(steps) + 1))
    if result.manifest["ended"]:
        assert steps == set(range(ITEMS))
    assert all(row["check"] and row["reason"] for row in rejected)
    assert all(row["raw"] is not None for row in rejected if row["check"] not in ("known", "repeat"))
    assert list(recheck.check(result.folder)) == []


@pytest.mark.parametrize("method", ASKING)
def test_with_faults_of_every_kind_in_a_third_of_the_replies(method: str, source: Path, tmp_path: Path) -> None:
    with FakeServer(fault_rate=1 / 3, delay=0.005, hang=0.6) as server:
        result = made(method, server, tmp_path / "made", source)
    assert result.complete
    check_books(result)
    assert result.manifest["counts"]["rejected"]


@pytest.mark.parametrize("method", ASKING)
def test_without_faults_most_rows_are_accepted_and_all_add_up(method: str, source: Path, tmp_path: Path) -> None:
    with FakeServer() as server:
        result = made(method, server, tmp_path / "made", source)
    check_books(result)
    assert result.manifest["counts"]["accepted"] >= ITEMS / 3


@pytest.mark.parametrize("method", ASKING)
def test_the_same_bytes_whatever_the_concurrency(method: str, source: Path, tmp_path: Path) -> None:
    write_source(source, ITEMS // 2)
    found = []
    for concurrency in (1, 8):
        with FakeServer(delay=0.01) as server:
            result = made(method, server, tmp_path / str(concurrency), source, Pace(concurrency=concurrency))
            found.append(contents(result.folder))
    assert found[0] == found[1]


def contents(folder: Path) -> dict[str, bytes]:
    files = [folder / "run.toml", *(path for path in folder.glob("*/*.parquet") if path.parent.name != "work")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_all_that_a_source_gives_is_the_end_and_running_again_does_nothing(source: Path, tmp_path: Path) -> None:
    with FakeServer() as server:
        first = made("realign", server, tmp_path / "made", source)
        asked = len(server.requests)
        again = made("realign", server, tmp_path / "made", source)
        assert len(server.requests) == asked
    assert first.complete
    assert again.manifest == read_manifest(first.folder)
    assert first.manifest["ended"]
