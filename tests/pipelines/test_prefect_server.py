"""A real Prefect server: it starts, schedules, runs, skips what overlaps, and fails in one line.

Prefect 3.8 with FastAPI 0.155 does not start, and with SQLAlchemy 2.1 schedules nothing: the first two tests fail on
the day that an upgrade brings either back.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from prefects import Prefect, until
from servers import FakeServer

SCHEDULE = "by-night"


@pytest.fixture(scope="module")
def model() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture(scope="module")
def deployment(prefect: Prefect, model: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The deployment that ``porism schedule`` serves, and the folder it works in."""
    folder = tmp_path_factory.mktemp("work")
    command = [
        sys.executable, "-m", "porism", "schedule", "instruct", "--cron", "0 2 * * *", "--name", SCHEDULE,
        "--count", "5", "--model", f"openai:fake@{model.base_url}",
    ]  # fmt: skip
    often = {**prefect.environment, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}  # seconds, not ten
    process = subprocess.Popen(
        command, cwd=folder, env=often, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        mine = {"deployments": {"name": {"any_": [SCHEDULE]}}}
        yield until(lambda: prefect.ask("deployments/filter", mine), 120)[0], folder
    finally:
        process.terminate()
        process.wait(30)


def test_a_server_starts(prefect: Prefect) -> None:
    assert prefect.ask("health") is True


def test_a_cron_deployment_yields_scheduled_runs(prefect: Prefect, deployment: Any) -> None:
    served, _ = deployment
    wanted = {"state": {"type": {"any_": ["SCHEDULED"]}}, "deployment_id": {"any_": [served["id"]]}}

    def look() -> Any:
        runs = prefect.ask("flow_runs/filter", {"flow_runs": wanted})
        return runs if len(runs) >= 3 else None

    hours = {run["expected_start_time"][11:16] for run in until(look, 120)}
    assert hours == {"02:00"}


def test_its_parameters_can_be_edited_and_overlapping_runs_are_skipped(prefect: Prefect, deployment: Any) -> None:
    served, _ = deployment
    assert {"count", "seed", "model", "seeds", "settings"} <= set(served["parameter_openapi_schema"]["properties"])
    assert served["parameters"]["count"] == 5
    assert served["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_runs_execute_and_the_second_is_new_against_the_first(prefect: Prefect, deployment: Any) -> None:
    served, folder = deployment
    made = []
    for _ in range(2):
        run = prefect.ask(f"deployments/{served['id']}/create_flow_run", {})
        state = prefect.ended(run["id"], 240)
        assert state["type"] == "COMPLETED", state["message"]
        made.append(state["message"])
        time.sleep(1)  # folders are named by the second
    assert made[0] != made[1]
    folders = sorted((folder / "outputs" / SCHEDULE).iterdir())
    rows = [load_dataset(str(path), split="train") for path in folders]
    assert [len(part) for part in rows] == [5, 5]
    assert not set(rows[0]["instruction"]) & set(rows[1]["instruction"])
    assert "known" in (folders[1] / "run.toml").read_text()
    told = [found["description"] for found in prefect.ask("artifacts/filter", {}) if found["key"] == "funnel"]
    assert all(any(path.name in text for text in told) for path in folders)


def test_a_failed_run_is_failed_with_its_one_line(prefect: Prefect, deployment: Any) -> None:
    served, _ = deployment
    body = {"parameters": {**served["parameters"], "model": "openai:fake@http://127.0.0.1:9/v1"}}
    state = prefect.ended(prefect.ask(f"deployments/{served['id']}/create_flow_run", body)["id"], 240)
    assert state["type"] == "FAILED"
    assert state["message"].startswith("nothing answers at http://127.0.0.1:9/v1")
    assert "\n" not in state["message"]


def test_run_with_prefect_is_recorded_as_tasks(prefect: Prefect, model: FakeServer, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "porism", "run", "instruct", "--prefect", "--count", "4",
        "--model", f"openai:fake@{model.base_url}", "--out", "made", "--quiet",
    ]  # fmt: skip

    def runs() -> set[str]:
        return {run["id"] for run in prefect.ask("flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 20})}

    before = runs()
    done = subprocess.run(command, cwd=tmp_path, env=prefect.environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("made")
    assert (tmp_path / "made" / "manifest.json").exists()
    (new,) = runs() - before
    of_it = {"flow_runs": {"id": {"any_": [new]}}}
    until(lambda: "chunk 0" in {run["name"] for run in prefect.ask("task_runs/filter", of_it)}, 60)


def test_three_kills_through_prefect_change_nothing(prefect: Prefect, tmp_path: Path) -> None:
    """As in tests/faults/test_kill.py, with Prefect between."""
    draw = random.Random(3)
    (tmp_path / "config.toml").write_text("[settings]\nchunk = 4\nwindow = 16\n")
    with FakeServer(delay=0.05) as server:

        def command(folder: str, *more: str) -> list[str]:
            return [
                sys.executable, "-m", "porism", "run", "instruct", "--count", "80", "--config", "config.toml",
                "--model", f"openai:fake@{server.base_url}", "--concurrency", "4", "--out", folder, "--quiet", *more,
            ]  # fmt: skip

        def run(*arguments: str) -> None:
            subprocess.run(command(*arguments), cwd=tmp_path, env=prefect.environment, check=True, capture_output=True)

        run("whole")
        distinct = len({json.dumps(body, sort_keys=True) for body in server.requests})
        del server.requests[:]
        for _ in range(3):
            begun = len(server.requests)
            process = subprocess.Popen(
                command("killed", "--prefect"), cwd=tmp_path, env=prefect.environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            wanted = begun + draw.randint(1, distinct // 5)
            while len(server.requests) < wanted and process.poll() is None:
                time.sleep(0.005)
            assert process.poll() is None
            process.kill()
            process.wait()
        run("killed", "--prefect")
        again = len(server.requests) - len({json.dumps(body, sort_keys=True) for body in server.requests})
    assert again <= 3 * 4  # what was under way, and no more
    assert distinct > 40
    files = [
        path.relative_to(tmp_path / "whole")
        for part in ("data", "rejected")
        for path in (tmp_path / "whole" / part).iterdir()
    ]
    for file in (*files, Path("run.toml")):
        assert (tmp_path / "killed" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def test_without_a_server_it_is_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    command = [sys.executable, "-m", "porism", "schedule", "instruct", "--cron", "0 2 * * *"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 2
    assert done.stderr.startswith("porism: no Prefect server answers at http://127.0.0.1:9/api; start one with")
    assert done.stderr.count("\n") == 1
