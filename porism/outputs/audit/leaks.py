"""What a model wrote after its answer: the next item of the list, and the marks between the turns of a chat."""

import re
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding
from porism.outputs.audit.text import LONGEST, ending, quoted
from porism.outputs.sources import Item

_NEXT = re.compile(
    r"(?:^|\s)(?:#{2,}\s*)?\d{1,3}\s?[.)]\s*(?:Instruction|Input|Output)\s*:|"
    r"^#{2,}\s*(?:Instruction|Response|Human|Assistant|User|System)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_BAR = re.compile(r"\n[ \t]*###[ \t]*(?:\n|$)")
_BLOCK = re.compile(
    r"\n\s*(?P<head>Task|Instruction|Example\s?\d+|Question \d+|Input|Output)\s*:?[^\n]*(?:\n[^\n]*)??"
    r"\n\s*(?:Input|Output|Is it classification\?|Class label)\s*:?",
)
_MEANT = re.compile(r"\b(?:inputs?|outputs?|few-shot|prompts?|tasks?|worksheet|template|test cases?|programs?)\b", re.I)
_COMMENT = re.compile(r"\b(?:code|comment|banner|script|markdown|heading|python|bash|shell|symbol|sign)s?\b", re.I)
_MARKER = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|begin_of_text|end_of_text|start_header_id|end_header_id|"
    r"assistant|user|system|end|pad|endofprompt)\|>|\[/?INST\]|<</?SYS>>|</s>\s*$|<(?:start|end)_of_turn>|"
    r"<\uff5c(?:Assistant|User|end▁of▁sentence)\uff5c>"
)
_TURN = re.compile(r"\n\s*(?:Human|User|Assistant|AI)\s*:\s")
_TALK = re.compile(
    r"\b(?:dialog(?:ue)?s?|conversations?|chat\w*|script|interview|humans?|bots?|assistants?|robots?|AI|transcript|"
    r"scene|play|exchange|users?|customers?|talk|story)\b",
    re.I,
)
_ENDING = "<|endoftext|>"


def items(item: Item) -> Iterator[Finding]:
    """The next item of a generated list at the end of an output: ``21. Instruction: ...``, ``###``, ``Task: ...``."""
    text = item.output[:LONGEST]
    if "#" not in text and ":" not in text:
        return
    found = _NEXT.search(text) or _bar(item, text) or _block(item, text)
    if found:
        rest = text[found.start() :].strip()
        yield Finding(item.name, "leaked-item", "error", f"the output goes on with another item: {quoted(rest)}")


def before(text: str) -> str:
    """The text up to the next item, if one leaked into it."""
    found = _NEXT.search(text[:LONGEST]) if ":" in text else None
    return text[: found.start()].rstrip("# \n") if found else text


def _bar(item: Item, text: str) -> "re.Match[str] | None":
    """A line of three hashes: what stands between the items of Alpaca's prompt."""
    if "###" not in text or "```" in text or _COMMENT.search(item.instruction):
        return None
    return _BAR.search(text)


def _block(item: Item, text: str) -> "re.Match[str] | None":
    if "put:" not in text or _MEANT.search(item.instruction):
        return None
    return _BLOCK.search(text)


def markers(item: Item) -> Iterator[Finding]:
    """Marks between the turns of a chat, or turns after the answer, that a template left in an output."""
    text = item.output[:LONGEST]
    found = _MARKER.search(text) if "<" in text or "[" in text else None
    if found and found.group().strip() not in item.instruction + item.input and "token" not in item.instruction:
        if text.rstrip().endswith(_ENDING) and text.count("<|") == 1:
            yield Finding(item.name, "chat-marker", "warning", f"the output ends with {_ENDING}")
        else:
            yield Finding(item.name, "chat-marker", "error", f"the output holds {found.group().strip()!r}")
        return
    turn = _TURN.search(text) if ":" in text else None
    if turn and not _TALK.search(f"{item.instruction} {item.input}") and not re.match(r"\w+\s*:", text):
        yield Finding(
            item.name, "chat-marker", "error", f"the output goes on as a chat: {ending(text[turn.start() :])}"
        )
