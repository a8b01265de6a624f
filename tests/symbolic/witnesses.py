"""For every rule a problem whose proof needs it; for some the closure starts from the named premises only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Witness:
    """A problem and the premises that the closure may use; none named: all of them."""

    text: str
    premises: str = ""


_LONG = "b a c = triangle12 b a c; x = free x; y = eqdistance y x a b;"  # bc is longer than ab
_SHORT = "b c a = triangle12 b c a; x = free x; y = eqdistance y x a b;"
_COPIED = "a b c = triangle a b c; x = free x; y = eqdistance y x a b;"
_HEXAGON = "x = intersection_ll x a b d e; y = intersection_ll y b c e f; z = intersection_ll z c d a f ? coll x y z"

WITNESSES = {
    "similar-aa": Witness(
        "a b c = triangle a b c; d = on_line d a b; e = on_line e a c, on_pline e d b c ? simtri a b c a d e"
    ),
    "similar-aa-mirror": Witness(
        "a b c = triangle a b c; d = on_circum d a b c; e = intersection_ll e a c b d ? simtri2 a b e d c e"
    ),
    "similar-sas": Witness("a b c = triangle a b c; d = midpoint d a b; e = midpoint e a c ? simtri a b c a d e"),
    "similar-sas-mirror": Witness(f"{_COPIED} z = on_aline z x y b a c, eqdistance z x a c ? simtri2 a b c x y z"),
    "similar-sss": Witness(
        "a b c = triangle a b c; d = parallelogram a b c d ? simtri a b c c d a", "cong a b c d, cong a d b c"
    ),
    "similar-sss-mirror": Witness(f"{_COPIED} z = eqdistance z x a c, eqdistance z y b c ? simtri2 a b c x y z"),
    "similar-ssa": Witness(f"{_LONG} z = on_aline z x y c a b, eqdistance z y b c ? simtri a b c x y z"),
    "similar-ssa-mirror": Witness(f"{_LONG} z = on_aline z x y b a c, eqdistance z y b c ? simtri2 a b c x y z"),
    "congruent": Witness("a b c = triangle a b c; d = parallelogram a b c d ? contri a b c c d a"),
    "congruent-mirror": Witness("a b c = iso_triangle a b c; m = midpoint m b c ? contri2 a b m a c m"),
    "isosceles-angles": Witness("o a = segment o a; b = on_circle b o a ? eqangle o a a b a b o b"),
    "isosceles-sides": Witness(
        "c d e = triangle c d e; a b = segment a b; o = on_aline o a b c d e, on_aline o b a e d c ? cong o a o b"
    ),
    "bisector-perpendicular": Witness("a b c = triangle a b c; d = on_circle d a b, on_circle d c b ? perp a c b d"),
    "bisector-points": Witness("a b = segment a b; o = on_bline o a b; p = on_tline p o a b ? cong p a p b"),
    "midpoint": Witness(
        "a b c = triangle a b c; d = parallelogram a b c d; e = intersection_ll e a c b d ? midp e a c"
    ),
    "angle-bisector": Witness(
        "a b c = triangle a b c; d = angle_bisector d b a c, on_line d b c ? eqratio d b d c a b a c"
    ),
    "angle-bisector-converse": Witness("a b c = triangle12 a b c; d e = trisegment d e b c ? eqangle a b a d a d a c"),
    "incentre": Witness(
        "a b c = triangle a b c; i = angle_bisector i b a c, angle_bisector i a b c ? eqangle c a c i c i c b"
    ),
    "orthocentre": Witness("a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c"),
    "parallels-divide": Witness(
        "a b c d = trapezoid a b c d; e = on_line e a d; f = on_line f b c, on_pline f e a b ? eqratio a e e d b f f c"
    ),
    "divide-parallel": Witness("a b c d = trapezoid a b c d; m = midpoint m a d; n = midpoint n b c ? para m n a b"),
    "divide-parallel-end": Witness("a b c d = trapezoid a b c d; e = mirror e a d; f = mirror f b c ? para e f a b"),
    "same-division": Witness(
        f"{_COPIED} z = eqdistance z x a c; d = angle_bisector d b a c, on_line d b c;"
        " e = angle_bisector e y x z, on_line e y z ? eqratio b d b c y e y z"
    ),
    "circle": Witness("o a = segment o a; b = on_circle b o a; c = on_circle c o a ? circle o a b c"),
    "circles": Witness("a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c ? cyclic a b d e"),
    "inscribed": Witness("a b c = triangle a b c; d = on_aline2 d a b a c b ? cyclic a b c d"),
    "central": Witness(
        "o a = segment o a; b = on_circle b o a; m = midpoint m a b; x = on_aline2 x a b a o m ? cong o a o x"
    ),
    "right-angle": Witness("a b c = r_triangle a b c; m = midpoint m b c ? cong m a m b"),
    "arcs-chords": Witness(
        "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c;"
        " f = on_aline f d e b a c, on_circum f a b c ? cong b c e f"
    ),
    "isosceles-trapezoid": Witness("a b c d = eq_trapezoid a b c d ? cyclic a b c d"),
    "chords-arcs": Witness(
        "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c, eqdistance e d b c"
        " ? eqangle a b a c c e c d"
    ),
    "law-of-sines": Witness(
        f"{_SHORT} z = on_aline z x y c a b, eqdistance z y b c; v = on_line v a c; w = on_line w x z"
        " ? eqangle c a c b z x z y"
    ),
    "equal-sines": Witness(
        f"{_SHORT} z = on_aline z x y c a b, eqdistance z y b c; v = on_line v a c; w = on_line w x z"
        " ? eqangle c a c b z x z y"
    ),
    "bisector-midline": Witness(
        "a b c = triangle a b c; i = angle_bisector i b a c; f = foot f b a i; h = midpoint h b c ? para h f a c"
    ),
    "midline-bisector": Witness(
        "a b c = triangle a b c; i = angle_bisector i b a c; h = midpoint h b c;"
        " f = on_line f a i, on_pline f h a c ? perp a f b f"
    ),
    "menelaus": Witness(
        "a b c = triangle a b c; i = incenter i a b c; x = on_tline x a a i, on_line x b c;"
        " y = on_tline y b b i, on_line y c a; z = on_tline z c c i, on_line z a b ? coll x y z"
    ),
    "ceva": Witness(
        "f b = segment f b; g = mirror g b f; h = mirror h f g; i = mirror i g h; a = mirror a h i; c = free c;"
        " d x = trisegment d x b c; e y = trisegment e y c a; p = intersection_ll p a d b e ? coll c f p"
    ),
    "pappus": Witness("a c = segment a c; e = on_line e a c; b d = segment b d; f = on_line f b d;" + _HEXAGON),
    "pascal": Witness(
        "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c; f = on_circum f a b c;" + _HEXAGON
    ),
    "desargues": Witness(
        "a b c = triangle a b c; p = free p; d = on_line d p a; e = on_line e p b; f = on_line f p c;"
        " x = intersection_ll x b c e f; y = intersection_ll y a c d f; z = intersection_ll z a b d e ? coll x y z"
    ),
}
