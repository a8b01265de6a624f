"""Alpaca: a list of tasks in, a row for each item out; every fault of the released data is mended, with its switch."""

import json
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from servers import TEXT, draw, spoiled, text_for

from porism.generators.alpaca import CHECKS, LAYOUT, METHOD, REFERENCE, Alpaca, Compat, Settings, listing
from porism.generators.alpaca.listing import PARTS, leak, shares, without_marker
from porism.generators.chat import ChatModel, ChatReply, ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.outputs.records import Record
from porism.outputs.rouge import Pool

POOL = tasks.load()
BASE, CHAT = Settings(style="completion", window=4), Settings(window=4)
REQUESTS = 16
Rows = list[tuple[int, list[Record]]]
RIVERS = ("Name three rivers that cross a desert.", "", "Nile, Orange, Colorado")
SQL = (
    "Explain what SQL is to NASA engineers",
    "Costs $20. Or so.",
    "SQL asks a database.\n### Note\nIt costs $20. Often.",
)


def run(
    model: ChatModel, how: Settings = CHAT, *, committed: Any = (), start: int = 0, concurrency: int = 1, **more: Any
) -> Rows:
    """The rows of requests ``start`` to the last."""
    requests = more.pop("requests", REQUESTS)
    stream = Alpaca(Given(how, model, 4, POOL, **more)).records(committed, start, concurrency=concurrency)
    rows = list(islice(stream, requests - start))
    stream.close()
    return rows


def first(reply: str | ChatReply, how: Settings = CHAT, **more: Any) -> list[Record]:
    """The rows of a request that gets this reply, ended where a stop string of the request ends it."""

    def answer(request: ChatRequest) -> ChatReply:
        given = reply if isinstance(reply, ChatReply) else ChatReply(reply)
        ends = [place for stop in request.stop if (place := given.text.find(stop)) >= 0]
        return ChatReply(given.text[: min(ends, default=len(given.text))], given.finish, 700, 1201)

    return run(Scripted(answer), how, requests=1, **more)[0][1]


def listed(*items: tuple[str, str, str], first: int = 4, mark: str = "###\n") -> str:
    """A list as a base model goes on with it."""
    parts = [
        f"{n}. Instruction: {text}\n{n}. Input:\n{input or '<noinput>'}\n{n}. Output:\n{output}\n"
        for n, (text, input, output) in enumerate(items, first)
    ]
    return mark.join(parts).removeprefix(f"{first}. Instruction:")


def objects(*items: tuple[str, str, str]) -> str:
    return json.dumps({"tasks": [dict(zip(("instruction", "input", "output"), item, strict=True)) for item in items]})


def outcome(rows: list[Record]) -> list[str]:
    return ["accepted" if record.accepted else record.failure.check for record in rows]


def said(rows: list[Record]) -> list[tuple[str, ...]]:
    return [tuple(record.content[name.lower()] for name in PARTS) for record in rows]


def compat(**switches: Any) -> Settings:
    return BASE.model_copy(update={"compat": Compat(**switches)})


# What is asked


def test_the_constants_of_the_paper() -> None:
    """Three seed tasks shown of a list of twenty; temperature 1, top_p 1, 3072 tokens; 4 to 150 words; ROUGE-L 0.7."""
    found = Settings()
    assert (found.human, found.listed, found.words, found.threshold) == (3, 20, (4, 150), "7/10")
    assert found.sampling.model_dump() == {
        "max_tokens": 3072, "temperature": 1.0, "top_p": 1.0, "presence_penalty": 0.0,
    }  # fmt: skip
    assert len(found.keywords) == 18
    assert {"image", "go to", "video", "audio", "music", "flowchart", "diagram"} < set(found.keywords)


def test_what_a_base_model_is_asked() -> None:
    model = Scripted(lambda _: listed(RIVERS))
    [(_, [row])] = run(model, BASE, requests=1)
    prompt = model.requests[0].prompt or ""
    shown = [task for task in POOL.tasks if task.id in row.origin.parents]
    assert len(shown) == 3
    assert prompt.count("###\n") == 4
    assert prompt.endswith("\n###\n4. Instruction:")
    for n, id in enumerate(row.origin.parents, 1):
        task = next(task for task in shown if task.id == id)
        assert f"###\n{n}. Instruction: {task.instruction.rstrip(':')}\n{n}. Input:\n" in prompt
        assert f"\n{n}. Output:\n{task.instances[0].output}\n###\n" in prompt
    assert model.requests[0].stop == ("\n21. Instruction:",)
    assert model.requests[0].max_tokens == 3072


