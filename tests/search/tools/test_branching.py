"""Three ways to branch in one mutable world: the same tree, and no call of a path runs twice where none has to."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.tools.ledgers import CALLS, MOVES, Both, Digested, Kept, Ledger, Undone, grow, move, programs

from porism.search import Beam, BreadthFirst, Chain, DepthFirst, Frontier, astar, search
from porism.search.tools import Call, Moment, Observation, ToolEnvironment, World, measure
from porism.search.tools.ways import LIVE, How, ways

HOWS: tuple[How, ...] = get_args(How)


@settings(deadline=None, max_examples=200)
@given(programs, st.sampled_from([inf, 2.0]), st.booleans())
def test_all_ways_grow_the_same_tree_and_it_is_the_real_one(
    program: list[tuple[int, Call]], failed: float, digest: bool
) -> None:
    make: Callable[[], World] = Digested if digest else Both
    trees = {how: grow(ToolEnvironment(make, how=how, failed=failed), program) for how in HOWS}
    assert trees["snapshot"] == trees["undo"] == trees["replay"]
    for moment, cost, solved in trees["snapshot"]:
        world = Ledger()
        assert all(world.call(call) == seen for call, seen in moment.steps())
        failing = [seen for _, seen in moment.steps()[-1:] if seen.error]
        assert cost == (failed if failing else 0)
        assert cost == inf or solved == world.solved()


def propose(moment: Moment) -> Iterable[Call]:
    return MOVES if moment.depth < 4 else []


FRONTIERS: list[Callable[[], Frontier[Moment, Call]]] = [
    BreadthFirst,
    DepthFirst,
    astar,
    lambda: Beam(2, lambda node: -node.depth),
]


@pytest.mark.parametrize("make_frontier", FRONTIERS)
def test_by_snapshot_each_call_of_each_path_runs_once(make_frontier: Callable[[], Frontier[Moment, Call]]) -> None:
    ran: list[Call] = []
    env = ToolEnvironment(lambda: Kept(ran))
    outcome = search(env, propose, make_frontier(), budget=40)
    assert len(outcome.expanded) > 3
    assert Counter(ran) == Counter(node.action for node in outcome.nodes[1:])
    assert (env.tool_runs, env.replayed, outcome.spent.tool_runs) == (len(ran), 0, len(ran))


@pytest.mark.parametrize("make", [Undone, Ledger])
@pytest.mark.parametrize("make_frontier", FRONTIERS)
def test_calls_that_have_to_run_again_are_counted_apart(
    make: type[Ledger], make_frontier: Callable[[], Frontier[Moment, Call]]
) -> None:
    ran: list[Call] = []
    env = ToolEnvironment(lambda: make(ran))
    outcome = search(env, propose, make_frontier(), budget=40)
    assert env.tool_runs == outcome.spent.tool_runs == len(outcome.nodes) - 1
    assert len(ran) == env.tool_runs + env.replayed


@pytest.mark.parametrize("make", [Kept, Undone, Ledger])
def test_a_search_that_never_looks_back_runs_each_call_once_in_every_way(make: type[Ledger]) -> None:
    ran: list[Call] = []
    env = ToolEnvironment(lambda: make(ran))
    plan = [move("a", "b"), move("a", "c"), Call.of("show", {"name": "c"}), move("b", "c")]
    outcome = search(env, lambda moment: plan[moment.depth : moment.depth + 1], Chain())
    assert outcome.solved
    assert (ran, env.replayed) == (plan, 0)


def test_taking_back_goes_no_further_than_the_common_ancestor() -> None:
    env = ToolEnvironment(Undone)
    one = env.step(env.initial(), move("a", "b"))[0]
    left = env.step(one, move("a", "c"))[0]
    right = env.step(one, move("b", "c"))[0]
    assert env.replayed == 0
    env.step(left, move("c", "b"))
    assert env.replayed == 1  # the call to `left`, from `one`
    env.step(right, move("a", "c"))
    assert env.replayed == 2


def test_replaying_goes_on_from_the_nearest_world_that_is_alive() -> None:
    made: list[World] = []

    def make() -> World:
        made.append(Ledger())
        return made[-1]

    env = ToolEnvironment(make)
    deep = env.initial()
    for call in (move("a", "b"), move("a", "c"), move("b", "c")):
        deep = env.step(deep, call)[0]
    assert (env.replayed, len(made)) == (0, 1)
    assert deep.parent is not None
    env.step(deep.parent, move("c", "b"))  # nothing but the start is above: two calls run again
    assert (env.replayed, len(made)) == (2, 2)
    env.step(deep, move("c", "b"))  # the first world still stands there
    assert (env.replayed, len(made)) == (2, 2)


def test_replaying_keeps_few_worlds_and_closes_the_others() -> None:
    class Closing(Ledger):
        open = 0

        def __init__(self) -> None:
            super().__init__()
            Closing.open += 1

        def close(self) -> None:
            Closing.open -= 1

    env = ToolEnvironment(Closing)
    for _ in search(env, propose, BreadthFirst(), budget=30).nodes:
        assert 0 < Closing.open <= LIVE
    env.close()
    assert Closing.open == 0


@pytest.mark.parametrize("how", HOWS)
def test_a_step_that_is_known_does_not_run(how: How) -> None:
    ran: list[Call] = []
    env = ToolEnvironment(lambda: Digested(ran), how=how)
    show, fill = Call.of("show", {"name": "b"}), Call.of("fill", {"name": "b"})
    read = env.step(env.initial(), show)[0]
    assert env.step(env.step(read, fill)[0], show)[0].observation == Observation("5")
    once = len(ran)
    assert env.step(read, show)[0].observation == Observation("0")  # nothing has changed since it was read
    assert env.step(env.initial(), fill)[0].observation == Observation("filled")
    assert len(ran) == once == 3


@pytest.mark.parametrize("how", HOWS)
def test_without_digests_too_no_step_runs_twice(how: How) -> None:
    env = ToolEnvironment(Both, how=how)
    trees = [grow(env, [(0, call) for call in CALLS]) for _ in range(2)]
    assert trees[0] == trees[1]
    assert env.tool_runs == len(CALLS) - 2  # two of them cannot run


@pytest.mark.parametrize("how", HOWS)
def test_a_goal_may_ask_what_was_read(how: How) -> None:
    class Quiz(Both):
        read = 0

        def show(self, name: str) -> int:
            self.read += 1
            return super().show(name)

        def solved(self) -> bool:
            return self.read == 2

        def snapshot(self) -> Any:
            return dict(self.held), self.read

        def restore(self, snapshot: Any) -> None:
            self.held, self.read = dict(snapshot[0]), snapshot[1]

        def call(self, call: Call) -> Observation:
            self.reads = [*getattr(self, "reads", []), self.read]
            return super().call(call)

        def undo(self) -> None:
            super().undo()
            self.read = self.reads.pop()

    show = Call.of("show", {"name": "a"})
    env = ToolEnvironment(Quiz, how=how)
    outcome = search(env, lambda moment: [move("a", "b"), show], BreadthFirst(), budget=50)
    assert outcome.best.actions().count(show) == outcome.best.depth == 2


@pytest.mark.parametrize("how", ["snapshot", "replay"])
def test_where_worlds_have_digests_equal_ones_share_what_is_known(how: How) -> None:
    ran: list[Call] = []
    env = ToolEnvironment(lambda: Digested(ran), how=how)
    there = env.step(env.initial(), move("a", "b"))[0]
    back = env.step(there, move("b", "a"))[0]
    assert back != env.initial()  # the agent has seen more
    before = env.tool_runs
    assert env.step(back, move("a", "b"))[0].digest == there.digest
    assert env.tool_runs == before


def test_ways_are_chosen_by_ability_and_measured_on_request() -> None:
    assert ways(Both()) == ["snapshot", "undo", "replay"]
    assert ways(Undone()) == ["undo", "replay"]
    times = measure(Both, [move("a", "b"), move("a", "c"), Call.of("show", {"name": "a"})])
    assert list(times) == list(HOWS)
    assert min(times.values()) > 0
    with pytest.raises(ValueError, match="it can by undo or replay"):
        ToolEnvironment(Undone, how="snapshot")
    with pytest.raises(ValueError, match="at least one call"):
        measure(Both, [])
    with pytest.raises(ValueError, match="failed must be"):
        ToolEnvironment(Both, failed=-1)


def test_a_measured_step_really_runs() -> None:
    ran: list[Call] = []
    plan = [move("a", "b"), Call.of("show", {"name": "a"})]
    measure(lambda: Kept(ran), plan, rounds=1)
    assert Counter(ran) == {plan[0]: 5, plan[1]: 4}  # twice by snapshot and by replay, and once to come back
