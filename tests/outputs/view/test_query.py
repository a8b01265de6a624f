"""A view is a value and an address that says the same."""

from dataclasses import replace
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from porism.outputs.view.query import MOST_FILTERS, OPERATORS, SIZES, Filter, Query

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(":&=?#%+/\x00\u202e"), max_size=12)
FILTER = st.builds(Filter, TEXT.filter(bool), st.sampled_from(OPERATORS), TEXT)
QUERY = st.builds(
    Query,
    config=st.just("data"),
    search=TEXT.map(str.strip),
    filters=st.lists(FILTER, max_size=4, unique=True).map(tuple),
    sort=TEXT,
    descending=st.booleans(),
    page=st.integers(0, 10**8),
    size=st.sampled_from(SIZES),
    columns=st.lists(TEXT.filter(bool), max_size=3, unique=True).map(tuple),
)


def parsed(address: str) -> Query:
    return Query.parse("data", parse_qsl(address, keep_blank_values=True))


@given(FILTER)
def test_a_filter_is_its_text(one: Filter) -> None:
    assert Filter.parse(str(one)) == one


@given(TEXT)
def test_any_text_is_a_filter_or_none(text: str) -> None:
    found = Filter.parse(text)
    assert found is None or str(found) == text


@given(QUERY)
def test_a_query_is_its_address(query: Query) -> None:
    found = parsed(query.to_parameters())
    assert found == (query if query.sort else replace(query, descending=False))


@given(st.lists(st.tuples(st.sampled_from(["q", "where", "sort", "down", "page", "size", "show", "column"]), TEXT)))
def test_any_parameters_are_a_query(given: list[tuple[str, str]]) -> None:
    found = Query.parse("data", given)
    assert found.size in SIZES
    assert found.page >= 0
    assert parsed(found.to_parameters()).filters == found.filters


@given(QUERY, FILTER)
def test_a_condition_comes_and_goes(query: Query, one: Filter) -> None:
    assert one in query.where(one).filters
    assert one not in query.where(one).without(one).filters
    assert query.toggled(one).toggled(one).filters in (query.filters, (*query.without(one).filters, one))


def test_sorting_goes_up_then_down_then_away() -> None:
    first = Query().sorted_by("a")
    second = first.sorted_by("a")
    assert [(one.sort, one.descending) for one in (first, second, second.sorted_by("a"))] == [
        ("a", False), ("a", True), ("", False)
    ]  # fmt: skip


def test_the_form_adds_a_condition() -> None:
    base = [("where", "a:is:1"), ("column", "b"), ("operator", "has")]
    assert Query.parse("data", [*base, ("value", "x")]).filters == (Filter("a", "is", "1"), Filter("b", "has", "x"))
    assert Query.parse("data", base).filters == (Filter("a", "is", "1"),)
    assert Query.parse("data", [("column", "b"), ("operator", "empty")]).filters == (Filter("b", "empty"),)


def test_conditions_are_bounded() -> None:
    assert len(Query.parse("data", [("where", f"a:is:{k}") for k in range(1000)]).filters) == MOST_FILTERS
