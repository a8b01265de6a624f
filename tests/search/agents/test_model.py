"""Search as a model: an existing loop with one line changed, and what one turn leaves for the next."""

import asyncio
import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from porism.search import Budget
from porism.search.agents.ahead import Look
from porism.search.agents.chats import REMAINING
from porism.search.agents.model import AsyncSearchModel, SearchModel
from porism.search.agents.scripted import AsyncScripted, Scripted
from porism.search.agents.turn import NothingToDo
from porism.search.tools.calls import Call
from porism.search.tools.tool import Tool, run_call, tool

RAN: list[str] = []
PRICES = {"A": 90, "B": 40}


@tool(read_only=True)
def price(flight: str) -> int:
    """What a flight costs."""
    RAN.append(f"price {flight}")
    return PRICES[flight]


@tool
def book(flight: str) -> str:
    """Book a flight, for good."""
    RAN.append(f"book {flight}")
    return f"booked {flight}"


TOOLS = [price, book]
SCHEMAS = [each.schema() for each in TOOLS]
TASK = [{"role": "user", "content": "Book the cheap flight."}]


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    RAN.clear()


def called(request: Mapping[str, Any]) -> list[str]:
    """The calls in a conversation, in words."""
    calls = [call["function"] for message in request["messages"] for call in message.get("tool_calls") or ()]
    return [f"{call['name']} {json.loads(call['arguments'])['flight']}" for call in calls]


def call(name: str, flight: str, left: int | None = None) -> Call:
    return Call.of(name, {"flight": flight} | ({} if left is None else {REMAINING: left}))


def traveller(request: Mapping[str, Any]) -> list[Call | str]:
    """Wants to book A at once, mostly, and then does not know what to do; after a look at the price of B it is sure."""
    match called(request):
        case []:
            return [call("book", "A", 3), call("book", "A", 3), call("book", "A", 3), call("price", "B", 1)]
        case ["price B"]:
            return [call("book", "B", 0)]
        case ["price B", "book B"]:
            return ["B is booked."]
        case [*_, last] if last.startswith("book A"):
            return [call("price", "A", 9), call("price", "B", 9), call("book", "B", 9), call("book", "A", 9)]
        case _:
            return [call("price", each, 9) for each in "AB"]


def loop(client: Any, as_objects: bool = False) -> list[str]:
    """An agent's loop, as it is written everywhere: some hand back the message that they got, some a dictionary."""
    messages: list[Any] = list(TASK)
    while True:
        message = client.chat.completions.create(model="m", messages=messages, tools=SCHEMAS).choices[0].message
        messages.append(message if as_objects else message.model_dump(exclude_none=True))
        if not message.tool_calls:
            dumped = [each if isinstance(each, dict) else each.model_dump() for each in messages]
            return [*called({"messages": dumped}), message.content]
        for each in message.tool_calls:
            seen = run_call(TOOLS, Call.of(each.function.name, json.loads(each.function.arguments)))
            messages.append({"role": "tool", "tool_call_id": each.id, "content": seen.text})


@pytest.mark.parametrize("as_objects", [False, True])
def test_one_changed_line_looks_ahead(as_objects: bool) -> None:
    assert loop(Scripted(lambda request: traveller(request)[:1] if len(request["messages"]) < 7 else ["Lost."])) == [
        "book A", "price A", "price A", "Lost.",
    ]  # fmt: skip
    RAN.clear()
    model = SearchModel(Scripted(traveller))
    assert loop(model, as_objects) == ["price B", "book B", "B is booked."]
    assert RAN == ["price B", "book B"]  # nothing ran while looking ahead
    assert model.turns.latest is not None
    assert model.turns.latest.outcome.spent.tool_runs == 0


def test_only_read_only_tools_run_while_looking_ahead_and_only_if_they_are_at_hand() -> None:
    model = SearchModel(Scripted(traveller), tools=TOOLS)
    made = model.chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert [each.function.name for each in made.choices[0].message.tool_calls] == ["price"]
    assert RAN
    assert not [each for each in RAN if each.startswith("book")]


