"""Linear systems modulo a prime, kept reduced, whose normal forms are hashed: to compare is to compare two numbers.

Every unknown x is kept as ``x = form[x] . free + why[x] . equations``, one row of an array: a combination of unknowns
that are still free and of the equations that were added, each of which is worth 0. The equations are independent, so
the combination that explains a consequence is unique and is read off. ``hash[x]`` is a random linear function of
``form[x]``, so two sums of unknowns have the same normal form exactly if their hashes agree, up to a chance of about
2**-62 (two hashes of 31 bits each).

Equations are known up to a constant. Which constant, the drawing says here and exact arithmetic when a proof is made.

Reference: the elimination of [Chervonyi2025], modulo a prime, with provenance.
"""

from typing import NamedTuple

import numpy as np

from ..jit import jit

P = 2147483647  # 2**31 - 1: products fit in 62 bits, and the compiler knows how to divide by it
WIDTH = 8  # unknowns in one equation, at most


# Columns of a table, after those of forms and of reasons: hashes, random numbers, an equation's unknowns, coefficients
# and source, and whether an equation has the unknown. One array and not a tuple of nine, because numba compiles every
# call with a tuple of arrays many times slower.
HASH, RANDOM, UNKNOWNS, COEFFICIENTS, SOURCE, TOUCHED, END = (
    0,
    2,
    4,
    4 + WIDTH,
    4 + 2 * WIDTH,
    8 + 2 * WIDTH,
    9 + 2 * WIDTH,
)
# The last row: the number of unknowns, of equations, 1 if there was no room for another, how many columns forms have
# and how many of them are used, and how many of the first ``OLD`` were eliminated. A table that has no columns for
# reasons counts no equations.
UNKNOWN_COUNT, EQUATION_COUNT, FULL, FORMS, USED, OLD, GAIN = range(7)


class Table(NamedTuple):
    """The parts of a table, for those who look at one from outside.

    Attributes:
        form: int64 (unknowns, unknowns), coefficients modulo P.
        why: int64 (unknowns, equations), coefficients modulo P.
        hash: int64 (unknowns, 2).
        unknowns, coefficients: int64 (equations, WIDTH), the equations added.
        source: int64 (equations, 4), what each says: see :mod:`.state`.
        full: whether there was no room for an unknown or equation.
    """

    form: np.ndarray
    why: np.ndarray
    hash: np.ndarray
    unknowns: np.ndarray
    coefficients: np.ndarray
    source: np.ndarray
    full: bool


def parts(t):
    """The parts of a table."""
    r, at = len(t) - 1, t.shape[1] - END
    n, m, columns, used = int(t[r, UNKNOWN_COUNT]), int(t[r, EQUATION_COUNT]), int(t[r, FORMS]), int(t[r, USED])
    return Table(
        t[:n, :used],
        t[:n, columns : columns + m],
        t[:n, at : at + 2],
        t[:m, at + UNKNOWNS : at + COEFFICIENTS],
        t[:m, at + COEFFICIENTS : at + SOURCE],
        t[:m, at + SOURCE : at + TOUCHED],
        bool(t[r, FULL]),
    )


@jit
def table(count, room, random):
    """A system of ``count`` unknowns with room for ``room``, and nothing known."""
    return with_reasons(count, room, room, room, random)


@jit
def with_reasons(count, room, columns, reasons, random):
    """As :func:`table`, with so many columns for forms and for reasons; ``columns`` <= ``room``."""
    t = np.zeros((room + 1, columns + reasons + END), np.int64)
    at = columns + reasons
    for x in range(columns):
        for column in range(2):
            t[x, at + RANDOM + column] = random[x, column]
    t[room, FORMS] = columns
    for _ in range(count):
        unknown(t)
    return t


@jit
def unknown(t):
    """One more unknown."""
    r, at = len(t) - 1, t.shape[1] - END
    x, column = t[r, UNKNOWN_COUNT], t[r, USED]
    if x >= r or column >= t[r, FORMS]:
        t[r, FULL] = 1
        return 0
    t[x, column] = 1
    t[x, at + HASH], t[x, at + HASH + 1] = t[column, at + RANDOM], t[column, at + RANDOM + 1]
    t[r, UNKNOWN_COUNT], t[r, USED] = x + 1, column + 1
    return x


@jit
def both(t, x):
    """The two hashes of an unknown."""
    at = t.shape[1] - END
    return t[x, at], t[x, at + 1]


