"""The environments that ``porism run tools`` draws its tasks from, and what a task is to the flow."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any, Protocol

from porism.errors import InputError
from porism.outputs.records import content_id
from porism.search.places import Step
from porism.search.tools.calls import Call
from porism.search.tools.moments import Moment
from porism.search.tools.world import World

ENVIRONMENTS = ("sqlite", "files")


class Task(Protocol):
    """One task of an environment: plain data."""

    @property
    def prompt(self) -> str:
        """What the user asks."""
        ...

    @property
    def solution(self) -> tuple[Call, ...]:
        """Calls that reach the goal."""
        ...

    def world(self) -> World:
        """Its world, in the first state."""
        ...

    def to_json(self) -> dict[str, Any]:
        """The task as a JSON object."""
        ...


@dataclass(frozen=True)
class Family:
    """The tasks of one environment.

    Attributes:
        name: of the environment.
        config: its configuration.
    """

    name: str
    config: Any

    def task(self, seed: int, i: int) -> Task:
        """Task ``i``: a pure function of the configuration, the seed and i."""
        found: Task = _module(self.name).tasks(seed, i, self.config)
        return found


def family(name: str, settings: Mapping[str, Any]) -> Family:
    """The tasks of an environment with these settings; others stay as they are by default.

    Raises:
        InputError: there is no such environment, or a setting is wrong.
    """
    config = _module(name).Config
    known = [each.name for each in fields(config)]
    for setting in settings:
        if setting not in known:
            raise InputError(f"unknown setting 'tasks.{setting}' for {name}; known there: {', '.join(known)}")
    try:
        return Family(name, config(**settings))
    except (TypeError, ValueError) as error:
        raise InputError(f"setting 'tasks' for {name}: {error}") from None


def read(name: str, text: str) -> Task:
    """The task in a row, whoever wrote the row.

    Raises:
        ValueError: it is no task of that environment.
    """
    if name not in ENVIRONMENTS:
        raise ValueError(f"unknown environment {name!r}; known: {', '.join(ENVIRONMENTS)}")
    try:
        task: Task = _module(name).Task.from_json(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"no task of {name}: {error}") from None
    return task


def as_json(task: Task) -> str:
    """The task as JSON text; the same task is the same text."""
    return json.dumps(task.to_json(), sort_keys=True, ensure_ascii=False)


def key_of(task: Task) -> str:
    """What makes a task new: a hash of its request, 32 hexadecimal digits.

    Two worlds can be asked the same. Only one of them is searched, since the rows of both could say the same.
    """
    return content_id({"prompt": task.prompt})


def replayed(task: Task, plan: Iterable[Call]) -> tuple[tuple[Step, ...], str | None]:
    """Run a plan in a fresh world: what it gave, and why it does not reach the goal; None where it does."""
    world = task.world()
    steps = tuple((call, world.call(call)) for call in plan)
    for k, (call, seen) in enumerate(steps):
        if seen.error:
            return steps, f"call {k} ({call.name}) fails: {seen.error}"
    return steps, None if world.solved() else "the goal is not reached"


def moment_of(steps: Iterable[Step]) -> Moment:
    """The moment after these steps."""
    moment = Moment()
    for call, seen in steps:
        moment = Moment(moment, call, seen)
    return moment


def _module(name: str) -> Any:
    if name not in ENVIRONMENTS:
        raise InputError(f"unknown environment {name!r}; known: {', '.join(ENVIRONMENTS)}")
    return import_module(f"porism.search.environments.{name}")
