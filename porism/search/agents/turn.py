"""One decision of an agent: a search from where it stands, until what to do next is clear."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from porism.search.agents.ahead import Ahead, Look
from porism.search.agents.replies import ANSWER
from porism.search.nodes import Node, Outcome
from porism.search.proposals import Fault, Proposed
from porism.search.tools.branching import Moment
from porism.search.tools.calls import Call, Observation
from porism.search.tree import Search

Place = tuple[tuple[tuple[Call, Observation], ...], int]  # the calls up to a node, and its attempt
Seen = dict[Place, Proposed[Call]]


class NothingToDo(RuntimeError):
    """The model gave nothing that can be done next; the message is what was wrong with its replies.

    Attributes:
        faults: the same, one by one.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        said = "; ".join(dict.fromkeys(f"{fault.reason}: {fault.text[:200]}" for fault in faults))
        super().__init__(f"the model proposed no call and no answer: {said or 'it said nothing'}")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Decision:
    """What to do next.

    Attributes:
        call: to carry out; None where the model is done and answers.
        text: the answer, or why the call.
        moment: after the call, as it was seen while looking ahead.
        outcome: the search that led here.
    """

    call: Call | None
    text: str
    moment: Moment = field(repr=False)
    outcome: Outcome[Moment, Call] = field(repr=False)


class Turn:
    """One search for one decision: ask it, tell it, until it asks nothing more.

    Attributes:
        seen: all that was proposed, by place; what is in it from before is not asked again.
    """

    def __init__(self, env: Ahead, look: Look, seen: Seen) -> None:
        self._search = Search(env, look.frontier(), cost=look.prices(env), budget=look.budget)
        self._start, self._batch, self.seen = env.initial().steps(), look.batch, seen

    def ask(self) -> list[Node[Moment, Call]]:
        """Nodes at which the model has to be asked; none when the decision is made."""
        while not self._clear() and (nodes := self._search.ask(self._batch)):
            unseen = [node for node in nodes if _place(node) not in self.seen]
            for node in nodes:
                if node not in unseen:
                    self._search.tell(node, Proposed(self.seen[_place(node)].proposals))
            if unseen:
                return unseen
        return []

    def tell(self, nodes: Sequence[Node[Moment, Call]], told: Sequence[Proposed[Call]]) -> None:
        """What the model proposes there."""
        for node, each in zip(nodes, told, strict=True):
            self.seen[_place(node)] = each
            self._search.tell(node, each)

    def outcome(self) -> Outcome[Moment, Call]:
        """The search so far."""
        return self._search.outcome()

    def decision(self) -> Decision:
        """The first step towards the best place found; where all seem to fail, the step that was proposed most.

        Raises:
            NothingToDo: nothing usable was proposed.
        """
        outcome = self.outcome()
        first = next((node for node in furthest(outcome).path() if node.action is not None), None)
        first = first or next((node for node in outcome.nodes if node.action is not None), None)
        if first is None or first.action is None:
            raise NothingToDo([fault for _, fault in outcome.faults])
        if first.action.name == ANSWER:
            return Decision(None, first.action.values()["text"], first.state, outcome)
        told = (each for (steps, _), told in self.seen.items() if steps == self._start for each in told.proposals)
        whys = (each.why for each in told if each.action == first.action)
        return Decision(first.action, next(whys, ""), first.state, outcome)

    def _clear(self) -> bool:
        """Whether the start leaves no choice: then looking further would change nothing."""
        return len({node.action for node in self.outcome().nodes if node.depth == 1}) == 1


def furthest(outcome: Outcome[Moment, Call]) -> Node[Moment, Call]:
    """The best node; where a search ended with nothing left, which is where it expanded last, the one that got deepest.

    A search that was decided early, or stopped, ends in the same way. One whose budget ran out when the start was to be
    asked again has come no further there than to the best of the nodes that were not expanded.
    """
    if outcome.reason == "exhausted":
        return max(outcome.expanded, key=lambda node: node.depth, default=outcome.best)
    if outcome.best.depth:
        return outcome.best
    expanded = set(outcome.expanded)
    left = (node for node in outcome.nodes if node.depth and not node.dead and node not in expanded)
    return min(left, key=lambda node: node.cost + node.h, default=outcome.best)


def _place(node: Node[Moment, Call]) -> Place:
    return node.state.steps(), node.attempt
