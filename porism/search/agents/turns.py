"""Deciding what an agent does next, turn by turn, and keeping what was seen on the way for the turns to come.

Each turn is a search of its own from where the conversation stands (a receding horizon). What the model proposed below
the call that was chosen is kept. It is used again if the conversation goes on with that call, and

- the call's result is the one that was seen, or
- the call was only imagined; then the place right after it is asked anew, because now there is a result to read, and
  what was proposed further on is used where the model comes that way again.
"""

import json
from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

from porism.search.agents.ahead import Ahead, Look
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import AsyncChat, reply_of
from porism.search.agents.turn import Decision, Seen, Turn
from porism.search.tools.calls import Call
from porism.search.tools.tool import Tool

MOST = 64  # conversations that are remembered


class Turns:
    """Decides turn by turn. Conversations may come in any order; the latest ``MOST`` are remembered.

    Attributes:
        latest: the decision made last, with the search that led to it.
    """

    def __init__(self, look: Look = Look(), tools: Sequence[Tool] = ()) -> None:  # noqa: B008  # frozen
        """Begin with nothing seen.

        Args:
            look: how to look ahead.
            tools: those that are at hand, see :class:`Ahead`.
        """
        self._look, self._tools = look, tuple(tools)
        self._kept: dict[str, tuple[Call, Seen]] = {}
        self.latest: Decision | None = None

    def decide(
        self,
        proposer: ModelProposer,
        past: Sequence[Any],
        latest: tuple[Call, str] | None = None,
        ends: Collection[str] = (),
    ) -> Decision:
        """Search for the next call.

        Args:
            proposer: proposes at the end of the conversation.
            past: the conversation as JSON values, to know it again; where ``latest`` is given, all before that.
            latest: the last call and the text of its result, if the conversation ends with them.
            ends: names of tools that end the task.

        Raises:
            NothingToDo: nothing usable was proposed.
        """
        turn = Turn(Ahead(self._tools, ends), self._look, self._recall(past, latest))
        while asked := turn.ask():
            turn.tell(asked, proposer(asked))
        return self._keep(whole(past, latest), turn)

    async def decide_async(
        self,
        proposer: ModelProposer,
        chat: AsyncChat,
        past: Sequence[Any],
        latest: tuple[Call, str] | None = None,
        ends: Collection[str] = (),
    ) -> Decision:
        """:meth:`decide` with a chat to wait for; the proposer's own is not used."""
        turn = Turn(Ahead(self._tools, ends), self._look, self._recall(past, latest))
        while asked := turn.ask():
            turn.tell(asked, proposer.told(await chat(proposer.prompts(asked))))
        return self._keep(whole(past, latest), turn)

    def _recall(self, past: Sequence[Any], latest: tuple[Call, str] | None) -> Seen:
        chosen, seen = self._kept.get(_digest(past), (None, {}))
        if latest is None or latest[0] != chosen:
            return {}
        return {
            (steps[1:], attempt): told
            for (steps, attempt), told in seen.items()
            if (len(steps) > 1 if steps[0][1].imagined else steps[0][1].text == latest[1])
        }

    def _keep(self, past: Sequence[Any], turn: Turn) -> Decision:
        key = _digest(past)
        self.latest = decision = turn.decision()
        if decision.call:
            self._kept.pop(key, None)  # so that it is the newest
            below = {place: told for place, told in turn.seen.items() if place[0] and place[0][0][0] == decision.call}
            self._kept[key] = decision.call, below
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
        return decision


def split(entries: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], tuple[Call, str] | None]:
    """A conversation as :meth:`Turns.decide` takes it: all but the last call and its result, and these.

    The second part is None where it does not end with a single call and its result.

    Args:
        entries: ``["call", name, arguments]``, ``["result", text]``, and others that begin with any other word.
    """
    kinds = [entry[0] for entry in entries[-3:]]
    if kinds[-2:] != ["call", "result"] or kinds[-3:-2] == ["call"]:
        return list(entries), None
    (_, name, arguments), (_, text) = entries[-2:]
    return list(entries[:-2]), (Call(name, arguments), text)


def whole(past: Sequence[Any], latest: tuple[Call, str] | None) -> list[Any]:
    """The two parts put together again."""
    return [*past, *([["call", latest[0].name, latest[0].arguments], ["result", latest[1]]] if latest else [])]


def written(name: Any, arguments: Any) -> list[str]:
    """The entry of a call that stands in a conversation, in whatever form."""
    call = reply_of(name, arguments).call
    return ["call", call.name, call.arguments] if call else ["call", str(name), str(arguments)]


def key_of(past: Sequence[Any], call: Call | None) -> str:
    """An id for a call: the same for the same call at the same point of a conversation, and no other."""
    return f"call_{_digest([_digest(past), str(call)])[:24]}"


def _digest(past: Sequence[Any]) -> str:
    text = json.dumps(list(past), sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=16).hexdigest()
