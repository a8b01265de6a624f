"""Facts: the relations between points that are assumed, deduced and proved.

A fact is a predicate and its arguments and is written as one line of text: ``para a b c d``, line ab is parallel to
line cd. Facts are values: two spellings of one relation are equal, because the constructor puts the points in canonical
order under the symmetries of the predicate, which are listed in :mod:`porism.symbolic.predicates`.

Reference: the text language of AlphaGeometry [Trinh2024], after [Chou2000].
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from porism.symbolic.predicates import PREDICATES, FactError, Predicate

_POINT = re.compile(r"[A-Za-z][A-Za-z0-9_']*")
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One relation between named points.

    Attributes:
        name: the predicate, a key of ``PREDICATES``.
        args: point names, for ``rconst`` and ``aconst`` followed by two numbers; canonical once the fact is made.

    Raises:
        FactError: unknown predicate, wrong number of arguments, a bad name, or a line through one point.

    >>> fact = Fact("eqangle", ("x", "a", "x", "b", "d", "c", "d", "e"))
    >>> str(fact)
    'eqangle a x b x c d d e'
    >>> Fact.parse("eqangle d e d c b x a x") == fact
    True
    >>> Fact.parse("perp d c b a").say()
    'AB is perpendicular to CD'
    >>> Fact.parse("perp a b c")
    Traceback (most recent call last):
        ...
    porism.symbolic.predicates.FactError: perp takes 4 arguments (perp a b c d), got 3: 'perp a b c'
    """

    name: str
    args: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the arguments and put them in canonical order."""
        predicate = PREDICATES.get(self.name)
        if predicate is None:
            raise FactError(f"unknown predicate {self.name!r}; known: {', '.join(sorted(PREDICATES))}")
        _check(predicate, self.args)
        object.__setattr__(self, "args", predicate.canonical(tuple(self.args)))

    @property
    def points(self) -> tuple[str, ...]:
        """The arguments that are points, in canonical order, repetitions included."""
        numbers = PREDICATES[self.name].numbers
        return self.args[:-numbers] if numbers else self.args

    @classmethod
    def parse(cls, text: str) -> "Fact":
        """Read one line of text, the inverse of ``str``.

        Raises:
            FactError: the text is not a fact.
        """
        name, *args = text.split() or [""]
        return cls(name, tuple(args))

    def __str__(self) -> str:
        """The fact as one line of text in canonical order, the inverse of :meth:`parse`."""
        return " ".join((self.name, *self.args))

    def say(self) -> str:
        """The fact as an English clause, points in capitals."""
        names = [arg.upper() for arg in self.args]
        return PREDICATES[self.name].meaning.format(*names, all=", ".join(names), rest=", ".join(names[1:]))


def _check(predicate: Predicate, args: tuple[str, ...]) -> None:
    """The number of arguments, and that each looks like a point or a number."""
    if len(args) < predicate.arity or (len(args) > predicate.arity and not predicate.more):
        number = f"{predicate.arity}{' or more' if predicate.more else ''}"
        usage = f"{predicate.name} takes {number} arguments ({predicate.name} {predicate.form})"
        raise FactError(f"{usage}, got {len(args)}: {' '.join((predicate.name, *args))!r}")
    count = len(args) - predicate.numbers
    for arg in args[:count]:
        if not _is_point(arg):
            raise FactError(f"a point is named by a letter, then letters, digits, _ or ', got {arg!r}")
    for arg in args[count:]:
        if not _NUMBER.fullmatch(arg):
            raise FactError(
                f"{predicate.name} ends in two whole numbers of at most 18 digits, such as 1 2, got {arg!r}"
            )


@lru_cache(maxsize=4096)
def _is_point(name: str) -> bool:
    return _POINT.fullmatch(name) is not None
