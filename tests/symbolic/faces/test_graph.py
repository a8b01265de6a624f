"""The graph of a proof: what follows from what."""

import networkx as nx

from porism.symbolic.faces.graph import graph
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Proof, Rule, Step


def proof(goal: str = "eqangle a b b c b c a c") -> Proof:
    steps = (
        Step(Fact.parse("cong b m c m"), Algebra("log", ()), (1,)),
        Step(Fact.parse("simtri2 a b m a c m"), Rule("similar-sss-mirror", tuple("abmacm")), (0, 2)),
        Step(Fact.parse("eqangle a b b c b c a c"), Algebra("direction", ()), (1, 3)),
    )
    premises = (Fact.parse("cong a b a c"), Fact.parse("midp m b c"))
    return Proof(Problem.parse(f"a b c = iso_triangle; m = midpoint m b c ? {goal}"), premises, steps)


def test_nodes_and_edges() -> None:
    found = graph(proof())
    assert list(found.nodes(data="kind")) == [(0, "premise"), (1, "premise"), (2, "algebra"), (3, "rule"), (4, "goal")]
    assert [by for _, by in found.nodes(data="by")] == ["premise", "premise", "log", "similar-sss-mirror", "direction"]
    assert sorted(found.edges) == [(0, 3), (1, 2), (1, 4), (2, 3), (3, 4)]
    assert [Fact.parse(text) for _, text in found.nodes(data="fact")] == list(proof().facts)


def test_it_is_acyclic_and_leads_to_the_goal() -> None:
    found = graph(proof())
    assert nx.is_directed_acyclic_graph(found)
    assert nx.ancestors(found, 4) == {0, 1, 2, 3}


def test_a_goal_of_fewer_points_and_a_goal_that_is_given() -> None:
    problem = Problem.parse("a b c d = quadrangle; o = free o ? cyclic a b c d; cong a b c d")
    given = (Fact.parse("circle o a b c d"), Fact.parse("cong a b c d"), Fact.parse("coll a b c d"))
    assert [kind for _, kind in graph(Proof(problem, given, ())).nodes(data="kind")] == ["goal", "goal", "premise"]


def test_any_format_can_hold_it() -> None:
    text = "\n".join(nx.generate_graphml(graph(proof())))
    assert nx.is_isomorphic(nx.parse_graphml(text), graph(proof()))
