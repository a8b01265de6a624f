"""Rows that are nearly the same: exact ROUGE-L over all pairs, and long outputs that stand twice."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import chain, islice

from porism.outputs.audit.finding import Finding, Severity
from porism.outputs.audit.text import bare, digest, quoted
from porism.outputs.rouge import Pool, rouge_l, tokens, words
from porism.outputs.sources import Item

THRESHOLD = Fraction(7, 10)  # [Wang2023, section 2.2]
FEW = 2_000  # texts for which compiling a join would take longer than doing without
LONG = 10  # words of an output that is not twice the same by chance


def instructions(items: Iterable[Item]) -> Iterator[Finding]:
    """Tasks with a ROUGE-L of at least 0.7 to an earlier task, in instruction and input alike.

    Both together reach the threshold if each of them does, so one join of instructions with inputs proposes every
    pair; then instruction and input are compared by themselves. A long input with two instructions is two tasks, and
    so is an instruction with two inputs.
    """
    near = _nearest(f"{item.instruction}\n{item.input}" for item in items)
    wanted = set(near)
    earlier: dict[int, Item] = {}
    for k, item in enumerate(items):
        if k in wanted:
            earlier[k] = item
        if near[k] >= 0 and (finding := _finding(item, earlier[near[k]])):
            yield finding


def _nearest(texts: Iterable[str]) -> list[int]:
    """For each text the nearest earlier one that is near to none before it, or -1; few need no compiling."""
    rest = iter(texts)
    first = list(islice(rest, FEW + 1))
    if len(first) <= FEW:
        return _among_few(first)
    from porism.outputs.dedup import greedy
    from porism.outputs.dedup.encode import Corpus

    return list(map(int, greedy.kept(Corpus.of(chain(first, rest)), THRESHOLD).nearest))


def _among_few(texts: list[str]) -> list[int]:
    pool, places = Pool(THRESHOLD), dict[str, int]()
    found: list[int] = []
    for k, text in enumerate(texts):
        near = pool.nearest(text, 1)[2]
        found.append(-1 if near is None else places[near])
        if near is None:
            pool.add(text)
            places.setdefault(text, k)
    return found


def _finding(item: Item, other: Item) -> Finding | None:
    """What two tasks that may be near are to one another."""
    asked, given = _score(item.instruction, other.instruction), _score(item.input, other.input)
    if asked < THRESHOLD or given < THRESHOLD:
        return None
    both = asked
    if item.input.strip():
        both = rouge_l(*(_words(each.instruction) + _words(each.input) for each in (item, other)))
    severity: Severity = "info" if both == THRESHOLD else "warning"
    how = "the same words as" if asked == given == 1 else f"ROUGE-L {_digits(both)} to"
    return Finding(item.name, "near-duplicate", severity, f"{how} {other.name}: {quoted(other.instruction)}")


def _score(text: str, other: str) -> Fraction:
    """ROUGE-L; of two texts without words, 1 if both have nothing."""
    if text == other:
        return Fraction(1)
    if not text.strip() or not other.strip():
        return Fraction(not text.strip() and not other.strip())
    return rouge_l(_words(text), _words(other))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a text; templates come again and again."""
    return tuple(tokens(text))


def _digits(score: Fraction) -> str:
    """Three digits, rounded towards the threshold, so that what is above it shows."""
    return "0.7" if score == THRESHOLD else f"{max(float(score), 0.701):.3f}"


def outputs(items: Iterable[Item]) -> Iterator[Finding]:
    """Long outputs that an earlier task had, where the tasks are not the same."""
    first: dict[bytes, tuple[str, bytes]] = {}
    for item in items:
        said = bare(item.output)
        if (len(said.split()) if said.isascii() else words(said)) < LONG:
            continue
        task = digest(bare(item.instruction), bare(item.input))
        name, other = first.setdefault(digest(said), (item.name, task))
        if name != item.name and other != task:
            reason = f"the output of {name} for another task: {quoted(item.output)}"
            yield Finding(item.name, "duplicate-output", "warning", reason)
