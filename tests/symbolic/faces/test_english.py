"""Sentences word for word, and what holds of the English of any construction or rule."""

import cmath
import math
import re
from fractions import Fraction

import pytest
from symbolic import proofs

from porism.symbolic.constructions import CONSTRUCTIONS, Definition
from porism.symbolic.diagram import draw
from porism.symbolic.faces.english import ROOM, claim, plain, prose, relations, sentence, statement, steps
from porism.symbolic.faces.reasons import CITED
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, System, Term, Unknown
from porism.symbolic.rules import RULES

POINTS = plain([*"abcdefghijklmnopqrstuvwxyz", "o1", "i_b"])


def fact(text: str) -> Fact:
    return Fact.parse(text)


def term(coefficient: str, unknowns: str, constant: str, need: int) -> Term:
    """``unknowns`` such as ``1 ab, -2 a@0``."""
    parsed: list[tuple[Unknown, Fraction]] = []
    for part in unknowns.split(", "):
        size, name = part.split()
        parsed.append(((name[0], "@", name[2:]) if "@" in name else tuple(name), Fraction(size)))
    return Term(Fraction(coefficient), Equation(tuple(sorted(parsed)), Fraction(constant)), need)


def proof_of(text: str, premises: list[str], *steps: Step) -> Proof:
    return Proof(Problem.parse(text), tuple(map(fact, premises)), steps)


def algebra(goal: str, system: System, *terms: Term, divisor: int = 1) -> Step:
    return Step(fact(goal), Algebra(system, terms, divisor), tuple(sorted({one.need for one in terms})))


def told(premises: list[str], step: Step) -> str:
    points = " ".join("abcdefgh")
    clauses = "; ".join(f"{point} = free {point}" for point in points.split())
    return sentence(Proof(Problem.parse(clauses), tuple(map(fact, premises)), (step,)), step, POINTS)


# Statements


def test_a_statement() -> None:
    problem = Problem.parse(
        "a b c = triangle; o1 = circle o1 a b c; d = on_line d a b, on_circle d o1 c; i_b = midpoint i_b c d "
        "? perp o1 i_b c d; coll a b d"
    )
    assert statement(problem) == (
        "Let ABC be a triangle. Let O1 be the centre of the circle through A, B and C. "
        "Let D lie on line AB and on the circle with centre O1 through C. Let I_B be the midpoint of CD. "
        "Show that O1 I_B is perpendicular to CD and A, B and D lie on a line."
    )


def test_a_goal_is_said_as_it_was_written() -> None:
    problem = Problem.parse("a b c = triangle; d = on_circum d a b c ? eqangle c a c b d a d b; cyclic d a c b")
    said = "Show that angle ACB = angle ADB and D, A, C and B lie on a circle."
    assert statement(problem).endswith(said)
    proof = Proof(problem, problem.goals, ())
    assert prose(proof).splitlines()[-1] == f"So {said[10:-1]}, as was to be shown."


def test_free_points_together_and_conditions_on_one_point() -> None:
    problem = Problem.parse("a = free a; b = free b; c = free c; h = on_tline h b a c, on_tline h c a b ? perp a h b c")
    assert statement(problem).split(". ") == [
        "Let A, B and C be points",
        "Let H be the point such that HB is perpendicular to AC and HC is perpendicular to AB",
        "Show that AH is perpendicular to BC.",
    ]


def test_an_angle_in_degrees() -> None:
    problem = Problem.parse("a b = segment; x = s_angle a b x 30o")
    expected = "Let X be a point such that angle ABX is 30 degrees, counterclockwise."
    assert statement(problem) == f"Let AB be a segment. {expected}"


@pytest.mark.parametrize("definition", CONSTRUCTIONS.values(), ids=CONSTRUCTIONS.keys())
def test_every_construction_has_a_sentence_after_let(definition: Definition) -> None:
    last = len(definition.letters) - definition.numbers
    args = (*definition.letters[:last], *["30"] * definition.numbers)
    outputs = tuple(args[i] for i in definition.outputs)
    given = [args[i] for i in definition.inputs if i < last]
    free = [Clause((point,), (Construction("free", (point,)),)) for point in given]
    problem = Problem((*free, Clause(outputs, (Construction(definition.name, args),))))
    text = statement(problem, given)
    assert re.fullmatch(r"Let [^{}]+\.", text)
    verb = r" (is(?! moved| parallel| perpendicular| as long| the mirror image of line)|are|lies|has) "
    assert " such that " in text or not re.search(verb, text), text


