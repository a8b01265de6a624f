"""The constructions of the problem language: what each assumes, guarantees and says, and where it places points.

One entry per construction. ``usage`` shows its arguments; those in ``makes`` are the new points. Assumptions and
guarantees are facts between these letters, separated by commas. An angle in degrees, the last argument of
``s_angle``, stands for two numbers in its guarantee: a fraction of a half turn.

Some names promise more than full-angles and lengths can say, and the drawing keeps to it: ``angle_bisector`` is the
internal bisector, ``incenter`` lies inside and ``excenter`` opposite the first point, ``trisect`` cuts the inner angle,
``s_angle`` and ``on_aline`` turn a ray and not only a line, ``on_opline`` extends the segment beyond its first point,
``psquare`` and ``square`` turn counterclockwise and ``nsquare`` clockwise, quadrilaterals that come as a whole are
convex, ``cc_tangent`` draws outer tangents, and the circle of ``2l1c`` lies inside.

References: the constructions of [Chou2000] under the names of [Trinh2024].
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from porism.symbolic import placement as put
from porism.symbolic.facts import Fact
from porism.symbolic.loci import Circle, Line
from porism.symbolic.placement import At, Free, On, Placement

_ANGLE = re.compile(
    r"(?P<degrees>-?[0-9]{1,6}(\.[0-9]{1,6})?)o?|(?P<m>-?[0-9]{0,6})pi(/(?P<n>[1-9][0-9]{0,5}))?", re.ASCII
)


@dataclass(frozen=True)
class Definition:
    """One construction of the language.

    Attributes:
        usage: how it is written: ``foot x a b c``, its name and a letter for every argument.
        makes: the letters of the new points.
        place: where they lie, from the other arguments in the order of ``usage``.
        guarantees: facts that hold once it is done, separated by commas.
        sentence: what it says, in English; ``{abc}`` stands for the names of a, b and c.
        assumes: facts without which there is no such point.
        numbers: how many arguments, the last ones, are numbers.
    """

    usage: str
    makes: str
    place: Placement
    guarantees: str
    sentence: str
    assumes: str = ""
    numbers: int = 0

    @property
    def name(self) -> str:
        """As written in a problem."""
        return self.usage.partition(" ")[0]

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """One letter per argument."""
        return tuple(self.usage.split()[1:])

    @cached_property
    def outputs(self) -> tuple[int, ...]:
        """Which arguments are the new points."""
        return tuple(self.letters.index(letter) for letter in self.makes.split())

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """Which arguments it starts from, its number included."""
        return tuple(i for i in range(len(self.letters)) if i not in self.outputs)

    def facts(self, args: Sequence[str]) -> tuple[Fact, ...]:
        """What it guarantees of these arguments; FactError if they are degenerate."""
        return self._instance(self.guarantees, args)

    def conditions(self, args: Sequence[str]) -> tuple[Fact, ...]:
        """What it assumes of these arguments; FactError if they are degenerate."""
        return self._instance(self.assumes, args)

    def say(self, args: Sequence[str]) -> str:
        """The construction as an English clause, points in capitals."""
        names = {letter: arg.upper() for letter, arg in zip(self.letters, args, strict=True)}
        return re.sub(r"\{(\w+)\}", lambda found: "".join(names[letter] for letter in found[1]), self.sentence)

    def _instance(self, texts: str, args: Sequence[str]) -> tuple[Fact, ...]:
        return _instance(texts, self.letters, tuple(args), bool(self.numbers))


@lru_cache(maxsize=1 << 15)  # random figures use the same few names again and again
def _instance(texts: str, letters: tuple[str, ...], args: tuple[str, ...], numbers: bool) -> tuple[Fact, ...]:
    """Facts, written with letters, about the arguments that the letters stand for."""
    names = dict(zip(letters, args, strict=True))
    if numbers:
        turn = half_turns(args[-1])
        names[letters[-1]] = f"{turn.numerator % turn.denominator} {turn.denominator}"
    facts = []
    for text in filter(None, texts.split(", ")):
        name, *places = text.split()
        facts.append(Fact(name, tuple(" ".join(names.get(letter, letter) for letter in places).split())))
    return tuple(facts)


def half_turns(text: str) -> Fraction:
    """An angle in half turns, counterclockwise: ``30``, ``30o``, ``22.5`` are degrees, ``1pi/6`` is in radians.

    Raises:
        ValueError: the text is none of these.
    """
    found = _ANGLE.fullmatch(text)
    if found is None:
        raise ValueError(f"an angle is written in degrees, such as 30 or 22.5o, or as 1pi/6, got {text!r}")
    if found["degrees"] is not None:
        return Fraction(found["degrees"]) / 180
    digits = found["m"]
    return Fraction(int(digits + "1" if digits in ("", "-") else digits), int(found["n"] or 1))


def _one(point: complex) -> list[put.Points]:
    return [(point,)]


_MIDPOINTS = "midp x b c, midp y c a, midp z a b"
_CONTACTS = "coll x b c, perp i x b c, coll y c a, perp i y c a, coll z a b, perp i z a b, circle i x y z"
_BISECTORS = "eqangle a b a {0} a {0} a c, eqangle c a c {0} c {0} c b, eqangle b c b {0} b {0} b a"
_PARALLELOGRAM = "para a b c d, para a d b c, cong a b c d, cong a d b c"
_SQUARE = (
    "perp a b b {0}, perp b {0} {0} {1}, perp {0} {1} {1} a, perp {1} a a b, perp a {0} b {1}, cong a b b {0}, "
    "cong b {0} {0} {1}, cong {0} {1} {1} a, cong a {0} b {1}, para a b {0} {1}, para a {1} b {0}"
)


_ALL = (
    # Free points and figures that come as a whole.
    Definition("free a", "a", Free(put.anywhere), "", "{a} is a point"),
    Definition("segment a b", "a b", Free(put.segment), "", "{ab} is a segment"),
    Definition("triangle a b c", "a b c", Free(put.triangle), "", "{abc} is a triangle"),
    Definition("quadrangle a b c d", "a b c d", Free(put.polygon(4)), "", "{abcd} is a quadrilateral"),
    Definition("pentagon a b c d e", "a b c d e", Free(put.polygon(5)), "", "{abcde} is a pentagon"),
    Definition(
        "iso_triangle a b c",
        "a b c",
        Free(put.apex(put.isosceles)),
        "cong a b a c, eqangle b a b c c b c a",
        "{abc} is a triangle with {ab} = {ac}",
    ),
    Definition(
        "r_triangle a b c",
        "a b c",
        Free(put.apex(put.right)),
        "perp a b a c",
        "{abc} is a triangle with a right angle at {a}",
    ),
    Definition(
        "risos a b c",
        "a b c",
        Free(put.apex(lambda rng: rng.choice((1j, -1j)))),
        "perp a b a c, cong a b a c, eqangle b a b c c b c a",
        "{abc} is an isosceles triangle with a right angle at {a}",
    ),
    Definition(
        "ieq_triangle a b c",
        "a b c",
        Free(put.apex(lambda rng: put.equilateral(0, 1)[rng.randrange(2)][0])),
        "cong a b b c, cong b c c a, eqangle a b a c c a c b, eqangle c a c b b c b a",
        "{abc} is an equilateral triangle",
    ),
    Definition(
        "triangle12 a b c",
        "a b c",
        Free(put.apex(lambda rng: 2 * put.isosceles(rng))),
        "rconst a b a c 1 2",
        "{abc} is a triangle with {ac} twice as long as {ab}",
    ),
    Definition(
        "isquare a b c d",
        "a b c d",
        Free(put.quadrilateral(lambda rng: (1 + 1j, 1j))),
        _SQUARE.format("c", "d"),
        "{abcd} is a square",
    ),
    Definition(
        "rectangle a b c d",
        "a b c d",
        Free(put.quadrilateral(put.rectangle)),
        f"perp a b b c, perp a b a d, {_PARALLELOGRAM}, cong a c b d",
        "{abcd} is a rectangle",
    ),
    Definition(
        "trapezoid a b c d",
        "a b c d",
        Free(put.quadrilateral(put.trapezoid)),
        "para a b c d",
        "{abcd} is a trapezoid with {ab} parallel to {cd}",
    ),
    Definition(
        "r_trapezoid a b c d",
        "a b c d",
        Free(put.quadrilateral(put.right_trapezoid)),
        "para a b c d, perp a b a d",
        "{abcd} is a trapezoid with {ab} parallel to {cd} and a right angle at {a}",
    ),
    Definition(
        "eq_trapezoid a b c d",
        "a b c d",
        Free(put.quadrilateral(put.equal_trapezoid)),
        "para d c a b, cong d a b c",
        "{abcd} is a trapezoid with {ab} parallel to {cd} and {ad} = {bc}, and not a parallelogram",
    ),
    Definition(
        "eq_quadrangle a b c d",
        "a b c d",
        Free(put.quadrilateral(put.equal_sides)),
        "cong d a b c",
        "{abcd} is a quadrilateral with {ad} = {bc}",
    ),
    Definition(
        "eqdia_quadrangle a b c d",
        "a b c d",
        Free(put.quadrilateral(put.equal_diagonals)),
        "cong d b a c",
        "{abcd} is a quadrilateral with {ac} = {bd}",
    ),
    # Lines.
    Definition("on_line x a b", "x", On(put.line), "coll x a b", "{x} lies on line {ab}", "diff a b"),
    Definition(
        "on_opline x a b",
        "x",
        On(lambda a, b: Line(a, a - b, ray=True)),
        "coll x a b",
        "{x} lies on the extension of segment {ba} beyond {a}",
        "diff a b",
    ),
    Definition(
        "on_pline x a b c",
        "x",
        On(put.parallel),
        "para x a b c",
        "{xa} is parallel to {bc}",
        "diff b c, ncoll a b c",
    ),
    Definition(
        "on_tline x a b c", "x", On(put.perpendicular), "perp x a b c", "{xa} is perpendicular to {bc}", "diff b c"
    ),
    Definition(
        "on_bline x a b",
        "x",
        On(put.side_bisector),
        "cong x a x b, eqangle a x a b b a b x",
        "{x} lies on the perpendicular bisector of {ab}",
        "diff a b",
    ),
    Definition(
        "angle_bisector x a b c",
        "x",
        On(put.angle_bisector),
        "eqangle b a b x b x b c",
        "{x} lies on the bisector of angle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "angle_mirror x a b c",
        "x",
        On(put.mirrored_line),
        "eqangle b a b c b c b x",
        "{bx} is the mirror image of line {ba} in {bc}",
        "ncoll a b c",
    ),
    Definition(
        "on_aline x a b c d e",
        "x",
        On(put.copied_angle),
        "eqangle a x a b d c d e",
        "angle {xab} equals angle {cde}",
        "diff a b, ncoll c d e",
    ),
    Definition(
        "s_angle a b x y",
        "x",
        On(put.turned_ray),
        "aconst b a b x y",
        "angle {abx} is {y} degrees, counterclockwise",
        "diff a b",
        numbers=1,
    ),
    Definition(
        "lc_tangent x a o",
        "x",
        On(lambda a, o: put.perpendicular(a, a, o)),
        "perp a x a o",
        "{xa} touches the circle with centre {o} through {a}",
        "diff a o",
    ),
    # Circles and another curve.
    Definition(
        "on_circle x o a",
        "x",
        On(put.through),
        "cong o x o a",
        "{x} lies on the circle with centre {o} through {a}",
        "diff o a",
    ),
    Definition(
        "on_dia x a b",
        "x",
        On(put.diameter),
        "perp x a x b",
        "{x} lies on the circle with diameter {ab}",
        "diff a b",
    ),
    Definition(
        "on_circum x a b c",
        "x",
        On(put.three_points),
        "cyclic a b c x",
        "{x} lies on the circle through {a}, {b} and {c}",
        "ncoll a b c",
    ),
    Definition(
        "eqdistance x a b c",
        "x",
        On(lambda a, b, c: Circle(a, abs(c - b))),
        "cong x a b c",
        "{xa} is as long as {bc}",
        "diff b c",
    ),
    Definition(
        "on_aline2 x a b c d e",
        "x",
        On(lambda a, b, c, d, e: put.seeing(a, b, (e - d) / (c - d))),
        "eqangle x a x b d c d e",
        "angle {axb} equals angle {cde}",
        "diff a b, ncoll c d e",
    ),
    Definition(
        "eqangle3 x a b d e f",
        "x",
        On(lambda a, b, d, e, f: put.seeing(a, b, (f - d) / (e - d))),
        "eqangle x a x b d e d f",
        "angle {axb} equals angle {edf}",
        "ncoll d e f, diff a b, diff d e, diff e f",
    ),
    Definition(
        "eqangle2 x a b c",
        "x",
        On(put.equal_angles_at),
        "eqangle a b a x c x c b",
        "angle {bax} equals angle {xcb}",
        "ncoll a b c",
    ),
    # Intersections of two lines or circles.
    Definition(
        "intersection_ll x a b c d",
        "x",
        At(lambda a, b, c, d: put.crossing(put.line(a, b), put.line(c, d))),
        "coll x a b, coll x c d",
        "{x} is the intersection of {ab} and {cd}",
        "npara a b c d, ncoll a b c",
    ),
    Definition(
        "intersection_lp x a b c m n",
        "x",
        At(lambda a, b, c, m, n: put.crossing(put.line(a, b), put.parallel(c, m, n))),
        "coll x a b, para c x m n",
        "{x} is the intersection of {ab} with the parallel to {mn} through {c}",
        "npara m n a b, ncoll a b c, ncoll c m n",
    ),
    Definition(
        "intersection_lt x a b c d e",
        "x",
        At(lambda a, b, c, d, e: put.crossing(put.line(a, b), put.perpendicular(c, d, e))),
        "coll x a b, perp x c d e",
        "{x} is the intersection of {ab} with the perpendicular to {de} through {c}",
        "ncoll a b c, nperp a b d e",
    ),
    Definition(
        "intersection_pp x a b c d e f",
        "x",
        At(lambda a, b, c, d, e, f: put.crossing(put.parallel(a, b, c), put.parallel(d, e, f))),
        "para x a b c, para x d e f",
        "{xa} is parallel to {bc} and {xd} is parallel to {ef}",
        "diff a d, npara b c e f",
    ),
    Definition(
        "intersection_tt x a b c d e f",
        "x",
        At(lambda a, b, c, d, e, f: put.crossing(put.perpendicular(a, b, c), put.perpendicular(d, e, f))),
        "perp x a b c, perp x d e f",
        "{xa} is perpendicular to {bc} and {xd} is perpendicular to {ef}",
        "diff a d, npara b c e f",
    ),
    Definition(
        "intersection_lc x a o b",
        "x",
        At(lambda a, o, b: put.crossing(put.line(b, a), put.through(o, b))),
        "coll x a b, cong o b o x",
        "{x} is the second intersection of {ab} with the circle with centre {o} through {b}",
        "diff a b, diff o b, nperp b o b a",
    ),
    Definition(
        "intersection_cc x o w a",
        "x",
        At(lambda o, w, a: put.crossing(put.through(o, a), put.through(w, a))),
        "cong o a o x, cong w a w x",
        "{x} is the second intersection of the circles with centres {o} and {w} through {a}",
        "ncoll o w a",
    ),
    # Points determined by others.
    Definition(
        "midpoint x a b",
        "x",
        At(lambda a, b: _one((a + b) / 2)),
        "midp x a b",
        "{x} is the midpoint of {ab}",
        "diff a b",
    ),
    Definition(
        "mirror x a b",
        "x",
        At(lambda a, b: _one(2 * b - a)),
        "midp b a x",
        "{x} is the mirror image of {a} in {b}",
        "diff a b",
    ),
    Definition(
        "reflect x a b c",
        "x",
        At(lambda a, b, c: _one(2 * put.foot(a, b, c) - a)),
        "cong b a b x, cong c a c x, perp b c a x",
        "{x} is the mirror image of {a} in line {bc}",
        "diff b c, ncoll a b c",
    ),
    Definition(
        "foot x a b c",
        "x",
        At(lambda a, b, c: _one(put.foot(a, b, c))),
        "perp x a b c, coll x b c",
        "{x} is the foot of the perpendicular from {a} to {bc}",
        "ncoll a b c",
    ),
    Definition(
        "circle x a b c",
        "x",
        At(lambda a, b, c: _one(put.circumcentre(a, b, c))),
        "circle x a b c",
        "{x} is the centre of the circle through {a}, {b} and {c}",
        "ncoll a b c",
    ),
    Definition(
        "circumcenter x a b c",
        "x",
        At(lambda a, b, c: _one(put.circumcentre(a, b, c))),
        "circle x a b c",
        "{x} is the circumcentre of triangle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "orthocenter x a b c",
        "x",
        At(lambda a, b, c: _one(a + b + c - 2 * put.circumcentre(a, b, c))),
        "perp x a b c, perp x b c a, perp x c a b",
        "{x} is the orthocentre of triangle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "incenter x a b c",
        "x",
        At(lambda a, b, c: _one(put.weighted(a, b, c, 1))),
        _BISECTORS.format("x"),
        "{x} is the incentre of triangle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "excenter x a b c",
        "x",
        At(lambda a, b, c: _one(put.weighted(a, b, c, -1))),
        _BISECTORS.format("x"),
        "{x} is the excentre of triangle {abc} opposite {a}",
        "ncoll a b c",
    ),
    Definition(
        "incenter2 x y z i a b c",
        "x y z i",
        At(lambda a, b, c: put.touching(a, b, c, 1)),
        f"{_BISECTORS.format('i')}, {_CONTACTS}",
        "the incircle of triangle {abc} has centre {i} and touches {bc}, {ca}, {ab} at {x}, {y}, {z}",
        "ncoll a b c",
    ),
    Definition(
        "excenter2 x y z i a b c",
        "x y z i",
        At(lambda a, b, c: put.touching(a, b, c, -1)),
        f"{_BISECTORS.format('i')}, {_CONTACTS}",
        ("the excircle of triangle {abc} opposite {a} has centre {i} and touches {bc}, {ca}, {ab} at {x}, {y}, {z}"),
        "ncoll a b c",
    ),
    Definition(
        "centroid x y z i a b c",
        "x y z i",
        At(put.medians),
        f"{_MIDPOINTS}, coll a x i, coll b y i, coll c z i",
        "{x}, {y}, {z} are the midpoints of {bc}, {ca}, {ab}, and {i} is the centroid of triangle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "ninepoints x y z i a b c",
        "x y z i",
        At(put.nine_points),
        f"{_MIDPOINTS}, circle i x y z",
        ("{x}, {y}, {z} are the midpoints of {bc}, {ca}, {ab}, and {i} is the centre of the circle through them"),
        "ncoll a b c",
    ),
    Definition(
        "parallelogram a b c x",
        "x",
        At(lambda a, b, c: _one(a - b + c)),
        _PARALLELOGRAM.replace("d", "x"),
        "{abcx} is a parallelogram",
        "ncoll a b c",
    ),
    Definition(
        "shift x b c d",
        "x",
        At(lambda b, c, d: _one(b + c - d)),
        "cong x b c d, cong x c b d, para x b c d, para x c b d",
        "{x} is {b} moved as {d} is moved to {c}",
        "diff b d, diff c d",
    ),
    Definition(
        "psquare x a b",
        "x",
        At(lambda a, b: _one(a + 1j * (b - a))),
        "cong x a a b, perp x a a b",
        "{x} is {b} turned about {a} by a right angle, counterclockwise",
        "diff a b",
    ),
    Definition(
        "nsquare x a b",
        "x",
        At(lambda a, b: _one(a - 1j * (b - a))),
        "cong x a a b, perp x a a b",
        "{x} is {b} turned about {a} by a right angle, clockwise",
        "diff a b",
    ),
    Definition(
        "square a b x y",
        "x y",
        At(lambda a, b: [(b + 1j * (b - a), a + 1j * (b - a))]),
        _SQUARE.format("x", "y"),
        "{abxy} is a square, counterclockwise",
        "diff a b",
    ),
    Definition(
        "eq_triangle x b c",
        "x",
        At(put.equilateral),
        "cong x b b c, cong b c c x, eqangle b x b c c b c x, eqangle x c x b b x b c",
        "{xbc} is an equilateral triangle",
        "diff b c",
    ),
    Definition(
        "trisegment x y a b",
        "x y",
        At(lambda a, b: [((2 * a + b) / 3, (a + 2 * b) / 3)]),
        "midp x a y, midp y x b",
        "{x} and {y} cut {ab} into three equal parts",
        "diff a b",
    ),
    Definition(
        "trisect x y a b c",
        "x y",
        At(put.trisecting),
        "coll x y a c, eqangle b a b x b x b y, eqangle b x b y b y b c",
        "{x} and {y} lie on {ac}, and {bx} and {by} trisect angle {abc}",
        "ncoll a b c",
    ),
    Definition(
        "3peq x y z a b c",
        "x y z",
        Free(put.halved_at),
        "coll z b c, coll x a b, coll y a c, midp z x y",
        "{x}, {y}, {z} lie on {ab}, {ac}, {bc}, and {z} is the midpoint of {xy}",
        "ncoll a b c",
    ),
    # Tangents.
    Definition(
        "tangent x y a o b",
        "x y",
        At(put.tangents),
        "circle o b x y, perp a x o x, perp a y o y",
        "{ax} and {ay} touch the circle with centre {o} through {b} at {x} and {y}",
        "diff o a, diff o b, diff a b, longer o a o b",
    ),
    Definition(
        "cc_tangent0 x y o a w b",
        "x y",
        At(lambda o, a, w, b: [choice[:2] for choice in put.common_tangents(o, a, w, b)]),
        "cong o x o a, cong w y w b, perp x o x y, perp y w y x",
        (
            "{xy} is an outer common tangent of the circles with centres {o} through {a} and {w} through {b}, "
            "and touches them at {x} and {y}"
        ),
        "diff o a, diff w b, diff o w",
    ),
    Definition(
        "cc_tangent x y z i o a w b",
        "x y z i",
        At(put.common_tangents),
        "circle o a x z, circle w b y i, perp x o x y, perp y w y x, perp z o z i, perp i w i z",
        (
            "{xy} and {zi} are the outer common tangents of the circles with centres {o} through {a} and {w} "
            "through {b}, and touch them at {x}, {z} and {y}, {i}"
        ),
        "diff o a, diff w b, diff o w",
    ),
    Definition(
        "2l1c x y z i a b c o",
        "x y z i",
        At(put.touching_two_lines_and_circle),
        "coll x a c, coll y b c, cong o a o z, coll i o z, circle i x y z, perp i x a c, perp i y b c",
        (
            "the circle with centre {i} touches {ac} at {x}, {bc} at {y}, and from within, at {z}, the circle "
            "with centre {o} through {a} and {b}"
        ),
        "cong o a o b, ncoll a b c, longer o a o c",
    ),
    Definition(
        "e5128 x y a b c d",
        "x y",
        At(put.tangent_and_secant),
        "cong c b c x, coll y a b, coll x y d, eqangle a b a d x a x y",
        (
            "{y} lies on {ab}, {x} lies on line {dy} and on the circle with centre {c} through {b}, and angle "
            "{bad} equals angle {axy}"
        ),
        "cong c b c d, perp b c b a",
    ),
)

CONSTRUCTIONS = {definition.name: definition for definition in _ALL}
