"""Croissant metadata: what it names is there, with the hashes that the files have, for every flow."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from porism.errors import InputError
from porism.outputs import croissant
from porism.outputs.publish import file_hash, rows


@pytest.fixture(scope="module", params=["theorems", "tool_calls", "instructions"])
def dataset(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[Path], Path] = getattr(exports, request.param)
    return make(tmp_path_factory.mktemp("croissant") / request.param)


def ids(value: Any) -> Iterator[str]:
    """What is referred to, at any depth."""
    if isinstance(value, dict):
        if value.keys() == {"@id"}:
            yield value["@id"]
        for one in value.values():
            yield from ids(one)
    elif isinstance(value, list):
        for one in value:
            yield from ids(one)


def test_every_file_is_there_with_its_hash_and_every_column_with_its_type(dataset: Path) -> None:
    found = croissant.metadata(dataset)
    files = {one["@id"]: one for one in found["distribution"] if one["@type"] == "cr:FileObject"}
    shards = {
        path.relative_to(dataset).as_posix(): path for path in dataset.glob("*/*.parquet") if path.parent.name != "work"
    }
    assert files.keys() - {"folder"} == shards.keys()
    assert all(files[name]["sha256"] == file_hash(path) for name, path in shards.items())
    named = {one["@id"] for one in found["distribution"]}
    known = found.pop("@context")
    assert set(ids(found)) <= named
    for record_set in found["recordSet"]:
        first = next(path for name, path in shards.items() if name.startswith(f"{record_set['@id']}/"))
        columns = [field["source"]["extract"]["column"] for field in record_set["field"]]
        assert columns == pq.read_schema(first).names
    assert all(key.startswith(("@", "rai:")) or key in known or key in SCHEMA_ORG for key in found)


SCHEMA_ORG = {
    "name", "description", "license", "inLanguage", "keywords", "datePublished", "version", "distribution", "url",
}  # fmt: skip


def test_it_says_what_the_card_says(dataset: Path) -> None:
    found, card = croissant.metadata(dataset), (dataset / "README.md").read_text()
    assert found["name"] in card
    assert found["description"] in card
    assert found["rai:dataLimitations"]
    assert all(limit in card.partition("## Limits")[2] for limit in found["rai:dataLimitations"])
    assert found["license"]
    path = croissant.write(dataset)
    before = path.read_bytes()
    assert json.loads(before) == found
    assert croissant.write(dataset).read_bytes() == before


def test_the_files_of_a_repository_have_its_addresses(dataset: Path) -> None:
    found = json.loads(croissant.text(dataset, "https://hub.example/datasets/me/it"))
    urls = {one["@id"]: one["contentUrl"] for one in found["distribution"] if one["@type"] == "cr:FileObject"}
    assert urls.pop("folder") == found["url"] == "https://hub.example/datasets/me/it"
    assert all(url == f"https://hub.example/datasets/me/it/resolve/main/{name}" for name, url in urls.items())


def test_a_dataset_without_a_card_is_one_line(tmp_path: Path) -> None:
    folder = exports.votes(tmp_path / "votes")
    for text in ("", "no front matter", "---\n: : :\n---\n"):
        (folder / "README.md").write_text(text)
        with pytest.raises(InputError, match="is no dataset card"):
            croissant.write(folder)


@pytest.mark.heavy
def test_mlcroissant_finds_no_fault_and_reads_the_rows(dataset: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="no mlcroissant here")
    read = mlcroissant.Dataset(jsonld=str(croissant.write(dataset)))
    assert not read.metadata.issues.errors
    assert not read.metadata.issues.warnings
    found = [row["data/id"] for row in read.records("data")]
    assert [one.decode() for one in found] == [row["id"] for row in rows(dataset)]
