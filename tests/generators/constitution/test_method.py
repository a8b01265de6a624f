"""The whole path: every row read, every reason provoked, the same rows in any order and after any stop."""

import json
from collections import Counter
from functools import lru_cache
from random import Random
from time import sleep
from typing import Any

import pytest
from generators.constitution.models import BRIEF, METHODS, Rows, given, items, kind, lines, one, plausible, rows
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from servers import TEXT, spoiled

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.constitution import direct, method
from porism.generators.constitution.asking import CRITIC, EDITOR, HELPFUL
from porism.generators.constitution.settings import Critiquing, Direct, Settings
from porism.generators.method import Method
from porism.outputs.records import Record
from porism.outputs.sources import Item

CONSTITUTION, DIRECT = method.METHOD, direct.METHOD
EGG = Item("row 0", "How long does an egg take to boil?", "A medium one.", "Cook it for a while in a pot, I think.")
DRAFT = "Well, that is an interesting question: about six minutes."
BAD = {"critique": "The opening says nothing.", "violated": True}
FINE = {"critique": "It is brief.", "violated": False}
ITEMS = 40


# The whole path


def test_a_row_of_constitutional_ai() -> None:
    model = lines(
        draft=[DRAFT, "Six.", "Six minutes."],
        critique=[BAD, {"critique": "'About' is vague.", "violated": "yes"}, FINE],
        revision=["Here is the revised answer:\n\nAbout six minutes.", "Six minutes."],
        choice=['{"reason": "Brief.", "better": "A"}', '{"reason": "Brief.", "better": "B"}'],
    )
    row = one(CONSTITUTION, model, EGG, rounds=3)
    assert row.content == {"instruction": EGG.instruction, "input": EGG.input, "output": "Six minutes."}
    assert [(v.check, v.ok, v.reason) for v in row.verdicts] == [(check, True, "") for check in method.CHECKS]
    assert row.origin.place == (0, 0)
    assert row.origin.parents == ("row 0",)
    told = [(r["outcome"], r["critique"], r["revision"]) for r in row.notes["rounds"]]
    assert told == [
        ("revised", "The opening says nothing.", "About six minutes."),
        ("revised", "'About' is vague.", "Six minutes."),
        ("unchanged", "It is brief.", ""),
    ]
    assert (row.notes["draft"], row.notes["revised"], row.notes["failed"]) == (DRAFT, 2, 0)
    asked = [{"role": "user", "content": f"{EGG.instruction}\n\n{EGG.input}"}]
    assert row.notes["messages"] == [*asked, {"role": "assistant", "content": "Six minutes."}]
    revision, feedback = row.notes["preferences"]
    assert (revision["prompt"], feedback["prompt"]) == (asked, asked)
    assert (revision["kind"], revision["why"], revision["votes_for"]) == ("revision", "An answer is brief.", None)
    assert revision["chosen"][0]["content"] == "Six minutes."
    assert revision["rejected"][0]["content"] == DRAFT
    assert (feedback["kind"], feedback["chosen"][0]["content"]) == ("feedback", "Six.")
    assert [pair["origin"]["place"] for pair in (revision, feedback)] == [[0, 0, 0], [0, 0, 1]]
    assert revision["origin"]["parents"] == [row.id]
    stated = Settings.model_validate({"principles": {"brief": BRIEF}, "rounds": 3})
    assert not [reason for _, reason in method.again(as_row(row, CONSTITUTION), stated) if reason]


def test_what_is_asked() -> None:
    """The draft knows of no principle; a round sees the answer that the rounds before it left; samples differ."""
    model = lines(draft=[DRAFT, "Six.", "Seven."], critique=BAD, revision=["Six minutes.", "Six."], choice="")
    one(CONSTITUTION, model, EGG, rounds=2)
    asked = model.requests
    assert [kind(r) for r in asked] == ["draft", *["critique", "revision"] * 2, "draft", "draft", "choice", "choice"]
    assert len({request.seed for request in asked}) == len(asked)
    assert "brief" not in asked[0].text
    assert f"Answer:\n=====\n{DRAFT}\n=====\n\nPrinciple: An answer is brief.\nWhat is too long?" in asked[1].text
    assert "Critique:\n=====\nThe opening says nothing.\n=====" in asked[2].text
    assert asked[2].text.endswith("Principle: An answer is brief.\nMake it shorter.")
    assert "Answer:\n=====\nSix minutes.\n=====" in asked[3].text
    assert asked[7].text.endswith("Principle: An answer is brief.\nWhich is briefer?")
    assert json.loads(asked[1].schema or "")["required"] == ["critique", "violated"]