@jit
def difference(t, a, b):
    """Both hashes of a - b in one number."""
    at = t.shape[1] - END
    return (((t[a, at] - t[b, at]) % P) << 31) | ((t[a, at + 1] - t[b, at + 1]) % P)


@jit
def same(t, a, b):
    """Whether a - b is constant."""
    at = t.shape[1] - END
    return t[a, at] == t[b, at] and t[a, at + 1] == t[b, at + 1]


@jit
def entailed(t, unknowns, coefficients, count):
    """Whether the sum is constant."""
    at = t.shape[1] - END
    for column in range(at, at + 2):
        total = 0
        for i in range(count):
            total = (total + (coefficients[i] % P) * t[unknowns[i], column]) % P
        if total != 0:
            return False
    return True


@jit
def inverse(a):
    """1 / a modulo P, by Fermat."""
    result, power = 1, P - 2
    a %= P
    while power > 0:
        if power & 1:
            result = result * a % P
        a = a * a % P
        power >>= 1
    return result


@jit
def combined(t, unknowns, coefficients, count):
    """Form and reasons of a sum, side by side as in a row of the table."""
    r = len(t) - 1
    row = np.zeros(t.shape[1] - END, np.int64)
    for i in range(count):
        c, x = coefficients[i] % P, unknowns[i]
        for j in np.nonzero(t[x, : t[r, FORMS] + t[r, EQUATION_COUNT]])[0]:
            row[j] = (row[j] + c * t[x, j]) % P
    return row


@jit
def insert(t, unknowns, coefficients, count, kind, s0, s1, s2):
    """Learn that the sum is constant; returns whether that is news."""
    if entailed(t, unknowns, coefficients, count):
        return False
    r, at = len(t) - 1, t.shape[1] - END
    number, columns = t[r, EQUATION_COUNT], t[r, FORMS]
    reasons = at > columns
    if reasons and columns + number >= at:
        t[r, FULL] = 1
        return False
    row = combined(t, unknowns, coefficients, count)
    if reasons:
        row[columns + number] = P - 1
    if not eliminate(t, row):
        return False
    for i in range(count):
        t[unknowns[i], at + TOUCHED] = 1
    if reasons:
        for i in range(count):
            t[number, at + UNKNOWNS + i] = unknowns[i]
            t[number, at + COEFFICIENTS + i] = coefficients[i]
        at += SOURCE
        t[number, at], t[number, at + 1], t[number, at + 2], t[number, at + 3] = kind, s0, s1, s2
        t[r, EQUATION_COUNT] += 1
    return True


@jit
def eliminate(t, row):
    """Learn that a row, forms and reasons with the new equation's own, is worth 0; whether its form is not 0 already.

    The newest unknown goes, so that an unknown is never said in terms of newer ones.
    """
    r, at = len(t) - 1, t.shape[1] - END
    columns = t[r, FORMS]
    pivot = t[r, USED] - 1
    while pivot >= 0 and row[pivot] == 0:
        pivot -= 1
    if pivot < 0:
        return False
    if pivot < t[r, OLD]:
        t[r, GAIN] += 1
    scale = P - inverse(row[pivot])  # form + why = equation; so pivot = -(rest + why - equation) / its coefficient
    row[pivot] = 0
    terms = np.nonzero(row)[0]
    hash0, hash1 = -t[pivot, at + RANDOM], -t[pivot, at + RANDOM + 1]
    for j in terms:
        row[j] = row[j] * scale % P
        if j < columns:
            hash0 = (hash0 + row[j] * t[j, at + RANDOM]) % P
            hash1 = (hash1 + row[j] * t[j, at + RANDOM + 1]) % P
    hash0, hash1 = hash0 % P, hash1 % P
    for x in range(t[r, UNKNOWN_COUNT]):
        c = t[x, pivot]
        if c == 0:
            continue
        t[x, pivot] = 0
        for j in terms:
            t[x, j] = (t[x, j] + c * row[j]) % P
        t[x, at] = (t[x, at] + c * hash0) % P
        t[x, at + 1] = (t[x, at + 1] + c * hash1) % P
    return True


@jit
def touched(t):
    """Which unknowns occur in an equation."""
    at = t.shape[1] - END + TOUCHED
    result = np.zeros(t[len(t) - 1, UNKNOWN_COUNT], np.bool_)
    for x in range(len(result)):
        result[x] = t[x, at] != 0
    return result
