"""The closure: every rule proves its witness, and what is deduced of known problems is counted.

The counts lie in ``tests/golden/closure.txt``, which tells how they are made again.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from symbolic.witnesses import WITNESSES
from theorems import TEXTS

from porism.symbolic.check import check
from porism.symbolic.closure import Closure, deduce, deduce_from
from porism.symbolic.diagram import draw
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Rule
from porism.symbolic.prove import drawings
from porism.symbolic.rules import RULES
from porism.symbolic.trace import trace

GOLDEN = Path(__file__).parents[1] / "golden" / "closure.txt"
HEADER = """\
# Facts that the closure lists for each problem of tests/theorems.py, by predicate.
# Made by: PORISM_WRITE_GOLDEN=1 pytest tests/symbolic/test_closure.py -k golden
# A change here is a change of what is deduced: the commit message says why it is right.
"""


@pytest.mark.parametrize("id", RULES)
def test_every_rule_proves_its_witness(id: str) -> None:
    witness = WITNESSES[id]
    problem = Problem.parse(witness.text)
    premises = [Fact.parse(text) for text in witness.premises.split(", ") if text] or problem.premises
    closure = deduce_from(problem, premises, drawings(problem)[0][:1], goals=problem.goals)
    assert closure.solved
    proof = trace(closure, problem.goals)
    assert id in {step.by.id for step in proof.steps if isinstance(step.by, Rule)}
    assert check(proof).reason == ""


def test_every_witness_is_of_a_rule() -> None:
    assert WITNESSES.keys() == RULES.keys()


def counted(index: int) -> str:
    """One line of the golden file."""
    facts = Counter(fact.name for fact in deduce(Problem.parse(TEXTS[index])).facts())
    return " ".join([f"{index:2}:", *(f"{name} {facts[name]}" for name in sorted(facts))])


def test_golden_counts() -> None:
    found = [counted(index) for index in range(len(TEXTS))]
    if os.environ.get("PORISM_WRITE_GOLDEN"):
        GOLDEN.write_text(HEADER + "\n".join(found) + "\n")
    assert [line for line in GOLDEN.read_text().splitlines() if not line.startswith("#")] == found


@pytest.fixture(scope="module", params=range(0, len(TEXTS), 3))
def closure(request: pytest.FixtureRequest) -> Closure:
    problem = Problem.parse(TEXTS[request.param])
    return deduce_from(problem, problem.premises, [draw(problem, 0, index) for index in range(3)])


def test_what_is_listed_is_known_and_told_once(closure: Closure) -> None:
    facts = list(closure.facts())
    assert len(set(facts)) == len(facts) == closure.count
    assert all(map(closure.knows, facts))
    assert all(drawing.holds(fact) for fact in facts for drawing in closure.diagrams)


def test_premises_are_known(closure: Closure) -> None:
    assert all(map(closure.knows, closure.premises))


def test_the_nearest_facts_speak_of_the_goals_points(closure: Closure) -> None:
    for goal in closure.problem.goals:
        near = closure.nearest(goal, 4)
        assert len(near) <= 4
        assert all(len(set(fact.points) & set(goal.points)) > 1 for fact in near)


def test_a_closure_without_goals_knows_what_one_with_goals_does() -> None:
    for text in TEXTS[::4]:
        problem = Problem.parse(text)
        drawn = [draw(problem)]
        if deduce_from(problem, problem.premises, drawn, goals=problem.goals).solved:
            assert all(map(deduce_from(problem, problem.premises, drawn).knows, problem.goals)), text


def test_more_premises_never_know_less() -> None:
    for text in TEXTS[::5]:
        problem = Problem.parse(text)
        drawn = [draw(problem)]
        less = deduce_from(problem, problem.premises[:-1], drawn)
        more = deduce_from(problem, problem.premises, drawn)
        assert all(map(more.knows, less.facts())), text


def test_the_seed_of_the_hashes_does_not_matter() -> None:
    for text in TEXTS[::5]:
        problem = Problem.parse(text)
        drawn = [draw(problem)]
        one, two = (deduce_from(problem, problem.premises, drawn, seed=seed) for seed in (0, 1))
        assert list(one.facts()) == list(two.facts()), text
