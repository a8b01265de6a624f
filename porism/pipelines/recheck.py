"""``porism check``: every deterministic check again, from a dataset's rows and configuration alone."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from porism.errors import InputError
from porism.generators.self_instruct import filters, tasks
from porism.generators.self_instruct.method import CHECKS, FLOW, LAYOUT
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance
from porism.outputs import check as outputs
from porism.outputs.folder import read_config
from porism.outputs.publish import rows
from porism.outputs.records import Verdict
from porism.outputs.rouge import Pool


def check(folder: Path) -> Iterator[outputs.Finding]:
    """What fails, by row id or file.

    Raises:
        InputError: the folder is not a dataset of a flow that we know.
    """
    if not (folder / "run.toml").exists():
        raise InputError(f"{folder} has no run.toml, so it is not a dataset's folder")
    config = read_config(folder / "run.toml")
    if config.get("flow") != FLOW:
        raise InputError(f"{folder} was made by the flow {config.get('flow')!r}; this version checks: {FLOW}")
    if damaged := list(outputs.files(folder)):
        return iter(damaged)  # rows of a damaged file may not even be readable
    return chain(outputs.counts(folder), outputs.structure(folder, LAYOUT.content, CHECKS), _instruct(folder, config))


def _instruct(folder: Path, config: dict[str, Any]) -> Iterator[outputs.Finding]:
    """The filters of Self-Instruct on every row, and the novelty of every instruction against those before it.

    Seeds are compared with where they are the package's own; rows whose instances all failed were in the pool too.
    """
    try:
        settings = Settings.model_validate(config.get("settings", {}))
    except ValidationError as error:
        raise InputError(f"{folder / 'run.toml'}: {error.errors()[0]['msg']}") from None
    compat = settings.compat
    pool = Pool(settings.exact_threshold, boundary=compat.boundary, tokeniser=compat.tokeniser)
    packaged = tasks.load()
    for task in packaged.tasks if packaged.digest == config.get("seed_tasks") else ():
        pool.add(task.instruction)
    last = None
    for row in rows(folder, "data", ["id", "instruction", "input", "output", "origin", "messages"]):
        text, one = row["instruction"], Instance(row["input"], row["output"])
        for name, reason in _reasons(text, one, settings):
            if reason:
                yield row["id"], Verdict(False, name, reason)
        if row["messages"][-1]["content"] != one.output:
            yield row["id"], Verdict(False, "messages", "do not end with the output")
        if (place := tuple(row["origin"]["place"][:2])) != last:
            last = place
            near = pool.nearest(text, 1)[2]
            if near is not None:
                yield row["id"], Verdict(False, "novelty", f"too near to {near!r}")
            pool.add(text)


def _reasons(text: str, one: Instance, settings: Settings) -> Iterator[tuple[str, str | None]]:
    yield "empty", filters.empty(text)
    yield "length", filters.length(text, settings)
    yield "keywords", filters.keywords(text, settings)
    yield "program", filters.program(text)
    yield "opening", filters.opening(text, settings) if text else None
    yield "instance", filters.instance(one)
