"""What a text says that a new format must not lose: numbers, names, quotations, addresses, code.

Everything is read from the text as it stands, in any script; nothing is understood. Names are words with a capital
letter, so that scripts without capitals have none.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

Kind = Literal["number", "name", "quotation", "address", "code"]
LONGEST_QUOTATION = 300  # characters: of more, the numbers and names are looked at alone


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a text says, as it is written there; ``loose`` if a capital is all that makes it a name."""

    kind: Kind
    text: str
    loose: bool = False

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return f"{self.kind} {text if len(text) <= 60 else text[:57] + '...'!r}"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with a capital letter, and whether it may owe that to its place at the beginning of a sentence."""

    text: str
    initial: bool


def plain(text: str) -> str:
    """The text with one way of writing what can be written in several: digits, quotes, powers, invisible characters.

    >>> plain("½ of 10⁻² m, ٣ times, 1\u00a0000 in the U.S.")
    '1/2 of 10^-2 m, 3 times, 1000 in the US'
    """
    text = regex.sub(r"(?<=\p{Nd})[\u00a0\u2009\u202f](?=\p{Nd}{3}(?!\p{Nd}))", "", text)
    text = regex.sub(r"[\u00b2\u00b3\u00b9\u2070\u2074-\u207b]+", lambda run: f"^{run.group()}", text)
    text = regex.sub(r"[\u00bc-\u00be\u2150-\u215f\u2189]", lambda one: f" {one.group()}", text)
    text = regex.sub(r"\ufe0f?\u20e3", ". ", text)  # keycaps, which number lists
    text = unicodedata.normalize("NFKC", text).translate(SAME)
    if not text.isascii():
        text = regex.sub(r"(?V1)[\p{Nd}--[0-9]]", lambda one: str(unicodedata.decimal(one.group())), text)
        text = regex.sub(r"\p{Cf}", "", text)
    text = regex.sub(r"\\([\\`*_{}\[\]()#+.!|>~-])", r"\1", text)  # what Markdown escapes
    return regex.sub(r"(?<![\p{L}.])(?:\p{L}\.){2,}", lambda run: run.group().replace(".", ""), text).strip()


def addresses(text: str) -> Iterator[str]:
    """Web and mail addresses, without the punctuation of the sentence around them.

    >>> list(addresses("See (https://a.org/x_(y)), or mail me@b.org."))
    ['https://a.org/x_(y)', 'me@b.org']
    """
    for found in ADDRESS.finditer(text):
        url = found.group()
        spare = max(0, url.count(")") - url.count("("))
        while url and (url[-1] in ".,;:!?'*_~]}>" or (url[-1] == ")" and spare)):
            spare -= url[-1] == ")"
            url = url[:-1]
        yield url


def without_addresses(text: str) -> str:
    """The text with a sign (U+FFFC) in the place of each address."""
    return ADDRESS.sub("\ufffc", text)


def code(text: str) -> tuple[list[str], str]:
    """The lines of fenced code and what stands in backticks, and the text without its fenced code."""
    lines: list[str] = []
    rest: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if fence:
            if mark and mark.group(1)[0] == fence and not line.strip(" `~\t"):
                fence = ""
            else:
                lines.append(line)
        elif mark:
            fence = mark.group(1)[0]
        else:
            rest.append(line)
    return [*lines, *INLINE.findall("\n".join(rest))], "\n".join(rest)


def identifiers(text: str) -> Iterator[str]:
    """Words of programs in prose: with an underscore or a capital inside, or called.

    >>> list(identifiers("Use read_csv, then dropNa or print() for item(s) _here_."))
    ['read_csv', 'dropNa', 'print']
    """
    for found in WORD.finditer(text):
        word, after = found.group().strip("_"), text[found.end() : found.end() + 3]
        called = after.startswith("(") and after != "(s)"
        if "_" in word or called or regex.search(r"\p{Ll}\p{Lu}", word):
            yield word


def quotations(text: str) -> Iterator[str]:
    """What stands in quotation marks, in any of the usual pairs."""
    for found in QUOTED.finditer(text):
        yield next(part for part in found.groups() if part is not None)
    for line in text.split("\n"):
        parts = line.split('"')
        if len(parts) % 2:  # else a mark is inches, or has no partner
            yield from (part for part in parts[1::2] if part.strip() == part and part)


def capitalised(text: str) -> Iterator[Word]:
    """Words with a capital letter anywhere, of two characters or more, and single capital letters but A and I."""
    for found in WORD.finditer(text):
        word = found.group().strip("_")
        if word.islower() or not any(map(str.isupper, word)):
            continue
        before = text[max(0, found.start() - 40) : found.start()]
        bare = before.rstrip(" \t*_#>`~'\"()[]{}+|\u2022\u00b7-")
        stripped = before[len(bare) :]
        line_start = "\n" in before[len(before.rstrip()) :] or not bare or bare.endswith("\n")
        if len(word) == 1 and (word in "AI" or (line_start and regex.match(r"[.):]", text[found.end() :]))):
            continue  # an article, a pronoun, the letter of an option
        dash = regex.search(r"(?:^|\s)-\s", stripped) is not None
        yield Word(word, initial=line_start or dash or "|" in stripped or bare[-1:] in ".!?:;/\u2026\u2013\u2014")


def words(text: str) -> Iterator[str]:
    """All words, as they are written."""
    return (found.group().strip("_") for found in WORD.finditer(text))


SAME = {ord(mark): "'" for mark in "\u2018\u2019\u201a\u201b\u02bc"}
SAME |= {0x2044: "/", 0x2212: "-", 0x066B: ".", 0x066C: ","}
FENCE = regex.compile(r"[ \t>]{0,12}(```|~~~)")
INLINE = regex.compile(r"(?<!`)`([^`\n]+)`(?!`)")
WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}_])[\p{L}_][\p{L}\p{M}\p{N}_]*")
ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s<>\[\]{}\"\u201c\u201d\u00ab\u00bb`|\\^]+|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+",
    regex.IGNORECASE,
)
QUOTED = regex.compile(
    r"\u201c([^\u201c\u201d]+)\u201d|\u00ab([^\u00ab\u00bb]+)\u00bb|\u201e([^\u201e\u201c\u201d]+)[\u201c\u201d]"
    r"|\u300c([^\u300c\u300d]+)\u300d|\u300e([^\u300e\u300f]+)\u300f|\u300a([^\u300a\u300b]+)\u300b"
)
