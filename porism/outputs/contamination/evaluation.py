"""Evaluation texts, and which texts are too near to them.

A text is contaminated by the first of these that holds: its n-grams cover enough of an evaluation text, the shortest
n-grams first; its ROUGE-L with one reaches the threshold; it has the same words as one.

Evaluation texts are the instruction of each row, the instruction with its input, and a long input by itself. What many
rows have in common tells none of them apart. An instruction with several inputs is no evaluation text by itself, only
with each of them. Its n-grams, and those in more than ``Rule.common`` rows, cover nothing and need not be covered. A
text that is mostly such boilerplate is not compared by ROUGE-L: any text of the same template would be near.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from porism.errors import InputError
from porism.outputs import sources
from porism.outputs.contamination.grams import Covered, Grams
from porism.outputs.contamination.rule import Rule, joined
from porism.outputs.rouge import Pool, rouge_l, tokens
from porism.outputs.sources import Item

if TYPE_CHECKING:
    from porism.outputs.dedup.encode import Corpus, Encoder

BLOCK = 10_000  # texts that are looked up together
MANY = 2_000  # texts from which the ROUGE-L join pays, which may have to be compiled first
NAMED = 80  # characters of a row's name in a reason
Words = tuple[str, ...]
_ALONE = Lock()  # pools and vocabularies change while they are asked; not of an instance, which processes may be sent


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an evaluation set.

    Attributes:
        text: as it stands there.
        tokens: its words.
        what: which row, and which part of it.
        whole: a whole task (or output), not a part of one that is there, too.
    """

    text: str
    tokens: Words
    what: str
    whole: bool = False


def load(paths: Sequence[Path], rule: Rule | None = None) -> "Evaluation":
    """The texts of evaluation sets: any file or folder that :mod:`porism.outputs.sources` reads.

    Rows are named as ``sources.name`` does, those of several sets with the set's number: a reason is the same wherever
    the sets lie.

    Raises:
        InputError: a file cannot be read, a row has no task, or no row has a word.
    """
    items = [
        Item(f"{item.name} of set {k}", item.instruction, item.input, item.output) if len(paths) > 1 else item
        for k, path in enumerate(paths, 1)
        for item in sources.tasks(path)
    ]
    evaluation = Evaluation(items, rule)
    if not len(evaluation):
        raise InputError(f"{', '.join(map(str, paths))}: no row has a word to compare with")
    return evaluation


