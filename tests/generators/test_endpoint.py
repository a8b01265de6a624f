"""The client against servers of every mood."""

import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import FakeServer

from porism.generators.chat import ChatRequest, Message, ModelError, Scripted
from porism.generators.endpoint import Endpoint, Pace
from porism.generators.limits import Allowance, Slots

PACE = Pace(concurrency=4, timeout=1, attempts=3, backoff=0.01)
ASK = ChatRequest(messages=(Message("user", "Hello"),), schema='{"type": "object"}', stop=("x",), seed=3)


def good(text: Any = "hi") -> tuple[int, dict[str, Any]]:
    return 200, {"choices": [{"message": {"content": text}, "text": text, "finish_reason": "stop"}]}


def bad(status: int, message: str = "no", **error: Any) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "type": "t", "param": None, "code": None, **error}}


def test_what_is_sent() -> None:
    with FakeServer(reply=lambda _: good()) as server:
        Endpoint("m", server.base_url, pace=PACE, extra={"cache_prompt": False}).generate([ASK])
        Endpoint("m", server.base_url, pace=PACE).generate([ChatRequest(prompt="Once", max_tokens=5)])
    chat, completion = server.requests
    assert chat["messages"] == [{"role": "user", "content": "Hello"}]
    assert chat["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (chat["seed"], chat["stop"], chat["cache_prompt"]) == (3, ["x"], False)
    assert (completion["prompt"], completion["max_tokens"]) == ("Once", 5)
    assert "response_format" not in completion


def test_replies_of_a_batch_come_in_order() -> None:
    def reply(body: dict[str, Any]) -> tuple[int, Any]:
        time.sleep(0.05 if body["prompt"] in "024" else 0)
        return good(body["prompt"])

    with FakeServer(reply=reply) as server:
        replies = Endpoint("m", server.base_url, pace=PACE).generate([ChatRequest(prompt=str(n)) for n in range(8)])
    assert [reply.text for reply in replies] == list("01234567")


@pytest.mark.parametrize("name", ["response_format", "seed", "presence_penalty", "temperature", "top_p", "stop"])
@pytest.mark.parametrize("named", [True, False], ids=["by param", "in words"])
def test_a_parameter_that_the_server_does_not_know_is_left_out_from_then_on(name: str, named: bool) -> None:
    def reply(body: dict[str, Any]) -> tuple[int, Any]:
        return bad(400, f"unknown {name}", param=name if named else None) if name in body else good()

    with FakeServer(reply=reply) as server:
        endpoint = Endpoint("m", server.base_url, pace=PACE)
        assert [endpoint.generate([ASK])[0].text for _ in range(2)] == ["hi", "hi"]
    assert [name in body for body in server.requests] == [True, False, False]
    assert endpoint.usage()["left_out"] == [name]


def test_max_tokens_has_another_name_on_some_servers() -> None:
    def reply(body: dict[str, Any]) -> tuple[int, Any]:
        return good() if "max_completion_tokens" in body else bad(400, param="max_tokens")

    with FakeServer(reply=reply) as server:
        assert Endpoint("m", server.base_url, pace=PACE).generate([ASK])[0].text == "hi"


def test_a_request_that_is_wrong_is_an_error_and_not_tried_again() -> None:
    with FakeServer(reply=lambda _: bad(400, "context\n  too long")) as server:
        reply = Endpoint("m", server.base_url, pace=PACE).generate([ASK])[0]
    assert reply.error == "400: context too long"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (bad(401, "bad key"), "refused: 401: bad key; check OPENAI_API_KEY"),
        (bad(403, "not you"), "refused: 403: not you"),
        (bad(404, "no such model"), "refused: 404: no such model; check that it serves 'm'"),
        (bad(429, "pay first", code="insufficient_quota"), "refused: 429: pay first"),
    ],
    ids=["401", "403", "404", "quota"],
)
def test_what_no_other_request_would_be_spared_is_a_model_error(answer: tuple[int, Any], says: str) -> None:
    with FakeServer(reply=lambda _: answer) as server, pytest.raises(ModelError) as error:
        Endpoint("m", server.base_url, pace=PACE).generate([ASK])
    assert str(error.value).endswith(says)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [408, 409, 500, 503])
def test_what_may_pass_is_tried_again(status: int) -> None:
    answers = [bad(status), bad(status), good()]
    with FakeServer(reply=lambda _: answers.pop(0)) as server:
        reply = Endpoint("m", server.base_url, pace=PACE).generate([ASK])[0]
    assert (reply.text, reply.error) == ("hi", "")


def test_after_the_last_attempt_the_reply_is_an_error_and_after_many_the_endpoint_is_down() -> None:
    pace = Pace(concurrency=1, timeout=1, attempts=2, backoff=0.001, give_up=3)
    with FakeServer(reply=lambda _: bad(500, "boom")) as server:
        endpoint = Endpoint("m", server.base_url, pace=pace)
        assert [endpoint.generate([ASK])[0].error for _ in range(2)] == ["500: boom"] * 2
        with pytest.raises(ModelError, match="3 requests in a row failed at .*boom; run the same command again"):
            endpoint.generate([ASK])
    assert len(server.requests) == 6


