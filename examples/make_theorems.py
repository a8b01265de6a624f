"""Theorems of random figures, in your own code: sample a figure, and take what follows from it.

python examples/make_theorems.py
"""

from random import Random

from porism.symbolic.faces.english import statement
from porism.symbolic.synthesis.sampler import Figure, Sampling, sample
from porism.symbolic.synthesis.synthesise import Limits, Making, synthesise
from porism.symbolic.synthesis.theorem import Found

making = Making(Limits(goals=1, steps=4), compiled=False)  # compiled=True for thousands of figures
for index in range(3):
    figure = sample(Sampling(points=(6, 8)), seed=1, index=index)
    if isinstance(figure, Figure):
        found = synthesise(figure.problem, figure.diagram, Random(index), making)
        first = next((one.theorem for one in found if isinstance(one, Found)), None)
        if first:
            print(f"{statement(first.statement)} ({len(first.proof.steps)} steps)")
