"""Algebraic reasoning: exact linear equations that remember where they came from.

Notation: an *equation* maps unknowns to coefficients and says that the sum of coefficient times unknown is 0. A
constant is an unknown like any other (``{"ab": 1, "cd": -1, "pi": Fraction(-1, 2)}``: a right angle). A *source* names
a given equation. Every row of the reduced echelon form carries the combination of given equations it equals, so an
explanation is read off, not searched for.

Coefficients are rational numbers: nothing here is a float, so nothing here needs a tolerance.
Exactness costs time: hundreds of equations take about a second. Use this to explain what faster means have found.

Reference: the algebraic half of DD+AR, [Trinh2024, Methods], which searches for explanations by linear programming.
"""

from collections.abc import Hashable, Mapping
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

Unknown = TypeVar("Unknown", bound=Hashable)
Source = TypeVar("Source", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)

Equation: TypeAlias = Mapping[Key, Fraction | int]  # unknown -> coefficient; the sum is 0


class LinearSystem(Generic[Unknown, Source]):
    """Linear equations over named unknowns, and what follows from them.

    >>> system: LinearSystem[str, str] = LinearSystem()
    >>> system.add({"x": 1, "y": -1}, "x = y"), system.add({"y": 1, "z": -1}, "y = z")
    (True, True)
    >>> system.explain({"x": 2, "z": -2})
    {'x = y': Fraction(2, 1), 'y = z': Fraction(2, 1)}
    >>> system.entails({"x": 1, "w": -1})
    False
    """

    def __init__(self) -> None:
        """Start with no equation."""
        self._rows: dict[Unknown, tuple[dict[Unknown, Fraction], dict[Source, Fraction]]] = {}  # pivot -> row, why
        self._given: dict[Source, Mapping[Unknown, Fraction]] = {}

    @property
    def given(self) -> Mapping[Source, Mapping[Unknown, Fraction]]:
        """The equations that were added and did not follow from those before them, in order."""
        return MappingProxyType(self._given)

    @property
    def rank(self) -> int:
        """How many independent equations are known."""
        return len(self._rows)

    def add(self, equation: Equation[Unknown], source: Source) -> bool:
        """Learn an equation under the name ``source``.

        Returns:
            False if the equation follows from those known; then nothing changes and ``source`` is not used.

        Raises:
            ValueError: ``source`` names another equation, or a coefficient is not an int or a Fraction.
        """
        exact = _exact(equation)
        row, used = self._reduce(exact)
        if not row:
            return False
        if source in self._given:
            raise ValueError(f"{source!r} already names an equation; give each equation a source of its own")
        self._given[source] = MappingProxyType(exact)
        why = {source: Fraction(1)}
        _add_scaled(why, used, Fraction(-1))
        self._insert(row, why)
        return True

    def reduce(self, equation: Equation[Unknown]) -> dict[Unknown, Fraction]:
        """What remains of an equation when everything known is subtracted: its normal form, empty if it follows.

        Two sums of unknowns are equal by what is known if and only if their normal forms are. The form depends on the
        order in which the equations were added, and changes as more are.

        Raises:
            ValueError: a coefficient is not an int or a Fraction.
        """
        return self._reduce(_exact(equation))[0]

    def entails(self, equation: Equation[Unknown]) -> bool:
        """Whether an equation follows from those known.

        A constant that follows, such as ``{"pi": 1}``, means that the equations contradict each other.

        Raises:
            ValueError: a coefficient is not an int or a Fraction.
        """
        return not self.reduce(equation)

    def explain(self, equation: Equation[Unknown]) -> dict[Source, Fraction] | None:
        """Why an equation follows: coefficients c with sum of ``c * given[source]`` equal to it, exactly.

        The equations in :attr:`given` are independent, so the coefficients are the only ones and none of the sources
        can be spared. A shorter explanation may exist by way of equations that were added and already followed.

        Returns:
            The nonzero coefficients by source, or None if the equation does not follow.

        Raises:
            ValueError: a coefficient is not an int or a Fraction.
        """
        rest, used = self._reduce(_exact(equation))
        return None if rest else used

    def _reduce(self, equation: Mapping[Unknown, Fraction]) -> tuple[dict[Unknown, Fraction], dict[Source, Fraction]]:
        """The normal form, and the combination of sources subtracted on the way.

        One pass is enough: no row contains the pivot of another.
        """
        rest, used = dict(equation), dict[Source, Fraction]()
        for pivot in [x for x in rest if x in self._rows]:
            row, why = self._rows[pivot]
            factor = rest[pivot]
            _add_scaled(rest, row, -factor)
            _add_scaled(used, why, factor)
        return rest, used

    def _insert(self, row: dict[Unknown, Fraction], why: dict[Source, Fraction]) -> None:
        """Add a row in normal form, its pivot scaled to 1, and clear that pivot from the other rows."""
        pivot, lead = next(iter(row.items()))
        row = {x: c / lead for x, c in row.items()}
        why = {s: c / lead for s, c in why.items()}
        for other, other_why in self._rows.values():
            if pivot in other:
                factor = other[pivot]
                _add_scaled(other, row, -factor)
                _add_scaled(other_why, why, -factor)
        self._rows[pivot] = row, why


def _exact(equation: Equation[Key]) -> dict[Key, Fraction]:
    """The nonzero coefficients as Fractions of Python integers."""
    wrong = {x: c for x, c in equation.items() if not isinstance(c, Rational)}
    if wrong:
        raise ValueError(f"coefficients must be exact, an int or a Fraction such as Fraction(1, 2); got {wrong}")
    return {x: Fraction(int(c.numerator), int(c.denominator)) for x, c in equation.items() if c}


def _add_scaled(into: dict[Key, Fraction], other: Mapping[Key, Fraction], factor: Fraction) -> None:
    """In place: into += factor * other, without zeros."""
    for key, coefficient in other.items():
        total = into.get(key, Fraction(0)) + factor * coefficient
        if total:
            into[key] = total
        else:
            into.pop(key, None)
