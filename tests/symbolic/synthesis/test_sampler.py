"""The random figures: pure, well drawn, as the settings ask, and rejected with a reason."""

import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from porism.symbolic.constructions import CONSTRUCTIONS
from porism.symbolic.diagram import VERIFYING, Diagram, DrawingError, draw
from porism.symbolic.placement import Free, On
from porism.symbolic.problem import Clause, Problem
from porism.symbolic.synthesis import sampler
from porism.symbolic.synthesis.sampler import FERTILE, NAMES, PLAIN, WEIGHTS, Figure, Rejected, Sampling, sample


def figures(sampling: Sampling, count: int, seed: int = 0) -> list[Figure]:
    found = [sample(sampling, seed, index) for index in range(count)]
    assert not [one for one in found if isinstance(one, Rejected)]
    return [one for one in found if isinstance(one, Figure)]


def names(figure: Figure) -> list[str]:
    return [one.name for clause in figure.problem.clauses for one in clause.constructions]


def is_locus(name: str) -> bool:
    return isinstance(CONSTRUCTIONS[name].place, On)


def is_loose(clause: Clause) -> bool:
    (one, *others) = clause.constructions
    return not others and (is_locus(one.name) or isinstance(one.definition.place, Free))


def digest(count: int) -> str:
    found = [sample(Sampling(), 3, index) for index in range(count)]
    return sha256(repr(found).encode()).hexdigest()


