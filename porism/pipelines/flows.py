"""The flows as Prefect sees them: the same functions, with their chunks as tasks."""

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Failed

from porism.errors import InputError
from porism.generators.chat import ModelError
from porism.generators.method import FLOW
from porism.generators.models import Service
from porism.outputs.publish import read_manifest
from porism.pipelines import geometry as theorems
from porism.pipelines import instruct as plain
from porism.pipelines import runners
from porism.pipelines.geometry import FLOW as GEOMETRY
from porism.pipelines.geometry import Geometry
from porism.pipelines.instruct import Instruct
from porism.pipelines.jobs import instruct_job, validated
from porism.pipelines.run import Chunk, Progress, Report, Result
from porism.pipelines.schedule import server
from porism.pipelines.tools import flow as calls
from porism.pipelines.tools.job import Tools
from porism.pipelines.tools.rows import FLOW as TOOLS
from porism.seeds import number

Job = TypeVar("Job", Instruct, Geometry, Tools)
EVERY = 15.0  # seconds between two lines of progress in Prefect's log


@flow(name=FLOW, description="Instructions by one of several methods, out to a deduplicated dataset.")
def instruct(
    count: int | None = 100,
    seed: int = 0,
    model: str = "local",
    method: str = "self-instruct",
    seeds: Path | None = None,
    source: Path | None = None,
    settings: dict[str, Any] | None = None,
    filters: dict[str, Any] | None = None,
    against: tuple[Path, ...] = (),
    out: Path | None = None,
    service: Service | None = None,
    schedule: str = "",
) -> "State[str]":
    """Make a dataset of ``count`` accepted rows; the result is its folder.

    Args:
        count: accepted rows wanted; empty for all that a source gives.
        seed: of every random choice.
        model: local, openai:NAME, openai:NAME@URL or vllm:NAME.
        method: how, such as self-instruct or constitution.
        seeds: a file of seed tasks; empty for those of the package.
        source: a dataset, for methods that take the rows of one.
        settings: the method's constants, spelled as in a run.toml.
        filters: what accepted rows go through besides, spelled as in a run.toml.
        against: evaluation sets that no row may be near to.
        out: the folder; empty for one named after the configuration.
        service: how the model is served and asked.
        schedule: the name of the schedule whose run this is; gives it a seed and a folder of its own.
    """
    given = {"seed": seed, "model": model, "method": method, "seeds": seeds, "source": source, "against": against}
    try:
        job = instruct_job({**given, "settings": settings, "filters": filters or {}})
        if schedule:
            job, out = scheduled(job, Path("outputs") / schedule, flow_run.get_scheduled_start_time())
        result = plain.run(job, count, out, service, report=_logged(), each=_as_task)
    except (InputError, ModelError) as error:
        return Failed(message=str(error))
    return _ended(result)


@flow(name=GEOMETRY, description="Theorems of random figures, each proved and checked, out to a deduplicated dataset.")
def geometry(
    count: int = 1000,
    seed: int = 0,
    settings: dict[str, Any] | None = None,
    against: tuple[Path, ...] = (),
    out: Path | None = None,
    workers: int = 1,
    runner: str = "local",
    address: str | None = None,
    schedule: str = "",
) -> "State[str]":
    """Make a dataset of ``count`` theorems; the result is its folder.

    Args:
        count: accepted rows wanted.
        seed: of every random choice.
        settings: others of the configuration, spelled as in a run.toml.
        against: files of evaluation problems that no theorem may be.
        out: the folder; empty for one named after the configuration.
        workers: how many chunks are made side by side.
        runner: local, ray or dask: who makes them.
        address: of the Ray or Dask cluster; empty for one of the run's own.
        schedule: the name of the schedule whose run this is; gives it a seed and a folder of its own.
    """
    try:
        job = validated(Geometry, {**(settings or {}), **_sets(against), "seed": seed}, None)
        if schedule:
            job, out = scheduled(job, Path("outputs") / schedule, flow_run.get_scheduled_start_time())
        if runner == "local":
            result = theorems.run(job, count, out, workers=workers, report=_logged(), each=_as_task, warn=_warn)
        else:
            with runners.engine(runner, workers, address) as submit:
                hand = partial(runners.prefect, workers=workers, submit=submit)
                result = theorems.run(job, count, out, hand=hand, report=_logged(), warn=_warn)
    except InputError as error:
        return Failed(message=str(error))
    return _ended(result)


