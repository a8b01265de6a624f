"""Rows say what a theorem says, give it back, and are believed in nothing."""

import copy
import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from symbolic.faces.test_as_json import proofs
from theorems import TEXTS

from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.faces.english import prose, statement
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Step, Term
from porism.symbolic.prove import attempt
from porism.symbolic.rules import RULES
from porism.symbolic.synthesis.row import COLUMNS, difficulty, proof_of, row, verified
from porism.symbolic.synthesis.row import _step as written
from porism.symbolic.synthesis.theorem import Theorem
from porism.symbolic.synthesis.training_text import SIGNS, signed, training_text

LENGTHS = (
    "a b c d = isquare a b c d; f = angle_bisector f a d b, on_line f a c; g = foot g c d f;"
    " e = on_line e b d, on_line e a c; h = on_line h c g, on_line h a d; i = on_line i b d, on_line i c g;"
    " x = midpoint x a h ? cong a x e i"
)
ODD_NAMES = "a A b' = triangle a A b'; p_1 = foot p_1 a A b'; q = mirror q a p_1 ? cong A a A q"
ALL = [*(index for index in range(len(TEXTS)) if index not in (7, 21)), "lengths", "odd names"]
SOME = [10, 29, "lengths", "auxiliary"]  # squares, circles, lengths, auxiliary points


@cache
def theorem(which: int | str) -> Theorem:
    """The first goal of a text, its statement no more than the construction of the goal's points."""
    if which == "auxiliary":
        return auxiliary()
    text = {"lengths": LENGTHS, "odd names": ODD_NAMES}.get(str(which)) or TEXTS[int(which)]
    whole = Problem.parse(text)
    found = attempt(Problem(whole.clauses, whole.goals[:1]))
    assert found.proof, found.reason
    stated = whole.ancestors(whole.goals[0].points)
    used = whole.ancestors(point for fact in found.proof.facts for point in fact.points)
    first = [clause for clause in whole.clauses if stated & {*clause.points}]
    extra = [clause for clause in whole.clauses if used & {*clause.points} and clause not in first]
    problem = Problem((*first, *extra), whole.goals[:1])
    return Theorem(Proof(problem, found.proof.premises, found.proof.steps), len(extra), found.diagrams[0])


def auxiliary() -> Theorem:
    """A detour by a point y, and x that only leads to y."""
    problem = Problem.parse(
        "a b c = triangle a b c; d = foot d c a b; x = free x; y = intersection_ll y a b c x ? perp a d c d"
    )
    premises = [Fact.parse(text) for text in ("perp a b c d", "coll a b d", "coll a b y")]

    def term(coefficient: int, one: str, other: str, constant: Fraction, need: int) -> Term:
        pairs = (tuple(one.split()), Fraction(1)), (tuple(other.split()), Fraction(-1))
        return Term(Fraction(coefficient), Equation(pairs, constant), need)

    half, zero = Fraction(1, 2), Fraction(0)
    first = Algebra("direction", (term(1, "a b", "c d", half, 0), term(-1, "a b", "a y", zero, 2)))
    last = Algebra(
        "direction",
        (term(-1, "a b", "a d", zero, 1), term(1, "a b", "a y", zero, 2), term(1, "a y", "c d", half, 3)),
    )
    steps = (Step(Fact.parse("perp a y c d"), first, (0, 2)), Step(problem.goals[0], last, (1, 2, 3)))
    return Theorem(Proof(problem, tuple(premises), steps), 2, draw(problem))


@cache
def good(which: int | str) -> dict[str, Any]:
    return row(theorem(which))


def changed(which: int | str, **columns: Any) -> dict[str, Any]:
    return {**copy.deepcopy(good(which)), **columns}


# Good rows


@pytest.mark.parametrize("which", [*ALL, "auxiliary"])
def test_a_row_gives_its_proof_back_and_is_verified(which: int | str) -> None:
    made = good(which)
    assert proof_of(made) == theorem(which).proof
    assert verified(made).reason == ""
    assert verified(json.loads(json.dumps(made, allow_nan=False)), seed=5).ok


