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


# Columns of a table with room r, after 2 r columns of forms and reasons: hashes, random numbers, an equation's
# unknowns, coefficients and source. Row r holds the number of unknowns, of equations, and 1 if there was no room
# for another. One array and not a tuple of eight, because numba compiles every call with a tuple of arrays many
# times slower.
HASH, RANDOM, UNKNOWNS, COEFFICIENTS, SOURCE, END = 0, 2, 4, 4 + WIDTH, 4 + 2 * WIDTH, 8 + 2 * WIDTH


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
    r = len(t) - 1
    n, m, at = int(t[r, 0]), int(t[r, 1]), 2 * r
    equations = t[:m, at + UNKNOWNS : at + END]
    return Table(
        t[:n, :n],
        t[:n, r : r + m],
        t[:n, at : at + 2],
        equations[:, :WIDTH],
        equations[:, WIDTH : 2 * WIDTH],
        equations[:, 2 * WIDTH :],
        bool(t[r, 2]),
    )


@jit
def table(count, room, random):
    """A system of ``count`` unknowns with room for ``room``, and nothing known."""
    t = np.zeros((room + 1, 2 * room + END), np.int64)
    for x in range(room):
        t[x, x] = 1
        for column in range(2):
            t[x, 2 * room + HASH + column] = random[x, column]
            t[x, 2 * room + RANDOM + column] = random[x, column]
    t[room, 0] = count
    return t


@jit
def unknown(t):
    """One more unknown."""
    r = len(t) - 1
    if t[r, 0] >= r:
        t[r, 2] = 1
        return 0
    t[r, 0] += 1
    return t[r, 0] - 1


@jit
def both(t, x):
    """The two hashes of an unknown."""
    at = 2 * (len(t) - 1)
    return t[x, at], t[x, at + 1]


@jit
def difference(t, a, b):
    """Both hashes of a - b in one number."""
    at = 2 * (len(t) - 1)
    return (((t[a, at] - t[b, at]) % P) << 31) | ((t[a, at + 1] - t[b, at + 1]) % P)


@jit
def same(t, a, b):
    """Whether a - b is constant."""
    at = 2 * (len(t) - 1)
    return t[a, at] == t[b, at] and t[a, at + 1] == t[b, at + 1]


@jit
def entailed(t, unknowns, coefficients, count):
    """Whether the sum is constant."""
    for column in range(2 * (len(t) - 1), 2 * len(t)):
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
    row = np.zeros(2 * r, np.int64)
    for i in range(count):
        c, x = coefficients[i] % P, unknowns[i]
        for j in np.nonzero(t[x, : r + t[r, 1]])[0]:
            row[j] = (row[j] + c * t[x, j]) % P
    return row


@jit
def insert(t, unknowns, coefficients, count, kind, s0, s1, s2):
    """Learn that the sum is constant; returns whether that is news."""
    if entailed(t, unknowns, coefficients, count):
        return False
    r = len(t) - 1
    size, number, at = t[r, 0], t[r, 1], 2 * r
    if number >= r:
        t[r, 2] = 1
        return False
    row = combined(t, unknowns, coefficients, count)
    pivot = size - 1
    while pivot >= 0 and row[pivot] == 0:
        pivot -= 1
    if pivot < 0:
        return False
    row[r + number] = P - 1  # form + why = equation; so pivot = -(rest + why - equation) / its coefficient
    scale = P - inverse(row[pivot])
    row[pivot] = 0
    terms = np.nonzero(row)[0]
    hash0, hash1 = -t[pivot, at + RANDOM], -t[pivot, at + RANDOM + 1]
    for j in terms:
        row[j] = row[j] * scale % P
        if j < r:
            hash0 = (hash0 + row[j] * t[j, at + RANDOM]) % P
            hash1 = (hash1 + row[j] * t[j, at + RANDOM + 1]) % P
    hash0, hash1 = hash0 % P, hash1 % P
    for x in range(size):
        c = t[x, pivot]
        if c == 0:
            continue
        t[x, pivot] = 0
        for j in terms:
            t[x, j] = (t[x, j] + c * row[j]) % P
        t[x, at] = (t[x, at] + c * hash0) % P
        t[x, at + 1] = (t[x, at + 1] + c * hash1) % P
    for i in range(count):
        t[number, at + UNKNOWNS + i] = unknowns[i]
        t[number, at + COEFFICIENTS + i] = coefficients[i]
    at += SOURCE
    t[number, at], t[number, at + 1], t[number, at + 2], t[number, at + 3] = kind, s0, s1, s2
    t[r, 1] += 1
    return True


@jit
def touched(t):
    """Which unknowns occur in an equation."""
    r = len(t) - 1
    at = 2 * r
    result = np.zeros(t[r, 0], np.bool_)
    for e in range(t[r, 1]):
        for i in range(WIDTH):
            if t[e, at + COEFFICIENTS + i] != 0:
                result[t[e, at + UNKNOWNS + i]] = True
    return result
