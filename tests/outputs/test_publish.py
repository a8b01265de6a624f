"""From shards to files: the bytes depend on rows and count alone, and the manifest is of the files that are there."""

import json
from hashlib import blake2b, sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs import publish as publishing
from porism.outputs.card import About, card
from porism.outputs.folder import opened
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.publish import Counts, file_hash, fingerprint, publish, read_manifest, rows, write_manifest
from porism.outputs.records import Origin, Record, Verdict
from porism.outputs.splits import SPLITS

LAYOUT = Layout(content={"text": pa.string()}, notes={"messages": MESSAGES, "size": pa.int64()})
CONFIG: dict[str, Any] = {"flow": "demo"}
CHECKS = ("length", "novelty", "repeat")
TEXT = st.text(st.characters() | st.sampled_from("\ud800\x00\u202e\u0627"), max_size=12)
ITEMS = st.lists(st.tuples(TEXT, st.sampled_from([None, None, *CHECKS])), max_size=20)


def record(n: int, text: str, check: str | None) -> Record:
    """A record that ``check`` rejected, or nothing did; rejected ones lack their notes, as those of flows do."""
    origin = Origin("demo", 1, (n,))
    if check:
        return Record({"text": text}, origin, (Verdict(False, check, f"why {n}"),), raw=f"raw {n}")
    notes = {"messages": [{"role": "user", "content": text}], "size": n}
    return Record({"text": text}, origin, (Verdict(True, "length"),), notes)


def published(path: Path, records: list[Record], count: int, cuts: list[int], **more: Any) -> Counts:
    """A dataset of the records, committed in chunks that end at the ``cuts``; the rest is the tail."""
    with opened(path, CONFIG, LAYOUT) as folder:
        done = 0
        for cut in sorted(cuts):
            folder.commit(records[done:cut])  # an empty chunk is one, too
            done = max(done, min(cut, len(records)))
        counts = publish(folder, records[done:], count, **more)
    about = About("Demo", "A summary.", ("A limit.",), ("synthetic",), "text-generation")
    (path / "README.md").write_text(card(about, counts, fingerprint(path), "porism run demo", []))
    write_manifest(path, {"counts": counts.to_json()})
    return counts


def contents(path: Path) -> dict[str, bytes]:
    files = [*path.glob("data/*"), *path.glob("rejected/*")]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


@settings(deadline=None, max_examples=40)
@given(ITEMS, st.integers(0, 12), st.lists(st.integers(0, 20), max_size=4), st.integers(1, 6))
def test_the_bytes_know_nothing_of_chunks_and_the_rows_add_up(
    tmp_path_factory: pytest.TempPathFactory,
    items: list[tuple[str, str | None]],
    count: int,
    cuts: list[int],
    per_file: int,
) -> None:
    folder = tmp_path_factory.mktemp("made")
    records = [record(n, *item) for n, item in enumerate(items)]
    whole = published(folder / "whole", records, count, [], rows_per_file=per_file)
    cut = published(folder / "cut", records, count, cuts, rows_per_file=per_file)
    assert whole == cut
    assert contents(folder / "whole") == contents(folder / "cut")
    assert fingerprint(folder / "whole") == fingerprint(folder / "cut")

    accepted = [one for one in records if one.accepted][:count]
    end = records.index(accepted[-1]) + 1 if accepted and len(accepted) == count else len(records)
    rejected = [one for one in records[: end if count else 0] if not one.accepted]
    assert LAYOUT.records(rows(folder / "cut")) == accepted
    assert LAYOUT.records(rows(folder / "cut", "rejected")) == rejected
    assert (cut.accepted, cut.generated) == (len(accepted), len(accepted) + len(rejected))
    assert dict(cut.rejected) == {
        check: n for check in CHECKS if (n := sum(one.failure.check == check for one in rejected))
    }


@settings(deadline=None, max_examples=20)
@given(ITEMS, st.integers(0, 8), st.integers(0, 8))
def test_extended_is_the_same_as_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[str, str | None]], some: int, more: int
) -> None:
    folder = tmp_path_factory.mktemp("made")
    records = [record(n, *item) for n, item in enumerate(items)]
    published(folder / "whole", records, some + more, [])
    with opened(folder / "grown", CONFIG, LAYOUT) as grown:
        grown.commit(records)
        publish(grown, [], some)
        publish(grown, [], some + more)
    assert contents(folder / "whole") == contents(folder / "grown")


def test_the_manifest_is_of_the_files(tmp_path: Path) -> None:
    records = [record(n, str(n), "length" if n % 3 == 0 else None) for n in range(20)]
    published(tmp_path / "made", records, 9, [7, 9], rows_per_file=4)
    manifest = read_manifest(tmp_path / "made")
    assert [file["path"] for file in manifest["files"]] == sorted(contents(tmp_path / "made"))
    for file in manifest["files"]:
        data = (tmp_path / "made" / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), sha256(data).hexdigest())
        assert file["rows"] == pq.read_metadata(tmp_path / "made" / file["path"]).num_rows
    by_part = {part: sum(f["rows"] for f in manifest["files"] if f["path"].startswith(part)) for part in ("data", "re")}
    assert by_part == {"data": 9, "re": manifest["counts"]["rejected"]}
    assert [file["rows"] for file in manifest["files"] if file["path"].startswith("data")] == [4, 4, 1]


