"""Votes are counted as anyone would count them, and what they say of a row follows."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pytest
from answers.voting import answer
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from servers import TEXT, spoiled

from porism.generators import voting
from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.generators.voting import ballot, tally, vote
from porism.generators.voting.ballot import Ballot, Voting
from porism.generators.voting.method import LAYOUT, METHOD, Settings
from porism.outputs.records import Record
from porism.outputs.rouge import rouge_l, tokens
from porism.outputs.sources import Item

POOL = tasks.load()
ROW = Item("row 0", "How much is 6 + 6?", "", "12")


def replies(*answers: str | ChatReply) -> list[ChatReply]:
    """A reply for each answer; a whole reply stays as it is."""
    return [one if isinstance(one, ChatReply) else ChatReply(f"Because it is so.\nAnswer: {one}") for one in answers]


def voted(*answers: str | ChatReply, item: Item = ROW, **more: Any) -> voting.Vote:
    settings = Ballot.model_validate({"samples": max(2, len(answers)), **more})
    return vote(Scripted(replies(*answers)), settings, 0, (0,), item)


# Counting


def test_the_winner_and_its_share() -> None:
    found = voted("12", "twelve", "12.0", "13", "**12**")
    assert found.answers == (voting.Count("12", 3), voting.Count("twelve", 1), voting.Count("13", 1))
    assert (found.winner, found.share, found.agrees) == ("12", Fraction(3, 5), True)
    assert (found.verdict.ok, found.verdict.reason) == (True, "'12' has 3 of 5 votes")
    assert found.output == "12"
    assert len(json.loads(found.raw)) == 5


ANSWERS = st.sampled_from(["1", "1.0", "one", "2", "4/2", "**2**", "(b)", "B", "b.", "yes", "Yes, so."])
KEYS = {"1": "1", "1.0": "1", "one": "one", "2": "2", "4/2": "2", "**2**": "2"} | {
    "(b)": "b", "B": "b", "b.": "b", "yes": "yes", "Yes, so.": "yes",
}  # fmt: skip
FAULTS = st.sampled_from(["error", "empty", "cut", "silent", "bare"])


def fault(kind: str) -> ChatReply:
    return {
        "error": ChatReply(error="503"),
        "empty": ChatReply(" "),
        "cut": ChatReply("Because.\nAnswer: 2", "length"),
        "silent": ChatReply("I could not say."),
        "bare": ChatReply("Answer:"),
    }[kind]


@settings(deadline=None)
@given(st.lists(ANSWERS | FAULTS.map(fault), min_size=2, max_size=12))
def test_the_count_is_brute_force(answers: list[str | ChatReply]) -> None:
    keys = [KEYS[one] for one in answers if isinstance(one, str)]
    found = tally.counted(replies(*answers))
    assert len(found.silent) == len(answers) - len(keys)
    if not keys:
        assert found == tally.Tally(silent=found.silent)
        return
    counts = Counter(keys)
    best = max(counts.values())
    first = next(key for key in keys if counts[key] == best)
    assert KEYS[found.winner or ""] == first
    assert found.share == Fraction(best, len(answers))
    assert {KEYS[one.answer]: one.count for one in found.answers} == counts
    order = sorted(counts, key=lambda key: (-counts[key], keys.index(key)))
    assert [KEYS[one.answer] for one in found.answers] == order


@settings(deadline=None)
@given(st.lists(ANSWERS, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_samples_changes_no_winner_but_of_a_tie(answers: list[str], draw: random.Random) -> None:
    before = tally.counted(replies(*answers))
    after = tally.counted(replies(*draw.sample(answers, len(answers))))
    assert (after.share, sorted(one.count for one in after.answers)) == (
        before.share,
        sorted(one.count for one in before.answers),
    )
    tied = len(before.answers) > 1 and before.answers[0].count == before.answers[1].count
    if not tied:
        assert KEYS[after.winner or ""] == KEYS[before.winner or ""]


def test_of_as_many_the_first_wins() -> None:
    assert voted("13", "12", "12", "13").winner == "13"
    assert voted("12", "13", "13", "12").winner == "12"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (ChatReply(error="503 busy"), "request failed: 503 busy"),
        ("", "empty reply (finish reason: stop)"),
        ("x" * 1_000_000, "reply of 1,000,000 characters; at most 100,000 are read"),
        (ChatReply("It is so.\nAnswer: 1", "length"), "the reply was cut"),
        ("It is twelve.", "no line 'Answer: ...' in the reply"),
        ("It is so.\nAnswer: ", "nothing stands behind 'Answer:'"),
        ("It is so.\nAnswer: ...", "nothing stands behind 'Answer:'"),
        ("It is so.\nAnswer:\n12\nor so", "nothing stands behind 'Answer:'"),
        ("It is so.\nAnswer: " + "12" * 200, "an answer of 400 characters; at most 200 are short"),
        ('{"answer": 12}', "no line 'Answer: ...' in the reply"),
    ],
)
def test_a_sample_without_an_answer_counts_for_nobody(reply: str | ChatReply, reason: str) -> None:
    silent = reply if isinstance(reply, ChatReply) else ChatReply(reply)
    alone = voted(silent, silent)
    assert (alone.verdict.ok, alone.winner) == (False, None)
    assert alone.verdict.reason == f"of 2 samples 2 have no answer, first: {reason}"
    assert alone.notes("12") == {}
    mixed = voted("12", silent, silent)
    assert (mixed.winner, mixed.share) == ("12", Fraction(1, 3))
    assert mixed.verdict.reason == (
        f"'12' has 1 of 3 votes, and a share of 0.5 is wanted; 2 have no answer, first: {reason}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So it is.\nAnswer: 12", ("12", "So it is.")),
        ("So it is.\n\n**Answer: 12**\n", ("12", "So it is.")),
        ("So it is.\n**Answer:** **12**", ("12", "So it is.")),
        ("So it is.\n### Final answer: 12\r\nI hope this helps.", ("12", "So it is.")),
        ("So it is.\nAnswer:\n\n**12**", ("12", "So it is.")),
        ("Answer: 11\nNo, wait.\nAnswer: 12", ("12", "Answer: 11\nNo, wait.")),
        ("ANSWER：12", ("12", "")),
        ("Answer: __init__", ("__init__", "")),
    ],
)
def test_the_last_line_holds_the_answer(text: str, expected: tuple[str, str]) -> None:
    assert tally.final_answer(ChatReply(text)) == expected


def test_the_shortest_reasoning_of_the_winner_is_kept() -> None:
    said = ["One and one and more.\nAnswer: 12", "Short.\nAnswer: 13", "Six twice.\nAnswer: 12", "Answer: 12"]
    found = voted(*map(ChatReply, said))
    assert found.rationale == "Six twice."
    assert voted(*[ChatReply("Answer: 12")] * 2).rationale is None


# What it says of a row


@pytest.mark.parametrize(
    ("output", "answers", "ok", "reason"),
    [
        ("12", ["12"] * 2 + ["13"] * 2, True, "'12' has 2 of 4 votes"),  # half is enough
        ("12", ["12"] * 2 + ["13", "14", "15"], False, "'12' has 2 of 5 votes, and a share of 0.5 is wanted"),
        ("13", ["12"] * 3 + ["13"], False, "'12' has 3 of 4 votes, but the output is '13'"),
        ("12 apples", ["12"] * 3, True, "'12' has 3 of 3 votes"),
        ("The answer is 12.", ["12"] * 3, True, "'12' has 3 of 3 votes"),
        ("", ["12"] * 3, False, "the output is empty, so that no vote can confirm it; set replace = true to fill it"),
        ("It is twelve, as six and six are.", ["12"] * 3, True,
         "not voted on: the output has 8 words, more than 5, and is no short answer"),
    ],
)  # fmt: skip
def test_a_row_passes_if_its_output_won(output: str, answers: list[str], ok: bool, reason: str) -> None:
    found = voted(*answers, item=Item("r", "How much is 6 + 6?", "", output))
    assert (found.verdict.ok, found.verdict.reason, found.output) == (ok, reason, output)
    row = {"instruction": "How much is 6 + 6?", "input": "", "output": output, **found.notes(output)}
    assert (ballot.again(row, Ballot(samples=max(2, len(answers))))[1] is None) == ok


def test_the_least_share_is_compared_as_it_is_written() -> None:
    """In floats 3 of 10 is not 0.3 of them whichever way it is computed."""
    answers = ["12"] * 3 + list("1345678")
    assert voted(*answers, least=0.3).verdict.ok
    assert not voted(*answers, least=0.30000001).verdict.ok


def test_the_winner_may_replace_the_output() -> None:
    found = voted("12", "12", "13", item=Item("r", "How much is 6 + 6?", "", "13"), replace=True)
    assert (found.verdict.ok, found.output, found.agrees) == (True, "12", False)
    assert found.verdict.reason == "'12' has 2 of 3 votes; it replaces '13'"
    assert found.notes("13")["vote_original"] == "13"
    filled = voted("12", "12", item=Item("r", "How much is 6 + 6?", "", ""), replace=True)
    assert (filled.output, filled.notes("")["vote_original"]) == ("12", "")
    kept = voted("12", "12", item=Item("r", "How much is 6 + 6?", "", "12 apples"), replace=True)
    assert kept.output == "12 apples"
    assert "vote_original" not in kept.notes("12 apples")
    lost = voted("12", "13", "14", item=Item("r", "How much is 6 + 6?", "", "13"), replace=True)
    assert (lost.verdict.ok, lost.output) == (False, "13")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Item("r", "\n", "", "12"), "nothing to vote on: the instruction is empty"),
        (Item("r", "x" * 20_000, "y", "12"), "20,001 characters; at most 20,000 are voted on"),
        (Item("r", "Say much.", "", "one two three four five six"),
         "not voted on: the output has 6 words, more than 5, and is no short answer"),
        (Item("r", "Say much.", "", "x" * 300),
         "not voted on: the output has 300 characters, more than 200, and is no short answer"),
    ],
)  # fmt: skip
def test_rows_that_are_not_voted_on_are_not_asked_about(item: Item, reason: str) -> None:
    found = voted(item=item, open_ended="reject")  # a script without a line
    assert (found.verdict.ok, found.verdict.reason, found.raw) == (False, reason, "")


def test_samples_and_places_ask_for_samples_of_their_own_and_see_no_output() -> None:
    chat = Scripted(lambda _: "Answer: 12")
    for place in ((0, 0), (0, 1), (1, 0)):
        vote(chat, Ballot(samples=4), 7, place, Item("r", "How much?", "6 + 6", "twelve"))
    assert len({request.seed for request in chat.requests}) == 12
    assert len({request.messages for request in chat.requests}) == 1
    assert chat.requests[0].messages[1].content == "How much?\n\n6 + 6"
    assert "twelve" not in chat.requests[0].text


def test_samples_that_cannot_differ_are_refused() -> None:
    with pytest.raises(ValidationError, match="set a temperature such as 0.7"):
        Ballot.model_validate({"sampling": {"max_tokens": 9}})
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        Voting.model_validate({"samples": 1})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"output": "13"}, "the output is '13', not the winner '12'"),
        ({"vote_share": 0.9}, "the share is 0.9, but 3 of 4 samples have the winner"),
        ({"vote_winner": None}, "no vote is kept"),
        ({"votes": [{"answer": "12", "count": 1}], "vote_share": 0.25},
         "the winner's share is 0.25, and 0.5 is wanted"),
    ],
)  # fmt: skip
def test_a_row_that_its_votes_do_not_bear_out_is_found(change: dict[str, Any], reason: str) -> None:
    row = {"instruction": ROW.instruction, "input": "", "output": "12", **voted("12", "12", "12", "13").notes("12")}
    assert ballot.again(row, Ballot(samples=4)) == ("votes", None)
    assert ballot.again({**row, **change}, Ballot(samples=4)) == ("votes", reason)


# Open-ended text

WORDS = st.lists(st.sampled_from(["ab", "cd", "ef", "gh", "ij"]), min_size=1, max_size=7).map(" ".join)


@settings(deadline=None)
@given(st.lists(WORDS | FAULTS.map(fault), min_size=2, max_size=7))
def test_likeness_is_brute_force(texts: list[str | ChatReply]) -> None:
    said = [ChatReply(one) if isinstance(one, str) else one for one in texts]
    usable = [r.text.strip() for r in said if r.text.strip() and r.finish != "length" and not r.error]
    found = tally.likened(said)
    assert len(found.silent) == len(texts) - len(usable)
    if not usable:
        assert found.winner is None
        return
    sums = [
        sum((rouge_l(tokens(one), tokens(other)) for j, other in enumerate(usable) if i != j), Fraction(0))
        for i, one in enumerate(usable)
    ]
    assert found.winner == usable[sums.index(max(sums))]
    assert found.share == max(sums) / (len(texts) - 1)
    assert 0 <= found.share <= 1


def test_longer_outputs_are_voted_on_by_likeness() -> None:
    item = Item("r", "Why is the sky blue?", "", "Air scatters blue light more than red light does.")
    near = "Air scatters blue light far more than red light."
    texts = [near, "The air scatters blue light more than red light.", "Because the sea is blue and shines."]
    chat = Scripted(map(ChatReply, texts))
    settings = Ballot(samples=3, open_ended="similarity")
    found = vote(chat, settings, 0, (0,), item)
    assert [len(request.messages) for request in chat.requests] == [1, 1, 1]  # no word of a last line
    assert (found.winner, found.answers, found.agrees) == (texts[1], (), True)
    assert found.share == sum(rouge_l(tokens(texts[1]), tokens(texts[k])) for k in (0, 2)) / 2
    assert found.verdict.reason == "the winner's mean likeness to the other samples is 0.569"
    row = {"instruction": item.instruction, "input": "", "output": item.output, **found.notes(item.output)}
    assert ballot.again(row, settings) == ("votes", None)
    other = Item("r", item.instruction, "", "Nobody knows, though many people have asked it.")
    assert not vote(Scripted(map(ChatReply, texts)), settings, 0, (0,), other).verdict.ok
    filled = vote(Scripted(map(ChatReply, texts)), settings.model_copy(update={"replace": True}), 0, (0,), other)
    assert (filled.verdict.ok, filled.output) == (True, texts[1])


# The method

ITEMS = [
    Item(f"row {i}", f"How much is {i} + {2 * i}?", "" if i % 2 else "Think of apples.", str(3 * i + (i % 5 == 4)))
    for i in range(22)
] + [Item("row 22", "Tell me a story.", "", "Once upon a time there was a hill."), Item("row 23", "Say 5.", "", "")]


def noise(request: ChatRequest) -> ChatReply:
    """A voter's reply, spoiled in a third of the cases."""
    body = {"messages": [{"role": m.role, "content": m.content} for m in request.messages], "seed": request.seed}
    draw = random.Random(f"{request.seed} {request.messages[-1].content}")
    text = answer(body, draw) or ""
    if draw.random() < 1 / 3:
        kind = draw.choice([*TEXT, "error"])
        return ChatReply(error="503 busy") if kind == "error" else ChatReply(*spoiled(text, kind))
    return ChatReply(text)