def test_a_call_that_is_seen_to_fail_is_not_chosen_unless_all_do() -> None:
    wrong, right = call("price", "Z", 1), call("price", "B", 1)
    samples: list[Call | str] = [wrong, wrong, wrong, right]

    def answer(request: Mapping[str, Any]) -> list[Call | str]:
        return samples if not called(request) else ["Done."]

    def chosen(look: Look = Look()) -> str:  # noqa: B008  # frozen
        model = SearchModel(Scripted(answer), tools=TOOLS, look=look)
        made = model.chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
        return str(made.choices[0].message.tool_calls[0].function.arguments)

    assert chosen() == '{"flight": "B"}'
    samples[3] = call("price", "B", 9)  # far from the end: the start would be asked again before it, but for the budget
    assert chosen(Look(budget=Budget(requests=1))) == '{"flight": "B"}'
    samples[:] = [wrong, wrong, call("price", "Y", 1)]
    assert chosen() == '{"flight": "Z"}'  # so that the loop and the model see what is wrong


def test_when_all_samples_agree_there_is_nothing_to_search() -> None:
    client = Scripted(lambda _: [call("price", "A", 5)])
    SearchModel(client).chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert len(client.requests) == 1


def continued(made: ChatCompletion, result: str) -> list[Any]:
    message = made.choices[0].message
    calls = message.tool_calls or []
    return [
        *TASK,
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": calls[0].id, "content": result},
    ]


@pytest.mark.parametrize(
    ("at_hand", "result", "first_request_has"),
    [
        (TOOLS, "40", None),  # seen while looking ahead: the whole subtree is kept
        (TOOLS, "41", 3),  # something else came back: asked anew
        ([], "40", 3),  # was only imagined: asked anew where there is a result to read, kept below
    ],
)
def test_the_subtree_is_kept_as_far_as_it_came_true(
    at_hand: list[Tool], result: str, first_request_has: int | None
) -> None:
    def answer(request: Mapping[str, Any]) -> list[Call | str]:
        return (
            traveller(request) if called(request) != ["price B"] else [*traveller(request) * 3, call("price", "A", 9)]
        )

    client = Scripted(answer)
    model = SearchModel(client, tools=at_hand, look=Look(samples=4, budget=Budget(requests=30, depth=12)))
    first = model.chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert first.choices[0].message.tool_calls[0].function.name == "price"
    paid = len(client.requests)
    again = model.chat.completions.create(model="m", messages=continued(first, result), tools=SCHEMAS)
    assert again.choices[0].message.tool_calls[0].function.name == "book"
    asked = [len(request["messages"]) for request in client.requests[paid:]]
    assert (asked[0] if asked else None) == first_request_has
    if not at_hand:
        assert asked == [3]  # and what was proposed after booking B is not paid for again


def test_another_conversation_is_another_search() -> None:
    client = Scripted(traveller)
    model = SearchModel(client, tools=TOOLS)
    first = model.chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    paid = len(client.requests)
    other = [{"role": "user", "content": "Another."}, *continued(first, "40")[1:]]
    model.chat.completions.create(model="m", messages=other, tools=SCHEMAS)
    assert len(client.requests) > paid


def test_call_ids_differ_between_turns_and_stay_between_runs() -> None:
    def ids() -> list[str]:
        model = SearchModel(Scripted(lambda _: [call("price", "A", 1)]))
        messages, found = list(TASK), list[str]()
        for _ in range(3):
            made = model.chat.completions.create(model="m", messages=messages, tools=SCHEMAS).choices[0].message
            found.append(made.tool_calls[0].id)
            messages += [
                made.model_dump(exclude_none=True),
                {"role": "tool", "tool_call_id": found[-1], "content": "90"},
            ]
        return found

    assert ids() == ids()
    assert len(set(ids())) == 3


