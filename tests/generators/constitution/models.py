"""Scripted models of critique and revision, told by the system turn which request they answer."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

from answers import constitution as answers

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.constitution import asking, direct, method
from porism.generators.constitution.principles import Principle
from porism.generators.constitution.settings import Critiquing
from porism.generators.method import Given, Method
from porism.generators.self_instruct import tasks
from porism.outputs.records import Record
from porism.outputs.sources import Item

POOL = tasks.load()
KINDS = {asking.HELPFUL: "draft", asking.CRITIC: "critique", asking.EDITOR: "revision", asking.ARBITER: "choice"}
METHODS = (method.METHOD, direct.METHOD)
BRIEF = Principle(
    rule="An answer is brief.",
    critique="What is too long?",
    revision="Make it shorter.",
    comparison="Which is briefer?",
)
Line = str | ChatReply | dict[str, Any]
Rows = list[tuple[int, list[Record]]]


def kind(request: ChatRequest) -> str:
    """Which of the four requests it is."""
    return KINDS[request.messages[0].content]


def lines(**said: Line | Sequence[Line]) -> Scripted:
    """A model that says the same to each request of a kind, or of a list one after the other."""
    left: dict[str, Iterator[Any]] = {name: iter(line) for name, line in said.items() if isinstance(line, list)}

    def answer(request: ChatRequest) -> Any:
        name = kind(request)
        line: Any = next(left[name]) if name in left else said[name]
        return json.dumps(line) if isinstance(line, dict) else ChatReply(line) if isinstance(line, str) else line

    return Scripted(answer)


def body(request: ChatRequest) -> dict[str, Any]:
    """The request as a server would get it."""
    turns = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    return {"messages": turns, "seed": request.seed}


def plausible(request: ChatRequest) -> str:
    """What the fake server says."""
    text = answers.answer(body(request), Random(request.key("plausible")))
    assert text is not None
    return text


def given(settings: Critiquing, model: Scripted, items: Iterable[Item], seed: int = 0, **more: Any) -> Given:
    return Given(settings, model, seed, POOL, tuple(items), **more)


def rows(kind: Method, given: Given, **more: Any) -> Rows:
    """All of them, each item's with its number."""
    return list(kind.start(given).records(**more))


def one(kind: Method, model: Scripted, item: Item | None = None, **settings: Any) -> Record:
    """The row of a single item."""
    item = item or Item("row 0", "How long does an egg take to boil?", "", "Cook it for a while in a pot, I think.")
    stated = kind.settings.model_validate({"principles": {"brief": BRIEF}, "shots": 0, **settings})
    assert isinstance(stated, Critiquing)
    [(_, [row])] = rows(kind, given(stated, model, [item]), concurrency=1)
    return row


def items(count: int, ask: Callable[[int], str] = "Tell me about thing number {}.".format) -> list[Item]:
    return [Item(f"row {i}", ask(i), f"It is {i}." if i % 3 == 0 else "", f"Thing {i} is fine.") for i in range(count)]
