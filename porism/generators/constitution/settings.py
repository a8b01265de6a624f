"""What can be set. Numbers that a paper gives are its own; the others are ours, and said to be."""

from typing import Literal

from pydantic import Field, model_validator

from porism.generators.constitution.principles import Principles, packaged
from porism.generators.method import Running
from porism.generators.self_instruct.settings import Sampling


class Critiquing(Running):
    """What both methods share.

    Attributes:
        draft: who writes the answer that is criticised: the ``model``, or the ``source``, whose output it then is.
        principles: by name; or the name of a TOML file that holds them. By default the twenty of the package.
        shots: worked examples shown before a critique or revision; drawn once for a run from those of the principles.
            The paper shows some as well; the number is ours.
        refusals: whether a draft that refuses, in English, is a draft: ``reject`` or ``keep``.
        ratio: fewest and most words of a revision, as multiples of those of the answer that it revises (ours). An
            answer of less than 50 words counts as 50 for the upper bound.
        longest: characters of a prompt at most; of longer ones nothing is asked.
        drafting: how drafts are sampled.
        critiquing: how critiques are.
        revising: how revisions are.
    """

    draft: Literal["model", "source"] = "model"
    principles: Principles = Field(default_factory=packaged)
    shots: int = Field(default=3, ge=0, le=20)
    refusals: Literal["reject", "keep"] = "reject"
    ratio: tuple[float, float] = (0.05, 5.0)
    longest: int = Field(default=20_000, ge=1)
    drafting: Sampling = Sampling(max_tokens=1024, temperature=1.0)
    critiquing: Sampling = Sampling(max_tokens=512, temperature=0.7)
    revising: Sampling = Sampling(max_tokens=1024, temperature=0.7)

    @model_validator(mode="after")
    def _ratio_in_order(self) -> "Critiquing":
        if not 0 <= self.ratio[0] <= 1 <= self.ratio[1]:
            raise ValueError("ratio wants a number from 0 to 1 and one from 1 up, such as [0.05, 5.0]")
        return self


class Settings(Critiquing):
    """Of Constitutional AI.

    Attributes:
        rounds: critiques and revisions of an answer; four in [Bai2022, section 3].
        keep: the round whose answer is the output; 0 is the last.
        least: rounds up to it that must succeed, whether the answer was revised or found to be good.
        stop: end with the first critique that finds nothing to change. The next round has another principle, so the
            paper's way is to go on.
        unchanged: whether an answer that no round changed is a row: ``keep`` or ``reject``.
        feedback: pairs of samples that are compared for each row, each under a principle of its own; 0 for none.
        votes: comparisons of a pair in each of the two orders.
        sampling: how the samples are drawn; temperature above 0.
        comparing: how comparisons are; temperature above 0 where there are several votes.
    """

    rounds: int = Field(default=4, ge=1, le=100)
    keep: int = Field(default=0, ge=0)
    least: int = Field(default=1, ge=1)
    stop: bool = False
    unchanged: Literal["keep", "reject"] = "keep"
    feedback: int = Field(default=1, ge=0, le=100)
    votes: int = Field(default=1, ge=1, le=100)
    sampling: Sampling = Sampling(max_tokens=1024, temperature=1.0)
    comparing: Sampling = Sampling(max_tokens=512)

    @model_validator(mode="after")
    def _possible(self) -> "Settings":
        if self.keep > self.rounds:
            raise ValueError(f"keep is {self.keep}, and there are {self.rounds} rounds; 0 keeps the last")
        if self.least > self.last:
            raise ValueError(f"least is {self.least}, and rows are made of {self.last} rounds")
        if self.feedback and not self.sampling.temperature:
            raise ValueError(
                "sampling.temperature must be above 0, or both samples are the same; feedback = 0 asks none"
            )
        if self.votes > 1 and not self.comparing.temperature:
            raise ValueError("comparing.temperature must be above 0 where there are several votes, or all are the same")
        return self

    @property
    def last(self) -> int:
        """How many rounds make a row."""
        return self.keep or self.rounds


class Direct(Critiquing):
    """Of direct principle feedback.

    Attributes:
        tries: principles that a draft is held against, one after another, until it violates one.
        stated: begin the prompt of a row and its pair with a system turn that states the principle, for a model that is
            to follow principles it is given.
    """

    tries: int = Field(default=1, ge=1, le=100)
    stated: bool = False
