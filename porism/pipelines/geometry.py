"""``porism run geometry``: theorems of random figures, each proved and checked, out to a deduplicated dataset.

Figure i is a pure function of (configuration, seed, i), and so are its theorems; a chunk of figures is made by any
process. What is new is decided here, in the order of the figures, so that it does not depend on who was faster.
"""

import gc
import shlex
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from porism.errors import InputError
from porism.outputs.folder import Folder, opened
from porism.outputs.layout import Layout
from porism.outputs.publish import digest, rows
from porism.outputs.records import Origin, Record, Verdict
from porism.outputs.seen import Seen
from porism.outputs.splits import split_of
from porism.pipelines import geometry_against, geometry_search, runners
from porism.pipelines.geometry_against import Against
from porism.pipelines.geometry_card import about, extras
from porism.pipelines.run import Chunk, Progress, Report, Result, default_folder, finish, finished, produce, shown
from porism.seeds import number, stream
from porism.symbolic.jit import is_compiled
from porism.symbolic.synthesis.row import COLUMNS, row
from porism.symbolic.synthesis.sampler import Figure, Sampling, sample
from porism.symbolic.synthesis.synthesise import Limits, Making, synthesise
from porism.symbolic.synthesis.theorem import Found, Rejection

FLOW = "geometry"
REVISION = 1  # of the method: raised when the same configuration would give other bytes
CONTENT = ("problem", "auxiliary", "goal")
CHECKS = ("steps", "auxiliary", "drawings", "conditions", "proof", "novelty")
MANY = 300  # rows for which it pays to compile the kernel first
PATIENCE = 1000  # figures in a row without a theorem before a run gives up

Figures = list[tuple[int, list[Record]]]
Figured = Iterator[tuple[int, list[Record]]]
Make = Callable[[int], Iterator[tuple[int, list[Record]]]]
"""Makes the figures of a chunk, by its number."""
Hand = Callable[[Callable[[int], Figures], int], Generator[Figures, None, None]]
"""Hands out chunks: the results of a function for a first number and all after it, in order."""


