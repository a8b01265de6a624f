"""The methods that ``--method`` can name, and what the filters of a run add to them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from porism.errors import InputError
from porism.generators import alpaca, constitution, coreset, judging, realign, sifting, step_on_feet, voting
from porism.generators.method import Method
from porism.generators.self_instruct import method as self_instruct
from porism.generators.sifting import Filters
from porism.outputs.layout import Layout

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        self_instruct.METHOD,
        alpaca.METHOD,
        step_on_feet.METHOD,
        constitution.METHOD,
        constitution.PRINCIPLE_FEEDBACK,
        realign.METHOD,
        coreset.METHOD,
        judging.METHOD,
        voting.METHOD,
    )
}


def named(name: str) -> Method:
    """The method of that name.

    Raises:
        InputError: there is none.
    """
    if name not in METHODS:
        raise InputError(f"there is no method {name!r}; there are: {', '.join(METHODS)}")
    return METHODS[name]


def layout(method: Method, filters: Filters) -> Layout:
    """The columns of a run's rows."""
    return replace(method.layout, notes={**method.layout.notes, **sifting.notes(filters)})


def checks(method: Method, filters: Filters, contamination: bool) -> tuple[str, ...]:
    """The checks that an accepted row of a run has passed."""
    return (*method.checks, *sifting.checks(filters, contamination))


def of(config: Mapping[str, Any]) -> tuple[Method, Filters]:
    """Method and filters of a configuration, as ``run.toml`` holds it.

    Raises:
        InputError: it is of no method that we know, or its filters cannot be read.
    """
    try:
        return named(str(config.get("method", self_instruct.METHOD.name))), Filters.model_validate(
            config.get("filters", {})
        )
    except ValidationError as error:
        raise InputError(f"run.toml, filters: {error.errors()[0]['msg']}") from None