def test_what_a_chat_model_is_asked() -> None:
    model = Scripted(lambda _: objects(RIVERS))
    run(model, CHAT, requests=1)
    request = model.requests[0]
    assert json.loads(request.schema or "")["properties"]["tasks"]["maxItems"] == 17
    assert "a set of 17 varied tasks" in request.text
    assert request.stop == ()


def test_requirements_are_numbered_one_after_the_other() -> None:
    """The released prompt has 1, 2, 3, 2, 3, 4, 5, 6, 7."""
    model = Scripted(lambda _: objects(RIVERS))
    run(model, CHAT, requests=1)
    lines = model.requests[0].text.split("Requirements:\n")[1].split("\n\n")[0].split("\n")
    assert [line.split(". ")[0] for line in lines] == [str(n) for n in range(1, 10)]


def test_only_seed_tasks_are_shown_and_each_request_is_another_sample() -> None:
    model = Scripted(lambda _: objects(RIVERS))
    rows = run(model, CHAT)
    assert {id for _, records in rows for id in records[0].origin.parents} <= {task.id for task in POOL.tasks}
    assert len({records[0].origin.parents for _, records in rows}) == len({r.seed for r in model.requests}) == REQUESTS


def test_a_list_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="a list of 3 tasks of which 3 are shown; listed must be above human"):
        Settings(listed=3)


# What is read

WORDS = ("a", "70.", "8)", "###", "$20.", "Input:", "Output:", "of 5. Instruction:", "é", "翻", "\n", "#")
PIECE = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.tuples(PIECE, PIECE, PIECE), min_size=1, max_size=5), st.sampled_from(["###\n", "", "### ", "#\n"]))
def test_a_list_is_read_as_it_was_written(items: list[tuple[str, str, str]], mark: str) -> None:
    """Whatever stands in an item but its own heads at a line's beginning, and whether or not a ``###`` is forgotten."""
    items = [(a, b or "x", c.rstrip(" \n#")) for a, b, c in items]
    found = listing.listed_in(ChatReply(listed(*items, mark=mark)), 4)
    assert [(item.instruction, item.input, item.output) for item in found] == items
    assert all(item.lacks is None and item.complete for item in found)


@settings(deadline=None)
@given(st.lists(st.tuples(PIECE, PIECE, PIECE), min_size=1, max_size=5))
def test_objects_are_read_as_they_are(items: list[tuple[str, str, str]]) -> None:
    found = listing.objects_in(ChatReply(objects(*items)))
    assert [(item.instruction, item.input, item.output) for item in found] == items


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for how in (BASE, CHAT, compat(hashes=True)):
        rows = first(text, how)
        assert rows
        assert [row.origin.place for row in rows] == [(0, k) for k in range(len(rows))]
        assert sum(row.notes["output_tokens"] for row in rows) == 1201


@settings(deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 5000), min_size=1, max_size=40))
def test_shares_add_up_and_are_within_one_of_their_due(total: int, weights: list[int]) -> None:
    found = shares(total, weights)
    assert sum(found) == total
    assert all(abs(part * sum(weights) - total * w) < sum(weights) for part, w in zip(found, weights, strict=True))


