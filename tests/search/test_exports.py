"""What is exported from a tree is in the tree: every label can be counted again by walking down from its call."""

import json
from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import Budget, Node, Outcome, Price, Proposal, Search, drive, each, uniform_cost
from porism.search.exports import Telling, preferences, steps, trajectories
from porism.search.places import places, plan
from porism.search.tools.calls import Call, Observation
from porism.search.tools.moments import Moment

ADD, DOUBLE, HALVE, WAIT = (Call.of(name, {}) for name in ("add", "double", "halve", "wait"))
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("add", "halve")
]
TELLING = Telling([{"role": "user", "content": "Make it 4."}], TOOLS, lambda told: f"It is {told[-1][1].text}.")


class Counter:
    """A number that calls change; halving an odd one fails, and closes the branch."""

    def __init__(self, start: int, goal: int) -> None:
        self.start, self.goal = start, goal

    def value(self, moment: Moment) -> int:
        return int(moment.observation.text) if moment.observation else self.start

    def initial(self) -> Moment:
        return Moment()

    def step(self, moment: Moment, call: Call) -> tuple[Moment, float]:
        n = self.value(moment)
        if call == HALVE and n % 2:
            return Moment(moment, call, Observation(f"{n} is odd", "refused")), inf
        after = {"add": n + 1, "double": 2 * n, "halve": n // 2, "wait": n}[call.name]
        return Moment(moment, call, Observation(str(after))), 1

    def solved(self, moment: Moment) -> bool:
        return not (moment.observation and moment.observation.error) and self.value(moment) == self.goal


def grown(goal: int = 4, calls: Sequence[Call] = (HALVE, ADD, DOUBLE), **budget: int) -> Outcome[Moment, Call]:
    search = Search(Counter(1, goal), uniform_cost(), budget=Budget(**budget))
    return drive(search, each(lambda moment: calls if moment.depth < 3 else []))


def test_the_best_path_is_told_as_a_conversation_with_tool_calls() -> None:
    (row,) = trajectories(grown(), TELLING)
    first, ask, seen, again, four, last = row["messages"]
    assert first == {"role": "user", "content": "Make it 4."}
    assert [turn["tool_calls"][0]["function"]["name"] for turn in (ask, again)] == ["add", "double"]
    assert ask["tool_calls"][0]["function"]["arguments"] == "{}"
    assert (ask["role"], ask["content"]) == ("assistant", "")
    assert [seen["content"], four["content"]] == ["2", "4"]
    assert seen["tool_call_id"] == ask["tool_calls"][0]["id"] != again["tool_calls"][0]["id"] == four["tool_call_id"]
    assert last == {"role": "assistant", "content": "It is 4."}
    assert json.loads(row["tools"]) == TOOLS


def test_every_goal_in_the_tree_is_a_trajectory_when_it_is_asked_for() -> None:
    outcome = grown()
    found = trajectories(outcome, TELLING, Counter(1, 4).solved)
    names = [[t["tool_calls"][0]["function"]["name"] for t in row["messages"] if "tool_calls" in t] for row in found]
    assert names[0] == ["add", "double"]
    assert ["double", "double"] in names
    assert all(row["messages"][-2]["content"] == "4" for row in found)


def test_preferences_are_siblings_and_say_why() -> None:
    rows = preferences(grown(), TELLING)
    assert {(row["error"], row["why"]) for row in rows} >= {("refused", "refused: 1 is odd")}
    for row in rows:
        assert row["chosen"] != row["rejected"]
        assert [turn["role"] for turn in row["chosen"] + row["rejected"]] == ["assistant", "assistant"]
        assert row["chosen"][0]["tool_calls"][0]["id"] == row["rejected"][0]["tool_calls"][0]["id"]
        made = [turn["tool_calls"][0]["function"] for turn in [*row["prompt"], *row["chosen"]] if "tool_calls" in turn]
        assert row["plan"][: len(made)] == made  # the plan goes through the chosen call
        assert replayed(row["plan"]) == 4


def test_a_call_that_nobody_looked_into_is_no_evidence() -> None:
    outcome = grown(goal=2, calls=(ADD, WAIT, HALVE))  # solved at once: waiting was never looked into
    assert {row["rejected"][0]["tool_calls"][0]["function"]["name"] for row in preferences(outcome, TELLING)} == {
        "halve"
    }
    looked = grown(goal=3, calls=(WAIT, ADD))
    whys = {
        (row["rejected"][0]["tool_calls"][0]["function"]["name"], row["why"]) for row in preferences(looked, TELLING)
    }
    assert ("wait", "expanded 1 time without reaching the goal") in whys
    assert not preferences(looked, TELLING, least=100)


def test_a_longer_way_is_worse_than_a_shorter_one() -> None:
    outcome = grown(goal=2, calls=(WAIT, ADD), nodes=40)
    solved = Counter(1, 2).solved
    (row,) = (row for row in preferences(outcome, TELLING, solved) if len(row["prompt"]) == 1)
    assert "expanded" in row["why"] or "more call" in row["why"]
    every = everything(Counter(1, 2), (WAIT, ADD))
    (first, *_) = preferences(every, TELLING, solved)
    assert first["why"] == "reaches the goal with 1 more call"


def test_a_call_after_which_nothing_more_is_tried_ends_short_of_the_goal() -> None:
    rows = preferences(everything(Counter(1, 4), (WAIT, ADD)), TELLING, Counter(1, 4).solved)
    last = [row for row in rows if len(row["prompt"]) == 5]
    assert {row["why"] for row in last} == {"ends short of the goal"}
    assert {row["rejected"][0]["tool_calls"][0]["function"]["name"] for row in last} == {"wait"}


def test_an_unsolved_tree_has_no_preferences_and_no_positive_steps() -> None:
    outcome = grown(goal=1000)
    assert outcome.reason == "exhausted"
    assert not trajectories(outcome, TELLING)
    assert not preferences(outcome, TELLING)
    rows = steps(outcome, TELLING)
    assert rows
    assert all(row["rate"] == 0 and not row["label"] and not row["plan"] for row in rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 9), st.permutations([ADD, DOUBLE, HALVE, WAIT]), st.integers(1, 60))
