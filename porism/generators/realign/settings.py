"""What can be set, with the paper's constants as defaults where it has them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from porism.generators.method import Running
from porism.generators.realign.criteria import Kind, distinct, given, load
from porism.generators.realign.losses import Allowed
from porism.generators.self_instruct.settings import Sampling

Criteria = Annotated[tuple[Kind, ...], BeforeValidator(given), AfterValidator(distinct)]


class Settings(Running):
    """All that decides what is asked and kept, but for the source, the seed and the model.

    Attributes:
        criteria: the kinds of task and their formats: a TOML file, or the kinds themselves; by default those that come
            with the package.
        unchanged: what happens to answers that stay as they are, because their kind has no format or the model copied
            them: they are rows too (``keep``, as in the paper), or rejected (``reject``).
        numbers: which numbers may be new: those of list items and steps (``numbering``), ``none`` or ``any``.
        least: words of the new answer for each of the old, more than which are wanted; 0.5 as in the reference.
        most: words of the new answer for each of the old, at most, besides ``spare``.
        spare: words that an answer may have on top, however short the old one was.
        candidates: answers asked for; the longest that passes is kept. 2 as in the reference.
        preferences: draw a pair from each changed row, the new answer preferred to the old.
        classify: how the kind is asked for.
        reformat: how the new answer is asked for; temperature and length as in the reference.
    """

    criteria: Criteria = Field(default_factory=load)
    unchanged: Literal["keep", "reject"] = "keep"
    numbers: Allowed = "numbering"
    least: float = Field(default=0.5, ge=0.0, le=1.0)
    most: float = Field(default=4.0, ge=1.0, le=100.0)
    spare: int = Field(default=60, ge=0)
    candidates: int = Field(default=2, ge=1, le=16)
    preferences: bool = True
    classify: Sampling = Sampling(max_tokens=32)
    reformat: Sampling = Sampling(max_tokens=2048, temperature=0.3)

    @property
    def kinds(self) -> dict[str, Kind]:
        """The criteria by name."""
        return {kind.name: kind for kind in self.criteria}