SETTINGS = Settings(window=32, samples=5, least=0.4)


def run(
    concurrency: int = 2, committed: Sequence[Record] = (), start: int = 0, settings: Settings = SETTINGS
) -> list[tuple[int, list[Record]]]:
    given_ = Given(settings, Scripted(noise), 3, POOL, ITEMS)
    return list(METHOD.start(given_).records(committed, start, concurrency=concurrency))


@lru_cache(maxsize=1)
def whole() -> list[tuple[int, list[Record]]]:
    return run()


def test_every_row_of_the_source_is_a_row_accepted_or_rejected() -> None:
    rows = [record for _, batch in whole() for record in batch]
    assert [record.origin.place for record in rows] == [(i, 0) for i in range(len(ITEMS))]
    for record, item in zip(rows, ITEMS, strict=True):
        assert record.content == {"instruction": item.instruction, "input": item.input, "output": item.output}
        assert [verdict.check for verdict in record.verdicts] == ["votes"]
        assert record.verdicts[0].reason
        assert (record.raw is None) == record.accepted
    accepted = [record for record in rows if record.accepted]
    assert len(accepted) >= 6
    assert all(record.content["output"] != "13" for record in accepted)
    wrong = [int(record.origin.place[0]) for record in accepted if int(record.origin.place[0]) % 5 == 4]
    assert not wrong  # the outputs that are one too many
    assert LAYOUT.records(LAYOUT.table(rows).to_pylist()) == rows
    kept = [row for row in LAYOUT.table(rows).to_pylist() if row["check"] is None]
    assert all(list(METHOD.again(row, SETTINGS)) == [("votes", None)] for row in kept)


def test_replaced_outputs_are_rows_of_their_own_and_pass_the_check_again() -> None:
    settings = SETTINGS.model_copy(update={"replace": True})
    rows = [record for _, batch in run(settings=settings) for record in batch]
    replaced = [record for record in rows if record.accepted and "vote_original" in record.notes]
    assert replaced
    for record in replaced:
        before = ITEMS[record.origin.place[0]].output
        assert record.notes["vote_original"] == before != record.content["output"]
        assert record.notes["messages"][-1]["content"] == record.content["output"]
        assert record.id != Record({**record.content, "output": before}, record.origin, ()).id
    assert LAYOUT.records(LAYOUT.table(rows).to_pylist()) == rows
    kept = [row for row in LAYOUT.table(rows).to_pylist() if row["check"] is None]
    assert all(list(METHOD.again(row, settings)) == [("votes", None)] for row in kept)


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_the_same_rows_whatever_the_concurrency(concurrency: int) -> None:
    assert run(concurrency=concurrency) == whole()


@pytest.mark.parametrize("k", [0, 1, 11, 24])
def test_going_on_is_not_having_stopped(k: int) -> None:
    committed = [record for _, rows in whole()[:k] for record in rows]
    assert run(committed=committed, start=k) == whole()[k:]
