"""Judging row after row: where a row stands in the query that it was opened from, and where a verdict leads.

A row's address carries its query and its rank there, so that its neighbours are a look-up however many rows there are.
A verdict can take the row out of its query; the row that moves up to its rank is the next one then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from porism.outputs.view import notes, shown
from porism.outputs.view.query import Query
from porism.outputs.view.store import POSITION, Store

SAME, UNDO = "same", "undo"  # what the form says besides verdicts: a note alone, and that the verdict is taken back


@dataclass(frozen=True, slots=True)
class Place:
    """A row in a query.

    Attributes:
        dataset: its name.
        query: that the row was opened from.
        row: its id and position at least.
        rank: how many rows of the query come before it.
        before: address of the row before it, or nothing.
        after: address of the row after it, or nothing.
    """

    dataset: str
    query: Query
    row: Mapping[str, Any]
    rank: int
    before: str = ""
    after: str = ""

    @property
    def address(self) -> str:
        """Of the row's page."""
        return shown.address(self.dataset, self.query, self.row, self.rank)

    @property
    def form(self) -> str:
        """Where the form of the row's page sends what is said of the row."""
        return note_address(self.dataset, self.query, shown.key(self.row), self.rank)

    @property
    def table(self) -> str:
        """Of the rows that the row was opened from."""
        return f"/{quote(self.dataset)}/{quote(self.query.config)}/?{self.query.to_parameters()}"


@dataclass(frozen=True, slots=True)
class Judged:
    """The row that was judged last, which can be taken back.

    Attributes:
        key: of the row.
        verdict: what was said of it.
        form: where taking it back is sent.
        last: whether no row came after it.
    """

    key: str
    verdict: str
    form: str
    last: bool


def note_address(dataset: str, query: Query, key: str, rank: int) -> str:
    """Where what is said of a row is sent."""
    told = "&".join(part for part in (query.to_parameters(), f"at={rank}") if part)
    return f"/{quote(dataset)}/{quote(query.config)}/note/{quote(key)}?{told}"


def place(store: Store, dataset: str, query: Query, row: Mapping[str, Any], rank: int | None) -> Place:
    """Where a row stands in a query; among all rows where its address gives no rank."""
    if rank is None:
        query = Query(query.config, size=query.size, columns=query.columns)
        rank = store.rank(query.config, int(row[POSITION]))
    around = store.near(query, rank)
    here = rank in around and shown.key(around[rank]) == shown.key(row)
    before, after = (
        shown.address(dataset, query, around[k], k) if k in around else "" for k in (rank - 1, rank + here)
    )  # fmt: skip
    return Place(dataset, query, row, rank, before, after)


def say(store: Store, here: Place, verdict: str, text: str) -> str:
    """Keep what the form says of a row, and give the address that the reader goes on to.

    A verdict leads to the next row; a note, or a verdict taken back, to the row itself.

    Raises:
        InputError: as :func:`porism.outputs.view.notes.add`.
    """
    config, key = here.query.config, shown.key(here.row)
    if verdict in (SAME, UNDO):
        said = notes.latest(store.folder).get((config, key))
        notes.add(store.folder, config, key, said.verdict if said and verdict == SAME else notes.NOTHING, text)
        return here.address
    notes.add(store.folder, config, key, verdict, text)
    now = place(store, here.dataset, here.query, here.row, here.rank)
    return f"{now.after or now.address}&{urlencode({'judged': key, 'judged_at': here.rank})}"


def judged(store: Store, here: Place, key: str, rank: int | None) -> Judged | None:
    """The row that the address says was judged last, at a rank of the query, if it still has a verdict."""
    note = notes.latest(store.folder).get((here.query.config, key))
    if not note or not note.verdict or rank is None:
        return None
    form = note_address(here.dataset, here.query, key, rank)
    return Judged(key, note.verdict, form, last=key == shown.key(here.row))