def test_the_same_arguments_give_the_same_bytes_in_another_process() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from test_sampler import digest; print(digest(40))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, os.path.dirname(__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert outputs == {digest(40)}


def test_a_figure_depends_on_its_own_index_alone() -> None:
    forwards = [sample(Sampling(), 1, index) for index in range(30)]
    backwards = [sample(Sampling(), 1, index) for index in reversed(range(30))]
    assert forwards == backwards[::-1]
    assert len({str(one.problem) for one in figures(Sampling(), 30, 1)}) == 30
    assert sample(Sampling(), 2, 0) != sample(Sampling(), 1, 0)


@pytest.mark.parametrize("points", [(4, 4), (6, 14), (11, 11), (20, 25)])
def test_figures_have_as_many_points_as_are_asked_for(points: tuple[int, int]) -> None:
    sizes: Counter[int] = Counter()
    for figure in figures(Sampling(points=points), 120):
        count = len(figure.problem.points)
        sizes[count] += 1
        assert figure.problem.points == tuple(NAMES[:count]) == tuple(figure.diagram.points)
    assert set(sizes) == set(range(points[0], points[1] + 1))


def test_every_premise_and_condition_holds_and_points_are_apart() -> None:
    for figure in figures(Sampling(), 300):
        assert figure.problem.goals == ()
        assert max(map(figure.diagram.residual, figure.problem.premises), default=0) <= 1e-12
        for clause in figure.problem.clauses:
            assert all(figure.diagram.holds(fact) for one in clause.constructions for fact in one.conditions)
        points = list(figure.diagram.points.values())
        distances = [abs(p - q) for i, p in enumerate(points) for q in points[:i]]
        assert min(distances) > 0.07
        assert max(distances) < 5.3


def test_figures_can_be_written_read_and_but_for_few_drawn_in_other_branches() -> None:
    failed = 0
    for figure in figures(Sampling(), 100):
        assert Problem.parse(str(figure.problem)) == figure.problem
        try:
            diagram = draw(figure.problem, level=VERIFYING)
        except DrawingError:
            failed += 1
        else:
            assert all(map(diagram.holds, figure.problem.premises))
    assert failed <= 5


def test_every_construction_is_sampled() -> None:
    found = Counter(name for figure in figures(Sampling(), 2000) for name in names(figure))
    assert set(found) == set(CONSTRUCTIONS)
    assert set(WEIGHTS) <= set(CONSTRUCTIONS)


def test_only_and_never_are_respected() -> None:
    only = ("triangle", "midpoint", "foot", "on_line", "on_circle")
    for figure in figures(Sampling(only=only), 50):
        assert set(names(figure)) <= set(only)
    for figure in figures(Sampling(only=only, never=("foot",)), 50):
        assert set(names(figure)) <= set(only) - {"foot"}
    for figure in figures(Sampling(never=("on_circle", "triangle")), 50):
        assert not {"on_circle", "triangle"} & set(names(figure))


@pytest.mark.parametrize(("symmetry", "plain"), [(0.0, True), (1.0, False)])
def test_symmetric_figures_start_from_special_ones(symmetry: float, plain: bool) -> None:
    for figure in figures(Sampling(symmetry=symmetry, fertile=0), 60):
        assert (names(figure)[0] in PLAIN) == plain


def test_fertile_figures_are_made_of_few_constructions() -> None:
    for figure in figures(Sampling(fertile=1), 40):
        assert set(names(figure)) <= set(FERTILE)
    for figure in figures(Sampling(fertile=1, never=FERTILE[:5]), 40):  # which are all its starts
        assert names(figure)[0] not in FERTILE


def test_symmetric_figures_repeat_their_constructions() -> None:
    def repeated(symmetry: float) -> float:
        found = figures(Sampling(symmetry=symmetry, fertile=0, points=(10, 10)), 100)
        return sum(len(names(one)) - len(set(names(one))) for one in found) / sum(len(names(one)) for one in found)

    assert repeated(0.8) > 1.3 * repeated(0.0)


def test_shares_of_clauses_are_as_asked_for() -> None:
    for figure in figures(Sampling(symmetry=0, fertile=0, two_loci=1, never=("free", "segment")), 50):
        assert all(len(clause.constructions) == 2 for clause in figure.problem.clauses[1:])
    for figure in figures(Sampling(symmetry=0, fertile=0, two_loci=0, loose=0, never=("free", "segment", "3peq")), 50):
        assert all(len(clause.constructions) == 1 for clause in figure.problem.clauses[1:])
        assert not any(map(is_loose, figure.problem.clauses[1:]))
    for figure in figures(Sampling(symmetry=0, fertile=0, two_loci=0, loose=1), 50):
        assert all(map(is_loose, figure.problem.clauses))


def test_no_two_loci_of_a_clause_are_the_same() -> None:
    sampling = Sampling(only=("triangle", "eqangle2", "on_circle"), two_loci=1, points=(6, 6))
    found = [sample(sampling, 0, index) for index in range(100)]
    pairs = [clause.constructions for one in found if isinstance(one, Figure) for clause in one.problem.clauses[1:]]
    assert len(pairs) > 20
    for constructions in pairs:
        if len(constructions) == 2 and constructions[0].name == constructions[1].name:
            assert set(constructions[0].args) != set(constructions[1].args)


REJECTED = [  # what is allowed, how many points, why nothing more could be built, and what was
    (("triangle",), 7, "undrawable", "no construction is left that makes so few points", "d e f = triangle d e f"),
    (("triangle", "orthocenter"), 5, "coincident", "a new point coincides with another", "d = orthocenter d "),
    (("triangle", "intersection_ll"), 5, "coincident", "a new point coincides with another", "a b c = triangle a b c"),
    (("triangle", "e5128"), 5, "undrawable", "no choice of points fits a construction", "a b c = triangle a b c"),
    (("triangle", "mirror"), 20, "crowded", "its points are too far away", "= mirror "),
]


@pytest.mark.parametrize(("only", "count", "check", "reason", "text"), REJECTED)
def test_what_leads_nowhere_is_rejected_with_its_reason(
    only: tuple[str, ...], count: int, check: str, reason: str, text: str
) -> None:
    sampling = Sampling(only=only, points=(count, count), symmetry=0)
    found = [one for one in (sample(sampling, 0, index) for index in range(40)) if isinstance(one, Rejected)]
    assert any(one.check == check and reason in one.reason and text in one.text for one in found), found[:3]
    for one in found:
        assert len(Problem.parse(one.text).points) < count


def test_a_figure_whose_premises_cannot_be_mended_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(problem: Problem, points: object) -> Diagram:
        raise DrawingError("clause 2 is too ill-conditioned")

    monkeypatch.setattr(sampler, "settled", fails)
    found = sample(Sampling(points=(6, 6)), 0, 0)
    assert isinstance(found, Rejected)
    assert (found.check, found.reason) == ("inexact", "clause 2 is too ill-conditioned")
    assert len(Problem.parse(found.text).points) == 6


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"points": (3, 9)}, "points", "write the fewest and the most points, 4 <= fewest <= most <= 25"),
    ({"points": (9, 6)}, "points", "write the fewest and the most points, 4 <= fewest <= most <= 25"),
    ({"points": (9, 26)}, "points", "write the fewest and the most points, 4 <= fewest <= most <= 25"),
    ({"only": ("triangle", "foott")}, "only", "unknown construction 'foott'; did you mean foot?"),
    ({"never": ("zzz",)}, "never", "unknown construction 'zzz'; known: 2l1c, 3peq, "),
    ({"only": ("foot",)}, "", "no construction is left to start from; allow one of free, segment, triangle, "),
    ({"only": ("triangle",), "never": ("triangle",)}, "", "no construction is left to start from; allow one of "),
    ({"symmetry": 1.5}, "symmetry", "less than or equal to 1"),
    ({"two_loci": -0.1}, "two_loci", "greater than or equal to 0"),
    ({"mirrors": 1}, "mirrors", "not permitted"),
]


@pytest.mark.parametrize(("given", "place", "message"), WRONG)
def test_wrong_settings_are_one_line_that_says_what_would_have_been_right(
    given: dict[str, Any], place: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Sampling(**given)
    (error,) = caught.value.errors()
    assert ".".join(map(str, error["loc"])) == place
    assert message in error["msg"]
    assert "\n" not in error["msg"]


@settings(deadline=None, max_examples=60)
@given(
    st.sets(st.sampled_from(sorted(CONSTRUCTIONS)), min_size=1, max_size=12),
    st.integers(4, 12),
    st.tuples(*[st.floats(0, 1)] * 3),
    st.integers(),
)
def test_whatever_is_asked_for_there_is_a_figure_or_a_reason(
    only: set[str], size: int, shares: tuple[float, float, float], seed: int
) -> None:
    symmetry, two_loci, loose = shares
    allowed = (*sorted(only), "triangle")
    sampling = Sampling(points=(4, size), symmetry=symmetry, two_loci=two_loci, loose=loose, only=allowed)
    found = sample(sampling, seed, 0)
    if isinstance(found, Figure):
        assert 4 <= len(found.problem.points) <= size
        assert all(found.diagram.residual(fact) <= 1e-12 for fact in found.problem.premises)
    else:
        assert found.check in ("crowded", "coincident", "undrawable", "inexact")
        assert found.reason
