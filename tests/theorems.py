"""Problems whose goals are theorems in every drawing; together they use every construction of the language."""

TEXTS = (
    "a b c = triangle a b c; h = orthocenter h a b c; x = reflect x h b c; o = circumcenter o a b c ? cong o x o a",
    "a b c = triangle a b c; o = circle o a b c; h = orthocenter h a b c; p q r n = ninepoints p q r n a b c"
    " ? midp n o h",
    "a b c = triangle a b c; d e f g = centroid d e f g a b c; x = mirror x g d ? para b x c g; para c x b g",
    "a b c = triangle a b c; x y z i = incenter2 x y z i a b c ? cong a y a z; cong b x b z",
    "a b c = triangle a b c; x y z i = excenter2 x y z i a b c; j = incenter j a b c ? perp b i b j; coll a i j",
    "a b c = triangle a b c; i = incenter i a b c; e = excenter e a b c; m = midpoint m i e ? cyclic a b c m",
    "a b = segment a b; c d = square a b c d; p = psquare p a c; n = nsquare n a c ? midp a p n; perp a c b d;"
    " para c p a b",
    "a b c d = isquare a b c d; e = on_line e a b; f = on_line f b c, eqdistance f b a e; g = foot g e a c"
    " ? perp e g a c",
    "a b c d = trapezoid a b c d; m = midpoint m a d; n = midpoint n b c ? para m n a b",
    "a b c d = eq_trapezoid a b c d ? cyclic a b c d; cong a c b d",
    "a b c d = r_trapezoid a b c d; m = midpoint m b c ? cong m a m d",
    "a b c d = rectangle a b c d; o = intersection_ll o a c b d ? circle o a b c d",
    "a b c = triangle a b c; d = parallelogram a b c d; e = shift e c b a ? midp c d e",
    "a b c = iso_triangle a b c; m = midpoint m b c ? perp a m b c",
    "a b c = r_triangle a b c; m = midpoint m b c ? circle m a b c",
    "a b c = risos a b c; d = foot d a b c ? cong d a d b; aconst b c a d 90o",
    "a b c = ieq_triangle a b c; d = midpoint d b c; o = circle o a b c ? rconst a o o d 2/1; perp a d b c",
    "a b c = triangle12 a b c; m = midpoint m a c ? cong a b a m",
    "a b c d = eq_quadrangle a b c d; m = midpoint m a b; n = midpoint n c d; p = midpoint p a c; q = midpoint q b d"
    " ? perp m n p q",
    "a b c d = eqdia_quadrangle a b c d; e = midpoint e a b; f = midpoint f b c; g = midpoint g c d;"
    " h = midpoint h d a"
    " ? perp e g f h; cong e f f g",
    "a b c d = quadrangle a b c d; e = midpoint e a b; f = midpoint f b c; g = midpoint g c d; h = midpoint h d a"
    " ? para e f g h; cong e f g h",
    "a b c d e = pentagon a b c d e; m = midpoint m a b; n = midpoint n b c; p = midpoint p c d; q = midpoint q d e;"
    " k = midpoint k m p; l = midpoint l n q ? para k l a e; rconst k l a e 1/4",
    "a b = segment a b; c = eq_triangle c a b; d = eq_triangle d a b ? perp c d a b; cong a c a d",
    "a b c = triangle a b c; x = eqangle3 x a b c a b; y = on_aline2 y a b a c b; z = on_circum z a b c"
    " ? cyclic a b c x y z",
    "a b c = triangle a b c; x = reflect x a b c; d = angle_mirror d a b c ? coll b d x",
    "a b c = triangle a b c; x = eqangle2 x a b c; y = shift y a c x ? eqangle a b a y c y c b",
    "a b c = triangle a b c; d = on_opline d a b; e = intersection_lp e c a d b c;"
    " f = on_pline f d a c, on_line f b c"
    " ? eqratio b a a d b c c f; para d e b c",
    "a b c = triangle a b c; d = intersection_lt d b c a b c; e = foot e d a b; f = intersection_pp f d a b e b c;"
    " g = intersection_tt g b a b c a c ? cyclic a b c g; para e f b c; perp a d b c",
    "o a b = triangle o a b; c = intersection_lc c b o a; d = intersection_cc d o b a; m = midpoint m a c"
    " ? perp o m a b; perp a d o b",
    "o a = segment o a; p = free p; x y = tangent x y o p a ? cong o x o y; perp x y o p",
    "o a = segment o a; w b = segment w b; x y z i = cc_tangent x y z i o a w b ? cong x y z i; para x z y i",
    "o a = segment o a; w b = segment w b; u v = cc_tangent0 u v o a w b; m = midpoint m u v; n = midpoint n o w"
    " ? perp m n u v",
    "a b c = triangle a b c; o = circle o a b c; d = midpoint d a c; x y z i = 2l1c x y z i a b d o"
    " ? cong d x d y; coll o i z",
    "c b = segment c b; a = on_tline a b b c; d = on_circle d c b; x y = e5128 x y a b c d ? midp y a b",
    "a b c = triangle a b c; x y z = 3peq x y z a b c; w = mirror w a z ? para w x a c",
    "a b c = triangle a b c; x y = trisect x y a b c; p q = trisegment p q a c ? eqangle b a b x b y b c;"
    " rconst a p a c 1/3",
    "a b = segment a b; c = s_angle a b c 60, on_circle c b a; d = s_angle b a d 22.5 ? cong a c a b;"
    " aconst b a a d 1pi/8",
    "a b = segment a b; c = on_dia c a b; m = midpoint m a b; d = lc_tangent d c m, on_bline d a c ? perp a d a m",
    "a b c = triangle a b c; d = midpoint d b c; e = on_aline e a b c a d, on_line e b c;"
    " f = angle_bisector f b a c, on_line f b c ? eqratio f b f c a b a c; eqangle a d a f a f a e",
    "a b = segment a b; c = on_tline c a a b; d = on_pline d c a b, on_bline d a b; e = foot e d a b ? midp e a b",
)
