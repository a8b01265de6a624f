"""Each adapter in its own framework's agent, over a scripted model of that framework.

The task is the same everywhere: three of four samples would book flight A at once and be done, they think, but after
that the model is lost; the fourth asks for the price of B first, and that leads to the end. Without search each agent
books A.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from porism.search import Budget, Fault
from porism.search.agents.ahead import Look
from porism.search.agents.chats import REMAINING
from porism.search.agents.replies import Prompt, Reply
from porism.search.tools.calls import Call
from porism.search.tools.tool import tool

pytestmark = pytest.mark.heavy

TASK = "Book the cheap flight."
LOOK = Look(budget=Budget(requests=40, depth=12))  # each sample is a request, so 10 places
RAN: list[str] = []

Step = tuple[str, str, int]  # tool, flight, calls to come


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    RAN.clear()


def price(flight: str) -> str:
    """What a flight costs.

    Args:
        flight: its letter.
    """
    RAN.append(f"price {flight}")
    return {"A": "90", "B": "40"}[flight]


def book(flight: str) -> str:
    """Book a flight, for good.

    Args:
        flight: its letter.
    """
    RAN.append(f"book {flight}")
    return f"booked {flight}"


class Traveller:
    """What the scripted models say: the k-th sample at a place, by the calls before it."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, ...], int] = {}

    def __call__(self, calls: Sequence[str]) -> Step | str:
        place = tuple(calls)
        k = self.asked[place] = self.asked.get(place, -1) + 1
        match place:
            case ():
                return ("book", "A", 0) if k % 4 < 3 else ("price", "B", 1)
            case ("price B",):
                return ("book", "B", 0)
            case ("price B", "book B"):
                return "B is booked."
            case _:
                return ("price", "AB"[k % 2], 9) if len(calls) < 3 else "Lost."

    @property
    def requests(self) -> int:
        return sum(k + 1 for k in self.asked.values())


@tool(name="price", read_only=True)
def price_at_hand(flight: str) -> str:
    """What a flight costs."""
    RAN.append(f"look at {flight}")
    return {"A": "90", "B": "40"}[flight]


