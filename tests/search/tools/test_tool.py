"""Tools from functions: their schemas, what is accepted, and that nothing a model writes can raise."""

import json
import threading
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from porism.search.tools import Call, Observation, Tool, Toolbox, run_call, tool
from porism.search.tools.running import text_of


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


class Guest(BaseModel):
    name: str
    age: int | None = None


@tool(read_only=True)
def book(
    room: Literal["blue", "red"],
    nights: Annotated[int, Field(ge=1, le=30)],
    guests: list[Guest],
    schema: dict[str, float] | None = None,
    size: Size = Size.SMALL,
    quiet: bool = False,
) -> str:
    """Book a room
    in the hotel.

    It is kept for an hour.

    Args:
        room (str): which one:
            there are two.
        nights: how long.
        guests: who comes.

    Returns:
        nothing: that is a parameter.
    """
    return f"{room} {nights} {[guest.name for guest in guests]} {schema} {size.name} {quiet}"


GOOD = {"room": "red", "nights": 2, "guests": [{"name": "Ada"}]}


def test_the_schema_says_what_types_and_docstring_say() -> None:
    properties = book.parameters["properties"]
    assert book.description == "Book a room in the hotel."
    assert properties["room"] == {
        "description": "which one: there are two.",
        "enum": ["blue", "red"],
        "type": "string",
    }
    assert properties["nights"] == {"description": "how long.", "maximum": 30, "minimum": 1, "type": "integer"}
    assert properties["schema"]["anyOf"][1] == {"type": "null"}
    assert properties["quiet"] == {"default": False, "type": "boolean"}
    assert book.parameters["required"] == ["room", "nights", "guests"]
    assert book.parameters["additionalProperties"] is False
    assert '"title"' not in json.dumps(book.parameters)
    assert book.schema() == {
        "type": "function",
        "function": {"name": "book", "description": book.description, "parameters": book.parameters},
    }


def test_values_arrive_as_the_types_say() -> None:
    assert book.call(Call.of("book", GOOD)) == Observation("red 2 ['Ada'] None SMALL False")
    more = GOOD | {"schema": {"x": 1}, "size": "L", "quiet": True}
    assert book.call(Call.of("book", more)).text == "red 2 ['Ada'] {'x': 1.0} LARGE True"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nights": "2"}, "book: nights: Input should be a valid integer"),
        ({"nights": 31}, "book: nights: Input should be less than or equal to 30"),
        ({"quiet": 1}, "book: quiet: Input should be a valid boolean"),
        ({"room": "green"}, "book: room: Input should be 'blue' or 'red'"),
        ({"guests": [{"age": 3}]}, "book: guests.0.name: missing"),
        ({"minibar": True}, "book: minibar: unknown argument"),
    ],
)
def test_wrong_arguments_are_observations_that_name_them(change: dict[str, Any], said: str) -> None:
    assert book.call(Call.of("book", GOOD | change)) == Observation(said, "invalid arguments")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.sampled_from([0.5, 2.5]) | st.sampled_from(["blue", "L", "2"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "age"]), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=400)
@given(st.dictionaries(st.sampled_from([*GOOD, "schema", "size", "quiet", "other"]), json_values, max_size=3))
def test_what_is_accepted_is_what_the_advertised_schema_accepts(change: dict[str, Any]) -> None:
    arguments = GOOD | change
    fits = jsonschema.Draft202012Validator(book.parameters).is_valid(arguments)
    assert (book.call(Call.of("book", arguments)).error == "") is fits


by_schema = Tool("book", "", book.parameters, lambda **values: text_of(values))
anything = st.text() | st.sampled_from(["{}", "[", "null", "NaN", '{"a": 1e999}', '"\ud800"', "[" * 3_000, "9" * 6_000])


@settings(deadline=None, max_examples=300)
@given(anything, st.text(), st.booleans())
def test_nothing_a_model_writes_raises(arguments: str, name: str, broken: bool) -> None:
    call = Call(name if broken else "book", arguments)
    for each in (book, by_schema):
        seen = run_call([each], call)
        assert seen.error in ("unknown tool", "invalid arguments")
        assert "\n" not in seen.text
        seen.text.encode()


def test_the_two_readers_agree_on_what_fits() -> None:
    assert by_schema.call(Call.of("book", GOOD)).text == text_of(GOOD)
    assert by_schema.call(Call.of("book", GOOD | {"nights": 0})).error == "invalid arguments"


def test_a_schema_may_not_reach_outside_itself() -> None:
    far = Tool("far", "", {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}}, lambda a: "ran")
    assert far.call(Call.of("far", {"a": 1})).error == "invalid arguments"


def test_a_precondition_refuses_before_the_tool_runs() -> None:
    ran: list[int] = []

    @tool(precondition=lambda n: "" if n > 0 else f"{n} is not positive", name="count", description="Counts.")
    def anything(n: int) -> None:
        ran.append(n)

    assert (anything.name, anything.description) == ("count", "Counts.")
    assert anything.call(Call.of("count", {"n": -1})) == Observation("count: -1 is not positive", "refused")
    assert anything.check(Call.of("count", {"n": 1})) is None
    assert ran == []
    assert anything.call(Call.of("count", {"n": 1})) == Observation("null")
    assert ran == [1]


def test_hints_have_the_protocols_defaults() -> None:
    def act() -> None:
        pass

    plain, reading = tool(act), tool(read_only=True)(act)
    assert (plain.read_only, plain.idempotent, plain.destructive) == (False, False, True)
    assert (reading.read_only, reading.idempotent, reading.destructive) == (True, True, False)


def test_functions_that_cannot_be_tools_say_why() -> None:
    def untyped(a) -> None:  # type: ignore[no-untyped-def]
        pass

    def starred(*a: int) -> None:
        pass

    def by_place(a: int, /) -> None:
        pass

    def strange(a: threading.Thread) -> None:
        pass

    def unknown(a: "Nowhere") -> None:  # type: ignore[name-defined]  # noqa: F821
        pass

    reasons: dict[Callable[..., Any], str]
    reasons = {untyped: "needs a type", starred: "given by name", by_place: "given by name", strange: "those of JSON"}
    reasons[unknown] = "name 'Nowhere' is not defined"
    for function, reason in reasons.items():
        with pytest.raises(ValueError, match=reason):
            tool(function)
    with pytest.raises(ValueError, match="a-z"):
        tool(lambda: None)
    with pytest.raises(ValueError, match="not a JSON Schema"):
        Tool("x", "", {"type": "thing"}, len)
    with pytest.raises(ValueError, match="timeout"):
        Tool("x", "", {"type": "object"}, len, timeout=0)


def test_a_toolbox_tells_its_tools_apart() -> None:
    box = Toolbox([book, by_schema.__class__("other", "", {"type": "object"}, lambda: "there")])
    assert box.call(Call("other")).text == "there"
    assert box.call(Call("nothing")) == Observation("unknown tool 'nothing'; there are: book, other", "unknown tool")
    assert not box.solved()
    with pytest.raises(ValueError, match="two tools are called 'book'"):
        Toolbox([book, by_schema])
