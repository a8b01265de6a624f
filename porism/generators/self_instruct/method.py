"""The four steps joined: an endless stream of records, a function of settings, seed, seed tasks and replies alone.

Request i of step 1 yields candidates; each is judged in order against seeds and all accepted before it; what is
accepted joins the pool and gets its instances at once. Rows are numbered (request, candidate, instance), and every
candidate yields at least one, so that the pool can be read back from the rows: a run goes on from what is committed.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from porism.generators.chat import ChatModel, ChatReply, ChatRequest
from porism.generators.method import FLOW, Method
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import bootstrap, classify, filters, finetune, instances
from porism.generators.self_instruct.bootstrap import Candidate, Example
from porism.generators.self_instruct.growth import Growth
from porism.generators.self_instruct.settings import Sampling, Settings
from porism.generators.self_instruct.tasks import Instance, SeedPool
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Origin, Record, Verdict, content_id, judge
from porism.seeds import stream

CHECKS = (
    "reply", "complete", "empty", "length", "keywords", "program", "opening", "novelty",
    "instances", "whole", "instance", "contradiction", "repeat", "limit",
)  # fmt: skip
LAYOUT = Layout(
    content={"instruction": pa.string(), "input": pa.string(), "output": pa.string()},
    notes={
        "is_classification": pa.bool_(),
        "prompt": pa.string(),
        "completion": pa.string(),
        "messages": MESSAGES,
        "most_similar": pa.list_(pa.struct([("instruction", pa.string()), ("rouge_l", pa.float64())])),
        "mean_similarity": pa.float64(),
    },
)


Choose = Callable[[int, Sequence[Example]], list[Example]]


class SelfInstruct:
    """The method and its state: the pool of instructions, and the rows seen.

    Args:
        settings: the constants.
        pool: the seed tasks.
        model: answers the requests.
        seed: of the run.
        known: instructions that count as accepted before the run, such as those of earlier runs; never shown.
        sift: puts an accepted row through further filters; called in a thread.
        choose: the examples that request i shows, given those of the machine that it may draw on; called in order.

    Attributes:
        growth: the pool, and what this run added to it.
    """

    def __init__(
        self,
        settings: Settings,
        pool: SeedPool,
        model: ChatModel,
        seed: int,
        known: Iterable[str] = (),
        sift: Callable[[Record], Record] = lambda record: record,
        choose: Choose | None = None,
    ) -> None:
        self._settings, self._seeds, self._model, self._seed, self._sift = settings, pool, model, seed, sift
        self._choose = choose or (lambda i, machine: bootstrap.examples(settings, pool, machine, seed, i))
        self.growth = Growth(settings, pool, known, _pair, "same prompt and completion as an earlier row")
        self._shown: dict[int, list[Example]] = {}

    def expected(self, unanswered: int) -> float:
        """Rows to be expected from the instructions under way and ``unanswered`` requests, judging by those so far."""
        return self.growth.expected(unanswered, self._settings.new / 2)

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each request's number and rows, from request ``start`` on; ``committed`` are the rows of those before it."""
        self.growth.recall(committed)
        yield from self.growth.records(
            self._build, self._ask, self._apply, start, concurrency=concurrency, hungry=hungry
        )

    def _build(self, i: int) -> ChatRequest:
        self._shown[i] = self._choose(i, self.growth.usable(i))
        return bootstrap.request(self._settings, self._shown[i], self._seed, i)

    def _ask(self, request: ChatRequest) -> ChatReply:
        return self._model.generate([request])[0]

    def _apply(self, i: int, reply: ChatReply) -> list[Callable[[], list[Record]]]:
        """Judge the candidates of a reply; what is left to do for each."""
        shown = self._shown.pop(i)
        origin = self._origin(i, shown)
        try:
            candidates = bootstrap.parse(self._settings, reply, len(shown))
        except ReplyError as error:
            failed = Record({}, origin(0, 0), (Verdict(False, "reply", str(error)),), raw=reply.text)
            return [partial(list, [failed])]
        return [self._judge(candidate, partial(origin, k), reply.text) for k, candidate in enumerate(candidates)]

    def _origin(self, i: int, shown: list[Example]) -> Callable[[int, int], Origin]:
        parents = tuple(example.id for example in shown)

        def origin(candidate: int, instance: int) -> Origin:
            return Origin(FLOW, self._seed, (i, candidate, instance), self._model.name, parents)

        return origin

    def _judge(self, candidate: Candidate, origin: Callable[[int], Origin], raw: str) -> Callable[[], list[Record]]:
        """Accept or reject a candidate; the work that is left yields its rows."""
        settings, text = self._settings, candidate.instruction
        if settings.compat.capitalize:
            text = text.capitalize()
        verdicts = judge(_checks(candidate, text, settings))
        notes: dict[str, object] = {}
        if all(verdict.ok for verdict in verdicts):
            reason, notes = self.growth.novelty(text)
            verdicts = (*verdicts, *judge([("novelty", reason)]))
        if not all(verdict.ok for verdict in verdicts):
            return partial(list, [Record({"instruction": text}, origin(0), verdicts, notes, raw)])
        self.growth.accept(text, origin(0).place[0], notes)
        return partial(self._instances, text, origin, verdicts, notes)

    def _instances(
        self, instruction: str, origin: Callable[[int], Origin], passed: tuple[Verdict, ...], notes: dict[str, object]
    ) -> list[Record]:
        """Steps 2 to 4 for an accepted instruction. Depends on nothing else, so that it can run in any order."""
        settings, seed = self._settings, self._seed
        asked = classify.request(settings, self._seeds, instruction, seed)
        is_classification = settings.only_classification or classify.parse(settings, self._ask(asked))
        notes = {**notes, "is_classification": is_classification}
        asked = instances.request(settings, self._seeds, instruction, seed, classification=is_classification)
        reply = self._ask(asked)
        try:
            found = instances.parse(settings, reply, classification=is_classification)
        except ReplyError as error:
            verdicts = (*passed, Verdict(False, "instances", str(error)))
            return [Record({"instruction": instruction}, origin(0), verdicts, notes, reply.text)]
        whole = found[:-1] if reply.finish == "length" else found
        rows, kept = [], 0
        conflict = filters.contradictory([one for one in whole if filters.instance(one) is None])
        for k, one in enumerate(found):
            cut = "the reply was cut in it" if k == len(whole) else None
            earlier = "same as an earlier instance" if one in found[:k] else None
            verdicts = judge(
                [
                    ("instances", None),
                    ("whole", cut),
                    ("instance", filters.instance(one)),
                    ("contradiction", conflict),
                    ("repeat", earlier),
                    ("limit", f"more than {settings.instances} instances" if kept == settings.instances else None),
                ]
            )
            rows.append(self._row(instruction, one, origin(k), (*passed, *verdicts), notes, reply.text))
            kept += rows[-1].accepted
        return rows

    def _row(
        self,
        instruction: str,
        one: Instance,
        origin: Origin,
        verdicts: tuple[Verdict, ...],
        notes: dict[str, object],
        raw: str,
    ) -> Record:
        content = {"instruction": instruction, "input": one.input, "output": one.output}
        if not all(verdict.ok for verdict in verdicts):
            return Record(content, origin, verdicts, notes, raw)
        draw = stream(self._seed, "format", *origin.place)
        prompt, completion = finetune.formatted(self._settings, instruction, one, draw)
        texts = {"prompt": prompt, "completion": completion, "messages": finetune.messages(instruction, one)}
        return self._sift(Record(content, origin, verdicts, {**notes, **texts}, raw))


