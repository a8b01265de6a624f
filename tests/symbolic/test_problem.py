"""Problems as values and as text: parse and str are inverses; any text is a problem or one line that says why not."""

import re
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theorems import TEXTS

from porism.errors import InputError
from porism.symbolic.constructions import CONSTRUCTIONS
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import FactError
from porism.symbolic.problem import Clause, Construction, Problem, read, read_goal

patient = settings(deadline=None, max_examples=60)  # the machine may be busy


@st.composite
def problems(draw: st.DrawFn) -> tuple[str, str]:
    """A problem in the full spelling and in the one without new points."""
    made: list[str] = []
    full, short, names = [], [], (f"{letter}{k or ''}" for k in count() for letter in "pqrxyz")
    for name in ["pentagon", *draw(st.lists(st.sampled_from(sorted(CONSTRUCTIONS)), max_size=8))]:
        definition = CONSTRUCTIONS[name]
        new = [next(names) for _ in definition.outputs]
        numbers = ["30", "22.5", "1pi/7"][: definition.numbers]
        old = draw(st.permutations(made))[: len(definition.inputs) - definition.numbers]
        inputs = [*old, *numbers]
        filled = dict(zip(definition.outputs, new, strict=True)) | dict(zip(definition.inputs, inputs, strict=False))
        if len(old) + len(numbers) < len(definition.inputs):
            continue
        made += new
        args = [filled[i] for i in range(len(filled))]
        full.append(" ".join([*new, "=", name, *args]))
        short.append(" ".join([*new, "=", name, *inputs]))
    return "; ".join(full), "; ".join(short)


@patient
@given(problems(), st.sampled_from(["", " ? perp p q r x", " ? coll r q p; aconst p q r x 30o"]))
def test_text_and_problems_are_inverse(texts: tuple[str, str], goal: str) -> None:
    full, short = (text + goal for text in texts)
    problem = Problem.parse(full, "some name")
    assert str(problem) == full
    assert Problem.parse(str(problem), "some name") == problem == Problem.parse(short, "some name")
    assert Problem.parse(full.replace(" ", "\t ") + " # a comment", "some name") == problem
    assert Problem(problem.clauses, problem.goals, "some name") == problem
    assert Problem.parse(str(Problem(problem.clauses, problem.goals))).goals == problem.goals


@pytest.mark.parametrize("text", TEXTS)
def test_problems_are_printed_as_they_were_written(text: str) -> None:
    problem = Problem.parse(text)
    assert str(problem) == text
    assert len(set(problem.premises)) == len(problem.premises)
    assert tuple(fact for fact, _ in problem.guarantees) == problem.premises
    for fact, index in problem.guarantees:
        assert set(fact.points) <= {p for clause in problem.clauses[: index + 1] for p in clause.points}


def test_goals_that_are_replaced_are_printed_anew() -> None:
    problem = Problem.parse("a b c = triangle; d = foot d a b c ? perp d a c b")
    other = Problem(problem.clauses, (Fact.parse("coll b c d"),), "", problem.written)
    assert str(other) == "a b c = triangle a b c; d = foot d a b c ? coll b c d"


def test_premises_are_named_by_their_first_clause() -> None:
    problem = Problem.parse("a b = segment; c = on_line c a b; d = on_line d a b, on_circle d c a; m = midpoint c d")
    assert [(str(fact), index) for fact, index in problem.guarantees] == [
        ("coll a b c", 1),
        ("coll a b d", 2),
        ("cong a c c d", 2),
        ("midp m c d", 3),
    ]


def test_ancestors_are_what_a_point_is_made_from() -> None:
    problem = Problem.parse(
        "a b c = triangle; d = foot d a b c; e f = segment e f; g = midpoint g d e; h = midpoint h a b"
    )
    assert problem.points == tuple("abcdefgh")
    assert problem.ancestors("d") == frozenset("abcd")
    assert problem.ancestors("gf") == frozenset("abcdefg")
    assert problem.ancestors("") == frozenset()
    with pytest.raises(InputError, match="the problem has no point 'z'; it has a, b, c, d, e, f, g, h"):
        problem.ancestors("z")


