"""Tidy trees: places for the nodes of a tree, so that equal subtrees look equal and none overlap.

Notation: *breadth* is the coordinate along which siblings lie, in units of the distance between neighbours; the other
coordinate is the depth. A *contour* is the first or the last node of a subtree at each depth; *threads* link a contour
where a subtree ends earlier than its neighbour.

Reference: the layout is that of [Reingold1981], for any number of children in linear time by [Buchheim2002].
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


def tidy(children: Sequence[Sequence[int]]) -> list[tuple[float, int]]:
    """Breadth and depth of each node; the least breadth is 0, and neighbours of one depth are at least 1 apart.

    Args:
        children: of each node, in order; node 0 is the root, and every child comes after its parent.

    >>> tidy([(1, 2, 3), (), (4, 5), (), (), ()])
    [(1.0, 0), (0.0, 1), (1.0, 1), (2.0, 1), (0.5, 2), (1.5, 2)]
    """
    spots = [_Spot() for _ in children]
    for parent, its in zip(spots, children, strict=True):
        parent.children = [spots[child] for child in its]
        for number, child in enumerate(parent.children):
            child.parent, child.number, child.depth = parent, number, parent.depth + 1
    for spot in reversed(spots):  # children before parents
        _arrange(spot)
    for spot in spots:  # parents before children
        for child in spot.children:
            child.moved = spot.moved + spot.below
    least = min(spot.breadth + spot.moved for spot in spots)
    return [(spot.breadth + spot.moved - least, spot.depth) for spot in spots]


@dataclass(slots=True, eq=False)
class _Spot:
    """A node while it is moved about.

    Attributes:
        breadth: without the shifts of the nodes above it, which the last pass adds up in ``moved``.
        below: by how much everything below it is shifted.
        thread: what follows on the contour where this is its deepest node.
        owner: the node that this one is on the contour of, among the siblings that are being put beside each other.
        gap, spread: the shift of this node, and its share for each of the siblings in between, to be given out at once.
    """

    parent: "_Spot | None" = None
    children: "list[_Spot]" = field(default_factory=list)
    number: int = 0
    depth: int = 0
    breadth: float = 0
    below: float = 0
    moved: float = 0
    thread: "_Spot | None" = None
    owner: "_Spot | None" = None
    gap: float = 0
    spread: float = 0

    def first(self) -> "_Spot | None":
        """The next node down the contour on the side of the first child."""
        return self.children[0] if self.children else self.thread

    def last(self) -> "_Spot | None":
        """The next node down the contour on the side of the last child."""
        return self.children[-1] if self.children else self.thread


def _arrange(parent: _Spot) -> None:
    """Put the subtrees of a node side by side, each already arranged, and the node in their middle."""
    children = parent.children
    if not children:
        return
    default = children[0]
    for number, child in enumerate(children[1:], 1):
        middle, child.breadth = child.breadth, children[number - 1].breadth + 1
        child.below = child.breadth - middle
        default = _part(child, default)
    gap = spread = 0.0
    for child in reversed(children):
        child.breadth += gap
        child.below += gap
        spread += child.spread
        gap += child.gap + spread
    parent.breadth = (children[0].breadth + children[-1].breadth) / 2


def _part(right: _Spot, default: _Spot) -> _Spot:
    """Move a subtree away from all those before it, where their contours come too near."""
    siblings = right.parent.children if right.parent else []
    inner_right, outer_right, inner_left, outer_left = right, right, siblings[right.number - 1], siblings[0]
    in_right, out_right, in_left, out_left = (s.below for s in (inner_right, outer_right, inner_left, outer_left))
    while (left := inner_left.last()) and (near := inner_right.first()):
        inner_left, inner_right = left, near
        outer_left, outer_right = outer_left.first() or outer_left, outer_right.last() or outer_right
        outer_right.owner = right
        short = inner_left.breadth + in_left - (inner_right.breadth + in_right) + 1
        if short > 0:
            owner = inner_left.owner
            _shift(owner if owner and owner.parent is right.parent else default, right, short)
            in_right += short
            out_right += short
        in_left, in_right = in_left + inner_left.below, in_right + inner_right.below
        out_left, out_right = out_left + outer_left.below, out_right + outer_right.below
    if (left := inner_left.last()) and not outer_right.last():
        outer_right.thread = left
        outer_right.below += in_left - out_right
    elif (near := inner_right.first()) and not outer_left.first():
        outer_left.thread = near
        outer_left.below += in_right - out_left
        default = right
    return default


def _shift(left: _Spot, right: _Spot, by: float) -> None:
    """Move a subtree, and note that those between it and ``left`` are to share the gap."""
    share = by / (right.number - left.number)
    right.spread -= share
    right.gap += by
    left.spread += share
    right.breadth += by
    right.below += by
