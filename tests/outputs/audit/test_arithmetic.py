"""The grammar against Python's own arithmetic on random trees, and answers in all the ways that people write them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.audit.arithmetic import exact
from porism.outputs.audit.arithmetic.answers import numbers
from porism.outputs.audit.arithmetic.expression import read
from porism.outputs.audit.arithmetic.questions import asked
from porism.outputs.audit.arithmetic.sums import equations, wrong
from porism.outputs.audit.arithmetic.tokens import UNITS, cut, in_words
from porism.outputs.sources import Item


def _joined(pair: tuple[tuple[str, Fraction], str, tuple[str, Fraction]]) -> tuple[str, Fraction]:
    (a, x), sign, (b, y) = pair
    if sign == "/" and y == 0:
        sign = "*"
    value = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else Fraction(0)}[sign]
    return f"({a} {sign} {b})", value


LEAVES = st.integers(0, 999).map(lambda n: (str(n), Fraction(n)))
TREES = st.recursive(LEAVES, lambda t: st.tuples(t, st.sampled_from("+-*/"), t).map(_joined), max_leaves=8)


@settings(deadline=None)
@given(TREES)
def test_a_calculation_has_the_value_that_python_gives_it(tree: tuple[str, Fraction]) -> None:
    text, value = tree
    parsed = read(cut(text) or [])
    assert parsed is not None
    assert exact.near(exact.value(parsed)) == value


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 99)), min_size=1, max_size=5), st.integers(0, 99))
def test_precedence_is_that_of_python(rest: list[tuple[str, int]], first: int) -> None:
    text = f"{first}" + "".join(f" {sign} {n}" for sign, n in rest)
    question = asked(f"Calculate {text}.")
    assert question is not None
    assert question.truths == (eval(text),)  # our own text, made one line above


@settings(deadline=None)
@given(TREES.filter(lambda tree: "(" in tree[0]), st.integers(1, 50))
def test_a_right_answer_passes_and_a_wrong_integer_does_not(tree: tuple[str, Fraction], off: int) -> None:
    text, value = tree
    said = f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)
    question = f"What is {text}?"
    assert not list(wrong(Item("a", question, "", f"The answer is {said}.")))
    false = int(value) + (off if value >= 0 else -off)
    if asked(question) and Fraction(false) != value:
        assert [each.check for each in wrong(Item("a", question, "", f"The answer is {false}."))] == ["arithmetic"]


@settings(deadline=None)
@given(st.integers(1, 999_999))
def test_numbers_in_words_are_read_back(number: int) -> None:
    words = _spelled(number).split()
    assert in_words(words, 0) == (number, len(words))


def _spelled(n: int) -> str:
    names = {value: word for word, value in UNITS.items()}
    if n >= 1000:
        return f"{_spelled(n // 1000)} thousand" + (f" {_spelled(n % 1000)}" if n % 1000 else "")
    if n >= 100:
        return f"{names[n // 100]} hundred" + (f" and {_spelled(n % 100)}" if n % 100 else "")
    return names[n] if n in names else f"{names[n - n % 10]} {names[n % 10]}"


@pytest.mark.parametrize(
    "text",
    [
        "6/2(1+2)", "-3^2", "2^3^2", "the square root of 16 plus 9", "half of 10 plus 2", "2 3", "5 +", "(1", "1)", "",
        "4 / 0 of", "x", "2 + x", "1 " * 100, "(" * 50 + "1" + ")" * 50, "9" * 30, "__import__('os')", "lambda: 1",
    ],
)  # fmt: skip
def test_what_has_no_one_meaning_is_not_read(text: str) -> None:
    tokens = cut(text)
    assert tokens is None or read(tokens) is None


@pytest.mark.parametrize("text", ["1/0", "0^-1", "2^9999", "99!", "√-4", "(2^64)^64"])
def test_what_has_no_value_is_not_computed(text: str) -> None:
    assert asked(f"What is {text}?") is None


ASKED = {
    "What is 4*4*4*4-10?": 246, "Calculate the value of (5+7)*3.": 36, "What is 15% of 80?": 12,
    "What is 3/4 of 100?": 75,
    "Find the sum of 3, 6, and 9": 18, "Find the average of the following numbers: 3, 5, 7": 5,
    "Subtract 5 from 12.": 7,
    "What is fifteen times four?": 60, "What is two hundred and five plus five?": 210,
    "Compute 2 to the power of 10": 1024,
    "Solve the following equation: 3 + 4 x 5": 23, "Find the greatest common divisor of 12 and 20.": 4, "5 + 7 = ?": 12,
    "Find the least common multiple of 4, 6 and 10": 60, "What is the remainder when 17 is divided by 5?": 2,
    "What is 5 squared?": 25, "Find the factorial of 5": 120, "What is √81?": 9,
    "What is 1.5 million plus 250 thousand?": 1750000,
    "Calculate 7 * 8 and explain how you got there.": 56, "Multiply 25 by 16.": 400, "What's half of 86?": 43,
    "Evaluate 10 ÷ (2 + 3).": 2, "Find the product of 3, 4 and 5.": 60,
}  # fmt: skip


@pytest.mark.parametrize("question", ASKED)
def test_questions_are_understood(question: str) -> None:
    found = asked(question)
    assert found is not None
    assert ASKED[question] in found.truths


@pytest.mark.parametrize(
    "question",
    [
        "What is the next number: 2, 4, 8, 16?", "What is 1 + 1 in binary?", "Compute 2x + 5",
        "Find the sum of the first 10 integers",
        "What is the area of a square with side 4?", "If I buy 3 apples for 2 euros each, how much do I pay?",
        "Count to 10.",
        "What is 50% off 20?", "Solve x + 2 = 5", "What happened in 1989?", "Write 5", "What is 24/7 support?",
        "Is 7 + 5 = 12?",
    ],
)  # fmt: skip
def test_anything_else_in_a_question_makes_it_no_calculation(question: str) -> None:
    assert asked(question) is None


RIGHT = [
    (
        "What is 7 divided by 2?",
        ["3.5", "3 R1", "3 with a remainder of 1", "3 1/2", "three and a half", "7/2", "It is 3,5."],
    ),
    (
        "What is 12 x 12?",
        ["144.", "**144**", "12 x 12 = 144", "One hundred and forty-four", "144, since 12 * 10 = 120"],
    ),
    (
        "What is 1000 * 1000?",
        ["1,000,000", "1 000 000", "1.000.000", "1 million", "one million", "10^6 = 1000000", "1 x 10^6"],
    ),
    ("What is 3 - 8?", ["-5", "\u22125", "minus 5", "negative five"]),
    ("What is the square root of 50?", ["7.07", "5√2", "5*sqrt(2)", "about 7.1"]),
    ("Calculate 1/3 + 1/3", ["0.67", "0.666...", "2/3", "66.7%"]),
    ("What is the difference between 3 and 8?", ["5", "-5"]),
    ("Calculate 15% of 80.", ["$12", "15% of 80 is twelve", "12%"]),
    ("What is 5 * 1?", ["5"]),
]
WRONG = [
    ("What is 7 divided by 2?", ["7 divided by 2 is 3", "4.5"]),
    ("What is 12 x 12?", ["12x12=124", "The answer is", "One hundred and forty"]),
    ("What is 3 - 8?", ["5", "-6"]),
    ("Calculate (5+7)*3", ["60", "(12)*3 = 60"]),
    ("Calculate 8!", ["40,230"]),
    ("What is 5 * 1?", ["6", "5 * 1 = 6"]),
]


@pytest.mark.parametrize(("question", "output"), [(q, o) for q, outputs in RIGHT for o in outputs])
def test_right_answers_pass_however_they_are_written(question: str, output: str) -> None:
    assert not list(wrong(Item("a", question, "", output)))


@pytest.mark.parametrize(("question", "output"), [(q, o) for q, outputs in WRONG for o in outputs])
def test_wrong_answers_are_errors(question: str, output: str) -> None:
    assert [(each.check, each.severity) for each in wrong(Item("a", question, "", output))] == [("arithmetic", "error")]


def test_the_calculation_may_stand_in_the_input() -> None:
    assert list(wrong(Item("a", "Evaluate the expression.", "3 + 4 * 2", "14")))
    assert not list(wrong(Item("a", "Evaluate the expression.", "3 + 4 * 2", "11")))
    assert list(wrong(Item("a", "What is 13 * 7?", "<noinput>", "97")))


@pytest.mark.parametrize(
    "text", ["There are 12 * 3 = 38 eggs.", "So $96 / 4 = $26.", "Area = 7 * 4 = 24 m", "2.5 * 2 = 5.1"]
)
def test_false_equations_are_found(text: str) -> None:
    assert [each.check for each in equations(Item("a", "Tell me about eggs.", "", text))] == ["equation"]


@pytest.mark.parametrize(
    "text",
    [
        "12 * 3 = 36", "10 / 3 = 3.33", "50 / 7 = 7 remainder 1", "x + 2 * 3 = 12", "1 - 3 = low", "2-5 = 3",
        "1/4 = 68", "5 * 3 = 5 + 10",
        "a2 + 3 = 4", "100 * 0.5 = 50%", "150,000,000 / 300,000 = 500", "2 + 2 == 5", "log 2 * 3 = 5",
        "19.99 * 1.07 = 21.39",
    ],
)  # fmt: skip
def test_true_equations_and_other_signs_pass(text: str) -> None:
    assert not list(equations(Item("a", "Tell me about eggs.", "", text)))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    asked(text)
    numbers(text)
    list(wrong(Item("a", f"What is {text}", "", text)))
    list(equations(Item("a", "", "", f"{text} 3 + {text} = 5")))
