"""A planner for any agent: a function schema and a call. The same as an MCP server: ``porism search serve-mcp``.

Run: ``python examples/plug_in_as_a_tool.py``
"""

import json
from typing import Any

from porism.search.agents.chats import openai_chat
from porism.search.agents.planner import plan_tool
from porism.search.agents.scripted import Scripted
from porism.search.tools import Call, tool


@tool(read_only=True)
def stock(item: str) -> int:
    """How many there are."""
    return {"pear": 0, "fig": 7}[item]


@tool
def order(item: str) -> str:
    """Order one, for good."""
    raise RuntimeError("a planner orders nothing")


def grocer(request: Any) -> list[Call | str]:
    """Stands where a model would."""
    last = request["messages"][-1]["content"]
    if "7" in last:
        return [Call.of("order", {"item": "fig", "remaining_calls": 0})]
    looks: list[Call | str] = [Call.of("stock", {"item": item, "remaining_calls": 1}) for item in ("pear", "fig")]
    return ["A fig is on its way."] if "not" in last else looks


planner = plan_tool([stock, order], openai_chat(Scripted(grocer), "any"))
print("for the agent's list of tools:", planner.schema()["function"]["name"], list(planner.parameters["properties"]))
print(*json.loads(planner.call(Call.of("plan", {"task": "Order a fruit that there is."})).text)["steps"], sep="\n")
