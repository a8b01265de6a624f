"""What a picture of a search tree shows: which nodes, called what, and how many are left out.

Labels may be anything that a model wrote. A label stays text on one line: whitespace becomes a space, whatever cannot
be printed (control characters, reversed writing) is spelled out as an escape, and the rest is cut.

A tree too big to be read is elided. What is drawn first is the chosen path, then what was expanded, in that order, then
the rest; a mark counts what is left out. The time is linear in the number of nodes.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from porism.search.nodes import Node, Outcome

Label = Callable[[Node[Any, Any]], str]


def action_of(node: Node[Any, Any]) -> str:
    """What was done to get here; "start" for the root."""
    return "start" if node.parent is None else str(node.action)


@dataclass(frozen=True, slots=True)
class Mark:
    """One node of a picture: a node of the search, or a count of those that are left out.

    Attributes:
        kind: ``"solved"``, ``"chosen"`` (on the way to ``Outcome.best``), ``"expanded"``, ``"open"`` (never expanded),
            ``"pruned"`` (infinite cost) or ``"elided"``.
        label: cut to the width asked for.
        figures: g, h, the number of the expansion and of the attempt, as far as there is something to say.
        full: the label in full, or nearly.
        again: whether this is a further attempt at its parent in the picture.
        children: the places of its children in the picture, all after its own.
    """

    kind: str
    label: str
    figures: str = ""
    full: str = ""
    again: bool = False
    children: tuple[int, ...] = ()


def marked(outcome: Outcome[Any, Any], label: Label, most: int, width: int) -> list[Mark]:
    """What a picture shows, the root first and every other mark after its parent.

    A further attempt hangs below the attempt before it, and not beside it.

    Raises:
        ValueError: ``most`` or ``width`` is less than 1.
    """
    if most < 1 or width < 1:
        raise ValueError(f"a picture needs most >= 1 and width >= 1, got {most} and {width}")
    nodes, place = outcome.nodes, {node: i for i, node in enumerate(outcome.nodes)}
    above = list(_above(nodes, place))
    path = [place[outcome.best]]
    while path[-1]:
        path.append(above[path[-1]])
    order = {place[node]: i for i, node in enumerate(outcome.expanded, 1)}
    shown = sorted(list(dict.fromkeys([*reversed(path), *order, *range(len(nodes))]))[:most])
    spot = {i: at for at, i in enumerate(shown)}
    children, hidden = [list[int]() for _ in shown], _hidden(above, spot)
    for i in shown[1:]:
        children[spot[above[i]]].append(spot[i])
    elided: list[Mark] = []
    for at, (count, chosen) in sorted(_counted(hidden, set(path)).items()):
        children[at].append(len(shown) + len(elided))
        elided.append(Mark("elided", f"... {count} more{', the best among them' if chosen else ''}"))
    on_path = set(path)
    marks = [
        _mark(nodes[i], _kind(outcome, nodes[i], i in on_path, i in order), order.get(i), label, width, children[at])
        for at, i in enumerate(shown)
    ]
    return marks + elided


def _above(nodes: tuple[Node[Any, Any], ...], place: dict[Node[Any, Any], int]) -> Iterator[int]:
    """Below which node each one is drawn; for the root, 0."""
    attempts: dict[tuple[int, ...], int] = {}  # a further attempt shares the very objects of the one before it
    for i, node in enumerate(nodes):
        key = (id(node.parent), id(node.state), id(node.action))
        parent = 0 if node.parent is None else place[node.parent]
        yield attempts.get((*key, node.attempt - 1), parent) if node.attempt else parent
        attempts[*key, node.attempt] = i


def _hidden(above: list[int], spot: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Each node left out, with the place of the mark that counts it: the nearest one above that is drawn."""
    at = [0] * len(above)
    for i, parent in enumerate(above):
        at[i] = spot.get(i, at[parent])
        if i not in spot:
            yield i, at[i]


def _counted(hidden: Iterator[tuple[int, int]], path: set[int]) -> dict[int, tuple[int, bool]]:
    """How many are left out below each mark, and whether the chosen path goes on there."""
    counts, chosen = Counter[int](), set[int]()
    for i, at in hidden:
        counts[at] += 1
        if i in path:
            chosen.add(at)
    return {at: (count, at in chosen) for at, count in counts.items()}


def _kind(outcome: Outcome[Any, Any], node: Node[Any, Any], on_path: bool, expanded: bool) -> str:
    if on_path:
        return "solved" if outcome.solved and node is outcome.best else "chosen"
    return "expanded" if expanded else "pruned" if node.dead else "open"


def _mark(
    node: Node[Any, Any], kind: str, order: int | None, label: Label, width: int, children: list[int]
) -> Mark:  # fmt: skip
    said = label(node)
    figures = [kind if kind in ("solved", "pruned") else "", "" if node.dead else f"g {node.cost:.4g}"]
    figures += [f"h {node.h:.4g}" if node.h and not node.dead else "", f"#{order}" if order else ""]
    figures += [f"attempt {node.attempt + 1}" if node.attempt else ""]
    return Mark(
        kind, cut(said, width), " ".join(filter(None, figures)), cut(said, 1000), bool(node.attempt), (*children,)
    )


def cut(label: str, width: int) -> str:
    r"""A label on one line of at most ``width`` columns that shows what cannot be printed; wide characters take two.

    >>> cut("one\ntwo \x1b[2J", 40), cut("a long story", 8)
    ('one two \\x1b[2J', 'a lon...')
    """
    start = " ".join(label[: 8 * width].split())
    spelled = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in start)
    ends = list(accumulate(2 if east_asian_width(c) in "WF" else 1 for c in spelled))
    if len(label) <= 8 * width and (not ends or ends[-1] <= width):
        return spelled
    dots = "..."[:width]
    return spelled[: bisect_right(ends, width - len(dots))] + dots
