"""Worlds that do not repeat themselves, hang or raise, and plans that go wrong: data, and no exceptions."""

import threading
from math import inf

from search.tools.ledgers import CALLS, Kept, Ledger, move

from porism.search import BreadthFirst, search
from porism.search.tools import Call, Observation, ToolEnvironment, tool


def test_a_world_that_does_not_repeat_itself_closes_branches_and_raises_nothing() -> None:
    tossed = iter(range(1_000))

    class Dice(Ledger):
        def show(self, name: str) -> int:
            return next(tossed)

        def __init__(self) -> None:
            super().__init__()
            self.tools = [tool(timeout=None)(self.show)]

    def show(name: str) -> Call:
        return Call.of("show", {"name": name})

    env = ToolEnvironment(Dice, failed=1)
    first = env.step(env.initial(), show("a"))[0]
    assert env.step(first, show("b"))[0].observation == Observation("1")
    lost, cost = env.step(first, show("c"))  # a new world comes to `first` with another toss
    assert (lost.observation and lost.observation.error, cost) == ("not repeatable", inf)
    assert env.step(lost, show("a"))[1] == inf
    assert not env.solved(lost)
    outcome = search(env, lambda moment: [show("a"), show("c")], BreadthFirst(), budget=20)
    assert outcome.reason in ("exhausted", "budget")


def test_a_world_whose_call_overran_is_given_up() -> None:
    go_on, gone_on = threading.Event(), threading.Event()

    class Slow(Kept):
        def __init__(self) -> None:
            super().__init__()
            self.tools.append(tool(timeout=0.05)(self.sleep))

        def sleep(self) -> None:
            """Wait, and then take what is there."""
            go_on.wait(60)
            self.held["a"] = 0
            gone_on.set()

    env = ToolEnvironment(Slow, failed=1)
    one = env.step(env.initial(), move("a", "b"))[0]
    slept, cost = env.step(one, Call("sleep"))
    assert (slept.observation, cost) == (Observation("sleep: no answer within 0.05 s", "timeout"), 1)
    go_on.set()
    assert gone_on.wait(60)
    for moment in (slept, one):
        assert env.step(moment, Call.of("show", {"name": "a"}))[0].observation == Observation("1")
    assert env.replayed == 1


def test_a_world_that_raises_is_an_observation() -> None:
    class Broken(Ledger):
        def call(self, call: Call) -> Observation:
            raise RuntimeError("out of order")

    child, cost = (env := ToolEnvironment(Broken)).step(env.initial(), CALLS[0])
    assert child.observation == Observation("move: RuntimeError: out of order", "failed")
    assert cost == inf


def test_a_plan_is_carried_out_call_by_call_until_it_goes_wrong() -> None:
    env = ToolEnvironment(Kept, failed=3)
    moment = env.initial()
    for call in (move("a", "c"), Call.of("show", {"name": "z"}), move("a", "c")):
        moment = env.step(moment, call)[0]
    ran: list[Call] = []
    world = Ledger(ran)
    assert env.commit(moment, world) == env.commit(moment) == moment  # the failure was planned
    assert (len(ran), world.solved()) == (3, True)
    empty = Ledger()
    empty.held["a"] = 1
    reached = env.commit(moment, empty)
    assert reached.depth == 3
    assert reached.observation == Observation("move: ValueError: a is empty", "failed")
