"""Steps of algebra as sums: what each fact contributes, and the sum in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, prod

from porism.symbolic.faces.equations import Sum, added, formula
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
    constant: Fraction | None
    scale: Fraction


def relations(by: Algebra) -> list[Relation]:
    """The terms of a sum, those of one fact together; a circle's own unknowns cancel in them."""
    groups: dict[int, list[tuple[Fraction, Equation]]] = {}
    for term in by.terms:
        groups.setdefault(term.need, []).append((term.coefficient, term.equation))
    return [_relation(need, group, by.system == "log") for need, group in groups.items()]


def _relation(need: int, group: Sequence[tuple[Fraction, Equation]], log: bool) -> Relation:
    total = added((unknown, weight * c) for weight, equation in group for unknown, c in equation.unknowns)
    values = list(total.values()) or [Fraction(1)]
    scale = Fraction(gcd(*(c.numerator for c in values)), lcm(*(c.denominator for c in values)))
    weights = [(weight / scale, equation.constant) for weight, equation in group]
    constant: Fraction | None = sum((w * c for w, c in weights), Fraction(0))
    if log:
        whole = all(w.denominator == 1 for w, c in weights if c != 1)
        constant = prod((c ** int(w) for w, c in weights if c != 1), start=Fraction(1)) if whole else None
    return Relation((need,), {unknown: c / scale for unknown, c in total.items()}, constant, scale)


_SHARES = {
    Fraction(2): "twice ",
    Fraction(1, 2): "half of ",
    Fraction(1, 3): "a third of ",
    Fraction(2, 3): "two thirds of ",
    Fraction(1, 4): "a quarter of ",
}
_POWERS = {Fraction(1, 2): "the root of ", Fraction(2): "the square of "}


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


def _part(system: System, scale: Fraction) -> str:
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