def test_worked_examples_are_the_same_for_every_item() -> None:
    model = Scripted(plausible)
    rows(CONSTITUTION, given(Settings(shots=4), model, items(3)))
    for system in (CRITIC, EDITOR):
        shown = {r.messages[1:-1] for r in model.requests if r.messages[0].content == system}
        assert len(shown) == 1
        [turns] = shown
        assert [turn.role for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
    assert {len(r.messages) for r in model.requests if r.messages[0].content == CRITIC} == {10}
    assert {len(r.messages) for r in model.requests if r.messages[0].content == HELPFUL} == {2}


def test_the_source_may_bring_the_draft() -> None:
    model = lines(critique=BAD, revision="Six minutes.")
    row = one(CONSTITUTION, model, EGG, draft="source", rounds=1, feedback=0)
    assert row.notes["draft"] == EGG.output
    assert row.notes["preferences"][0]["rejected"][0]["content"] == EGG.output


def test_the_round_that_is_kept_is_the_output_and_later_ones_are_in_the_row() -> None:
    for keep, output in ((1, "Six minutes."), (2, "Six minutes."), (3, "Six."), (0, "6.")):
        model = lines(draft=DRAFT, critique=[BAD, FINE, BAD, BAD], revision=["Six minutes.", "Six.", "6."])
        row = one(CONSTITUTION, model, EGG, keep=keep, feedback=0)
        assert row.content["output"] == output
        assert len(row.notes["rounds"]) == 4
        assert row.notes["preferences"][0]["chosen"][0]["content"] == output
        assert row.notes["preferences"][0]["principles"] == ["brief"]
        stated = Settings.model_validate({"principles": {"brief": BRIEF}, "keep": keep})
        assert not [reason for _, reason in method.again(as_row(row, CONSTITUTION), stated) if reason]


def test_it_may_stop_where_nothing_is_to_be_changed() -> None:
    for stop, played in ((True, 2), (False, 4)):
        model = lines(draft=DRAFT, critique=[BAD, FINE, FINE, FINE], revision="Six.")
        row = one(CONSTITUTION, model, EGG, stop=stop, feedback=0, least=3)
        assert row.accepted
        assert len(row.notes["rounds"]) == played


def test_a_row_of_direct_principle_feedback() -> None:
    model = lines(draft=DRAFT, critique=BAD, revision="Six minutes.")
    row = one(DIRECT, model, EGG)
    assert [v.check for v in row.verdicts] == list(direct.CHECKS)
    assert row.accepted
    assert (row.content["output"], row.notes["draft"], row.notes["principle"]) == ("Six minutes.", DRAFT, "brief")
    [pair] = row.notes["preferences"]
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == ("Six minutes.", DRAFT)
    assert (pair["kind"], pair["why"]) == ("revision", "An answer is brief.")
    assert (
        pair["prompt"]
        == row.notes["messages"][:-1]
        == [{"role": "user", "content": f"{EGG.instruction}\n\n{EGG.input}"}]
    )


def test_the_principle_may_be_stated_in_the_prompt() -> None:
    row = one(DIRECT, lines(draft=DRAFT, critique=BAD, revision="Six minutes."), EGG, stated=True)
    [pair] = row.notes["preferences"]
    said = {"role": "system", "content": "Follow this principle in all that you write: An answer is brief."}
    assert pair["prompt"][0] == row.notes["messages"][0] == said
    assert [turn["role"] for turn in row.notes["messages"]] == ["system", "user", "assistant"]


def test_a_draft_is_held_against_several_principles_until_it_violates_one() -> None:
    settings = Direct(tries=3)
    model = lines(draft=DRAFT, critique=[FINE, FINE, BAD], revision="Six minutes.")
    [(_, [row])] = rows(DIRECT, given(settings, model, [EGG]))
    names = [r["principle"] for r in row.notes["rounds"]]
    assert [r["outcome"] for r in row.notes["rounds"]] == ["unchanged", "unchanged", "revised"]
    assert len(set(names)) == 3
    assert row.notes["principle"] == names[-1]
    assert row.notes["preferences"][0]["principles"] == names[-1:]
    model = lines(draft=DRAFT, critique=FINE)
    [(_, [row])] = rows(DIRECT, given(settings, model, [EGG]))
    assert row.failure.reason == f"the draft already follows it: {', '.join(map(repr, names))}"


# Every check, every reason

GOOD = {"draft": DRAFT, "critique": BAD, "revision": "Six minutes."}
CUT = ChatReply("Six min", "length")
FAULTS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"draft": ChatReply(error="503: busy")}, {}, "reply", "request failed: 503: busy"),
    ({"draft": ""}, {}, "reply", "empty reply (finish reason: stop)"),
    ({"draft": "x" * 1_000_000}, {}, "reply", "reply of 1,000,000 characters; at most 100,000 are read"),
    ({"draft": CUT}, {}, "reply", "cut after 1024 tokens"),
    ({"draft": "I can't help with that."}, {}, "draft",
     "the draft refuses: \"I can't help with that.\"; refusals = \"keep\" takes it all the same"),
    ({"draft": f"{EGG.instruction} {EGG.input}"}, {}, "draft", "the draft is the prompt again"),
    ({"critique": ChatReply(error="503")}, {}, "critique", "request failed: 503"),
    ({"critique": "I like it."}, {}, "critique", "no JSON object with a member 'critique' in the reply"),
    ({"critique": {"critique": "", "violated": True}}, {}, "critique", "the critique is empty"),
    ({"critique": {"critique": "x", "violated": "so"}}, {}, "critique",
     "'violated' is neither true nor false but 'so'"),
    ({"critique": ChatReply(json.dumps(BAD), "length")}, {}, "critique", "cut after 512 tokens"),
    ({"revision": ""}, {}, "revision", "empty reply (finish reason: stop)"),
    ({"revision": CUT}, {}, "revision", "cut after 1024 tokens"),
    ({"revision": "Revised answer:"}, {}, "revision", "it announces an answer and gives none"),
    ({"revision": f"{EGG.instruction}\n{EGG.input}\nSix."}, {}, "revision", "it begins with the prompt again"),
    ({"revision": "The critique is right."}, {}, "revision",
     "it speaks of itself instead of answering: 'the critique'"),
    ({"revision": "so " * 999}, {}, "revision",
     "999 words where the answer had 9; 0.05 to 5 times as many are allowed"),
    ({"revision": "Six."}, {"ratio": [0.5, 2]}, "revision",
     "1 words where the answer had 9; 0.5 to 2 times as many are allowed"),
    ({"revision": f"{DRAFT.upper()} "}, {}, "changed", "it is the answer that it should change"),
]  # fmt: skip


