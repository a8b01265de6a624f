"""The checker: handwritten proofs pass, proofs with one thing wrong do not, and every equation it knows is true."""

import cmath
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from symbolic.mutants import mutants
from symbolic.test_rules import Claim, figures

from porism.errors import InputError
from porism.symbolic import PREDICATES, Fact
from porism.symbolic.check import check, flaws, holds_in_every_branch, implies
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.equations import equations
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, System, Term, Unknown

SYSTEMS: tuple[System, ...] = ("direction", "log", "length", "square")


def facts(text: str) -> tuple[Fact, ...]:
    return tuple(Fact.parse(part) for part in text.split(", ") if part)


def proof(problem: str, premises: str, *steps: Step) -> Proof:
    return Proof(Problem.parse(problem), facts(premises), steps)


def rule(fact: str, id: str, points: str, needs: Iterable[int], conditions: str = "") -> Step:
    return Step(Fact.parse(fact), Rule(id, tuple(points.split())), tuple(needs), facts(conditions))


def algebra(fact: str, system: System, *terms: tuple[int | Fraction, str, int], conditions: str = "") -> Step:
    """A sum of (coefficient, equation, need), the equations written as ``ab - 2 a@3 = 1/2``; one letter per point."""
    made = tuple(Term(Fraction(weight), equation(text), need) for weight, text, need in terms)
    divisor = math.lcm(*(term.coefficient.denominator for term in made))
    needs = tuple(sorted({term.need for term in made}))
    return Step(Fact.parse(fact), Algebra(system, made, divisor), needs, facts(conditions))


def equation(text: str) -> Equation:
    left, right = text.split(" = ")
    found = re.findall(r"([+-]? ?)(?:(\d) )?(\w\S*)", left)
    unknowns = ((unknown(name), Fraction(-1 if "-" in sign else 1) * int(weight or 1)) for sign, weight, name in found)
    return Equation(tuple(sorted(unknowns)), Fraction(right))


def unknown(name: str) -> Unknown:
    if "@" in name:
        return (name[0], "@", name[2:])
    pairs = sorted("".join(sorted(pair)) for pair in name.split("^"))
    return tuple("^".join(pairs))


