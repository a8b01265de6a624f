"""An id is of the content alone, text is what UTF-8 can hold, and the first failure is the one that counts."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.outputs.records import Origin, Record, Verdict, content_id, judge, storable

ORIGIN = Origin("demo", 1, (0,))
TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff\x00\u202e"), max_size=20)
CONTENT = st.dictionaries(st.sampled_from("abcdef"), TEXT | st.integers() | st.lists(TEXT, max_size=3), min_size=1)


def verdict(ok: bool) -> Verdict:
    return Verdict(ok, "checked", "" if ok else "no")


@given(CONTENT, st.randoms())
def test_the_order_of_columns_is_nothing(content: dict[str, Any], random: Any) -> None:
    items = list(content.items())
    random.shuffle(items)
    assert Record(dict(items), ORIGIN, ()).id == Record(content, ORIGIN, ()).id


@given(CONTENT, st.sampled_from("abcdef"))
def test_every_column_is_something(content: dict[str, Any], name: str) -> None:
    other = {**content, name: "something else entirely"}
    assert Record(content, ORIGIN, ()).id != Record(other, ORIGIN, ()).id


def test_neither_origin_nor_notes_nor_verdicts_nor_raw_are_content() -> None:
    one = Record({"text": "a"}, ORIGIN, ())
    two = Record({"text": "a"}, Origin("other", 9, (1, 2), "m", ("p",)), (verdict(False),), {"n": 1}, "raw")
    assert one.id == two.id
    assert one != two


def test_a_column_that_holds_nothing_is_none_and_a_type_is_something() -> None:
    assert content_id({"a": "x", "b": None}) == content_id({"a": "x"})
    assert len({content_id({"a": value}) for value in ("", None, "1", 1, "None")}) == 5


@given(CONTENT)
def test_what_is_stored_is_what_was_hashed(content: dict[str, Any]) -> None:
    record = Record(content, ORIGIN, (Verdict(False, "checked", "\ud800"),), {"note": ["\udc00"]}, "\ud9ff")
    for value in (record.content, record.notes, record.raw, record.verdicts[0].reason):
        assert storable(value) == value
        str(value).encode()
    assert Record(record.content, ORIGIN, ()).id == record.id == content_id(record.content)


@given(st.lists(st.booleans(), max_size=5))
def test_accepted_is_every_verdict_and_at_least_one(flags: list[bool]) -> None:
    record = Record({"a": ""}, ORIGIN, tuple(Verdict(ok, str(n)) for n, ok in enumerate(flags)))
    assert record.accepted == (bool(flags) and all(flags))
    if all(flags):
        with pytest.raises(LookupError, match=record.id):
            _ = record.failure
    else:
        assert record.failure.check == str(flags.index(False))


@given(st.lists(st.none() | st.just("why"), max_size=6))
def test_judging_ends_at_the_first_failure_and_asks_no_further(reasons: list[str | None]) -> None:
    asked = []

    def checks() -> Iterator[tuple[str, str | None]]:
        for n, reason in enumerate(reasons):
            asked.append(n)
            yield str(n), reason

    verdicts = judge(checks())
    end = reasons.index("why") + 1 if "why" in reasons else len(reasons)
    assert asked == list(range(end))
    assert [one.ok for one in verdicts] == [reason is None for reason in reasons[:end]]
    assert [one.reason for one in verdicts] == [reason or "" for reason in reasons[:end]]
