"""Each fault of the reference is mended, and comes back with its switch; from request to row, with base models too.

The faults are those counted in the reference implementation, yizhongw/self-instruct at 0b26ccaa.
"""

from typing import Any

import pytest

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import REFERENCE, Compat, Settings
from porism.outputs.records import Record

POOL = tasks.load()
MORE = "Explain how rain forms in hills."


def base(listed: str, found: str = "Output: done", finish: str = "stop") -> Scripted:
    """A base model that goes on with a list, and a server that ends each reply at the first stop string in it."""

    def answer(request: ChatRequest) -> ChatReply:
        prompt = request.prompt or ""
        if prompt.endswith("Classification?"):
            return ChatReply(stopped(" No\n", request))
        if prompt.endswith("\n9."):
            return ChatReply(stopped(listed, request), finish)
        return ChatReply(stopped(found, request))

    return Scripted(answer)


def stopped(text: str, request: ChatRequest) -> str:
    return text[: min((place for stop in request.stop if (place := text.find(stop)) >= 0), default=len(text))]


def first(listed: str, compat: Compat, found: str = "Output: done", finish: str = "stop", **more: Any) -> list[Record]:
    settings = Settings(style="completion", compat=compat, **more)
    stream = SelfInstruct(settings, POOL, base(listed, found, finish), seed=0).records(concurrency=1)
    rows = next(stream)[1]
    stream.close()
    return rows


def instructions(rows: list[Record], *, accepted: bool = True) -> list[str]:
    return [record.content["instruction"] for record in rows if record.accepted == accepted]


def checks(rows: list[Record]) -> list[str]:
    return ["accepted" if record.accepted else record.failure.check for record in rows]


def numbered(*items: str) -> str:
    return " " + "\n".join([items[0], *(f"{n}. {item}" for n, item in enumerate(items[1:], 10))])


def test_capitals() -> None:
    text = "Compare SQL and NoSQL as NASA uses them."
    assert instructions(first(numbered(text), Compat())) == [text]
    assert instructions(first(numbered(text), Compat(capitalize=True))) == ["Compare sql and nosql as nasa uses them."]
    lower = "write a program that sorts numbers"
    for compat in (Compat(), Compat(capitalize=True)):  # which once hid this one from the rule
        assert checks(first(numbered(lower), compat)) == ["program"]


def test_other_scripts() -> None:
    text = "Опишите устройство старых башенных часов"
    assert checks(first(numbered(text, text), Compat())) == ["accepted", "novelty"]
    assert checks(first(numbered(text, text), Compat(tokeniser="rouge_score")))[1] in ("accepted", "repeat")
    assert checks(first(numbered(text), Compat(ascii_start=True))) == ["opening"]
    unspaced = "为一家新开的茶馆写三个名字"
    assert checks(first(numbered(unspaced), Compat())) == ["accepted"]
    assert checks(first(numbered(unspaced), Compat(tokeniser="rouge_score"))) == ["length"]  # one word


def test_stops() -> None:
    text = "Say what happened in 2016. Then name who was there."
    assert instructions(first(numbered(text, MORE), Compat())) == [text, MORE]
    assert instructions(first(numbered(text, MORE), Compat(stops=True))) == ["Say what happened in 20"]
    seven = [f"{name * 3} {name * 4} {name * 5} {name * 6}" for name in "abcdefg"]
    for compat in (Compat(), Compat(stops=True)):  # the sixteenth is where both end the list
        assert instructions(first(numbered(*seven, "too much of it"), compat)) == seven
    prose = "Example 1\nInput: the Example 6 of Task: 3\nOutput: x\nTask: another\nOutput: y"
    [ours] = first(numbered(MORE), Compat(), prose)
    assert ours.content["input"] == "the Example 6 of Task: 3"
    assert ours.content["output"] == "x"
    assert checks(first(numbered(MORE), Compat(stops=True), prose)) == ["instances"]


@pytest.mark.parametrize(
    ("lengths", "kept_by_float"), [((10, 10), True), ((9, 11), False), ((8, 12), False), ((7, 13), False)]
)
def test_exactly_seven_tenths(lengths: tuple[int, int], kept_by_float: bool) -> None:
    one, two = ([*"abcdefg", *(f"{name}{n}" for n in range(k - 7))] for name, k in zip("xy", lengths, strict=True))
    listed = numbered(" ".join(one), " ".join(two))
    kept = {b: checks(first(listed, Compat.model_validate({"boundary": b})))[1] for b in ("drop", "keep", "float")}
    assert kept == {"drop": "novelty", "keep": "accepted", "float": "accepted" if kept_by_float else "novelty"}


def test_a_reply_that_was_cut() -> None:
    listed = numbered("Name three rivers that cross deserts.", MORE, "Describe an old")
    assert checks(first(listed, Compat(), finish="length")) == ["accepted", "accepted", "complete"]
    discard = first(listed, Compat(truncated="discard"), finish="length")
    assert [record.failure.reason for record in discard] == ["the reply was cut in it"] * 3
    assert [record.raw for record in discard] == [listed] * 3  # nothing is lost


def test_the_end_of_a_completion() -> None:
    for compat, end in ((Compat(), "done"), (Compat(end_of_text="<|endoftext|>"), "done<|endoftext|>")):
        [record] = first(numbered(MORE), compat)
        assert record.notes["completion"].lstrip() == end
        assert record.content["output"] == record.notes["messages"][-1]["content"] == "done"


def test_all_of_it_at_once() -> None:
    rows = first(numbered("Name THREE rivers.", "Name THREE rivers in Peru.", "Écris trois mots ici."), REFERENCE)
    assert checks(rows) == ["length", "accepted", "opening"]
    assert instructions(rows) == ["Name three rivers in peru."]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("Example 1\nInput: a\nOutput: b\n\nExample 2\nInput: c\nOutput: d", ["accepted", "accepted"]),
        ("Example 1\nInput: a\nOutput: b\n\nExample 2\nInput: c", ["accepted", "instance"]),
        ("Example 1\nInput: a\nOutput: a", ["instance"]),
        ("I cannot.", ["instances"]),
        ("\n\n".join(f"Example {n}\nInput: {n}\nOutput: <{n}>" for n in range(1, 8)), ["accepted"] * 5),  # stopped
    ],
)
def test_instances_of_a_base_model(found: str, expected: list[str]) -> None:
    assert checks(first(numbered(MORE), Compat(), found)) == expected


def test_labels_of_a_base_model() -> None:
    found = "Class label: spam\nWin a boat\nClass label: ham\nInput: Hi there"
    rows = first(numbered(MORE), Compat(), found, only_classification=True)
    assert [(row.content["input"], row.content["output"]) for row in rows] == [
        ("Win a boat", "spam"),
        ("Hi there", "ham"),
    ]
    assert checks(rows) == ["accepted", "accepted"]
