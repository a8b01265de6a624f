"""The one loop that grows a search tree.

The loop asks a frontier for nodes, expands them, that is, steps through every action proposed in their states, and
tells the frontier what came out. Strategies differ in the frontier and in nothing else.

:class:`Search` is the loop without its waiting: ask it for nodes, bring proposals from wherever they come, in any
order, tell it. ``drive`` and ``drive_async`` do that with a proposer, ``search`` and ``search_async`` with a function
of the state.

Reference: [Russell2020, section 3.3]; the loop is its BEST-FIRST-SEARCH with the queue made an argument.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import repeat
from math import inf
from time import monotonic
from typing import Generic, Protocol, TypeAlias, TypeVar

from porism.search.budget import Budget, Spent, total
from porism.search.costs import Cost, Price
from porism.search.nodes import Node, Outcome, Reason
from porism.search.proposals import Fault, Proposal, Proposed, proposed

State = TypeVar("State")
Action = TypeVar("Action")
Action_contra = TypeVar("Action_contra", contravariant=True)

FREE = Price(0)
UNLIMITED = Budget()


class Environment(Protocol[State, Action_contra]):
    """Where actions have consequences. States are values: stepping twice from one state is fine.

    An environment that runs tools counts them in an attribute ``tool_runs``; without one, steps are counted.
    """

    def initial(self) -> State:
        """The state in which every search starts."""

    def step(self, state: State, action: Action_contra) -> tuple[State, float]:
        """The next state and what the step cost, >= 0: infinite closes the branch; a failed step is a state, too."""

    def solved(self, state: State) -> bool:
        """Whether the search may stop here."""


class Frontier(Protocol[State, Action]):
    """Which nodes to expand next. The order of the tells between two asks makes no difference."""

    def ask(self, limit: int) -> list[Node[State, Action]]:
        """At most ``limit`` nodes to expand now, most promising first, no node ever twice; [] if there are none."""

    def tell(self, node: Node[State, Action] | None, children: list[Node[State, Action]]) -> None:
        """``node``, asked for earlier, has these children. A new search begins with ``tell(None, [root])``."""


# Proposes actions for several nodes in one round, which is what keeps a model's server busy.
Proposer: TypeAlias = Callable[[Sequence[Node[State, Action]]], Sequence[Proposed[Action]]]


def each(propose: Callable[[State], Iterable[Action | Proposal[Action]]]) -> Proposer[State, Action]:
    """A proposer that asks a function of the state, node by node."""
    return lambda nodes: [proposed(propose(node.state)) for node in nodes]


class Search(Generic[State, Action]):
    """One search, to be asked and told. Everything it knows is its own: several can run side by side."""

    def __init__(
        self,
        env: Environment[State, Action],
        frontier: Frontier[State, Action],
        *,
        cost: Cost | None = None,
        budget: Budget = UNLIMITED,
        early: bool = False,
    ) -> None:
        """Begin a search.

        Args:
            env: what actions do.
            frontier: which nodes come next, for example ``astar(h)``; it starts afresh.
            cost: what steps cost beside what the environment says, and how far the end is; by default nothing.
            budget: what may be spent.
            early: stop when a solved node is made, and not when it is the next to be expanded. That saves requests
                and gives up that A* finds the cheapest solution.
        """
        self._env, self._frontier, self._cost, self._early = env, frontier, cost, early
        self._limits = tuple(limit for limit in budget.limits() if limit[0] != "expansions")
        self._most = 1 << 30 if budget.expansions is None else budget.expansions
        self._deepest = inf if budget.depth is None else budget.depth
        self._began, self._steps, self._runs = monotonic(), 0, self._tool_runs()
        root: Node[State, Action] = Node(env.initial())
        self._best = root
        self._reason: Reason = "exhausted"
        self._limit = ""
        self._over = False
        self._nodes, self._expanded = [root], list[Node[State, Action]]()
        self._bills, self._faults = list[Spent](), list[tuple[int, Fault]]()
        self._awaited: set[Node[State, Action]] = set()
        self._tried: dict[Node[State, Action], set[Action]] = {}  # at places that are asked again
        frontier.tell(None, [root])
        if early and env.solved(root.state):
            self._end(root, "solved")

    @property
    def over(self) -> bool:
        """Whether the search has ended, for whatever reason."""
        return self._over

    def ask(self, limit: int = 1) -> list[Node[State, Action]]:
        """At most ``limit`` nodes to expand now; none when the search is over, or waits for what it was not yet told.

        Raises:
            ValueError: ``limit`` is less than 1.
        """
        if limit < 1:
            raise ValueError(f"ask for at least one node, not {limit}")
        if self._over:
            return []
        name, left = "expansions", self._most - len(self._expanded)
        if left > 0 and self._limits and (crossed := self._crossed()):
            name, left = crossed, 0
        nodes = self._shallow(limit if limit <= left else max(1, left))
        if self._over:
            return []
        if nodes and left <= 0:
            self._limit = name
            return self._end(nodes[0], "budget")
        if nodes:
            self._best = nodes[-1]
            self._awaited.update(nodes)
        return nodes

    def tell(self, node: Node[State, Action], told: Proposed[Action] | Iterable[Action | Proposal[Action]]) -> None:
        """Expand ``node``, which was asked for, by stepping through what was proposed there, each action once.

        Raises:
            ValueError: a step's cost is negative or not a number; the node was not asked for, or was told before.
        """
        if self._over:
            return
        if node not in self._awaited:  # before anything runs a second time
            raise ValueError(f"tell each node once, after asking for it; this one is not awaited: {node}")
        self._awaited.remove(node)
        if not isinstance(told, Proposed):
            told = proposed(told)
        if told.faults:
            self._faults += [(len(self._expanded), fault) for fault in told.faults]
        self._bills.append(told.spent)
        self._expanded.append(node)
        proposals = told.proposals if not node.attempt else self._untried(node, told.proposals)
        children = self._children(node, proposals)
        self._nodes += children
        alive = [child for child in children if child.cost < inf]
        if self._cost is not None and (twin := self._twin(node, proposals, children, self._cost)):
            self._nodes.append(twin)
            alive.append(twin)
        self._frontier.tell(node, alive)
        if self._early:
            for child in alive:
                if not child.attempt and self._env.solved(child.state):
                    self._end(child, "solved")
                    return

    def spent(self) -> Spent:
        """What it took so far."""
        runs = self._tool_runs()
        self._bills = [total(self._bills)]
        return self._bills[0] + Spent(
            expansions=len(self._expanded),
            tool_runs=self._steps if runs is None or self._runs is None else runs - self._runs,
            nodes=len(self._nodes),
            seconds=monotonic() - self._began,
        )

    def outcome(self) -> Outcome[State, Action]:
        """How it ended, or how it stands."""
        return Outcome(
            tuple(self._nodes), tuple(self._expanded), self._best, self._reason, self._limit, self.spent(),
            tuple(self._faults),
        )  # fmt: skip

    def _shallow(self, limit: int) -> list[Node[State, Action]]:
        """The frontier's next nodes, tested; those too deep to be expanded go back to it as dead ends."""
        while nodes := self._frontier.ask(limit):
            if not self._early:
                for node in nodes:
                    if self._env.solved(node.state):
                        return self._end(node, "solved")
            deepest = self._deepest
            if nodes[0].depth < deepest and (len(nodes) == 1 or all(node.depth < deepest for node in nodes)):
                break
            for node in nodes:
                if node.depth >= deepest:
                    self._frontier.tell(node, [])
            if shallow := [node for node in nodes if node.depth < deepest]:
                return shallow
        return nodes

    def _children(self, node: Node[State, Action], proposals: Sequence[Proposal[Action]]) -> list[Node[State, Action]]:
        step, state, g, depth = self._env.step, node.state, node.cost, node.depth + 1
        self._steps += len(proposals)
        taken = [step(state, proposal.action) for proposal in proposals]
        prices = repeat(FREE) if self._cost is None else self._prices(node, proposals, taken, self._cost)
        children = []
        for proposal, (after, paid), price in zip(proposals, taken, prices, strict=False):
            action = proposal.action
            cost = g + paid + price.step
            if not (paid >= 0 and cost >= g):
                raise ValueError(
                    f"action {action!r} cost {paid + price.step}, but a step must cost a number >= 0; turn a "
                    "reward into a cost by subtracting it from the largest possible reward"
                )
            children.append(Node(after, node, action, cost, depth, price.h, proposal.weight, 0, price.note))
        return children

    @staticmethod
    def _prices(
        node: Node[State, Action], proposals: Sequence[Proposal[Action]], taken: list[tuple[State, float]], cost: Cost
    ) -> list[Price]:
        """Prices of all proposals; those that failed are not priced, and have no say in what the others cost."""
        ran = [proposal for proposal, (_, paid) in zip(proposals, taken, strict=True) if paid != inf]
        prices = cost(node, ran)
        if len(prices) != len(ran):
            raise ValueError(f"a cost function prices every proposal: {len(ran)} proposals, {len(prices)} prices")
        each = iter(prices)
        return [FREE if paid == inf else next(each) for _, paid in taken]

    def _twin(
        self, node: Node[State, Action], proposals: Sequence[Proposal[Action]], children: list[Node[State, Action]],
        cost: Cost,
    ) -> Node[State, Action] | None:  # fmt: skip
        """The same place, to be asked once more."""
        price = cost.again(node, [each for each, child in zip(proposals, children, strict=True) if child.cost < inf])
        if price is None:
            return None
        h = node.h
        if node.parent is None:  # nobody has estimated anything for the root: it is as far as its nearest child says
            h = min((child.h for child in children if child.cost < inf), default=h)
        twin = Node(
            node.state, node.parent, node.action, node.cost + price, node.depth, h, node.weight, node.attempt + 1,
            node.note,
        )  # fmt: skip
        self._tried[twin] = self._tried.pop(node, set()) | {proposal.action for proposal in proposals}
        return twin

    def _untried(
        self, node: Node[State, Action], proposals: Sequence[Proposal[Action]]
    ) -> tuple[Proposal[Action], ...]:
        tried = self._tried[node]
        return tuple(proposal for proposal in proposals if proposal.action not in tried)

    def _crossed(self) -> str:
        """Which limit is crossed, that of expansions apart; "" if none is."""
        spent = self.spent()
        return next((name for name, limit in self._limits if getattr(spent, name) >= limit), "")

    def _tool_runs(self) -> int | None:
        return getattr(self._env, "tool_runs", None)

    def _end(self, best: Node[State, Action], reason: Reason) -> list[Node[State, Action]]:
        self._best, self._reason, self._over = best, reason, True
        return []


