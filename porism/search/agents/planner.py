"""Search as a tool and as a loop: a plan for a task, or the task done.

:func:`plan` looks ahead only: nothing but read-only tools runs, and what comes out is a list of calls for somebody else
to carry out. :func:`run` carries them out, one at a time, and looks ahead anew from each result.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from porism.search.agents.ahead import Ahead, Look
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import ANSWER, Chat
from porism.search.agents.turn import Decision, NothingToDo, Turn, furthest
from porism.search.budget import Budget, Spent
from porism.search.nodes import Outcome
from porism.search.proposals import Fault
from porism.search.tools.branching import Moment
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool
from porism.search.tree import Search, drive

Step = tuple[Call, Observation]

PLANNING = Look(budget=Budget(requests=32, depth=24))


@dataclass(frozen=True)
class Plan:
    """What to do, as far as it could be seen.

    Attributes:
        steps: the calls in order, each with what it gave or, where it was not run, an imagined observation.
        answer: what the model would say at the end; empty where the plan is not complete.
        outcome: the search; its ``reason`` is ``"solved"`` where the plan is complete.
    """

    steps: tuple[Step, ...]
    answer: str
    outcome: Outcome[Moment, Call] = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether the model thinks that nothing is left to do after the plan."""
        return self.outcome.solved

    def as_json(self) -> dict[str, Any]:
        """The plan as a JSON value, for a model to read."""
        steps = [
            {"tool": call.name, "arguments": call.values(), "result": None if seen.imagined else seen.text}
            for call, seen in self.steps
        ]
        spent = {"requests": self.outcome.spent.requests, "tokens": self.outcome.spent.tokens}
        told: dict[str, Any] = {"complete": self.complete, "steps": steps, "answer": self.answer, "spent": spent}
        if not self.complete:
            told["why"] = self.outcome.limit or self.outcome.reason
            told["faults"] = sorted({fault.reason for _, fault in self.outcome.faults})
        return told


def plan(task: str, tools: Sequence[Tool | dict[str, Any]], chat: Chat, look: Look = PLANNING) -> Plan:
    """A plan for a task: the best sequence of calls found after which the model thinks it is done.

    Args:
        task: what the user asks.
        tools: what can be called, as tools or as OpenAI function schemas. Read-only tools run, the others never do.
        chat: proposes the calls.
        look: how to search, and what it may cost.
    """
    env = Ahead([tool for tool in tools if isinstance(tool, Tool) and tool.read_only])
    proposer = ModelProposer(chat, tools, task, look.samples, answers=True)
    search: Search[Moment, Call] = Search(env, look.frontier(), cost=look.prices(env), budget=look.budget)
    outcome = drive(search, proposer, batch=look.batch)
    steps = furthest(outcome).state.steps()
    if steps and steps[-1][0].name == ANSWER:
        return Plan(steps[:-1], steps[-1][0].values()["text"], outcome)
    return Plan(steps, "", outcome)


def plan_tool(tools: Sequence[Tool | dict[str, Any]], chat: Chat, look: Look = PLANNING) -> Tool:
    """:func:`plan` as a tool that any agent can be given: ``plan(task)``.

    Its ``schema()`` goes into the agent's list of tools, its ``call`` answers.
    """
    return Tool(
        "plan", DESCRIPTION, TASK, lambda task: json.dumps(plan(task, tools, chat, look).as_json(), ensure_ascii=False),
        read_only=True, timeout=None,
    )  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What :func:`run` did.

    Attributes:
        reason: ``"answered"``; ``"turns"`` where there was no turn left; ``"nothing"`` where the model proposed nothing
            that can be done.
        answer: what the model said at the end.
        steps: the calls that were carried out, each with what it really gave.
        spent: what it took in all.
        faults: what was wrong with replies, in the order of the turns.
    """

    reason: Literal["answered", "turns", "nothing"]
    answer: str
    steps: tuple[Step, ...]
    spent: Spent
    faults: tuple[Fault, ...] = field(default=(), repr=False)


def run(
    task: str | Sequence[dict[str, Any]], tools: Sequence[Tool], chat: Chat, look: Look = Look(), turns: int = 20,  # noqa: B008  # frozen
) -> Done:  # fmt: skip
    """Do a task: look ahead, carry out one call, look ahead again, until the model answers.

    A call that ran while looking ahead, because its tool's hints allow it, is not run again.

    Args:
        task: what the user asks, or a conversation that ends with it.
        tools: what can be called.
        chat: proposes the calls.
        look: how to look ahead, and what each turn may cost.
        turns: calls to carry out at most.
    """
    env, seen, spent, faults = Ahead(tools), dict[Any, Any](), Spent(), list[Fault]()
    proposer = ModelProposer(chat, tools, task, look.samples, answers=True)

    def done(reason: Literal["answered", "turns", "nothing"], answer: str = "") -> Done:
        return Done(reason, answer, env.initial().steps(), spent, tuple(faults))

    for _ in range(turns):
        turn = Turn(env, look, seen)
        while asked := turn.ask():
            turn.tell(asked, proposer(asked))
        spent += turn.outcome().spent
        faults += [fault for _, fault in turn.outcome().faults]
        try:
            decision: Decision = turn.decision()
        except NothingToDo:
            return done("nothing")
        if decision.call is None:
            return done("answered", decision.text)
        env.commit(decision.moment)
    return done("turns")


TASK = {
    "type": "object",
    "properties": {"task": {"type": "string", "description": "What is to be done, in full; nothing else is known."}},
    "required": ["task"],
    "additionalProperties": False,
}

DESCRIPTION = """\
Plan a task that takes several tool calls: searches over what the tools could do and gives back the calls in order. \
Only read-only tools run while planning; "result" is null for calls that are yet to be carried out."""
