"""JSON and back: inverses on any proof, and one line for anything else."""

import copy
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic import proofs as found

from porism.errors import InputError
from porism.symbolic.faces.as_json import equation_text, from_json, read_equation, to_json
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, Term, Unknown
from porism.symbolic.prove import prove
from porism.symbolic.rules import RULES

PROBLEMS = [
    "a b c = triangle a b c; d = foot d a b c; m' = midpoint m' b c; i_b = free i_b "
    "? eqangle c b a b a d d m'; para a b c i_b",
    "a b c d = quadrangle; m' = free m'; i_b = free i_b",
]
NAMES = ("a", "b", "c", "d", "i_b", "m'")

fractions = st.fractions(max_denominator=10**6).filter(lambda f: abs(f.numerator) < 10**30)
numbers = st.integers(1, 99).map(str)


@st.composite
def facts(draw: st.DrawFn, conditions: bool = False) -> Fact:
    names = sorted(name for name, one in PREDICATES.items() if one.condition == conditions and one.points <= 6)
    predicate = PREDICATES[draw(st.sampled_from(names))]
    points = tuple(draw(st.permutations(NAMES))[: predicate.points])
    return Fact(predicate.name, points + tuple(draw(numbers) for _ in range(predicate.numbers)))


@st.composite
def equations(draw: st.DrawFn, before: int = 5) -> Equation:
    pairs = [(a, b) for a in NAMES for b in NAMES if a < b]
    circles = [(a, "@", str(i)) for a in NAMES for i in range(before)]
    sines = [(*one, "^", *other) for one in pairs for other in pairs if one < other]
    chosen: list[Unknown] = sorted(draw(st.sets(st.sampled_from([*pairs, *circles, *sines]), max_size=5)))
    return Equation(tuple((unknown, draw(fractions.filter(bool))) for unknown in chosen), draw(fractions))


@st.composite
def proofs(draw: st.DrawFn) -> Proof:
    premises = tuple(draw(st.lists(facts(), max_size=4)))
    steps: list[Step] = []
    for number in range(len(premises), len(premises) + draw(st.integers(0, 4))):
        needs = tuple(sorted(draw(st.sets(st.integers(0, number - 1), max_size=3)))) if number else ()
        by: Rule | Algebra = Rule(
            draw(st.sampled_from(sorted(RULES))), tuple(draw(st.lists(st.sampled_from(NAMES), max_size=6)))
        )
        if draw(st.booleans()):
            terms = tuple(Term(draw(fractions), draw(equations()), draw(st.sampled_from(needs))) for _ in needs[:2])
            by = Algebra(
                draw(st.sampled_from(["direction", "log", "length", "square"])), terms, draw(st.integers(1, 12))
            )
        steps.append(Step(draw(facts()), by, needs, tuple(draw(st.lists(facts(conditions=True), max_size=2)))))
    return Proof(Problem.parse(draw(st.sampled_from(PROBLEMS)), draw(st.text(max_size=8))), premises, tuple(steps))


@given(proofs())
@settings(max_examples=80, deadline=None)
def test_to_and_from_are_inverses(proof: Proof) -> None:
    written = to_json(proof)
    read = from_json(json.loads(json.dumps(written)))
    assert read == proof
    assert to_json(read) == written


@pytest.mark.parametrize("index", found.PROVED)
def test_found_proofs_are_read_as_written(index: int) -> None:
    proof = found.proof(index)
    assert from_json(json.loads(json.dumps(to_json(proof)))) == proof


def test_a_proof_by_sines_is_read_as_written() -> None:
    text = "a b = segment; c = on_bline c a b; d = on_tline d b a b; e = intersection_lt e c d a a b ? cong e c c d"
    proof = prove(Problem.parse(text))
    assert any(step.fact.name == "sines" for step in proof.steps)
    assert from_json(json.loads(json.dumps(to_json(proof)))) == proof


@given(equations())
def test_equations_are_read_as_written(equation: Equation) -> None:
    assert read_equation(equation_text(equation)) == equation


def test_equations_in_words() -> None:
    texts = ["a.b - c.d = 0", "-a.b + 1/2 b@3 = 1/2", "-3/2 i_b.m' = -7", "0 = 1", "a.b - a.b^c.d = 1"]
    assert [equation_text(read_equation(text)) for text in texts] == texts


