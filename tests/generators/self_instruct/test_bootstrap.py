"""Step 1: which examples are shown, how the list is asked for, and where its items end."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import bootstrap, tasks
from porism.generators.self_instruct.bootstrap import Candidate, Example
from porism.generators.self_instruct.settings import Compat, Settings

POOL = tasks.load()
HUMAN = {task.id for task in POOL.tasks}
MACHINE = [Example(f"m{n}", f"made by the machine, number {n}") for n in range(20)]
BASE, CHAT = Settings(style="completion"), Settings()


def texts(settings: Settings, text: str, shown: int = 8, finish: str = "stop") -> list[str]:
    return [one.instruction for one in bootstrap.parse(settings, ChatReply(text, finish), shown)]


@given(st.integers(0, 2**63 - 1), st.integers(0, 10_000), st.integers(0, 20))
def test_eight_examples_of_which_two_are_machine_made_once_there_are_any(seed: int, i: int, there: int) -> None:
    shown = bootstrap.examples(CHAT, POOL, MACHINE[:there], seed, i)
    own = [example for example in shown if example.id not in HUMAN]
    assert len({example.id for example in shown}) == len(shown) == 8
    assert len(own) == min(2, there)
    assert set(own) <= set(MACHINE[:there])
    assert shown == bootstrap.examples(CHAT, POOL, MACHINE[:there], seed, i)


def test_examples_are_shuffled_and_all_get_their_turn() -> None:
    places, ids = Counter[int](), Counter[str]()
    for i in range(300):
        for place, example in enumerate(bootstrap.examples(CHAT, POOL, MACHINE, 1, i)):
            ids[example.id] += 1
            places[place] += example.id not in HUMAN
    assert set(ids) == HUMAN | {example.id for example in MACHINE}
    assert len(places) == 8
    assert max(places.values()) < 2 * min(places.values())  # 75 each is expected


def test_classification_only() -> None:
    settings = Settings(only_classification=True, style="completion")
    shown = bootstrap.examples(settings, POOL, [], 1, 0)
    kinds = {task.id: task.is_classification for task in POOL.tasks}
    assert all(kinds[example.id] for example in shown)
    request = bootstrap.request(settings, shown, 1, 0)
    assert (request.prompt or "").startswith(bootstrap.LABELS_OPENING)
    chat = bootstrap.request(Settings(only_classification=True), shown, 1, 0)
    assert "new classification tasks" in chat.text


@pytest.mark.parametrize(("human", "machine"), [(6, 2), (3, 0), (1, 1), (100, 100)])
def test_the_list_goes_on_with_the_next_number(human: int, machine: int) -> None:
    settings = Settings(style="completion", human=human, machine=machine)
    shown = bootstrap.examples(settings, POOL, MACHINE, 1, 1)
    request = bootstrap.request(settings, shown, 1, 1)
    lines = (request.prompt or "").split("\n")
    n = len(shown)
    assert lines[0] == bootstrap.OPENING
    assert lines[1:-1] == [f"{k}. {example.instruction}" for k, example in enumerate(shown, 1)]
    assert lines[-1] == f"{n + 1}."
    assert request.stop == ("\n\n", f"\n{n + 8}.")
    assert request.schema is None
    assert not request.messages


def test_a_pool_smaller_than_what_is_shown(tmp_path: Path) -> None:
    row = {"id": "x", "instruction": "Only this one:", "instances": [{"input": "", "output": "o"}]}
    (tmp_path / "one.jsonl").write_text(json.dumps({**row, "is_classification": False}))
    pool = tasks.load(tmp_path / "one.jsonl")
    shown = bootstrap.examples(BASE, pool, [], 1, 0)
    assert len(shown) == 1
    prompt = bootstrap.request(BASE, shown, 1, 0).prompt
    assert prompt == f"{bootstrap.OPENING}\n1. Only this one\n2."
    assert texts(BASE, " a\n3. b", shown=1) == ["a", "b"]


def test_what_a_chat_model_is_asked() -> None:
    shown = [Example("a", "Say {tasks} in {braces}:"), Example("b", "Two\n lines")]
    request = bootstrap.request(Settings(new=4), shown, 1, 0)
    assert [message.role for message in request.messages] == ["system", "user"]
    assert "1. Say {tasks} in {braces}\n2. Two lines\n\nWrite 4 new tasks" in request.messages[1].content
    assert json.loads(request.schema or "")["properties"]["tasks"]["maxItems"] == 4
    assert request.stop == ()


WORDS = "what happened in 2016. 10. 3) 15.5 costs $16. number 9. (10) 11 words é 翻译 १२. v10.2"
ITEM = st.lists(st.sampled_from(WORDS.split(" ")), min_size=1, max_size=8).map(" ".join)


@given(st.lists(ITEM, min_size=1, max_size=7), st.sampled_from([". ", ".  ", " . ", ") ", ".\t"]))
def test_numbers_inside_an_item_do_not_split_it_and_those_of_the_list_do(items: list[str], mark: str) -> None:
    reply = " " + "".join(f"{item}\n{n}{mark}" for n, item in enumerate(items[:-1], 10)) + items[-1]
    assert texts(BASE, reply) == items


@pytest.mark.parametrize(
    ("reply", "items"),
    [
        (" a\nb\n10. c", ["a b", "c"]),  # an item of two lines
        (" a\n11. b\n10. c", ["a 11. b", "c"]),  # numbers out of order are text
        (" a\n 10. b\n\t11. c", ["a", "b", "c"]),
        (" a\n10. \n11. c", ["a", "", "c"]),  # an empty item is one: it will be rejected, not lost
        (" a\n10.b", ["a 10.b"]),
        (" Name it:\n10. Traduisez ceci :\n11. 翻译以下句子：", ["Name it", "Traduisez ceci", "翻译以下句子"]),
    ],
)
def test_items(reply: str, items: list[str]) -> None:
    assert texts(BASE, reply) == items


@given(st.lists(ITEM, min_size=1, max_size=9))
def test_a_list_in_json_is_read_as_it_is(items: list[str]) -> None:
    numbered = json.dumps({"tasks": [f"{n}. {item}" for n, item in enumerate(items, 9)]})
    assert texts(CHAT, numbered) == items
    fenced = "Here you are:\n```json\n" + json.dumps({"tasks": [f"x {item}" for item in items]}) + "\n```"
    assert texts(CHAT, fenced) == [f"x {item}" for item in items]


@pytest.mark.parametrize("settings", [BASE, CHAT])
def test_where_a_reply_was_cut(settings: Settings) -> None:
    reply = " a\n10. b\n11. c" if settings is BASE else '{"tasks": ["a", "b", "c'
    discard = settings.model_copy(update={"compat": Compat(truncated="discard")})
    assert bootstrap.parse(settings, ChatReply(reply, "length"), 8) == [
        Candidate("a", True), Candidate("b", True), Candidate("c", False),
    ]  # fmt: skip
    assert [one.complete for one in bootstrap.parse(discard, ChatReply(reply, "length"), 8)] == [False] * 3
    assert all(one.complete for one in bootstrap.parse(discard, ChatReply(reply), 8))


def test_text_that_utf8_cannot_hold_is_mended_where_it_comes_in() -> None:
    assert texts(CHAT, '{"tasks": ["a \\ud800 b"]}') == ["a ? b"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (ChatReply("[]"), "no JSON object with a member 'tasks'"), (ChatReply('{"tasks": []}'), "no task in the reply"),
        (ChatReply('{"tasks": null}'), "'tasks' is not a list but ''"), (ChatReply("  "), "empty reply"),
        (ChatReply('{"tasks": "a"}'), "'tasks' is not a list but 'a'"), (ChatReply(error="503"), "request failed: 503"),
    ],
)  # fmt: skip
def test_replies_that_cannot_be_used(reply: ChatReply, says: str) -> None:
    with pytest.raises(ReplyError, match=says):
        bootstrap.parse(CHAT, reply, 8)
