"""Search as a tool and as a loop: what a plan holds, and that each call of a task runs once."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from porism.search import Budget, Node, Outcome, Search, astar
from porism.search.agents.ahead import Ahead, Look
from porism.search.agents.chats import REMAINING, openai_chat
from porism.search.agents.planner import plan, plan_tool, run
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.replies import Prompt, Reply
from porism.search.agents.scripted import Scripted
from porism.search.agents.serve import schema_from, server
from porism.search.agents.turn import Turn, furthest
from porism.search.costs import stepwise
from porism.search.tools.branching import ToolEnvironment
from porism.search.tools.calls import Call
from porism.search.tools.tool import Toolbox, tool

RAN: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> Iterator[None]:
    RAN.clear()
    yield
    RAN.clear()


@tool(read_only=True)
def stock(item: str) -> int:
    """How many there are."""
    RAN.append(f"stock {item}")
    return {"pear": 0, "fig": 7}[item]


@tool
def order(item: str) -> str:
    """Order one, for good."""
    RAN.append(f"order {item}")
    return f"ordered {item}"


TOOLS = [stock, order]


def grocer(request: Mapping[str, Any]) -> list[Call | str]:
    """Thinks of pears first, but figs seem nearer."""
    results = [message["content"] for message in request["messages"] if message["role"] == "tool"]
    pear, fig = ([Call.of("stock", {"item": each, REMAINING: left})] for each, left in (("pear", 4), ("fig", 1)))
    match results:
        case []:
            return [*pear, *fig]
        case [*_, "7"]:
            return [Call.of("order", {"item": "fig", REMAINING: 0})]
        case [*_, "0"]:
            return [*fig, *fig, *pear]
        case _:
            return ["A fig is ordered."]


def chat(client: Scripted | None = None) -> Any:
    return openai_chat(client or Scripted(grocer), "m")


def test_a_plan_is_complete_and_has_run_only_what_reads() -> None:
    made = plan("Order fruit that is there.", TOOLS, chat())
    assert [str(call) for call, _ in made.steps] == ['stock({"item": "fig"})', 'order({"item": "fig"})']
    assert [seen.imagined for _, seen in made.steps] == [False, True]
    assert (made.complete, made.answer) == (True, "A fig is ordered.")
    assert set(RAN) <= {"stock pear", "stock fig"}
    assert len(RAN) == len(set(RAN))  # each once, wherever in the tree it was asked for
    told = made.as_json()
    assert [step["result"] for step in told["steps"]] == ["7", None]
    assert told["spent"]["requests"] == made.outcome.spent.requests > 0


def test_schemas_alone_are_enough_for_a_plan() -> None:
    made = plan("Order fruit.", [each.schema() for each in TOOLS], chat())
    assert made.steps
    assert all(seen.imagined for _, seen in made.steps)
    assert not RAN


def test_a_plan_that_ran_out_of_budget_says_so() -> None:
    made = plan("Order fruit.", TOOLS, chat(), Look(budget=Budget(requests=1)))
    told = made.as_json()
    assert (made.complete, told["why"], len(told["steps"])) == (False, "requests", 1)


def test_a_plan_that_ran_out_of_budget_holds_no_call_that_failed() -> None:
    def answer(items: list[str]) -> Any:
        return chat(Scripted(lambda _: [Call.of("stock", {"item": item, REMAINING: 9}) for item in items]))

    for items, steps in ((["tea", "tea", "tea", "fig"], ["7"]), (["tea", "jam"], [])):
        made = plan("Order fruit.", TOOLS, answer(items), Look(budget=Budget(requests=1)))
        assert [seen.text for _, seen in made.steps] == steps


def test_where_the_start_would_be_asked_again_next_the_best_open_place_counts() -> None:
    start = Node[Any, Any]("start")
    looked, failed, dear, cheap = (
        Node[Any, Any](name, start, name, cost, 1)
        for name, cost in (("looked", 0.0), ("failed", inf), ("dear", 9.0), ("cheap", 2.0))
    )
    nodes = start, looked, failed, dear, cheap, Node[Any, Any]("start", cost=1, attempt=1)
    stopped = Outcome[Any, Any](nodes, (start, looked), nodes[-1], "budget", "requests")
    assert furthest(stopped) is cheap
    assert furthest(replace(stopped, best=dear)) is dear
    assert furthest(replace(stopped, nodes=(start, looked, failed, nodes[-1]))) is nodes[-1]


def test_a_model_that_says_nothing_useful_gives_an_empty_plan_with_reasons() -> None:
    made = plan("Order fruit.", TOOLS, chat(Scripted(lambda _: [Call("steal"), " "])))
    told = made.as_json()
    assert (told["complete"], told["steps"], told["why"]) == (False, [], "exhausted")
    assert told["faults"] == ["empty", "unknown tool"]
    assert told["spent"]["requests"] == 2  # asked again once, as Look says


def test_the_planner_is_a_tool() -> None:
    planner = plan_tool(TOOLS, chat())
    assert planner.schema()["function"]["name"] == "plan"
    seen = planner.call(Call.of("plan", {"task": "Order fruit that is there."}))
    assert json.loads(seen.text)["steps"][-1] == {"tool": "order", "arguments": {"item": "fig"}, "result": None}
    assert planner.call(Call.of("plan", {"job": "x"})).error == "invalid arguments"


def test_a_task_is_done_and_each_call_of_its_path_runs_once() -> None:
    done = run("Order fruit that is there.", TOOLS, chat())
    assert (done.reason, done.answer) == ("answered", "A fig is ordered.")
    assert [(call.name, seen.text) for call, seen in done.steps] == [("stock", "7"), ("order", "ordered fig")]
    assert sorted(RAN) == ["order fig", "stock fig", "stock pear"]
    assert done.spent.tool_runs == 2  # while looking ahead; the order was carried out after that


def test_a_run_ends_when_turns_do_or_nothing_can_be_done() -> None:
    done = run("Order fruit.", TOOLS, chat(), turns=1)
    assert (done.reason, len(done.steps)) == ("turns", 1)
    nothing = run("Order fruit.", TOOLS, chat(Scripted(lambda _: [Call("steal")])))
    assert (nothing.reason, nothing.steps) == ("nothing", ())
    assert [fault.reason for fault in nothing.faults] == ["unknown tool"] * 8
    assert nothing.spent.requests == 2
    model = Scripted(lambda _: [Call("steal")])
    assert run("Order fruit.", TOOLS, chat(model), Look(again=3)).reason == "nothing"
    assert run("Order fruit.", TOOLS, chat(model), Look(again=0)).reason == "nothing"
    assert len(model.requests) == 4 + 1


def test_to_ask_again_is_another_attempt_and_its_calls_have_reasons_too() -> None:
    attempts = list[int]()

    def model(prompts: Sequence[Prompt]) -> list[list[Reply]]:
        attempts.extend(prompt.attempt for prompt in prompts)
        if len(prompts[0].messages) > 1:
            return [[Reply(text="Seven.")]]
        found = Reply(Call.of("stock", {"item": "fig"}), "there may be figs")
        return [[found, Reply(Call.of("stock", {"item": "nut"}))] if prompts[0].attempt == 2 else lost]

    lost = [Reply(Call.of("stock", {"item": each})) for each in ("tea", "jam")]  # both fail
    turn = Turn(Ahead(TOOLS), Look(again=2), {})
    proposer = ModelProposer(model, TOOLS, "How much fruit is there?", answers=True)
    while nodes := turn.ask():
        turn.tell(nodes, proposer(nodes))
    assert attempts == [0, 1, 2, 0]
    decision = turn.decision()
    assert (str(decision.call), decision.text) == ('stock({"item": "fig"})', "there may be figs")
    assert turn.outcome().solved


def test_asking_again_is_paid_from_the_budget() -> None:
    model = Scripted(lambda _: [Call("steal")])
    done = run("Order fruit.", TOOLS, chat(model), Look(budget=Budget(requests=1)))
    assert (done.reason, done.spent.requests, len(model.requests)) == ("nothing", 1, 1)


def test_a_call_that_fails_for_real_is_read_and_not_repeated() -> None:
    @tool
    def send(to: str) -> str:
        """Send."""
        raise ValueError("no such address")

    def answer(request: Mapping[str, Any]) -> list[Call | str]:
        failed = any("no such address" in (message["content"] or "") for message in request["messages"])
        return ["It cannot be sent."] if failed else [Call.of("send", {"to": "x", REMAINING: 0})]

    done = run("Send it.", [send], chat(Scripted(answer)))
    assert (done.reason, done.answer) == ("answered", "It cannot be sent.")
    assert [seen.error for _, seen in done.steps] == ["failed"]


def test_ask_and_tell_inside_someone_elses_graph() -> None:
    env = ToolEnvironment(lambda: Toolbox(TOOLS), goal=lambda at: at.call is not None and at.call.name == "order")
    proposer = ModelProposer(None, TOOLS, "Order fruit.", samples=3)
    search: Search[Any, Call] = Search(env, astar(), cost=stepwise(), budget=Budget(requests=9))
    model = chat()
    while nodes := search.ask(2):
        for node, told in zip(nodes, proposer.told(model(proposer.prompts(nodes))), strict=True):
            search.tell(node, told)
    assert search.outcome().solved
    assert search.outcome().best.action == Call.of("order", {"item": "fig"})


@pytest.mark.parametrize(
    "tool_of_client",
    [
        stock.schema(),
        stock.schema()["function"],
        {"name": "stock", "description": "How many there are.", "inputSchema": stock.parameters},
    ],
)
def test_tools_are_understood_in_three_spellings(tool_of_client: dict[str, Any]) -> None:
    assert schema_from(tool_of_client) == stock.schema()


@pytest.mark.parametrize("wrong", [{}, {"name": 7}, {"name": "a b"}, {"function": "stock"}])
def test_a_tool_without_a_name_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        schema_from(wrong)


def asked(connection: Any, *requests: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    from mcp import Client

    async def main() -> tuple[list[Any], list[Any]]:
        async with Client(connection) as client:
            listed = (await client.list_tools()).tools
            return listed, [await client.call_tool("plan", request) for request in requests]

    return asyncio.run(main())


def test_an_mcp_client_gets_plans_and_errors_as_results() -> None:
    pytest.importorskip("mcp")
    request = {"task": "Order fruit.", "tools_at_hand": [each.schema() for each in TOOLS]}
    listed, results = asked(server(chat()), request, {"task": "Order fruit."}, {**request, "tools_at_hand": [{}]})
    assert [each.name for each in listed] == ["plan"]
    assert listed[0].annotations.read_only_hint
    assert [result.is_error for result in results] == [False, True, True]
    assert results[0].structured_content["complete"] is True
    assert "no tools to plan with. Name the tools" in results[1].content[0].text
    assert "needs a name" in results[2].content[0].text


def test_a_model_that_cannot_be_reached_is_an_error_that_says_so() -> None:
    pytest.importorskip("mcp")

    def down(_: Any) -> Any:
        raise ConnectionError("nobody listens on port 1")

    _, (result,) = asked(server(down, TOOLS), {"task": "Order fruit."})
    assert result.is_error
    assert "ConnectionError: nobody listens on port 1" in result.content[0].text


SERVER = """
from porism.search.agents.chats import openai_chat
from porism.search.agents.scripted import Scripted
from porism.search.agents.serve import serve
from porism.search.tools.calls import Call

def answer(request):
    return ["Done."] if request["messages"][-1]["role"] == "tool" else [Call.of("wave", {"remaining_calls": 0})]

serve(openai_chat(Scripted(answer), "m"))
"""


def test_the_server_speaks_over_standard_input_and_output() -> None:
    mcp = pytest.importorskip("mcp")
    command = mcp.StdioServerParameters(command=sys.executable, args=["-c", SERVER])
    _, (result,) = asked(command, {"task": "Wave.", "tools_at_hand": [{"name": "wave"}]})
    assert result.structured_content == {
        "complete": True,
        "steps": [{"tool": "wave", "arguments": {}, "result": None}],
        "answer": "Done.",
        "spent": {"requests": 2, "tokens": 200},
    }