def test_labels_are_what_walking_down_the_tree_counts(goal: int, calls: list[Call], nodes: int) -> None:
    outcome, world = grown(goal, calls, nodes=nodes), Counter(1, goal)
    below: dict[Node[Any, Any], list[Node[Any, Any]]] = {}
    for node in outcome.nodes[1:]:
        below.setdefault(node.parent, []).append(node)  # type: ignore[arg-type]

    def tips(node: Node[Any, Any]) -> Iterator[Node[Any, Any]]:
        children = below.get(node, [])
        yield from (tip for child in children for tip in tips(child)) if children else [node]

    known = 0
    for place in places(outcome, world.solved)[1:]:
        ends = list(tips(place.node))
        good = sum(world.solved(tip.state) for tip in ends)
        bad = sum(not world.solved(tip.state) and (tip.dead or tip in outcome.expanded) for tip in ends)
        assert (place.successes, place.failures, place.open) == (good, bad, len(ends) - good - bad)
        assert place.rate == (good / (good + bad) if good + bad else None)
        known += place.rate is not None
    rows = steps(outcome, TELLING, world.solved)
    assert len(rows) == known
    assert all(row["label"] == (row["rate"] > 0) == bool(row["plan"]) for row in rows)
    assert all(replayed(row["plan"]) == goal for row in rows if row["plan"])


class Twice:
    """Costs nothing, and asks every place a second time."""

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        return [Price(0) for _ in proposals]

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        return 0 if node.attempt == 0 else None


def test_a_place_that_was_asked_again_is_one_place() -> None:
    search = Search(Counter(1, 4), uniform_cost(), cost=Twice())
    asked: dict[Moment, int] = {}

    def propose(moment: Moment) -> list[Call]:
        asked[moment] = asked.get(moment, 0) + 1
        return [ADD] if asked[moment] == 1 else [HALVE, DOUBLE]

    outcome = drive(search, each(propose))
    root, *others = places(outcome)
    assert outcome.solved
    assert root.asked == 2
    assert [child.node.action for child in root.children] == [ADD, HALVE, DOUBLE]
    paths = [tuple(map(str, plan(place))) for place in others]
    assert len(paths) == len(set(paths))
    assert any(row["why"] == "refused: 1 is odd" for row in preferences(outcome, TELLING))


def test_what_came_back_last_closes_the_conversation_unless_something_else_does() -> None:
    closing = Telling(TELLING.opening)
    (row,) = trajectories(grown(goal=2, calls=(ADD,)), closing)
    assert row["messages"][-1]["content"] == "2"
    assert row["tools"] == "[]"


def everything(world: Counter, calls: Sequence[Call]) -> Outcome[Moment, Call]:
    """The whole tree, three calls deep: goals are tips, and no goal ends it."""

    class Endless(Counter):
        def solved(self, moment: Moment) -> bool:
            return False

    def propose(moment: Moment) -> Sequence[Call]:
        return calls if moment.depth < 3 and not world.solved(moment) else []

    return drive(Search(Endless(world.start, world.goal), uniform_cost()), each(propose))


def replayed(calls: Sequence[dict[str, str]]) -> int:
    """The number that a plan leads to."""
    world = Counter(1, 0)
    moment = world.initial()
    for call in calls:
        moment, paid = world.step(moment, Call(call["name"], call["arguments"]))
        assert paid < inf
    return world.value(moment)


@pytest.mark.parametrize("goal", [2, 3, 4])
def test_counts_of_the_whole_tree(goal: int) -> None:
    world = Counter(1, goal)
    root = places(everything(world, (ADD, DOUBLE)), world.solved)[0]
    assert root.open == 0
    assert root.successes + root.failures == sum(1 for p in places(everything(world, (ADD, DOUBLE))) if not p.children)
    assert root.nearest == {2: 1, 3: 2, 4: 2}[goal]
