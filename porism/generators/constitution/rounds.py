"""Rounds of critique and revision, each under a principle [Bai2022, section 3]. A round that fails changes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from porism.generators.chat import ChatModel, ChatReply, ChatRequest
from porism.generators.constitution import asking, reading
from porism.generators.constitution.settings import Critiquing
from porism.generators.replies import ReplyError
from porism.seeds import number, stream


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round.

    Attributes:
        principle: its name.
        outcome: ``revised``; ``unchanged`` where the critique found nothing to change; ``failed``.
        critique: as it was written; empty where it could not be read.
        revision: without what announced it; of a failed round the text that is no revision.
        check: of a failed round, ``critique``, ``revision``, or ``changed`` where the revision is the same again.
        reason: why it failed.
        raw: the last reply.
    """

    principle: str
    outcome: Literal["revised", "unchanged", "failed"]
    critique: str = ""
    revision: str = ""
    check: str = ""
    reason: str = ""
    raw: str = ""

    def to_json(self) -> dict[str, str]:
        """The round as a row keeps it."""
        return {name: getattr(self, name) for name in KEPT}


KEPT = ("principle", "critique", "revision", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Talk:
    """An item's requests: ``i`` is its number, ``prompt`` what its user asks."""

    settings: Critiquing
    model: ChatModel
    seed: int
    i: int
    prompt: str

    def ask(self, request: ChatRequest) -> ChatReply:
        """The reply to one request."""
        return self.model.generate([request])[0]

    def sample(self, *path: str | int) -> int:
        """The sample number of a request of this item."""
        return number(self.seed, "constitution", self.i, *path)


def drawn(talk: Talk, count: int) -> list[str]:
    """Principles for so many rounds, each drawn from all, as in the paper; more rounds begin with the same."""
    return stream(talk.seed, "principles", talk.i).choices(sorted(talk.settings.principles), k=count)


def apart(talk: Talk, count: int) -> list[str]:
    """Up to so many different principles, in an order that is drawn."""
    names = sorted(talk.settings.principles)
    return stream(talk.seed, "principles", talk.i).sample(names, len(names))[:count]


def played(talk: Talk, draft: str, names: Iterable[str], last: Callable[[Round], bool]) -> list[Round]:
    """One round after another, each on the answer that the rounds before it left, up to one that is the ``last``."""
    found: list[Round] = []
    for name in names:
        found.append(_round(talk, answer(draft, found), name, len(found)))
        if last(found[-1]):
            break
    return found


def answer(draft: str, rounds: Sequence[Round]) -> str:
    """What the rounds left of the draft: the last good revision."""
    return next((one.revision for one in reversed(rounds) if one.outcome == "revised"), draft)


def _round(talk: Talk, before: str, name: str, r: int) -> Round:
    settings, prompt = talk.settings, talk.prompt
    asked = asking.critique(settings, talk.seed, name, prompt, before, talk.sample("critique", r))
    reply = talk.ask(asked)
    try:
        critique, violated = reading.critique_of(reply, settings.critiquing)
    except ReplyError as error:
        return Round(name, "failed", check="critique", reason=str(error), raw=reply.text)
    if not violated:
        return Round(name, "unchanged", critique, raw=reply.text)
    asked = asking.revision(settings, talk.seed, name, prompt, before, critique, talk.sample("revision", r))
    reply = talk.ask(asked)
    try:
        revision = reading.cleaned(reading.whole(reply, settings.revising), before)
    except ReplyError as error:
        return Round(name, "failed", critique, check="revision", reason=str(error), raw=reply.text)
    check, reason = fault(settings, prompt, before, revision)
    return Round(name, "failed" if reason else "revised", critique, revision, check, reason, reply.text)


def fault(settings: Critiquing, prompt: str, before: str, revision: str) -> tuple[str, str]:
    """The check that a revision of the answer ``before`` fails, and why; nothing where it passes."""
    if reason := reading.revision_fault(settings, prompt, before, revision):
        return "revision", reason
    if reason := reading.unchanged(before, revision):
        return "changed", reason
    return "", ""
