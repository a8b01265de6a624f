"""Why an item is dropped, beside what the filters of Self-Instruct say."""

from collections.abc import Iterator

from porism.generators.alpaca.listing import UNSAID, Item, leak
from porism.generators.alpaca.settings import Settings
from porism.generators.self_instruct import filters


def checks(item: Item, settings: Settings) -> Iterator[tuple[str, str | None]]:
    """The checks of an item before novelty; later ones may rely on earlier ones."""
    yield "reply", None
    yield "complete", None if item.complete else "the reply was cut in it"
    yield "parts", item.lacks
    yield from said(item.instruction, item.input, item.output, settings)


def said(text: str, input: str, output: str, settings: Settings) -> Iterator[tuple[str, str | None]]:
    """The checks that depend on nothing but the instruction ``text``, its input and its output."""
    yield "empty", filters.empty(text)
    yield "length", filters.length(text, settings)
    yield "keywords", _keywords(text, input, settings)
    yield "program", filters.program(text)
    yield "opening", filters.opening(text, settings) if text else None
    yield "instance", None if settings.compat.outputs else _instance(input, output)
    yield "leak", None if settings.compat.leaks else _leak(input, output)


def _keywords(text: str, input: str, settings: Settings) -> str | None:
    found = filters.keywords(text, settings)
    if found or settings.compat.inputs:
        return found
    return f"its input {within}" if (within := filters.keywords(input, settings)) else None


def _instance(input: str, output: str) -> str | None:
    if not output:
        return "empty output"
    if UNSAID.fullmatch(output):
        return f"the output says that there is none: {output[:40]!r}"
    return "output equals input" if input == output else None


def _leak(input: str, output: str) -> str | None:
    for name, text in (("input", input), ("output", output)):
        if head := leak(text):
            return f"the {name} holds the head of another task: {head!r}"
    return None
