"""Work with tools: the conversation beside its search tree, the plan, and single steps with their rates."""

from markupsafe import Markup

from porism.outputs.view.shown import Row
from porism.pipelines.drawings.page import Section, figure, number, render, structs, text
from porism.pipelines.drawings.talk import turns
from porism.search.drawing.pictures import svg
from porism.search.drawing.pictures import text as as_lines
from porism.search.drawing.stored import Stored, from_json
from porism.search.nodes import Node

DRAWN = 120  # nodes of a picture
LONGEST = 400_000  # characters of a tree that is read
WORDS = {"expansions": "places asked", "tool_runs": "tool runs", "nodes": "nodes"}


def trajectory(row: Row) -> Section | None:
    """The conversation, and beside it the tree that it was found in."""
    stored = row.get("tree")
    if not isinstance(stored, str) or len(stored) > LONGEST:
        return None
    tree = from_json(stored)
    spent = row.get("spent") if isinstance(row.get("spent"), dict) else {}
    budget = [
        (WORDS.get(name, name), None if amount is None else figure(amount), tree.budget.get(name))
        for name, amount in ((str(name), number(value)) for name, value in (spent or {}).items())
    ]
    budget += [(name, None, limit) for name, limit in tree.budget.items() if name not in (spent or {})]
    faults = [(text(one, "reason"), number(one.get("count"))) for one in structs(row.get("faults"))]
    html = render(
        "trajectory.html",
        turns=turns(row.get("messages")),
        picture=picture(tree),
        lines=as_lines(tree.outcome, label=_said, most=DRAWN),
        tree=tree,
        budget=budget,
        faults=[(reason, int(count)) for reason, count in faults if count is not None],
    )
    return "Conversation and search", html


def picture(tree: Stored) -> Markup:
    """The tree as a part of a page; its labels are escaped where it is drawn."""
    return Markup(svg(tree.outcome, label=_said, most=DRAWN, styled=False))


def _said(node: Node[object, object]) -> str:
    return "start" if node.parent is None else str(node.action)


def plan(row: Row) -> Section | None:
    """The calls that reach the goal, in order."""
    calls = [(text(one, "name"), text(one, "arguments")) for one in structs(row.get("plan"))]
    return ("Plan", render("plan.html", calls=calls)) if calls else None


def step(row: Row) -> Section | None:
    """A call, and what became of it."""
    completion, rate = turns(row.get("completion")), number(row.get("rate"))
    if not completion or rate is None:
        return None
    counts = [(name, number(row.get(name))) for name in ("successes", "failures", "open")]
    html = render(
        "step.html",
        prompt=turns(row.get("prompt")),
        completion=completion,
        good=row.get("label") is True,
        rate=figure(rate),
        value=min(max(rate, 0.0), 1.0),
        error=text(row, "error"),
        counts=[(name, int(count)) for name, count in counts if count is not None],
    )
    return "Step", html
