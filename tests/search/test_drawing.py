"""Pictures of trees: every node is drawn or counted, hostile labels stay text, and the layout is tidy."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.search import Node, Outcome, Price, Proposal, astar, search
from porism.search.drawing.marks import Mark, action_of, cut, marked
from porism.search.drawing.pictures import summary, svg, text
from porism.search.drawing.tidy import tidy
from porism.search.proposals import Proposed

SVG = "{http://www.w3.org/2000/svg}"


class Words:
    """States are words; an action is a letter, and "x" fails. Solved at ``goal``."""

    def __init__(self, goal: str) -> None:
        self.goal = goal

    def initial(self) -> str:
        return ""

    def step(self, state: str, action: str) -> tuple[str, float]:
        return state + action, inf if action == "x" else 1

    def solved(self, state: str) -> bool:
        return state == self.goal


class TwiceAtTheRoot:
    """Asks once more at the root, and estimates how many letters are missing."""

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        return [Price(0, 2 - node.depth) for _ in proposals]

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        return 0.5 if not node.depth and not node.attempt else None


def solved() -> Outcome[str, str]:
    """The root, asked twice, has "a" and a failed "x", and then "b"; "ba" is the goal."""
    replies = iter([["a", "x"], ["b"], ["a"]])
    return search(
        Words("ba"), lambda state: next(replies), astar(lambda s: 4 if s == "a" else 2), cost=TwiceAtTheRoot()
    )


def made(shape: list[int], labels: list[str], best: int, dead: set[int], expanded: bool = True) -> Outcome[int, str]:
    """The tree in which node i + 1 hangs below node ``shape[i]``, modulo the number of nodes before it."""
    nodes: list[Node[int, str]] = [Node(0)]
    for i, parent in enumerate(shape, 1):
        above = nodes[parent % i]
        nodes.append(Node(i, above, labels[i % len(labels)], inf if i in dead else above.cost + 1, above.depth + 1))
    inner = {id(node.parent) for node in nodes}
    return Outcome(
        tuple(nodes), tuple(n for n in nodes if id(n) in inner and expanded), nodes[best % len(nodes)], "exhausted"
    )


shapes = st.lists(st.integers(0, 10**6), max_size=60)
trees = st.builds(
    made, shapes, st.lists(st.text(max_size=60), min_size=1, max_size=5), st.integers(0, 100),
    st.sets(st.integers(1, 60)), st.booleans(),
)  # fmt: skip


def test_a_tree_as_text() -> None:
    assert text(solved()) == "\n".join(
        [
            "solved: 6 nodes, 3 expanded, cost 2.5 at depth 2",
            "*  start  g 0 #1",
            "├─ a  g 1 h 2",
            "├─ x  x  pruned",
            "└─ ~*  start  g 0.5 h 2 #2 attempt 2",
            "   *  b  g 1.5 h 2 #3",
            "   *  a  solved g 2.5 h 1",
        ]
    )


def test_the_budget_that_ran_out_is_named() -> None:
    outcome = search(Words("no"), lambda state: ["a"], astar(lambda s: 0), budget=2)
    assert summary(outcome) == "budget of expansions spent: 3 nodes, 2 expanded, cost 2 at depth 2"


def counted(marks: list[Mark]) -> int:
    """Nodes drawn, and nodes that the elisions count."""
    hidden = (re.match(r"\.\.\. (\d+) more", mark.label) for mark in marks if mark.kind == "elided")
    return sum(mark.kind != "elided" for mark in marks) + sum(int(found[1]) for found in hidden if found)


@settings(deadline=None)
@given(trees, st.integers(1, 70))
def test_every_node_is_drawn_or_counted(outcome: Outcome[int, str], most: int) -> None:
    marks = marked(outcome, action_of, most, 20)
    assert counted(marks) == len(outcome.nodes)
    assert sum(mark.kind != "elided" for mark in marks) == min(most, len(outcome.nodes))
    below = [child for mark in marks for child in mark.children]
    assert sorted(below) == list(range(1, len(marks)))  # one tree, each mark once
    lines = text(outcome, most=most).split("\n")
    assert len(lines) == 1 + len(marks)
    root = ET.fromstring(svg(outcome, most=most))
    assert len(root.findall(SVG + "svg")) == len(marks)
    assert len([path for path in root.findall(SVG + "path") if "edge" in path.attrib["class"]]) == len(marks) - 1


@given(trees)
def test_the_chosen_path_is_drawn_first(outcome: Outcome[int, str]) -> None:
    path = outcome.best.path()
    kept = marked(outcome, lambda node: str(node.state), len(path), 20)
    assert [mark.label for mark in kept if mark.kind != "elided"] == sorted((str(n.state) for n in path), key=int)
    if len(path) > 1:
        fewer = marked(outcome, lambda node: str(node.state), len(path) - 1, 20)
        assert sum("the best among them" in mark.label for mark in fewer) == 1


HOSTILE = [
    "</text></svg><script>alert(1)</script>",
    '"><image href="http://example.org/"/>',
    "a\nb\r\nc\td",
    "\x1b[2J\x07\x00",
    "\u202eright to left",
    "\ud800 alone",
    "]]>&amp;&#0;<!--",
    "{{7*7}} %s \\",
    "\ufffe\uffff\x85\u2028",
]


@settings(deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(st.characters(exclude_categories=()))))
@pytest.mark.parametrize("place", ["action", "title"])
def test_a_hostile_label_stays_text(place: str, label: str) -> None:
    outcome = made([0], [label], 1, set())
    drawn = svg(outcome, title=label) if place == "title" else svg(outcome)
    root = ET.fromstring(drawn.encode("utf-8"))
    assert {element.tag for element in root.iter()} == {
        SVG + tag for tag in ("svg", "title", "desc", "style", "rect", "text", "path", "g")
    }
    texts = [element.text or "" for element in root.iter(SVG + "text")]
    assert (cut(label, 200) if place == "title" else cut(label, 29)) in texts
    assert text(outcome).count("\n") == 2
    assert all(line.isprintable() for line in text(outcome).split("\n"))


@given(st.text(), st.integers(1, 30))
def test_a_label_is_cut_to_its_columns_and_says_so(label: str, width: int) -> None:
    short = cut(label, width)
    assert short.isprintable()
    assert sum(2 if c in "コピー" else 1 for c in cut("コピー" * 20, width)) <= width
    assert len(short) <= width
    whole = cut(label, 10_000)
    assert short == whole or short.endswith("..."[:width])


def test_kinds_are_told_apart_without_colour() -> None:
    drawn = svg(solved())
    style = ET.fromstring(drawn).findtext(SVG + "style") or ""
    dashes = dict(re.findall(r"\.(\w+) \{[^}]*stroke-dasharray: ([\d. ]+)", style))
    assert len({dashes[kind] for kind in ("open", "pruned", "again", "elided")}) == 4
    assert "prefers-color-scheme: dark" in style
    words = ["solved g 2.5 h 1", "pruned", "g 0.5 h 2 #2 attempt 2", "g 1.5 h 2 #3"]
    root = ET.fromstring(drawn)
    assert set(words) <= {element.text for element in root.iter(SVG + "text")}
    assert [root.attrib[name] for name in ("role", "aria-labelledby")] == ["img", "title desc"]
    assert root.findtext(SVG + "desc") == (
        "solved: 6 nodes, 3 expanded, cost 2.5 at depth 2. Chosen path: start, then b, then a"
    )


@pytest.mark.parametrize(("most", "width"), [(0, 10), (5, 0)])
def test_a_picture_of_nothing_is_refused(most: int, width: int) -> None:
    with pytest.raises(ValueError, match=r"most >= 1 and width >= 1"):
        text(solved(), most=most, width=width)


@given(shapes)
def test_layout_is_tidy(shape: list[int]) -> None:
    """[Reingold1981]: no overlap in order, parents in the middle, and a mirrored tree is drawn mirrored."""
    children: list[list[int]] = [[] for _ in range(len(shape) + 1)]
    for i, parent in enumerate(shape, 1):
        children[parent % i].append(i)
    spots = tidy(children)
    levels: dict[int, list[float]] = {}
    waiting = [0]
    while waiting:
        node = waiting.pop()
        levels.setdefault(spots[node][1], []).append(spots[node][0])
        waiting += reversed(children[node])
    assert all(b - a >= 1 - 1e-9 for level in levels.values() for a, b in pairwise(level))
    for its, (breadth, _) in zip(children, spots, strict=True):
        if its:
            assert breadth == pytest.approx((spots[its[0]][0] + spots[its[-1]][0]) / 2, abs=1e-9)
    widest = max(breadth for breadth, _ in spots)
    mirrored = [(widest - breadth, depth) for breadth, depth in tidy([its[::-1] for its in children])]
    assert [breadth for breadth, _ in mirrored] == pytest.approx([breadth for breadth, _ in spots], abs=1e-6)


def test_subtrees_slide_under_each_other() -> None:
    """A short subtree beside a wide one takes no more room than its own row needs."""
    children = [(1, 2), (3,), (4,), (5, 6, 7), (), (), (), ()]
    spots = tidy(children)
    assert spots[2][0] - spots[1][0] == 1
    assert max(breadth for breadth, _ in spots) == 2


def test_deep_and_wide_trees_are_drawn_without_recursion() -> None:
    deep: Node[int, int] = Node(0)
    nodes = [deep]
    for i in range(1, 5_000):
        nodes.append(Node(i, nodes[-1], i, i, i))
    chain = Outcome(tuple(nodes), tuple(nodes[:-1]), nodes[-1], "budget")
    assert text(chain, most=5_000).count("\n") == 5_000
    assert max(map(len, text(chain, most=5_000).split("\n"))) < 60  # an only child is not indented
    assert "... 4995 more, the best among them" in text(chain, most=5)
    random = Random(0)
    wide = made([random.randrange(3) for _ in range(5_000)], ["a"], 0, set())
    assert svg(wide, most=5_000).count('<svg x="') == 5_001


def test_proposals_may_share_an_action_and_states_need_no_hash() -> None:
    class Lists:
        def initial(self) -> list[int]:
            return []

        def step(self, state: list[int], action: int) -> tuple[list[int], float]:
            return [*state, action], 1

        def solved(self, state: list[int]) -> bool:
            return len(state) == 2

    from porism.search import Chain, Search, drive

    outcome = drive(
        Search(Lists(), Chain()), lambda nodes: [Proposed((Proposal(1, 0.5), Proposal(1, 0.5)))] * len(nodes)
    )
    assert counted(marked(outcome, action_of, 3, 9)) == len(outcome.nodes) == 5
