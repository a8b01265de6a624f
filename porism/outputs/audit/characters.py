"""Characters that do not belong into a text: control characters, text decoded wrongly, tags of a page."""

import re
import unicodedata
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding
from porism.outputs.audit.text import LONGEST, quoted
from porism.outputs.sources import Item

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffd\ue000-\uf8ff]"
)
_JOINERS = "\u200c\u200d"  # that many scripts and emoji need
_MARKS = "\u200e\u200f"  # of direction, which texts with Arabic or Hebrew may need
_MORE = bytes(set(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252")
_NEXT = f"[\x80-\xbf{_MORE}]"  # the second bytes of UTF-8, read as Windows-1252
_MOJIBAKE = re.compile(
    rf"\u00e2\u20ac[\x80-\xbf{_MORE}]|\u00f0\u0178{_NEXT}{{2}}|\u00c3[\x80-\xbf{_MORE}]|\u00c2[\xa0-\xbf]|"
    rf"(?:[\u00d0\u00d1]{_NEXT}){{2}}|(?:[\u00e3-\u00e9]{_NEXT}{{2}}){{2}}|(?:[\u00d8-\u00db]{_NEXT}){{3}}|"
    rf"\u00c2(?=\s|$)"
)
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|u|strong|em|a|li|ul|ol|h[1-6]|table|td|tr|th|font|sup|sub|blockquote|img|"
    r"hr)(?:\s[^<>\n]{0,200})?/?>|"
    r"&(?:nbsp|amp|lt|gt|quot|apos|hellip|mdash|ndash|rsquo|lsquo|rdquo|ldquo|#\d{2,5}|#x[0-9a-f]{2,5});",
    re.I,
)
_OF_PAGES = re.compile(
    r"\b(?:html|xml|tags?|markup|web ?(?:page|site|form)?s?|css|page|code|javascript|php|jsx?|react|markdown|url|"
    r"escape\w*|"
    r"entit(?:y|ies)|script|e-?mail template|button|form|jquery|blog|program|function|svg|element|vue|angular|syntax|"
    r"format\w*)\b",
    re.I,
)


def control(item: Item) -> Iterator[Finding]:
    """Control characters, invisible ones, and the sign for a character that could not be read."""
    for column, text in _columns(item):
        for found in _CONTROL.finditer(text):
            if not _in_place(text, found.start()):
                code = f"U+{ord(found.group()):04X}"
                name = unicodedata.name(found.group(), "a control character").lower()
                yield Finding(item.name, "control-character", "warning", f"the {column} holds {code}, {name}")
                return


def _in_place(text: str, at: int) -> bool:
    """Whether an invisible character joins or turns the letters beside it, as it should."""
    sign, around = text[at], text[max(0, at - 2) : at] + text[at + 1 : at + 3]
    if sign in _JOINERS:
        return any(c > "\u05ff" and not c.isspace() for c in around)
    if sign in _MARKS:
        return any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text[:LONGEST])
    return False


def mojibake(item: Item) -> Iterator[Finding]:
    """UTF-8 that was read as Latin-1 or Windows-1252: ``cafÃ©`` for café."""
    for column, text in _columns(item):
        if text.isascii():
            continue
        found = _MOJIBAKE.search(text)
        if found:
            begin = max(0, found.start() - 15)
            reason = f"the {column} was decoded wrongly: {quoted(text[begin : found.end() + 15])}"
            yield Finding(item.name, "mojibake", "warning", reason)
            return


def tags(item: Item) -> Iterator[Finding]:
    """Tags and entities of HTML in a text that is not about them."""
    text = item.output[:LONGEST]
    if ("<" not in text and "&" not in text) or "```" in text:
        return
    found = _TAG.search(text)
    if found and not (
        "<" in item.instruction + item.input or _OF_PAGES.search(f"{item.instruction} {item.input[:2000]}")
    ):
        if text.lstrip().startswith(("<!DOCTYPE", "<html", "<?xml")):
            return
        yield Finding(item.name, "html", "info", f"the output holds {found.group()[:40]!r}")


def _columns(item: Item) -> Iterator[tuple[str, str]]:
    yield "instruction", item.instruction
    yield "input", item.input
    yield "output", item.output
