"""What holds for every test: nothing from the hub, no keys of the person at the keyboard, Prefect's own home."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefects import Prefect, served

collect_ignore = ["heavy/tiny_llama.py"]  # runs in the interpreter that has vLLM

os.environ["HF_HUB_OFFLINE"] = "1"  # read when `datasets` is imported


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PREFECT_API_URL", "PORISM_VLLM_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    home: Path = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(home / "datasets"))
    monkeypatch.setenv("PREFECT_HOME", str(home / "prefect"))
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    monkeypatch.setenv("DO_NOT_TRACK", "1")


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    """A Prefect server for all tests of a process: starting one costs more than most of them."""
    with served(tmp_path_factory.mktemp("prefect")) as server:
        yield server