def test_the_proofs_are_of_every_kind() -> None:
    used = {rule for which in ALL for rule in good(which)["rules"]}
    assert used >= {f"algebra:{system}" for system in ("direction", "log", "length", "square")}
    terms = [term["equation"] for which in ALL for step in good(which)["steps"] for term in step["terms"]]
    assert any("@" in text for text in terms)
    assert any(step["conditions"] for step in good("lengths")["steps"])


def test_columns() -> None:
    made = good("auxiliary")
    assert list(made) == list(COLUMNS)
    assert made["problem"] == "a b c = triangle a b c; d = foot d c a b ? perp a d c d"
    assert made["auxiliary"] == "x = free x; y = intersection_ll y a b c x"
    assert made["goal"] == "perp a d c d"
    assert made["premises"] == ["perp a b c d", "coll a b d", "coll a b y"]
    assert made["statement"] == (
        "Let ABC be a triangle. Let D be the foot of the perpendicular from C to AB. "
        "Show that AD is perpendicular to CD."
    )
    assert (made["length"], made["depth"], made["auxiliary_points"]) == (2, 2, 2)
    assert made["rules"] == ["algebra:direction"]
    assert made["difficulty"] == difficulty(2, 2, 2)
    assert made["messages"][0]["content"].endswith("from C to AB. Prove that AD is perpendicular to CD.")
    assert made["messages"][1] == {"role": "assistant", "content": made["proof"]}


def test_the_proof_constructs_every_auxiliary_point_before_it_is_used() -> None:
    assert good("auxiliary")["proof"].startswith("Choose a point X. Construct Y")


def test_the_english_is_that_of_the_faces() -> None:
    for which in ALL:
        one = theorem(which)
        added = [point for clause in one.additions for point in clause.points]
        assert good(which)["proof"] == prose(one.proof)
        assert good(which)["statement"] == statement(one.problem, added)


