"""Each rule says no to what it is for, and yes to its neighbours, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.self_instruct import filters
from porism.generators.self_instruct.settings import KEYWORDS, Compat, Settings
from porism.generators.self_instruct.tasks import Instance

OURS, REFERENCE = Settings(), Settings(compat=Compat(tokeniser="rouge_score", ascii_start=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Name three rivers.", 3), ("Name the three rivers.", 4), ("Don't say it's", 3), ("Fill-in the blanks", 3),
        ("word " * 150, 150), ("don't " * 150, 150), ("word " * 151, 151), ("翻译这", 3), ("翻译这句", 4),
        ("最寄りの駅", 5),
        ("翻" * 151, 151), ("翻译 this句", 4), ("แปล", 3), ("अनुवाद करो यह वाक्य", 4),
        ("اكتب رسالة قصيرة", 3), ("🎈🎈🎈🎈", 1),
    ],
)  # fmt: skip
def test_length_counts_words_and_the_characters_of_scripts_without_spaces(text: str, words: int) -> None:
    expected = None if 4 <= words <= 150 else f"{words} words; 4 to 150 are wanted"
    assert filters.length(text, OURS) == expected
    spaced = len(text.split())
    assert filters.length(text, REFERENCE) == (None if 4 <= spaced <= 150 else f"{spaced} words; 4 to 150 are wanted")


@pytest.mark.parametrize("word", KEYWORDS)
def test_keywords_are_whole_words_in_any_case(word: str) -> None:
    for text in (f"Use the {word} here", f"{word.upper()}!", f"x-{word}", f"({word})", f"a {word.title()}."):
        assert filters.keywords(text, OURS) is not None
    for text in (f"Use the un{word} here", f"{word}ness", f"{word}_", f"é{word}", f"{word}é"):
        assert filters.keywords(text, OURS) is None
    assert filters.keywords(word, Settings(keywords=())) is None


@given(st.text(max_size=40))
def test_other_keywords_are_words_and_no_patterns(text: str) -> None:
    settings = Settings(keywords=(".*", "a+", "video"))
    found = filters.keywords(text, settings)
    assert found is None or any(word in text.casefold() for word in settings.keywords)
    assert filters.keywords("Describe the Video", settings) == "speaks of 'Video'"


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("Write a program that sorts.", True), ("write a program that sorts.", True),
        ("Write a programme of music.", True),
        ("Write a short program that sorts.", False), ("Explain: Write a program", False),
    ],
)  # fmt: skip
def test_programs(text: str, dropped: bool) -> None:
    assert (filters.program(text) is not None) == dropped


OPENINGS = (
    "Name | 4 of | ¿Qué? | «Größe» | „Zitat“ | 「本」 | 『本』 | （a） | 翻译 | अनुवाद | اكتب | שלום | ปลา | Ω | é | ١"
)


@pytest.mark.parametrize("text", OPENINGS.split(" | "))
def test_openings_of_every_script(text: str) -> None:
    assert filters.opening(text, OURS) is None
    assert (filters.opening(text, REFERENCE) is None) == text[0].isascii()


@pytest.mark.parametrize("first", [*"-*#.,:;!?\"'([{<`~_/\\@$%^&+=|", "…", "—", "•", "🎈", "、", "\u0301", "\u202e"])
def test_what_nothing_begins_with(first: str) -> None:
    assert filters.opening(f"{first}Name three rivers", OURS) == f"begins with {first!r}"
    assert filters.opening(f"{first}Name three rivers", REFERENCE) == f"begins with {first!r}"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (Instance("a", "b"), None), (Instance("", "b"), None), (Instance("a: b", "c: d"), None),
        (Instance("", ""), "empty output"), (Instance("a", ""), "empty output"),
        (Instance("a", "a"), "output equals input"),
        (Instance("a:", "b"), "input ends with a colon"), (Instance("a", "b:"), "output ends with a colon"),
        (Instance("如下：", "b"), "input ends with a colon"), (Instance("a", "如下："), "output ends with a colon"),
    ],
)  # fmt: skip
def test_instances(one: Instance, reason: str | None) -> None:
    assert filters.instance(one) == reason


@given(st.lists(st.builds(Instance, st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y"])), max_size=5))
def test_contradictions_are_two_outputs_for_an_input_that_is_not_empty(found: list[Instance]) -> None:
    outputs: dict[str, set[str]] = {}
    for one in found:
        outputs.setdefault(one.input, set()).add(one.output)
    contradicted = {input for input, there in outputs.items() if input and len(there) > 1}
    reason = filters.contradictory(found)
    assert (reason is not None) == bool(contradicted)
    assert reason is None or reason.split("'")[1] in contradicted


def test_reasons_are_short() -> None:
    long = "x" * 10_000
    assert len(filters.contradictory([Instance(long, "a"), Instance(long, "b")]) or "") < 200
