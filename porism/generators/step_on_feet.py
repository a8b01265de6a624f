"""Step-on-feet bootstrapping: Self-Instruct in rounds, each shown the newest round's instructions [HaoyuWang2024].

Step-On-Feet Tuning bootstraps a model's alignment data in rounds and finds that the examples in the prompt, the only
fresh data in such a loop, must be diverse, and that it has to stop before the data collapse. Here are its rounds, its
care for the examples and its early stop; training between rounds is the caller's.

A round is a stretch of the accepted instructions, in the order of the pool: the first ``per_round``, then the next
``per_round * growth``, and so on. So rounds are a function of the rows. A request sees the state a window before it, as
ever: the requests under way when a round ends still show the round before.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import pyarrow as pa
from pydantic import Field

from porism.generators.method import Given, Method
from porism.generators.self_instruct import bootstrap, method
from porism.generators.self_instruct.bootstrap import Example
from porism.generators.self_instruct.growth import was_new
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import Settings as Constants
from porism.outputs.layout import Layout
from porism.outputs.records import Record
from porism.outputs.rouge import Tokeniser, rouge_l, tokens
from porism.seeds import stream

LOW = 2  # rounds in a row below the floor, after which it ends
LAYOUT = Layout(
    content=method.LAYOUT.content,
    notes={**method.LAYOUT.notes, "round": pa.int32(), "diversity": pa.float64()},
)


class Settings(Constants):
    """Those of Self-Instruct, and the rounds.

    Attributes:
        human: seed tasks shown in a request for new instructions.
        machine: instructions of the newest finished round shown beside them; seed tasks until there is one.
        neighbours: nearest instructions recorded with each, at least one: it tells the diversity.
        window: replies that a request may be ahead of; the smaller, the sooner a round is used.
        rounds: how many, after which the stream ends.
        per_round: accepted instructions of the first round.
        growth: size of a round, by that of the round before; below 1, early rounds are the larger ones.
        spread: examples drawn for each that is shown, of which the ones most unlike each other are; 1 is a plain draw.
        diversity: the floor, in [0, 1]. A round's diversity is the mean, over its instructions, of 1 - ROUGE-L to the
            nearest of all instructions before (seeds, known and accepted). A round below the floor is not shown, seed
            tasks take its place; after two such rounds in a row the stream ends.
    """

    human: int = Field(default=4, ge=1)
    machine: int = Field(default=4, ge=0)
    neighbours: int = Field(default=10, ge=1)
    window: int = Field(default=32, ge=1)
    rounds: int = Field(default=5, ge=1, le=1000)
    per_round: int = Field(default=1000, ge=1)
    growth: float = Field(default=1.0, gt=0.0, le=10.0, allow_inf_nan=False)
    spread: int = Field(default=8, ge=1)
    diversity: float = Field(default=0.35, ge=0.0, le=1.0)


@dataclass(frozen=True, slots=True)
class Round:
    """A finished round: the accepted instructions ``begin`` to ``end - 1``, and their diversity in [0, 1]."""

    begin: int
    end: int
    diversity: float


class Rounds:
    """The rounds that a sequence of accepted instructions makes, as it grows.

    Args:
        settings: how many, how large, and the floor.

    Attributes:
        finished: the finished rounds.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.finished: list[Round] = []
        self._count = self._begin = 0  # instructions so far, and the first of the open round
        self._size, self._sum = size(settings, 1), 0.0

    @property
    def number(self) -> int:
        """The open round, from 1; what comes after the last round belongs to it."""
        return min(len(self.finished) + 1, self._settings.rounds)

    @property
    def diversity(self) -> float | None:
        """Of the open round so far; None before its first instruction."""
        return self._sum / (self._count - self._begin) if self._count > self._begin else None

    @property
    def over(self) -> bool:
        """Whether all rounds are done, or the last two were below the floor."""
        last = self.finished[-LOW:]
        low = len(last) == LOW and all(one.diversity < self._settings.diversity for one in last)
        return low or len(self.finished) == self._settings.rounds

    def add(self, nearest: float) -> tuple[int, float]:
        """Take an instruction by its ROUGE-L to the nearest before it; its round, and the diversity up to it."""
        number = self.number
        self._count += 1
        self._sum += 1.0 - nearest
        found = self._sum / (self._count - self._begin)
        if self._count - self._begin == self._size:
            self.finished.append(Round(self._begin, self._count, found))
            if number < self._settings.rounds:
                self._begin, self._size, self._sum = self._count, size(self._settings, number + 1), 0.0
        return number, found

    def follow(self, accepted: Sequence[Example]) -> None:
        """Take those of a longer sequence that were not there before."""
        for example in accepted[self._count :]:
            self.add(example.nearest)


def size(settings: Settings, number: int) -> int:
    """Instructions of a round, numbered from 1; at least one.

    >>> [size(Settings(per_round=100, growth=0.5), number) for number in (1, 2, 3, 9)]
    [100, 50, 25, 1]
    """
    return max(1, int(settings.per_round * Fraction(settings.growth) ** (number - 1)))


