"""``porism prove``: one problem of the command line or of a file, what came of it, and its figure."""

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from porism.errors import InputError
from porism.symbolic.check import check
from porism.symbolic.diagram import DrawingError, draw
from porism.symbolic.faces.as_json import to_json
from porism.symbolic.faces.english import statement
from porism.symbolic.faces.figure import svg
from porism.symbolic.problem import Problem
from porism.symbolic.prove import DRAWINGS, Attempt, attempt

DIGITS = range(15, 1001)
FRESH = 10  # drawings in which a proved goal is looked at, to see whether it depends on a choice
NEAREST = 5  # known facts that are told for each goal that was not reached


@dataclass(frozen=True, slots=True)
class Line:
    """A problem of a file before it is read.

    Attributes:
        name: the line before it, or empty.
        text: the problem's own line; empty if none follows the name.
        number: of the line, from 1.
    """

    name: str
    text: str
    number: int

    @property
    def title(self) -> str:
        """The name, or where it stands."""
        return self.name or f"line {self.number}"

    def problem(self) -> Problem:
        """Read it.

        Raises:
            InputError: the text is no problem, or one without a goal.
        """
        if not self.text:
            raise InputError("no problem follows this name")
        return _with_goal(Problem.parse(self.text, self.name))


def lines(path: Path) -> list[Line]:
    """The problems of a file, not yet read, so that one mistake does not hide the others.

    A problem is one line, which may have its name on the line before; ``#`` starts a comment.

    Raises:
        InputError: the file cannot be read, or has no problem.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"cannot read problems from {path}: {reason}") from None
    found: list[Line] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if "=" not in stripped and "?" not in stripped:
            found.append(Line(stripped, "", number))
        elif found and not found[-1].text:
            found[-1] = Line(found[-1].name, line, number)
        else:
            found.append(Line("", line, number))
    if not any(line.text for line in found):
        raise InputError(f"{path} has no problem; write one on a line, such as 'a b c = triangle a b c ? cong a b a c'")
    return found


def chosen(text: str | None, file: Path | None, name: str | None) -> Problem:
    """The problem that the command line means.

    Raises:
        InputError: none or more than one is meant, it cannot be read, or it has no goal.
    """
    if (text is None) == (file is None):
        raise InputError("write one problem as an argument, or name a file of problems with --file")
    if file is None:
        if name is not None:
            raise InputError("--name picks a problem of the file that --file names; there is none")
        return _with_goal(Problem.parse(text or ""))
    line = _picked(file, lines(file), name)
    try:
        return line.problem()
    except InputError as error:
        raise InputError(f"{file}, line {line.number}: {error}") from None


def _with_goal(problem: Problem) -> Problem:
    if not problem.goals:
        raise InputError("the problem has no goal; end it with one, such as '? perp a b c d'")
    return problem


def _picked(file: Path, found: Sequence[Line], name: str | None) -> Line:
    """The line of this name, or the only one."""
    same = [line for line in found if name is None or line.name == name]
    if len(same) == 1:
        return same[0]
    names = list(dict.fromkeys(line.name for line in found if line.name))
    if name is None:
        example = f", such as --name {names[0]!a}" if names else "; none has a name on the line before it"
        raise InputError(f"{file} has {len(found)} problems; choose one with --name{example}")
    if same:
        raise InputError(f"{file} has {len(same)} problems called {name!a}, lines {_listed(same)}")
    near = [other for other in names if name in other][:3] or get_close_matches(name, names, 3, 0.4)
    hint = f"nearest: {', '.join(map(ascii, near))}" if near else f"it has {len(names)} names, none like it"
    raise InputError(f"{file} has no problem called {name!a}; {hint}")


def _listed(found: Sequence[Line]) -> str:
    return ", ".join(str(line.number) for line in found)


def attempted(problem: Problem, seed: int = 0, digits: int = 15) -> Attempt:
    """Try to prove a problem; look at a proved goal in fresh drawings, and check it again if many digits are asked for.

    Raises:
        InputError: digits out of range, or the problem cannot be drawn.
    """
    if digits not in DIGITS:
        raise InputError(f"--digits is {digits}; it must be from {DIGITS[0]} to {DIGITS[-1]}")
    return verified(attempt(problem, seed=seed), problem, seed, digits)


def verified(result: Attempt, problem: Problem, seed: int = 0, digits: int = 15) -> Attempt:
    """An attempt whose proved goals were looked at in fresh drawings, and checked again if many digits are asked for.

    Args:
        result: with a proof or without; without one it stays as it is.
        problem: as it was asked; that of the attempt may have auxiliary points.
        seed: of the drawings.
        digits: decimal digits, one of ``DIGITS``.
    """
    if result.proof is None or not result.proved:
        return result
    began = time.process_time()
    holds = _held(problem, seed)
    verdict = check(result.proof, digits=digits, seed=seed) if digits > DIGITS[0] else result.verdict
    spent = result.seconds["check"] + time.process_time() - began
    return replace(result, holds=holds, verdict=verdict, seconds={**result.seconds, "check": spent})


def _held(problem: Problem, seed: int) -> tuple[int, int]:
    """In how many fresh drawings the goals hold, which take the choices that the text leaves open at random."""
    held: list[bool] = []
    for index in range(DRAWINGS, DRAWINGS + FRESH):
        try:
            drawing = draw(problem, seed, index)
        except DrawingError:  # bad luck: it was drawn before
            continue
        held.append(all(map(drawing.holds, problem.goals)))
    return sum(held), len(held)


def as_json(result: Attempt, added: Collection[str] = ()) -> dict[str, Any]:
    """An attempt for scripts: the proof's own keys if there is one, and how it went.

    Args:
        result: what came of a problem.
        added: points of the attempt that the problem as it was asked does not have.
    """
    problem, proof, verdict = result.problem, result.proof, result.verdict
    known: dict[str, Any] = {}
    if not result.proved and result.closure:
        closure = result.closure
        nearest = {str(goal): [str(fact) for fact in closure.nearest(goal, NEAREST)] for goal in problem.goals}
        known = {"facts": closure.count, "nearest": nearest}
    return {
        **(to_json(proof) if proof else {"problem": str(problem), "name": problem.name}),
        "statement": statement(problem, {*added, *(proof.auxiliary if proof else ())}),
        "proved": result.proved,
        "reason": result.reason,
        "verdict": {"ok": verdict.ok, "check": verdict.check, "reason": verdict.reason} if verdict else None,
        "holds": list(result.holds),
        "depends": result.depends,
        "seconds": {name: round(value, 6) for name, value in result.seconds.items()},
        **known,
    }


def check_writable(path: Path, option: str) -> None:
    """Make sure that a file can be put there, before any work is done for it.

    Raises:
        InputError: it is a folder or a device, or would lie in no folder, or in one that cannot be written to.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is {'a folder' if path.is_dir() else 'no file'}; {option} wants a file")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} for the file of {option}")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"cannot write to the folder {path.parent}, where {option} puts its file")


def write_figure(result: Attempt, path: Path) -> None:
    """Draw the proof, or the problem if there is none; the file is written whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    from porism.outputs.folder import write_atomically  # which loads what writes datasets

    try:
        write_atomically(path, svg(result.proof or result.problem, result.diagrams[0]))
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from None
