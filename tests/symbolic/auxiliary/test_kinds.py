"""Every kind of auxiliary point is where its clause says, and assumes what its clause says."""

from itertools import combinations

import numpy as np
import pytest
from numpy.random import default_rng

from porism.errors import InputError
from porism.symbolic.auxiliary import kinds
from porism.symbolic.auxiliary.choices import CHOICES, Known
from porism.symbolic.auxiliary.kinds import KINDS, MOST, Kind, X
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.problem import Problem
from porism.symbolic.sums import pair, sums

every = pytest.mark.parametrize("kind", KINDS, ids=[kind.text for kind in KINDS])


def stated(kind: Kind) -> Problem:
    """The kind's clause for free points."""
    free = "; ".join(f"{letter} = free {letter}" for letter in kind.letters)
    return Problem.parse(f"{free}; {kind.clause('x', list(kind.letters))}")


def place(kind: Kind, points: dict[str, complex]) -> complex:
    return complex(kind.place(*(np.array([[points[letter]]]) for letter in kind.letters))[0, 0])


def test_no_two_kinds_are_the_same() -> None:
    assert len({kind.text for kind in KINDS}) == len(KINDS)
    assert len({kind.name for kind in KINDS}) >= len(KINDS) - 2  # some differ only in the points that they share


@every
def test_a_kind_starts_from_as_many_points_as_its_choices_have(kind: Kind) -> None:
    some = np.array([[0, 1], [2, 3]])
    known = Known(5, some, some, np.zeros((2, 5), np.bool_))
    assert sum(part.shape[1] for part in CHOICES[kind.among](known)) == len(kind.letters) <= MOST
    assert kind.letters == "abcdef"[: len(kind.letters)]


@every
def test_the_clause_has_the_names_it_is_given(kind: Kind) -> None:
    names = [f"p{k}" for k in range(len(kind.letters))]
    free = "; ".join(f"{name} = free {name}" for name in names)
    clause = Problem.parse(f"{free}; {kind.clause('new', names)}").clauses[-1]
    assert clause.points == ("new",)
    assert set(clause.inputs) == set(names)
    assert "+".join(one.name for one in clause.constructions) == kind.name


@every
@pytest.mark.parametrize("index", range(4))
def test_the_place_is_where_the_facts_of_the_clause_hold(kind: Kind, index: int) -> None:
    problem = stated(kind)
    drawn = draw(problem, 1, index)
    points = {letter: complex(drawn.points[letter]) for letter in kind.letters}
    figure = Diagram({**points, "x": place(kind, points)})
    for fact in problem.premises:
        assert figure.residual(fact) < 1e-9, str(fact)


@every
@pytest.mark.parametrize("index", range(4))
def test_the_place_is_where_the_point_is_drawn(kind: Kind, index: int) -> None:
    drawn = draw(stated(kind), 2, index)
    points = {letter: complex(drawn.points[letter]) for letter in kind.letters}
    assert abs(place(kind, points) - drawn.points["x"]) < 1e-8


@every
def test_many_places_at_a_time_are_the_same_as_one_by_one(kind: Kind) -> None:
    rng = default_rng(0)
    many = rng.normal(size=(len(kind.letters), 3, 5)) + 1j * rng.normal(size=(len(kind.letters), 3, 5))
    found = kind.place(*many)
    assert found.shape == (3, 5)
    for d in range(3):
        for k in range(5):
            assert np.isclose(found[d, k], place(kind, dict(zip(kind.letters, many[:, d, k].tolist(), strict=True))))


@every
def test_a_place_turns_and_grows_with_its_figure(kind: Kind) -> None:
    rng = default_rng(1)
    points = rng.normal(size=len(kind.letters)) + 1j * rng.normal(size=len(kind.letters))
    turn, shift = 0.3 - 2j, 5 + 1j
    one = place(kind, dict(zip(kind.letters, points.tolist(), strict=True)))
    two = place(kind, dict(zip(kind.letters, (turn * points + shift).tolist(), strict=True)))
    assert np.isclose(two, turn * one + shift)


Equation = tuple[int, tuple[tuple[frozenset[str], int], ...]]


@every
def test_the_equations_are_those_of_the_clause(kind: Kind) -> None:
    names = [*kind.letters, "x"]
    number = {name: i for i, name in enumerate(names)}
    back = {pair(i, j, len(names)): frozenset({names[i], names[j]}) for i, j in combinations(range(len(names)), 2)}
    clause = stated(kind).clauses[-1]
    facts = [fact for construction in clause.constructions for fact in construction.facts]
    wanted = [(k, tuple((back[u], c) for u, c in row)) for fact in facts for k, row in sums(fact, number)]
    found = [(k, tuple((frozenset({names[i], names[j]}), c) for i, j, c in row)) for k, row in kind.equations]
    assert found == wanted
    assert all(i == X or 0 <= i < len(kind.letters) for _, row in kind.equations for one in row for i in one[:2])
    assert all(len(row) <= 8 for _, row in kind.equations)


@every
def test_the_circles_are_those_of_the_clause(kind: Kind) -> None:
    names = [*kind.letters, "x"]
    wanted = set[tuple[str | None, frozenset[str]]]()
    for fact in stated(kind).premises:
        if fact.name == "cyclic":
            wanted.add((None, frozenset(fact.points)))
        elif fact.name == "circle":
            wanted.add((fact.points[0], frozenset(fact.points[1:])))
    found = {(None if o is None else names[o], frozenset(names[i] for i in on)) for o, on in kind.circles}
    assert found == wanted
    assert ("on_circum" in kind.text or "circumcenter" in kind.text) == bool(wanted)


@every
def test_a_kind_says_something_of_its_point(kind: Kind) -> None:
    said = {i for _, row in kind.equations for one in row for i in one[:2]} | {i for _, on in kind.circles for i in on}
    assert X in said


@every
def test_corners_on_a_line_cannot_be_drawn(kind: Kind) -> None:
    clause = kind.clause("x", list(kind.letters))
    for corner in kind.corners:
        a, b, c = (kind.letters[i] for i in corner)
        rest = [letter for letter in kind.letters if letter not in (a, b, c)]
        free = "; ".join(f"{letter} = free {letter}" for letter in rest)
        flat = f"{free + '; ' if free else ''}{a} {b} = segment {a} {b}; {c} = on_line {c} {a} {b}; {clause}"
        with pytest.raises(InputError):
            draw(Problem.parse(flat))


def test_kinds_with_corners_are_those_with_conditions() -> None:
    conditions = {kind.text: {fact.name for one in stated(kind).clauses[-1].constructions for fact in one.conditions}
                  for kind in KINDS}  # fmt: skip
    assert {kind.text for kind in KINDS if kind.corners} == {
        text for text, found in conditions.items() if "ncoll" in found
    }


def test_degenerate_choices_have_no_place() -> None:
    a, b, c, d = (np.array([[z]]) for z in (0j, 1 + 0j, 3 + 0j, 1j))
    with np.errstate(all="ignore"):
        assert not np.isfinite(kinds.meeting(a, b - a, d, c - b)).any()  # parallel
        assert not np.isfinite(kinds.circumcentre(a, b, c)).any()  # on a line
        assert not np.isfinite(kinds.foot(d, a, a)).any()
        assert not np.isfinite(kinds.mirrored(a, b, b)).any()  # one circle
        assert not np.isfinite(kinds.again(a, a - a, b)).any()
