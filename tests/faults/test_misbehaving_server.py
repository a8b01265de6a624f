"""A server that answers every third request with a fault: the run ends, and accounts for every row."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from servers import TEXT, TRANSPORT, FakeServer

from porism.generators.chat import ModelError
from porism.generators.endpoint import Pace
from porism.generators.models import Service
from porism.generators.self_instruct.settings import Settings
from porism.outputs.publish import rows
from porism.pipelines import recheck
from porism.pipelines.instruct import Instruct, run
from porism.pipelines.run import Result

PACE = Pace(concurrency=8, timeout=0.3, attempts=6, backoff=0.02)
KEY = "sk-this-must-not-be-seen-anywhere"


def made(server: FakeServer, folder: Path, count: int = 60, pace: Pace = PACE, style: Any = "chat") -> Result:
    settings = Settings(style=style, chunk=4, window=32, patience=60)
    return run(Instruct(model=f"openai:fake@{server.base_url}", settings=settings), count, folder, Service(pace))


def check_books(result: Result) -> list[dict[str, Any]]:
    """Rows add up, stand at places of their own, and no request is missing. Returns the rejected rows."""
    accepted, rejected = list(rows(result.folder)), list(rows(result.folder, "rejected"))
    counts = result.manifest["counts"]
    assert (len(accepted), len(rejected)) == (counts["accepted"], counts["rejected"])
    assert counts["generated"] == counts["accepted"] + counts["rejected"] == len(accepted) + len(rejected)
    places = [tuple(row["origin"]["place"]) for row in accepted + rejected]
    assert len(places) == len(set(places))
    requests = {place[0] for place in places}
    assert requests == set(range(max(requests) + 1))
    assert all(row["check"] and row["reason"] for row in rejected)
    assert not list(recheck.check(result.folder))
    return rejected


@pytest.mark.parametrize("style", ["chat", "completion"])
def test_with_faults_of_every_kind_in_a_third_of_the_replies(style: str, tmp_path: Path) -> None:
    with FakeServer(fault_rate=1 / 3, delay=0.005, hang=0.6) as server:
        result = made(server, tmp_path / "made", style=style)
    assert result.complete
    rejected = check_books(result)
    assert {"reply", "novelty"} <= {row["check"] for row in rejected}
    faults = result.manifest["usage"]["this_run"]["faults"]
    assert {"refused", "timeout", "connection", "unreadable"} <= set(faults)


REASONS = {
    "empty": "empty reply (finish reason: stop)",
    "huge": "reply of 1,000,000 characters; at most 100,000 are read",
    "bad json": "no JSON object with a member 'tasks' in the reply",
    "wrong schema": "'tasks' is not a list but '7'",
    "repeated": "ROUGE-L 1.00 to 'Describe the same old river again in three short sentences'",
    "cut": "the reply was cut in it",
}


@pytest.mark.parametrize("fault", TEXT)
def test_a_fault_of_the_text_is_a_row_with_its_reason(fault: str, tmp_path: Path) -> None:
    with FakeServer(fault_rate=0.5, faults=[fault]) as server:
        rejected = check_books(made(server, tmp_path / "made", count=20))
    reasons = [row for row in rejected if row["reason"] == REASONS[fault]]
    assert reasons
    assert all(row["raw"] is not None for row in reasons)


@pytest.mark.parametrize("fault", TRANSPORT)
def test_a_fault_of_the_transport_is_tried_again(fault: str, tmp_path: Path) -> None:
    with FakeServer(fault_rate=0.3, faults=[fault], hang=0.6) as server:
        result = made(server, tmp_path / "made", count=15)
    with FakeServer() as server:
        calm = made(server, tmp_path / "calm", count=15)
    check_books(result)
    assert result.manifest["usage"]["this_run"]["faults"]
    assert data(result.folder) == data(calm.folder)


def data(folder: Path) -> dict[str, bytes]:
    files = [folder / "run.toml", *folder.glob("data/*"), *folder.glob("rejected/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_same_bytes_whatever_the_concurrency_and_the_order_of_replies(tmp_path: Path) -> None:
    found = []
    for concurrency in (1, 3, 8):
        with FakeServer(delay=0.02) as server:
            folder = tmp_path / str(concurrency)
            found.append(data(made(server, folder, 40, Pace(concurrency=concurrency)).folder))
            assert server.peak <= concurrency
    assert found[0] == found[1] == found[2]


def test_extending_a_run_is_the_longer_run(tmp_path: Path) -> None:
    with FakeServer() as server:
        made(server, tmp_path / "grown", 10)
        made(server, tmp_path / "grown", 35)
        made(server, tmp_path / "whole", 35)
    assert data(tmp_path / "grown") == data(tmp_path / "whole")


def test_a_server_that_goes_away_is_one_line_and_the_run_goes_on_when_it_is_back(tmp_path: Path) -> None:
    pace = Pace(concurrency=4, timeout=1, attempts=2, backoff=0.01, give_up=4)
    down = False

    def reply(body: dict[str, Any]) -> tuple[int, Any]:
        from servers import text_for

        if down or len(server.requests) > 40:
            return 503, {"error": {"message": "gone fishing"}}
        return 200, {"choices": [{"finish_reason": "stop", "message": {"content": text_for(body)}}]}

    with FakeServer(reply=reply) as server:
        began = time.monotonic()
        with pytest.raises(
            ModelError, match=r"requests in a row failed at .*gone fishing.*same command again"
        ) as error:
            made(server, tmp_path / "made", 60, pace)
        assert time.monotonic() - began < 20
        assert "\n" not in str(error.value)
        paid = list(server.requests)
        del server.requests[:]
        server.reply = None
        check_books(made(server, tmp_path / "made", 60, pace))
        assert len(paid) > 40
    with sqlite3.connect(tmp_path / "made" / "work" / "replies.sqlite") as database:
        assert database.execute("SELECT count(*) FROM replies").fetchone()[0] >= 40


def test_a_run_that_gets_nowhere_gives_up_and_says_so(tmp_path: Path) -> None:
    with FakeServer(fault_rate=1.0, faults=["empty"]) as server:
        settings = Settings(chunk=4, window=32, patience=9)
        job = Instruct(model=f"openai:fake@{server.base_url}", settings=settings)
        result = run(job, 10, tmp_path / "made", Service(PACE))
    assert not result.complete
    assert result.stopped == "none of the last 9 requests gave a row that passes; 0 of 10 rows are there"
    assert len(check_books(result)) == 9
    assert load_dataset(str(result.folder), "rejected", split="train").num_rows == 9


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return KEY


def test_a_key_that_the_server_repeats_everywhere_is_kept_nowhere(
    secret: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with FakeServer(fault_rate=1 / 3, echo=True, hang=0.6) as server:
        result = made(server, tmp_path / "made", 20)
        assert any(True for _ in server.requests)
    kept = [str(row) for part in ("data", "rejected") for row in rows(result.folder, part)]
    with sqlite3.connect(result.folder / "work" / "replies.sqlite") as database:
        kept += [str(row) for row in database.execute("SELECT * FROM replies")]
    kept += [path.read_text() for path in result.folder.glob("*.*")]
    kept += list(capfd.readouterr())
    assert not any(secret in text for text in kept)
    assert any("[secret]" in text for text in kept)  # the server did repeat it
    for path in result.folder.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()