@flow(name=TOOLS, description="Tool calls, searched with a model, out to trajectories, preferences and steps.")
def tools(
    count: int = 100,
    seed: int = 0,
    model: str = "local",
    environment: str = "sqlite",
    settings: dict[str, Any] | None = None,
    against: tuple[Path, ...] = (),
    out: Path | None = None,
    service: Service | None = None,
    schedule: str = "",
) -> "State[str]":
    """Make a dataset of ``count`` trajectories; the result is its folder.

    Args:
        count: accepted trajectories wanted.
        seed: of every random choice.
        model: local, openai:NAME, openai:NAME@URL or vllm:NAME.
        environment: where tasks come from, sqlite or files.
        settings: others of the configuration, spelled as in a run.toml.
        against: evaluation sets that no request may be near to.
        out: the folder; empty for one named after the configuration.
        service: how the model is served and asked.
        schedule: the name of the schedule whose run this is; gives it a seed and a folder of its own.
    """
    try:
        given = {**(settings or {}), **_sets(against), "seed": seed, "model": model, "environment": environment}
        job = validated(Tools, given, None)
        if schedule:
            job, out = scheduled(job, Path("outputs") / schedule, flow_run.get_scheduled_start_time())
        result = calls.run(job, count, out, service, report=_logged(), each=_as_task)
    except (InputError, ModelError) as error:
        return Failed(message=str(error))
    return _ended(result)


def recorded_instruct(job: Instruct, count: int | None, out: Path | None, service: Service) -> Result:
    """Run the flow here, recorded on the Prefect server; progress goes to its log.

    Raises:
        InputError: no Prefect server answers.
        ModelError: it failed; with Prefect's message.
    """
    settings, filters = (part.model_dump(mode="json", exclude_unset=True) for part in (job.settings, job.filters))
    given = (count, job.seed, job.model, job.method, job.seeds, job.source, settings, filters, job.against)
    return _recorded(partial(instruct, *given, out and out.absolute(), service))


def recorded_geometry(
    job: Geometry, count: int, out: Path | None, workers: int, runner: str, address: str | None
) -> Result:
    """As :func:`recorded_instruct`."""
    settings = job.model_dump(mode="json", exclude_unset=True, exclude={"seed", "against"})
    given = (count, job.seed, settings, job.against, out and out.absolute(), workers, runner, address)
    return _recorded(partial(geometry, *given))


def recorded_tools(job: Tools, count: int, out: Path | None, service: Service) -> Result:
    """As :func:`recorded_instruct`."""
    settings = job.model_dump(mode="json", exclude_unset=True, exclude={"seed", "model", "environment", "against"})
    arguments = (count, job.seed, job.model, job.environment, settings, job.against, out and out.absolute(), service)
    return _recorded(partial(tools, *arguments))


def _recorded(run: Any) -> Result:
    with temporary_settings({PREFECT_API_URL: server()}):
        state: State[str] = run(return_state=True)  # overloads hide that a flow may return a state itself
    if not state.is_completed():
        raise ModelError(state.message or f"the flow ended as {state.name}")
    folder = Path(str(state.result()))
    return Result(folder, read_manifest(folder))


def _ended(result: Result) -> "State[str]":
    """Publish the funnel, and say how a run ended."""
    _publish_funnel(result)
    if not result.complete:
        return Failed(message=result.stopped)
    rows = result.manifest["counts"]["accepted"]
    return Completed(message=f"{rows} rows in {result.folder}", data=str(result.folder))


def scheduled(job: Job, root: Path, at: datetime) -> tuple[Job, Path]:
    """The job of the run scheduled for ``at``, new against the schedule's earlier runs in ``root``, and its folder."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    earlier = tuple(sorted(path.parent for path in root.glob("*/manifest.json") if path.parent.name < moment))
    return job.model_copy(update={"seed": number(job.seed, "schedule", moment), "known": earlier}), root / moment


def _sets(against: tuple[Path, ...]) -> dict[str, Any]:
    """The setting of the evaluation sets, if there are any."""
    return {"against": against} if against else {}


def _warn(text: str) -> None:
    get_run_logger().warning(text)


def _as_task(chunk: Chunk) -> Chunk:
    return task(name="chunk", task_run_name="chunk {k}", cache_policy=NO_CACHE)(chunk)


def _logged() -> Report:
    log, last = get_run_logger(), time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            log.info(progress.line())

    return report


def _publish_funnel(result: Result) -> None:
    """Leave the counts, and the card with its histograms, on the server."""
    counts = result.manifest["counts"]
    table = [{"rows": "accepted", "count": counts["accepted"]}]
    table += [{"rows": f"rejected: {check}", "count": n} for check, n in counts["rejected_by_check"].items()]
    create_table_artifact(table, key="funnel", description=f"Rows of {result.folder}")
    card = (result.folder / "README.md").read_text(encoding="utf-8")
    create_markdown_artifact(card.split("---", 2)[-1], key="card", description=f"Card of {result.folder}")