def _checks(candidate: Candidate, text: str, settings: Settings) -> Iterator[tuple[str, str | None]]:
    """The checks of a candidate before novelty, in the reference's order; later ones may rely on earlier ones."""
    yield "reply", None
    yield "complete", None if candidate.complete else "the reply was cut in it"
    yield "empty", filters.empty(text)
    yield "length", filters.length(text, settings)
    yield "keywords", filters.keywords(text, settings)
    yield "program", filters.program(text)
    yield "opening", filters.opening(text, settings)


def _pair(record: Record) -> str:
    return content_id({name: record.notes[name] for name in ("prompt", "completion")})


def again(row: Mapping[str, Any], settings: Settings) -> Iterator[tuple[str, str | None]]:
    """The checks of a row that depend on nothing but the row."""
    text, one = row["instruction"], Instance(row["input"], row["output"])
    yield "empty", filters.empty(text)
    yield "length", filters.length(text, settings)
    yield "keywords", filters.keywords(text, settings)
    yield "program", filters.program(text)
    yield "opening", filters.opening(text, settings) if text else None
    yield "instance", filters.instance(one)


UNCHECKED = (
    "Whether an output is right has not been checked: in the data published with the method, 46 % of instances had a "
    "problem. The licence and terms of the model that wrote the text apply."
)
EMBEDDED: Mapping[str, Any] = {
    "style": "completion",
    "shots_classify": (4, 6),
    "shots": 4,
    "shot_words": 40,
    "bootstrap": Sampling(max_tokens=256, temperature=0.7, top_p=0.5, presence_penalty=2.0),
    "input_first": Sampling(max_tokens=150, presence_penalty=1.5),
    "output_first": Sampling(max_tokens=150, presence_penalty=1.5),
}

METHOD = Method(
    name="self-instruct",
    title="Self-Instruct",
    summary=(
        "Instructions with inputs and outputs, bootstrapped from seed tasks by Self-Instruct (arXiv 2212.10560) with "
        "the model `{model}`. Every instruction is new by exact ROUGE-L against the seeds and all accepted before it."
    ),
    needs="seeds",
    settings=Settings,
    layout=LAYOUT,
    checks=CHECKS,
    start=lambda given: SelfInstruct(given.settings, given.pool, given.model, given.seed, given.known, given.sift),
    again=again,
    limits=(UNCHECKED,),
    embedded=EMBEDDED,
)
