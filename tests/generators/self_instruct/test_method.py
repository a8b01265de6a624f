"""The four steps joined: the same rows in whatever order replies come and wherever a run is taken up again."""

import json
import time
from collections import Counter
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import CHECKS, LAYOUT, SelfInstruct
from porism.generators.self_instruct.settings import Compat, Settings
from porism.outputs.records import Record, content_id
from porism.outputs.rouge import Pool

POOL = tasks.load()
WORDS = [f"{a}{b}" for a in ("ba", "ke", "lo", "mi") for b in ("rt", "nd", "x")]
WINDOW, REQUESTS = 3, 24
Rows = list[tuple[int, list[Record]]]


def noise(request: ChatRequest) -> ChatReply:
    """A model that answers by a hash of the request: new tasks, near-copies, keywords, broken and cut replies."""
    draw = Random(request.key("noise"))
    cut = "length" if draw.random() < 0.15 else "stop"
    if draw.random() < 0.05:
        return ChatReply(draw.choice(["", "no JSON", '{"tasks": 3, "instances": []}']), cut)
    schema = request.schema or ""
    if '"is_classification"' in schema:
        return ChatReply(json.dumps({"is_classification": draw.random() < 0.4}))
    if '"tasks"' in schema:
        return ChatReply(json.dumps({"tasks": [sentence(draw) for _ in range(draw.randint(0, 5))]}), cut)
    output = "label" if '"label"' in schema else "output"
    inputs = draw.choices(["", *"abcdefghijkl"], k=draw.choice((0, 1, 2, 9)))
    pairs = [(input, draw.choices(["same", "other", ""], [16, 1, 1])[0]) for input in inputs]
    return ChatReply(json.dumps({"instances": [{"input": i, output: o} for i, o in pairs]}), cut)


def sentence(draw: Random) -> str:
    """Four to nine words; or a keyword, too few words, or four words of which there are few."""
    kind = draw.random()
    words = draw.choices(WORDS, k=draw.randint(3, 9)) if kind < 0.7 else [*WORDS[:3], draw.choice(WORDS)]
    return " ".join(["image", *words] if kind > 0.9 else words)


def run(answer: Any = noise, *, committed: list[Record] | None = None, start: int = 0, concurrency: int = 1) -> Rows:
    """The rows of requests ``start`` to the last."""
    method = SelfInstruct(Settings(window=WINDOW, words=(4, 9)), POOL, Scripted(answer), seed=4)
    stream = method.records(committed or (), start, concurrency=concurrency)
    rows = list(islice(stream, REQUESTS - start))
    stream.close()
    return rows


@lru_cache(maxsize=1)
def uninterrupted() -> Rows:
    return run()


def test_the_noise_reaches_most_checks() -> None:
    """Else the tests below show less than they say."""
    records = [record for _, rows in uninterrupted() for record in rows]
    rejected = Counter(record.failure.check for record in records if not record.accepted)
    assert sum(record.accepted for record in records) >= 20
    assert set(CHECKS) - set(rejected) <= {"empty", "program", "opening"}


@pytest.mark.parametrize("concurrency", [1, 2, 8])
def test_replies_may_come_in_any_order(concurrency: int) -> None:
    latencies = Random(concurrency)

    def late(request: ChatRequest) -> ChatReply:
        time.sleep(latencies.random() * 0.004)
        return noise(request)

    assert run(late, concurrency=concurrency) == uninterrupted()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, REQUESTS), st.integers(1, 4), st.booleans())
def test_a_run_goes_on_from_what_is_committed(k: int, concurrency: int, from_disk: bool) -> None:
    whole = uninterrupted()
    committed = [record for _, rows in whole[:k] for record in rows]
    if from_disk:
        committed = LAYOUT.records(LAYOUT.table(committed).to_pylist())
    assert run(committed=committed, start=k, concurrency=concurrency) == whole[k:]


def test_places_number_requests_candidates_and_instances_without_a_gap() -> None:
    for i, rows in uninterrupted():
        places = [record.origin.place for record in rows]
        assert places == sorted(set(places))
        assert {place[0] for place in places} == {i}
        candidates = [place[1] for place in places]
        assert sorted(set(candidates)) == list(range(len(set(candidates))))
        for candidate in set(candidates):
            assert [p[2] for p in places if p[1] == candidate] == list(range(candidates.count(candidate)))


def test_a_request_shows_what_was_accepted_a_window_before_it_and_nothing_later() -> None:
    """Six seed tasks and two of the machine's as soon as there are two."""
    made: dict[str, int] = {}
    for i, rows in uninterrupted():
        for record in rows:
            if any(verdict.check == "novelty" and verdict.ok for verdict in record.verdicts):
                made[content_id({"instruction": record.content["instruction"]})] = i
    human, newest = {task.id for task in POOL.tasks}, Counter[int]()
    for i, rows in uninterrupted():
        [parents] = {record.origin.parents for record in rows}
        machine = [made[parent] for parent in parents if parent not in human]
        usable = sum(request <= i - WINDOW for request in made.values())
        assert len(parents) == len(set(parents)) == 8
        assert len(machine) == min(2, usable)
        assert all(request <= i - WINDOW for request in machine)
        newest.update(i - request for request in machine)
    assert newest[WINDOW] > 0  # and what is exactly that old may be shown


