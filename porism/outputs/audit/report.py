"""All checks over all rows: what they found, and how long they took."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from porism.errors import InputError
from porism.outputs.audit import (
    balance,
    characters,
    contaminated,
    contradictions,
    conversions,
    counts,
    cut,
    echo,
    empty,
    languages,
    leaks,
    media,
    near,
    talk,
)
from porism.outputs.audit.arithmetic import sums
from porism.outputs.audit.finding import ALL, SEVERITIES, Finding, OneCheck, SetCheck, Severity
from porism.outputs.sources import Item

if TYPE_CHECKING:
    from porism.outputs.contamination import Evaluation

BLOCK = 1_000  # items that one check looks at before the next
FEW_BLOCKS = 8  # fewer are looked at sooner than processes have started

OF_ITEMS: dict[str, OneCheck] = {
    "placeholder-output": empty.placeholder_output,
    "placeholder-input": empty.placeholder_input,
    "leaked-item": leaks.items,
    "chat-marker": leaks.markers,
    "truncated": cut.broken_off,
    "echo": echo.outputs,
    "unchanged": echo.unchanged,
    "repeated-input": echo.inputs,
    "url-input": media.urls,
    "media": media.unseen,
    "arithmetic": sums.wrong,
    "equation": sums.equations,
    "conversion": conversions.wrong,
    "count": counts.wrong,
    "control-character": characters.control,
    "mojibake": characters.mojibake,
    "html": characters.tags,
    "model-talk": talk.model,
}
OF_SETS: dict[str, SetCheck] = {
    "empty-output": empty.outputs,
    "near-duplicate": near.instructions,
    "duplicate-output": near.outputs,
    "contradiction": contradictions.pairs,
    "label-balance": balance.labels,
    "repeated-output": balance.repeated,
    "length": balance.lengths,
}
CHECKS = (*OF_ITEMS, "language", *OF_SETS, "contamination")
"""The names of all checks."""


@dataclass(frozen=True, slots=True)
class Total:
    """What one check found at one severity.

    Attributes:
        check: its name.
        severity: of these findings.
        count: how many there are.
        share: of the rows, in [0, 1].
        example: the first of them.
    """

    check: str
    severity: Severity
    count: int
    share: float
    example: Finding


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found.

    Attributes:
        rows: how many tasks were looked at.
        findings: in the order of the rows; those about all rows first.
        seconds: that each check took.
    """

    rows: int
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float]

    @property
    def totals(self) -> list[Total]:
        """The findings counted by check and severity, the worst first."""
        counts = Counter((finding.check, finding.severity) for finding in self.findings)
        first: dict[tuple[str, str], Finding] = {}
        for finding in self.findings:
            first.setdefault((finding.check, finding.severity), finding)
        order = sorted(counts, key=lambda key: (-SEVERITIES.index(key[1]), -counts[key], key[0]))
        return [Total(*key, counts[key], counts[key] / max(1, self.rows), first[key]) for key in order]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Counts, seconds, and every finding."""
        severities = Counter(finding.severity for finding in self.findings)
        return {
            "rows": self.rows,
            "rows_with_findings": len({finding.row for finding in self.findings} - {ALL}),
            "severities": {severity: severities[severity] for severity in reversed(SEVERITIES)},
            "totals": [
                {"check": each.check, "severity": each.severity, "count": each.count, "share": round(each.share, 6)}
                for each in self.totals
            ],
            "seconds": {check: round(spent, 4) for check, spent in self.seconds.items()},
            "findings": [
                {"row": each.row, "check": each.check, "severity": each.severity, "reason": each.reason}
                for each in self.findings
            ],
        }


def audit(
    items: Iterable[Item],
    *,
    only: Sequence[str] = (),
    least: Severity = "info",
    language: str | None = None,
    against: "Evaluation | None" = None,
    workers: int = 1,
) -> Report:
    """Look at every row with every check.

    Args:
        items: the rows. What can be iterated over again is read once for the checks of single rows and once for each
            check of the whole set, and never held; an iterator is.
        only: names of checks; all of them if empty.
        least: the mildest severity that is kept.
        language: the code of the language that the rows should be in.
        against: evaluation sets that the rows should not be near to.
        workers: processes that look at rows one by one, where there are many; more than one only in a program that
            child processes can import.

    Raises:
        InputError: there is no such check, severity or language.

    >>> report = audit([Item("a", "What is 4*4*4*4-10?", "", "310"), Item("b", "What is 2 + 2?", "", "4")])
    >>> [(finding.row, finding.check, finding.severity) for finding in report.findings]
    [('a', 'arithmetic', 'error')]
    """
    wanted = _wanted(only, least)
    rows = list(items) if isinstance(items, Iterator) else items
    one = {name: check for name, check in _of_items(language).items() if name in wanted}
    whole = {name: check for name, check in _of_sets(against).items() if name in wanted}
    seconds: dict[str, float] = defaultdict(float)
    found: list[tuple[int, int, Finding]] = []
    places: dict[str, int] = {}
    count = 0
    for looked in _each(rows, tuple(one), language, workers):
        for k, name in enumerate(looked.names, count):
            places.setdefault(name, k)
        count += len(looked.names)
        found += looked.found
        for name, spent in looked.seconds.items():
            seconds[name] += spent
    for name, check in whole.items():
        begun = time.perf_counter()
        for finding in check(rows):
            found.append((places.get(finding.row, -1), CHECKS.index(name), finding))
        seconds[name] += time.perf_counter() - begun
    floor = SEVERITIES.index(least)
    kept = [each for each in found if SEVERITIES.index(each[2].severity) >= floor]
    kept.sort(key=lambda each: each[:2])
    return Report(count, tuple(finding for _, _, finding in kept), dict(seconds))


def _wanted(only: Sequence[str], least: str) -> frozenset[str]:
    if least not in SEVERITIES:
        raise InputError(f"--least is {least!r}; it must be one of {', '.join(SEVERITIES)}")
    for name in only:
        if name not in CHECKS:
            raise InputError(f"--only names the check {name!r}; known are {', '.join(CHECKS)}")
    return frozenset(only or CHECKS)


def _of_items(language: str | None) -> dict[str, OneCheck]:
    return {**OF_ITEMS, "language": languages.check(language)}


def _of_sets(against: "Evaluation | None") -> dict[str, SetCheck]:
    if against is None:
        return OF_SETS
    return {**OF_SETS, "contamination": partial(contaminated.tasks, evaluation=against)}


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the checks of single rows found in a block: place, rank of the check, finding; and the seconds of each."""

    names: tuple[str, ...]
    found: list[tuple[int, int, Finding]]
    seconds: dict[str, float]


