"""The whole loop in one call, and the same search asked and told by a loop of your own.

Run: ``python examples/plug_in_as_a_loop.py``
"""

from typing import Any

from porism.search import Budget, Search, astar
from porism.search.agents.chats import openai_chat
from porism.search.agents.planner import run
from porism.search.agents.proposer import ModelProposer
from porism.search.agents.scripted import Scripted
from porism.search.costs import stepwise
from porism.search.tools import Call, Toolbox, ToolEnvironment, tool


@tool(read_only=True)
def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    return width * height


def guesser(request: Any) -> list[Call | str]:
    """Stands where a model would: is unsure of the height, and knows an area of 12 when it sees one."""
    if request["messages"][-1]["content"] == "12":
        return ["The height is 3."]
    return [Call.of("area", {"width": 4, "height": height, "remaining_calls": 1}) for height in (2, 5, 3, 4)]


task, chat = "How high is a rectangle 4 wide with an area of 12?", openai_chat(Scripted(guesser), "any")
done = run(task, [area], chat)
print(done.answer, *(f"{call} = {seen.text}" for call, seen in done.steps))

env = ToolEnvironment(lambda: Toolbox([area]), goal=lambda at: any(seen.text == "12" for _, seen in at.steps()))
proposer, search = ModelProposer(None, [area], task), Search(env, astar(), cost=stepwise(), budget=Budget(requests=10))
while nodes := search.ask(2):  # in your graph: a node that asks, one that calls the model, one that tells
    for node, told in zip(nodes, proposer.told(chat(proposer.prompts(nodes))), strict=True):
        search.tell(node, told)
print(search.outcome().reason, *search.outcome().best.actions(), f"{search.outcome().spent.requests} requests")
