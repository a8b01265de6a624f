"""What of a table is wanted: a value, and the URL that says the same, so that a view can be sent to somebody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

SIZES = (25, 50, 100, 250)
Operator = Literal["is", "not", "has", "lacks", "from", "to", "empty", "filled"]
OPERATORS: tuple[Operator, ...] = ("is", "not", "has", "lacks", "from", "to", "empty", "filled")
WORDS = {
    "is": "is", "not": "is not", "has": "contains", "lacks": "does not contain", "from": "is at least",
    "to": "is at most", "empty": "is empty", "filled": "is not empty",
}  # fmt: skip
SEPARATOR = ":"
JUDGED = "verdict:"  # no column, but what the reader said of a row; no column of ours ends with a colon
MOST_FILTERS = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column: ``is`` a value or ``not``, ``has`` a text in it or ``lacks`` it, ``from``, ``to``."""

    column: str
    operator: Operator
    value: str = ""

    def __str__(self) -> str:
        return SEPARATOR.join((self.column.replace(SEPARATOR, "::"), self.operator, self.value))

    @classmethod
    def parse(cls, text: str) -> "Filter | None":
        """The inverse of ``str``; None for what is no filter.

        >>> Filter.parse(str(Filter("a:b", "has", "x:y")))
        Filter(column='a:b', operator='has', value='x:y')
        """
        column, rest = "", text
        while True:
            part, colon, rest = rest.partition(SEPARATOR)
            column += part
            if not colon:
                return None
            if not rest.startswith(SEPARATOR):
                break
            column, rest = column + SEPARATOR, rest[1:]
        name, _, value = rest.partition(SEPARATOR)
        found = next((operator for operator in OPERATORS if operator == name), None)
        return cls(column, found, value) if column and found else None


@dataclass(frozen=True, slots=True)
class Query:
    """A page of a config's rows.

    Attributes:
        config: such as ``data`` or ``rejected``.
        search: words; a row has all of them, in any of its texts.
        filters: that all hold; but of several that say what one column is, any.
        sort: a column, or nothing for the rows' own order.
        descending: largest first.
        page: from 0.
        size: rows of a page, one of ``SIZES``.
        columns: that are shown; none for those that say something at a glance.
    """

    config: str = "data"
    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    page: int = 0
    size: int = 50
    columns: tuple[str, ...] = ()

    @classmethod
    def parse(cls, config: str, parameters: Iterable[tuple[str, str]]) -> "Query":
        """From a URL's parameters; what means nothing is passed over."""
        given = list(parameters)
        last = dict(given)
        filters = tuple(found for name, text in given if name == "where" and (found := Filter.parse(text)))
        filters += tuple(_from_form(last))
        size = _number(last.get("size", ""), 50)
        return cls(
            config=config,
            search=last.get("q", "").strip(),
            filters=tuple(dict.fromkeys(filters))[:MOST_FILTERS],
            sort=last.get("sort", ""),
            descending=last.get("down") == "1",
            page=_number(last.get("page", ""), 0),
            size=size if size in SIZES else 50,
            columns=tuple(dict.fromkeys(text for name, text in given if name == "show" and text)),
        )

    def to_parameters(self) -> str:
        """The inverse of ``parse``, without what goes without saying."""
        parts = [("q", self.search)] if self.search else []
        parts += [("where", str(one)) for one in self.filters]
        parts += [("sort", self.sort)] if self.sort else []
        parts += [("down", "1")] if self.sort and self.descending else []
        parts += [("size", str(self.size))] if self.size != 50 else []
        parts += [("show", name) for name in self.columns]
        parts += [("page", str(self.page))] if self.page else []
        return urlencode(parts)

    def sorted_by(self, column: str) -> "Query":
        """Sorted by a column, ascending at first; then the other way round; then no longer."""
        if self.sort != column:
            return replace(self, sort=column, descending=False, page=0)
        return replace(self, sort="" if self.descending else column, descending=not self.descending, page=0)

    def on_page(self, page: int) -> "Query":
        """Another page."""
        return replace(self, page=page)

    @property
    def conditions(self) -> int:
        """How many there are, words to search for counted as one."""
        return len(self.filters) + bool(self.search)

    @property
    def slow(self) -> bool:
        """Whether a condition needs all of a text to be read."""
        return bool(self.search) or any(one.operator in ("has", "lacks") for one in self.filters)

    def where(self, one: Filter) -> "Query":
        """With one condition more."""
        return replace(self, filters=tuple(dict.fromkeys((*self.filters, one))), page=0)

    def without(self, one: Filter) -> "Query":
        """With one condition less."""
        return replace(self, filters=tuple(other for other in self.filters if other != one), page=0)

    def toggled(self, one: Filter) -> "Query":
        """With a condition if it is not there, without it if it is."""
        return self.without(one) if one in self.filters else self.where(one)

    def searching(self, words: str) -> "Query":
        """For other words."""
        return replace(self, search=words, page=0)

    def showing(self, columns: tuple[str, ...]) -> "Query":
        """With other columns."""
        return replace(self, columns=columns)

    def bare(self) -> "Query":
        """Without any condition."""
        return replace(self, filters=(), search="", page=0)


def _from_form(given: Mapping[str, str]) -> Iterator[Filter]:
    """The condition that the page's form adds."""
    column, name = given.get("column", ""), given.get("operator", "")
    found = next((operator for operator in OPERATORS if operator == name), None)
    if column and found and (given.get("value") or found in ("empty", "filled")):
        yield Filter(column, found, given.get("value", ""))


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
