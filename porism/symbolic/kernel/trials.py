"""A closed figure with one more point: what is known is copied and extended, and what the point brings is counted.

Tables of trials have no columns for reasons, so that a copy is small: what a trial finds is proved again from the
premises. Unknowns of the old points come first and are never said in terms of newer ones
(:func:`.tables.eliminate`), so an old unknown is eliminated exactly when an equation between the old points is
learned that was not known: their number is the *gain* of the trial.
"""

import numpy as np

from ..jit import jit
from .close import assume, deduce
from .matching import look
from .state import State, concyclic
from .tables import END, FULL, GAIN, HASH, OLD, RANDOM, TOUCHED, UNKNOWN_COUNT, USED, P, eliminate, with_reasons


@jit
def carried(t, pairs, more, extra, random, tidy):
    """A copy of a table without reasons, with ``more`` unknowns after the first ``pairs`` and room for ``extra``.

    Columns keep their numbers, unless those of eliminated unknowns are left out (``tidy``).
    """
    r, at = len(t) - 1, t.shape[1] - END
    count, used = t[r, UNKNOWN_COUNT], t[r, USED]
    name, kept = np.arange(used), used
    if tidy:
        kept = 0
        for j in range(used):
            name[j] = -1
            for x in range(count):
                if t[x, j] != 0:
                    name[j] = kept
                    kept += 1
                    break
    columns = kept + more + extra
    new = with_reasons(0, max(count, kept) + more + extra, columns, 0, random)
    end = columns
    for x in range(count):
        y = x if x < pairs else x + more
        hash0, hash1 = 0, 0
        for j in range(used):
            c = t[x, j]
            if c != 0:
                new[y, name[j]] = c
                if tidy:
                    hash0 = (hash0 + c * new[name[j], end + RANDOM]) % P
                    hash1 = (hash1 + c * new[name[j], end + RANDOM + 1]) % P
        if not tidy:
            hash0, hash1 = t[x, at + HASH], t[x, at + HASH + 1]
        new[y, end + HASH], new[y, end + HASH + 1] = hash0, hash1
        new[y, end + TOUCHED] = t[x, at + TOUCHED]
    for i in range(more):
        y = pairs + i
        new[y, kept + i] = 1
        new[y, end + HASH] = new[kept + i, end + RANDOM]
        new[y, end + HASH + 1] = new[kept + i, end + RANDOM + 1]
    last = len(new) - 1
    new[last, UNKNOWN_COUNT], new[last, USED], new[last, OLD] = count + more, kept + more, kept
    return new


@jit
def numbered_on(pair, n):
    """Numbers of the pairs of n points that keep those of the first points."""
    old = len(pair)
    more = np.full((n, n), -1, np.int64)
    for i in range(old):
        for j in range(old):
            more[i, j] = pair[i, j]
    k = old * (old - 1) // 2
    for j in range(old, n):
        for i in range(j):
            more[i, j] = more[j, i] = k
            k += 1
    return more


@jit
def same_circle(circles, member, c):
    """The circle of a figure on which all points of cluster c lie, or -1."""
    for k in range(len(circles)):
        inside = True
        for q in range(member.shape[1]):
            if member[c, q] >= 0 and not circles[k, q]:
                inside = False
                break
        if inside:
            return k
    return -1


@jit
def same_corners(f, g):
    """For each triangle of figure f its number in g, which has more points."""
    number = np.zeros(len(f.corners), np.int64)
    u = 0
    for t in range(len(f.corners)):
        while (
            g.corners[u, 0] != f.corners[t, 0]
            or g.corners[u, 1] != f.corners[t, 1]
            or g.corners[u, 2] != f.corners[t, 2]
        ):
            u += 1
        number[t] = u
    return number


