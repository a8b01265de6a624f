"""The checks of arithmetic: the answer to a calculation, and equations that an output states."""

import re
from collections.abc import Iterator
from fractions import Fraction

from porism.outputs.audit.arithmetic import answers, exact
from porism.outputs.audit.arithmetic.expression import Operation, read
from porism.outputs.audit.arithmetic.questions import Question, asked
from porism.outputs.audit.arithmetic.tokens import cut
from porism.outputs.audit.empty import no_input
from porism.outputs.audit.finding import Finding
from porism.outputs.audit.text import LONGEST, quoted
from porism.outputs.sources import Item

EQUATIONS = 50  # of an output that are looked at
_EQUATION = re.compile(
    r"(?P<left>[\d($€£√][\d\s.,+\-*/x\u00d7÷·^()$€£%\u2212\u2013√²³]{2,80}?)=(?!=)\s*(?P<right>[-\u2212]?[$€£]?\s?(?:\d{1,3}(?:,\d{3})+|"
    r"\d{1,15})(?:\.\d{1,12})?)"
    r"(?P<percent>\s?%)?(?P<after>[^\n]{0,12})"
)
_GOES_ON = re.compile(
    r"\s*[-+*/\u00d7÷·^(√=]|\s*x\s*\d|\.?\d|,\d|[a-z]|\s*(?:r\b|rem|with|hundred|thousand|million|billion|trillion|"
    r"percent|mod|square root|\.{3}|…)",
    re.I,
)
_OTHER_RULES = re.compile(
    r"\b(?:binary|hex\w*|octal|boolean|mod(?:ulo|ular)?|clock|base|xor|logic\w*|vectors?|matri(?:x|ces)|roman|"
    r"puzzles?|riddles?|wrong|incorrect|false|"
    r"mistakes?|errors?|correct|fix|if|joke|pun|crypt\w*|cod(?:e|ing)|python|javascript|java|sql|program\w*|"
    r"equations? (?:true|balanced)|identify|"
    r"true or|pattern|sequence|scale|rating|score|grade)\b",
    re.I,
)
_BEFORE = re.compile(
    r"(?:\b(?:log|ln|sin|cos|tan|sqrt|root|mod|of|by|times|plus|minus|over|power|than|[a-z])\s*|"
    r"[-+*/\u00d7÷·^√)\]}%_\\|<>!~≈'\"]\s*|[a-z_]\(|\d)$",
    re.I,
)


def wrong(item: Item) -> Iterator[Finding]:
    """A wrong answer to a task that is a calculation and nothing else."""
    if not item.output.strip():
        return
    question = asked(item.instruction, "" if no_input(item) else item.input)
    reason = _wrong(question, item.output) if question else None
    if reason:
        yield Finding(item.name, "arithmetic", "error", reason)


def _wrong(question: Question, output: str) -> str | None:
    truths = [exact.near(truth) for truth in question.truths]
    found = answers.numbers(output)
    if not found:
        return f"no number in the answer to {quoted(question.text)}: {quoted(output)}"
    for truth in truths:
        read = answers.last_ones(output, found) if truth in question.given else found
        if answers.agree(output, truth, read, question.place) or answers.with_remainder(
            output, truth, question.divisor
        ):
            return None
    value = str(question.truths[0])
    shown = value if len(value) <= 40 else f"{float(truths[0]):.10g}"
    return f"{quoted(question.text)} is {shown}, and the output says {quoted(output)}"


def equations(item: Item) -> Iterator[Finding]:
    """An equation in an output whose sides differ, where the task is no plain calculation itself."""
    text = item.output[:LONGEST]
    if "=" not in text or not re.search(r"\d\s*=|\)\s*=|%\s*=", text):
        return
    if "```" in text or _OTHER_RULES.search(item.instruction) or _OTHER_RULES.search(text[:LONGEST]):
        return
    for count, found in enumerate(_EQUATION.finditer(text)):
        if count >= EQUATIONS:
            return
        reason = _differs(text, found)
        if reason and squeezed_out(found.group("left")) not in squeezed_out(item.instruction + item.input):
            if asked(item.instruction, item.input) is None:
                yield Finding(item.name, "equation", "warning", reason)
            return


def squeezed_out(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def _differs(text: str, found: "re.Match[str]") -> str | None:
    """Why an equation is wrong; None where it is right, or no equation of numbers."""
    left = re.split(r"[,.;]\s+|\n", found["left"])[-1].strip()
    begin = found.start() + found["left"].rfind(left)
    left_alone = re.sub(r"^\d{1,2}[.)]\s+", "", left)
    if not left_alone or _BEFORE.search(text[max(0, begin - 12) : begin]) or _GOES_ON.match(found["after"]):
        return None
    tokens = cut(re.sub(r"(\d)\s?%", r"\1/100", left_alone) if "%" in left_alone else left_alone)
    tree = read(tokens) if tokens else None
    if not isinstance(tree, Operation) or _is_range(tree, left_alone):
        return None
    try:
        truth = exact.near(exact.value(tree))
    except exact.UndefinedError:
        return None
    digits = re.sub(r"[^\d.\-\u2212]", "", found["right"]).replace("\u2212", "-")
    value = Fraction(digits)
    if _holds(truth, value, digits) or (found["percent"] and _holds(truth, value / 100, f"{digits}00")):
        return None
    stated = f"{left_alone} = {found['right'].strip()}"
    return f"{quoted(stated)}, which is {_shown(truth)}"


def _is_range(tree: Operation, text: str) -> bool:
    """Whether ``2-5`` may be from 2 to 5, or a date, and ``1/4`` the length of a note or a share of something."""
    if tree.sign not in "-/":
        return False
    a, b = tree.parts
    if tree.sign == "/":
        return isinstance(a, Fraction) and isinstance(b, Fraction) and a < b and "." not in text
    return text.count("-") > 1 or (isinstance(a, Fraction) and isinstance(b, Fraction) and a < b)


def _holds(truth: Fraction, value: Fraction, digits: str) -> bool:
    """Whether a number is the truth to the digits that it has."""
    places = len(digits.partition(".")[2])
    if value == truth:
        return True
    if truth.denominator == 1 and not places:
        return False
    return abs(value - truth) < Fraction(1, 10**places)


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.8g}"
