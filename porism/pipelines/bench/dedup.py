"""``porism bench dedup``: the exact ROUGE-L join at F1 >= 0.7, its growth, its memory, and a pool that grows.

All is measured warm: what numba compiles is compiled, or loaded, before. Seconds are by the clock, from a list of
texts, cutting into words included. The peer compares all pairs with rapidfuzz, in blocks, from the same list.
"""

import gc
import math
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from porism.errors import InputError
from porism.outputs.dedup import greedy, join
from porism.outputs.dedup.encode import Corpus
from porism.outputs.rouge import Pool, tokens
from porism.pipelines.bench import dedup_corpus
from porism.seeds import stream

THRESHOLD = Fraction(7, 10)
PARTS = ("tokenise_s", "index_s", "join_s")
BRUTE = 2_000  # rows on which all ways must agree
GREEDY = 100_000  # rows that the greedy filter is measured with at most
FEWEST = 10_000  # rows from which a file says how time grows
_BLOCK = 512

Report = Callable[[str], None]
Row = dict[str, Any]
Found = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """What to measure.

    Attributes:
        rows: of the corpus that the totals are about, at least 100.
        sizes: further sizes for the table.
        grown: rows of the corpus, beside 5,000, that tell how time grows, if ``rows`` are no more.
        peer: rows up to which the peer runs; its time grows with the square.
        pool: texts in the pool of the measurement online, fewer if there are fewer rows.
        asked: candidates of that measurement.
        repeat: runs of each size, fewer for large ones; the least time counts.
        workers: threads of the join.
        seed: of the corpus, or of the order of the file's rows.
    """

    rows: int = 52_002
    sizes: tuple[int, ...] = (1_000, 5_000, 20_000)
    grown: int = 500_000
    peer: int = 20_000
    pool: int = 50_000
    asked: int = 1_000
    repeat: int = 3
    workers: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.rows < 100:
            raise InputError(f"--rows is {self.rows}; it must be at least 100")


STANDARD = Settings()


def read(file: Path, seed: int, rows: int | None = None) -> list[str]:
    """The instructions of a file, shuffled, so that the first of them are a sample; and no more than ``rows``.

    Raises:
        InputError: the file cannot be read, or has too few.
    """
    from porism.outputs import sources

    if rows is not None:
        Settings(rows=rows)
    found = [item.instruction for item in sources.tasks(file) if item.instruction]
    stream(seed, "bench", "dedup", "file").shuffle(found)
    if len(found) < 100:
        raise InputError(f"{file} has {len(found)} instructions; a measurement needs at least 100")
    return found[:rows]


def dedup(settings: Settings = STANDARD, texts: list[str] | None = None, report: Report = lambda _: None) -> Row:
    """Totals, and a row for each size.

    Args:
        settings: what to measure.
        texts: the corpus; None makes one.
        report: told what is measured next.

    Returns:
        ``totals``: ``rows``, ``pairs``, ``verified``, ``seconds`` and its parts, ``exponent`` (of the time, by the
        smaller and the larger size in ``exponent_rows``; None for a file of few rows), ``online_ms``, ``peak_mb`` of
        the process after the join of ``rows``, and the rest. ``rows``: a row for each size.
    """
    report("compiling, once per machine")
    compiled = _warm()
    rows, own = (settings.rows, True) if texts is None else (len(texts), False)
    small, large = _ends(settings, rows, own)
    sizes = sorted({rows, *((small, large) if large else ()), *(size for size in settings.sizes if size < rows)})
    corpus, more = (texts, iter(())) if texts is not None else ([], dedup_corpus.texts(max(sizes), settings.seed))
    found = {}
    for size in sizes:
        report(f"{size:,} rows are made")
        corpus += islice(more, max(0, size - len(corpus)))
        found[size] = _measured(corpus[:size], settings, report)
    report("the pool")
    online = _online(corpus, settings)
    for size in (size for size in sizes if size <= settings.peer):
        report(f"{size:,} rows, rapidfuzz")
        found[size] |= _beside(corpus[:size], found[size], settings.workers)
    report("the greedy filter")
    totals = {
        **found[rows], **_growth(found, small, large), **online, **_greedily(corpus[: min(rows, GREEDY)], settings),
        **_agreement(corpus[:BRUTE], settings.workers),
        "threshold": str(THRESHOLD), "workers": settings.workers, "seed": settings.seed, "compile_s": compiled,
    }  # fmt: skip
    measured = [{name: value for name, value in row.items() if name != "found"} for row in found.values()]
    del totals["found"]
    return {"totals": totals, "rows": measured, "table": [_shown(row) for row in measured]}


