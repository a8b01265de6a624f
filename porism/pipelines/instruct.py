"""``porism run instruct``: Self-Instruct with any model, out to a deduplicated dataset."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from porism.errors import InputError
from porism.generators.cache import Cached
from porism.generators.models import Service, model_name, served
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import FLOW, LAYOUT, SelfInstruct
from porism.generators.self_instruct.settings import Sampling, Settings
from porism.outputs.card import About
from porism.outputs.folder import opened
from porism.outputs.publish import digest, rows
from porism.outputs.records import Record
from porism.pipelines.run import Chunk, Progress, Report, Result, default_folder, finish, finished, produce

REVISION = 1  # of the method and its prompts: raised when the same replies would give other bytes

EMBEDDED_SETTINGS: dict[str, Any] = {
    "style": "completion",
    "shots_classify": (4, 6),
    "shots": 4,
    "shot_words": 40,
    "bootstrap": Sampling(max_tokens=256, temperature=0.7, top_p=0.5, presence_penalty=2.0),
    "input_first": Sampling(max_tokens=150, presence_penalty=1.5),
    "output_first": Sampling(max_tokens=150, presence_penalty=1.5),
}


class Instruct(BaseModel):
    """What a run of ``instruct`` is asked to make.

    Attributes:
        seed: of every random choice.
        model: ``local``, ``local:FILE.gguf``, ``openai:NAME``, ``openai:NAME@URL`` or ``vllm:NAME``.
        seeds: a file of seed tasks; by default the 175 that come with the package.
        settings: the method's constants; the style follows the model where it is not given (see ``resolved``).
        known: folders of earlier datasets whose instructions count as taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    model: str = "local"
    seeds: Path | None = None
    settings: Settings = Settings()
    known: tuple[Path, ...] = ()

    @property
    def resolved(self) -> Settings:
        """The settings, where nothing else is set with what suits the model: the embedded one is asked as a base model.

        It copies the examples when asked for JSON, and rambles to the end of any allowance. On two cores it reads some
        270 tokens a second and writes some 100: it is shown less, and stopped sooner.
        """
        if self.model != "local":
            return self.settings
        free = {name: value for name, value in EMBEDDED_SETTINGS.items() if name not in self.settings.model_fields_set}
        return self.settings.model_copy(update=free)


