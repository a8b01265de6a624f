"""What a method of making instructions is: settings, columns, checks, and a stream of records.

A method either starts from *seed tasks* and goes on without end (Self-Instruct, Alpaca), or takes the rows of a
*source* one by one and ends with them (critique and revision, reformatting, selection). Both give records in an order
that no order of replies can change, and go on from what is committed.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from porism.generators.chat import ChatModel
from porism.generators.self_instruct.tasks import SeedPool
from porism.outputs.layout import Layout
from porism.outputs.records import Record
from porism.outputs.sources import Item

FLOW = "instruct"
Reasons = Iterable[tuple[str, str | None]]  # checks, each with why it fails, or None


class Running(BaseModel):
    """The settings that every method has.

    Attributes:
        window: replies that a request may be ahead of; at least four times the concurrency keeps a server busy.
        chunk: steps whose rows are committed together.
        patience: steps in a row without an accepted row after which a run that would never end gives up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: int = Field(default=64, ge=1)
    chunk: int = Field(default=32, ge=1)
    patience: int = Field(default=200, ge=1)


@dataclass(frozen=True)
class Given:
    """What a method is started with.

    Attributes:
        settings: of the method's own type.
        model: answers the requests.
        seed: of the run.
        pool: the seed tasks.
        items: the rows of the source, in order; none where the method starts from seeds.
        known: instructions of earlier datasets, which count as taken.
        sift: puts an accepted row through the filters of the run (see ``sifting``); called in a thread, may ask models.
        work: a folder for what the method remembers, if it has something to remember besides rows and replies.
    """

    settings: Any
    model: ChatModel
    seed: int
    pool: SeedPool
    items: Sequence[Item] = ()
    known: Iterable[str] = ()
    sift: Callable[[Record], Record] = lambda record: record
    work: Path | None = None


class Stream(Protocol):
    """A method at work."""

    def expected(self, unanswered: int) -> float:
        """Accepted rows to be expected from what is under way and ``unanswered`` further requests."""
        ...

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each step's number and rows, from step ``start`` on; ``committed`` are the rows of those before it."""
        ...


@dataclass(frozen=True)
class Method:
    """A method, and what is said of it.

    Attributes:
        name: what ``--method`` calls it.
        title: of it, for people.
        summary: a paragraph for the card, with the paper; ``{model}`` stands for the model's name.
        needs: where its rows begin: seed tasks, or the rows of a source.
        settings: their type; the defaults are the paper's constants.
        layout: the columns of its records.
        checks: that an accepted row has passed, in order.
        start: begins the stream.
        again: the deterministic checks of an accepted row, made again from the row and the settings.
        limits: what a reader of the card should know, a paragraph each.
        embedded: settings that suit the embedded model, where nothing else is set.
        samples: columns that the card shows.
        steps: what a step is called.
        revision: raised when the same replies would give other bytes.
        asks: whether it asks a chat model at all.
        budget: the setting that ``--count`` gives, where it is no number of rows at which to stop.
    """

    name: str
    title: str
    summary: str
    needs: Literal["seeds", "source"]
    settings: type[Running]
    layout: Layout
    checks: tuple[str, ...]
    start: Callable[[Given], Stream]
    again: Callable[[Mapping[str, Any], Any], Reasons] = lambda row, settings: ()
    limits: tuple[str, ...] = ()
    embedded: Mapping[str, Any] = field(default_factory=dict)
    samples: tuple[str, ...] = ("instruction", "input", "output")
    steps: str = "requests"
    revision: int = 1
    asks: bool = True
    budget: str = ""
