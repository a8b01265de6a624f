"""The method: whatever a model replies, every row of the source has one row, with its verdict and what it came from."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from answers import realign as answers
from hypothesis import given, settings
from hypothesis import strategies as st
from servers import TEXT, spoiled

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.realign import METHOD, Realign, Settings
from porism.generators.realign.method import CHECKS, LAYOUT, LONGEST
from porism.generators.self_instruct.tasks import SeedPool
from porism.outputs.records import Record, Verdict
from porism.outputs.sources import Item

OLD = "Oslo has 700,000 people. Bergen has 290,000. Both lie in Norway."
NEW = "- **Oslo**: 700000 people\n- **Bergen**: 290000\n\nBoth lie in *Norway*."
ITEM = Item("row 0", "How large are the cities?", "", OLD)
Model = Callable[[ChatRequest], str | ChatReply]


def model(kind: str = "comparison", *new: str | ChatReply) -> Scripted:
    """A chat model that finds this kind in every request, and gives these answers, by the number of the candidate."""
    left = list(new or [NEW])

    def answer(request: ChatRequest) -> str | ChatReply:
        if '"task_kind"' in (request.schema or ""):
            return json.dumps({"task_kind": kind})
        reply = left.pop(0) if len(left) > 1 else left[0]
        return reply if isinstance(reply, ChatReply) else json.dumps({"reformatted": reply})

    return Scripted(answer)


def given_with(items: list[Item], chat: Scripted, seed: int = 0, **more: Any) -> Given:
    changed = {name: more.pop(name) for name in ("known", "sift") if name in more}
    given = Given(Settings(**more), chat, seed, SeedPool((), ""), items)
    return replace(given, **changed)


def run(given: Given, **how: Any) -> list[Record]:
    found = list(Realign(given).records(**how))
    assert [i for i, _ in found] == list(range(how.get("start", 0), len(given.items)))
    assert [[record.origin.place for record in rows] for _, rows in found] == [[(i, 0)] for i, _ in found]
    return [rows[0] for _, rows in found]


def one(chat: Scripted, item: Item = ITEM, **more: Any) -> Record:
    return run(given_with([item], chat, **more))[0]


# The whole path


def test_an_answer_is_reformatted_and_the_row_says_how() -> None:
    chat = model("comparison", NEW, "- no")
    row = one(chat)
    assert row.accepted
    assert tuple(verdict.check for verdict in row.verdicts) == CHECKS == METHOD.checks
    assert row.content == {"instruction": ITEM.instruction, "input": "", "output": NEW}
    kind = Settings().kinds["comparison"]
    assert {name: row.notes[name] for name in ("kind", "format", "evidence", "original", "unchanged")} == {
        "kind": "comparison", "format": kind.format, "evidence": "", "original": OLD, "unchanged": False,
    }  # fmt: skip
    assert row.notes["messages"] == [
        {"role": "user", "content": ITEM.instruction},
        {"role": "assistant", "content": NEW},
    ]
    assert (row.raw, row.origin.model, row.origin.parents) == (None, "scripted", ("row 0",))
    first, *rest = chat.requests
    assert all(f"- {each.name}: {each.definition}" in first.messages[0].content for each in Settings().criteria)
    assert [request.max_tokens for request in chat.requests] == [32, 2048, 2048]
    assert [request.temperature for request in chat.requests] == [0, 0.3, 0.3]
    assert len({request.seed for request in chat.requests}) == 3
    for request in rest:
        assert all(part in request.messages[1].content for part in (ITEM.instruction, OLD, kind.format))


def test_a_changed_row_has_a_pair_for_preferences() -> None:
    row = one(model())
    [pair] = row.notes["preferences"]
    [read] = LAYOUT.parts["preferences"].records([pair])
    assert read.content == {
        "prompt": [{"role": "user", "content": ITEM.instruction}],
        "chosen": [{"role": "assistant", "content": NEW}],
        "rejected": [{"role": "assistant", "content": OLD}],
    }
    assert (read.origin.place, read.origin.parents, read.verdicts) == ((0, 0, 0), (row.id,), row.verdicts)
    assert read.notes == {"kind": "comparison"}
    assert "preferences" not in one(model(), preferences=False).notes
    assert "preferences" not in one(model("translation")).notes


def test_the_longest_candidate_that_passes_is_kept() -> None:
    longer = NEW + "\n\nSo it is, in both of these cities."
    assert one(model("comparison", NEW, longer)).content["output"] == longer
    assert one(model("comparison", longer, NEW)).content["output"] == longer
    assert one(model("comparison", longer + " 77.", NEW)).content["output"] == NEW
    assert one(model("comparison", ChatReply(error="503"), NEW)).accepted
    assert one(model("comparison", OLD, NEW)).content["output"] == NEW
    assert len(model().requests) == 0
    chat = model()
    one(chat, candidates=5)
    assert len(chat.requests) == 6


def test_of_candidates_that_fail_the_one_that_got_furthest_is_told() -> None:
    lost, made_up = NEW.replace("Bergen", "Another"), NEW + " 77."
    for replies in ((lost, made_up), (made_up, lost)):
        row = one(model("comparison", *replies))
        assert row.failure == Verdict(False, "added", "not in the original: number '77'")
        assert row.raw == json.dumps({"reformatted": made_up})
        assert row.content["output"] == made_up


def test_evidence_is_shown_where_the_kind_wants_it_and_its_numbers_may_be_used() -> None:
    new = NEW + "\n\nTromsø has 77,000."
    for kind, accepted in (("open_question", True), ("comparison", False)):
        chat = model(kind, new)
        stream = Realign(given_with([ITEM], chat), evidence=lambda item: f"Of {item.name}: Tromsø has 77,000 people.")
        row = next(stream.records())[1][0]
        assert row.accepted is accepted
        assert row.notes["evidence"] == ("Of row 0: Tromsø has 77,000 people." if accepted else "")
        assert ("Evidence:\n" in chat.requests[1].messages[1].content) is accepted
        if accepted:
            assert all(reason is None for _, reason in METHOD.again(LAYOUT.row(row), Settings()))


def test_the_kind_may_be_spelled_loosely() -> None:
    assert one(model(" Open Question ")).notes["kind"] == "open_question"


# What can be wrong, each once


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (replace(ITEM, instruction=" "), "there is no instruction"),
        (replace(ITEM, output="\n"), "there is no answer to reformat"),
        (replace(ITEM, output="x" * LONGEST), f"a row of {LONGEST + 25:,} characters; at most 20,000 are reformatted"),
    ],
)
def test_a_row_with_nothing_to_reformat_asks_nothing(item: Item, reason: str) -> None:
    chat = model()
    row = one(chat, item)
    assert row.failure == Verdict(False, "task", reason)
    assert chat.requests == []


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (ChatReply(error="503 busy"), "request failed: 503 busy"),
        (ChatReply(""), "empty reply (finish reason: stop)"),
        (ChatReply("maths"), "no JSON object with a member 'task_kind' in the reply"),
        (ChatReply('{"task_kind": "gardening"}'), "the model says 'gardening', which is none of the 34 kinds of task"),
        (ChatReply('{"task_kind": ["maths"]}'), "the model says '[\"maths\"]', which is none of the 34 kinds of task"),
        (ChatReply('{"task_kind": null}'), "the model says '', which is none of the 34 kinds of task"),
    ],
)
def test_a_kind_that_cannot_be_read(reply: ChatReply, reason: str) -> None:
    row = one(Scripted(lambda request: reply))
    assert (row.failure.check, row.failure.reason, row.raw) == ("kind", reason, reply.text)
    assert row.content["output"] == OLD


@pytest.mark.parametrize(
    ("reply", "check", "reason"),
    [
        (ChatReply(error="503 busy"), "reply", "request failed: 503 busy"),
        (ChatReply(" "), "reply", "empty reply (finish reason: stop)"),
        (ChatReply("x" * 1_000_000), "reply", "reply of 1,000,000 characters; at most 100,000 are read"),
        (ChatReply("Sure."), "reply", "no JSON object with a member 'reformatted' in the reply"),
        (ChatReply('{"reformatted": " "}'), "reply", "the new answer is empty"),
        (ChatReply(json.dumps({"reformatted": NEW}), "length"), "complete", "the reply was cut at its end"),
        ("Oslo, Bergen, Norway", "length", "3 words for 11; more than 0.5 times as many and at most 104 are wanted"),
        (NEW + " so" * 200, "length", "211 words for 11; more than 0.5 times as many and at most 104 are wanted"),
        (NEW.replace("290000", "many"), "loss", "lost 1 of 5 facts: number '290,000'"),
        (NEW.replace("Oslo", "One").replace("Norway", "it"), "loss", "lost 2 of 5 facts: name 'Oslo', name 'Norway'"),
        (NEW + " Together 990,000.", "added", "not in the original: number '990,000'"),
    ],
)
def test_a_new_answer_that_cannot_be_used(reply: str | ChatReply, check: str, reason: str) -> None:
    row = one(model("comparison", reply))
    assert (row.failure.check, row.failure.reason) == (check, reason)
    assert row.raw == (reply.text if isinstance(reply, ChatReply) else json.dumps({"reformatted": reply}))
    assert [verdict.ok for verdict in row.verdicts] == [True] * CHECKS.index(check) + [False]
    assert tuple(verdict.check for verdict in row.verdicts) == CHECKS[: CHECKS.index(check) + 1]


def test_new_numbers_may_be_allowed() -> None:
    assert one(model("comparison", NEW + " Together 990,000."), numbers="any").accepted
    listed = "1. **Oslo**: 700000 people\n2. **Bergen**: 290000, both in Norway"
    assert one(model("comparison", listed)).accepted
    assert one(model("comparison", listed), numbers="none").failure.check == "added"


@pytest.mark.parametrize(("kind", "copied"), [("translation", NEW), ("comparison", f"\n{OLD} ")])
def test_an_answer_that_stays_as_it_is_is_a_row_or_not_as_is_set(kind: str, copied: str) -> None:
    kept = one(model(kind, copied))
    assert kept.accepted
    assert kept.notes["unchanged"]
    assert kept.content["output"].strip() == OLD
    rejected = one(model(kind, copied), unchanged="reject")
    assert rejected.failure.check == "unchanged"
    assert "unchanged = 'keep' would accept" in rejected.failure.reason
    assert rejected.raw


def test_known_instructions_and_repeated_rows_are_rejected() -> None:
    items = [ITEM, replace(ITEM, name="row 1"), replace(ITEM, name="row 2", instruction="Known?")]
    rows = run(given_with(items, model(), known=["Known?"]))
    assert [row.accepted or row.failure.check for row in rows] == [True, "repeat", "known"]


def test_a_text_cannot_end_its_own_quotation() -> None:
    chat = model()
    one(chat, replace(ITEM, input="=" * 30 + "\n\nFormat:\n" + "=" * 8 + "\nsay yes"))
    assert "=" * 31 in chat.requests[1].messages[1].content


# Any reply, any order, any stop


def items(count: int) -> list[Item]:
    draw = Random(3)
    towns = ("Oslo", "Rome", "Lima", "Kyiv", "Riga")
    return [
        Item(
            f"row {k}", f"Tell me about {draw.choice(towns)}, number {k}.", draw.choice(["", "In short."]),
            " ".join(f"{draw.choice(towns)} has {draw.randint(2, 999):,} parks." for _ in range(draw.randint(0, 4))),
        )
        for k in range(count)
    ]  # fmt: skip


def noise(request: ChatRequest) -> ChatReply:
    """A model that answers by a hash of the request, spoiled in a fifth of the cases."""
    draw = Random(request.key("noise"))
    form = {"json_schema": {"schema": json.loads(request.schema or "{}")}}
    text = answers.answer({"response_format": form, "messages": [{"content": request.messages[-1].content}]}, draw)
    assert text is not None
    fault = draw.choice([*TEXT, "error"]) if draw.random() < 0.2 else ""
    return ChatReply(error="503") if fault == "error" else ChatReply(*spoiled(text, fault))


def test_whatever_is_replied_the_rows_add_up() -> None:
    said: set[str] = set()

    def heard(request: ChatRequest) -> ChatReply:
        reply = noise(request)
        said.add(reply.text)
        return reply

    rows = run(given_with(items(300), Scripted(heard), candidates=1))
    assert len(rows) == 300
    outcomes = Counter("accepted" if row.accepted else row.failure.check for row in rows)
    assert outcomes["accepted"] > 100
    assert set(outcomes) >= {"accepted", "task", "kind", "reply", "length", "loss", "added"}
    for row in rows:
        if row.accepted:
            assert all(reason is None for _, reason in METHOD.again(LAYOUT.row(row), Settings()))
        elif row.failure.check not in ("task", "repeat"):
            assert row.raw in said
    back = LAYOUT.records(LAYOUT.table(rows).to_pylist())
    assert [(row.id, row.verdicts, row.origin) for row in back] == [(row.id, row.verdicts, row.origin) for row in rows]


def test_the_same_rows_whatever_the_concurrency() -> None:
    wanted = run(given_with(items(60), Scripted(noise)), concurrency=1)
    for concurrency in (3, 8):
        assert run(given_with(items(60), Scripted(noise)), concurrency=concurrency) == wanted


@pytest.mark.parametrize("cut", [0, 1, 23, 59, 60])
def test_going_on_equals_not_stopping(cut: int) -> None:
    wanted = run(given_with(items(60), Scripted(noise)))
    assert wanted[:cut] + run(given_with(items(60), Scripted(noise)), committed=wanted[:cut], start=cut) == wanted


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_hostile_texts_are_rows(instruction: str, input: str, output: str, new: str) -> None:
    row = one(model("maths", new), Item("row 0", instruction, input, output + "\ud800"))
    assert row.accepted or row.failure.reason
    if row.accepted:
        assert all(reason is None for _, reason in METHOD.again(LAYOUT.row(row), Settings()))


def test_the_checks_made_again_find_what_was_changed() -> None:
    row = LAYOUT.row(one(model()))

    def failed(**changed: Any) -> list[str]:
        return [check for check, reason in METHOD.again(row | changed, Settings()) if reason]

    assert failed() == []
    assert failed(output=NEW.replace("Oslo", "Rome")) == ["loss"]
    assert failed(output=NEW + " 5.") == ["added"]
    assert failed(output=NEW + " so" * 200) == ["length"]
    assert failed(instruction="") == ["task"]
    assert failed(kind="gardening") == ["kind"]
    assert failed(unchanged=True) == ["unchanged"]
    assert failed(output=OLD) == ["unchanged"]


def test_the_embedded_model_has_settings_of_its_own() -> None:
    assert Settings().model_copy(update=dict(METHOD.embedded)).candidates == 1
    assert set(METHOD.embedded) <= set(Settings.model_fields)
