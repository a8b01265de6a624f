"""Lengths along lines, squares of lengths, and what they exchange with the logarithms and directions."""

import math

import numpy as np

from ..jit import jit
from .matching import take3
from .state import (
    EVENT,
    LINE,
    LOG_RATIO,
    LOG_SQUARES,
    MIDPOINT,
    PERPENDICULAR,
    SQUARE_PERPENDICULAR,
    equal,
    event,
    keep,
    multiple,
)  # fmt: skip
from .tables import P, both, entailed, insert, inverse, same, touched

LARGEST = 12  # numerator and denominator of the ratios of lengths that are tried


@jit
def fraction(value):
    """m, n with value = m / n, or 0, 0 if there are none up to LARGEST."""
    for n in range(1, LARGEST + 1):
        m = round(value * n)
        if 0 < m <= LARGEST and abs(m - value * n) < 1e-7 * m:
            return int(m), n
    return 0, 0


@jit
def ratio(length, x, y, power):
    """A power of the ratio of two lengths as m, n if it is simple and the same in every drawing, otherwise 0, 0."""
    m, n = fraction(math.exp(power * (length[0, x] - length[0, y])))
    if m:
        for d in range(1, len(length)):
            if abs(power * (length[d, x] - length[d, y]) - math.log(m / n)) > 1e-7:
                return 0, 0
    return m, n


@jit
def along_lines(s, triples):
    """Add up the lengths of segments on a line that is known to be one."""
    news = False
    for t in range(len(triples)):
        p, q, r = take3(triples, t)
        x, y, z = s.pair[p, q], s.pair[q, r], s.pair[p, r]
        if same(s.directions, x, y):
            unknowns, coefficients = np.array([x, y, z]), np.array([1, 1, -1])
            if not entailed(s.lengths, unknowns, coefficients, 3):
                k = event(s, LINE, p, q, r, 0, 0, 0, 0)
                news |= keep(s, k, insert(s.lengths, unknowns, coefficients, 3, EVENT, k, 0, 0))
    return news


@jit
def ratios_of_logs(s, length):
    """Tell lengths and squares which ratios of lengths are known."""
    news, L = False, s.logs
    size = length.shape[1]
    names = np.zeros(size, np.int64)
    for x in range(size):
        names[x] = both(L, x)[0]
    order = np.argsort(names, kind="mergesort")
    t = 0
    while t < len(order):
        u = t + 1
        while u < len(order) and names[order[u]] == names[order[t]]:
            y = order[u]
            u += 1
            told = False
            for v in range(t, u - 1):
                x = order[v]
                if not same(L, x, y):
                    continue
                m, n = ratio(length, x, y, 1)
                if m:
                    k = event(s, LOG_RATIO, x, y, m, n, 0, 0, 0)
                    one = multiple(s.lengths, x, m, y, n, k)
                    two = multiple(s.squares, x, m * m, y, n * n, k)
                    news |= keep(s, k, one or two)
                    break
                if told:
                    continue
                m, n = ratio(length, x, y, 2)
                if m:
                    k = event(s, LOG_SQUARES, x, y, m, n, 0, 0, 0)
                    news |= keep(s, k, multiple(s.squares, x, m, y, n, k))
                    told = True
        t = u
    return news


@jit
def scaleless(t, x):
    """A number that unknowns share if one is a multiple of the other."""
    first, second = both(t, x)
    return first * inverse(second) % P


@jit
def ratios_of(s, length, t, power, code):
    """Tell the logarithms which ratios follow from lengths (power 1) or squares (power 2)."""
    news, L = False, s.logs
    used = np.nonzero(touched(t))[0]
    names = np.zeros(len(used), np.int64)
    for i in range(len(used)):
        names[i] = scaleless(t, used[i])
    order = np.argsort(names, kind="mergesort")
    i = 0
    while i < len(order):
        x = used[order[i]]
        j = i + 1
        while j < len(order) and names[order[j]] == names[order[i]]:
            y = used[order[j]]
            j += 1
            if same(L, x, y):
                continue
            m, n = ratio(length, x, y, power)
            if m and entailed(t, np.array([x, y]), np.array([n, -m]), 2):
                k = event(s, code, x, y, m, n, 0, 0, 0)
                news |= keep(s, k, equal(L, x, y, k))
        i = j
    return news


@jit
def pythagoras(s, a, b, c, d):
    """ac^2 + bd^2 - ad^2 - bc^2, which is 0 exactly if ab and cd are perpendicular.

    Returns:
        Unknowns, coefficients and their number.
    """
    unknowns, coefficients, count = np.zeros(4, np.int64), np.zeros(4, np.int64), 0
    for p, q, sign in ((a, c, 1), (b, d, 1), (a, d, -1), (b, c, -1)):
        if p != q:
            unknowns[count] = s.pair[p, q]
            coefficients[count] = sign
            count += 1
    return unknowns, coefficients, count


@jit
def squares(s, length, triples, rights):
    """Perpendicular lines and medians, as equations between squares of lengths."""
    news, D, Q, n = False, s.directions, s.squares, len(s.pair)
    for t in range(len(rights)):
        a, b, c = take3(rights, t)
        d = rights[t, 3]
        unknowns, coefficients, count = pythagoras(s, a, b, c, d)
        known = same(D, s.pair[a, b], s.pair[c, d])
        if known == entailed(Q, unknowns, coefficients, count):
            continue
        if known:
            k = event(s, PERPENDICULAR, a, b, c, d, 0, 0, 0)
            news |= keep(s, k, insert(Q, unknowns, coefficients, count, EVENT, k, 0, 0))
        else:
            k = event(s, SQUARE_PERPENDICULAR, a, b, c, d, 0, 0, 0)
            news |= keep(s, k, equal(D, s.pair[a, b], s.pair[c, d], k))
    for t in range(len(triples)):
        p, q, r = take3(triples, t)
        pq, qr, pr = s.pair[p, q], s.pair[q, r], s.pair[p, r]
        if abs(length[0, pq] - length[0, qr]) > 1e-8:
            continue
        if not (same(D, pq, qr) and same(s.logs, pq, qr)):
            continue
        k = event(s, MIDPOINT, p, r, q, 0, 0, 0, 0)
        more = multiple(Q, pr, 2 * 2, pq, 1, k)
        for x in range(n):
            if x == p or x == q or x == r:
                continue
            unknowns = np.array([s.pair[x, p], s.pair[x, r], s.pair[x, q], pr])
            more |= insert(Q, unknowns, np.array([2, 2, -4, -1]), 4, EVENT, k, 0, 0)
        news |= keep(s, k, more)
    return news