HALF = Fraction(1, 2)
PROOFS = {
    "the altitudes of a triangle": proof(
        "a b c = triangle; h = on_tline h b a c, on_tline h c a b ? perp a h b c",
        "perp a c b h, perp a b c h",
        rule("perp a h b c", "orthocentre", "a b c h", (0, 1)),
    ),
    "the angle in a semicircle": proof(  # directions of chords and radii; halves, so the drawing chooses
        "a b = segment; o = midpoint o a b; c = on_circle c o a ? perp a c b c",
        "midp o a b, cong o a o c",
        algebra("cong o a o b", "log", (1, "ao - bo = 1", 0)),
        rule("circle o a b c", "circle", "o a b c", (1, 2)),
        algebra(
            "perp a c b c",
            "direction",
            (HALF, "ao - bo = 0", 0),
            (1, "ac - a@3 - c@3 = 0", 3),
            (-1, "bc - b@3 - c@3 = 0", 3),
            (-HALF, "ao - 2 a@3 = 1/2", 3),
            (HALF, "bo - 2 b@3 = 1/2", 3),
            conditions="perp a c b c",
        ),
    ),
    "the midline": proof(
        "a b c = triangle; m = midpoint m a b; n = midpoint n a c ? para m n b c",
        "midp m a b, midp n a c",
        algebra("eqratio a b a c a m a n", "log", (1, "ab - am = 2", 0), (-1, "ac - an = 2", 1)),
        algebra("eqangle a b a c a m a n", "direction", (1, "ab - am = 0", 0), (-1, "ac - an = 0", 1)),
        rule("simtri a m n a b c", "similar-sas", "a m n a b c", (2, 3), "ncoll a m n, sameclock a m n a b c"),
        algebra("para b c m n", "direction", (1, "ab - am = 0", 0), (-1, "ab - bc - am + mn = 0", 4)),
    ),
    "circles with one centre": proof(
        "a b c = triangle; o = circle o a b c; d = on_circle d o a; e = on_circle e o a ? cyclic b c d e",
        "circle o a b c, cong o a o d, cong o a o e",
        rule("circle o a d e", "circle", "o a d e", (1, 2)),
        rule("cyclic b c d e", "circles", "", (0, 3)),
    ),
    "circles with three common points": proof(
        "a b c = triangle; d = on_circum d a b c; e = on_circum e a b c ? cyclic a b d e",
        "cyclic a b c d, cyclic a b c e",
        rule("cyclic a b d e", "circles", "", (0, 1)),
    ),
    "a quarter of a segment": proof(  # lengths on a line
        "a b = segment; m = midpoint m a b; n = midpoint n a m ? rconst b n a n 3 1",
        "midp m a b, midp n a m",
        algebra("coll a b n", "direction", (1, "ab - am = 0", 0), (1, "am - an = 0", 1)),
        algebra(
            "rconst b n a n 3 1",
            "length",
            (-1, "ab - 2 am = 0", 0),
            (-2, "am - 2 an = 0", 1),
            (-1, "an + bn - ab = 0", 2),
            conditions="between n a b",
        ),
    ),
    "a kite's diagonals": proof(
        "a b = segment; c = on_bline c a b; d = on_bline d a b ? perp c d a b",
        "cong a c b c, cong a d b d",
        algebra("perp a b c d", "square", (1, "ac - bc = 0", 0), (-1, "ad - bd = 0", 1)),
    ),
    "the median to the hypotenuse": proof(  # fourths, but squared lengths leave no choice
        "a b c = r_triangle a b c; m = midpoint m b c ? cong m a m b",
        "perp a b a c, midp m b c",
        algebra(
            "cong a m b m",
            "square",
            (-HALF, "bc - ac - ab = 0", 0),
            (-HALF / 2, "2 ab + 2 ac - 4 am - bc = 0", 1),
            (HALF / 2, "bc - 4 bm = 0", 1),
        ),
    ),
    "equal base angles, by sines": proof(
        "a b c = iso_triangle a b c ? cong a b a c",
        "eqangle a b b c b c a c",
        rule("sines b a c", "law-of-sines", "b a c", (), "ncoll a b c"),
        algebra("cong a b a c", "log", (-1, "ab^bc - bc^ac = 1", 0), (1, "ab - ac - ac^bc + ab^bc = 1", 1)),
    ),
    "equal angles on a chord": proof(
        "a b c = triangle; d = eqangle3 d b c a b c ? eqangle a b b d a c c d",
        "eqangle a b a c b d c d",
        rule("cyclic a b c d", "inscribed", "b c a d", (0,), "ncoll a b c"),
        algebra(
            "eqangle a b b d a c c d",
            "direction",
            (1, "ab - a@1 - b@1 = 0", 1),
            (-1, "bd - b@1 - d@1 = 0", 1),
            (-1, "ac - a@1 - c@1 = 0", 1),
            (1, "cd - c@1 - d@1 = 0", 1),
        ),
    ),
    "chords of equal angles": proof(  # any circle with three letters' points, of which some are shared
        "a b c = iso_triangle a b c; d = on_circum d a b c ? cong a b a c",
        "eqangle a b b c b c a c, cyclic a b c d",
        rule("cong a b a c", "arcs-chords", "b a a c c b", (0, 1)),
    ),
    "the medians of a triangle": proof(  # a conclusion that the drawing chooses, from a product of ratios
        "a b c = triangle; d = midpoint d b c; e = midpoint e a c; f = midpoint f a b; p = on_line p a d, on_line p b e"
        " ? coll c f p",
        "midp d b c, midp e a c, midp f a b, coll a d p, coll b e p",
        algebra("coll b c d", "direction", (1, "bd - cd = 0", 0)),
        algebra("coll a c e", "direction", (1, "ae - ce = 0", 1)),
        algebra("coll a b f", "direction", (1, "af - bf = 0", 2)),
        algebra("product a b c d e f", "log", (1, "bd - cd = 1", 0), (-1, "ae - ce = 1", 1), (1, "af - bf = 1", 2)),
        rule("coll c f p", "ceva", "a b c d e f p", (3, 4, 5, 6, 7, 8), "ncoll a b c, coll c f p"),
    ),
    "an angle bisector": proof(
        "a b c = triangle; d = angle_bisector d b a c, on_line d b c ? eqratio d b d c a b a c",
        "eqangle a b a d a d a c, coll b c d",
        rule("eqratio d b d c a b a c", "angle-bisector", "a b c d", (0, 1), "ncoll a b c"),
    ),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_handwritten_proof_passes(name: str) -> None:
    assert check(PROOFS[name]).reason == ""
    assert check(PROOFS[name], digits=50).ok


@pytest.mark.parametrize("name", PROOFS)
def test_every_mutant_is_rejected_without_looking_at_a_drawing(name: str) -> None:
    count = 0
    for what, mutant in mutants(PROOFS[name]):
        reason = next(flaws(mutant), "")
        assert reason, what
        if what.startswith("step") and "removed" not in what.split(":")[0]:
            assert reason.startswith(what.split(":")[0]), (what, reason)
        count += 1
    assert count > 10


def test_there_are_a_thousand_mutants() -> None:
    assert sum(1 for one in PROOFS.values() for _ in mutants(one)) > 1_000


def test_every_fact_of_a_large_circle_is_part_of_it() -> None:
    large = Fact.parse("circle o a b c d e")
    assert implies(large, Fact.parse("circle o a d e"))
    assert implies(large, Fact.parse("cyclic b c d e"))
    assert not implies(large, Fact.parse("circle a b c d"))
    assert not implies(large, Fact.parse("cyclic o a b c"))
    assert not implies(Fact.parse("cyclic a b c d"), Fact.parse("circle a b c d"))
    assert implies(Fact.parse("coll a b c d"), Fact.parse("coll b c d"))
    assert not implies(Fact.parse("coll a b c d"), Fact.parse("coll b c e"))


def test_a_goal_of_many_collinear_points_is_proved_three_by_three() -> None:
    line = "a b = segment; c = on_line c a b; d = on_line d a b; e = on_line e a b ? coll a b c d e"
    whole = proof(line, "coll a b c, coll a b d, coll a b e")
    assert check(whole).ok
    assert check(proof(line.replace("a b c d e", "b c e"), "coll a b c, coll a b e")).reason  # by no step of the proof
    for i in range(3):
        less = replace(whole, premises=whole.premises[:i] + whole.premises[i + 1 :])
        assert check(less).reason == "goal 'coll a b c d e' is not among the facts of the proof"
    two_lines = proof(  # the triples have only one point in common
        "a b = segment; c = on_line c a b; d = free; e = on_line e a d ? coll a b c d e", "coll a b c, coll a d e"
    )
    assert check(two_lines).reason == "goal 'coll a b c d e' is not among the facts of the proof"


REASONS: dict[str, tuple[str, Callable[[Proof], Proof], str]] = {
    "a premise that is none": (
        "the altitudes of a triangle",
        lambda p: replace(p, premises=(p.premises[0], Fact.parse("perp a b a c"))),
        "premise 1: 'perp a b a c' is not what the problem guarantees",
    ),
    "a missing need": (
        "the altitudes of a triangle",
        lambda p: replace(p, steps=(replace(p.steps[0], needs=(1,)),)),
        "step 2: 'perp a h b c' does not follow: rule orthocentre needs 'perp a c b h'",
    ),
    "a later need": (
        "the midline",
        lambda p: replace(p, steps=(replace(p.steps[0], needs=(0, 2)), *p.steps[1:])),
        "step 2: 'eqratio a b a c a m a n' does not follow: its needs 0, 2 are not earlier facts in ascending order",
    ),
    "a need counted from the end": (
        "the midline",
        lambda p: replace(p, steps=(replace(p.steps[0], needs=(-1, 0)), *p.steps[1:])),
        "step 2: 'eqratio a b a c a m a n' does not follow: its needs -1, 0 are not earlier facts in ascending order",
    ),
    "an unlisted choice": (
        "the angle in a semicircle",
        lambda p: replace(p, steps=(*p.steps[:-1], replace(p.steps[-1], conditions=()))),
        "step 4: 'perp a c b c' does not follow: it relies on 'perp a c b c', which is not among its conditions",
    ),
    "an unlisted figure of two": (
        "the medians of a triangle",
        lambda p: replace(p, steps=(*p.steps[:-1], replace(p.steps[-1], conditions=facts("ncoll a b c")))),
        "step 9: 'coll c f p' does not follow: it relies on 'coll c f p', which is not among its conditions",
    ),
    "a circle of unequal radii": (
        "the angle in a semicircle",
        lambda p: replace(p, steps=(p.steps[0], replace(p.steps[1], needs=(1,)), *p.steps[2:])),
        "step 3: 'circle o a b c' does not follow: cong a o c o are not one circle that says so",
    ),
    "a missing step": (
        "the midline",
        lambda p: replace(p, steps=p.steps[:-1]),
        "goal 'para b c m n' is not among the facts of the proof",
    ),
    "an unknown point": (
        "a kite's diagonals",
        lambda p: replace(p, steps=(*p.steps, rule("sines a b z", "law-of-sines", "a b z", (), "ncoll a b z"))),
        "step 3: the problem has no point z",
    ),
    "no goal": (
        "a kite's diagonals",
        lambda p: replace(p, problem=replace(p.problem, goals=())),
        "the problem has no goal",
    ),
}


@pytest.mark.parametrize("what", REASONS)
def test_the_reason_names_the_first_bad_step(what: str) -> None:
    name, spoil, reason = REASONS[what]
    verdict = check(spoil(PROOFS[name]))
    assert (verdict.ok, verdict.check, verdict.reason) == (False, "proof", reason)


# Drawings


def test_a_condition_that_fails_in_every_drawing_is_no_condition() -> None:
    one = PROOFS["an angle bisector"]
    flat = rule("perp b d b d", "law-of-sines", "b c d", ())
    assert "perp" in next(flaws(replace(one, steps=(*one.steps, flat))))
    problem = "a b c = triangle; m = midpoint m b c; x = on_line x b c ? sines b m x"
    hopeless = proof(problem, "", rule("sines b m x", "law-of-sines", "b m x", (), "ncoll b m x"))
    assert not list(flaws(hopeless))
    assert check(hopeless).reason.startswith("its conditions hold in 0 of 40 drawings, 3 are needed: ncoll b m x")


def test_drawings_of_the_caller_come_first_and_are_looked_at() -> None:
    one = PROOFS["the midline"]
    drawings = [draw(one.problem, seed=5, index=i) for i in range(3)]
    assert check(one, drawings).ok
    other = Diagram({**drawings[1].points, "n": drawings[1].points["n"] + 1e-3})
    verdict = check(one, [drawings[0], other])
    assert verdict.reason == "'midp n a c', which the problem guarantees, fails in drawing 2"
    assert check(one, [other], digits=30).ok  # too coarse to be looked at


def test_a_text_that_cannot_be_drawn_proves_nothing() -> None:
    problem = "a b c = triangle; x = on_line x a b, on_line x b c, on_line x c a ? coll x a b"
    verdict = check(proof(problem, "coll x a b"))
    assert not verdict.ok
    assert "clause 2" in verdict.reason or "fails" in verdict.reason


def test_points_that_coincide_prove_nothing() -> None:
    """If e and f are one point, both lines through them are 'line ef', and the two would be parallel."""
    problem = (
        "a b c d = quadrangle a b c d; e = intersection_ll e a b c d; f = intersection_ll f a b c d ? para a b c d"
    )
    false = proof(
        problem,
        "coll a b e, coll c d e, coll a b f, coll c d f",
        algebra("coll a e f", "direction", (-1, "ab - ae = 0", 0), (1, "ab - af = 0", 2)),
        algebra("coll c e f", "direction", (-1, "cd - ce = 0", 1), (1, "cd - cf = 0", 3)),
        algebra(
            "para a b c d",
            "direction",
            (1, "ab - ae = 0", 0),
            (-1, "cd - ce = 0", 1),
            (1, "ae - ef = 0", 4),
            (-1, "ce - ef = 0", 5),
        ),
    )
    assert not list(flaws(false))  # each step is right as long as e and f are different
    assert not check(false).ok


def test_a_theorem_of_a_text_holds_in_every_branch() -> None:
    problem = Problem.parse("a b c = triangle; d = on_line d b c; e = on_circle e a b, on_line e b c")
    theorem, accident = Fact.parse("cong a b a e"), Fact.parse("between d b c")
    assert holds_in_every_branch(problem, [theorem, accident]) == (True, False)
    with pytest.raises(InputError):
        holds_in_every_branch(problem, [Fact.parse("cong a b a z")])


# What the equations say, in numbers


SPOKEN = [  # a fact, and what figures of it solve
    *(
        f"{name} {PREDICATES[name].form}"
        for name in ("para", "perp", "cong", "eqangle", "eqratio", "simtri", "simtri2", "contri", "contri2", "midp")
    ),
    *("sines a b c", "eqsine a b c d e f g h", "central o a b x", "cyclic a b c d e", "circle o a b c d"),
    *("product a b c x y z", "product a b c d d z"),
    *("perp a b a c", "eqangle a b a c a c a d", "cong a b a c", "simtri a b c a c d", "eqratio a b a c a c a d"),
]


def points_of(text: str) -> list[dict[str, complex]]:
    """A few figures in which a fact holds."""
    name, *args = text.split()
    said = name, tuple(args)
    one = Claim(tuple(sorted(set(args))), (said,), said, ())
    found = figures(one, 40, seed=3)
    count = len(next(iter(found.values())))
    assert count >= 5
    return [{point: complex(z[i]) for point, z in found.items()} for i in range(min(count, 12))]


def value(name: Unknown, system: System, at: dict[str, complex], centre: complex) -> float:
    """The number that an unknown stands for in a figure."""
    if "@" in name:
        return (cmath.phase(at[name[0]] - centre) / math.pi / 2 + 1 / 4) % 1
    if "^" in name:
        a, b, _, c, d = name
        return math.log(abs(math.sin(cmath.phase((at[b] - at[a]) / (at[d] - at[c])))))
    v = at[name[1]] - at[name[0]]
    return {"direction": cmath.phase(v) / math.pi, "log": math.log(abs(v)), "length": abs(v)}.get(system, abs(v) ** 2)


def misses_by(one: Equation, system: System, at: dict[str, complex], centre: complex = 0j) -> float:
    total = sum(float(weight) * value(name, system, at, centre) for name, weight in one.unknowns)
    if system == "direction":
        return abs((total - one.constant + 0.5) % 1 - 0.5)
    return abs(total - (math.log(one.constant) if system == "log" else 0.0))


def circumcentre(points: Sequence[complex]) -> complex:
    a, b, c = points[:3]
    u, v = b - a, c - a
    w = u * abs(v) ** 2 - v * abs(u) ** 2
    return a + w * 1j / (2 * (u.conjugate() * v).imag)


@pytest.mark.parametrize("text", SPOKEN)
def test_every_equation_of_a_fact_is_true(text: str) -> None:
    fact = Fact.parse(text)
    count = 0
    for at in points_of(text):
        if fact.name == "central":  # says something else where oa and ob differ
            at["b"] = at["o"] + (at["a"] - at["o"]) * cmath.exp(0.7j)
            at["x"] = at["o"] + (at["a"] - at["o"]) * cmath.exp(2.1j)
        if fact.name == "cyclic":
            centre = circumcentre([at[p] for p in fact.points])
            assert abs(abs(at[fact.points[3]] - centre) - abs(at[fact.points[0]] - centre)) < 1e-6
        else:
            centre = at[fact.points[0]]
        for system in SYSTEMS:
            for one in equations(fact, 7, system, fact.points):
                assert misses_by(one, system, at, centre) < 1e-6, (system, one)
                count += 1
    assert count


NUMBERS = [
    *("rconst a b c d 3 2", "sqconst a b c d 3 2", "aconst a b c d 2 7"),
    *(f"aconst a b c d {m} {n}" for m, n in ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 6), (5, 6))),
]


