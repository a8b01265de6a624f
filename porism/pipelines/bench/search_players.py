"""The algorithms that ``porism bench search --part bfcl`` compares, and one search by one of them.

All of them face the same proposer, the same tools and the same goal; all take ``K`` samples of a place in one request
but ReAct, which takes one; a step that failed is closed for all but the two that never look back, which read the
error and go on, because that serves them better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log
from typing import Any

from porism.search import MCTS, Beam, Budget, Chain, DepthFirst, Frontier, Search, astar, drive, uniform_cost
from porism.search.bayes import belief
from porism.search.costs import Cost, Price, stepwise, toolchain
from porism.search.environments.bfcl import Services, Task
from porism.search.environments.simulated import FINISH, Simulated, Skill
from porism.search.nodes import Node
from porism.search.packed import Packed
from porism.search.proposals import Proposal
from porism.search.tools.calls import Call

DEPTH = 16  # steps; the longest solution has 10, and one more to say that it is done
K = 4
DEFAULT = "A*, belief"
ONCE = "A*, belief, asking once"  # what asking again is worth


class Spot:
    """A place in a task's world: a snapshot, and what was found out about it. Equal only to itself."""

    __slots__ = ("after", "ended", "snapshot", "solved")

    def __init__(self, snapshot: Any, solved: bool, ended: bool = False) -> None:
        """A place without known ways on."""
        self.snapshot, self.solved, self.ended = snapshot, solved, ended
        self.after: dict[Call, tuple[Spot, bool]] = {}  # where calls lead, and whether they failed


class Spots:
    """All places of a task that any search came to. A call at a place runs once, however many searches make it."""

    def __init__(self, task: Task) -> None:
        """Begin with the first state alone."""
        self._world: Services = task.world()
        self.root = Spot(self._world.snapshot(), self._world.solved())

    def step(self, spot: Spot, call: Call) -> tuple[Spot, bool]:
        """Where a call leads, and whether it failed."""
        if call not in spot.after:
            spot.after[call] = (Spot(None, spot.solved, True), False) if call == FINISH else self._run(spot, call)
        return spot.after[call]

    def _run(self, spot: Spot, call: Call) -> tuple[Spot, bool]:
        self._world.restore(spot.snapshot)
        observation = self._world.call(call)
        return Spot(self._world.snapshot(), self._world.solved()), bool(observation.error)


@dataclass(frozen=True, slots=True)
class Episode:
    """A task as the environment of one search.

    Attributes:
        spots: of the task.
        oracle: whether the search is told when the goal is reached. It is not in life: then it ends when the proposer
            says that it has finished, rightly or not.
        failed: what a failed call costs.
    """

    spots: Spots
    oracle: bool
    failed: float

    def initial(self) -> Spot:
        """The task's first state."""
        return self.spots.root

    def step(self, state: Spot, action: Call) -> tuple[Spot, float]:
        """Run a call; where there is an oracle, to finish without its word has failed."""
        after, failed = self.spots.step(state, action)
        if after.ended and self.oracle:
            return after, inf
        return after, self.failed if failed else 0

    def solved(self, state: Spot) -> bool:
        """Whether the search may stop."""
        return state.solved if self.oracle else state.ended


class Surprise:
    """The price of a step is -log of the share of the samples that proposed it."""

    def __call__(self, node: Node[Any, Any], proposals: Any, /) -> list[Price]:
        """Prices without an h."""
        return [Price(-log(each.weight)) for each in proposals]

    def again(self, node: Node[Any, Any], proposals: Any, /) -> None:
        """Never."""


class Rest:
    """No price, but the imagined number of remaining steps as h, for MCTS to make a value of."""

    def __call__(self, node: Node[Any, Any], proposals: Any, /) -> list[Price]:
        """Free steps; where nothing is imagined, all places are of the same value."""
        return [Price(0, _rest(each)) for each in proposals]

    def again(self, node: Node[Any, Any], proposals: Any, /) -> None:
        """Never."""


def _rest(proposal: Proposal[Any]) -> float:
    return 0 if proposal.remaining is None else proposal.remaining


@dataclass(frozen=True)
class Player:
    """One algorithm.

    Attributes:
        name: in the table.
        frontier: makes its frontier.
        cost: makes its cost function from what is in memory.
        imagines: whether it asks how many steps remain.
        apart: whether each of these guesses is a request of its own.
        samples: of a place.
        failed: what a failed call costs.
        memory: ``"growing"``, ``"frozen"`` or ``"cold"``; empty where none is used.
    """

    name: str
    frontier: Callable[[], Frontier[Any, Any]]
    cost: Callable[[Packed], Cost | None] = lambda memory: None
    imagines: bool = False
    apart: bool = False
    samples: int = K
    failed: float = inf
    memory: str = ""


PLAYERS = (
    Player("ReAct", Chain, samples=1, failed=0),
    Player("majority of 4", Chain, failed=0),
    Player("depth first", DepthFirst),
    Player("beam of 3", lambda: Beam(3, lambda node: node.cost), lambda memory: Surprise()),
    Player("best first", uniform_cost, lambda memory: Surprise()),
    Player("ToolChain*", astar, toolchain, imagines=True, apart=True, memory="growing"),
    Player("ToolChain*, frozen memory", astar, toolchain, imagines=True, apart=True, memory="frozen"),
    Player("ToolChain*, no memory", astar, toolchain, imagines=True, apart=True, memory="cold"),
    Player("MCTS", lambda: MCTS(lambda node: exp(-0.15 * node.h), c=0.6), lambda memory: Rest(), imagines=True),
    Player("A*, stepwise", astar, lambda memory: stepwise(), imagines=True),
    Player(ONCE, astar, lambda memory: belief(asks=1), imagines=True),
    Player(DEFAULT, astar, lambda memory: belief(), imagines=True),
)


@dataclass(frozen=True, slots=True)
class Played:
    """How one search went.

    Attributes:
        success: whether the plan reaches the task's goal.
        samples, requests, tool_runs: what it took.
        plan: the calls of the plan, without the last word; empty where the search itself did not think it solved.
    """

    success: bool
    samples: int
    requests: int
    tool_runs: int
    plan: tuple[Call, ...] = ()


def played(
    player: Player, spots: Spots, mind: Simulated, skill: Skill, samples: int, oracle: bool, memory: Packed
) -> Played:
    """One search of a task, from the first state.

    Args:
        player: the algorithm.
        spots: the task's world.
        mind: the task's proposer.
        skill: of the proposer; how many samples, and whether guesses are asked apart, is the player's.
        samples: the budget.
        oracle: whether the search is told when the goal is reached.
        memory: plans that worked.
    """
    search = Search(
        Episode(spots, oracle, player.failed),
        player.frontier(),
        cost=player.cost(memory),
        budget=Budget(samples=samples, depth=DEPTH),
        early=oracle,
    )
    asked = Skill(
        skill.p, skill.trap, player.samples, skill.error if player.imagines else None, player.apart, skill.blur
    )
    outcome = drive(search, mind.proposer(asked))
    spent = outcome.spent
    plan = tuple(call for call in outcome.best.actions() if call != FINISH) if outcome.solved else ()
    return Played(outcome.best.state.solved, spent.samples, spent.requests, spent.tool_runs, plan)
