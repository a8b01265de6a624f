"""One task, one search: what ``porism run tools`` does with a task, as a function of the model's replies alone."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from porism.pipelines.tools.grounds import ANSWER, grounds
from porism.search import (
    MCTS,
    Beam,
    BestFirst,
    Budget,
    Chain,
    Frontier,
    Outcome,
    Proposed,
    Proposer,
    Search,
    astar,
)
from porism.search.bayes import belief
from porism.search.tools.branching import ToolEnvironment
from porism.search.tools.calls import Call
from porism.search.tools.moments import Moment
from porism.search.tools.world import World

Tree = Outcome[Moment, Call]
FRONTIERS: dict[str, Callable[[], Frontier[Moment, Call]]] = {
    "astar": astar,
    "best-first": lambda: BestFirst(lambda node: node.cost / (node.depth + 1)),
    "beam": lambda: Beam(3, lambda node: node.cost),
    "mcts": MCTS,
    "chain": Chain,
}


class Searching(BaseModel):
    """How a task is searched.

    Attributes:
        frontier: which call comes next: ``astar``, ``best-first``, ``beam`` (of three), ``mcts`` or ``chain``, the
            loop that never looks back.
        budget: samples for one task, after which no further place is asked.
        depth: calls of a plan, at most.
        batch: places that are asked side by side.
        solutions: after so many plans that reach the goal the search ends; more give labels and preferences that say
            more, and cost requests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    frontier: Literal["astar", "best-first", "beam", "mcts", "chain"] = "astar"
    budget: int = Field(default=120, ge=1)
    depth: int = Field(default=8, ge=1)
    batch: int = Field(default=1, ge=1)
    solutions: int = Field(default=1, ge=1)


@dataclass(frozen=True)
class Found:
    """What a search left.

    Attributes:
        tree: solved if a plan reached the goal; ``best`` is then the end of the first that did.
        goals: the states that reach the goal, in the order in which they were met.
        budget: what it might have spent.
    """

    tree: Tree
    goals: tuple[Moment, ...]
    budget: Budget = field(default_factory=Budget)

    def solved(self, state: Moment) -> bool:
        """Whether a state of the tree reaches the goal."""
        return state in self.goals


def searched(make: Callable[[], World], propose: Proposer[Moment, Call], how: Searching, samples: int = 4) -> Found:
    """Search in the world that ``make`` makes, until enough plans reach the goal or the budget is spent.

    Whether a state reaches the goal is looked at as soon as it is made, which saves the samples that A* would spend on
    making sure that no cheaper plan does. A right answer without grounds (:mod:`.grounds`) is none. The model is
    not asked where a task is over, at a goal or after an answer.

    Args:
        make: makes the task's world, in its first state.
        propose: who proposes calls.
        how: frontier and budget.
        samples: replies that ``propose`` takes at a place.
    """
    env = _Until(ToolEnvironment(make), how.solutions)
    budget = Budget(samples=how.budget, depth=how.depth)
    search = Search(env, FRONTIERS[how.frontier](), cost=belief(samples=samples), budget=budget, early=True)
    while nodes := search.ask(how.batch):
        rest = [node for node in nodes if not (node.state in env.goals or _answered(node.state))]
        told = dict(zip(rest, propose(rest) if rest else (), strict=True))
        for node in nodes:
            search.tell(node, told.get(node, Proposed()))
    env.inner.close()
    tree = search.outcome()
    if env.goals and not tree.solved:  # not as many plans as were wanted
        best = next(node for node in tree.nodes if node.state == env.goals[0])
        tree = replace(tree, best=best, reason="solved", limit="")
    return Found(tree, tuple(env.goals), budget)


def _answered(moment: Moment) -> bool:
    return moment.call is not None and moment.call.name == ANSWER


class _Until:
    """An environment that ends a search at the last of several goals."""

    def __init__(self, inner: ToolEnvironment, wanted: int) -> None:
        self.inner, self._wanted = inner, wanted
        self.initial, self.step = inner.initial, inner.step
        self.goals: list[Moment] = []

    @property
    def tool_runs(self) -> int:
        return self.inner.tool_runs

    def solved(self, state: Moment) -> bool:
        if self.inner.solved(state) and not grounds(state.steps()) and state not in self.goals:
            self.goals.append(state)
        return len(self.goals) >= self._wanted
