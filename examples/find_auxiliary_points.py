"""Prove what deduction alone cannot: search for the points that have to be drawn first.

python examples/find_auxiliary_points.py
"""

from porism.pipelines.auxiliary.solve import Settings, solve
from porism.symbolic import Problem, check
from porism.symbolic.faces.english import prose, statement

TEXT = (  # the treasure of the island: it does not matter where the gallows C stood
    "a b c = triangle a b c; p = psquare p a c; q = nsquare q b c; m = midpoint m p q ? perp m a m b"
)

problem = Problem.parse(TEXT)
solved = solve(problem, Settings(compiled=False))  # interpreted: slower, and nothing to compile
proof = solved.attempt.proof
assert proof is not None
print(statement(problem))
print(f"{solved.ended} after {solved.trials} trials: {'; '.join(solved.clauses)}")
print(prose(proof))
print(check(proof))
