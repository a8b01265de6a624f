"""The way between records and Arrow tables is there and back, for every text, and the same bytes each time."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.folder import write_parquet
from porism.outputs.layout import MESSAGES, WHY, Layout
from porism.outputs.records import Origin, Record, Verdict

LAYOUT = Layout(
    content={"instruction": pa.string(), "output": pa.string()},
    notes={"messages": MESSAGES, "score": pa.float64(), "good": pa.bool_()},
)
TEXT = st.text(st.characters() | st.sampled_from("\ud800\udbff\x00\x1b\u202e\u2028\u0627\u05d0\U0001f388"), max_size=40)
TURN = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": TEXT})
VERDICT = st.builds(Verdict, st.booleans(), st.sampled_from(["length", "novelty"]), TEXT)


def _judged(verdicts: list[Verdict], content: dict[str, str], notes: dict[str, object], place: list[int]) -> Record:
    """A record as flows make them: raw text where it was rejected."""
    origin = Origin("demo", 2**63 - 1, tuple(place), "a model" if place else None, ("p", "q")[: len(place)])
    record = Record(content, origin, tuple(verdicts), notes)
    return record if record.accepted else Record(content, origin, tuple(verdicts), notes, content.get("output", "raw"))


RECORD = st.builds(
    _judged,
    st.lists(VERDICT, min_size=1, max_size=3).map(lambda found: [*found, Verdict(False, "last", "it is the last")]),
    st.fixed_dictionaries({}, optional={"instruction": TEXT, "output": TEXT}),  # a rejected row may lack columns
    st.fixed_dictionaries({}, optional={"messages": st.lists(TURN, max_size=2), "score": st.floats(0, 1)}),
    st.lists(st.integers(0, 2**31 - 1), max_size=3),
) | st.builds(
    _judged,
    st.just([Verdict(True, "length"), Verdict(True, "novelty")]),
    st.fixed_dictionaries({"instruction": TEXT, "output": TEXT}),
    st.fixed_dictionaries({"messages": st.lists(TURN, max_size=2), "score": st.floats(0, 1), "good": st.booleans()}),
    st.lists(st.integers(0, 2**31 - 1), max_size=3),
)


@settings(deadline=None)
@given(st.lists(RECORD, max_size=5))
def test_there_and_back(records: list[Record]) -> None:
    table = LAYOUT.table(records)
    assert table.schema == LAYOUT.every
    back = LAYOUT.records(table.to_pylist())
    assert back == records
    assert [record.id for record in back] == table["id"].to_pylist() == [record.id for record in records]


@settings(deadline=None, max_examples=30)
@given(st.lists(RECORD, max_size=5))
def test_there_and_back_by_way_of_a_file_and_the_same_bytes_each_time(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    for name in ("one", "two"):
        write_parquet(folder / name, LAYOUT.table(records))
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()
    assert LAYOUT.records(pq.read_table(folder / "one").to_pylist()) == records
    assert sorted(path.name for path in folder.iterdir()) == ["one", "two"]  # no part is left


def test_a_megabyte_in_one_text(tmp_path: Path) -> None:
    text = "\x00\u0627\U0001f388`\n" * 200_000
    record = _judged([Verdict(True, "length")], {"instruction": "a", "output": text}, {}, [0])
    write_parquet(tmp_path / "big", LAYOUT.table([record]))
    assert len(text) == 1_000_000
    assert LAYOUT.records(pq.read_table(tmp_path / "big").to_pylist()) == [record]


def test_check_and_reason_say_what_rejected_a_row_and_an_accepted_one_has_neither() -> None:
    failed = (Verdict(True, "length"), Verdict(False, "novelty", "seen"))
    rows = LAYOUT.table([_judged(list(failed), {"output": "o"}, {}, []), _judged([failed[0]], {}, {}, [])]).to_pylist()
    assert [(row["check"], row["reason"], row["raw"]) for row in rows] == [("novelty", "seen", "o"), (None, None, None)]
    assert rows[0]["instruction"] is None


def test_columns_are_typed_without_a_row() -> None:
    table = LAYOUT.table([])
    assert table.schema == LAYOUT.every
    assert LAYOUT.accepted.names == ["id", "instruction", "output", "messages", "score", "good", "origin", "verdicts"]
    assert LAYOUT.every.names == [*LAYOUT.accepted.names, *WHY.names]
    assert LAYOUT.every.field("origin").type.field("place").type == pa.list_(pa.int32())


def test_a_record_that_no_check_saw_is_not_written() -> None:
    with pytest.raises(LookupError):
        LAYOUT.table([Record({}, Origin("demo", 1, ()), ())])
