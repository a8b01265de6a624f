"""JSON Schemas of functions, and arguments held to them.

Arguments are validated strictly: the string ``"5"`` is no integer and an argument that the schema does not name is
refused. A lenient reading would run calls that the advertised schema forbids, and a dataset made of the calls that ran
would then teach them. What JSON has no type for (dates, sets, enumerations) is still read from its JSON form.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, get_type_hints

Parse = Callable[[str], dict[str, Any]]

SHOWN = 5  # mistakes named in one message
VERBATIM = ("default", "enum", "const", "examples")  # keywords whose values are data and not schemas


class ArgumentsError(ValueError):
    """The arguments of a call are not what its tool takes; one line that says which and why."""


def described(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The first paragraph of a docstring, and what its Google-style ``Args`` section says of each parameter.

    >>> def area(width: int, height: int) -> int:
    ...     '''The area of a rectangle.
    ...
    ...     Args:
    ...         width: in metres.
    ...         height (int): the same,
    ...             upwards.
    ...     '''
    >>> described(area)
    ('The area of a rectangle.', {'width': 'in metres.', 'height': 'the same, upwards.'})
    """
    text = inspect.getdoc(function) or ""
    first = " ".join(text.split("\n\n", 1)[0].split())
    section = re.search(r"^Args:[^\S\n]*\n((?:[^\S\n]+\S.*(?:\n|$)|[^\S\n]*\n)+)", text, re.MULTILINE)
    found: dict[str, str] = {}
    if section:
        lines = inspect.cleandoc(section[1]).splitlines()
        for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
            if named := re.match(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)", entry, re.DOTALL):
                found[named[1]] = " ".join(named[2].split())
    return ("" if first.startswith("Args:") else first), found


def of_function(function: Callable[..., Any]) -> tuple[dict[str, Any], Parse]:
    """The JSON Schema of a function's parameters, and how to read arguments for them from JSON.

    Raises:
        ValueError: a parameter has no type, cannot be given by name, or has a type that JSON Schema cannot express.
    """
    plain = getattr(function, "__func__", function)  # of a method: worlds are made by the thousand, their classes once
    return _of_function(plain, plain is not function)


@lru_cache(maxsize=512)
def _of_function(function: Callable[..., Any], bound: bool) -> tuple[dict[str, Any], Parse]:
    from pydantic import ConfigDict, Field, create_model
    from pydantic.errors import PydanticUserError

    try:
        hints, (_, notes) = get_type_hints(function, include_extras=True), described(function)
    except NameError as error:  # a type of a function's own, written as text
        raise ValueError(f"a tool's types must be known where its module is: {error}") from error
    fields: dict[str, Any] = {}
    names: dict[str, str] = {}
    for i, parameter in enumerate(list(inspect.signature(function).parameters.values())[bound:]):
        name = _checked(parameter, hints)
        names[f"p{i}"] = name  # a field of its own name could hide an attribute of the model, such as "schema"
        extra: dict[str, Any] = {"description": notes[name]} if name in notes else {}
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[f"p{i}"] = (hints[name], Field(default, alias=name, **extra))
    try:
        config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
        model = create_model("Arguments", __config__=config, **fields)
        schema: dict[str, Any] = _untitled(model.model_json_schema())
    except PydanticUserError as error:
        raise ValueError(f"a tool's types must be those of JSON: {str(error).splitlines()[0]}") from error

    def parse(text: str) -> dict[str, Any]:
        from pydantic import ValidationError

        try:
            values = model.model_validate_json(text)
        except ValidationError as error:
            raise ArgumentsError(_one_line([(each["loc"], _said(each)) for each in error.errors()])) from None
        return {name: getattr(values, field) for field, name in names.items()}

    return {"properties": {}, **schema}, parse


def of_schema(schema: Mapping[str, Any]) -> Parse:
    """How to read arguments that must fit a JSON Schema, for tools that are no typed function.

    What the schema refers to is looked for in the schema alone, never fetched.

    Raises:
        ValueError: ``schema`` is no JSON Schema.
    """
    import json

    from jsonschema import Draft202012Validator, SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"not a JSON Schema: {error.message}") from error
    validator = kind(schema, registry=Registry())

    def parse(text: str) -> dict[str, Any]:
        try:
            values = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ArgumentsError(f"not JSON: {error}") from None
        if not isinstance(values, dict):
            raise ArgumentsError("the arguments must be a JSON object")
        try:
            wrong = [(tuple(each.absolute_path), each.message[:200]) for each in validator.iter_errors(values)]
        except (Unresolvable, RecursionError) as error:
            raise ArgumentsError(f"the tool's schema cannot be followed: {error}") from None
        if wrong:
            raise ArgumentsError(_one_line(sorted(wrong, key=str)))
        return values

    return parse


def _checked(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> str:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise ValueError(f"a tool's parameters are given by name; {parameter} cannot be")
    if parameter.name not in hints:
        raise ValueError(f"parameter {parameter.name!r} of a tool needs a type, for example {parameter.name}: str")
    return parameter.name


def _said(error: Mapping[str, Any]) -> str:
    return {"extra_forbidden": "unknown argument", "missing": "missing"}.get(error["type"], str(error["msg"]))


def _one_line(wrong: list[tuple[tuple[Any, ...], str]]) -> str:
    parts = [": ".join(filter(None, [".".join(map(str, place)), said])) for place, said in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        parts.append(f"and {len(wrong) - SHOWN} more")
    return " ".join("; ".join(parts).split())


def _untitled(schema: Any, names: bool = False) -> Any:
    """The schema without the titles that pydantic makes of names: a model reads them, and they say nothing new."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value if key in VERBATIM and not names else _untitled(value, not names and key in ("properties", "$defs"))
        for key, value in schema.items()
        if names or key != "title"
    }


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON value")
