"""Rules about triangles and lines."""

from ..jit import jit
from .matching import equal_lengths, take3, take4
from .state import (
    AA,
    ANGLE_BISECTOR,
    ANGLE_BISECTOR_CONVERSE,
    BISECTOR_PERPENDICULAR,
    BISECTOR_POINTS,
    DIVIDE_PARALLEL,
    DIVIDE_PARALLEL_END,
    INCENTRE,
    ISOSCELES_ANGLES,
    ISOSCELES_SIDES,
    LINE,
    ORTHOCENTRE,
    PARALLELS_DIVIDE,
    SAME_DIVISION,
    SAS,
    SSA,
    SSS,
    equal,
    event,
    keep,
    middle,
    proportion,
)  # fmt: skip
from .tables import difference, same


@jit
def lines(s, triples):
    """Three points on a line: two equal directions give the third."""
    news, D = False, s.directions
    for t in range(len(triples)):
        p, q, r = take3(triples, t)
        x, y, z = s.pair[p, q], s.pair[q, r], s.pair[p, r]
        one, two, three = same(D, x, y), same(D, y, z), same(D, x, z)
        if (one or two or three) and not (one and two and three):
            k = event(s, LINE, p, q, r, 0, 0, 0, 0)
            news |= keep(s, k, equal(D, x, y, k) | equal(D, y, z, k))
    return news


@jit
def bisects(t, x, y, z):
    """Whether x + y - 2 z is constant."""
    return difference(t, x, z) == difference(t, z, y)


@jit
def isosceles(s, triples):
    """Equal sides and equal angles at the base."""
    news, D, L = False, s.directions, s.logs
    for t in range(len(triples)):
        o, a, b = take3(triples, t)
        oa, ob, ab = s.pair[o, a], s.pair[o, b], s.pair[a, b]
        sides, angles = same(L, oa, ob), bisects(D, oa, ob, ab)
        if sides and not angles:
            k = event(s, ISOSCELES_ANGLES, a, b, o, 0, 0, 0, 0)
            news |= keep(s, k, middle(D, oa, ob, ab, k))
        elif angles and not sides:
            k = event(s, ISOSCELES_SIDES, a, b, o, 0, 0, 0, 0)
            news |= keep(s, k, equal(L, oa, ob, k))
    return news


@jit
def alike(X, pair, length, triangles, i, j, sign):
    """Whether two triangles of a class look similar in the other drawings too, turned alike or not as ``sign`` says."""
    a, b, c = take3(triangles, i)
    x, y, z = take3(triangles, j)
    for d in range(1, len(X)):
        one = length[d, pair[a, b]] - length[d, pair[x, y]]
        two = length[d, pair[b, c]] - length[d, pair[y, z]]
        three = length[d, pair[c, a]] - length[d, pair[z, x]]
        if abs(one - two) > 1e-7 or abs(two - three) > 1e-7:
            return False
        u = (X[d, b, 0] - X[d, a, 0]) * (X[d, c, 1] - X[d, a, 1]) - (X[d, b, 1] - X[d, a, 1]) * (
            X[d, c, 0] - X[d, a, 0]
        )
        v = (X[d, y, 0] - X[d, x, 0]) * (X[d, z, 1] - X[d, x, 1]) - (X[d, y, 1] - X[d, x, 1]) * (
            X[d, z, 0] - X[d, x, 0]
        )
        if (u * v > 0) != (sign > 0):
            return False
    return True


@jit
def corners(triangles, i, first):
    """The corners of triangle i, from corner number ``first`` on."""
    t = triangles[i]
    return t[first], t[(first + 1) % 3], t[(first + 2) % 3]


@jit
def learn_similar(s, rule, corner, other, sign):
    """Learn that two triangles, given by their corners, are similar."""
    a, b, c = corner
    x, y, z = other
    ab, bc, ca = s.pair[a, b], s.pair[b, c], s.pair[c, a]
    xy, yz, zx = s.pair[x, y], s.pair[y, z], s.pair[z, x]
    k = event(s, rule if sign > 0 else rule + 1, a, b, c, x, y, z, 0)
    news = proportion(s.directions, ab, bc, xy, yz, sign, k)
    news |= proportion(s.directions, bc, ca, yz, zx, sign, k)
    news |= proportion(s.logs, ab, bc, xy, yz, 1, k)
    news |= proportion(s.logs, bc, ca, yz, zx, 1, k)
    return keep(s, k, news)


@jit
def measured(s, triangles, i):
    """Hashes of a triangle's angles at its corners, mirrored if need be, and of the ratios ab:bc, bc:ca, ca:ab."""
    a, b, c, sign = take4(triangles, i)
    ab, bc, ca = s.pair[a, b], s.pair[b, c], s.pair[c, a]
    D, L = s.directions, s.logs
    if sign > 0:
        angles = (difference(D, ca, ab), difference(D, ab, bc), difference(D, bc, ca))
    else:
        angles = (difference(D, ab, ca), difference(D, bc, ab), difference(D, ca, bc))
    ratios = (difference(L, ab, bc), difference(L, bc, ca), difference(L, ca, ab))
    return angles, ratios