@pytest.mark.parametrize("which", METHODS)
@pytest.mark.parametrize(("said", "stated", "check", "reason"), FAULTS)
def test_every_fault_is_a_rejected_row(
    which: Method, said: dict[str, Any], stated: dict[str, Any], check: str, reason: str
) -> None:
    model = lines(**{**GOOD, **said})
    row = one(which, model, EGG, **stated)
    assert not row.accepted
    assert (row.failure.check, row.failure.reason[-len(reason) :]) == (check, reason)
    assert [verdict.check for verdict in row.verdicts] == list(which.checks[: which.checks.index(check) + 1])
    [wrong] = said.values()
    assert row.raw == (
        wrong.text if isinstance(wrong, ChatReply) else json.dumps(wrong) if isinstance(wrong, dict) else wrong
    )
    assert row.notes["preferences"] == []
    if check not in ("reply", "draft"):
        assert row.notes["draft"] == DRAFT
        assert row.notes["rounds"][0]["outcome"] == "failed"
        assert row.notes["rounds"][0]["reason"] == reason


@pytest.mark.parametrize("which", METHODS)
@pytest.mark.parametrize(
    ("item", "stated", "reason"),
    [
        (Item("a", " \n", "", "x"), {}, "the item has no instruction"),
        (Item("a", "x" * 30, "y" * 20, "x"), {"longest": 51}, "the prompt has 52 characters; at most 51 are asked"),
    ],
)
def test_an_unfit_item_is_not_asked(which: Method, item: Item, stated: dict[str, Any], reason: str) -> None:
    model = lines()
    row = one(which, model, item, **stated)
    assert (row.failure.check, row.failure.reason, row.raw, model.requests) == ("prompt", reason, "x", [])


