"""What an audit finds: a row, a check, how bad it is, and why."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from porism.outputs.sources import Item

Severity = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ALL = "all rows"  # the row of a finding that is about the whole set


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a row.

    Attributes:
        row: the name of the row, or ``ALL``.
        check: what was looked for, such as ``"arithmetic"``.
        severity: an ``error`` is wrong for every reader, a ``warning`` nearly always, an ``info`` is worth a look.
        reason: one sentence; what it quotes of a row is cut, and safe to print only through ``terminal.printable``.
    """

    row: str
    check: str
    severity: Severity
    reason: str


OneCheck = Callable[[Item], Iterator[Finding]]  # looks at one item
SetCheck = Callable[[Iterable[Item]], Iterator[Finding]]  # looks at all of them, and may read them more than once
