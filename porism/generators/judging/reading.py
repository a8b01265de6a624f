"""What a judge wrote, read strictly: nothing is guessed."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import regex

from porism.generators.chat import ChatReply
from porism.generators.replies import ReplyError, as_text, text_of


def raw_of(replies: Sequence[ChatReply]) -> str:
    """All that was written: the text of one reply, or the texts of several as a JSON list."""
    texts = [reply.text for reply in replies]
    return texts[0] if len(texts) == 1 else json.dumps(texts, ensure_ascii=False)


def whole(reply: ChatReply, *names: str) -> None:
    """Nothing, if a reply is there, ended by itself, and says each of these members once.

    Of two members with one name a parser takes one: which of them the judge meant would be a guess.

    Raises:
        ReplyError: it is not.
    """
    text = text_of(reply)
    if reply.finish == "length":
        raise ReplyError("the reply was cut")
    for name in names:
        if (times := len(regex.findall(rf"""(?<!\\)(["']){name}\1\s*:""", text))) > 1:
            raise ReplyError(f"{name!r} stands {times} times in the reply")


def shown(value: Fraction) -> str:
    """A mean for people, with the fraction itself where two decimals do not say all.

    >>> shown(Fraction(9, 2)), shown(Fraction(31, 7))
    ('4.5', '4.43 (31/7)')
    """
    rounded = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return rounded if Fraction(rounded) == value else f"{rounded} ({value})"


def score_of(value: Any, scale: tuple[int, int], name: str) -> Fraction:
    """A score as an exact number.

    >>> score_of("4.5", (1, 5), "clarity")
    Fraction(9, 2)

    Raises:
        ReplyError: it is no decimal number, or not on the scale.
    """
    low, high = scale
    text = "" if isinstance(value, bool) else as_text(value).strip()
    if not regex.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,20})?", text):
        raise ReplyError(f"the score of {name!r} is {as_text(value)[:40]!r}, not a number from {low} to {high}")
    exact = Fraction(str(float(text)))  # what a column of floats keeps
    if not low <= exact <= high:
        raise ReplyError(f"the score of {name!r} is {text}, outside the scale of {low} to {high}")
    return exact
