"""``porism run instruct``: instructions by one of several methods, with any model, out to a deduplicated dataset."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationInfo, field_validator

from porism.errors import InputError
from porism.generators import sifting
from porism.generators.chat import Scripted
from porism.generators.method import FLOW, Given, Method, Running
from porism.generators.models import Service, model_name
from porism.generators.self_instruct import tasks
from porism.generators.sifting import Filters, Sieve
from porism.outputs import contamination, sources
from porism.outputs.card import About, Extras
from porism.outputs.folder import opened
from porism.outputs.publish import digest, rows
from porism.outputs.records import Record
from porism.outputs.sources import Item
from porism.pipelines import methods
from porism.pipelines.asked import Models, asked
from porism.pipelines.run import (
    ALL,
    Chunk,
    Progress,
    Report,
    Result,
    default_folder,
    finish,
    finished,
    produce,
    shown,
)

REVISION = 1  # of what all methods share, raised when the same replies would give other bytes; a method has its own


class Instruct(BaseModel):
    """What a run of ``instruct`` is asked to make.

    Attributes:
        seed: of every random choice.
        model: ``local``, ``local:FILE.gguf``, ``openai:NAME``, ``openai:NAME@URL`` or ``vllm:NAME``.
        method: how, such as ``self-instruct``; see ``pipelines.methods``.
        seeds: a file of seed tasks, for methods that start from them; by default the 175 that come with the package.
        source: a dataset, for methods that take the rows of one.
        settings: the method's constants; the style follows the model where it is not given (see ``resolved``).
        filters: what accepted rows go through besides: a judge, a vote.
        against: evaluation sets; rows that are near to one of their tasks are rejected.
        known: folders of earlier datasets whose instructions count as taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    model: str = "local"
    method: str = "self-instruct"
    seeds: Path | None = None
    source: Path | None = None
    settings: SerializeAsAny[Running] = Field(default=None, validate_default=True)
    filters: Filters = Filters()
    against: tuple[Path, ...] = ()
    known: tuple[Path, ...] = ()

    @field_validator("settings", mode="before")
    @classmethod
    def _of_the_method(cls, value: Any, info: ValidationInfo) -> Running:
        kind = methods.named(info.data.get("method", "self-instruct")).settings
        return value if isinstance(value, kind) else kind.model_validate({} if value is None else value)

    @property
    def how(self) -> Method:
        """The method itself."""
        return methods.named(self.method)

    @property
    def resolved(self) -> Any:
        """The settings, where nothing else is set with what suits the model: the embedded one is asked as a base model.

        It copies the examples when asked for JSON, and rambles to the end of any allowance. On two cores it reads some
        270 tokens a second and writes some 100: it is shown less, and stopped sooner.
        """
        if self.model != "local":
            return self.settings
        given = self.settings.model_fields_set
        return self.settings.model_copy(update={k: v for k, v in self.how.embedded.items() if k not in given})


def run(
    job: Instruct,
    count: int | None = None,
    out: Path | None = None,
    service: Service | None = None,
    *,
    report: Report = lambda _: None,
    each: Callable[[Chunk], Chunk] = lambda chunk: chunk,
    root: Path = Path("outputs"),
) -> Result:
    """Make ``count`` accepted rows, or go on making them.

    Args:
        job: what to make.
        count: accepted rows wanted, >= 1; None for all that the rows of a source give.
        out: the folder; by default one under ``root``, named after the configuration.
        service: how the model is served and asked.
        report: told of the progress after each request.
        each: wraps the function that makes a chunk, as Prefect's ``task`` does.
        root: where default folders lie.

    Raises:
        InputError: the job or the folder is not usable.
        ModelError: the model cannot be used.
    """
    method, wanted = job.how, _wanted(job, count)
    config = frozen(job, pool := tasks.load(job.seeds))
    path = out or default_folder(FLOW, config, root)
    if result := finished(path, config, wanted):
        return result
    settings, service = job.resolved, service or Service()
    concurrency = service.pace.concurrency
    _check_window(settings.window, concurrency)
    sifting.suits(method, job.filters)
    progress = Progress(wanted)
    with (
        opened(path, config, methods.layout(method, job.filters)) as folder,
        asked(specs(job), service, folder.work) as models,
    ):
        writer = models.of(job.model) if method.asks else Scripted(())
        stream = method.start(
            Given(
                settings=settings, model=writer, seed=job.seed, pool=pool,
                items=_items(job), known=known_instructions(job.known), sift=_sieve(job, models), work=folder.work,
            )
        )  # fmt: skip
        produced = stream.records(
            _counted(folder.committed(), progress),
            len(folder.shards) * settings.chunk,
            concurrency=concurrency,
            hungry=lambda unanswered: stream.expected(unanswered) < wanted - progress.accepted,
        )
        endless = method.needs == "seeds"
        tail, stopped = produce(
            folder, produced, progress, chunk=settings.chunk, patience=settings.patience if endless else ALL,
            report=report, each=each, steps=method.steps,
        )  # fmt: skip
        models.retire()
        produced.close()
        numbers: dict[str, float] = getattr(stream, "report", dict)()
        return finish(
            folder, tail, progress,
            about=_about(job, models.name), command=command(job, count, path), stopped=stopped, facts=models.facts(),
            sample_columns=method.samples, extras=lambda folder, counts: Extras(numbers=numbers),
        )  # fmt: skip


