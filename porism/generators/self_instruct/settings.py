"""What can be set, with the published constants as defaults, and how to get the faults of the reference back."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from porism.generators.method import Running
from porism.outputs.rouge import Boundary, Tokeniser


class Sampling(BaseModel):
    """How a model samples: ``temperature`` in [0, 2], ``top_p`` in (0, 1], ``presence_penalty`` in [-2, 2]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = Field(ge=1)
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    presence_penalty: float = Field(default=0.0, ge=-2.0, le=2.0)


class Compat(BaseModel):
    """Where we differ from the reference implementation, each a switch back to what it does.

    Attributes:
        capitalize: lower-case everything after the first character of an instruction ("SQL" becomes "sql").
        tokeniser: ``rouge_score`` compares ASCII letters and digits alone, so that other scripts are never duplicates.
        stops: the stop strings that cut text such as "in 2016.".
        boundary: a similarity of exactly 0.7 is a duplicate (``drop``, as in the paper), or not (``keep``), or as
            rounding has it (``float``).
        truncated: ``discard`` every task of a reply that was cut at its end, not only the last.
        ascii_start: reject instructions that do not begin with an ASCII character.
        end_of_text: ends every completion; ``<|endoftext|>`` in the reference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capitalize: bool = False
    tokeniser: Tokeniser = "unicode"
    stops: bool = False
    boundary: Boundary = "drop"
    truncated: Literal["keep", "discard"] = "keep"
    ascii_start: bool = False
    end_of_text: str = ""


REFERENCE = Compat(
    capitalize=True,
    tokeniser="rouge_score",
    stops=True,
    boundary="float",
    truncated="discard",
    ascii_start=True,
    end_of_text="<|endoftext|>",
)

KEYWORDS = (
    "image", "images", "graph", "graphs", "picture", "pictures", "file", "files", "map", "maps",
    "draw", "plot", "go to",
)  # fmt: skip


def _similarity(text: str) -> str:
    if not 0 < Fraction(text) <= 1:
        raise ValueError("the threshold must be in (0, 1], such as 7/10")
    return text


Count = Annotated[int, Field(ge=0)]
Threshold = Annotated[str, Field(pattern=r"^\d+/[1-9]\d*$|^[01](\.\d+)?$"), AfterValidator(_similarity)]


class Settings(Running):
    """All that decides what is asked and kept, but for the seed tasks, the seed and the model (see ``Running`` too).

    Attributes:
        style: ``chat`` (messages, replies held to a JSON schema where the server can) or ``completion`` (base models).
        human: seed tasks shown in a request for new instructions.
        machine: accepted instructions shown beside them; as long as there are fewer, seed tasks take their place.
        new: instructions asked for in a request.
        only_classification: bootstrap classification tasks only, from the classification tasks of the seed pool.
        shots_classify: examples of (classification, other) tasks shown when a task is to be told from the other kind.
        shots: tasks shown as examples when instances are to be written.
        shot_words: words of instruction, input and output together that a task shown as an example has at most.
        instances: instances kept of an instruction at most.
        threshold: ROUGE-L from which an instruction is too near to a seed or an accepted one, in (0, 1].
        words: fewest and most words of an instruction.
        keywords: words that ask for what a text model cannot do.
        neighbours: nearest instructions recorded with each.
        prefix_rate: share of instances whose input loses a leading ``name:``, as in the published fine-tuning format.
    """

    style: Literal["chat", "completion"] = "chat"
    human: int = Field(default=6, ge=1)
    machine: int = Field(default=2, ge=0)
    new: int = Field(default=7, ge=1, le=50)
    only_classification: bool = False
    shots_classify: tuple[Count, Count] = (12, 19)
    shots: int = Field(default=6, ge=0)
    shot_words: int = Field(default=100, ge=1)
    instances: int = Field(default=5, ge=1)
    threshold: Threshold = "7/10"
    words: tuple[Count, Count] = (4, 150)
    keywords: tuple[str, ...] = KEYWORDS
    neighbours: int = Field(default=10, ge=0)
    prefix_rate: float = Field(default=0.5, ge=0.0, le=1.0)
    bootstrap: Sampling = Sampling(max_tokens=1024, temperature=0.7, top_p=0.5, presence_penalty=2.0)
    classify: Sampling = Sampling(max_tokens=16)
    input_first: Sampling = Sampling(max_tokens=350, presence_penalty=1.5)
    output_first: Sampling = Sampling(max_tokens=300, presence_penalty=1.5)
    compat: Compat = Compat()

    @property
    def exact_threshold(self) -> Fraction:
        """The threshold as a fraction."""
        return Fraction(self.threshold)
