"""The lines of a figure: the segments that constructions and goals speak of."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from porism.symbolic.faces.shapes import Ends, Points
from porism.symbolic.facts import Fact
from porism.symbolic.placement import Free
from porism.symbolic.problem import Clause, Construction


def whole(clause: Clause) -> bool:
    """Whether its points come as a whole, such as a triangle."""
    one = clause.constructions[0]
    return isinstance(one.definition.place, Free) and len(clause.points) > 1 and not one.inputs


def is_round(one: Construction) -> bool:
    """Whether a construction speaks of a circle, so that equal lengths are its radii."""
    return "circle" in one.definition.sentence and one.name not in ("incenter", "excenter")


def straight(clauses: Iterable[Clause]) -> Iterator[Fact]:
    """What constructions guarantee, except that radii are equal."""
    for clause in clauses:
        for one in clause.constructions:
            yield from (fact for fact in one.facts if fact.name != "cong" or not is_round(one))


def segments(clauses: Sequence[Clause], points: Points) -> Iterator[Ends]:
    """The sides of figures that come as a whole, and what else the clauses speak of."""
    for clause in clauses:
        if whole(clause):
            corners = [points[p] for p in clause.points]
            yield from pairwise([*corners, corners[0]] if len(corners) > 2 else corners)
    yield from ((points[a], points[b]) for fact in straight(clauses) for a, b in sides(fact))


def sides(fact: Fact) -> list[tuple[str, str]]:
    """The segments that a fact speaks of."""
    p = fact.points
    match fact.name:
        case "circle" | "cyclic" | "diff":
            return []
        case "midp":
            return [(p[1], p[2])]
        case "coll" | "sines" | "ncoll" | "between":
            return list(combinations(p, 2))
        case "simtri" | "simtri2" | "contri" | "contri2" | "sameclock" | "sameorder":
            return [*combinations(p[:3], 2), *combinations(p[3:], 2)]
        case "central":
            return [(p[0], p[1]), (p[0], p[2]), (p[3], p[1]), (p[3], p[2])]
        case "product":
            a, b, c, x, y, z = p
            return [(b, x), (x, c), (c, y), (y, a), (a, z), (z, b)]
    return list(zip(p[::2], p[1::2], strict=True))


def merged(found: Iterable[Ends]) -> list[Ends]:
    """Segments, those that overlap on one line united."""
    result: list[Ends] = []
    for one in found:
        if abs(one[0] - one[1]) < 0.5:
            continue
        while True:
            other = next((other for other in result if _united(one, other) is not None), None)
            if other is None:
                break
            result.remove(other)
            one = _united(one, other) or one
        result.append(one)
    return result


def _united(one: Ends, other: Ends) -> Ends | None:
    """The union of two segments that overlap on one line."""
    long, short = sorted((one, other), key=lambda s: -abs(s[1] - s[0]))
    unit = (long[1] - long[0]) / abs(long[1] - long[0])
    ends = [(z - long[0]) / unit for z in (*long, *short)]
    if max(abs(z.imag) for z in ends) > 0.05:
        return None
    (a, b), (c, d) = sorted((ends[0].real, ends[1].real)), sorted((ends[2].real, ends[3].real))
    if max(a, c) > min(b, d) - 0.05:
        return None
    return long[0] + unit * min(a, c), long[0] + unit * max(b, d)


def covered(one: Ends, segments: list[Ends]) -> bool:
    """Whether a segment lies within one of others."""
    for other in segments:
        union = _united(one, other)
        if union is not None and abs(union[1] - union[0]) < abs(other[1] - other[0]) + 0.1:
            return True
    return False
