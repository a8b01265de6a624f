"""What several samples come to: the answer that most of them have, or the text most like all others.

Of answers with as many votes the one that came first wins. Shares are of all samples asked: one without an answer, or
that was cut, counts for nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import regex

from porism.generators.chat import ChatReply
from porism.generators.replies import ReplyError, text_of
from porism.generators.voting.answers import LONGEST, normalised
from porism.outputs.rouge import rouge_l, tokens


@dataclass(frozen=True, slots=True)
class Count:
    """An answer, as the first sample with it wrote it, and how many samples have it."""

    answer: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What the samples come to, before the row is looked at.

    Attributes:
        answers: the different answers, most votes first, of as many the one that came first; none by likeness.
        winner: the first of them, or the text most like the others; None where no sample has an answer.
        share: of all samples that have it, or its mean likeness to the others, exactly, in [0, 1].
        rationale: the shortest reasoning that led to the winner, if one did; simple ones are the better examples
            [Zhang2022, section 4].
        silent: why samples have no answer.
    """

    answers: tuple[Count, ...] = ()
    winner: str | None = None
    share: Fraction = Fraction(0)
    rationale: str | None = None
    silent: tuple[str, ...] = ()


def counted(replies: Sequence[ChatReply]) -> Tally:
    """The final answers of reasoned replies, counted."""
    found: dict[str, list[tuple[str, str]]] = {}
    silent = []
    for reply in replies:
        try:
            answer, reasoning = final_answer(reply)
            found.setdefault(normalised(answer), []).append((answer, reasoning))
        except ReplyError as error:
            silent.append(str(error))
    ranked = sorted(found.values(), key=len, reverse=True)  # stable: of as many, the first
    if not ranked:
        return Tally(silent=tuple(silent))
    counts = tuple(Count(samples[0][0], len(samples)) for samples in ranked)
    reasonings = [reasoning for _, reasoning in ranked[0] if reasoning]
    share = Fraction(counts[0].count, len(replies))
    return Tally(counts, counts[0].answer, share, min(reasonings, key=len, default=None), tuple(silent))


def likened(replies: Sequence[ChatReply]) -> Tally:
    """The reply that is most like all others, each likeness an exact ROUGE-L; of as many, the first."""
    texts, silent = [], []
    for reply in replies:
        try:
            texts.append(_whole(reply).strip())
        except ReplyError as error:
            silent.append(str(error))
    if not texts:
        return Tally(silent=tuple(silent))
    sums = likeness(texts)
    best = max(range(len(texts)), key=lambda k: (sums[k], -k))
    return Tally((), texts[best], sums[best] / (len(replies) - 1), None, tuple(silent))


def likeness(texts: Sequence[str]) -> list[Fraction]:
    """Of each text the sum of its ROUGE-L F1 to the others."""
    cut = [tokens(text) for text in texts]
    sums = [Fraction(0)] * len(texts)
    for i, one in enumerate(cut):
        for j in range(i):
            score = rouge_l(one, cut[j])
            sums[i] += score
            sums[j] += score
    return sums


def final_answer(reply: ChatReply) -> tuple[str, str]:
    r"""Answer and reasoning of a reply whose last line is ``Answer: ...``.

    >>> final_answer(ChatReply("Six and six is twelve.\n**Answer:** 12"))
    ('12', 'Six and six is twelve.')

    Raises:
        ReplyError: there is no reply, it was cut, or it has no such line.
    """
    text = _whole(reply)
    lines = list(_ANSWER.finditer(text))
    if not lines:
        raise ReplyError("no line 'Answer: ...' in the reply")
    answer = (lines[-1]["answer"].strip() or _next_line(text[lines[-1].end() :])).removesuffix("**").strip()
    if answer in ("", "...", "…"):
        raise ReplyError("nothing stands behind 'Answer:'")
    if len(answer) > LONGEST:
        raise ReplyError(f"an answer of {len(answer):,} characters; at most {LONGEST} are short")
    return answer, text[: lines[-1].start()].strip()


def _next_line(rest: str) -> str:
    """What follows a bare ``Answer:``, if that is a single line."""
    lines = rest.split("\n", 3)
    found = [line.strip() for line in lines if line.strip()]
    return found[0].removeprefix("**") if len(found) == 1 and len(lines) <= 3 else ""


def _whole(reply: ChatReply) -> str:
    text = text_of(reply)
    if reply.finish == "length":
        raise ReplyError("the reply was cut")
    return text


_ANSWER = regex.compile(
    r"(?im)^[ \t>*_#-]*(?:final[ \t]+)?answer[ \t*_]*[:\uff1a=][ \t]*(?:\*\*[ \t]*){0,2}(?P<answer>[^\n]*)$", regex.V1
)
