"""Verifiable rewards: whether a reply solves the task of a row, found out and not judged.

A *task* is the JSON text that ``porism export --format rlvr`` writes beside a prompt. What is verified:

- theorems: the constructions in the reply can be added to the figure, and with them the engine proves the goal, and
  the checker accepts the proof;
- tool calls: the calls in the reply are run again in a fresh world, and reach the goal there, with grounds;
- short answers: the last line ``Answer: ...`` of the reply says the same as the answer that was voted for.

A reply is text that anybody may have written: it is read, bounded and compared, and never evaluated. Whatever it holds,
it gets a verdict with a reason and no exception.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from porism.errors import InputError
from porism.generators.chat import ChatReply
from porism.generators.replies import ReplyError
from porism.generators.voting.answers import agree
from porism.generators.voting.tally import final_answer
from porism.outputs.records import Verdict
from porism.pipelines.tools import tasks
from porism.pipelines.tools.grounds import grounds
from porism.search.tools.calls import Call
from porism.search.tools.world import World

LONGEST = 100_000  # characters of a reply
DEEPEST = 32  # lists and objects within each other
CALLS = 64  # of one reply
CONSTRUCTIONS = 8  # of one reply: more than any theorem of the sampler needs
KNOWN = 4096  # verdicts on constructions that are remembered: samples of one prompt repeat each other

Reply: TypeAlias = str | Sequence[Mapping[str, Any]]
"""A completion as trainers give it: a text, or messages."""


def reward(prompts: Sequence[Any], completions: Sequence[Reply], task: Sequence[str], **_: Any) -> list[float]:
    """1.0 for each completion that solves its task and 0.0 for each that does not, as TRL's trainers call it.

    Args:
        prompts: are not looked at.
        completions: texts, or lists of messages.
        task: the column of that name, a task for each completion.

    Raises:
        InputError: a task is none: then the dataset is wrong, and not the model.
    """
    return [float(verdict(one, reply).ok) for one, reply in zip(task, completions, strict=True)]


def verdict(task: str, reply: Reply) -> Verdict:
    r"""Whether a reply solves a task, and if not, why.

    Raises:
        InputError: the task is none.

    >>> verdict(answer_task("1,000"), "Ten times a hundred.\nAnswer: 1000")
    Verdict(ok=True, check='answer', reason='')
    >>> verdict(answer_task("yes"), "Answer: no").reason
    "'no' is not 'yes'"
    """
    kind, said = _read(task)
    if reason := _unreadable(reply):
        return Verdict(False, kind, reason)
    reason = {"answer": _answered, "tools": _called, "geometry": _constructed}[kind](said, reply)
    return Verdict(not reason, kind, reason)


# Tasks


def answer_task(answer: str) -> str:
    """The task to give this answer."""
    return _json({"kind": "answer", "answer": answer})


def tools_task(environment: str, task: str) -> str:
    """The task of a row of tool calls."""
    return _json({"kind": "tools", "environment": environment, "task": task})


def geometry_task(problem: str) -> str:
    """The task to find auxiliary points for a problem."""
    return _json({"kind": "geometry", "problem": problem})


def geometry_prompt(problem: str) -> str:
    """What is asked of a model."""
    from porism.pipelines.auxiliary.world import SIMPLE

    return PROMPT.format(problem=problem, usages="; ".join(each.usage for each in SIMPLE))


def _json(task: Mapping[str, str]) -> str:
    return json.dumps(task, sort_keys=True, ensure_ascii=False)


MEMBERS = {"answer": {"answer"}, "tools": {"environment", "task"}, "geometry": {"problem"}}


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[str, Mapping[str, str]]:
    """The kind of a task and its members."""
    try:
        task = json.loads(text)
        kind = task.pop("kind")
        right = task.keys() == MEMBERS[kind] and all(isinstance(value, str) for value in task.values())
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        right = False
    if not right:
        raise InputError(
            f"{str(text)[:60]!r} is no task; the column `task` is written by `porism export --format rlvr`"
        )
    return kind, task


# Answers


def _answered(task: Mapping[str, str], reply: Reply) -> str:
    """Why the reply does not end with the answer; empty if it does."""
    try:
        answer, _ = final_answer(ChatReply(_text(reply)))
    except ReplyError as error:
        return str(error)
    return "" if agree(answer, task["answer"]) else f"{answer!r} is not {task['answer']!r}"


# Tool calls


def _called(task: Mapping[str, str], reply: Reply) -> str:
    """Why the calls in the reply do not reach the goal; empty if they do."""
    known = _task(task)
    try:
        steps, reason = tasks.replayed(known, calls(reply))
    except (ValueError, RecursionError) as error:
        return str(error) or type(error).__name__
    return reason or grounds(steps) or ""


def world_of(task: str) -> World:
    """The world of a task of tool calls, in its first state.

    Raises:
        InputError: it is no such task.
    """
    kind, said = _read(task)
    if kind != "tools":
        raise InputError(f"a task of the kind {kind!r} has no world to be played in")
    return _task(said).world()


def _task(said: Mapping[str, str]) -> tasks.Task:
    try:
        return tasks.read(said["environment"], said["task"])
    except ValueError as error:
        raise InputError(str(error)) from None


def calls(reply: Reply) -> list[Call]:
    """The calls in a reply: those of messages, or in a text those between ``<tool_call>`` and ``</tool_call>``.

    Raises:
        ValueError: there are none, too many, or one that cannot be read.

    >>> [str(call) for call in calls('<tool_call>{"name": "query", "arguments": {"sql": "SELECT 1"}}</tool_call>')]
    ['query({"sql": "SELECT 1"})']
    """
    found: list[Call] = []
    for name, arguments in _functions(reply):
        if len(found) == CALLS:
            raise ValueError(f"more than {CALLS} calls")
        found.append(_call(name, arguments))
    if not found:
        raise ValueError("there is no call in the reply")
    return found


def _functions(reply: Reply) -> Iterator[tuple[Any, Any]]:
    """Name and arguments of each call, whatever they are."""
    for turn in [{"content": reply}] if isinstance(reply, str) else reply:
        if not isinstance(turn, Mapping) or turn.get("role", "assistant") != "assistant":
            continue
        made = turn.get("tool_calls") or ()
        for each in made if isinstance(made, list | tuple) else ():
            function = each.get("function", each) if isinstance(each, Mapping) else None
            if not isinstance(function, Mapping):
                raise ValueError("a call that is no object")
            yield function.get("name"), function.get("arguments")
        if not made:
            yield from map(_written, _BLOCK.findall(_content(turn)))


def _written(text: str) -> tuple[Any, Any]:
    """Name and arguments of a call in a text."""
    call = _parsed(text)
    if not isinstance(call, dict):
        raise ValueError("a call that is no object")
    return call.get("name"), call.get("arguments", call.get("parameters", {}))


def _call(name: Any, arguments: Any) -> Call:
    values = _parsed(arguments) if isinstance(arguments, str) else arguments
    if not isinstance(name, str) or not isinstance(values, Mapping):
        raise ValueError("a call wants a name, and an object of arguments")
    if _depth(values) > DEEPEST:
        raise ValueError("arguments nested too deep")
    try:
        return Call.of(name, _without_nothing(values))
    except (TypeError, ValueError):
        raise ValueError(f"the arguments of {name[:64]!r} are no JSON") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("a call that is no JSON") from None


def _depth(value: Any) -> int:
    """How deep a value is nested, counted level by level and no deeper than need be."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner = [one for one in level if isinstance(one, Mapping | list | tuple)]
        level = [part for one in inner for part in (one.values() if isinstance(one, Mapping) else one)]
        depth += 1
    return depth


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without those that are null, which tables add where calls of several tools share a column."""
    return {name: value for name, value in values.items() if value is not None}


_BLOCK = re.compile(r"<tool_call>\s*(\{.{0,20000}?\})\s*</tool_call>", re.DOTALL)


# Theorems


def _constructed(task: Mapping[str, str], reply: Reply) -> str:
    """Why the constructions in the reply do not lead to a proof; empty if they do."""
    try:
        clauses = constructions(reply)
    except ValueError as error:
        return str(error)
    return _proved(task["problem"], tuple(clauses))


def constructions(reply: Reply) -> list[str]:
    r"""The constructions in a reply: what stands behind ``Construct:`` on lines of their own, or in calls.

    Raises:
        ValueError: there are none, or too many.

    >>> constructions("The midpoint may help.\nConstruct: e = midpoint e a b\n")
    ['e = midpoint e a b']
    """
    found = [line.strip() for line in _LINE.findall(_text(reply))]
    if not found and not isinstance(reply, str):
        found = [str(call.values().get("clause", "")) for call in calls(reply) if call.name == "construct"]
    if not found:
        raise ValueError("there is no line 'Construct: ...' in the reply")
    if len(found) > CONSTRUCTIONS:
        raise ValueError(f"{len(found)} constructions; at most {CONSTRUCTIONS} are tried")
    return found


@lru_cache(maxsize=KNOWN)
def _proved(text: str, clauses: tuple[str, ...]) -> str:
    """Why the problem is not proved with these clauses; empty if it is."""
    from porism.pipelines.auxiliary.points import AuxiliaryPoints, extended
    from porism.symbolic.jit import is_compiled
    from porism.symbolic.problem import Problem

    try:
        first = problem = Problem.parse(text)
        world = AuxiliaryPoints(first, compiled=is_compiled())
    except ValueError as error:
        raise InputError(str(error)) from None
    try:
        for clause in clauses:
            problem = extended(problem, clause)
        return "" if world.solved(problem) else "the goal does not follow with these points"
    except (ValueError, ArithmeticError, RecursionError) as error:
        return str(error) or type(error).__name__


_LINE = re.compile(r"(?im)^[ \t>*-]*construct[ \t*]*:[ \t*]*([^\n]{1,300})$")


# Replies


def _text(reply: Reply) -> str:
    """What the assistant says."""
    if isinstance(reply, str):
        return reply
    turns = [turn for turn in reply if isinstance(turn, Mapping) and turn.get("role", "assistant") == "assistant"]
    return "\n".join(map(_content, turns))


def _content(turn: Mapping[str, Any]) -> str:
    content = turn.get("content")
    return content if isinstance(content, str) else ""


def _unreadable(reply: Any) -> str:
    """Why a reply is not looked into; empty if it is."""
    if isinstance(reply, str):
        return f"a reply of more than {LONGEST:,} characters" if len(reply) > LONGEST else ""
    if not isinstance(reply, list | tuple):
        return "a reply is a text or a list of messages"
    if _depth(reply) > DEEPEST:
        return "messages nested too deep"
    return f"a reply of more than {LONGEST:,} characters" if len(str(reply)) > LONGEST else ""


ANSWERING = "End with a line of its own that gives the final answer and nothing else:\nAnswer: ..."
PROMPT = """\
Prove this problem of plane geometry: {problem}
The text names points and how they are constructed; after the question mark is the goal. Deduction alone does not reach
it: auxiliary points are needed. Give each on a line of its own that begins with "Construct:", such as
Construct: m = midpoint m a b
Some constructions, where x is the new point: {usages}."""