def test_every_accepted_instruction_is_new() -> None:
    """By the pool as it stood when it came: seeds and all accepted before it, whether or not its rows passed."""
    pool = Pool()
    for task in POOL.tasks:
        pool.add(task.instruction)
    last: tuple[int, ...] = ()
    for record in (record for _, rows in uninterrupted() for record in rows):
        novelty = [verdict for verdict in record.verdicts if verdict.check == "novelty"]
        if not novelty or record.origin.place[:2] == last:
            continue
        last, text = record.origin.place[:2], record.content["instruction"]
        neighbours, mean, near = pool.nearest(text)
        assert novelty[0].ok == (near is None)
        similar = [{"instruction": one.text, "rouge_l": one.score} for one in neighbours]
        assert (record.notes["most_similar"], record.notes["mean_similarity"]) == (similar, mean)
        if near is None:
            pool.add(text)


def test_verdicts_are_in_the_order_of_the_checks_and_rejected_rows_keep_what_they_were_read_from() -> None:
    said: set[str] = set()

    def heard(request: ChatRequest) -> ChatReply:
        reply = noise(request)
        said.add(reply.text)
        return reply

    for _, rows in run(heard):
        for record in rows:
            names = tuple(verdict.check for verdict in record.verdicts)
            if record.accepted:
                assert names == CHECKS
                assert record.raw is None
            else:
                assert names == (("reply",) if names == ("reply",) else CHECKS[: len(names)])
                assert [verdict.ok for verdict in record.verdicts] == [True] * (len(names) - 1) + [False]
                assert record.raw in said


# What one reply says


def model(proposed: list[str] | str, found: Any = (), *, finish: str = "stop", label: bool = False) -> Scripted:
    """A chat model that proposes these tasks in every reply, and gives each these instances."""

    def answer(request: ChatRequest) -> ChatReply:
        schema = request.schema or ""
        if '"tasks"' in schema:
            return ChatReply(proposed if isinstance(proposed, str) else json.dumps({"tasks": proposed}))
        if '"is_classification"' in schema:
            return ChatReply(json.dumps({"is_classification": label}))
        return ChatReply(found if isinstance(found, str) else json.dumps({"instances": list(found)}), finish)

    return Scripted(answer)


def first(chat: Scripted, **more: Any) -> list[Record]:
    stream = SelfInstruct(Settings(**more), POOL, chat, seed=0).records(concurrency=1)
    rows = next(stream)[1]
    stream.close()
    return rows


def outcome(rows: list[Record]) -> list[str]:
    return ["accepted" if record.accepted else record.failure.check for record in rows]


GOOD = "Name three rivers that cross a desert."
PAIR = {"input": "a", "output": "b"}


@pytest.mark.parametrize(
    ("found", "finish", "expected"),
    [
        ([PAIR, {"input": "a", "output": ""}], "stop", ["accepted", "instance"]),  # broken, not contradictory
        ([PAIR, {"input": "a", "output": "other"}], "length", ["accepted", "whole"]),  # cut, not contradictory
        ([PAIR, {"input": "a", "output": "c"}, {"input": "d", "output": "e"}], "stop", ["contradiction"] * 3),
        ([PAIR, {"input": "", "output": "c"}, {"input": "", "output": "e"}], "stop", ["accepted"] * 3),
        ([{"input": str(n), "output": f"<{n}>"} for n in range(7)], "stop", ["accepted"] * 5 + ["limit"] * 2),
        ([PAIR, PAIR, *({"input": str(n), "output": f"<{n}>"} for n in range(5))], "stop",
         ["accepted", "repeat", *["accepted"] * 4, "limit"]),  # what was rejected does not count
        ('{"instances": [{"input": "a", "output": "b"}, {"input": "c", "out', "length", ["accepted", "whole"]),
        ("{", "length", ["instances"]),
    ],
)  # fmt: skip
def test_instances(found: Any, finish: str, expected: list[str]) -> None:
    assert outcome(first(model([GOOD], found, finish=finish))) == expected


def test_a_repeated_row_keeps_the_reply_it_was_read_from() -> None:
    """The reference's tokeniser lets the same text through; its pairs of prompt and completion are still told."""
    reply = json.dumps({"instances": [{"input": "", "output": "一"}]})
    compat = Compat(tokeniser="rouge_score")
    rows = first(model(["为一家新开的茶馆写三个名字"] * 20, reply), compat=compat, words=(1, 150))
    repeats = [record for record in rows if not record.accepted]
    assert {record.failure.reason for record in repeats} == {"same prompt and completion as an earlier row"}
    assert {record.raw for record in repeats} == {reply}
    assert all(record.raw is None for record in rows if record.accepted)
    pairs = [(r.notes["prompt"], r.notes["completion"]) for r in rows if r.accepted]
    assert len(set(pairs)) == len(pairs)


