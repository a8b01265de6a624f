"""``porism run tools``: tasks in worlds with tools, searched with any model, out to data that agents are trained on.

Task i, and so its row, is a function of (configuration, seed, i, the model's replies); replies are remembered. So tasks
are searched side by side, and what is new is decided in their order, before anything is paid for them.
"""

from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path

import pyarrow.parquet as pq

from porism.errors import InputError
from porism.generators.cache import Cached
from porism.generators.chat import ChatModel
from porism.generators.in_order import in_order
from porism.generators.models import Service, served
from porism.outputs import contamination
from porism.outputs.contamination import Evaluation
from porism.outputs.folder import Folder, opened
from porism.outputs.publish import rows
from porism.outputs.records import Origin, Record
from porism.outputs.seen import Seen
from porism.pipelines.run import Chunk, Progress, Report, Result, default_folder, finish, finished, produce
from porism.pipelines.tools import rows as tools_rows
from porism.pipelines.tools.card import about, extras
from porism.pipelines.tools.chat import OneByOne, chat
from porism.pipelines.tools.examples import DRAWN, Examples
from porism.pipelines.tools.forms import forms
from porism.pipelines.tools.job import Tools, command, frozen
from porism.pipelines.tools.rows import FLOW, LAYOUT
from porism.pipelines.tools.search import searched
from porism.pipelines.tools.tasks import Task, key_of, moment_of, replayed
from porism.search.agents.proposer import ModelProposer
from porism.search.exports import Message

PATIENCE = 200  # tasks in a row without a plan before a run gives up


def run(
    job: Tools,
    count: int,
    out: Path | None = None,
    service: Service | None = None,
    *,
    report: Report = lambda _: None,
    each: Callable[[Chunk], Chunk] = lambda chunk: chunk,
    root: Path = Path("outputs"),
) -> Result:
    """Make ``count`` accepted trajectories, and the preferences and steps of their trees, or go on making them.

    Args:
        job: what to make.
        count: accepted rows wanted, >= 1.
        out: the folder; by default one under ``root``, named after the configuration.
        service: how the model is served and asked.
        report: told of the progress after each task.
        each: wraps the function that makes a chunk, as Prefect's ``task`` does.
        root: where default folders lie.

    Raises:
        InputError: the job or the folder is not usable.
        ModelError: the model cannot be used.
    """
    if count < 1:
        raise InputError(f"--count is {count}; it must be at least 1")
    config = frozen(job)
    path = out or default_folder(FLOW, config, root)
    if result := finished(path, config, count):
        return result
    service, progress = service or Service(), Progress(count)
    against = contamination.load(job.against) if job.against else None
    with (
        opened(path, config, LAYOUT) as folder,
        served(job.model, service) as model,
        Cached(model, folder.work / "replies.sqlite", service.pace.concurrency) as cached,
    ):
        seen = Seen(row["key"] for known in job.known for row in rows(known, "data", ["key"]))
        resume(folder, progress, seen)
        flow = Flow(job.resolved, OneByOne(cached) if job.model.startswith("local") else cached, against)
        stream = flow.records(
            seen, len(folder.shards) * job.chunk, service.pace.concurrency,
            hungry=lambda unanswered: unanswered * likely(progress) < count - progress.accepted,
        )  # fmt: skip
        tail, stopped = produce(
            folder, stream, progress, chunk=job.chunk, patience=PATIENCE, report=report, each=each, steps="tasks"
        )
        model.retire()
        stream.close()
        paid = cached.usage()
        cost = {"cost": service.price.cost(paid["input_tokens"], paid["output_tokens"])} if service.price else {}
        facts = {
            "model": {"name": model.name, "address": model.address},
            "usage": {"this_run": {**model.usage(), "remembered": cached.hits}, "all_runs": {**paid, **cost}},
            **({"against": {"sets": [path.name for path in job.against], "texts": len(against)}} if against else {}),
        }
        return finish(
            folder, tail, progress,
            about=about(job, model.name), command=command(job, count, path), stopped=stopped, facts=facts,
            sample_columns=("request", "transcript"), extras=extras,
        )  # fmt: skip


class Flow:
    """The stream of records of a job that is resolved, made with ``model``, without tasks of the evaluation sets."""

    def __init__(self, job: Tools, model: ChatModel, against: Evaluation | None = None) -> None:
        self._job, self._model, self._family, self._against = job, model, job.family, against
        self._examples = Examples(self._family, job.seed, DRAWN if job.asking.examples else 0)

    def records(
        self, seen: Seen, start: int, concurrency: int, *, hungry: Callable[[int], bool] = lambda _: True
    ) -> Generator[tuple[int, list[Record]], None, None]:
        """The record of each task from ``start`` on, in order; ``concurrency`` searches side by side.

        Args:
            seen: keys of the tasks that are taken; those of this stream are added.
            start: the first task.
            concurrency: searches under way at most, >= 1.
            hungry: whether more are wanted, given how many are under way.
        """

        def drawn(i: int) -> tuple[int, Task, bool]:
            task = self._family.task(self._job.seed, i)
            return i, task, seen.add(key_of(task))

        def made(asked: tuple[int, Task, bool]) -> Record:
            return self.record(*asked)

        yield from in_order(
            drawn,
            made,
            lambda _, row: [lambda: row],
            start=start,
            window=4 * concurrency,
            concurrency=concurrency,
            hungry=hungry,
        )

    def record(self, i: int, task: Task, new: bool = True) -> Record:
        """The record of one task; one that is not new, or of an evaluation set, is not searched."""
        job = self._job
        origin = Origin(FLOW, job.seed, (i,), self._model.name)
        if not new:
            return tools_rows.repeated(task, self._family, origin)
        if self._against is not None and (reason := self._against.hit(task.prompt)):
            return tools_rows.contaminated(task, self._family, origin, reason)
        told = tools_rows.telling(task)
        asked = chat(self._model, job.asking, job.seed, forms(task.world()))
        shown = [turn for near in self._examples.near(task, job.asking.examples) for turn in _solved(near)]
        propose = ModelProposer(asked, map(dict, told.tools), [*shown, *told.opening], job.asking.samples)
        found = searched(task.world, propose, job.searching, job.asking.samples)
        return tools_rows.record(task, self._family, found, origin, against=self._against is not None)


def _solved(task: Task) -> list[Message]:
    """The conversation of a task with its own solution."""
    steps, _ = replayed(task, task.solution)
    return tools_rows.telling(task).messages(moment_of(steps))


def likely(progress: Progress) -> float:
    """The share of tasks that will give a row, as far as it is known: three in four before there are any."""
    return (progress.accepted + 3) / (progress.accepted + sum(progress.rejected.values()) + 4)


def resume(folder: Folder, progress: Progress, seen: Seen) -> None:
    """Count the committed shards, and take their tasks for seen."""
    for shard in folder.shards:
        table = pq.read_table(shard, columns=["check", "key"]).to_pydict()
        progress.resume(Counter(table["check"]))
        for key in table["key"]:
            seen.add(key)
