"""What the columns of a dataset hold: histograms, least, median and largest value, and what a reader is warned of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

Bins = list[tuple[str, int]]
Range = tuple[float, float, float]  # least, median, largest

HIDDEN = ("id", "theorem", "task", "key", "tools", "tree", "origin", "verdicts", "messages", "raw")
REPEATED = ("prompt", "completion", "text", "problem", "auxiliary", "goal")  # they say again what others say
MAIN = {"output", "statement", "transcript"}
FILLED = ("output", "instruction", "statement", "proof")  # columns of which a row should not be without
LABELS = 20  # distinct values that a column of labels has at most
LABEL = 40  # characters of the longest label
OFTEN = 5  # how often labels stand there at least, on average
DOMINATES = 0.9  # share of rows with one label that a reader should know of
SAME = 0.2  # share of outputs that are one text
ODD = 10  # times as long as the median text is odd, from so many words on:
LONG = 200
COLUMNS = 60  # of a table that somebody else made


class Column(Protocol):
    """What was found in a column."""

    def add(self, values: pa.Array) -> None:
        """Take in more of its values."""

    def histogram(self, name: str) -> Iterator[tuple[str, Bins, Range | None]]:
        """At most one histogram with its title; labels have no range."""

    def warnings(self, name: str) -> Iterator[str]:
        """What a reader should look at."""


def shown(schema: pa.Schema) -> dict[str, Column]:
    """The columns that a histogram tells something of, by name; those that repeat others are passed over."""
    hidden = {*HIDDEN, *(REPEATED if MAIN & set(schema.names) else ())}
    found = ((field.name, _kind(field)) for field in schema if field.name not in hidden)
    once = {name for name in schema.names if schema.names.count(name) == 1}
    return dict([(name, kind) for name, kind in found if kind and name in once][:COLUMNS])


def _kind(field: pa.Field) -> Column | None:
    if pa.types.is_integer(field.type):
        return Integers()
    if pa.types.is_floating(field.type):
        return Numbers()
    if pa.types.is_boolean(field.type) or _is_text(field.type):
        return Outputs() if field.name == "output" else Texts()
    return Nearest(name) if (name := _likeness(field.type)) else None


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _likeness(kind: pa.DataType) -> str:
    """The measure in a list of neighbours, which are a text and a number each; empty in any other column."""
    if not (pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) and kind.value_type.num_fields == 2):
        return ""
    text, measure = kind.value_type
    return measure.name if pa.types.is_string(text.type) and pa.types.is_floating(measure.type) else ""


def texts(values: pa.Array) -> list[str]:
    """Texts and truth values as they are, nothing for null; bytes that are no text are replaced."""
    plain = pc.fill_null(values.cast(pa.string()), "")
    try:
        return list(plain.to_pylist())
    except UnicodeDecodeError:
        return [text.decode(errors="replace") for text in plain.cast(pa.binary()).to_pylist()]


class Integers:
    """How often each integer stands in a column."""

    def __init__(self) -> None:
        self._counts = Counter[int]()

    def add(self, values: pa.Array) -> None:
        """Count them."""
        for pair in pc.value_counts(values.drop_null()).to_pylist():
            self._counts[pair["values"]] += pair["counts"]

    def histogram(self, name: str) -> Iterator[tuple[str, Bins, Range | None]]:
        """A bin for each integer where they are near each other."""
        if self._counts:
            low, high = min(self._counts), max(self._counts)
            each = [(str(k), self._counts[k]) for k in range(low, high + 1)] if high - low < LABELS else None
            yield name, each or bins(self._counts), (low, _median(self._counts), high)

    def warnings(self, name: str) -> Iterator[str]:
        """None."""
        return iter(())


class Numbers:
    """Numbers, in ten bins."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def add(self, values: pa.Array) -> None:
        """Keep those that are finite."""
        self._values += filter(isfinite, values.drop_null().cast(pa.float64()).to_pylist())

    def histogram(self, name: str) -> Iterator[tuple[str, Bins, Range | None]]:
        """Ten bins of the same width."""
        if self._values:
            kept = sorted(self._values)
            yield name, tenths(kept), (kept[0], kept[(len(kept) - 1) // 2], kept[-1])

    def warnings(self, name: str) -> Iterator[str]:
        """None."""
        return iter(())


class Nearest(Numbers):
    """How like each row is to its nearest neighbour, the first of a list."""

    def __init__(self, measure: str) -> None:
        super().__init__()
        self._measure = measure

    def add(self, values: pa.Array) -> None:
        """Keep the likeness of the first neighbour."""
        filled = values.filter(pc.greater(pc.fill_null(pc.list_value_length(values), 0), 0))
        super().add(pc.struct_field(pc.list_element(filled, 0), self._measure))

    def histogram(self, name: str) -> Iterator[tuple[str, Bins, Range | None]]:
        """The same, under a title that says what it is."""
        yield from super().histogram(f"similarity to the nearest ({self._measure})")


class Texts:
    """How many words the texts of a column have, and how often each comes while they are few and short."""

    def __init__(self) -> None:
        self._rows = self._empty = 0
        self._lengths = Counter[int]()
        self._labels: Counter[str] | None = Counter()

    def add(self, values: pa.Array) -> None:
        """Count words, and labels."""
        for text in texts(values):
            self._count(text)

    def _count(self, text: str) -> None:
        words = len(text.split())
        self._rows += 1
        self._empty += not words
        self._lengths[words] += 1
        if self._labels is not None:
            self._labels[text] += 1
            if len(self._labels) > LABELS or len(text) > LABEL:
                self._labels = None

    @property
    def _known(self) -> Counter[str] | None:
        """The labels, if the texts are labels."""
        return self._labels if self._labels and self._rows >= OFTEN * len(self._labels) else None

    def histogram(self, name: str) -> Iterator[tuple[str, Bins, Range | None]]:
        """Of labels, or of the number of words."""
        if self._known:
            yield name, [(label or "(empty)", count) for label, count in self._known.most_common()], None
        elif self._rows:
            lengths = self._lengths
            yield f"words of {name}", bins(lengths), (min(lengths), _median(lengths), max(lengths))

    def warnings(self, name: str) -> Iterator[str]:
        """Texts that should not be empty, one label for nearly all rows, and texts of an odd length."""
        if self._empty and name in FILLED:
            yield f"{self._empty:,} empty {name}s"
        if self._known and len(self._known) > 1 and name != "split":
            [(label, count)] = self._known.most_common(1)
            if count > DOMINATES * self._rows:
                yield f"{count / self._rows:.0%} of '{name}' are {label or '(empty)'!r}"
        median = _median(self._lengths)
        odd = sum(rows for words, rows in self._lengths.items() if words > max(LONG, ODD * median))
        if odd and median:
            yield f"{odd:,} of '{name}' have more than {ODD} times the words of the median, which has {median:,.0f}"


class Outputs(Texts):
    """Texts of which few should be the same; they are counted by a hash."""

    def __init__(self) -> None:
        super().__init__()
        self._same = Counter[bytes]()
        self._beginnings: dict[bytes, str] = {}

    def _count(self, text: str) -> None:
        super()._count(text)
        digest = blake2b(text.encode(), digest_size=16).digest()
        self._same[digest] += 1
        self._beginnings.setdefault(digest, text[:60])

    def warnings(self, name: str) -> Iterator[str]:
        """The same, and an output that many rows have."""
        digest, most = (self._same.most_common(1) or [(b"", 0)])[0]
        if self._rows >= 10 and most > SAME * self._rows and self._beginnings[digest].strip():
            yield f"{most / self._rows:.0%} of the outputs are {self._beginnings[digest]!r}"
            self._labels = None  # said
        yield from super().warnings(name)


def bins(counts: Mapping[int, int]) -> Bins:
    """Counts of integers in bins that double: 0, 1, 2-3, 4-7, ...; below 0, there is one bin."""
    found = Counter[int]()
    for value, count in counts.items():
        found[value.bit_length() if value >= 0 else -1] += count
    return [(_bin(k), found[k]) for k in range(min(found), max(found) + 1)]


def _bin(k: int) -> str:
    if k <= 1:
        return str(k) if k >= 0 else "below 0"
    return f"{2 ** (k - 1)}-{2**k - 1}"


def tenths(values: Sequence[float]) -> Bins:
    """Numbers in at most ten bins of one width: of [0, 1] or [0, 10] where all lie there, else from least to largest.

    >>> tenths([0.25, 0.31, 0.39])
    [('0.2-0.3', 1), ('0.3-0.4', 2)]
    """
    least, most = min(values), max(values)
    low, high = next(((0.0, top) for top in (1.0, 10.0) if least >= 0 and most <= top), (least, most))
    width = high - low or 1.0
    if not isfinite(10 * width):
        return [(f"{least:.4g} to {most:.4g}", len(values))]
    counts = Counter(min(9, int(10 * (value - low) / width)) for value in values)  # 10 * 0.7 is 7, 0.7 / 0.1 is less
    edges = [f"{low + k * width / 10:.4g}" for k in range(11)]
    return [(f"{edges[k]}-{edges[k + 1]}", counts[k]) for k in range(min(counts), max(counts) + 1)]


def _median(counts: Mapping[int, int]) -> int:
    """The lower median of numbers that come so often."""
    left = (sum(counts.values()) + 1) // 2
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return 0
