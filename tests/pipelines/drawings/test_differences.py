"""Differences give both texts back; shared words are a longest common subsequence."""

from hypothesis import given
from hypothesis import strategies as st

from porism.outputs import rouge
from porism.pipelines.drawings.differences import WORDS, difference, shared
from porism.pipelines.drawings.layers import layers

texts = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from(["the", "old", "new", "harbour,", "翻译", "\n"])).map(" ".join)
)


@given(texts, texts)
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    parts = difference(old, new)
    assert "".join(text for kind, text in parts if kind != "ins") == old
    assert "".join(text for kind, text in parts if kind != "del") == new
    assert all(text for _, text in parts)


@given(texts)
def test_equal_texts_differ_in_nothing(text: str) -> None:
    assert {kind for kind, _ in difference(text, text)} <= {"same"}


def test_long_texts_are_not_compared() -> None:
    old, new = "a " * WORDS, "b " * WORDS
    assert difference(old, new) == [("del", old), ("ins", new)]


@given(texts, texts)
def test_pieces_are_the_text(text: str, other: str) -> None:
    assert "".join(piece for _, piece in shared(text, other)) == text


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_what_is_marked_is_a_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    marked = [rouge.tokens(piece)[0] for common, piece in shared(" ".join(a), " ".join(b)) if common]
    rest = iter(b)
    assert all(word in rest for word in marked)
    assert 2 * len(marked) == rouge.rouge_l(a, b) * (len(a) + len(b))


def test_scripts_without_spaces_are_marked_by_character() -> None:
    assert [piece for common, piece in shared("翻译这句话", "这话") if common] == ["这", "话"]


graphs = st.lists(st.lists(st.integers(0, 10**6), max_size=4), max_size=30).map(
    lambda found: [sorted({one % i for one in needs}) if i else [] for i, needs in enumerate(found)]
)


@given(graphs)
def test_a_node_lies_below_all_that_it_needs_and_on_no_other(needs: list[list[int]]) -> None:
    found = layers(needs)
    assert all(found.spots[need][1] < found.spots[i][1] for i, all_needs in enumerate(needs) for need in all_needs)
    assert len(set(found.spots)) == len(needs)
    assert all(0 < x < found.width and 0 < y < found.height for x, y in found.spots)
    assert sorted(found.edges) == sorted((need, i) for i, all_needs in enumerate(needs) for need in all_needs)
