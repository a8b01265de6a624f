"""The facts of a dataset, from its files."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism import terminal
from porism.errors import InputError
from porism.outputs import show, show_columns, show_files, show_samples
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
    assert [sample["output"] for sample in facts["samples"]] == ["one", "row 0", "row 4"]  # first, middle, last
    assert all("input" not in sample for sample in facts["samples"])  # nothing is said of what is empty
    assert facts["warnings"] == ["1 empty outputs"]
    assert facts["configs"] == {
        "rejected": {"rows": 2, "sample": {"rejected by": "length: long", "raw": "r"}},
    }  # fmt: skip
    assert (facts["near"], facts["against"], facts["remarks"]) == (None, None, [])


def test_a_dataset_without_rows(tmp_path: Path) -> None:
    facts = show.facts(dataset(tmp_path / "made", [], rejected=1))
    assert (facts["histograms"], facts["samples"], facts["warnings"]) == ({}, [], [])


@pytest.mark.parametrize(("count", "samples"), [(1, 1), (2, 2), (3, 3), (8, 3)])
def test_no_sample_is_shown_twice(count: int, samples: int, tmp_path: Path) -> None:
    facts = show.facts(dataset(tmp_path / "made", [f"row {n}" for n in range(count)]))
    assert len({sample["output"] for sample in facts["samples"]}) == len(facts["samples"]) == samples


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=30))
def test_bins_double_leave_no_gap_and_hold_everything(values: list[int]) -> None:
    bins = show_columns.bins(Counter(values))
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


@pytest.mark.parametrize(
    ("what", "said", "accepted", "samples"),
    [
        ("unfinished", "run the same command again", 2, 2),
        ("of other making", "there is no manifest.json", 2, 2),
        ("damaged", "left out: ", 2, 0),
        ("no run.toml", None, 2, 2),
        ("no counts", "is not a manifest", 2, 2),
        ("fewer rows", "the manifest speaks of 7 accepted rows, but 2 can be read", 7, 2),
        ("another schema", "has other columns", 2, 2),
    ],
)
def test_what_is_there_is_shown_with_a_line_on_the_rest(
    what: str, said: str | None, accepted: int, samples: int, tmp_path: Path
) -> None:
    path = dataset(tmp_path / "made", ["a", "b"])
    [file] = (path / "data").iterdir()
    if what in ("unfinished", "of other making"):
        (path / "manifest.json").unlink()
    if what in ("no run.toml", "of other making"):
        (path / "run.toml").unlink()
    if what == "damaged":
        file.write_bytes(file.read_bytes()[:40])
    if what == "no counts":
        (path / "manifest.json").write_text("{}")
    if what == "fewer rows":
        counts = {"accepted": 7, "generated": "many", "rejected": None, "rejected_by_check": {"a": 1, "b": "x"}}
        (path / "manifest.json").write_text(json.dumps({"counts": counts}))
    if what == "another schema":
        pq.write_table(pa.table({"x": [1]}), path / "data" / "train-00009.parquet")
    facts = show.facts(path)
    assert [line for line in facts["remarks"] if said and said in line] == facts["remarks"][: said is not None]
    assert all("\n" not in line for line in facts["remarks"])
    assert (facts["counts"]["accepted"], len(facts["samples"])) == (accepted, samples)
    terminal.facts(facts, as_json=False)


@pytest.mark.parametrize("what", ["nothing", "no rows", "damaged"])
def test_what_cannot_be_shown_is_one_line(what: str, tmp_path: Path) -> None:
    path = tmp_path / "made"
    if what != "nothing":
        path.mkdir()
    if what == "damaged":
        (path / "rows.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError) as error:
        show.facts(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_of_a_run_that_is_under_way_the_shards_are_shown(tmp_path: Path) -> None:
    records = [
        Record(
            {"input": "in", "output": f"row {n}"}, Origin("demo", 1, (n,)),
            (Verdict(n % 3 > 0, "length", "" if n % 3 else "long"),), {"prompt": "", "messages": []},
        )
        for n in range(9)
    ]  # fmt: skip
    with opened(tmp_path / "made", {"flow": "demo", "seed": 4}, LAYOUT) as folder:
        for part in (records[:5], records[5:]):
            folder.commit(part)
    facts = show.facts(tmp_path / "made")
    assert facts["counts"] == {
        "generated": 9, "accepted": 6, "rejected": 3, "rejected_by_check": {"length": 3},
    }  # fmt: skip
    assert [sample["output"] for sample in facts["samples"]] == ["row 1", "row 5", "row 8"]
    assert facts["configs"]["rejected"]["sample"]["rejected by"] == "length: long"
    assert (facts["seed"], facts["rows_read"]) == (4, 6)
    assert facts["remarks"] == [show.UNDER_WAY]


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
    assert facts["rows_read"] == 105  # seven of every second row group
    assert dict(facts["histograms"]["split"]) == {"train": 35, "validation": 35, "test": 35}
    assert [sample["statement"] for sample in facts["samples"]] == ["theorem 1", "theorem 152", "theorem 297"]


def test_a_long_text_is_cut_in_a_sample(tmp_path: Path) -> None:
    [sample] = show.facts(dataset(tmp_path / "made", ["x" * 1_234]))["samples"]
    assert sample["output"] == "x" * 1_000 + " ... (234 more characters)"


def test_an_instruction_is_drawn_with_its_critiques() -> None:
    rounds = [
        {"principle": "honest", "critique": "It boasts.", "revision": "It works.", "outcome": "revised", "reason": ""},
        {"principle": "brief", "critique": "", "revision": "", "outcome": "failed", "reason": "cut"},
    ]
    row = {
        "id": "x", "instruction": "Praise it.", "input": "", "output": "It works.", "draft": "It is the best.",
        "rounds": rounds, "most_similar": [{"instruction": "Blame it.", "rouge_l": 0.5}], "votes": None,
    }  # fmt: skip
    assert show_samples.drawn(row) == {
        "instruction": "Praise it.", "draft": "It is the best.",
        "round 1, honest": "critique: It boasts.\nrevision: It works.", "round 2, brief": "failed: cut",
        "output": "It works.", "nearest": "0.5  Blame it.",
    }  # fmt: skip


def test_a_conversation_is_drawn_with_its_calls() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}
    turns = [
        {"role": "user", "content": "Look!", "tool_calls": None},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "7", "tool_call_id": "1"},
    ]
    said = 'user: Look!\nassistant -> look({"at": 1})\ntool <- 7'
    assert show_samples.drawn({"request": "Look!", "transcript": "", "messages": turns}) == {"conversation": said}
    assert show_samples.drawn({"prompt": turns[:1], "chosen": turns[1:], "rejected": [], "why": "it looks"}) == {
        "prompt": "user: Look!", "chosen": said.split("\n", 1)[1], "why": "it looks",
    }  # fmt: skip
    long = show_samples.conversation(turns * 30).splitlines()
    assert (len(long), long[8]) == (21, "... (70 more turns)")


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda one: (
    st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "tool_calls", "scores"]), one)
), max_leaves=6)  # fmt: skip
NAMES = (
    "instruction", "output", "rounds", "votes", "judge_scores", "most_similar", "messages", "request", "transcript",
    "spent", "chosen", "rejected", "prompt", "completion", "label", "rate", "statement", "proof", "check", "raw",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_a_row_of_any_making_is_drawn(row: dict[str, Any]) -> None:
    for name, text in show_samples.drawn(row).items():
        assert isinstance(name, str)
        assert text.strip()
        assert len(text) < 10_000


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_tenths_hold_everything(values: list[float]) -> None:
    bins = show_columns.tenths(values)
    assert len(bins) <= 10
    assert sum(rows for _, rows in bins) == len(values)
    assert bins[0][1] > 0
    assert bins[-1][1] > 0


def table(path: Path, columns: dict[str, Any]) -> dict[str, Any]:
    """The facts of a table that somebody else made."""
    path.mkdir()
    pq.write_table(pa.table(columns), path / "rows.parquet")
    return show.facts(path)


def test_numbers_truths_and_neighbours_have_histograms(tmp_path: Path) -> None:
    near = [[{"instruction": "x", "rouge_l": n / 10}] * (n % 3) for n in range(10)]
    facts = table(
        tmp_path / "made",
        {
            "difficulty": [0.5 + n for n in range(9)] + [float("nan")],
            "easy": [n < 3 for n in range(10)],
            "most_similar": pa.array(
                near, pa.list_(pa.struct([("instruction", pa.string()), ("rouge_l", pa.float64())]))
            ),
            "kind": pa.array(["a", "b"] * 5).dictionary_encode(),
            "when": pa.array([None] * 10, pa.timestamp("s")),
        },
    )
    assert facts["histograms"] == {
        "difficulty": [(f"{n}-{n + 1}", 1) for n in range(9)],
        "easy": [("false", 7), ("true", 3)],
        "similarity to the nearest (rouge_l)": [
            ("0.1-0.2", 1), ("0.2-0.3", 1), ("0.3-0.4", 0), ("0.4-0.5", 1), ("0.5-0.6", 1), ("0.6-0.7", 0),
            ("0.7-0.8", 1), ("0.8-0.9", 1),
        ],
        "kind": [("a", 5), ("b", 5)],
    }  # fmt: skip
    assert facts["ranges"] == {
        "difficulty": [0.5, 4.5, 8.5], "similarity to the nearest (rouge_l)": [0.1, 0.4, 0.8],
    }  # fmt: skip
    assert (facts["flow"], facts["seed"], facts["remarks"]) == ("?", None, [show.NO_MANIFEST])


def test_readers_are_warned(tmp_path: Path) -> None:
    columns = {
        "instruction": [f"Tell what {n} {n * 7919} {n * 104729} is." for n in range(39)]
        + ["Tell what 3 23757 314187 was."],
        "output": ["word " * 201, "", *(f"row {n} is long" for n in range(38))],
        "kind": ["plain"] * 39 + ["odd"],
    }
    facts = table(tmp_path / "made", columns)
    assert facts["near"]["compared"] == 40
    assert facts["warnings"] == [
        "1 empty outputs",
        "1 of 'output' have more than 10 times the words of the median, which has 4",
        "98% of 'kind' are 'plain'",
        "1 of 40 tasks are nearly the same as an earlier one; the first has ROUGE-L 0.833 to an earlier one: "
        "'Tell what 3 23757 314187 is.'",
    ]


def test_how_it_was_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = dataset(
        tmp_path / "made", ["a"], finished="today", seconds=2.5, versions={"porism": "9"},
        usage={"all_runs": {"replies": 3, "input_tokens": 4_000, "output_tokens": 5, "cost": 0.25}},
        against={"sets": ["exam.jsonl"], "texts": 8},
    )  # fmt: skip
    facts = show.facts(path)
    assert facts["cost"] == {
        "requests": 3, "input_tokens": 4_000, "output_tokens": 5, "money": 0.25, "seconds": 2.5,
    }  # fmt: skip
    assert facts["against"] == {"sets": ["exam.jsonl"], "texts": 8, "rejected": 0}
    terminal.facts(facts, as_json=False)
    out = capsys.readouterr().out
    assert "finished today, porism 9\n" in out
    assert "cost: 3 requests, 4,000 tokens read, 5 tokens written, 2.5 seconds, 0.25 of money\n" in out
    assert "compared with evaluation sets exam.jsonl: 0 rows rejected for it\n" in out


ESCAPES = "\x1b[31m\x1b]0;title\x07\x9b2J\r\x00\u202e\u2066 [bold]loud[/]"


def test_hostile_rows_are_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_text = pa.StringArray.from_buffers(
        3, pa.py_buffer(pa.array([0, 1, 2, 3], pa.int32()).buffers()[1]), pa.py_buffer(b"\xff\xfea")
    )
    columns = {
        "instruction": no_text,
        "output": [f"{ESCAPES} {k}" * 40_000 for k in range(3)],
        f"{ESCAPES}; DROP TABLE": [ESCAPES] * 3,
        "when": pa.array([-(2**62)] * 3, pa.timestamp("us")),
        "map": pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int64())),
        "rounds": [[{"principle": ESCAPES, "critique": ESCAPES}], [], None],
        "huge": pa.array([2**64 - 1] * 3, pa.uint64()),
        "empty": pa.nulls(3),
    }
    facts = table(tmp_path / "made", columns)
    for as_json in (False, True):
        terminal.facts(facts, as_json=as_json)
        out = capsys.readouterr().out
        assert {c for c in out if c != "\n" and not c.isprintable()} == set()
        assert "[bold]loud[/]" in out


def test_tables_of_odd_shapes_are_shown(tmp_path: Path) -> None:
    twice = pa.table([[1, 2], ["a", "b"], ["c", "d"]], names=["n", "output", "output"])
    for k, odd in enumerate(
        [twice, pa.table({"n": pa.array([], pa.int64())}), pa.table({"f": pa.array([1.5], pa.float16())})]
    ):
        (tmp_path / str(k)).mkdir()
        pq.write_table(odd, tmp_path / str(k) / "rows.parquet")
        facts = show.facts(tmp_path / str(k))
        assert (facts["counts"]["accepted"], facts["rows_read"]) == (odd.num_rows, odd.num_rows)


def test_of_very_many_or_very_long_rows_some_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show_files, "MOST_BYTES", 10_000)
    facts = table(tmp_path / "long", {"output": ["x" * 100] * 1_000})
    assert (facts["counts"]["accepted"], facts["rows_read"]) == (1_000, 250)
    monkeypatch.setattr(show_files, "MOST_FILES", 2)
    facts = show.facts(dataset(tmp_path / "many", [f"row {n}" for n in range(12)]))
    assert facts["rows_read"] == 8
    assert facts["remarks"] == [
        "only the first 2 of 3 files of data are read",
        "the manifest speaks of 12 accepted rows, but 8 can be read",
    ]