WRONG_EQUATIONS = """
|a.b|a.b =| = 0|a.b = 1/0|a.b = 2/4|b.a = 0|a.a = 0|a.b + a.b = 0|0 a.b = 0|1 a.b = 0|c.d + a.b = 0|a.b  = 0|+ a.b = 0
|a@01 = 0|a.b = 0 |a.b = \u0661|--a.b = 0|a.b + = 0|a.b = 0 = 0|a.b - -1/2 a.c = 0
|a.b^a.b = 0|c.d^a.b = 0|b.a^c.d = 0|a.b^d.c = 0|a.b^c = 0|a.b^c@1 = 0|a@1^a.b = 0
"""


@pytest.mark.parametrize("text", WRONG_EQUATIONS.replace("\n", "").split("|"))
def test_wrong_equations_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_equation(text)
    assert "\n" not in str(caught.value)


def example() -> dict[str, Any]:
    equation = Equation(((("a", "b"), Fraction(1)), (("a", "c"), Fraction(-1))), Fraction(1))
    steps = (
        Step(Fact.parse("cong a b a c"), Algebra("log", (Term(Fraction(1), equation, 0),)), (0,)),
        Step(
            Fact.parse("eqangle a b b c b c a c"),
            Rule("isosceles-angles", ("b", "c", "a")),
            (1,),
            (Fact.parse("ncoll a b c"),),
        ),
    )
    problem = Problem.parse("a b c = iso_triangle a b c; m = midpoint m b c ? eqangle b a b c c b c a", "base angles")
    return to_json(Proof(problem, (Fact.parse("cong a b a c"),), steps))


def test_a_golden_proof() -> None:
    assert example() == {
        "problem": "a b c = iso_triangle a b c; m = midpoint m b c ? eqangle b a b c c b c a",
        "name": "base angles",
        "premises": [{"number": 0, "fact": "cong a b a c"}],
        "auxiliary": [],
        "steps": [
            {
                "number": 1,
                "fact": "cong a b a c",
                "by": {
                    "system": "log",
                    "divisor": 1,
                    "terms": [{"coefficient": "1", "equation": "a.b - a.c = 1", "need": 0}],
                },
                "needs": [0],
                "conditions": [],
            },
            {
                "number": 2,
                "fact": "eqangle a b b c b c a c",
                "by": {"rule": "isosceles-angles", "points": ["b", "c", "a"]},
                "needs": [1],
                "conditions": ["ncoll a b c"],
            },
        ],
        "goals": ["eqangle a b b c b c a c"],
    }


def paths(data: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [prefix, *(path for key, value in inside for path in paths(value, (*prefix, key)))]


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**5000), st.floats(), st.text(max_size=20), st.just("x" * 5000),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_hostile_data_gets_one_line_or_is_a_proof(data: st.DataObject) -> None:
    changed: Any = copy.deepcopy(example())
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(paths(changed)))
        if not path:
            changed = data.draw(JUNK)
            continue
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = data.draw(JUNK)
    try:
        proof = from_json(changed)
    except InputError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 900
    else:
        assert to_json(proof) == changed


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("steps", 1, "needs", 0), 2, "steps[1].needs[0]: the number of an earlier fact, from 0 to 1, got 2"),
        (("steps", 1, "needs", 0), True, "steps[1].needs[0]: the number of an earlier fact, from 0 to 1, got True"),
        (("steps", 0, "number"), 7, "steps[0].number: facts are numbered from 0, premises first; this is 1, got 7"),
        (("steps", 1, "fact"), "cong a b", "steps[1].fact: cong takes 4 arguments (cong a b c d), got 2: 'cong a b'"),
        (("premises", 0, "fact"), "para c a a b", "premises[0].fact: write the fact in its canonical form 'para a b a c', got 'para c a a b'"),  # noqa: E501
        (("steps", 1, "fact"), "cong a b a x", "steps[1].fact: the problem has no point 'x'; it has 'a, b, c, m'"),
        (("steps", 0, "by", "system"), "lies", "steps[0].by.system: one of direction, log, length, square, got 'lies'"),
        (("goals", 0), "cong a b a c", "goals: ['eqangle a b b c b c a c'] by the problem's text, got ['cong a b a c']"),  # noqa: E501
        (("auxiliary",), ["m"], "auxiliary: [] by the problem's text, got ['m']"),
        (("premises",), None, "premises is a list, got None"),
    ],
)  # fmt: skip
def test_the_line_names_the_place(path: tuple[Any, ...], value: Any, message: str) -> None:
    changed: Any = example()
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        from_json(changed)
    assert str(caught.value) == message


def test_a_problem_that_cannot_be_read() -> None:
    changed = example() | {"problem": "a = nothing a"}
    with pytest.raises(InputError, match="^problem: clause 1 'a = nothing a', column 5: unknown construction"):
        from_json(changed)
