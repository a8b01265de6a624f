"""From the command line's arguments and a configuration file to what is to be run, and how."""

import shlex
from argparse import Namespace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from porism.errors import InputError
from porism.generators import local, vllm
from porism.generators.endpoint import Pace
from porism.generators.models import Price, Service
from porism.outputs.folder import read_config
from porism.pipelines.instruct import Instruct

FROZEN = (
    "flow",
    "revision",
    "seed_tasks",
)  # what a run.toml says beside the job; the folder itself is checked against it


def instruct(arguments: Namespace) -> Instruct:
    """The job, from ``--config`` and the flags, which go first.

    Raises:
        InputError: something in them is wrong; names the setting and what it wants.
    """
    given = read_config(arguments.config) if arguments.config else {}
    if given.get("flow", "instruct") != "instruct":
        raise InputError(f"{arguments.config} is for the flow {given['flow']!r}, not for 'instruct'")
    known = given.get("known")
    given = {name: value for name, value in given.items() if name not in FROZEN and (name, value) != ("known", known)}
    for name in ("seed", "model", "seeds"):
        if getattr(arguments, name) is not None:
            given[name] = getattr(arguments, name)
    if arguments.style:
        given["settings"] = {**given.get("settings", {}), "style": arguments.style}
    return validated(Instruct, given, arguments.config)


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


def validated(model: type[Instruct], given: dict[str, Any], file: Path | None) -> Instruct:
    """The job that the settings describe; the first thing wrong with them as one line."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        source = f" in {file}" if file else ""
        if first["type"] == "extra_forbidden":
            known = ", ".join(_names(model, first["loc"]))
            raise InputError(f"unknown setting {place!r}{source}; known there: {known}") from None
        raise InputError(f"setting {place!r}{source}: {first['msg']}, not {first['input']!r}") from None


def _names(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The settings there are where ``place`` points."""
    for part in place[:-1]:
        kind = model.model_fields[str(part)].annotation
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
