"""A vote on a row: several reasoned samples, the answers counted, and what that says of the row [Wang2022, section 2].

Text too long to be counted can be voted on by likeness [Li2024, section 3]: the winner is the sample that is most like
all others, here by exact ROUGE-L instead of BLEU.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, model_validator

from porism.generators.chat import ChatModel, ChatRequest, Message
from porism.generators.judging.reading import raw_of
from porism.generators.self_instruct.finetune import messages
from porism.generators.self_instruct.settings import Sampling
from porism.generators.self_instruct.tasks import Instance
from porism.generators.voting.answers import LONGEST, agree
from porism.generators.voting.tally import Count, Tally, counted, likened
from porism.outputs.records import Verdict
from porism.outputs.rouge import rouge_l, tokens, words
from porism.outputs.sources import Item
from porism.seeds import number

CHECK = "votes"
NOTES: Mapping[str, pa.DataType] = {
    "votes": pa.list_(pa.struct([("answer", pa.string()), ("count", pa.int32())])),
    "vote_winner": pa.string(),
    "vote_share": pa.float64(),
    "vote_original": pa.string(),
    "rationale": pa.string(),
}
OpenEnded = Literal["pass", "reject", "similarity"]


class Ballot(BaseModel):
    """How a vote is held.

    Attributes:
        samples: answers asked for; [Wang2022, section 5] finds most of the gain in the first 5 to 10 of 40.
        sampling: of the samples; the temperature of 0.7 is that of [Wang2022, section 3.1].
        least: share of the samples that the winner needs, or mean likeness to the others, in [0, 1].
        words: of an output at most, for it to be a short answer, which is counted.
        open_ended: what becomes of rows with a longer output: they ``pass`` without a vote, are rejected (``reject``),
            or are voted on by ``similarity``.
        replace: give the row the winner for an output where they differ, instead of rejecting it.
        longest: characters of instruction and input together beyond which a row is rejected unasked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(default=10, ge=2, le=1000)
    sampling: Sampling = Sampling(max_tokens=512, temperature=0.7)
    least: float = Field(default=0.5, ge=0.0, le=1.0)
    words: int = Field(default=5, ge=1)
    open_ended: OpenEnded = "pass"
    replace: bool = False
    longest: int = Field(default=20_000, ge=1)

    @model_validator(mode="after")
    def _sampled(self) -> "Ballot":
        if self.sampling.temperature == 0:
            raise ValueError("samples at temperature 0 all say the same; set a temperature such as 0.7")
        return self

    @property
    def exact_least(self) -> Fraction:
        """The least share, as it was written."""
        return Fraction(str(self.least))


class Voting(Ballot):
    """Voting as a filter of a run.

    Attributes:
        model: that votes, spelled as for ``--model``; by default the one that writes.
    """

    model: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """How a vote went.

    Attributes:
        answers: as in ``Tally``.
        winner: as in ``Tally``; None also where no vote was held.
        share: as in ``Tally``.
        agrees: whether the row's own output is the winner.
        rationale: as in ``Tally``.
        output: what the row's output is after the vote.
        verdict: whether the row passes, under the name ``"votes"``.
        raw: all that the samples wrote.
    """

    answers: tuple[Count, ...]
    winner: str | None
    share: Fraction
    agrees: bool
    rationale: str | None
    output: str
    verdict: Verdict
    raw: str

    def notes(self, original: str) -> dict[str, Any]:
        """As columns ``NOTES``, for a row whose output was ``original``."""
        found: dict[str, Any] = {"vote_winner": self.winner, "rationale": self.rationale}
        if self.winner is not None:
            found["vote_share"] = float(self.share)
            found["votes"] = [{"answer": one.answer, "count": one.count} for one in self.answers]
        if self.output != original:
            found["vote_original"] = original
        return {name: value for name, value in found.items() if value is not None}


def vote(model: ChatModel, settings: Ballot, seed: int, place: Sequence[int], item: Item) -> Vote:
    """Hold a vote on a row.

    Args:
        model: that gives the samples. It sees instruction and input, not the output.
        settings: how.
        seed: of the run.
        place: of the row in its stream.
        item: the row; an empty output is a short one, which only ``replace`` can fill.

    Raises:
        ModelError: the model cannot be used.
    """
    if (unasked := _unasked(settings, item)) is not None:
        return Vote((), None, Fraction(0), False, None, item.output, unasked, "")
    short = _short(settings, item.output)
    replies = model.generate(
        [request(settings, item, number(seed, "vote", *place, k), short) for k in range(settings.samples)]
    )
    tally = counted(replies) if short else likened(replies)
    agrees = tally.winner is not None and _same(settings, item.output, tally.winner)
    verdict = _verdict(settings, item.output, tally, agrees)
    output = tally.winner if verdict.ok and not agrees and tally.winner is not None else item.output
    return Vote(tally.answers, tally.winner, tally.share, agrees, tally.rationale, output, verdict, raw_of(replies))


