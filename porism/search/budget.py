"""What a search may spend, and what it has spent: every cost that somebody pays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Spent:
    """What was paid. ``Spent(requests=1) + Spent(requests=2)`` adds up.

    Attributes:
        expansions: nodes expanded.
        requests: round trips to the model; several samples of one prompt can be one request.
        samples: replies of the model, those for estimates included.
        tokens: read and written, as the model's server counts them.
        tool_runs: tools that ran; in an environment without tools, steps.
        nodes: nodes made.
        seconds: wall-clock time.
    """

    expansions: int = 0
    requests: int = 0
    samples: int = 0
    tokens: int = 0
    tool_runs: int = 0
    nodes: int = 0
    seconds: float = 0

    def __add__(self, other: "Spent") -> "Spent":
        return total([self, other])


def total(bills: Sequence[Spent]) -> Spent:
    """Several payments as one."""
    return Spent(*(sum(map(part, bills)) for part in PARTS))


PARTS = tuple(attrgetter(part.name) for part in fields(Spent))
NOTHING = Spent()


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits; None is no limit. All are looked at before a node is expanded, so one expansion may cross them.

    Attributes:
        expansions, requests, samples, tokens, tool_runs, nodes, seconds: as in :class:`Spent`.
        depth: nodes this many steps from the root may be solutions and are not expanded. It ends branches and never
            the search.

    Raises:
        ValueError: a limit is negative.
    """

    expansions: int | None = None
    requests: int | None = None
    samples: int | None = None
    tokens: int | None = None
    tool_runs: int | None = None
    nodes: int | None = None
    seconds: float | None = None
    depth: int | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            limit = getattr(self, each.name)
            if limit is not None and not limit >= 0:
                raise ValueError(f"a budget needs {each.name} >= 0, got {limit}")

    def limits(self) -> tuple[tuple[str, float], ...]:
        """The names and values of the limits that end a search."""
        named = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name != "depth")
        return tuple((name, limit) for name, limit in named if limit is not None)
