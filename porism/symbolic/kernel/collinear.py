"""Theorems about collinear points, and the lemma on bisectors and midlines.

The first are tried when nothing else brings news, and only on triples that look collinear and are not known to be.
"""

import numpy as np

from ..jit import jit
from .matching import halved, parallel, perpendicular, take3
from .state import (
    BISECTOR_MIDLINE,
    CEVA,
    DESARGUES,
    MENELAUS,
    MIDLINE_BISECTOR,
    PAPPUS,
    PASCAL,
    equal,
    event,
    keep,
    long_event,
)  # fmt: skip
from .tables import difference, entailed, same


@jit
def bisected_midlines(s, angle, length, apart, lines):
    """The midline of a triangle meets the bisector of an angle in the foot of a perpendicular."""
    news, D, n = False, s.directions, len(s.pair)
    for t in range(len(lines)):
        p, h, q = take3(lines, t)
        hp, hq = s.pair[h, p], s.pair[h, q]
        if abs(length[0, hp] - length[0, hq]) > 1e-8 or not (same(D, hp, hq) and same(s.logs, hp, hq)):
            continue
        for way in range(2):
            b, c = (p, q) if way == 0 else (q, p)
            for a in range(n):
                if a == b or a == c or a == h or same(D, s.pair[a, b], s.pair[b, c]):
                    continue
                ab, ac = s.pair[a, b], s.pair[a, c]
                if not (apart[ab] and apart[ac]):
                    continue
                for f in range(n):
                    if f == a or f == b or f == h:
                        continue
                    af, bf, hf = s.pair[a, f], s.pair[b, f], s.pair[h, f]
                    if not (apart[af] and apart[bf] and apart[hf]) or difference(D, ab, af) != difference(D, af, ac):
                        continue
                    right, flat = same(D, af, bf), same(D, hf, ac)
                    if right == flat or not halved(angle, ab, ac, af) or parallel(angle, ab, ac):
                        continue
                    if not (perpendicular(angle, af, bf) and parallel(angle, hf, ac)):
                        continue
                    if right:
                        k = event(s, BISECTOR_MIDLINE, a, b, c, f, h, 0, 0)
                        news |= keep(s, k, equal(D, hf, ac, k))
                    else:
                        k = event(s, MIDLINE_BISECTOR, a, b, c, f, h, 0, 0)
                        news |= keep(s, k, equal(D, af, bf, k))
    return news


@jit
def aligned(s, on_line, a, b, c):
    """Whether three different points are known to be collinear."""
    return on_line[a, b, c] and same(s.directions, s.pair[a, b], s.pair[a, c])


@jit
def learn(s, k, x, y, z):
    """Learn by event k that x, y, z are collinear."""
    D = s.directions
    return keep(s, k, equal(D, s.pair[x, y], s.pair[y, z], k) | equal(D, s.pair[x, y], s.pair[x, z], k))


@jit
def balanced(s, a, b, c, x, y, z):
    """Whether the product of the ratios in which x, y, z divide bc, ca, ab is known to be 1."""
    pair = s.pair
    unknowns = np.array([pair[b, x], pair[c, y], pair[a, z], pair[x, c], pair[y, a], pair[z, b]])
    return entailed(s.logs, unknowns, np.array([1, 1, 1, -1, -1, -1]), 6)


@jit
def alignments(s, on_line):
    """All that is known of collinear points, so that the theorems below need not ask again and again.

    Returns:
        known: bool (points, points, points), :func:`aligned` of a, b, c.
        middle, middles: for a and c the points b with a, b, c aligned, and how many.
        last, lasts: for a and b the points c, and how many.
    """
    n = len(s.pair)
    known = np.zeros((n, n, n), np.bool_)
    middle, last = np.zeros((n, n, n), np.int64), np.zeros((n, n, n), np.int64)
    middles, lasts = np.zeros((n, n), np.int64), np.zeros((n, n), np.int64)
    for a in range(n):
        for b in range(n):
            for c in range(n):
                if on_line[a, b, c] and same(s.directions, s.pair[a, b], s.pair[a, c]):
                    known[a, b, c] = True
                    middle[a, c, middles[a, c]] = b
                    middles[a, c] += 1
                    last[a, b, lasts[a, b]] = c
                    lasts[a, b] += 1
    return known, middle, middles, last, lasts


@jit
def menelaus(s, on_line, k, x, y, z):
    """x, y, z on the sides of a triangle; k: :func:`alignments`, here and below."""
    known, middle, middles, _, _ = k
    n = len(s.pair)
    for b in range(n):
        for i in range(middles[b, x]):
            c = middle[b, x, i]
            for j in range(middles[c, y]):
                a = middle[c, y, j]
                if on_line[a, b, c] or not known[a, b, z]:
                    continue
                if a != b and a != c and balanced(s, a, b, c, x, y, z):
                    return learn(s, event(s, MENELAUS, a, b, c, x, y, z, 0), x, y, z)
    return False


