"""How many were asked for, and how many there are: items of lists, sentences, words, lines of a poem.

Only what can be counted is: a list with marks at its items, a line with commas, sentences in plain prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from porism.outputs.audit.arithmetic.tokens import UNITS
from porism.outputs.audit.finding import Finding
from porism.outputs.sources import Item

WORDS = {word: k for word, k in UNITS.items() if 1 <= k <= 20}
_NUMBER = rf"(?:{'|'.join(WORDS)}|\d{{1,4}})"
_SKIPPED = (
    r"words?(?! (?:that|which|to|related|starting|beginning|rhyming|ending|associated|describing|for|with))|letters?|"
    r"characters?|sentences?|lines?|paragraphs?|syllables?|minutes?|hours?|days?|weeks?|months?|years?|dollars?|"
    "people|percent|times?|pages?|stanzas?|verses?|points?|digits?|players?|persons?|parts?|sections?|pairs?|sets?|"
    "types? of|"
    "stars?|degrees?|miles?|meters?|metres?|kilometers?|cups?|inches|feet|euros?|pounds?|grams?|liters?|litres?|"
    "numbers?|columns?|"
    "rows?|rounds?|series|lists?|classes|categories|groups?"
)
_ASKED = re.compile(
    r"^(?:please |can you |could you |i need you to |i want you to )*"
    r"(?:list|give|name|provide|suggest|generate|come up with|identify|tell me|state|mention|offer|create|write|make|"
    r"produce|"
    r"propose|brainstorm|recommend|outline|describe|enumerate|share|find|think of|show|compile|"
    r"make a list of)(?: out| down)? (?:me |us )?(?:a list of |an? list with |the )?"
    rf"(?P<how>at least |up to |at most |no more than |a minimum of |a maximum of |exactly |around |about |top |"
    rf"any )?(?P<number>{_NUMBER})"
    rf"(?![\s-]*(?:to|or|-|\u2013)\s*{_NUMBER}\b)(?:\.|,)?[ ](?!of the\b)(?:different |unique |possible |common |new |"
    rf"good |key |main )*(?!(?:{_SKIPPED})\b)"
    r"(?:[a-z'-]+ ){0,3}?[a-z'-]+s\b",
    re.I,
)
_ANY_NUMBER = re.compile(rf"\b{_NUMBER}\b", re.I)
_PLURAL_AFTER = re.compile(
    rf"\b(?:and|with|plus|then|for each|each with|including|by) (?:{_NUMBER}|each|every)\b|\b(?:each|per)\b", re.I
)
_NUMBERED = re.compile(r"^[ \t]*(\d{1,3})\s?[.):]\s*\S")
_BULLETED = re.compile(r"^([ \t]*)[-*•▪+\u2013][ \t]+\S")
_SENTENCES = re.compile(
    rf"\b(?:in|into|using|with|to)(?P<how> at least| at most| up to| no more than| exactly| only| just| about|"
    rf" around| fewer than| less than| under)? "
    rf"(?P<number>{_NUMBER}|a single)(?P<or> ?(?:-|\u2013|or|to) ?{_NUMBER})? (?:[a-z]+ )?sentences?\b|"
    rf"\b(?:write|generate|create|compose|give me|provide|construct|"
    rf"make) (?P<number2>{_NUMBER})(?P<or2> ?(?:-|\u2013|or|"
    rf"to) ?{_NUMBER})? (?:[a-z]+ )?sentences?\b|"
    rf"\b(?P<number3>{_NUMBER})-sentence\b",
    re.I,
)
_WORDS = re.compile(
    r"\b(?:in|of|with|using|to)(?P<how> at least| at most| up to| no more than| exactly| only| about| around|"
    r" fewer than| less than| under| approximately)? "
    r"(?P<number>one|two|three|four|five|\d{1,4})(?P<or> ?(?:-|\u2013|or|"
    r"to) ?\d{1,4})? words?(?: or (?P<less>less|fewer|"
    r"more))?\b|"
    r"\b(?:a|an) (?P<number2>\d{2,4})[- ]words?(?! (?:vocabulary|list|puzzle|passphrase|dictionary))\b",
    re.I,
)
_LIMIT = re.compile(r"\b(?:less than|fewer than|under|no more than|at most|maximum of|max|up to|within)\b", re.I)
_POEMS = {"haiku": 3, "limerick": 5, "couplet": 2, "quatrain": 4, "sonnet": 14}
_POEM = re.compile(
    r"\b(?:write|compose|create|make|generate|give me|craft|come up with|construct) (?:me )?(?:a|"
    r"an) (?:[\w-]+ ){0,2}?(haiku|limerick|couplet|quatrain|sonnet)\b",
    re.I,
)
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|a\.m|p\.m|No|Inc|Ltd|Co|Mt|approx|Fig|al|[A-Z])\.|\d\.\d|"
    r"\.(?=[a-z]{2,4}\b)|\.{2,}|\b(?:[A-Z]\.){2,}",
    re.I,
)
_CODE = re.compile(r"```|[{};]\s*$|^\s*(?:def|class|import|return) ", re.M)
_STOP = re.compile(r"[.!?。\uff01\uff1f]+[\"'”\u2019)]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many are wanted, from ``least`` to ``most``."""

    least: int
    most: int

    def said(self) -> str:
        """In words."""
        if self.least == self.most:
            return f"{self.least}"
        return (
            f"at most {self.most}"
            if self.least == 0
            else f"{self.least} to {self.most}"
            if self.most < 10**6
            else f"at least {self.least}"
        )


