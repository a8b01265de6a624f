"""Looking ahead from where an agent stands, without changing anything: what may run runs, the rest is imagined."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from porism.search.agents.replies import ANSWER
from porism.search.bayes import belief
from porism.search.budget import Budget
from porism.search.costs import Cost, Price
from porism.search.frontiers import astar
from porism.search.nodes import Node
from porism.search.proposals import Proposal
from porism.search.tools.branching import Moment, ToolEnvironment
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool, Toolbox
from porism.search.tree import Frontier

IMAGINED = "(This call has not been carried out yet. Go on as if it had succeeded.)"


@dataclass(frozen=True)
class Look:
    """How to look ahead, once for each decision.

    Attributes:
        samples: replies to ask for at each node, >= 1.
        budget: what one decision may cost; ``depth`` is how far to look.
        frontier: makes the frontier, for example ``astar`` or ``lambda: Beam(3, lambda node: node.cost)``.
        cost: prices the proposals, and says where to ask again; by default ``belief(samples=samples)``.
        batch: nodes that are asked for in one round.
        again: how often to ask once more where the conversation stands, if nothing that was said there can be used;
            further on, ``cost`` decides.
    """

    samples: int = 4
    budget: Budget = field(default=Budget(requests=12, depth=12))
    frontier: Callable[[], Frontier[Moment, Call]] = astar
    cost: Cost | None = None
    batch: int = 1
    again: int = 1

    def prices(self, env: "Ahead") -> "Ending":
        """The cost of one decision.

        Raises:
            ValueError: ``samples`` is less than 1, and there is no ``cost``.
        """
        return Ending(belief(samples=self.samples) if self.cost is None else self.cost, env, self.again)


class Ahead:
    """The environment of one decision: how things stand, and calls that only seem to be carried out.

    For tools at hand their hints decide what may run, as :class:`porism.search.tools.live.Live` says; other calls are
    imagined. A call closes its branch if it fails, would be refused, or reads again what was read just before and
    cannot have changed. A reply in words ends the task.
    """

    def __init__(self, tools: Sequence[Tool] = (), ends: Collection[str] = ()) -> None:
        """Stand where the agent stands.

        Args:
            tools: those that are at hand here.
            ends: names of tools that end the task, too, such as one that hands in the answer.
        """
        self._ends = {ANSWER, *ends}
        self._names = {tool.name for tool in tools}
        self._reads = {tool.name for tool in tools if tool.read_only}
        self._live = ToolEnvironment(lambda: Toolbox(tools), look_ahead="imagine")

    @property
    def tool_runs(self) -> int:
        """How many calls ran."""
        return self._live.tool_runs

    def initial(self) -> Moment:
        """What was committed so far."""
        return self._live.initial()

    def step(self, moment: Moment, call: Call) -> tuple[Moment, float]:
        """The moment after a call, for nothing; infinitely dear if the call fails."""
        if call.name in self._names:
            after, cost = self._live.step(moment, call)
            return after, inf if self._is_known(moment, call) else cost
        seen = Observation("") if call.name == ANSWER else Observation(IMAGINED, imagined=True)
        return Moment(moment, call, seen), 0

    def solved(self, moment: Moment) -> bool:
        """Whether the model is done and says so."""
        return moment.call is not None and self.ends(moment.call)

    def ends(self, call: Call) -> bool:
        """Whether nothing is left to do after a call."""
        return call.name in self._ends

    def commit(self, moment: Moment) -> Moment:
        """Carry out what leads to a moment, all of it calls of tools at hand; the next search starts there."""
        return self._live.commit(moment)

    def _is_known(self, moment: Moment, call: Call) -> bool:
        """Whether a call was made before, and since then nothing but reading."""
        at: Moment | None = moment
        while call.name in self._reads and at is not None and at.call is not None and at.call.name in self._reads:
            if at.call == call:
                return True
            at = at.parent
        return False


@dataclass(frozen=True)
class Ending:
    """A cost that knows where the end is.

    A model says how many calls are to come. To the search the reply that ends the task is a step like them: where no
    call is to come one step is left, and none is left after that reply, whatever was imagined. So a place at which
    all is done but the last word said is no place that ought to have been a solution.

    Attributes:
        cost: prices the proposals.
        env: knows what ends the task.
        retries: how often to ask again at the start, if nothing there can be used.
    """

    cost: Cost
    env: Ahead
    retries: int = 0

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> list[Price]:
        """The prices, with an h of 0 at the end."""
        prices = self.cost(node, [replace(each, remaining=self._steps_left(each)) for each in proposals])
        return [
            replace(price, h=0) if self.env.ends(each.action) else price
            for each, price in zip(proposals, prices, strict=True)
        ]

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        """As the cost has it, but for a start at which nothing can be used."""
        if proposals or node.parent is not None:
            return self.cost.again(node, proposals)
        return 0 if node.attempt < self.retries else None

    def _steps_left(self, proposal: Proposal[Any]) -> float | None:
        if self.env.ends(proposal.action):
            return 0
        return None if proposal.remaining is None else proposal.remaining + 1
