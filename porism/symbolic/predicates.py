r"""The predicates of facts: how many points each takes, what it says, and which rewritings say the same.

Notation: lower-case letters are points, ab the line or the segment of a and b. Angles are *full-angles*: from the
direction of the first line to that of the second, modulo pi, so the order of the two points on a line is irrelevant and
the order of the two lines is not.

The symmetries of a predicate are the permutations of its arguments that keep the meaning for *all* points in all
positions. They follow from the equation that the predicate stands for: ``eqangle a b c d e f g h`` is
ab - cd = ef - gh, that is ab + gh = cd + ef, and both a sum and an equation may be turned around; ``eqratio`` is the
same equation between logarithms of lengths. Facts that agree only because a point is repeated (``para a b a c`` and
``para a b b c``) stay different facts.

``coll``, ``cyclic`` and ``circle`` take any number of further points. The last predicates of the table are
*conditions*: inequalities, which a drawing decides and no algebra; a proof lists those that it relies on.

References: the names are those of [Trinh2024], after [Chou2000], which also reasons with full-angles. ``simtri2`` and
``contri2``, the triangles of opposite orientation, are named in AlphaGeometry's list of rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

Args = tuple[str, ...]
Pair = tuple[str, str]


class FactError(ValueError):
    """A fact that cannot be written; the message is one line and says what would have been right."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is known about one predicate name.

    Attributes:
        name: as written in a fact.
        form: one letter for every argument, points first, then numbers.
        meaning: one sentence with ``{0}``, ``{1}``, ... for the arguments.
        canonical: puts arguments of the right number and kind in canonical order; FactError if they are degenerate.
        numbers: how many of the arguments, the last ones, are numbers and not points.
        more: whether further points may follow those of the form.
        condition: whether it is an inequality, a side condition that only a drawing decides.
    """

    name: str
    form: str
    meaning: str
    canonical: Callable[[Args], Args]
    numbers: int = 0
    more: bool = False
    condition: bool = False

    @property
    def arity(self) -> int:
        """How many arguments the predicate takes, numbers included; at least so many if there may be more."""
        return len(self.form.split())

    @property
    def points(self) -> int:
        """How many of the arguments, the first ones, are points; at least so many if there may be more."""
        return self.arity - self.numbers


def _different(points: Args) -> Args:
    if len(set(points)) < len(points):
        raise FactError(f"these points must all be different: {' '.join(points)}")
    return points


def _pairs(args: Args) -> list[Pair]:
    """The arguments two by two, each pair in order."""
    pairs = [(a, b) if a <= b else (b, a) for a, b in zip(args[::2], args[1::2], strict=True)]
    for a, b in pairs:
        if a == b:
            raise FactError(f"a line or a segment needs two different points, got {a} {b}")
    return pairs


def _flat(pairs: list[Pair]) -> Args:
    return tuple(point for pair in pairs for point in pair)


def _set(args: Args) -> Args:
    """One set of points: coll, cyclic."""
    return tuple(sorted(_different(args)))


def _first_and_set(args: Args) -> Args:
    """A point and a set of points: midp, circle."""
    return _different(args)[:1] + tuple(sorted(args[1:]))


def _two_pairs(args: Args) -> Args:
    """Two lines or segments in a symmetric relation: para, perp, cong."""
    return _flat(sorted(_pairs(args)))


def _four_pairs(args: Args) -> Args:
    """The equation ab + gh = cd + ef: eqangle, eqratio."""
    ab, cd, ef, gh = _pairs(args)
    (first, fourth), (second, third) = sorted([sorted([ab, gh]), sorted([cd, ef])])
    return _flat([first, second, third, fourth])


def _two_triangles(args: Args) -> Args:
    """The map from a, b, c to x, y, z: simtri, contri. Its pairs may be permuted, and all turned around."""
    one, two = _different(args[:3]), _different(args[3:])
    (a, x), (b, y), (c, z) = min(sorted(zip(one, two, strict=True)), sorted(zip(two, one, strict=True)))
    return (a, b, c, x, y, z)


def _ratio(args: Args) -> Args:
    """The equation n * ab = m * cd, with m and n in lowest terms: rconst."""
    ab, cd = _pairs(args[:4])
    m, n = (int(number) for number in args[4:])
    if m == 0 or n == 0:
        raise FactError(f"a ratio of lengths needs two numbers >= 1, got {m} {n}")
    (first, p), (second, q) = sorted([(ab, m // gcd(m, n)), (cd, n // gcd(m, n))])
    return (*first, *second, str(p), str(q))


def _angle(args: Args) -> Args:
    """The equation cd - ab = m / n * pi, 0 <= m < n, in lowest terms: aconst."""
    ab, cd = _pairs(args[:4])
    m, n = (int(number) for number in args[4:])
    if n == 0:
        raise FactError(f"an angle of m/n half turns needs n >= 1, got {m} {n}")
    if cd < ab:
        ab, cd, m = cd, ab, -m
    m %= n
    return (*ab, *cd, str(m // gcd(m, n)), str(n // gcd(m, n)))


def _half_central(args: Args) -> Args:
    """The centre, the ends of the arc in either order, the point that sees it: central."""
    o, a, b, x = _different(args)
    return (o, min(a, b), max(a, b), x)


def _four_lines(args: Args) -> Args:
    """Two pairs of lines, each in any order, in any order: eqsine."""
    ab, cd, ef, gh = _pairs(args)
    one, two = sorted([sorted([ab, cd]), sorted([ef, gh])])
    return _flat([*one, *two])


def _ends(args: Args) -> Args:
    """The middle point stays, the ends may change places: sines."""
    a, b, c = _different(args)
    return (min(a, c), b, max(a, c))


def _three_sides(args: Args) -> Args:
    """A triangle and a point for each side, the hexagon of which has sides that alternate: product."""
    a, b, c, x, y, z = _different(args[:3]) + args[3:]
    if {a, b, c} & {x, y, z}:
        raise FactError(f"a point that divides a side must not be a corner: {' '.join(args)}")
    hexagon = (a, z, b, x, c, y)
    turned = [hexagon[k:] + hexagon[:k] for k in range(6)]
    turned += [one[::-1] for one in turned]
    return min((a, b, c, x, y, z) for a, z, b, x, c, y in turned if len({a, b, c}) == 3)


def _middle_and_pair(args: Args) -> Args:
    """A point and the two beside it: between."""
    return _different(args)[:1] + tuple(sorted(args[1:]))


def _two_turns(args: Args) -> Args:
    """Two triangles that turn the same way: each may be rotated, both be turned over, and the two exchanged."""
    one, two = _different(args[:3]), _different(args[3:])
    turned = [_rotated(one) + _rotated(two), _rotated(one[::-1]) + _rotated(two[::-1])]
    return min(turned + [both[3:] + both[:3] for both in turned])


def _rotated(triangle: Args) -> Args:
    return min(triangle[i:] + triangle[:i] for i in range(3))


def _two_orders(args: Args) -> Args:
    """Two triples in which the middle point lies alike: sameorder."""
    triples = []
    for a, b, c in (_different(args[:3]), _different(args[3:])):
        triples.append((min(a, c), b, max(a, c)))
    return tuple(point for triple in sorted(triples) for point in triple)


def _longer(args: Args) -> Args:
    """The longer segment first."""
    return _flat(_pairs(args))


PREDICATES = {
    predicate.name: predicate
    for predicate in (
        Predicate("coll", "a b c", "{all} lie on a line", _set, more=True),
        Predicate("cyclic", "a b c d", "{all} lie on a circle", _set, more=True),
        Predicate("midp", "m a b", "{0} is the midpoint of {1}{2}", _first_and_set),
        Predicate("circle", "o a b c", "{0} is the centre of the circle through {rest}", _first_and_set, more=True),
        Predicate("para", "a b c d", "{0}{1} is parallel to {2}{3} or the same line", _two_pairs),
        Predicate("perp", "a b c d", "{0}{1} is perpendicular to {2}{3}", _two_pairs),
        Predicate("cong", "a b c d", "{0}{1} is as long as {2}{3}", _two_pairs),
        Predicate(
            "eqangle",
            "a b c d e f g h",
            "the angle from {0}{1} to {2}{3} equals the angle from {4}{5} to {6}{7}",
            _four_pairs,
        ),
        Predicate("eqratio", "a b c d e f g h", "{0}{1} : {2}{3} = {4}{5} : {6}{7}", _four_pairs),
        Predicate(
            "simtri",
            "a b c x y z",
            "triangles {0}{1}{2} and {3}{4}{5} are similar, with the same orientation",
            _two_triangles,
        ),
        Predicate(
            "simtri2",
            "a b c x y z",
            "triangles {0}{1}{2} and {3}{4}{5} are similar, with opposite orientations",
            _two_triangles,
        ),
        Predicate(
            "contri",
            "a b c x y z",
            "triangles {0}{1}{2} and {3}{4}{5} are congruent, with the same orientation",
            _two_triangles,
        ),
        Predicate(
            "contri2",
            "a b c x y z",
            "triangles {0}{1}{2} and {3}{4}{5} are congruent, with opposite orientations",
            _two_triangles,
        ),
        Predicate("rconst", "a b c d m n", "{0}{1} : {2}{3} = {4} : {5}", _ratio, numbers=2),
        Predicate(
            "aconst", "a b c d m n", "the angle from {0}{1} to {2}{3} is {4}/{5} of a half turn", _angle, numbers=2
        ),
        Predicate("central", "o a b x", "angle {1}{3}{2} is half of the central angle {1}{0}{2}", _half_central),
        Predicate("sqconst", "a b c d m n", "the squares of {0}{1} and {2}{3} are as {4} : {5}", _ratio, numbers=2),
        Predicate(
            "eqsine",
            "a b c d e f g h",
            "the angles from {0}{1} to {2}{3} and from {4}{5} to {6}{7} have equal sines",
            _four_lines,
        ),
        Predicate("sines", "a b c", "{0}{1} : {1}{2} is the ratio of the sines of the opposite angles", _ends),
        Predicate(
            "product",
            "a b c x y z",
            "the product of the ratios {1}{3} : {3}{2}, {2}{4} : {4}{0} and {0}{5} : {5}{1} is 1",
            _three_sides,
        ),
        Predicate("diff", "a b", "{0} and {1} are different points", _set, condition=True),
        Predicate("ncoll", "a b c", "{0}, {1}, {2} do not lie on a line", _set, condition=True),
        Predicate("npara", "a b c d", "{0}{1} is not parallel to {2}{3}", _two_pairs, condition=True),
        Predicate("nperp", "a b c d", "{0}{1} is not perpendicular to {2}{3}", _two_pairs, condition=True),
        Predicate("between", "b a c", "{0} lies between {1} and {2}", _middle_and_pair, condition=True),
        Predicate(
            "sameclock",
            "a b c x y z",
            "triangles {0}{1}{2} and {3}{4}{5} turn the same way",
            _two_turns,
            condition=True,
        ),
        Predicate(
            "sameorder",
            "a b c x y z",
            "{1} lies between {0} and {2} exactly if {4} lies between {3} and {5}",
            _two_orders,
            condition=True,
        ),
        Predicate("longer", "a b c d", "{0}{1} is longer than {2}{3}", _longer, condition=True),
    )
}
