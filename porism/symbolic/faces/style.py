"""How a figure looks: its colours on light and dark pages, its lines and its letters."""

from typing import Any

GIVEN, AUXILIARY, GOAL = "ink", "aux", "goal"

FONT = 19.0

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2a37",
    "circle": "#4a6785",
    "mark": "#0b6e66",
    "goal": "#b93815",
    "aux": "#6a35c9",
}
DARK = {
    "paper": "#12171e",
    "ink": "#e3e8ee",
    "circle": "#93aac4",
    "mark": "#5fd4c4",
    "goal": "#ff9a6b",
    "aux": "#bfa5ff",
}


def style_sheet() -> str:
    """Colours for dark pages; those for light ones are attributes, so the figure needs no style sheet there."""
    rules = [f".porism-figure{{color:{DARK['ink']};color-scheme:dark}}", f".porism-paper{{fill:{DARK['paper']}}}"]
    rules += [f".porism-halo{{stroke:{DARK['paper']}}}"]
    for kind in ("circle", "mark", "goal", "aux"):
        rules.append(f".porism-{kind}{{stroke:{DARK[kind]}}}.porism-{kind}-fill{{fill:{DARK[kind]}}}")
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def stroked(kind: str, width: float) -> dict[str, Any]:
    """A line of this kind and width, dashed if it is auxiliary."""
    dashes: dict[str, Any] = {"stroke_dasharray": "6 4.5"} if kind == AUXILIARY else {}
    return {"classes": f"porism-{kind}", "stroke": _colour(kind), "stroke_width": width, **dashes}


def filled(kind: str, halo: float = 0) -> dict[str, Any]:
    """A fill, and around it so much of the paper's colour."""
    around: dict[str, Any] = {"stroke": LIGHT["paper"], "stroke_width": halo} if halo else {}
    classes = f"porism-{kind}-fill porism-halo" if halo else f"porism-{kind}-fill"
    return {"classes": classes, "fill": _colour(kind), **around}


def _colour(kind: str) -> str:
    return "currentColor" if kind == GIVEN else LIGHT[kind]
