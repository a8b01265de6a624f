"""Places for the nodes of a graph without circles: in layers, each node below all that it needs."""

from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 8  # of ordering the layers by what their nodes are joined to
COLUMN, ROW, EDGE = 46.0, 62.0, 28.0  # user units


@dataclass(frozen=True, slots=True)
class Layers:
    """Where the nodes lie, and the page that holds them.

    Attributes:
        spots: x and y of each node.
        edges: from a node to one that needs it, by number.
        width, height: of the page.
    """

    spots: tuple[tuple[float, float], ...]
    edges: tuple[tuple[int, int], ...]
    width: float
    height: float


def layers(needs: Sequence[Sequence[int]]) -> Layers:
    """The layout: nodes that need nothing just above the first that needs them, others as high as can be.

    Args:
        needs: of each node the nodes that it needs, all before it.

    >>> found = layers([(), (), (0, 1), (0, 2)])
    >>> [round(y) for _, y in found.spots]
    [28, 28, 90, 152]
    """
    edges = [(need, i) for i, all_needs in enumerate(needs) for need in sorted(set(all_needs))]
    depth = _depths(needs, edges)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for node, level in enumerate(depth):
        rows[level].append(node)
    place = _ordered(rows, edges, len(needs))
    width = max(map(len, rows), default=0)
    spots = tuple((EDGE + COLUMN * (place[i]), EDGE + ROW * depth[i]) for i in range(len(needs)))
    return Layers(spots, tuple(edges), 2 * EDGE + COLUMN * max(0, width - 1), 2 * EDGE + ROW * max(0, len(rows) - 1))


def _depths(needs: Sequence[Sequence[int]], edges: Sequence[tuple[int, int]]) -> list[int]:
    depth = [0] * len(needs)
    for i, all_needs in enumerate(needs):
        depth[i] = 1 + max((depth[need] for need in all_needs), default=-1)
    first: dict[int, int] = {}
    for need, i in edges:
        first[need] = min(first.get(need, depth[i]), depth[i])
    return [first[i] - 1 if not needs[i] and i in first else level for i, level in enumerate(depth)]


def _ordered(rows: list[list[int]], edges: Sequence[tuple[int, int]], count: int) -> list[float]:
    """Where each node stands in its row: rows are centred, and sorted by the mean place of what their nodes join."""
    joined: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        joined[a].append(b)
        joined[b].append(a)
    widest = max(map(len, rows), default=0)
    place = [0.0] * count
    for attempt in range(ROUNDS):
        for row in rows if attempt % 2 == 0 else reversed(rows):
            if attempt:
                row.sort(key=lambda i: sum(place[j] for j in joined[i]) / max(1, len(joined[i])))
            for k, node in enumerate(row):
                place[node] = (widest - len(row)) / 2 + k
    return place
