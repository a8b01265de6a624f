"""Rows that say nothing: empty outputs, and words that stand where a text should be."""

import re
from collections.abc import Iterable, Iterator

from porism.outputs.audit.finding import ALL, Finding
from porism.outputs.audit.text import folded, quoted
from porism.outputs.sources import Item

SHORT = 80  # characters of the longest placeholder
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_THING = "input|output|text|image|data|information|context|sentence|article|passage|content|paragraph|question|details"
_GIVEN = "provided|given|available|needed|required|found|specified|necessary|supplied|present|applicable|detected"
_HERE = re.compile(
    r"(?!.*\b(?:image|picture|photo|video|audio)s?\b)(?:please )?(?:insert|enter|add|put|type|write|paste|your|place|"
    r"input|provide|fill in|some|the|any)\b.*|"
    rf"(?!image)(?:the )?(?:{_THING}|answer|response|result|story|list|poem|summary|translation|url|"
    rf"link)s?(?: text)?(?: goes)?"
    r"(?: here)?"
)
_BRACKETS = ("[]", "<>", "{}", "()")
_NOTHING = re.compile(
    r"(?:no|non)[ _-]?(?:in|out)put|<(?:no|none|null|empty|blank|nil)>|"
    rf"(?:there (?:is|was) |there's )?no (?:\w+ )?(?:{_THING})s?(?: (?:is|was|are|were|has been))?"
    rf"(?: (?:{_GIVEN}))?(?: (?:for|in|with) (?:this|the) (?:task|instruction|question|prompt))?|"
    rf"none (?:{_GIVEN})|not (?:applicable|required|needed|available|provided|given)|to be (?:added|determined|done)|"
    r"lorem ipsum\b.*|placeholder(?: text)?|output|input|response|answer|tbd|todo|<?blank>?"
)
_UNSURE = re.compile(r"n ?/ ?a|na|none|null|nil|nothing|nan|undefined|[-\u2013—_.…?*]+")
_GIVEN_WORD = re.compile(
    r"\b(?:translate|spell|define|expand|abbreviat\w+|acronym)\b|"
    r"\b(?:the|this|following|given|each|these) (?:\w+ ){0,2}"
    r"(?:words?|values?|literals?|keywords?|types?|expression|synonyms?|antonyms?|meaning|symbols?|term|phrase)\b"
)
_ASKS_WHICH = re.compile(
    r"\b(?:which|how many|who|what|where|is there|are there|any|find|identify|extract|detect|list|name|spot|fill|"
    r"complete|choose|select|pick|determine|check|missing|error|mistake|classify|abbreviat\w+|translate|type|value|"
    r"literal|keyword|python|javascript|java|sql|code|synonym|antonym|spell|meaning|word|expand|predict|evaluate)\b"
)


def outputs(items: Iterable[Item]) -> Iterator[Finding]:
    """Outputs with nothing to be seen in them; where no row has one, that is said once."""
    found: list[Finding] = []
    rows = 0
    for item in items:
        rows += 1
        if not item.output.strip(f"{_INVISIBLE} \t\r\n\u3000"):
            found.append(Finding(item.name, "empty-output", "error", "the output is empty"))
    if rows > 1 and len(found) == rows:
        found = [Finding(ALL, "empty-output", "info", "no row has an output; a set of texts has none")]
    yield from found


def placeholder_output(item: Item) -> Iterator[Finding]:
    """An output that only holds the place of one: ``<nooutput>``, ``[Your answer here]``; ``N/A`` where none is due."""
    if not item.output or len(item.output) > SHORT:
        return
    said = _inner(item.output)
    if said is None:
        return
    if _is_placeholder(*said):
        if not _spoken_of(item, said[0]):
            yield Finding(item.name, "placeholder-output", "error", f"the output is {quoted(item.output)}")
    elif _UNSURE.fullmatch(said[0]) and not (_spoken_of(item, said[0]) or _ASKS_WHICH.search(folded(item.instruction))):
        yield Finding(item.name, "placeholder-output", "warning", f"the output is {quoted(item.output)}")


def placeholder_input(item: Item) -> Iterator[Finding]:
    """An input that says that there is none: ``No input``, ``<noinput>``, ``N/A``, ``[Insert text here]``."""
    if not item.input or len(item.input) > SHORT:
        return
    said = _inner(item.input)
    if said is None:
        return
    sure = _is_placeholder(*said) and not _about_text(item, said[0])
    if sure or (_UNSURE.fullmatch(said[0]) and not _about_words(item.instruction)):
        reason = f"the input is {quoted(item.input)}, which should be empty"
        yield Finding(item.name, "placeholder-input", "warning", reason)


def no_input(item: Item) -> bool:
    """Whether a task has no input, whatever stands there."""
    return not item.input.strip() or any(True for _ in placeholder_input(item))


def _inner(text: str) -> tuple[str, bool] | None:
    """What a short text says, and whether it stands in brackets; None for one that has too many words."""
    said = folded(text).strip(" .:!\"'`*")
    said = said or folded(text).strip()
    bracketed = len(said) > 2 and (said[0] + said[-1]) in _BRACKETS
    if bracketed:
        said = said[1:-1].strip(" .:!")
    return (said, bracketed) if said and said.count(" ") < 12 else None


def _is_placeholder(said: str, bracketed: bool) -> bool:
    return bool(_NOTHING.fullmatch(said) or (bracketed and (_HERE.fullmatch(said) or _UNSURE.fullmatch(said))))


def _spoken_of(item: Item, said: str) -> bool:
    """Whether the task itself names these words as an answer."""
    asked = f"{folded(item.instruction)} {folded(item.input)}"
    return re.search(rf"(?<!\w){re.escape(said)}(?!\w)", asked) is not None


def _about_text(item: Item, said: str) -> bool:
    """Whether the task is about the words of its input, as that of a message on a screen."""
    words = ("message", "phrase", "words", "error", "label", "say what")
    return said not in ("noinput", "nooutput") and any(word in folded(item.instruction) for word in words)


def _about_words(instruction: str) -> bool:
    """Whether the task is about a given word or value, which may be such a one."""
    return _GIVEN_WORD.search(folded(instruction)) is not None
