"""Steps and preferences say what the search and its proof say, and names of points say nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.errors import InputError
from porism.generators.chat import ChatReply
from porism.pipelines.auxiliary import following, points, proposals, records
from porism.pipelines.auxiliary.solve import Place, Solved
from porism.pipelines.auxiliary.ways import LONGEST, Stage, Tried, Way
from porism.symbolic import Problem
from porism.symbolic.check import Verdict
from porism.symbolic.prove import Attempt

PROBLEM = Problem.parse("a b c = triangle a b c; d = foot d a b c ? perp a b a c")
FIRST, SECOND = "m = midpoint m a b", "n = foot n m a c"
PLACES = (
    Place((), 0, (("x = midpoint x c a", 1), (FIRST, 2), ("y = circumcenter y a b c", 0))),
    Place(("y = circumcenter y a b c",), 0, (("z = mirror z a y", 9),)),
    Place((FIRST,), 2, (("n = midpoint n c a", 0), (SECOND, 5), ("p = foot p m c b", 3))),
)


def solved(clauses: tuple[str, ...], places: tuple[Place, ...] = PLACES, *, ok: bool = True) -> Solved:
    """A search as `solve` tells it."""
    attempt = Attempt(PROBLEM, (), (1, 1), verdict=Verdict(ok, "proof", ""))
    return Solved(PROBLEM, attempt, clauses, 40, 1.0, "solved", places)


def way(clauses: tuple[str, ...] = (FIRST, SECOND), places: tuple[Place, ...] = PLACES) -> Way:
    found = following.way(solved(clauses, places))
    assert found
    return found


def told(found: Way) -> list[tuple[int, str, int, int]]:
    return [(len(one.clauses), one.clause, one.label, one.gain) for one in records.steps(PROBLEM, found)]


def test_steps_are_the_clauses_tried_on_the_way_and_right_if_the_proof_needs_them() -> None:
    assert way().needed == ("e = midpoint e a b", "f = foot f e a c")
    assert told(way()) == [
        (0, "e = midpoint e c a", 0, 1),
        (0, "e = midpoint e a b", 1, 2),
        (0, "e = circumcenter e a b c", 0, 0),
        (1, "f = midpoint f c a", 0, 0),
        (1, "f = foot f e a c", 1, 5),
        (1, "f = foot f e c b", 0, 3),
    ]
    first = next(records.steps(PROBLEM, way()))
    assert first.problem == str(PROBLEM)
    assert first.statement.startswith("Let ABC be a triangle. Let D be the foot")


def test_a_clause_on_the_way_that_the_proof_does_without_is_wrong_where_it_was_tried() -> None:
    alone = "k = midpoint k c a"  # what is needed, under another name and after the clause that is not
    assert told(way((alone,), (PLACES[0], PLACES[2])))[:3] == [
        (0, "e = midpoint e c a", 1, 1),
        (0, "e = midpoint e a b", 0, 2),
        (0, "e = circumcenter e a b c", 0, 0),
    ]
    late = (replace(PLACES[0], tried=PLACES[0].tried[1:]), PLACES[2])
    assert [row for row in told(way((alone,), late)) if row[2]] == [(1, "f = midpoint f c a", 1, 0)]
    assert [row for row in told(way((alone,), late)) if row[0] == 0 and row[2]] == []


def test_places_beside_the_way_are_left_out() -> None:
    assert all("mirror" not in clause for _, clause, _, _ in told(way()))
    assert [stage.clauses for stage in way().stages] == [(), ("e = midpoint e a b",)]


def test_the_same_clause_in_another_spelling_is_not_called_wrong() -> None:
    again = Place((), 0, (("q = midpoint q b a", 2), ("q = circle q a b c", 0)))
    assert [label for _, _, label, _ in told(way((FIRST,), (again,)))] == [1, 0]


LEMMAS = ("l = foot l d a c", "k = midpoint k b d")  # points that a search made to learn from, of which one is needed


def test_what_a_search_made_besides_is_told_only_where_the_proof_needs_it() -> None:
    places = (
        Place((), 0, ((FIRST, 0), *((text, 1) for text in LEMMAS))),
        Place(LEMMAS, 2, ((FIRST, 2), ("q = circle q a b c", -1), ("q = on_pline q a b a, on_circum q a b c", 0))),
        Place((*LEMMAS, FIRST), 3, (("l = mirror l a m", 0), (SECOND, 4))),
    )
    found = way((LEMMAS[1], FIRST, SECOND), places)
    lemma, first = "e = midpoint e b d", "f = midpoint f a b"
    assert found.needed == (lemma, first, "g = foot g f a c")
    assert [(stage.clauses, stage.gain) for stage in found.stages] == [((), 0), ((lemma,), 2), ((lemma, first), 3)]
    assert [[(one.clause, one.gain, one.needed) for one in stage.tried] for stage in found.stages] == [
        [("e = midpoint e a b", 0, True), ("e = foot e d a c", 1, False), (lemma, 1, True)],
        [(first, 2, True)],
        [("g = mirror g a f", 0, False), ("g = foot g f a c", 4, True)],
    ]


def test_looks_at_one_place_are_told_as_one() -> None:
    looks = (Place((), 0, (("x = foot x d a c", 1),)), Place((), 0, (("x = foot x d c a", 0), (FIRST, 2))))
    assert told(way((FIRST,), looks)) == [(0, "e = foot e d a c", 0, 1), (0, "e = midpoint e a b", 1, 2)]


def test_a_point_that_something_starts_from_is_told_though_the_proof_does_without() -> None:
    places = (Place((), 0, ((FIRST, 0),)), Place((FIRST,), 0, (("x = mirror x m a", 0), ("x = foot x d a c", 3))))
    assert [stage.clauses for stage in way(("l = foot l d a c",), places).stages] == [(), ("e = midpoint e a b",)]


def test_without_a_proof_or_without_auxiliary_points_there_is_no_way() -> None:
    assert following.way(solved((FIRST,), ok=False)) is None
    assert following.way(solved(())) is None
    assert way((FIRST,), ()).stages == ()


NAMES = st.lists(st.from_regex(r"[e-zA-Z][0-9]{0,2}", fullmatch=True), min_size=6, max_size=6, unique=True)


@given(NAMES)
def test_names_of_points_never_tell_what_helped(names: list[str]) -> None:
    other = dict(zip("mnxyzp", names, strict=True))

    def called(text: str) -> str:
        return " ".join(other.get(word, word) for word in text.split())

    places = tuple(
        Place(tuple(map(called, place.clauses)), place.gain, tuple((called(text), gain) for text, gain in place.tried))
        for place in PLACES
    )
    assert way((called(FIRST), called(SECOND)), places) == way()


def test_preferences_are_of_one_place_and_answer_what_a_proposer_is_asked() -> None:
    found = way()
    pairs = list(records.preferences(PROBLEM, found))
    assert len(pairs) == 4
    for pair, stage in zip(pairs, (found.stages[0],) * 2 + (found.stages[1],) * 2, strict=True):
        there = points.with_clauses(PROBLEM, stage.clauses)
        assert pair.prompt == proposals.prompt(there)
        good, bad = (json.loads(text)["clauses"][0] for text in (pair.chosen, pair.rejected))
        needed = {one.clause: one.needed for one in stage.tried}
        assert (needed[good], needed[bad]) == (True, False)
        for text in (pair.chosen, pair.rejected):
            assert [each.action for each in proposals.read(there, ChatReply(text)).proposals] == json.loads(text)[
                "clauses"
            ]


def test_a_few_are_drawn_where_many_were_tried_and_the_same_ones_again() -> None:
    points = ("a", "b", "c", "d")
    feet = [f"e = mirror e {p} {q}" for p in points for q in points if p != q]
    crowd = Place((), 0, ((FIRST, 1), *((text, 0) for text in feet)))
    found = way((FIRST,), (crowd,))
    assert len(list(records.steps(PROBLEM, found))) == 1 + len(feet)
    some = list(records.steps(PROBLEM, found, most=5))
    assert [one.label for one in some] == [1, 0, 0, 0, 0, 0]
    assert some == list(records.steps(PROBLEM, found, most=5))
    drawn = {tuple(pair.rejected for pair in records.preferences(PROBLEM, found, seed=seed)) for seed in range(8)}
    assert len(drawn) > 1
    assert all(len(set(each)) == len(each) == records.PAIRS for each in drawn)


CLAUSE = st.text(max_size=20)
GAIN = st.integers(0, 2**31 - 1)
STAGES = st.builds(
    Stage, st.lists(CLAUSE, max_size=3).map(tuple), GAIN,
    st.lists(st.builds(Tried, CLAUSE, GAIN, st.booleans()), max_size=4).map(tuple),
)  # fmt: skip
WAYS = st.builds(Way, st.lists(CLAUSE, max_size=3).map(tuple), GAIN, st.lists(STAGES, max_size=3).map(tuple))


@given(WAYS)
def test_a_way_is_its_text(found: Way) -> None:
    assert Way.from_json(found.to_json()) == found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["needed", "trials", "places", "tried"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_what_is_no_way_is_one_line(value: object) -> None:
    with pytest.raises(InputError) as error:
        Way.from_json(json.dumps(value))
    assert "\n" not in str(error.value)


WRONG = [
    "", "{", "[" * 100_000, "nan", "x" * (LONGEST + 1),
    '{"needed": [], "trials": true, "places": []}',
    '{"needed": [], "trials": 1.0, "places": []}',
    '{"needed": [], "trials": -1, "places": []}',
    '{"needed": [1], "trials": 1, "places": []}',
    '{"needed": [], "trials": 1, "places": [], "more": 1}',
    '{"needed": [], "trials": 1, "places": [{"clauses": [], "gain": -1, "tried": []}]}',
    '{"needed": [], "trials": 1, "places": [{"clauses": [], "gain": 0, "tried": [{"clause": "", "gain": 0, '
    '"needed": 1}]}]}',
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_hostile_texts_are_one_line_too(text: str) -> None:
    with pytest.raises(InputError) as error:
        Way.from_json(text)
    assert len(str(error.value)) < 200
