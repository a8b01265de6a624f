"""What is known: four tables, the circles, and a log of everything that was learned, in order.

An *event* is one fact that was learned, as numbers: a rule of ``RULES`` and its points, or one of the codes below. An
equation of a table has a *source*: an event, or a chord or radius of a cluster. A *cluster* is a set of points that
are known to lie on one circle; it has an unknown for each of them (:mod:`porism.symbolic.proof`). Clusters of one
circle that is only seen stay apart.
"""

from typing import NamedTuple

import numpy as np

from ..jit import jit
from .matching import first_of_all
from .tables import FULL, insert, unknown

RULES = (
    "similar-aa", "similar-aa-mirror", "similar-sas", "similar-sas-mirror", "similar-sss", "similar-sss-mirror",
    "similar-ssa", "similar-ssa-mirror", "isosceles-angles", "isosceles-sides", "bisector-perpendicular",
    "bisector-points", "midpoint", "angle-bisector", "angle-bisector-converse", "incentre", "orthocentre",
    "parallels-divide", "divide-parallel", "divide-parallel-end", "same-division", "circle", "inscribed", "central",
    "right-angle", "arcs-chords", "chords-arcs", "isosceles-trapezoid", "equal-sines",
    "bisector-midline", "midline-bisector", "menelaus", "ceva", "pappus", "pascal", "desargues",
)  # fmt: skip
(
    AA, AA_MIRROR, SAS, SAS_MIRROR, SSS, SSS_MIRROR, SSA, SSA_MIRROR, ISOSCELES_ANGLES, ISOSCELES_SIDES,
    BISECTOR_PERPENDICULAR, BISECTOR_POINTS, MIDPOINT, ANGLE_BISECTOR, ANGLE_BISECTOR_CONVERSE, INCENTRE, ORTHOCENTRE,
    PARALLELS_DIVIDE, DIVIDE_PARALLEL, DIVIDE_PARALLEL_END, SAME_DIVISION, CIRCLE, INSCRIBED, CENTRAL, RIGHT_ANGLE,
    ARCS_CHORDS, CHORDS_ARCS, ISOSCELES_TRAPEZOID, EQUAL_SINES, BISECTOR_MIDLINE, MIDLINE_BISECTOR, MENELAUS, CEVA,
    PAPPUS, PASCAL, DESARGUES,
) = range(36)  # fmt: skip
(
    PREMISE,
    LINE,
    LOG_RATIO,
    LENGTH_RATIO,
    SQUARE_RATIO,
    SQUARE_PERPENDICULAR,
    PERPENDICULAR,
    LOG_SQUARES,
    EQUAL_ANGLES,
    RIGHT,
) = range(-1, -11, -1)
"""Other events: a premise; facts by algebra: coll (direction), cong or rconst (log, length), sqconst (square), perp
(square, direction), sqconst (log), eqangle or aconst (direction, for its sine)."""
EVENT, CHORD, RADIUS, RADII, SINES = 0, 1, 2, 3, 4
"""Sources of equations: (EVENT, event), (CHORD, cluster, i, j), (RADIUS, cluster, i): a direction, (RADII, cluster,
i, j): oi = oj, (SINES, corner, corner): the law of sines for two corners of a triangle."""


class State(NamedTuple):
    """All that is known.

    Attributes:
        pair: int64 (points, points), numbers of pairs.
        directions, logs, lengths, squares: the tables (:mod:`.tables`); a pair's unknown is its number in each.
        events: int64 (room, 12), a code or the number of a rule, then its arguments.
        member: int64 (room, points), the unknown of a point on a cluster, or -1.
        circle: int64 (room, 4), of a cluster: its circle in the figure, its centre or -1, the event that gave the
            centre, 1 if alive.
        growth: int64 (room, 3), in order: cluster, point, and the event that put it there, or -1 - the cluster that
            was merged into it.
        label: int64 (triangles,), triangles known to be similar share a label.
        sines: int64 (corners, 2), the unknown of a corner's sine among ``logs`` or -1, and the corner that it is
            named after.
        size: int64 (4,), events, clusters, growths, and 1 if there was no room.
    """

    pair: np.ndarray
    directions: np.ndarray
    logs: np.ndarray
    lengths: np.ndarray
    squares: np.ndarray
    events: np.ndarray
    member: np.ndarray
    circle: np.ndarray
    growth: np.ndarray
    label: np.ndarray
    sines: np.ndarray
    size: np.ndarray


@jit
def event(s, code, a0, a1, a2, a3, a4, a5, a6):
    """Log what is about to be learned; :func:`forget` if it turns out to be known."""
    k = s.size[0]
    if k >= len(s.events):
        s.size[3] = 1
        return k - 1
    row = s.events[k]
    row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7] = code, a0, a1, a2, a3, a4, a5, a6
    row[8] = row[9] = row[10] = row[11] = 0
    s.size[0] = k + 1
    return k


@jit
def long_event(s, code, points):
    """Log an event with up to ten points."""
    k = event(s, code, 0, 0, 0, 0, 0, 0, 0)
    for i in range(len(points)):
        s.events[k, 1 + i] = points[i]
    return k


@jit
def keep(s, k, news):
    """Take event k back unless it was news; returns ``news``."""
    if not news:
        s.size[0] = k
    return news