def arguments(step: Step, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a step, with the estimate only where it was asked for."""
    return {"flight": step[1]} | ({REMAINING: step[2]} if REMAINING in schema["properties"] else {})


def shown(name: str, values: Any) -> str:
    return f"{name} {(json.loads(values) if isinstance(values, str) else values)['flight']}"


def pydantic_ai(traveller: Traveller, search: bool, at_hand: Sequence[Any]) -> str:
    from pydantic_ai import Agent
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    from porism.search.agents.adapters.pydantic_ai import SearchModel

    def answer(messages: Any, info: Any) -> ModelResponse:
        parts = [part for message in messages for part in message.parts if isinstance(part, ToolCallPart)]
        said = traveller([shown(part.tool_name, part.args) for part in parts])
        if isinstance(said, str):
            return ModelResponse([TextPart(said)])
        schema = info.function_tools[0].parameters_json_schema
        return ModelResponse([ToolCallPart(said[0], arguments(said, schema))])

    inner = FunctionModel(answer)
    agent = Agent(SearchModel(inner, tools=at_hand, look=LOOK) if search else inner, tools=[price, book])

    async def streamed() -> str:
        async with agent.run_stream(TASK) as result:
            return str(await result.get_output())

    return agent.run_sync(TASK).output if len(at_hand) < 2 else asyncio.run(streamed())


def langgraph(traveller: Traveller, search: bool, at_hand: Sequence[Any]) -> str:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult
    from langgraph.graph import START, MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode, tools_condition

    from porism.search.agents.adapters.langchain import SearchChatModel

    class Inner(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "scripted"

        def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
            return self.bind(tools=tools, **kwargs)

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
            calls = [call for message in messages for call in getattr(message, "tool_calls", ())]
            said = traveller([shown(call["name"], call["args"]) for call in calls])
            if isinstance(said, str):
                message = AIMessage(said)
            else:
                given = kwargs["tools"][0]
                schema = given["function"]["parameters"] if isinstance(given, dict) else {"properties": {}}
                call = {"name": said[0], "args": arguments(said, schema), "id": f"c{len(calls)}", "type": "tool_call"}
                message = AIMessage("", tool_calls=[call])
            return ChatResult(generations=[ChatGeneration(message=message)])

    model = (SearchChatModel(inner=Inner(), tools=at_hand, look=LOOK) if search else Inner()).bind_tools([price, book])

    def turn(state: MessagesState) -> dict[str, Any]:
        return {"messages": [model.invoke(state["messages"])]}

    async def turn_async(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", turn_async if len(at_hand) > 1 else turn)
    graph.add_node("tools", ToolNode([price, book]))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    state: Any = {"messages": [("user", TASK)]}
    app = graph.compile()
    done = asyncio.run(app.ainvoke(state)) if len(at_hand) > 1 else app.invoke(state)
    return str(done["messages"][-1].content)


def openai_agents(traveller: Traveller, search: bool, at_hand: Sequence[Any]) -> str:
    from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage, function_tool
    from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

    from porism.search.agents.adapters.openai_agents import SearchModel

    class Inner(Model):
        async def get_response(
            self, system_instructions: Any, input: Any, model_settings: Any, tools: Any, output_schema: Any,
            handoffs: Any, tracing: Any, **_: Any,
        ) -> ModelResponse:  # fmt: skip
            items = [] if isinstance(input, str) else [each for each in input if each.get("type") == "function_call"]
            said = traveller([shown(each["name"], each["arguments"]) for each in items])
            usage = Usage(requests=1, input_tokens=5, output_tokens=2, total_tokens=7)
            if isinstance(said, str):
                text = ResponseOutputText(text=said, type="output_text", annotations=[])
                message = ResponseOutputMessage(
                    id="m", content=[text], role="assistant", status="completed", type="message"
                )
                return ModelResponse([message], usage, None)
            values = json.dumps(arguments(said, tools[0].params_json_schema))
            call = ResponseFunctionToolCall(
                call_id=f"c{len(items)}", name=said[0], arguments=values, type="function_call"
            )
            return ModelResponse([call], usage, None)

        def stream_response(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError

    inner = Inner()
    agent = Agent(
        "Traveller",
        model=SearchModel(inner, tools=at_hand, look=LOOK) if search else inner,
        tools=[function_tool(price), function_tool(book)],
    )
    config = RunConfig(tracing_disabled=True)
    if len(at_hand) < 2:
        done = Runner.run_sync(agent, TASK, run_config=config)
        assert done.context_wrapper.usage.total_tokens == 7 * traveller.requests
        return str(done.final_output)

    async def streamed() -> str:
        result = Runner.run_streamed(agent, TASK, run_config=config)
        async for _ in result.stream_events():
            pass
        return str(result.final_output)

    return asyncio.run(streamed())


def smolagents(traveller: Traveller, search: bool, at_hand: Sequence[Any]) -> str:
    import smolagents as smol
    from smolagents.models import ChatMessage, ChatMessageToolCall, ChatMessageToolCallFunction, TokenUsage

    from porism.search.agents.adapters.smolagents import SearchModel

    class Inner(smol.Model):  # type: ignore[misc]  # smolagents is not typed
        def generate(self, messages: Any, tools_to_call_from: Any = None, **_: Any) -> ChatMessage:
            told = [message.content[0]["text"] for message in messages if str(message.role.value) == "tool-call"]
            calls = ["price B" if "'price'" in text or '"price"' in text else "book B" for text in told]
            calls = [
                f"{name.split()[0]} {'A' if flight_of(text) == 'A' else 'B'}"
                for name, text in zip(calls, told, strict=True)
            ]
            said = traveller(calls)
            if isinstance(said, str):
                name, values = "final_answer", {"answer": said}
            else:
                name, values = said[0], arguments(said, {"properties": tools_to_call_from[0].inputs})
            function = ChatMessageToolCallFunction(json.dumps(values), name)
            call = ChatMessageToolCall(function, f"c{len(calls)}", "function")
            return ChatMessage(smol.MessageRole.ASSISTANT, "", [call], token_usage=TokenUsage(5, 2))

    def flight_of(text: str) -> str:
        return "A" if "'flight': 'A'" in text or '"flight": "A"' in text else "B"

    inner = Inner()
    agent = smol.ToolCallingAgent(
        tools=[smol.tool(price), smol.tool(book)],
        model=SearchModel(inner, tools=at_hand, look=LOOK) if search else inner,
        max_steps=6,
        verbosity_level=0,
    )
    return str(agent.run(TASK))


AGENTS = [pydantic_ai, langgraph, openai_agents, smolagents]
Run = Callable[[Traveller, bool, Sequence[Any]], str]


@pytest.mark.parametrize("agent", AGENTS)
def test_without_search_the_agent_books_the_wrong_flight(agent: Run) -> None:
    assert agent(Traveller(), False, ()) == "Lost."
    assert RAN[0] == "book A"


@pytest.mark.parametrize("agent", AGENTS)
def test_with_search_it_looks_first_and_nothing_runs_twice(agent: Run) -> None:
    traveller = Traveller()
    assert agent(traveller, True, ()) == "B is booked."
    assert RAN == ["price B", "book B"]
    assert ("book A",) in traveller.asked  # the nearer way, as it seemed: what comes after it was seen, and shunned


@pytest.mark.parametrize("agent", AGENTS)
def test_a_read_only_tool_at_hand_runs_while_looking_ahead_and_the_subtree_is_kept(agent: Run) -> None:
    traveller = Traveller()
    assert agent(traveller, True, [price_at_hand]) == "B is booked."
    assert [each for each in RAN if not each.startswith("look")] == ["price B", "book B"]
    assert "look at B" in RAN
    assert traveller.asked[("price B",)] == 3  # four samples, once: its result was known already


@pytest.mark.parametrize("agent", [pydantic_ai, langgraph, openai_agents])
def test_streams_and_waiting_end_in_the_same_way(agent: Run) -> None:
    @tool
    def other() -> str:
        """Not used."""
        return ""

    assert agent(Traveller(), True, [price_at_hand, other]) == "B is booked."
    assert [each for each in RAN if not each.startswith("look")] == ["price B", "book B"]


def test_one_failure_of_many_is_a_fault_and_nothing_but_failures_is_raised() -> None:
    from porism.search.agents.adapters.rounds import async_chat_of, chat_of

    prompts = [Prompt((), (), 2, attempt) for attempt in (0, 1)]
    good = Reply(Call("a"))

    def ask(prompt: Prompt) -> Reply:
        if prompt.attempt:
            raise ConnectionError("reset")
        return good

    async def ask_async(prompt: Prompt) -> Reply:
        return ask(prompt)

    lost = Reply(fault=Fault("error", "ConnectionError: reset"), requests=1)
    expected = [[replace(good, requests=1)] * 2, [lost] * 2]
    assert chat_of(ask)(prompts) == expected

    async def waited(some: list[Prompt]) -> Any:
        return await async_chat_of(ask_async)(some)

    assert asyncio.run(waited(prompts)) == expected
    with pytest.raises(ConnectionError):
        chat_of(ask)(prompts[1:])
    with pytest.raises(ConnectionError):
        asyncio.run(waited(prompts[1:]))
