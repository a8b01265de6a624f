from itertools import product
from math import exp, factorial, inf, isfinite, log, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.search import Cost, Node, Proposal
from porism.search.bayes import KINDS, MOST, belief

Known = dict[tuple[int, int], float]  # how likely each kind of guesser and number of remaining steps is

ERROR, HARMLESS, UNSEEN, LENGTH = 0.3, 0.2, 0.7, 5.0
VOTES = st.sampled_from([(4,), (3, 1), (2, 2), (2, 1, 1), (1, 1, 1, 1)])


@st.composite
def rounds(draw: st.DrawFn) -> list[Proposal[int]]:
    guesses = st.one_of(st.none(), st.integers(0, 12))
    return [Proposal(i, vote / 4, draw(guesses)) for i, vote in enumerate(draw(VOTES))]


def follow(cost: Cost, *steps: tuple[list[Proposal[int]], int]) -> Node[Any, Any]:
    """The node at the end of a path: at each step the proposals, and which of them is taken."""
    node = Node[Any, Any](None)
    for proposals, taken in steps:
        price = cost(node, proposals)[taken]
        node = Node(None, node, taken, node.cost + price.step, node.depth + 1, price.h, note=price.note)
    return node


def alone(remaining: float | None, weight: float = 1) -> list[Proposal[int]]:
    return [Proposal(0, weight, remaining)]


def test_without_guesses_prices_are_those_of_the_formula() -> None:
    cost = belief(length=3, unaided=2, harmless=0.2, sharpness=2, unseen=1)
    prices = cost(Node(None), [Proposal("a", 0.75), Proposal("b", 0.25)])
    some = 1 - exp(-3)  # how likely Poisson's number is not 0
    for price, q in zip(prices, (9 / 11, 1 / 11), strict=True):
        alive = q + 0.2 * (1 - q)
        assert price.step == pytest.approx(-log(alive) - log(some))
        assert price.h == pytest.approx(2 * (3 / some - q / alive), rel=1e-4)


@given(rounds(), rounds(), st.integers(0, 3), st.sampled_from([1, 3]))
def test_prices_are_those_of_bayes_rule_written_out(
    before: list[Proposal[int]], now: list[Proposal[int]], which: int, sharpness: int
) -> None:
    """Against an enumeration of all that may be the case: the guesser's kind, r, and which proposal is right."""
    cost = belief(length=LENGTH, pace=1, unaided=1, error=ERROR, harmless=HARMLESS, sharpness=sharpness, unseen=UNSEEN)
    which %= len(before)
    first = {(k, r): LENGTH**r / factorial(r) for k, r in product(range(len(KINDS)), range(MOST + 1))}
    known = bayes({case: each / sum(first.values()) for case, each in first.items()}, before, which, sharpness)[2]
    for i, price in enumerate(cost(follow(cost, (before, which)), now)):
        step, rest, _ = bayes(known, now, i, sharpness)
        assert price.step == pytest.approx(step, abs=1e-4)
        assert price.h == pytest.approx(rest, rel=1e-3, abs=1e-4)


def bayes(known: Known, proposals: list[Proposal[int]], taken: int, sharpness: int) -> tuple[float, float, Known]:
    """Step, E[r] and what is known after a proposal."""
    on = {case: each for case, each in known.items() if case[1] > 0}
    votes = [(each.weight * 4) ** sharpness for each in proposals] + [UNSEEN]
    alive, evidence = dict[tuple[int, int], float](), 0.0
    for (kind, r), each in on.items():
        for right, vote in enumerate(votes):
            joint = each / sum(on.values()) * vote / sum(votes)
            for j, proposal in enumerate(proposals):
                joint *= likely(proposal.remaining, r - (j == right), kind)
            evidence += joint
            case = (kind, r - (taken == right))
            alive[case] = alive.get(case, 0) + joint * (1 if taken == right else HARMLESS)
    after = {case: each / sum(alive.values()) for case, each in alive.items()}
    step = -log(sum(alive.values()) / evidence) - log(sum(on.values()))
    return step, sum(r * each for (_, r), each in after.items()), after


def likely(guess: float | None, r: int, kind: int) -> float:
    if guess is None:
        return 1
    off = round(guess) - r + len(KINDS[kind]) // 2
    return ERROR / (MOST + 1) + (1 - ERROR) * (KINDS[kind][off] if 0 <= off < len(KINDS[kind]) else 0)


