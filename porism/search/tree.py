"""The one loop that grows a search tree.

The loop asks a frontier for nodes, expands them, that is, steps through every action proposed in their states, and
tells the frontier what came out. Strategies differ in the frontier and in nothing else.

Reference: [Russell2020, section 3.3]; the loop is its BEST-FIRST-SEARCH with the queue made an argument.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from math import inf
from typing import Generic, Protocol, TypeVar

from porism.search.nodes import Node, Outcome, Reason

__all__ = ["Environment", "Frontier", "Node", "Outcome", "Reason", "search", "search_async"]

State = TypeVar("State")
Action = TypeVar("Action")
Action_contra = TypeVar("Action_contra", contravariant=True)


class Environment(Protocol[State, Action_contra]):
    """Where actions have consequences. States are values: stepping twice from one state is fine."""

    def initial(self) -> State:
        """The state in which every search starts."""

    def step(self, state: State, action: Action_contra) -> tuple[State, float]:
        """The next state and what the step cost, a finite number >= 0. An action that fails is a state, too."""

    def solved(self, state: State) -> bool:
        """Whether the search may stop here."""


class Frontier(Protocol[State, Action]):
    """Which nodes to expand next. The order of the tells between two asks makes no difference."""

    def ask(self, limit: int) -> list[Node[State, Action]]:
        """At most ``limit`` nodes to expand now, most promising first, no node ever twice; [] if there are none."""

    def tell(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        """``node``, asked for earlier, has these children. A new search begins with ``tell(None, [root])``."""


class _Run(Generic[State, Action]):
    """One search without its waiting: both drivers ask it for nodes, propose actions, and tell it."""

    def __init__(
        self, env: Environment[State, Action], frontier: Frontier[State, Action], budget: int, batch: int
    ) -> None:
        if budget < 0 or batch < 1:
            raise ValueError(f"a search needs budget >= 0 and batch >= 1, got budget={budget} and batch={batch}")
        self._env, self._frontier, self._budget, self._batch = env, frontier, budget, batch
        self._best: Node[State, Action] = Node(env.initial())
        self._reason: Reason = "exhausted"
        self._nodes, self._expanded = [self._best], list[Node[State, Action]]()
        frontier.tell(None, [self._best])

    def ask(self) -> list[Node[State, Action]]:
        """The nodes to expand now; none when the search is over. Looking for a solution is not charged."""
        left = self._budget - len(self._expanded)
        nodes = self._frontier.ask(max(1, min(self._batch, left)))
        for node in nodes:
            if self._env.solved(node.state):
                self._best, self._reason = node, "solved"
                return []
        if nodes and left <= 0:
            self._best, self._reason = nodes[0], "budget"
            return []
        return nodes

    def tell(self, node: Node[State, Action], actions: Iterable[Action]) -> None:
        """Expand ``node`` by stepping through ``actions``, each once."""
        children = [self._child(node, action) for action in actions]
        self._nodes += children
        self._expanded.append(node)
        self._best = node
        self._frontier.tell(node, children)

    def _child(self, node: Node[State, Action], action: Action) -> Node[State, Action]:
        state, cost = self._env.step(node.state, action)
        if not 0 <= cost < inf:
            raise ValueError(
                f"action {action!r} cost {cost}, but a step must cost a finite number >= 0; "
                "turn a reward into a cost by subtracting it from the largest possible reward"
            )
        return Node(state, node, action, node.cost + cost, node.depth + 1)

    def outcome(self) -> Outcome[State, Action]:
        return Outcome(tuple(self._nodes), tuple(self._expanded), self._best, self._reason)


def search(
    env: Environment[State, Action],
    propose: Callable[[State], Iterable[Action]],
    frontier: Frontier[State, Action],
    *,
    budget: int = 1_000,
    batch: int = 1,
) -> Outcome[State, Action]:
    """Expand nodes until one is solved, none is left, or the budget is spent.

    A state is tested when its node is about to be expanded, not when it is made: that is what lets A* promise the
    cheapest solution.

    Args:
        env: what actions do.
        propose: the actions worth trying in a state, best first; none at a dead end.
        frontier: which nodes come next, for example ``astar(h)``; every search starts it afresh.
        budget: how many nodes may be expanded, >= 0.
        batch: how many nodes to ask the frontier for at a time, >= 1.

    Raises:
        ValueError: ``budget`` or ``batch`` is out of range, or a step cost is negative, infinite or not a number.
    """
    run = _Run(env, frontier, budget, batch)
    while nodes := run.ask():
        for node in nodes:
            run.tell(node, propose(node.state))
    return run.outcome()


async def search_async(
    env: Environment[State, Action],
    propose: Callable[[State], Awaitable[Iterable[Action]]],
    frontier: Frontier[State, Action],
    *,
    budget: int = 1_000,
    batch: int = 1,
) -> Outcome[State, Action]:
    """:func:`search` with a ``propose`` to wait for: the proposals of one batch are made at the same time.

    The tree is the one that :func:`search` grows with the same proposals, whatever order they arrive in. If one fails,
    the others of its batch are cancelled. Arguments and errors are those of :func:`search`.
    """
    run = _Run(env, frontier, budget, batch)
    while nodes := run.ask():
        tasks = [asyncio.ensure_future(propose(node.state)) for node in nodes]
        try:
            for node, actions in zip(nodes, await asyncio.gather(*tasks), strict=True):
                run.tell(node, actions)
        finally:
            for task in tasks:
                task.cancel()
    return run.outcome()
