"""The tree that ``porism bench search`` grows, and two searches for it: ours, and a bare loop around a heap.

4 calls are proposed at every node. Proposer and environment do as little as they can, some integer arithmetic, and are
the same for every search, so that what is left is the searches' own time and memory.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any

from porism.search import Budget, Cost, Node, Proposal, Proposed, Search, Spent, astar, drive
from porism.search.tools.calls import Call

WIDTH = 4  # calls proposed at a node
MASK = 2**61 - 1
CALLS = tuple(Call.of(f"tool{i}", {"id": i}) for i in range(40))
NUMBERS = {call.name: i for i, call in enumerate(CALLS)}
PAID = Spent(requests=1, samples=WIDTH)

Told = Proposed[Call]


class Numbers:
    """States are integers, so mixed that no two paths meet; a step costs from 1 to 2. No state is solved."""

    def initial(self) -> int:
        """The root."""
        return 1

    def step(self, state: int, action: Call) -> tuple[int, float]:
        """One step of a congruential generator [Knuth1997, section 3.3.4]."""
        after = (state * 6364136223846793005 + 2 * NUMBERS[action.name] + 1) & MASK
        return after, 1 + (after >> 40 & 1023) / 1024

    def solved(self, state: int) -> bool:
        """Never."""
        return False


def rest(state: int) -> float:
    """An h, in [0, 1)."""
    return (state >> 30 & 1023) / 1024


def reply(state: int) -> Told:
    """New proposals for a state, each with a share and a guess of what remains, as they would be made of a reply."""
    first = state >> 20
    proposals = [Proposal(CALLS[(first + 7 * i) % 40], 0.25, 1 + (first >> i & 7)) for i in range(WIDTH)]
    return Proposed(tuple(proposals), PAID)


def fresh(nodes: Sequence[Node[int, Call]]) -> list[Told]:
    """New proposals at every node: the least that any proposer does."""
    return [reply(node.state) for node in nodes]


SAME = Proposed(tuple(Proposal(call, 0.25, 3) for call in CALLS[:WIDTH]), PAID)


def constant(nodes: Sequence[Node[int, Call]]) -> list[Told]:
    """One and the same reply at every node: nothing hides the search's own time."""
    return [SAME] * len(nodes)


Proposer = Callable[[Sequence[Node[int, Call]]], list[Told]]


def ours(nodes: int, proposer: Proposer, cost: Cost | None = None) -> Search[int, Call]:
    """A* of this package until it has made so many nodes."""
    search = Search(Numbers(), astar(None if cost else rest), cost=cost, budget=Budget(expansions=nodes // WIDTH))
    drive(search, proposer)
    return search


class Plain:
    """A node of :func:`bare`."""

    __slots__ = ("action", "cost", "depth", "parent", "state")

    def __init__(self, state: int, parent: "Plain | None", action: Call | None, cost: float, depth: int) -> None:
        """Make a node."""
        self.state, self.parent, self.action, self.cost, self.depth = state, parent, action, cost, depth


def bare(nodes: int, proposer: Callable[[Any], list[Told]]) -> tuple[int, list[tuple[float, int, Plain]]]:
    """A* as one would write it for this once: a heap, parents, the cheapest way to a state.

    Returns:
        How many nodes it made, and the heap.
    """
    env, made, left = Numbers(), 1, nodes // WIDTH
    root = Plain(env.initial(), None, None, 0, 0)
    heap, cheapest = [(rest(root.state), 0, root)], {root.state: 0.0}
    while heap and left:
        _, _, node = heappop(heap)
        if node.cost > cheapest[node.state]:
            continue
        if env.solved(node.state):
            break
        left -= 1
        for proposal in proposer([node])[0].proposals:
            state, paid = env.step(node.state, proposal.action)
            cost = node.cost + paid
            if cost < cheapest.get(state, inf):
                cheapest[state] = cost
                heappush(heap, (cost + rest(state), made, Plain(state, node, proposal.action, cost, node.depth + 1)))
                made += 1
    return made, heap
