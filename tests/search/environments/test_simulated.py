from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.search.environments.simulated import FINISH, Simulated, Skill
from porism.search.nodes import Node
from porism.search.proposals import Proposed
from porism.search.tools.calls import Call

CALLS = tuple(Call.of(f"tool{i}", {"x": i, "name": f"n{i}"}) for i in range(6))
OTHERS = tuple(Call.of(f"tool{i % 8}", {"x": i, "name": f"m{i}"}) for i in range(30))
SKILLS = st.builds(
    Skill, p=st.sampled_from([0.4, 0.7]), trap=st.sampled_from([0.1, 0.4]), error=st.sampled_from([0.3, 0.6, None])
)
PATHS = st.lists(st.sampled_from([*CALLS, *OTHERS[:4]]), max_size=5)


@dataclass(frozen=True)
class Plan:
    id: str = "plan"
    solution: tuple[Call, ...] = CALLS


def at(path: list[Call], attempt: int = 0) -> Node[None, Call]:
    node = Node[None, Call](None)
    for i, call in enumerate(path):
        last = i == len(path) - 1
        node = Node(None, node, call, depth=i + 1, attempt=attempt if last else 0)
    return node if path else Node(None, attempt=attempt)


def ask(skill: Skill, *path: Call, seed: int = 0, attempt: int = 0, mind: Simulated | None = None) -> Proposed[Call]:
    mind = mind or Simulated(Plan(), OTHERS, seed)
    return mind.proposer(skill)([at([*path], attempt)])[0]


@given(st.lists(PATHS, min_size=2, max_size=6), SKILLS, st.integers(0, 3))
def test_what_is_said_depends_on_the_place_alone(paths: list[list[Call]], skill: Skill, seed: int) -> None:
    """Common random numbers: whoever asks, in whatever order, and whatever was asked before."""
    asked = Simulated(Plan(), OTHERS, seed)
    said = {tuple(path): ask(skill, *path, mind=asked) for path in paths}
    for path in reversed(paths):
        assert ask(skill, *path, seed=seed) == said[tuple(path)]


@given(PATHS, st.sampled_from([0.4, 0.5]), st.integers(0, 3))
def test_a_better_proposer_keeps_every_right_sample(path: list[Call], p: float, seed: int) -> None:
    mind = Simulated(Plan(), OTHERS, seed)
    done = mind.proposer(Skill(p=1, trap=0, samples=1))([at(path)])[0].proposals[0].action

    def votes(skill: Skill) -> float:
        return sum(each.weight for each in ask(skill, *path, mind=mind).proposals if each.action == done)

    assert votes(Skill(p=0.7, trap=0)) >= votes(Skill(p=p, trap=0)) >= votes(Skill(p=p, trap=0.4))


def test_the_shares_are_those_asked_for() -> None:
    right = trapped = 0
    for seed in range(400):
        said = ask(Skill(p=0.5, trap=0, samples=10, error=None), seed=seed)
        right += round(10 * sum(each.weight for each in said.proposals if each.action == CALLS[0]))
        most = ask(Skill(p=0.5, trap=0.4, samples=10, error=None), seed=seed).proposals[0]
        trapped += most.action != CALLS[0] and most.weight >= 0.4
    assert 1880 <= right <= 2120  # of 4,000 with p = 0.5, four standard deviations wide
    assert 100 <= trapped <= 200  # of 400 with 160 traps, most of which show in ten samples


def test_a_trap_is_one_wrong_call_however_often_it_is_asked() -> None:
    mind = Simulated(Plan(), OTHERS, 1)
    for skill in (Skill(p=0.4, trap=1, samples=20, error=None),):
        votes = [ask(skill, mind=mind, attempt=i).proposals[0].action for i in range(5)]
        assert len(set(votes)) == 1
        assert votes[0] != CALLS[0]


def test_further_attempts_are_further_samples() -> None:
    mind = Simulated(Plan(), OTHERS, 2)
    many = ask(Skill(samples=12, error=None), mind=mind)
    parts = [ask(Skill(samples=4, error=None), mind=mind, attempt=i) for i in range(3)]
    together = Counter[Call]()
    for part in parts:
        together.update({each.action: round(4 * each.weight) for each in part.proposals})
    assert together == {each.action: round(12 * each.weight) for each in many.proposals}


def test_it_goes_on_with_its_plan_after_a_mistake() -> None:
    sure = Skill(p=1, trap=0, error=0)
    path: list[Call] = []
    for expected in (*CALLS, FINISH):
        [said] = ask(sure, *path).proposals
        assert said.action == expected
        path += [OTHERS[9], expected] if len(path) == 2 else [expected]


def test_guesses_count_what_is_left_and_are_wrong_as_often_as_they_should() -> None:
    sure = Skill(p=1, trap=0, error=0)
    left = [ask(sure, *CALLS[:i]).proposals[0].remaining for i in range(7)]
    assert left == [6, 5, 4, 3, 2, 1, 0]
    guesses = [
        each.remaining for seed in range(300) for each in ask(Skill(p=1, trap=0, error=0.6), seed=seed).proposals
    ]
    assert 130 <= sum(guess != 6 for guess in guesses) <= 198  # 164 expected: a wrong guess is right by chance 1 in 11
    blurred = {ask(Skill(p=1, trap=0, error=0, blur=2), seed=seed).proposals[0].remaining for seed in range(60)}
    assert blurred == {4, 5, 6, 7, 8}


@given(PATHS, SKILLS)
def test_mistakes_are_mistakes_and_proposals_are_in_order(path: list[Call], skill: Skill) -> None:
    said = ask(skill, *path)
    assert len({each.action for each in said.proposals}) == len(said.proposals)
    assert all(first.weight >= second.weight for first, second in pairwise(said.proposals))
    assert sum(each.weight for each in said.proposals) == pytest.approx(1)
    assert all((each.remaining is None) == (skill.error is None) for each in said.proposals)


def test_every_guess_is_paid() -> None:
    for seed in range(20):
        apart = ask(Skill(apart=True), seed=seed)
        children = len(apart.proposals)
        assert (apart.spent.requests, apart.spent.samples) == (1 + children, 4 + children)
        together = ask(Skill(), seed=seed)
        assert (together.spent.requests, together.spent.samples) == (1, 5)
        none = ask(Skill(error=None), seed=seed)
        assert (none.spent.requests, none.spent.samples) == (1, 4)
        assert [each.action for each in none.proposals] == [each.action for each in apart.proposals]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"p": 1.5}, "p is a share"),
        ({"trap": -0.1}, "trap is a share"),
        ({"error": 2}, "error is a share"),
        ({"samples": 0}, "at least one sample"),
        ({"blur": -1}, "blur is a number of steps"),
    ],
)
def test_settings_out_of_range(settings: dict[str, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Skill(**settings)  # type: ignore[arg-type]
