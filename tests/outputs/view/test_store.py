"""What the store answers is what plain Python finds in the same rows, for whatever lies in the folder."""

import datetime as dt
import decimal
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs.view import notes
from porism.outputs.view.query import JUDGED, Filter, Query
from porism.outputs.view.store import COUNTED, POSITION, UNREADABLE, Store

ROWS = 500
WORDS = ["tree", "Tree house", "river", "", "100% sure", "it's", "a_b", "ÄRGER", "null"]


def made(folder: Path, table: pa.Table, files: int = 1, part: str = "data", group: int = 40) -> Path:
    (folder / part).mkdir(parents=True, exist_ok=True)
    step = -(-table.num_rows // files) or 1
    for k in range(files):
        name = folder / part / f"train-{k:05d}-of-{files:05d}.parquet"
        pq.write_table(table.slice(k * step, step), name, row_group_size=group)
    return folder


def row(k: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"id{k}", "text": chance.choice([*WORDS, None]), "number": chance.choice([None, 1, 2, 3, 10, -4]),
        "half": chance.choice([None, 0.5, 0.25, 2.0, float("inf")]), "truth": chance.choice([True, False, None]),
        "parts": [{"name": chance.choice(WORDS), "size": chance.random()} for _ in range(chance.randrange(3))],
    }  # fmt: skip


TABLE = [row(k, random.Random(k)) for k in range(ROWS)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(made(tmp_path_factory.mktemp("store"), pa.Table.from_pylist(TABLE), files=3))
    yield store
    store.close()


def ids(store: Store, query: Query) -> list[str]:
    return [found["id"] for found in store.page(query).rows]


def meets(row: dict[str, Any], one: Filter) -> bool:
    value = row[one.column]
    wanted: Any = (
        float(one.value)
        if one.column in ("number", "half") and one.operator in ("is", "not", "from", "to")
        else one.value
    )
    value = {True: "true", False: "false"}.get(value, value) if one.column == "truth" else value
    held = value is not None
    match one.operator:
        case "is" | "not":
            return (held and value == wanted) is (one.operator == "is")
        case "has" | "lacks":
            return (held and one.value.lower() in str(value).lower()) is (one.operator == "has")
        case "from":
            return bool(held and value >= wanted)
        case "to":
            return bool(held and value <= wanted)
    return (not held or value == "") is (one.operator == "empty")


SAME = ["is", "not"]
TEXTS, ORDERS = [*SAME, "has", "lacks"], [*SAME, "from", "to"]
VALUES = ["1", "0.5", "-4"]
FILTERS = st.one_of(
    st.builds(Filter, st.just("text"), st.sampled_from(TEXTS), st.sampled_from([*WORDS, "r", "%", "'"])),
    st.builds(Filter, st.sampled_from(["number", "half"]), st.sampled_from(ORDERS), st.sampled_from(VALUES)),
    st.builds(Filter, st.just("truth"), st.sampled_from(SAME), st.sampled_from(["true", "false"])),
    st.builds(Filter, st.sampled_from(["text", "number", "truth"]), st.sampled_from(["empty", "filled"])),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.lists(FILTERS, max_size=3, unique=True), st.sampled_from(["", "number", "text", "half"]), st.booleans(),
    st.integers(0, 3), st.sampled_from(["", "tree", "e R", "'"]),
)  # fmt: skip
def test_a_page_is_what_plain_python_finds(
    store: Store, filters: list[Filter], sort: str, down: bool, page: int, search: str
) -> None:
    query = Query(search=search, filters=tuple(filters), sort=sort, descending=down, page=page, size=25)
    expected = [row for row in TABLE if _all(row, filters) and _found(row, search)]
    if sort:
        filled = sorted(
            (row for row in expected if row[sort] is not None), key=lambda row: _key(row[sort]), reverse=down
        )
        if down:  # rows that are the same stay in their order
            filled.sort(key=lambda row: _key(row[sort]), reverse=True)
            filled = [
                row for value in dict.fromkeys(row[sort] for row in filled) for row in expected if row[sort] == value
            ]
        expected = filled + [row for row in expected if row[sort] is None]
    found = store.page(query)
    assert [row["id"] for row in found.rows] == [row["id"] for row in expected[page * 25 : page * 25 + 25]]
    assert found.total == len(expected)
    assert not found.more


def _key(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _all(row: dict[str, Any], filters: list[Filter]) -> bool:
    same: dict[str, list[bool]] = {}
    for one in filters:
        if one.operator == "is":
            same.setdefault(one.column, []).append(meets(row, one))
    return all(map(any, same.values())) and all(meets(row, one) for one in filters if one.operator != "is")


def _found(row: dict[str, Any], search: str) -> bool:
    texts = [row["id"], row["text"] or ""]
    return all(any(word.lower() in text.lower() for text in texts) for word in search.split())


def test_every_row_is_found_by_its_id_and_its_position(store: Store) -> None:
    for k in (0, 166, 167, 333, 334, 499):
        for found in (
            store.row("data", f"id{k}"),
            store.row("data", str(k)),
            store.row("data", f"id{k}", near=k),
            store.row("data", f"id{k}", 7),
        ):
            assert found == {POSITION: k, **TABLE[k]}
    assert store.row("data", "id500") is None
    assert store.row("data", "500") is None
    assert store.row("data", "9" * 40) is None


def test_neighbours_stand_as_in_the_query(store: Store) -> None:
    query = Query(filters=(Filter("truth", "is", "true"),), sort="text", size=250)
    order = ids(store, query)
    near = store.near(query, 5)
    assert [near[k]["id"] for k in (4, 5, 6)] == order[4:7]
    assert set(store.near(query, 0)) == {0, 1}
    assert set(store.near(query, len(order) - 1)) == {len(order) - 2, len(order) - 1}


def test_nested_columns_are_filtered_by_their_text(store: Store) -> None:
    found = ids(store, Query(filters=(Filter("parts", "has", "tree HOUSE"),), size=250))
    assert found == [row["id"] for row in TABLE if any(part["name"] == "Tree house" for part in row["parts"])]
    empty = store.page(Query(filters=(Filter("parts", "empty"),)))
    assert empty.total == sum(not row["parts"] for row in TABLE)


def test_facets_count_as_if_their_own_conditions_were_not_there(store: Store) -> None:
    query = Query(filters=(Filter("truth", "is", "true"), Filter("number", "is", "3")))
    counted = dict(store.facet(query, "truth"))
    assert counted == {
        name: sum(row["truth"] is truth and row["number"] == 3 for row in TABLE)
        for name, truth in (("true", True), ("false", False))
    }
    assert [column.name for column in store.labelled("data")] == ["text", "number", "truth"]


def test_the_reader_s_verdicts_are_a_condition(tmp_path: Path) -> None:
    store = Store(made(tmp_path, pa.Table.from_pylist(TABLE[:20]), files=2))
    for key, verdict in (("id3", "keep"), ("15", "keep"), ("id4", "flag"), ("id5", "keep"), ("id5", "reject")):
        notes.add(tmp_path, "data", key, verdict)
    assert ids(store, Query(filters=(Filter(JUDGED, "is", "keep"),))) == ["id3", "id15"]
    assert ids(store, Query(filters=(Filter(JUDGED, "is", "keep"), Filter(JUDGED, "is", "reject")))) == [
        "id3",
        "id5",
        "id15",
    ]
    assert ids(store, Query(filters=(Filter(JUDGED, "filled"),))) == ["id3", "id4", "id5", "id15"]
    assert store.page(Query(filters=(Filter(JUDGED, "not", "keep"),))).total == 18
    with pytest.raises(InputError, match="verdict"):
        store.page(Query(filters=(Filter(JUDGED, "has", "keep"),)))


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (Query("nowhere"), "no config 'nowhere'; there are: data"),
        (Query(sort="x"), "no column 'x'; there are: id, text"),
        (Query(filters=(Filter("x", "is", "1"),)), "no column 'x'"),
        (Query(filters=(Filter("number", "from", "three"),)), "'three' is not a number, as number wants it"),
        (Query(filters=(Filter("number", "is", "1e9999999"),)), "is not a number"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(store: Store, query: Query, reason: str) -> None:
    try:
        found = store.page(query)
    except InputError as error:
        assert reason in str(error)
        assert "\n" not in str(error)
    else:
        pytest.fail(f"{len(found.rows)} rows were found")


def test_a_search_counts_no_more_than_it_must(tmp_path: Path) -> None:
    store = Store(made(tmp_path, pa.table({"text": ["needle"] * (COUNTED + 50) + ["hay"] * 5})))
    page = store.page(Query(search="needle"))
    assert (page.total, page.more) == (COUNTED, True)
    last = store.page(Query(search="needle", page=COUNTED // 50))
    assert (last.total, len(last.rows)) == (COUNTED + 50, 50)
    assert store.page(Query(search="hay")).total == 5


def test_a_run_that_goes_on_is_its_shards(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    rows = [
        {"id": f"i{k}", "text": f"t{k}", "check": "novelty" if k % 3 == 0 else None, "reason": None} for k in range(20)
    ]
    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("check", pa.string()), ("reason", pa.string())])
    pq.write_table(pa.Table.from_pylist(rows[:10], schema), tmp_path / "work/shard-000000.parquet")
    (tmp_path / "work/shard-000001.parquet").write_bytes(b"PAR1 half a shard")
    store = Store(tmp_path)
    assert {name: config.rows for name, config in store.configs.items()} == {"data": 6, "rejected": 4}
    assert ids(store, Query("data")) == [row["id"] for row in rows[:10] if not row["check"]]
    assert ids(store, Query("rejected")) == ["i0", "i3", "i6", "i9"]
    assert any("shard-000001" in remark for remark in store.remarks)
    assert any("manifest" in remark for remark in store.remarks)
    assert store.rank("data", 5) == 3
    assert store.near(Query("data"), 3)[3]["id"] == "i5"
    pq.write_table(pa.Table.from_pylist(rows[10:], schema), tmp_path / "work/shard-000001.parquet")
    store.reload()
    assert store.page(Query("data")).total == 13
    assert len(store.remarks) == 1


ODD: dict[str, pa.Table] = {
    "every type": pa.table({
        "map": pa.array([[(1, "a")]], pa.map_(pa.int32(), pa.string())), "decimal": [decimal.Decimal("1.50")],
        "moment": pa.array([dt.datetime(2026, 1, 2, 3, 4)], pa.timestamp("us", "Europe/Paris")),
        "day": [dt.date(2026, 1, 2)],
        "huge": pa.array([2**64 - 1], pa.uint64()), "wide": pa.array([decimal.Decimal(10**50)], pa.decimal256(60, 0)),
        "labels": pa.array(["x"]).dictionary_encode(), "nothing": pa.nulls(1), "structs": [[{"a": [1], "b": None}]],
        "bytes": [b"\x00\xff"], "nan": [float("nan")], "half": pa.array([1.5], pa.float16()), "span": [dt.timedelta(1)],
        "time": [dt.time(1, 2)],
    }),
    "names": pa.table({"": [1], "a": [2], "A": [3],
        'x"; DROP TABLE t; --': ["q"], "file_row_number": [77], "__row": [5], "file_index": [9]}),
    "no rows": pa.table({"a": pa.array([], pa.string())}),
    "long": pa.table({"a": ["x" * 1_000_000], "b": ["\x00\u202e<script>"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_foreign_files_are_shown(tmp_path: Path, name: str) -> None:
    pq.write_table(ODD[name], tmp_path / "it's a [file]*.parquet")
    store = Store(tmp_path)
    config = store.configs["data"]
    assert config.rows == ODD[name].num_rows
    for column in config.columns:
        assert len(store.page(Query(sort=column.name)).rows) == config.rows
        for operator in ("has", "lacks", "empty", "filled"):
            store.page(Query(filters=(Filter(column.name, operator, "x'--"),)))
    store.labelled("data")
    if config.rows:
        assert store.row("data", "0") is not None


def test_a_name_of_our_own_is_left_out_and_positions_hold_where_names_are_taken(tmp_path: Path) -> None:
    table = pa.table({"file_row_number": list(range(100, 0, -1)), "__row": [5] * 100, "v": list(range(100))})
    store = Store(made(tmp_path, table, files=2))
    assert [column.name for column in store.configs["data"].columns] == ["file_row_number", "v"]
    assert any("columns" in remark for remark in store.remarks)
    assert [row["v"] for row in store.page(Query(page=1, size=25)).rows] == list(range(25, 50))
    found = store.row("data", "73")
    assert found is not None
    assert (found["v"], found[POSITION]) == (73, 73)


def test_what_cannot_be_read_of_a_row_leaves_the_rest(tmp_path: Path) -> None:
    bad = pa.array([b"\xff\xfe", b"ok"], pa.binary()).view(pa.string())
    store = Store(made(tmp_path, pa.table({"bad": bad, "good": ["a", "b"]})))
    rows = store.page(Query()).rows
    assert [row["good"] for row in rows] == ["a", "b"]
    assert rows[0]["bad"] == UNREADABLE
    found = store.row("data", "0")
    assert found is not None
    assert found["good"] == "a"


def test_files_that_do_not_fit_are_left_out_and_said(tmp_path: Path) -> None:
    made(tmp_path, pa.table({"a": [1, 2]}))
    pq.write_table(pa.table({"b": ["x"]}), tmp_path / "data/train-z.parquet")
    pq.write_table(pa.table({}), tmp_path / "data/train-y.parquet")
    (tmp_path / "data/train-x.parquet").write_bytes(b"")
    store = Store(tmp_path)
    assert store.configs["data"].rows == 2
    assert sum("train-" in remark for remark in store.remarks) == 3
    assert not any(str(tmp_path) in remark for remark in store.remarks)
