"""Facts as values and as text, and every symmetry of every predicate, proved by coordinates.

The meaning of each predicate is written here a second time, as equations in complex coordinates, and nothing of the
package is used to decide what is equivalent to what.
"""

import cmath
import math
from collections.abc import Callable, Iterator
from itertools import permutations
from math import gcd
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.symbolic import PREDICATES, Fact, FactError

patient = settings(deadline=None, max_examples=40)  # the machine may be busy

Point = complex
Meaning = Callable[..., list[complex]]  # coordinates (and numbers) -> what vanishes exactly when the fact holds
Truth = Callable[..., bool]  # of conditions


def sq(a: Point, b: Point) -> float:
    """The square of a length; exact where coordinates are small integers."""
    d = a - b
    return d.real * d.real + d.imag * d.imag


def dot(u: complex, v: complex) -> complex:
    return u.conjugate() * v  # real part: scalar product; imaginary part: cross product


def ratio(a: Point, b: Point, c: Point, d: Point, m: int, n: int) -> list[complex]:
    return [sq(a, b) * n * n - sq(c, d) * m * m]


def similar(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[complex]:
    return [(b - a) * (z - x) - (c - a) * (y - x)]


def mirrored(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[complex]:
    return similar(a, b, c, x.conjugate(), y.conjugate(), z.conjugate())


def sides(a: Point, b: Point, c: Point, x: Point, y: Point, z: Point) -> list[complex]:
    return [sq(a, b) - sq(x, y), sq(b, c) - sq(y, z), sq(c, a) - sq(z, x)]


def central(o: Point, a: Point, b: Point, x: Point) -> list[complex]:
    turn = dot(a - x, b - x) ** 2 * dot(a - o, b - o).conjugate()
    return [turn.imag, min(turn.real, 0)]


def constant(a: Point, b: Point, c: Point, d: Point, m: int, n: int) -> list[complex]:
    return [round((dot(b - a, d - c) * cmath.exp(-1j * math.pi * m / n)).imag, 9)]


def on_line(a: Point, b: Point, *more: Point) -> list[complex]:
    return [dot(b - a, c - a).imag for c in more]


def on_circle(a: Point, b: Point, c: Point, *more: Point) -> list[complex]:
    return [(dot(a - c, b - c) * dot(a - d, b - d).conjugate()).imag for d in more]


def sine2(a: Point, b: Point, c: Point, d: Point) -> float:
    return dot(b - a, d - c).imag ** 2


def turn(a: Point, b: Point, c: Point) -> float:
    return dot(b - a, c - a).imag


def inside(b: Point, a: Point, c: Point) -> bool:
    return turn(a, b, c) == 0 and dot(a - b, c - b).real < 0


def angle(p: list[Point]) -> list[complex]:
    a, b, c, d, e, f, g, h = p
    return [(dot(b - a, d - c) * dot(f - e, h - g).conjugate()).imag]


MEANINGS: dict[str, Meaning] = {
    "coll": on_line,
    "cyclic": on_circle,
    "midp": lambda m, a, b: [a + b - 2 * m],
    "circle": lambda o, a, *more: [sq(o, a) - sq(o, b) for b in more],
    "para": lambda a, b, c, d: [dot(b - a, d - c).imag],
    "perp": lambda a, b, c, d: [dot(b - a, d - c).real],
    "cong": lambda a, b, c, d: [sq(a, b) - sq(c, d)],
    "eqangle": lambda *p: angle(list(p)),
    "eqratio": lambda a, b, c, d, e, f, g, h: [sq(a, b) * sq(g, h) - sq(c, d) * sq(e, f)],
    "simtri": similar,
    "simtri2": mirrored,
    "contri": lambda *p: similar(*p) + sides(*p),
    "contri2": lambda *p: mirrored(*p) + sides(*p),
    "rconst": ratio,
    "aconst": constant,
    "central": central,
    "sqconst": lambda a, b, c, d, m, n: [sq(a, b) * n - sq(c, d) * m],
    "eqsine": lambda *p: [
        sine2(*p[:4]) * sq(p[4], p[5]) * sq(p[6], p[7]) - sine2(*p[4:]) * sq(p[0], p[1]) * sq(p[2], p[3])
    ],
    "sines": lambda a, b, c: [sine2(a, b, a, c) - sine2(a, c, b, c)],
    "product": lambda a, b, c, x, y, z: [sq(b, x) * sq(c, y) * sq(a, z) - sq(x, c) * sq(y, a) * sq(z, b)],
}
TRUTHS: dict[str, Truth] = {
    "diff": lambda a, b: a != b,
    "ncoll": lambda a, b, c: turn(a, b, c) != 0,
    "npara": lambda a, b, c, d: dot(b - a, d - c).imag != 0,
    "nperp": lambda a, b, c, d: dot(b - a, d - c).real != 0,
    "between": inside,
    "sameclock": lambda a, b, c, x, y, z: turn(a, b, c) * turn(x, y, z) > 0,
    "sameorder": lambda a, b, c, x, y, z: inside(b, a, c) == inside(y, x, z),
    "longer": lambda a, b, c, d: sq(a, b) > sq(c, d),
}
ORDERS = [  # of the symmetry groups for so many points, counted by hand
    ("coll", 3, 6),
    ("coll", 5, 120),
    ("cyclic", 4, 24),
    ("cyclic", 5, 120),
    ("midp", 3, 2),
    ("circle", 4, 6),
    ("circle", 6, 120),
    ("para", 4, 8),
    ("perp", 4, 8),
    ("cong", 4, 8),
    ("eqangle", 8, 2**4 * 8),
    ("eqratio", 8, 2**4 * 8),
    ("simtri", 6, 12),
    ("simtri2", 6, 12),
    ("contri", 6, 12),
    ("contri2", 6, 12),
    ("central", 4, 2),
    ("eqsine", 8, 2**4 * 2 * 2 * 2),
    ("product", 6, 12),  # those of the hexagon b x c y a z, whose sides alternate
]
CONDITION_ORDERS = {
    "diff": 2,
    "ncoll": 6,
    "npara": 8,
    "nperp": 8,
    "between": 2,
    "sameclock": 2 * 3 * 3 * 2,
    "sameorder": 8,
    "longer": 4,
}


def generic(random: Random, count: int) -> list[Point]:
    return [complex(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(count)]


def unit(random: Random) -> complex:
    return cmath.exp(1j * random.uniform(0, 2 * math.pi))


def moved(random: Random, triangle: list[Point], *, size: float, mirror: bool) -> list[Point]:
    factor, shift = size * unit(random), generic(random, 1)[0]
    return [factor * (p.conjugate() if mirror else p) + shift for p in triangle]


def seeing_half(o: Point, a: Point, b: Point, s: float) -> Point:
    """Some point at which the lines to a and b make half the angle that they make at o."""
    half = cmath.sqrt((b - o) / (a - o))
    return (b - s * half * a) / (1 - s * half)  # (b - x) / (a - x) = s * half


def dividing(a: Point, b: Point, w: complex) -> Point:
    """The point z for which az is w times zb."""
    return (a + w * b) / (1 + w)


def witness(name: str, random: Random, count: int) -> list[Point]:
    """Points in general position except that the fact named ``name`` holds for them in this order."""
    a, b, c, d, e, f, g, o = generic(random, 8)
    s = random.uniform(0.5, 2)
    circle = [o + s * unit(random) for _ in range(count)]
    found = {
        "coll": [a + random.uniform(-2, 2) * (b - a) for _ in range(count)],
        "cyclic": circle,
        "midp": [(a + b) / 2, a, b],
        "circle": [o, *circle[1:]],
        "para": [a, b, c, c + s * (b - a)],
        "perp": [a, b, c, c + s * 1j * (b - a)],
        "cong": [a, b, c, c + abs(b - a) * unit(random)],
        "eqangle": [a, b, c, d, e, f, g, g + s * (f - e) * (d - c) / (b - a)],
        "eqratio": [a, b, c, d, e, f, g, g + abs((c - d) * (e - f) / (a - b)) * unit(random)],
        "simtri": [a, b, c, *moved(random, [a, b, c], size=s, mirror=False)],
        "simtri2": [a, b, c, *moved(random, [a, b, c], size=s, mirror=True)],
        "contri": [a, b, c, *moved(random, [a, b, c], size=1, mirror=False)],
        "contri2": [a, b, c, *moved(random, [a, b, c], size=1, mirror=True)],
        "eqsine": [a, b, c, d, e, f, g, g + s * (f - e) * random.choice([(d - c) / (b - a), (b - a) / (d - c)])],
        "central": [a, b, c, seeing_half(a, b, c, s)],
        "product": [a, b, c, d, e, dividing(a, b, unit(random) * abs((d - c) * (e - a) / ((b - d) * (c - e))))],
    }
    return found[name]


@pytest.mark.parametrize(("name", "count", "order_of_group"), ORDERS)
def test_a_permutation_is_the_same_fact_exactly_if_it_holds_wherever_the_fact_does(
    name: str, count: int, order_of_group: int
) -> None:
    letters = "abcdefgh"[:count]
    fact, random, symmetries = Fact(name, tuple(letters)), Random(f"witness of {name}"), 0
    figures = [dict(zip(letters, witness(name, random, count), strict=True)) for _ in range(6)]
    for figure in figures:
        assert max(map(abs, MEANINGS[name](*figure.values()))) < 1e-9
    for order in permutations(letters):
        holds = all(max(map(abs, MEANINGS[name](*map(figure.get, order)))) < 1e-9 for figure in figures)
        assert (Fact(name, order) == fact) == holds, order
        symmetries += holds
    assert symmetries == order_of_group


@pytest.mark.parametrize("name", sorted(CONDITION_ORDERS))
def test_a_permutation_is_the_same_condition_exactly_if_it_holds_in_the_same_figures(name: str) -> None:
    letters, random = "abcdef"[: PREDICATES[name].arity], Random(f"figures for {name}")
    fact, symmetries = Fact(name, tuple(letters)), 0
    figures = []
    for k in range(120):  # on a line, and on a small grid where lines are parallel, points coincide and lengths agree
        grid = [complex(random.randrange(12), random.randrange(1 + 3 * (k % 3))) for _ in letters]
        figures.append(dict(zip(letters, grid, strict=True)))
    truths = [TRUTHS[name](*figure.values()) for figure in figures]
    for order in permutations(letters):
        same = all(TRUTHS[name](*map(f.get, order)) == truth for f, truth in zip(figures, truths, strict=True))
        assert (Fact(name, order) == fact) == same, order
        symmetries += same
    assert symmetries == CONDITION_ORDERS[name]


def test_every_predicate_has_its_symmetries_counted() -> None:
    numbered = {name for name, predicate in PREDICATES.items() if predicate.numbers}
    assert {name for name, *_ in ORDERS} | numbered | {"sines"} == set(MEANINGS)
    assert set(MEANINGS) | set(TRUTHS) == set(PREDICATES)
    assert {name for name, predicate in PREDICATES.items() if predicate.condition} == set(CONDITION_ORDERS)


def test_the_law_of_sines_is_true_of_every_triangle() -> None:
    random = Random(0)
    for _ in range(20):
        assert all(abs(n) < 1e-12 for n in MEANINGS["sines"](*generic(random, 3)))


def test_an_angle_may_be_taken_from_either_line_and_only_modulo_a_half_turn() -> None:
    fact = Fact.parse("aconst a b c d 1 5")
    a, b, c, _ = generic(Random(0), 4)
    figure = dict(a=a, b=b, c=c, d=c + 1.5 * (b - a) * cmath.exp(1j * math.pi / 5))
    for order in permutations("abcd"):
        for m, n in ((1, 5), (4, 5), (6, 5), (2, 10), (9, 5), (2, 5), (0, 5)):
            holds = abs(MEANINGS["aconst"](*map(figure.get, order), m, n)[0]) < 1e-8
            assert (Fact("aconst", (*order, str(m), str(n))) == fact) == holds


@pytest.mark.parametrize(("name", "factor"), [("rconst", 1.5), ("sqconst", math.sqrt(1.5))])
def test_a_ratio_of_lengths_and_its_inverse_are_one_fact(name: str, factor: float) -> None:
    fact = Fact(name, ("a", "b", "c", "d", "2", "3"))
    a, b, c, _ = generic(Random(0), 4)
    figure = dict(a=a, b=b, c=c, d=c + factor * abs(a - b) * unit(Random(1)))
    for order in permutations("abcd"):
        for m, n in ((2, 3), (3, 2), (4, 6), (6, 4), (1, 1)):
            holds = abs(MEANINGS[name](*map(figure.get, order), m, n)[0]) < 1e-9
            assert (Fact(name, (*order, str(m), str(n))) == fact) == holds


def facts() -> st.SearchStrategy[tuple[str, tuple[str, ...]]]:
    """Predicates with arguments that repeat points where that is allowed."""
    points = st.sampled_from(["a", "b", "c", "d", "e1", "e2"])

    def arguments(name: str) -> st.SearchStrategy[tuple[str, tuple[str, ...]]]:
        least = PREDICATES[name].points
        head = st.lists(points, min_size=least, max_size=least + 2 * PREDICATES[name].more).map(tuple)
        tail = st.tuples(*[st.integers(1, 6).map(str)] * PREDICATES[name].numbers)
        return st.builds(lambda x, y: (name, x + y), head, tail)

    return st.sampled_from(sorted(PREDICATES)).flatmap(arguments).filter(makes_a_fact)


def makes_a_fact(pair: tuple[str, tuple[str, ...]]) -> bool:
    try:
        Fact(*pair)
    except FactError:
        return False
    return True


def holds_at(name: str, args: tuple[str, ...], figure: dict[str, Point]) -> bool:
    values = [figure[arg] if arg in figure else int(arg) for arg in args]
    return TRUTHS[name](*values) if name in TRUTHS else not any(MEANINGS[name](*values))


@settings(deadline=None, max_examples=100)
@given(facts(), st.lists(st.builds(complex, st.integers(0, 2), st.integers(0, 2)), min_size=6, max_size=6, unique=True))
def test_the_canonical_order_keeps_the_meaning_with_repeated_points_too(
    pair: tuple[str, tuple[str, ...]], corners: list[Point]
) -> None:
    figure = dict(zip(["a", "b", "c", "d", "e1", "e2"], corners, strict=True))  # a small grid, where much is true
    assert holds_at(*pair, figure) == holds_at(pair[0], Fact(*pair).args, figure)


@patient
@given(facts())
def test_text_and_facts_are_inverse(pair: tuple[str, tuple[str, ...]]) -> None:
    fact = Fact(*pair)
    assert Fact.parse(str(fact)) == fact == Fact(fact.name, fact.args)
    assert Fact.parse("  " + "\t".join((pair[0], *pair[1])) + "\n") == fact
    assert str(fact).split() == [fact.name, *fact.args]
    assert set(fact.points) == {arg for arg in pair[1] if not arg.isdigit()}


@patient
@given(facts(), facts())
def test_facts_are_values(one: tuple[str, tuple[str, ...]], two: tuple[str, tuple[str, ...]]) -> None:
    facts_made = {Fact(*one), Fact(*two)}
    assert len(facts_made) == len({str(fact) for fact in facts_made})
    assert sorted(facts_made) == sorted(facts_made, key=lambda fact: (fact.name, fact.args))


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_every_predicate_can_be_written_and_said(name: str) -> None:
    predicate = PREDICATES[name]
    fact = Fact(name, (*predicate.form.split()[: predicate.points], *["2"] * predicate.numbers))
    assert all(point.upper() in fact.say() for point in fact.points)
    assert "{" not in fact.say()


def wrong() -> Iterator[tuple[str, str]]:
    yield "", "unknown predicate ''; known: aconst, between, central, circle, coll, cong"
    yield "parallel a b c d", "unknown predicate 'parallel'; known: "
    yield "coll a b", "coll takes 3 or more arguments (coll a b c), got 2: 'coll a b'"
    yield "rconst a b c d 1/2", "rconst takes 6 arguments (rconst a b c d m n), got 5: 'rconst a b c d 1/2'"
    yield "para a a c d", "a line or a segment needs two different points, got a a"
    yield "eqangle a b c c d e f g", "a line or a segment needs two different points, got c c"
    yield "cyclic a b c a", "these points must all be different: a b c a"
    yield "simtri a b a d e f", "these points must all be different: a b a"
    yield "midp a, b c", "a point is named by a letter, then letters, digits, _ or ', got 'a,'"
    yield "coll 1 b c", "a point is named by a letter, then letters, digits, _ or ', got '1'"
    yield "rconst a b c d x 2", "rconst ends in two whole numbers of at most 18 digits, such as 1 2, got 'x'"
    yield "aconst a b c d 1 0", "an angle of m/n half turns needs n >= 1, got 1 0"
    yield "cyclic a b c", "cyclic takes 4 or more arguments (cyclic a b c d), got 3"
    yield "between a b a", "these points must all be different: a b a"
    yield "diff a a", "these points must all be different: a a"
    yield "rconst a b c d 0 2", "a ratio of lengths needs two numbers >= 1, got 0 2"


@pytest.mark.parametrize(("text", "reason"), list(wrong()))
def test_a_wrong_fact_says_in_one_line_what_would_have_been_right(text: str, reason: str) -> None:
    with pytest.raises(FactError) as error:
        Fact.parse(text)
    assert str(error.value).startswith(reason)
    assert "\n" not in str(error.value)


def fact_or_error(text: str) -> str:
    try:
        return str(Fact.parse(text))
    except FactError as error:
        return f"error {error}"


@patient
@given(st.text(st.sampled_from("ab19_'/,- \n\r\t\0\x85\u2028\u0661\u00e4")))
def test_any_text_is_a_fact_or_a_one_line_error(text: str) -> None:
    for line in (text, f"coll x y {text}", f"rconst a b c d {text} 1"):
        read = fact_or_error(line)
        assert len(read.splitlines()) == 1
        assert read.startswith("error ") or fact_or_error(read) == read


@patient
@given(st.integers(1, 10**18 - 1), st.integers(1, 10**18 - 1), st.integers(1, 10**6))
def test_ratios_are_in_lowest_terms(m: int, n: int, k: int) -> None:
    fact = Fact.parse(f"rconst a b c d {m} {n}")
    p, q = map(int, fact.args[4:])
    assert (p * n, gcd(p, q)) == (m * q, 1)
    if k * max(m, n) < 10**18:
        assert Fact.parse(f"rconst d c a b {k * n} {k * m}") != Fact.parse(f"rconst a b c d {k * n} {k * m}") or m == n
        assert Fact.parse(f"rconst d c b a {k * n} {k * m}") == fact
