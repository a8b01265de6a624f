"""The audit of a file: its rows in, a report out, and the report as JSON."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from porism.errors import InputError
from porism.outputs import audit as audits
from porism.outputs import sources
from porism.outputs.audit import Report, Severity
from porism.outputs.sources import Item

HELD = 200_000_000  # characters of a file that are kept between two readings


class Tasks:
    """The tasks of a file or folder, each time anew; those of a small one are read once and kept."""

    def __init__(self, path: Path, most: int = HELD) -> None:
        self._path, self._most = path, most
        self._kept: list[Item] | None = None

    def __iter__(self) -> Iterator[Item]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[Item] | None = []
        size = 0
        for item in sources.tasks(self._path):
            size += len(item.instruction) + len(item.input) + len(item.output)
            if kept is not None:
                kept.append(item)
                kept = kept if size <= self._most else None
            yield item
        self._kept = kept


def audit(
    path: Path,
    *,
    against: Sequence[Path] = (),
    only: Sequence[str] = (),
    least: Severity = "info",
    language: str | None = None,
    workers: int = 1,
) -> Report:
    """Look at every row of a file; see :func:`porism.outputs.audit.audit`.

    Args:
        path: any file or folder that :mod:`porism.outputs.sources` reads.
        against: evaluation sets that the rows should not be near to.
        only: names of checks.
        least: the mildest severity that is kept.
        language: the code of the language that the rows should be in.
        workers: processes that look at rows one by one, >= 1.

    Raises:
        InputError: a file cannot be read, or there is no such check, severity or language.
    """
    from porism.outputs import contamination

    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    evaluation = contamination.load(against) if against else None
    return audits.audit(Tasks(path), only=only, least=least, language=language, against=evaluation, workers=workers)


def write(report: Report, path: Path, file: Path) -> None:
    """Write every finding, the totals and the seconds of each check as JSON.

    Args:
        report: what was found.
        path: the file that was looked at.
        file: where to write.
    """
    whole = {"file": path.name, **report.to_json()}
    file.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
