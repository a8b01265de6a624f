"""What is proved and what is not: no false goal, no accident, no spoilt proof; nothing in a proof can be spared."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from random import Random

import pytest
from symbolic.mutants import mutants
from symbolic.proofs import PROVED, proof, tried
from symbolic.random_problems import random_problem, special_problem, specials
from theorems import TEXTS

from porism.seeds import stream
from porism.symbolic.check import check, flaws
from porism.symbolic.closure import Closure, deduce_from
from porism.symbolic.diagram import Diagram, draw
from porism.symbolic.explain import TraceError
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES, FactError
from porism.symbolic.problem import Problem
from porism.symbolic.proof import Proof
from porism.symbolic.prove import NotProvedError, attempt, extracted, prove
from porism.symbolic.trace import trace

GOALS = tuple(
    one for one in PREDICATES.values() if not one.condition and one.name not in ("central", "eqsine", "sines")
)
SPELLED = tuple(one for one in GOALS if one.name != "product")
FALSE_GOALS = 5_000
MUTANTS = 1_000


def problems() -> list[Problem]:
    """Those of the theorems and as many random ones."""
    return [replace(Problem.parse(text), goals=(), written=()) for text in TEXTS] + [
        random_problem(0, index, 8) for index in range(10)
    ]


def random_fact(rng: Random, points: Sequence[str]) -> Fact | None:
    predicate = rng.choice(SPELLED)
    args = [rng.choice(points) for _ in range(predicate.points)]
    try:
        return Fact(predicate.name, (*args, *(str(rng.randint(1, 6)) for _ in range(predicate.numbers))))
    except FactError:
        return None


def near_miss(rng: Random, fact: Fact, points: Sequence[str]) -> Fact | None:
    """A fact that differs from a known one in a point or two, or in its predicate."""
    args, i, j = list(fact.args), rng.randrange(len(fact.points)), rng.randrange(len(fact.points))
    name = fact.name
    match rng.randrange(3):
        case 0:
            args[i] = rng.choice(points)
        case 1:
            args[i], args[j] = args[j], args[i]
        case _:
            other = rng.choice(SPELLED)
            name, args = other.name, (args * 4)[: other.arity]
    try:
        return Fact(name, tuple(args))
    except FactError:
        return None


def false_facts(rng: Random, closure: Closure, count: int) -> Iterator[Fact]:
    """Facts that fail in every drawing of a closure."""
    known = list(closure.facts())
    while count:
        near = known and rng.random() < 0.7
        points = closure.points
        fact = near_miss(rng, rng.choice(known), points) if near else random_fact(rng, points)
        if fact and not any(drawing.holds(fact) for drawing in closure.diagrams):
            count -= 1
            yield fact


def test_no_false_goal_is_known_or_traced() -> None:
    rng, count = stream(0, "false goals"), 0
    chosen = problems()
    for problem in chosen:
        closure = deduce_from(problem, problem.premises, [draw(problem, 0, index) for index in range(2)])
        for fact in false_facts(rng, closure, -(-FALSE_GOALS // len(chosen))):
            count += 1
            assert not closure.knows(fact), (str(problem), fact)
            assert not traced(closure, fact), (str(problem), fact)
    assert count >= FALSE_GOALS


def traced(closure: Closure, fact: Fact) -> bool:
    """Whether a proof without a flaw comes of it, though the closure does not know it."""
    try:
        found = trace(closure, [fact])
    except (TraceError, FactError, KeyError):
        return False
    if any(flaws(asking(found, fact))):
        return False
    return all(map(closure.diagrams[0].holds, found.conditions))


def asking(found: Proof, goal: Fact) -> Proof:
    return replace(found, problem=replace(found.problem, goals=(goal,), written=()))


def test_false_goals_are_refused() -> None:
    rng = stream(0, "false problems")
    for text in TEXTS[::4]:
        problem = replace(Problem.parse(text), goals=(), written=())
        for fact in false_facts(
            rng, deduce_from(problem, problem.premises, [draw(problem, 0, index) for index in range(12)]), 4
        ):
            asked = Problem.parse(f"{problem} ? {fact}")
            result = attempt(asked)
            assert not result.proved
            assert result.closure is None
            assert result.reason == "the goal is false: it fails in all of 12 drawings"
            with pytest.raises(NotProvedError, match="the goal is false") as caught:
                prove(asked)
            assert caught.value.attempt.problem == asked


def accidents(problem: Problem, drawing: Diagram) -> Iterator[Fact]:
    """Facts of lines and lengths that hold in a drawing and not in general."""
    fresh = [draw(problem, 0, 2_000_000 + index) for index in range(4)]
    for one, two in combinations(combinations(problem.points, 2), 2):
        for name in ("para", "perp", "cong"):
            fact = Fact(name, one + two)
            if drawing.holds(fact) and not any(other.holds(fact) for other in fresh):
                yield fact


def test_what_holds_by_accident_is_not_proved() -> None:
    """A drawing in special position; goals that hold in it and not in general."""
    refused = 0
    for problem, drawing in specials(7, 8, 8):
        for fact in islice(accidents(problem, drawing), 5):
            asked = replace(problem, goals=(fact,), written=())
            _, found = extracted(asked, problem.premises, [drawing], 0, False, {})
            assert found is None or not check(found).ok, (str(problem), fact)
            refused += 1
    assert refused > 15


def test_a_special_problem_has_its_own_theorems() -> None:
    problem = random_problem(7, 0)
    special = special_problem(problem, 7, 0)
    assert special is not None
    assert special.points == problem.points
    assert all(map(draw(special).holds, problem.premises))


@pytest.mark.parametrize("text", ["perp a b a c", "cong a b a c", "aconst a b a c 1 3"])
def test_an_accident_of_the_first_drawing(text: str) -> None:
    free = Problem.parse(f"a b c = triangle a b c; m = midpoint m b c; d = foot d a b c ? {text}")
    for figure in ("iso_triangle a b c", "r_triangle a b c", "ieq_triangle a b c"):
        special = Problem.parse(str(free).replace("triangle a b c", figure))
        drawing = draw(special)
        if drawing.holds(free.goals[0]):
            assert extracted(free, free.premises, [drawing], 0, False, {})[1] is None
            assert text == "aconst a b a c 1 3" or attempt(special).proved
    assert attempt(free).reason.startswith("the goal is false")


def spoilt(proofs: Sequence[Proof], every: int) -> int:
    """Check that every so-many-th mutant is rejected and its step named; how many there were."""
    count = 0
    for one in proofs:
        for k, (what, mutant) in enumerate(mutants(one)):
            if k % every:
                continue
            verdict, place = check(mutant), what.split(":")[0]
            reason = verdict.reason
            assert not verdict.ok, (what, str(one.problem), one)
            if what.startswith("step") and "removed" not in place:
                assert reason.startswith(place), (what, reason)
            if what.startswith("premise "):
                assert reason.startswith(("premise ", "step ", "goal ")), (what, reason)
            count += 1
    return count


def random_proofs(number: int) -> Iterator[Proof]:
    """Proofs of facts of random problems, the longest of each, less than 12 steps."""
    for index in range(number):
        problem = random_problem(3, index)
        closure = deduce_from(problem, problem.premises, [draw(problem, 0, k) for k in range(3)])
        found = [asking(trace(closure, [fact]), fact) for fact in list(closure.facts())[::5]]
        short = [one for one in found if 0 < len(one.steps) < 12 and check(one).ok]
        if short:
            yield max(short, key=lambda one: len(one.steps))


def test_spoilt_proofs_are_rejected() -> None:
    proofs = [proof(index) for index in PROVED if proof(index).steps]
    assert spoilt(proofs, 23) >= MUTANTS


@pytest.mark.heavy
def test_all_spoilt_proofs_are_rejected() -> None:
    proofs = [proof(index) for index in PROVED if proof(index).steps]
    assert spoilt(proofs, 3) + spoilt(list(random_proofs(20)), 3) >= 8 * MUTANTS


@pytest.mark.parametrize("index", PROVED)
def test_no_premise_of_a_shortened_proof_can_be_spared(index: int) -> None:
    one, diagrams = proof(index), tried(index).diagrams
    for premise in one.premises:
        rest = [other for other in one.premises if other != premise]
        assert extracted(one.problem, rest, diagrams, 0, False, {})[1] is None, premise


@pytest.mark.parametrize("index", PROVED)
def test_a_shortened_proof_has_no_other_premises(index: int) -> None:
    assert set(proof(index).premises) <= set(proof(index, shortened=False).premises)


def test_the_proof_found_first_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = proof(PROVED[0], shortened=False)
    assert whole.steps
    spoils = replace(whole, steps=whole.steps[:-1])
    monkeypatch.setitem(attempt.__globals__, "shorten", lambda *args, **kwargs: spoils)
    result = attempt(whole.problem)
    assert (result.proof, result.proved) == (whole, True)
    monkeypatch.setitem(attempt.__globals__, "extracted", lambda *args: (result.closure, replace(whole, steps=())))
    result = attempt(whole.problem)
    assert (result.proof, result.proved) == (spoils, False)


def test_a_goal_beyond_the_rules() -> None:
    problem = Problem.parse(
        "a b c d e = pentagon a b c d e; m = midpoint m a b; n = midpoint n b c; p = midpoint p c d;"
        " q = midpoint q d e; k = midpoint k m p; l = midpoint l n q ? para k l a e"
    )
    result = attempt(problem)
    assert (result.proved, result.depends, result.proof, result.verdict) == (False, False, None, None)
    assert result.reason == "the closure ended without the goal"
    assert result.closure is not None
    assert not result.closure.solved
    with pytest.raises(NotProvedError, match="the closure ended without the goal"):
        prove(problem)


def test_a_goal_that_depends_on_a_choice() -> None:
    text = "a b c = triangle a b c; d = on_circum d a b c; e = on_circum e a b c, eqdistance e d b c ? para b d c e"
    result = attempt(Problem.parse(text))
    assert result.depends
    assert 0 < result.holds[0] < result.holds[1]


def test_a_goal_that_is_a_premise_takes_no_step() -> None:
    found = prove(Problem.parse("a b c = triangle a b c; h = orthocenter h a b c ? perp c h a b"))
    assert (len(found.premises), found.steps) == (1, ())


def test_the_cpu_time_is_told_apart() -> None:
    seconds = tried(PROVED[0]).seconds
    assert list(seconds) == ["draw", "closure", "trace", "shorten", "check"]
    assert all(value >= 0 for value in seconds.values())


@pytest.mark.parametrize("index", PROVED[::6])
def test_same_seed_same_proof(index: int) -> None:
    assert attempt(Problem.parse(TEXTS[index])).proof == proof(index)
    assert attempt(Problem.parse(TEXTS[index]), seed=3).proved