def _wanted(job: Instruct, count: int | None) -> int:
    if count is not None and count < 1:
        raise InputError(f"--count is {count}; it must be at least 1")
    if count is None and job.how.needs == "seeds":
        raise InputError(f"--count is needed: {job.method} could go on without end")
    if (job.source is None) == (job.how.needs == "source"):
        wrong = "takes the rows of a dataset; name one with --source" if job.source is None else "takes no --source"
        raise InputError(f"the method {job.method} {wrong}")
    return ALL if count is None else count


def _items(job: Instruct) -> list[Item]:
    """The rows of the source."""
    if job.source is None:
        return []
    found: list[Item] = []
    for number, row in enumerate(sources.read(job.source)):
        found += sources.items(row, sources.name(row, number))
    if not found:
        raise InputError(f"{job.source} has no row with an instruction; see the formats in docs/dedup.md")
    return found


def specs(job: Instruct) -> list[str]:
    """The models that a run asks, each once, the one that writes first."""
    filters = [one for one in (job.filters.judge, job.filters.votes) if one]
    writes = [job.model] if job.how.asks else []
    return list(dict.fromkeys([*writes, *(one.model or job.model for one in filters)]))


def _sieve(job: Instruct, models: Models) -> Callable[[Record], Record]:
    """What accepted rows go through."""
    near = contamination.load(job.against).hit if job.against else None
    judge, votes = job.filters.judge, job.filters.votes
    if near is None and judge is None and votes is None:
        return lambda record: record
    by, voters = (models.of(one.model or job.model) if one else None for one in (judge, votes))
    return Sieve(job.filters, by, voters, job.seed, near).sieve


def frozen(job: Instruct, pool: tasks.SeedPool) -> dict[str, Any]:
    """The configuration as ``run.toml`` holds it: all that decides the rows, and nothing else."""
    method = job.how
    starts = {"seed_tasks": pool.digest} if job.source is None else {"source_rows": sources.digest([job.source])}
    filters = {name: _frozen_filter(one) for name, one in job.filters if one}
    return {
        "flow": FLOW,
        "revision": REVISION,
        "method": method.name,
        "method_revision": method.revision,
        "seed": job.seed,
        **({"model": model_name(job.model)} if method.asks else {}),
        **starts,
        **({"known": digest(job.known)} if job.known else {}),
        **({"against": sources.digest(job.against)} if job.against else {}),
        "settings": job.resolved.model_dump(mode="json", exclude_none=True),
        **({"filters": filters} if filters else {}),
    }


def _frozen_filter(settings: BaseModel) -> dict[str, Any]:
    """A filter's settings; where its model answers is not part of them."""
    told = settings.model_dump(mode="json", exclude_none=True)
    return {**told, **({"model": model_name(told["model"])} if "model" in told else {})}


def known_instructions(folders: Sequence[Path]) -> Iterator[str]:
    """The instructions of earlier datasets, each once in a row."""
    for folder in folders:
        last = None
        for row in rows(folder, "data", ["instruction"]):
            if row["instruction"] != last:
                last = row["instruction"]
                yield last


def command(job: Instruct, count: int | None, out: Path) -> str:
    """The command that makes the dataset again."""
    words = ["porism", "run", FLOW, "--method", job.method]
    words += [] if count is None else ["--count", str(count)]
    words += ["--seed", str(job.seed)] + (["--model", job.model] if job.how.asks else [])
    words += ["--seeds", shown(job.seeds)] if job.seeds else []
    words += ["--source", shown(job.source)] if job.source else []
    for path in job.against:
        words += ["--against", shown(path)]
    configured = job.settings.model_fields_set or job.filters.model_fields_set
    words += ["--config", f"{shown(out)}/run.toml"] if configured else []
    return shlex.join([*words, "--out", shown(out)])


def _counted(records: Iterator[Record], progress: Progress) -> Iterator[Record]:
    """The committed records as they pass, counted."""
    for record in records:
        progress.count(record)
        progress.resumed += record.accepted
        yield record


def _check_window(window: int, concurrency: int) -> None:
    if window < 4 * concurrency:
        raise InputError(
            f"the window is {window} for {concurrency} requests side by side; it must be at least four times as many, "
            f"so set window = {4 * concurrency} or --concurrency {max(1, window // 4)}"
        )


def _about(job: Instruct, model: str) -> About:
    method = job.how
    embedded = method.asks and job.model == "local"
    repeatable = [REPEATABLE if model.startswith("local") else SAMPLED] if method.asks else []
    by = " on an embedded model" if embedded else f" by {model}" * method.asks
    return About(
        title=method.title + by,
        summary=method.summary.replace("{model}", model) + KEPT,
        limits=[*([EMBEDDED] if embedded else []), *method.limits, *repeatable],
        tags=("synthetic", method.name, "porism"),
        task="text-generation",
        license="apache-2.0" if embedded and method.needs == "seeds" else "other",
        languages=("en",) if method.needs == "seeds" and job.seeds is None else (),
    )


KEPT = " Each row says where it came from and which checks it passed; what was dropped is in the config `rejected`."
EMBEDDED = (
    "The text comes from a model of 135 million parameters that serves to show that everything works. It is poor, and "
    "not worth training on: use a strong model."
)
REPEATABLE = "The embedded server repeats its replies only with `--slots 1`; with more, a new run gives other rows."
SAMPLED = "The model is sampled: a new run gives other rows, unless the server repeats its replies for the same seed."