def drive(
    search: Search[State, Action], proposer: Proposer[State, Action], *, batch: int = 1
) -> Outcome[State, Action]:
    """Run a search to its end, ``batch`` nodes with each call of ``proposer``."""
    while nodes := search.ask(batch):
        for node, told in zip(nodes, proposer(nodes), strict=True):
            search.tell(node, told)
    return search.outcome()


async def drive_async(
    search: Search[State, Action],
    proposer: Callable[[Sequence[Node[State, Action]]], Awaitable[Sequence[Proposed[Action]]]],
    *,
    batch: int = 1,
) -> Outcome[State, Action]:
    """:func:`drive` with a proposer to wait for."""
    while nodes := search.ask(batch):
        for node, told in zip(nodes, await proposer(nodes), strict=True):
            search.tell(node, told)
    return search.outcome()


def search(
    env: Environment[State, Action],
    propose: Callable[[State], Iterable[Action | Proposal[Action]]],
    frontier: Frontier[State, Action],
    *,
    budget: Budget | int = 1_000,
    batch: int = 1,
    cost: Cost | None = None,
    early: bool = False,
) -> Outcome[State, Action]:
    """Expand nodes until one is solved, none is left, or the budget is spent.

    A state is tested when its node is about to be expanded, not when it is made: that is what lets A* promise the
    cheapest solution.

    Args:
        env: what actions do.
        propose: the actions worth trying in a state, best first; none at a dead end.
        frontier: which nodes come next, for example ``astar(h)``; every search starts it afresh.
        budget: what may be spent; a number is that of nodes to expand.
        batch: how many nodes to ask the frontier for at a time, >= 1.
        cost: as in :class:`Search`.
        early: as in :class:`Search`.

    Raises:
        ValueError: ``budget`` or ``batch`` is out of range, or a step cost is negative or not a number.
    """
    return drive(_begun(env, frontier, budget, cost, early), each(propose), batch=batch)