# Facts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coll a b c d", "A, B, C and D lie on a line"),
        ("para a b c d", "AB is parallel to CD"),
        ("para a b a c", "A, B and C lie on a line"),
        ("cong a b c d", "AB = CD"),
        ("eqangle a b b c d e e f", "angle ABC = angle DEF"),
        ("eqangle a b a d a d a c", "angle BAD = angle DAC"),
        ("eqangle a b c d e f g h", "angle (AB, CD) = angle (EF, GH)"),
        ("eqangle a b c d a b e f", "angle (AB, CD) = angle (AB, EF)"),
        ("eqratio a b c d e f g h", "AB : CD = EF : GH"),
        ("eqratio a b c d c d e f", "CD² = AB · EF"),
        ("eqratio a b c d c d a b", "AB : CD = CD : AB"),
        ("rconst a b c d 1 2", "CD = 2 AB"),
        ("rconst a b c d 2 3", "2 CD = 3 AB"),
        ("aconst a b a c 1 6", "angle BAC = 30°"),
        ("aconst a b a c 1 8", "angle BAC = 22.5°"),
        ("central o a b c", "angle AOB = 2 angle ACB"),
        ("sqconst a b c d 2 1", "AB² = 2 CD²"),
        ("sines a b c", "AB : BC = sin BCA : sin CAB"),
        ("eqsine a b b c d e e f", "sin ABC = sin DEF"),
        ("eqsine a b c d e f g h", "sin (AB, CD) = sin (EF, GH)"),
        ("product a b c x y z", "BX · CY · AZ = XC · YA · ZB"),
        ("simtri2 a b c x y z", "triangles ABC and XYZ are oppositely similar"),
        ("contri a b c x y z", "triangles ABC and XYZ are congruent"),
        ("circle o a b c", "O is the centre of the circle through A, B and C"),
        ("midp m a b", "M is the midpoint of AB"),
        ("ncoll a b c", "A, B and C do not lie on a line"),
        ("sameorder a b c x y z", "B lies between A and C exactly if Y lies between X and Z"),
        ("longer a b c d", "AB is longer than CD"),
    ],
)
def test_a_fact_as_a_clause(text: str, said: str) -> None:
    assert claim(fact(text), POINTS) == said


@pytest.mark.parametrize("name", PREDICATES)
def test_every_predicate_is_said(name: str) -> None:
    predicate = PREDICATES[name]
    letters = [f"p{i}" for i in range(predicate.points)] + ["1", "3"][: predicate.numbers]
    assert not re.search("[{}]|p[0-9]", claim(Fact(name, tuple(letters)), plain(letters)))


def test_points_that_differ_by_case_only_keep_it() -> None:
    assert claim(fact("cong a A b c"), plain(["a", "A", "b", "c"])) == "Aa = bc"


NAME = "[A-Z][0-9]*"
ANGLE = f"(?:(?:[0-9] )?angle {NAME}{NAME}{NAME}|[0-9.]+°)"
LENGTHS = f"(?:[0-9] )?{NAME}{NAME}²?(?: [·:] {NAME}{NAME}²?)*"


SIDE = f"{ANGLE}|{LENGTHS}"


def measured(text: str, points: dict[str, complex]) -> complex:
    """An angle modulo half a turn, as a point of the unit circle at twice the angle; or a product of lengths."""
    if text.endswith("°"):
        return cmath.exp(2j * math.radians(float(text[:-1])))
    times, at = int(text[0]) if text[0].isdigit() else 1, [points[name] for name in re.findall(NAME, text)]
    if "angle" in text:
        turn = (at[2] - at[1]) / (at[0] - at[1])
        return (turn / abs(turn)) ** (2 * times)
    sides = [abs(a - b) for a, b in zip(at[::2], at[1::2], strict=True)]
    if ":" in text:
        return complex(sides[0] / sides[1])
    return complex(times * math.prod(sides) * (sides[0] if "²" in text else 1))


