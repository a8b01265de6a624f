"""Trees as text: what is read draws the same picture, a cut tree says so, and nonsense is one line."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.test_drawing import solved, trees

from porism.search import Outcome
from porism.search.drawing.pictures import svg, text
from porism.search.drawing.stored import CALL, GAVE, from_json, to_json


def nothing(state: Any) -> tuple[str, str]:
    return "", ""


def test_what_is_read_draws_the_same_picture() -> None:
    outcome = solved()
    read = from_json(to_json(outcome, nothing, {"samples": 9}))
    assert text(read.outcome) == text(outcome)
    assert svg(read.outcome) == svg(outcome)
    assert (read.made, read.expanded, read.left_out, read.budget) == (6, 3, 0, {"samples": 9})


@settings(deadline=None, max_examples=60)
@given(trees)
def test_any_tree_comes_back(outcome: Outcome[int, str]) -> None:
    assert text(from_json(to_json(outcome, nothing, {})).outcome) == text(outcome)


@settings(deadline=None, max_examples=60)
@given(trees, st.integers(1, 40))
def test_a_cut_tree_keeps_the_way_to_the_best_and_counts_the_rest(outcome: Outcome[int, str], most: int) -> None:
    read = from_json(to_json(outcome, nothing, {}, most=most))
    kept = len(read.outcome.nodes)
    assert kept == min(len(outcome.nodes), max(most, outcome.best.depth + 1))
    assert kept + read.left_out == read.made == len(outcome.nodes)
    assert read.outcome.best.actions() == outcome.best.actions()
    assert read.expanded == len(outcome.expanded)


def test_what_calls_say_and_give_is_cut() -> None:
    stored = json.loads(to_json(solved(), lambda state: ("g" * 10_000, "e" * 10_000), {}))
    assert {len(node["gave"]) for node in stored["nodes"]} == {GAVE}
    assert all(len(node["call"] or "") <= CALL for node in stored["nodes"])


GOOD = to_json(solved(), nothing, {"samples": 9})


@pytest.mark.parametrize(
    "broken",
    ["", "[]", "7", "null", '{"nodes": []}', GOOD[:-5], GOOD.replace('"in":0', '"in":99'), GOOD.replace("solved", "?")],
)
def test_nonsense_is_one_line(broken: str) -> None:
    with pytest.raises(ValueError, match=r"^no search tree: .*$"):
        from_json(broken)


values = st.one_of(
    st.none(), st.integers(-3, 10**30), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_changed_text_is_read_and_drawn_or_one_line(data: st.DataObject) -> None:
    tree = json.loads(GOOD)
    place = data.draw(st.sampled_from([tree, *tree["nodes"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(values)
    try:
        read = from_json(json.dumps(tree))
    except ValueError:
        return
    assert svg(read.outcome, styled=False).startswith("<svg")
    assert text(read.outcome)


def test_a_picture_for_a_page_brings_no_style() -> None:
    drawn = svg(solved(), styled=False)
    assert "<style" not in drawn
    assert "style=" not in drawn
    assert 'class="search-tree"' in drawn
