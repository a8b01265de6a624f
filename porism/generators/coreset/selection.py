"""Which items of each cluster are kept: those nearest to its middle, and those furthest from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from porism.generators.coreset.clusters import Distances, Labels

Kind = Literal["easy", "hard"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its cluster, and whether it is kept.

    Attributes:
        cluster: number of the cluster, from 0.
        size: items in it.
        rank: by distance from the middle, 1 for the nearest.
        distance: cosine distance from the middle, in [0, 2].
        easy: how many of the nearest are kept.
        hard: how many of the furthest are kept.
    """

    cluster: int
    size: int
    rank: int
    distance: float
    easy: int
    hard: int

    @property
    def kind(self) -> Kind | None:
        """As what it is kept, if it is."""
        if self.rank <= self.easy:
            return "easy"
        return "hard" if self.rank > self.size - self.hard else None

    @property
    def reason(self) -> str | None:
        """Why it is not kept, if it is not."""
        if self.kind:
            return None
        return (
            f"cluster {self.cluster}: rank {self.rank} of {self.size} by distance from the middle, "
            f"{self.easy} easy and {self.hard} hard are kept"
        )


def places(labels: Labels, distances: Distances, budget: int, alpha: float) -> list[Place]:
    """The place of each item; exactly ``budget`` items are kept, or all where there are not more.

    Args:
        labels: the cluster of each, from 0 without a gap.
        distances: of each from the middle of its cluster; of equal ones the earlier item counts as nearer.
        budget: items to keep, >= 0.
        alpha: share of the easy ones among those that a cluster keeps, in [0, 1]; halves are rounded up.
    """
    sizes = np.bincount(labels).tolist() if len(labels) else []
    quotas = allotted(sizes, min(budget, len(labels)))
    found: list[Place | None] = [None] * len(labels)
    for cluster, (size, quota) in enumerate(zip(sizes, quotas, strict=True)):
        easy = int(alpha * quota + 0.5)
        members = np.nonzero(labels == cluster)[0]
        order = members[np.argsort(distances[members], kind="stable")]
        for rank, item in enumerate(order.tolist(), 1):
            found[item] = Place(cluster, size, rank, float(distances[item]), easy, quota - easy)
    return [place for place in found if place is not None]


def allotted(sizes: Sequence[int], budget: int) -> list[int]:
    """How many each cluster keeps, by its size: one first, where the budget allows, and the rest by largest remainder.

    Of equal remainders the earlier cluster's is larger.

    >>> allotted([50, 30, 1], 10), allotted([50, 30, 1], 2)
    ([5, 4, 1], [1, 1, 0])

    Args:
        sizes: of the clusters, each >= 1.
        budget: in [0, sum of the sizes].
    """
    least = 1 if budget >= len(sizes) else 0
    rest, weights = budget - least * len(sizes), [size - least for size in sizes]
    total = sum(weights) or 1
    quotas = [rest * weight // total for weight in weights]
    by_remainder = sorted(range(len(sizes)), key=lambda k: (-(rest * weights[k] % total), k))
    for k in by_remainder[: rest - sum(quotas)]:
        quotas[k] += 1
    return [least + quota for quota in quotas]
