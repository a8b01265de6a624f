"""Rules about circles."""

import numpy as np

from ..jit import jit
from .matching import NEAR, parallel, perpendicular, turn
from .state import (
    ARCS_CHORDS,
    CENTRAL,
    CHORDS_ARCS,
    CIRCLE,
    INSCRIBED,
    ISOSCELES_TRAPEZOID,
    RIGHT_ANGLE,
    concyclic,
    equal,
    event,
    keep,
    proportion,
)  # fmt: skip
from .tables import difference, same


@jit
def radii(s, circles, centres, apart):
    """Three points at one distance from a point lie on a circle around it."""
    news, L, n = False, s.logs, len(s.pair)
    for k in range(len(circles)):
        o = centres[k]
        if o < 0:
            continue
        for p in range(n):
            if not circles[k, p]:
                continue
            second = -1
            for q in range(p + 1, n):
                if not circles[k, q] or not same(L, s.pair[o, p], s.pair[o, q]) or not apart[s.pair[p, q]]:
                    continue
                if second < 0:
                    second = q
                elif apart[s.pair[second, q]]:
                    e = event(s, CIRCLE, o, p, second, q, 0, 0, 0)
                    points = np.array([p, second, q])
                    news |= keep(s, e, concyclic(s, circles, apart, points, 3, o, e))
            if second >= 0:
                break
    return news


@jit
def together(s, a, b, x, y):
    """Whether four points lie on one cluster."""
    for c in range(s.size[1]):
        if (
            s.circle[c, 3]
            and s.member[c, a] >= 0
            and s.member[c, b] >= 0
            and s.member[c, x] >= 0
            and s.member[c, y] >= 0
        ):
            return True
    return False


@jit
def inscribed(s, circles, apart):
    """Points that see a segment under equal angles lie on a circle with it."""
    news, D = False, s.directions
    for k in range(len(circles)):
        on = np.nonzero(circles[k])[0]
        if len(on) < 4:
            continue
        for i in range(len(on)):
            for j in range(i + 1, len(on)):
                a, b = on[i], on[j]
                if not apart[s.pair[a, b]]:
                    continue
                for u in range(len(on)):
                    x = on[u]
                    if u == i or u == j or not (apart[s.pair[x, a]] and apart[s.pair[x, b]]):
                        continue
                    seen = difference(D, s.pair[x, a], s.pair[x, b])
                    for v in range(u + 1, len(on)):
                        y = on[v]
                        if v == i or v == j or not (apart[s.pair[y, a]] and apart[s.pair[y, b]]):
                            continue
                        if seen != difference(D, s.pair[y, a], s.pair[y, b]) or not apart[s.pair[x, y]]:
                            continue
                        if not together(s, a, b, x, y):
                            e = event(s, INSCRIBED, a, b, x, y, 0, 0, 0)
                            points = np.array([a, b, x, y])
                            news |= keep(s, e, concyclic(s, circles, apart, points, 4, -1, e))
    return news


@jit
def central(s, circles, centres, angle, apart):
    """A point whose angle over a chord is half of the central one lies on the circle."""
    news, D, L = False, s.directions, s.logs
    for k in range(len(circles)):
        o = centres[k]
        if o < 0:
            continue
        on = np.nonzero(circles[k])[0]
        for i in range(len(on)):
            for j in range(i + 1, len(on)):
                a, b = on[i], on[j]
                oa, ob, ab = s.pair[o, a], s.pair[o, b], s.pair[a, b]
                if not apart[ab] or not same(L, oa, ob):
                    continue
                for x in on:
                    if x == a or x == b or same(L, oa, s.pair[o, x]):
                        continue
                    xa, xb = s.pair[x, a], s.pair[x, b]
                    if not (apart[xa] and apart[xb]):
                        continue
                    right = same(D, xa, xb) and perpendicular(angle, xa, xb)
                    if right and same(D, oa, ob) and same(D, oa, ab) and parallel(angle, oa, ob):
                        e = event(s, RIGHT_ANGLE, a, b, o, x, 0, 0, 0)
                        news |= keep(s, e, equal(L, oa, s.pair[o, x], e))
                    elif difference(D, ab, oa) == difference(D, xb, xa):
                        e = event(s, CENTRAL, a, b, o, x, 0, 0, 0)
                        news |= keep(s, e, equal(L, oa, s.pair[o, x], e))
    return news


