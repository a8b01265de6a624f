"""What a figure consists of, as values in units of the page; y points down."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

WIDTH = 640.0
DOT = 3.4

Points = Mapping[str, complex]
"""Points of the page by name."""

Ends = tuple[complex, complex]
"""The ends of a segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment from ``start`` to ``end`` on the page, of kind ``ink``, ``aux`` or ``goal``."""

    start: complex
    end: complex
    kind: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the page, of kind ``circle``, ``aux`` or ``goal``."""

    centre: complex
    radius: float
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """A label on the page.

    Attributes:
        points: the names of the points that it labels; several where they coincide.
        centre: of the box.
        width, height: of the box.
        gap: how far it is from its point.
    """

    points: tuple[str, ...]
    centre: complex
    width: float
    height: float
    gap: float

    def overlaps(self, other: "Box") -> bool:
        """Whether two boxes have a common point."""
        d = self.centre - other.centre
        return abs(d.real) * 2 < self.width + other.width and abs(d.imag) * 2 < self.height + other.height

    def distance(self, point: complex) -> float:
        """From the box to a point, 0 inside."""
        d = point - self.centre
        return math.hypot(max(0.0, abs(d.real) - self.width / 2), max(0.0, abs(d.imag) - self.height / 2))


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick, an arc or the square of a right angle: a path through ``corners``, of kind ``mark`` or ``goal``.

    Attributes:
        corners: points of the path, close enough to look smooth.
        kind: ``mark`` or ``goal``.
        apex: the vertex of an angle whose sector is tinted.
    """

    corners: tuple[complex, ...]
    kind: str
    apex: complex | None = None


@dataclass(frozen=True)
class Sketch:
    """All that is drawn, in units of the page.

    Attributes:
        points: what is shown, by name.
        auxiliary: which of them are auxiliary.
        height: of the page.
        polygons: corners of figures that come as a whole.
        segments, circles: with their kinds.
        marks: paths of ticks, arcs and squares, each with its kind; filled in are those of sectors.
        labels: one for each place.
    """

    points: Points
    auxiliary: frozenset[str]
    height: float
    polygons: tuple[tuple[complex, ...], ...]
    segments: tuple[Segment, ...]
    circles: tuple[Circle, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Box, ...] = field(default=())
