"""What facts say in numbers: the equations between directions, logarithms of lengths, lengths and squared lengths.

Notation: d(pq) is the direction of line pq in half turns, modulo 1; |pq| a length and l(pq) its logarithm. On a circle
with centre o let p lie at angle t(p), in half turns modulo 2, and s(p) = t(p) / 2 + 1/4 modulo 1. The chord pq is
perpendicular to the bisector of the angle poq, which points to (t(p) + t(q)) / 2, so d(pq) = s(p) + s(q); the radius
has d(op) = t(p) = 2 s(p) - 1/2, which is 2 s(p) + 1/2 modulo 1.

References: full-angles after [Chou2000]; algebra on them and on lengths [Trinh2024], on sines [Sicca2024].
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations
from math import prod

from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.proof import Equation, System, Unknown


def said(fact: Fact, system: System) -> Iterator[Equation]:
    """The equation that a fact is, if it is only one; any of the three of collinear points."""
    if "==" in _text(fact, system) and (fact.name != "coll" or len(fact.points) == 3):
        yield from equations(fact, -1, system, fact.points)


def equations(fact: Fact, number: int, system: System, among: Collection[str]) -> Iterator[Equation]:
    """The equations of a system that a fact stands for.

    Args:
        fact: any fact.
        number: the fact's own in its proof; a circle's unknowns are named by it.
        system: directions, logarithms, lengths or squared lengths.
        among: the points that a fact of many points is asked about, and a midpoint m of ab for the medians xm.
    """
    round = fact.name in ("cyclic", "circle")  # only their equations speak of the number
    return iter(_equations(fact, number if round else -1, system, frozenset(among)))


@lru_cache(maxsize=1 << 15)  # the same facts are asked again in every proof of a figure
def _equations(fact: Fact, number: int, system: System, among: frozenset[str]) -> tuple[Equation, ...]:
    letters, pool = dict(zip(PREDICATES[fact.name].form.split(), fact.args, strict=False)), among
    if PREDICATES[fact.name].more:
        letters, pool = {"o": fact.points[0]}, pool & set(fact.points[fact.name == "circle" :])
    found = []
    for line in filter(None, _text(fact, system).split("; ")):
        free = sorted(_parsed(line)[2] - set(letters))
        for points in combinations(sorted(pool), len(free)):
            found.append(_equation(line, letters | dict(zip(free, points, strict=True)) | {"@": str(number)}))
    return tuple(found)


def _text(fact: Fact, system: System) -> str:
    return _SAYS[system].get(fact.name) or _SAYS[system].get(f"{fact.name} {'/'.join(fact.args[-2:])}", "")


_SIMILAR = "ab - bc - xy + yz = {0}; ab - ca - xy + zx = {0}; bc - ca - yz + zx = {0}"
_MIRRORED = "ab - bc + xy - yz = 0; ab - ca + xy - zx = 0; bc - ca + yz - zx = 0"
_CONGRUENT = "ab - xy = {0}; bc - yz = {0}; ca - zx = {0}"
_SAYS: dict[System, dict[str, str]] = {
    "direction": {
        "coll": "ab - ac == 0; ab - bc == 0; ac - bc == 0; ab - cd == 0; ac - bd == 0; ad - bc == 0",
        "para": "ab - cd == 0",
        "perp": "ab - cd == 1/2",
        "aconst": "cd - ab == m/n",
        "eqangle": "ab - cd - ef + gh == 0",
        "central": "ab - oa - xb + xa == 1/2",  # where oa = ob, ab - oa is half of the angle aob and a quarter turn
        "cyclic": "ab - a@ - b@ = 0",
        "circle": "ab - a@ - b@ = 0; oa - 2 a@ = 1/2",
        "midp": "ma - mb = 0; ab - ma = 0; ab - mb = 0",
        **dict.fromkeys(("simtri", "contri"), _SIMILAR.format(0)),
        **dict.fromkeys(("simtri2", "contri2"), _MIRRORED),
    },
    "log": {
        "cong": "ab - cd == 1",
        "rconst": "ab - cd == m/n",
        "sqconst": "2 ab - 2 cd == m/n",
        "eqratio": "ab - cd - ef + gh == 1",
        "product": "bx + cy + az - xc - ya - zb == 1",
        "eqsine": "ab^cd - ef^gh == 1",
        "sines": "ab - bc - ac^bc + ab^ac = 1",
        "eqangle": "ab^cd - ef^gh = 1; ab^ef - cd^gh = 1",
        **dict.fromkeys(("perp", "aconst 1/2"), "ab^cd = 1"),
        **dict.fromkeys(("aconst 1/6", "aconst 5/6"), "ab^cd = 1/2"),
        **dict.fromkeys(("aconst 1/4", "aconst 3/4"), "2 ab^cd = 1/2"),
        **dict.fromkeys(("aconst 1/3", "aconst 2/3"), "2 ab^cd = 3/4"),
        "circle": "oa - ob = 1",
        "midp": "ma - mb = 1; ab - ma = 2; ab - mb = 2",
        **dict.fromkeys(("simtri", "simtri2"), _SIMILAR.format(1)),
        **dict.fromkeys(("contri", "contri2"), "; ".join((_SIMILAR, _CONGRUENT)).format(1)),
    },
    "length": {
        "cong": "ab - cd == 0",
        "rconst": "n ab - m cd == 0",
        "coll": "ab + ac - bc = 0; ab + bc - ac = 0; ac + bc - ab = 0",  # which of the three, _between asks the drawing
        "circle": "oa - ob = 0",
        "midp": "ma - mb = 0; ab - 2 ma = 0; ab - 2 mb = 0",
        **dict.fromkeys(("contri", "contri2"), _CONGRUENT.format(0)),
    },
    "square": {
        "cong": "ab - cd == 0",
        "rconst": "nn ab - mm cd == 0",
        "sqconst": "n ab - m cd == 0",
        "perp": "ac + bd - ad - bc == 0",
        "circle": "oa - ob = 0",
        "midp": "ma - mb = 0; ab - 4 ma = 0; ab - 4 mb = 0; 2 xa + 2 xb - 4 xm - ab = 0",
        **dict.fromkeys(("contri", "contri2"), _CONGRUENT.format(0)),
    },
}
"""What facts say, in the letters of their predicates; ``==`` where the fact is its equation, and a sum may conclude it.

