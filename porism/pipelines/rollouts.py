"""Worlds to be played in while a model is trained: the ``environment_factory`` of TRL's GRPO trainer.

A trainer makes an instance for each rollout, resets it with the row of ``porism export --format rlvr``, shows the model
the methods as tools, and asks for the reward at the end. Methods are made from the tools of the environment, with the
types and docstrings that a trainer reads schemas from.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from porism.errors import InputError
from porism.pipelines import verifiers
from porism.pipelines.tools import tasks
from porism.pipelines.tools.grounds import grounds
from porism.search.places import Step
from porism.search.tools.calls import Call
from porism.search.tools.tool import Tool
from porism.search.tools.world import World

TYPES: Mapping[str, Any] = {
    "string": str, "integer": int, "number": float, "boolean": bool, "object": dict[str, Any], "array": list[Any],
}  # fmt: skip


class Rollout:
    """One rollout in a world. Its subclasses have a method for each tool."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._steps: list[Step] = []

    def reset(self, task: str, **_: Any) -> None:
        """Begin with a task; the other columns of its row are not looked at.

        Raises:
            InputError: it is no task of tool calls.
        """
        self._world, self._steps = verifiers.world_of(task), []

    def get_reward(self) -> float:
        """1.0 if the calls reached the goal, with grounds and without one that failed; else 0.0."""
        if self._world is None or any(seen.error for _, seen in self._steps):
            return 0.0
        return float(self._world.solved() and grounds(self._steps) is None)

    def _call(self, name: str, arguments: Mapping[str, Any]) -> str:
        if self._world is None:
            raise InputError("reset comes first")
        try:
            call = Call.of(name, arguments)
        except (TypeError, ValueError):
            return f"{name}: the arguments are no JSON"
        if len(self._steps) >= verifiers.CALLS:
            return f"{name}: no more than {verifiers.CALLS} calls"
        self._steps.append((call, self._world.call(call)))
        return self._steps[-1][1].text


def environment(name: str) -> type[Rollout]:
    """The class of rollouts in an environment.

    Raises:
        InputError: there is none of that name.

    >>> Sqlite = environment("sqlite")
    >>> print(inspect.signature(Sqlite.query))
    (self, /, *, sql: str) -> str
    """
    tools = tasks.family(name, {}).task(0, 0).world().tools
    methods = {tool.name: _method(tool) for tool in tools}
    return type(f"{name.capitalize()}Rollout", (Rollout,), {"__doc__": f"A rollout in {name}.", **methods})


def _method(tool: Tool) -> Callable[..., str]:
    """A tool as a method with types and a docstring."""
    properties = tool.parameters.get("properties", {})
    required = set(tool.parameters.get("required", ()))
    types = {name: TYPES.get(str(said.get("type")), Any) for name, said in properties.items()}

    def method(self: Rollout, **arguments: Any) -> str:
        return self._call(tool.name, {name: value for name, value in arguments.items() if value is not None})

    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    others = [
        _parameter(name, types[name], name in required) for name in sorted(types, key=lambda n: n not in required)
    ]
    method.__name__, method.__qualname__ = tool.name, f"Rollout.{tool.name}"
    method.__doc__ = _docstring(tool, properties)
    method.__annotations__ = {**types, "return": str}
    method.__signature__ = inspect.Signature([own, *others], return_annotation=str)  # type: ignore[attr-defined]
    return method


def _parameter(name: str, kind: Any, required: bool) -> inspect.Parameter:
    default = inspect.Parameter.empty if required else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)


def _docstring(tool: Tool, properties: Mapping[str, Mapping[str, Any]]) -> str:
    told = [f"    {name}: {' '.join(str(said.get('description', name)).split())}" for name, said in properties.items()]
    return "\n".join([tool.description, *(["", "Args:", *told] if told else []), "", "Returns:", "    What it gave."])
