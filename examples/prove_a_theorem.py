"""Prove a theorem, have the proof checked, and look at what else is true in its figure.

python examples/prove_a_theorem.py
"""

from porism.symbolic import Problem, check, deduce, prove
from porism.symbolic.faces.english import prose, statement

TEXT = "a b c = triangle a b c; h = orthocenter h a b c; x = reflect x h b c ? cyclic a b c x"

problem = Problem.parse(TEXT)
proof = prove(problem)
print(statement(problem))
print(prose(proof))
print(check(proof))

closure = deduce(problem)
print(f"{closure.count} facts follow; about A, B and H:")
for fact in closure.nearest(problem.goals[0], count=3):
    print(" ", fact.say())
