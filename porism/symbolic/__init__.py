"""Geometry, exactly: what is true, and why.

From a problem in AlphaGeometry's text language to a proof that a small separate checker accepts:

>>> problem = Problem.parse("a b c = triangle a b c; d = foot d a b c; e = foot e b a c ? eqangle d e d c a c a b")
>>> proof = prove(problem)
>>> [str(premise) for premise in proof.premises]
['perp a d b c', 'coll b c d', 'perp a c b e', 'coll a c e']
>>> check(proof).ok
True
>>> [str(fact) for fact in deduce(problem).facts() if fact.name == "cyclic"]
['cyclic a b d e']

The engine (:mod:`.closure`, :mod:`.kernel`) finds by numbers and hashes, :mod:`.trace` extracts the proof, and
:mod:`.check` believes neither.
"""

from porism.symbolic.check import Verdict, check
from porism.symbolic.closure import Closure, deduce
from porism.symbolic.diagram import Diagram, DrawingError, draw
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES, FactError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof
from porism.symbolic.prove import Attempt, NotProvedError, attempt, prove
from porism.symbolic.rules import RULES

__all__ = [
    "PREDICATES",
    "RULES",
    "Attempt",
    "Closure",
    "Diagram",
    "DrawingError",
    "Fact",
    "FactError",
    "NotProvedError",
    "Problem",
    "Proof",
    "Verdict",
    "attempt",
    "check",
    "deduce",
    "draw",
    "prove",
]
