"""Names of new points tell nothing, and what is called the same construction makes the same point."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.errors import InputError
from porism.pipelines.auxiliary.naming import named, same, same_next
from porism.pipelines.auxiliary.points import DEGENERATE
from porism.symbolic import Problem, draw
from porism.symbolic.constructions import CONSTRUCTIONS, Definition
from porism.symbolic.placement import At

FOUR = Problem.parse("a = free a; b = free b; c = free c; d = free d")
CLAUSES = (
    "{0} = midpoint {0} a b",
    "{1} {2} = trisegment {1} {2} {0} c",
    "{3} = on_line {3} {1} d, on_circle {3} a {2}",
)
FIXED = [
    name
    for name, each in CONSTRUCTIONS.items()
    if isinstance(each.place, At) and all(fact.name in DEGENERATE for fact in each.conditions(each.letters))
]


def clause(each: Definition, inputs: tuple[str, ...]) -> str:
    """A construction of new points x0, x1, ... from these."""
    names = [f"x{k}" for k in range(len(each.outputs))]
    args = dict(zip(each.outputs, names, strict=True)) | dict(zip(each.inputs, inputs, strict=True))
    return f"{' '.join(names)} = {each.name} {' '.join(args[k] for k in range(len(args)))}"


@pytest.mark.parametrize("name", FIXED)
def test_clauses_that_are_the_same_make_the_same_points(name: str) -> None:
    each = CONSTRUCTIONS[name]
    points = (*FOUR.points, "a", "b")[: max(4, len(each.inputs))]
    made: dict[str, list[complex]] = {}
    drawn = 0
    for inputs in dict.fromkeys(order[: len(each.inputs)] for order in permutations(points)):
        try:
            text = clause(each, inputs)
            (key,) = same(FOUR, [text])
            figure = draw(Problem.parse(f"{FOUR}; {text}"), 0)
        except InputError:  # degenerate
            continue
        placed = [complex(figure.points[f"x{k}"]) for k in range(len(each.outputs))]
        assert max(map(abs, (z - w for z, w in zip(made.setdefault(key, placed), placed, strict=True)))) < 1e-6, text
        drawn += 1
        if drawn == 60:
            break
    assert drawn > 1


LETTERS = st.lists(st.from_regex(r"[e-zA-Z][a-z0-9]{0,3}", fullmatch=True), min_size=4, max_size=4, unique=True)


@given(LETTERS)
def test_whatever_points_were_called_they_are_called_by_the_first_names_that_are_free(names: list[str]) -> None:
    told = [text.format(*names) for text in CLAUSES]
    assert named(FOUR, told) == tuple(text.format("e", "f", "g", "h") for text in CLAUSES)
    assert named(FOUR, told[:2]) == named(FOUR, told)[:2]
    assert same(FOUR, told) == same(FOUR, named(FOUR, told))
    assert same_next(FOUR, told[:2], told[2:]) == same(FOUR, told)[2:]


def test_there_are_names_when_the_letters_are_used_up() -> None:
    many = Problem.parse("; ".join(f"{letter} = free {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"))
    assert named(many, ["aa = midpoint aa a b", "bb = midpoint bb aa c"]) == (
        "a1 = midpoint a1 a b",
        "b1 = midpoint b1 a1 c",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = moon x a b",
        "x = midpoint x a y",
        "x = midpoint x a b; y = midpoint y a c",
        "x = midpoint x a b ? coll x a b",
    ],
)
def test_what_is_no_clause_is_one_line(text: str) -> None:
    for call in (named, same):
        with pytest.raises(InputError) as error:
            call(FOUR, [text])
        assert "\n" not in str(error.value)
