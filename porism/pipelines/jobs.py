"""From the command line's arguments and a configuration file to what is to be run, and how."""

import shlex
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from porism.errors import InputError
from porism.generators import local, vllm
from porism.generators.endpoint import Pace
from porism.generators.models import Price, Service
from porism.generators.self_instruct import tasks
from porism.outputs.folder import read_config
from porism.pipelines import geometry as plain_geometry
from porism.pipelines import instruct as plain_instruct
from porism.pipelines import methods
from porism.pipelines.everything import Flow
from porism.pipelines.geometry import Geometry
from porism.pipelines.instruct import Instruct
from porism.pipelines.run import config_hash
from porism.pipelines.tools import flow as plain_tools
from porism.pipelines.tools import job as tools_job
from porism.pipelines.tools.job import Tools

# what a run.toml says beside the job; the folder is checked against it
FROZEN = ("flow", "revision", "method_revision", "seed_tasks", "source_rows")
DEFAULT_COUNT = 100  # rows of a flow that would never end
DIGESTS = ("known", "against")  # of which a run.toml keeps a hash alone: they are given anew
INSTRUCT_FLAGS = ("method", "source", "seeds", "style")
TOOLS_FLAGS = ("environment",)
MODEL_FLAGS = ("model", *INSTRUCT_FLAGS, *TOOLS_FLAGS, "price", "rpm", "tpm")
Job = TypeVar("Job", bound=BaseModel)


def instruct(arguments: Namespace) -> Instruct:
    """The job, from ``--config`` and the flags, which go first.

    Raises:
        InputError: something in them is wrong; names the setting and what it wants.
    """
    _refuse(arguments, TOOLS_FLAGS, "tools", "instruct")
    given = _anew(_given(arguments, "instruct"), arguments)
    for name in ("seed", "model", "method", "seeds", "source"):
        if getattr(arguments, name) is not None:
            given[name] = getattr(arguments, name)
    if arguments.style:
        given["settings"] = {**given.get("settings", {}), "style": arguments.style}
    return instruct_job(given, arguments.count, arguments.config)


def instruct_job(given: dict[str, Any], count: int | None = None, file: Path | None = None) -> Instruct:
    """The job that the settings describe, whose own settings are those of its method.

    Args:
        given: as a ``run.toml`` spells it.
        count: rows wanted, where that is a setting of the method.
        file: where the settings stand.

    Raises:
        InputError: something in them is wrong; names the setting and what it wants.
    """
    method, settings = methods.named(given.get("method", "self-instruct")), given.get("settings") or {}
    if method.budget and count is not None and isinstance(settings, dict):
        settings = {**settings, method.budget: count}
    return validated(Instruct, {**given, "settings": validated(method.settings, settings, file, "settings")}, file)


def geometry(arguments: Namespace) -> Geometry:
    """The job, from ``--config`` and ``--seed``, which goes first.

    Raises:
        InputError: something in them is wrong, or a flag is about language models.
    """
    for name in MODEL_FLAGS:
        if getattr(arguments, name, None) is not None:
            raise InputError(f"--{name} is for flows that ask a language model; geometry asks none")
    given = _anew(_given(arguments, "geometry"), arguments)
    if arguments.seed is not None:
        given["seed"] = arguments.seed
    return validated(Geometry, given, arguments.config)


def tools(arguments: Namespace) -> Tools:
    """The job, from ``--config`` and the flags, which go first.

    Raises:
        InputError: something in them is wrong; names the setting and what it wants.
    """
    _refuse(arguments, INSTRUCT_FLAGS, "instruct", "tools")
    given = _anew(_given(arguments, "tools"), arguments)
    for name in ("seed", "model", "environment"):
        if getattr(arguments, name) is not None:
            given[name] = getattr(arguments, name)
    job = validated(Tools, given, arguments.config)
    assert job.resolved.family  # or it says what is wrong with the environment or its tasks
    return job