@jit
def equal(t, x, y, k):
    """Learn x - y."""
    return insert(t, np.array([x, y]), np.array([1, -1]), 2, EVENT, k, 0, 0)


@jit
def proportion(t, a, b, c, d, sign, k):
    """Learn a - b - sign (c - d)."""
    return insert(t, np.array([a, b, c, d]), np.array([1, -1, -sign, sign]), 4, EVENT, k, 0, 0)


@jit
def middle(t, x, y, z, k):
    """Learn x + y - 2 z."""
    return insert(t, np.array([x, y, z]), np.array([1, 1, -2]), 3, EVENT, k, 0, 0)


@jit
def multiple(t, x, m, y, n, k):
    """Learn n x - m y: x is m/n times y."""
    return insert(t, np.array([x, y]), np.array([n, -m]), 2, EVENT, k, 0, 0)


@jit
def radius(s, c, q):
    """The equations of the radius to point q of a cluster with a centre."""
    o = s.circle[c, 1]
    insert(s.directions, np.array([s.pair[o, q], s.member[c, q]]), np.array([1, -2]), 2, RADIUS, c, q, 0)
    for r in range(s.member.shape[1]):
        if s.member[c, r] >= 0:
            if r != q:
                x, y = s.pair[o, q], s.pair[o, r]
                insert(s.logs, np.array([x, y]), np.array([1, -1]), 2, RADII, c, q, r)
                insert(s.lengths, np.array([x, y]), np.array([1, -1]), 2, RADII, c, q, r)
                insert(s.squares, np.array([x, y]), np.array([1, -1]), 2, RADII, c, q, r)
            break


@jit
def admit(s, apart, c, q, why):
    """Put point q on cluster c."""
    s.member[c, q] = unknown(s.directions)
    g = s.size[2]
    if g >= len(s.growth) or s.directions[len(s.directions) - 1, FULL]:
        s.size[3] = 1
        return
    s.growth[g, 0], s.growth[g, 1], s.growth[g, 2] = c, q, why
    s.size[2] = g + 1
    for r in range(s.member.shape[1]):
        if r != q and s.member[c, r] >= 0 and apart[s.pair[q, r]]:
            x = np.array([s.pair[q, r], s.member[c, q], s.member[c, r]])
            insert(s.directions, x, np.array([1, -1, -1]), 3, CHORD, c, q, r)
    if s.circle[c, 1] >= 0:
        radius(s, c, q)


@jit
def centred(s, c, o, why):
    """Learn the centre of cluster c."""
    s.circle[c, 1] = o
    s.circle[c, 2] = why
    for q in range(s.member.shape[1]):
        if s.member[c, q] >= 0:
            radius(s, c, q)


@jit
def common(s, c, d):
    """How many points two clusters share."""
    count = 0
    for q in range(s.member.shape[1]):
        if s.member[c, q] >= 0 and s.member[d, q] >= 0:
            count += 1
    return count


@jit
def merge(s, apart, c):
    """Merge into cluster c the clusters that are known to be the same circle."""
    again = True
    while again and not s.size[3]:
        again = False
        for d in range(s.size[1]):
            if d == c or not s.circle[d, 3] or s.circle[d, 0] != s.circle[c, 0]:
                continue
            shared = common(s, c, d)
            concentric = s.circle[c, 1] >= 0 and s.circle[c, 1] == s.circle[d, 1]
            if shared < 3 and not (concentric and shared > 0):
                continue
            s.circle[d, 3] = 0
            if s.circle[c, 1] < 0 and s.circle[d, 1] >= 0:
                centred(s, c, s.circle[d, 1], -1 - d)
            for q in range(s.member.shape[1]):
                if s.member[d, q] >= 0 and s.member[c, q] < 0:
                    admit(s, apart, c, q, -1 - d)
            again = True


@jit
def concyclic(s, circles, apart, points, count, o, why):
    """Learn by event ``why`` that points[:count] lie on a circle, with centre o unless o is -1.

    Points that coincide with one before them are left out. Returns whether it is news.
    """
    points = first_of_all(s.pair, apart, points[:count])
    count = len(points)
    if count < 3:
        return False
    seen = -1
    for k in range(len(circles)):
        inside = True
        for i in range(count):
            if not circles[k, points[i]]:
                inside = False
        if inside:
            seen = k
            break
    if seen < 0:
        return False
    for c in range(s.size[1]):
        if not s.circle[c, 3] or s.circle[c, 0] != seen:
            continue
        shared = 0
        for i in range(count):
            if s.member[c, points[i]] >= 0:
                shared += 1
        if shared < 3 and not (o >= 0 and s.circle[c, 1] == o and shared > 0):
            continue
        news = False
        if o >= 0 and s.circle[c, 1] < 0:
            centred(s, c, o, why)
            news = True
        for i in range(count):
            if s.member[c, points[i]] < 0:
                admit(s, apart, c, points[i], why)
                news = True
        if news:
            merge(s, apart, c)
        return news
    c = s.size[1]
    if c >= len(s.circle):
        s.size[3] = 1
        return False
    s.size[1] = c + 1
    s.circle[c, 0], s.circle[c, 1], s.circle[c, 2], s.circle[c, 3] = seen, o, why, 1
    for i in range(count):
        admit(s, apart, c, points[i], why)
    merge(s, apart, c)
    return True
