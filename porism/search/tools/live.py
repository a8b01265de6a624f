"""A world that is real: what is done in it stays done, so a search may look but not touch."""

from collections.abc import Sequence

from porism.search.tools.calls import Call, Observation
from porism.search.tools.moments import NEVER_RAN, Moment, called, carry_out, digest, runs
from porism.search.tools.tool import Tool
from porism.search.tools.world import World


class Live:
    """Moments of a real world.

    The tools' hints decide what may run while a search looks ahead:

    - a read-only call runs, once for as long as nothing changes;
    - an idempotent call that destroys nothing runs, once; it is then done, whether or not the plan is chosen;
    - any other call is imagined, and so is every call that changes things after one that is: the arguments are
      validated, the precondition is asked, and the call waits for the plan.

    What is read after an imagined call says how things stood before it. The observation says so, and an error in it
    closes no branch, since the imagined call might have prevented it.
    """

    replayed = 0

    def __init__(self, world: World, failed: float) -> None:
        self._world, self._failed, self.tool_runs = world, failed, 0
        self._known = {tool.name: tool for tool in world.tools}
        self._start = Moment(digest=digest(world))
        self._read: dict[Call, Observation] = {}
        self._done: dict[Call, Observation] = {}

    @property
    def tools(self) -> Sequence[Tool]:
        """The world's tools."""
        return tuple(self._known.values())

    def initial(self) -> Moment:
        """How things stand: the start, or what was committed last."""
        return self._start

    def step(self, moment: Moment, call: Call) -> tuple[Moment, float]:
        """The moment after a call, and its cost."""
        waiting = [each.name for each, seen in moment.steps() if seen.imagined]
        tool = self._known.get(call.name)
        if tool is None or tool.read_only:
            observation = self._once(call, self._read)
        elif tool.idempotent and not tool.destructive and not waiting:
            observation = self._once(call, self._done)
        else:
            return self._imagined(moment, call, tool, bool(waiting))
        excused = waiting and observation.error not in ("", *NEVER_RAN)
        if waiting and observation.error not in NEVER_RAN:
            text = f"{observation.text}\n[as things stood before {', '.join(dict.fromkeys(waiting))} ran]"
            observation = Observation(text, observation.error)
        cost = self._failed if observation.error and not excused else 0
        return Moment(moment, call, observation, digest(self._world)), cost

    def solved(self, moment: Moment) -> bool:
        """Whether the goal is reached; nobody knows at a moment with imagined calls."""
        return not any(seen.imagined for _, seen in moment.steps()) and self._world.solved()

    def commit(self, moment: Moment, world: World | None = None) -> Moment:
        """Run what a moment adds to what was committed before; searches then start from there."""
        steps, done = moment.steps(), self._start.depth
        if [call for call, _ in steps[:done]] != [call for call, _ in self._start.steps()]:
            raise ValueError("this plan does not go on from what was committed")
        reached, known = self._start, self._read | self._done
        while world is None and done < len(steps) and known.get(steps[done][0]) == steps[done][1]:
            reached = Moment(reached, *steps[done], digest(self._world))  # it ran when it was looked at
            done += 1
        reached = carry_out(world or self._world, steps[done:], reached)
        self.tool_runs += runs(reached.steps()[done:])
        self._start = reached
        self._read, self._done = {}, {}
        return reached

    def close(self) -> None:
        """Nothing to give up: the world is not ours."""

    def _once(self, call: Call, kept: dict[Call, Observation]) -> Observation:
        if call not in kept:
            observation = called(self._world, call)
            ran = observation.error not in NEVER_RAN
            self.tool_runs += ran
            if kept is self._done and ran:
                self._read = {}
            kept[call] = observation
        return kept[call]

    def _imagined(self, moment: Moment, call: Call, tool: Tool, waiting: bool) -> tuple[Moment, float]:
        why = tool.check(call)
        if why is not None and (why.error == "invalid arguments" or not waiting):
            return Moment(moment, call, why, moment.digest), self._failed
        text = f"{call.name} has not run: it may change things for good, so it waits until the plan is carried out"
        return Moment(moment, call, Observation(text, imagined=True), moment.digest), 0
