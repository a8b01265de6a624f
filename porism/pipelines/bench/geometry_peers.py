"""Other engines for the same problems, to be timed beside ours; they are installed with the extra ``peers``.

Yuclid is a program of its own, for which Newclid prepares a problem: it draws it and says which facts are assumed and
asked. What counts is the CPU time of the program, of which part is the start of a process.
"""

import json
import logging
import os
import re
import resource
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from porism.errors import InputError
from porism.symbolic.problem import Clause, Construction, Problem

OVER = "over the limit"


class PeerError(RuntimeError):
    """The peer cannot take a problem; the message is one line and says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer's program said, and what it took.

    Attributes:
        status: ``solved``, ``saturated``, ``over the limit``, or one line that says how it failed.
        cpu_s: CPU seconds, those of starting the process included.
    """

    status: str
    cpu_s: float


class Peer(Protocol):
    """An engine that runs as a program of its own."""

    name: str

    def prepared(self, problem: Problem, seed: int) -> str:
        """What the program is given for a problem; PeerError if the peer has no way to say it."""

    def run(self, prepared: str, limit: float) -> Answer:
        """Run the program, for at most ``limit`` seconds; an empty text is a problem without anything in it."""


class Yuclid:
    """Newclid's builder and the program ``yuclid``, with the options that its own Python adapter gives it.

    Raises:
        InputError: it is not installed.
    """

    name = "yuclid"
    options = (
        "--mode ddar --disable-ar-dist --disable-ar-squared --disable-eqn-statements --disable-ar-sin --use-json"
        " --log-level warning --input-file"
    )

    def __init__(self) -> None:
        program = shutil.which(
            "yuclid", path=os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)))
        )
        try:
            from newclid.jgex.problem_builder import JGEXProblemBuilder
            from newclid.predicates import NUMERICAL_PREDICATES
        except ImportError:
            program = None
        if program is None:
            raise InputError("the peer yuclid is not installed here; install it with: pip install 'porism[peers]'")
        logging.getLogger("newclid").setLevel(logging.CRITICAL)
        self._program, self._builder, self._conditions = program, JGEXProblemBuilder, NUMERICAL_PREDICATES

    def prepared(self, problem: Problem, seed: int) -> str:
        """Points, premises and goals, as Newclid draws and reads the problem."""
        import numpy as np

        try:
            builder = self._builder(rng=np.random.default_rng(seed))
            setup = builder.with_problem_from_txt(spelled(problem), "problem").build()
        except Exception as error:  # of whatever type, it is the peer's word on this problem
            raise PeerError(" ".join(str(error).split())[:200] or type(error).__name__) from None
        said = [("assume", fact) for fact in setup.assumptions if fact.predicate_type not in self._conditions]
        said += [("prove", goal) for goal in setup.goals]
        points = [f"point {point.name} {point.num.x} {point.num.y}" for point in setup.points]
        facts = [" ".join((word, fact.predicate_type.value, *fact.args)).replace("pi/", "/") for word, fact in said]
        return "\n".join([*points, *facts, ""])

    def run(self, prepared: str, limit: float) -> Answer:
        """The program's answer, and the CPU time of that one process."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "problem.txt"
            file.write_text(prepared, encoding="utf-8")
            command = [self._program, *self.options.split(), str(file)]
            before = _children()
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
            except subprocess.TimeoutExpired:
                return Answer(OVER, _children() - before)
            spent = _children() - before
        return Answer(_status(done), spent)


def _status(done: "subprocess.CompletedProcess[str]") -> str:
    try:
        return str(json.loads(done.stdout)["status"])
    except (ValueError, KeyError, TypeError):
        return f"failed with status {done.returncode} {done.stderr.partition(chr(10))[0][:100]}".strip()


def _children() -> float:
    """CPU seconds of the processes that this one has started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


_FIRST = ("parallelogram", "square")  # whose new points Newclid wants first
_RENAMED = {"eq_trapezoid": "iso_trapezoid"}


def spelled(problem: Problem) -> str:
    """A problem in Newclid's dialect.

    >>> spelled(Problem.parse("a b = segment; c = s_angle a b c 30; d = parallelogram a b c d ? aconst a b b c 30"))
    'a b = segment a b; c = s_angle a b c 30o; d = parallelogram d a b c ? aconst a b b c 30o'
    """
    goals = "; ".join(re.sub(r"^(aconst .* \d+)$", r"\1o", goal) for goal in problem.written)
    return f"{'; '.join(map(_clause, problem.clauses))} ? {goals}"


def _clause(clause: Clause) -> str:
    return f"{' '.join(clause.points)} = {', '.join(map(_construction, clause.constructions))}"


def _construction(one: Construction) -> str:
    args = (*one.outputs, *one.inputs) if one.name in _FIRST else one.args
    text = " ".join((_RENAMED.get(one.name, one.name), *args))
    return f"{text}o" if one.name == "s_angle" and re.search(r" \d+(\.\d+)?$", text) else text