def test_the_hash_of_a_file_larger_than_a_block(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5_000
    (tmp_path / "big").write_bytes(data)
    assert file_hash(tmp_path / "big") == sha256(data).hexdigest()


def test_counts_as_json_largest_first() -> None:
    counts = Counts(5, {"b": 1, "a": 1, "novelty": 7})
    found = counts.to_json()
    assert found == {
        "generated": 14, "accepted": 5, "rejected": 9, "rejected_by_check": {"novelty": 7, "a": 1, "b": 1},
    }  # fmt: skip
    assert list(found["rejected_by_check"]) == ["novelty", "a", "b"]
    json.dumps(found)


def test_no_manifest_speaks_of_files_that_are_gone(tmp_path: Path) -> None:
    """As if the machine went down between the new files and their manifest."""
    records = [record(n, str(n), None) for n in range(6)]
    published(tmp_path / "made", records, 2, [6])
    with opened(tmp_path / "made", CONFIG, LAYOUT) as folder:
        publish(folder, [], 4)
    with pytest.raises(InputError, match="run the same command again"):
        read_manifest(tmp_path / "made")


def test_what_a_crash_left_is_neither_read_nor_kept(tmp_path: Path) -> None:
    path = tmp_path / "made"
    with opened(path, CONFIG, LAYOUT) as folder:
        folder.commit([record(0, "a", None)])
    for part in ("data.part", "data.old", "rejected.old"):
        (path / part).mkdir()
        (path / part / "0.parquet").write_bytes(b"half")
        (path / part / "train-00000-of-00009.parquet").write_bytes(b"half")
    published(path, [], 1, [])
    assert sorted(entry.name for entry in path.iterdir()) == [
        "README.md", "data", "manifest.json", "rejected", "run.toml", "work",
    ]  # fmt: skip
    assert [row["text"] for row in rows(path)] == ["a"]


def test_hostile_text_is_loaded_as_it_was_written(tmp_path: Path) -> None:
    texts = [
        "\x00",
        "\u202e\u0627\u0644",
        "line\u2028end\r\n",
        "```\n---\n</details>",
        "\U0001f468\u200d\U0001f469",
        "é",
    ]
    records = [record(n, text, None) for n, text in enumerate(texts)] + [record(9, "\ud800", "novelty")]
    published(tmp_path / "made", [*records[6:], *records[:6]], 6, [2])
    accepted = load_dataset(str(tmp_path / "made"), split="train")
    assert accepted["text"] == texts
    assert accepted["messages"][1] == [{"role": "user", "content": texts[1]}]
    rejected = load_dataset(str(tmp_path / "made"), "rejected", split="train")
    assert (rejected["text"], rejected["check"], rejected["reason"]) == (["?"], ["novelty"], ["why 9"])
    assert rejected.features["size"].dtype == "int64"  # typed, though there is none


def test_with_nothing_accepted_the_rejected_rows_load_and_the_columns_are_typed(tmp_path: Path) -> None:
    published(tmp_path / "made", [record(0, "a", "length")], 1, [])
    [empty] = (tmp_path / "made" / "data").iterdir()
    assert pq.read_table(empty).schema.equals(LAYOUT.accepted)
    assert load_dataset(str(tmp_path / "made"), "rejected", split="train")["reason"] == ["why 0"]
    with pytest.raises(ValueError, match="no data"):  # what `datasets` says of any split without rows
        load_dataset(str(tmp_path / "made"), split="train")


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    published(tmp_path / "made", [record(0, "a", None)], 1, [])
    [file] = (tmp_path / "made" / "data").iterdir()
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(InputError, match=r"train-00000-of-00001.parquet cannot be read") as error:
        list(rows(tmp_path / "made"))
    assert "\n" not in str(error.value)


SPLIT = Layout(content={"text": pa.string()}, notes={"split": pa.string(), "needs": pa.list_(pa.int32())})
SPLIT_ROWS = st.lists(st.tuples(st.sampled_from([None, *SPLITS]), st.booleans(), TEXT), max_size=40)


def split_record(n: int, split: str | None, ok: bool, text: str = "") -> Record:
    notes = {"split": split, "needs": [n] * (n % 3)} if split else {}
    return Record({"text": f"{n} {text}"}, Origin("demo", 1, (n,)), (Verdict(ok, "proof", "" if ok else "no"),), notes)


def split_published(path: Path, records: list[Record], count: int, cuts: list[int], **more: Any) -> Counts:
    with opened(path, CONFIG, SPLIT) as folder:
        for start, end in pairwise([0, *sorted(cuts)]):
            folder.commit(records[start:end])
        counts = publish(folder, records[max(cuts, default=0) :], count, **more)
    about = About("Demo", "A summary.", ("A limit.",), ("synthetic",), "text-generation")
    (path / "README.md").write_text(card(about, counts, fingerprint(path), "porism run demo", []))
    write_manifest(path, {"counts": counts.to_json()})
    return counts


@settings(deadline=None, max_examples=60)
@given(SPLIT_ROWS, st.integers(0, 40), st.lists(st.integers(0, 40), max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_splits_and_row_groups_know_nothing_of_chunks(
    tmp_path_factory: pytest.TempPathFactory,
    items: list[tuple[str | None, bool, str]],
    count: int,
    cuts: list[int],
    per_file: int,
    per_group: int,
) -> None:
    folder = tmp_path_factory.mktemp("made")
    records = [split_record(n, *item) for n, item in enumerate(items)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "ROWS_PER_GROUP", per_group)
        whole = split_published(folder / "whole", records, count, [], rows_per_file=per_file)
        cut = split_published(folder / "cut", records, count, cuts, rows_per_file=per_file)
    assert whole == cut
    assert contents(folder / "whole") == contents(folder / "cut")
    accepted = [one for one in records if one.accepted][:count]
    found = SPLIT.records(rows(folder / "cut"))
    rank = {split: k for k, split in enumerate(SPLITS)}
    assert found == sorted(accepted, key=lambda one: (rank[one.notes.get("split", "train")], one.origin.place))
    for split in SPLITS:
        there = SPLIT.records(rows(folder / "cut", split=split))
        assert there == [one for one in accepted if one.notes.get("split", "train") == split]
        assert cut.splits.get(split, 0) == len(there)
    for path in (folder / "cut").glob("data/*.parquet"):
        metadata = pq.read_metadata(path)
        sizes = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
        assert all(size == min(per_group, per_file) for size in sizes[:-2])
        assert metadata.num_rows <= per_file


@pytest.mark.parametrize("present", [["train", "validation", "test"], ["train", "test"], ["validation"]])
def test_splits_are_loaded_as_the_card_names_them(present: list[str], tmp_path: Path) -> None:
    records = [split_record(n, present[n % len(present)], n % 4 != 3) for n in range(20)]
    counts = split_published(tmp_path / "made", records, 15, [4, 9])
    assert sorted(path.name for path in (tmp_path / "made" / "data").iterdir()) == [
        f"{split}-00000-of-00001.parquet" for split in sorted(present)
    ]
    loaded = load_dataset(str(tmp_path / "made"))
    assert {split: part.num_rows for split, part in loaded.items()} == counts.splits
    assert list(loaded) == present
    assert {text for part in loaded.values() for text in part["text"]} == {
        r.content["text"] for r in records if r.accepted
    }
    assert load_dataset(str(tmp_path / "made"), "rejected", split="train").num_rows == 4


def test_no_row_in_any_split_is_an_empty_file(tmp_path: Path) -> None:
    counts = split_published(tmp_path / "made", [split_record(0, "test", False)], 3, [])
    assert (counts.splits, counts.to_json().get("splits")) == ({}, None)
    assert [path.name for path in (tmp_path / "made" / "data").iterdir()] == ["train-00000-of-00001.parquet"]


def test_a_split_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'dev'; there are: train, validation, test"):
        split_published(tmp_path / "made", [split_record(0, "dev", True)], 1, [])


def test_a_file_ends_with_the_row_group_that_fills_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "ROWS_PER_GROUP", 50)
    texts = [blake2b(str(n).encode()).hexdigest() for n in range(1_000)]
    records = [record(n, text, None) for n, text in enumerate(texts)]
    published(tmp_path / "made", records, 1_000, [333], bytes_per_file=20_000)
    files = [file for file in read_manifest(tmp_path / "made")["files"] if file["path"].startswith("data")]
    assert len(files) > 3
    assert all(file["rows"] % 50 == 0 and file["bytes"] > 20_000 for file in files[:-1])
    assert all(file["bytes"] < 60_000 for file in files)
    assert [row["text"] for row in rows(tmp_path / "made")] == texts


def test_what_is_held_is_a_shard_and_a_row_group_and_not_the_dataset(tmp_path: Path) -> None:
    with opened(tmp_path / "made", CONFIG, SPLIT) as folder:
        for k in range(40):
            folder.commit([split_record(n, "train", True, f"{n}" * 500) for n in range(500 * k, 500 * k + 500)])
        whole = sum(pq.read_table(shard).nbytes for shard in folder.shards)
        before, held, read_table = pa.total_allocated_bytes(), [], pq.read_table

        def read(path: Path) -> pa.Table:
            held.append(pa.total_allocated_bytes() - before)
            return read_table(path)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pq, "read_table", read)
            publish(folder, [], 20_000)
    assert max(held) < whole / 2
