"""Is every rule true? Each is tried on random figures that satisfy its needs, found without the engine.

The needs become equations without a unit in the coordinates, Newton's method finds common zeros from random starts, and
the conclusion must vanish there. The meaning of each predicate is written here once more; nothing of the package
decides what holds.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from porism.symbolic import PREDICATES, Fact, FactError
from porism.symbolic.rules import RULES, Template

Points = Mapping[str, NDArray[np.complex128]]  # coordinates by name, one per figure
Real = NDArray[np.float64]
BIBLIOGRAPHY = Path(__file__).parents[2] / "docs" / "references.bib"
NARY = {"circle", "circles"}  # rules that take any number of points, written as code
PLAIN = [rule for rule in RULES if rule not in NARY]


def cross(u: Any, v: Any) -> Any:
    return (u.conj() * v).imag


def dot(u: Any, v: Any) -> Any:
    return (u.conj() * v).real


def relative(one: Any, two: Any) -> Any:
    """The difference of two positive numbers, without a unit."""
    return (one - two) / (one + two)


def straight(w: Any) -> Any:
    """0 where a product of directions is real."""
    return w.imag / abs(w)


def similar(a: Any, b: Any, c: Any, x: Any, y: Any, z: Any) -> list[Any]:
    one, two = (b - a) * (z - x), (c - a) * (y - x)
    size = abs(one) + abs(two)
    return [(one - two).real / size, (one - two).imag / size]


def mirrored(a: Any, b: Any, c: Any, x: Any, y: Any, z: Any) -> list[Any]:
    return similar(a, b, c, x.conj(), y.conj(), z.conj())


def sides(a: Any, b: Any, c: Any, x: Any, y: Any, z: Any) -> list[Any]:
    return [relative(abs(a - b), abs(x - y)), relative(abs(b - c), abs(y - z)), relative(abs(c - a), abs(z - x))]


def concyclic(*points: Any) -> list[Any]:
    """Fewer than four points lie on a circle unless they are collinear, which is for the caller to see."""
    a, b, c, *rest = points if len(points) > 2 else (*points, None)
    return [straight((c - a) * (p - b) * ((c - b) * (p - a)).conj()) for p in rest]


def sine(a: Any, b: Any, c: Any, d: Any) -> Any:
    return abs(cross(b - a, d - c)) / (abs(b - a) * abs(d - c))


MEANINGS: dict[str, Callable[..., list[Any]]] = {
    "coll": lambda a, b, c: [cross(b - a, c - a) / (abs(b - a) * abs(c - a))],
    "cyclic": concyclic,
    "circle": lambda o, a, *rest: [relative(abs(a - o), abs(p - o)) for p in rest],
    "midp": lambda m, a, b: [((a + b - 2 * m) / abs(a - b)).real, ((a + b - 2 * m) / abs(a - b)).imag],
    "para": lambda a, b, c, d: [cross(b - a, d - c) / (abs(b - a) * abs(d - c))],
    "perp": lambda a, b, c, d: [dot(b - a, d - c) / (abs(b - a) * abs(d - c))],
    "cong": lambda a, b, c, d: [relative(abs(a - b), abs(c - d))],
    "eqangle": lambda a, b, c, d, e, f, g, h: [straight((b - a) * (h - g) * ((d - c) * (f - e)).conj())],
    "eqratio": lambda a, b, c, d, e, f, g, h: [relative(abs(b - a) * abs(h - g), abs(d - c) * abs(f - e))],
    "simtri": similar,
    "simtri2": mirrored,
    "contri": lambda *p: similar(*p) + sides(*p),
    "contri2": lambda *p: mirrored(*p) + sides(*p),
    "central": lambda o, a, b, x: [straight(1j * (b - a) * (a - x) * ((a - o) * (b - x)).conj())],
    "eqsine": lambda *p: [relative(sine(*p[:4]), sine(*p[4:]))],
    "sines": lambda a, b, c: [relative(abs(a - b) * sine(a, b, a, c), abs(b - c) * sine(c, a, c, b))],
    "product": lambda a, b, c, x, y, z: [
        relative(abs((x - b) * (y - c) * (z - a)), abs((c - x) * (a - y) * (b - z))),
    ],
}


def turn(a: Any, b: Any, c: Any) -> Any:
    """The signed area of a triangle, twice, in its longest side's square."""
    return cross(b - a, c - a) / np.maximum(np.maximum(abs(b - a), abs(c - a)), abs(b - c)) ** 2