@pytest.mark.parametrize("how", [BASE, CHAT])
def test_a_reply_becomes_rows(how: Settings) -> None:
    rows = first(objects(RIVERS, SQL, RIVERS) if how is CHAT else listed(RIVERS, SQL, RIVERS), how)
    assert outcome(rows) == ["accepted", "accepted", "novelty"]
    assert said(rows) == [RIVERS, SQL, RIVERS]
    one, two, three = rows
    assert one.notes["messages"] == [
        {"role": "user", "content": RIVERS[0]}, {"role": "assistant", "content": RIVERS[2]},
    ]  # fmt: skip
    assert two.notes["messages"][0]["content"] == f"{SQL[0]}\n\n{SQL[1]}"
    assert [record.origin.place for record in rows] == [(0, 0), (0, 1), (0, 2)]
    assert tuple(verdict.check for verdict in one.verdicts) == CHECKS
    assert one.raw is None
    assert three.raw is not None
    assert three.raw.count("Nile") == 2
    assert three.failure.reason == f"ROUGE-L 1.00 to {RIVERS[0]!r}"
    assert len(one.notes["most_similar"]) == 10
    assert LAYOUT.records(LAYOUT.table(rows).to_pylist()) == rows
    for row in rows[:2]:
        assert not [reason for _, reason in METHOD.again(LAYOUT.row(row), how) if reason]


@pytest.mark.parametrize(
    ("reply", "how"),
    [
        ("\n4. Instruction:" * 5000, BASE), ("###" * 30_000, compat(hashes=True)),
        (json.dumps({"tasks": [1] * 9000}), CHAT),
    ],
)  # fmt: skip
def test_a_list_without_end_is_a_hundred_rows_and_one(reply: str, how: Settings) -> None:
    rows = first(reply, how)
    assert len(rows) == 101
    assert rows[-1].failure.check == "parts"
    assert rows[-1].failure.reason.endswith("items more than the 100 that are read of a reply")
    assert sum(row.notes["output_tokens"] for row in rows) == 1201


@pytest.mark.parametrize("how", [BASE, CHAT])
def test_a_row_is_charged_by_its_length_and_the_prompt_evenly(how: Settings) -> None:
    long = ("Explain what SQL is to engineers", "", "SQL asks. " * 90)
    one, two = first(objects(RIVERS, long) if how is CHAT else listed(RIVERS, long), how)
    assert (one.notes["input_tokens"], two.notes["input_tokens"]) == (350, 350)
    sizes = [sum(map(len, item)) for item in (RIVERS, long)]
    assert one.notes["output_tokens"] / 1201 == pytest.approx(sizes[0] / sum(sizes), abs=0.05)
    assert one.notes["output_tokens"] + two.notes["output_tokens"] == 1201


# Checks

