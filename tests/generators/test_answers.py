"""Which short answers are the same, and which only look so."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from porism.generators.voting.answers import agree, measured, normalised

SAME = [
    ("1,000.0", "1000", "1000.", "+1,000", "**1000**", "$1,000", "１０００"),
    ("42", "The answer is 42.", "So, the final answer is: 42", "#### 42", "\\boxed{42}", "\\(42\\)", "$42$"),
    ("1/2", "0.5", ".50", "½", "2/4", "$\\frac{1}{2}$", "Answer: 1/2"),
    ("-3", "−3", "-3.00", "-6/2"),
    ("1 1/2", "1½", "1.5", "3/2"),
    ("50%", "50 %", "50 percent", "50.0 per cent"),
    ("B", "(B)", "b)", "B.", "[B]", "option B", "(B) Paris", "The correct answer is (B)."),
    ("Yes", "yes.", "Yes, it is.", "YES!", "The answer is yes"),
    ("No", "no, it is not", "**No**"),
    ("the Nile", "Nile", "nile.", '"The Nile"', "«Nile»", "(Nile)", "`Nile`"),
    ("a dog, a cat", "dog,cat", "Dog, cat."),
    ("twenty-one", "Twenty one"),
    ("5 km", "5km", "5.0 km"),
    ("Straße", "STRASSE"),
    ("cafe\u0301", "café"),
    ("٣", "3"),
]  # fmt: skip
DIFFERENT = [
    "3,14", "3.14", "10²", "102", "10", "5!", "5", "5 million", "5 am", "5 pm", "two", "2", "1,2", "12", "1/3", "3/0",
    "C", "C++", "C#", "no. 5", "no", "yes", "f(x)", "f", "(1,2)", "[1,2]", "[1,2)", "E. coli", "E. faecalis", "50%",
    "0.25", "US$7", "7", "-7", "x", "x^2", "12:30", "1e3", "1000", "A*", "!", "?", "...", "a", "the", "H₂O", "H2O",
]  # fmt: skip


@pytest.mark.parametrize("texts", SAME, ids=lambda texts: texts[0])
def test_ways_to_write_an_answer_are_one_answer(texts: tuple[str, ...]) -> None:
    assert len({normalised(text) for text in texts}) == 1, [normalised(text) for text in texts]


def test_what_only_looks_the_same_is_not() -> None:
    keys: dict[str, str] = {}
    for text in DIFFERENT:
        assert keys.setdefault(normalised(text), text) == text
    assert len(keys) == len(DIFFERENT)


@settings(deadline=None)
@given(st.fractions(max_denominator=10**6), st.integers(0, 3))
def test_a_number_is_itself_in_every_spelling(value: Fraction, zeros: int) -> None:
    p, q = value.numerator, value.denominator
    spellings = [f"{p}/{q}", f"{2 * p} / {2 * q}", f"**{p}/{q}**.", f"${p}/{q}$"]
    if q == 1:
        spellings += [f"{p:,}", f"{p:,}.{'0' * (zeros + 1)}", f"${p}", f"The answer is {p}."]
    for text in spellings:
        assert normalised(text) == str(value)
        assert measured(normalised(text)) == (value, "")


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_decimal_is_an_exact_rational(value: object) -> None:
    assert normalised(f"{value:,f}") == str(Fraction(f"{value:f}"))


@settings(deadline=None)
@given(st.text(max_size=250))
@example("**")
@example("$")
@example("The answer is")
@example("¹⁄₀")
@example("1/0 1/0")
@example("()")
@example("9" * 200)
@example("." * 200 + "5")
def test_any_text_has_a_key_and_agrees_with_itself(text: str) -> None:
    assert bool(normalised(text)) == bool(text.strip())
    assert agree(text, text)
    assert agree(f"  {text}\t", text) or len(text) > 196


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("18 apples", "18", True),
        ("18 apples", "18.0", True),
        ("18 apples", "18 pears", False),
        ("18 apples", "17", False),
        ("50%", "50", True),
        ("50%", "0.5", False),
        ("5 million", "5", False),
        ("5 pm", "5", False),
        ("5 or 6", "5", False),
        ("2x", "2", False),
        ("5km", "5", True),
        ("5 €", "5", True),
        ("Lima", "lima.", True),
    ],
)
def test_a_unit_may_be_left_out_by_one_of_two(a: str, b: str, same: bool) -> None:
    assert agree(a, b) is agree(b, a) is same
