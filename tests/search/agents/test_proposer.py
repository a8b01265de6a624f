"""From a model's replies to proposals: votes, costs, and everything that can be wrong with a reply."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.search import Fault, Node, Spent
from porism.search.agents.proposer import (
    ANSWER,
    ModelProposer,
    Prompt,
    Reply,
    TextReply,
    TextRequest,
    json_chat,
    messages_of,
    proposed_by,
    readers,
)
from porism.search.agents.replies import DEEPEST, LONGEST, reply_of
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import tool


@dataclass(frozen=True)
class Past:
    """What led to a place."""

    past: tuple[tuple[Call, Observation], ...] = ()

    def steps(self) -> tuple[tuple[Call, Observation], ...]:
        return self.past


ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Add two numbers.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "mode": {"enum": ["exact", "float"]}},
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    },
}
KNOWN = readers([ADD])
SUM = Call.of("add", {"a": 1, "b": 2})
OTHER = Call.of("add", {"a": 2, "b": 2})


def test_equal_calls_are_one_proposal_whose_weight_is_its_share() -> None:
    replies = [
        Reply(OTHER, "first", remaining=1),
        Reply(reply_of("add", '{"b": 2, "a": 1}').call, remaining=2),
        Reply(SUM, "because", remaining=4),
        Reply(fault=Fault("refusal", "no")),
    ]
    told = proposed_by(replies, KNOWN)
    assert [(each.action, each.weight, each.remaining, each.why) for each in told.proposals] == [
        (SUM, 0.5, 3, "because"),
        (OTHER, 0.25, 1, "first"),
    ]
    assert told.faults == (Fault("refusal", "no"),)


def test_a_failed_request_is_no_vote_and_no_sample() -> None:
    told = proposed_by([Reply(SUM, tokens=7, requests=1), Reply(fault=Fault("error", "500"), requests=1)], KNOWN)
    assert [each.weight for each in told.proposals] == [1]
    assert told.spent == Spent(requests=2, samples=1, tokens=7)
    assert proposed_by([Reply(SUM), Reply(SUM)]).spent == Spent(requests=1, samples=2)


@pytest.mark.parametrize(
    ("reply", "reason", "says"),
    [
        (reply_of(None, "{}"), "malformed", "None"),
        (reply_of(["add"], "{}"), "malformed", "['add']"),
        (reply_of("", "{}"), "malformed", "''"),
        (reply_of("a" * 2_000, "{}"), "malformed", "no name"),
        (reply_of("\ud800", "{}"), "malformed", "ud800"),
        (reply_of("add", '{"a": 1, "b": '), "malformed", '{"a": 1, "b": '),
        (reply_of("add", "[1, 2]"), "malformed", "no JSON object"),
        (reply_of("add", '"1"'), "malformed", "no JSON object"),
        (reply_of("add", '{"a": NaN, "b": 2}'), "malformed", "NaN"),
        (reply_of("add", {"a": float("inf")}), "malformed", "inf"),
        (reply_of("add", {1: 2, "a": 3}), "malformed", "no JSON object"),
        (reply_of("add", {"a": object()}), "malformed", "object"),
        (reply_of("add", '{"a": ' + "9" * 5_000 + "}"), "malformed", "99"),
        (reply_of("add", '{"a": "' + "x" * LONGEST + '"}'), "malformed", "at most"),
        (reply_of("add", {"a": [0] * (LONGEST + 1)}), "malformed", "parts"),
        (reply_of("add", '{"a": ' + "[" * DEEPEST + "]" * DEEPEST + "}"), "malformed", "nested"),
        (reply_of("add", '{"a": ' + "[" * 40_000 + "]" * 40_000 + "}"), "malformed", "add"),
        (reply_of("add", '{"a": "\\ud800", "b": 2}'), "malformed", "surrogate"),
        (reply_of("subtract", '{"a": 1}'), "unknown tool", "there are: add"),
        (reply_of(ANSWER, '{"text": "1"}'), "unknown tool", "there are: add"),
        (reply_of("add", '{"a": 1}'), "invalid arguments", "'b' is a required property"),
        (reply_of("add", "null"), "invalid arguments", "'a' is a required property"),
        (reply_of("add", '{"a": "1", "b": 2}'), "invalid arguments", "a: '1' is not of type 'integer'"),
        (reply_of("add", '{"a": true, "b": 2}'), "invalid arguments", "a: True is not of type"),
        (reply_of("add", '{"a": 1, "b": 2, "c": 3}'), "invalid arguments", "'c' was unexpected"),
        (reply_of("add", '{"a": 1, "b": 2, "mode": "wild"}'), "invalid arguments", "'wild' is not one of"),
        (Reply(text="I think it is 3."), "empty", "I think it is 3."),
        (Reply(), "empty", ""),
        (Reply(fault=Fault("refusal", "no")), "refusal", "no"),
        (Reply(fault=Fault("error", "status 500")), "error", "status 500"),
    ],
)
def test_what_cannot_be_used_is_a_fault(reply: Reply, reason: str, says: str) -> None:
    told = proposed_by([reply], KNOWN)
    assert not told.proposals
    assert [fault.reason for fault in told.faults] == [reason]
    assert says in told.faults[0].text
    assert len(told.faults[0].text) < 3_000
    told.faults[0].text.encode("utf-8")


def test_a_tool_reads_its_own_arguments_and_a_schema_that_is_none_refuses_nothing() -> None:
    @tool(read_only=True)
    def double(number: int) -> int:
        """Twice the number."""
        return 2 * number

    strange = {"type": "function", "function": {"name": "strange", "parameters": {"type": "whatever"}}}
    bare = {"type": "function", "function": {"name": "bare"}}
    replies = [
        Reply(Call.of("double", {"number": "2"})),
        Reply(Call.of("strange", {"a": 1})),
        Reply(Call.of("bare", {})),
    ]
    told = proposed_by(replies, readers([double, strange, bare]))
    assert [each.action.name for each in told.proposals] == ["strange", "bare"]
    assert [fault.reason for fault in told.faults] == ["invalid arguments"]
    assert "number: Input should be a valid integer" in told.faults[0].text


def test_an_object_in_itself_is_malformed() -> None:
    knot: dict[str, Any] = {}
    knot["a"] = [knot, knot]
    fault = reply_of("add", knot).fault
    assert fault is not None
    assert fault.reason == "malformed"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


@given(JUNK, JUNK, JUNK)
def test_whatever_is_written_is_a_call_or_a_fault(name: Any, arguments: Any, text: Any) -> None:
    for written in (arguments, str(arguments), json.dumps(str(arguments))):
        reply = reply_of(name, written, text)
        assert (reply.call is None) == (reply.fault is not None)
        told = proposed_by([reply, reply_of("add", written, text)], KNOWN)
        assert len(told.proposals) + len(told.faults) in (1, 2)
        json.dumps([fault.text for fault in told.faults] + [each.why for each in told.proposals]).encode("utf-8")


def test_words_are_one_answer_where_they_may_end_the_task() -> None:
    replies = [Reply(text="It is 3."), Reply(SUM), Reply(text="Three."), Reply()]
    told = proposed_by(replies, KNOWN, answers=True)
    assert [(each.action, each.weight) for each in told.proposals] == [
        (Call.of(ANSWER, {"text": "It is 3."}), 0.5),
        (SUM, 0.25),
    ]
    assert told.faults == (Fault("empty", ""),)


def test_words_do_not_end_a_task_that_as_many_samples_go_on_with() -> None:
    told = proposed_by([Reply(text="Done."), Reply(SUM)], KNOWN, answers=True)
    assert [(each.action, each.weight) for each in told.proposals] == [(SUM, 0.5)]
    assert told.faults == (Fault("empty", "Done."),)


def test_the_conversation_has_each_call_and_its_result() -> None:
    past = Past(((SUM, Observation("3")), (Call.of(ANSWER, {"text": "It is 3."}), Observation(""))))
    assert messages_of("Add 1 and 2.", past) == (
        {"role": "user", "content": "Add 1 and 2."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "3"},
        {"role": "assistant", "content": "It is 3."},
    )
    earlier = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add 1 and 2."}]
    assert messages_of(earlier, Past())[:2] == tuple(earlier)


def test_all_nodes_are_asked_in_one_round_and_a_further_attempt_says_so() -> None:
    asked: list[Prompt] = []

    def chat(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        asked.extend(prompts)
        return [[Reply(Call.of("add", {"a": i, "b": 0}))] * 3 for i in range(len(prompts))]

    nodes: list[Node[Any, Call]] = [Node(Past()), Node(Past(((SUM, Observation("3")),)), attempt=2)]
    told = ModelProposer(chat, [ADD], "Add.", samples=3)(nodes)
    assert [each.proposals[0].action.values()["a"] for each in told] == [0, 1]
    assert [(prompt.samples, prompt.attempt, len(prompt.messages)) for prompt in asked] == [(3, 0, 1), (3, 2, 3)]
    assert asked[0].tools == (ADD,)
    with pytest.raises(ValueError, match="at least one sample"):
        ModelProposer(chat, [ADD], "Add.", samples=0)


class Wordy:
    """A model that writes what it is told to write."""

    def __init__(self, *texts: str | TextReply) -> None:
        self.texts, self.requests = list(texts), list[TextRequest]()

    def __call__(self, requests: Sequence[TextRequest]) -> list[TextReply]:
        self.requests += requests
        texts = [self.texts.pop(0) for _ in requests]
        return [text if isinstance(text, TextReply) else TextReply(text, tokens=10) for text in texts]


def test_replies_in_words_are_read_and_what_is_none_is_a_fault() -> None:
    model = Wordy(
        '{"thought": "easy", "tool": "add", "arguments": {"a": 1, "b": 2}, "remaining": 0}',
        'Sure: ```json\n{"tool": "add", "arguments": "{\\"a\\": 1, \\"b\\": 2}", "remaining": -3}``` done',
        '{"thought": "It is 3.", "tool": "", "arguments": {}}',
        '{"tool": 7, "arguments": {}}',
        '{"tool": "add", "arguments": ',
        '{"tool": null}',
        " ",
        TextReply(error="timeout"),
        "[" * 50_000,
        '{"a":' * 50_000,
    )
    replies = json_chat(model)([Prompt(({"role": "user", "content": "Add."},), (ADD,), samples=10)])[0]
    assert [reply.call for reply in replies] == [SUM, SUM, *[None] * 8]
    assert [reply.remaining for reply in replies[:2]] == [0, None]
    assert (replies[0].text, replies[2].text) == ("easy", "It is 3.")
    reasons = [reply.fault and reply.fault.reason for reply in replies]
    assert reasons == [None] * 3 + ["malformed"] * 2 + ["empty"] * 2 + ["error"] + ["malformed"] * 2
    assert proposed_by(replies).spent == Spent(requests=10, samples=9, tokens=90)


def test_a_conversation_in_words_alternates_and_samples_are_numbered() -> None:
    model = Wordy(*["{}"] * 4)
    messages = messages_of("Add 1 and 2.", Past(((SUM, Observation("3", error="")),)))
    json_chat(model)([Prompt(messages, (ADD,), samples=2, attempt=a) for a in (0, 1)])
    assert [request.sample for request in model.requests] == [0, 1, 2, 3]
    turns = model.requests[0].messages
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant", "user"]
    assert "add: Add two numbers." in turns[0]["content"]
    assert json.loads(turns[2]["content"]) == {"tool": "add", "arguments": {"a": 1, "b": 2}}
    assert turns[3]["content"] == "Result: 3"
    assert json.loads(model.requests[0].schema)["properties"]["tool"]["enum"] == ["add", ""]