def _anew(given: dict[str, Any], arguments: Namespace) -> dict[str, Any]:
    """The settings with the evaluation sets of ``--against``, and without hashes of a run.toml: they name no files.

    Raises:
        InputError: the run.toml is of a run with evaluation sets, and none are named.
    """
    sets = getattr(arguments, "against", None)
    if isinstance(given.get("against"), str) and not sets:
        raise InputError(f"{arguments.config} is of a run with evaluation sets; name them again with --against")
    kept = {name: value for name, value in given.items() if name not in DIGESTS or not isinstance(value, str)}
    return {**kept, "against": sets} if sets else kept


def _refuse(arguments: Namespace, names: tuple[str, ...], theirs: str, flow: str) -> None:
    for name in names:
        if getattr(arguments, name, None) is not None:
            raise InputError(f"--{name} is for {theirs}, not for {flow}")


def flows(
    arguments: Namespace, load: Callable[[], None] = lambda: None, warn: Callable[[str], None] = lambda _: None
) -> dict[str, Flow]:
    """The flows that ``porism run`` is asked for, ready to run; all that is wrong with their settings is told first.

    Args:
        arguments: of the command.
        load: called by a run that is about to compute with the compiled kernel, which may have to be compiled.
        warn: told in one line of what a run goes on without.
    """
    makers: dict[str, Callable[[Namespace], Flow]] = {
        "geometry": partial(_geometry_flow, load=load, warn=warn),
        "instruct": _instruct_flow,
        "tools": _tools_flow,
    }
    if arguments.flow != "all":
        return {arguments.flow: makers[arguments.flow](arguments)}
    if getattr(arguments, "against", None):
        raise InputError("--against is for one flow: geometry wants problems, instruct and tools want tasks")
    return {
        "geometry": _geometry_flow(_without(arguments, "config", *MODEL_FLAGS), load, warn),
        "instruct": _instruct_flow(_without(arguments, *TOOLS_FLAGS)),
        "tools": _tools_flow(_without(arguments, "config", *INSTRUCT_FLAGS)),
    }


def _without(arguments: Namespace, *names: str) -> Namespace:
    """The arguments for one of several flows, without those that are for the others."""
    return Namespace(**{**vars(arguments), **dict.fromkeys(names)})


def folder(arguments: Namespace) -> Path:
    """Where ``porism run all`` puts its folders, unless it is told: a name from the configurations."""
    configs = {
        "instruct": plain_instruct.frozen(instruct(_without(arguments, *TOOLS_FLAGS)), tasks.load(arguments.seeds)),
        "tools": tools_job.frozen(tools(_without(arguments, "config", *INSTRUCT_FLAGS))),
    }
    return Path("outputs") / f"all-{config_hash(configs)}"


def parameters(arguments: Namespace) -> dict[str, Any]:
    """What ``porism schedule`` gives to each run of its flow."""
    if arguments.flow == "geometry":
        theorems = geometry(arguments)
        settings = theorems.model_dump(mode="json", exclude_unset=True, exclude={"seed", "against"})
        return {
            "count": _count(arguments.count),
            "seed": theorems.seed,
            "settings": settings,
            "against": [str(path.absolute()) for path in theorems.against],
        }
    if arguments.flow == "tools":
        calls = tools(arguments)
        flags = {"seed", "model", "environment", "against"}
        settings = calls.model_dump(mode="json", exclude_unset=True, exclude=flags)
        return {
            "count": _count(arguments.count),
            "seed": calls.seed,
            "model": calls.model,
            "environment": calls.environment,
            "settings": settings,
            "against": [str(path.absolute()) for path in calls.against],
            "service": service(arguments),
        }
    job = instruct(arguments)
    return {
        "count": _instruct_count(job, arguments.count),
        "seed": job.seed,
        "model": job.model,
        "method": job.method,
        "seeds": str(job.seeds.absolute()) if job.seeds else None,
        "source": str(job.source.absolute()) if job.source else None,
        "settings": job.settings.model_dump(mode="json", exclude_unset=True),
        "filters": job.filters.model_dump(mode="json", exclude_unset=True),
        "against": [str(path.absolute()) for path in job.against],
        "service": service(arguments),
    }


def _instruct_flow(arguments: Namespace) -> Flow:
    job, how = instruct(arguments), service(arguments)
    if arguments.runner != "local" or arguments.workers != 1:
        raise InputError("--workers and --runner are for geometry; instruct asks --concurrency requests side by side")
    if arguments.prefect:
        from porism.pipelines.flows import recorded_instruct

        return lambda count, out, report: recorded_instruct(job, _instruct_count(job, count), out, how)
    return lambda count, out, report: plain_instruct.run(job, _instruct_count(job, count), out, how, report=report)


