"""Evaluation problems in the language of figures, so that no theorem of a dataset is one of them.

A theorem is an evaluation problem when their canonical forms are equal: under any names of the points, any spelling of
the constructions and the symmetries of the predicates (:mod:`porism.symbolic.synthesis.canonical`). Theorems hold no
construction that they can do without, and problems often do; so a problem counts with all that is constructed, and with
no more than the points of its goal are made from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from porism.errors import InputError
from porism.outputs.publish import file_hash
from porism.pipelines.theorems import Line, lines
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import FactError
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.canonical import canonical

CHECK = "contamination"
NAMED = 80  # characters of a problem's name in a reason
TOLD = 3  # problems that are told when they cannot be compared


@dataclass(frozen=True)
class Against:
    """Evaluation problems by their canonical hashes.

    Attributes:
        names: what the problem is called, by hash; the first of those that are the same.
        problems: how many were read.
        left_out: why others cannot be compared, with their names.
    """

    names: dict[str, str] = field(default_factory=dict)
    problems: int = 0
    left_out: tuple[str, ...] = ()

    def hit(self, key: str) -> str | None:
        """Why the theorem with this canonical hash is contaminated, or None."""
        name = self.names.get(key)
        return None if name is None else f"the same theorem as evaluation problem {name}"

    def warning(self) -> str:
        """One line about what cannot be compared; empty if there is nothing of that kind."""
        if not self.left_out:
            return ""
        more = f"; and {len(self.left_out) - TOLD} more" if len(self.left_out) > TOLD else ""
        total = self.problems + len(self.left_out)
        some = "; ".join(self.left_out[:TOLD])
        return f"{len(self.left_out)} of {total} evaluation problems cannot be compared: {some}{more}"


def load(paths: Sequence[Path]) -> Against:
    """The problems of files, one on a line; a name may stand a line before.

    Raises:
        InputError: a file cannot be read, or none of its problems.
    """
    names: dict[str, str] = {}
    left_out: list[str] = []
    read = 0
    for number, path in enumerate(paths, 1):
        of_set = f" of set {number}" if len(paths) > 1 else ""
        for line in lines(path):
            called = f"{line.title[:NAMED]!r}{of_set}"
            try:
                keys = list(_keys(line))
            except (InputError, FactError) as error:
                left_out.append(f"{called}: {error}")
                continue
            read += 1
            for key in keys:
                names.setdefault(key, called)
    found = Against(names, read, tuple(left_out))
    if not read:
        raise InputError(found.warning())
    return found


def digest(paths: Sequence[Path]) -> str:
    """A hash of the content of the files, in hexadecimal; their names do not matter.

    Raises:
        InputError: a file cannot be read, or has no problem.
    """
    for path in paths:
        lines(path)  # says what is wrong
    return sha256("".join(map(file_hash, paths)).encode()).hexdigest()


def _keys(line: Line) -> Iterator[str]:
    """The canonical hashes of a problem: for each goal of all of it, and of what the goal's points are made from."""
    problem = line.problem()
    for goal in problem.goals:
        yield canonical(problem.premises, [goal])
        yield canonical(_made_from(problem, goal).premises, [goal])


def _made_from(problem: Problem, goal: Fact) -> Problem:
    needed = problem.ancestors(goal.points)
    return Problem(tuple(clause for clause in problem.clauses if needed.issuperset(clause.points)))