@jit
def other(s, c, a, b, wanted):
    """A point of cluster c that is neither a nor b, ``wanted`` if it is one of them."""
    if wanted != a and wanted != b:
        return wanted
    for p in range(s.member.shape[1]):
        if s.member[c, p] >= 0 and p != a and p != b:
            return p
    return -1


@jit
def chords(s, length, angle, apart):
    """Equal chords of a circle are seen under equal angles, and the other way round."""
    news, D, L = False, s.directions, s.logs
    for c in range(s.size[1]):
        if not s.circle[c, 3]:
            continue
        on = np.nonzero(s.member[c] >= 0)[0]
        for i in range(len(on)):
            for j in range(i + 1, len(on)):
                a, b = on[i], on[j]
                ab = s.pair[a, b]
                if not apart[ab]:
                    continue
                for u in range(i, len(on)):
                    for v in range(u + 1, len(on)):
                        if u == i and v <= j:
                            continue
                        g, h = on[u], on[v]
                        gh = s.pair[g, h]
                        if abs(length[0, ab] - length[0, gh]) > NEAR or not apart[gh]:
                            continue
                        p = other(s, c, a, b, a)
                        q = other(s, c, g, h, p)
                        if p < 0 or q < 0:
                            continue
                        if not agree(angle, s.pair[p, a], s.pair[p, b], s.pair[q, g], s.pair[q, h]):
                            g, h = h, g
                            if not agree(angle, s.pair[p, a], s.pair[p, b], s.pair[q, g], s.pair[q, h]):
                                continue
                        x, y, z, w = s.member[c, a], s.member[c, b], s.member[c, g], s.member[c, h]
                        arcs, equals = difference(D, x, y) == difference(D, z, w), same(L, ab, gh)
                        if arcs and not equals:
                            e = event(s, ARCS_CHORDS, a, b, g, h, p, q, c)
                            news |= keep(s, e, equal(L, ab, gh, e))
                        elif equals and not arcs:
                            e = event(s, CHORDS_ARCS, a, b, g, h, p, q, c)
                            pa, pb, qg, qh = s.pair[p, a], s.pair[p, b], s.pair[q, g], s.pair[q, h]
                            news |= keep(s, e, proportion(D, pa, pb, qg, qh, 1, e))
    return news


@jit
def trapezoids(s, circles, angle, apart):
    """Trapezoids with equal legs have a circle."""
    news, D, L = False, s.directions, s.logs
    for k in range(len(circles)):
        on = np.nonzero(circles[k])[0]
        for i in range(len(on)):
            for j in range(i + 1, len(on)):
                for u in range(i + 1, len(on)):
                    for v in range(u + 1, len(on)):
                        a, b, c, d = on[i], on[j], on[u], on[v]
                        if j == u or j == v or not same(D, s.pair[a, b], s.pair[c, d]):
                            continue
                        if not (
                            parallel(angle, s.pair[a, b], s.pair[c, d]) and apart[s.pair[a, b]] and apart[s.pair[c, d]]
                        ):
                            continue
                        if together(s, a, b, c, d):
                            continue
                        if not same(L, s.pair[a, d], s.pair[b, c]) or parallel(angle, s.pair[a, d], s.pair[b, c]):
                            c, d = d, c
                            if not same(L, s.pair[a, d], s.pair[b, c]) or parallel(angle, s.pair[a, d], s.pair[b, c]):
                                continue
                        e = event(s, ISOSCELES_TRAPEZOID, a, b, c, d, 0, 0, 0)
                        news |= keep(s, e, concyclic(s, circles, apart, np.array([a, b, c, d]), 4, -1, e))
    return news


@jit
def agree(angle, x, y, z, w):
    """Whether the angles from x to y and from z to w look equal, in every drawing."""
    for d in range(len(angle)):
        if turn(angle[d, x] - angle[d, y] - angle[d, z] + angle[d, w]) > NEAR:
            return False
    return True
