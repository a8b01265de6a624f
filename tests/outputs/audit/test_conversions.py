"""Conversions: what is asked, and which answers pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.audit.conversions import asked, wrong
from porism.outputs.audit.unit_names import NAMES, registry
from porism.outputs.sources import Item

RIGHT = [
    (
        "Convert 5 miles to kilometers.",
        ["8.05", "8 km", "5 miles is about 8 kilometres.", "5 miles is equal to 8.04672 kilometers."],
    ),
    ("Convert 25 degrees Fahrenheit to Celsius.", ["-3.89°C", "-4 degrees Celsius"]),
    ("How many feet are in a mile?", ["5280", "5,280 feet"]),
    ("How many cups are in a quart?", ["4", "There are four cups in a quart."]),
    ("Convert 5 feet 8 inches to centimeters", ["172.72", "173 cm"]),
    ("How many pounds are in a ton?", ["2,000 pounds", "2204.6"]),
    ("How many bytes are in a kilobyte?", ["1024", "1,000"]),
    ("Convert 300 grams to cups", ["2.4"]),
    ("How tall is 180 cm in feet?", ["5.9 feet", "5 feet 11 inches"]),
    ("Convert 100 Celsius to Kelvin", ["373.15 K", "373"]),
    ("How many meters are in 5 kilometers?", ["It depends."]),
]
WRONG = [
    ("Convert 5 miles to kilometers.", ["10 km", "3.1"]),
    ("Convert 25 degrees Fahrenheit to Celsius.", ["3.89°C"]),
    ("How many cups are in a quart?", ["2 cups"]),
    ("Convert 120 pounds to kilograms.", ["264 kg"]),
    ("Convert 3.2 kilometers to meters", ["320 meters"]),
]


@pytest.mark.parametrize(("question", "output"), [(q, o) for q, outputs in RIGHT for o in outputs])
def test_right_conversions_pass(question: str, output: str) -> None:
    assert not list(wrong(Item("a", question, "", output)))


@pytest.mark.parametrize(("question", "output"), [(q, o) for q, outputs in WRONG for o in outputs])
def test_wrong_conversions_are_errors(question: str, output: str) -> None:
    assert [(each.check, each.severity) for each in wrong(Item("a", question, "", output))] == [("conversion", "error")]


def test_the_quantity_may_stand_in_the_input() -> None:
    assert list(wrong(Item("a", "Convert the temperature to Fahrenheit.", "20 degrees Celsius", "86")))
    assert not list(wrong(Item("a", "Convert the temperature to Fahrenheit.", "20 degrees Celsius", "68")))


@pytest.mark.parametrize(
    "question", ["Convert 5 pounds to dollars.", "Convert to a believer.", "How many people are in a mile?"]
)
def test_other_questions_are_not_conversions(question: str) -> None:
    assert asked(question) is None


def test_every_name_of_the_table_is_a_unit() -> None:
    from porism.outputs.audit.unit_names import _OWN

    for units in NAMES.values():
        for unit in units:
            assert registry().Unit(_OWN.get(unit, unit))


@settings(deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_no_text_breaks_it(text: str, output: str) -> None:
    list(wrong(Item("a", f"Convert 5 miles to {text}", text, output)))
    list(wrong(Item("a", "Convert 5 miles to km", "", output)))
