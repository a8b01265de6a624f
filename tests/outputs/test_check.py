"""Every kind of damage is found, whatever part of a dataset it hits, and a dataset without any is clean."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs import check
from porism.outputs.folder import opened, write_parquet
from porism.outputs.layout import Layout
from porism.outputs.publish import publish, read_manifest, rows, write_manifest
from porism.outputs.records import Origin, Record, Verdict, content_id

LAYOUT = Layout(content={"text": pa.string()}, notes={})
CHECKS = ("length", "novelty")
FILES = (
    "data/train-00000-of-00002.parquet",
    "data/train-00001-of-00002.parquet",
    "rejected/train-00000-of-00001.parquet",
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five rows accepted in two files, and two rejected."""
    path = tmp_path_factory.mktemp("datasets") / "made"
    passed = tuple(Verdict(True, name) for name in CHECKS)
    failed = (Verdict(True, "length"), Verdict(False, "novelty", "seen"))
    records = [
        Record({"text": f"row {n}"}, Origin("demo", 1, (n, 0)), failed if n % 3 == 1 else passed, raw=None)
        for n in range(7)
    ]
    with opened(path, {"flow": "demo"}, LAYOUT) as folder:
        counts = publish(folder, records, 5, rows_per_file=3)
    write_manifest(path, {"counts": counts.to_json()})
    return path


@pytest.fixture
def made(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "made")


def found(path: Path) -> list[tuple[str, str]]:
    """Checks and reasons of what fails, in the order in which `porism check` looks."""
    findings = list(check.files(path)) or [*check.counts(path), *check.structure(path, LAYOUT.content, CHECKS)]
    return [(verdict.check, verdict.reason) for _, verdict in findings]


def test_a_dataset_that_nobody_touched(pristine: Path) -> None:
    assert sorted(str(p.relative_to(pristine)) for p in pristine.glob("*/*.parquet")) == sorted(FILES)
    assert found(pristine) == []


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.integers(1, 255))
def test_no_byte_can_change(pristine: Path, name: str, place: int, change: int) -> None:
    path = pristine / name
    before = path.read_bytes()
    data = bytearray(before)
    data[place % len(data)] ^= change
    path.write_bytes(data)
    try:
        assert [*check.files(pristine)] == [(name, Verdict(False, "file", "changed since it was written"))]
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("name", FILES)
def test_no_file_can_go(name: str, made: Path) -> None:
    (made / name).unlink()
    assert [*check.files(made)] == [(name, Verdict(False, "file", "missing"))]


@pytest.mark.parametrize("part", ["data", "rejected"])
def test_no_file_can_come(part: str, made: Path) -> None:
    shutil.copy(made / FILES[0], made / part / "train-00002-of-00003.parquet")
    assert found(made) == [("file", "not in the manifest")]


@pytest.mark.parametrize("name", ["generated", "accepted", "rejected"])
@pytest.mark.parametrize("by", [-1, 1])
def test_no_count_can_be_off_by_one(name: str, by: int, made: Path) -> None:
    manifest = read_manifest(made)
    manifest["counts"][name] += by
    (made / "manifest.json").write_text(json.dumps(manifest))
    reasons = [reason for kind, reason in found(made) if kind == "counts"]
    assert "generated is not accepted + rejected" in reasons
    assert len(reasons) == (1 if name == "generated" else 2)


def test_counts_that_add_up_and_are_wrong_all_the_same(made: Path) -> None:
    manifest = read_manifest(made)
    manifest["counts"] |= {"accepted": 6, "rejected": 1}
    (made / "manifest.json").write_text(json.dumps(manifest))
    assert found(made) == [("counts", "6 rows accepted, 5 in data/"), ("counts", "1 rows rejected, 2 in rejected/")]


