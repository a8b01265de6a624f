"""One task with two answers."""

import re
from collections.abc import Iterable, Iterator

from porism.outputs.audit.finding import Finding, Severity
from porism.outputs.audit.text import bare, digest, folded, quoted
from porism.outputs.sources import Item

SHORT = 4  # words of an answer that is a label, a number, or a name
_NOT = frozenset({"not", "no", "never", "t", "neither"})
_OPEN = re.compile(
    r"\b(?:generate|write|suggest|create|come up|think of|tell|make|compose|invent|propose|random|example|"
    r"an? synonym|an? antonym|"
    r"describe|brainstorm|give|provide|recommend|rewrite|paraphrase|rephrase|name (?:an?|one|some|two|three|four|"
    r"five|\d)|"
    r"list|pick (?:an?|any)|choose (?:an?|any)|imagine|pretend|your|construct|design|form|fill|complete|predict|guess|"
    r"translate|summari[sz]e|edit|improve|change|replace|add|combine|use)\b",
    re.I,
)


def pairs(items: Iterable[Item]) -> Iterator[Finding]:
    """The same instruction and input with another output: an error where both are labels, else worth a look.

    Of open tasks, such as a joke or an example, many answers are right.
    """
    first: dict[bytes, tuple[str, str]] = {}
    for item in items:
        if not item.output.strip():
            continue
        said = item.output[:400]
        name, other = first.setdefault(digest(folded(item.instruction), folded(item.input)), (item.name, said))
        if name != item.name and not _agree(said, other):
            severity: Severity = (
                "error" if _is_label(said) and _is_label(other) and not _OPEN.search(item.instruction) else "info"
            )
            reason = f"{quoted(said, 40)}, and {quoted(other, 40)} in {name}, for the same task"
            yield Finding(item.name, "contradiction", severity, reason)


def _agree(one: str, other: str) -> bool:
    """Whether two answers are the same, the same number, or one holds the other as a part."""
    a, b = bare(one), bare(other)
    if a == b or _number(a) == _number(b) is not None:
        return True
    short, long = sorted((re.findall(r"\w+", text) for text in (a, b)), key=len)
    at = f" {' '.join(long)} ".find(f" {' '.join(short)} ") if short else -1
    return at >= 0 and not _NOT.intersection(f" {' '.join(long)} "[:at].split()[-3:])


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "")) if len(text) < 30 else None
    except ValueError:
        return None


def _is_label(text: str) -> bool:
    return len(text.split()) <= SHORT and len(text) <= 40 and "\n" not in text.strip()