@pytest.mark.parametrize("which", METHODS)
def test_a_source_without_an_output_gives_no_draft(which: Method) -> None:
    row = one(which, lines(), Item("a", "Why?", "", " "), draft="source")
    assert (row.failure.check, row.failure.reason) == ("draft", "there is no draft: the source gives no output")


def test_a_refusal_can_be_a_draft() -> None:
    model = lines(draft="I can't help with that.", critique=BAD, revision="Six minutes.")
    assert one(CONSTITUTION, model, EGG, refusals="keep", feedback=0).accepted


def test_a_draft_that_follows_the_principle_gives_no_pair() -> None:
    row = one(DIRECT, lines(draft=DRAFT, critique=FINE), EGG)
    assert (row.failure.check, row.failure.reason) == ("principle", "the draft already follows it: 'brief'")
    assert json.loads(row.raw or "") == FINE


def test_a_failed_round_loses_nothing_and_is_told() -> None:
    model = lines(draft=DRAFT, critique=[BAD, "no", BAD, BAD], revision=["Six minutes.", CUT, "Six."])
    row = one(CONSTITUTION, model, EGG, feedback=0)
    assert row.accepted
    assert row.content["output"] == "Six."
    assert [r["outcome"] for r in row.notes["rounds"]] == ["revised", "failed", "failed", "revised"]
    told = (
        "2 of 4 rounds failed; round 2 under 'brief', critique: no JSON object with a member 'critique' in the reply; "
        "round 3 under 'brief', revision: cut after 1024 tokens"
    )
    assert [(v.check, v.reason) for v in row.verdicts if v.reason] == [("revision", told)]
    assert (row.notes["revised"], row.notes["failed"]) == (2, 2)


def test_as_many_rounds_must_succeed_as_are_asked_for() -> None:
    for least, accepted in ((2, True), (3, False)):
        model = lines(draft=DRAFT, critique=[BAD, "no", FINE, "neither"], revision="Six minutes.")
        row = one(CONSTITUTION, model, EGG, feedback=0, least=least)
        assert row.accepted == accepted
    assert row.failure.check == "critique"
    assert row.failure.reason.startswith(
        "2 of 4 rounds succeeded, at least 3 must; round 2 under 'brief', critique: no JSON"
    )
    assert row.raw == "no"
    assert row.content["output"] == "Six minutes."  # what was there is kept


def test_an_answer_that_no_round_changed_is_a_row_without_a_revision_unless_it_is_not_wanted() -> None:
    row = one(CONSTITUTION, lines(draft=DRAFT, critique=FINE), EGG, feedback=0)
    assert (row.accepted, row.content["output"], row.notes["preferences"]) == (True, DRAFT, [])
    row = one(CONSTITUTION, lines(draft=DRAFT, critique=FINE), EGG, feedback=0, unchanged="reject")
    assert row.failure.check == "changed"
    assert row.failure.reason == "the answer is the draft: 4 of 4 rounds succeeded, none of them left a change"
    assert json.loads(row.raw or "") == FINE


def test_rounds_that_lead_back_to_the_draft_give_no_pair() -> None:
    for back in (DRAFT, DRAFT.upper()):
        model = lines(draft=DRAFT, critique=BAD, revision=["Six minutes.", back])
        row = one(CONSTITUTION, model, EGG, rounds=2, feedback=0)
        assert (row.accepted, row.content["output"], row.notes["preferences"]) == (True, back, [])


