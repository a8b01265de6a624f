"""Tools: what a model may call, what it is told about them, and what happens when it calls.

Nothing that a model writes can raise here or run as code: arguments are JSON, read strictly
(:mod:`porism.search.tools.schemas`), and whatever goes wrong is an observation that says so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from porism.search.tools import schemas
from porism.search.tools.calls import Call, Observation
from porism.search.tools.running import Overrun, line_of, run, text_of, within

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, eq=False)
class Tool:
    """A tool.

    The three hints are those of the Model Context Protocol, with its defaults: an unknown tool is taken to change
    things for good. They decide what may run while a search looks ahead.

    Attributes:
        name: at most 64 letters, digits, ``_`` and ``-``, which is what model servers accept.
        description: what it does, for the model.
        parameters: a JSON Schema of type object.
        run: the function; called with the validated arguments as keywords. Its result becomes text: a string as it is,
            an :class:`Observation` as well, a coroutine's result when it is there, anything else as canonical JSON.
        read_only: whether it changes nothing; then it is idempotent and not destructive, whatever was said.
        idempotent: whether calling it again with the same arguments changes nothing more.
        destructive: whether it may change or delete what was there, rather than only add.
        timeout: the time limit of a call in seconds, > 0; None to run it in the caller's thread, however long it
            takes. A tool at its limit is abandoned, not stopped: it may still do what it was going to do.
        precondition: called with the same arguments before each run; why the call is refused, ``""`` if it may run.
        longest: how many characters of a result the model reads; None for all.
        parse: reads the arguments from their JSON; by default ``parameters`` decide.

    Raises:
        ValueError: the name or a limit is out of range, or ``parameters`` is no JSON Schema.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    run: Callable[..., Any] = field(repr=False)
    read_only: bool = False
    idempotent: bool = False
    destructive: bool = True
    timeout: float | None = 30.0
    precondition: Callable[..., str] | None = field(default=None, repr=False)
    longest: int | None = 16_000
    parse: schemas.Parse | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"a tool's name has 1 to 64 of a-z, A-Z, 0-9, _ and -; {self.name!r} does not fit")
        if self.timeout is not None and not self.timeout > 0:
            raise ValueError(f"a tool's timeout must be > 0 seconds, or None; got {self.timeout}")
        if self.longest is not None and self.longest < 0:
            raise ValueError(f"longest must be >= 0 characters, or None; got {self.longest}")
        if self.read_only:
            object.__setattr__(self, "idempotent", True)
            object.__setattr__(self, "destructive", False)
        if self.parse is None:
            object.__setattr__(self, "parse", schemas.of_schema(self.parameters))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself, for Python and not for models: nothing is validated, and exceptions come through."""
        return self.run(*args, **kwargs)

    def schema(self) -> dict[str, Any]:
        """The tool as an OpenAI function schema."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def check(self, call: Call) -> Observation | None:
        """Why a call could not run, as the observation it would give; None if it could. Runs only the precondition."""
        return self._observed(call, lambda values: self._refused(values))

    def call(self, call: Call) -> Observation:
        """Run a call, whatever a model wrote in it. Whatever goes wrong is an observation with an error."""
        seen = self._observed(call, lambda values: self._refused(values) or self._ran(values))
        assert seen is not None
        return seen

    def _observed(self, call: Call, work: Callable[[dict[str, Any]], Observation | None]) -> Observation | None:
        assert self.parse is not None
        try:
            values = self.parse(call.arguments)
            return within(self.timeout, lambda: work(values))  # type: ignore[no-any-return]
        except schemas.ArgumentsError as error:
            return Observation(f"{self.name}: {error}", "invalid arguments")
        except Overrun as error:
            return Observation(f"{self.name}: {error}", "timeout")
        except (Exception, SystemExit) as error:
            return Observation(f"{self.name}: {line_of(error)}", "failed")

    def _refused(self, values: dict[str, Any]) -> Observation | None:
        why = self.precondition(**values) if self.precondition else ""
        return Observation(f"{self.name}: {why}", "refused") if why else None

    def _ran(self, values: dict[str, Any]) -> Observation:
        result = run(self.run, values)
        if isinstance(result, Observation):
            return Observation(text_of(result.text, self.longest), result.error, result.imagined)
        return Observation(text_of(result, self.longest))


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...


@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    read_only: bool = False,
    idempotent: bool = False,
    destructive: bool = True,
    timeout: float | None = 30.0,
    precondition: Callable[..., str] | None = None,
    longest: int | None = 16_000,
) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(function: Callable[..., Any] | None = None, /, **settings: Any) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """A typed function as a tool, still callable as the function.

    Types become the JSON Schema through pydantic, the docstring's first paragraph the description, and its ``Args``
    section the descriptions of the parameters.

    >>> @tool(read_only=True)
    ... def price(item: str, amount: int = 1) -> float:
    ...     '''What some of an item costs.
    ...
    ...     Args:
    ...         item: its name.
    ...     '''
    ...     return {"tea": 2.5, "cake": 4.0}[item] * amount
    >>> price.parameters["properties"]
    {'item': {'description': 'its name.', 'type': 'string'}, 'amount': {'default': 1, 'type': 'integer'}}
    >>> price("tea"), price.call(Call.of("price", {"item": "tea", "amount": 2})).text
    (2.5, '5.0')
    >>> price.call(Call.of("price", {"item": "tea", "amount": "2"}))
    Observation(text='price: amount: Input should be a valid integer', error='invalid arguments', imagined=False)
    >>> price.call(Call.of("price", {"item": "beer"}))
    Observation(text="price: KeyError: 'beer'", error='failed', imagined=False)

    Args:
        function: what to make a tool of; its parameters are typed and can be given by name.
        **settings: the attributes of :class:`Tool`, ``name`` and ``description`` included.

    Raises:
        ValueError: the function's parameters or a setting cannot be those of a tool.
    """
    if function is None:
        return lambda given: tool(given, **settings)
    parameters, parse = schemas.of_function(function)
    named = {"name": getattr(function, "__name__", ""), "description": schemas.described(function)[0]}
    kept = {key: value for key, value in settings.items() if value is not None or key not in named}
    return Tool(**{**named, "parameters": parameters, "run": function, "parse": parse, **kept})


@dataclass(frozen=True, eq=False)
class Toolbox:
    """A world that is nothing but its tools: whatever they change lies outside, where nothing is taken back.

    Attributes:
        tools: what can be called; names differ.
        goal: whether the task is done as things stand; by default nobody can tell.

    Raises:
        ValueError: two tools have one name.
    """

    tools: Sequence[Tool]
    goal: Callable[[], bool] = field(default=lambda: False, repr=False)

    def __post_init__(self) -> None:
        names = [each.name for each in self.tools]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two tools are called {twice[0]!r}; a model could not tell them apart")

    def call(self, call: Call) -> Observation:
        """Run a call of one of the tools."""
        return run_call(self.tools, call)

    def solved(self) -> bool:
        """Whether the task is done."""
        return self.goal()


def run_call(tools: Sequence[Tool], call: Call) -> Observation:
    """Run a call of one of the tools. A tool that does not exist is an observation that names those that do."""
    for each in tools:
        if each.name == call.name:
            return each.call(call)
    return Observation(f"unknown tool {text_of(call.name, 64)!r}; there are: {_names(tools)}", "unknown tool")


def _names(tools: Sequence[Tool]) -> str:
    return ", ".join(each.name for each in tools) or "none"