def rewritten(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """The rows of the first file changed, by someone who mends hashes in the manifest but not the rows."""
    file = path / FILES[0]
    there = pq.read_table(file)
    change(listed := there.to_pylist())
    write_parquet(file, pa.Table.from_pylist(listed, there.schema))
    write_manifest(path, {"counts": read_manifest(path)["counts"]})


def text(value: str) -> Callable[[list[dict[str, Any]]], object]:
    return lambda listed: listed[1].update(text=value)


def text_and_id(value: str) -> Callable[[list[dict[str, Any]]], object]:
    return lambda listed: listed[1].update(text=value, id=content_id({"text": value}))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (text("other"), [("id", "not the hash of its content")]),
        (text(""), [("id", "not the hash of its content")]),
        (lambda listed: listed[1].update(id="0" * 32), [("id", "not the hash of its content")]),
        (text_and_id("row 0"), [("repeat", "the same content as the row at (0, 0)")]),
        (lambda listed: listed[2]["origin"].update(place=[0, 0]), [("place", "a second row at (0, 0)")]),
        (lambda listed: listed[0]["verdicts"].pop(), [("verdicts", "no passing verdict of novelty")]),
        (lambda listed: listed[0]["verdicts"].clear(), [("verdicts", "no passing verdict of length, novelty")]),
        (lambda listed: listed[0]["verdicts"][1].update(ok=False), [("verdicts", "no passing verdict of novelty")]),
        (lambda listed: listed.pop(), [("counts", "5 rows accepted, 4 in data/")]),
        (
            lambda listed: listed.append(listed[0]),
            [
                ("counts", "5 rows accepted, 6 in data/"), ("place", "a second row at (0, 0)"),
                ("repeat", "the same content as the row at (0, 0)"),
            ],
        ),
    ],
)  # fmt: skip
def test_no_row_can_change(
    change: Callable[[list[dict[str, Any]]], object], expected: list[tuple[str, str]], made: Path
) -> None:
    rewritten(made, change)
    assert found(made) == expected


def test_a_finding_names_the_row(made: Path) -> None:
    rewritten(made, text("other"))
    ids = [row["id"] for row in rows(made)]
    assert [where for where, _ in check.structure(made, LAYOUT.content, CHECKS)] == [ids[1]]


SPLIT = Layout(content={"text": pa.string()}, notes={"split": pa.string()})


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Two rows in each of three splits."""
    passed = tuple(Verdict(True, name) for name in CHECKS)
    records = [
        Record({"text": f"row {n}"}, Origin("demo", 1, (n,)), passed, {"split": ("test", "validation", "train")[n % 3]})
        for n in range(6)
    ]
    with opened(tmp_path / "three", {"flow": "demo"}, SPLIT) as folder:
        counts = publish(folder, records, 6)
    write_manifest(tmp_path / "three", {"counts": counts.to_json()})
    return tmp_path / "three"


def test_splits_that_nobody_touched(three: Path) -> None:
    assert found(three) == []


def test_a_row_among_those_of_another_split(three: Path) -> None:
    file = three / "data" / "test-00000-of-00001.parquet"
    there = pq.read_table(file)
    write_parquet(file, there.set_column(2, "split", pa.array(["test", None])))
    write_manifest(three, {"counts": read_manifest(three)["counts"]})
    assert found(three) == [("split", "a row of None among those of 'test'")]


def test_a_split_whose_count_is_off(three: Path) -> None:
    manifest = read_manifest(three)
    manifest["counts"]["splits"] = {"train": 3, "test": 2}
    (three / "manifest.json").write_text(json.dumps(manifest))
    assert found(three) == [
        ("counts", "3 rows of split train, 2 in data/train-*"),
        ("counts", "0 rows of split validation, 2 in data/validation-*"),
    ]


def test_a_row_that_another_split_has(three: Path) -> None:
    file = three / "data" / "test-00000-of-00001.parquet"
    listed = pq.read_table(file).to_pylist()
    listed[1] |= {"text": "row 2", "id": content_id({"text": "row 2"})}
    write_parquet(file, pa.Table.from_pylist(listed, pq.read_schema(file)))
    write_manifest(three, {"counts": read_manifest(three)["counts"]})
    assert found(three) == [("repeat", "the same content as the row at (2,)")]