GOALS = {
    "simtrir a b c x y z": "simtri2 a b c x y z",
    "contrir a b c x y z": "contri2 a b c x y z",
    "eqangle6 a b c d a b c e": "eqangle a b c d a b c e",
    "eqratio6 a b c d a b c e": "eqratio a b c d a b c e",
    "aconst a b c d 30o": "aconst a b c d 1 6",
    "aconst a b c d 150": "aconst a b c d 5 6",
    "aconst a b c d 1pi/6": "aconst a b c d 1 6",
    "aconst a b c d pi/2": "aconst a b c d 1 2",
    "aconst a b c d -pi/6": "aconst a b c d 5 6",
    "aconst a b c d 2 7": "aconst a b c d 2 7",
    "rconst a b c d 2/4": "rconst a b c d 1 2",
    "rconst a b c d 0.5": "rconst a b c d 1 2",
    "coll a b c d e": "coll a b c d e",
}


@pytest.mark.parametrize(("text", "meaning"), GOALS.items())
def test_goals_have_other_spellings(text: str, meaning: str) -> None:
    assert read_goal(text) == Fact.parse(meaning)


ABC = "a b c = triangle a b c"
WRONG_CLAUSES = [  # after those three points: the text, the column in it, and what the error says
    ("= free d", 1, "no point before '='"),
    ("d = ", 5, "missing construction; "),
    ("d = on_line d a b, ", 20, "missing construction; "),
    ("d = free d = free d", 12, "a second '='; end the clause before by ';'"),
    ("d = on_lin d a b", 5, "unknown construction 'on_lin'; did you mean on_line "),
    ("d = zzzzzz d a b", 5, "unknown construction 'zzzzzz'; known: 2l1c, 3peq, "),
    ("d = foot d a", 5, "foot takes 4 arguments (foot x a b c), 3 if the new points "),
    ("d = on_line d a", 5, "on_line takes 3 arguments (on_line x a b), 2 if "),
    ("d = on_line d a x", 17, "point x is not defined here; known: a, b, c"),
    ("d = on_line d a d", 17, "point d is used in its own construction; "),
    ("a = free a", 1, "point a is defined twice, first in clause 1"),
    (
        "d = on_line e a b",
        5,
        "on_line (on_line x a b) makes the points in the place of x, which must be those before '=', d, got e",
    ),
    ("d = on_line d a a", 5, "write 'on_line x a b': these points must all be "),
    ("d = s_angle a b d x", 5, "write 's_angle a b x y': an angle is written "),
    ("1 = free 1", 1, "a point is named by a letter, then letters, digits, _ or ', got '1'"),
    ("d = midpoint d a 1", 18, "a point is named by a letter, "),
]
WRONG = {
    "": "the problem has no construction; write it as 'a b c = triangle a b c; ... ? goal'",
    " ; ? perp a b c d": "the problem has no construction; ",
    "a b c": "clause 1 'a b c', column 1: missing '='; ",
    f"{ABC};; d = free d": "clause 2, column 24: empty; leave out one ';'",
    f"{ABC}; d = on_line d a e; e = free e": "clause 2 'd = on_line d a e', column 41: "
    "point e is not defined here; clause 3 defines it, move that before",
    "a a = segment a a": "clause 1 'a a = segment a a', column 3: point a is defined twice, first in clause 1",
    f"{ABC} ?": "goal 1 '', column 25: missing goal; write one, such as 'perp a b c d', or no '?'",
    f"{ABC} ? perp a b c": "goal 1 'perp a b c', column 26: perp takes 4 arguments (perp a b c d), got 3: 'perp a b c'",
    f"{ABC} ? coll a b c; coll a b x": "goal 2 'coll a b x', column 47: point x is not defined; known: a, b, c",
    f"{ABC} ? pepr a b c a": "goal 1 'pepr a b c a', column 26: unknown predicate 'pepr'; did you mean perp",
    f"{ABC} ? coll a b c ? coll a b c": "column 37: a second '?'; separate goals by ';'",
    f"{ABC} ? rconst a b a c 1/0": "goal 1 'rconst a b a c 1/0', column 26: rconst ends in a number such as 1/2",
}


@pytest.mark.parametrize(("text", "reason"), WRONG.items())
def test_a_wrong_problem_says_in_one_line_what_would_have_been_right(text: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        Problem.parse(text)
    assert str(error.value).startswith(reason)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("text", "column", "reason"), WRONG_CLAUSES)