GOOD = RIVERS[1:]
CASES: dict[str, tuple[str | ChatReply, tuple[str, str]]] = {
    "failed request": (ChatReply(error="500: broken"), ("reply", "empty reply (finish reason: stop)")),
    "prose": ("Sorry, no.", ("reply", "no JSON object with a member 'tasks' in the reply")),
    "no list": ('{"tasks": 7}', ("reply", "'tasks' is not a list but '7'")),
    "no task": ('{"tasks": []}', ("reply", "no task in the reply")),
    "cut": (ChatReply(objects(RIVERS), "length"), ("complete", "the reply was cut in it")),
    "text": ('{"tasks": ["Say hello"]}', ("parts", "not an object with instruction, input and output")),
    "no output": ('{"tasks": [{"instruction": "Say hello to her"}]}', ("parts", "no member 'output'")),
    "empty": (objects(("", *GOOD)), ("empty", "empty instruction")),
    "short": (objects(("Name three rivers.", *GOOD)), ("length", "3 words; 4 to 150 are wanted")),
    "keyword": (objects(("Describe the video of it", *GOOD)), ("keywords", "speaks of 'video'")),
    "keyword in the input": (
        objects(("Say what you can see", "the Diagram above", "A box.")), ("keywords", "its input speaks of 'Diagram'"),
    ),
    "program": (objects(("Write a program that sorts", *GOOD)), ("program", "begins with 'Write a program'")),
    "opening": (objects(("- name three rivers now", *GOOD)), ("opening", "begins with '-'")),
    "no answer": (objects((RIVERS[0], "", "")), ("instance", "empty output")),
    "said to be none": (
        objects((RIVERS[0], "", "<nooutput>")), ("instance", "the output says that there is none: '<nooutput>'"),
    ),
    "same": (objects((RIVERS[0], "owl", "owl")), ("instance", "output equals input")),
    "leak": (
        objects((RIVERS[0], "", "Nile. 9. Instruction: Name")),
        ("leak", "the output holds the head of another task: '9. Instruction:'"),
    ),
    "leak into the input": (
        objects((RIVERS[0], "x 5. Output: y", "Nile")),
        ("leak", "the input holds the head of another task: '5. Output:'"),
    ),
    "seed": (
        objects((POOL.tasks[3].instruction, *GOOD)), ("novelty", f"ROUGE-L 1.00 to {POOL.tasks[3].instruction!r}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rejection(name: str) -> None:
    reply, expected = CASES[name]
    [row] = first(reply)
    assert (row.failure.check, row.failure.reason) == expected
    assert row.raw == (reply.text if isinstance(reply, ChatReply) else reply)


def test_every_check_is_tested() -> None:
    assert {check for _, (check, _) in CASES.values()} | {"repeat"} == set(CHECKS)


def test_a_failed_request_is_a_row() -> None:
    [(_, [row])] = run(Scripted(lambda _: ChatReply(error="500: broken")), requests=1)
    assert (row.failure.check, row.failure.reason) == ("reply", "request failed: 500: broken")


def test_a_part_that_a_list_lacks() -> None:
    lost = " Name three rivers\n4. Input:\nx\n###\n5. Instruction: Name three other rivers\n5. Output:\ny"
    assert [row.failure.reason for row in first(lost, BASE)] == [
        "no part 'Output:' with its number", "no part 'Input:' with its number",
    ]  # fmt: skip
    twice = f"{listed(RIVERS)}4. Output:\nMore rivers"
    assert [row.failure.reason for row in first(twice, BASE)] == ["its parts are Instruction, Input, Output, Output"]


def test_the_same_row_again_is_a_repeat() -> None:
    """The reference's tokeniser lets the same Chinese instruction through again; its rows are still told."""
    row = ("为一家新开的茶馆写三个名字", "", "一二三")
    rows = first(objects(row, row), Settings(words=(1, 150), compat=Compat(tokeniser="rouge_score")))
    assert outcome(rows) == ["accepted", "repeat"]
    assert rows[1].failure.reason == "the same as an earlier row"


# Faults of the released data, each mended, each with its switch


def test_a_price_in_an_output_ends_no_reply() -> None:
    text = listed(RIVERS, SQL)
    assert said(first(text, BASE)) == [RIVERS, SQL]
    rows = first(text, compat(stops=True))
    assert said(rows) == [RIVERS, ("Explain what SQL is to NASA engineers", "Costs $", "")]
    assert outcome(rows) == ["accepted", "parts"]
    end = Scripted(lambda _: listed(RIVERS))
    run(end, compat(stops=True), requests=1)
    assert end.requests[0].stop == ("\n20", "20.")


def test_a_forgotten_mark_leaks_no_task_into_an_output() -> None:
    """37 of the 52,002 released rows hold the next one, the very last row among them."""
    text = listed(RIVERS, (*SQL[:2], "It asks."), mark="")
    assert said(first(text, BASE)) == [
        RIVERS,
        ("Explain what SQL is to NASA engineers", "Costs $20. Or so.", "It asks."),
    ]
    [leaked] = first(text, compat(hashes=True))
    assert (leaked.failure.check, leaked.raw) == ("leak", text.rstrip("\n") + "\n")
    [row] = first(text, compat(hashes=True, leaks=True))
    assert row.accepted
    assert "5. Instruction: Explain what SQL is" in row.content["output"]


def test_a_heading_in_an_output_drops_nothing() -> None:
    text = listed(SQL, RIVERS)
    assert outcome(first(text, BASE)) == ["accepted", "accepted"]
    rows = first(text, compat(hashes=True))
    assert outcome(rows) == ["accepted", "parts", "parts"]  # the output breaks off, and all numbers are off by one
    assert rows[0].content["output"] == "SQL asks a database."


NO_INPUT = ["<noinput>", "<No Input>", "No input", "no input.", "N/A", "None", "(none)", "No input required.", "n.a."]


@pytest.mark.parametrize("marker", NO_INPUT)
def test_a_word_for_no_input_is_no_input(marker: str) -> None:
    """593 of the released rows have one as their input."""
    [row] = first(listed((RIVERS[0], marker, RIVERS[2])), BASE)
    assert row.content["input"] == ""
    [row] = first(listed((RIVERS[0], marker, RIVERS[2])), compat(markers=True))
    assert row.content["input"] == ("" if marker == "<noinput>" else marker)


@settings(deadline=None)
@given(st.text(alphabet="noinput requiredNA/.<>-", max_size=20))
def test_an_input_is_what_it_was_or_nothing(text: str) -> None:
    assert without_marker(text) in ("", text)


def test_outputs_that_are_none_and_inputs_said_again() -> None:
    text = listed(
        (RIVERS[0], "", ""), ("Repeat this word just once", "owl", "owl"), ("Say what is missing here", "", "N/A")
    )
    assert outcome(first(text, BASE)) == ["instance"] * 3
    assert outcome(first(text, compat(outputs=True))) == ["accepted"] * 3


def test_keywords_in_the_input() -> None:
    """393 of the released rows have one."""
    text = listed(("Say what you can see", "the attached picture", "A box."))
    assert outcome(first(text, BASE)) == ["keywords"]
    assert outcome(first(text, compat(inputs=True))) == ["accepted"]


def test_capitals_are_kept() -> None:
    assert first(listed(SQL), BASE)[0].content["instruction"] == "Explain what SQL is to NASA engineers"
    [row] = first(listed(SQL), compat(capitalize=True))
    assert row.content["instruction"] == "Explain what sql is to nasa engineers"


@pytest.mark.parametrize(("boundary", "expected"), [("drop", "novelty"), ("keep", "accepted"), ("float", "accepted")])
def test_exactly_seven_tenths(boundary: str, expected: str) -> None:
    one, two = ([*"abcdefg", *(f"{name}{n}" for n in range(3))] for name in "xy")
    rows = first(listed((" ".join(one), *GOOD), (" ".join(two), *GOOD)), compat(boundary=boundary))
    assert outcome(rows) == ["accepted", expected]


@pytest.mark.parametrize("how", [BASE, CHAT])
def test_a_cut_reply_loses_its_last_item_alone(how: Settings) -> None:
    whole = objects(RIVERS, SQL) if how is CHAT else listed(RIVERS, SQL)
    cut = ChatReply(whole[: whole.index("asks a data")], "length")
    assert outcome(first(cut, how)) == ["accepted", "complete"]
    discard = how.model_copy(update={"compat": Compat(truncated="discard")})
    assert outcome(first(cut, discard)) == ["complete", "complete"]


@pytest.mark.parametrize("item", [7, None, "text", [], {"instruction": 3}, {"output": "x"}, {"input": {}}])
def test_an_odd_item_drops_itself_alone(item: Any) -> None:
    reply = json.dumps({"tasks": [item, dict(zip(("instruction", "output"), RIVERS[::2], strict=True)), item]})
    assert outcome(first(reply)) == ["parts", "accepted", "parts"]


def test_all_switches_at_once() -> None:
    text = listed(RIVERS, ("Say what you can see", "No input", ""), ("Écris trois mots ici", "", "a b c"))
    rows = first(text, BASE.model_copy(update={"compat": REFERENCE}))
    assert outcome(rows) == ["accepted", "accepted", "opening"]
    assert rows[1].content["input"] == "No input"


@pytest.mark.parametrize("text", ["Step 3. Instructions: none", "v10.2. Input: x", "1234. Output: x", "3) Output: x"])
def test_what_is_no_leak(text: str) -> None:
    assert leak(text) is None


# The stream


def body_of(request: ChatRequest) -> dict[str, Any]:
    """What an endpoint would send."""
    body = {name: value for name, value in asdict(request).items() if value not in (None, ())}
    return {**body, "response_format": request.schema}


def noise(request: ChatRequest, rate: float = 0.0, faults: tuple[str, ...] = TEXT) -> ChatReply:
    body = body_of(request)
    chance = draw("noise", json.dumps(body, sort_keys=True))
    fault = chance.choice(faults) if chance.random() < rate else ""
    text, finish = spoiled(text_for(body), fault)
    return ChatReply(text, finish, chance.randrange(2000), chance.randrange(3000))


@lru_cache
def uninterrupted(style: str = "completion") -> Rows:
    return run(Scripted(lambda request: noise(request, 0.2)), BASE if style == "completion" else CHAT)


@pytest.mark.parametrize("style", ["completion", "chat"])
def test_the_noise_reaches_most_checks(style: str) -> None:
    """Else the tests below show less than they say."""
    records = [record for _, rows in uninterrupted(style) for record in rows]
    assert sum(record.accepted for record in records) >= 40
    rejected = Counter(record.failure.check for record in records if not record.accepted)
    assert len(rejected) >= 6, rejected


@pytest.mark.parametrize("concurrency", [3, 8])
@pytest.mark.parametrize("style", ["completion", "chat"])
def test_replies_may_come_in_any_order(concurrency: int, style: str) -> None:
    model = Scripted(lambda request: noise(request, 0.2))
    assert run(model, BASE if style == "completion" else CHAT, concurrency=concurrency) == uninterrupted(style)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, REQUESTS), st.integers(1, 4), st.booleans())
def test_a_run_goes_on_from_what_is_committed(k: int, concurrency: int, from_disk: bool) -> None:
    whole = uninterrupted()
    committed = [record for _, rows in whole[:k] for record in rows]
    if from_disk:
        committed = LAYOUT.records(LAYOUT.table(committed).to_pylist())
    model = Scripted(lambda request: noise(request, 0.2))
    assert run(model, BASE, committed=committed, start=k, concurrency=concurrency) == whole[k:]


def test_every_accepted_instruction_is_new() -> None:
    """By brute force: a pool of seeds and all accepted before, asked anew."""
    pool = Pool()
    for task in POOL.tasks:
        pool.add(task.instruction)
    judged = 0
    for record in (record for _, rows in uninterrupted() for record in rows):
        if novelty := [verdict for verdict in record.verdicts if verdict.check == "novelty"]:
            judged += 1
            near = pool.nearest(record.content["instruction"])[2]
            assert novelty[0].ok == (near is None)
            if near is None:
                pool.add(record.content["instruction"])
    assert judged > 40


@pytest.mark.parametrize("fault", TEXT)
@pytest.mark.parametrize("style", ["completion", "chat"])
def test_with_every_fault_rows_add_up(fault: str, style: str) -> None:
    """One row an item at places without a gap, and the tokens of a request are those of its rows, to the last."""
    spent: dict[int, list[int]] = {}

    def answer(request: ChatRequest) -> ChatReply:
        reply = noise(request, 0.5, (fault,))
        spent[len(spent)] = [reply.input_tokens, reply.output_tokens]
        return reply

    rows = run(Scripted(answer), BASE if style == "completion" else CHAT)
    assert [i for i, _ in rows] == list(range(REQUESTS))
    for i, records in rows:
        assert [record.origin.place for record in records] == [(i, k) for k in range(len(records))]
        assert [sum(r.notes[name] for r in records) for name in ("input_tokens", "output_tokens")] == spent[i]
        for record in records:
            checks = [verdict.check for verdict in record.verdicts]
            assert checks == (["reply"] if checks == ["reply"] else list(CHECKS[: len(checks)]))
            assert (record.raw is None) == record.accepted
            assert record.accepted == (len(checks) == len(CHECKS))


def test_known_instructions_count_as_taken_and_the_sieve_has_the_last_word() -> None:
    assert outcome(first(objects(RIVERS), known=[RIVERS[0].upper()])) == ["novelty"]
    seen: list[Record] = []

    def sift(record: Record) -> Record:
        seen.append(record)
        return record

    [row] = first(objects(RIVERS), sift=sift)
    assert [record.id for record in seen] == [row.id]


def test_expectation_falls_as_requests_fail() -> None:
    method = Alpaca(Given(CHAT, Scripted(lambda _: ChatReply(error="500")), 0, POOL))
    before = method.expected(4)
    stream = method.records(concurrency=1)
    list(islice(stream, 10))
    stream.close()
    assert 0 < method.expected(4) < before / 5
    assert method.expected(0) == 0


def test_every_seed_task_gets_its_turn() -> None:
    model = Scripted(lambda _: objects(RIVERS))
    shown = Counter(id for _, rows in run(model, requests=400) for id in rows[0].origin.parents)
    assert set(shown) == {task.id for task in POOL.tasks}
    assert max(shown.values()) < 25  # 6.9 each is expected