@pytest.mark.parametrize("text", NUMBERS)
def test_every_equation_with_numbers_is_true(text: str) -> None:
    fact = Fact.parse(text)
    m, n = map(int, fact.args[4:])
    at = {"a": 0.3 + 0.1j, "b": 1.7 - 0.6j, "c": -0.2 + 0.9j}
    ab = at["b"] - at["a"]
    cd = {"rconst": 1j * abs(ab) * n / m, "sqconst": 1j * abs(ab) * math.sqrt(n / m)}
    at["d"] = at["c"] + cd.get(fact.name, 0.8 * ab * cmath.exp(1j * math.pi * m / n))
    count = 0
    for system in SYSTEMS:
        for one in equations(fact, 0, system, fact.points):
            assert misses_by(one, system, at) < 1e-9, (system, one)
            count += 1
    assert count == (3 if fact.name == "rconst" else 1 if (m, n) == (2, 7) else 2)


def test_every_equation_of_a_line_is_true() -> None:
    fact = Fact.parse("coll a b c d")
    at = {point: 0.3j + place * (1 + 0.4j) for point, place in zip("abcd", (0.0, 2.0, -1.0, 0.7), strict=True)}
    assert all(misses_by(one, "direction", at) < 1e-9 for one in equations(fact, 0, "direction", fact.points))
    lengths = list(equations(fact, 0, "length", fact.points))
    assert len(lengths) == 12
    assert sum(misses_by(one, "length", at) < 1e-9 for one in lengths) == 4  # one per three points


def test_a_median_from_any_point() -> None:
    at = {"a": 0j, "b": 2 + 0.6j, "m": 1 + 0.3j, "x": 0.4 + 1.7j}
    fact = Fact.parse("midp m a b")
    found = list(equations(fact, 0, "square", "abmx"))
    assert len(found) == 3 + 4
    assert all(misses_by(one, "square", at) < 1e-9 for one in found)