def test_a_preference_of_the_draft_over_its_revision_is_no_second_pair() -> None:
    model = lines(
        draft=[DRAFT, DRAFT, "Six."], critique=BAD, revision="Six.", choice=['{"better": "A"}', '{"better": "B"}']
    )
    row = one(CONSTITUTION, model, EGG, rounds=1)
    assert row.notes["feedback"][0]["better"] == "a"
    assert [pair["kind"] for pair in row.notes["preferences"]] == ["revision"]


# The source as a whole


@pytest.mark.parametrize("which", METHODS)
def test_the_same_prompt_is_asked_once(which: Method) -> None:
    same = [Item("first", "Why?\n\nOh", "", "a"), Item("other", "How?", "", "b"), Item("again", "Why?", "Oh", "c")]
    model = lines(draft=DRAFT, critique=BAD, revision="Six.", choice="")
    found = [record for _, batch in rows(which, given(which_settings(which), model, same)) for record in batch]
    assert [record.accepted for record in found] == [True, True, False]
    assert (found[2].failure.check, found[2].failure.reason) == ("prompt", "the same prompt as 'first' before it")
    assert which is DIRECT or [len(record.notes["feedback"]) for record in found[:2]] == [1, 1]


@pytest.mark.parametrize("which", METHODS)
def test_the_same_prompt_with_another_output_is_another_draft_of_the_source(which: Method) -> None:
    outputs = ("It takes a minute or two.", "It takes a day or two.", "It takes a minute or two. ")
    same = [Item(f"row {k}", "How long?", "", output) for k, output in enumerate(outputs)]
    model = lines(critique=BAD, revision=["Six minutes.", "Six hours."], draft="never asked")
    stated = which_settings(which, draft="source", **({"rounds": 1} if which is CONSTITUTION else {}))
    found = [record for _, batch in rows(which, given(stated, model, same), concurrency=1) for record in batch]
    assert [record.accepted for record in found] == [True, True, False]
    assert all(len(record.notes["preferences"]) == 1 for record in found[:2])
    assert not any(record.notes.get("feedback") for record in found)  # the samples of one prompt might be the same


def test_known_instructions_are_not_asked_again() -> None:
    start = given(Settings(), lines(), [EGG], known=(EGG.instruction,))
    [(_, [row])] = rows(CONSTITUTION, start)
    assert row.failure.check == "known"


@pytest.mark.parametrize("which", METHODS)
def test_an_empty_source_has_no_rows(which: Method) -> None:
    assert rows(which, given(which_settings(which), lines(), [])) == []


def which_settings(which: Method, **more: Any) -> Critiquing:
    found = which.settings.model_validate({"window": 3, "shots": 1, **more})
    assert isinstance(found, Critiquing)
    return found


# The same rows, whatever happens


def run(which: Method, answer: Any = plausible, *, committed: Any = (), start: int = 0, concurrency: int = 1) -> Rows:
    begun = given(which_settings(which), Scripted(answer), items(ITEMS))
    return rows(which, begun, committed=committed, start=start, concurrency=concurrency)


@lru_cache
def uninterrupted(name: str) -> Rows:
    return run(next(one for one in METHODS if one.name == name))


@pytest.mark.parametrize("which", METHODS)
def test_the_plausible_model_reaches_most_checks(which: Method) -> None:
    """Else the tests below show less than they say."""
    records = [record for _, batch in uninterrupted(which.name) for record in batch]
    assert len(records) == ITEMS
    assert sum(record.accepted for record in records) >= ITEMS // 3
    rejected = Counter(record.failure.check for record in records if not record.accepted)
    assert len(rejected) >= (1 if which is CONSTITUTION else 4)
    pairs = Counter(pair["kind"] for record in records for pair in record.notes["preferences"])
    assert set(pairs) == ({"revision", "feedback"} if which is CONSTITUTION else {"revision"})


@pytest.mark.parametrize("which", METHODS)
@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_replies_may_come_in_any_order(which: Method, concurrency: int) -> None:
    latencies = Random(concurrency)

    def late(request: ChatRequest) -> str:
        sleep(latencies.random() * 0.001)
        return plausible(request)

    assert run(which, late, concurrency=concurrency) == uninterrupted(which.name)


