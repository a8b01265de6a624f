"""A figure as an SVG document, with a title and a description for those who do not see it."""

import hashlib
from collections.abc import Iterator, Mapping

from porism.symbolic.faces.claims import claim
from porism.symbolic.faces.markup import element, number, path, xml
from porism.symbolic.faces.shapes import DOT, WIDTH, Box, Sketch
from porism.symbolic.faces.statement import statement
from porism.symbolic.faces.style import AUXILIARY, FONT, GIVEN, GOAL, LIGHT, filled, stroked, style_sheet
from porism.symbolic.faces.words import for_problem, listed, name_parts, names_of, plain
from porism.symbolic.problem import Problem


def document(drawn: Sketch, problem: Problem) -> str:
    """A sketch of a problem as a standalone SVG document."""
    names = names_of(problem.points)
    content = f"{problem.name} {problem} {path(list(drawn.points.values()))}"
    key = "porism-" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:10]
    body = [
        element("title", xml(_title(drawn, problem)), id=f"{key}-title"),
        element("desc", xml(_description(drawn, problem)), id=f"{key}-desc"),
        element("style", style_sheet()),
        element("rect", classes="porism-paper", width=WIDTH, height=drawn.height, rx=10, fill=LIGHT["paper"]),
        *_shapes(drawn),
        *_dots(drawn, problem),
        *(_label(box, drawn, names) for box in drawn.labels),
    ]
    root = element(
        "svg",
        "\n" + "\n".join(body) + "\n",
        xmlns="http://www.w3.org/2000/svg",
        classes="porism-figure",
        viewBox=f"0 0 {number(WIDTH)} {number(drawn.height)}",
        width=WIDTH,
        height=drawn.height,
        style="max-width:100%;height:auto",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        color=LIGHT["ink"],
        fill="none",
        stroke_linecap="round",
        stroke_linejoin="round",
    )
    return root + "\n"


def _title(drawn: Sketch, problem: Problem) -> str:
    notation = for_problem(plain(problem.points), problem)
    goals = listed([claim(goal, notation) for goal in problem.goals])
    return f"Figure: {goals}" if goals else f"Figure of {plain(problem.points).each(drawn.points)}"


def _description(drawn: Sketch, problem: Problem) -> str:
    stated = statement(problem, drawn.auxiliary)
    auxiliary = [point for point in drawn.points if point in drawn.auxiliary]
    return f"{stated} Auxiliary: {plain(problem.points).each(auxiliary)}." if auxiliary else stated


def _shapes(drawn: Sketch) -> Iterator[str]:
    for polygon in drawn.polygons:
        yield element("path", d=path(polygon) + "Z", fill="currentColor", fill_opacity="0.045")
    for mark in drawn.marks:
        if mark.apex is not None:
            sector = path((mark.apex, *mark.corners)) + "Z"
            yield element("path", d=sector, **filled(mark.kind), fill_opacity="0.14")
    for circle in drawn.circles:
        width = 2.4 if circle.kind == GOAL else 1.4
        x, y = circle.centre.real, circle.centre.imag
        yield element("circle", cx=x, cy=y, r=circle.radius, **stroked(circle.kind, width))
    for one in drawn.segments:
        yield element("path", d=path((one.start, one.end)), **stroked(one.kind, 2.6 if one.kind == GOAL else 1.6))
    for mark in drawn.marks:
        yield element("path", d=path(mark.corners), **stroked(mark.kind, 1.6))


def _dots(drawn: Sketch, problem: Problem) -> Iterator[str]:
    goals = {point for goal in problem.goals for point in goal.points}
    for name, z in drawn.points.items():
        kind = AUXILIARY if name in drawn.auxiliary else GOAL if name in goals else GIVEN
        yield element("circle", cx=z.real, cy=z.imag, r=DOT, **filled(kind, halo=1.2))


def _label(box: Box, drawn: Sketch, names: Mapping[str, str]) -> str:
    """The names of a place; apart from it, a thin line leads there."""
    auxiliary = all(point in drawn.auxiliary for point in box.points)
    text = element(
        "text",
        ", ".join(_name(names[point]) for point in box.points),
        x=box.centre.real,
        y=box.centre.imag + FONT * 0.31,
        text_anchor="middle",
        font_family="STIX Two Text, Cambria, Georgia, Times New Roman, serif",
        font_size=FONT,
        font_style="italic",
        paint_order="stroke",
        **filled(AUXILIARY if auxiliary else GIVEN, halo=3.5),
    )
    if box.gap < 24:
        return text
    dot = drawn.points[box.points[0]]
    unit = (box.centre - dot) / abs(box.centre - dot)
    leader = (dot + unit * (DOT + 2), dot + unit * (box.gap - 2))
    return element("path", d=path(leader), **stroked("circle", 0.8)) + text


def _name(name: str) -> str:
    """A point's name with its subscript lowered."""
    stem, low, primes = name_parts(name)
    if not low:
        return xml(stem + primes)
    sub = element("tspan", xml(low), dy=4, font_size=FONT * 0.68, font_style="normal")
    return xml(stem) + sub + element("tspan", xml(primes) or "\u200b", dy=-4)
