"""Proofs against polynomials: every fact of a proof is an identity between the coordinates, exactly.

Points are placed by ruler alone (lines, and second intersections with circles), so that coordinates are rational
functions of free parameters; sympy's fields of fractions decide whether a fact is an identity. Nothing of the engine,
the checker or the drawings takes part. What is shown is stronger than any number of drawings, and not in need of
conditions: these problems leave no choice open.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sympy import QQ
from sympy.polys.fields import field

from porism.symbolic import Fact, Problem, prove

PARAMETERS = "p q r s t u v w"
Number = Any  # an element of the field of fractions
Point = tuple[Number, Number]
Line = tuple[Point, Point]  # a point and a direction


def sub(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def dot(a: Point, b: Point) -> Number:
    return a[0] * b[0] + a[1] * b[1]


def cross(a: Point, b: Point) -> Number:
    return a[0] * b[1] - a[1] * b[0]


def times(a: Point, b: Point) -> Point:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def bar(a: Point) -> Point:
    return a[0], -a[1]


def along(line: Line, t: Number) -> Point:
    return line[0][0] + t * line[1][0], line[0][1] + t * line[1][1]


def meet(one: Line, two: Line) -> Point:
    return along(one, cross(sub(two[0], one[0]), two[1]) / cross(one[1], two[1]))


def normal(a: Point) -> Point:
    return -a[1], a[0]


def middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def bisector(a: Point, b: Point) -> Line:
    return middle(a, b), normal(sub(b, a))


def foot(p: Point, line: Line) -> Point:
    return meet(line, (p, normal(line[1])))


def mirrored(p: Point, centre: Point) -> Point:
    return 2 * centre[0] - p[0], 2 * centre[1] - p[1]


LINES: dict[str, Callable[..., Line]] = {  # the locus of x, from the other points
    "on_line": lambda a, b: (a, sub(b, a)),
    "on_pline": lambda a, b, c: (a, sub(c, b)),
    "on_tline": lambda a, b, c: (a, normal(sub(c, b))),
    "on_bline": bisector,
}
PLACES: dict[str, Callable[..., Point]] = {
    "midpoint": middle,
    "mirror": mirrored,
    "foot": lambda a, b, c: foot(a, (b, sub(c, b))),
    "circumcenter": lambda a, b, c: meet(bisector(a, b), bisector(b, c)),
    "orthocenter": lambda a, b, c: meet((a, normal(sub(c, b))), (b, normal(sub(c, a)))),
    "parallelogram": lambda a, b, c: mirrored(b, middle(a, c)),
    "reflect": lambda a, b, c: mirrored(a, foot(a, (b, sub(c, b)))),
    "intersection_lc": lambda a, o, b: mirrored(b, foot(o, (b, sub(a, b)))),
}


def place(problem: Problem) -> dict[str, Point]:
    """Coordinates of all points in the field of fractions of the parameters; the first two are (0, 0) and (1, 0)."""
    _, *symbols = field(PARAMETERS.split(), QQ)
    free, one = iter(symbols), symbols[0] ** 0
    at: dict[str, Point] = {}
    for clause in problem.clauses:
        first = clause.constructions[0]
        if first.name in ("triangle", "segment", "free"):
            for name in clause.points:
                fixed: list[Point] = [(0 * one, 0 * one), (one, 0 * one)]
                at[name] = fixed[len(at)] if len(at) < 2 else (next(free), next(free))
            continue
        (name,) = clause.points
        args = [[at[p] for p in construction.args if p != name] for construction in clause.constructions]
        lines = [LINES[c.name](*a) for c, a in zip(clause.constructions, args, strict=True) if c.name in LINES]
        if not lines:
            at[name] = PLACES[first.name](*args[0])
        else:
            at[name] = meet(*lines) if len(lines) == 2 else along(lines[0], next(free))
    return at


def square(a: Point, b: Point) -> Number:
    return dot(sub(b, a), sub(b, a))


def turn(a: Point, b: Point, c: Point, d: Point) -> Point:
    """From line ab to line cd, as a complex number."""
    return times(sub(d, c), bar(sub(b, a)))


def similar(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[Number]:
    return list(sub(times(sub(b, a), sub(z, x)), times(sub(c, a), sub(y, x))))


VANISHING: dict[str, Callable[..., list[Number]]] = {
    "coll": lambda a, b, *rest: [cross(sub(b, a), sub(c, a)) for c in rest],
    "para": lambda a, b, c, d: [cross(sub(b, a), sub(d, c))],
    "perp": lambda a, b, c, d: [dot(sub(b, a), sub(d, c))],
    "cong": lambda a, b, c, d: [square(a, b) - square(c, d)],
    "midp": lambda m, a, b: list(sub(m, middle(a, b))),
    "circle": lambda o, a, *rest: [square(o, a) - square(o, b) for b in rest],
    "cyclic": lambda a, b, c, *rest: [times(turn(c, a, c, b), bar(turn(d, a, d, b)))[1] for d in rest],
    "eqangle": lambda *p: [times(turn(*p[:4]), bar(turn(*p[4:])))[1]],
    "eqratio": lambda a, b, c, d, e, f, g, h: [square(a, b) * square(g, h) - square(c, d) * square(e, f)],
    "simtri": similar,
    "simtri2": lambda *p: similar(*p[:3], *map(bar, p[3:])),
    "rconst": lambda a, b, c, d, m, n: [n * n * square(a, b) - m * m * square(c, d)],
    "sqconst": lambda a, b, c, d, m, n: [n * square(a, b) - m * square(c, d)],
}

PROBLEMS = [
    "a b c = triangle a b c; d = foot d a b c; e = foot e b a c; h = on_line h a d, on_line h b e ? perp c h a b",
    "a b c = triangle a b c; o = circumcenter o a b c; h = orthocenter h a b c; m = midpoint m b c; x = mirror x h m"
    " ? coll a o x",
    "a b c = triangle a b c; d = midpoint d b c; e = midpoint e c a; g = on_line g a d, on_line g b e"
    " ? rconst a g g d 2 1",
    "a b c = triangle a b c; d = foot d a b c; e = foot e b a c; m = midpoint m a b ? cong m d m e",
    "a b c = triangle a b c; h = orthocenter h a b c; x = reflect x h b c ? cyclic a b c x",
    "a b c = triangle a b c; o = circumcenter o a b c; d = foot d b a c; e = foot e c a b ? perp a o d e",
    "a b c = triangle a b c; d = parallelogram a b c d; o = on_line o a c, on_line o b d ? midp o a c",
    "a b = segment a b; c = on_bline c a b; d = on_bline d a b ? eqangle c a c d c d c b",
    "a b c = triangle a b c; o = circumcenter o a b c; p = free p; d = intersection_lc d p o a;"
    " e = intersection_lc e p o b ? eqratio p a p b p e p d",
    "a b c = triangle a b c; h = orthocenter h a b c; d = midpoint d b c; e = midpoint e a h; f = foot f a b c;"
    " k = foot k b a c ? cyclic d e f k",
]


@pytest.mark.parametrize("text", PROBLEMS)
def test_every_fact_of_a_proof_is_an_identity_between_polynomials(text: str) -> None:
    problem = Problem.parse(text)
    at = place(problem)
    proof = prove(problem)
    assert proof.steps
    for fact in (*problem.premises, *proof.facts):
        if fact.name in VANISHING:
            assert not any(values(fact, at)), str(fact)
    assert {fact.name for fact in proof.facts} <= set(VANISHING) | {"sines", "eqsine", "product", "central"}


def test_a_false_fact_is_no_identity() -> None:
    problem = Problem.parse(PROBLEMS[0])
    at = place(problem)
    for text in ("perp a b a c", "cong a d b e", "cyclic a b c h", "eqangle a b a c b a b c", "rconst a d b e 2 1"):
        assert any(values(Fact.parse(text), at)), text


def values(fact: Fact, at: dict[str, Point]) -> list[Number]:
    """What vanishes exactly if the fact is an identity."""
    return VANISHING[fact.name](*(at[p] for p in fact.points), *map(int, fact.args[len(fact.points) :]))
