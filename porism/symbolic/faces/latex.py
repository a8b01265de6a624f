r"""Proofs in LaTeX: the sentences of :mod:`porism.symbolic.faces.english`, formulas in mathematics.

The fragments need ``amsmath`` and nothing of their own in the preamble.

>>> print(statement(Problem.parse("a b o1 = triangle ? cong a o1 b o1")))
Let $ABO_{1}$ be a triangle. Show that $AO_{1} = BO_{1}$.
"""

from collections.abc import Collection

from porism.symbolic.faces import english
from porism.symbolic.faces.words import Notation, name_parts, names_of
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof

PREAMBLE = "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
END = "\\end{document}\n"


def statement(problem: Problem, without: Collection[str] = ()) -> str:
    """A problem as one paragraph; as :func:`porism.symbolic.faces.english.statement`."""
    return english.statement(problem, without, tex(problem.points))


def prose(proof: Proof) -> str:
    """A proof as a fragment: paragraphs, and a list with an item for each step.

    A proof without steps has no list.
    """
    n = english.for_problem(tex(proof.problem.points), proof.problem)
    items = [f"  \\item[{number}] {text}" for number, text in english.steps(proof, n)]
    steps = ["\n".join(["\\begin{enumerate}", *items, "\\end{enumerate}"])] if items else []
    return "\n\n".join([*english.opening(proof, n), *steps, *english.closing(proof, n)]) + "\n"


def document(proof: Proof) -> str:
    """A whole document: the statement without auxiliary points, and the proof."""
    stated = statement(proof.problem, proof.auxiliary)
    return f"{PREAMBLE}\\paragraph{{Problem.}} {stated}\n\n\\paragraph{{Proof.}} {prose(proof)}{END}"


def tex(points: Collection[str]) -> Notation:
    """The notation of LaTeX for these points."""
    return Notation(
        {point: point_name(name) for point, name in names_of(points).items()},
        math=("$", "$"),
        angle="\\angle ",
        sine="\\sin \\angle ",
        degree="^{\\circ}",
        times=" \\cdot ",
        square="^{2}",
        apart=False,
    )


def point_name(name: str) -> str:
    r"""A point in a formula: digits and what follows an underscore as a subscript.

    >>> [point_name(name) for name in ["A", "O1", "I_B", "P'", "A_1_2", "AB"]]
    ['A', 'O_{1}', 'I_{B}', "P'", 'A_{1,2}', '\\mathit{AB}']
    """
    stem, low, primes = name_parts(name)
    letter = stem if len(stem) == 1 else f"\\mathit{{{stem}}}"
    return letter + (f"_{{{low}}}" if low else "") + primes
