"""Geometry, exactly: what is true, and why.

>>> Fact.parse("para d c b a") == Fact.parse("para a b c d")
True

An explanation is part of every answer. Directions of lines are unknowns, ``pi`` is one more, and a right angle is half
of it; so two perpendiculars to one line are parallel, because of both:

>>> from fractions import Fraction
>>> system: LinearSystem[str, Fact] = LinearSystem()
>>> half = Fraction(1, 2)
>>> system.add({"ab": 1, "cd": -1, "pi": -half}, Fact.parse("perp a b c d"))
True
>>> system.add({"ef": 1, "cd": -1, "pi": -half}, Fact.parse("perp e f c d"))
True
>>> why = system.explain({"ab": 1, "ef": -1})
>>> {str(fact): str(coefficient) for fact, coefficient in why.items()}
{'perp a b c d': '1', 'perp c d e f': '-1'}
"""

from porism.symbolic.algebra import Equation, LinearSystem
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES, FactError, Predicate

__all__ = ["PREDICATES", "Equation", "Fact", "FactError", "LinearSystem", "Predicate"]