class Evaluation:
    """Evaluation texts, and why another text is contaminated by them. Several threads may ask at once.

    Args:
        items: rows of the sets.
        rule: what counts as contaminated.

    >>> evaluation = Evaluation([Item("task_7", "Name the three largest moons of Jupiter.", "", "")])
    >>> evaluation.hit("Name the three largest moons of Saturn.")
    "ROUGE-L 0.86 with evaluation row 'task_7'"
    >>> evaluation.hit("Name three moons.")
    """

    def __init__(self, items: Iterable[Item], rule: Rule | None = None) -> None:
        self.rule = rule or Rule()
        rows = list(items)
        self._templates = _templates(rows, self.rule)
        self.texts = _texts(rows, self._templates, self.rule)
        self._same = {" ".join(each.tokens): k for k, each in enumerate(self.texts)}
        self._grams = Grams(
            [each.tokens for each in self.texts],
            self.rule.sizes,
            counted=[each.whole for each in self.texts],
            common=self.rule.common,
            templates=list(self._templates),
        )

    def __len__(self) -> int:
        """How many different texts there are."""
        return len(self.texts)

    def hit(self, text: str) -> str | None:
        """Why a text is contaminated: the measure, the score, and the evaluation row; None if it is not.

        A text without words never is.
        """
        return self._block([text])[0]

    def hits(self, texts: Sequence[str]) -> list[str | None]:
        """``hit`` of each text, faster."""
        return [why for first in range(0, len(texts), BLOCK) for why in self._block(texts[first : first + BLOCK])]

    def hits_in(self, tasks: Sequence[tuple[str, str]]) -> list[str | None]:
        """Why each task, an instruction and an input, is contaminated: as a whole, or its instruction alone."""
        whole = self.hits([joined(instruction, input) for instruction, input in tasks])
        parts = iter(self.hits([instruction for instruction, input in tasks if input.strip()]))
        alone = [next(parts) if input.strip() else None for _, input in tasks]
        return [one or other for one, other in zip(whole, alone, strict=True)]

    def _block(self, texts: Sequence[str]) -> list[str | None]:
        words = [tokens(text, self.rule.tokeniser) for text in texts]
        found = self._by_grams(words)
        rest = [k for k in range(len(texts)) if k not in found and words[k]]
        for k, near in zip(rest, self._nearest([texts[k] for k in rest]), strict=True):
            same = self._same.get(" ".join(words[k]))
            if near is not None:
                score = float(rouge_l(words[k], self.texts[near].tokens))
                found[k] = f"ROUGE-L {score:.2f} with {self.texts[near].what}"
            elif same is not None:
                found[k] = f"the same words as {self.texts[same].what}"
        return [found.get(k) for k in range(len(texts))]

    def _by_grams(self, texts: Sequence[Sequence[str]]) -> dict[int, str]:
        """The reasons of those texts that share enough n-grams with an evaluation text, by number."""
        found: dict[int, str] = {}
        for size in self._grams.sizes:
            for k, covered in self._grams.shared(texts, size):
                if k not in found and (most := self._most(covered, size)):
                    found[k] = self._covering(most, size)
        return found

    def _most(self, covered: Sequence[Covered], size: int) -> Covered | None:
        """The evaluation text that is covered most, if enough of it is; of equal ones the first."""
        coverable, least = self._grams.coverable[size], self.rule.sizes[size]

        def share(each: Covered) -> Fraction:
            return Fraction(each.tokens, int(coverable[each.text]))

        enough = (each for each in covered if share(each) >= least)
        return max(enough, key=lambda each: (share(each), -each.text), default=None)

    def _covering(self, most: Covered, size: int) -> str:
        coverable = int(self._grams.coverable[size][most.text])
        share = f"{100 * most.tokens // coverable} % ({most.tokens} of {coverable} tokens)"
        return f"{size}-grams cover {share} of {self.texts[most.text].what}"

    def _nearest(self, texts: Sequence[str]) -> list[int | None]:
        """For each text the evaluation text with the highest ROUGE-L, if that reaches the threshold."""
        if self.rule.rouge is None or not self._comparable:
            return [None] * len(texts)
        with _ALONE:
            return self._by_pool(texts) if len(texts) < MANY else self._by_join(texts)

    def _by_pool(self, texts: Sequence[str]) -> list[int | None]:
        found = (self._pool.nearest(text, 1)[2] for text in texts)
        return [None if near is None else self._numbers[near] for near in found]

    def _by_join(self, texts: Sequence[str]) -> list[int | None]:
        from porism.outputs.dedup.join import across  # which loads a compiler

        encoder, ours = self._encoded
        found = across(encoder.add(texts), ours, self.rule.rouge or Fraction(1)).index
        return [None if k < 0 else self._comparable[k] for k in found.tolist()]

    @cached_property
    def _comparable(self) -> list[int]:
        """The texts that ROUGE-L is taken with: those of which at most half is boilerplate."""
        lengths = {len(template) for template in self._templates}
        return [k for k, text in enumerate(self.texts) if 2 * self._boilerplate(k, lengths) <= len(text.tokens)]

    def _boilerplate(self, k: int, lengths: Iterable[int]) -> int:
        """How many tokens of a text are in common n-grams, or in an instruction of several inputs at its beginning."""
        words, sizes = self.texts[k].tokens, self._grams.sizes
        begins = (length for length in lengths if words[:length] in self._templates)
        return max([int(self._grams.boilerplate[sizes[0]][k]) if sizes else 0, *begins])

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {self.texts[k].text: k for k in self._comparable}

    @cached_property
    def _encoded(self) -> "tuple[Encoder, Corpus]":
        from porism.outputs.dedup.encode import Encoder

        encoder = Encoder(self.rule.tokeniser)
        return encoder, encoder.add([self.texts[k].text for k in self._comparable])

    @cached_property
    def _pool(self) -> Pool:
        pool = Pool(self.rule.rouge or Fraction(1), tokeniser=self.rule.tokeniser)
        for k in self._comparable:
            pool.add(self.texts[k].text)
        return pool


def _templates(rows: Sequence[Item], rule: Rule) -> set[Words]:
    """The instructions that have several inputs."""
    inputs: dict[Words, set[Words]] = defaultdict(set)
    for item in rows:
        if item.input.strip():
            asked, given = (tuple(tokens(text, rule.tokeniser)) for text in (item.instruction, item.input))
            inputs[asked].add(given)
    return {asked for asked, those in inputs.items() if asked and len(those) > 1}


def _texts(rows: Sequence[Item], templates: set[Words], rule: Rule) -> list[Text]:
    """The different texts of the rows; of equal ones the first counts, and is whole if any of them is."""
    found: dict[Words, Text] = {}
    for item in rows:
        for text in _of(item, templates, rule):
            first = found.setdefault(text.tokens, text)
            if text.whole and not first.whole:
                found[text.tokens] = replace(first, whole=True)
    return [text for words, text in found.items() if words]


def _of(item: Item, templates: set[Words], rule: Rule) -> Iterator[Text]:
    """The texts of one row."""

    def text(said: str, part: str = "", *, whole: bool = False) -> Text:
        return Text(said, tuple(tokens(said, rule.tokeniser)), f"{part}evaluation row {item.name[:NAMED]!r}", whole)

    yield text(joined(item.instruction, item.input), whole=True)
    if item.input.strip():
        asked, given = text(item.instruction, "the instruction of "), text(item.input, "the input of ")
        yield from [asked] if asked.tokens not in templates else []
        yield from [given] if len(given.tokens) >= rule.long else []
    if rule.outputs:
        answer = text(item.output, "the output of ", whole=True)
        yield from [answer] if len(answer.tokens) >= rule.long else []
