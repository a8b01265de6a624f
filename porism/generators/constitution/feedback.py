"""AI feedback: of two samples, which one is better under a principle, in either order [Bai2022, section 4.1].

The paper takes the probabilities of the two letters. A chat model gives none, so votes are counted, and a label is kept
only if both orders give it: a judge that always says "A" labels nothing.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

from porism.generators.constitution import asking, reading
from porism.generators.constitution.rounds import Talk
from porism.generators.constitution.settings import Settings
from porism.generators.replies import ReplyError
from porism.seeds import stream

Side = Literal["a", "b", ""]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of one comparison.

    Attributes:
        principle: its name.
        a: the first sample; empty where it could not be used.
        b: the second.
        votes: of each vote the side it is for, or nothing; first those that were shown a before b, then the others.
        better: the side that both orders prefer; nothing where there is none.
        reason: why there is none.
    """

    principle: str
    a: str = ""
    b: str = ""
    votes: tuple[Side, ...] = ()
    better: Side = ""
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """The opinion as a row keeps it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def chosen(self) -> str:
        """The better sample."""
        return self.a if self.better == "a" else self.b

    @property
    def rejected(self) -> str:
        """The other."""
        return self.b if self.better == "a" else self.a


def opinion(talk: Talk, settings: Settings, k: int) -> Opinion:
    """The k-th comparison of an item: two samples, and votes on them in both orders."""
    name = stream(talk.seed, "comparisons", talk.i, k).choice(sorted(settings.principles))
    requests = [asking.draft(settings.sampling, talk.prompt, talk.sample("sample", k, side)) for side in ("a", "b")]
    samples = {"a": "", "b": ""}
    for side, reply in zip("ab", talk.model.generate(requests), strict=True):
        try:
            samples[side] = reading.whole(reply, settings.sampling)
        except ReplyError as error:
            return Opinion(name, samples["a"], samples["b"], reason=f"sample {side}: {error}")
    a, b = samples["a"], samples["b"]
    if reading.normal(a) == reading.normal(b):
        return Opinion(name, a, b, reason="the two samples are the same")
    votes = _votes(talk, settings, name, k, a, b)
    better, reason = decided(votes)
    return Opinion(name, a, b, votes, better, reason)


def decided(votes: tuple[Side, ...]) -> tuple[Side, str]:
    """The side that has most votes in either order, or why there is none.

    >>> decided(("a", "a", "b", "a", "a", "a")), decided(("a", "b"))
    (('a', ''), ('', 'the orders disagree: with a first 1 for a and 0 for b, with b first 0 for a and 1 for b'))
    """
    half = len(votes) // 2
    counts = [(part.count("a"), part.count("b")) for part in (votes[:half], votes[half:])]
    first, second = (_most(*count) for count in counts)
    if first and first == second:
        return first, ""
    told = [f"with {side} first {a} for a and {b} for b" for side, (a, b) in zip("ab", counts, strict=True)]
    return "", f"the orders disagree: {', '.join(told)}"


def _most(a: int, b: int) -> Side:
    if a == b:
        return ""
    return "a" if a > b else "b"


def _votes(talk: Talk, settings: Settings, name: str, k: int, a: str, b: str) -> tuple[Side, ...]:
    principle = settings.principles[name]
    requests = [
        asking.comparison(settings.comparing, principle, talk.prompt, first, second, talk.sample("vote", k, order, v))
        for order, (first, second) in enumerate([(a, b), (b, a)])
        for v in range(settings.votes)
    ]
    said = [reading.choice_of(reply) for reply in talk.model.generate(requests)]
    sides: list[dict[str, Side]] = [{"A": "a", "B": "b", "": ""}, {"A": "b", "B": "a", "": ""}]
    return tuple(sides[v // settings.votes][letter] for v, letter in enumerate(said))