@pytest.mark.parametrize(
    "text",
    [
        "a b c = triangle; i = incenter i a b c; d = angle_bisector d a c b, on_line d a b",
        "a b c = iso_triangle; d = reflect d a b c; e = on_bline e b d; f = eqdistance f a d e",
        "a b c = ieq_triangle; d e = trisegment d e b c; f = on_aline f a b c d a",
        "a b c = risos; d = eq_triangle d b c; e = s_angle a b e 40; f = on_aline2 f a b c d e",
        "a b c = triangle12; x y = trisect x y a b c; z = angle_mirror z a b c, on_line z a c",
    ],
)
def test_what_is_said_of_a_drawing_is_true_in_it(text: str) -> None:
    problem = Problem.parse(text)
    points = {name.upper(): complex(z) for name, z in draw(problem).points.items()}
    said = [claim(fact, plain(problem.points)) for fact in problem.premises]
    equations = [one for one in said if re.fullmatch(f"{ANGLE} = {ANGLE}|{LENGTHS} = {LENGTHS}", one)]
    assert len(equations) >= 2
    for equation in equations:
        left, right = (measured(side, points) for side in equation.split(" = "))
        assert cmath.isclose(left, right, rel_tol=1e-8), equation


# Steps


def test_a_chord_seen_from_two_points() -> None:
    step = algebra(
        "eqangle a c b c a d b d",
        "direction",
        term("1", "1 ac, -1 a@0, -1 c@0", "0", 0),
        term("-1", "1 bc, -1 b@0, -1 c@0", "0", 0),
        term("-1", "1 ad, -1 a@0, -1 d@0", "0", 0),
        term("1", "1 bd, -1 b@0, -1 d@0", "0", 0),
    )
    assert told(["cyclic a b c d e f"], step) == ("Since A, B, C and D lie on a circle (1), angle CAD = angle CBD.")


def test_the_angle_at_the_centre() -> None:
    step = algebra(
        "central e a b c",
        "direction",
        term("1", "1 ae, -2 a@0", "1/2", 0),
        term("-1", "1 be, -2 b@0", "1/2", 0),
        term("-2", "1 ac, -1 a@0, -1 c@0", "0", 0),
        term("2", "1 bc, -1 b@0, -1 c@0", "0", 0),
    )
    assert told(["circle e a b c"], step) == (
        "Since E is the centre of the circle through A, B and C (1), angle AEB = 2 angle ACB."
    )


def test_equal_lengths() -> None:
    step = algebra("cong a b d e", "log", term("1", "1 ab, -1 ac", "1", 0), term("1", "1 ac, -1 de", "1", 1))
    assert told(["cong a b a c", "cong a c d e"], step) == "Since AB = AC (1) and AC = DE (2), AB = DE."


def test_two_perpendiculars_to_one_line() -> None:
    terms = (term("1", "1 ab, -1 ef", "1/2", 0), term("-1", "1 cd, -1 ef", "1/2", 1))
    step = algebra("para a b c d", "direction", *terms)
    assert told(["perp a b e f", "perp c d e f"], step) == (
        "AB is parallel to CD, because both are perpendicular to EF (1, 2)."
    )


def test_a_chain_of_equal_angles() -> None:
    premises = ["eqangle a b a c d b d c", "coll a b e", "eqangle d b d c f g f h"]
    step = algebra(
        "eqangle a e a c f g f h",
        "direction",
        term("1", "1 ab, -1 ac, -1 bd, 1 cd", "0", 0),
        term("-1", "1 ab, -1 ae", "0", 1),
        term("1", "1 bd, -1 cd, -1 fg, 1 fh", "0", 2),
    )
    assert told(premises, step) == (
        "Since angle BAC = angle BDC (1), A, B and E lie on a line (2) and angle BDC = angle GFH (3), "
        "angle CAE = angle CDB = angle HFG."
    )


def test_a_sum_with_coefficients() -> None:
    premises = ["eqangle a b b c c b c a", "eqangle a d b d b d c d", "perp a c e f"]
    step = algebra(
        "eqangle a b e f b d a c",
        "direction",
        term("1/2", "1 ab, 1 ac, -2 bc", "0", 0),
        term("2", "1 ad, 1 cd, -2 bd", "0", 1),
        term("1", "1 ac, -1 ef", "1/2", 2),
        divisor=2,
    )
    assert told(premises, step) == (
        "Adding half of angle ABC = angle BCA (1), "
        "twice angle ADB = angle BDC (2) and angle (AC, EF) = 90° (3), angle ABD = angle (EF, AC)."
    )


