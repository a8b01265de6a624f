"""The canonical form: equal for every spelling of a theorem, different for different theorems.

What is the same is written here a second time, naively: a theorem as sorted tuples, the least of all renamings.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic.random_problems import NAMES, random_problem

from porism.seeds import stream
from porism.symbolic import PREDICATES, Fact, FactError
from porism.symbolic.synthesis.canonical import SHAPES, canonical

patient = settings(deadline=None, max_examples=60)  # the machine may be busy

POINTS = "abcdefghij"
STATED = sorted(name for name, predicate in PREDICATES.items() if not predicate.condition)
PAIRED = {"para", "perp", "cong", "eqangle", "eqratio", "rconst", "aconst", "sqconst", "eqsine"}
TRIANGLES = {"simtri", "simtri2", "contri", "contri2"}
PINS = tuple(Fact("rconst", ("y", "z", "y", point, "1", str(i))) for i, point in enumerate(POINTS, 2))
"""No renaming but the identity keeps these."""

Theorem = tuple[tuple[Fact, ...], tuple[Fact, ...]]


def facts(text: str) -> tuple[Fact, ...]:
    return tuple(Fact.parse(part) for part in text.split(", ") if part)


def hashed(premises: str, goals: str = "") -> str:
    return canonical(facts(premises), facts(goals))


def pinned(premises: str, goals: str = "") -> str:
    return canonical((*PINS, *facts(premises)), facts(goals))


def random_fact(rng: Random, name: str, points: Sequence[str]) -> Fact:
    """Any fact of the predicate, points repeated wherever they may be."""
    predicate = PREDICATES[name]
    numbers = [str(rng.randint(1, 4)) for _ in range(predicate.numbers)]
    size = predicate.points + (rng.randint(0, max(len(points) - predicate.points, 0)) // 2 if predicate.more else 0)
    while True:
        if name in PAIRED:
            args = [point for _ in range(size // 2) for point in rng.sample(points, 2)]
        elif name in TRIANGLES:
            args = [*rng.sample(points, 3), *rng.sample(points, 3)]
        elif name == "product":
            corners = rng.sample(points, 3)
            args = [*corners, *rng.choices([point for point in points if point not in corners], k=3)]
        else:
            args = rng.sample(points, size)
        return Fact(name, (*args, *numbers))


def random_theorem(rng: Random, names: Sequence[str], points: Sequence[str], most: int) -> Theorem:
    premises = tuple(random_fact(rng, rng.choice(names), points) for _ in range(rng.randint(1, most)))
    return premises, tuple(random_fact(rng, rng.choice(names), points) for _ in range(rng.randint(0, 1)))


def renamed(fact: Fact, names: dict[str, str]) -> Fact:
    return Fact(fact.name, tuple(names.get(arg, arg) for arg in fact.args))


def respelled(rng: Random, theorem: Theorem, names: Sequence[str] = NAMES) -> Theorem:
    """Other names, another order, and some facts twice."""
    points = sorted({point for part in theorem for fact in part for point in fact.points})
    new = dict(zip(points, rng.sample(names, len(points)), strict=True))
    premises, goals = ([renamed(fact, new) for fact in (*part, *part[:1])] for part in theorem)
    rng.shuffle(premises)
    return tuple(premises), tuple(goals)


# The same theorem.


@patient
@given(st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(rng: Random) -> None:
    theorem = random_theorem(rng, STATED, POINTS, 8)
    assert canonical(*theorem) == canonical(*respelled(rng, theorem))


@pytest.mark.parametrize("name", STATED)
def test_names_do_not_matter_for_any_predicate(name: str) -> None:
    rng = stream(1, name)
    for _ in range(50):
        theorem = random_theorem(rng, [name, "coll", "cyclic"], POINTS, 5)
        assert canonical(*theorem) == canonical(*respelled(rng, theorem))


def test_names_do_not_matter_for_random_problems() -> None:
    seen = {}
    for index in range(30):
        rng, premises = stream(2, index), random_problem(5, index).premises
        theorem = premises[:-1], premises[-1:]
        seen[canonical(*theorem)] = index
        for _ in range(5):
            assert canonical(*respelled(rng, theorem)) == canonical(*theorem)
    assert len(seen) > 25


@pytest.mark.parametrize(
    ("premises", "goals", "other_premises", "other_goals"),
    [
        ("coll a b e, para a b c d", "", "coll a b e, para a e c d", ""),
        ("coll a b e", "para a b c d", "coll a b e", "para a e c d"),
        ("midp e a b", "perp a b c d", "midp e a b", "perp e b c d"),
        ("midp e a b", "perp a b c d", "midp e a b, coll a b e", "perp e b c d"),
        ("coll a b e", "eqangle a b c d a b f g", "coll a b e", "eqangle a e c d e b f g"),
        ("coll a b e", "aconst a b c d 1 3", "coll a b e", "aconst c d b e 2 3"),
        ("coll a b e", "eqsine a b c d f g h i", "coll a b e", "eqsine f g h i c d e b"),
        ("coll a b c, coll a b d, coll a c d", "", "coll a b c d", ""),
        ("coll a b c, coll b c d", "para a d e f", "coll a b c d", "para b c e f"),
        ("coll a b c, coll d e f, coll b c d e", "", "coll a b c d e f", ""),  # the third makes the first two one
        ("coll a b e, para a b c d, para a e c d", "", "coll a b e, para b e c d", ""),
        ("coll a b e, eqangle a b c d c d f g, eqangle a e c d c d f g", "", "coll a b e, eqangle e b c d c d f g", ""),
        ("coll a b e, aconst a b c d 1 3, aconst a e c d 1 3", "", "coll a b e, aconst c d a b 2 3", ""),
        # Here ap comes before cd and pq after it.
        ("coll a p q, eqangle a p c d c d f g, eqangle p q c d c d f g", "", "coll a p q, eqangle a q c d c d f g", ""),
        ("coll a p q, eqsine a p c d c d f g, eqsine p q c d c d f g", "", "coll a p q, eqsine a q c d c d f g", ""),
        ("coll a p q, aconst a p c d 1 2, aconst p q c d 1 2", "", "coll a p q, aconst a q c d 1 2", ""),
        ("coll a p q, para a p c d, para p q c d", "", "coll a p q, para a q c d", ""),
        ("coll a b e", "coll a b f", "coll a b e", "coll e b f"),
        ("coll a b e", "coll a b f, coll a e f", "coll a b e", "coll a b e f"),
        ("cyclic a b c d, cyclic a b c e", "", "cyclic a b c d e", ""),
        ("circle o a b c, circle o a d e", "", "circle o a b c d e", ""),
        ("circle o a b c, cyclic a b c d", "", "circle o a b c d", ""),
        ("circle o a b c d", "cyclic a b c e", "circle o a b c d", "cyclic b c d e"),
        ("circle o a b c d", "circle p a b c", "circle o a b c d", "circle p b c d"),
        ("circle o a b c d", "circle o a e f", "circle o a b c d", "circle o d e f"),
        ("rconst a b c d 1 2", "", "rconst c d a b 2 1", ""),
        ("sqconst a b c d 4 2", "", "sqconst c d a b 1 2", ""),
        ("product a b c d e f", "", "product f d e c a b", ""),
        ("", "", "", ""),
    ],
)
def test_one_theorem_in_two_spellings(premises: str, goals: str, other_premises: str, other_goals: str) -> None:
    assert hashed(premises, goals) == hashed(other_premises, other_goals)
    assert pinned(premises, goals) == pinned(other_premises, other_goals)


def test_hashes_agree_between_machines() -> None:
    assert (
        hashed("midp m a b, perp a b c d, eqangle a c c d d m m a", "aconst c d c b 1 3")
        == "20ded623dd6cc9195e4b4ba7d0084693"
    )


# Different theorems.


@pytest.mark.parametrize("name", STATED)
def test_a_fact_is_the_same_under_its_symmetries_and_no_others(name: str) -> None:
    """Against the constructor of facts, which puts arguments in order where nothing is renamed."""
    rng = stream(3, name)
    size = PREDICATES[name].points
    distinct = Fact(name, (*POINTS[:size], *("1", "3")[: PREDICATES[name].numbers]))
    for first in (distinct, random_fact(rng, name, POINTS[: size - 1 if name in PAIRED | TRIANGLES else size])):
        points, same = first.points, 0
        numbers = first.args[len(points) :]
        orders = list(permutations(points)) if len(points) <= 6 else [exchanged(rng, points) for _ in range(500)]
        for order in orders:
            try:
                other = Fact(name, (*order, *numbers))
            except FactError:
                continue
            same += other == first
            assert (canonical([*PINS, first]) == canonical([*PINS, other])) == (first == other), (first, other)
            assert (canonical(PINS, [first]) == canonical(PINS, [other])) == (first == other), (first, other)
        assert same >= 2


def exchanged(rng: Random, points: Sequence[str]) -> list[str]:
    """Up to three times two that change places: most symmetries are that simple."""
    order = list(points)
    for _ in range(rng.randint(1, 3)):
        i, j = rng.sample(range(len(order)), 2)
        order[i], order[j] = order[j], order[i]
    return order


@pytest.mark.parametrize("name", STATED)
def test_two_facts_are_not_two_with_arguments_exchanged(name: str) -> None:
    rng = stream(8, name)
    different = 0
    for _ in range(200):
        one, two = (random_fact(rng, name, POINTS) for _ in range(2))
        size = min(len(one.points), len(two.points))
        crossed = set(range(size // 2) if rng.random() < 0.5 else rng.sample(range(size), rng.randint(1, size - 1)))
        args = [
            [(y if i in crossed else x) for i, (x, y) in enumerate(zip(this.args, that.args, strict=False))]
            for this, that in ((one, two), (two, one))
        ]
        try:
            others = [Fact(name, tuple(some)) for some in args]
        except FactError:
            continue
        same = {one, two} == set(others)
        assert (canonical(PINS, [one, two]) == canonical(PINS, others)) == same, (one, two, others)
        if name not in ("coll", "cyclic", "circle", "midp"):  # which may be united
            assert (canonical([*PINS, one, two]) == canonical([*PINS, *others])) == same, (one, two, others)
        different += not same
    assert different > 20


@pytest.mark.parametrize("name", STATED)
def test_near_misses(name: str) -> None:
    rng = stream(4, name)
    for _ in range(20):
        fact = random_fact(rng, name, POINTS[:-1])
        old, new = rng.choice(fact.points), POINTS[-1]
        changed = renamed(fact, {old: new})
        hashes = [
            canonical(PINS),
            canonical((*PINS, fact)),
            canonical(PINS, [fact]),
            canonical((*PINS, changed)),
            canonical((*PINS, fact, changed)),
            canonical((*PINS, fact), [changed]),
            canonical((*PINS, changed), [fact]),
            canonical(PINS, [changed]),
        ]
        assert len(set(hashes)) == len(hashes), fact


@pytest.mark.parametrize("name", sorted(name for name in STATED if PREDICATES[name].numbers))
def test_numbers_matter(name: str) -> None:
    values = [f"{m} {n}" for n in range(2, 8) for m in range(1, n) if Fraction(m, n).denominator == n]
    found = {pinned(f"{name} a b c d {value}") for value in values}
    assert len(found) == len(values)
    found |= {pinned(f"{name} c d a b {value}") for value in values}
    assert len(found) == (len(values) if name == "aconst" else 2 * len(values))  # c d a b m n is a b c d n-m n
    assert pinned(f"{name} a b c d 1 3") != pinned(f"{name} c d a b 1 3")


@pytest.mark.parametrize(
    ("premises", "goals", "other_premises", "other_goals"),
    [
        ("coll a b e, para a b c d", "", "coll a b e, para a c b d", ""),
        ("coll a b e", "para a b c d", "coll a b e", "para a c b d"),
        ("coll a b e", "cong a b c d", "coll a b e", "cong a e b c"),  # a segment is not its line
        ("coll a b e, cong a b c d", "", "coll a b e, cong a b c d, cong a e c d", ""),
        ("", "coll a b e, para a b c d, para a e c d", "", "coll a b e, para a b c d"),  # goals are not known
        ("coll a b c, coll c d e", "", "coll a b c, coll a d e, coll c d e", ""),
        ("coll a b c, coll c d e", "", "coll a b c d e", ""),
        ("midp e a b", "", "coll a b e", ""),
        ("cyclic a b c d, cyclic a b e f", "", "cyclic a b c d e f", ""),
        ("circle o a b c", "", "cyclic a b c o", ""),
        ("circle o a b c, circle p c d e", "", "circle o a b c, circle o c d e", ""),
        ("circle o a b c", "cyclic a b c d", "circle o a b c", "circle o a b d"),
        ("simtri a b c d e f", "", "simtri2 a b c d e f", ""),
        ("simtri a b c b c d", "", "simtri a b c b a d", ""),
        ("eqratio a b c d c d e f", "", "eqratio a b e f c d c d", ""),
        ("eqangle a b c d e f g h, cong a b c d", "", "eqangle a b c d e f g h, cong a b g h", ""),
        ("aconst a b c d 1 3, aconst a b e f 1 4", "", "aconst a b c d 1 3, aconst e f a b 1 4", ""),
        ("rconst a b c d 1 2, rconst a b e f 1 3", "", "rconst a b c d 1 2, rconst e f a b 1 3", ""),
        ("perp a b c d", "", "para a b c d", ""),
        ("perp a b c d", "", "perp a b a c", ""),
    ],
)
def test_two_theorems(premises: str, goals: str, other_premises: str, other_goals: str) -> None:
    assert hashed(premises, goals) != hashed(other_premises, other_goals)


@pytest.mark.parametrize("text", ["ncoll a b c", "diff a b"])
def test_a_condition_is_no_part_of_a_theorem(text: str) -> None:
    for theorem in ((facts(text), ()), ((), facts(text))):
        with pytest.raises(FactError, match="no conditions"):
            canonical(*theorem)


def test_every_predicate_has_a_shape() -> None:
    assert {*SHAPES, "coll", "cyclic", "circle"} == set(STATED)


# By brute force.

Value = tuple[object, ...]
Ends = set[object]
"""What lies on a line or circle, and ("centre", o) for the centres of a circle."""


def naive(theorem: Theorem) -> Value:
    """The least of the theorem's values under all renamings of its points to 0, 1, 2, ..."""
    points = sorted({point for part in theorem for fact in part for point in fact.points})
    renamings = (dict(zip(points, order, strict=True)) for order in permutations(range(len(points))))
    return min((value(theorem, renaming) for renaming in renamings), key=repr)