def test_a_run_taken_up_again_knows_the_rows_it_made() -> None:
    """The same text in every request, which only the pairs of prompt and completion tell, in six formats."""
    reply = json.dumps({"instances": [{"input": "", "output": "一"}]})
    settings = Settings(compat=Compat(tokeniser="rouge_score"), words=(1, 150), window=1)

    def rows(committed: list[Record], start: int) -> list[Record]:
        method = SelfInstruct(settings, POOL, model(["为一家新开的茶馆写三个名字"], reply), seed=0)
        stream = method.records(committed, start, concurrency=1)
        found = [record for _, batch in islice(stream, 20 - start) for record in batch]
        stream.close()
        return found

    whole = rows([], 0)
    assert 2 <= sum(record.accepted for record in whole) <= 6
    for k in (5, 10, 19):
        assert rows(whole[:k], k) == whole[k:]


def test_known_instructions_count_as_taken_and_are_never_shown() -> None:
    chat = model([GOOD], [PAIR])
    stream = SelfInstruct(Settings(window=1), POOL, chat, 0, [f"{GOOD[:-1]}!"]).records(concurrency=1)
    rows = [record for _, batch in islice(stream, 3) for record in batch]
    stream.close()
    assert outcome(rows) == ["novelty"] * 3
    assert not any(GOOD[:-1] in request.text for request in chat.requests)


def test_only_classification_asks_nothing_of_the_kind_and_writes_labels_first() -> None:
    chat = model([GOOD], [{"label": "yes", "input": "a"}])
    [record] = first(chat, only_classification=True)
    assert (record.content["input"], record.content["output"]) == ("a", "yes")
    assert record.notes["is_classification"] is True


@pytest.mark.parametrize("label", [True, False])
def test_the_kind_of_a_task_decides_what_comes_first(label: bool) -> None:
    found = [{"label": "spam", "input": "win"}] if label else [{"input": "win", "output": "spam"}]
    chat = model([GOOD], found, label=label)
    [record] = first(chat)
    assert record.accepted
    assert (record.content["input"], record.content["output"]) == ("win", "spam")
    assert ('"label"' in (chat.requests[-1].schema or "")) == label


@pytest.mark.parametrize(
    "text",
    [
        "Überlege, welcher Fluss die Stadt Köln teilt.", "Напиши письмо старому другу на юге",
        "为一家新开的茶馆写三个名字", "新しい喫茶店の名前を三つ考えてください。",
        "ตั้งชื่อร้านกาแฟใหม่สามชื่อ", "एक नई दुकान के लिए तीन नाम लिखो",
        "اكتب ثلاثة أسماء لمتجر جديد", "כתוב שלושה שמות לחנות חדשה", "«Größe» kann vieles heißen: erkläre drei Fälle",
    ],
)  # fmt: skip
def test_a_task_in_any_script_is_taken_once(text: str) -> None:
    near = text.replace(".", "!").replace("。", "！").upper()
    rows = first(model([text, near], [{"input": "", "output": "é翻"}]))
    assert outcome(rows) == ["accepted", "novelty"]
    assert rows[0].content == {"instruction": text, "input": "", "output": "é翻"}
    assert rows[1].failure.reason == f"ROUGE-L 1.00 to {text!r}"


def test_nothing_that_a_model_writes_is_evaluated(tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    evil = f"__import__('pathlib').Path({str(bait)!r}).touch()"
    texts = [evil, f"{{{{{evil}}}}} {{0.__class__}} %s do it now", f"!!python/object/apply:os.system ['touch {bait}']"]
    replies = [json.dumps({"tasks": [f"Say {text} aloud" for text in texts]}), f"{{'tasks': [{evil}]}}", evil]
    for reply in replies:
        for found in ([{"input": texts[0], "output": texts[1]}], f"{{'instances': [{evil}]}}", evil):
            first(model(reply, found))
            first(model(reply, found, label=True))
    assert not bait.exists()
    rows = first(model(replies[0], [{"input": texts[0], "output": texts[1]}]))
    assert rows[1].content["instruction"] == f"Say {texts[1]} aloud"  # braces are text
    assert rows[1].notes["completion"].lstrip() == texts[1]


def test_text_that_utf8_cannot_hold_is_data() -> None:
    found = '{"instances": [{"input": "\\udfff", "output": "b\\ud800"}]}'
    rows = first(model('{"tasks": ["Say \\ud800 to three old friends"]}', found))
    assert outcome(rows) == ["accepted"]
    assert rows[0].content == {"instruction": "Say ? to three old friends", "input": "?", "output": "b?"}
    assert LAYOUT.records(LAYOUT.table(rows).to_pylist()) == rows


def test_expectation_falls_as_requests_fail() -> None:
    method = SelfInstruct(Settings(), POOL, Scripted(lambda _: ChatReply(error="500")), seed=0)
    before = method.expected(4)
    stream = method.records(concurrency=1)
    list(islice(stream, 10))
    stream.close()
    assert before > 0
    assert 0 < method.expected(4) < before / 5
    assert method.expected(0) == 0