def test_a_long_sum_gathers_equal_coefficients() -> None:
    bases = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "g")]
    premises = [f"eqangle h {x} {x} {y} {x} {y} {y} h" for x, y in bases]
    weights = ["1/2"] * 4 + ["1"] * 2
    terms = [term(weights[i], f"1 {x}h, -2 {x}{y}, 1 {y}h", "0", i) for i, (x, y) in enumerate(bases)]
    step = algebra("para a b c d", "direction", *terms, divisor=2)
    assert told(premises, step) == (
        "Adding the equalities of (5, 6) and half of those of (1, 2, 3, 4), AB is parallel to CD."
    )


def test_sums_of_lengths_and_squares() -> None:
    line = algebra(
        "cong a c b d", "length", term("1", "1 ac, -1 ab, -1 bc", "0", 0), term("-1", "1 bd, -1 bc, -1 cd", "0", 1)
    )
    premises = ["coll a b c", "coll b c d"]
    assert told(premises, line) == "Since A, B and C lie on a line (1) and B, C and D lie on a line (2), AC = BD."
    assert [one.scale for one in relations(line.by)] == [1, 1] if isinstance(line.by, Algebra) else False


def test_a_rule_in_the_words_of_its_theorem() -> None:
    step = Step(fact("eqangle o a a b a b o b"), Rule("isosceles-angles", ("a", "b", "o")), (0,))
    proof = proof_of("a b = segment; o = on_bline o a b", ["cong o a o b"], step)
    assert sentence(proof, step, POINTS) == (
        "Since AO = BO (1), angle BAO = angle OBA: the base angles of an isosceles triangle are equal."
    )


def test_similar_triangles() -> None:
    premises = ["eqangle a b b d a c c e", "eqangle a d b d a e c e"]
    step = Step(fact("simtri a b d a c e"), Rule("similar-aa", tuple("abdace")), (0, 1))
    assert told(premises, step) == "Triangles ABD and ACE are similar, because they have two equal angles (1, 2)."


def test_the_law_of_sines() -> None:
    premises = ["sines b a d", "sines d a c", "eqangle a b a d a d a c", "cong b d c d"]
    step = algebra(
        "cong a b a c",
        "log",
        term("1", "1 ab, -1 bd", "1", 0),
        term("1", "1 cd, -1 ac", "1", 1),
        term("1", "1 ab, -1 ab", "1", 2),
        term("1", "1 bd, -1 cd", "1", 3),
    )
    assert told(premises, step) == (
        "By the law of sines in triangles ABD and ACD (1, 2), "
        "and since angle BAD = angle DAC (3) and BD = CD (4), AB = AC."
    )
    law = Step(fact("sines a b c"), Rule("law-of-sines", ("a", "b", "c")), ())
    assert told([], law) == "By the law of sines in triangle ABC, AB : BC = sin BCA : sin CAB."


def test_the_law_of_sines_is_told_once_for_each_triangle() -> None:
    laws = [
        Step(fact(text), Rule("law-of-sines", tuple(text.split()[1:])), ()) for text in ("sines a b c", "sines b c a")
    ]
    proof = proof_of("a b c d = quadrangle", [], laws[0], Step(fact("sines a b d"), laws[0].by, ()), laws[1])
    assert list(steps(proof, POINTS)) == [
        ("(1, 3)", "By the law of sines in triangle ABC, AB : BC : CA = sin BCA : sin CAB : sin ABC."),
        ("(2)", "By the law of sines in triangle ABD, AB : BD = sin BDA : sin DAB."),
    ]


def test_parallels_are_no_summands() -> None:
    premises = ["eqangle a b b c c b c a", "perp a d e f", "perp b d e g", "para c d e h"]
    rows = [
        ("1", "1 ab, 1 ac, -2 bc", "0"),
        ("2", "1 ad, -1 ef", "1/2"),
        ("1", "1 bd, -1 eg", "1/2"),
        ("1", "1 cd, -1 eh", "0"),
    ]
    step = algebra("para a b e h", "direction", *(term(*row, i) for i, row in enumerate(rows)))
    assert told(premises, step) == (
        "Adding angle ABC = angle BCA (1), twice angle (AD, EF) = 90° (2) and angle (BD, EG) = 90° (3), "
        "along the parallels of (4), AB is parallel to EH."
    )


def test_one_constant_is_no_negative_power() -> None:
    found = relations(Algebra("log", (term("-1", "1 ab", "2", 0),)))
    assert [(one.scale, one.constant) for one in found] == [(Fraction(1), Fraction(1, 2))]


def test_every_rule_has_its_words() -> None:
    assert set(CITED) == set(RULES)


