"""From values to HTML: templates that escape, sections that are left out where a row does not have what they show."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from porism.outputs.view.shown import Row

MOST = 20_000  # characters of a text that a drawing shows
MANY = 200  # members of a list
BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, TemplateError)

Section = tuple[str, Markup]
Builder = Callable[[Row], Section | None]
"""From a row to a section, or None where the row lacks it; what the row holds may raise any of ``BROKEN``."""


def sections(builders: Iterable[Builder], row: Row) -> list[Section]:
    """The sections that can be made of a row."""
    made = (_tried(builder, row) for builder in builders)
    return [section for section in made if section]


def _tried(builder: Builder, row: Row) -> Section | None:
    try:
        return builder(row)
    except BROKEN:  # a row may hold anything; its fields are shown below as they are
        return None


def render(template: str, **values: Any) -> Markup:
    """A template filled with values, which it escapes; half a surrogate, which JSON can smuggle in, becomes ``?``."""
    html = _templates().get_template(template).render(values)
    return Markup(html.encode("utf-8", "replace").decode("utf-8"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("porism.pipelines.drawings"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# What a column may hold


def text(row: Row, name: str) -> str:
    """The text of a column, empty where there is none."""
    value = row.get(name)
    return shortened(value) if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """The texts of a list, as many as are shown; whatever else is in it is left out."""
    return [shortened(one) for one in members(value) if isinstance(one, str)]


def structs(value: Any) -> list[Row]:
    """The structs of a list, as many as are shown; whatever else is in it is left out."""
    return [one for one in members(value) if isinstance(one, dict)]


def members(value: Any) -> list[Any]:
    """The members of a list, as many as are shown; none where there is no list."""
    return list(value[:MANY]) if isinstance(value, list | tuple) else []


def number(value: Any) -> float | None:
    """A finite number, or nothing."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and abs(value) < 1e15 else None


def shortened(value: str, most: int = MOST) -> str:
    """A text, cut where it is long, and saying so.

    >>> shortened("abcdef", 4)
    'abcd … (2 more characters)'
    """
    return value if len(value) <= most else f"{value[:most]} … ({len(value) - most:,} more characters)"


def figure(value: float) -> str:
    """A number as it is read.

    >>> figure(3.0), figure(0.43478)
    ('3', '0.435')
    """
    return f"{value:.3g}" if value != int(value) else f"{int(value):,}"
