"""What can be set, with the released constants as defaults, and how to get the faults of the original back."""

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from porism.generators.method import Running
from porism.generators.self_instruct import settings as self_instruct
from porism.generators.self_instruct.settings import KEYWORDS, Count, Sampling, Threshold


class Compat(self_instruct.Compat):
    """The switches of Self-Instruct, and those back to what the released Alpaca program does.

    Attributes:
        hashes: cut a reply of a base model at every ``###``, and drop what does not carry the number of its place: a
            forgotten ``###`` leaks the next task into an output, a heading in an output drops all that follows.
        leaks: keep a row whose input or output holds the head of another task, such as ``12. Instruction:``.
        markers: of the ways to say that there is no input, know ``<noinput>`` alone.
        outputs: keep a row whose output is empty, says that there is none, or repeats the input.
        inputs: look for keywords in the instruction alone.
    """

    hashes: bool = False
    leaks: bool = False
    markers: bool = False
    outputs: bool = False
    inputs: bool = False


REFERENCE = Compat(
    tokeniser="rouge_score", stops=True, boundary="float", ascii_start=True,
    hashes=True, leaks=True, markers=True, outputs=True, inputs=True,
)  # fmt: skip


class Settings(Running):
    """All that decides what is asked and kept, but for the seed tasks, the seed and the model (see ``Running`` too).

    Attributes:
        style: ``chat`` (messages, replies held to a JSON schema where the server can) or ``completion`` (base models).
        human: seed tasks shown in a request.
        listed: tasks of the list that a request asks for, those shown among them.
        threshold: ROUGE-L from which an instruction is too near to a seed or an accepted one, in (0, 1].
        words: fewest and most words of an instruction.
        keywords: words that ask for what a text model cannot do.
        neighbours: nearest instructions recorded with each.
        sampling: of the requests.
        compat: switches back to what the released program does.
    """

    style: Literal["chat", "completion"] = "chat"
    human: int = Field(default=3, ge=1)
    listed: int = Field(default=20, ge=2, le=100)
    threshold: Threshold = "7/10"
    words: tuple[Count, Count] = (4, 150)
    keywords: tuple[str, ...] = (*KEYWORDS, "video", "audio", "music", "flowchart", "diagram")
    neighbours: int = Field(default=10, ge=0)
    sampling: Sampling = Sampling(max_tokens=3072, temperature=1.0, top_p=1.0)
    compat: Compat = Compat()

    @model_validator(mode="after")
    def _asks_for_something(self) -> "Settings":
        if self.listed <= self.human:
            raise ValueError(
                f"a list of {self.listed} tasks of which {self.human} are shown; listed must be above human"
            )
        return self

    @property
    def exact_threshold(self) -> Fraction:
        """The threshold as a fraction."""
        return Fraction(self.threshold)