@pytest.mark.parametrize("id", RULES)
def test_every_rule_is_a_theorem_by_name_or_a_sentence(id: str) -> None:
    because = RULES[id].because
    if CITED[id] == "by":
        assert re.match(r"the (converse of |definition of |law of |angle bisector theorem)|[A-Z]\w+'s theorem", because)
    elif CITED[id] == "because":
        verb = r" (is|are|lies|lie|stand|see|have|has|divide|divided|meets|equal|do)\b"
        assert re.search(verb, because)


@pytest.mark.parametrize("id", RULES)
def test_every_rule_is_told_within_a_line_and_a_half(id: str) -> None:
    rule = RULES[id]
    letters = rule.letters or ("a", "b", "c", "d")
    needs, conclusion, _ = rule.parts
    premises = [
        Fact("cyclic" if name.startswith("*") else name, tuple(dict.fromkeys(args)) if name == "*on" else args)
        for name, args in needs
    ]
    step = Step(Fact(*conclusion), Rule(id, tuple(letters)), tuple(range(len(premises))))
    clauses = tuple(Clause((point,), (Construction("free", (point,)),)) for point in letters)
    text = sentence(Proof(Problem(clauses), tuple(premises), (step,)), step, plain(letters))
    assert len(text) <= ROOM + 1
    assert re.fullmatch(r"[A-Z][^{}]*\.", text)
    assert all(str(i + 1) in text for i in step.needs)


@pytest.mark.parametrize("index", proofs.PROVED)
def test_every_equation_of_a_proof_is_true_in_its_drawing(index: int) -> None:
    points = {name.upper(): complex(z) for name, z in proofs.tried(index).diagrams[0].points.items()}
    for found in re.finditer(f"(?:{SIDE})(?: [=+] (?:{SIDE}))+", prose(proofs.proof(index))):
        if "+" not in found[0]:
            first, *others = (measured(side, points) for side in found[0].split(" = "))
            assert all(cmath.isclose(first, one, rel_tol=1e-6) for one in others), found[0]


# Proofs


def with_auxiliary_midpoint() -> Proof:
    return proof_of(
        "a b c = iso_triangle; m = midpoint m b c ? eqangle a b b c b c a c",
        ["cong a b a c", "midp m b c"],
        algebra("cong b m c m", "log", term("1", "1 bm, -1 cm", "1", 1)),
        Step(fact("simtri2 a b m a c m"), Rule("similar-sss-mirror", tuple("abmacm")), (0, 2), (fact("ncoll a b m"),)),
        Step(
            fact("eqangle a b b c b c a c"),
            Algebra(
                "direction",
                (
                    term("1", "1 bc, -1 bm", "0", 1),
                    term("1", "1 bc, -1 cm", "0", 1),
                    term("1", "1 ab, 1 ac, -1 bm, -1 cm", "0", 3),
                ),
            ),
            (1, 3),
        ),
    )


def test_a_whole_proof() -> None:
    assert prose(with_auxiliary_midpoint()).splitlines() == [
        "Construct M, the midpoint of BC.",
        "Angles are directed, modulo 180°.",
        "Given: AB = AC (1); M is the midpoint of BC (2).",
        "(3) Since M is the midpoint of BC (2), BM = CM.",
        "(4) Triangles ABM and ACM are oppositely similar, because they have proportional sides (1, 3).",
        "(5) Since M is the midpoint of BC (2) and triangles ABM and ACM are oppositely similar (4), "
        "angle ABC = angle BCA.",
        "In the figure, triangle ABM is not degenerate.",
    ]


def test_a_goal_of_fewer_points_ends_the_proof() -> None:
    proof = proof_of("a b c d = quadrangle; e = on_circum e a b c ? cyclic a b c e", ["cyclic a b c d e"])
    assert prose(proof).splitlines()[-1] == "So A, B, C and E lie on a circle, as was to be shown."


def test_what_the_figure_decides() -> None:
    chosen = fact("para a b c d")
    step = Step(
        chosen, Algebra("direction", (term("1/2", "2 ab, -2 cd", "0", 0),), 2), (0,), (chosen, fact("diff a b"))
    )
    lines = prose(proof_of("a b c d = quadrangle ? para a b c d", ["cong a b c d"], step)).splitlines()
    assert lines[-2:] == [
        "In the figure, A and B are different.",
        "Where several figures meet the needs of a step, the one that is drawn decides: (2).",
    ]
