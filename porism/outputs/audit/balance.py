"""What only the whole set shows: labels out of balance, outputs that come again and again, texts far too long."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

from porism.outputs.audit.finding import ALL, Finding
from porism.outputs.audit.text import bare, digest, quoted
from porism.outputs.sources import Item

FEWEST = 30  # rows of which a share is told
LABEL = 3  # words of a label
OFTEN = 0.01  # share of all rows from which an output comes too often
REPEATS = 20  # and how often at least
REPORTED = 20  # outputs at most
_CLASSIFIES = re.compile(
    r"\b(?:classif\w*|categori[sz]e|categor(?:y|ies)|label|sentiment|true or false|yes or no|positive or negative|"
    r"spam|which (?:class|category|type)|"
    r"is (?:this|the|it)|does (?:this|the|it)|are (?:these|the)|determine (?:if|whether)|decide (?:if|whether)|"
    r"choose|select|detect|identify (?:if|whether|the type))\b",
    re.I,
)


def labels(items: Iterable[Item]) -> Iterator[Finding]:
    """One answer for more than half of the tasks that ask for a label."""
    counts = Counter(
        bare(item.output)
        for item in items
        if len(item.output) <= 60 and 1 <= len(item.output.split()) <= LABEL and _CLASSIFIES.search(item.instruction)
    )
    total = counts.total()
    if total >= FEWEST and len(counts) > 1:
        label, count = counts.most_common(1)[0]
        if 2 * count > total:
            reason = f"{quoted(label)} answers {count:,} of {total:,} tasks that ask for a label ({count / total:.0%})"
            yield Finding(ALL, "label-balance", "warning", reason)


def repeated(items: Iterable[Item]) -> Iterator[Finding]:
    """Outputs that make up more than a hundredth of the set; the first row of each carries the finding."""
    counts = Counter[bytes]()
    first: dict[bytes, tuple[str, str]] = {}
    rows = 0
    for item in items:
        rows += 1
        said = bare(item.output)
        if said:
            key = digest(said)
            counts[key] += 1
            if counts[key] == 2:
                first[key] = item.name, said[:100]
    for key, count in counts.most_common(REPORTED):
        if count >= REPEATS and count >= OFTEN * rows:
            name, said = first[key]
            yield Finding(name, "repeated-output", "info", f"{count:,} of {rows:,} outputs are {quoted(said)}")


def lengths(items: Iterable[Item]) -> Iterator[Finding]:
    """Texts more than four times as long as all but a hundredth of the others."""
    sizes = {column: array("q") for column in ("instruction", "input", "output")}
    names: list[str] = []
    for item in items:
        names.append(item.name)
        for column, size in sizes.items():
            size.append(len(getattr(item, column)))
    for column, size in sizes.items():
        filled = sorted(length for length in size if length)
        if len(filled) < 100:
            continue
        usual = filled[len(filled) * 99 // 100]
        for k, length in enumerate(size):
            if length > max(4 * usual, 200):
                reason = f"the {column} has {length:,} characters; 99 of 100 have at most {usual:,}"
                yield Finding(names[k], "length", "info", reason)
