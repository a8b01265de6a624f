"""Tools as the environment of a search: moments are the states, calls the actions.

A search jumps from branch to branch, and a world is one mutable thing. Three ways bring them together; ``"auto"`` takes
the first that the world is able to:

- ``"snapshot"``: go back to a snapshot of the place; each call of a path runs once;
- ``"undo"``: take calls back to the common ancestor, and run again what lies below it on the other side;
- ``"replay"``: run the calls again from the start in a new world, or from the nearest one still alive.

The choice is by ability and not by measured time, since what runs how often should not depend on a clock;
:func:`measure` gives the times, for whoever sets ``how`` by them.
"""

from collections.abc import Callable, Sequence
from math import inf
from time import perf_counter
from typing import Literal

from porism.search.tools.calls import Call
from porism.search.tools.isolated import Isolated
from porism.search.tools.live import Live
from porism.search.tools.moments import Moment
from porism.search.tools.tool import Tool
from porism.search.tools.ways import How, closed, ways
from porism.search.tools.world import World

__all__ = ["Moment", "ToolEnvironment", "measure"]


class ToolEnvironment:
    """A world as a ``porism.search.Environment`` of moments and calls.

    A step costs nothing, or ``failed`` where the observation has an error; what calls cost otherwise is for the cost
    function to say. Calling twice from one moment runs once.

    >>> from porism.search import Chain, search
    >>> from porism.search.tools import Toolbox, tool
    >>> shelf: list[str] = []
    >>> @tool
    ... def put(item: str) -> str:
    ...     '''Put something on the shelf.'''
    ...     shelf.append(item)
    ...     return f"{len(shelf)} on the shelf"
    >>> env = ToolEnvironment(lambda: Toolbox([put]), look_ahead="imagine", goal=lambda moment: moment.depth == 2)
    >>> calls = [Call.of("put", {"item": item}) for item in ("cup", "pot")]
    >>> plan = search(env, lambda moment: [calls[moment.depth]], Chain()).best.state
    >>> shelf
    []
    >>> env.commit(plan).observation.text, shelf
    ('2 on the shelf', ['cup', 'pot'])
    """

    def __init__(
        self,
        make: Callable[[], World],
        *,
        how: Literal["auto", "snapshot", "undo", "replay"] = "auto",
        failed: float = inf,
        look_ahead: Literal["run", "imagine"] = "run",
        goal: Callable[[Moment], bool] | None = None,
    ) -> None:
        """Begin with a new world.

        Args:
            make: makes a world in its first state; the same each time.
            how: how to come back to a moment.
            failed: what a call costs whose observation has an error, >= 0; infinite closes the branch.
            look_ahead: ``"run"`` for worlds made for the search, in which every call may run; ``"imagine"`` for one
                that is real, in which calls that change things wait for ``commit``. See
                :class:`porism.search.tools.live.Live` for what runs there.
            goal: what counts as solved instead of the world's own test. A real world needs it, because its test says
                nothing of a plan that has not run; for example, that the plan ends with a call of ``finish``.

        Raises:
            ValueError: the world cannot branch in that way, or ``failed`` is negative.
        """
        if not failed >= 0:
            raise ValueError(f"failed must be a cost >= 0, got {failed}")
        self._goal = goal
        self._ground: Isolated | Live
        if look_ahead == "imagine":
            self._ground = Live(make(), failed)
        else:
            self._ground = Isolated(make, None if how == "auto" else how, failed)

    @property
    def tools(self) -> Sequence[Tool]:
        """The tools that can be called."""
        return self._ground.tools

    @property
    def tool_runs(self) -> int:
        """How many calls ran; not those that were refused, imagined or known, nor those that ran again."""
        return self._ground.tool_runs

    @property
    def replayed(self) -> int:
        """How many calls ran again, only to come back to a moment."""
        return self._ground.replayed

    def initial(self) -> Moment:
        """The moment in which a search starts: before any call, or what was committed in a real world."""
        return self._ground.initial()

    def step(self, state: Moment, action: Call) -> tuple[Moment, float]:
        """The moment after a call, and 0 or ``failed``."""
        return self._ground.step(state, action)

    def solved(self, state: Moment) -> bool:
        """Whether the goal is reached at a moment."""
        return self._ground.solved(state) if self._goal is None else self._goal(state)

    def commit(self, moment: Moment, world: World | None = None) -> Moment:
        """Carry out the plan that leads to a moment: every call runs, for real, once.

        Args:
            moment: the plan. In a real world only what it adds to what was committed before is run.
            world: where to run it; by default the real world, or a new one where the search only had its own.

        Returns:
            What really happened: the same calls with what they gave now, up to the first one that failed and had not
            failed when it was planned.

        Raises:
            ValueError: the plan does not begin with what was committed.
        """
        return self._ground.commit(moment, world)

    def close(self) -> None:
        """Close the worlds made for the search, those that have a ``close``."""
        self._ground.close()


def measure(make: Callable[[], World], calls: Sequence[Call], rounds: int = 5) -> dict[How, float]:
    """What a step costs in each way that a world is able to, in a search that jumps.

    The calls are made one after the other, and then each of them once more from the moment where it was made, first
    and last by turns, so that the world is never where it is needed.

    Args:
        make: makes a world in its first state.
        calls: a plan that works, with at least one call.
        rounds: how often to do all of that, >= 1; the fastest counts.

    Returns:
        Seconds for one step.

    Raises:
        ValueError: there are no calls, or no rounds.
    """
    if not calls or rounds < 1:
        raise ValueError("measure needs at least one call and one round")
    world = make()
    able = ways(world)
    closed(world)
    return {how: min(_seconds(make, how, calls) for _ in range(rounds)) for how in able}


def _seconds(make: Callable[[], World], how: How, calls: Sequence[Call]) -> float:
    ground = Isolated(make, how, inf, remember=False)
    began = perf_counter()
    moments = [ground.initial()]
    for call in calls:
        moments.append(ground.step(moments[-1], call)[0])
    order = sorted(range(len(calls)), key=lambda i: min(2 * i, 2 * (len(calls) - i) - 1))
    for i in order:
        ground.step(moments[i], calls[i])
    taken = perf_counter() - began
    ground.close()
    return taken / (2 * len(calls))