def value(theorem: Theorem, renaming: dict[str, int]) -> Value:
    premises, goals = ([(fact, [renaming[point] for point in fact.points]) for fact in part] for part in theorem)
    lines = joined([{*points} for fact, points in premises if fact.name in ("coll", "midp")], one_line)
    circles = joined([ends(fact, points) for fact, points in premises if fact.name in ("cyclic", "circle")], one_circle)
    known: set[Value] = {("line", listed(line)) for line in lines} | {("circle", listed(circle)) for circle in circles}
    known |= {
        meaning(fact, points, lines) for fact, points in premises if fact.name not in ("coll", "cyclic", "circle")
    }
    asked: set[Value] = set()
    for fact, points in goals:
        if fact.name in ("coll", "cyclic", "circle"):
            all_ends = grown(ends(fact, points), *((lines, one_line) if fact.name == "coll" else (circles, one_circle)))
            asked.add((fact.name, listed(all_ends - centres(all_ends) | centres(ends(fact, points)))))
        else:
            asked.add(meaning(fact, points, lines))
    return listed(known), listed(asked)


def listed(values: Iterable[object]) -> Value:
    return tuple(sorted(set(values), key=repr))


def ends(fact: Fact, points: Sequence[int]) -> Ends:
    return {("centre", points[0]), *points[1:]} if fact.name == "circle" else {*points}


