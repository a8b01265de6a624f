"""BFCL's multi-turn tasks: 200 requests over eight simulated services, with the calls that answer them.

The services (a file system, a calculator, messages, posts, tickets, a trading account, travel bookings, a car) and the
tasks ship in the package ``bfcl-eval``. Only its service modules and data files are read, so none of its dependencies
is needed but ``mpmath``. The goal is the benchmark's, a little stricter: the results of the true calls were seen, in
their order, and the services end in the state that those calls leave.

Reference: [Patil2025], the category *multi-turn base*.
"""

import ast
import decimal
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import import_module
from typing import Any

from porism.search.environments.bfcl import services as package
from porism.search.environments.bfcl.services import READ_ONLY, copied, described, methods, public, rows
from porism.search.tools.calls import Call, Observation
from porism.search.tools.schemas import Parse, of_schema
from porism.search.tools.tool import Tool

LARGEST = 1_000  # an exponent or a precision above it could keep the calculator busy for hours


@dataclass(frozen=True, slots=True)
class Task:
    """One request and the world it is about.

    Attributes:
        id: BFCL's name, for example ``"multi_turn_base_0"``.
        prompt: what the user asks, one numbered line for each turn.
        solution: the true calls.
        services: names of the classes whose methods are the tools.
        start: the services' first state, a JSON object.
        without: tools that this task leaves out.
    """

    id: str
    prompt: str
    solution: tuple[Call, ...]
    services: tuple[str, ...]
    start: str
    without: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As a JSON object."""
        calls = [[call.name, call.arguments] for call in self.solution]
        lists = {"solution": calls, "services": list(self.services), "without": list(self.without)}
        return {"id": self.id, "prompt": self.prompt, "start": self.start, **lists}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Task":
        """The task of :meth:`row`."""
        calls = tuple(Call(name, arguments) for name, arguments in row["solution"])
        return cls(row["id"], row["prompt"], calls, tuple(row["services"]), row["start"], tuple(row["without"]))

    def names(self) -> frozenset[str]:
        """The names of its tools."""
        return frozenset(methods(self.services)) - set(self.without)

    def world(self) -> "Services":
        """The services in their first state."""
        return Services(self)


@cache
def tasks() -> tuple[Task, ...]:
    """The 200 tasks, in BFCL's order.

    Raises:
        porism.errors.InputError: ``bfcl-eval`` is not installed.
    """
    truth = {row["id"]: row["ground_truth"] for row in rows("possible_answer/BFCL_v4_multi_turn_base.json")}
    return tuple(_task(row, truth[row["id"]]) for row in rows("BFCL_v4_multi_turn_base.json"))


def _task(row: Mapping[str, Any], truth: Sequence[Sequence[str]]) -> Task:
    turns = [" ".join(message["content"] for message in turn) for turn in row["question"]]
    services, start = tuple(row["involved_classes"]), row["initial_config"]
    owners = methods(services)
    return Task(
        id=row["id"],
        prompt="\n".join(f"{i}. {turn}" for i, turn in enumerate(turns, 1)),
        solution=tuple(
            parsed(text, lambda name: package.parameters(name, owners[name])) for turn in truth for text in turn
        ),
        services=services,
        start=json.dumps({name: start[name] for name in services if name in start}),
        without=tuple(row.get("excluded_function", ())),
    )


def parsed(text: str, parameters: Callable[[str], Sequence[str]]) -> Call:
    """A call that is written as Python, with literals for values; nothing is evaluated.

    >>> print(parsed("tail('log.txt', lines=2)", lambda name: ["file_name", "lines"]))
    tail({"file_name": "log.txt", "lines": 2})

    Args:
        text: the call.
        parameters: the names of a tool's parameters in order, for the values without a name.

    Raises:
        ValueError: the text is anything else.
    """
    try:
        tree = ast.parse(text, mode="eval").body
        if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and all(k.arg for k in tree.keywords)):
            raise ValueError("no plain call")
        values = dict(zip(parameters(tree.func.id), map(ast.literal_eval, tree.args), strict=False))
        values |= {str(each.arg): ast.literal_eval(each.value) for each in tree.keywords}
        if len(values) != len(tree.args) + len(tree.keywords):
            raise ValueError("a parameter is given twice, or there are too many")
        return Call.of(tree.func.id, values)
    except (SyntaxError, TypeError, ValueError) as error:
        raise ValueError(f"not a call with literals for values: {text!r} ({error})") from error


class Services:
    """A task's services. Snapshots share what has not changed since, so they cost next to nothing."""

    def __init__(self, task: Task) -> None:
        """Put the services into the task's first state."""
        self.task = task
        self._owners = methods(task.services)
        self._services = dict(_first(task))
        self._own = set[str]()  # services that nobody else can see, so that they may be changed in place
        self._seen = 0  # how many of the true calls' results were seen, in order

    @cached_property
    def tools(self) -> Sequence[Tool]:
        """The methods of the services, as the package describes them."""
        return tuple(self._tool(name) for name in sorted(self.task.names()))

    @cached_property
    def _tools(self) -> Mapping[str, Tool]:
        return {tool.name: tool for tool in self.tools}

    def call(self, call: Call) -> Observation:
        """Run a call; a result that says ``error`` is an observation with one."""
        tool = self._tools.get(call.name)
        if tool is None:
            return Observation(f"no tool {call.name!r}; there are {', '.join(self._tools)}", "unknown tool")
        observation = tool.call(call)
        solution, texts = self.task.solution, _goal(self.task).texts
        if self._seen < len(texts) and not observation.error:
            self._seen += call.name == solution[self._seen].name and observation.text == texts[self._seen]
        return observation

    def solved(self) -> bool:
        """Whether the true calls' results were seen in order, and the state is the one that those calls leave."""
        goal = _goal(self.task)
        return self._seen == len(goal.texts) and all(
            public(self._services[name]) == public(service) for name, service in goal.services.items()
        )

    def snapshot(self) -> Any:
        """This moment: which object is which service, and how much of the solution was seen."""
        self._own.clear()
        return dict(self._services), self._seen

    def restore(self, snapshot: Any) -> None:
        """Go back to a moment."""
        services, self._seen = snapshot
        self._services = dict(services)
        self._own.clear()

    def _tool(self, name: str) -> Tool:
        description, schema = described(self._owners[name])[name]
        return Tool(
            name,
            description,
            schema,
            partial(self._run, name),
            read_only=name in READ_ONLY,
            timeout=None,  # no call computes for long
            precondition=_too_large,
            longest=None,
            parse=_parse(self._owners[name], name),
        )

    def _run(self, name: str, /, **values: Any) -> Observation:
        owner = self._owners[name]
        if name not in READ_ONLY and owner not in self._own:
            self._services[owner] = copied(self._services[owner], {})
            self._own.add(owner)
        method = getattr(self._services[owner], name)
        return _calculated(method, values) if owner == "MathAPI" else _observed(method(**values))


