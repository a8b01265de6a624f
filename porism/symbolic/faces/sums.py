"""Steps of algebra as sums: what each fact contributes, and the sum in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, prod

from porism.symbolic.faces.equations import Number, Sum, formula
from porism.symbolic.faces.words import Notation, cited, listed, numbers
from porism.symbolic.proof import Algebra, Equation, System


@dataclass(frozen=True, slots=True)
class Relation:
    """What one need contributes to a sum: ``scale`` times an equation with coprime whole coefficients.

    Attributes:
        needs: numbers of the facts that say it; one, but two for a pair of perpendiculars.
        terms: its unknowns, without those of circles.
        constant: as :class:`porism.symbolic.proof.Equation` has it; None if it is no fraction.
        scale: how often it is added, above 0.
    """

    needs: tuple[int, ...]
    terms: Sum
    constant: Number | None
    scale: Number


def relations(by: Algebra) -> list[Relation]:
    """The terms of a sum, those of one fact together; a circle's own unknowns cancel in them."""
    groups: dict[int, list[tuple[Fraction, Equation]]] = {}
    for term in by.terms:
        groups.setdefault(term.need, []).append((term.coefficient, term.equation))
    return [_relation(need, group, by.system == "log") for need, group in groups.items()]


def _relation(need: int, group: Sequence[tuple[Fraction, Equation]], log: bool) -> Relation:
    """The sum of a group, in whole numbers once it is multiplied with all denominators."""
    least = lcm(*[w.denominator for w, _ in group])
    if bottoms := {c.denominator for _, equation in group for _, c in equation.unknowns} - {1}:
        least *= lcm(*bottoms)
    total: Sum = {}
    shares: list[tuple[int, Fraction]] = []
    for w, equation in group:
        share = w.numerator * (least // w.denominator)
        for unknown, c in equation.unknowns:
            total[unknown] = total.get(unknown, 0) + share * c.numerator // c.denominator
        if equation.constant != log:  # the logarithm of 1, like the angle 0, adds nothing
            shares.append((share, equation.constant))
    common = gcd(*map(int, total.values())) or least
    terms: Sum = {unknown: c // common for unknown, c in total.items() if c}
    return Relation((need,), terms, _constant(shares, common, log), common if least == 1 else Fraction(common, least))


def _constant(shares: Sequence[tuple[int, Fraction]], common: int, log: bool) -> Number | None:
    """The sum, or for logarithms the product, of constants, each share / common times."""
    if not log:
        return sum(Fraction(share, common) * constant for share, constant in shares)
    if any(share % common for share, _ in shares):
        return None
    return prod(constant ** (share // common) for share, constant in shares)


_SHARES: dict[Number, str] = {
    Fraction(2): "twice ",
    Fraction(1, 2): "half of ",
    Fraction(1, 3): "a third of ",
    Fraction(2, 3): "two thirds of ",
    Fraction(1, 4): "a quarter of ",
}
_POWERS: dict[Number, str] = {Fraction(1, 2): "the root of ", Fraction(2): "the square of "}


def sums(
    system: System, main: Sequence[Relation], words: Mapping[int, str], along: str, conclusion: str, notation: Notation
) -> Iterator[str]:
    """A step as a sum: written out, then in numbers only.

    Args:
        system: of the unknowns.
        main: what is added.
        words: the needs as clauses, for those that are no equations.
        along: on which lines, or empty.
        conclusion: what follows.
        notation: how formulas are written.
    """
    if not main:
        yield f"{conclusion}{along}"
        return
    verb = "multiplying" if system == "log" else "adding"
    groups: dict[str, list[int]] = {}
    written: list[str] = []
    for one in main:
        part = _part(system, one.scale)
        groups.setdefault(part, []).extend(one.needs)
        written.append(part + _written(system, one, words, notation))
    yield f"{verb} {listed(written)}{along}, {conclusion}"
    first, *others = sorted(groups.items(), key=lambda item: len(item[0]))
    if not others:
        yield f"{verb} {first[0]}the equalities of {cited(first[1])}{along}, {conclusion}"
        return
    those = [f"{part}those of {numbers(needs)}" for part, needs in others]
    yield f"{verb} {listed([f'{first[0]}the equalities of {numbers(first[1])}', *those])}{along}, {conclusion}"


def _part(system: System, scale: Number) -> str:
    """How often an equation is added, or which power of it is multiplied."""
    if scale == 1:
        return ""
    if system == "log":
        return _POWERS.get(scale, f"the power {scale} of ")
    return _SHARES.get(scale, f"{scale} times ")


def _written(system: System, one: Relation, words: Mapping[int, str], n: Notation) -> str:
    """An equation and its numbers; the facts themselves if it is one between sines, or none."""
    plain = one.constant is not None and not any("^" in unknown for unknown in one.terms)
    text = formula(system, one.terms, one.constant, n) if plain and one.constant is not None else ""
    return f"{n.formula(text)} {numbers(one.needs)}" if text else listed([words[i] for i in one.needs])
