"""How well a few of many vectors stand for all of them: how far is each from the nearest of the few?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from porism.generators.coreset.clusters import Distances, Vectors

THRESHOLDS = (0.95, 0.9, 0.85)
BLOCK = 1 << 22  # products held at a time


@dataclass(frozen=True)
class Coverage:
    """Cosine distances, in [0, 2], from each of all vectors to the nearest selected one.

    Attributes:
        items: vectors.
        selected: those selected.
        mean: of the distances; nan where nothing is selected.
        radius: the largest: what the greedy k-centre would make small [Gonzalez1985].
        within: share of vectors with a selected one at a cosine of at least this, by threshold.
    """

    items: int
    selected: int
    mean: float
    radius: float
    within: dict[float, float]

    def to_json(self) -> dict[str, Any]:
        """The numbers, rounded to four digits, which no order of summation changes."""
        return {
            "items": self.items,
            "selected": self.selected,
            "mean": round(self.mean, 4),
            "radius": round(self.radius, 4),
            "within": {f"{threshold:g}": round(share, 4) for threshold, share in self.within.items()},
        }


def coverage(vectors: Vectors, selected: Sequence[int], thresholds: Sequence[float] = THRESHOLDS) -> Coverage:
    """How the ``selected`` rows cover all ``vectors``, of shape (texts, dimensions), rows of length 1."""
    found = nearest(vectors, selected)
    some = len(found) > 0 and len(selected) > 0
    within = {each: float((found <= 1 - each + 1e-6).mean()) if some else 0.0 for each in thresholds}
    mean, radius = (float(found.mean()), float(found.max())) if some else (float("nan"), float("nan"))
    return Coverage(len(vectors), len(selected), mean, radius, within)


def nearest(vectors: Vectors, selected: Sequence[int]) -> Distances:
    """Cosine distance of each vector from the nearest selected one; infinite where none is selected."""
    few: NDArray[np.float32] = vectors[np.asarray(selected, np.int64)]
    if not len(few):
        return np.full(len(vectors), np.inf)
    rows = max(1, BLOCK // len(few))
    parts = [(vectors[start : start + rows] @ few.T).max(axis=1) for start in range(0, len(vectors), rows)]
    return np.clip(1 - np.concatenate([np.zeros(0), *parts]).astype(np.float64), 0.0, 2.0)