async def search_async(
    env: Environment[State, Action],
    propose: Callable[[State], Awaitable[Iterable[Action | Proposal[Action]]]],
    frontier: Frontier[State, Action],
    *,
    budget: Budget | int = 1_000,
    batch: int = 1,
    cost: Cost | None = None,
    early: bool = False,
) -> Outcome[State, Action]:
    """:func:`search` with a ``propose`` to wait for: the proposals of one batch are made at the same time.

    The tree is the one that :func:`search` grows with the same proposals, whatever order they arrive in. If one fails,
    the others of its batch are cancelled. Arguments and errors are those of :func:`search`.
    """

    async def proposer(nodes: Sequence[Node[State, Action]]) -> list[Proposed[Action]]:
        tasks = [asyncio.ensure_future(propose(node.state)) for node in nodes]
        try:
            return [proposed(actions) for actions in await asyncio.gather(*tasks)]
        finally:
            for task in tasks:
                task.cancel()

    return await drive_async(_begun(env, frontier, budget, cost, early), proposer, batch=batch)


def _begun(
    env: Environment[State, Action], frontier: Frontier[State, Action], budget: Budget | int, cost: Cost | None,
    early: bool,
) -> Search[State, Action]:  # fmt: skip
    limits = budget if isinstance(budget, Budget) else Budget(expansions=budget)
    return Search(env, frontier, cost=cost, budget=limits, early=early)
