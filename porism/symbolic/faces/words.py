"""How points and formulas are written: names, lists of names, and the signs of a notation."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem


@dataclass(frozen=True, slots=True)
class Notation:
    """How points and formulas are written; the defaults are for plain text.

    Attributes:
        names: what each point is called.
        math: around a formula, one string before and one after it.
        angle, sine, degree, times, square: signs.
        apart: whether names of more than a letter and digits are set apart by spaces.
        spellings: points of facts, such as goals, in the order in which they were written.
        capitals: whether this is plain text with every point in capitals, as in most proofs.
        rows, claims: what was written in this notation before, since a proof repeats itself.
    """

    names: Mapping[str, str]
    math: tuple[str, str] = ("", "")
    angle: str = "angle "
    sine: str = "sin "
    degree: str = "°"
    times: str = " · "
    square: str = "²"
    apart: bool = True
    spellings: Mapping[Fact, tuple[str, ...]] = field(default_factory=dict)
    capitals: bool = False
    rows: dict[tuple[str, ...], str] = field(default_factory=dict, init=False, compare=False, repr=False)
    claims: dict[Fact, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def formula(self, text: str) -> str:
        """A formula within a sentence."""
        return self.math[0] + text + self.math[1]

    def joined(self, points: Iterable[str]) -> str:
        """Points in a row, such as a segment or a triangle, within a formula."""
        key = tuple(points)
        found = self.rows.get(key)
        if found is None:
            names = [self.names.get(point, point.upper()) for point in key]
            found = self.rows[key] = ("" if not self.apart or all(map(_is_simple, names)) else " ").join(names)
        return found

    def row(self, points: Iterable[str]) -> str:
        """Points in a row, within a sentence."""
        return self.formula(self.joined(points))

    def each(self, points: Iterable[str]) -> str:
        """A list of points within a sentence."""
        return listed([self.row([point]) for point in points])

    def degrees(self, half_turns: Fraction | int) -> str:
        """An angle, within a formula."""
        value = half_turns * 180
        return f"{value if value.denominator == 1 else f'{float(value):.6g}'}{self.degree}"


@lru_cache(maxsize=4096)
def _is_simple(name: str) -> bool:
    """Whether it is a letter and digits, and can stand beside others."""
    return re.fullmatch(r"[A-Za-z][0-9]*'*", name) is not None


def plain(points: Collection[str]) -> Notation:
    """Plain text: points in capitals, or as they are if capitals would confuse two of them."""
    names = names_of(points)
    return Notation(names, capitals=all(name == point.upper() for point, name in names.items()))


def for_problem(notation: Notation, problem: Problem) -> Notation:
    """The notation, with goals spelled as the problem has them: angle ACB = angle ADB, not angle CAD = angle CBD."""
    spelled = {}
    for goal, text in zip(problem.goals, problem.written, strict=True):
        points = tuple(text.split()[1:])
        if sorted(points) == sorted(goal.points):  # no numbers, whose order has a meaning of its own
            spelled[goal] = points
    return replace(notation, spellings=spelled)


def names_of(points: Collection[str]) -> dict[str, str]:
    """Points in capitals, or as they are if capitals would confuse two of them.

    >>> names_of(["a", "o1"]), names_of(["a", "A"])
    ({'a': 'A', 'o1': 'O1'}, {'a': 'a', 'A': 'A'})
    """
    if len({point.upper() for point in points}) < len(set(points)):
        return {point: point for point in points}
    return {point: point.upper() for point in points}


def name_parts(name: str) -> tuple[str, str, str]:
    """A point's name as letters, subscript and primes.

    >>> [name_parts(name) for name in ["A", "O1", "I_B", "P'", "A1_2"]]
    [('A', '', ''), ('O', '1', ''), ('I', 'B', ''), ('P', '', "'"), ('A', '1,2', '')]
    """
    bare = name.rstrip("'")
    stem = re.match(r"[A-Za-z]*", bare)
    assert stem
    low = [part for part in re.split(r"[_']+", bare[stem.end() :]) if part]
    return stem[0], ",".join(low), "'" * (len(name) - len(bare))


def listed(parts: Sequence[str]) -> str:
    """Words in a row.

    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def numbers(needs: Iterable[int]) -> str:
    """Facts by number, within brackets.

    >>> numbers([3, 0])
    '(1, 4)'
    """
    return f"({', '.join(str(i + 1) for i in sorted(set(needs)))})"


def cited(needs: Iterable[int]) -> str:
    """Facts by number, within a sentence.

    >>> cited([3, 0])
    '(1) and (4)'
    """
    return listed([numbers([i]) for i in sorted(set(needs))])
