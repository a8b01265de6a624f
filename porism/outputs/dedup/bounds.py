"""What a threshold on ROUGE-L F1 asks of two rows, in integers.

Two rows of lengths a and b are near if their longest common subsequence has ``need[a + b]`` words or more. All filters
follow from that table, so that there is one place where the threshold and its boundary are decided.
"""

from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.errors import InputError

Boundary = Literal["drop", "keep"]
Lengths = NDArray[np.int64]


class Bounds(NamedTuple):
    """Tables for rows of up to ``longest`` words.

    Attributes:
        need: by the sum of two lengths, 0 to 2 longest: the least common words of rows that are near, at least 1.
        span: by common words, 0 to longest: the greatest sum of lengths for which they are enough.
        low: by length: the shortest row that can be near to one of this length.
    """

    need: Lengths
    span: Lengths
    low: Lengths


def bounds(threshold: Fraction, boundary: Boundary, longest: int) -> Bounds:
    """The tables of a threshold in (0, 1]; ``"drop"`` calls near what reaches it, ``"keep"`` what exceeds it.

    >>> table = bounds(Fraction(7, 10), "drop", 10)
    >>> int(table.need[20]), int(table.span[7]), int(table.low[10])
    (7, 20, 6)

    Raises:
        InputError: the threshold or the boundary is none.
    """
    if not 0 < threshold <= 1:
        raise InputError(f"the threshold is {threshold}; it must be above 0 and at most 1")
    if boundary not in ("drop", "keep"):
        raise InputError(f"the boundary is {boundary!r}; it must be 'drop' or 'keep'")
    high, twice = threshold.numerator, 2 * threshold.denominator
    if boundary == "drop":
        need = [max(1, -(-total * high // twice)) for total in range(2 * longest + 1)]
        span = [common * twice // high for common in range(longest + 1)]
        low = [-(-length * high // (twice - high)) for length in range(longest + 1)]
    else:
        need = [total * high // twice + 1 for total in range(2 * longest + 1)]
        span = [(common * twice - 1) // high for common in range(longest + 1)]
        low = [length * high // (twice - high) + 1 for length in range(longest + 1)]
    most = max(2 * longest, 1)  # a Fraction may have larger numbers than int64 holds
    return Bounds(*(np.minimum(np.array(table, object), most).astype(np.int64) for table in (need, span, low)))
