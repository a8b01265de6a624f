"""Auxiliary constructions for a model that calls tools: a world with the one tool ``construct(clause)``.

>>> from porism.search.tools.branching import ToolEnvironment
>>> task = Task("right", "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1", ())
>>> env = ToolEnvironment(task.world)
>>> moment, cost = env.step(env.initial(), Call.of("construct", {"clause": "e = midpoint b a"}))
>>> print(moment.observation.text)
E is the midpoint of BA. With this the goal is proved.
>>> env.solved(moment)
True
>>> moment, cost = env.step(env.initial(), Call.of("construct", {"clause": "e = midpoint b z"}))
>>> moment.observation.text, cost
("construct: clause 3 'e = midpoint b z', column 80: point z is not defined here; known: a, b, c, d", inf)
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from porism.errors import InputError
from porism.pipelines.auxiliary.points import AuxiliaryPoints, extended
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool, run_call, tool
from porism.search.tools.world import Remembered
from porism.symbolic import Problem
from porism.symbolic.constructions import CONSTRUCTIONS


@dataclass(frozen=True, slots=True)
class Task:
    """A problem that deduction alone does not solve.

    Attributes:
        id: names it.
        problem: its text.
        clauses: auxiliary constructions that make it provable; empty where nobody knows any.
    """

    id: str
    problem: str
    clauses: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """What the user asks."""
        return PROMPT.format(problem=self.problem, usages="; ".join(each.usage for each in SIMPLE))

    @property
    def solution(self) -> tuple[Call, ...]:
        """Calls that reach the goal."""
        return tuple(Call.of("construct", {"clause": clause}) for clause in self.clauses)

    def world(self) -> "Board":
        """The figure as the task finds it.

        Raises:
            InputError: the text is no problem, or one without a goal.
        """
        return Board(AuxiliaryPoints(Problem.parse(self.problem, self.id)))

    def to_json(self) -> dict[str, Any]:
        """The task as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Task":
        """The task back from its JSON object.

        Raises:
            ValueError: a part is missing, or is no such part.
        """
        clauses = row.get("clauses")
        listed = clauses if isinstance(clauses, list | tuple) else [None]
        parts = [row.get("id"), row.get("problem"), *listed]
        if not all(isinstance(each, str) for each in parts):
            raise ValueError("a task of geometry has an 'id', a 'problem' and a list of 'clauses', all of them texts")
        return cls(parts[0], parts[1], tuple(parts[2:]))


class Board(Remembered[Problem]):
    """A world: a problem to which constructions are added. It can keep and restore moments, and undo."""

    def __init__(self, env: AuxiliaryPoints) -> None:
        """The problem of ``env``, whose proofs are shared by all boards of it."""
        super().__init__(env.initial())
        self._env = env
        self.tools: Sequence[Tool] = (self._construct(),)

    @property
    def problem(self) -> Problem:
        """The problem with the constructions added so far."""
        return self._now

    def call(self, call: Call) -> Observation:
        """Run a call, whatever a model wrote in it."""
        self._remember()
        return run_call(self.tools, call)

    def solved(self) -> bool:
        """Whether the engine proves the goal as things stand."""
        return self._env.solved(self._now)

    def digest(self) -> str:
        """The problem with the constructions added so far, as text."""
        return str(self._now)

    def _construct(self) -> Tool:
        @tool(destructive=False, timeout=None)
        def construct(clause: str) -> Any:
            """Add one construction to the figure, and see whether the goal can be proved then.

            Args:
                clause: one new point and what it is, for example "m = midpoint m a b".
            """
            try:
                self._now = extended(self._now, clause)
            except InputError as error:
                return Observation(f"construct: {error}", "failed")
            said = ", and ".join(each.say() for each in self._now.clauses[-1].constructions)
            return f"{said}. {'With this the goal is proved.' if self.solved() else 'The goal is not proved yet.'}"

        return construct


PROMPT = """\
Prove this problem of plane geometry: {problem}
The text names points and how they are constructed; after the question mark is the goal. Deduction alone does not reach
it. Add auxiliary points with the construct tool, one at a time, until the goal is proved. Some constructions, where x
is the new point: {usages}."""
SIMPLE = [
    CONSTRUCTIONS[name]
    for name in (
        "midpoint", "foot", "mirror", "reflect", "intersection_ll", "intersection_lp", "intersection_lt",
        "parallelogram", "circumcenter", "incenter", "on_line", "on_circum",
    )
]  # fmt: skip