``ab`` is the system's number for the pair a, b, ``ab^cd`` the logarithm of the sine of the angle between ab and cd,
and ``a@`` is s(a) on the fact's circle; for logarithms the right side is the number whose logarithm it is. In a fact of
many points a, b, c, d are any of them in alphabetical order, and x is any point."""
SYSTEMS = frozenset(_SAYS)


def _equation(line: str, letters: dict[str, str]) -> Equation:
    """An equation between points; like unknowns are summed, and the segment from a point to itself has length 0."""
    parts, right, _ = _parsed(line)
    total: dict[Unknown, int] = defaultdict(int)
    for sign, weight, name in parts:
        factor = prod(int(letters[x]) for x in weight) if weight.isalpha() else int(weight)
        total[_unknown(name, letters)] += sign * factor
    found = sorted((u, Fraction(weight)) for u, weight in total.items() if weight and u[0] != u[1])
    return Equation(tuple(found), Fraction(int(letters["m"]), int(letters["n"])) if right == "m/n" else Fraction(right))


@cache
def _parsed(line: str) -> tuple[tuple[tuple[int, str, str], ...], str, frozenset[str]]:
    """The sign, weight and name of each unknown, the right side, and the letters of the names."""
    left, right = re.split(" ==? ", line)
    found = re.findall(r"([+-]? ?)(?:(\d|m+|n+) )?([a-z][a-z@]\S*)", left)
    parts = tuple((-1 if "-" in sign else 1, weight or "1", name) for sign, weight, name in found)
    return parts, right, frozenset("".join(name for *_, name in parts)) - set("@^")


def _unknown(name: str, letters: dict[str, str]) -> Unknown:
    """The unknown ``ab``, ``a@`` or ``ab^cd`` of the letters' points."""
    if name[1] == "@":
        return (letters[name[0]], "@", letters["@"])
    one, *two = sorted((*sorted(letters[x] for x in pair),) for pair in name.split("^"))
    return (*one, "^", *two[0]) if two else one


def negative(equation: Equation, system: System) -> Equation:
    """The same with all signs changed."""
    unknowns = tuple((unknown, -weight) for unknown, weight in equation.unknowns)
    return Equation(unknowns, 1 / equation.constant if system == "log" else -equation.constant % 1)