def test_the_drawing_is_centred_of_size_one_and_rounded() -> None:
    for which in SOME:
        xs, ys = [[point[axis] for point in good(which)["points"]] for axis in ("x", "y")]
        assert max(max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx(1, abs=3e-6)
        assert max(xs) + min(xs) == pytest.approx(0, abs=3e-6)
        assert max(ys) + min(ys) == pytest.approx(0, abs=3e-6)
        assert all(round(v, 6) == v and math.copysign(1, v) == (1 if v >= 0 else -1) for v in [*xs, *ys])


def test_a_goal_keeps_its_spelling() -> None:
    one = theorem(9)
    spelled = Problem.parse(str(one.problem).replace("cyclic a b c d", "cyclic d c b a"))
    made = row(Theorem(Proof(spelled, one.proof.premises, one.proof.steps), one.auxiliary, one.diagram))
    assert made["problem"].endswith("? cyclic d c b a")
    assert made["goal"] == "cyclic a b c d"
    assert verified(made).ok


def test_the_spelling_of_one_goal_does_not_reach_other_proofs() -> None:
    one, goal = theorem(9).proof, "cyclic a b c d"
    before = prose(one)
    spelled = Problem.parse(str(one.problem).replace(goal, "cyclic d c b a"))
    assert "D, C, B and A lie on a circle" in prose(Proof(spelled, one.premises, one.steps))
    assert prose(one) == before


@given(proofs())
@settings(max_examples=60, deadline=None)
def test_any_steps_are_read_as_they_were_written(proof: Proof) -> None:
    problem, premises = str(proof.problem), list(map(str, proof.premises))
    made = {"problem": problem, "auxiliary": "", "premises": premises, "steps": list(map(written, proof.steps))}
    assert proof_of(made) == replace(proof, problem=replace(proof.problem, name=""))


def test_difficulty_grows_with_everything_and_stays_below_ten() -> None:
    assert difficulty(0, 0, 0) == 0
    assert difficulty(5, 2, 0) < difficulty(6, 2, 0) < difficulty(6, 3, 0) < difficulty(6, 3, 1) < 10
    assert difficulty(300, 300, 50) < 10


def arrow(kind: Any) -> pa.DataType:
    if isinstance(kind, list):
        return pa.list_(arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.struct([(name, arrow(one)) for name, one in kind.items()])
    return {str: pa.string(), int: pa.int64(), float: pa.float64()}[kind]


def test_rows_survive_parquet(tmp_path: Path) -> None:
    made = [good(which) for which in (*SOME, 4)]
    schema = pa.schema([(name, arrow(kind)) for name, kind in COLUMNS.items()])
    pq.write_table(pa.Table.from_pylist(made, schema), tmp_path / "rows.parquet")
    read = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert read == made
    assert all(verified(one).ok for one in read)


# Bad rows


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place in a row, and every wrong value that is put there."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
        if path:
            yield path, {**value, "more": 1}
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
            yield path, value[:index] + value[index + 1 :]
        yield path, [*value, *(value[-1:] or ["a"])]
        if len(value) > 1 and value[::-1] != value:
            yield path, value[::-1]
    elif isinstance(value, str):
        yield path, value + " "
        yield path, value[1:] if value else "x"
    elif isinstance(value, int):
        yield from ((path, value + 1), (path, value - 1), (path, float(value)), (path, bool(value)))
    else:
        yield from ((path, bad) for bad in (value + 0.02, math.nan, math.inf, -1e300, value + 1e-7, str(value)))
    yield path, None


def altered(made: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(made)
    at: Any = result
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return result


@pytest.mark.parametrize("which", [5, 10, 29, "auxiliary"])
def test_every_change_of_every_value_is_rejected(which: int | str) -> None:
    made = good(which)
    mutants = [(path, value) for name in made for path, value in leaves(made[name], (name,))]
    assert len(mutants) > 200
    for path, value in mutants:
        verdict = verified(altered(made, path, value))
        assert not verdict.ok, (path, value)
        assert verdict.reason
        assert "\n" not in verdict.reason


def test_every_step_of_a_long_proof_is_needed() -> None:
    made = good("lengths")
    for index in range(len(made["steps"])):
        assert not verified(changed("lengths", steps=made["steps"][:index] + made["steps"][index + 1 :])).ok


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_is_missed(name: str) -> None:
    made = {key: value for key, value in good(10).items() if key != name}
    assert verified(made).reason == f"column {name} is missing"


def said(which: int | str, **columns: Any) -> str:
    verdict = verified(changed(which, **columns))
    assert not verdict.ok
    assert verdict.check == "row"
    return verdict.reason


def test_reasons() -> None:
    made = good("auxiliary")
    assert "goals, a theorem has one" in said("auxiliary", problem=made["problem"] + "; coll a b d")
    assert "is not among the facts" in said("auxiliary", problem=made["problem"].replace("? perp a d", "? perp b c"))
    assert said("auxiliary", statement="Let it be.") == "column statement is not what the proof makes of it"
    assert said("auxiliary", depth=1) == "column depth is not what the proof makes of it"
    assert "does not follow" in said("auxiliary", steps=[made["steps"][1], made["steps"][0]])
    assert "not those of the problem" in said("auxiliary", points=made["points"][::-1])
    turned = [{**point, "x": point["y"], "y": point["x"] / 2} for point in made["points"]]
    assert said("auxiliary", points=turned)


def test_points_that_miss_the_premises_are_named() -> None:
    made = good("auxiliary")
    inner = next(i for i, one in enumerate(made["points"]) if max(abs(one["x"]), abs(one["y"])) < 0.49)
    points = copy.deepcopy(made["points"])
    points[inner]["x"] = round(points[inner]["x"] + 0.001, 6)
    assert "the points do not show" in said("auxiliary", points=points)
    same = [{**point, "x": points[0]["x"], "y": points[0]["y"]} for point in points]
    assert said("auxiliary", points=same)


def remade(proof: Proof, auxiliary: int) -> str:
    """The reason against a row that is consistent in itself."""
    return verified(row(Theorem(proof, auxiliary, draw(proof.problem)))).reason


def test_statement_and_auxiliary_points_are_told_apart() -> None:
    one = theorem("auxiliary")
    assert "point x of the statement is not needed" in remade(one.proof, 0)
    assert "point d is not defined" in remade(one.proof, 3)


def test_idle_facts_and_points_are_rejected() -> None:
    one = theorem("auxiliary").proof
    clauses = [*one.problem.clauses, *Problem.parse("a = free a; z = free z").clauses[1:]]
    assert "no use for auxiliary point z" in remade(Proof(Problem((*clauses,), one.problem.goals), *_rest(one)), 3)
    twice = (*one.steps[:1], one.steps[0], Step(one.steps[1].fact, one.steps[1].by, one.steps[1].needs))
    assert "no step needs fact 4" in remade(Proof(one.problem, one.premises, twice), 2)
    late = Proof(one.problem, one.premises, (one.steps[0], one.steps[1], one.steps[0]))
    assert "is not the last fact" in remade(late, 2)


def _rest(proof: Proof) -> tuple[tuple[Fact, ...], tuple[Step, ...]]:
    return proof.premises, proof.steps


def test_a_proof_is_written_in_one_order_only() -> None:
    one = theorem("auxiliary").proof
    first, last = one.steps
    assert isinstance(last.by, Algebra)
    turned = replace(last, by=replace(last.by, terms=last.by.terms[::-1]))
    assert "terms are not sorted" in remade(replace(one, steps=(first, turned)), 2)
    numbers = {0: 1, 1: 0, 2: 2, 3: 3}
    moved = [_renumbered(step, numbers) for step in one.steps]
    premises = (one.premises[1], one.premises[0], one.premises[2])
    assert "premises are not in the order" in remade(Proof(one.problem, premises, (*moved,)), 2)
    long = theorem("lengths").proof
    place = next(i for i, step in enumerate(long.steps) if len(step.conditions) > 1)
    step = replace(long.steps[place], conditions=long.steps[place].conditions[::-1])
    assert "conditions are not sorted" in remade(
        replace(long, steps=(*long.steps[:place], step, *long.steps[place + 1 :])), 0
    )


def _renumbered(step: Step, numbers: dict[int, int]) -> Step:
    assert isinstance(step.by, Algebra)
    terms = tuple(sorted((replace(t, need=numbers[t.need]) for t in step.by.terms), key=lambda t: t.need))
    return replace(step, by=replace(step.by, terms=terms), needs=tuple(sorted(numbers[need] for need in step.needs)))


# Hostile rows


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def hostile() -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield ("problem",), "a" * 3_000_000
    yield ("problem",), ";" * 5_000 + "? coll a b c"
    yield ("problem",), "a b c = triangle a b c; " + "; ".join(f"p{i} = free p{i}" for i in range(90)) + "? coll a b c"
    yield ("problem",), "".join(f"p{i} " for i in range(1000)) + "= free x ? coll a b c"
    yield ("problem",), "a b c = triangle a b c; d = s_angle a b d 9999999999999999999999 ? coll a b c"
    yield ("problem",), "a = __import__('os').system('true') ? coll a b c"
    yield ("problem",), "\ud800 = free \ud800 ? coll a b c"
    yield ("problem",), "a b c = triangle a b c; d = foot d c a b # ? perp a d c d"
    yield ("problem",), ""
    yield ("problem",), "?" * 1000
    yield ("auxiliary",), "x = free x ? y"
    yield ("premises",), ["coll a b d"] * 200_000
    yield ("premises",), [f"coll {'a b ' * 50_000}"]
    yield ("premises",), nested(100_000)
    yield ("steps",), nested(100_000)
    yield ("steps",), good("auxiliary")["steps"] * 5_000
    yield ("steps", 0, "needs"), list(range(-(10**5), 10**5))
    yield ("steps", 0, "needs"), [10**5000]
    yield ("steps", 0, "terms", 0, "coefficient"), "9" * 1_000_000
    yield ("steps", 0, "terms", 0, "coefficient"), "9" * 90
    yield ("steps", 0, "terms", 0, "coefficient"), "1/0"
    yield ("steps", 0, "terms", 0, "coefficient"), "1e999999999"
    yield ("steps", 0, "terms", 0, "equation"), " ".join(["a.b +"] * 50_000) + " c.d = 0"
    yield ("steps", 0, "terms", 0, "equation"), "a.b - c.d = " + "9" * 100_000
    yield ("steps", 0, "terms", 0, "need"), 2**62
    yield ("steps", 0, "divisor"), 2**62
    yield ("steps", 0, "divisor"), 0
    yield ("steps", 0, "rule"), "algebra:" + "direction" * 10_000
    yield ("steps", 0, "rule"), "similar-aa\n" * 10_000
    yield ("steps", 0, "points"), ["\ud800", "a\nb"]
    yield ("steps", 0, "conditions"), ["ncoll a b c"] * 10_000
    yield ("points", 0, "x"), 10**400
    yield ("points", 0, "name"), "a" * 100_000
    yield ("messages",), nested(100_000)
    yield ("text",), {"a": nested(100_000)}
    yield ("length",), 10**5000


def test_hostile_rows_are_rejected_quickly_and_in_one_line() -> None:
    for path, value in hostile():
        rejected_quickly(path, value)


def rejected_quickly(path: tuple[Any, ...], value: Any) -> None:
    made, start = altered(good("auxiliary"), path, value), time.process_time()
    verdict = verified(made)
    assert not verdict.ok
    assert 0 < len(verdict.reason) < 2000
    assert verdict.reason.isprintable()
    assert time.process_time() - start < 5, path


def test_figures_that_cannot_be_drawn_are_given_up_on() -> None:
    free = "; ".join(f"p{i} = free p{i}" for i in range(30))
    text = f"a b c = triangle a b c; {free}; d = on_line d a b, on_line d b c, on_line d c a ? coll a b d"
    rejected_quickly(("problem",), text)
    proof = Proof(Problem.parse(text), (Fact.parse("coll a b d"),), ())
    made = row(Theorem(proof, 0, Diagram({point: complex(i, i * i) for i, point in enumerate(proof.problem.points)})))
    start = time.process_time()
    assert "cannot be drawn" in verified(made).reason
    assert time.process_time() - start < 10


def test_huge_powers_of_logarithms_are_not_raised() -> None:
    made = copy.deepcopy(good(17))
    term = made["steps"][0]["terms"][0]
    term["coefficient"], term["equation"] = "99999", "a.b - a.c = 999999999999999998/999999999999999999"
    assert "bits" in verified(made).reason


def test_many_points_in_one_equation_are_not_combined() -> None:
    made = copy.deepcopy(good(10))
    unknowns = " + ".join(f"a.p{i:02}" for i in range(40))
    made["steps"][0]["terms"][0]["equation"] = f"{unknowns} = 0"
    assert "so many points" in verified(made).reason


# The training text


def test_the_training_text_of_a_detour() -> None:
    assert good("auxiliary")["text"] == (
        "{S} a : ; b : ; c : ; d : T a b c d 00 C a b d 01 ? T a d c d {F1} x00 x : ; y : C a b y 02 C c x y 03 ; "
        "x00 T a y c d 04 direction 00 02 ; T a d c d 05 direction 01 02 04"
    )


def test_signs() -> None:
    assert signed(Fact.parse("eqratio a b b c d e e f")) == "/ b a b c e d e f"
    assert signed(Fact.parse("rconst a b c d 3 2")) == "/ a b c d 3 / 2"
    assert signed(Fact.parse("sqconst a b c d 3 2")) == "// a b c d 3 / 2"
    assert signed(Fact.parse("simtri2 a b c x y z")) == "S* a b c x y z"
    assert signed(Fact.parse("aconst a b c d 1 2")) == "^ a b c d 1. pi / 2."


def test_the_training_text_tells_every_proof_apart_from_its_neighbours() -> None:
    """Every guaranteed fact and every step has one number, and refers to smaller ones."""
    for which in [*ALL, "auxiliary"]:
        text = good(which)["text"]
        head, steps = text.rsplit("x00", 1)
        count = len(theorem(which).problem.guarantees)
        assert "\n" not in text
        assert all(f" {number:02}" in head for number in range(count))
        for number, step in enumerate(filter(None, steps.strip().split(" ; ")), count):
            words = step.split()
            assert words[0] in SIGNS.values()
            by = next(
                i for i, word in enumerate(words) if word in ("direction", "log", "length", "square") or word in RULES
            )
            assert words[by - 1] == f"{number:02}"
            assert all(int(word) < number for word in words[by + 1 :])


def test_a_clause_of_many_points_is_told_point_by_point() -> None:
    problem = Problem.parse("a b c = triangle; x y z i = incenter2 x y z i a b c ? cong a y a z")
    text = training_text(Proof(problem, (), ()), 0)
    assert " ; x : C b c x " in text
    assert " ; y : C a c y " in text
    assert text.endswith("? D a y a z {F1} x00")
