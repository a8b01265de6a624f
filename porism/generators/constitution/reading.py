"""Reading drafts, critiques, revisions and choices: what is wrong with them, as a reason, or None.

What speaks of refusals, announcements and critiques is English; other languages pass these checks.
"""

import unicodedata

import regex

from porism.generators.chat import ChatReply
from porism.generators.constitution.settings import Critiquing
from porism.generators.replies import ReplyError, json_of, text_of
from porism.generators.self_instruct.settings import Sampling
from porism.outputs.records import storable
from porism.outputs.rouge import words

HEAD = 300  # characters in which a refusal or an announcement would stand
SHORT = 50  # words as which a shorter answer counts where a revision may be too long
SHOWN = 80  # characters of a text that a reason quotes

_REFUSAL = regex.compile(
    r"(?:(?:i'm|i am) (?:\w+ )?sorry|sorry|i apologi[sz]e|unfortunately|as an ai[^.!?]{0,60}?)?[ ,.;:-]*(?:but )?"
    r"i(?:'m| am)? (?:can't|cannot|can not|won't|will not|unable to|not able to|must decline to) (?:\w+ )?"
    r"(?:assist|comply|provide|fulfil|answer|create|generate|engage|participate|discuss|do that|help(?! but| \w+ing))"
)
_COURTESY = r"(?:(?:sure|certainly|of course|absolutely|okay|ok|understood|thank you)\b[^\n:]{0,60}?[!.,]\s*)?"
_NEWER = "(?:revised|rewritten|improved|updated|corrected|edited)"
_NAMED = "(?:answer|response|version|reply|text)"
_HERE = "here(?:'s| is) (?:the|a|an|my|your)"
_ANNOUNCEMENT = regex.compile(
    rf"{_COURTESY}[*_# ]*(?:{_HERE} (?:\w+ )?(?:{_NEWER}|new|better) (?:\w+ )?{_NAMED}[^\n:]{{0,60}}"
    rf"|{_HERE} (?:\w+ )?{_NEWER}[^\n:]{{0,60}}(?=:[*_ ]*\n)"
    rf"|(?:the |my )?(?:{_NEWER} (?:\w+ )?{_NAMED}|revision)[*_ ]*):[*_]*",
    regex.IGNORECASE,
)
_META = regex.compile(
    r"\b(?:(?:the|this|your|that) critique|(?:the|my|this) (?:revised|rewritten) (?:answer|response|version|reply)"
    r"|(?:the|my) (?:original|previous|first|earlier) (?:answer|response|reply|draft))\b"
)
_NOTHING = regex.compile(
    r"no (?:changes?|issues?|problems?|faults?|violations?)\b|nothing (?:needs|has to|falls|to change)"
    r"|the answer (?:already |fully )?(?:follows|meets|keeps to) the principle"
)
_CHOICE = regex.compile(r"\W*(?:(?:answer|response|option)\s+)?([AB])\W*", regex.IGNORECASE)


def normal(text: str) -> str:
    """The text as equality goes by: composed, without case, spaces and apostrophes alike."""
    return " ".join(unicodedata.normalize("NFC", _straight(text)).casefold().split())


def _straight(text: str) -> str:
    return text.replace("\u2019", "'")


def whole(reply: ChatReply, sampling: Sampling) -> str:
    """The text of a reply, stripped.

    Raises:
        ReplyError: the request failed, or the reply is empty, absurdly long, or was cut.
    """
    text = text_of(reply).strip()
    if reply.finish == "length":
        raise ReplyError(f"cut after {sampling.max_tokens} tokens")
    return str(storable(text))


def draft_fault(settings: Critiquing, prompt: str, text: str) -> str | None:
    """Why a text is no draft."""
    if not text:
        return "there is no draft: the source gives no output"
    if normal(text) == normal(prompt):
        return "the draft is the prompt again"
    if settings.refusals == "reject" and _REFUSAL.match(normal(text[:HEAD])):
        return f'the draft refuses: {text[:SHOWN]!r}; refusals = "keep" takes it all the same'
    return None


def critique_of(reply: ChatReply, sampling: Sampling) -> tuple[str, bool]:
    """The critique in a reply, and whether it finds that the principle is violated.

    Raises:
        ReplyError: the reply cannot be used, has no critique, or does not say whether the principle is violated.
    """
    whole(reply, sampling)
    text, violated = json_of(reply, "critique"), _truth(json_of(reply, "violated"))
    if not isinstance(text, str):
        raise ReplyError(f"the critique is no text but of type {type(text).__name__}")
    if not (text := str(storable(text.strip()))):
        raise ReplyError("the critique is empty")
    return text, violated and not _NOTHING.match(normal(text[:HEAD]))


def _truth(value: object) -> bool:
    said = value.strip().casefold() if isinstance(value, str) else value
    if said is True or said in ("true", "yes"):
        return True
    if said is False or said in ("false", "no"):
        return False
    shown = repr(said[:SHOWN]) if isinstance(said, str) else f"of type {type(said).__name__}"
    raise ReplyError(f"'violated' is neither true nor false but {shown}")


def cleaned(text: str, before: str) -> str:
    r"""A revision without what announces it, and without the lines that quote answers; never without the answer itself.

    What the answer ``before`` began with as well belongs to it.

    >>> cleaned("Sure! Here is the revised answer:\n\nBoil it.", "Cook it."), cleaned("Revised answer:", "Cook it.")
    ('Boil it.', '')
    """
    if _inside(before) is None:
        text = _inside(text) or text
    text = text.strip()
    if (found := _ANNOUNCEMENT.match(_straight(text[:HEAD]))) and not _ANNOUNCEMENT.match(_straight(before[:HEAD])):
        text = text[found.end() :]
    return text.strip()


def _inside(text: str) -> str | None:
    """What is between two lines of equals signs, if that is the whole text."""
    first, *between = text.strip().split("\n")
    if len(between) < 2 or between[-1].strip() != first.strip() or not regex.fullmatch("={5,}", first.strip()):
        return None
    return "\n".join(between[:-1])


def revision_fault(settings: Critiquing, prompt: str, before: str, text: str) -> str | None:
    """Why a cleaned revision of the answer ``before`` is none."""
    if not text:
        return "it announces an answer and gives none"
    if _repeats(prompt, text) and not _repeats(prompt, before):
        return "it begins with the prompt again"
    if (found := _META.search(normal(text))) and not _META.search(normal(f"{prompt}\n{before}")):
        return f"it speaks of itself instead of answering: {found[0]!r}"
    return _length_fault(settings, words(before), words(text))


def unchanged(before: str, text: str) -> str | None:
    """Why a revision changes nothing."""
    return "it is the answer that it should change" if normal(text) == normal(before) else None


def _repeats(prompt: str, text: str) -> bool:
    """Whether a text begins with the prompt, if that has some length."""
    return words(prompt) >= 4 and normal(text).startswith(normal(prompt))


def _length_fault(settings: Critiquing, before: int, after: int) -> str | None:
    low, high = settings.ratio
    if low * before <= after <= high * max(before, SHORT):
        return None
    return f"{after} words where the answer had {before}; {low:g} to {high:g} times as many are allowed"


def choice_of(reply: ChatReply) -> str:
    """``"A"``, ``"B"``, or nothing where the reply does not choose."""
    try:
        said = json_of(reply, "better")
    except ReplyError:
        return ""
    found = _CHOICE.fullmatch(said[:SHOWN]) if isinstance(said, str) else None
    return found[1].upper() if found else ""
