"""What a step costs when a model proposed it: cost functions, the terms of f = g + h."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from porism.search.nodes import Node
from porism.search.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Price:
    """What one step costs, and what is still to come.

    Attributes:
        step: what is added to g, >= 0; infinite to close the branch.
        h: the estimated cost from the child to a solution.
        note: kept in the child's ``note``, for the prices of its own children.
    """

    step: float
    h: float = 0
    note: Any = None


class Cost(Protocol):
    """Prices the proposals of one node. Called once for each expansion; a pure function of its arguments."""

    def __call__(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> Sequence[Price]:
        """A price for each proposal, in order."""
        ...

    def again(self, node: Node[Any, Any], proposals: Sequence[Proposal[Any]], /) -> float | None:
        """What it costs to ask for proposals at this place once more, >= 0; None not to."""
        ...