def test_a_wrong_clause_is_named_with_its_number_text_and_column(text: str, column: int, reason: str) -> None:
    where = f"clause 2 '{text.split(';')[0].strip()}', column {column + len(ABC) + 2}: "
    test_a_wrong_problem_says_in_one_line_what_would_have_been_right(f"{ABC}; {text}", where + reason)


def test_values_that_are_made_by_hand_are_checked_too() -> None:
    free = Clause(("a",), (Construction("free", ("a",)),))
    line = Clause(("x",), (Construction("on_line", ("x", "a", "b")),))
    for make, reason in (
        (lambda: Problem((free, free)), "clause 2 'a = free a': point a is defined twice"),
        (lambda: Problem((free, line)), "clause 2 'x = on_line x a b': point b is not defined before"),
        (lambda: Problem((free,), (Fact.parse("coll a b c"),)), "goal 'coll a b c': point b is not defined"),
        (lambda: Clause(("a", "a"), ()), "a clause needs new points, all different, and a construction"),
        (lambda: Clause(("b",), free.constructions), "free (free a) makes the points in the place of a, which must be"),
        (lambda: Construction("free", ("1",)), "a point is named by a letter, then letters"),
        (lambda: Construction("free", ("a", "b")), "write 'free a', got 2 arguments"),
    ):
        with pytest.raises(InputError, match=re.escape(reason)):
            make()


def read_or_error(text: str) -> str:
    try:
        return str(Problem.parse(text))
    except InputError as error:
        return f"error {error}"


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A problem of which pieces are cut out, doubled or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, len(text)))
        j = draw(st.integers(i, min(len(text), i + 12)))
        text = (
            text[:i]
            + draw(st.sampled_from(["", " ", ";", ",", "=", "?", "#", "a", "x", "\n", text[i:j] * 2]))
            + text[j:]
        )
    return text


@settings(deadline=None, max_examples=400)
@given(st.one_of(mangled(), st.text(st.sampled_from("ab19_'=;?,.# \n\r\t\0\x85\u2028\u0661\u00e4-/")), st.text()))
def test_any_text_is_a_problem_or_a_one_line_error(text: str) -> None:
    read_back = read_or_error(text)
    assert len(read_back.splitlines()) == 1
    assert read_back.isascii()
    assert read_back.startswith("error ") or read_or_error(read_back) == read_back


@patient
@given(st.text(max_size=60))
def test_any_goal_is_a_fact_or_an_error(text: str) -> None:
    for line in (text, f"aconst a b c d {text}", f"rconst a b c d {text}"):
        try:
            assert read_goal(line) == Fact.parse(str(read_goal(line)))
        except FactError as error:
            assert str(error)


def test_long_texts_are_read_quickly() -> None:
    clauses = ["p0 p1 = segment"] + [f"p{k} = midpoint p{k - 1} p{k - 2}" for k in range(2, 2000)]
    assert len(Problem.parse("; ".join(clauses)).points) == 2000
    assert len(read_or_error("a" * 100_000 + " = " + "b " * 100_000)) < 2000


def test_files_name_their_problems_or_do_not(tmp_path: Path) -> None:
    file = tmp_path / "problems.txt"
    file.write_text(f"# two problems\n\nfirst one\n{ABC} ? coll a b c\n\n{ABC}; d = foot d a b c # unnamed\n", "utf-8")
    one, two = read(file)
    assert (one.name, two.name) == ("first one", "")
    assert str(two) == f"{ABC}; d = foot d a b c"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name\nanother name\n", "line 1: 'name' is no problem, nor the name of one on the next line"),
        (b"name\n", "line 1: 'name' is no problem, nor the name of one on the next line"),
        (b"name\na b = segmnt a b\n", "line 2: clause 1 'a b = segmnt a b', column 7: unknown construction 'segmnt'; "),
        (b"\xff\xfe", "is not UTF-8 text"),
    ],
)
def test_a_wrong_file_is_named_with_the_line(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "problems.txt"
    file.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(reason)) as error:
        read(file)
    assert "problems.txt" in str(error.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read problems from .*none.txt: No such file or directory"):
        read(tmp_path / "none.txt")