def centres(some: Ends) -> Ends:
    return {end for end in some if isinstance(end, tuple)}


def one_line(one: Ends, two: Ends) -> bool:
    return len(one & two) >= 2


def one_circle(one: Ends, two: Ends) -> bool:
    common = one & two
    shared = len(common - centres(common))
    return shared >= 3 or (shared >= 1 and bool(centres(common)))


def joined(some: list[Ends], same: Callable[[Ends, Ends], bool]) -> list[Ends]:
    """Two at a time, from the start after each."""
    for one, two in combinations(some, 2):
        if same(one, two):
            return joined([*(other for other in some if other is not one and other is not two), one | two], same)
    return some


def grown(one: Ends, known: list[Ends], same: Callable[[Ends, Ends], bool]) -> Ends:
    for _ in range(len(known)):
        one = one.union(*(two for two in known if same(one, two)))
    return one


def meaning(fact: Fact, p: Sequence[int], lines: list[Ends]) -> Value:
    """What a fact says, as a value; points are numbers."""

    def line(i: int) -> Value:
        (known,) = [line for line in lines if {p[i], p[i + 1]} <= line] or [{p[i], p[i + 1]}]
        return listed(known)

    def length(i: int) -> Value:
        return listed(p[i : i + 2])

    def together(*values: object) -> Value:
        return tuple(sorted(values, key=repr))

    match fact.name:
        case "para" | "perp":
            said = together(line(0), line(2))
        case "cong":
            said = together(length(0), length(2))
        case "eqangle":
            said = together(together(line(0), line(6)), together(line(2), line(4)))
        case "eqratio":
            said = together(together(length(0), length(6)), together(length(2), length(4)))
        case "eqsine":
            said = together(together(line(0), line(2)), together(line(4), line(6)))
        case "rconst" | "sqconst":
            said = together((int(fact.args[5]), length(0)), (int(fact.args[4]), length(2)))
        case "aconst":
            angle = Fraction(int(fact.args[4]), int(fact.args[5]))
            said = together((line(0), line(2), angle), (line(2), line(0), -angle % 1))
        case "midp" | "central":
            said = (p[0], listed(p[1:3]), *p[3:])
        case "sines":
            said = (p[1], listed((p[0], p[2])))
        case "simtri" | "simtri2" | "contri" | "contri2":
            pairs = list(zip(p[:3], p[3:], strict=True))
            said = together(listed(pairs), listed((x, a) for a, x in pairs))
        case "product":  # as an equation between lengths: bx cy az = xc ya zb
            (a, b, c), (x, y, z) = p[:3], p[3:]
            left, right = [(b, x), (c, y), (a, z)], [(x, c), (y, a), (z, b)]
            said = together(together(*map(listed, left)), together(*map(listed, right)))
        case _:
            raise AssertionError(f"the meaning of {fact.name} is missing here")
    return (fact.name, said)


