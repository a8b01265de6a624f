"""What counts as contaminated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from porism.outputs.rouge import Tokeniser

ANY = Fraction(0)
"""As a threshold: from the first shared n-gram on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as contaminated. All thresholds are exact fractions, reached means contaminated.

    Attributes:
        sizes: lengths of n-grams, each with the share of an evaluation text's tokens, in [0, 1], that n-grams which the
            other text has, too, must cover. By default half of it by 8-grams, as for Tulu 3, or anything by 13-grams,
            as for GPT-3 [Lambert2024, section 3.2], [Brown2020, appendix C].
        rouge: ROUGE-L F1 in (0, 1]; None: not compared. Prompts are short, and most have no 8-gram to share.
        common: an n-gram in more rows than this tells none of them apart: it is the set's own boilerplate and does not
            count. At least 1.
        long: inputs (and outputs) of so many tokens are evaluation texts by themselves.
        outputs: whether long outputs are.
        tokeniser: how texts are cut into words.

    Raises:
        ValueError: a number is out of range.
    """

    sizes: Mapping[int, Fraction] = field(default_factory=lambda: {8: Fraction(1, 2), 13: ANY})
    rouge: Fraction | None = Fraction(7, 10)
    common: int = 10
    long: int = 13
    outputs: bool = False
    tokeniser: Tokeniser = "unicode"

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not all(size >= 1 and 0 <= share <= 1 for size, share in self.sizes.items()):
            raise ValueError(f"n-grams have sizes from 1 and shares from 0 to 1, got {dict(self.sizes)}")
        if self.rouge is not None and not 0 < self.rouge <= 1:
            raise ValueError(f"a ROUGE-L threshold lies above 0 and is at most 1, got {self.rouge}")
        if self.common < 1:
            raise ValueError(f"an n-gram can be common from 1 row on, got {self.common}")


def joined(instruction: str, input: str) -> str:
    r"""A task as one text: the instruction, and its input, if there is one, on lines of its own.

    >>> joined("Translate it.", "Guten Tag"), joined("Write a haiku.", " ")
    ('Translate it.\nGuten Tag', 'Write a haiku.')
    """
    return f"{instruction}\n{input}" if input.strip() else instruction
