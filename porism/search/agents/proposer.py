"""A chat model as a proposer of tool calls: from a node to a conversation, and from its replies to proposals.

The samples of one prompt vote: equal calls are one proposal, and its weight is its share of the samples, the
self-consistency frequency of [Zhuang2024, section 3.2].
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from porism.search.agents.chats import openai_chat, openai_chat_async
from porism.search.agents.replies import ANSWER, SHOWN, AsyncChat, Chat, Prompt, Reply, clean
from porism.search.agents.texts import TextReply, TextRequest, json_chat
from porism.search.budget import Spent
from porism.search.nodes import Node
from porism.search.proposals import Fault, Proposal, Proposed
from porism.search.tools.calls import Call, Observation
from porism.search.tools.schemas import ArgumentsError, Parse, of_schema
from porism.search.tools.tool import Tool

__all__ = [
    "ANSWER",
    "AsyncChat",
    "Chat",
    "ModelProposer",
    "Prompt",
    "Reply",
    "TextReply",
    "TextRequest",
    "json_chat",
    "messages_of",
    "openai_chat",
    "openai_chat_async",
    "proposed_by",
    "readers",
]


class Steps(Protocol):
    """What a state has to tell: a ``tools.branching.Moment`` does."""

    def steps(self) -> tuple[tuple[Call, Observation], ...]:
        """The calls that led here, each with what it gave."""
        ...


class ModelProposer:
    """Proposes what a chat model would do next, for nodes whose states are moments of a conversation with tools."""

    def __init__(
        self,
        chat: Chat | None,
        tools: Iterable[Tool | dict[str, Any]],
        task: str | Sequence[Mapping[str, Any]],
        samples: int = 4,
        *,
        answers: bool = False,
    ) -> None:
        """Make a proposer for one task.

        Args:
            chat: the model; None where a driver does the asking, with ``prompts`` and ``told``.
            tools: what can be called: tools, or their schemas as OpenAI's chat completions have them.
            task: what the user asks, or a whole conversation that ends with it.
            samples: replies to ask for at each node, >= 1.
            answers: take a reply in words as a call of ``ANSWER`` with the argument ``text``, instead of a fault.
                All of them are one proposal with the text of the first, since no two samples use the same words. It
                stands only if no call is proposed, or calls are the minority: nobody checks it, and the end of a task
                that one of four samples sees would be the shortest way out of every search.

        Raises:
            ValueError: ``samples`` is less than 1.
        """
        if samples < 1:
            raise ValueError(f"ask for at least one sample, not {samples}")
        self._chat, self._task, self._samples, self._answers = chat, task, samples, answers
        listed = list(tools)
        self._tools, self._known = tuple(map(schema_of, listed)), readers(listed)

    def __call__(self, nodes: Sequence[Node[Any, Call]], /) -> list[Proposed[Call]]:
        """Ask the model at all the nodes in one round."""
        if self._chat is None:
            raise TypeError("this proposer has no chat; ask its prompts, and give it the replies with told()")
        return self.told(self._chat(self.prompts(nodes)))

    def prompts(self, nodes: Sequence[Node[Any, Call]]) -> list[Prompt]:
        """What to ask at the nodes, for a driver that does the asking itself."""
        return [Prompt(messages_of(self._task, node.state), self._tools, self._samples, node.attempt) for node in nodes]

    def told(self, replies: Sequence[Sequence[Reply]]) -> list[Proposed[Call]]:
        """What the replies to those prompts propose."""
        return [proposed_by(each, self._known, answers=self._answers) for each in replies]


def messages_of(task: str | Sequence[Mapping[str, Any]], moment: Steps) -> tuple[dict[str, Any], ...]:
    """The conversation up to a moment: the task, then each call as the assistant's and what it gave as the tool's.

    Call ids are ``call_N``, where N is the position of the assistant's message.
    """
    messages: list[dict[str, Any]] = (
        [{"role": "user", "content": task}] if isinstance(task, str) else [dict(message) for message in task]
    )
    for call, observation in moment.steps():
        if call.name == ANSWER:
            messages.append({"role": "assistant", "content": call.values()["text"]})
        else:
            messages += _exchange(f"call_{len(messages)}", call, observation)
    return tuple(messages)


def proposed_by(
    replies: Sequence[Reply], known: Mapping[str, Parse | None] | None = None, *, answers: bool = False
) -> Proposed[Call]:
    """The proposals of one prompt's replies, those of larger weight first, and what was wrong with the others.

    The weight of a call is its share of all replies that came back, faulty ones included; requests that failed are
    no replies. ``remaining`` is the mean of what those who proposed the call imagine.

    Args:
        replies: of one prompt.
        known: the tools, as :func:`readers` gives them; by default every call is taken.
        answers: as in :class:`ModelProposer`.
    """
    votes: dict[Any, list[tuple[Call, Reply]]] = {}
    faults: list[Fault] = []
    for reply in replies:
        read = _read(reply, known, answers)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            votes.setdefault(ANSWER if read.name == ANSWER else read, []).append((read, reply))
    if ANSWER in votes and len(votes) > 1 and 2 * len(votes[ANSWER]) <= sum(map(len, votes.values())):
        faults += [Fault("empty", reply.text) for _, reply in votes.pop(ANSWER)]
    came = sum(fault.reason != "error" for fault in faults) + sum(map(len, votes.values()))
    ranked = sorted(votes.values(), key=len, reverse=True)  # stable: of equals the one that came first
    spent = Spent(
        requests=sum(reply.requests for reply in replies) or 1,
        samples=came,
        tokens=sum(reply.tokens for reply in replies),
    )
    return Proposed(tuple(_proposal(each, came) for each in ranked), spent, tuple(faults))


def schema_of(tool: Tool | dict[str, Any]) -> dict[str, Any]:
    """The tool as OpenAI's chat completions describe it."""
    return tool if isinstance(tool, dict) else tool.schema()