@jit
def one_triangle(triangles, i, j):
    """Whether two entries are one triangle in two orders, which is for the rules about isosceles triangles."""
    a, b, c = take3(triangles, i)
    x, y, z = take3(triangles, j)
    return min(a, b, c) == min(x, y, z) and max(a, b, c) == max(x, y, z) and a + b + c == x + y + z


@jit
def link(s, X, length, triangles, i, j, one, two):
    """Learn that triangles i and j are similar if enough of their angles and ratios agree; 0 no, 1 known, 2 news."""
    angles, ratios = 0, 0
    for t in range(3):
        angles += one[0][t] == two[0][t]
        ratios += one[1][t] == two[1][t]
    if angles + ratios < 2 or one_triangle(triangles, i, j):
        return 0
    sign = triangles[i, 3] * triangles[j, 3]
    if not alike(X, s.pair, length, triangles, i, j, sign):
        return 0
    if angles == 3 and ratios == 3:
        return 1
    if angles >= 2:
        first = 0
        for t in range(3):
            if one[0][t] != two[0][t]:
                first = t
        return 1 + learn_similar(s, AA, corners(triangles, i, first), corners(triangles, j, first), sign)
    if ratios >= 2:
        return 1 + learn_similar(s, SSS, corners(triangles, i, 0), corners(triangles, j, 0), sign)
    for t in range(3):
        if one[0][t] == two[0][t] and one[1][(t + 2) % 3] == two[1][(t + 2) % 3]:
            return 1 + learn_similar(s, SAS, corners(triangles, i, t), corners(triangles, j, t), sign)
    for t in range(3):  # the side opposite the angle must be the longer one
        if one[0][t] != two[0][t]:
            continue
        a, b, c = corners(triangles, i, t)
        x, y, z = corners(triangles, j, t)
        opposite = length[0, s.pair[b, c]]
        if one[1][t] == two[1][t] and opposite > length[0, s.pair[a, b]] + 1e-6:
            return 1 + learn_similar(s, SSA, (a, b, c), (x, y, z), sign)
        if one[1][(t + 1) % 3] == two[1][(t + 1) % 3] and opposite > length[0, s.pair[c, a]] + 1e-6:
            return 1 + learn_similar(s, SSA, (a, c, b), (x, z, y), sign)
    return 0


@jit
def similar(s, X, length, triangles, classes):
    """Link the triangles of each class."""
    news = False
    for k in range(len(classes) - 1):
        start, end = classes[k], classes[k + 1]
        for i in range(start, end):
            if s.label[i] != i:
                continue
            one = measured(s, triangles, i)
            for j in range(i + 1, end):
                if s.label[j] != j:
                    continue
                result = link(s, X, length, triangles, i, j, one, measured(s, triangles, j))
                if result:
                    s.label[j] = i
                if result == 2:
                    news = True
                    one = measured(s, triangles, i)
    return news


@jit
def perpendicular_bisectors(s, length, apart):
    """Points equidistant from a and b, and the line of two of them."""
    news, D, L, n = False, s.directions, s.logs, len(s.pair)
    for a in range(n):
        for b in range(a + 1, n):
            ab = s.pair[a, b]
            if not apart[ab]:
                continue
            first = -1
            for o in range(n):
                if o == a or o == b or not equal_lengths(length, s.pair[o, a], s.pair[o, b]):
                    continue
                if not same(L, s.pair[o, a], s.pair[o, b]):
                    continue
                if first < 0:
                    first = o
                elif apart[s.pair[o, first]] and not same(D, s.pair[o, first], ab):
                    k = event(s, BISECTOR_PERPENDICULAR, a, b, first, o, 0, 0, 0)
                    news |= keep(s, k, equal(D, s.pair[o, first], ab, k))
            if first < 0:
                continue
            for p in range(n):
                if p == a or p == b or p == first or not equal_lengths(length, s.pair[p, a], s.pair[p, b]):
                    continue
                if (
                    apart[s.pair[p, first]]
                    and not same(L, s.pair[p, a], s.pair[p, b])
                    and same(D, s.pair[p, first], ab)
                ):
                    k = event(s, BISECTOR_POINTS, a, b, first, p, 0, 0, 0)
                    news |= keep(s, k, equal(L, s.pair[p, a], s.pair[p, b], k))
    return news


@jit
def bisectors(s, feet):
    """The angle bisector theorem and its converse."""
    news, D, L = False, s.directions, s.logs
    for t in range(len(feet)):
        a, b, d, c = take4(feet, t)
        if not same(D, s.pair[b, d], s.pair[d, c]):
            continue
        ab, ac, ad, db, dc = s.pair[a, b], s.pair[a, c], s.pair[a, d], s.pair[d, b], s.pair[d, c]
        angles, ratios = bisects(D, ab, ac, ad), difference(L, ab, ac) == difference(L, db, dc)
        if angles and not ratios:
            k = event(s, ANGLE_BISECTOR, a, b, c, d, 0, 0, 0)
            news |= keep(s, k, proportion(L, db, dc, ab, ac, 1, k))
        elif ratios and not angles:
            k = event(s, ANGLE_BISECTOR_CONVERSE, a, b, c, d, 0, 0, 0)
            news |= keep(s, k, middle(D, ab, ac, ad, k))
    return news


