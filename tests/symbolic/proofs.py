"""The proofs of ``tests/theorems.py``, found once for all tests."""

from functools import cache

from theorems import TEXTS

from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof
from porism.symbolic.prove import Attempt, attempt

UNPROVED = {21}  # midpoints of midpoints of a pentagon's sides: that takes vectors
PROVED = [index for index in range(len(TEXTS)) if index not in UNPROVED]


@cache
def tried(index: int, shortened: bool = True) -> Attempt:
    """What came of problem number ``index``."""
    return attempt(Problem.parse(TEXTS[index]), shortened=shortened)


def proof(index: int, shortened: bool = True) -> Proof:
    """Its proof."""
    found = tried(index, shortened)
    assert found.proof is not None, found.reason
    return found.proof
