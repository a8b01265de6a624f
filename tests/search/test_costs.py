"""The costs against values worked out by hand, a slow reference, and what each of them promises."""

from math import inf, isclose, log, nan, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import Cost, Node, Price, Proposal, astar, search
from porism.search.costs import stepwise, toolchain
from porism.search.packed import Packed

patient = settings(deadline=None, max_examples=100)  # the machine may be busy

FIND = Packed((("find", "open", "edit", "save"), ("find", "edit", "save")))
ROOT = Node[str, str]("")


def price(cost: Cost, node: Node[Any, Any], action: str, weight: float, remaining: float | None = None) -> Price:
    [found] = cost(node, [Proposal(action, weight, remaining)])
    return found


def grown(cost: Cost, node: Node[Any, Any], proposal: Proposal[str]) -> Node[Any, Any]:
    [step] = cost(node, [proposal])
    cost_of_child = node.cost + step.step
    return Node("", node, proposal.action, cost_of_child, node.depth + 1, step.h, proposal.weight, note=step.note)


def test_toolchain_by_hand() -> None:
    cost = toolchain(FIND)
    # First "look", 3 of 4 samples, 3 steps imagined: LCS 0, so (1 - 0)^.5 * (1 - 3/4)^.5 = 1/2.
    # "look" is in no plan; spelled most like it are ... "open" and others: see the test of unseen actions.
    assert price(cost, ROOT, "look", 0.75, 3).step == 0.5
    look = grown(cost, ROOT, Proposal("look", 0.75, 3))
    # Then "edit", 1 of 2 samples, 1 step imagined. s = look edit: LCS 1 with both plans, min(2, 4) = min(2, 3) = 2,
    # g1 = 1/2; step = (1 - 1/2)^.5 * (1 - 1/2)^.5 = 1/2. "edit" is 3rd of 4 and 2nd of 3: h1 = (3/4 + 2/3) / 2 = 17/24;
    # h2 = 2 / (2 + 1) = 2/3; h = (7/24)^.5 * (1/3)^.5 = sqrt(7/72).
    edit = price(cost, look, "edit", 0.5, 1)
    assert isclose(edit.step, 0.5)
    assert isclose(edit.h, sqrt(7 / 72))
    # With alpha = beta = 1/4: step = (1/2)^.25 * (1/2)^.75 = 1/2; h = (7/24)^.25 * (1/3)^.75.
    quarter = price(toolchain(FIND, alpha=0.25, beta=0.25), look, "edit", 0.5, 1)
    assert isclose(quarter.step, 0.5)
    assert isclose(quarter.h, (7 / 24) ** 0.25 * (1 / 3) ** 0.75)
    # Then "save", 1 of 4: s = look edit save: LCS 2 with both, min(3, 4) = min(3, 3) = 3, g1 = 2/3;
    # step = (1/3)^.5 * (3/4)^.5 = 1/2; "save" ends both plans: h1 = 1 and h = 0, whatever is imagined.
    save = price(cost, grown(cost, look, Proposal("edit", 0.5, 1)), "save", 0.25, 5)
    assert isclose(save.step, 0.5)
    assert save.h == 0
    # alpha = 1 is memory alone, alpha = 0 the samples alone: 1/3 and 3/4.
    node = grown(cost, look, Proposal("edit", 0.5, 1))
    assert isclose(price(toolchain(FIND, alpha=1), node, "save", 0.25).step, 1 / 3)
    assert isclose(price(toolchain(FIND, alpha=0), node, "save", 0.25).step, 3 / 4)


def test_toolchain_without_memory_or_imagination_keeps_the_other_factor() -> None:
    for cost in (toolchain(), toolchain(Packed())):
        assert cost(ROOT, [Proposal("a", 0.75, 3)]) == [Price(0.25, 3 / 4)]  # 1 - 3/4 and 1 - 1 / (1 + 3)
        assert cost(ROOT, [Proposal("a", 0.75)]) == [Price(0.25, 0)]
    assert isclose(price(toolchain(FIND), ROOT, "find", 0.5).h, 1 - (1 / 4 + 1 / 3) / 2)


