"""What a model proposes at a node, and what was wrong with its replies."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from porism.search.budget import NOTHING, Spent

Action = TypeVar("Action")


@dataclass(frozen=True, slots=True)
class Proposal(Generic[Action]):
    """An action worth trying.

    Attributes:
        action: what to do.
        weight: the share of the samples that proposed it, in (0, 1].
        remaining: how many steps the proposer imagines after this one; None where it was not asked.
        why: its reason, for the reader of the tree.
    """

    action: Action
    weight: float = 1
    remaining: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A reply that gave no proposal: data, not an exception.

    Attributes:
        reason: ``"malformed"``, ``"unknown tool"``, ``"invalid arguments"``, ``"refusal"``, ``"empty"`` or ``"error"``.
        text: what the model wrote, or what the server said.
    """

    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Proposed(Generic[Action]):
    """All that came back for one node.

    Attributes:
        proposals: best first, each action once; empty at a dead end.
        spent: what it took: requests, samples and tokens.
        faults: the replies that gave no proposal.
    """

    proposals: tuple[Proposal[Action], ...] = ()
    spent: Spent = NOTHING
    faults: tuple[Fault, ...] = ()


def proposed(actions: Iterable[Action | Proposal[Action]]) -> Proposed[Action]:
    """Plain actions as proposals of equal weight; proposals as they are.

    >>> [(each.action, each.weight) for each in proposed(["left", Proposal("right", 0.9)]).proposals]
    [('left', 0.5), ('right', 0.9)]
    """
    listed = list(actions)
    return Proposed(tuple(each if isinstance(each, Proposal) else Proposal(each, 1 / len(listed)) for each in listed))
