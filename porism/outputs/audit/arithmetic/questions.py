"""How people ask for a calculation, and nothing but a calculation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from math import gcd, lcm
from typing import Any

from porism.outputs.audit.arithmetic import exact
from porism.outputs.audit.arithmetic.expression import PHRASES, Operation, Tree, read
from porism.outputs.audit.arithmetic.tokens import SCALES, UNITS, Token, cut

LONGEST = 200  # characters of a question
NUMBERS = 40  # of a list


@dataclass(frozen=True, slots=True)
class Question:
    """A calculation that is asked for.

    Attributes:
        text: the calculation as it is written.
        truths: its exact values; two where the order of a difference is not said.
        given: the numbers in the question.
        place: the last place that the answer is rounded to, if it is.
        divisor: of a division of integers, whose answer may have a remainder.
    """

    text: str
    truths: tuple[Any, ...]
    given: frozenset[Fraction]
    place: Fraction | None = None
    divisor: int | None = None


_WHAT = (
    r"what(?:'s| is| are| does| do you get (?:when|if) you| would be)?|calculate|compute|evaluate|find(?: out)?|"
    r"solve|simplify|work out|determine|"
    r"figure out|how much (?:is|are)|tell me|give me|give|perform|do|answer"
)
_KIND = (
    r"following|given|this|these|that|below|simple|basic|math|maths|mathematical|mathematics|arithmetic|arithmetical|"
    r"numerical|numeric|"
    r"algebraic|expressions?|equations?|problems?|calculations?|operations?|questions?|computations?|multiplication|"
    r"division|addition|"
    r"subtraction|fractions?|sums?(?! of)|exponents?|exponential"
)
_BEFORE = re.compile(
    rf"^(?:please )?(?:can you |could you )?(?:{_WHAT})?(?:\s*,)?\s*(?:what (?:is|are) )?(?:the )?(?:(?:exact |"
    rf"correct |final |numerical )?"
    rf"(?:value|results?|answer|solution|output|outcome)(?: of| to| for| when|"
    rf" if)?)?\s*(?:the )?(?:(?:{_KIND})\b\s*)*(?:of )?\s*[:.,]?\s*"
)
_AFTER = re.compile(r"\s*(?:=\s*\??|equals?(?: to)?|is(?: equal to)?(?: what)?(?: number)?)?\s*[?.]*\s*$")
_WITH = re.compile(
    r"[,.;]?\s*(?:and |then )?(?:please )?(?:(?:show|explain|write down|write out|state|describe)(?: me)?(?: your|"
    r" the| all| all the| all your| how)?"
    r"(?: (?:work|working|workings|steps?|answer|reasoning|solution|process|result|method|you (?:got|get|arrived?|"
    r"found|did)(?: there| it| to it| at it|"
    r" the answer| at the answer| your answer)?))+|give (?:the|your) answer|step by step|"
    r"using (?:the )?(?:correct )?(?:pemdas|bodmas|order of operations)|"
    r"(?:by )?following (?:the )?order of operations|in (?:its |the )?(?:simplest|lowest) (?:form|terms)|"
    r"as an? (?:fraction|decimal|integer|whole number|"
    r"mixed number|percentage|percent))[.?!]*\s*$"
)
_ROUNDED = re.compile(
    r"[,.;(]?\s*(?:and )?(?:round(?:ed)?(?: off)?(?: (?:the|your) (?:answer|result))?(?: it)? |correct |"
    r"accurate )?to (?:the nearest "
    r"(?P<unit>whole number|integer|ten|hundred|thousand|tenth|hundredth|thousandth|cent|dollar|unit)|"
    r"(?P<places>one|two|three|four|five|\d) decimals?(?: places?| points?)?)\)?[.?!]*\s*$"
)
_UNIT = {
    **dict.fromkeys(("whole number", "integer", "unit", "dollar"), Fraction(1)),
    **{"ten": Fraction(10), "hundred": Fraction(100), "thousand": Fraction(1000)},
    **{"tenth": Fraction(1, 10), "hundredth": Fraction(1, 100), "cent": Fraction(1, 100)},
    "thousandth": Fraction(1, 1000),
}
_COUNT = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_LISTED = (
    r"(?:the )?(?:(?:following|given|these|two|three|four|five|set of|list of|first|"
    r"numbers?|values?|integers?|data|and|of)\b\s*)*:?\s*"
)
_OF_LIST = re.compile(
    rf"^(?:the )?(?P<what>sum|total|product|average|mean|arithmetic mean|greatest common (?:divisor|factor)|"
    rf"highest common factor|gcd|gcf|hcf|"
    rf"least common multiple|lowest common multiple|lcm|maximum|minimum|median) (?:of|for) {_LISTED}(?P<list>.+)$"
)
_ALL_OF = re.compile(rf"^(?P<what>add|multiply)(?: up| together)? {_LISTED}(?P<list>[^:]+)$")
_FORM = re.compile(
    r"^(?:(?:convert|express|write|change|turn) (?:the )?(?:fraction|decimal|number|value)?\s*:?\s*"
    r"(?P<value>[\d\s./,-]+?)"
    r" (?:to|into|as|in) (?:an? |its )?(?:equivalent )?(?:decimals?|fractions?|percent(?:age)?|mixed number|"
    r"improper fraction|simplest form|lowest terms)(?: number| form| fraction)?|"
    r"(?:reduce|simplify)? ?(?:the )?fraction\s*:?\s*(?P<ratio>\d+\s?/\s?\d+)(?: to (?:its )?(?:simplest form|"
    r"lowest terms))?)$"
)
_OF_TWO = (
    (re.compile(r"^(?:the )?difference (?:between|of) (?P<a>.+?) and (?P<b>.+)$"), "apart"),
    (re.compile(r"^(?:the )?quotient (?:of|when) (?P<a>.+?) (?:and|is divided by|divided by|by) (?P<b>.+)$"), "/"),
    (
        re.compile(r"^(?:the )?(?:remainder|modulus)(?: of)?(?: when| if)? (?P<a>.+?) (?:is )?divided by (?P<b>.+)$"),
        "mod",
    ),
    (re.compile(r"^(?P<a>.+?) (?:mod|modulo) (?P<b>.+)$"), "mod"),
    (re.compile(r"^add (?P<a>.+?) (?:to|and|with) (?P<b>.+)$"), "+"),
    (re.compile(r"^subtract(?:ing)? (?P<b>.+?) from (?P<a>.+)$"), "-"),
    (re.compile(r"^multiply(?:ing)? (?P<a>.+?) (?:by|and|with|times) (?P<b>.+)$"), "*"),
    (re.compile(r"^divide (?P<a>.+?) (?:by) (?P<b>.+)$"), "/"),
)  # fmt: skip


def asked(instruction: str, given: str = "") -> Question | None:
    """The calculation that a task asks for; None where it asks for anything else, or could mean two things.

    >>> asked("What is 4*4*4*4-10?").truths
    (246,)
    >>> asked("What is the next number: 2, 4, 8, 16?")
    """
    if len(instruction) + len(given) > LONGEST or not _may_calculate(f"{instruction} {given}"):
        return None
    alone = _question(instruction)
    if not given.strip():
        return alone
    if alone is None:
        head = instruction.strip().rstrip(".:?!")
        return _question(f"{head}: {given}") or _question(f"{head} {given}")
    other = _question(given)
    return alone if other and set(other.truths) == set(alone.truths) else None


def _may_calculate(text: str) -> bool:
    """Whether a text has a number and no word that no calculation has: a quick look, before patterns are tried."""
    words = re.findall(r"[a-z]+", text.lower())
    if not _known().issuperset(words):
        return False
    return any(map(str.isnumeric, text)) or any(word in UNITS for word in words)


@cache
def _known() -> frozenset[str]:
    """The words of all patterns."""
    patterns = [_FORM, _BEFORE, _AFTER, _WITH, _ROUNDED, _OF_LIST, *(pattern for pattern, _ in _OF_TWO)]
    spelled = " ".join(
        [
            *(pattern.pattern for pattern in patterns),
            *(" ".join(words) for words in PHRASES),
            "and add up multiply together squared cubed",
        ]
    )
    words = set(re.findall(r"[a-z]+", re.sub(r"\\[a-z]", " ", spelled)))
    return frozenset(words | {word[:-1] for word in words} | UNITS.keys() | SCALES.keys())  # s? and d? may be missing


def _question(text: str) -> Question | None:
    body = " ".join(text.lower().split())
    body, place = _rounding(_WITH.sub("", body))
    body = _WITH.sub("", body)
    body = _AFTER.sub("", body)
    for start in dict.fromkeys((_BEFORE.match(body).end(), 0)):  # type: ignore[union-attr]
        found = _calculation(body[start:])
        if found:
            truths, divisor = found
            if body.endswith("!") and (other := _calculation(body[start:].rstrip("!"))):
                truths += other[0]  # a factorial, or the end of a lively question
            numbers = frozenset(token.value for token in cut(body[start:]) or () if token.value is not None)
            return Question(body[start:].strip(), truths, numbers, place, divisor)
    return None


def _rounding(body: str) -> tuple[str, Fraction | None]:
    found = _ROUNDED.search(body)
    if not found:
        return body, None
    if found["unit"]:
        return body[: found.start()], _UNIT[found["unit"]]
    places = _COUNT.get(found["places"]) or int(found["places"])
    return body[: found.start()], Fraction(1, 10**places)


def _calculation(text: str) -> tuple[tuple[Any, ...], int | None] | None:
    """The values of a calculation, and its divisor if it is a division of integers."""
    try:
        return _listed(text) or _of_two(text) or _plain(text) or _form(text)
    except exact.UndefinedError:
        return None


def _plain(text: str) -> tuple[tuple[Any, ...], int | None] | None:
    tree = _tree(text)
    if not isinstance(tree, Operation):
        return None  # a number alone asks for nothing
    if tree.sign == "negative":
        return None
    divisor = tree.parts[1] if tree.sign == "/" and isinstance(tree.parts[1], Fraction) else None
    return (exact.value(tree),), int(divisor) if divisor and divisor.denominator == 1 else None


def _form(text: str) -> tuple[tuple[Any, ...], int | None] | None:
    """A fraction that is wanted in lowest terms, or a number in another form: the value stays."""
    found = _FORM.match(text)
    tree = _tree(found["value"] or found["ratio"]) if found else None
    if tree is None or not _is_simple(tree):
        return None
    return (exact.value(tree),), None


def _tree(text: str) -> Tree | None:
    tokens = cut(text)
    return read(tokens) if tokens else None


def _of_two(text: str) -> tuple[tuple[Any, ...], int | None] | None:
    for pattern, sign in _OF_TWO:
        found = pattern.match(text)
        if not found:
            continue
        a, b = _tree(found["a"]), _tree(found["b"])
        return _pair(sign, a, b) if a is not None and b is not None and _is_simple(a) and _is_simple(b) else None
    return None


def _is_simple(tree: Tree) -> bool:
    """Whether a tree is a number, a negative one, or a fraction."""
    if isinstance(tree, Fraction):
        return True
    return tree.sign in ("/", "negative") and all(isinstance(part, Fraction) for part in tree.parts)


def _pair(sign: str, a: Tree, b: Tree) -> tuple[tuple[Any, ...], int | None] | None:
    if sign == "apart":
        value = exact.value(Operation("-", (a, b)))
        return (value, -value) if value else (value,), None
    if sign == "mod":
        if not (
            isinstance(a, Fraction)
            and isinstance(b, Fraction)
            and a.denominator == b.denominator == 1
            and b > 0
            and a >= 0
        ):
            return None
        return (exact.value(Fraction(int(a) % int(b))),), None
    divisor = int(b) if sign == "/" and isinstance(b, Fraction) and b.denominator == 1 else None
    return (exact.value(Operation(sign, (a, b))),), divisor


def _listed(text: str) -> tuple[tuple[Any, ...], int | None] | None:
    found = _OF_LIST.match(text) or _ALL_OF.match(text)
    if not found or (found["what"] == "add" and " to " in text):
        return None
    numbers = _numbers(found["list"])
    if numbers is None or len(numbers) < 2:
        return None
    value = _combined(found["what"], numbers)
    return None if value is None else ((exact.value(value),), None)


def _numbers(text: str) -> list[Fraction] | None:
    """The numbers of a list such as ``4, 8, 15 and 16``; None where there is anything else."""
    tokens = cut(text.strip().strip("[](){}."))
    if tokens is None:
        return None
    found: list[Fraction] = []
    part: list[Token] = []
    for token in [*tokens, Token(",")]:
        if token.text not in (",", "and", "&"):
            part.append(token)
        elif part:
            value = _number(part)
            if value is None:
                return None
            found.append(value)
            part = []
    return found if len(found) <= NUMBERS else None


def _number(tokens: Sequence[Token]) -> Fraction | None:
    """A number, a negative one, or a fraction of integers."""
    tree = read(tokens)
    if isinstance(tree, Fraction):
        return tree
    if tree is None or not _is_simple(tree):
        return None
    try:
        return exact.near(exact.value(tree))
    except exact.UndefinedError:
        return None


def _combined(what: str, numbers: list[Fraction]) -> Fraction | None:
    if what in ("sum", "total", "add"):
        return sum(numbers, Fraction(0))
    if what in ("product", "multiply"):
        return reduce(lambda a, b: a * b, numbers)
    if what in ("average", "mean", "arithmetic mean"):
        return sum(numbers, Fraction(0)) / len(numbers)
    if what in ("maximum", "minimum"):
        return max(numbers) if what == "maximum" else min(numbers)
    if what == "median":
        middle = sorted(numbers)
        return (middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2
    if any(number.denominator != 1 or number <= 0 or number > 10**9 for number in numbers):
        return None
    integers = [int(number) for number in numbers]
    return Fraction(lcm(*integers) if "multiple" in what or what == "lcm" else gcd(*integers))