def inside(a: Any, b: Any, c: Any) -> Any:
    """Positive where b is nearer the middle of ac than its ends are."""
    return -dot(a - b, c - b) / np.maximum(abs(a - b), abs(c - b)) ** 2


MARGINS: dict[str, Callable[..., Any]] = {  # a condition holds where this is clearly positive
    "diff": lambda a, b: abs(a - b),
    "ncoll": lambda a, b, c: abs(turn(a, b, c)),
    "npara": sine,
    "sameclock": lambda a, b, c, x, y, z: (
        np.sign(turn(a, b, c) * turn(x, y, z)) * np.minimum(abs(turn(a, b, c)), abs(turn(x, y, z)))
    ),
    "sameorder": lambda a, b, c, x, y, z: (
        np.sign(inside(a, b, c) * inside(x, y, z)) * np.minimum(abs(inside(a, b, c)), abs(inside(x, y, z)))
    ),
    "longer": lambda a, b, c, d: relative(abs(a - b), abs(c - d)),
}
OPPOSITES = {"ncoll": "coll", "npara": "para"}  # the equation whose solutions break a condition


@dataclass(frozen=True)
class Claim:
    """One rule on some points: as many as letters, or fewer if letters share points."""

    points: tuple[str, ...]
    needs: tuple[Template, ...]
    conclusion: Template
    conditions: tuple[Template, ...]

    def residuals(self, at: Points, extra: tuple[Template, ...] = ()) -> Real:
        """One row per equation of the needs, one column per figure."""
        return stacked([row for need in (*self.needs, *extra) for row in meaning(need, at)], at)

    def arcs(self) -> Iterator[tuple[str, str, str]]:
        """Three points of each circle: they are not collinear."""
        for name, args in self.needs:
            distinct = tuple(dict.fromkeys(args))
            if name in ("*on", "cyclic") and len(distinct) > 2:
                yield distinct[0], distinct[1], distinct[2]

    def conclusion_fails_by(self, at: Points) -> Real:
        """0 where it holds; points of a line are on no circle."""
        if self.conclusion[0] == "cyclic":
            three = [at[x] for x in self.conclusion[1][:3]]
            return np.where(abs(turn(*three)) < 1e-6, 1.0, abs(stacked(meaning(self.conclusion, at), at)).max(axis=0))
        return np.asarray(abs(stacked(meaning(self.conclusion, at), at)).max(axis=0, initial=0))


def stacked(rows: list[Any], at: Points) -> Real:
    width = len(next(iter(at.values())))
    return np.array(rows).reshape(len(rows), width)


def meaning(template: Template, at: Points) -> list[Any]:
    name, args = template
    if name == "*on":
        distinct = list(dict.fromkeys(args))
        return concyclic(*(at[x] for x in distinct)) if len(distinct) > 3 else []
    return MEANINGS[name](*(at[x] for x in args))


def claim(rule: str, shared: Mapping[str, str] | None = None) -> Claim:
    """A rule with some letters replaced by others; FactError if that makes one of its facts degenerate."""
    needs, conclusion, conditions = RULES[rule].parts

    def bound(template: Template) -> Template:
        args = tuple((shared or {}).get(x, x) for x in template[1])
        if template[0] != "*on":
            Fact(template[0], args)
        return template[0], args

    points = tuple(sorted({(shared or {}).get(x, x) for x in RULES[rule].letters}))
    return Claim(points, tuple(map(bound, needs)), bound(conclusion), tuple(map(bound, conditions)))


