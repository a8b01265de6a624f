"""The filters of a run: in order, up to the first that fails, and nothing asked in vain."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.generators import judging, sifting, voting
from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.judging.rubric import RUBRIC, Judging
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import LAYOUT, SelfInstruct
from porism.generators.self_instruct.settings import Settings
from porism.generators.sifting import Filters, Sieve
from porism.generators.voting.ballot import Voting
from porism.outputs.layout import Layout
from porism.outputs.records import Origin, Record, Verdict
from porism.outputs.sources import Item

BOTH = Filters(judge=Judging(), votes=Voting(samples=2))
ROW = Record(
    {"instruction": "How much is 6 + 6?", "input": "", "output": "12"},
    Origin("instruct", 0, (3, 1, 0)),
    (Verdict(True, "reply"),),
    {"prompt": "How much is 6 + 6? Output:", "completion": " 12<|end|>"},
)


def scored(score: int) -> str:
    return json.dumps({"judgement": {one.name: {"reason": "It is so.", "score": score} for one in RUBRIC}})


def judge(score: int = 5) -> Scripted:
    return Scripted(lambda _: scored(score), "judge")


def voter(answer: str = "12") -> Scripted:
    return Scripted(lambda _: f"So.\nAnswer: {answer}", "voter")


def sieved(
    record: Record = ROW,
    *,
    filters: Filters = BOTH,
    by: Scripted | None = None,
    voters: Scripted | None = None,
    contamination: Callable[[str], str | None] | None = lambda _: None,
) -> Record:
    return Sieve(filters, by or judge(), voters or voter(), 0, contamination).sieve(record)


def test_a_row_that_passes_has_every_verdict_in_order_and_the_notes() -> None:
    found = sieved()
    assert [verdict.check for verdict in found.verdicts] == ["reply", "contamination", "judge", "votes"]
    assert found.accepted
    assert found.content == ROW.content
    assert found.raw is None
    assert set(found.notes) - set(ROW.notes) == set(sifting.notes(BOTH)) - {"vote_original"}
    layout = Layout(LAYOUT.content, {**LAYOUT.notes, **sifting.notes(BOTH)})
    assert layout.records(layout.table([found]).to_pylist()) == [found]
    [row] = layout.table([found]).to_pylist()
    assert list(sifting.again(row, BOTH)) == [("judge", None), ("votes", None)]
    assert list(sifting.again({**row, "output": "13", "judge_scores": []}, BOTH)) == [
        ("judge", "no score of 'correctness' is kept"),
        ("votes", "the output is '13', not the winner '12'"),
    ]


@pytest.mark.parametrize(
    ("change", "check", "asked"),
    [
        ({"contamination": lambda _: "row 3 of eval: the same 8 words"}, "contamination", (0, 0)),
        ({"by": judge(4)}, "judge", (1, 0)),
        ({"by": Scripted(lambda _: "no")}, "judge", (1, 0)),
        ({"voters": voter("13")}, "votes", (1, 2)),
    ],
)
def test_the_first_filter_that_fails_ends_it(change: dict[str, Any], check: str, asked: tuple[int, int]) -> None:
    models = {"by": judge(), "voters": voter(), **change}
    found = sieved(**models)
    assert not found.accepted
    assert found.failure.check == found.verdicts[-1].check == check
    assert found.failure.reason
    assert (len(models["by"].requests), len(models["voters"].requests)) == asked


def test_a_rejected_row_keeps_what_the_filter_was_told() -> None:
    assert sieved(by=judge(4)).raw == scored(4)
    assert json.loads(sieved(voters=voter("13")).raw or "") == ["So.\nAnswer: 13"] * 2
    from_method = replace(ROW, raw="the reply of the method")
    assert sieved(from_method, contamination=lambda _: "seen").raw == "the reply of the method"
    silent = replace(from_method, content={**ROW.content, "output": ""})
    assert sieved(silent).raw == "the reply of the method"  # nothing was asked


def test_nothing_is_asked_about_a_row_that_was_rejected_before() -> None:
    rejected = replace(ROW, verdicts=(Verdict(False, "reply", "no"),))
    assert sieved(rejected, by=Scripted([]), voters=Scripted([]), contamination=lambda _: "seen") is rejected
    unjudged = replace(ROW, verdicts=())
    assert sieved(unjudged, by=Scripted([]), voters=Scripted([])) is unjudged  # no verdict is no acceptance


@pytest.mark.parametrize(
    ("input", "expected"),
    [("", ["How much is 6 + 6?"]), ("In base 7.", ["How much is 6 + 6?", "How much is 6 + 6?\nIn base 7."])],
)
def test_instruction_and_input_are_looked_for_and_the_output_is_not(input: str, expected: list[str]) -> None:
    seen: list[str] = []
    row = replace(ROW, content={**ROW.content, "input": input})
    sieved(row, contamination=lambda text: seen.append(text), filters=Filters())
    assert seen == expected
    caught = sieved(row, contamination=lambda text: "seen" if text == expected[-1] else None)
    assert (caught.failure.check, caught.failure.reason) == ("contamination", "seen")


@settings(deadline=None)
@given(st.booleans(), st.booleans(), st.booleans())
def test_checks_and_notes_are_what_the_filters_add(judged: bool, voted: bool, near: bool) -> None:
    filters = Filters(judge=BOTH.judge if judged else None, votes=BOTH.votes if voted else None)
    found = sieved(filters=filters, contamination=(lambda _: None) if near else None)
    assert tuple(verdict.check for verdict in found.verdicts[1:]) == sifting.checks(filters, near)
    assert set(found.notes) - set(ROW.notes) <= set(sifting.notes(filters))
    assert bool(sifting.notes(filters)) == (judged or voted)


def test_a_replaced_output_is_replaced_wherever_it_stands() -> None:
    turns = [{"role": "user", "content": "How much is 6 + 6?"}, {"role": "assistant", "content": "13"}]
    wrong = {"prompt": "6 + 6 is 13?", "completion": " 13<|end|>", "messages": turns}
    row = replace(ROW, content={**ROW.content, "output": "13"}, notes=wrong)
    found = sieved(row, filters=Filters(votes=Voting(samples=2, replace=True)))
    assert found.accepted
    assert found.content["output"] == "12"
    assert found.id == ROW.id != row.id
    assert found.notes["vote_original"] == "13"
    assert found.notes["completion"] == " 12<|end|>"
    assert found.notes["messages"] == [turns[0], {"role": "assistant", "content": "12"}]
    assert found.notes["prompt"] == "6 + 6 is 13?"
    assert row.notes["messages"][-1]["content"] == "13"  # nothing is changed in place


def test_two_rows_are_two_samples_and_one_row_is_asked_about_the_same_way() -> None:
    def seeds(place: tuple[int, ...], seed: int = 0) -> list[int]:
        chats = judge(), voter()
        Sieve(BOTH, *chats, seed).sieve(replace(ROW, origin=Origin("instruct", 0, place)))
        return [request.seed for chat in chats for request in chat.requests]

    every = [*seeds((0, 0, 0)), *seeds((0, 1, 0)), *seeds((1, 0, 0)), *seeds((0, 0, 0), 1)]
    assert len(set(every)) == 12
    assert seeds((0, 0, 0)) == every[:3]


def test_a_filter_needs_its_model() -> None:
    with pytest.raises(ValueError, match="the filter 'judge' has no model"):
        Sieve(BOTH, None, voter(), 0)
    with pytest.raises(ValueError, match="the filter 'votes' has no model"):
        Sieve(BOTH, judge(), None, 0)


def test_filters_are_read_back_from_a_configuration() -> None:
    assert Filters.model_validate(BOTH.model_dump(mode="json")) == BOTH
    assert Filters.model_validate(BOTH.model_dump(mode="json", exclude_none=True)) == BOTH
    assert Filters.model_validate({}) == Filters()


@pytest.mark.parametrize(
    ("method", "filters", "reason"),
    [
        (judging.METHOD, BOTH, "the method judge has the check 'judge' itself; leave out [filters.judge]"),
        (voting.METHOD, BOTH, "the method vote has the check 'votes' itself; leave out [filters.votes]"),
        (
            replace(judging.METHOD, layout=replace(LAYOUT, parts={"preferences": LAYOUT})),
            Filters(votes=Voting(replace=True)),
            "[filters.votes] replace = true would part the rows of judge from their preferences",
        ),
    ],
)
def test_filters_that_do_not_suit_a_method_are_one_line(method: Any, filters: Filters, reason: str) -> None:
    with pytest.raises(InputError) as error:
        sifting.suits(method, filters)
    assert str(error.value) == reason
    sifting.suits(method, Filters())
    sifting.suits(voting.METHOD, Filters(judge=Judging()))


def test_as_filters_of_self_instruct() -> None:
    """Judged and voted on where the rows are made, before they are told from earlier ones."""

    def writer(request: ChatRequest) -> ChatReply:
        schema = request.schema or ""
        if '"tasks"' in schema:
            return ChatReply(json.dumps({"tasks": ["Name the largest moon that Saturn has."]}))
        if '"is_classification"' in schema:
            return ChatReply('{"is_classification": false}')
        found = [{"input": "", "output": "Rhea"}, {"input": "In Latin.", "output": "Titan"}]
        return ChatReply(json.dumps({"instances": found}))

    filters = Filters(judge=Judging(), votes=Voting(samples=2, replace=True))
    sieve = Sieve(filters, judge(), voter("Titan"), 0)
    method = SelfInstruct(Settings(), tasks.load(), Scripted(writer), 0, sift=sieve.sieve)
    stream = method.records(concurrency=1)
    rows = [record for _, batch in islice(stream, 1) for record in batch]
    stream.close()
    assert [record.content["output"] for record in rows] == ["Titan", "Titan"]
    assert [record.notes.get("vote_original") for record in rows] == ["Rhea", None]
    assert all(record.accepted for record in rows)
    for record in rows:
        assert record.notes["completion"].strip() == record.notes["messages"][-1]["content"] == "Titan"
        assert [verdict.check for verdict in record.verdicts[-2:]] == ["judge", "votes"]


def test_as_filters_of_a_method_over_a_source() -> None:
    items = [Item("row 0", "How much is 6 + 6?", "", "12"), Item("row 1", "How much is 6 + 7?", "", "12")]
    model = Scripted(lambda request: "Answer: 13" if "7" in request.messages[-1].content else "Answer: 12")
    sift = Sieve(Filters(judge=Judging()), judge(3), None, 0).sieve
    given_ = Given(voting.METHOD.settings(), model, 0, tasks.load(), items, sift=sift)
    rows = [record for _, batch in voting.METHOD.start(given_).records(concurrency=1) for record in batch]
    assert [record.failure.check for record in rows] == ["judge", "votes"]
    assert rows[0].raw == scored(3)