def request(settings: Ballot, item: Item, sample: int, short: bool) -> ChatRequest:
    """The request for one sample."""
    asked = messages(item.instruction, Instance(item.input, item.output))[0]["content"]
    system = (Message("system", COUNTED),) if short else ()
    return ChatRequest(messages=(*system, Message("user", asked)), seed=sample, **settings.sampling.model_dump())


def again(row: Mapping[str, Any], settings: Ballot) -> tuple[str, str | None]:
    """The verdict on a row from the votes that it keeps: the check, and why it fails, if it does."""
    original = row.get("vote_original")
    before = row["output"] if original is None else original
    unasked = _unasked(settings, Item("", row["instruction"], row.get("input") or "", before))
    winner, share, found = row.get("vote_winner"), row.get("vote_share"), row.get("votes") or ()
    if winner is None or share is None:
        return CHECK, None if unasked and unasked.ok else "no vote is kept"
    if found and share != float(Fraction(max(one["count"] for one in found), settings.samples)):
        return CHECK, f"the share is {share}, but {found[0]['count']} of {settings.samples} samples have the winner"
    if share < settings.least:
        return CHECK, f"the winner's share is {share:g}, and {settings.least:g} is wanted"
    if not _same(settings, row["output"], winner):
        return CHECK, f"the output is {_quoted(row['output'])}, not the winner {_quoted(winner)}"
    return CHECK, None


def _unasked(settings: Ballot, item: Item) -> Verdict | None:
    """The verdict on a row that no vote is held on."""
    if not item.instruction.strip():
        return Verdict(False, CHECK, "nothing to vote on: the instruction is empty")
    if (length := len(item.instruction) + len(item.input)) > settings.longest:
        return Verdict(False, CHECK, f"{length:,} characters; at most {settings.longest:,} are voted on")
    if not item.output.strip() and not settings.replace:
        return Verdict(
            False, CHECK, "the output is empty, so that no vote can confirm it; set replace = true to fill it"
        )
    if _short(settings, item.output) or settings.open_ended == "similarity":
        return None
    count, characters = words(item.output), len(item.output)
    size = f"{count} words, more than {settings.words}"
    if count <= settings.words:
        size = f"{characters} characters, more than {LONGEST}"
    why = f"not voted on: the output has {size}, and is no short answer"
    return Verdict(settings.open_ended == "pass", CHECK, why)


def _short(settings: Ballot, output: str) -> bool:
    return words(output) <= settings.words and len(output) <= LONGEST


def _same(settings: Ballot, output: str, winner: str) -> bool:
    """Whether an output is what won: the same answer; or longer text, as like it as the winner must be to the rest."""
    if _short(settings, output):
        return bool(output.strip()) and agree(output, winner)
    return rouge_l(tokens(output), tokens(winner)) >= settings.exact_least


def _verdict(settings: Ballot, output: str, tally: Tally, agrees: bool) -> Verdict:
    missing = f"; {len(tally.silent)} have no answer, first: {tally.silent[0]}" if tally.silent else ""
    if tally.winner is None:
        return Verdict(False, CHECK, f"of {settings.samples} samples{missing.removeprefix(';')}")
    if tally.answers:
        got = f"{_quoted(tally.winner)} has {tally.answers[0].count} of {settings.samples} votes"
    else:
        got = f"the winner's mean likeness to the other samples is {float(tally.share):.3f}"
    if tally.share < settings.exact_least:
        return Verdict(False, CHECK, f"{got}, and a share of {settings.least:g} is wanted{missing}")
    if agrees:
        return Verdict(True, CHECK, got)
    if settings.replace:
        return Verdict(True, CHECK, f"{got}; it replaces {_quoted(output)}")
    return Verdict(False, CHECK, f"{got}, but the output is {_quoted(output)}")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")


COUNTED = """\
Solve the task that follows. Think it through in a few short steps. Then end with a line of its own that gives the \
final answer and nothing else, as short as it can be: a number in digits and without its unit, the letter of an \
option, yes or no, or a name.

Answer: ..."""