LINES = ["coll", "midp", "para", "perp", "eqangle", "aconst", "eqsine"]
CIRCLES = ["coll", "cyclic", "circle", "cong", "central"]
TRIPLES = ["simtri", "contri2", "product", "sines", "eqratio", "rconst"]


@pytest.mark.parametrize("points", ["abcd", "abcde"])
@pytest.mark.parametrize("names", [LINES, CIRCLES, TRIPLES, STATED])
def test_equal_hashes_are_equal_theorems(names: list[str], points: str) -> None:
    """All pairs of 150 theorems, among them spellings of each other and neighbours that differ in a fact."""
    rng = stream(6, points, *names)
    theorems: list[Theorem] = []
    while len(theorems) < 150:
        premises, goals = random_theorem(rng, rng.sample(names, 2), points, 4)
        premises += tuple(random_fact(rng, "coll", points) for _ in range(rng.randint(0, 1)))
        other = random_fact(rng, premises[0].name, points)
        swapped = renamed(premises[0], dict(zip(points, rng.sample(points, len(points)), strict=True)))
        theorems += [(premises, goals), respelled(rng, (premises, goals)), (goals, premises)]
        theorems += [((one, *premises[1:]), goals) for one in (other, swapped)] + [(premises[1:], goals)]
    hashes = [canonical(*theorem) for theorem in theorems]
    values = [naive(theorem) for theorem in theorems]
    same = 0
    for (one, two), (this, that), pair in zip(
        combinations(hashes, 2), combinations(values, 2), combinations(theorems, 2), strict=True
    ):
        assert (one == two) == (this == that), pair
        same += one == two
    assert same > 20
