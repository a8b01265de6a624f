"""Why a sum of unknowns is constant: the equations that it is the sum of, with exact weights.

The kernel works modulo a prime; here its weights become fractions, and the sum is added up again in whole numbers.
"""

from fractions import Fraction
from math import lcm

import numpy as np

from porism.symbolic.closure import Closure
from porism.symbolic.kernel.tables import P as PRIME
from porism.symbolic.sums import SYSTEMS, Sum, collected


class TraceError(RuntimeError):
    """A fact whose proof cannot be extracted: the hashes collided. Another seed helps."""


def explain(closure: Closure, system: int, one: Sum) -> list[tuple[int, Fraction]]:
    """The equations of a table, by number, and their weights, whose sum is ``one``.

    The equations are independent, so there is only one such sum, and none of them is younger than what it explains.

    Raises:
        TraceError: ``one`` is not constant, or was taken for constant by a collision of hashes.
    """
    table = closure.table(system)
    if not closure.entails(system, one):
        raise TraceError(f"{SYSTEMS[system]} {one}")
    unknowns, coefficients = [x for x, _ in one], np.array([c for _, c in one])
    why = coefficients @ table.why[unknowns] % PRIME
    numbers = np.flatnonzero(why).tolist()
    weights = [rational(value) for value in why[numbers].tolist()]
    whole = lcm(*(weight.denominator for weight in weights))  # so that the sum is checked in whole numbers
    total = {x: -whole * c for x, c in collected(one).items()}
    rows = zip(weights, table.unknowns[numbers].tolist(), table.coefficients[numbers].tolist(), strict=True)
    for weight, names, factors in rows:
        factor = weight.numerator * (whole // weight.denominator)
        for x, c in zip(names, factors, strict=True):
            if c:
                total[x] = total.get(x, 0) + factor * c
    if any(total.values()):
        raise TraceError(f"{SYSTEMS[system]} {one}")
    return list(zip(numbers, weights, strict=True))


def earliest(closure: Closure, system: int, ways: list[Sum]) -> Sum:
    """Of several sums the one that was known to be constant first.

    Raises:
        TraceError: none of them is constant.
    """
    found = [(age, one) for one in ways for age in ages(closure, system, one)]
    if not found:
        raise TraceError(f"{SYSTEMS[system]} {ways}")
    return min(found)[1]


def ages(closure: Closure, system: int, one: Sum) -> list[int]:
    """The youngest equation that a sum follows from, if it does."""
    try:
        return [max((k for k, _ in explain(closure, system, one)), default=-1)]
    except TraceError:
        return []


_COMMON = {m * pow(n, -1, PRIME) % PRIME: Fraction(m, n) for n in (3, 2, 1) for m in range(-12, 13)}


def rational(value: int) -> Fraction:
    """The fraction with small numerator and denominator that ``value`` is modulo the prime, by Lagrange's reduction.

    Raises:
        TraceError: there is none below 2**15.
    """
    if value in _COMMON:
        return _COMMON[value]
    (a, x), (b, y) = (PRIME, 0), (value, 1)
    while b > 1 << 15:
        q = a // b
        (a, x), (b, y) = (b, y), (a - q * b, x - q * y)
    if not 0 < abs(y) < 1 << 15:
        raise TraceError(f"no fraction for {value}")
    return Fraction(b, y)
