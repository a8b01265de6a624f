"""All checks over all rows: what they found, and how long they took."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
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
) -> Report:
    """Look at every row with every check.

    Args:
        items: the rows. What can be iterated over again is read once for the checks of single rows and once for each
            check of the whole set, and never held; an iterator is.
        only: names of checks; all of them if empty.
        least: the mildest severity that is kept.
        language: the code of the language that the rows should be in.
        against: evaluation sets that the rows should not be near to.

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
    places, count = _each(rows, one, seconds, found)
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


def _each(
    items: Iterable[Item],
    checks: Mapping[str, OneCheck],
    seconds: dict[str, float],
    found: list[tuple[int, int, Finding]],
) -> tuple[dict[str, int], int]:
    """The checks of single rows, a block of rows at a time; the place of each row, and how many there are."""
    places: dict[str, int] = {}
    count = 0
    rest = iter(items)
    while block := list(islice(rest, BLOCK)):
        for k, item in enumerate(block, count):
            places.setdefault(item.name, k)
        for name, check in checks.items():
            rank, begun = CHECKS.index(name), time.perf_counter()
            for k, item in enumerate(block, count):
                found += [(k, rank, finding) for finding in check(item)]
            seconds[name] += time.perf_counter() - begun
        count += len(block)
    return places, count