def _instruct_count(job: Instruct, count: int | None) -> int | None:
    """Rows wanted, if not all that there are."""
    if job.how.needs == "source":
        return None if job.how.budget else count
    return _count(count)


def _count(count: int | None) -> int:
    return DEFAULT_COUNT if count is None else count


def _tools_flow(arguments: Namespace) -> Flow:
    job, how = tools(arguments), service(arguments)
    if arguments.runner != "local" or arguments.workers != 1:
        raise InputError("--workers and --runner are for geometry; tools searches --concurrency tasks side by side")
    if arguments.prefect:
        from porism.pipelines.flows import recorded_tools

        return lambda count, out, report: recorded_tools(job, _count(count), out, how)
    return lambda count, out, report: plain_tools.run(job, _count(count), out, how, report=report)


def _geometry_flow(arguments: Namespace, load: Callable[[], None], warn: Callable[[str], None]) -> Flow:
    job = geometry(arguments)
    workers, runner, address = arguments.workers, arguments.runner, arguments.address
    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    if address and runner == "local":
        raise InputError("--address is of a cluster; say --runner ray or --runner dask with it")
    if arguments.prefect or runner != "local":
        from porism.pipelines.flows import recorded_geometry

        return lambda count, out, report: recorded_geometry(job, _count(count), out, workers, runner, address)
    return lambda count, out, report: plain_geometry.run(
        job, _count(count), out, workers=workers, report=report, load=load, warn=warn
    )


def _given(arguments: Namespace, flow: str) -> dict[str, Any]:
    """What the configuration file says of the job."""
    given = read_config(arguments.config) if arguments.config else {}
    if given.get("flow", flow) != flow:
        raise InputError(f"{arguments.config} is for the flow {given['flow']!r}, not for {flow!r}")
    return {name: value for name, value in given.items() if name not in FROZEN}


def service(arguments: Namespace) -> Service:
    """How the model is served and asked."""
    if arguments.concurrency < 1:
        raise InputError(f"--concurrency is {arguments.concurrency}; it must be at least 1")
    for flag, value in (("--rpm", arguments.rpm), ("--tpm", arguments.tpm), ("--timeout", arguments.timeout)):
        if value is not None and not value > 0:
            raise InputError(f"{flag} is {value:g}; it must be above 0")
    pace = Pace(
        concurrency=arguments.concurrency,
        requests_per_minute=arguments.rpm,
        tokens_per_minute=arguments.tpm,
        timeout=arguments.timeout,
    )
    llama = local.Server(context=arguments.context, gpu_layers=arguments.gpu_layers)
    return Service(pace, llama, vllm.Server(tuple(shlex.split(arguments.vllm_args))), _price(arguments.price))


def validated(model: type[Job], given: dict[str, Any], file: Path | None, within: str = "") -> Job:
    """The job that the settings describe; the first thing wrong with them as one line, which stand ``within``."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in (*within.split(), *first["loc"]))
        source = f" in {file}" if file else ""
        if first["type"] == "extra_forbidden":
            known = ", ".join(_names(model, first["loc"]))
            raise InputError(f"unknown setting {place!r}{source}; known there: {known}") from None
        wanted = first["msg"].removeprefix("Value error, ")
        raise InputError(f"setting {place!r}{source}: {wanted}{_instead_of(first['input'])}") from None


def _instead_of(given: Any) -> str:
    """What was given, unless it is a table or names, of which the message has told which is wrong."""
    names = isinstance(given, list) and any(isinstance(one, str) for one in given)
    return "" if names or isinstance(given, dict) else f", not {given!r}"


def _names(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The settings there are where ``place`` points."""
    for part in place[:-1]:
        there = model.model_fields[str(part)].annotation
        for kind in (there, *get_args(there)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                model = kind
    return list(model.model_fields)


def _price(text: str | None) -> Price | None:
    if text is None:
        return None
    try:
        read, written = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"--price is {text!r}; it wants two numbers such as 0.15,0.60") from None
    return Price(read, written)