@pytest.mark.parametrize("which", METHODS)
@settings(deadline=None, max_examples=10)
@examples(st.integers(0, ITEMS), st.integers(1, 4), st.booleans())
def test_a_run_goes_on_from_what_is_committed(which: Method, k: int, concurrency: int, from_disk: bool) -> None:
    whole = uninterrupted(which.name)
    committed = [record for _, batch in whole[:k] for record in batch]
    if from_disk:
        committed = which.layout.records(which.layout.table(committed).to_pylist())
        assert committed == [record for _, batch in whole[:k] for record in batch]
    assert run(which, committed=committed, start=k, concurrency=concurrency) == whole[k:]


@pytest.mark.parametrize("which", METHODS)
@pytest.mark.parametrize("fault", [*TEXT, "error", "any"])
def test_every_row_is_accounted_for_whatever_the_replies(which: Method, fault: str) -> None:
    said: set[str] = set()

    def spoilt(request: ChatRequest) -> ChatReply:
        chance = Random(request.key("spoilt"))
        kinds = chance.choice((*TEXT, "error")) if fault == "any" else fault
        text = plausible(request)
        reply = ChatReply(error="503") if kinds == "error" else ChatReply(*spoiled(text, kinds))
        said.update((text, reply.text))
        return reply if chance.random() < 0.5 else ChatReply(text)

    found = run(which, spoilt, concurrency=3)
    assert [i for i, _ in found] == list(range(ITEMS))
    records = [record for _, batch in found for record in batch]
    assert [record.origin.place for record in records] == [(i, 0) for i in range(ITEMS)]
    assert which.layout.records(which.layout.table(records).to_pylist()) == records
    for record in records:
        names = [verdict.check for verdict in record.verdicts]
        if record.accepted:
            assert names == list(which.checks)
            assert record.raw is None
        else:
            assert names == list(which.checks[: len(names)])
            assert record.failure.reason
            assert record.raw in said
    checked(which, records)


def checked(which: Method, records: list[Record]) -> None:
    """Accepted rows pass their own checks again, and their pairs are pairs."""
    stated = which_settings(which)
    for row in which.layout.table([record for record in records if record.accepted]).to_pylist():
        assert not [reason for _, reason in which.again(row, stated) if reason]
        assert row["messages"][-1]["content"] == row["output"]
        for pair in row["preferences"]:
            sides = [" ".join(pair[side][0]["content"].casefold().split()) for side in ("chosen", "rejected")]
            assert sides[0] != sides[1]
            assert pair["why"]


def as_row(record: Record, which: Method) -> dict[str, Any]:
    """As a published row is read."""
    [row] = which.layout.table([record]).to_pylist()
    assert isinstance(row, dict)
    return {name: row[name] for name in which.layout.accepted.names}


def test_text_that_utf8_cannot_hold_is_data() -> None:
    model = lines(
        draft="Six \ud800 minutes.", critique='{"critique": "x\\udfff", "violated": true}', revision="6 \ud800"
    )
    for which in METHODS:
        row = one(which, model, EGG, **({"feedback": 0, "rounds": 1} if which is CONSTITUTION else {}))
        assert row.accepted
        assert row.content["output"] == "6 ?"
        assert which.layout.records(which.layout.table([row]).to_pylist()) == [row]


# What is found in a row that was tampered with

CHANGES: list[tuple[str, Any, str]] = [
    ("output", "Another.", "the output is not what round 4 left"),
    ("draft", "", "there is no draft"),
    ("draft", "Six minutes.", "round 1: it is the answer that it should change"),
    ("instruction", " ", "the item has no instruction"),
    ("messages", [], "do not end with the prompt and the output"),
    ("rounds", [], "0 rounds; 1 to 4 are played"),
    ("rounds.principle", "nowhere", "round 1 is under 'nowhere', which is not among the principles"),
    ("rounds.outcome", "good", "round 1 came out as 'good'"),
    ("rounds.outcome", "failed", "round 1 has no reason"),
    ("rounds.critique", "", "round 1 has no critique"),
    ("rounds.revision", "The critique is right.", "round 1: it speaks of itself instead of answering: 'the critique'"),
]


