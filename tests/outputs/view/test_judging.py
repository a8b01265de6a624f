from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from porism.outputs.view import judging, notes, shown
from porism.outputs.view.query import JUDGED, Filter, Query
from porism.outputs.view.store import Store

IDS = ["ein", "zwo", "drei", "vier", "fuenf"]
ALL = Query("data")
BY_N = Query("data", sort="n", descending=True)
UNJUDGED = Query("data", filters=(Filter(JUDGED, "empty"),))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "data").mkdir()
    table = pa.table({"id": IDS, "n": [2, 2, 9, 2, 5]})
    pq.write_table(table, tmp_path / "data" / "train-00000-of-00001.parquet")
    return Store(tmp_path)


def rows(store: Store, query: Query) -> list[Mapping[str, Any]]:
    return list(store.page(query).rows)


def followed(store: Store, address: str) -> tuple[judging.Place, dict[str, str]]:
    """What the row's page makes of an address."""
    key, given = unquote(urlsplit(address).path.rpartition("/")[2]), parse_qsl(urlsplit(address).query)
    row = store.row("data", key)
    assert row is not None
    return judging.place(store, "d", Query.parse("data", given), row, int(dict(given)["at"])), dict(given)


@pytest.mark.parametrize(
    "query", [ALL, BY_N, Query("data", search="i"), Query("data", filters=(Filter("n", "is", "2"),))]
)
def test_neighbours_are_those_of_the_query(query: Query, store: Store) -> None:
    order = rows(store, query)
    keys = ["", *(shown.key(row) for row in order), ""]
    for rank, row in enumerate(order):
        here = judging.place(store, "d", query, row, rank)
        around = [followed(store, address)[0] if address else None for address in (here.before, here.after)]
        assert [shown.key(place.row) if place else "" for place in around] == [keys[rank], keys[rank + 2]]
        assert followed(store, here.address)[0].rank == rank


def test_a_row_that_no_query_led_to_stands_among_all_rows(store: Store) -> None:
    row = store.row("data", "drei")
    assert row
    here = judging.place(store, "d", BY_N, row, None)
    assert (here.rank, here.query.sort) == (2, "")


@pytest.mark.parametrize("query", [ALL, BY_N, UNJUDGED])
def test_verdict_after_verdict_every_row_is_met_once(query: Query, store: Store) -> None:
    order = [shown.key(row) for row in rows(store, query)]
    here, met = judging.place(store, "d", query, rows(store, query)[0], 0), []
    for _ in order:
        met.append(shown.key(here.row))
        here, given = followed(store, judging.say(store, here, "keep", ""))
    assert met == order
    judged = judging.judged(store, here, given["judged"], int(given["judged_at"]))
    assert judged is not None
    assert judged.last
    assert notes.counts(store.folder) == {"keep": len(IDS)}


@pytest.mark.parametrize("query", [ALL, BY_N, UNJUDGED])
def test_a_verdict_that_is_taken_back_leads_back_to_its_row(query: Query, store: Store) -> None:
    first = judging.place(store, "d", query, rows(store, query)[0], 0)
    here, given = followed(store, judging.say(store, first, "flag", "odd"))
    judged = judging.judged(store, here, given["judged"], int(given["judged_at"]))
    assert judged is not None
    assert (judged.key, judged.verdict, judged.last) == (shown.key(first.row), "flag", False)
    form = dict(parse_qsl(urlsplit(judged.form).query))
    again = judging.place(store, "d", query, first.row, int(form["at"]))
    back, _ = followed(store, judging.say(store, again, judging.UNDO, ""))
    assert shown.key(back.row) == shown.key(first.row)
    assert notes.counts(store.folder) == {}
    assert judging.judged(store, here, given["judged"], 0) is None
    assert followed(store, back.after)[0].row["id"] == here.row["id"]


def test_a_note_alone_keeps_the_verdict_and_stays(store: Store) -> None:
    here = judging.place(store, "d", ALL, rows(store, ALL)[1], 1)
    judging.say(store, here, "reject", "")
    assert followed(store, judging.say(store, here, judging.SAME, "more of it"))[0].row["id"] == "zwo"
    assert [(note.verdict, note.text) for note in notes.of(store.folder, "data", "zwo")] == [
        ("reject", ""),
        ("reject", "more of it"),
    ]
