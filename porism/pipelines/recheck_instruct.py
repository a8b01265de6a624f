"""``porism check`` of instructions: the filters and the novelty of Self-Instruct, from the rows alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from porism.errors import InputError
from porism.generators.self_instruct import filters, tasks
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.check import Finding
from porism.outputs.publish import rows
from porism.outputs.records import Verdict
from porism.outputs.rouge import Pool


def check(folder: Path, config: Mapping[str, Any]) -> Iterator[Finding]:
    """The filters on every row, and the novelty of every instruction against those before it.

    Seeds are compared with where they are the package's own; rows whose instances all failed were in the pool too.

    Raises:
        InputError: the configuration cannot be read.
    """
    try:
        settings = Settings.model_validate(config.get("settings", {}))
    except ValidationError as error:
        raise InputError(f"{folder / 'run.toml'}: {error.errors()[0]['msg']}") from None
    return _checked(folder, config, settings)


def _checked(folder: Path, config: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
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
