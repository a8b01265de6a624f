"""What looks true in the drawings: the only things that are ever tried to prove.

Notation: X is float64 (drawings, points, 2), every drawing scaled to size 1; ``pair[i, j]`` numbers the pairs of
points; ``length`` and ``angle`` are float64 (drawings, pairs), logarithms and directions in half turns; ``apart[p]``:
the points of pair p differ in every drawing. The first drawing proposes and the others may veto.

Reference: matching by numbers before proving is the way of Yuclid [Sicca2024]; classes by sorting.
"""

import math
from typing import NamedTuple

import numpy as np

from ..jit import jit

NEAR = 1e-8  # two numbers of size 1 that are equal in theory differ by less in a drawing


class Figure(NamedTuple):
    """The drawings and what is seen in them; every array but the first three holds one candidate a row.

    Attributes:
        lines: p, q, r on a line, q between p and r in the first drawing.
        on_line: (points, points, points), whether three points look collinear.
        triangles: a, b, c and 1 or -1 for the orientation, in classes that look similar side by side.
        classes: where each class of triangles starts, and the end.
        isosceles: o, a, b with oa as long as ob, not on a line.
        bisectors: a, b, d, c: d on bc, ad bisects the angle at a, or its supplement.
        rights: a, b, c, d with ab perpendicular to cd.
        orthocentres: a, b, c, d, each the orthocentre of the others.
        incentres: i, a, b, c: i on a bisector at a, b and c.
        divisions: p, q, r, x, y, z and 1 or 0: pqr and xyz are divided alike; px, qy, rz are parallel.
        corners: the three points of every triangle, and 1 or -1 for the orientation.
        circles: bool (circles, points): all points of a circle that has a named centre or at least four points.
        centres: int (circles,), a point or -1.
    """

    X: np.ndarray
    pair: np.ndarray
    length: np.ndarray
    angle: np.ndarray
    apart: np.ndarray
    lines: np.ndarray
    on_line: np.ndarray
    triangles: np.ndarray
    classes: np.ndarray
    isosceles: np.ndarray
    bisectors: np.ndarray
    rights: np.ndarray
    orthocentres: np.ndarray
    incentres: np.ndarray
    divisions: np.ndarray
    corners: np.ndarray
    circles: np.ndarray
    centres: np.ndarray