def figures(one: Claim, count: int, seed: int, extra: tuple[Template, ...] = ()) -> Points:
    """Figures in which the needs hold, among ``count`` attempts; no two of their points nearly coincide."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2 * len(one.points), count))

    def at(x: Real) -> Points:
        return {name: x[2 * i] + 1j * x[2 * i + 1] for i, name in enumerate(one.points)}

    with np.errstate(all="ignore"):
        for _ in range(40):
            r = one.residuals(at(x), extra)
            if not len(r):
                break
            steps = 1e-7 * np.eye(len(x))
            jacobian = np.stack([(one.residuals(at(x + h[:, None]), extra) - r) / 1e-7 for h in steps], axis=1)
            good = np.isfinite(jacobian).all(axis=(0, 1)) & np.isfinite(r).all(axis=0)
            x, r, jacobian = x[:, good], r[:, good], jacobian[:, :, good]
            move = np.linalg.pinv(jacobian.transpose(2, 0, 1), rcond=1e-6) @ r.T[:, :, None]
            length = np.linalg.norm(move, axis=1, keepdims=True)
            x = x - (move * np.minimum(1, 0.5 / np.maximum(length, 1e-30)))[:, :, 0].T
        found = at(x)
        z = np.array(list(found.values()))
        size = abs(z - z.mean(axis=0)).max(axis=0)
        apart = np.min([abs(u - v) for u, v in combinations(z, 2)], axis=0) > 0.05 * size
        solved = abs(one.residuals(found, extra)).max(axis=0, initial=0) < 1e-9
    round_ = np.array([abs(turn(*(found[x] for x in three))) > 0.02 for three in one.arcs()]).all(axis=0)
    return chosen(found, apart & solved & round_)


def meets(template: Template, at: Points) -> NDArray[np.bool_]:
    name, args = template
    if name in MARGINS:
        return np.asarray(MARGINS[name](*(at[x] for x in args)) > 0.02)
    return np.asarray(abs(stacked(meaning(template, at), at)).max(axis=0) < 1e-7)


def chosen(at: Points, which: NDArray[np.bool_]) -> Points:
    return {name: values[which] for name, values in at.items()}


def selected(one: Claim, at: Points, but: Template | None = None) -> Points:
    """The figures in which the conditions hold, except one."""
    which = np.ones(len(next(iter(at.values()))), dtype=bool)
    for condition in one.conditions:
        if condition != but:
            which &= meets(condition, at)
    return chosen(at, which)


def size_of(at: Points) -> int:
    return len(next(iter(at.values())))


def random_figures(rule: str, least: int = 50) -> tuple[Claim, Points]:
    one = claim(rule)
    for attempt in range(4):
        at = selected(one, figures(one, 400 * 4**attempt, seed=attempt))
        if size_of(at) >= least:
            break
    return one, at


@pytest.mark.parametrize("rule", PLAIN)
def test_every_rule_is_true_on_random_figures(rule: str) -> None:
    one, at = random_figures(rule)
    assert size_of(at) >= 50
    assert one.conclusion_fails_by(at).max() < 1e-6


def mergers(rule: str) -> Iterator[tuple[str, Claim]]:
    """The rule with two letters, or two pairs of letters, at one point, where that leaves its facts meaningful."""
    pairs = list(combinations(RULES[rule].letters, 2))
    for merged in [[pair] for pair in pairs] + [list(two) for two in combinations(pairs, 2)]:
        shared: dict[str, str] = {}
        for a, b in merged:
            shared[b] = shared.get(a, a)
        try:
            one = claim(rule, shared)
        except FactError:
            continue
        if len(one.points) > 1:
            yield ", ".join(f"{b} = {a}" for a, b in merged), one


@pytest.mark.parametrize("rule", PLAIN)
def test_every_rule_stays_true_where_letters_share_a_point(rule: str) -> None:
    for which, one in mergers(rule):
        at = selected(one, figures(one, 40, seed=1))
        if size_of(at):
            assert one.conclusion_fails_by(at).max() < 1e-6, which


# Does each condition matter?

HARMLESS = {  # conditions without which the rule is true as well
    ("isosceles-angles", "ncoll"): "o is the midpoint of ab, and all angles are 0",
    ("angle-bisector-converse", "ncoll"): "all points are on one line, and all angles are 0",
    ("incentre", "ncoll"): "all points are on one line, and all angles are 0",
    ("divide-parallel", "npara"): "all points are on one line",
    ("divide-parallel-end", "npara"): "all points are on one line",
    ("menelaus", "ncoll"): "x, y and z are on the line of a, b and c",
    ("ceva", "ncoll"): "all points are on one line",
    ("desargues", "ncoll"): "x, y and z are on the line of the three points",
}
IMPOSSIBLE = {  # conditions that the others, or the needs, imply
    **{(f"similar-{kind}", "ncoll"): "triangles on a line have no orientation" for kind in ("sas", "sss", "ssa")},
    **{
        (f"similar-{kind}-mirror", "ncoll"): "triangles on a line have no orientation" for kind in ("sas", "sss", "ssa")
    },
    ("central", "ncoll"): "half of the angle aob is not 0",
    ("bisector-midline", "ncoll"): "af is the line ab or perpendicular to it, so that f is b or a",
    (
        "pappus",
        "npara",
    ): "if ab and de have a common point and direction, all points are on one line: so are the others",
    ("pascal", "npara"): "two chords that have a common point and a direction are one, and their ends the same",
}
CONDITIONS = [(rule, condition) for rule in PLAIN for condition in RULES[rule].parts[2]]


@pytest.mark.parametrize(("rule", "condition"), CONDITIONS)
def test_without_a_condition_the_rule_is_false(rule: str, condition: Template) -> None:
    name, args = condition
    one = claim(rule)
    if name == "diff":
        with np.errstate(all="ignore"):  # the conclusion is about a line through one point, or its midpoint
            assert not (one.conclusion_fails_by(coincident(one, args)) < 1e-3).any()
        return
    extra = ((OPPOSITES[name], args),) if name in OPPOSITES else ()
    with np.errstate(all="ignore"):  # triangles without an area have no sines
        at = selected(one, figures(one, 600, seed=2, extra=extra), but=condition)
        at = chosen(at, ~meets(condition, at))
        fails = ~(one.conclusion_fails_by(at) < 1e-3)
    if (rule, name) in IMPOSSIBLE:
        assert not size_of(at)
    elif (rule, name) in HARMLESS:
        assert size_of(at)
        assert not fails.any()
    else:
        assert fails.sum() > 5


def concurrent(a: Any, x: Any, b: Any, y: Any, c: Any, z: Any) -> Any:
    """0 where lines ax, by and cz have a common point or are parallel."""
    u, v, w = ((q - p) / abs(q - p) for p, q in ((a, x), (b, y), (c, z)))
    return cross(v, w) * cross(a, u) + cross(w, u) * cross(b, v) + cross(u, v) * cross(c, w)


OTHERWISE: dict[str, Callable[[Points], Any]] = {  # where the conclusion is a condition: what else the needs allow
    "menelaus": lambda at: concurrent(*(at[x] for x in "axbycz")),
    "ceva": lambda at: meaning(("coll", tuple("def")), at)[0],
    "chords-arcs": lambda at: meaning(("eqangle", tuple("papbqdqc")), at)[0],
    "equal-sines": lambda at: meaning(("eqangle", tuple("abcdghef")), at)[0],
}


def test_a_conclusion_that_is_a_condition_is_one_of_two_figures() -> None:
    chosen_by_drawing = {rule for rule in PLAIN if RULES[rule].parts[1] in RULES[rule].parts[2]}
    assert chosen_by_drawing == set(OTHERWISE)
    for rule, other in OTHERWISE.items():
        one = claim(rule)
        at = selected(one, figures(one, 400, seed=6), but=one.conclusion)
        concluded, otherwise = one.conclusion_fails_by(at) < 1e-6, abs(other(at)) < 1e-6
        assert (concluded | otherwise).all(), rule
        assert (concluded & ~otherwise).sum() >= 50, rule
        assert (otherwise & ~concluded).sum() >= 50, rule


def test_pappus_is_true_where_all_points_are_on_one_line() -> None:
    """The three conditions fail together, and none of them matters."""
    one, rng = claim("pappus"), np.random.default_rng(0)
    at = {point: rng.normal(size=50) * np.exp(0.3j) + 0.2j for point in one.points}
    assert abs(one.residuals(at)).max() < 1e-9
    assert not any(meets(condition, at).any() for condition in one.conditions)
    assert one.conclusion_fails_by(at).max() < 1e-9


def test_pascal_is_false_of_a_triangle_that_is_drawn_twice() -> None:
    """Its conditions fail together where opposite corners of the hexagon share a point; any points of the sides do."""
    one = claim("pascal", {"d": "a", "e": "b", "f": "c"})
    at = figures(one, 50, seed=0)
    assert size_of(at)
    assert not any(meets(condition, at).any() for condition in one.conditions)
    assert (one.conclusion_fails_by(at) > 1e-3).all()


def coincident(one: Claim, args: tuple[str, ...]) -> Points:
    """Figures that satisfy the needs and in which two points are one."""
    p, q = args
    shared = Claim(tuple(x for x in one.points if x != q), *bound_together(one, p, q))
    at = dict(figures(shared, 200, seed=4))
    assert size_of(at)
    return at | {q: at[p]}


def bound_together(one: Claim, p: str, q: str) -> tuple[tuple[Template, ...], Template, tuple[Template, ...]]:
    def bound(template: Template) -> Template:
        return template[0], tuple(p if x == q else x for x in template[1])

    return tuple(map(bound, one.needs)), bound(one.conclusion), ()


# Rules for any number of points, and the table itself


def test_circles_with_three_common_points_or_a_centre_and_one_are_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        centre, radius = complex(*rng.normal(size=2)), rng.uniform(0.5, 2)
        angles = rng.uniform(0, 2 * np.pi, size=3)
        a, b, c = centre + radius * np.exp(1j * angles)
        system = [[2 * (p - a).real, 2 * (p - a).imag] for p in (b, c)]
        found = np.linalg.solve(system, [abs(p) ** 2 - abs(a) ** 2 for p in (b, c)])
        assert abs(complex(*found) - centre) < 1e-6  # three points determine the centre, and with it the radius


def test_rules_are_well_formed() -> None:
    sources = set(re.findall(r"^@\w+\{(\w+),", BIBLIOGRAPHY.read_text(), re.MULTILINE))
    for id, rule in RULES.items():
        needs, conclusion, conditions = rule.parts
        known = {x for _, args in (*needs, *conditions) for x in args}
        assert rule.id == id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", id)
        assert rule.source in sources
        assert all(re.fullmatch("[a-z]", x) for x in rule.letters)
        assert set(conclusion[1]) <= known
        assert set(re.findall(r"\{(\w+)\}", rule.because)) <= set(rule.letters)
        assert not any(PREDICATES[name].condition for name, _ in (*needs, conclusion) if name != "*on")
        assert all(PREDICATES[name].condition or (name, args) == conclusion for name, args in conditions)
        assert claim(id).points == rule.letters
    assert len({rule.text for rule in RULES.values()}) == len(RULES)
    assert set(RULES) >= NARY
