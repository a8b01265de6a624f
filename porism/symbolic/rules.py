"""The rules of deduction, as data: what each needs, what follows, under which side conditions, and where it comes from.

Lower-case letters stand for points; ``=>`` separates needs from the conclusion, ``|`` the side conditions. Angles are
full-angles, modulo half a turn, which is why most rules have no cases. What is a sum of equations needs no rule: that
parallelism is transitive, that a diameter is seen at a right angle, that equal lengths add up.

A need with ``*`` is met by any ``cyclic`` or ``circle`` fact that has these points on its circle. Two rules take any
number of facts and points and are written as sentences here and as code in :mod:`.check`: ``circle`` and ``circles``.

Ids are permanent: proofs in published datasets name them.

References: the rules of [Trinh2024], most of them from [Chou2000], and those that [Sicca2024] added.
"""

from dataclasses import dataclass
from functools import cached_property

from porism.symbolic.predicates import PREDICATES

Template = tuple[str, tuple[str, ...]]
"""A predicate, ``*`` in front where any circle will do, and its letters."""


@dataclass(frozen=True)
class RuleText:
    """One rule.

    Attributes:
        id: permanent name.
        text: needs => conclusion | conditions.
        because: the theorem, as a proof cites it.
        source: key in docs/references.bib.
    """

    id: str
    text: str
    because: str
    source: str = "Trinh2024"

    @cached_property
    def parts(self) -> tuple[tuple[Template, ...], Template, tuple[Template, ...]]:
        """Needs, conclusion, conditions."""
        needs, rest = self.text.split(" => ")
        conclusion, _, conditions = rest.partition(" | ")
        return _templates(needs), _templates(conclusion)[0], _templates(conditions)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The letters of the rule in alphabetical order."""
        needs, conclusion, conditions = self.parts
        return tuple(sorted({letter for _, letters in (*needs, conclusion, *conditions) for letter in letters}))


def _templates(text: str) -> tuple[Template, ...]:
    words = [part.split() for part in text.split(", ") if part]
    assert all(word[0].lstrip("*") in PREDICATES or word[0] == "*on" for word in words), text
    return tuple((word[0], tuple(word[1:])) for word in words)


_ALL = (
    # Similar triangles. Two of the three angles or ratios, or one of each; mirrored: opposite orientations.
    RuleText(
        "similar-aa",
        "eqangle a b b c x y y z, eqangle b c c a y z z x => simtri a b c x y z | ncoll a b c",
        "two equal angles",
    ),
    RuleText(
        "similar-aa-mirror",
        "eqangle a b b c y z x y, eqangle b c c a z x y z => simtri2 a b c x y z | ncoll a b c",
        "two equal angles",
    ),
    RuleText(
        "similar-sas",
        "eqratio a b a c x y x z, eqangle a b a c x y x z => simtri a b c x y z | ncoll a b c, sameclock a b c x y z",
        "an equal angle between proportional sides",
    ),
    RuleText(
        "similar-sas-mirror",
        "eqratio a b a c x y x z, eqangle a b a c x z x y => simtri2 a b c x y z | ncoll a b c, sameclock a b c x z y",
        "an equal angle between proportional sides",
    ),
    RuleText(
        "similar-sss",
        "eqratio a b b c x y y z, eqratio b c c a y z z x => simtri a b c x y z | ncoll a b c, sameclock a b c x y z",
        "proportional sides",
    ),
    RuleText(
        "similar-sss-mirror",
        "eqratio a b b c x y y z, eqratio b c c a y z z x => simtri2 a b c x y z | ncoll a b c, sameclock a b c x z y",
        "proportional sides",
    ),
    RuleText(
        "similar-ssa",
        "eqangle a b a c x y x z, eqratio a b b c x y y z => simtri a b c x y z"
        " | ncoll a b c, sameclock a b c x y z, longer b c a b",
        "proportional sides and an equal angle opposite the longer one",
    ),
    RuleText(
        "similar-ssa-mirror",
        "eqangle a b a c x z x y, eqratio a b b c x y y z => simtri2 a b c x y z"
        " | ncoll a b c, sameclock a b c x z y, longer b c a b",
        "proportional sides and an equal angle opposite the longer one",
    ),
    RuleText(
        "congruent", "simtri a b c x y z, cong a b x y => contri a b c x y z", "similar triangles with an equal side"
    ),
    RuleText(
        "congruent-mirror",
        "simtri2 a b c x y z, cong a b x y => contri2 a b c x y z",
        "similar triangles with an equal side",
    ),
    # Isosceles triangles, perpendicular bisectors.
    RuleText(
        "isosceles-angles",
        "cong o a o b => eqangle o a a b a b o b | ncoll o a b",
        "the base angles of an isosceles triangle are equal",
    ),
    RuleText(
        "isosceles-sides",
        "eqangle o a a b a b o b => cong o a o b | ncoll o a b",
        "a triangle with equal base angles is isosceles",
    ),
    RuleText(
        "bisector-perpendicular",
        "cong o a o b, cong p a p b => perp o p a b | diff o p",
        "two points equidistant from {a} and {b} lie on the perpendicular bisector",
    ),
    RuleText(
        "bisector-points",
        "cong o a o b, perp o p a b => cong p a p b",
        "{p} lies on the perpendicular bisector of {a}{b}",
    ),
    RuleText("midpoint", "coll m a b, cong m a m b => midp m a b | diff a b", "the definition of the midpoint"),
    # Bisectors of angles: internal and external at once.
    RuleText(
        "angle-bisector",
        "coll b d c, eqangle a b a d a d a c => eqratio d b d c a b a c | ncoll a b c",
        "the angle bisector theorem",
    ),
    RuleText(
        "angle-bisector-converse",
        "coll b d c, eqratio d b d c a b a c => eqangle a b a d a d a c | ncoll a b c",
        "the converse of the angle bisector theorem",
    ),
    RuleText(
        "incentre",
        "eqangle a b a i a i a c, eqangle b c b i b i b a => eqangle c a c i c i c b | ncoll a b c",
        "the bisectors of a triangle's angles are concurrent",
    ),
    RuleText("orthocentre", "perp a b c d, perp a c b d => perp a d b c", "the altitudes of a triangle are concurrent"),
    # Parallels and the division of segments.
    RuleText(
        "parallels-divide",
        "para a b c d, para a b e f, coll a c e, coll b d f => eqratio a c c e b d d f | npara a b a c",
        "parallels divide transversals in the same ratio",
    ),
    RuleText(
        "divide-parallel",
        "para a b e f, coll a c e, coll b d f, eqratio a c c e b d d f => para a b c d | npara a b a c, "
        "sameorder a c e b d f",
        "transversals divided in the same ratio",
    ),
    RuleText(
        "divide-parallel-end",
        "para a b c d, coll a c e, coll b d f, eqratio a c c e b d d f => para a b e f | npara a b a c, "
        "sameorder a c e b d f",
        "transversals divided in the same ratio",
    ),
    RuleText(
        "same-division",
        "coll a b c, coll x y z, eqratio a b b c x y y z => eqratio a b a c x y x z | sameorder a b c x y z",
        "the segments are divided in the same ratio",
    ),
    # Collinear points.
    RuleText(
        "bisector-midline",
        "eqangle a b a f a f a c, perp a f b f, midp h b c => para h f a c | ncoll a b c",
        "the foot of a perpendicular to an angle bisector lies on a midline",
        "Chou2000",
    ),
    RuleText(
        "midline-bisector",
        "eqangle a b a f a f a c, para h f a c, midp h b c => perp a f b f | ncoll a b c",
        "a midline meets an angle bisector in the foot of a perpendicular",
        "Chou2000",
    ),
    RuleText(
        "menelaus",
        "coll b c x, coll c a y, coll a b z, product a b c x y z => coll x y z | ncoll a b c, coll x y z",
        "the converse of Menelaus's theorem",
        "Chou2000",
    ),
    RuleText(
        "ceva",
        "coll b c d, coll c a e, coll a b f, coll a d p, coll b e p, product a b c d e f => coll c f p | "
        "ncoll a b c, coll c f p",
        "the converse of Ceva's theorem",
        "Chou2000",
    ),
    RuleText(
        "pappus",
        "coll a c e, coll b d f, coll a b x, coll d e x, coll b c y, coll e f y, coll c d z, coll a f z => "
        "coll x y z | npara a b d e, npara b c e f, npara c d a f",
        "Pappus's theorem",
        "Chou2000",
    ),
    RuleText(
        "pascal",
        "*on a b c d e f, coll a b x, coll d e x, coll b c y, coll e f y, coll c d z, coll a f z => "
        "coll x y z | npara a b d e, npara b c e f, npara c d a f",
        "Pascal's theorem",
        "Chou2000",
    ),
    RuleText(
        "desargues",
        "coll a d p, coll b e p, coll c f p, coll b c x, coll e f x, coll a c y, coll d f y, coll a b z, "
        "coll d e z => coll x y z | ncoll a b c, ncoll d e f, npara a b d e, npara b c e f, npara a c d f",
        "Desargues's theorem",
        "Chou2000",
    ),
    # Circles.
    RuleText("circle", "cong o a o b, cong o a o c => circle o a b c", "the points have the same distance from {o}"),
    RuleText(
        "circles",
        "cyclic a b c d, cyclic a b c e => cyclic a b c d e",
        "circles through three common points are one circle",
    ),
    RuleText(
        "inscribed",
        "eqangle x a x b y a y b => cyclic a b x y | ncoll x a b",
        "{x} and {y} see {a}{b} under the same angle",
    ),
    RuleText(
        "central",
        "cong o a o b, central o a b x => cong o a o x | ncoll x a b",
        "the angle at {x} is half of the angle at the centre {o}",
    ),
    RuleText("right-angle", "perp x a x b, midp m a b => cong m a m x", "{m} is the midpoint of the hypotenuse"),
    RuleText(
        "arcs-chords",
        "*on a b c d p q, eqangle p a p b q c q d => cong a b c d",
        "equal inscribed angles stand on equal chords",
    ),
    RuleText(
        "isosceles-trapezoid",
        "para a b c d, cong a d b c => cyclic a b c d | npara a d b c",
        "a trapezoid with equal legs has a circumcircle",
        "Sicca2024",
    ),
    RuleText(
        "chords-arcs",
        "*on a b c d p q, cong a b c d => eqangle p a p b q c q d | eqangle p a p b q c q d",
        "equal chords are seen under equal angles",
    ),
    # Sines: the logarithm of the sine of an angle is one more unknown beside the logarithms of lengths.
    RuleText("law-of-sines", " => sines a b c | ncoll a b c", "the law of sines", "Sicca2024"),
    RuleText(
        "equal-sines",
        "eqsine a b c d e f g h => eqangle a b c d e f g h | eqangle a b c d e f g h",
        "the sines are equal, and the angles do not add up to 180 degrees",
        "Sicca2024",
    ),
)

RULES = {rule.id: rule for rule in _ALL}
