"""Histograms as small SVG files, for cards: bars with their labels and counts, readable on light and dark pages."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from porism.outputs.card import Extras
from porism.outputs.folder import write_atomically

WIDTH, ROW, TOP = 640, 20, 34  # pixels: of a chart, of a bar with its gap, above the first bar
BAR = 380  # pixels of the longest bar
LEFT = 160  # pixels for the labels
MOST = 30  # bars; what is left is counted in one more
LABEL = 24  # characters


def bars(title: str, bins: Sequence[tuple[str, int]]) -> str:
    """Bins as an SVG text: each label with a bar and its count, none of them markup.

    Args:
        title: what was counted.
        bins: labels and counts >= 0, in order; of more than 30, the others are counted together.

    >>> "<script>" in bars("a <script>", [("b & c", 3)])
    False
    """
    shown = list(bins[:MOST])
    if len(bins) > MOST:
        shown.append((f"{len(bins) - MOST} others", sum(count for _, count in bins[MOST:])))
    most = max((count for _, count in shown), default=0) or 1
    height = TOP + ROW * len(shown) + 10
    said = "; ".join(f"{_label(label)}: {count}" for label, count in shown)
    lines = [_bar(k, label, count, most) for k, (label, count) in enumerate(shown)]
    return HEAD.format(width=WIDTH, height=height, title=_text(title), said=_text(said)) + "".join(lines) + "</svg>\n"


def drawn(folder: Path, extras: Extras) -> Extras:
    """The same with its histograms as files in ``figures/``, as figures in front of the others.

    Files of histograms that are no longer there are deleted.
    """
    (folder / "figures").mkdir(exist_ok=True)
    for old in (folder / "figures").glob("histogram-*.svg"):
        old.unlink()
    made: list[tuple[str, str]] = []
    for name, bins in extras.histograms.items():
        path = f"figures/histogram-{len(made)}-{_slug(name)}.svg"
        write_atomically(folder / path, bars(name, bins))
        made.append((name, path))
    return replace(extras, histograms={}, figures=(*made, *extras.figures))


def _bar(k: int, label: str, count: int, most: int) -> str:
    y, length = TOP + ROW * k, round(BAR * count / most)
    return (
        f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{_text(_label(label))}</text>'
        f'<rect x="{LEFT}" y="{y + 2}" width="{max(length, 1 if count else 0)}" height="14"/>'
        f'<text x="{LEFT + length + 6}" y="{y + 13}">{count:,}</text>\n'
    )


def _label(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1] + "…"


def _text(text: str) -> str:
    """Text for XML, without what XML cannot hold."""
    plain = re.sub(r"[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    return escape(plain)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "counts"


HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>{title}</title><desc>{said}</desc>
<style>
  text {{ font: 12px sans-serif; fill: #222 }} rect {{ fill: #3b6ea8 }} .page {{ fill: #fff }}
  @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} rect {{ fill: #7aa7da }} .page {{ fill: #161616 }} }}
</style>
<rect class="page" width="{width}" height="{height}"/>
<text x="12" y="20" style="font-weight: bold">{title}</text>
"""