@given(st.lists(rounds(), min_size=1, max_size=6))
def test_prices_are_costs_and_beliefs_are_probabilities(path: list[list[Proposal[int]]]) -> None:
    cost = belief()
    steps = [(proposals, i % len(proposals)) for i, proposals in enumerate(path)]
    for price in cost(follow(cost, *steps[:-1]), path[-1]):
        assert 0 <= price.step < inf
        assert 0 <= price.h < inf
        assert sum(price.note) == pytest.approx(1, abs=1e-4)
        assert min(price.note) >= -1e-9


def test_a_guess_tells_right_from_wrong() -> None:
    """Where five steps were left, a step after which four are left beats one after which five are, vote for vote."""
    cost = belief()
    five = follow(cost, (alone(7), 0), (alone(6), 0), (alone(5), 0))
    right, wrong = cost(five, [Proposal(0, 0.5, 4), Proposal(1, 0.5, 5)])
    assert wrong.step > right.step + 1

    def lead(*guesses: int | None) -> float:
        few, many = cost(five, [Proposal(0, 0.25, guesses[0]), Proposal(1, 0.75, guesses[1])])
        return few.step - many.step

    assert 0 < lead(4, 5) < lead(None, None) / 4 < lead(5, 4)  # what three votes of four are worth then


def test_guesses_that_make_no_sense_are_trusted_less() -> None:
    cost = belief()
    steady = follow(cost, *((alone(rest), 0) for rest in (8, 7, 6, 5)))
    jumping = follow(cost, *((alone(rest), 0) for rest in (2, 9, 0, 5)))
    pair = [Proposal(0, 0.5, 4), Proposal(1, 0.5, 5)]
    trust = [abs(cost(node, pair)[1].step - cost(node, pair)[0].step) for node in (steady, jumping)]
    assert trust[0] > 1.4 * trust[1]


def test_a_path_that_ought_to_have_arrived_becomes_dear() -> None:
    cost = belief()
    nearly = [(alone(rest), 0) for rest in (4, 3, 2, 1)]
    arrived = follow(cost, *nearly, (alone(0), 0))
    assert arrived.h < 0.2
    assert cost(arrived, alone(0))[0].step > 1.5
    assert cost(follow(cost, *nearly), alone(0))[0].step < 0.5


@pytest.mark.parametrize("nonsense", [nan, inf, -inf, -1])
def test_a_guess_that_is_no_number_of_steps_is_none(nonsense: float) -> None:
    cost = belief()
    assert cost(Node(None), alone(nonsense, 0.5)) == cost(Node(None), alone(None, 0.5))


def test_paths_longer_than_thought_possible_and_hundreds_of_proposals_have_prices() -> None:
    for rest in (None, 3.4, 0, 1e6):
        cost = belief()
        node = follow(cost, *[(alone(rest, 0.5), 0)] * 100)
        assert isfinite(node.cost)
        assert isfinite(node.h)
    crowd = [Proposal(i, 1 / 500, i % 30) for i in range(500)]
    assert all(isfinite(price.step) for price in belief(samples=500)(Node(None), crowd))
    assert belief()(Node(None), []) == []


def test_asking_again_is_priced_as_none_of_these() -> None:
    cost = belief(sharpness=1, unseen=1, asks=2)
    split, agreed = [Proposal(i, 0.25) for i in range(4)], alone(None)
    assert cost.again(Node(None), split) == pytest.approx(log(5))
    assert cost.again(Node(None), []) == 0
    assert cost.again(Node(None, attempt=1), split) is None
    sharp = belief()
    few, many = sharp.again(Node(None), split), sharp.again(Node(None), agreed)
    assert few is not None
    assert many is not None
    assert many > few + 2


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"length": 0}, "length must be > 0"),
        ({"sharpness": inf}, "sharpness must be > 0"),
        ({"unseen": -1}, "unseen must be > 0"),
        ({"error": 1}, "error is a probability"),
        ({"harmless": 0}, "harmless is a probability"),
        ({"pace": -1}, "pace must be >= 0"),
        ({"unaided": nan}, "unaided must be >= 0"),
        ({"samples": 0}, "samples must be >= 1"),
        ({"asks": 0}, "asks must be >= 1"),
    ],
)
def test_settings_out_of_range(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        belief(**settings)
