"""Search trees as pictures: lines of text for a terminal, and SVG for a page.

Both show what :mod:`porism.search.drawing.marks` chooses: labels stay text whatever a model wrote in them, and what is
left out of a big tree is counted. What a node is can be told without colours: by its border, and by words.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from porism.search.drawing.marks import Label, Mark, action_of, cut, marked
from porism.search.drawing.tidy import tidy
from porism.search.nodes import Outcome

_BOX, _COLUMN, _ROW, _MARGIN, _TOP = (232, 42), 276, 54, 16, 86  # user units: a box, its column and row, the borders
_LETTERS = 29  # that fit into a box


def text(outcome: Outcome[Any, Any], *, label: Label = action_of, most: int = 200, width: int = 72) -> str:
    """The tree in lines, each child below its parent; an only child is not indented.

    ``*`` is on the chosen path, ``x`` pruned, ``~`` a further attempt at the node above it; ``#3`` was the third to be
    expanded.

    Args:
        outcome: what a search left.
        label: what to call a node.
        most: nodes to draw, >= 1.
        width: columns of a label, >= 1.

    Raises:
        ValueError: ``most`` or ``width`` is less than 1.
    """
    marks = marked(outcome, label, most, width)
    lines = [summary(outcome)]
    waiting = [(0, "", "")]
    while waiting:
        place, before, below = waiting.pop()
        mark = marks[place]
        sign = "~" if mark.again else ""
        sign += {"solved": "*", "chosen": "*", "pruned": "x"}.get(mark.kind, "")
        lines.append(before + "  ".join(filter(None, (sign, mark.label, mark.figures))))
        *others, last = mark.children or (0,)
        if others:
            waiting.append((last, below + "└─ ", below + "   "))
            waiting += [(child, below + "├─ ", below + "│  ") for child in reversed(others)]
        elif last:
            waiting.append((last, below, below))
    return "\n".join(lines)


def summary(outcome: Outcome[Any, Any]) -> str:
    """One line about how a search ended."""
    ended = f"budget of {outcome.limit} spent" if outcome.limit else outcome.reason
    cost = f"cost {outcome.best.cost:.4g} at depth {outcome.best.depth}"
    return f"{ended}: {len(outcome.nodes)} nodes, {len(outcome.expanded)} expanded, {cost}"


def svg(
    outcome: Outcome[Any, Any],
    *,
    label: Label = action_of,
    most: int = 400,
    title: str = "Search tree",
    styled: bool = True,
) -> str:
    """The tree as a standalone SVG document, from left to right; pointing at a node shows its label in full.

    It follows the reader's choice of a light or dark page, and names itself to screen readers.

    Args:
        outcome: what a search left.
        label: what to call a node.
        most: nodes to draw, >= 1.
        title: of the picture.
        styled: whether the document brings its colours; without them it is a part of a page that has rules for
            ``svg.search-tree``, and carries no style sheet, which a page's security policy may forbid.

    Raises:
        ValueError: ``most`` is less than 1.
    """
    marks = marked(outcome, label, most, _LETTERS)
    spots = [
        (_MARGIN + depth * _COLUMN, round(_TOP + breadth * _ROW, 1))
        for breadth, depth in tidy([mark.children for mark in marks])
    ]
    width = max(max(x for x, _ in spots) + _BOX[0] + _MARGIN, _MARGIN + len(_LEGEND) * _KEY)
    height = max(y for _, y in spots) + _BOX[1] + _MARGIN
    said, key = cut(title, 200), "" if styled else "tree-"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="search-tree" width="{width}" height="{height:g}"'
            f' viewBox="0 0 {width} {height:g}" role="img" aria-labelledby="{key}title {key}desc">',
            f'<title id="{key}title">{escape(said)}</title>',
            f'<desc id="{key}desc">{escape(summary(outcome))}. {escape(_path(marks))}</desc>',
            *([f"<style>{_STYLE}</style>"] if styled else []),
            '<rect class="page" width="100%" height="100%"/>',
            f'<text class="title" x="{_MARGIN}" y="26">{escape(said)}</text>',
            f'<text x="{_MARGIN}" y="46">{escape(summary(outcome))}</text>',
            *_legend(),
            *_edges(marks, spots),
            *(_box(mark, *spot) for mark, spot in zip(marks, spots, strict=True)),
            "</svg>",
            "",
        ]
    )


def _path(marks: Sequence[Mark]) -> str:
    """The chosen path in words."""
    labels = [mark.label for mark in marks if mark.kind in ("chosen", "solved") and not mark.again]
    return cut(f"Chosen path: {', then '.join(labels)}", 1000)


def _legend() -> Iterator[str]:
    for i, (kind, words) in enumerate(_LEGEND.items()):
        x = _MARGIN + i * _KEY
        yield f'<rect class="{kind}" x="{x}" y="58" width="22" height="14" rx="4"/>'
        if kind == "solved":
            yield f'<rect class="inner" x="{x + 4}" y="62" width="14" height="6" rx="2"/>'
        yield f'<text class="small" x="{x + 28}" y="69">{words}</text>'


def _edges(marks: Sequence[Mark], spots: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Curves from each box to its children; those of the chosen path last, so that they lie on top."""
    drawn = sorted(
        (marks[child].kind in ("chosen", "solved"), place, child)
        for place, mark in enumerate(marks)
        for child in mark.children
    )
    for chosen, place, child in drawn:
        (x, y), (to_x, to_y) = spots[place], spots[child]
        x, y, to_y = x + _BOX[0], y + _BOX[1] / 2, to_y + _BOX[1] / 2
        kind = "chosen" if chosen else "again" if marks[child].again else marks[child].kind
        middle = (x + to_x) / 2
        yield f'<path class="edge {kind}" d="M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"/>'