@jit
def ceva(s, on_line, k, c, f, p):
    """P on ad and be, f on ab: is p on cf?"""
    known, middle, middles, last, lasts = k
    n = len(s.pair)
    for a in range(n):
        if a == p or a == c:
            continue
        for i in range(middles[a, f]):
            b = middle[a, f, i]
            if b == p or b == c or on_line[a, b, c]:
                continue
            for j in range(lasts[b, c]):
                d = last[b, c, j]
                if d == p or not known[a, d, p]:
                    continue
                for m in range(lasts[c, a]):
                    e = last[c, a, m]
                    if e == p or not known[b, e, p]:
                        continue
                    if balanced(s, a, b, c, d, e, f):
                        return learn(s, event(s, CEVA, a, b, c, d, e, f, p), c, f, p)
    return False


@jit
def cluster(s, a, b, c, d, e, f):
    """A cluster that has six points, or -1."""
    for k in range(s.size[1]):
        m = s.member[k]
        if s.circle[k, 3] and m[a] >= 0 and m[b] >= 0 and m[c] >= 0 and m[d] >= 0 and m[e] >= 0 and m[f] >= 0:
            return k
    return -1


@jit
def different(a, b, c, d, e, f):
    """Whether six points are six."""
    points = (a, b, c, d, e, f)
    for i in range(6):
        for j in range(i):
            if points[i] == points[j]:
                return False
    return True


@jit
def hexagon(s, on_line, k, x, y, z):
    """X on ab and de, y on bc and ef, z on cd and fa: Pappus, Pascal, and Desargues with triangles instead."""
    known, middle, middles, _, _ = k
    n = len(s.pair)
    for a in range(n):
        for i in range(middles[a, x]):
            b = middle[a, x, i]
            for d in range(n):
                for j in range(middles[d, x]):
                    e = middle[d, x, j]
                    if on_line[a, d, e] or on_line[b, d, e]:
                        continue
                    for m in range(middles[b, y]):
                        c = middle[b, y, m]
                        if known[c, d, z] and six_points(s, on_line, k, a, b, c, d, e, x, y, z):
                            return True
                        if known[a, c, z] and not on_line[a, b, c]:
                            if two_triangles(s, on_line, k, a, b, c, d, e, x, y, z):
                                return True
    return False


@jit
def six_points(s, on_line, k, a, b, c, d, e, x, y, z):
    """Pappus and Pascal for a hexagon whose last corner is missing."""
    known, middle, middles, _, _ = k
    for i in range(middles[e, y]):
        f = middle[e, y, i]
        if not known[a, f, z] or not different(a, b, c, d, e, f):
            continue
        if on_line[b, e, f] or on_line[c, e, f] or on_line[c, a, f] or on_line[d, a, f]:
            continue
        if known[a, c, e] and known[b, d, f]:
            return learn(s, long_event(s, PAPPUS, np.array([a, b, c, d, e, f, x, y, z])), x, y, z)
        m = cluster(s, a, b, c, d, e, f)
        if m >= 0:
            return learn(s, long_event(s, PASCAL, np.array([a, b, c, d, e, f, x, y, z, m])), x, y, z)
    return False


@jit
def two_triangles(s, on_line, k, a, b, c, d, e, x, y, z):
    """Desargues for triangles abc and def, whose last corner is missing."""
    known, middle, middles, _, _ = k
    for i in range(middles[e, y]):
        f = middle[e, y, i]
        if not known[d, f, z] or not different(a, b, c, d, e, f):
            continue
        if on_line[b, e, f] or on_line[c, e, f] or on_line[c, d, f] or on_line[d, e, f]:
            continue
        for p in range(len(s.pair)):
            if known[a, d, p] and known[b, e, p] and known[c, f, p]:
                return learn(s, long_event(s, DESARGUES, np.array([a, b, c, d, e, f, p, y, z, x])), x, y, z)
    return False


@jit
def collinear(s, on_line, lines):
    """Try to prove each triple that looks collinear."""
    news = False
    k = alignments(s, on_line)
    for t in range(len(lines)):
        x, y, z = take3(lines, t)
        if aligned(s, on_line, x, y, z):
            continue
        for i in range(6):
            first, second, third = x, y, z
            if i % 3 == 1:
                first, second, third = y, z, x
            elif i % 3 == 2:
                first, second, third = z, x, y
            if i >= 3:
                second, third = third, second
            if (
                (i == 0 and menelaus(s, on_line, k, x, y, z))
                or ceva(s, on_line, k, first, second, third)
                or hexagon(s, on_line, k, first, second, third)
            ):
                news = True
                k = alignments(s, on_line)
                break
    return news
