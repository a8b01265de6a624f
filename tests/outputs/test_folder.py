"""Shards, publishing and what is said about a dataset."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import load_dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs import check, show
from porism.outputs.card import About, card
from porism.outputs.folder import Folder, opened, write_parquet
from porism.outputs.layout import Layout
from porism.outputs.publish import Counts, fingerprint, publish, read_manifest, rows, write_manifest
from porism.outputs.records import Origin, Record, Verdict, content_id, judge

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


# Records


text = st.text(st.characters() | st.sampled_from("\ud800\x00\u202e"), max_size=30)


@given(st.lists(st.tuples(text, st.booleans()), max_size=8))
def test_records_survive_the_way_through_arrow(items: list[tuple[str, bool]]) -> None:
    made = [record(n, ok, value) for n, (value, ok) in enumerate(items)]
    assert LAYOUT.records(LAYOUT.table(made).to_pylist()) == made
    assert [row["id"] for row in LAYOUT.table(made).to_pylist()] == [one.id for one in made]


def test_an_id_is_of_the_content_alone() -> None:
    assert record(1, text="a").id == record(2, ok=False, text="a").id != record(1, text="b").id
    assert content_id({"a": 1, "b": 2}) == content_id({"b": 2, "a": 1})
    assert content_id({"text": "same on every machine"}) == "17db6400c15a3ca2491ffbf55f9ea376"


def test_failure() -> None:
    assert record(1, ok=False).failure == Verdict(False, "fine", "not 1")
    with pytest.raises(LookupError):
        _ = record(1).failure
    assert not Record({}, Origin("demo", 1, ()), ()).accepted  # nothing checked it
    assert [verdict.ok for verdict in judge([("a", None), ("b", "x"), ("c", None)])] == [True, False]


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_parquet(tmp_path / name, LAYOUT.table([record(n) for n in range(50)]))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# The folder


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


# Publishing


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=25), st.integers(1, 12), st.integers(1, 7), st.integers(1, 4))
def test_accepted_and_rejected_are_generated_whatever_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, flags: list[bool], count: int, chunk: int, per_file: int
) -> None:
    path = tmp_path_factory.mktemp("made") / "made"
    counts = published(path, flags, count, chunk, rows_per_file=per_file)
    good = [n for n, ok in enumerate(flags) if ok][:count]
    end = good[-1] + 1 if len(good) == count else len(flags)
    bad = [n for n, ok in enumerate(flags[:end]) if not ok]
    assert [row["origin"]["place"][0] for row in rows(path)] == good
    assert [row["origin"]["place"][0] for row in rows(path, "rejected")] == bad
    assert (counts.generated, counts.accepted, counts.rejected.get("fine", 0)) == (end, len(good), len(bad))
    files = sorted(file.name for file in (path / "data").iterdir())
    total = max(1, -(-len(good) // per_file))
    assert files == [f"train-{k:05d}-of-{total:05d}.parquet" for k in range(total)]
    assert not [*check.files(path), *check.counts(path)]


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


def test_extending(tmp_path: Path) -> None:
    flags = [n % 3 != 1 for n in range(30)]
    published(tmp_path / "grown", flags[:8], 4)
    published(tmp_path / "grown", flags, 15)
    published(tmp_path / "whole", flags, 15)
    for part in ("data", "rejected"):
        assert list(rows(tmp_path / "grown", part)) == list(rows(tmp_path / "whole", part))


def test_a_crash_between_the_two_renames_is_mended_by_the_next_run(tmp_path: Path) -> None:
    published(tmp_path / "made", [True] * 4, 4)
    (tmp_path / "made" / "data").replace(tmp_path / "made" / "data.old")
    published(tmp_path / "made", [True] * 4, 4)
    assert len(list(rows(tmp_path / "made"))) == 4
    assert not (tmp_path / "made" / "data.old").exists()


# The card


def test_a_sample_cannot_break_out_of_its_fence() -> None:
    hostile = "```\n</details>\n---\n# Heading\n````` <script>alert(1)</script>"
    page = card(ABOUT, Counts(1, {}), "0", "porism run demo", [{"text": hostile}])
    body = page.split("## Samples")[1].split("## Made by")[0]
    fence = body.strip().split("\n")[0].removesuffix("json")
    assert set(fence) == {"`"}
    assert body.count(fence) == 2  # its beginning and its end


def test_the_card_adds_up() -> None:
    page = card(ABOUT, Counts(1_200, {"novelty": 30, "length": 4}), "0", "porism run demo", [])
    front = yaml.safe_load(page.split("---")[1])
    assert front["size_categories"] == "1K<n<10K"
    assert [config["config_name"] for config in front["configs"]] == ["default", "rejected"]
    for line in ("| generated | 1,234 |", "| accepted | 1,200 |", "| rejected | 34 |", "| novelty | 30 |"):
        assert line in page


# Checks


DAMAGES: dict[str, Callable[[Path], object]] = {
    "file: changed since": lambda path: flip(path / "data" / "train-00000-of-00001.parquet"),
    "file: missing": lambda path: (path / "rejected" / "train-00000-of-00001.parquet").unlink(),
    "file: not in the manifest": lambda path: write_parquet(path / "data" / "more.parquet", LAYOUT.table([record(9)])),
    "counts: 4 rows accepted, 3": lambda path: rewrite(path, [0, 1, 2]),
    "repeat: the same content": lambda path: rewrite(path, [0, 1, 2, 2]),
    "place: a second row": lambda path: rewrite(path, [0, 1, 2, 2]),
    "id: not the hash": lambda path: rewrite(path, [0, 1, 2, 3], text="other"),
    "verdicts: no passing verdict of fine": lambda path: rewrite(path, [0, 1, 2, 3], verdicts=[]),
}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4] ^= 1
    path.write_bytes(data)


def rewrite(path: Path, wanted: list[int], **change: Any) -> None:
    file = path / "data" / "train-00000-of-00001.parquet"
    table = pq.read_table(file)
    changed = [{**row, **change} for row in table.take(wanted).to_pylist()]
    write_parquet(file, pa.Table.from_pylist(changed, table.schema))


@pytest.mark.parametrize("says", DAMAGES)
def test_damage_is_found(says: str, tmp_path: Path) -> None:
    published(tmp_path / "made", [True, True, False, True, True], 4)

    def found() -> list[str]:
        findings = [*check.files(tmp_path / "made")]
        if not says.startswith("file"):  # as if whoever changed the rows had mended the manifest
            findings += check.counts(tmp_path / "made")
            findings += check.structure(tmp_path / "made", LAYOUT.content, ("fine",))
        return [f"{verdict.check}: {verdict.reason}" for _, verdict in findings]

    assert found() == []
    DAMAGES[says](tmp_path / "made")
    assert any(line.startswith(says) for line in found())


def test_counts_that_do_not_add_up(tmp_path: Path) -> None:
    published(tmp_path / "made", [True, False, True], 2)
    path = tmp_path / "made" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["counts"]["generated"] += 1
    path.write_text(json.dumps(manifest))
    assert [verdict.reason for _, verdict in check.counts(tmp_path / "made")] == [
        "generated is not accepted + rejected"
    ]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"counts": 3}', "\xff"])
def test_a_manifest_that_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="latin-1")
    with pytest.raises(InputError, match=r"manifest"):
        read_manifest(tmp_path)


def test_a_run_that_has_not_ended(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, LAYOUT):
        pass
    with pytest.raises(InputError, match="its run has not ended: run the same command again"):
        read_manifest(tmp_path / "made")


# Showing


def test_facts(tmp_path: Path) -> None:
    published(tmp_path / "made", [True, True, False, True], 3)
    facts = show.facts(tmp_path / "made")
    assert facts["counts"]["generated"] == 4
    assert facts["histograms"]["words of text"] == [("2-3", 3)]
    assert [sample["text"] for sample in facts["samples"]] == ["row 0", "row 1", "row 3"]
    assert facts["warnings"] == []


def test_warnings() -> None:
    found = list(show._warnings({"output": ["yes"] * 9 + ["", "no"]}))
    assert found == ["1 empty outputs", "82% of the outputs are 'yes'"]


def test_committing_takes_no_look_at_what_is_there(tmp_path: Path) -> None:
    """Each commit costs the same, however many shards there are: the folder is listed once, when it is opened."""
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        began = time.monotonic()
        for n in range(30):
            folder.commit([record(n)])
        assert len(folder.shards) == 30
        assert time.monotonic() - began < 60
    with opened(tmp_path / "made", CONFIG, LAYOUT) as again:
        assert isinstance(again, Folder)
        assert len(again.shards) == 30
