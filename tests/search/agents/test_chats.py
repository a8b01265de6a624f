"""Native tool calls: what is sent, what is read back, and what goes wrong on the way."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openai
import pytest

from porism.search import Spent
from porism.search.agents.chats import REMAINING, openai_chat, openai_chat_async
from porism.search.agents.proposer import Prompt, proposed_by, readers
from porism.search.agents.replies import Reply
from porism.search.agents.scripted import AsyncScripted, Scripted
from porism.search.tools.calls import Call
from porism.search.tools.tool import tool


@tool(read_only=True)
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


SUM = Call.of("add", {"a": 1, "b": 2})
PROMPT = Prompt(({"role": "user", "content": "Add 1 and 2."},), (add.schema(),), samples=3)


def with_guess(guess: Any) -> Call:
    return Call.of("add", {"a": 1, "b": 2, REMAINING: guess})


def client_of(create: Callable[..., Any]) -> Any:
    return SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))


def choice(**message: Any) -> SimpleNamespace:
    return SimpleNamespace(message=SimpleNamespace(**message), finish_reason="stop")


def failure(kind: type[openai.APIStatusError], status: int, said: str, **body: Any) -> openai.APIStatusError:
    response: Any = SimpleNamespace(status_code=status, headers={}, request=None)
    return kind(said, response=response, body=body or None)


def test_all_samples_come_in_one_request_with_the_imagined_rest_taken_out() -> None:
    client = Scripted(lambda _: [with_guess(2), with_guess(-1), "It is 3."], tokens=70)
    replies = openai_chat(client, "m", temperature=0.7)([PROMPT])[0]
    assert [(each.call, each.remaining, each.text) for each in replies] == [
        (SUM, 2, ""),
        (SUM, None, ""),
        (None, None, "It is 3."),
    ]
    assert proposed_by(replies).spent == Spent(requests=1, samples=3, tokens=70)
    (request,) = client.requests
    assert (request["n"], request["temperature"], request["model"]) == (3, 0.7, "m")
    sent = request["tools"][0]["function"]["parameters"]
    assert REMAINING in sent["required"]
    assert sent["properties"][REMAINING]["type"] == "integer"
    assert REMAINING not in add.parameters["properties"]  # the tool's own schema is as it was


def test_without_an_estimate_the_schemas_are_sent_as_they_are() -> None:
    client = Scripted(lambda _: [SUM])
    openai_chat(client, "m", remaining=False)([PROMPT])
    assert client.requests[0]["tools"] == [add.schema()]


def test_a_tool_that_has_such_a_parameter_itself_is_an_error_that_says_what_to_do() -> None:
    named = {"type": "function", "function": {"name": "t", "parameters": {"properties": {REMAINING: {}}}}}
    with pytest.raises(ValueError, match="use remaining=False"):
        openai_chat(Scripted(lambda _: [SUM]), "m")([Prompt(PROMPT.messages, (named,))])


def test_a_server_that_gives_one_choice_is_asked_again_and_each_request_counts() -> None:
    scripted = Scripted(lambda _: [SUM], tokens=5)

    def one(**request: Any) -> Any:
        return scripted.chat.completions.create(**{**request, "n": 1})

    replies = openai_chat(client_of(one), "m")([PROMPT])[0]
    assert [each.call for each in replies] == [SUM] * 3
    assert proposed_by(replies).spent == Spent(requests=3, samples=3, tokens=15)


def test_a_server_that_refuses_n_is_asked_for_one_at_a_time_from_then_on() -> None:
    scripted, refused = Scripted(lambda _: [SUM]), []

    def strict(**request: Any) -> Any:
        if "n" in request:
            refused.append(request)
            raise failure(openai.BadRequestError, 400, "Only one completion choice is allowed")
        return scripted.chat.completions.create(**request)

    chat = openai_chat(client_of(strict), "m")
    for _ in range(2):
        assert [each.call for each in chat([PROMPT])[0]] == [SUM] * 3
    assert (len(refused), len(scripted.requests)) == (1, 6)


def test_a_request_that_fails_is_a_fault_of_its_replies() -> None:
    def broken(**_: Any) -> Any:
        raise failure(openai.InternalServerError, 500, "out of memory")

    replies = openai_chat(client_of(broken), "m")([PROMPT])[0]
    told = proposed_by(replies)
    assert [(fault.reason, fault.text) for fault in told.faults] == [("error", "out of memory")] * 3
    assert told.spent == Spent(requests=1)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(openai.AuthenticationError, 401), (openai.PermissionDeniedError, 403), (openai.NotFoundError, 404)],
)
def test_what_no_request_would_be_spared_is_raised(kind: type[openai.APIStatusError], status: int) -> None:
    def closed(**_: Any) -> Any:
        raise failure(kind, status, "no")

    with pytest.raises(kind):
        openai_chat(client_of(closed), "m")([PROMPT])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (choice(content=None, refusal="I will not."), "refusal"),
        (SimpleNamespace(message=SimpleNamespace(content=None), finish_reason="content_filter"), "refusal"),
        (choice(content=" \n"), "empty"),
        (choice(content=[{"type": "text"}]), "empty"),
        (choice(), "empty"),
        (None, "empty"),
        (choice(tool_calls=[SimpleNamespace(type="custom", custom=SimpleNamespace(name="x", input="y"))]), "malformed"),
        (choice(tool_calls=[None]), "malformed"),
        (choice(tool_calls=7), "malformed"),
        (choice(tool_calls=[SimpleNamespace(function=SimpleNamespace(name={"a": 1}, arguments="{}"))]), "malformed"),
        (choice(tool_calls=[SimpleNamespace(function=SimpleNamespace(name="add", arguments="{'a': 1}"))]), "malformed"),
        (
            choice(tool_calls=[SimpleNamespace(function=SimpleNamespace(name="add", arguments='{"a":' * 9_999))]),
            "malformed",
        ),
        (choice(tool_calls=[SimpleNamespace(function=SimpleNamespace(name="rm -rf", arguments="{}"))]), "unknown tool"),
        (choice(tool_calls=[SimpleNamespace(function=SimpleNamespace(name="add", arguments=""))]), "invalid arguments"),
    ],
)
def test_a_hostile_choice_is_a_fault(answer: Any, reason: str) -> None:
    completion = SimpleNamespace(choices=[answer], usage=None)
    chat = openai_chat(client_of(lambda **_: completion), "m")
    told = proposed_by(chat([Prompt(PROMPT.messages, PROMPT.tools, samples=1)])[0], readers([add]))
    assert [fault.reason for fault in told.faults] == [reason]
    assert not told.proposals


def test_an_answer_without_choices_ends_too() -> None:
    chat = openai_chat(client_of(lambda **_: SimpleNamespace(choices=None, usage="much")), "m")
    assert [each.fault and each.fault.reason for each in chat([PROMPT])[0]] == ["empty"] * 3


def test_seeds_differ_between_attempts_and_stay_between_runs() -> None:
    def seeds(seed: int) -> list[int]:
        client = Scripted(lambda _: [SUM])
        openai_chat(client, "m", seed=seed, workers=1)([Prompt(PROMPT.messages, PROMPT.tools, 2, a) for a in (0, 1)])
        return [request["seed"] for request in client.requests]

    assert seeds(1) == seeds(1)
    assert len({*seeds(1), *seeds(2)}) == 4


def test_several_prompts_keep_their_order_and_waiting_changes_nothing() -> None:
    def answer(request: Any) -> list[Call | str]:
        return [str(len(request["messages"]))]

    prompts = [Prompt(PROMPT.messages * k, PROMPT.tools, 1) for k in (3, 1, 2)]
    replies: list[list[Reply]] = openai_chat(Scripted(answer), "m")(prompts)  # type: ignore[assignment]
    assert [each.text for (each,) in replies] == ["3", "1", "2"]
    assert asyncio.run(openai_chat_async(AsyncScripted(answer), "m")(prompts)) == replies  # type: ignore[arg-type]