def readers(tools: Iterable[Tool | dict[str, Any]]) -> dict[str, Parse | None]:
    """The tools' names, each with what reads its arguments; None where the schema is no JSON Schema.

    The server that takes such a schema knows what it means by it, and the tool itself will say what it does not take.
    """
    return {_function(tool)["name"]: tool.parse if isinstance(tool, Tool) else _reader(tool) for tool in tools}


def _reader(tool: dict[str, Any]) -> Parse | None:
    try:
        return of_schema(_function(tool).get("parameters") or {})
    except ValueError:
        return None


def _function(tool: Tool | dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema_of(tool)["function"]
    return found


def _read(reply: Reply, known: Mapping[str, Parse | None] | None, answers: bool) -> Call | Fault:
    if reply.fault:
        return reply.fault
    call = reply.call
    if call is None:
        return Call.of(ANSWER, {"text": reply.text}) if answers and reply.text else Fault("empty", reply.text)
    if known is None:
        return call
    if call.name not in known:
        return Fault("unknown tool", f"{clean(str(call))[:SHOWN]}; there are: {', '.join(known) or 'none'}")
    if parse := known[call.name]:
        try:
            parse(call.arguments)
        except ArgumentsError as error:
            return Fault("invalid arguments", f"{clean(str(error))[:SHOWN]}; written: {clean(str(call))[:SHOWN]}")
    return call


def _proposal(votes: Sequence[tuple[Call, Reply]], came: int) -> Proposal[Call]:
    call = votes[0][0]
    imagined = [reply.remaining for _, reply in votes if reply.remaining is not None]
    why = next((reply.text for _, reply in votes if reply.text and reply.call), "")
    return Proposal(call, len(votes) / came, sum(imagined) / len(imagined) if imagined else None, why)


def _exchange(key: str, call: Call, observation: Observation) -> list[dict[str, Any]]:
    function = {"name": call.name, "arguments": call.arguments}
    return [
        {"role": "assistant", "content": None, "tool_calls": [{"id": key, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": key, "content": observation.text},
    ]