def _ends(settings: Settings, rows: int, own: bool) -> tuple[int, int]:
    """The sizes whose times say how it grows; zeros if there are too few rows."""
    if own:
        return (5_000, max(settings.grown, rows)) if settings.grown else (0, 0)
    return (rows // 10, rows) if rows >= FEWEST else (0, 0)


def _growth(found: Mapping[int, Row], small: int, large: int) -> Row:
    """The exponent of the time between two sizes."""
    if not large:
        return {"exponent": None, "exponent_rows": None}
    ratio = found[large]["seconds"] / found[small]["seconds"]
    return {"exponent": math.log(ratio) / math.log(large / small), "exponent_rows": [small, large]}


def _shown(row: Row) -> Row:
    """A row as it is printed."""
    return {
        name: f"{value:,}" if isinstance(value, int) and not isinstance(value, bool)
        else f"{value:.4g}" if isinstance(value, float) else str(value)
        for name, value in row.items()
    }  # fmt: skip


def _warm() -> float:
    """Seconds that compiling or loading takes, with every way of looking for pairs run once."""
    began = time.perf_counter()
    corpus = Corpus.of(dedup_corpus.texts(500))
    for cut in (0, 24):
        ready = join.prepared(corpus, THRESHOLD, cut=cut)
        join.collected(ready)
    greedy.kept(corpus, THRESHOLD)
    return time.perf_counter() - began


def _measured(texts: Sequence[str], settings: Settings, report: Report) -> Row:
    """The figures of a size, and the pairs."""
    runs = []
    for _ in range(settings.repeat if len(texts) <= 100_000 else 1):
        report(f"{len(texts):,} rows")
        runs.append(_run(texts, settings.workers))
    row = min(runs, key=lambda run: float(run["seconds"]))
    return row | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _beside(texts: Sequence[str], row: Row, workers: int) -> Row:
    """The peer's seconds for the same texts, and whether it finds the same pairs."""
    began = time.perf_counter()
    theirs = brute(texts, workers)
    seconds = time.perf_counter() - began
    return {"rapidfuzz_s": seconds, "ratio": seconds / row["seconds"], "same": _same(row["found"], theirs)}


def _run(texts: Sequence[str], workers: int) -> Row:
    gc.collect()
    times = [time.perf_counter()]
    corpus = Corpus.of(texts)
    times.append(time.perf_counter())
    ready = join.prepared(corpus, THRESHOLD)
    times.append(time.perf_counter())
    found = join.collected(ready, workers)
    times.append(time.perf_counter())
    parts = dict(zip(PARTS, np.diff(times).tolist(), strict=True))
    return {
        "rows": len(texts), "pairs": len(found), "verified": found.verified, "seconds": times[-1] - times[0], **parts,
        "words": corpus.vocabulary, "words_a_row": float(corpus.lengths.mean()), "found": found,
    }  # fmt: skip


def brute(texts: Sequence[str], workers: int = 2) -> tuple[Found, Found]:
    """All pairs by rapidfuzz, in blocks of rows; what is near is decided in integers."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    alphabet: dict[str, int] = {}
    rows = [[alphabet.setdefault(token, len(alphabet)) for token in tokens(text)] for text in texts]
    codes = ["".join(chr(word + 0x800 * (word >= 0xD800)) for word in row) for row in rows]
    lengths = np.array([len(row) for row in rows])
    pairs = list(_near_blocks(codes, lengths, lambda block, rest: cdist(
        block, rest, scorer=Indel.normalized_similarity, score_cutoff=0.69, dtype=np.float64, workers=workers
    )))  # fmt: skip
    left, right = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    order = np.lexsort((right, left))
    return left[order], right[order]


def _near_blocks(codes: list[str], lengths: Found, scores: Callable[..., Any]) -> Iterator[tuple[Found, Found]]:
    for begin in range(0, len(codes), _BLOCK):
        block = scores(codes[begin : begin + _BLOCK], codes[begin:])
        left, right = np.nonzero(block)
        left, right, score = left + begin, right + begin, block[left, right]
        totals = lengths[left] + lengths[right]
        common = np.rint(score * totals / 2).astype(np.int64)
        near = (left < right) & (2 * common * THRESHOLD.denominator >= totals * THRESHOLD.numerator) & (totals > 0)
        yield left[near], right[near]


def _same(found: join.Pairs, theirs: tuple[Found, Found]) -> bool:
    return np.array_equal(found.left, theirs[0]) and np.array_equal(found.right, theirs[1])


def _agreement(texts: Sequence[str], workers: int) -> Row:
    """Whether the join finds the pairs of brute force, and the greedy filter decides as a pool does, text by text."""
    corpus = Corpus.of(texts)
    pool, decided = Pool(THRESHOLD), []
    for text in texts:
        decided.append(pool.nearest(text)[2] is None)
        if decided[-1]:
            pool.add(text)
    return {
        "agreement_rows": len(texts),
        "agreement": _same(join.pairs(corpus, THRESHOLD, workers=workers), brute(texts, workers)),
        "greedy_agreement": greedy.kept(corpus, THRESHOLD, workers=workers).mask.tolist() == decided,
    }


def _greedily(texts: Sequence[str], settings: Settings) -> Row:
    """Seconds of the greedy filter, tokenising included, and how many rows it keeps."""
    began = time.perf_counter()
    found = greedy.kept(Corpus.of(texts), THRESHOLD, workers=settings.workers)
    seconds = time.perf_counter() - began
    return {"greedy_rows": len(texts), "greedy_kept": int(found.mask.sum()), "greedy_s": seconds}


def _online(texts: Sequence[str], settings: Settings) -> Row:
    """Milliseconds of asking a pool, with the nearest ten and the mean, for candidates that are then added."""
    size = min(settings.pool, len(texts) * 4 // 5)
    pool, times = Pool(THRESHOLD), []
    for text in texts[:size]:
        pool.add(text)
    pool.nearest(texts[0])
    for text in texts[size : size + settings.asked]:
        began = time.perf_counter()
        pool.nearest(text)
        pool.add(text)
        times.append(1000 * (time.perf_counter() - began))
    return {"online_ms": fmean(times), "online_p99_ms": float(np.quantile(times, 0.99)), "online_pool": size}