def test_concurrency_finds_what_the_server_can_take() -> None:
    with FakeServer(most=3, delay=0.01) as server:
        endpoint = Endpoint("m", server.base_url, pace=Pace(concurrency=16, attempts=20, backoff=0.01))
        replies = endpoint.generate([ChatRequest(prompt=str(n)) for n in range(120)])
    assert not any(reply.error for reply in replies)
    assert endpoint.slots.limit < 16
    assert endpoint.usage()["faults"]["refused"] < 60  # it is not asked in vain again and again
    assert endpoint.usage()["faults"]["refused"] > 0


def test_usage_counts_what_was_read_and_written() -> None:
    answer = good()[1] | {"usage": {"prompt_tokens": 7, "completion_tokens": 2}}
    with FakeServer(reply=lambda _: (200, answer)) as server:
        endpoint = Endpoint("m", server.base_url, pace=PACE)
        endpoint.generate([ASK] * 3)
    usage = endpoint.usage()
    assert (usage["requests"], usage["input_tokens"], usage["output_tokens"]) == (3, 21, 6)


@pytest.mark.parametrize(
    "answer",
    [(200, {}), (200, []), (200, "text"), (200, None), (200, {"choices": [{}]}), (200, {"choices": "abc"}), good([1])],
)
def test_an_answer_that_is_no_answer_is_an_error(answer: tuple[int, Any]) -> None:
    with FakeServer(reply=lambda _: answer) as server:
        reply = Endpoint("m", server.base_url, pace=PACE).generate([ASK])[0]
    assert reply.error.startswith("unreadable answer")


def test_no_content_is_an_empty_reply() -> None:
    with FakeServer(reply=lambda _: good(None)) as server:
        assert Endpoint("m", server.base_url, pace=PACE).generate([ASK])[0].text == ""


def test_secrets_do_not_show() -> None:
    key = "sk-secret-of-the-test"
    url = "http://user:hidden-password@127.0.0.1:9/v1?token=1"
    endpoint = Endpoint("m", url, key, pace=PACE)
    assert endpoint.address == "http://127.0.0.1:9/v1"
    with pytest.raises(ModelError) as error:
        endpoint.probe()
    said = f"{error.value}{endpoint!r}{vars(endpoint).get('name')}{endpoint.usage()}"
    assert key not in said
    assert "hidden-password" not in said
    with FakeServer(echo=True) as server:
        assert key not in Endpoint("m", server.base_url, key, pace=PACE).generate([ASK])[0].text


def test_probe() -> None:
    with FakeServer() as server:
        Endpoint("m", server.base_url).probe()
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"nothing answers at http://127.0.0.1:9/v1 .*start the server"):
        Endpoint("m", "http://127.0.0.1:9/v1").probe()
    assert time.monotonic() - began < 5


def test_retired_endpoints_do_not_try_again_and_abandoned_ones_say_why() -> None:
    with FakeServer(reply=lambda _: bad(500)) as server:
        endpoint = Endpoint("m", server.base_url, pace=Pace(attempts=9, backoff=30))
        threading.Timer(0.2, endpoint.retire).start()
        began = time.monotonic()
        assert endpoint.generate([ASK])[0].error
        assert time.monotonic() - began < 5
        endpoint.abandon("it died: out of memory")
        with pytest.raises(ModelError, match="it died: out of memory"):
            endpoint.generate([ASK])


# Pace


@given(st.integers(1, 64), st.lists(st.booleans(), max_size=200))
def test_slots_stay_between_one_and_most(most: int, events: list[bool]) -> None:
    slots = Slots(most)
    for answered in events:
        if answered:
            slots.answered()
        else:
            with slots.one() as began:
                slots.refused(began)
        assert 1 <= slots.limit <= most


def test_a_burst_of_refusals_halves_once() -> None:
    slots = Slots(16)
    with slots.one() as first, slots.one() as second, slots.one() as third:
        for began in (second, first, third):
            slots.refused(began)
    assert slots.limit == 8


def test_an_allowance_is_a_minutes_worth_at_once_and_then_its_rate() -> None:
    allowance = Allowance(60)
    assert [allowance.take(1) for _ in range(60)] == [0.0] * 60
    assert allowance.take(1) == pytest.approx(1, abs=0.1)
    assert allowance.take(1) == pytest.approx(2, abs=0.1)
    assert Allowance(6_000).take(12_000) == pytest.approx(60, abs=0.1)


def test_requests_a_minute_are_kept_to() -> None:
    with FakeServer(reply=lambda _: good()) as server:
        endpoint = Endpoint("m", server.base_url, pace=Pace(concurrency=2, requests_per_minute=120))
        endpoint._requests.take(119)  # most of the minute is spent
        began = time.monotonic()
        endpoint.generate([ASK] * 3)
    assert time.monotonic() - began > 0.8  # one at once, then two at two a second


@pytest.mark.parametrize("wrong", [lambda: Slots(0), lambda: Allowance(0), ChatRequest])
def test_wrong_arguments(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"must be|either"):
        wrong()


def test_a_scripted_model_can_be_a_function() -> None:
    chat = Scripted(lambda request: request.text[::-1])
    assert chat.generate([ChatRequest(prompt="abc")])[0].text == "cba"