class Geometry(BaseModel):
    """What a run of ``geometry`` is asked to make.

    Attributes:
        seed: of every random choice.
        sampling: what the figures are like.
        goals: most theorems of one predicate from one figure; those with auxiliary points go first.
        steps: fewest steps of a proof.
        plain: most theorems of one predicate from one figure among those without auxiliary points.
        chunk: figures in one shard.
        against: files of evaluation problems that no theorem may be.
        known: folders of earlier datasets whose theorems count as taken.
        search_attempts: trials of a search for the auxiliary points of each theorem that has any, from its statement
            alone; 0 for none. What it tried on the way to a proof is the column ``search``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    sampling: Sampling = Sampling()
    goals: int = Field(default=10, ge=1, le=10)
    steps: int = Field(default=3, ge=1)
    plain: int = Field(default=10, ge=0, le=10)
    chunk: int = Field(default=50, ge=1)
    against: tuple[Path, ...] = ()
    known: tuple[Path, ...] = ()
    search_attempts: int = Field(default=0, ge=0)


def _arrow(kind: Any) -> pa.DataType:
    """The Arrow type of a column's type as ``row.COLUMNS`` has it."""
    if isinstance(kind, list):
        return pa.list_(_arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.struct([(name, _arrow(part)) for name, part in kind.items()])
    return {str: pa.string(), int: pa.int64(), float: pa.float64()}[kind]


NOTES = {name: _arrow(kind) for name, kind in COLUMNS.items() if name not in CONTENT}
LAYOUT = Layout(
    content={name: pa.string() for name in CONTENT},
    notes={**NOTES, "theorem": pa.string(), "split": pa.string()},
)
SEARCHED = Layout(content=LAYOUT.content, notes={**LAYOUT.notes, geometry_search.COLUMN: pa.string()})


def run(
    job: Geometry,
    count: int,
    out: Path | None = None,
    *,
    workers: int = 1,
    hand: Hand | None = None,
    report: Report = lambda _: None,
    each: Callable[[Chunk], Chunk] = lambda chunk: chunk,
    root: Path = Path("outputs"),
    compiled: bool | None = None,
    load: Callable[[], None] = lambda: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Result:
    """Make ``count`` accepted rows, or go on making them.

    Args:
        job: what to make.
        count: accepted rows wanted, >= 1.
        out: the folder; by default one under ``root``, named after the configuration.
        workers: processes on this machine, >= 1.
        hand: hands the chunks to others than processes of this machine.
        report: told of the progress after each figure.
        each: wraps the function that commits a chunk, as Prefect's ``task`` does.
        root: where default folders lie.
        compiled: run the kernel compiled by numba; interpreted it makes the same theorems, slowly and at once. By
            default it is compiled for many rows, and used where it was compiled before.
        load: called before figures are made with the compiled kernel, which may have to be compiled.
        warn: told in one line of evaluation problems that cannot be compared with.

    Raises:
        InputError: the job or the folder is not usable.
    """
    if count < 1:
        raise InputError(f"--count is {count}; it must be at least 1")
    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    config = frozen(job)
    path = out or default_folder(FLOW, config, root)
    if result := finished(path, config, count):
        return result
    progress = Progress(count)
    against = geometry_against.load(job.against) if job.against else Against()
    if warning := against.warning():
        warn(warning)
    with opened(path, config, layout(searched=job.search_attempts > 0)) as folder:
        seen = Seen(row["theorem"] for known in job.known for row in rows(known, "data", ["theorem"]))
        _resume(folder, progress, seen)
        if compiled is None:
            compiled = count - progress.accepted >= MANY or is_compiled()
        if compiled:
            load()
        figures = _figures(partial(chunk, job, compiled=compiled), len(folder.shards), workers, hand)
        with closing(_new(figures, seen, against)) as stream, few_collections():
            tail, stopped = produce(
                folder, stream, progress,
                chunk=job.chunk, patience=PATIENCE, report=report, each=each, steps="figures",
            )  # fmt: skip
        return finish(
            folder, tail, progress,
            about=about([path.name for path in job.against], job.search_attempts), command=command(job, count, path),
            stopped=stopped, facts=_facts(job, against),
            sample_columns=("problem", "auxiliary", "statement", "proof"), extras=extras,
        )  # fmt: skip


def frozen(job: Geometry) -> dict[str, Any]:
    """The configuration as ``run.toml`` holds it: all that decides the rows, and nothing else.

    What is searched is only said where something is, so that runs without keep their configuration.
    """
    against = {"against": geometry_against.digest(job.against)} if job.against else {}
    known = {"known": digest(job.known)} if job.known else {}
    unsaid = {"against", "known"} if job.search_attempts else {"against", "known", "search_attempts"}
    settings = job.model_dump(mode="json", exclude=unsaid)
    return {"flow": FLOW, "revision": REVISION, **settings, **against, **known}


def layout(*, searched: bool) -> Layout:
    """The columns of a run that searches for auxiliary points, or of one that does not."""
    return SEARCHED if searched else LAYOUT


def checks(*, against: bool) -> tuple[str, ...]:
    """The checks that an accepted row has passed, where there are evaluation problems and where not."""
    return (*CHECKS, geometry_against.CHECK) if against else CHECKS


def _facts(job: Geometry, against: Against) -> dict[str, Any]:
    """What the manifest says of the evaluation problems."""
    if not job.against:
        return {}
    sets = [path.name for path in job.against]
    return {"against": {"sets": sets, "problems": against.problems, "left_out": list(against.left_out)}}


def command(job: Geometry, count: int, out: Path) -> str:
    """The command that makes the dataset again."""
    words = ["porism", "run", FLOW, "--count", str(count), "--seed", str(job.seed)]
    for path in job.against:
        words += ["--against", shown(path)]
    words += ["--config", f"{shown(out)}/run.toml"] if job.model_fields_set - {"seed", "against"} else []
    return shlex.join([*words, "--out", shown(out)])


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the garbage collector, which took an eighth of the time, look less often: theorems are free of cycles."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def chunk(job: Geometry, k: int, *, compiled: bool = True) -> Iterator[tuple[int, list[Record]]]:
    """The records of each figure of chunk ``k``, a theorem that the chunk has already made among the rejected ones."""
    making = Making(Limits(job.goals, job.plain, job.steps), number(job.seed, "drawings"), compiled=compiled)
    for index in range(k * job.chunk, (k + 1) * job.chunk):
        yield index, list(records(job, index, making))


def _whole(make: Make, k: int) -> Figures:
    with few_collections():
        return list(make(k))


def _figures(make: Make, first: int, workers: int, hand: Hand | None) -> Iterator[tuple[int, list[Record]]]:
    """The figures from chunk ``first`` on; one process makes them one by one, as they are asked for."""
    if hand is None and workers == 1:
        while True:
            yield from make(first)
            first += 1
    work = partial(_whole, make)
    with closing((hand or partial(runners.local, workers=workers))(work, first)) as results:
        for figures in results:
            yield from figures


def records(job: Geometry, index: int, making: Making) -> Iterator[Record]:
    """The accepted and rejected records of one figure."""
    with making.clock("sampling"):
        figure = sample(job.sampling, job.seed, index)
    if not isinstance(figure, Figure):
        yield _rejected({"problem": figure.text}, _origin(job, index, 0), figure.check, figure.reason)
        return
    passed = PASSED[bool(job.against)]
    found = synthesise(figure.problem, figure.diagram, stream(job.seed, "goals", index), making)
    for place, one in enumerate(found):
        origin = _origin(job, index, place)
        if isinstance(one, Rejection):
            goal = {"goal": str(one.goal)} if one.goal else {}
            yield _rejected({"problem": str(one.problem), **goal}, origin, one.check, one.reason)
        else:
            with making.clock("search"):
                search = _search(job, one, compiled=making.compiled)
            with making.clock("rows"):
                record = _accepted(one, origin, passed, search)
            yield record


def _search(job: Geometry, found: Found, *, compiled: bool) -> dict[str, str | None]:
    """The column of a search, if the run makes any."""
    if not job.search_attempts:
        return {}
    theorem, column = found.theorem, geometry_search.COLUMN
    if not theorem.auxiliary:
        return {column: None}
    return {
        column: geometry_search.searched(theorem.statement, job.search_attempts, job.seed, compiled=compiled),
    }


def _origin(job: Geometry, index: int, place: int) -> Origin:
    return Origin(FLOW, job.seed, (index, place))


def _rejected(content: Mapping[str, str], origin: Origin, check: str, reason: str) -> Record:
    return Record(content, origin, (Verdict(False, check, reason),))


PASSED = {against: tuple(Verdict(True, check) for check in checks(against=against)) for against in (False, True)}


def _accepted(found: Found, origin: Origin, passed: tuple[Verdict, ...], search: Mapping[str, str | None]) -> Record:
    columns = row(found.theorem)
    content = {name: columns.pop(name) for name in CONTENT}
    own = {"theorem": found.key, "split": split_of(found.configuration)}
    return Record(content, origin, passed, {**columns, **own, **search})


def _new(figures: Figured, seen: Seen, against: Against) -> Generator[tuple[int, list[Record]], None, None]:
    """The figures, theorems that were there before rejected, and those that are evaluation problems."""
    for index, records in figures:
        yield index, [judged(record, seen, against) for record in records]


NO_SETS = Against()


def judged(record: Record, seen: Seen, against: Against = NO_SETS) -> Record:
    """The record, rejected if its theorem is an evaluation problem, or was seen before.

    Evaluation problems are not remembered as seen: a run that goes on would not know them from its rejected rows.
    """
    if not record.accepted:
        return record
    key = record.notes["theorem"]
    if reason := against.hit(key):
        return _rejected(record.content, record.origin, geometry_against.CHECK, reason)
    if seen.add(key):
        return record
    return _rejected(record.content, record.origin, "novelty", f"the same theorem as {key}")


def _resume(folder: Folder, progress: Progress, seen: Seen) -> None:
    """Count the committed shards, and take their theorems for seen."""
    for shard in folder.shards:
        table = pq.read_table(shard, columns=["check", "theorem"]).to_pydict()
        progress.resume(Counter(table["check"]))
        for check, key in zip(table["check"], table["theorem"], strict=True):
            if check is None:
                seen.add(key)