def _each(items: Iterable[Item], names: Sequence[str], language: str | None, workers: int) -> Iterator[_Looked]:
    """The checks of single rows, a block of rows at a time, in order; in processes where there are many."""
    blocks = _blocks(items)
    first = list(islice(blocks, FEW_BLOCKS))
    if workers < 2 or len(first) < FEW_BLOCKS:
        yield from (_looked(names, language, *block) for block in chain(first, blocks))
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[_Looked]] = deque()
        for block in chain(first, blocks):
            waiting.append(pool.submit(_looked, names, language, *block))
            if len(waiting) > 2 * workers:  # no more is held than keeps them busy
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _blocks(items: Iterable[Item]) -> Iterator[tuple[int, list[Item]]]:
    rest, start = iter(items), 0
    while block := list(islice(rest, BLOCK)):
        yield start, block
        start += len(block)


def _looked(names: Sequence[str], language: str | None, start: int, block: Sequence[Item]) -> _Looked:
    checks, seconds = _of_items(language), dict[str, float]()
    found: list[tuple[int, int, Finding]] = []
    for name in names:
        check, rank, begun = checks[name], CHECKS.index(name), time.perf_counter()
        for k, item in enumerate(block, start):
            found += [(k, rank, finding) for finding in check(item)]
        seconds[name] = time.perf_counter() - begun
    return _Looked(tuple(item.name for item in block), found, seconds)
