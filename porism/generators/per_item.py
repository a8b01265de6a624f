"""Methods that take the rows of a source one by one: an item's rows depend on the item and the replies alone."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace

from porism.generators.in_order import in_order
from porism.generators.method import FLOW, Given
from porism.outputs.records import Origin, Record, Verdict
from porism.outputs.seen import Seen
from porism.outputs.sources import Item

Work = Callable[[int, Item], Sequence[Record]]


class PerItem:
    """The stream of such a method; it ends with the items.

    Args:
        given: what the method is started with.
        work: makes the rows of item i, at least one, accepted or rejected, the k-th at place (i, k). Called in a
            thread; asks the model itself, and depends on nothing but its arguments and the replies.
    """

    def __init__(self, given: Given, work: Work) -> None:
        self._items, self._work, self._window = given.items, work, given.settings.window
        self._known, self._model, self._seed, self._sift = set(given.known), given.model, given.seed, given.sift
        self._seen = Seen()  # ids of accepted rows
        self._done = 0

    def expected(self, unanswered: int) -> float:
        """Rows to be expected, judging by those so far."""
        return unanswered * (len(self._seen) + 1) / (self._done + 1)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each item's number and rows, from item ``start`` on; ``committed`` are the rows of those before it."""
        for record in committed:
            if record.accepted:
                self._seen.add(record.id)
        self._done = start
        stream = in_order(
            lambda i: i, self._rows, lambda i, rows: [lambda: rows],
            start=start, stop=len(self._items), window=self._window, concurrency=concurrency, hungry=hungry,
        )  # fmt: skip
        for i, parts in stream:
            self._done += 1
            yield i, [self._not_repeated(record) for rows in parts for record in rows]

    def _rows(self, i: int) -> Sequence[Record]:
        item = self._items[i]
        if item.instruction not in self._known:
            return [self._sift(record) if record.accepted else record for record in self._work(i, item)]
        verdict = Verdict(False, "known", "an earlier dataset has this instruction")
        content = {"instruction": item.instruction, "input": item.input, "output": item.output}
        return [Record(content, origin(self._model.name, self._seed, i, 0, item), (verdict,))]

    def _not_repeated(self, record: Record) -> Record:
        """The record, rejected if an earlier row says the same. Called in the rows' order."""
        if not record.accepted or self._seen.add(record.id):
            return record
        return replace(record, verdicts=(*record.verdicts, Verdict(False, "repeat", "the same as an earlier row")))


def origin(model: str | None, seed: int, i: int, k: int, item: Item) -> Origin:
    """Of the k-th row of item i."""
    return Origin(FLOW, seed, (i, k), model, (item.name,))
