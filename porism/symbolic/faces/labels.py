"""Where the labels of a figure go: off the points and off each other, over as little of the drawing as can be."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from porism.symbolic.faces.shapes import DOT, WIDTH, Box, Sketch
from porism.symbolic.faces.style import FONT
from porism.symbolic.faces.words import name_parts

Samples = NDArray[np.complex128]


def labels(bare: Sketch, names: Mapping[str, str]) -> tuple[Box, ...]:
    """A box for each place with points, where it covers little of the drawing and no other box or point.

    Args:
        bare: a sketch without labels.
        names: what each point is called.
    """
    places: list[tuple[complex, list[str]]] = []
    for name, z in bare.points.items():
        here = next((group for at, group in places if abs(at - z) < 0.5), None)
        if here is None:
            places.append((z, [name]))
        else:
            here.append(name)
    strokes, dots = _strokes(bare), np.array([z for z, _ in places])
    options = [_options(z, tuple(group), names, strokes, dots, bare.height) for z, group in places]
    chosen: dict[int, Box] = {}
    crowded_first = sorted(range(len(places)), key=lambda i: -int((abs(dots - dots[i]) < 60).sum()))
    for i in [*crowded_first, *range(len(places)), *range(len(places))]:  # later rounds know where the others are
        chosen[i] = _best(options[i], [box for j, box in chosen.items() if j != i])
    return tuple(chosen[i] for i in range(len(places)))


def _best(options: list[Box], others: list[Box]) -> Box:
    """The first box that overlaps none, or else the one that overlaps fewest."""
    for box in options:
        if not any(box.overlaps(other) for other in others):
            return box
    return min(options, key=lambda box: sum(box.overlaps(other) for other in others))


_GAPS = np.array([5.5, 8.0, 11.0, 15.0, 20.0, 27.0, 36.0, 48.0, 64.0, 85.0, 110.0])
_UNITS = np.exp(2j * np.pi * np.arange(24) / 24)


def _options(
    z: complex, points: tuple[str, ...], names: Mapping[str, str], strokes: Samples, dots: Samples, height: float
) -> list[Box]:
    """Boxes around a point, those that cover and stray least first; off other points, if that can be."""
    width, tall = _extent(points, names), FONT * 0.86
    middle = dots.mean()
    outward = (z - middle) / abs(z - middle) if abs(z - middle) > 1 else 0j
    reach = np.minimum(width / 2 / np.maximum(abs(_UNITS.real), 1e-9), tall / 2 / np.maximum(abs(_UNITS.imag), 1e-9))
    gaps = np.repeat(_GAPS, len(_UNITS))
    centres = z + (_UNITS * (_GAPS[:, None] + reach)).ravel()
    away = strokes[abs(strokes - z) < 140 + width] - centres[:, None]
    covered = ((abs(away.real) < width / 2 + 2) & (abs(away.imag) < tall / 2 + 2)).sum(axis=1)
    off = (abs(centres.real - WIDTH / 2) + width / 2 > WIDTH / 2 - 4) | (
        abs(centres.imag - height / 2) + tall / 2 > height / 2 - 4
    )
    inward = -np.tile((_UNITS.conjugate() * outward).real, len(_GAPS))
    costs = 3.0 * covered + 0.45 * gaps + 2.0 * inward + 1e4 * off
    beside = dots - centres[:, None]
    distances = np.hypot(np.maximum(0, abs(beside.real) - width / 2), np.maximum(0, abs(beside.imag) - tall / 2)).min(
        axis=1
    )
    order = np.argsort(costs, kind="stable")
    clear = order[distances[order] > DOT + 1]
    return [Box(points, complex(centres[i]), width, tall, float(gaps[i])) for i in (clear if len(clear) else order)]


def _strokes(bare: Sketch) -> Samples:
    """Points along all that is drawn, about 4 apart."""
    parts: list[Samples] = [np.zeros(0, np.complex128)]
    for one in bare.segments:
        count = max(2, int(abs(one.end - one.start) / 4))
        steps = np.linspace(0, 1, count, dtype=np.complex128)
        parts.append(one.start + (one.end - one.start) * steps)
    for circle in bare.circles:
        turns = np.linspace(0, 2 * np.pi, min(4000, max(12, int(circle.radius * 1.6))))
        parts.append(np.asarray(circle.centre + circle.radius * np.exp(1j * turns), np.complex128))
    parts += [np.array(mark.corners, np.complex128) for mark in bare.marks]
    return np.concatenate(parts)


_WIDE = {"M": 0.92, "W": 0.95, "I": 0.42, "J": 0.52}


def _extent(points: tuple[str, ...], names: Mapping[str, str]) -> float:
    """How wide a label is, rather too wide than too narrow."""
    width = 0.0
    for point in points:
        stem, low, primes = name_parts(names[point])
        width += sum(_WIDE.get(letter, 0.76) for letter in stem) + 0.42 * len(low) + 0.3 * len(primes)
    return FONT * (width + 0.6 * (len(points) - 1))
