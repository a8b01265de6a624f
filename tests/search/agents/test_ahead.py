"""What looking ahead may do: which branches close, where the end is, and that an interrupted search goes on."""

from math import inf
from pathlib import Path
from typing import Any

import pytest

from porism.search import Budget, Node, Proposal, Search, astar, drive
from porism.search.agents.ahead import Ahead, Ending, Look
from porism.search.agents.chats import REMAINING, openai_chat
from porism.search.agents.proposer import ANSWER, ModelProposer
from porism.search.agents.scripted import Scripted
from porism.search.bayes import MOST, belief
from porism.search.cassette import Cassette
from porism.search.costs import Cost, Price, stepwise
from porism.search.tools import Call, Toolbox, ToolEnvironment, tool

RAN: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    RAN.clear()


@tool(read_only=True)
def look(at: str) -> str:
    """Look at something."""
    RAN.append(f"look {at}")
    if at == "sun":
        raise ValueError("too bright")
    return f"a {at}"


@tool(precondition=lambda what: "it is locked" if what == "safe" else "")
def open_(what: str) -> str:
    """Open something."""
    RAN.append(f"open {what}")
    return "open"


def walked(env: Ahead, *calls: Call) -> list[float]:
    """The costs of a path."""
    moment, costs = env.initial(), []
    for call in calls:
        moment, cost = env.step(moment, call)
        costs.append(cost)
    return costs


MOON, STAR = Call.of("look", {"at": "moon"}), Call.of("look", {"at": "star"})
DOOR = Call.of("open_", {"what": "door"})


def test_only_what_reads_runs_and_once_for_all_branches() -> None:
    env = Ahead([look, open_])
    assert walked(env, MOON, DOOR) == walked(env, MOON, STAR) == [0, 0]
    assert RAN == ["look moon", "look star"]
    assert env.tool_runs == 2


def test_what_fails_or_would_be_refused_closes_its_branch() -> None:
    env = Ahead([look, open_])
    assert walked(env, Call.of("look", {"at": "sun"})) == [inf]
    assert walked(env, Call.of("look", {"at": 3})) == [inf]
    assert walked(env, Call.of("open_", {"what": "safe"})) == [inf]
    assert RAN == ["look sun"]


def test_reading_again_what_cannot_have_changed_closes_its_branch() -> None:
    env = Ahead([look, open_])
    assert walked(env, MOON, STAR, MOON) == [0, 0, inf]
    assert walked(env, MOON, DOOR, MOON) == [0, 0, 0]  # opening might have changed it
    assert walked(Ahead(), MOON, MOON) == [0, 0]  # a tool that is not at hand might be called twice on purpose


def test_a_reply_in_words_or_a_tool_that_ends_the_task_ends_it() -> None:
    env = Ahead([look], ends=["submit"])
    for name, over in ((ANSWER, True), ("submit", True), ("look", False)):
        moment, _ = env.step(env.initial(), Call.of(name, {"text": ""}))
        assert env.solved(moment) is over
    assert not env.solved(env.initial())


def test_nothing_is_left_at_the_end_whatever_was_imagined_before() -> None:
    cost = Ending(stepwise(length=9), Ahead())
    root: Node[Any, Call] = Node(None)
    words, more = cost(root, [Proposal(Call.of(ANSWER, {"text": "3"}), 0.5), Proposal(MOON, 0.5)])
    assert words.step == more.step > 0
    assert words.h == 0 < more.h


def along(cost: Cost, *guesses: int) -> list[Price]:
    """The prices of a path on which all agree: calls with their guesses, and then the answer."""
    node, prices = Node[Any, Any](None), list[Price]()
    for proposal in [*(Proposal(MOON, 1, guess) for guess in guesses), Proposal(Call.of(ANSWER, {"text": "3"}), 1)]:
        (price,) = cost(node, [proposal])
        node = Node(None, node, proposal.action, node.cost + price.step, node.depth + 1, price.h, note=price.note)
        prices.append(price)
    return prices


