"""LaTeX: the English with its formulas in mathematics, and nothing that would not compile."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.symbolic.faces import english, latex
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES
from porism.symbolic.problem import Clause, Construction, Problem
from porism.symbolic.proof import Algebra, Equation, Proof, Rule, Step, Term
from porism.symbolic.rules import RULES

TEXT = "a b o1 = iso_triangle; m' = midpoint m' b o1; i_b = s_angle a m' i_b 22.5 ? eqangle a b b o1 b o1 a o1"


def proof() -> Proof:
    bases = Fact.parse("eqangle a b b o1 b o1 a o1")
    double = Equation(((("a", "b"), Fraction(2)), (("b", "o1"), Fraction(-2))), Fraction(0))
    steps = (
        Step(bases, Rule("isosceles-angles", ("b", "o1", "a")), (0,), (Fact.parse("ncoll a b o1"),)),
        Step(bases, Algebra("direction", (Term(Fraction(1, 2), double, 0),), 2), (0, 1), (bases,)),
    )
    return Proof(Problem.parse(TEXT), (Fact.parse("cong a b a o1"),), steps)


def test_a_statement() -> None:
    assert latex.statement(Problem.parse(TEXT)) == (
        "Let $ABO_{1}$ be a triangle with $AB = AO_{1}$. Let $M'$ be the midpoint of $BO_{1}$. "
        "Let $I_{B}$ be a point such that $\\angle AM'I_{B}$ is $22.5$ degrees, counterclockwise. "
        "Show that $\\angle ABO_{1} = \\angle BO_{1}A$."
    )


def test_a_proof_is_a_numbered_list() -> None:
    text = latex.prose(proof())
    assert "Angles are directed, modulo $180^{\\circ}$." in text
    assert (
        "\\begin{enumerate}\n  \\item[(2)] Since $AB = AO_{1}$ (1), $\\angle ABO_{1} = \\angle BO_{1}A$: the base"
        in text
    )
    assert "In the figure, triangle $ABO_{1}$ is not degenerate." in text


def test_no_list_without_steps() -> None:
    goal = Fact.parse("cong a b a c")
    text = latex.prose(Proof(Problem.parse("a b c = iso_triangle ? cong a b a c"), (goal,), ()))
    assert "enumerate" not in text
    assert text.endswith("So $AB = AC$, as was to be shown.\n")


def test_the_sentences_are_those_of_the_english() -> None:
    plain = [line for line in english.prose(proof()).splitlines() if line.startswith("(")]
    items = re.findall(r"\\item\[(\(\d+\))\] (.*)", latex.prose(proof()))
    bare = [re.sub(r"[${}_]|\^|\\,", "", f"{number} {text}").replace("\\angle ", "angle ") for number, text in items]
    assert bare == [line.replace("_", "") for line in plain]


def balanced(text: str) -> bool:
    depth = 0
    for character in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and text.count("$") % 2 == 0


def test_a_document_is_balanced_and_plain() -> None:
    text = latex.document(proof())
    assert balanced(text)
    assert text.isascii()
    assert text.startswith("\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n")
    assert text.endswith("\\end{document}\n")
    outside = re.sub(r"\$[^$]*\$", "", text)
    assert not re.search(r"[_^#%&~]", outside)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_']{0,12}", fullmatch=True))
def test_any_name_of_a_point_can_be_set(name: str) -> None:
    written = latex.point_name(name)
    assert balanced(written)
    assert re.fullmatch(r"([A-Za-z]|\\mathit\{[A-Za-z]+\})(_\{[A-Za-z0-9,]+\})?'*", written)


@pytest.mark.parametrize("name", PREDICATES)
def test_every_predicate_has_balanced_formulas(name: str) -> None:
    predicate = PREDICATES[name]
    letters = tuple("abcdefgh"[: predicate.points]) + ("1", "3")[: predicate.numbers]
    assert balanced(english.claim(Fact(name, letters), latex.tex(letters)))


@pytest.mark.parametrize("id", RULES)
def test_every_rule_has_balanced_formulas(id: str) -> None:
    rule = RULES[id]
    letters = rule.letters or ("a", "b", "c", "d", "e")
    premises = tuple(
        Fact("cyclic", args) if name == "*on" else Fact(name.lstrip("*"), args) for name, args in rule.parts[0]
    )
    name, args = rule.parts[1]
    step = Step(Fact(name, args), Rule(id, letters), tuple(range(len(premises))))
    problem = Problem(tuple(Clause((letter,), (Construction("free", (letter,)),)) for letter in letters))
    text = english.sentence(Proof(problem, premises, (step,)), step, latex.tex(letters))
    assert balanced(text)
    assert not re.search(r"[{}_^\\]", re.sub(r"\$[^$]*\$", "", text))


def test_the_law_of_sines() -> None:
    step = Step(Fact.parse("sines a b o1"), Rule("law-of-sines", ("a", "b", "o1")), ())
    told = english.sentence(Proof(Problem.parse(TEXT), (), (step,)), step, latex.tex(["a", "b", "o1"]))
    assert told == (
        "By the law of sines in triangle $ABO_{1}$, $AB : BO_{1} = \\sin \\angle BO_{1}A : \\sin \\angle O_{1}AB$."
    )
