"""prefect.yaml, as someone with a Prefect server uses it: deploy all, start a worker, run, and find the dataset."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset
from prefects import Prefect, until
from servers import FakeServer

ROOT = Path(__file__).parents[2]
POOL = "porism"

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(400), pytest.mark.usefixtures("worker")]


@pytest.fixture(scope="module")
def worker(prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A worker in the checkout, for the deployments, which the server has; it finds no kernel, nor half of one."""
    more = {"PREFECT_WORKER_QUERY_SECONDS": "1", "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
    command(prefect, "work-pool", "create", POOL, "--type", "process")
    command(prefect, "--no-prompt", "deploy", "--all")
    worker = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL],
        cwd=ROOT, env={**prefect.environment, **more},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(60)
        except subprocess.TimeoutExpired:  # it waits for what it had begun, for as long as that takes
            worker.kill()
            worker.wait()


def command(server: Prefect, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def deployment(prefect: Prefect, flow: str) -> dict[str, Any]:
    wanted = {"flows": {"name": {"any_": [flow]}}, "deployments": {"name": {"any_": ["nightly"]}}}
    found = prefect.ask("deployments/filter", wanted)
    assert len(found) == 1
    served: dict[str, Any] = found[0]
    return served


def run(prefect: Prefect, flow: str, **parameters: Any) -> dict[str, Any]:
    """The final state of a run of the flow's deployment."""
    place = f"deployments/{deployment(prefect, flow)['id']}/create_flow_run"
    made = prefect.ask(place, {"parameters": {"schedule": "", **parameters}})
    return prefect.ended(made["id"], 240)


def funnel(prefect: Prefect, folder: Path) -> bool:
    artifacts = prefect.ask("artifacts/filter", {})
    return any(found["key"] == "funnel" and str(folder) in found["description"] for found in artifacts)


def test_the_file_names_no_machine() -> None:
    text = (ROOT / "prefect.yaml").read_text()
    assert str(ROOT) not in text
    assert not [word for word in text.split() if word.startswith(("/", "~"))]


def test_every_flow_has_a_deployment_whose_parameters_fit(prefect: Prefect) -> None:
    given = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert {entry["entrypoint"].split(":")[1] for entry in given} == {"geometry", "instruct", "tools"}
    for entry in given:
        made = deployment(prefect, entry["entrypoint"].split(":")[1])
        assert set(made["parameters"]) <= set(made["parameter_openapi_schema"]["properties"])
        assert made["parameters"] == entry["parameters"]
        assert made["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert not made["schedules"][0]["active"]  # nothing runs at night that no one asked for


@pytest.mark.parametrize(("workers", "runner"), [(1, "local"), (2, "dask")])
def test_geometry_yields_a_dataset_and_its_funnel(prefect: Prefect, tmp_path: Path, workers: int, runner: str) -> None:
    folder = tmp_path / "made"
    how = {"workers": workers, "runner": runner, "settings": {"chunk": 2}}
    state = run(prefect, "geometry", count=5, seed=3, out=str(folder), **how)
    assert state["type"] == "COMPLETED", state["message"]
    assert len(load_dataset(str(folder), split="train")) == 5
    until(lambda: funnel(prefect, folder), 30)


def test_instruct_yields_a_dataset_and_its_funnel(prefect: Prefect, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    with FakeServer() as server:
        state = run(prefect, "instruct", count=5, model=f"openai:fake@{server.base_url}", out=str(folder))
    assert state["type"] == "COMPLETED", state["message"]
    assert len(load_dataset(str(folder), split="train")) == 5
    until(lambda: funnel(prefect, folder), 30)


def test_a_run_that_cannot_be_is_failed_with_one_line(prefect: Prefect, tmp_path: Path) -> None:
    state = run(prefect, "geometry", count=5, out=str(tmp_path / "made"), runner="dask", address="tcp://127.0.0.1:9")
    assert state["type"] == "FAILED"
    assert state["message"] == "no Dask cluster answers at tcp://127.0.0.1:9: Connection refused"