@jit
def extended(s, f, g, events, random, tidy):
    """What is known of figure f, for figure g, which has the same points and perhaps more; nothing of these is known.

    ``events`` is an array for the log, which is begun anew. Left out (``tidy``) is what is eliminated; the gain of what
    follows is then no longer that over ``s``.
    """
    old, n = len(s.pair), len(g.pair)
    pairs = old * (old - 1) // 2
    more = n * (n - 1) // 2 - pairs
    points = 2 * n + 8 + g.circles.sum()
    member = np.full((s.size[1] + len(g.circles) + 8, n), -1, np.int64)
    circle = np.zeros((len(member), 4), np.int64)
    for c in range(s.size[1]):
        for q in range(old):
            if s.member[c, q] >= 0:
                member[c, q] = s.member[c, q] + more
        for i in range(4):
            circle[c, i] = s.circle[c, i]
        if circle[c, 3]:
            circle[c, 0] = same_circle(g.circles, member, c)
    sines = np.full((3 * len(g.corners), 2), -1, np.int64)
    number = same_corners(f, g)
    for k in range(len(s.sines)):
        if s.sines[k, 0] >= 0:
            m = 3 * number[k // 3] + k % 3
            sines[m, 0] = s.sines[k, 0] + more
            sines[m, 1] = 3 * number[s.sines[k, 1] // 3] + s.sines[k, 1] % 3
    size = np.zeros(4, np.int64)
    size[1] = s.size[1]
    return State(
        g.pair,
        carried(s.directions, pairs, more, points, random, tidy),
        carried(s.logs, pairs, more, 4 * n + 4 * more, random, tidy),
        carried(s.lengths, pairs, more, 0, random, tidy),
        carried(s.squares, pairs, more, 0, random, tidy),
        events,
        member,
        circle,
        np.zeros((points, 3), np.int64),
        np.arange(len(g.triangles)),
        sines,
        size,
    )


@jit
def cramped(s):
    """Whether there was no room, so that what is known can no longer be trusted."""
    return s.size[3] != 0 or s.directions[len(s.directions) - 1, FULL] != 0 or s.logs[len(s.logs) - 1, FULL] != 0


@jit
def gain(s):
    """How many independent equations between the old points were learned."""
    return s.directions[len(s.directions) - 1, GAIN] + s.logs[len(s.logs) - 1, GAIN]


@jit
def with_point(s, f, place, equations, circles, goals, cyclic, events, random):
    """One more point, and everything that follows: figure, state, and whether the goals were reached.

    State s of figure f is what is known so far; the point is at ``place``, float64 (drawings, 2), and ``equations`` and
    ``circles`` are what is assumed of it, as in :func:`.close.assume`.
    """
    drawings, n = f.X.shape[0], f.X.shape[1]
    X = np.zeros((drawings, n + 1, 2))
    for d in range(drawings):
        for i in range(n):
            X[d, i, 0], X[d, i, 1] = f.X[d, i, 0], f.X[d, i, 1]
        X[d, n, 0], X[d, n, 1] = place[d, 0], place[d, 1]
    g = look(X, numbered_on(f.pair, n + 1))
    t = extended(s, f, g, events, random, False)
    assume(t, g.circles, g.apart, equations, circles)
    _, solved = deduce(t, g, goals, cyclic)
    return g, t, solved and not cramped(t)


@jit
def transfer(t, s, pairs, more):
    """Tell table s what table t, which was copied from it, knows about the unknowns of s."""
    r = len(s) - 1
    at, old = s.shape[1] - END, t[len(t) - 1, OLD]
    named = np.full(old, -1, np.int64)
    for x in range(s[r, UNKNOWN_COUNT]):
        only, count = -1, 0
        for j in range(old):
            if s[x, j] != 0:
                only = j
                count += 1
        if count == 1 and s[x, only] == 1:
            named[only] = x
    for j in range(old):
        x = named[j]
        if x < 0:
            continue
        y = x if x < pairs else x + more
        if t[y, j] != 0:
            continue
        row = np.zeros(at, np.int64)
        for i in range(old):
            row[i] = (P - t[y, i]) % P
        row[j] = 1
        eliminate(s, row)


@jit
def learned(s, f, t, events, random):
    """State s of figure f with what t, which has more points, knows about the points of f."""
    n, more = len(s.pair), len(t.pair)
    pairs = n * (n - 1) // 2
    more = more * (more - 1) // 2 - pairs
    u = extended(s, f, f, events, random, False)
    transfer(t.directions, u.directions, pairs, more)
    transfer(t.logs, u.logs, pairs, more)
    transfer(t.lengths, u.lengths, pairs, more)
    transfer(t.squares, u.squares, pairs, more)
    for c in range(t.size[1]):
        if not t.circle[c, 3]:
            continue
        on = np.zeros(n, np.int64)
        count, o = 0, t.circle[c, 1]
        if o >= n:
            o = -1
        for q in range(n):
            if t.member[c, q] >= 0:
                on[count] = q
                count += 1
        if count > 3 or (count == 3 and o >= 0):
            concyclic(u, f.circles, f.apart, on, count, o, 0)
    return u


@jit
def packed(s, f, random):
    """A closed state without reasons, to begin trials with."""
    return extended(s, f, f, np.zeros((64, 12), np.int64), random, True)


@jit
def added(s, f, place, equations, circles, goals, cyclic, random):
    """One more point to stay: figure, state, gain, whether the goals were reached, and whether there was room."""
    events = np.zeros((4096, 12), np.int64)
    g, t, solved = with_point(s, f, place, equations, circles, goals, cyclic, events, random)
    return g, extended(t, g, g, np.zeros((64, 12), np.int64), random, True), gain(t), solved, not cramped(t)


@jit
def sweep(s, f, places, equations, equation_counts, circles, circle_counts, goals, cyclic, random, learning):
    """Try points one after another, each alone, on state s of figure f.

    Their ``places`` are float64 (points, drawings, 2); what is assumed of point m are the first ``equation_counts[m]``
    rows of ``equations[m]``, and so for circles. When ``learning``, what a point tells about the old points is kept for
    the trials after it.

    Returns:
        The state with what was learned; the gain of each point, -1 where there was no room and -2 where it was not
        tried; the number of the point with which, or after which, the goals were reached, else -1; and whether they
        were reached without it, by what was learned.
    """
    events = np.zeros((4096, 12), np.int64)
    spare = np.zeros((4096, 12), np.int64)
    gains = np.full(len(places), -2, np.int64)
    for m in range(len(places)):
        _, t, solved = with_point(
            s, f, places[m], equations[m, : equation_counts[m]], circles[m, : circle_counts[m]], goals, cyclic, events,
            random,
        )  # fmt: skip
        if cramped(t):
            gains[m] = -1
            continue
        gains[m] = gain(t)
        if solved:
            return s, gains, m, False
        if learning and gains[m] > 0:
            u = learned(s, f, t, spare, random)
            _, solved = deduce(u, f, goals, cyclic)
            if not cramped(u):
                s = u
                if solved:
                    return s, gains, m, True
    return s, gains, -1, False
