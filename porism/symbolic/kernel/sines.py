"""The law of sines: the logarithm of the sine of an angle is one more unknown beside the logarithms of lengths.

A *corner* is an angle of a triangle that is seen: number 3 t + j is the one at point j of triangle t. Corners that
are known to be equal or supplementary share an unknown. It costs many equations and is tried when nothing else brings
news.

Reference: sines in algebraic reasoning, [Sicca2024].
"""

import numpy as np

from ..jit import jit
from .state import (
    EQUAL_ANGLES,
    EQUAL_SINES,
    EVENT,
    RIGHT,
    SINES,
    equal,
    event,
    keep,
    proportion,
)  # fmt: skip
from .tables import FORMS, UNKNOWN_COUNT, USED, difference, insert, same, unknown


@jit
def corner(corners, k):
    """The vertex of a corner and the two points that it looks at, counter-clockwise in the first drawing."""
    t, j = k // 3, k % 3
    v, u, w = corners[t, j], corners[t, (j + 1) % 3], corners[t, (j + 2) % 3]
    if corners[t, 3] < 0:
        return v, w, u
    return v, u, w


@jit
def size(pair, angle, corners, k, d):
    """The angle of a corner in drawing d, in half turns modulo 1, and from u to w."""
    v, u, w = corner(corners, k)
    return (angle[d, pair[v, w]] - angle[d, pair[v, u]]) % 1.0


@jit
def alike(pair, angle, corners, k, m):
    """1 if two corners look equal in every drawing, -1 if supplementary, otherwise 0; both: 1."""
    equals, opposite = True, True
    for d in range(len(angle)):
        x, y = size(pair, angle, corners, k, d), size(pair, angle, corners, m, d)
        equals &= abs((x - y + 0.5) % 1.0 - 0.5) < 1e-8
        opposite &= abs((x + y + 0.5) % 1.0 - 0.5) < 1e-8
    return 1 if equals else (-1 if opposite else 0)


@jit
def name(s, corners, k):
    """A number that corners share if they are known to be equal or supplementary, up to a constant."""
    v, u, w = corner(corners, k)
    x, y = s.pair[v, u], s.pair[v, w]
    return min(difference(s.directions, x, y), difference(s.directions, y, x))


@jit
def known(s, angle, corners, k, m):
    """1 if two corners are known to be equal, -1 if supplementary, otherwise 0."""
    v, u, w = corner(corners, k)
    x, y, z = corner(corners, m)
    D = s.directions
    one, two = difference(D, s.pair[v, u], s.pair[v, w]), difference(D, s.pair[x, y], s.pair[x, z])
    for sign in (1, -1):
        if one == two:
            good = True
            for d in range(len(angle)):
                a, b = size(s.pair, angle, corners, k, d), size(s.pair, angle, corners, m, d)
                good &= abs((a - sign * b + 0.5) % 1.0 - 0.5) < 1e-8
            if good:
                return sign
        two = difference(D, s.pair[x, z], s.pair[x, y])
    return 0


@jit
def assign(s, angle, corners, k, rep):
    """Give corner k the unknown of corner ``rep``; tell the table if it has another one already."""
    if s.sines[k, 0] < 0:
        s.sines[k, 0], s.sines[k, 1] = s.sines[rep, 0], s.sines[rep, 1]
        return False
    a, b = s.sines[k, 1], s.sines[rep, 1]
    if a == b or same(s.logs, s.sines[a, 0], s.sines[b, 0]):
        return False
    v, u, w = corner(corners, a)
    x, y, z = corner(corners, b)
    if known(s, angle, corners, a, b) < 0:
        y, z = z, y
    e = event(s, EQUAL_ANGLES, v, u, w, x, y, z, 0)
    return keep(s, e, equal(s.logs, s.sines[a, 0], s.sines[b, 0], e))