def test_toolchain_takes_the_place_of_the_closest_action_for_one_unseen() -> None:
    for beta in (0.3, 1):
        cost = toolchain(FIND, beta=beta)
        assert price(cost, ROOT, "edits", 0.5, 2).h == price(cost, ROOT, "edit", 0.5, 2).h
        assert price(cost, ROOT, "finder", 0.5, 2).h == price(cost, ROOT, "find", 0.5, 2).h
    assert price(toolchain(FIND), ROOT, "edits", 0.5).step == sqrt(0.5)  # but it is not like it in g


def test_one_perfect_factor_makes_a_step_of_the_paper_free_and_a_floor_does_not() -> None:
    assert price(toolchain(FIND), ROOT, "look", 1).step == 0  # all agree on what no plan contains
    assert price(toolchain(FIND), ROOT, "find", 0.25).step == 0  # a first step of a plan, from one sample
    floored = toolchain(FIND, floor=0.01)
    assert isclose(price(floored, ROOT, "look", 1).step, sqrt(1 * 0.01))
    assert isclose(price(floored, ROOT, "find", 0.25).step, sqrt(0.01 * 0.75))
    assert isclose(price(floored, ROOT, "save", 1, 0).h, 0.01)


def lcs(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    if not left or not right:
        return 0
    if left[-1] == right[-1]:
        return lcs(left[:-1], right[:-1]) + 1
    return max(lcs(left[:-1], right), lcs(left, right[:-1]))


def reference(
    plans: list[tuple[str, ...]], path: list[Proposal[str]], alpha: float, beta: float
) -> tuple[float, float]:
    """f of the paper for a whole path, with nothing kept from step to step."""
    g = 0.0
    for depth, proposal in enumerate(path, 1):
        s = tuple(each.action for each in path[:depth])
        g1 = max(lcs(s, m) / min(len(s), len(m)) for m in plans)
        g += (1 - g1) ** alpha * (1 - proposal.weight) ** (1 - alpha)
    last, positions = path[-1], []
    for m in plans:
        places = [i + 1 for i, word in enumerate(m) if word == last.action]
        if places:
            positions.append(sum(places) / len(places) / len(m))
    h2 = len(path) / (len(path) + last.remaining) if last.remaining is not None else nan
    return g, (1 - sum(positions) / len(positions)) ** beta * (1 - h2) ** (1 - beta)


actions = st.sampled_from("abcd")
plans = st.lists(st.lists(actions, min_size=1, max_size=6).map(tuple), max_size=5).map(
    lambda more: [tuple("abcd"), *more]
)
shares = st.sampled_from([0.25, 0.5, 0.75, 1])
told = st.builds(Proposal, actions, shares, st.integers(0, 9))
halves = st.floats(0.1, 0.9)


@patient
@given(plans, st.lists(told, min_size=1, max_size=6), halves, halves)
def test_toolchain_is_the_slow_reference(
    plans: list[tuple[str, ...]], path: list[Proposal[str]], alpha: float, beta: float
) -> None:
    cost, node = toolchain(Packed(tuple(plans)), alpha=alpha, beta=beta), ROOT
    for proposal in path:
        node = grown(cost, node, proposal)
    g, h = reference(plans, path, alpha, beta)
    assert isclose(node.cost, g, abs_tol=1e-12)
    assert isclose(node.h, h, abs_tol=1e-6)  # a mean within rounding of 1, to the power beta


def test_stepwise_by_hand() -> None:
    cost = stepwise(floor=0.2, smooth=0.25, pace=0.5, inherit=0)
    # S(1/2) = log(1.25 / 0.75), and S(1) = 0; 3 and 1 steps at 0.5 each.
    some, all_ = cost(ROOT, [Proposal("a", 0.5, 3), Proposal("b", 1, 1)])
    assert isclose(some.step, 0.2 + log(1.25 / 0.75))
    assert (some.h, all_.step, all_.h) == (1.5, 0.2, 0.5)
    # With memory, S of both shares: "open" is no first step, LCS 1 / min(1, 4) = 1 nevertheless; "look" has LCS 0.
    # Steps after "open": 2, imagined 6; a quarter of the one and three quarters of the other make 5.
    trusting = stepwise(FIND, floor=0.2, smooth=0.25, trust=0.25, pace=0.5, inherit=0)
    known, unknown = trusting(ROOT, [Proposal("open", 0.5, 6), Proposal("look", 0.5, 6)])
    assert isclose(known.step, 0.2 + 0.75 * log(1.25 / 0.75))
    assert isclose(unknown.step, 0.2 + 0.75 * log(1.25 / 0.75) + 0.25 * log(1.25 / 0.25))
    assert (known.h, unknown.h) == (2.5, 3.0)


def test_what_is_not_imagined_comes_from_memory_or_the_siblings_or_the_parent() -> None:
    cost = stepwise(FIND, trust=0.5, pace=1, inherit=0)
    told = [Proposal("open", 0.5), Proposal("x", 0.25, 4), Proposal("y", 0.25)]
    assert [each.h for each in cost(ROOT, told)] == [2, 4, 3]
    for inherit in (0, 0.5):
        assert price(stepwise(pace=2, inherit=inherit), Node("", ROOT, "a", 1, 1, 6), "b", 1).h == 4  # 6 / 2 - 1 steps
        assert price(stepwise(pace=2, inherit=inherit, length=0), ROOT, "b", 1).h == 0


def test_a_part_of_the_parents_estimate_is_kept() -> None:
    node = Node("", ROOT, "a", 1, 1, 0.4 * 6)  # 6 steps at 0.4
    cost = stepwise(pace=0.4, inherit=0.25, length=10)
    assert isclose(price(cost, node, "b", 1, 9).h, 0.4 * (0.75 * 9 + 0.25 * 5))
    assert isclose(price(cost, ROOT, "b", 1, 1).h, 0.4 * (0.75 * 1 + 0.25 * 9))
    assert isclose(price(stepwise(pace=0.4, inherit=0.25, length=0), ROOT, "b", 1, 9).h, 0.4 * 9)
    assert price(stepwise(pace=0, inherit=0.25), node, "b", 1, 9).h == 0


def test_without_imagination_the_expected_length_runs_down() -> None:
    for memory, length, steps in ((None, None, 8), (FIND, None, 3.5), (None, 5, 5), (FIND, 5, 5)):
        node, cost = ROOT, stepwise(memory, pace=0.5, length=length)
        for left in (steps - 1, steps - 2, steps - 3):
            node = grown(cost, node, Proposal("unheard of"))
            assert isclose(node.h, 0.5 * left)
    for _ in range(9):
        node = grown(cost, node, Proposal("unheard of"))
    assert node.h == 0


@pytest.mark.parametrize("remaining", [nan, inf, -inf, -1])
@pytest.mark.parametrize("cost", [toolchain(), toolchain(FIND), stepwise(), stepwise(FIND)])
def test_an_imagination_that_is_no_number_of_steps_is_none(cost: Cost, remaining: float) -> None:
    strange = cost(ROOT, [Proposal("find", 0.5, remaining), Proposal("x", 0.5, 2)])
    assert strange == cost(ROOT, [Proposal("find", 0.5), Proposal("x", 0.5, 2)])


positive = st.floats(0.001, 10)


@patient
@given(plans, st.lists(told, min_size=2, max_size=6), positive, positive, st.floats(0, 1), st.floats(0, 5))
def test_stepwise_has_no_free_step_no_infinite_one_and_prefers_agreement(
    plans: list[tuple[str, ...]], path: list[Proposal[str]], floor: float, smooth: float, trust: float, pace: float
) -> None:
    cost, node = stepwise(Packed(tuple(plans)), floor=floor, smooth=smooth, trust=trust, pace=pace), ROOT
    for proposal in path:
        cheap, dear = (price(cost, node, proposal.action, weight, proposal.remaining) for weight in (1, 0.25))
        assert floor <= cheap.step <= dear.step < floor + log((1 + smooth) / smooth) + 1e-9
        assert 0 <= cheap.h == dear.h < inf
        node = grown(cost, node, proposal)
    assert node.cost >= floor * len(path) * (1 - 1e-12)  # sums are rounded


def test_the_more_the_samples_agree_the_dearer_it_is_to_ask_again() -> None:
    cost = stepwise(smooth=0.25, asks=3, samples=4, asking=0.5)
    prices = [cost.again(ROOT, [Proposal(str(i), 1 / n) for i in range(n)]) for n in (1, 2, 4)]
    assert prices == [0.5 + log(1.25 / (n / (n + 4) + 0.25)) for n in (1, 2, 4)]
    assert prices[0] > prices[1] > prices[2]  # type: ignore[operator]  # none of them is None
    twins: list[Node[str, str]] = [Node("", attempt=attempt) for attempt in (1, 2)]
    assert cost.again(twins[0], [Proposal("new", 0.25)]) == prices[0]
    assert cost.again(twins[0], []) is None  # a second round brought nothing new
    assert cost.again(twins[1], [Proposal("new", 0.25)]) is None  # the third is the last
    assert cost.again(ROOT, []) == 0.5 + log(1.25 / 0.25)  # every reply of the first round was a fault
    assert stepwise().again(ROOT, [Proposal("a")]) is None
    assert toolchain(FIND).again(ROOT, [Proposal("a")]) is None


class Spell:
    """Write a word, letter by letter."""

    def initial(self) -> str:
        return ""

    def step(self, state: str, action: str) -> tuple[str, float]:
        return state + action, 0

    def solved(self, state: str) -> bool:
        return state == "abcd"


def trapped(state: str) -> list[Proposal[str]]:
    """Three samples of four prefer a wrong letter; what they imagine is right."""
    on = "abcd".startswith(state)
    right = "abcd"[len(state)] if on else "z"
    return [Proposal("x", 0.75, 9), Proposal(right, 0.25, 3 - len(state) if on else 9)] if len(state) < 4 else []


def test_imagination_in_units_of_steps_leads_past_a_trap_where_the_literal_h_does_not() -> None:
    literal, scaled = (search(Spell(), trapped, astar(), cost=cost) for cost in (toolchain(), stepwise()))
    assert scaled.solved
    assert len(scaled.expanded) < len(literal.expanded)
    assert "".join(scaled.best.actions()) == "abcd"


def test_memory_leads_past_a_trap_without_imagination() -> None:
    def silent(state: str) -> list[Proposal[str]]:
        return [Proposal(each.action, each.weight) for each in trapped(state)]

    plan = Packed((tuple("abcd"),))
    for cold, warm in ((toolchain(), toolchain(plan)), (stepwise(), stepwise(plan, trust=0.9))):
        without, with_ = (search(Spell(), silent, astar(), cost=cost) for cost in (cold, warm))
        assert with_.solved
        assert len(with_.expanded) < len(without.expanded)


def test_a_place_that_is_asked_again_shows_what_the_first_samples_missed() -> None:
    def late(nodes: Any) -> Any:
        return [
            [Proposal("x", 1)] if not node.attempt else [Proposal("x", 0.75), Proposal("abcd", 0.25)] for node in nodes
        ]

    from porism.search import Budget, Search, drive

    outcomes = [
        drive(Search(Spell(), astar(), cost=stepwise(asks=asks), budget=Budget(depth=1)), late) for asks in (1, 2)
    ]
    assert [outcome.solved for outcome in outcomes] == [False, True]
    assert outcomes[1].best.parent is not None
    assert outcomes[1].best.parent.attempt == 1


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (toolchain, {"alpha": 1.5}, "alpha must be in [0, 1], got 1.5"),
        (toolchain, {"beta": nan}, "beta must be in"),
        (toolchain, {"floor": -1}, "floor must be in"),
        (stepwise, {"floor": 0}, "must be > 0"),
        (stepwise, {"smooth": 0}, "must be > 0"),
        (stepwise, {"trust": 2}, "trust must be in"),
        (stepwise, {"pace": -1}, "pace must be in"),
        (stepwise, {"inherit": 1}, "inherit must be in [0, 1), got 1"),
        (stepwise, {"length": -1}, "length must be in"),
        (stepwise, {"asks": 0}, "asks must be in"),
        (stepwise, {"samples": 0}, "samples must be in"),
        (stepwise, {"asking": -1}, "asking must be in"),
    ],
)
def test_settings_out_of_range_are_refused(make: Any, options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=r"must be") as error:
        make(**options)
    assert message in str(error.value)
