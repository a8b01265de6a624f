"""``porism check`` of instructions: their method's checks, and novelty where it asks for it, from the rows alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from porism.errors import InputError
from porism.generators import sifting
from porism.generators.method import Method
from porism.generators.self_instruct import tasks
from porism.generators.sifting import Filters
from porism.outputs.check import Finding
from porism.outputs.publish import rows
from porism.outputs.records import Verdict
from porism.outputs.rouge import Pool
from porism.pipelines import methods


def check(folder: Path, config: Mapping[str, Any]) -> Iterator[Finding]:
    """The method's checks on every row, and the novelty of every instruction against those before it.

    Seeds are compared with where they are the package's own; rows whose instances all failed were in the pool too.

    Raises:
        InputError: the configuration cannot be read.
    """
    method, filters = methods.of(config)
    try:
        settings = method.settings.model_validate(config.get("settings", {}))
    except ValidationError as error:
        raise InputError(f"{folder / 'run.toml'}: {error.errors()[0]['msg']}") from None
    return _checked(folder, method, settings, filters, config)


def _checked(
    folder: Path, method: Method, settings: Any, filters: Filters, config: Mapping[str, Any]
) -> Iterator[Finding]:
    near = _Novelty(settings, config) if method.needs == "seeds" else None
    for row in rows(folder, "data"):
        for name, reason in (*method.again(row, settings), *sifting.again(row, filters)):
            if reason:
                yield row["id"], Verdict(False, name, reason)
        if row["messages"][-1]["content"] != row["output"]:
            yield row["id"], Verdict(False, "messages", "do not end with the output")
        if near and (text := near.to(row)) is not None:
            yield row["id"], Verdict(False, "novelty", f"too near to {text!r}")


class _Novelty:
    """The pool of instructions as it grew."""

    def __init__(self, settings: Any, config: Mapping[str, Any]) -> None:
        compat = settings.compat
        self._pool = Pool(settings.exact_threshold, boundary=compat.boundary, tokeniser=compat.tokeniser)
        packaged = tasks.load()
        for task in packaged.tasks if packaged.digest == config.get("seed_tasks") else ():
            self._pool.add(task.instruction)
        self._last: tuple[int, ...] | None = None

    def to(self, row: Mapping[str, Any]) -> str | None:
        """The text that the row's instruction is too near to; of one instruction's rows the first is looked at."""
        place = tuple(row["origin"]["place"][:2])
        if place == self._last:
            return None
        self._last = place
        near = self._pool.nearest(row["instruction"], 1)[2]
        self._pool.add(row["instruction"])
        return near