def _box(mark: Mark, x: float, y: float) -> str:
    """A box with two lines, cut at its border by an SVG of its own."""
    width, height = _BOX
    inner = (
        f'<rect class="{mark.kind}" x="2" y="2" width="{width - 4}" height="{height - 4}" rx="7"/>'
        if mark.kind != "elided"
        else ""
    )
    if mark.kind == "solved":
        inner += f'<rect class="inner" x="6" y="6" width="{width - 12}" height="{height - 12}" rx="4"/>'
    lines = [(mark.label, 18), (mark.figures, 33)] if mark.figures else [(mark.label, 25)]
    words = "".join(
        f'<text class="{"small" if i else "label"}" x="9" y="{at}">{escape(line)}</text>'
        for i, (line, at) in enumerate(lines)
    )
    tip = f"<title>{escape(' | '.join(filter(None, (mark.full, mark.figures, _LEGEND.get(mark.kind)))))}</title>"
    return f'<svg x="{x:g}" y="{y:g}" width="{width}" height="{height}"><g>{tip}{inner}{words}</g></svg>'


_KEY = 128
_LEGEND = {
    "solved": "solved",
    "chosen": "chosen path",
    "expanded": "expanded",
    "open": "not expanded",
    "pruned": "pruned",
    "again": "asked again",
}
_STYLE = """
svg { --page: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #6e7781; --path: #0a58ca; --fill: #eaf2ff;
  --bad: #a40e26 }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1117; --ink: #e6edf3; --soft: #9da7b3; --line: #8b949e; --path: #79b8ff; --fill: #14263d;
    --bad: #ff9aa5 }
}
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--ink); white-space: pre }
.title { font: 600 16px system-ui, sans-serif } .small { font-size: 11px; fill: var(--soft) }
rect, path { fill: none; stroke: var(--line); stroke-width: 1.2 }
.page { fill: var(--page); stroke: none }
.chosen, .solved { stroke: var(--path); stroke-width: 2.6 } rect.chosen, rect.solved { fill: var(--fill) }
.inner { stroke: var(--path) }
.open { stroke-dasharray: 5 4 } .again { stroke-dasharray: 9 3 2 3 } .elided { stroke-dasharray: 1 4 }
.pruned { stroke: var(--bad); stroke-dasharray: 1.5 3; stroke-width: 1.8 }
"""
