"""The method: a stream of records, a function of settings, seed, seed tasks and replies alone."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from functools import partial

import pyarrow as pa

from porism.generators.alpaca import listing
from porism.generators.alpaca.checks import checks, said
from porism.generators.alpaca.listing import Item, shares
from porism.generators.alpaca.settings import Compat, Settings
from porism.generators.chat import ChatReply, ChatRequest
from porism.generators.method import FLOW, Given, Method
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import finetune
from porism.generators.self_instruct.growth import Growth
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance, SeedTask
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Origin, Record, Verdict, judge
from porism.seeds import number, stream

CHECKS = (
    "reply", "complete", "parts", "empty", "length", "keywords", "program", "opening", "instance", "leak", "novelty",
    "repeat",
)  # fmt: skip
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={
        "messages": MESSAGES,
        "most_similar": pa.list_(pa.struct([("instruction", pa.string()), ("rouge_l", pa.float64())])),
        "mean_similarity": pa.float64(),
        "input_tokens": pa.int64(),
        "output_tokens": pa.int64(),
    },
)


class Alpaca:
    """The method and its state: the pool of instructions, and the rows seen.

    Args:
        given: what the method is started with.
    """

    def __init__(self, given: Given) -> None:
        self._given, self._settings = given, given.settings
        self._growth = Growth(given.settings, given.pool, given.known, lambda row: row.id, "the same as an earlier row")

    def expected(self, unanswered: int) -> float:
        """Rows to be expected from what is under way and ``unanswered`` requests, judging by those so far."""
        return self._growth.expected(unanswered, (self._settings.listed - self._settings.human) / 2)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each request's number and rows, from request ``start`` on; ``committed`` are the rows of those before it."""
        self._growth.recall(committed)
        yield from self._growth.records(
            self._build, self._ask, self._apply, start, concurrency=concurrency, hungry=hungry
        )

    def _shown(self, i: int) -> list[SeedTask]:
        tasks = self._given.pool.tasks
        return stream(self._given.seed, "alpaca", i).sample(tasks, min(self._settings.human, len(tasks)))

    def _build(self, i: int) -> ChatRequest:
        shown, settings = self._shown(i), self._settings
        sample = number(self._given.seed, "alpaca", i, "sample")
        if settings.style == "chat":
            return listing.chat(shown, settings.listed - len(shown), sample, settings.sampling)
        end = settings.listed
        stop = (f"\n{end}", f"{end}.") if settings.compat.stops else (f"\n{end + 1}. Instruction:",)
        return listing.completion(shown, end, stop, sample, settings.sampling)

    def _ask(self, request: ChatRequest) -> ChatReply:
        return self._given.model.generate([request])[0]

    def _apply(self, i: int, reply: ChatReply) -> list[Callable[[], list[Record]]]:
        """Judge the items of a reply; what is left to do for each."""
        shown = self._shown(i)
        origin = Origin(FLOW, self._given.seed, (i, 0), self._given.model.name, tuple(task.id for task in shown))
        try:
            items = read(self._settings, reply, len(shown) + 1)
        except ReplyError as error:
            notes = {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens}
            return [partial(list, [Record({}, origin, (Verdict(False, "reply", str(error)),), notes, reply.text)])]
        read_each = shares(reply.input_tokens, [1] * len(items))
        written = shares(reply.output_tokens, [item.size for item in items])
        return [
            self._judge(item, replace(origin, place=(i, k)), {"input_tokens": a, "output_tokens": b}, reply.text)
            for k, (item, a, b) in enumerate(zip(items, read_each, written, strict=True))
        ]

    def _judge(self, item: Item, origin: Origin, spent: dict[str, int], raw: str) -> Callable[[], list[Record]]:
        """Accept or reject an item; the work that is left yields its row."""
        content = {"instruction": item.instruction, "input": item.input, "output": item.output}
        verdicts = judge(checks(item, self._settings))
        near: dict[str, object] = {}
        if all(verdict.ok for verdict in verdicts):
            reason, near = self._growth.novelty(item.instruction)
            verdicts = (*verdicts, *judge([("novelty", reason)]))
        notes = {**near, **spent}
        if not all(verdict.ok for verdict in verdicts):
            return partial(list, [Record(content, origin, verdicts, notes, raw)])
        self._growth.accept(item.instruction, origin.place[0], near)
        told = {"messages": finetune.messages(item.instruction, Instance(item.input, item.output))}
        row = Record(content, origin, (*verdicts, Verdict(True, "repeat")), {**notes, **told}, raw)
        return lambda: [self._given.sift(row)]


def read(settings: Settings, reply: ChatReply, first: int) -> list[Item]:
    """The items of a reply to a request whose first new task is number ``first``, as they are to be judged.

    Raises:
        ReplyError: the reply cannot be used.
    """
    compat, cut = settings.compat, reply.finish == "length"
    if settings.style == "chat":
        items = listing.objects_in(reply)
    else:
        items = (listing.hashed_in if compat.hashes else listing.listed_in)(reply, first)
    return [
        replace(
            item,
            instruction=item.instruction.capitalize() if compat.capitalize else item.instruction,
            input=_input(item.input, compat),
            complete=item.complete and not (cut and compat.truncated == "discard"),
        )
        for item in items
    ]


def _input(input: str, compat: Compat) -> str:
    if compat.markers:
        return "" if input.lower() == listing.NOTHING else input
    return listing.without_marker(input)


METHOD = Method(
    name="alpaca",
    title="Alpaca",
    summary=(
        "Instructions with inputs and outputs, twenty of a list at a time, by the method of Stanford Alpaca with the "
        "model `{model}`. Every instruction is new by exact ROUGE-L against the seeds and all accepted before it. Each "
        "row says what share of its request's tokens it cost."
    ),
    needs="seeds",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=Alpaca,
    again=lambda row, settings: said(row["instruction"], row["input"], row["output"], settings),
    limits=(
        "Whether an output is right has not been checked: of the plain sums in the data released with the method, 16 % "
        "had a wrong, empty or broken-off result. The licence and terms of the model that wrote the text apply.",
    ),
    embedded={"style": "completion", "sampling": Sampling(max_tokens=512, temperature=1.0, top_p=1.0)},
)
