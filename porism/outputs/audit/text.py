"""Texts as checks compare and quote them."""

import re
from hashlib import blake2b
from unicodedata import normalize

QUOTED = 60  # characters of a quotation
LONGEST = 20_000  # characters of a text that patterns are tried on: what is wrong with a longer one shows earlier
_SPACE = re.compile(r"\s+")
_ENDS = " \t\r\n.,;:!?\"'`"


def squeezed(text: str) -> str:
    r"""The text with every run of white space as one space.

    >>> squeezed(" a\n  b ")
    'a b'
    """
    return " ".join(text.split())


def folded(text: str) -> str:
    r"""The text as others write it who differ in case, spaces, or compatible characters.

    >>> folded("\uff2eo  Output")
    'no output'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def bare(text: str) -> str:
    """The folded text without the marks at its ends.

    >>> bare("'Question.' ")
    'question'
    """
    return folded(text).strip(_ENDS)


def quoted(text: str, most: int = QUOTED) -> str:
    """The beginning of a text, for a reason."""
    short = squeezed(text[: 4 * most])
    return repr(short if len(short) <= most and len(text) <= 4 * most else f"{short[:most]}...")


def ending(text: str, most: int = QUOTED) -> str:
    """The end of a text, for a reason."""
    short = squeezed(text[-4 * most :])
    return repr(short if len(short) <= most and len(text) <= 4 * most else f"...{short[-most:]}")


def digest(*texts: str) -> bytes:
    """128 bits that stand for texts, so that a whole set can be remembered."""
    found = blake2b(digest_size=16)
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass"))
        found.update(b"\0\xff")
    return found.digest()
