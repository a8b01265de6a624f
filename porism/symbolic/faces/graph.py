"""Proofs as graphs: which fact follows from which.

Requires networkx, which is imported on the first call.
"""

from typing import TYPE_CHECKING

from porism.symbolic.facts import Fact
from porism.symbolic.proof import Proof, Rule

if TYPE_CHECKING:
    import networkx as nx


def graph(proof: Proof) -> "nx.DiGraph[int]":
    """The facts of a proof as nodes, with an edge from each need to the fact that follows from it.

    Nodes are the numbers of the facts, premises from 0. Their attributes are plain, so that any format of networkx
    can hold them: ``fact``, its text; ``kind``, one of ``premise``, ``rule``, ``algebra`` and ``goal``; ``by``, the
    rule's id, the algebra's system, or ``premise``.

    >>> from porism.symbolic.problem import Problem
    >>> from porism.symbolic.proof import Step
    >>> problem = Problem.parse("a b c = iso_triangle ? eqangle a b b c b c a c")
    >>> cong = Fact.parse("cong a b a c")
    >>> step = Step(problem.goals[0], Rule("isosceles-angles", ("b", "c", "a")), (0,))
    >>> found = graph(Proof(problem, (cong,), (step,)))
    >>> list(found.nodes(data="kind")), list(found.edges)
    ([(0, 'premise'), (1, 'goal')], [(0, 1)])
    """
    import networkx

    found: nx.DiGraph[int] = networkx.DiGraph()
    for i, fact in enumerate(proof.premises):
        found.add_node(i, fact=str(fact), kind="goal" if _is_goal(fact, proof) else "premise", by="premise")
    for i, step in proof.numbered():
        kind, by = ("rule", step.by.id) if isinstance(step.by, Rule) else ("algebra", step.by.system)
        found.add_node(i, fact=str(step.fact), kind="goal" if _is_goal(step.fact, proof) else kind, by=by)
        found.add_edges_from((need, i) for need in step.needs)
    return found


def _is_goal(fact: Fact, proof: Proof) -> bool:
    """Whether a goal is this fact, or says the same of fewer points."""
    on = set(fact.points[1:] if fact.name == "circle" else fact.points)
    return fact in proof.problem.goals or any(
        set(goal.points) <= on
        and (goal.name == fact.name == "coll" or (goal.name == "cyclic" and fact.name in ("cyclic", "circle")))
        for goal in proof.problem.goals
    )
