"""Visits in other processes: each holds the problem's figure, and is told the way to where it shall look."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache

from porism.pipelines.auxiliary.tree import State
from porism.pipelines.runners import processes
from porism.symbolic.auxiliary.ground import Ground, ground
from porism.symbolic.auxiliary.visits import Visit, replayed, visit
from porism.symbolic.problem import Problem
from porism.symbolic.prove import drawings

DRAWINGS = 2  # that candidates are placed in; the proof is checked in others
NOTHING = Visit((), (), (), None)
Errand = tuple[State, int]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Makes visits; a value that other processes can have.

    Attributes:
        problem: text of the problem.
        seed: of drawings, hashes and choices.
        even: choose candidates evenly, not by weight.
        compiled: run the compiled kernel.
    """

    problem: str
    seed: int
    even: bool
    compiled: bool

    def __call__(self, errand: Errand) -> Visit:
        """Look at the figure of a state, and make so many trials."""
        state, trials = errand
        here = replayed(root(self.problem, self.seed, self.compiled), state.steps)
        return NOTHING if here is None else visit(here, trials, (repr(state.steps), state.visits), even=self.even)


@lru_cache(maxsize=4)
def root(text: str, seed: int, compiled: bool) -> Ground:
    """What follows from a problem as it is."""
    problem = Problem.parse(text)
    return ground(problem, drawings(problem, seed)[0][:DRAWINGS], compiled=compiled, seed=seed)


@contextmanager
def visitors(visitor: Visitor, workers: int) -> Iterator[Callable[[Sequence[Errand]], list[Visit]]]:
    """A function that makes visits side by side, and returns them in order.

    One alone is made here: most searches end with the first, before other processes would have started.
    """
    with ExitStack() as stack:
        submit = None

        def visited(errands: Sequence[Errand]) -> list[Visit]:
            nonlocal submit
            if workers == 1 or len(errands) == 1:
                return [visitor(errand) for errand in errands]
            submit = submit or stack.enter_context(processes(visitor, workers))
            return [future.result() for future in [submit(errand) for errand in errands]]

        yield visited
