"""Whatever rows hold, what is written says the same: with a type of all values, or as JSON text."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs.columns import MOST, Columns, Misfit, unused

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["x", "y", "long name", ""]), VALUES, max_size=3), min_size=1, max_size=5
)


def written(blocks: list[Any]) -> tuple[Columns, pa.Table]:
    """The table of all blocks, again from the start for each column that turns out to be mixed."""
    columns = Columns()
    for block in blocks:
        columns.learn(block)
    while True:
        try:
            return columns, pa.concat_tables([columns.table(block) for block in blocks])
        except Misfit:
            continue


def same(stored: Any, value: Any) -> bool:
    """Whether a stored value says what it was read as: with more nulls in objects, and whole numbers as floats."""
    if isinstance(value, dict):
        return set(value) <= set(stored) and all(same(item, value.get(key)) for key, item in stored.items())
    if isinstance(value, list):
        return len(stored) == len(value) and all(map(same, stored, value))
    return bool(stored == value) and (isinstance(stored, bool) == isinstance(value, bool))


@settings(max_examples=300, deadline=None)
@given(blocks=st.lists(ROWS, min_size=1, max_size=3))
def test_what_is_written_says_what_was_read(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[dict[str, Any]]]
) -> None:
    columns, table = written(blocks)
    path = tmp_path_factory.getbasetemp() / "columns.parquet"
    if table.column_names:
        pq.write_table(table, path)
        table = pq.read_table(path)
    for row, stored in zip((row for block in blocks for row in block), table.to_pylist(), strict=table.num_columns > 0):
        for name, value in stored.items():
            exactly = name in columns.as_json and value is not None
            assert json.loads(value) == row[name] if exactly else same(value, row.get(name))
    assert set(table.column_names) == {name for block in blocks for row in block for name in row}


def test_columns_of_arrow_and_of_python_are_one(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pylist([{"n": 1, "s": {"a": 1}, "only": "x"}])
    columns, table = written([batch, [{"n": 0.5, "s": {"b": "y"}, "other": [1]}]])
    assert columns.as_json == set()
    assert table.to_pylist() == [
        {"n": 1.0, "s": {"a": 1, "b": None}, "only": "x", "other": None},
        {"n": 0.5, "s": {"a": None, "b": "y"}, "only": None, "other": [1]},
    ]


def test_an_arrow_column_that_others_contradict_is_json_text() -> None:
    batch = pa.RecordBatch.from_pylist([{"n": 1}, {"n": None}])
    assert written([batch, [{"n": "one"}]])[1].to_pylist() == [{"n": "1"}, {"n": None}, {"n": '"one"'}]


def test_two_columns_of_one_name_are_refused() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(InputError, match="two columns are called 'a'"):
        Columns().learn(batch)


def test_keys_that_are_data_become_one_column_or_are_refused() -> None:
    columns = Columns()
    columns.learn([{"counts": {f"k{k}": k for k in range(MOST + 1)}}])
    assert columns.schema.field("counts").type == pa.string()
    with pytest.raises(InputError, match="more than 1,000 columns"):
        columns.learn([{f"k{k}": k for k in range(MOST)}])


def test_metadata_is_kept_where_all_files_agree() -> None:
    def batch(metadata: dict[bytes, bytes]) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist([{"a": 1}], pa.schema([("a", pa.int64())], metadata))

    one, other = batch({b"huggingface": b"{}", b"pandas": b"p"}), batch({b"huggingface": b"{ }"})
    assert written([one, one])[0].schema.metadata == {b"huggingface": b"{}"}
    assert written([one, other])[0].schema.metadata is None


def test_unused_names() -> None:
    assert unused("row", []) == "row"
    assert unused("row", ["row", "row__"]) == "row_"
