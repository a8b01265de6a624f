"""Theorems: a figure whose parts light up with the steps that speak of them, the proof in English, and as a graph.

Everything is read from the row: the drawing is the one that it holds. Only a rejected row, which holds a problem and
no more, is drawn anew.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from porism.outputs.view.shown import Row
from porism.pipelines.drawings.layers import layers
from porism.pipelines.drawings.page import Section, render, text
from porism.symbolic.diagram import draw
from porism.symbolic.faces import english
from porism.symbolic.faces.circles import circle_of
from porism.symbolic.faces.figure import sketch
from porism.symbolic.faces.graph import graph as graph_of
from porism.symbolic.faces.lines import sides
from porism.symbolic.faces.shapes import DOT, WIDTH, Sketch
from porism.symbolic.faces.statement import construct, statement
from porism.symbolic.faces.style import FONT
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof
from porism.symbolic.synthesis.row import diagram_of, proof_within

LARGEST = 400.0  # radius beyond which a circle is not lit: it would be a line on the page
LETTERS = 6_000  # of a problem that is drawn anew
POINTS = 40


@dataclass(frozen=True, slots=True)
class Light:
    """What a fact speaks of, on the page: ends of segments, circles as (centre, radius), points."""

    number: int
    segments: tuple[tuple[complex, complex], ...]
    circles: tuple[tuple[complex, float], ...]
    points: tuple[complex, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of a proof: its number as English has it, from 1, what it needs by these numbers, and how it is told."""

    number: int
    needs: tuple[int, ...]
    words: str


def theorem(row: Row) -> Section | None:
    """Figure, statement, premises and steps."""
    if not row.get("steps") or not row.get("points"):
        return None
    proof = proof_within(row)
    drawn = sketch(proof, diagram_of(row))
    notation = english.for_problem(english.plain(proof.problem.points), proof.problem)
    additions = proof.problem.clauses[
        len(Problem.parse(row["problem"]).clauses) :
    ]  # some only lead to what it speaks of
    added = {point for clause in additions for point in clause.points}
    html = render(
        "theorem.html",
        **_figure(drawn, proof.problem, added),
        lights=[_light(i, fact, drawn) for i, fact in enumerate(proof.facts, 1)],
        statement=text(row, "statement"),
        built=[construct(clause, notation) for clause in additions],
        premises=[Told(i, (), english.claim(fact, notation)) for i, fact in enumerate(proof.premises, 1)],
        steps=list(_steps(proof, notation)),
        closing=english.closing(proof, notation),
    )
    return "Theorem", html


def _steps(proof: Proof, notation: english.Notation) -> Iterator[Told]:
    for i, step in proof.numbered():
        yield Told(i + 1, tuple(need + 1 for need in step.needs), english.sentence(proof, step, notation))


def _figure(drawn: Sketch, problem: Problem, added: Collection[str] = ()) -> dict[str, object]:
    """What the figure's template needs; points that were ``added`` are auxiliary."""
    names = english.names_of(problem.points)
    goals = {point for goal in problem.goals for point in goal.points}
    kinds = {p: "aux" if p in added else "goal" if p in goals else "ink" for p in drawn.points}
    return {
        "drawn": drawn,
        "kinds": kinds,
        "added": bool(added),
        "names": {point: english.name_parts(name) for point, name in names.items()},
        "described": statement(problem, frozenset(added)),
        "width": WIDTH,
        "dot": DOT,
        "font": FONT,
    }


def _light(number: int, fact: Fact, drawn: Sketch) -> Light:
    points = {name: drawn.points[name] for name in fact.points if name in drawn.points}
    whole = len(points) == len(set(fact.points))
    ends = [(points[a], points[b]) for a, b in sides(fact)] if whole else []
    circle = circle_of(fact, points) if whole else None
    return Light(number, tuple(ends), (circle,) if circle and circle[1] <= LARGEST else (), tuple(points.values()))


def graph(row: Row) -> Section | None:
    """The proof as a graph, from premises down to the goal; each node leads to its step."""
    if not row.get("steps"):
        return None
    proof = proof_within(row)
    found = graph_of(proof)
    needs = [sorted(found.predecessors(i)) for i in range(len(found))]
    notation = english.for_problem(english.plain(proof.problem.points), proof.problem)
    kinds = [str(found.nodes[i]["kind"]) for i in range(len(found))]
    claims = [english.claim(fact, notation) for fact in proof.facts]
    return "Proof as a graph", render("graph.html", graph=layers(needs), kinds=kinds, claims=claims)


def rejected(row: Row) -> Section | None:
    """The problem of a row that came to no proof: its text, and its figure where one can be drawn."""
    if row.get("steps") or not (written := text(row, "problem")):
        return None
    goal = text(row, "goal")
    figure = None
    if len(written) + len(goal) <= LETTERS:
        figure = _drawn_anew(written if "?" in written or not goal else f"{written} ? {goal}")
    return "Problem", render("problem.html", problem=written, goal=goal, figure=figure)


def _drawn_anew(written: str) -> dict[str, object] | None:
    try:
        problem = Problem.parse(written)
        if len(problem.points) > POINTS:
            return None
        found = _figure(sketch(problem, draw(problem)), problem)
    except (ValueError, ArithmeticError, RuntimeError):
        return None
    return found | {"lights": [], "statement": statement(problem, frozenset())}
