"""One name for all spellings of a theorem: the canonical form of a graph, hashed.

Two statements are the same when a renaming of points and the symmetries of the predicates turn one into the other. A
statement becomes a coloured, undirected graph whose isomorphisms are exactly these. Vertices are

- points, and lines, segments and circles, joined to their points; the name ab of a line is no vertex, so with e on ab
  ``para a b c d`` and ``para a e c d`` are one fact;
- the *parts* of a fact, joined to what they speak of and to each other, so that the symmetries of their graph are those
  of the predicate: one part for ``para``; two sides for an equation; the corners of a prism for two similar triangles.
  The colour of a part says premise or goal, the predicate, its numbers, and its place if it has one.

Lines and circles are those of the premises: sets of points, united where two must be one. A goal about points of a line
or circle speaks of all that are known to lie on it.

Hashes agree between machines, not between versions of igraph.

Reference: canonical labelling of coloured graphs by bliss [Junttila2007], as igraph has it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import Literal, NamedTuple

import igraph

from porism.symbolic.facts import Fact
from porism.symbolic.predicates import FactError

Parts = tuple[tuple[int, ...], ...]
Locus = tuple[set[str], set[str]]
"""The points of a line or circle, and its centres: none for a line."""


class Shape(NamedTuple):
    """How the facts of a predicate become vertices.

    Attributes:
        of: what its arguments are: points, or pairs of points that name lines or segments.
        parts: a vertex for each, and which arguments it is joined to.
        joined: which parts are joined to each other.
        order: no two parts may change places (``places``), two of them may (``sides``), or those that the joints let
            (``joints``).
    """

    of: Literal["point", "line", "segment"]
    parts: Parts
    joined: Parts = ()
    order: Literal["places", "sides", "joints"] = "joints"


_ONE = ((0, 1),)
_EACH: Parts = ((0,), (1,), (2,), (3,), (4,), (5,))
_PRISM = Shape("point", _EACH, ((0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (0, 3), (1, 4), (2, 5)))

SHAPES = {
    "midp": Shape("point", ((0,), (1, 2)), _ONE, "places"),
    "para": Shape("line", _ONE),
    "perp": Shape("line", _ONE),
    "cong": Shape("segment", _ONE),
    "eqangle": Shape("line", ((0, 3), (1, 2)), _ONE, "sides"),
    "eqratio": Shape("segment", ((0, 3), (1, 2)), _ONE, "sides"),
    "simtri": _PRISM,
    "simtri2": _PRISM,
    "contri": _PRISM,
    "contri2": _PRISM,
    "rconst": Shape("segment", ((0,), (1,)), _ONE, "places"),
    "aconst": Shape("line", ((0,), (1,)), _ONE, "places"),
    "central": Shape("point", ((0,), (1, 2), (3,)), ((0, 1), (1, 2)), "places"),
    "sqconst": Shape("segment", ((0,), (1,)), _ONE, "places"),
    "eqsine": Shape("line", ((0, 1), (2, 3)), _ONE, "sides"),
    "sines": Shape("point", ((1,), (0, 2)), _ONE, "places"),
    # The hexagon a z b x c y: corners and points on sides may change places.
    "product": Shape("point", _EACH, ((0, 5), (5, 1), (1, 3), (3, 2), (2, 4), (4, 0))),
}
"""Every predicate but the conditions and the loci."""

_LOCI = ("coll", "cyclic", "circle")


def canonical(premises: Sequence[Fact], goals: Sequence[Fact] = ()) -> str:
    """The hash of a theorem, the same for all its spellings.

    Args:
        premises: facts in any order; repetitions and what is only another name for a line add nothing.
        goals: facts, too; a fact as a goal is not the same as among the premises.

    Returns:
        128 bits as 32 hexadecimal digits; equal exactly if the theorems are the same, but for collisions of the hash.

    Raises:
        FactError: a condition, such as ``ncoll``, which is no part of a statement.

    >>> one = [Fact.parse("coll a b e"), Fact.parse("para a b c d")]
    >>> two = [Fact.parse("para q y z x"), Fact.parse("coll p q y")]
    >>> canonical(one) == canonical(two) == canonical([*one, Fact.parse("para a e c d")])
    True
    >>> canonical(one[:1], one[1:]) == canonical(one)
    False
    """
    lines = _united([_locus(fact) for fact in premises if fact.name in ("coll", "midp")], 2)
    circles = _united([_locus(fact) for fact in premises if fact.name in ("cyclic", "circle")], 3)
    graph = _Graph()
    for line in lines:
        graph.line(line)
    for circle in circles:
        graph.locus("circle", circle)
    for fact in premises:
        if fact.name not in _LOCI:
            graph.fact("", fact)
    for goal in goals:
        if goal.name in _LOCI:
            points, centres = _locus(goal)
            (points, _), _ = _grown((points, centres), *((lines, 2) if goal.name == "coll" else (circles, 3)))
            graph.locus(f"? {goal.name}", (points, centres))
        else:
            graph.fact("?", goal)
    return graph.hash()


def _locus(fact: Fact) -> Locus:
    first = 1 if fact.name == "circle" else 0
    return set(fact.args[first:]), set(fact.args[:first])


def _united(loci: Iterable[Locus], shared: int) -> list[Locus]:
    """The loci, two that must be one made one: they share so many points, or a point and the centre."""
    found: list[Locus] = []
    for locus in loci:
        grown, rest = _grown(locus, found, shared)
        found = [*rest, grown]
    return found


def _grown(locus: Locus, others: list[Locus], shared: int) -> tuple[Locus, list[Locus]]:
    """The locus united with all others that must be the same, and those that need not be."""
    points, centres = locus
    for i, (more, about) in enumerate(others):
        common = points & more
        if len(common) >= shared or (common and centres & about):
            return _grown((points | more, centres | about), others[:i] + others[i + 1 :], shared)
    return locus, others


@dataclass(slots=True)
class _Graph:
    """A coloured graph that grows; a vertex is a number and is joined to earlier ones."""

    neighbours: list[list[int]] = field(default_factory=list)
    colours: dict[str, set[int]] = field(default_factory=dict)
    known: dict[object, int] = field(default_factory=dict)
    """The vertices of points, lines and segments by their points, and the first vertex of each fact."""

    def vertex(self, colour: str, neighbours: Iterable[int]) -> int:
        joined = list(neighbours)  # first, since it may make vertices
        number = len(self.neighbours)
        self.neighbours.append(joined)
        self.colours.setdefault(colour, set()).add(number)
        return number

    def vertex_of(self, kind: str, points: tuple[str, ...]) -> int:
        """A point, a segment, or a line through two points."""
        key = (kind, points)
        found = self.known.get(key)
        if found is None:
            through = () if kind == "point" else (self.vertex_of("point", (point,)) for point in points)
            found = self.known[key] = self.vertex(kind, through)
        return found

    def points(self, points: Iterable[str]) -> list[int]:
        return [self.vertex_of("point", (point,)) for point in points]

    def locus(self, colour: str, locus: Locus) -> int:
        """A line or circle, unless it is there already."""
        points, centres = locus
        key = (colour, frozenset(points), frozenset(centres))
        if key not in self.known:
            self.known[key] = number = self.vertex(colour, self.points(points))
            for centre in self.points(centres):
                self.vertex(f"{colour} centre", (number, centre))
        return self.known[key]

    def line(self, locus: Locus) -> None:
        """A line, which any two of its points name."""
        line = self.locus("line", locus)
        self.known.update((("line", pair), line) for pair in combinations(sorted(locus[0]), 2))

    def fact(self, role: str, fact: Fact) -> None:
        """A fact that is no locus, unless it is there already."""
        shape = SHAPES.get(fact.name)
        if shape is None:
            raise FactError(f"a theorem consists of facts that are no conditions, got {str(fact)!r}")
        points, order = fact.points, shape.order
        numbers = fact.args[len(points) :]
        step = 1 if shape.of == "point" else 2
        objects = [self.vertex_of(shape.of, points[i : i + step]) for i in range(0, len(points), step)]
        parts = [tuple(sorted([objects[i] for i in part])) for part in shape.parts]
        if numbers:  # which side is first was decided by names, and must be by the numbers
            turned = _turned(fact.name, *numbers)
            if turned < numbers:
                numbers, parts = turned, parts[::-1]
            elif turned == numbers:
                order = "sides"
        if order == "sides":
            parts.sort()
        colour = " ".join((role, fact.name, *numbers))
        key = (colour, *parts)
        if key not in self.known:
            self.known[key] = first = len(self.neighbours)
            for place, part in enumerate(parts):
                self.vertex(f"{colour} {place}" if order == "places" else colour, part)
            for one, two in shape.joined:
                self.neighbours[first + two].append(first + one)

    def hash(self) -> str:
        """Of the canonical form: how many vertices have which colour, colours in order, and the edges.

        A canonical labelling numbers the vertices of one colour like those of another graph that is the same; so that
        header and edges say everything, colours follow each other.
        """
        colours = sorted(self.colours)
        members = [self.colours[colour] for colour in colours]
        colour = [0] * len(self.neighbours)
        for k, vertices in enumerate(members):
            for vertex in vertices:
                colour[vertex] = k
        edges = {(v, w) for v, neighbours in enumerate(self.neighbours) for w in neighbours}
        order = igraph.Graph(len(colour), list(edges)).canonical_permutation(color=colour)
        order.sort(key=colour.__getitem__)  # old numbers in new order; that of one colour stays
        place = {v: k for k, v in enumerate(order)}
        named = sorted((place[v], place[w]) if place[v] < place[w] else (place[w], place[v]) for v, w in edges)
        header = [(name, len(vertices)) for name, vertices in zip(colours, members, strict=True)]
        return blake2b(repr((header, named)).encode(), digest_size=16).hexdigest()


def _turned(name: str, m: str, n: str) -> tuple[str, str]:
    """The numbers of the same fact with its two lines or segments in the other order."""
    return (str(-int(m) % int(n)), n) if name == "aconst" else (n, m)