def test_what_is_no_question_of_search_goes_to_the_client_as_it_is() -> None:
    client = Scripted(lambda _: ["Hello."])
    model = SearchModel(client, model="inner")
    plain = {"model": "m", "messages": TASK, "temperature": 0.2}
    forced = {"type": "function", "function": {"name": "price"}}
    requests: list[dict[str, Any]] = [
        plain,
        plain | {"tools": []},
        plain | {"tools": SCHEMAS, "tool_choice": "none"},
        plain | {"tools": SCHEMAS, "tool_choice": forced},
        plain | {"tools": SCHEMAS, "n": 2},
    ]
    for request in requests:
        model.chat.completions.create(**request)
    assert client.requests == [request | {"model": "inner"} for request in requests]
    assert model.requests is client.requests  # and so does every other attribute


def test_options_go_on_and_an_answer_can_be_forbidden() -> None:
    client = Scripted(lambda _: ["I would rather talk.", "Really.", call("price", "A", 1)])
    made = SearchModel(client).chat.completions.create(
        model="m", messages=TASK, tools=SCHEMAS, tool_choice="required", temperature=0.3
    )
    assert made.choices[0].message.tool_calls
    assert client.requests[0]["temperature"] == 0.3
    assert client.requests[0]["tool_choice"] == "required"


def test_a_stream_brings_the_same_message() -> None:
    model = SearchModel(Scripted(traveller))
    request = {"model": "m", "messages": TASK, "tools": SCHEMAS, "stream": True}
    with model.chat.completions.create(**request) as stream:
        first, last = stream
    assert first.choices[0].delta.tool_calls[0].function.arguments == '{"flight": "B"}'
    assert first.choices[0].finish_reason == "tool_calls"
    assert last.usage.total_tokens > 0


def test_waiting_for_it_gives_the_same_completions() -> None:
    async def awaited() -> tuple[Any, list[Any]]:
        model = AsyncSearchModel(AsyncScripted(traveller))
        request: dict[str, Any] = {"model": "m", "messages": TASK, "tools": SCHEMAS}
        made = await model.chat.completions.create(**request)
        stream = await model.chat.completions.create(**request, stream=True)
        return made, [chunk async for chunk in stream]

    made, chunks = asyncio.run(awaited())
    assert made == SearchModel(Scripted(traveller)).chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert chunks[0].choices[0].delta.tool_calls[0].id == made.choices[0].message.tool_calls[0].id


def test_a_refusal_is_passed_on() -> None:
    choice = SimpleNamespace(message=SimpleNamespace(refusal="I will not."), finish_reason="stop")
    client = SimpleNamespace(
        chat=SimpleNamespace(completions=SimpleNamespace(create=lambda **_: SimpleNamespace(choices=[choice])))
    )
    made = SearchModel(client).chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert made.choices[0].message.refusal == "I will not."


def test_faulty_replies_are_asked_for_once_more_and_then_named() -> None:
    client = Scripted(lambda _: [call("fly", "A", 1), Call.of("price", {"flight": 7, REMAINING: 1})])
    with pytest.raises(NothingToDo, match=r"unknown tool: fly.*invalid arguments: flight") as raised:
        SearchModel(client, tools=TOOLS).chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert len(client.requests) == 2
    assert [fault.reason for fault in raised.value.faults] == ["unknown tool", "invalid arguments"] * 4


def test_a_second_round_can_mend_it() -> None:
    client = Scripted(lambda _: ["  "] if len(client.requests) == 1 else [call("price", "A", 1)])
    model = SearchModel(client)
    made = model.chat.completions.create(model="m", messages=TASK, tools=SCHEMAS)
    assert made.choices[0].message.tool_calls[0].function.name == "price"
    assert model.turns.latest is not None
    assert model.turns.latest.outcome.spent.requests == 2
    assert [fault.reason for _, fault in model.turns.latest.outcome.faults] == ["empty"] * 4
