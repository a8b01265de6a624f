"""Steps of algebra as chains of equal angles or ratios."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from porism.symbolic.faces.claims import claim, said
from porism.symbolic.faces.equations import Sum, Turn, added, by_sign, quotient, turned
from porism.symbolic.faces.sums import Relation
from porism.symbolic.faces.words import Notation
from porism.symbolic.facts import Fact
from porism.symbolic.proof import System, Unknown

Kind = Callable[[Unknown], Unknown]


def chain(goal: Fact, found: Sequence[Relation], system: System, notation: Notation) -> str:
    """A chain of equal angles or ratios, if it has a link between the two of the goal; empty otherwise."""
    equation = said(goal)
    if equation is None or system not in ("direction", "log"):
        return ""
    links = _links(equation[1], found, system == "log")
    end = claim(goal, notation)
    for way in (links, [(y, x) for x, y in links]):
        told = [turned(y, x, notation) if system == "direction" else quotient(x, y, notation) for x, y in way]
        parts = list(dict.fromkeys(told))
        if len(parts) < 3:
            return ""
        if parts[0] in end and parts[-1] in end:
            return notation.formula(" = ".join(parts))
    return f"{notation.formula(' = '.join(parts))}, so {end}"


def _links(goal: Sum, found: Sequence[Relation], log: bool) -> list[Turn]:
    """Differences of two unknowns, all equal, from one side of the goal to the other; none if there is no such way.

    Relations of two unknowns say which are equal (perpendiculars only as a pair), those of four lead on, each once.
    """
    same = [one for one in found if sorted(one.terms.values()) == [-1, 1] and _neutral(one, log)]
    rest = [one for one in found if one not in same]
    right = [one for one in rest if len(one.terms) == 2]
    if len(right) == 2:
        rest = [one for one in rest if one not in right] + [_pair(right[0], right[1], log)]
    if any(one.scale != 1 or not _neutral(one, log) for one in rest):
        return []
    sides = _sides(goal)
    if sides is None or len(rest) > 6 or any(_sides(one.terms) is None for one in rest):
        return []
    kinds = _kinds(same)
    (p, q), (r, s) = sides
    for start, end in (((p, r), (s, q)), ((p, s), (r, q))):
        way = _way(start, end, rest, lambda x: kinds.get(x, x))
        if way is not None:
            return [start, *way, end]
    return []


def _neutral(one: Relation, log: bool) -> bool:
    """Whether its constant is the logarithm of 1, or no angle."""
    return one.constant is not None and (one.constant == 1 if log else one.constant % 1 == 0)


def _pair(one: Relation, other: Relation, log: bool) -> Relation:
    """Two right angles, or two ratios, as one equation."""
    constant = None
    if one.constant is not None and other.constant is not None:
        constant = one.constant * other.constant if log else one.constant + other.constant
    total = added([*one.terms.items(), *other.terms.items()])
    return Relation(one.needs + other.needs, total, constant, max(one.scale, other.scale))


def _sides(terms: Sum) -> tuple[list[Unknown], list[Unknown]] | None:
    """The two unknowns on each side of an equation, one twice if its coefficient is 2."""
    plus, minus = by_sign(terms)
    return (plus, minus) if len(plus) == len(minus) == 2 else None


def _kinds(same: Sequence[Relation]) -> dict[Unknown, Unknown]:
    """A representative for each unknown that is equal to another."""
    root: dict[Unknown, Unknown] = {}
    for relation in same:
        x, y = (_root(root, unknown) for unknown in relation.terms)
        root[max(x, y)] = min(x, y)
    return {unknown: _root(root, unknown) for relation in same for unknown in relation.terms}


def _root(root: Mapping[Unknown, Unknown], unknown: Unknown) -> Unknown:
    while root.get(unknown, unknown) != unknown:
        unknown = root[unknown]
    return unknown


def _way(at: Turn, end: Turn, rest: list[Relation], kind: Kind) -> list[Turn] | None:
    """What lies between ``at`` and ``end``, all of ``rest`` used."""
    if not rest:
        return [] if (kind(at[0]), kind(at[1])) == (kind(end[0]), kind(end[1])) else None
    for i, relation in enumerate(rest):
        for step in _steps(at, relation, kind):
            way = _way(step, end, rest[:i] + rest[i + 1 :], kind)
            if way is not None:
                return [step, *way] if len(rest) > 1 else way
    return None


def _steps(at: Turn, relation: Relation, kind: Kind) -> Iterator[Turn]:
    """P - q = r - s leads from p - q to r - s, and so on."""
    sides = _sides(relation.terms)
    assert sides
    for plus, minus in (sides, sides[::-1]):
        for i in (0, 1):
            for j in (0, 1):
                if kind(plus[i]) == kind(at[0]) and kind(minus[j]) == kind(at[1]):
                    yield minus[1 - j], plus[1 - i]