@pytest.mark.parametrize(("place", "value", "reason"), CHANGES)
def test_a_row_that_was_changed_is_found_out(place: str, value: Any, reason: str) -> None:
    model = lines(draft=DRAFT, critique=[BAD, FINE, FINE, FINE], revision="Six minutes.")
    stated = Settings.model_validate({"principles": {"brief": BRIEF}, "feedback": 0})
    row = as_row(one(CONSTITUTION, model, EGG, feedback=0), CONSTITUTION)
    assert not [why for _, why in method.again(row, stated) if why]
    name, _, member = place.partition(".")
    if member:
        row[name][0][member] = value
    else:
        row[name] = value
    assert reason in "\n".join(why for _, why in method.again(row, stated) if why)


def test_feedback_that_its_votes_do_not_bear_out_is_found() -> None:
    choices = ['{"better": "A"}', '{"better": "B"}']
    model = lines(draft=[DRAFT, "Six.", "Seven."], critique=FINE, choice=choices)
    stated = Settings.model_validate({"principles": {"brief": BRIEF}})
    row = as_row(one(CONSTITUTION, model, EGG), CONSTITUTION)
    assert not [why for _, why in method.again(row, stated) if why]
    row["feedback"][0]["better"] = "b"
    assert ("feedback", "the votes under 'brief' do not prefer 'b'") in list(method.again(row, stated))
    row["feedback"][0] |= {"better": "a", "b": "six."}
    assert ("feedback", "both samples under 'brief' are the same") in list(method.again(row, stated))


def test_a_row_is_checked_against_the_settings_it_was_made_with() -> None:
    model = lines(draft=DRAFT, critique=[BAD, "no"], revision="Six minutes.")
    row = as_row(one(CONSTITUTION, model, EGG, feedback=0, rounds=2), CONSTITUTION)
    stricter = Settings.model_validate({"principles": {"brief": BRIEF}, "rounds": 2, "least": 2})
    assert ("revision", "1 rounds succeeded, at least 2 must") in list(method.again(row, stricter))


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("principle", "other", "the last round is under 'brief'"),
        ("outcome", "unchanged", "the last round must revise the draft, and no other"),
        ("output", DRAFT, "it is the answer that it should change"),
    ],
)
def test_a_changed_row_of_direct_principle_feedback_is_found_out(place: str, value: str, reason: str) -> None:
    row = as_row(one(DIRECT, lines(draft=DRAFT, critique=BAD, revision="Six minutes."), EGG), DIRECT)
    stated = Direct.model_validate({"principles": {"brief": BRIEF}})
    assert not [why for _, why in direct.again(row, stated) if why]
    target = row["rounds"][0] if place == "outcome" else row
    target[place] = value
    assert reason in "\n".join(why for _, why in direct.again(row, stated) if why)


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["{" * 500, '{"critique":' * 2_000, "[" * 50_000, "=" * 20_000, "=====\n" * 3_000, " " * 50_000, "\ud800",
         "\x00", "here is the revised answer:" * 500, "I'm sorry, but I can't help " * 900, "i" * 99_999,
         '{"violated": 1e999}']
    ),
    st.fixed_dictionaries(
        {}, optional={name: st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.lists(st.text()))
                      for name in ("critique", "violated", "better", "reason")}
    ).map(json.dumps),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@examples(st.lists(st.tuples(st.none() | NASTY, st.sampled_from(["stop", "stop", "length"])), min_size=14, max_size=14))
def test_no_reply_is_an_exception(script: list[tuple[str | None, str]]) -> None:
    """Some of the replies are good, so that the later requests are reached."""
    for which in METHODS:
        left = iter(script)

        def answer(request: ChatRequest, left: Any = left) -> ChatReply:
            text, finish = next(left)
            return ChatReply(plausible(request)) if text is None else ChatReply(text, finish)

        row = one(which, Scripted(answer), EGG, shots=2)
        assert row.origin.place == (0, 0)
        assert which.layout.records(which.layout.table([row]).to_pylist()) == [row]
