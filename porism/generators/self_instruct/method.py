"""The four steps joined: an endless stream of records, a function of settings, seed, seed tasks and replies alone.

Request i of step 1 yields candidates; each is judged in order against seeds and all accepted before it; what is
accepted joins the pool and gets its instances at once. Rows are numbered (request, candidate, instance), and every
candidate yields at least one, so that the pool can be read back from the rows: a run goes on from what is committed.
"""

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial

import pyarrow as pa

from porism.generators.chat import ChatModel, ChatReply, ChatRequest
from porism.generators.in_order import in_order
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import bootstrap, classify, filters, finetune, instances
from porism.generators.self_instruct.bootstrap import Candidate, Example
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance, SeedPool
from porism.outputs.layout import MESSAGES, Layout
from porism.outputs.records import Origin, Record, Verdict, content_id, judge
from porism.outputs.rouge import Pool
from porism.seeds import stream

FLOW = "instruct"
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


class SelfInstruct:
    """The method and its state: the pool of instructions, and the rows seen.

    Args:
        settings: the constants.
        pool: the seed tasks.
        model: answers the requests.
        seed: of the run.
        known: instructions that count as accepted before the run, such as those of earlier runs; never shown.
    """

    def __init__(
        self, settings: Settings, pool: SeedPool, model: ChatModel, seed: int, known: Iterable[str] = ()
    ) -> None:
        self._settings, self._seeds, self._model, self._seed = settings, pool, model, seed
        compat = settings.compat
        self._pool = Pool(settings.exact_threshold, boundary=compat.boundary, tokeniser=compat.tokeniser)
        for instruction in (*(task.instruction for task in pool.tasks), *known):
            self._pool.add(instruction)
        self._machine: list[Example] = []
        self._requests: list[int] = []  # the request that each of them came from, ascending
        self._shown: dict[int, list[Example]] = {}
        self._seen: set[str] = set()
        self._applied = self._finished = 0  # requests applied, and accepted instructions whose rows are out

    def expected(self, unanswered: int) -> float:
        """Rows to be expected from the instructions under way and ``unanswered`` requests, judging by those so far."""
        per_request = (len(self._machine) + self._settings.new / 2) / (self._applied + 1)
        per_instruction = (len(self._seen) + 1) / (self._finished + 1)
        return (len(self._machine) - self._finished + unanswered * per_request) * per_instruction

    def records(
        self,
        committed: Iterable[Record] = (),
        start: int = 0,
        *,
        concurrency: int = 8,
        hungry: Callable[[int], bool] = lambda _: True,
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """Each request's number and rows, from request ``start`` on; ``committed`` are the rows of those before it."""
        self._recall(committed)
        self._applied = start
        stream_of_rows = in_order(
            self._build, self._ask, self._apply,
            start=start, window=self._settings.window, concurrency=concurrency, hungry=hungry,
        )  # fmt: skip
        for i, parts in stream_of_rows:
            self._finished = bisect_right(self._requests, i)
            yield i, [self._not_repeated(record) for part in parts for record in part]

    def _recall(self, committed: Iterable[Record]) -> None:
        """Take up the state that committed rows leave."""
        last: tuple[int, ...] | None = None
        for record in committed:
            candidate = record.origin.place[:2]
            if candidate != last and any(verdict.ok and verdict.check == "novelty" for verdict in record.verdicts):
                self._accept(record.content["instruction"], candidate[0])
                last = candidate
            if record.accepted:
                self._seen.add(_pair(record))
        self._finished = len(self._machine)

    def _accept(self, instruction: str, request: int) -> None:
        self._pool.add(instruction)
        self._machine.append(Example(content_id({"instruction": instruction}), instruction))
        self._requests.append(request)

    def _build(self, i: int) -> ChatRequest:
        usable = bisect_right(self._requests, i - self._settings.window)
        self._shown[i] = bootstrap.examples(self._settings, self._seeds, self._machine[:usable], self._seed, i)
        return bootstrap.request(self._settings, self._shown[i], self._seed, i)

    def _ask(self, request: ChatRequest) -> ChatReply:
        return self._model.generate([request])[0]

    def _apply(self, i: int, reply: ChatReply) -> list[Callable[[], list[Record]]]:
        """Judge the candidates of a reply; what is left to do for each."""
        self._applied += 1
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
            neighbours, mean, near = self._pool.nearest(text, settings.neighbours)
            similar = [{"instruction": one.text, "rouge_l": one.score} for one in neighbours]
            notes = {"most_similar": similar, "mean_similarity": mean}
            reason = f"ROUGE-L {neighbours[0].score:.2f} to {near!r}" if near is not None and neighbours else near
            verdicts = (*verdicts, *judge([("novelty", reason)]))
        if not all(verdict.ok for verdict in verdicts):
            return partial(list, [Record({"instruction": text}, origin(0), verdicts, notes, raw)])
        self._accept(text, origin(0).place[0])
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
        return Record(content, origin, verdicts, {**notes, **texts}, raw)

    def _not_repeated(self, record: Record) -> Record:
        """The record, rejected if an earlier row has the same prompt and completion. Called in the rows' order.

        Only what is rejected keeps the text that it was read from.
        """
        if not record.accepted:
            return record
        pair = _pair(record)
        if pair not in self._seen:
            self._seen.add(pair)
            return replace(record, raw=None)
        verdicts = tuple(
            Verdict(False, "repeat", "same prompt and completion as an earlier row") if v.check == "repeat" else v
            for v in record.verdicts
        )
        return replace(record, verdicts=verdicts)


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
