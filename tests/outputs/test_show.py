"""The facts of a dataset, from its files."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs import show
from porism.outputs.folder import opened
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.publish import publish, write_manifest
from porism.outputs.records import Origin, Record, Verdict

LAYOUT = Layout(
    content={"input": pa.string(), "output": pa.string()}, notes={"prompt": pa.string(), "messages": MESSAGES}
)


def dataset(path: Path, outputs: list[str], rejected: int = 0, **manifest: Any) -> Path:
    records = [
        Record(
            {"input": f"in {n}" if n % 2 else "", "output": output}, Origin("demo", 1, (n,)), (Verdict(True, "fine"),),
            {"prompt": "a prompt that repeats it", "messages": []},
        )
        for n, output in enumerate(outputs)
    ]  # fmt: skip
    bad = [
        Record({}, Origin("demo", 1, (99, n)), (Verdict(False, "length", "long"),), raw="r") for n in range(rejected)
    ]
    with opened(path, {"flow": "demo", "model": "local"}, LAYOUT) as folder:
        counts = publish(folder, [*bad, *records], len(outputs) or 1, rows_per_file=4)
    write_manifest(path, {"flow": "demo", "counts": counts.to_json(), **manifest})
    return path


def test_facts_of_a_small_dataset(tmp_path: Path) -> None:
    outputs = ["one", "one two", "a b c", "", *(f"row {n}" for n in range(5))]
    facts = show.facts(dataset(tmp_path / "made", outputs, rejected=2, usage={"tokens": 3}))
    assert json.loads(json.dumps(facts))["counts"] == {
        "generated": 11, "accepted": 9, "rejected": 2, "rejected_by_check": {"length": 2},
    }  # fmt: skip
    assert (facts["flow"], facts["model"], facts["usage"]) == ("demo", "local", {"tokens": 3})
    assert facts["histograms"] == {  # of all files, and neither of the id nor of what repeats the columns
        "words of input": [("0", 5), ("1", 0), ("2-3", 4)],
        "words of output": [("0", 1), ("1", 1), ("2-3", 7)],
    }
    assert facts["samples"] == [  # the first, the one in the middle, the last; nothing is said of what is empty
        {"output": "one"}, {"output": "row 0"}, {"output": "row 4"},
    ]  # fmt: skip
    assert facts["warnings"] == ["1 empty outputs"]


def test_a_dataset_without_rows(tmp_path: Path) -> None:
    facts = show.facts(dataset(tmp_path / "made", [], rejected=1))
    assert (facts["histograms"], facts["samples"], facts["warnings"]) == ({}, [], [])


@pytest.mark.parametrize(("count", "samples"), [(1, 1), (2, 2), (3, 3), (8, 3)])
def test_no_sample_is_shown_twice(count: int, samples: int, tmp_path: Path) -> None:
    facts = show.facts(dataset(tmp_path / "made", [f"row {n}" for n in range(count)]))
    assert len({sample["output"] for sample in facts["samples"]}) == len(facts["samples"]) == samples


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=30))
def test_bins_double_leave_no_gap_and_hold_everything(values: list[int]) -> None:
    bins = show._bins(Counter(values))
    edges = [tuple(map(int, name.split("-"))) for name, _ in bins]
    assert sum(rows for _, rows in bins) == len(values)
    assert bins[0][1] > 0
    assert bins[-1][1] > 0
    for (low, *_), (_, rows) in zip(edges, bins, strict=True):
        assert rows == sum(low <= value < max(1, 2 * low) for value in values)
    assert all(after[0] == before[-1] + 1 for before, after in pairwise(edges))


def test_an_output_that_fills_the_dataset_is_warned_of(tmp_path: Path) -> None:
    facts = show.facts(dataset(tmp_path / "made", ["Sorry."] * 3 + [f"row {n}" for n in range(9)]))
    assert facts["warnings"] == ["25% of the outputs are 'Sorry.'"]
    assert show.facts(dataset(tmp_path / "less", ["Sorry."] * 2 + [f"row {n}" for n in range(9)]))["warnings"] == []


@pytest.mark.parametrize("what", ["nothing", "unfinished", "damaged", "no run.toml"])
def test_what_cannot_be_shown_is_one_line(what: str, tmp_path: Path) -> None:
    path = tmp_path / "made"
    if what != "nothing":
        dataset(path, ["a", "b"])
    if what == "unfinished":
        (path / "manifest.json").unlink()
    if what == "no run.toml":
        (path / "run.toml").unlink()
    if what == "damaged":
        [file] = (path / "data").iterdir()
        file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(InputError) as error:
        show.facts(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


WIDE = Layout(
    content={"statement": pa.string(), "steps": pa.int32(), "size": pa.int64()},
    notes={"split": pa.string(), "kind": pa.string(), "points": pa.list_(pa.int32())},
)


def theorems(path: Path, count: int, **more: Any) -> Path:
    """A dataset in three splits, with integers near each other and far from it, and a column of labels."""
    records = [
        Record(
            {"statement": f"theorem {n}", "steps": 3 + n % 4, "size": n * n - 1}, Origin("demo", 1, (n,)),
            (Verdict(True, "fine"),),
            {"split": ("test", "train", "validation")[n % 3], "kind": "circle" if n % 5 else "", "points": [n]},
        )
        for n in range(count)
    ]  # fmt: skip
    with opened(path, {"flow": "demo"}, WIDE) as folder:
        counts = publish(folder, records, count, **more)
    write_manifest(path, {"flow": "demo", "counts": counts.to_json()})
    return path


def test_integers_and_labels_have_histograms_and_nested_columns_none(tmp_path: Path) -> None:
    facts = show.facts(theorems(tmp_path / "made", 30))
    assert facts["rows_read"] == 30
    assert facts["histograms"] == {
        "words of statement": [("2-3", 30)],
        "steps": [("3", 8), ("4", 8), ("5", 7), ("6", 7)],
        "size": [
            ("below 0", 1), ("0", 1), ("1", 0), ("2-3", 1), ("4-7", 0), ("8-15", 2), ("16-31", 1), ("32-63", 3),
            ("64-127", 3), ("128-255", 5), ("256-511", 6), ("512-1023", 7),
        ],
        "split": [("train", 10), ("validation", 10), ("test", 10)],
        "kind": [("circle", 24), ("(empty)", 6)],
    }  # fmt: skip
    assert [sample["statement"] for sample in facts["samples"]] == ["theorem 1", "theorem 17", "theorem 27"]


def test_of_a_large_dataset_row_groups_all_over_it_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "MOST_ROWS", 100)
    facts = show.facts(theorems(tmp_path / "made", 300, rows_per_file=10))
    assert facts["rows_read"] == 100
    assert facts["histograms"]["split"] == [("train", 40), ("validation", 30), ("test", 30)]
    assert [sample["statement"] for sample in facts["samples"]] == ["theorem 1", "theorem 152", "theorem 297"]


def test_a_long_text_is_cut_in_a_sample(tmp_path: Path) -> None:
    [sample] = show.facts(dataset(tmp_path / "made", ["x" * 1_234]))["samples"]
    assert sample["output"] == "x" * 1_000 + " ... (234 more characters)"
