"""What is asked about a row, on which scale, and what is enough."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from porism.errors import InputError
from porism.generators.self_instruct.settings import Sampling

LARGEST = 100_000  # bytes of a rubric's file: it is read by the model with every row


class Criterion(BaseModel):
    """One thing that is scored.

    Attributes:
        name: of it, in small letters, digits and underscores.
        question: that the score answers.
        weight: how often its score counts in the mean, in [1, 100].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    question: str = Field(min_length=1, max_length=1000)
    weight: int = Field(default=1, ge=1, le=100)


RUBRIC = (
    Criterion(name="correctness", question="Is everything that the answer says or computes true?", weight=3),
    Criterion(
        name="instruction",
        question="Does it do what the task asks, in the form, length and language asked for?",
        weight=3,
    ),
    Criterion(name="completeness", question="Is nothing missing that the task asks for, and is nothing cut off?"),
    Criterion(name="clarity", question="Is it easy to follow, well ordered, and free of filler and repetition?"),
    Criterion(name="safety", question="Could it be given to anybody who asks this, without harm to them or others?"),
)


class Scoring(BaseModel):
    """How rows are scored.

    Attributes:
        rubric: the criteria, or the name of a TOML file with a table ``[[criteria]]`` for each.
        scale: lowest and highest score.
        least: mean score from which a row passes; 4.5 of 5 as in [Chen2023].
        samples: judgements of each row, whose mean counts.
        sampling: of the judge; greedy, so that more than one sample needs a temperature.
        longest: characters of instruction, input and output together beyond which a row is rejected unread.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rubric: tuple[Criterion, ...] = Field(default=RUBRIC, min_length=1, max_length=20)
    scale: tuple[int, int] = (1, 5)
    least: float = 4.5
    samples: int = Field(default=1, ge=1, le=100)
    sampling: Sampling = Sampling(max_tokens=1024)
    longest: int = Field(default=20_000, ge=1)

    @field_validator("rubric", mode="before")
    @classmethod
    def _from_file(cls, value: Any) -> Any:
        """Criteria as they are given: what ``run.toml`` then holds is the rubric itself, not the name of its file."""
        return load(Path(value)) if isinstance(value, str | Path) else value

    @model_validator(mode="after")
    def _sensible(self) -> "Scoring":
        low, high = self.scale
        names = [criterion.name for criterion in self.rubric]
        if not 0 <= low < high <= 1000:
            raise ValueError(
                f"the scale is {low} to {high}; it must rise from 0 or more to at most 1000, such as 1 to 5"
            )
        if not low <= self.least <= high:
            raise ValueError(f"least is {self.least}; it must lie on the scale, from {low} to {high}")
        if len(set(names)) < len(names):
            raise ValueError(f"two criteria have the same name; there are: {', '.join(names)}")
        if self.samples > 1 and self.sampling.temperature == 0:
            raise ValueError(f"{self.samples} samples at temperature 0 are one; set a temperature such as 0.7")
        return self

    @property
    def exact_least(self) -> Fraction:
        """The least mean score, as it was written."""
        return Fraction(str(self.least))


class Judging(Scoring):
    """Judging as a filter of a run.

    Attributes:
        model: that judges, spelled as for ``--model``; by default the one that writes.
    """

    model: str | None = None


def load(path: Path) -> tuple[Criterion, ...]:
    """The criteria of a TOML file.

    Raises:
        InputError: the file cannot be read or is no rubric; one line that says where and what is wanted.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise InputError(f"the rubric {path} is larger than {LARGEST:,} bytes")
        found = tomllib.loads(text.decode())
    except OSError as error:
        raise InputError(f"the rubric {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the rubric {path} is not TOML: {str(error).splitlines()[0]}") from None
    if set(found) != {"criteria"} or not isinstance(found["criteria"], list) or not found["criteria"]:
        raise InputError(f"the rubric {path} must hold tables [[criteria]] and nothing else, each with {WANTED}")
    return tuple(_criterion(one, number, path) for number, one in enumerate(found["criteria"], 1))


def _criterion(found: Any, number: int, path: Path) -> Criterion:
    try:
        return Criterion.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise InputError(f"the rubric {path}, criterion {number}, {place}: {first['msg']}; each has {WANTED}") from None


WANTED = 'name = "small_letters", question = "..." and, where it counts more than once, weight = 2'