def wrong(item: Item) -> Iterator[Finding]:
    """A count that was asked for and missed."""
    if not item.output.strip() or len(item.instruction) > 1000:
        return
    reason = _items(item) or _sentences(item) or _words(item) or _lines(item)
    if reason:
        yield Finding(item.name, "count", "warning", reason)


def _number(text: str) -> int:
    text = text.lower().strip()
    return 1 if text == "a single" else WORDS[text] if text in WORDS else int(text)


def _wanted(how: str | None, number: int, other: str | None = None) -> Wanted:
    how = (how or "").strip().lower()
    if other:
        last = _number(re.split(r"-|\u2013|or |to ", other.strip(), maxsplit=1)[-1].strip())
        return Wanted(min(number, last), max(number, last))
    if how in ("at least", "a minimum of"):
        return Wanted(number, 10**6)
    if how in ("at most", "up to", "no more than", "a maximum of", "under", "fewer than", "less than"):
        return Wanted(0, number)
    return Wanted(number, number)


def _items(item: Item) -> str | None:
    """Items of a list."""
    asked = _ASKED.match(item.instruction.strip())
    if not asked:
        return None
    number = _number(asked["number"])
    rest = item.instruction[asked.end("number") :]
    if not 2 <= number <= 50 or _ANY_NUMBER.search(rest) or _PLURAL_AFTER.search(rest):
        return None
    wanted = _wanted(asked["how"], number)
    given = _listed(item.output)
    if given is None:
        given = _in_line(item.output, number)
    if given is None or wanted.least <= given <= wanted.most:
        return None
    if (asked["how"] or "").strip().lower() in ("around", "about") and abs(given - number) <= 1:
        return None
    return f"{wanted.said()} items were asked for, {given} are there"


def _listed(text: str) -> int | None:
    """How many items a list has whose items are numbered, or marked at one depth; None where that is not clear."""
    lines = [line for line in text.splitlines() if line.strip()]
    numbers = [int(found[1]) for line in lines if (found := _NUMBERED.match(line))]
    if numbers:
        return len(numbers) if len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)) else None
    depths = [len(found[1]) for line in lines if (found := _BULLETED.match(line))]
    if len(depths) < 2:
        return None
    headings = sum(not _BULLETED.match(line) for line in lines)
    return depths.count(min(depths)) if headings <= 2 else None