def test_where_no_call_is_to_come_the_answer_is() -> None:
    plain, cost = belief(), Ending(belief(), Ahead())
    assert along(plain, 3, 2, 1, 0)[-1].step > 1.5  # a solution that was none, as it seems
    assert all(price.step < 0.3 for price in along(cost, 3, 2, 1, 0))
    *_, last, answer = along(cost, 3, 2, 1, 0)
    assert sum(rest * share for rest, share in enumerate(folded(last))) == pytest.approx(1, abs=0.3)
    assert answer.h == 0
    assert folded(answer)[0] > 0.9  # a step of which nothing is left is known to be that


def test_an_answer_is_believed_where_it_was_expected() -> None:
    cost = Ending(belief(), Ahead())

    def lead(*guesses: int, other: int | None) -> float:
        """What an answer is cheaper by, after a path with these guesses, than another call with as many votes."""
        node = Node[Any, Any](None)
        for guess in guesses:
            (price,) = cost(node, [Proposal(STAR, 1, guess)])
            node = Node(None, node, STAR, 0, node.depth + 1, note=price.note)
        words, more = cost(node, [Proposal(Call.of(ANSWER, {"text": "3"}), 0.5), Proposal(MOON, 0.5, other)])
        return more.step - words.step

    assert lead(2, 1, 0, other=None) > 0.2
    assert abs(lead(7, 6, 5, other=None)) < 0.01
    assert lead(7, 6, 5, other=4) < -1


def folded(price: Price) -> list[float]:
    """What ``belief`` noted, over all kinds of guessers."""
    return [sum(price.note[rest :: MOST + 1]) for rest in range(MOST + 1)]


def test_the_start_is_asked_again_as_often_as_said_and_other_places_as_the_cost_has_it() -> None:
    start, twin, further = Node[Any, Any](None), Node[Any, Any](None, attempt=1), Node[Any, Any](None, Node(None))
    never, once = (Ending(belief(asks=3), Ahead(), retries) for retries in (0, 1))
    assert [cost.again(node, []) for cost in (never, once) for node in (start, twin, further)] == [
        None, None, 0, 0, None, 0,
    ]  # fmt: skip
    assert Ending(stepwise(), Ahead(), 1).again(further, []) is None
    some = [Proposal(MOON, 0.5)]
    assert never.again(start, some) == belief(asks=3).again(start, some) != 0


def test_a_look_counts_votes_of_as_many_samples_as_it_takes() -> None:
    env = Ahead()
    assert Look().prices(env) == Ending(belief(), env, 1)
    assert Look(samples=8, again=2).prices(env) == Ending(belief(samples=8), env, 2)
    assert belief(samples=8) != belief()
    assert Look(samples=8, cost=stepwise()).prices(env).cost == stepwise()


def test_a_search_that_was_stopped_goes_on_where_it_was_and_pays_nothing_twice(tmp_path: Path) -> None:
    def answer(request: Any) -> list[Call | str]:
        left = 4 - sum(message["role"] == "tool" for message in request["messages"])
        return [Call.of("look", {"at": f"{side} {left}", REMAINING: left}) for side in ("left", "right")]

    def search(requests: int) -> tuple[str, int]:
        client = Scripted(answer)
        env = ToolEnvironment(lambda: Toolbox([look]), goal=lambda moment: moment.depth == 4)
        asked = ModelProposer(openai_chat(client, "m"), env.tools, "Look around.")
        recorded = Cassette(asked, tmp_path / "calls.sqlite", "look around", dump=str, load=read)
        outcome = drive(Search(env, astar(), cost=stepwise(), budget=Budget(requests=requests)), recorded)
        return outcome.reason, len(client.requests)

    def read(text: str) -> Call:
        name, _, arguments = text.partition("(")
        return Call(name, arguments.removesuffix(")"))

    assert search(3) == ("budget", 3)
    reason, rest = search(100)
    assert reason == "solved"
    assert rest > 0
    assert search(100) == ("solved", 0)
