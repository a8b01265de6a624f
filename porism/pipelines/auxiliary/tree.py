"""The search for auxiliary points as an environment of :mod:`porism.search`: its states, moves and prices.

A state is a way from the problem to a figure: points that stay, and lemmas, that is, what points told that did not
stay. To expand a state is to visit its figure (:func:`porism.symbolic.auxiliary.visits.visit`), which may be done in
another process; the moves are to look again, at other candidates and with what was learned, or to keep some points.

A move costs minus the logarithm of its probability, so that best-first search by cost looks at figures in the order of
how likely their points are [Orseau2018].
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log
from typing import Any

from porism.search import MCTS, Beam, BestFirst, Frontier, Proposal, Proposed
from porism.seeds import stream
from porism.symbolic.auxiliary.visits import Step, Visit

AGAIN = 0.5  # the probability of looking again
PATIENCE = 12  # looks at one figure, at most
WIDTH = 24  # of the beam
HOPE = 2.0  # what A* thinks that a figure is from the goal which lemmas taught nothing about


@dataclass(frozen=True, slots=True)
class State:
    """Where a search stands.

    Attributes:
        steps: from the problem to the figure, in order.
        visits: how often the figure was looked at before.
        gain: equations learned by lemmas on the way.
        solved: whether the goals were reached; the last step is what did it.
    """

    steps: tuple[Step, ...] = ()
    visits: int = 0
    gain: int = 0
    solved: bool = False

    @property
    def points(self) -> int:
        """How many points stay."""
        return sum(step.stays for step in self.steps)


@dataclass(frozen=True, slots=True)
class Move:
    """One move, with the state that it leads to and its price."""

    state: State
    price: float


class Points:
    """The environment. ``proves`` says whether there is a proof behind a solved state; one without is a dead end."""

    def __init__(self, proves: Callable[[State], bool]) -> None:
        self._proves = proves

    def initial(self) -> State:
        """The problem as it is."""
        return State()

    def step(self, state: State, action: Move) -> tuple[State, float]:
        """Where a move leads, and its price."""
        return action.state, inf if action.state.solved and not self._proves(action.state) else action.price

    def solved(self, state: State) -> bool:
        """Whether the goals were reached, and proved."""
        return state.solved and self._proves(state)


def moves(state: State, visit: Visit, points: int) -> Proposed[Move]:
    """The moves from a state that was visited, the likeliest first.

    Args:
        state: the state.
        visit: what came of looking at it.
        points: that may stay, at most.
    """
    gained = dict(visit.tried)
    lemmas = tuple(Step(pick, False) for pick in visit.lemmas)
    steps = state.steps + lemmas
    gain = state.gain + sum(gained[pick] for pick in visit.lemmas)
    found = []
    if visit.solved is not None:
        last = () if visit.solved in visit.lemmas else (Step(visit.solved, True),)
        found.append((Move(State(steps + last, 0, gain, True), 0.0), 1.0))
    if state.visits + 1 < PATIENCE:
        found.append((Move(State(steps, state.visits + 1, gain), -log(AGAIN)), AGAIN))
    for bundle, value in visit.best:
        weight = (1 - AGAIN) * exp(value)
        if state.points + len(bundle) <= points and weight > 1e-9:
            kept = tuple(Step(pick, True) for pick in bundle)
            found.append((Move(State(steps + kept, 0, gain), -log(weight)), weight))
    return Proposed(tuple(Proposal(move, weight) for move, weight in found))


FRONTIERS: dict[str, Callable[[int], Frontier[Any, Any]]] = {
    "best": lambda seed: BestFirst(lambda node: node.cost),
    "astar": lambda seed: BestFirst(lambda node: node.cost + HOPE / (1 + node.state.gain)),
    "beam": lambda seed: Beam(WIDTH, lambda node: node.cost),
    "mcts": lambda seed: MCTS(lambda node: 1 - exp(-node.state.gain / 8)),
    "random": lambda seed: BestFirst(
        lambda node: stream(seed, "frontier", repr(node.state.steps), node.state.visits).random()
    ),
}