def _in_line(text: str, number: int) -> int | None:
    """How many items a line with commas has, where each is short: too few for certain, or single words."""
    line = text.strip().rstrip(".")
    if "\n" in line or ";" in line or "(" in line or ". " in line or ":" in line:
        return None
    parts = [part.strip() for part in re.split(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", line) if part.strip()]
    longest = max((len(part.split()) for part in parts), default=9)
    if len(parts) < 2 or longest > 3 or re.search(r"\b(?:is|are|was|the|you|it|include)\b", line, re.I):
        return None
    return len(parts) if len(parts) < number or longest == 1 else None


def _sentences(item: Item) -> str | None:
    """Sentences of plain prose."""
    if "entence" not in item.instruction:
        return None
    asked = list(_SENTENCES.finditer(item.instruction))
    if len(asked) != 1:
        return None
    found = asked[0]
    number = _number(found["number"] or found["number2"] or found["number3"])
    wanted = _wanted(found["how"], number, found["or"] or found["or2"])
    if _LIMIT.search(item.instruction) and not found["how"]:
        return None
    lines = [line for line in item.output.splitlines() if line.strip()]
    if any(_BULLETED.match(line) for line in lines) or _CODE.search(item.output) or not 1 <= number <= 20:
        return None
    given = sum(map(_sentences_in, lines))
    return (
        None if wanted.least <= given <= wanted.most else f"{wanted.said()} sentences were asked for, {given} are there"
    )


def _sentences_in(line: str) -> int:
    """How many sentences a line has; what is quoted belongs to the sentence around it."""
    line = re.sub(r"^\s*\d{1,2}[.)]\s+", "", line.strip())
    line = re.sub(r"[\"“”]([^\"“”]*)[\"“”]", lambda quote: re.sub(r"[.!?]", "", quote[1][:-1]) + quote[1][-1:], line)
    line = _ABBREVIATION.sub("", line)
    stops = len(_STOP.findall(line))
    return max(1, stops + (not _STOP.search(line[-3:]) and stops > 0 and len(_STOP.split(line)[-1].split()) > 2))


def _words(item: Item) -> str | None:
    """Words: a limit that is passed, or half or twice the number that was asked for."""
    if "word" not in item.instruction.lower():
        return None
    asked = list(_WORDS.finditer(item.instruction))
    if len(asked) != 1 or "own words" in item.instruction:
        return None
    found = asked[0]
    number = _number(found["number"] or found["number2"])
    wanted = _wanted(found["how"], number, found["or"])
    if found["less"] or (_LIMIT.search(item.instruction) and not found["how"]):
        wanted = Wanted(number, 10**6) if found["less"] == "more" else Wanted(0, number)
    given = len(item.output.split())
    if wanted.least == wanted.most and number > 5:
        wanted_range = Wanted(number // 2, 2 * number)
    else:
        wanted_range = Wanted(wanted.least * 9 // 10, wanted.most + max(1, wanted.most // 10))
    if wanted_range.least <= given <= wanted_range.most:
        return None
    return f"{wanted.said()} words were asked for, {given} are there"


def _lines(item: Item) -> str | None:
    """Lines of a poem with a fixed form; one line may stand for all of them, and a title above them."""
    if not any(form in item.instruction.lower() for form in _POEMS):
        return None
    asked = _POEM.search(item.instruction)
    if not asked:
        return None
    lines = item.output.strip().splitlines()
    if len(lines) > 2 and (not lines[1].strip() or lines[0].rstrip().endswith(":")):
        lines = lines[1:]
    given, wanted = sum(bool(line.strip()) for line in lines), _POEMS[asked[1].lower()]
    if given in (1, wanted) or (given == wanted + 1 and len(lines[0].split()) <= 4):
        return None
    return f"a {asked[1].lower()} has {wanted} lines, and this one {given}"
