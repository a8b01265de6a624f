"""AI feedback: a label that both orders give, and no other."""

from itertools import product
from typing import Any

import pytest
from answers.constitution import CHOICES
from generators.constitution.models import kind, one
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.constitution.feedback import Side, decided
from porism.generators.constitution.method import METHOD

SIDES: tuple[Side, ...] = ("a", "b", "")
FINE = '{"critique": "Fine.", "violated": false}'


def judged(choose: Any, samples: tuple[str, str] = ("Six.", "Six minutes in boiling water."), **settings: Any) -> Any:
    """The feedback and pairs of a row whose answers are compared by ``choose(first, second)``."""
    left = iter(("A draft.", *samples * settings.get("feedback", 1)))

    def answer(request: ChatRequest) -> Any:
        if kind(request) == "critique":
            return FINE
        if kind(request) == "draft":
            return next(left)
        shown = CHOICES.search(request.messages[-1].content)
        assert shown
        return choose(*shown.group(2, 3)) if callable(choose) else choose

    row = one(METHOD, Scripted(answer), rounds=1, **settings)
    assert row.accepted
    return row.notes["feedback"], row.notes["preferences"]


def letter(first_is_better: bool) -> str:
    return f'{{"reason": "So.", "better": "{"A" if first_is_better else "B"}"}}'


def test_a_judge_that_prefers_longer_text_gets_the_longer_one_whichever_comes_first() -> None:
    samples = ("Six.", "Six minutes in boiling water.")
    for a, b in (samples, samples[::-1]):
        [told], [pair] = judged(lambda first, second: letter(len(first) > len(second)), (a, b))
        assert pair["kind"] == "feedback"
        assert pair["chosen"] == [{"role": "assistant", "content": "Six minutes in boiling water."}]
        assert pair["rejected"] == [{"role": "assistant", "content": "Six."}]
        assert (pair["why"], pair["principles"]) == ("An answer is brief.", ["brief"])
        assert (pair["votes_for"], pair["votes_against"]) == (2, 0)
        assert (told["a"], told["b"], told["reason"]) == (a, b, "")


@pytest.mark.parametrize("always", ["A", "B"])
@pytest.mark.parametrize("votes", [1, 3])
def test_a_judge_that_looks_at_the_place_alone_labels_nothing(always: str, votes: int) -> None:
    comparing = {"max_tokens": 99, "temperature": 1.0}
    [told], pairs = judged(letter(always == "A"), votes=votes, comparing=comparing)
    assert pairs == []
    assert told["reason"].startswith("the orders disagree: with a first ")
    assert len(told["votes"]) == 2 * votes


@pytest.mark.parametrize(
    "reply", ["", "A", '{"better": "both"}', ChatReply(error="503"), ChatReply("x" * 200_000), '{"better": [1]}']
)
def test_a_judge_that_does_not_choose_labels_nothing(reply: str | ChatReply) -> None:
    [told], pairs = judged(reply)
    assert (pairs, told["votes"]) == ([], ["", ""])


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (("Six minutes.", "six  MINUTES."), "the two samples are the same"),
        (("", "Six."), "sample a: empty reply (finish reason: stop)"),
        (("Six.", ChatReply("Six min", "length")), "sample b: cut after 1024 tokens"),
        ((ChatReply(error="503"), ChatReply(error="504")), "sample a: request failed: 503"),
    ],
)
def test_samples_that_cannot_be_compared_are_not(samples: Any, reason: str) -> None:
    [told], pairs = judged("never asked", samples)
    assert (pairs, told["reason"], told["votes"]) == ([], reason, [])


def test_most_votes_in_each_order_decide() -> None:
    """Shown a first: a, b, a; shown b first: b is A there, so that A, B, B are votes for b, a, a."""
    said = iter("ABA" + "ABB")
    comparing = {"max_tokens": 99, "temperature": 1.0}
    [told], [pair] = judged(lambda first, second: letter(next(said) == "A"), votes=3, comparing=comparing)
    assert told["votes"] == ["a", "b", "a", "b", "a", "a"]
    assert (told["better"], pair["votes_for"], pair["votes_against"]) == ("a", 4, 2)


def test_several_pairs_have_samples_votes_and_principles_of_their_own() -> None:
    model = judged(lambda first, second: letter(len(first) > len(second)), feedback=3)
    assert len(model[0]) == 3
    assert len(model[1]) == 1  # the same two texts each time


def test_decided_is_what_counting_says() -> None:
    for half in (1, 2, 3):
        for votes in product(SIDES, repeat=2 * half):
            orders = [votes[:half], votes[half:]]
            wins = {
                side for side in ("a", "b") if all(o.count(side) > half - o.count(side) - o.count("") for o in orders)
            }
            better, reason = decided(votes)
            assert {better} - {""} == wins
            assert bool(reason) == (not wins)


@given(st.lists(st.sampled_from(SIDES), min_size=1, max_size=5), st.data())
def test_decided_knows_neither_names_nor_orders(first: list[Side], data: st.DataObject) -> None:
    second = data.draw(st.lists(st.sampled_from(SIDES), min_size=len(first), max_size=len(first)))
    better = decided((*first, *second))[0]
    swapped: dict[Side, Side] = {"a": "b", "b": "a", "": ""}
    assert decided((*second, *first))[0] == better
    assert decided(tuple(swapped[side] for side in (*first, *second)))[0] == swapped[better]