@jit
def concurrent(s, orthocentres, incentres):
    """Altitudes and bisectors of a triangle: two give the third."""
    news, D = False, s.directions
    for t in range(len(orthocentres)):
        a, b, c, d = take4(orthocentres, t)
        x = same(D, s.pair[a, b], s.pair[c, d])
        y = same(D, s.pair[a, c], s.pair[b, d])
        z = same(D, s.pair[a, d], s.pair[b, c])
        if int(x) + int(y) + int(z) != 2:  # numpy's own sum of truths is a truth
            continue
        if not x:  # rename so that the third is missing
            b, d = d, b
        elif not y:
            c, d = d, c
        k = event(s, ORTHOCENTRE, a, b, c, d, 0, 0, 0)
        news |= keep(s, k, equal(D, s.pair[a, d], s.pair[b, c], k))
    for t in range(len(incentres)):
        i, a, b, c = take4(incentres, t)
        ab, bc, ca, ia, ib, ic = s.pair[a, b], s.pair[b, c], s.pair[c, a], s.pair[i, a], s.pair[i, b], s.pair[i, c]
        x, y, z = bisects(D, ab, ca, ia), bisects(D, ab, bc, ib), bisects(D, bc, ca, ic)
        if int(x) + int(y) + int(z) != 2:  # numpy's own sum of truths is a truth
            continue
        if not x:
            a, b, c = b, c, a
        elif not y:
            a, b, c = c, a, b
        k = event(s, INCENTRE, a, b, c, i, 0, 0, 0)
        news |= keep(s, k, middle(D, s.pair[b, c], s.pair[c, a], s.pair[i, c], k))
    return news


@jit
def divisions(s, pairs):
    """Lines divided alike, and parallels through corresponding points."""
    news, D, L = False, s.directions, s.logs
    for t in range(len(pairs)):
        p, q, r, x = take4(pairs, t)
        y, z, transversal = pairs[t, 4], pairs[t, 5], pairs[t, 6]
        if not (same(D, s.pair[p, q], s.pair[q, r]) and same(D, s.pair[x, y], s.pair[y, z])):
            continue
        pq, qr, rp, xy, yz, zx = s.pair[p, q], s.pair[q, r], s.pair[r, p], s.pair[x, y], s.pair[y, z], s.pair[z, x]
        one = difference(L, pq, qr) == difference(L, xy, yz)
        two = difference(L, qr, rp) == difference(L, yz, zx)
        three = difference(L, rp, pq) == difference(L, zx, xy)
        if transversal:
            px, qy, rz = s.pair[p, x], s.pair[q, y], s.pair[r, z]
            u, v, w = same(D, px, qy), same(D, qy, rz), same(D, px, rz)
            if (u and v) and not (one and two and three):
                k = event(s, PARALLELS_DIVIDE, p, x, q, y, r, z, 0)
                one = keep(s, k, proportion(L, pq, qr, xy, yz, 1, k))
                news |= one
            elif (one or two or three) and (u or v or w) and not (u and v):
                news |= parallels(s, p, q, r, x, y, z, u, v, one, two)
        if (one or two or three) and not (one and two and three):
            if one:
                k = event(s, SAME_DIVISION, p, q, r, x, y, z, 0)
                news |= keep(s, k, proportion(L, pq, rp, xy, zx, 1, k))
            elif two:
                k = event(s, SAME_DIVISION, q, r, p, y, z, x, 0)
                news |= keep(s, k, proportion(L, qr, pq, yz, xy, 1, k))
            else:
                k = event(s, SAME_DIVISION, r, p, q, z, x, y, 0)
                news |= keep(s, k, proportion(L, rp, qr, zx, yz, 1, k))
    return news


@jit
def parallels(s, p, q, r, x, y, z, u, v, one, two):
    """Learn the third parallel: u says px, qy are parallel, v qy, rz, neither px, rz; one and two which ratio is known.

    The ratio of pqr and xyz that is known is pq:qr, qr:rp or, if neither, rp:pq.
    """
    # letters: ab, cd, ef with a c e and b d f on lines, the ratio ac:ce, so c is the point that both ratios share
    if one:
        a, c, e, b, d, f = p, q, r, x, y, z
    elif two:
        a, c, e, b, d, f = q, r, p, y, z, x
    else:
        a, c, e, b, d, f = r, p, q, z, x, y
    missing = r if u else (p if v else q)
    if missing == a:
        a, b, e, f = e, f, a, b
    if missing == c:
        k = event(s, DIVIDE_PARALLEL, a, b, c, d, e, f, 0)
        return keep(s, k, equal(s.directions, s.pair[a, b], s.pair[c, d], k))
    k = event(s, DIVIDE_PARALLEL_END, a, b, c, d, e, f, 0)
    return keep(s, k, equal(s.directions, s.pair[a, b], s.pair[e, f], k))