@dataclass(frozen=True)
class _Goal:
    """What the true calls answer, and the services after them."""

    texts: tuple[str, ...]
    services: Mapping[str, Any]


@cache
def _goal(task: Task) -> _Goal:
    world = Services(task)
    observations = [world._run(call.name, **call.values()) for call in task.solution]
    return _Goal(tuple(each.text for each in observations), world._services)


@cache
def _first(task: Task) -> Mapping[str, Any]:
    """The services in their first state. They are shared: whoever changes one copies it before."""
    start = json.loads(task.start)
    return {name: package.started(name, start.get(name, {})) for name in task.services}


@cache
def _parse(owner: str, name: str) -> Parse:
    """How a tool's arguments are read; making that anew for each world would take longer than most searches."""
    return of_schema(described(owner)[name][1])


def _too_large(**values: Any) -> str:
    """Why the calculator refuses, if it does."""
    for name in ("exponent", "precision", "decimal_places"):
        if abs(values.get(name) or 0) > LARGEST:
            return f"{name} is {values[name]}; at most {LARGEST} is computed"
    return ""


def _calculated(method: Callable[..., Any], values: Mapping[str, Any]) -> Observation:
    """What the calculator says; the precision that it sets for the whole process is put back."""
    mp = import_module("mpmath").mp
    before = mp.dps
    with decimal.localcontext():
        try:
            return _observed(method(**values))
        finally:
            mp.dps = before


def _observed(result: Any) -> Observation:
    """A result in the benchmark's writing."""
    error = "failed" if isinstance(result, dict) and "error" in result else ""
    if isinstance(result, dict):
        try:
            return Observation(json.dumps(result), error)
        except TypeError:  # the calculator returns numbers of mpmath
            return Observation(str(result), error)
    return Observation(result if isinstance(result, str) else str(result), error)
