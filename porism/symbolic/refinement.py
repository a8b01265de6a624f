"""Newton's method for figures: the nearest points at which given equations hold, to many digits if wanted.

The equations are those of facts, more or fewer than there are coordinates and not independent, so each step is the
shortest one that mends them all to first order (Gauss-Newton by the pseudo-inverse). Derivatives are differences of
floats: they only decide how fast it converges, not where to.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Equation: TypeAlias = tuple[tuple[str, ...], Callable[[Mapping[str, Any]], list[Any]]]
"""The names of its points, and from points to numbers that shall vanish."""

_STEP = 1e-6
_RANK = 1e-7  # singular values below this share of the largest are noise of the differences


def misses(equations: Sequence[Equation], points: Mapping[str, Any]) -> list[Any]:
    """All the numbers that shall vanish."""
    return [number for _, f in equations for number in f(points)]


def refined(
    equations: Sequence[Equation], points: Mapping[str, Any], start: Mapping[str, complex], goal: float, steps: int
) -> dict[str, Any]:
    """The points moved until no equation misses by more than ``goal``, or after so many steps.

    Args:
        equations: smooth near the points and without a unit.
        points: complex numbers of any precision.
        start: the same points as floats, where the derivatives are taken.
        goal: at least 1e-300.
        steps: at most so many.
    """
    inverse: NDArray[Any] | None = None
    moved = dict(points)
    for _ in range(steps):
        missed = misses(equations, moved)
        if max(map(abs, missed), default=0) <= goal:
            break
        if inverse is None:
            inverse = np.linalg.pinv(_derivatives(equations, start), rcond=_RANK)
        change = (inverse @ np.array([float(number) for number in missed])).tolist()
        for name, x, y in zip(moved, change[::2], change[1::2], strict=True):
            moved[name] -= complex(x, y)
    return moved


def _derivatives(equations: Sequence[Equation], points: Mapping[str, complex]) -> NDArray[Any]:
    """One row per number that shall vanish, two columns per point."""
    columns = {name: 2 * k for k, name in enumerate(points)}
    rows: list[NDArray[Any]] = []
    for names, f in equations:
        block = np.zeros((len(f(points)), 2 * len(points)))
        for name in dict.fromkeys(names):
            for k, way in ((0, _STEP), (1, 1j * _STEP)):
                ahead, behind = (f({**points, name: points[name] + sign * way}) for sign in (1, -1))
                block[:, columns[name] + k] = (np.array(ahead) - np.array(behind)) / (2 * _STEP)
        rows.append(block)
    return np.vstack(rows) if rows else np.zeros((0, 2 * len(points)))
