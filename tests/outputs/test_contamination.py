"""Contamination by its definition, row by row, against the module: on small vocabularies, where everything is near."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.outputs.contamination import ANY, Evaluation, Rule, joined, load
from porism.outputs.contamination import evaluation as module
from porism.outputs.rouge import rouge_l, tokens
from porism.outputs.sources import Item

Words = tuple[str, ...]

# The definition, written down again


def grams(text: Words, size: int) -> Iterator[tuple[int, Words]]:
    return ((i, text[i : i + size]) for i in range(len(text) - size + 1))


def cut(text: str) -> Words:
    return tuple(tokens(text))


def evaluation_texts(items: Sequence[Item], rule: Rule) -> tuple[list[Words], set[Words], set[Words]]:
    """The different texts in order, those of whole tasks, and instructions of several inputs."""
    found: dict[Words, None] = {}
    wholes = {cut(joined(item.instruction, item.input)) for item in items}
    pairs = {(cut(item.instruction), cut(item.input)) for item in items if item.input.strip()}
    templates = {asked for asked, count in Counter(asked for asked, _ in pairs).items() if asked and count > 1}
    for item in items:
        found[cut(joined(item.instruction, item.input))] = None
        if item.input.strip() and cut(item.instruction) not in templates:
            found[cut(item.instruction)] = None
        if len(cut(item.input)) >= rule.long:
            found[cut(item.input)] = None
    found.pop((), None)
    return list(found), wholes, templates


def dull_grams(wholes: set[Words], templates: set[Words], rule: Rule, size: int) -> set[Words]:
    rows = Counter(gram for text in wholes for gram in {gram for _, gram in grams(text, size)})
    own = {gram for text in templates for _, gram in grams(text, size)}
    return {gram for gram, count in rows.items() if count > rule.common} | own


def spread(places: Iterable[int], size: int) -> set[int]:
    return {place + k for place in places for k in range(size)}


def by_definition(items: Sequence[Item], rule: Rule, text: str) -> tuple[str, Fraction] | None:
    """The measure by which a text is contaminated, and the highest score by it."""
    found, wholes, templates = evaluation_texts(items, rule)
    words = cut(text)
    for size in sorted(rule.sizes):
        dull = dull_grams(wholes, templates, rule, size)
        own = {gram for _, gram in grams(words, size)} - dull
        best = Fraction(0)
        for each in found:
            telling = spread((i for i, gram in grams(each, size) if gram not in dull), size)
            covered = spread((i for i, gram in grams(each, size) if gram in own), size)
            if covered and Fraction(len(covered), len(telling)) >= rule.sizes[size]:
                best = max(best, Fraction(len(covered), len(telling)))
        if best:
            return f"{size}-grams", best
    shortest = min(rule.sizes)
    dull, best = dull_grams(wholes, templates, rule, shortest), Fraction(0)
    for each in found:
        boilerplate = len(spread((i for i, gram in grams(each, shortest) if gram in dull), shortest))
        boilerplate = max([boilerplate, *(len(begin) for begin in templates if each[: len(begin)] == begin)])
        if 2 * boilerplate <= len(each):
            best = max(best, rouge_l(words, each))
    if rule.rouge and words and best >= rule.rouge:
        return "ROUGE-L", best
    return ("the same words", Fraction(1)) if words in found else None


def measure(reason: str) -> tuple[str, Fraction]:
    """What a reason says."""
    if reason.startswith("ROUGE-L "):
        return "ROUGE-L", Fraction(reason.split()[1])
    if reason.startswith("the same words"):
        return "the same words", Fraction(1)
    share = reason.partition("(")[2].split()
    return reason.split(" cover ")[0], Fraction(int(share[0]), int(share[2]))


def same(told: str | None, right: tuple[str, Fraction] | None) -> bool:
    if told is None or right is None:
        return told is None and right is None
    name, score = measure(told)
    exact = float(right[1]) if name == "ROUGE-L" else right[1]
    return name == right[0] and (f"{exact:.2f}" == f"{float(score):.2f}" if name == "ROUGE-L" else score == exact)


WORDS = st.sampled_from(["a", "b", "c", "Straße", "日本", "ночь", "?", ""])
TEXTS = st.lists(WORDS, max_size=9).map(" ".join)
INSTRUCTIONS = st.one_of(TEXTS, st.sampled_from(["a b c", "b a c b a"]))
ITEMS = st.lists(st.builds(Item, st.just("row"), INSTRUCTIONS, st.one_of(st.just(""), TEXTS), st.just("")), max_size=8)
RULES = st.builds(
    Rule,
    sizes=st.sampled_from([{2: Fraction(1, 2), 3: ANY}, {3: Fraction(2, 3)}, {1: Fraction(3, 4)}, {4: ANY, 5: ANY}]),
    rouge=st.sampled_from([Fraction(7, 10), Fraction(1, 2), Fraction(1), None]),
    common=st.integers(1, 3),
    long=st.integers(1, 5),
)


@settings(max_examples=250, deadline=None)
@given(ITEMS, RULES, st.lists(TEXTS, max_size=5))
def test_a_text_is_contaminated_exactly_by_definition(items: list[Item], rule: Rule, texts: list[str]) -> None:
    evaluation = Evaluation(items, rule)
    assert [each.tokens for each in evaluation.texts] == evaluation_texts(items, rule)[0]
    asked = [*texts, *(joined(item.instruction, item.input) for item in items[:2])]
    found = evaluation.hits(asked)
    assert found == [evaluation.hit(text) for text in asked]
    for text, told in zip(asked, found, strict=True):
        assert same(told, by_definition(items, rule, text)), (text, told, by_definition(items, rule, text))


@settings(max_examples=15, deadline=None)
@given(ITEMS, RULES, st.lists(TEXTS, max_size=9))
def test_many_texts_at_once_are_told_what_each_alone_is(items: list[Item], rule: Rule, texts: list[str]) -> None:
    evaluation = Evaluation(items, rule)
    with patch.object(module, "MANY", 1), patch.object(module, "BLOCK", 4):
        together = evaluation.hits(texts)
    assert together == [evaluation.hit(text) for text in texts]


# Measures, one by one

LONG = "The ferry leaves the northern harbour at dawn and comes back after the market has closed for the day"


def rows(*texts: str) -> list[Item]:
    return [Item(f"task_{k}", text, "", "") for k, text in enumerate(texts)]


def test_half_of_the_tokens_in_8_grams_is_enough_and_one_token_less_is_not() -> None:
    words = LONG.split()[:16]
    only = Rule(sizes={8: Fraction(1, 2)}, rouge=None)
    evaluation = Evaluation(rows(" ".join(words)), only)
    said = evaluation.hit(" ".join(["Before that,", *words[4:12], "and nothing else"]))
    assert said == "8-grams cover 50 % (8 of 16 tokens) of evaluation row 'task_0'"
    assert Evaluation(rows(" ".join([*words, "indeed"])), only).hit(" ".join(words[4:12])) is None
    assert evaluation.hit(" ".join(words[4:11])) is None


def test_8_grams_in_two_places_add_up_without_counting_a_token_twice() -> None:
    words = LONG.split()
    evaluation = Evaluation(rows(" ".join(words)), Rule(sizes={8: ANY}, rouge=None))
    said = evaluation.hit(" ".join([*words[:9], "|", "x", *words[5:14]]))
    assert said == f"8-grams cover {100 * 14 // len(words)} % (14 of {len(words)} tokens) of evaluation row 'task_0'"


def test_13_words_in_a_row_are_enough_in_a_text_of_any_length_and_12_are_not() -> None:
    words = LONG.split()
    evaluation = Evaluation(rows(" ".join([*words, *map(str, range(100))])))
    assert "13-grams cover 10 % (13 of 119 tokens)" in str(evaluation.hit(" ".join(["x", *words[2:15], "y"])))
    assert evaluation.hit(" ".join(["x", *words[2:14], "y"])) is None


def test_short_prompts_have_no_8_gram_and_are_found_by_rouge() -> None:
    item = Item("t", "Rewrite the text and correct the spelling errors.", "It solves problems comon to every team.", "")
    evaluation = Evaluation([item])
    assert evaluation.hit("Rewrite this text and correct the spelling errors") == (
        "ROUGE-L 0.88 with the instruction of evaluation row 't'"
    )
    assert Evaluation([item], Rule(rouge=None)).hit("Rewrite this text and correct the spelling errors") is None


def test_the_threshold_is_reached_exactly() -> None:
    texts = [" ".join("abcdefghij"), " ".join("abcdefg"), " ".join("abcdefgxyz"), " ".join("abcdefgwxyz")]
    scores = [rouge_l(texts[0].split(), text.split()) for text in texts[1:]]
    assert scores == [Fraction(14, 17), Fraction(7, 10), Fraction(2, 3)]
    evaluation = Evaluation(rows(texts[0]))
    assert [evaluation.hit(text) is not None for text in texts[1:]] == [True, True, False]


def test_the_row_that_is_covered_most_is_named_and_of_equal_ones_the_first() -> None:
    words = LONG.split()
    sets = rows(" ".join([*words[:9], *"abcde"]), " ".join(words), " ".join([*words, "."]))
    assert "'task_1'" in str(Evaluation(sets).hit(" ".join([*words, "x"])))


def test_texts_in_any_script_are_compared_and_empty_ones_never_contaminated() -> None:
    evaluation = Evaluation(
        [
            Item("zh", "请把下面的句子翻译成法语，并解释每个词的意思。", "", ""),
            Item("ru", "Переведите следующее предложение на французский язык.", "", ""),
            Item("none", "", "", ""),
            Item("marks", "???", "  ", ""),
        ]
    )
    assert len(evaluation) == 3
    assert "'zh'" in str(evaluation.hit("请把下面的句子翻译成德语，并解释每个词的意思。"))
    assert "'ru'" in str(evaluation.hit("ПЕРЕВЕДИТЕ следующее предложение на немецкий язык!"))
    assert evaluation.hits(["", " \n", "\u200b", "请写一首关于月亮的诗。"]) == [None] * 4
    assert Evaluation([]).hits(["", "anything"]) == [None, None]


# Boilerplate

TEMPLATE = "Decide whether the review below is positive or negative, and answer with one of these two words alone."


def test_the_same_instruction_with_other_inputs_is_no_contamination() -> None:
    items = [
        Item("r0", TEMPLATE, "A warm, quick and funny film that my whole family enjoyed.", ""),
        Item("r1", TEMPLATE, "Two hours of noise.", ""),
    ]
    evaluation = Evaluation(items)
    assert evaluation.hit(TEMPLATE) is None
    assert evaluation.hit(joined(TEMPLATE, "The plot makes no sense at all.")) is None
    assert "'r1'" in str(evaluation.hit(joined(TEMPLATE, "Two hours of noise.")))
    assert "'r0'" in str(evaluation.hit("A warm, quick and funny film that my whole family enjoyed."))
    assert "'r0'" in str(Evaluation(items[:1]).hit(TEMPLATE))  # where it has one input it belongs to its row


def test_n_grams_of_many_rows_tell_none_of_them_apart() -> None:
    def prompt(k: int, tail: str) -> str:
        return f"{TEMPLATE} {tail} {k}"

    tails = ["Boats", "Carts", "Drums", "Eggs", "Ferns", "Goats", "Hills", "Ink", "Jars", "Keys", "Lamps"]
    few, many = (rows(*(prompt(k, tail) for k, tail in enumerate(tails[:count]))) for count in (10, 11))
    other = prompt(99, "Moons")
    assert "8-grams cover" in str(Evaluation(few).hit(other))
    assert Evaluation(many).hit(other) is None
    assert Evaluation(many).hit(prompt(3, "Eggs")) == "8-grams cover 100 % (9 of 9 tokens) of evaluation row 'task_3'"


def test_a_row_given_twice_is_one_row() -> None:
    items = rows(*[LONG] * 30)
    assert len(Evaluation(items)) == 1
    assert "'task_0'" in str(Evaluation(items).hit(LONG))


# Parts


def test_long_inputs_are_texts_by_themselves_and_outputs_when_asked_for() -> None:
    item = Item("t", "Summarise this.", LONG, "One " * 12 + "and the last word")
    assert "the input of evaluation row 't'" in str(Evaluation([item]).hit(LONG.replace("dawn", "noon")))
    assert Evaluation([item]).hit(item.output) is None
    assert "the output of" in str(Evaluation([item], Rule(outputs=True)).hit(item.output))


def test_a_task_is_contaminated_as_a_whole_or_by_its_instruction() -> None:
    evaluation = Evaluation([Item("t", "Name a river of the given country.", "Peru", "")])
    tasks = [("Name a river of the given country.", " ".join("pqrstuvw")), ("Name a river.", "Peru"), ("", "")]
    assert [bool(reason) for reason in evaluation.hits_in(tasks)] == [True, False, False]
    assert evaluation.hit(joined(*tasks[0])) is None


def test_hostile_names_are_cut_and_printable() -> None:
    said = Evaluation([Item("\x1b[31m" + "x" * 10_000, "Write a haiku about rain", "", "")]).hit(
        "write a haiku on rain"
    )
    assert said
    assert len(said) < 200
    assert said.isprintable()


@pytest.mark.parametrize("wrong", [{"sizes": {0: ANY}}, {"sizes": {8: Fraction(2)}}, {"rouge": ANY}, {"common": 0}])
def test_rules_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="got"):
        Rule(**wrong)  # type: ignore[arg-type]


# Files


def test_sets_are_read_from_files_and_named_by_their_number(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.json"
    one.write_text(json.dumps({"id": "x7", "instruction": "Name the planets in order", "input": "", "output": ""}))
    two.write_text(json.dumps([{"question": "Which animals sleep the whole winter?", "answer": "hedgehogs"}]))
    assert str(load([one]).hit("Name all planets in order")).endswith("with evaluation row 'x7'")
    assert str(load([one, two]).hit("Which animals sleep the winter?")).endswith("evaluation row 'row 0 of set 2'")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"instruction": " "}', "e.jsonl: no row has a word to compare with"),
        ('{"label": 3}', "no column says what its task is"),
    ],
)
def test_a_set_without_tasks_is_one_line(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(text)
    with pytest.raises(InputError, match=says) as error:
        load([tmp_path / "e.jsonl"])
    assert "\n" not in str(error.value)
