"""Proofs as JSON and back: plain, stable, and strict about what it reads.

``{"problem", "name", "premises", "auxiliary", "steps", "goals"}``: facts are texts, their numbers count premises from
0, then steps. A step has ``number``, ``fact``, ``by``, ``needs`` and ``conditions``; ``by`` is a rule or a sum::

    {"rule": "similar-aa", "points": ["a", "b", "c", "x", "y", "z"]}
    {"system": "direction", "divisor": 1, "terms": [{"coefficient": "1/2", "equation": "a.b - c.d = 1/2", "need": 3}]}

How an equation is written is said in :mod:`porism.symbolic.faces.equation_text`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from porism.errors import InputError
from porism.symbolic.faces.equation_text import equation_text, read_equation, read_fraction, short
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Algebra, Proof, Rule, Step, System, Term, Unknown
from porism.symbolic.rules import RULES

__all__ = ["equation_text", "from_json", "read_equation", "to_json"]

Value = TypeVar("Value")

_SYSTEMS: tuple[System, ...] = ("direction", "log", "length", "square")


def to_json(proof: Proof) -> dict[str, Any]:
    """The proof as nested dictionaries, lists, strings and whole numbers, the inverse of :func:`from_json`."""
    return {
        "problem": str(proof.problem),
        "name": proof.problem.name,
        "premises": [{"number": i, "fact": str(fact)} for i, fact in enumerate(proof.premises)],
        "auxiliary": list(proof.auxiliary),
        "steps": [_step_out(number, step) for number, step in proof.numbered()],
        "goals": [str(goal) for goal in proof.problem.goals],
    }


def _step_out(number: int, step: Step) -> dict[str, Any]:
    return {
        "number": number,
        "fact": str(step.fact),
        "by": _by_out(step.by),
        "needs": list(step.needs),
        "conditions": [str(condition) for condition in step.conditions],
    }


def _by_out(by: Rule | Algebra) -> dict[str, Any]:
    if isinstance(by, Rule):
        return {"rule": by.id, "points": list(by.points)}
    terms = [
        {"coefficient": str(term.coefficient), "equation": equation_text(term.equation), "need": term.need}
        for term in by.terms
    ]
    return {"system": by.system, "divisor": by.divisor, "terms": terms}


def from_json(data: Any) -> Proof:
    """The proof that :func:`to_json` wrote; whether it is right is for the checker to say.

    Raises:
        InputError: the data is not such a proof; one line that names the place and says what would have been right.

    >>> from_json({"problem": "a b = segment a b", "name": ""})
    Traceback (most recent call last):
        ...
    porism.errors.InputError: the proof has the keys problem, name, premises, auxiliary, steps, goals, got problem, name
    """
    top = _dict(data, "the proof", ("problem", "name", "premises", "auxiliary", "steps", "goals"))
    name = _text(top["name"], "name")
    problem = _at("problem", lambda: Problem.parse(_text(top["problem"], "the text"), name))
    premises = tuple(
        _premise(one, i, f"premises[{i}]", problem) for i, one in enumerate(_list(top["premises"], "premises"))
    )
    first = len(premises)
    steps = tuple(_step(one, first + i, f"steps[{i}]", problem) for i, one in enumerate(_list(top["steps"], "steps")))
    proof = Proof(problem, premises, steps)
    _same(_texts(top["goals"], "goals"), [str(goal) for goal in problem.goals], "goals")
    _same(_texts(top["auxiliary"], "auxiliary"), list(proof.auxiliary), "auxiliary")
    return proof


def _premise(data: Any, number: int, where: str, problem: Problem) -> Fact:
    entry = _dict(data, where, ("number", "fact"))
    _number(entry["number"], number, where)
    return _fact(entry["fact"], f"{where}.fact", problem)


def _step(data: Any, number: int, where: str, problem: Problem) -> Step:
    entry = _dict(data, where, ("number", "fact", "by", "needs", "conditions"))
    _number(entry["number"], number, where)
    conditions = _list(entry["conditions"], f"{where}.conditions")
    needs = tuple(
        _need(need, number, f"{where}.needs[{i}]") for i, need in enumerate(_list(entry["needs"], f"{where}.needs"))
    )
    if list(needs) != sorted(set(needs)):
        raise InputError(f"{where}.needs: numbers of facts ascend, got {short(list(needs))}")
    return Step(
        _fact(entry["fact"], f"{where}.fact", problem),
        _by(entry["by"], number, f"{where}.by", problem),
        needs,
        tuple(_fact(text, f"{where}.conditions[{i}]", problem) for i, text in enumerate(conditions)),
    )


def _by(data: Any, number: int, where: str, problem: Problem) -> Rule | Algebra:
    if isinstance(data, dict) and "rule" in data:
        entry = _dict(data, where, ("rule", "points"))
        id = _text(entry["rule"], f"{where}.rule")
        if id not in RULES:
            raise InputError(f"{where}.rule: unknown rule {short(id)}; known: {', '.join(sorted(RULES))}")
        points = _texts(entry["points"], f"{where}.points")
        _known(points, f"{where}.points", problem)
        return Rule(id, tuple(points))
    entry = _dict(data, where, ("system", "divisor", "terms"))
    system = next((one for one in _SYSTEMS if one == entry["system"]), None)
    if system is None:
        raise InputError(f"{where}.system: one of {', '.join(_SYSTEMS)}, got {short(entry['system'])}")
    divisor = entry["divisor"]
    if not _is_whole(divisor) or not 1 <= divisor < 10**18:
        raise InputError(f"{where}.divisor: a whole number >= 1, got {short(divisor)}")
    terms = _list(entry["terms"], f"{where}.terms")
    return Algebra(
        system, tuple(_term(one, number, f"{where}.terms[{i}]", problem) for i, one in enumerate(terms)), divisor
    )


def _term(data: Any, number: int, where: str, problem: Problem) -> Term:
    entry = _dict(data, where, ("coefficient", "equation", "need"))
    coefficient = _at(f"{where}.coefficient", lambda: read_fraction(entry["coefficient"]))
    equation = _at(f"{where}.equation", lambda: read_equation(_text(entry["equation"], "the text")))
    _known([p for unknown, _ in equation.unknowns for p in _points_of(unknown)], f"{where}.equation", problem)
    return Term(coefficient, equation, _need(entry["need"], number, f"{where}.need"))


def _points_of(unknown: Unknown) -> tuple[str, ...]:
    return unknown[:1] if unknown[1] == "@" else tuple(point for point in unknown if point != "^")


def _fact(data: Any, where: str, problem: Problem) -> Fact:
    text = _text(data, where)
    fact = _at(where, lambda: Fact.parse(text))
    if str(fact) != text:
        raise InputError(f"{where}: write the fact in its canonical form {short(str(fact))}, got {short(text)}")
    _known(fact.points, where, problem)
    return fact


def _known(points: Any, where: str, problem: Problem) -> None:
    for point in points:
        if point not in problem.points:
            raise InputError(
                f"{where}: the problem has no point {short(point)}; it has {short(', '.join(problem.points))}"
            )


def _number(data: Any, number: int, where: str) -> None:
    if not _is_whole(data) or data != number:
        raise InputError(
            f"{where}.number: facts are numbered from 0, premises first; this is {number}, got {short(data)}"
        )


def _need(data: Any, number: int, where: str) -> int:
    if not _is_whole(data) or not 0 <= data < number:
        raise InputError(f"{where}: the number of an earlier fact, from 0 to {number - 1}, got {short(data)}")
    return int(data)


def _is_whole(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool)


def _dict(data: Any, where: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise InputError(f"{where} is a dictionary, got {short(data)}")
    if set(data) != set(keys):
        got = ", ".join(short(key)[1:-1] if isinstance(key, str) else short(key) for key in list(data)[:10])
        raise InputError(f"{where} has the keys {', '.join(keys)}, got {got or 'none'}")
    return data


def _list(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise InputError(f"{where} is a list, got {short(data)}")
    return data


def _text(data: Any, where: str) -> str:
    if not isinstance(data, str):
        raise InputError(f"{where} is a string, got {short(data)}")
    return data


def _texts(data: Any, where: str) -> list[str]:
    return [_text(one, f"{where}[{i}]") for i, one in enumerate(_list(data, where))]


def _same(got: list[str], right: list[str], where: str) -> None:
    if got != right:
        raise InputError(f"{where}: {short(right)} by the problem's text, got {short(got)}")


def _at(where: str, read: Callable[[], Value]) -> Value:
    """Name the place in the error of a reader."""
    try:
        return read()
    except ValueError as error:
        raise InputError(f"{where}: {' '.join(str(error).split())[:300]}") from None
