"""``porism bench view``: its dataset is like a run's, and every figure is there."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from porism.cli import main
from porism.errors import InputError
from porism.generators.self_instruct.method import LAYOUT
from porism.outputs.publish import rows
from porism.pipelines.bench.view import Settings
from porism.pipelines.bench.view_corpus import REJECTED, make


def test_the_dataset_has_the_layout_of_a_run_and_is_the_same_each_time(tmp_path: Path) -> None:
    make(tmp_path / "one", 1_000, 3)
    make(tmp_path / "two", 1_000, 3)
    files = [next((tmp_path / name / "data").glob("*.parquet")) for name in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert pq.read_schema(files[0]).equals(LAYOUT.accepted)
    found = list(rows(tmp_path / "one"))
    assert len(found) == len({row["id"] for row in found}) == 1_000
    assert len({row["instruction"] for row in found}) > 990
    for row in found[:20]:
        assert [turn["content"] for turn in row["messages"]] == [row["instruction"], row["output"]]
        assert row["most_similar"][0]["rouge_l"] >= row["most_similar"][-1]["rouge_l"]
    assert [row["origin"]["place"] for row in found[7:10]] == [[0, 7, 0], [1, 0, 0], [1, 1, 0]]
    rejected = list(rows(tmp_path / "one", "rejected"))
    assert len(rejected) == 1_000 // REJECTED
    assert all(row["reason"] == f"failed {row['check']}" for row in rejected)


def test_the_command_measures_every_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "found.json"
    command = ["bench", "view", "--rows", "2000", "--keep", str(tmp_path / "kept"), "--json", str(report)]
    assert main(command) == 0
    totals = json.loads(report.read_text())["totals"]
    assert totals["rows"] == 2000
    for name in ("first_page_s", "filter_sort_s", "search_s", "row_s", "overview_s", "start_s", "rss_mb"):
        assert totals[name] > 0
        assert name in capsys.readouterr().out or name != "first_page_s"
    with pytest.raises(InputError, match="2,000 rows and not 3,000"):
        from porism.pipelines.bench.view import view

        view(Settings(3000, tmp_path / "kept"))


def test_too_few_rows_are_said() -> None:
    with pytest.raises(InputError, match="--rows is 10"):
        Settings(10)
