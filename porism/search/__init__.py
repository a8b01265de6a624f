"""Search over any environment: one loop, and frontiers that say which node is next.

A search needs three things: an *environment* in which actions have consequences, a function that *proposes* actions
in a state, and a *frontier* that chooses what to expand. All frontiers fit all environments, so an agent's loop
becomes a search by replacing :class:`Chain` (never look back) with :func:`astar`, :class:`Beam` or another.

Reach 28 from 3 by doubling and adding one, in as few steps as possible:

>>> class Counter:
...     def initial(self) -> int:
...         return 3
...     def step(self, state: int, action: str) -> tuple[int, float]:
...         return (state + 1 if action == "add" else 2 * state), 1
...     def solved(self, state: int) -> bool:
...         return state == 28
>>> def propose(state: int) -> list[str]:
...     return ["double", "add"] if state < 28 else []
>>> outcome = search(Counter(), propose, uniform_cost())
>>> outcome.reason, outcome.best.cost, outcome.best.actions()
('solved', 4, ['double', 'add', 'double', 'double'])
>>> search(Counter(), propose, Chain()).reason  # doubling alone jumps over 28
'exhausted'
"""

from porism.search.bayes import belief
from porism.search.budget import Budget, Spent
from porism.search.costs import Cost, Price, stepwise, toolchain
from porism.search.frontiers import (
    Beam,
    BestFirst,
    BreadthFirst,
    Chain,
    DepthFirst,
    astar,
    greedy,
    uniform_cost,
    weighted_astar,
)
from porism.search.mcts import MCTS
from porism.search.memory import Memory
from porism.search.nodes import Node, Outcome, Reason
from porism.search.proposals import Fault, Proposal, Proposed, proposed
from porism.search.tree import Environment, Frontier, Proposer, Search, drive, drive_async, each, search, search_async

__all__ = [
    "MCTS",
    "Beam",
    "BestFirst",
    "BreadthFirst",
    "Budget",
    "Chain",
    "Cost",
    "DepthFirst",
    "Environment",
    "Fault",
    "Frontier",
    "Memory",
    "Node",
    "Outcome",
    "Price",
    "Proposal",
    "Proposed",
    "Proposer",
    "Reason",
    "Search",
    "Spent",
    "astar",
    "belief",
    "drive",
    "drive_async",
    "each",
    "greedy",
    "proposed",
    "search",
    "search_async",
    "stepwise",
    "toolchain",
    "uniform_cost",
    "weighted_astar",
]
