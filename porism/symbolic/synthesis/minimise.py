"""Which constructions a goal needs: an inclusion-minimal set of them, found by closing parts of the figure.

Closures are remembered: goals of one figure ask for the same parts again and again.

Reference: the traceback and pruning of [Trinh2024]; the greedy order is that of [Chervonyi2025], the newest first.
"""

from dataclasses import dataclass, field

from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram
from porism.symbolic.facts import Fact
from porism.symbolic.synthesis.parts import Parts


@dataclass
class Closures:
    """Closures of parts of one figure, each made once.

    Attributes:
        parts: the figure's.
        diagram: a drawing of all of it.
        compiled: run the kernel compiled by numba.
        known: the closures so far, by the parts that were kept.
    """

    parts: Parts
    diagram: Diagram
    compiled: bool = True
    known: dict[int, Closure] = field(default_factory=dict)

    def proves(self, kept: int, goal: Fact) -> bool:
        """Whether the goal, which holds in the drawing, follows from these parts."""
        if not self.parts.points(kept).issuperset(goal.points):
            return False  # the parts say nothing of some of its points
        closure = self.known.get(kept)
        if closure is None:
            problem = self.parts.restricted(kept)
            closure = deduce_from(problem, problem.premises, [self.diagram], compiled=self.compiled)
            self.known[kept] = closure
        return closure.follows(goal)

    def minimal(self, kept: int, goal: Fact) -> int:
        """Fewer parts that prove the goal, none of which can be left out; the newest go first.

        A part without which even the whole figure does not prove the goal is needed by every proof. Whether it is
        takes one closure of almost all of the figure for each part, which all its goals share; mostly these are all.

        Args:
            kept: parts that prove it.
            goal: a fact.
        """
        bits = [1 << i for i in reversed(range(kept.bit_length())) if kept >> i & 1]
        needed = sum(bit for bit in bits if not self.proves(self.parts.whole & ~bit, goal))
        if self.proves(needed, goal):
            return needed
        for bit in bits:
            if not needed & bit and self.proves(kept & ~bit, goal):
                kept &= ~bit
        return kept
