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
def menelaus(s, on_line, x, y, z):
    """x, y, z on the sides of a triangle."""
    n = len(s.pair)
    for b in range(n):
        for c in range(n):
            if not aligned(s, on_line, b, c, x):
                continue
            for a in range(n):
                if on_line[a, b, c] or not aligned(s, on_line, c, a, y) or not aligned(s, on_line, a, b, z):
                    continue
                if a != b and a != c and balanced(s, a, b, c, x, y, z):
                    return learn(s, event(s, MENELAUS, a, b, c, x, y, z, 0), x, y, z)
    return False


@jit
def ceva(s, on_line, c, f, p):
    """P on ad and be, f on ab: is p on cf?"""
    n = len(s.pair)
    for a in range(n):
        if a == p or a == c:
            continue
        for b in range(n):
            if b == p or b == c or not aligned(s, on_line, a, b, f) or on_line[a, b, c]:
                continue
            for d in range(n):
                if d == p or not aligned(s, on_line, b, c, d) or not aligned(s, on_line, a, d, p):
                    continue
                for e in range(n):
                    if e == p or not aligned(s, on_line, c, a, e) or not aligned(s, on_line, b, e, p):
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
def hexagon(s, on_line, x, y, z):
    """X on ab and de, y on bc and ef, z on cd and fa: Pappus, Pascal, and Desargues with triangles instead."""
    n = len(s.pair)
    for a in range(n):
        for b in range(n):
            if not aligned(s, on_line, a, b, x):
                continue
            for d in range(n):
                for e in range(n):
                    if not aligned(s, on_line, d, e, x) or on_line[a, d, e] or on_line[b, d, e]:
                        continue
                    for c in range(n):
                        if not aligned(s, on_line, b, c, y):
                            continue
                        if aligned(s, on_line, c, d, z):
                            for f in range(n):
                                if not aligned(s, on_line, e, f, y) or not aligned(s, on_line, a, f, z):
                                    continue
                                if not different(a, b, c, d, e, f):
                                    continue
                                if on_line[b, e, f] or on_line[c, e, f] or on_line[c, a, f] or on_line[d, a, f]:
                                    continue
                                if aligned(s, on_line, a, c, e) and aligned(s, on_line, b, d, f):
                                    k = long_event(s, PAPPUS, np.array([a, b, c, d, e, f, x, y, z]))
                                    return learn(s, k, x, y, z)
                                m = cluster(s, a, b, c, d, e, f)
                                if m >= 0:
                                    k = long_event(s, PASCAL, np.array([a, b, c, d, e, f, x, y, z, m]))
                                    return learn(s, k, x, y, z)
                        if aligned(s, on_line, a, c, z) and not on_line[a, b, c]:
                            for f in range(n):
                                if not aligned(s, on_line, e, f, y) or not aligned(s, on_line, d, f, z):
                                    continue
                                if not different(a, b, c, d, e, f):
                                    continue
                                if on_line[b, e, f] or on_line[c, e, f] or on_line[c, d, f] or on_line[d, e, f]:
                                    continue
                                for p in range(n):
                                    if (
                                        aligned(s, on_line, a, d, p)
                                        and aligned(s, on_line, b, e, p)
                                        and aligned(s, on_line, c, f, p)
                                    ):
                                        k = long_event(s, DESARGUES, np.array([a, b, c, d, e, f, p, y, z, x]))
                                        return learn(s, k, x, y, z)
    return False


@jit
def collinear(s, on_line, lines):
    """Try to prove each triple that looks collinear."""
    news = False
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
            if (i == 0 and menelaus(s, on_line, x, y, z)) or ceva(s, on_line, first, second, third):
                news = True
                break
            if hexagon(s, on_line, first, second, third):
                news = True
                break
    return news