@jit
def rows(found, count, width):
    """The first ``count`` rows, as they are."""
    result = np.zeros((count, width), np.int64)
    for i in range(count * width):
        result[i // width, i % width] = found[i]
    return result


@jit
def take3(table, t):
    """Row t as a tuple."""
    return table[t, 0], table[t, 1], table[t, 2]


@jit
def take4(table, t):
    """Row t as a tuple."""
    return table[t, 0], table[t, 1], table[t, 2], table[t, 3]


@jit
def grown(array):
    """A copy with twice the room."""
    more = np.zeros(2 * len(array), np.int64)
    for i in range(len(array)):  # numba takes seconds to compile an assignment to a slice
        more[i] = array[i]
    return more


@jit
def turn(angle):
    """Distance of an angle, in half turns, from a whole number of them."""
    return abs(angle - round(angle))


@jit
def numbered(n):
    """Numbers of the pairs of n points."""
    pair = np.full((n, n), -1, np.int64)
    k = 0
    for i in range(n):
        for j in range(i + 1, n):
            pair[i, j] = k
            pair[j, i] = k
            k += 1
    return pair


@jit
def measure(X, pair):
    """Logarithms of lengths, directions, and which pairs are two points."""
    drawings, n = X.shape[0], X.shape[1]
    count = n * (n - 1) // 2
    length = np.zeros((drawings, count))
    angle = np.zeros((drawings, count))
    apart = np.ones(count, np.bool_)
    for i in range(n):
        for j in range(i + 1, n):
            k = pair[i, j]
            for d in range(drawings):
                dx, dy = X[d, j, 0] - X[d, i, 0], X[d, j, 1] - X[d, i, 1]
                size = math.sqrt(dx * dx + dy * dy)
                if size < 1e-7:
                    apart[k] = False
                    size = 1.0
                length[d, k] = math.log(size)
                angle[d, k] = math.atan2(dy, dx) / math.pi
    return length, angle, apart


@jit
def collinear(X, pair, angle, apart):
    """Triples on a line, the one between in the middle, and the same as a table."""
    drawings, n = X.shape[0], X.shape[1]
    table = np.zeros((n, n, n), np.bool_)
    found, count = np.zeros(3 * 64, np.int64), 0
    for a in range(n):
        for b in range(a + 1, n):
            if not apart[pair[a, b]]:
                continue
            for c in range(b + 1, n):
                if not (apart[pair[a, c]] and apart[pair[b, c]]):
                    continue
                good = True
                for d in range(drawings):
                    x, y, z = angle[d, pair[a, b]], angle[d, pair[a, c]], angle[d, pair[b, c]]
                    if turn(x - y) > NEAR or turn(x - z) > NEAR:
                        good = False
                        break
                if not good:
                    continue
                ab = (X[0, b, 0] - X[0, a, 0], X[0, b, 1] - X[0, a, 1])
                ac = (X[0, c, 0] - X[0, a, 0], X[0, c, 1] - X[0, a, 1])
                t = (ab[0] * ac[0] + ab[1] * ac[1]) / (ab[0] * ab[0] + ab[1] * ab[1])
                p, q, r = a, b, c
                if t < 0:
                    p, q, r = b, a, c
                elif t < 1:
                    p, q, r = a, c, b
                if 3 * count + 3 > len(found):
                    found = grown(found)
                found[3 * count], found[3 * count + 1], found[3 * count + 2] = p, q, r
                count += 1
                table[a, b, c] = table[a, c, b] = table[b, a, c] = True
                table[b, c, a] = table[c, a, b] = table[c, b, a] = True
    return rows(found, count, 3), table


@jit
def buckets(values):
    """Numbers of buckets: values that are near each other share one."""
    order = np.argsort(values, kind="mergesort")
    number = np.zeros(len(values), np.int64)
    k = 0
    for t in range(1, len(order)):
        if values[order[t]] - values[order[t - 1]] > 10 * NEAR:
            k += 1
        number[order[t]] = k
    return number


@jit
def orientation(X, pair, length, apart, on_line, i, j, k):
    """1 if the triangle turns left in the first drawing, -1 if right, 0 if it is none."""
    if on_line[i, j, k] or not (apart[pair[i, j]] and apart[pair[j, k]] and apart[pair[i, k]]):
        return 0
    ux, uy = X[0, j, 0] - X[0, i, 0], X[0, j, 1] - X[0, i, 1]
    vx, vy = X[0, k, 0] - X[0, i, 0], X[0, k, 1] - X[0, i, 1]
    cross = ux * vy - uy * vx
    if abs(cross) < 1e-6 * math.exp(length[0, pair[j, k]] + length[0, pair[i, j]]):
        return 0
    return 1 if cross > 0 else -1


@jit
def similar(X, pair, length, apart, on_line):
    """Triangles in classes that look similar: corners ordered by the opposite sides, in every order that ties allow."""
    n = X.shape[1]
    found, count = np.zeros(4 * 256, np.int64), 0
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                sign = orientation(X, pair, length, apart, on_line, i, j, k)
                if sign == 0:
                    continue
                for a, b, c, s in (
                    (i, j, k, sign), (j, k, i, sign), (k, i, j, sign), (i, k, j, -sign), (k, j, i, -sign), (j, i, k,
                    -sign),
                ):  # fmt: skip
                    la, lb, lc = length[0, pair[b, c]], length[0, pair[c, a]], length[0, pair[a, b]]
                    if la < lb + NEAR and lb < lc + NEAR:
                        if 4 * count + 4 > len(found):
                            found = grown(found)
                        found[4 * count], found[4 * count + 1], found[4 * count + 2] = a, b, c
                        found[4 * count + 3] = s
                        count += 1
    all_ = rows(found, count, 4)
    first, second = np.zeros(count), np.zeros(count)
    for t in range(count):
        a, b, c = all_[t, 0], all_[t, 1], all_[t, 2]
        first[t] = length[0, pair[a, b]] - length[0, pair[b, c]]
        second[t] = length[0, pair[c, a]] - length[0, pair[b, c]]
    names = buckets(first) * (count + 1) + buckets(second)
    order = np.argsort(names, kind="mergesort")
    kept, size = np.zeros((count, 4), np.int64), 0
    starts, classes = np.zeros(count + 1, np.int64), 0
    t = 0
    while t < count:
        u = t
        while u < count and names[order[u]] == names[order[t]]:
            u += 1
        if u - t > 1:
            starts[classes] = size
            classes += 1
            for v in range(t, u):
                for i in range(4):
                    kept[size, i] = all_[order[v], i]
                size += 1
        t = u
    starts[classes] = size
    return kept[:size].copy(), starts[: classes + 1].copy()


@jit
def cornered(X, pair, length, apart, on_line):
    """All triangles."""
    n = X.shape[1]
    found, count = np.zeros(4 * 64, np.int64), 0
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                sign = orientation(X, pair, length, apart, on_line, i, j, k)
                if sign:
                    if 4 * count + 4 > len(found):
                        found = grown(found)
                    found[4 * count], found[4 * count + 1], found[4 * count + 2] = i, j, k
                    found[4 * count + 3] = sign
                    count += 1
    return rows(found, count, 4)


@jit
def equal_lengths(length, p, q):
    """Whether two segments look equal, in every drawing."""
    for d in range(length.shape[0]):
        if abs(length[d, p] - length[d, q]) > NEAR:
            return False
    return True


@jit
def equidistant(n, pair, length, apart, on_line):
    """o, a, b with oa as long as ob, not on a line."""
    found, count = np.zeros(3 * 64, np.int64), 0
    for o in range(n):
        for a in range(n):
            if a == o or not apart[pair[o, a]]:
                continue
            for b in range(a + 1, n):
                if b == o or on_line[o, a, b] or not (apart[pair[o, b]] and apart[pair[a, b]]):
                    continue
                if equal_lengths(length, pair[o, a], pair[o, b]):
                    if 3 * count + 3 > len(found):
                        found = grown(found)
                    found[3 * count], found[3 * count + 1], found[3 * count + 2] = o, a, b
                    count += 1
    return rows(found, count, 3)


@jit
def halved(angle, x, y, z):
    """Whether line z looks like a bisector of lines x and y, in every drawing."""
    for d in range(angle.shape[0]):
        if turn(angle[d, x] + angle[d, y] - 2 * angle[d, z]) > NEAR:
            return False
    return True


@jit
def bisecting(n, pair, length, angle, apart, on_line, lines):
    """a, b, d, c: d on bc and ad a bisector at a."""
    found, count = np.zeros(4 * 16, np.int64), 0
    for t in range(len(lines)):
        p, q, r = take3(lines, t)
        for b, d, c in ((p, q, r), (q, p, r), (p, r, q)):
            for a in range(n):
                if a == b or a == c or a == d or on_line[a, b, c]:
                    continue
                ab, ac, ad = pair[a, b], pair[a, c], pair[a, d]
                if not (apart[ab] and apart[ac] and apart[ad]) or not halved(angle, ab, ac, ad):
                    continue
                if 4 * count + 4 > len(found):
                    found = grown(found)
                found[4 * count], found[4 * count + 1] = a, b
                found[4 * count + 2], found[4 * count + 3] = d, c
                count += 1
    return rows(found, count, 4)


@jit
def perpendicular(angle, p, q):
    """Whether two lines look perpendicular, in every drawing."""
    for d in range(angle.shape[0]):
        if turn(angle[d, p] - angle[d, q] + 0.5) > NEAR:
            return False
    return True


@jit
def parallel(angle, p, q):
    """Whether two lines look parallel, in every drawing."""
    for d in range(angle.shape[0]):
        if turn(angle[d, p] - angle[d, q]) > NEAR:
            return False
    return True


@jit
def right_angled(n, pair, angle, apart):
    """a, b, c, d with ab perpendicular to cd."""
    found, count = np.zeros(4 * 64, np.int64), 0
    for a in range(n):
        for b in range(a + 1, n):
            for c in range(a, n):
                for d in range(c + 1, n):
                    p, q = pair[a, b], pair[c, d]
                    if (c == a and d <= b) or not (apart[p] and apart[q]) or not perpendicular(angle, p, q):
                        continue
                    if 4 * count + 4 > len(found):
                        found = grown(found)
                    found[4 * count], found[4 * count + 1] = a, b
                    found[4 * count + 2], found[4 * count + 3] = c, d
                    count += 1
    return rows(found, count, 4)


@jit
def orthocentric(n, pair, angle, apart):
    """Four points, each the orthocentre of the others."""
    found, count = np.zeros(4 * 16, np.int64), 0
    for a in range(n):
        for b in range(a + 1, n):
            for c in range(b + 1, n):
                for d in range(c + 1, n):
                    if not perpendicular(angle, pair[a, b], pair[c, d]) or not perpendicular(
                        angle, pair[a, c], pair[b, d]
                    ):
                        continue
                    if not (
                        apart[pair[a, b]] and apart[pair[a, c]] and apart[pair[a, d]]
                        and apart[pair[b, c]] and apart[pair[b, d]] and apart[pair[c, d]]
                    ):  # fmt: skip
                        continue
                    if 4 * count + 4 > len(found):
                        found = grown(found)
                    found[4 * count], found[4 * count + 1] = a, b
                    found[4 * count + 2], found[4 * count + 3] = c, d
                    count += 1
    return rows(found, count, 4)


@jit
def concurrent(n, pair, angle, apart, on_line):
    """i, a, b, c: i on a bisector at each corner of the triangle."""
    found, count = np.zeros(4 * 16, np.int64), 0
    for a in range(n):
        for b in range(a + 1, n):
            for c in range(b + 1, n):
                ab, bc, ca = pair[a, b], pair[b, c], pair[c, a]
                if on_line[a, b, c] or not (apart[ab] and apart[bc] and apart[ca]):
                    continue
                for i in range(n):
                    if i == a or i == b or i == c:
                        continue
                    ia, ib, ic = pair[i, a], pair[i, b], pair[i, c]
                    if not (apart[ia] and apart[ib] and apart[ic]):
                        continue
                    if halved(angle, ab, ca, ia) and halved(angle, ab, bc, ib):
                        if 4 * count + 4 > len(found):
                            found = grown(found)
                        found[4 * count], found[4 * count + 1] = i, a
                        found[4 * count + 2], found[4 * count + 3] = b, c
                        count += 1
    return rows(found, count, 4)


@jit
def divided(pair, length, angle, lines, apart):
    """Pairs of triples that are divided alike, and whether the lines through corresponding points are parallel."""
    found, count = np.zeros(7 * 32, np.int64), 0
    shift = np.zeros(len(lines))
    for t in range(len(lines)):
        p, q, r = take3(lines, t)
        shift[t] = length[0, pair[p, q]] - length[0, pair[q, r]]
    for t in range(len(lines)):
        p, q, r = take3(lines, t)
        for u in range(t, len(lines)):
            for way in range(2):
                if u == t and way == 0:
                    continue
                if abs(shift[t] - (1 - 2 * way) * shift[u]) > 10 * NEAR:
                    continue
                x, y, z = take3(lines, u)
                if way == 1:
                    x, z = z, x
                good = True
                for d in range(1, length.shape[0]):
                    one = length[d, pair[p, q]] - length[d, pair[q, r]]
                    two = length[d, pair[x, y]] - length[d, pair[y, z]]
                    three = length[d, pair[p, r]] - length[d, pair[q, r]]
                    four = length[d, pair[x, z]] - length[d, pair[y, z]]
                    if abs(one - two) > 10 * NEAR or abs(three - four) > 10 * NEAR:
                        good = False
                if not good:
                    continue
                transversal = 0
                if p != x and q != y and r != z:
                    px, qy, rz = pair[p, x], pair[q, y], pair[r, z]
                    if apart[px] and apart[qy] and apart[rz] and not parallel(angle, px, pair[p, q]):
                        if parallel(angle, px, qy) and parallel(angle, qy, rz):
                            transversal = 1
                if 7 * count + 7 > len(found):
                    found = grown(found)
                f = 7 * count
                found[f], found[f + 1], found[f + 2] = p, q, r
                found[f + 3], found[f + 4], found[f + 5] = x, y, z
                found[f + 6] = transversal
                count += 1
    return rows(found, count, 7)


@jit
def first_of_all(pair, apart, points):
    """The points that coincide with none of smaller number."""
    kept, count = np.zeros(len(points), np.int64), 0
    for p in points:
        alone = True
        for q in range(p):
            alone &= apart[pair[p, q]]
        if alone:
            kept[count] = p
            count += 1
    return kept[:count]


@jit
def circled(X, on_line, pair, apart):
    """All circles through three points that have a named centre or a fourth point."""
    drawings, n = X.shape[0], X.shape[1]
    found = np.zeros((8, n), np.bool_)
    centres, count = np.zeros(8, np.int64), 0
    distance = np.zeros(n)
    points = first_of_all(pair, apart, np.arange(n))
    alone = np.zeros(n, np.bool_)
    for p in points:
        alone[p] = True
    for a in points:
        for b in points:
            for c in points:
                if not (a < b < c) or on_line[a, b, c]:
                    continue
                known = False
                for k in range(count):
                    if found[k, a] and found[k, b] and found[k, c]:
                        known = True
                        break
                if known:
                    continue
                flat = False
                on = alone.copy()
                centre = np.ones(n, np.bool_)
                for d in range(drawings):
                    bx, by = X[d, b, 0] - X[d, a, 0], X[d, b, 1] - X[d, a, 1]
                    cx, cy = X[d, c, 0] - X[d, a, 0], X[d, c, 1] - X[d, a, 1]
                    area = 2 * (bx * cy - by * cx)
                    b2, c2 = bx * bx + by * by, cx * cx + cy * cy
                    if abs(area) < 1e-6 * math.sqrt(b2 * c2):
                        flat = True
                        break
                    ux, uy = (cy * b2 - by * c2) / area, (bx * c2 - cx * b2) / area
                    r = math.sqrt(ux * ux + uy * uy)
                    for i in range(n):
                        dx, dy = X[d, i, 0] - X[d, a, 0] - ux, X[d, i, 1] - X[d, a, 1] - uy
                        distance[i] = math.sqrt(dx * dx + dy * dy)
                        if abs(distance[i] - r) > 10 * NEAR * max(r, 1.0):
                            on[i] = False
                        if distance[i] > 10 * NEAR * max(r, 1.0):
                            centre[i] = False
                middle = -1
                for i in range(n):
                    if centre[i]:
                        middle = i
                if flat or on.sum() < (4 if middle < 0 else 3):
                    continue
                if count == len(centres):
                    centres = grown(centres)
                    more = np.zeros((2 * count, n), np.bool_)
                    for k in range(count):
                        for i in range(n):
                            more[k, i] = found[k, i]
                    found = more
                for i in range(n):
                    found[count, i] = on[i]
                centres[count] = middle
                count += 1
    return found[:count].copy(), centres[:count].copy()


@jit
def look(X, pair):
    """Everything that looks true in all drawings X, float64 (drawings, points, 2)."""
    length, angle, apart = measure(X, pair)
    n = X.shape[1]
    lines, on_line = collinear(X, pair, angle, apart)
    triangles, classes = similar(X, pair, length, apart, on_line)
    circles, centres = circled(X, on_line, pair, apart)
    return Figure(
        X,
        pair,
        length,
        angle,
        apart,
        lines,
        on_line,
        triangles,
        classes,
        equidistant(n, pair, length, apart, on_line),
        bisecting(n, pair, length, angle, apart, on_line, lines),
        right_angled(n, pair, angle, apart),
        orthocentric(n, pair, angle, apart),
        concurrent(n, pair, angle, apart, on_line),
        divided(pair, length, angle, lines, apart),
        cornered(X, pair, length, apart, on_line),
        circles,
        centres,
    )
