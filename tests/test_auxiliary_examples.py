"""The theorems of ``examples/auxiliary_points.txt``: true, not proved as they stand, proved with the points noted."""

import re
from pathlib import Path

import pytest

from porism.pipelines.auxiliary.points import AuxiliaryPoints, extended
from porism.symbolic.problem import Problem, read
from porism.symbolic.prove import attempt, drawings

FILE = Path(__file__).parents[1] / "examples" / "auxiliary_points.txt"
PROBLEMS = {problem.name: problem for problem in read(FILE)}
ENTRY = re.compile(r"^# .+\.\n# Source: .+\.\n# (with|open): (.+)\n([\w-]+)\n.+ \? .+$", re.MULTILINE)
ENTRIES = ENTRY.findall(FILE.read_text(encoding="utf-8"))
POINTS = {name: noted.split("; ") for kind, noted, name in ENTRIES if kind == "with"}


def test_every_theorem_has_a_source_and_says_whether_points_are_known() -> None:
    assert [name for _, _, name in ENTRIES] == list(PROBLEMS)
    assert len(POINTS) >= 20
    assert len(PROBLEMS) - len(POINTS) <= 8


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_theorem_holds_in_every_drawing(name: str) -> None:
    _, (good, seen) = drawings(PROBLEMS[name])
    assert good == seen


@pytest.mark.parametrize("name", ["butterfly", "langley", "feuerbach", "morley"])
def test_deduction_alone_does_not_prove_it(name: str) -> None:
    assert attempt(PROBLEMS[name]).reason == "the closure ended without the goal"


@pytest.mark.parametrize("name", POINTS)
def test_one_to_three_points_prove_it(name: str) -> None:
    whole = _with_points(name)
    assert 1 <= len(whole.points) - len(PROBLEMS[name].points) <= 3
    assert whole.goals == PROBLEMS[name].goals
    assert AuxiliaryPoints(PROBLEMS[name]).solved(whole)


def _with_points(name: str) -> Problem:
    problem = PROBLEMS[name]
    for clause in POINTS[name]:
        problem = extended(problem, clause)
    return problem
