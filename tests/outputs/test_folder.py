"""The folder of a dataset while it is made, and how `datasets` reads it afterwards."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from datasets import load_dataset

from porism.errors import InputError
from porism.outputs.card import About, card
from porism.outputs.folder import opened
from porism.outputs.layout import Layout
from porism.outputs.publish import Counts, fingerprint, publish, read_manifest, rows, write_manifest
from porism.outputs.records import Origin, Record, Verdict

LAYOUT = Layout(content={"text": pa.string()}, notes={"size": pa.int64()})
CONFIG: dict[str, Any] = {"flow": "demo", "seed": 1, "nested": {"a": [1, 2]}}
ABOUT = About("Demo", "A summary.", ("It is a demo.",), ("synthetic",), "text-generation")


def record(n: int, ok: bool = True, text: str | None = None) -> Record:
    verdicts = (Verdict(ok, "fine", "" if ok else f"not {n}"),)
    return Record({"text": text or f"row {n}"}, Origin("demo", 1, (n,)), verdicts, {"size": n}, None if ok else "raw")


def published(path: Path, flags: list[bool], count: int, chunk: int = 3, **more: Any) -> Counts:
    """A dataset of records that pass or fail, committed in chunks as far as they fill."""
    records = [record(n, ok) for n, ok in enumerate(flags)]
    with opened(path, CONFIG, LAYOUT) as folder:
        done = len(folder.shards) * chunk
        while len(records) - done >= chunk:
            folder.commit(records[done : done + chunk])
            done += chunk
        counts = publish(folder, records[done:], count, **more)
    facts = {"flow": "demo", "config_hash": "0", "counts": counts.to_json()}
    (path / "README.md").write_text(card(ABOUT, counts, fingerprint(path), "porism run demo", [{"text": "x"}]))
    write_manifest(path, facts)
    return counts


def test_a_part_that_was_not_finished_is_no_shard(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        folder.commit([record(0)])
        (folder.work / "shard-000001.parquet.part").write_bytes(b"half")
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        assert [one.origin.place for one in folder.committed()] == [(0,)]
        assert not list(folder.work.glob("*.part"))


def test_another_configuration_is_named(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, LAYOUT):
        pass
    other = {"flow": "demo", "seed": 2, "nested": {"a": [1, 3]}, "more": True}
    with pytest.raises(InputError) as error, opened(tmp_path / "made", other, LAYOUT):
        pass
    assert "more is 'unset' there and True here" in str(error.value)
    assert "nested.a is [1, 2] there and [1, 3] here" in str(error.value)
    assert "seed is 1 there and 2 here" in str(error.value)


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.tex").write_text("x")
    for name, says in (
        ("file", "is a file"),
        ("foreign", "holds files but no run.toml"),
        ("file/x", "cannot write to"),
    ):
        with pytest.raises(InputError, match=says), opened(tmp_path / name, CONFIG, LAYOUT):
            pass
    assert [path.name for path in (tmp_path / "foreign").iterdir()] == ["thesis.tex"]


HOLD = """
import sys, time
from pathlib import Path
from porism.outputs.folder import opened
from porism.outputs.layout import Layout
with opened(Path(sys.argv[1]), {"flow": "demo"}, Layout({}, {})):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time_and_free_after_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "made"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with (
        pytest.raises(InputError, match="is in use by another run"),
        opened(tmp_path / "made", {"flow": "demo"}, LAYOUT),
    ):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with opened(tmp_path / "made", {"flow": "demo"}, LAYOUT):
        pass


def test_without_its_work_a_dataset_cannot_be_extended(tmp_path: Path) -> None:
    published(tmp_path / "made", [True] * 5, 5)
    for path in (tmp_path / "made" / "work").iterdir():
        path.unlink()
    (tmp_path / "made" / "work").rmdir()
    with pytest.raises(InputError, match="work is gone"), opened(tmp_path / "made", CONFIG, LAYOUT):
        pass


def test_load_dataset_offline(tmp_path: Path) -> None:
    published(tmp_path / "made", [True, False, True, True, False], 3)
    accepted = load_dataset(str(tmp_path / "made"), split="train")
    rejected = load_dataset(str(tmp_path / "made"), "rejected", split="train")
    assert accepted["text"] == ["row 0", "row 2", "row 3"]
    assert (rejected["check"], rejected["reason"], rejected["raw"]) == (["fine"], ["not 1"], ["raw"])
    assert accepted.features["size"].dtype == "int64"
    assert accepted.features["origin"]["place"].feature.dtype == "int32"
    assert "check" not in accepted.features


def test_two_datasets_of_one_name_and_one_that_grew_are_loaded_as_they_are(tmp_path: Path) -> None:
    """The cache of `datasets` knows a folder by its name and its card alone."""
    for parent, count in (("a", 2), ("b", 3)):
        published(tmp_path / parent / "made", [True, False, True, True], count)
        assert load_dataset(str(tmp_path / parent / "made"), split="train").num_rows == count
        published(tmp_path / parent / "made", [True, False, True, True, True], 4)
        assert load_dataset(str(tmp_path / parent / "made"), split="train").num_rows == 4


def test_nothing_rejected_is_no_config(tmp_path: Path) -> None:
    published(tmp_path / "made", [True] * 3, 3)
    assert load_dataset(str(tmp_path / "made"), split="train").num_rows == 3
    front = yaml.safe_load((tmp_path / "made" / "README.md").read_text().split("---")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default"]


def test_a_crash_between_the_two_renames_is_mended_by_the_next_run(tmp_path: Path) -> None:
    published(tmp_path / "made", [True] * 4, 4)
    (tmp_path / "made" / "data").replace(tmp_path / "made" / "data.old")
    published(tmp_path / "made", [True] * 4, 4)
    assert len(list(rows(tmp_path / "made"))) == 4
    assert not (tmp_path / "made" / "data.old").exists()


def test_a_run_that_has_not_ended(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, LAYOUT):
        pass
    with pytest.raises(InputError, match="its run has not ended: run the same command again"):
        read_manifest(tmp_path / "made")


def test_shards_are_found_again_up_to_the_first_gap(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        for n in range(5):
            folder.commit([record(n)])
        assert len(folder.shards) == 5
    (tmp_path / "made" / "work" / "shard-000003.parquet").unlink()
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        assert [one.origin.place for one in folder.committed()] == [(0,), (1,), (2,)]
