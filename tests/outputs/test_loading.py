"""Every config of every flow loads, offline, typed as its files are, with as many rows as the card says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import Features, load_dataset

from porism.outputs.card import About, card
from porism.outputs.publish import Counts, parquet_files, read_manifest
from porism.pipelines.export import schemas


@pytest.fixture(scope="module", params=["theorems", "tool_calls", "instructions"])
def dataset(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[Path], Path] = getattr(exports, request.param)
    return make(tmp_path_factory.mktemp("loading") / request.param)


def front(text: str) -> dict[str, Any]:
    found = yaml.safe_load(text.split("---\n", 2)[1])
    assert isinstance(found, dict)
    return found


def check_loads(folder: Path, cache: Path) -> None:
    told = front((folder / "README.md").read_text())
    sizes = {one["config_name"]: {s["name"]: s["num_examples"] for s in one["splits"]} for one in told["dataset_info"]}
    assert sizes.keys() == {one["config_name"] for one in told["configs"]}
    for config in told["configs"]:
        name, part = config["config_name"], config["data_files"][0]["path"].split("/")[0]
        loaded = load_dataset(str(folder), name, cache_dir=str(cache))
        assert {split: len(loaded[split]) for split in loaded} == sizes[name]
        typed = Features.from_arrow_schema(pq.read_schema(parquet_files(folder, part)[0]))
        assert all(loaded[split].features == typed for split in loaded)


def test_every_config_loads(dataset: Path, tmp_path: Path) -> None:
    check_loads(dataset, tmp_path / "cache")


def test_a_card_with_columns_says_what_the_files_have(dataset: Path, tmp_path: Path) -> None:
    counts = read_manifest(dataset)["counts"]
    told = front((dataset / "README.md").read_text())
    about = About("T", "S", ("L",), tuple(told["tags"]), "text-generation", config=told["configs"][0]["config_name"])
    of = Counts(counts["accepted"], counts["rejected_by_check"], counts.get("splits", {}), counts.get("parts", {}))
    found = {name: schema for name, schema in schemas(dataset).items()}
    found["rejected"] = pq.read_schema(parquet_files(dataset, "rejected")[0])
    (dataset / "README.md").write_text(text := card(about, of, "another", "x", [], schemas=found))
    for info in front(text)["dataset_info"]:
        part = "data" if info["config_name"] == about.config else info["config_name"]
        assert info["features"] == Features.from_arrow_schema(found[part])._to_yaml_list()
    assert ("dpo" in front(text)["tags"]) == bool(counts.get("parts", {}).get("preferences"))
    check_loads(dataset, tmp_path / "cache")
