"""Every check of the method rejects what it should, with its reason, and keeps the text that the row was read from."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import CHECKS, SelfInstruct
from porism.generators.self_instruct.settings import Compat, Settings
from porism.outputs.records import Record

GOOD = "Name three rivers that cross a desert."
ONE = {"input": "", "output": "Nile, Orange, Colorado"}


def model(
    proposed: Any = (GOOD,), instances: Any = (ONE,), *, finish: str = "stop", cut: str = "stop", label: bool = False
) -> Scripted:
    """A chat model that proposes these tasks at every request, and gives every task these instances."""

    def answer(request: ChatRequest) -> ChatReply:
        schema = request.schema or ""
        if '"tasks"' in schema:
            text = proposed if isinstance(proposed, str) else json.dumps({"tasks": list(proposed)})
            return ChatReply(text, finish)
        if '"is_classification"' in schema:
            return ChatReply(json.dumps({"is_classification": label}))
        text = instances if isinstance(instances, str) else json.dumps({"instances": list(instances)})
        return ChatReply(text, cut)

    return Scripted(answer)


def first(chat: Scripted, settings: Settings | None = None) -> list[Record]:
    """The rows of the first request."""
    stream = SelfInstruct(settings or Settings(), tasks.load(), chat, seed=0).records(concurrency=1)
    found = next(stream)[1]
    stream.close()
    return found


def rejections(chat: Scripted, settings: Settings | None = None) -> list[tuple[str, str]]:
    rows = [record for record in first(chat, settings) if not record.accepted]
    assert all(record.raw is not None for record in rows)
    return [(record.failure.check, record.failure.reason) for record in rows]


SEED = tasks.load().tasks[0].instruction
CASES: dict[str, tuple[Callable[[], Scripted], tuple[str, str]]] = {
    "failed request": (
        lambda: Scripted(lambda _: ChatReply(error="500: broken")), ("reply", "request failed: 500: broken"),
    ),
    "empty reply": (lambda: model(" \n"), ("reply", "empty reply (finish reason: stop)")),
    "huge reply": (lambda: model("x" * 100_001), ("reply", "reply of 100,001 characters; at most 100,000 are read")),
    "prose": (lambda: model("Sorry, no."), ("reply", "no JSON object with a member 'tasks' in the reply")),
    "not a list": (lambda: model('{"tasks": {"a": 1}}'), ("reply", "'tasks' is not a list but '{\"a\": 1}'")),
    "no task": (lambda: model([]), ("reply", "no task in the reply")),
    "cut task": (lambda: model([GOOD], finish="length"), ("complete", "the reply was cut in it")),
    "empty task": (lambda: model([" "]), ("empty", "empty instruction")),
    "too short": (lambda: model(["Name three rivers."]), ("length", "3 words; 4 to 150 are wanted")),
    "too long": (lambda: model(["word " * 151]), ("length", "151 words; 4 to 150 are wanted")),
    "keyword": (lambda: model(["Now go to the market square."]), ("keywords", "speaks of 'go to'")),
    "keyword in capitals": (lambda: model(["Describe the GRAPH of this."]), ("keywords", "speaks of 'GRAPH'")),
    "program": (lambda: model(["Write a program that sorts."]), ("program", "begins with 'Write a program'")),
    "opening": (lambda: model(["- name three rivers now"]), ("opening", "begins with '-'")),
    "seed again": (lambda: model([SEED]), ("novelty", f"ROUGE-L 1.00 to {SEED!r}")),
    "twice": (lambda: model([GOOD, GOOD.upper()]), ("novelty", f"ROUGE-L 1.00 to {GOOD!r}")),
    "no JSON of instances": (
        lambda: model(instances="none"), ("instances", "no JSON object with a member 'instances' in the reply"),
    ),
    "no instance": (lambda: model(instances=[{"input": "x"}]), ("instances", "no instance in the reply")),
    "cut instance": (lambda: model(cut="length"), ("whole", "the reply was cut in it")),
    "empty output": (lambda: model(instances=[{"input": "a", "output": " "}]), ("instance", "empty output")),
    "same": (lambda: model(instances=[{"input": "a", "output": "a"}]), ("instance", "output equals input")),
    "input colon": (
        lambda: model(instances=[{"input": "a:", "output": "b"}]), ("instance", "input ends with a colon"),
    ),
    "output colon": (
        lambda: model(instances=[{"input": "a", "output": "b:"}]), ("instance", "output ends with a colon"),
    ),
    "contradiction": (
        lambda: model(instances=[{"input": "a", "output": "b"}, {"input": "a", "output": "c"}]),
        ("contradiction", "different outputs for the input 'a'"),
    ),
    "repeat": (lambda: model(instances=[ONE, ONE]), ("repeat", "same as an earlier instance")),
    "limit": (
        lambda: model(instances=[{"input": str(n), "output": f"<{n}>"} for n in range(6)]),
        ("limit", "more than 5 instances"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rejection(name: str) -> None:
    chat, expected = CASES[name]
    assert expected in rejections(chat())


def test_every_check_is_tested() -> None:
    assert {check for _, (check, _) in CASES.values()} == set(CHECKS)


def test_a_good_task_passes_every_check() -> None:
    [record] = first(model())
    assert record.accepted
    assert tuple(verdict.check for verdict in record.verdicts) == CHECKS
    assert record.notes["messages"][-1] == {"role": "assistant", "content": ONE["output"]}
    assert record.origin.place == (0, 0, 0)
    assert len(record.origin.parents) == 8


def test_a_contradiction_drops_all_instances() -> None:
    pairs = [{"input": "a", "output": "b"}, {"input": "a", "output": "c"}, {"input": "d", "output": "e"}]
    assert [check for check, _ in rejections(model(instances=pairs))] == ["contradiction"] * 3


def test_the_same_prompt_and_completion_again_is_a_repeat() -> None:
    """The reference's tokeniser lets the same Chinese instruction through again and again; its rows are still told."""
    twice = ["为一家新开的茶馆写三个名字"] * 30
    found = rejections(model(twice), Settings(compat=Compat(tokeniser="rouge_score"), words=(1, 150)))
    assert set(found) == {("repeat", "same prompt and completion as an earlier row")}
    assert len(found) == 30 - 6  # each of the six formats once
