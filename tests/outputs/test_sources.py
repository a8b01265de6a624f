"""Files of every format in, the same rows out; and whatever is wrong with a file is one line that names it."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs import json_rows, sources
from porism.outputs.sources import Item

ROWS: list[dict[str, Any]] = [
    {"instruction": "Add 2 and 2.", "input": "", "output": "4"},
    {"instruction": "Translate 'größer' [sic].", "input": "größer}\n", "output": "bigger \u2028 {"},
    {"instruction": "", "input": "\x00", "output": "tab\t"},
]


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_array(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps(rows, indent=4, ensure_ascii=False).encode()


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
        return path
    data = as_array(rows) if ".json" in path.suffixes else as_lines(rows)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("ending", sources.ENDINGS)
def test_every_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    assert list(sources.read(write(tmp_path / f"rows{ending}", ROWS))) == ROWS


MARK = b"\xef\xbb\xbf"
STARTS = {
    "lines": as_lines(ROWS),
    "marked array": MARK + as_array(ROWS),
    "array after space": b"\n \r\n" + as_array(ROWS) + b"\n\n",
    "marked lines": MARK + as_lines(ROWS),
    "blank lines between": as_lines(ROWS).replace(b"\n", b"\r\n\n"),
}


@pytest.mark.parametrize("data", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_what_begins_the_file_tells_lines_from_an_array(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert list(sources.read(tmp_path / name)) == ROWS


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), min_size=1, max_size=6),
    chunk=st.integers(1, 40),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
)
def test_an_array_is_read_alike_through_any_window(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    chunk: int,
    indent: int | None,
    ascii_only: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "window.json"
    path.write_text(json.dumps(rows, indent=indent, ensure_ascii=ascii_only), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "CHUNK", chunk)
        assert list(sources.read(path)) == rows


def test_a_folder_is_its_files_in_order(tmp_path: Path) -> None:
    write(tmp_path / "b.parquet", ROWS[1:])
    write(tmp_path / "a.jsonl", ROWS[:1])
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "README.md").write_text("not rows")
    assert list(sources.read(tmp_path)) == ROWS


def test_a_datasets_folder_is_its_data_split_by_split(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "rejected").mkdir()
    write(tmp_path / "data" / "test-00000-of-00001.parquet", ROWS[2:])
    write(tmp_path / "data" / "train-00001-of-00002.parquet", ROWS[1:2])
    write(tmp_path / "data" / "train-00000-of-00002.parquet", ROWS[:1])
    write(tmp_path / "rejected" / "train-00000-of-00001.parquet", ROWS)
    write(tmp_path / "other.jsonl", ROWS)
    assert list(sources.read(tmp_path)) == ROWS


def test_parquet_comes_in_small_batches_with_its_own_types(tmp_path: Path) -> None:
    table = pa.table({"text": ["a"] * 2_500, "day": [date(2024, 2, 29)] * 2_500})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=2_500)
    found = list(sources.blocks(tmp_path / "rows.parquet"))
    assert [block.num_rows for block in found if isinstance(block, pa.RecordBatch)] == [1_000, 1_000, 500]
    assert next(sources.read(tmp_path / "rows.parquet")) == {"text": "a", "day": date(2024, 2, 29)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": 1}\n\n[1]\n', "line 3 is not a JSON object (it is an array)"),
        (b'{"a": 1}\n7\n', "line 2 is not a JSON object (it is a number)"),
        (b'{"a": 1}\n{"b": }\n', "line 2 is not a JSON object (Expecting value, column 7)"),
        (b'{"a": 1}\n{"a": "\xff"}\n', "line 2 is not UTF-8 (byte 0xff)"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line 1: lists and objects stand more than 64 deep"),
        (b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}", "line 1: lists and objects stand more than 64 deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "line 1 is not a JSON object (Exceeds the limit"),
        (b'[{"a": 1},\n{"a": 2},\n3]', "line 3 is not a JSON object (it begins with '3')"),
        (b'[{"a": 1},\n{"a": 2},]', "line 2 is not a JSON object (it begins with ']')"),
        (b'[{"a": 1},\n{"a":\n2', "line 3 is not a JSON object (Expecting ',' delimiter)"),
        (b'[{"a": 1}\n{"a": 2}]', "line 2: '{' where the array of rows needs ']'"),
        (b'[{"a": 1}\n', "line 2: the end of the file where the array of rows needs ']'"),
        (b'[{"a": 1}]\n{"a": 2}', "line 2: there is more after the end of the array"),
        (b'[{"a": 1},\n\n{"a": "\xc3("}]', "line 3 is not UTF-8 (byte 0xc3)"),
        (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "line 1: lists and objects stand more than 64 deep"),
        (b"[", "line 1 is not a JSON object (the file ends here)"),
        (b"[]", "is empty: there are no rows in it"),
        (b"", "is empty: there are no rows in it"),
        (b" \n\n", "is empty: there are no rows in it"),
    ],
)
def test_a_wrong_file_is_one_line_with_the_place(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(sources.read(path))
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def damaged(folder: Path) -> Path:
    path = folder / "a.parquet"
    path.write_bytes(b"PAR1 no PAR1")
    return path


def cut(folder: Path) -> Path:
    path = folder / "a.jsonl.gz"
    path.write_bytes(gzip.compress(as_lines(ROWS * 1_000))[:-30])
    return path


def other(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("a,b\n")
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (damaged, "cannot be read"),
        (cut, "cannot be read: Compressed file ended"),
        (other, "its name must end in one of .jsonl"),
        (lambda folder: folder / "none.jsonl", "does not exist"),
        (lambda folder: folder, "holds no rows"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, make: Callable[[Path], Path], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        list(sources.read(make(tmp_path)))


def test_a_row_without_an_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "LONGEST", 5_000)
    monkeypatch.setattr(json_rows, "CHUNK", 1_000)
    for content in (b'[{"a": "' + b"x" * 50_000, b'{"a": "' + b"x" * 50_000):
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(InputError, match="longer than 5,000"):
            list(sources.read(tmp_path / "a.json"))


def test_a_mistake_is_found_without_reading_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"a" 1}' + b" " * (4 << 20))
    monkeypatch.setattr(json_rows._Window, "_read", counted := Counted(json_rows._Window._read))
    with pytest.raises(InputError, match="Expecting ':' delimiter"):
        list(sources.read(tmp_path / "a.json"))
    assert counted.calls == 1


class Counted:
    """A method that counts how often it is called."""

    def __init__(self, method: Callable[[Any], None]) -> None:
        self.method, self.calls = method, 0

    def __get__(self, window: Any, _: type) -> Callable[[], None]:
        self.calls += 1
        return lambda: self.method(window)


def test_lone_surrogates_are_made_storable_also_in_names_and_deep_inside(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(r'{"\ud800": [{"\udfff": "\ud834x"}], "ok": "\ud83d\ude00"}')
    assert list(sources.read(tmp_path / "a.jsonl")) == [{"?": [{"?": "?x"}], "ok": "😀"}]


def test_columns_that_hold_invalid_utf8_are_one_line(tmp_path: Path) -> None:
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"], pa.binary()).buffers())
    pq.write_table(pa.table({"text": bad}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="damaged"):
        list(sources.read(tmp_path / "a.parquet"))


USER, ASSISTANT = {"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"instruction": "do", "input": "x", "output": "y"}, [("r", "do", "x", "y")]),
        ({"instruction": "do", "context": "x", "response": "y"}, [("r", "do", "x", "y")]),
        ({"instruction": "do", "input": None, "output": 5}, [("r", "do", "", "5")]),
        ({"instruction": "do", "output": {"a": ["ü"]}}, [("r", "do", "", '{"a": ["ü"]}')]),
        ({"instruction": None}, [("r", "", "", "")]),
        ({"instruction": "do", "instances": [{"input": "x", "output": "y"}]}, [("r", "do", "x", "y")]),
        (
            {"instruction": "do", "instances": [{"input": "x", "output": "y"}, "no", {"output": True}]},
            [("r.0", "do", "x", "y"), ("r.1", "do", "", "true")],
        ),
        ({"instruction": "do", "instances": []}, [("r", "do", "", "")]),
        ({"prompt": "do", "completion": "y"}, [("r", "do", "", "y")]),
        ({"prompt": "do", "response": "y"}, [("r", "do", "", "y")]),
        ({"prompt": [USER], "completion": [ASSISTANT]}, [("r", "hi", "", "hello")]),
        ({"question": "1+1", "answer": 2}, [("r", "1+1", "", "2")]),
        ({"messages": [{"role": "system", "content": "s"}, USER, ASSISTANT]}, [("r", "hi", "", "hello")]),
        ({"messages": [USER, ASSISTANT, {"role": "user", "content": "2"}]}, [("r", "hi", "", "hello")]),
        (
            {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}] * 2},
            [("r", "a", "", "b")],
        ),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}, [("r", "a", "", "")]),
        ({"messages": "odd", "text": "t"}, [("r", "", "", "")]),
        ({"messages": [None, 3, {}, {"role": ["user"]}]}, [("r", "", "", "")]),
        ({"instruction": None, "messages": [USER, ASSISTANT]}, [("r", "hi", "", "hello")]),
        ({"text": "t", "other": 1}, [("r", "t", "", "")]),
        ({"title": "t"}, []),
        ({}, []),
    ],
)
def test_what_a_row_means_is_read_from_its_columns(row: dict[str, Any], wanted: list[tuple[str, ...]]) -> None:
    assert sources.items(row, "r") == [Item(*values) for values in wanted]


def test_a_row_that_asks_nothing_says_what_was_wanted(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", [{"text": "a"}, {"title": "b", "body": "c"}])
    with pytest.raises(InputError, match=r"a.jsonl, row 1: no column .* there are: title, body; wanted: instruction"):
        list(sources.tasks(tmp_path / "a.jsonl"))


@pytest.mark.parametrize("own", [None, "", " ", "x" * 201, True, float("nan"), ["a"]])
def test_what_is_no_id_is_no_name(own: Any) -> None:
    assert sources.name({"id": own}, 3) == "row 3"


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a.jsonl", ROWS), write(tmp_path / "b.jsonl", ROWS)
    assert sources.digest([a]) == sources.digest([b])
    assert sources.digest([a, b]) != sources.digest([a])
    write(b, ROWS[:1])
    assert sources.digest([a]) != sources.digest([b])