def unlike(
    draw: Random,
    among: Sequence[Example],
    count: int,
    spread: int,
    beside: Sequence[Example] = (),
    tokeniser: Tokeniser = "unicode",
) -> list[Example]:
    """Up to ``count`` examples unlike each other and those ``beside``: of ``count * spread`` drawn, the farthest first.

    The next is always the one whose greatest ROUGE-L to those chosen is least; of equals, the one drawn first.
    """
    left = draw.sample(list(among), min(len(among), count * spread))
    words = {example.id: tokens(example.instruction, tokeniser) for example in left}
    near = dict.fromkeys(words, Fraction(0))
    chosen: list[Example] = []

    def approach(one: Sequence[str]) -> None:
        for id, text in words.items():
            near[id] = max(near[id], rouge_l(one, text))

    for example in beside:
        approach(tokens(example.instruction, tokeniser))
    while left and len(chosen) < count:
        best = min(left, key=lambda example: near[example.id])
        left.remove(best)
        chosen.append(best)
        approach(words[best.id])
    return chosen


class StepOnFeet:
    """The method and its state: Self-Instruct, and the rounds as three see them, each a while after the other.

    The rounds as applied say whether more is wanted, those that a request may see decide its examples, and those of the
    rows that are out stand in their notes.
    """

    def __init__(self, given: Given) -> None:
        self._settings: Settings = given.settings
        self._seed, self._human = given.seed, bootstrap.written(given.settings, given.pool)
        self._inner = SelfInstruct(
            given.settings, given.pool, given.model, given.seed, given.known, given.sift, self._examples
        )
        self._applied, self._visible, self._out = (Rounds(given.settings) for _ in range(3))

    def expected(self, unanswered: int) -> float:
        """Rows to be expected from the instructions under way and ``unanswered`` requests, judging by those so far."""
        return self._inner.expected(unanswered)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each request's number and rows, from request ``start`` on, until the rounds are over.

        ``committed`` are the rows of the requests before it. The request in which the last round ends is finished.
        """
        self._inner.growth.recall(committed)
        self._out.follow(self._inner.growth.accepted)
        if self._out.over:
            return
        stream = self._inner.records(
            (), start, concurrency=concurrency, hungry=lambda unanswered: self._wanted() and hungry(unanswered)
        )
        try:
            for i, rows in stream:
                yield i, self._noted(rows)
                if self._out.over:
                    return
        finally:
            stream.close()

    def _wanted(self) -> bool:
        self._applied.follow(self._inner.growth.accepted)
        return not self._applied.over

    def _examples(self, i: int, machine: Sequence[Example]) -> list[Example]:
        """The examples that request ``i`` shows, of those that it may see."""
        settings = self._settings
        self._visible.follow(machine)
        newest = self._visible.finished[-1:]
        good = [
            one for each in newest if each.diversity >= settings.diversity for one in machine[each.begin : each.end]
        ]
        draw, how = stream(self._seed, "step on feet", i), settings.compat.tokeniser
        own = unlike(draw, good, settings.machine, settings.spread, tokeniser=how)
        wanted = settings.human + settings.machine - len(own)
        shown = own + unlike(draw, self._human, wanted, settings.spread, own, how)
        draw.shuffle(shown)
        return shown

    def _noted(self, rows: Sequence[Record]) -> list[Record]:
        """The rows of a request with their round, and its diversity when they came."""
        noted: list[Record] = []
        last: tuple[int, ...] | None = None
        for record in rows:
            if record.origin.place[:2] != last:
                last = record.origin.place[:2]
                number, diversity = self._out.number, self._out.diversity
                if was_new(record):
                    number, diversity = self._out.add(record.notes["most_similar"][0]["rouge_l"])
                told = {"round": number} | ({} if diversity is None else {"diversity": diversity})
            noted.append(replace(record, notes={**record.notes, **told}))
        return noted


METHOD = Method(
    name="step-on-feet",
    title="Step-on-feet bootstrapping",
    summary=(
        "Instructions with inputs and outputs, bootstrapped from seed tasks in rounds with the model `{model}`: "
        "Self-Instruct (arXiv 2212.10560) whose examples are the newest round's instructions, chosen to differ from "
        "each other, after Step-On-Feet Tuning (arXiv 2402.07610). Every instruction is new by exact ROUGE-L against "
        "the seeds and all accepted before it; each row says its round and how diverse the round was when it came."
    ),
    needs="seeds",
    settings=Settings,
    layout=LAYOUT,
    checks=method.CHECKS,
    start=StepOnFeet,
    again=method.again,
    limits=(
        "The model is the same in all rounds: what the paper gains by training between rounds is not in these rows.",
        method.UNCHECKED,
    ),
    embedded=method.EMBEDDED,
)