def run(
    job: Instruct,
    count: int,
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
        count: accepted rows wanted, >= 1.
        out: the folder; by default one under ``root``, named after the configuration.
        service: how the model is served and asked.
        report: told of the progress after each request.
        each: wraps the function that makes a chunk, as Prefect's ``task`` does.
        root: where default folders lie.

    Raises:
        InputError: the job or the folder is not usable.
        ModelError: the model cannot be used.
    """
    if count < 1:
        raise InputError(f"--count is {count}; it must be at least 1")
    pool = tasks.load(job.seeds)
    config = frozen(job, pool)
    path = out or default_folder(FLOW, config, root)
    if result := finished(path, config, count):
        return result
    settings, service = job.resolved, service or Service()
    concurrency = service.pace.concurrency
    _check_window(settings.window, concurrency)
    progress = Progress(count)
    with (
        opened(path, config, LAYOUT) as folder,
        served(job.model, service) as model,
        Cached(model, folder.work / "replies.sqlite") as cached,
    ):
        method = SelfInstruct(settings, pool, cached, job.seed, known_instructions(job.known))
        stream = method.records(
            _counted(folder.committed(), progress),
            len(folder.shards) * settings.chunk,
            concurrency=concurrency,
            hungry=lambda unanswered: method.expected(unanswered) < count - progress.accepted,
        )
        tail, stopped = produce(
            folder, stream, progress, chunk=settings.chunk, patience=settings.patience, report=report, each=each
        )
        model.retire()
        stream.close()
        facts = {
            "model": {"name": model.name, "address": model.address},
            "usage": {
                "this_run": {**model.usage(), "remembered": cached.hits},
                "all_runs": _priced(cached.usage(), service),
            },
        }
        return finish(
            folder, tail, progress,
            about=_about(job, model.name), command=command(job, count, path), stopped=stopped, facts=facts,
            sample_columns=("instruction", "input", "output"),
        )  # fmt: skip


def frozen(job: Instruct, pool: tasks.SeedPool) -> dict[str, Any]:
    """The configuration as ``run.toml`` holds it: all that decides the rows, and nothing else."""
    known = {"known": digest(job.known)} if job.known else {}
    return {
        "flow": FLOW,
        "revision": REVISION,
        "seed": job.seed,
        "model": model_name(job.model),
        "seed_tasks": pool.digest,
        **known,
        "settings": job.resolved.model_dump(mode="json"),
    }


def known_instructions(folders: Sequence[Path]) -> Iterator[str]:
    """The instructions of earlier datasets, each once in a row."""
    for folder in folders:
        last = None
        for row in rows(folder, "data", ["instruction"]):
            if row["instruction"] != last:
                last = row["instruction"]
                yield last


def command(job: Instruct, count: int, out: Path) -> str:
    """The command that makes the dataset again."""
    words = ["porism", "run", FLOW, "--count", str(count), "--seed", str(job.seed), "--model", job.model]
    words += ["--seeds", _shown(job.seeds)] if job.seeds else []
    words += ["--config", f"{_shown(out)}/run.toml"] if job.settings.model_fields_set else []
    return shlex.join([*words, "--out", _shown(out)])


def _shown(path: Path) -> str:
    """A path as a card may show it: as it was given, but nothing of the machine that it was made on."""
    return path.name if path.is_absolute() else str(path)


def _counted(records: Iterator[Record], progress: Progress) -> Iterator[Record]:
    """The committed records as they pass, counted."""
    for record in records:
        progress.count(record)
        progress.resumed += record.accepted
        yield record


def _priced(usage: dict[str, int], service: Service) -> dict[str, float]:
    """Usage, and its cost where prices are known."""
    if service.price is None:
        return {**usage}
    return {**usage, "cost": service.price.cost(usage["input_tokens"], usage["output_tokens"])}


def _check_window(window: int, concurrency: int) -> None:
    if window < 4 * concurrency:
        raise InputError(
            f"the window is {window} for {concurrency} requests side by side; it must be at least four times as many, "
            f"so set window = {4 * concurrency} or --concurrency {max(1, window // 4)}"
        )


def _about(job: Instruct, model: str) -> About:
    embedded = job.model == "local"
    limits = [EMBEDDED] if embedded else []
    return About(
        title="Self-Instruct" + (" on an embedded model" if embedded else f" by {model}"),
        summary=SUMMARY.format(model=model),
        limits=[*limits, UNCHECKED, REPEATABLE if model.startswith("local") else SAMPLED],
        tags=("synthetic", "self-instruct", "porism"),
        task="text-generation",
        license="apache-2.0" if embedded else "other",
        languages=("en",) if job.seeds is None else (),
    )


SUMMARY = (
    "Instructions with inputs and outputs, bootstrapped from seed tasks by Self-Instruct (arXiv 2212.10560) with the "
    "model `{model}`. Every instruction is new by exact ROUGE-L against the seeds and all accepted before it; each row "
    "says which requests it came from and which checks it passed; what was dropped is in the config `rejected`."
)
EMBEDDED = (
    "The text comes from a model of 135 million parameters that serves to show that everything works. It is poor, and "
    "not worth training on: use a strong model."
)
UNCHECKED = (
    "Whether an output is right has not been checked: in the data published with the method, 46 % of instances had a "
    "problem. The licence and terms of the model that wrote the text apply."
)
REPEATABLE = "The embedded server repeats its replies only with `--slots 1`; with more, a new run gives other rows."
SAMPLED = "The model is sampled: a new run gives other rows, unless the server repeats its replies for the same seed."
