"""What a reformatted answer lost of the original, and which numbers it made up.

A fact is kept if it is still there, wherever and in whatever markup. Names are compared without regard to case. At the
beginning of a sentence, where a capital says nothing, a word counts as a name unless it is one of the common ones
(``COMMON``) or occurs without the capital elsewhere; a word that differs in its last two letters then will do.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import regex

from porism.generators.realign import facts
from porism.generators.realign.facts import Fact
from porism.generators.realign.numbers import Number, numbers, unnumbered, written
from porism.outputs.rouge import tokens

Allowed = Literal["numbering", "none", "any"]
SHARED = 5  # letters, at least, of two words that count as one
SHOWN = 5  # facts that a reason names


@dataclass(frozen=True)
class Text:
    """A text, and what there is in it, each worked out once."""

    text: str
    plain: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", facts.plain(self.text))

    @cached_property
    def prose(self) -> str:
        """Without addresses and fenced code."""
        return facts.without_addresses(facts.code(self.plain)[1])

    @cached_property
    def addresses(self) -> set[str]:
        """Of the web and of mail."""
        return {address.rstrip("/") for address in facts.addresses(self.plain)}

    @cached_property
    def numbers(self) -> list[Number]:
        """Of all but addresses."""
        return numbers(facts.without_addresses(self.plain))

    @cached_property
    def words(self) -> set[str]:
        """As they are written."""
        return set(facts.words(self.plain))

    @cached_property
    def folded(self) -> set[str]:
        """The words without regard to case."""
        return {word.casefold() for word in self.words}

    @cached_property
    def tokens(self) -> str:
        """All words in a row, without list numbers and markup, a blank between them."""
        return f" {' '.join(tokens(unnumbered(self.plain)))} "

    @cached_property
    def squeezed(self) -> str:
        """Without any white space or backticks."""
        return squeezed(self.text)

    def values(self, *, counting: bool) -> set[str]:
        """The values of the numbers, written out or not; with or without those that only count items."""
        found = [one for one in self.numbers if counting or not one.counts]
        return {one.value for one in found} | {part for one in found for part in one.parts} | written(list(self.words))


def lost(original: Text, new: Text, context: str = "") -> tuple[list[Fact], int]:
    """The facts of the original that the new text does not have, and how many facts the original has.

    Args:
        original: before.
        new: after.
        context: what was asked; a word that is without a capital there is no name.
    """
    found = list(dict.fromkeys(_facts(original, context)))
    return [fact for fact in found if not _kept(fact, new)], len(found)


def added(allowed: Text, new: Text, numbering: Allowed = "numbering") -> list[Fact]:
    """The numbers of the new text that are nowhere in ``allowed``: the original and what was asked.

    Args:
        allowed: all that the numbers may come from.
        new: after.
        numbering: the numbers of list items and steps are allowed (``numbering``), none are, or any number is.
    """
    if numbering == "any":
        return []
    steps = {one.value for one in new.numbers if one.counts} if numbering == "numbering" else set()
    there = allowed.values(counting=True)
    made_up = [
        Fact("number", one.text)
        for one in new.numbers
        if one.value not in there
        and not (one.parts and there.issuperset(one.parts))
        and not (one.counts and numbering == "numbering")
        and not (one.value in steps and STEP.search(facts.without_addresses(new.plain)[: one.start][-30:]))
    ]
    return list(dict.fromkeys(made_up))


def told(found: list[Fact]) -> str:
    """Facts for a reason, the first few by name."""
    rest = len(found) - SHOWN
    return ", ".join(map(str, found[:SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def squeezed(text: str) -> str:
    """A text without white space and backticks, as code is compared."""
    return regex.sub(r"[\s`]+", "", unicodedata.normalize("NFC", text))


def _facts(text: Text, context: str) -> Iterator[Fact]:
    yield from (Fact("address", address) for address in facts.addresses(text.plain))
    yield from (Fact("code", line.strip()) for line in facts.code(text.text)[0] if len(squeezed(line)) > 1)
    programs = list(facts.identifiers(text.prose))
    yield from (Fact("code", word) for word in programs)
    yield from (Fact("number", one.text) for one in text.numbers if not one.counts)
    short = (part for part in facts.quotations(text.prose) if len(part) <= facts.LONGEST_QUOTATION)
    yield from (Fact("quotation", part) for part in short)
    yield from _names(text, context, set(programs))


def _names(text: Text, context: str, programs: set[str]) -> Iterator[Fact]:
    low = {word for word in [*text.words, *facts.words(facts.plain(context))] if word.islower()}
    loose: dict[str, bool] = {}
    for word in facts.capitalised(text.prose):
        common = word.initial and word.text.lower() in COMMON
        if not common and word.text not in programs:
            loose[word.text] = loose.get(word.text, True) and word.initial
    yield from (Fact("name", name, free) for name, free in loose.items() if not (free and name.lower() in low))


def _kept(fact: Fact, new: Text) -> bool:
    if fact.kind == "address":
        return fact.text.rstrip("/") in new.addresses
    if fact.kind == "code":
        word = facts.WORD.fullmatch(fact.text)
        return fact.text.strip("_") in new.words if word else squeezed(fact.text) in new.squeezed
    if fact.kind == "quotation":
        wanted = " ".join(tokens(unnumbered(fact.text)))
        return not regex.search(r"\w", fact.text) or f" {wanted} " in new.tokens
    return _number_kept(fact, new) if fact.kind == "number" else _name_kept(fact, new)


def _number_kept(fact: Fact, new: Text) -> bool:
    there = new.values(counting=False)
    number = numbers(fact.text)[0]
    return number.value in there or bool(number.parts and there.issuperset(number.parts))


def _name_kept(fact: Fact, new: Text) -> bool:
    name = fact.text.casefold()
    if len(fact.text) == 1:
        return fact.text in new.words
    if name in new.folded or not fact.loose or not name.isalpha():
        return name in new.folded
    return any(word.startswith(name[: max(SHARED, len(name) - 2)]) for word in new.folded)


STEP = regex.compile(r"(?i)\b(?:steps?|points?|items?|parts?|questions?|options?|stages?|phases?|days?|weeks?)\s+#?$")
_COMMON = """
a an the this that these those such both either neither each every all any some no none not nor only just even i me my
mine you your yours he him his she her hers it its we us our ours they them their theirs one ones myself yourself
himself herself itself ourselves themselves who whom whose which what when where why how and or but so yet for if then
else than as because since while whereas although though unless until once whether in on at by to of off from with
without within into onto over under above below between among across through during before after about against along
around behind beside beyond despite except inside outside near per toward towards upon up down out via versus is are
was were be been being am do does did done has have had having can could may might must shall should will would let
lets don doesn didn isn aren wasn weren won can couldn wouldn shouldn haven hasn hadn ll ve re here there now today
also too very more most much many less least few several other another others same however therefore thus hence
moreover furthermore additionally besides instead meanwhile nevertheless nonetheless otherwise similarly likewise
consequently accordingly finally lastly first firstly second secondly third thirdly next last overall indeed often
usually sometimes always never perhaps maybe still again already later soon yes okay sure certainly please thanks
based given according add avoid begin bring buy call check choose click come consider create cut do draw eat ensure
enter explain find follow get give go help include keep know learn leave live look make mix move open pay play put
read remember remove run save say see select send set show speak start stay stop take talk tell think try turn
understand use using visit wait walk wash work write answer answers question note notes example examples step steps
conclusion summary result results output input solution explanation response request task list following
"""
COMMON = frozenset(_COMMON.split())
