"""What a run from seed tasks has taken so far, and its rows in order: shared by the methods that grow a pool.

The pool is seeds, known instructions and all that was accepted, in that order. It can be read back from the rows: an
instruction joined it where its novelty passed, whatever became of its row afterwards.
"""

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from porism.generators.chat import ChatReply, ChatRequest
from porism.generators.in_order import Job, in_order
from porism.generators.self_instruct.bootstrap import Example
from porism.generators.self_instruct.settings import Compat
from porism.generators.self_instruct.tasks import SeedPool
from porism.outputs.records import Record, Verdict, content_id
from porism.outputs.rouge import Pool


class Constants(Protocol):
    """The settings that decide what is new, and who may see it when."""

    @property
    def exact_threshold(self) -> Fraction: ...  # noqa: D102

    @property
    def neighbours(self) -> int: ...  # noqa: D102

    @property
    def window(self) -> int: ...  # noqa: D102

    @property
    def compat(self) -> Compat: ...  # noqa: D102


class Growth:
    """A pool that grows, and the rows that come of it.

    Args:
        settings: of the method.
        seeds: the seed tasks.
        known: instructions that count as accepted before the run; never shown.
        key: what two accepted rows must not share, as a hash.
        repeated: why a row is rejected that shares it with an earlier one.

    Attributes:
        accepted: the instructions that this run added to the pool, in order.
    """

    def __init__(
        self,
        settings: Constants,
        seeds: SeedPool,
        known: Iterable[str],
        key: Callable[[Record], str],
        repeated: str,
    ) -> None:
        self._settings, self._key, self._repeated = settings, key, repeated
        compat = settings.compat
        self._pool = Pool(settings.exact_threshold, boundary=compat.boundary, tokeniser=compat.tokeniser)
        for instruction in (*(task.instruction for task in seeds.tasks), *known):
            self._pool.add(instruction)
        self.accepted: list[Example] = []
        self._requests: list[int] = []  # the request that each of them came from, ascending
        self._seen: set[str] = set()
        self._applied = self._finished = 0  # requests applied, and accepted instructions whose rows are out

    def novelty(self, text: str) -> tuple[str | None, dict[str, object]]:
        """Why an instruction is not new, if it is not, and the notes on what is near to it."""
        neighbours, mean, near = self._pool.nearest(text, self._settings.neighbours)
        similar = [{"instruction": one.text, "rouge_l": one.score} for one in neighbours]
        reason = f"ROUGE-L {neighbours[0].score:.2f} to {near!r}" if near is not None and neighbours else near
        return reason, {"most_similar": similar, "mean_similarity": mean}

    def accept(self, text: str, request: int, notes: dict[str, object]) -> None:
        """Put an instruction of a request's reply into the pool; ``notes`` are those that ``novelty`` made."""
        similar = notes.get("most_similar")
        nearest = float(similar[0]["rouge_l"]) if isinstance(similar, list) and similar else 0.0
        self._pool.add(text)
        self.accepted.append(Example(content_id({"instruction": text}), text, nearest))
        self._requests.append(request)

    def usable(self, i: int) -> Sequence[Example]:
        """What request ``i`` may show: accepted from replies that are a window or more before it."""
        return self.accepted[: bisect_right(self._requests, i - self._settings.window)]

    def expected(self, unanswered: int, each: float) -> float:
        """Rows to be expected from what is under way and ``unanswered`` requests, judging by those so far.

        Before there are any, a request is expected to give ``each`` instructions.
        """
        per_request = (len(self.accepted) + each) / (self._applied + 1)
        per_instruction = (len(self._seen) + 1) / (self._finished + 1)
        return (len(self.accepted) - self._finished + unanswered * per_request) * per_instruction

    def recall(self, committed: Iterable[Record]) -> None:
        """Take up the state that committed rows leave."""
        last: tuple[int, ...] | None = None
        for record in committed:
            candidate = record.origin.place[:2]
            if candidate != last and was_new(record):
                self.accept(record.content["instruction"], candidate[0], dict(record.notes))
                last = candidate
            if record.accepted:
                self._seen.add(self._key(record))
        self._finished = len(self.accepted)

    def records(
        self,
        build: Callable[[int], ChatRequest],
        ask: Callable[[ChatRequest], ChatReply],
        apply: Callable[[int, ChatReply], Sequence[Job[list[Record]]]],
        start: int,
        *,
        concurrency: int,
        hungry: Callable[[int], bool],
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each request's number and rows, from request ``start`` on: ``in_order``, with repeated rows told."""

        def applied(i: int, reply: ChatReply) -> Sequence[Job[list[Record]]]:
            self._applied = i + 1
            return apply(i, reply)

        self._applied = start
        stream = in_order(
            build, ask, applied,
            start=start, window=self._settings.window, concurrency=concurrency, hungry=hungry,
        )  # fmt: skip
        for i, parts in stream:
            self._finished = bisect_right(self._requests, i)
            yield i, [self._not_repeated(record) for part in parts for record in part]

    def _not_repeated(self, record: Record) -> Record:
        """The record, rejected if an earlier row is the same. Called in the rows' order.

        Only what is rejected keeps the text that it was read from.
        """
        if not record.accepted:
            return record
        key = self._key(record)
        if key not in self._seen:
            self._seen.add(key)
            return replace(record, raw=None)
        verdicts = tuple(
            Verdict(False, "repeat", self._repeated) if v.check == "repeat" else v for v in record.verdicts
        )
        return replace(record, verdicts=verdicts)


def was_new(record: Record) -> bool:
    """Whether the instruction of a row joined the pool."""
    return any(verdict.ok and verdict.check == "novelty" for verdict in record.verdicts)