@jit
def constant(s, angle, corners, k):
    """Learn the sine of a corner whose angle is known to be 30, 45, 60, 90, 120, 135 or 150 degrees."""
    v, u, w = corner(corners, k)
    x, y = s.pair[v, u], s.pair[v, w]
    value = size(s.pair, angle, corners, k, 0)
    twelfth = round(12 * value)
    if not same(s.directions, x, y) or abs(12 * value - twelfth) > 1e-7 or twelfth % 6 == 1 or twelfth % 6 == 5:
        return False
    e = event(s, RIGHT, v, u, v, w, twelfth, 0, 0)
    return keep(s, e, insert(s.logs, np.array([s.sines[k, 0]]), np.array([1]), 1, EVENT, e, 0, 0))


@jit
def share(s, angle, corners):
    """Give one unknown to all corners that are known to have one sine, if there are two or it is a constant."""
    news, count = False, 3 * len(corners)
    names = np.zeros(count, np.int64)
    for k in range(count):
        names[k] = name(s, corners, k)
    order = np.argsort(names, kind="mergesort")
    t = 0
    while t < count:
        u = t
        while u < count and names[order[u]] == names[order[t]]:
            u += 1
        for i in range(t, u):
            k = order[i]
            rep = -1
            for j in range(t, i):
                if s.sines[order[j], 0] >= 0 and known(s, angle, corners, k, order[j]):
                    rep = order[j]
                    break
            if rep >= 0:
                news |= assign(s, angle, corners, k, rep)
            elif s.sines[k, 0] < 0 and (u - t > 1 or names[k] == 0):
                v = unknown_sine(s)
                if v < 0:
                    return news
                s.sines[k, 0], s.sines[k, 1] = v, k
                if names[k] == 0:
                    news |= constant(s, angle, corners, k)
        t = u
    return news


@jit
def unknown_sine(s):
    """One more unknown among the logarithms, or -1: the figure is too large for more."""
    r = len(s.logs) - 1
    if s.logs[r, UNKNOWN_COUNT] >= r or s.logs[r, USED] >= s.logs[r, FORMS]:
        return -1
    return unknown(s.logs)


@jit
def law(s, corners):
    """Enter the law of sines for every two corners of a triangle that have unknowns."""
    news = False
    for t in range(len(corners)):
        for j in range(3):
            k, m = 3 * t + j, 3 * t + (j + 1) % 3
            if s.sines[k, 0] < 0 or s.sines[m, 0] < 0:
                continue
            a, b, c = corners[t, j], corners[t, (j + 1) % 3], corners[t, (j + 2) % 3]
            unknowns = np.array([s.pair[b, c], s.pair[c, a], s.sines[k, 0], s.sines[m, 0]])
            news |= insert(s.logs, unknowns, np.array([1, -1, -1, 1]), 4, SINES, k, m, 0)
    return news


@jit
def converse(s, angle, corners):
    """Angles with equal sines that look equal or supplementary are."""
    news, count = False, 3 * len(corners)
    for k in range(count):
        if s.sines[k, 1] != k:
            continue
        for m in range(k):
            if s.sines[m, 1] != m or not same(s.logs, s.sines[k, 0], s.sines[m, 0]):
                continue
            sign = alike(s.pair, angle, corners, k, m)
            if sign == 0:
                continue
            v, u, w = corner(corners, k)
            x, y, z = corner(corners, m)
            if sign < 0:
                y, z = z, y
            e = event(s, EQUAL_SINES, v, u, w, x, y, z, 0)
            pairs = (s.pair[v, u], s.pair[v, w], s.pair[x, y], s.pair[x, z])
            news |= keep(s, e, proportion(s.directions, pairs[0], pairs[1], pairs[2], pairs[3], 1, e))
    return news


@jit
def sines(s, angle, corners):
    """Everything that the law of sines gives."""
    news = share(s, angle, corners)
    news |= law(s, corners)
    return converse(s, angle, corners) or news
