"""The closure: everything that follows, by matching what looks true against what is known, round after round.

Plain functions on arrays of numbers, which run interpreted or compiled (:mod:`porism.symbolic.jit`); names and facts
are put on outside, in :mod:`porism.symbolic.closure`.
"""

import numpy as np

from ..jit import jit
from .circles import central, chords, inscribed, radii, together, trapezoids
from .collinear import bisected_midlines, collinear
from .lengths import along_lines, ratios_of, ratios_of_logs, squares
from .matching import look, numbered
from .sines import sines
from .state import EVENT, LENGTH_RATIO, PREMISE, SQUARE_RATIO, State, concyclic
from .tables import entailed, insert, table
from .triangles import (
    bisectors,
    concurrent,
    divisions,
    isosceles,
    lines,
    perpendicular_bisectors,
    similar,
)  # fmt: skip

ROUNDS = 200  # more than any figure of 40 points has needed; a bound against endless loops


@jit
def begin(pair, circles, triangles, corners, random, premises, slack):
    """Nothing known yet, with room for what may come; ``premises`` events are logged."""
    n = len(pair)
    pairs = n * (n - 1) // 2
    room = pairs + slack * (3 * circles.sum() + 4 * n + 8)
    clusters = slack * (2 * circles.sum() + 8)
    s = State(
        pair,
        table(pairs, room, random),
        table(pairs, pairs + min(3 * corners, 4 * pairs) + 1, random[room:]),
        table(pairs, pairs + 1, random[room : room + pairs + 1]),
        table(pairs, pairs + 1, random[room + pairs :]),
        np.zeros((room + 8 * pairs + premises + clusters + 64, 12), np.int64),
        np.full((clusters, n), -1, np.int64),
        np.zeros((clusters, 4), np.int64),
        np.zeros((room, 3), np.int64),
        np.arange(triangles),
        np.full((3 * corners, 2), -1, np.int64),
        np.zeros(4, np.int64),
    )
    for k in range(premises):
        s.events[k, 0], s.events[k, 1] = PREMISE, k
    s.size[0] = premises
    return s


@jit
def assume(s, seen, apart, equations, circles):
    """Enter the premises.

    Args:
        s: the state.
        seen: circles of the figure.
        apart: which pairs of points are two points.
        equations: int64 (equations, 19): table, event, count, 8 unknowns, 8 coefficients.
        circles: int64 (circles, 3 + points): event, centre or -1, count, points.
    """
    for e in range(len(equations)):
        which, k, count = equations[e, 0], equations[e, 1], equations[e, 2]
        there = True
        for i in range(count):  # two points that coincide have no line, and a length without a logarithm
            there &= apart[equations[e, 3 + i]]
        if not there:
            continue
        t = s.directions
        if which == 1:
            t = s.logs
        elif which == 2:
            t = s.lengths
        elif which == 3:
            t = s.squares
        insert(t, equations[e, 3:11], equations[e, 11:19], count, EVENT, k, 0, 0)
    for e in range(len(circles)):
        concyclic(s, seen, apart, circles[e, 3:], circles[e, 2], circles[e, 1], circles[e, 0])


@jit
def reached(s, goals, cyclic):
    """Whether all goals are known: equations as in :func:`assume`, and four points on a circle a row."""
    for g in range(len(goals)):
        t = s.directions if goals[g, 0] == 0 else s.logs
        if not entailed(t, goals[g, 3:11], goals[g, 11:19], goals[g, 2]):
            return False
    for g in range(len(cyclic)):
        if not together(s, cyclic[g, 0], cyclic[g, 1], cyclic[g, 2], cyclic[g, 3]):
            return False
    return True


@jit
def deduce_round(s, f):
    """Try every rule once on everything that looks true; returns whether something was learned."""
    news = lines(s, f.lines)
    news |= isosceles(s, f.isosceles)
    news |= radii(s, f.circles, f.centres, f.apart)
    news |= perpendicular_bisectors(s, f.length, f.apart)
    news |= inscribed(s, f.circles, f.apart)
    news |= central(s, f.circles, f.centres, f.angle, f.apart)
    news |= chords(s, f.length, f.angle, f.apart)
    news |= trapezoids(s, f.circles, f.angle, f.apart)
    news |= similar(s, f.X, f.length, f.triangles, f.classes)
    news |= bisectors(s, f.bisectors)
    news |= concurrent(s, f.orthocentres, f.incentres)
    news |= bisected_midlines(s, f.angle, f.length, f.apart, f.lines)
    news |= divisions(s, f.divisions)
    news |= along_lines(s, f.lines)
    news |= ratios_of_logs(s, f.length)
    news |= ratios_of(s, f.length, s.lengths, 1, LENGTH_RATIO)
    return news


@jit
def deduce(s, f, goals, cyclic):
    """Round after round until there is no more news, or the goals are known; how many, and whether they are.

    What seldom helps and costs much is tried when the rest brings nothing.
    """
    waiting = len(goals) + len(cyclic) > 0
    for k in range(ROUNDS):
        if waiting and reached(s, goals, cyclic):
            return k, True
        if deduce_round(s, f):
            continue
        if squares(s, f.length, f.lines, f.rights) | ratios_of(s, f.length, s.squares, 2, SQUARE_RATIO):
            continue
        if not (collinear(s, f.on_line, f.lines) or sines(s, f.angle, f.corners)):
            return k, False
    return ROUNDS, False


@jit
def close(X, random, equations, circles, premises, goals, cyclic, slack):
    """Deduce everything, or until the goals are known.

    Args:
        X: float64 (drawings, points, 2), each drawing of size about 1.
        random: int64 (many, 2), below P.
        equations: of the premises, see :func:`assume`.
        circles: of the premises.
        premises: their number.
        goals: equations to wait for; no rows here and in ``cyclic``: deduce everything.
        cyclic: int64 (goals, 4), points that are to lie on one circle.
        slack: 1, or more to have more room for circles.

    Returns:
        Figure, state, rounds, and whether the goals were reached.
    """
    figure = look(X, numbered(X.shape[1]))
    s = begin(figure.pair, figure.circles, len(figure.triangles), len(figure.corners), random, premises, slack)
    assume(s, figure.circles, figure.apart, equations, circles)
    rounds, solved = deduce(s, figure, goals, cyclic)
    return figure, s, rounds, solved
