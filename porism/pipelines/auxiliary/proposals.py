"""A language model as a proposer of auxiliary points: one request, and clauses that can be constructed.

>>> from porism.generators.chat import Scripted
>>> problem = Problem.parse("a b c = triangle a b c ? perp a b a c")
>>> chat = Scripted(['{"clauses": ["m = midpoint m b c", "x = foot x q b c", "m = midpoint c b"]}'])
>>> found = propose(problem, chat)
>>> [(each.action, each.weight) for each in found.proposals]
[('d = midpoint d b c', 1.0)]
>>> [each.text.partition(":")[0] for each in found.faults]
['x = foot x q b c', 'm = midpoint c b']

What a model writes is data: whatever a reply holds, there are clauses that `points.extended` accepts, and faults.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from porism.errors import InputError
from porism.generators.chat import ChatModel, ChatReply, ChatRequest, Message
from porism.generators.replies import ReplyError, json_of
from porism.pipelines.auxiliary.naming import named, same, same_next
from porism.pipelines.auxiliary.points import DEGENERATE, extended
from porism.search.budget import Spent
from porism.search.proposals import Fault, Proposal, Proposed
from porism.symbolic.constructions import CONSTRUCTIONS, Definition
from porism.symbolic.faces import english
from porism.symbolic.placement import At, On
from porism.symbolic.problem import Problem

MOST = 8  # clauses of one reply
FAILED = 30  # clauses that did not help, of which a model is told
TOLD = 300  # letters of a fault


def propose(
    problem: Problem,
    chat: ChatModel,
    *,
    failed: Sequence[str] = (),
    sample: int = 0,
    temperature: float = 0.7,
    seed: int = 0,
) -> Proposed[str]:
    """Clauses that a model would add to a problem next, each by itself.

    Args:
        problem: with the auxiliary points so far, and a goal.
        chat: the model.
        failed: clauses that were tried here and did not help; they are told, and not accepted again.
        sample: tells several requests for one problem apart.
        temperature: of sampling, >= 0.
        seed: of the drawings in which a clause must be possible.

    Returns:
        Clauses in the model's order, each construction once, new points under the first names that are free. Weights
        fall as 1, 1/2, 1/3, ... and sum to 1. What was dropped is among the faults, with its reason.

    Raises:
        ModelError: the model cannot be used.
    """
    (reply,) = chat.generate([request(problem, failed, sample=sample, temperature=temperature)])
    return read(problem, reply, failed, seed=seed)


def request(problem: Problem, failed: Sequence[str] = (), *, sample: int = 0, temperature: float = 0.7) -> ChatRequest:
    """What a model is asked; arguments as in :func:`propose`."""
    turns = (Message("user", prompt(problem, failed)),)
    return ChatRequest(messages=turns, max_tokens=512, temperature=temperature, schema=json.dumps(SCHEMA), seed=sample)


def prompt(problem: Problem, failed: Sequence[str] = ()) -> str:
    """The text of the request."""
    points, loci = _usages()
    tried = FAILING.format(clauses="; ".join(failed[-FAILED:])) if failed else ""
    return PROMPT.format(
        problem=problem, statement=english.statement(problem), points=points, loci=loci, most=MOST, tried=tried
    )


def answer(clauses: Sequence[str]) -> str:
    """The reply that proposes these clauses.

    >>> answer(["d = midpoint d a b"])
    '{"clauses": ["d = midpoint d a b"]}'
    """
    return json.dumps({"clauses": list(clauses)}, ensure_ascii=False)


def read(problem: Problem, reply: ChatReply, failed: Sequence[str] = (), *, seed: int = 0) -> Proposed[str]:
    """What a reply proposes; arguments as in :func:`propose`."""
    spent = Spent(requests=1, samples=1, tokens=reply.input_tokens + reply.output_tokens)
    try:
        listed = json_of(reply, "clauses")
    except ReplyError as error:
        return Proposed((), spent, (Fault("error" if reply.error else "malformed", str(error)[:TOLD]),))
    kept, faults = _sorted_out(problem, listed, failed, seed)
    total = sum(1 / rank for rank in range(1, len(kept) + 1))
    proposals = (Proposal(clause, 1 / rank / total) for rank, clause in enumerate(kept, 1))
    return Proposed(tuple(proposals), spent, tuple(faults))


def _sorted_out(problem: Problem, listed: Any, failed: Sequence[str], seed: int) -> tuple[list[str], list[Fault]]:
    """The clauses that can be added, and what is wrong with the others."""
    if not isinstance(listed, list):
        return [], [Fault("malformed", "'clauses' is no list")]
    kept: list[str] = []
    faults = [Fault("malformed", f"{len(listed)} clauses; at most {MOST} are read")] * (len(listed) > MOST)
    seen = set(_keys(problem, failed))
    for one in listed[:MOST]:
        if not isinstance(one, str):
            faults.append(Fault("malformed", f"a clause is a text, not {type(one).__name__}"))
            continue
        try:
            clause, key = _accepted(problem, one, seed)
        except InputError as error:
            faults.append(Fault("invalid arguments", f"{one[: TOLD // 2]}: {error}"[:TOLD]))
            continue
        if key in seen:
            faults.append(Fault("repeated", f"{one}: tried or proposed before"[:TOLD]))
            continue
        seen.add(key)
        kept.append(clause)
    return kept, faults


def _accepted(problem: Problem, text: str, seed: int) -> tuple[str, str]:
    """A clause that can be added, its new points renamed, and what tells it from others.

    Raises:
        InputError: it cannot.
    """
    clause = str(extended(problem, text, seed=seed).clauses[-1])
    return named(problem, [clause])[0], same(problem, [clause])[0]


def _keys(problem: Problem, clauses: Sequence[str]) -> Iterator[str]:
    """What tells clauses from others, of those that can be read."""
    for clause in clauses:
        try:
            yield from same_next(problem, (), [clause])
        except InputError:
            continue


@lru_cache(maxsize=1)
def _usages() -> tuple[str, str]:
    """The constructions of one point, and those of a line or circle that it lies on."""
    usable = [each for each in CONSTRUCTIONS.values() if _usable(each)]
    points = "; ".join(each.usage for each in usable if isinstance(each.place, At))
    return points, "; ".join(each.usage for each in usable if isinstance(each.place, On))


def _usable(each: Definition) -> bool:
    """Whether it makes one point, from points alone, and assumes nothing that would have to be proved."""
    if len(each.outputs) != 1 or each.numbers:
        return False
    return all(fact.name in DEGENERATE for fact in each.conditions(each.letters))


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"clauses": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST}},
    "required": ["clauses"],
    "additionalProperties": False,
}
PROMPT = """\
A prover for plane geometry deduces all that follows from a figure, and adds no points by itself. It did not reach the \
goal of this problem:
{problem}
In words: {statement}
Which further point would let it go on? Think of what the goal speaks of: midpoints, feet, reflections, centres, \
second intersections, points that make equal triangles or a circle of four points.
Write a point as a clause: its name, which no point has yet, '=', and a construction with all its arguments, such as \
'x = midpoint x a b'. Constructions, where x is the new point and the other letters stand for points that are there: \
{points}. A point where two lines or circles meet has two constructions, separated by a comma, such as \
'x = on_line x a b, on_circle x o c': {loci}.
Every clause starts from the points of the problem alone, and supposes nothing that is still to be proved.{tried}
Answer with a JSON object: {{"clauses": ["...", "..."]}}, at most {most} clauses, the best first."""
FAILING = "\nThese did not help: {clauses}."
