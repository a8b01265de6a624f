"""Outputs that repeat what was asked, and inputs that the instruction has already."""

import re
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding, Severity
from porism.outputs.audit.text import folded, quoted, squeezed
from porism.outputs.sources import Item

LONGEST_INPUT = 2_000  # characters
# Tasks whose right answer may be their input, as it stands.
_MAY_STAY = re.compile(
    r"\b(?:correct|fix|proofread|edit|grammar|spell\w*|punctuat\w+|typos?|errors?|mistakes?|sort|order|arrange|rank|"
    r"remove|delete|filter|plural|singular|root|stem|lemma|repeat|copy|echo|say|convert|format|round|capital\w*|"
    r"upper-?case|lower-?case|if (?:needed|necessary|required)|extract|find|identify|choose|select|alphabetical\w*|"
    r"simplify|unscramble|rearrange|reorder|clean|normali[sz]e|autocorrect|check|read|transcribe|type|print|columns?|"
    r"tabs?|spaces?|indent\w*|whitespace|lines?)\b",
    re.I,
)


def outputs(item: Item) -> Iterator[Finding]:
    """An output equal to the input or the instruction; not where a task may leave its input as it is."""
    said = squeezed(item.output)
    if not said:
        return
    if said == squeezed(item.input):
        if not _MAY_STAY.search(item.instruction):
            severity: Severity = "warning" if " " in said else "info"
            yield Finding(item.name, "echo", severity, f"the output is the input: {quoted(said)}")
    elif said == squeezed(item.instruction) and " " in said:
        yield Finding(item.name, "echo", "warning", f"the output is the instruction: {quoted(said)}")


def unchanged(item: Item) -> Iterator[Finding]:
    """An output equal to the input where that may be right: nothing to correct, nothing to sort."""
    said = squeezed(item.output)
    if said and said == squeezed(item.input) and _MAY_STAY.search(item.instruction):
        yield Finding(item.name, "unchanged", "info", f"the output is the input, which may be right: {quoted(said)}")


def inputs(item: Item) -> Iterator[Finding]:
    """An input that stands in the instruction, word for word."""
    if not 2 <= len(item.input) <= min(LONGEST_INPUT, 2 * len(item.instruction) + 20):
        return
    given = folded(item.input).strip(" .\"'")
    asked = folded(item.instruction)
    if len(given) < 2 or given not in asked:
        return
    if re.search(rf"(?<!\w){re.escape(given)}(?!\w)", asked):
        yield Finding(
            item.name, "repeated-input", "info", f"the instruction has the input already: {quoted(item.input)}"
        )
