"""A real world: a search may look, what changes things waits, and a plan that is chosen is carried out once."""

from math import inf

import pytest

from porism.search import BreadthFirst, search
from porism.search.tools import Call, Moment, Observation, Toolbox, ToolEnvironment, tool

SEND, FIND = Call.of("send", {"to": "ada"}), Call.of("find", {"name": "ada"})
REGISTER, CHARGE = Call.of("register", {"name": "ada"}), Call.of("charge", {"amount": 3})


class Office:
    """What lies outside: everything that was done to it, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        tools = [
            tool(read_only=True)(self.find),
            tool(idempotent=True, destructive=False)(self.register),
            tool(idempotent=True)(self.erase),
            tool(destructive=False)(self.charge),
            tool(precondition=self.known)(self.send),
        ]
        self.box = Toolbox(tools, goal=lambda: "send ada" in self.done)

    def find(self, name: str) -> str:
        """Look somebody up."""
        self.done.append(f"find {name}")
        if f"register {name}" not in self.done:
            raise LookupError(name)
        return f"{name} is here"

    def register(self, name: str) -> str:
        """Add somebody, unless they are there."""
        self.done.append(f"register {name}")
        return "registered"

    def erase(self, name: str) -> str:
        """Forget somebody."""
        self.done.append(f"erase {name}")
        return "erased"

    def charge(self, amount: int) -> str:
        """Add to the bill."""
        self.done.append(f"charge {amount}")
        return "charged"

    def known(self, to: str) -> str:
        return "" if f"register {to}" in self.done else f"{to} is not registered"

    def send(self, to: str) -> str:
        """Send a letter."""
        self.done.append(f"send {to}")
        return "sent"


def looking(office: Office, failed: float = inf) -> ToolEnvironment:
    return ToolEnvironment(
        lambda: office.box, look_ahead="imagine", failed=failed, goal=lambda moment: moment.depth > 3
    )


def walk(env: ToolEnvironment, *calls: Call) -> tuple[Moment, float]:
    moment, cost = env.initial(), 0.0
    for call in calls:
        moment, cost = env.step(moment, call)
    return moment, cost


def seen(moment: Moment) -> Observation:
    assert moment.observation is not None
    return moment.observation


def test_reading_runs_once_until_something_changes() -> None:
    env = looking(office := Office())
    for _ in range(3):
        assert walk(env, FIND) == (Moment(Moment(), FIND, Observation("find: LookupError: ada", "failed")), inf)
    assert office.done == ["find ada"]
    for _ in range(3):
        assert seen(walk(env, REGISTER)[0]) == Observation("registered")
    assert walk(env, REGISTER, FIND) == walk(env, REGISTER, FIND)
    assert seen(walk(env, FIND)[0]) == Observation("ada is here")
    assert office.done == ["find ada", "register ada", "find ada"]
    assert (env.tool_runs, env.replayed) == (3, 0)


@pytest.mark.parametrize("call", [Call.of("erase", {"name": "ada"}), CHARGE])
def test_what_cannot_be_taken_back_is_only_imagined(call: Call) -> None:
    env = looking(office := Office())
    moment, cost = walk(env, call)
    assert (seen(moment).imagined, seen(moment).error, cost) == (True, "", 0)
    assert (office.done, env.tool_runs) == ([], 0)


def test_an_imagined_call_is_checked_as_far_as_it_can_be() -> None:
    env = looking(office := Office(), failed=2)
    wrong = Call.of("send", {"to": 7})
    for before in ([], [CHARGE]):
        moment, cost = walk(env, *before, wrong)
        assert (seen(moment).error, cost) == ("invalid arguments", 2)
    moment, cost = walk(env, SEND)
    assert (seen(moment), cost) == (Observation("send: ada is not registered", "refused"), 2)
    moment, cost = walk(env, CHARGE, REGISTER, SEND)  # registering waits, so nobody knows what sending will say
    assert (seen(moment).imagined, cost) == (True, 0)
    assert walk(env, Call("vanish"))[1] == 2
    assert office.done == []


def test_what_is_read_after_an_imagined_call_says_so_and_closes_no_branch() -> None:
    env = looking(office := Office())
    moment, cost = walk(env, CHARGE, FIND)
    assert seen(moment).text == "find: LookupError: ada\n[as things stood before charge ran]"
    assert (seen(moment).error, seen(moment).imagined, cost) == ("failed", False, 0)
    assert not env.solved(moment)
    assert office.done == ["find ada"]


def test_a_plan_runs_when_it_is_committed_and_the_next_search_goes_on_from_there() -> None:
    env = looking(office := Office())
    calls = [REGISTER, FIND, CHARGE, SEND]
    outcome = search(env, lambda moment: calls if moment.depth < 4 else [], BreadthFirst(), budget=400)
    assert outcome.solved
    assert set(office.done) == {"find ada", "register ada"}
    plan, _ = walk(env, *calls)
    before = list(office.done)
    real = env.commit(plan)
    assert office.done == [*before, "charge 3", "send ada"]  # what had run while looking is not run again
    assert [call for call, _ in real.steps()] == calls
    assert not any(each.imagined for _, each in real.steps())
    assert (env.initial(), env.commit(plan)) == (real, real)
    more, _ = env.step(env.initial(), CHARGE)
    assert env.commit(more).depth == 5
    assert office.done == [*before, "charge 3", "send ada", "charge 3"]
    with pytest.raises(ValueError, match="does not go on"):
        env.commit(walk(looking(office), SEND)[0])


def test_a_plan_stops_where_it_goes_wrong() -> None:
    env = looking(office := Office())
    plan, _ = walk(env, CHARGE, SEND, CHARGE)
    real = env.commit(plan)
    assert seen(real) == Observation("send: ada is not registered", "refused")
    assert (office.done, real.depth, env.tool_runs) == (["charge 3"], 2, 1)


def test_without_a_goal_of_its_own_only_what_is_real_can_solve() -> None:
    office = Office()
    env = ToolEnvironment(lambda: office.box, look_ahead="imagine")
    office.register("ada")
    plan, _ = walk(env, SEND)
    assert not env.solved(plan)
    assert env.solved(env.commit(plan))
