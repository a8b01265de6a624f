"""Figures: well-formed, scalable, legible in both colour schemes, and labels that keep clear of each other."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.symbolic.constructions import CONSTRUCTIONS
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.faces.figure import DARK, DOT, LIGHT, WIDTH, Sketch, sketch, svg
from porism.symbolic.faces.marks import SIDE
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.proof import Proof, Rule, Step

SVG = "{http://www.w3.org/2000/svg}"
NINE = (
    "a b c = triangle; d = foot d a b c; e = foot e b c a; f = foot f c a b; h = orthocenter h a b c; "
    "k = midpoint k b c; l = midpoint l c a; m = midpoint m a b; p = midpoint p a h; q = midpoint q b h; "
    "r = midpoint r c h; o = circle o d e f; w = circumcenter w a b c ? cyclic d e f k l m p q r"
)


def problem(text: str) -> Problem:
    return Problem.parse(text)


def drawn(text: str, index: int = 0) -> Sketch:
    return sketch(problem(text), draw(problem(text), index=index))


def with_auxiliary() -> Proof:
    text = "a b c = iso_triangle; m = midpoint m b c ? eqangle a b b c b c a c"
    step = Step(Fact.parse("simtri2 a b m a c m"), Rule("similar-sss-mirror", tuple("abmacm")), (0, 1))
    return Proof(problem(text), (Fact.parse("cong a b a c"), Fact.parse("midp m b c")), (step,))


def free(points: dict[str, complex]) -> tuple[Problem, Diagram]:
    clauses = tuple(Clause((name,), (Construction("free", (name,)),)) for name in points)
    return Problem(clauses), Diagram(points)


def clear(figure: Sketch) -> None:
    for one, other in combinations(figure.labels, 2):
        assert not one.overlaps(other), (one, other)
    for box in figure.labels:
        for name, z in figure.points.items():
            assert box.distance(z) > DOT, (box, name)


# Labels


@pytest.mark.parametrize("index", range(3))
def test_labels_of_a_crowded_figure_keep_clear(index: int) -> None:
    clear(drawn(NINE, index))


@given(st.integers(0, 10**6), st.integers(2, 28), st.sampled_from([1.0, 0.3, 0.12]))
@settings(max_examples=25, deadline=None)
def test_labels_of_any_cloud_keep_clear(seed: int, count: int, spread: float) -> None:
    rng = Random(seed)
    near = [complex(rng.gauss(0, spread), rng.gauss(0, spread)) for _ in range(count)]
    points = {f"p{i}": z for i, z in enumerate([*near, -1.5 + 0j, 1.5 + 0j])}
    if min(abs(a - b) for a, b in combinations(points.values(), 2)) > 0.02:
        clear(sketch(*free(points)))


def test_labels_stay_on_the_page() -> None:
    figure = drawn(NINE)
    for box in figure.labels:
        assert box.width / 2 < box.centre.real < WIDTH - box.width / 2
        assert box.height / 2 < box.centre.imag < figure.height - box.height / 2


def test_coinciding_points_share_a_label() -> None:
    figure = sketch(*free({"a": 0j, "b": 1 + 0j, "c": 1 + 0j}))
    assert [box.points for box in figure.labels] == [("a",), ("b", "c")]


def test_one_point_is_a_figure() -> None:
    assert len(sketch(*free({"a": 3 + 4j})).labels) == 1


# What is drawn


def test_a_line_is_drawn_once() -> None:
    figure = drawn("a b c = triangle; d = on_line d b c; e = on_line e b d; f = midpoint f b c")
    assert len(figure.segments) == 3


def test_goals_are_emphasised() -> None:
    figure = drawn("a b c = triangle; h = orthocenter h a b c ? perp a h b c")
    assert sum(one.kind == "goal" for one in figure.segments) == 2
    assert sum(mark.kind == "goal" for mark in figure.marks) <= 1
    assert [one.kind for one in drawn(NINE).circles] == ["goal", "circle"]


def test_circles_are_drawn_once_and_radii_get_no_ticks() -> None:
    figure = drawn("o a = segment; b = on_circle b o a; c = on_circle c o a ? cong a b b c")
    assert len(figure.circles) == 1
    assert abs(figure.circles[0].radius - abs(figure.points["o"] - figure.points["a"])) < 1e-9
    assert {mark.kind for mark in figure.marks} == {"goal"}


@pytest.mark.parametrize("seed", range(20))
def test_a_circle_passes_through_its_points(seed: int) -> None:
    rng = Random(seed)
    text = "a b c = triangle; d = on_circum d a b c ? cyclic a b c d"
    figure = drawn(text, rng.randrange(100))
    (circle,) = figure.circles
    for name in "abcd":
        assert math.isclose(abs(figure.points[name] - circle.centre), circle.radius, rel_tol=1e-6)


def test_equal_segments_angles_and_right_angles_are_marked() -> None:
    ticks = drawn("a b c = iso_triangle").marks
    assert len(ticks) == 4  # two ticks and two arcs
    assert [mark.apex is None for mark in ticks] == [True, True, False, False]
    assert len(drawn("a b c = r_triangle").marks) == 1
    assert len(drawn("a b c = triangle; i = incenter i a b c").marks) == 2 * (1 + 2 + 3)


def test_at_most_a_few_classes_are_marked() -> None:
    clauses = "; ".join(f"m{i} = midpoint m{i} {a} {b}" for i, (a, b) in enumerate(combinations("abcde", 2)))
    figure = drawn(f"a b c d e = pentagon; {clauses}")
    assert len(figure.marks) == 2 * (1 + 2 + 3)


def test_auxiliary_points_and_lines_are_apart() -> None:
    proof = with_auxiliary()
    assert proof.auxiliary == ("m",)
    figure = sketch(proof, draw(proof.problem))
    assert figure.auxiliary == {"m"}
    assert {one.kind for one in figure.segments} == {"ink", "goal"}  # m's line is a side of the triangle
    text = "a b c = iso_triangle; m = foot m a b c ? cong a b a c"
    proof = Proof(problem(text), (Fact.parse("perp a m b c"),), ())
    assert [one.kind for one in sketch(proof, draw(proof.problem)).segments].count("aux") == 1
    assert LIGHT["aux"] in svg(proof, draw(proof.problem))


def test_a_proof_shows_no_point_that_it_does_not_need() -> None:
    text = "a b c = iso_triangle; x = on_line x b c ? cong a b a c"
    proof = Proof(problem(text), (Fact.parse("cong a b a c"),), ())
    assert set(sketch(proof, draw(proof.problem)).points) == {"a", "b", "c"}


@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_every_construction_can_be_drawn(name: str) -> None:
    definition = CONSTRUCTIONS[name]
    last = len(definition.letters) - definition.numbers
    args = (*definition.letters[:last], *["30"] * definition.numbers)
    rng = Random(name)
    points = {arg: complex(rng.gauss(0, 1), rng.gauss(0, 1)) for arg in args[:last]}
    given = [args[i] for i in definition.inputs if i < last]
    clauses = [Clause((point,), (Construction("free", (point,)),)) for point in given]
    clauses.append(Clause(tuple(args[i] for i in definition.outputs), (Construction(name, args),)))
    ET.fromstring(svg(Problem(tuple(clauses)), Diagram(points)))


def test_arcs_keep_clear_of_the_square_at_their_vertex() -> None:
    figure = drawn("a b c = r_triangle; d = angle_bisector d b a c, on_line d b c")
    arcs = [mark for mark in figure.marks if mark.apex is not None]
    assert len(arcs) == 2
    for mark in arcs:
        assert min(abs(z - figure.points["a"]) for z in mark.corners) > SIDE * math.sqrt(2)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_goal_of_any_predicate_can_be_drawn(name: str) -> None:
    predicate = PREDICATES[name]
    rng = Random(name)
    letters = tuple("abcdefgh"[: predicate.points])
    text, diagram = free({letter: complex(rng.gauss(0, 1), rng.gauss(0, 1)) for letter in letters})
    goal = Fact(name, (*letters, *["1", "3"][: predicate.numbers]))
    figure = ET.fromstring(svg(replace(text, goals=(goal,)), diagram))
    assert len(list(figure.iter(f"{SVG}text"))) == len(letters)


# The document


def test_it_is_standalone_scalable_and_described() -> None:
    text = svg(problem(NINE), draw(problem(NINE)))
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox", "").split()[2:] == [root.get("width"), root.get("height")]
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Figure: D, E, F, K, L, M, P, Q and R lie on a circle"
    assert (description.text or "").startswith("Let ABC be a triangle.")
    assert not re.search(r"href|url\(|@import|<script|<image", text)
    assert not re.search(r"nan|inf\b", text)
    assert "prefers-color-scheme:dark" in text
    assert "currentColor" in text


def test_the_same_problem_gives_the_same_bytes() -> None:
    assert svg(problem(NINE), draw(problem(NINE))) == svg(problem(NINE), draw(problem(NINE)))


def test_subscripts_are_lowered() -> None:
    text = svg(*free({"o1": 0j, "i_b": 1 + 0j, "p'": 1j}))
    labels = ["".join(label.itertext()).strip("\u200b") for label in ET.fromstring(text).iter(f"{SVG}text")]
    assert labels == ["O1", "IB", "P'"]


def test_hostile_names_are_text() -> None:
    hostile = replace(problem("a b c = triangle ? cong a b a c"), name="</title><script>alert(1)</script>\x00\ud800")
    root = ET.fromstring(svg(hostile, draw(problem("a b c = triangle"))))
    assert not list(root.iter(f"{SVG}script"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["ink", "circle", "mark", "goal", "aux"])
def test_contrast_is_that_of_text(colours: dict[str, str], kind: str) -> None:
    one, other = sorted([luminance(colours["paper"]), luminance(colours[kind])])
    assert (other + 0.05) / (one + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_points_that_are_missing_or_infinite() -> None:
    text = problem("a b c = triangle")
    with pytest.raises(InputError, match=r"^the diagram has no point 'c'; it has a, b$"):
        svg(text, Diagram({"a": 0j, "b": 1 + 0j}))
    with pytest.raises(InputError, match=r"^point 'c' has no finite coordinates$"):
        svg(text, Diagram({"a": 0j, "b": 1 + 0j, "c": complex(math.nan, 0)}))
