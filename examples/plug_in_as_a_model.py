"""An agent's loop as it is written everywhere, with a model that searches: one line differs.

Run: ``python examples/plug_in_as_a_model.py``
"""

import json
from typing import Any

from porism.search.agents.model import SearchModel
from porism.search.agents.scripted import Scripted
from porism.search.tools import Call, Toolbox, tool


@tool(read_only=True)
def price(flight: str) -> int:
    """What a flight costs."""
    return {"A": 90, "B": 40}[flight]


def impulsive(request: Any) -> list[Call | str]:
    """Stands where a model would: three of its four samples ask for a flight that there is not, whatever they read."""
    seen = [message["content"] for message in request["messages"] if message["role"] == "tool"]
    if "40" in seen:
        return [f"B costs 40. Looks: {len(seen)}."]
    return [Call.of("price", {"flight": name}) for name in ("C", "C", "C", "B")]


box, messages = Toolbox([price]), [{"role": "user", "content": "Which flight costs less than 50?"}]
client = SearchModel(Scripted(impulsive), tools=[price])  # was: client = Scripted(impulsive)
for _ in range(8):  # turns: without a limit a model that insists would never come to an end
    made = client.chat.completions.create(model="any", messages=messages, tools=[t.schema() for t in box.tools])
    messages.append(made.choices[0].message.model_dump(exclude_none=True))
    for call in made.choices[0].message.tool_calls or []:
        result = box.call(Call.of(call.function.name, json.loads(call.function.arguments)))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result.text})
    if not made.choices[0].message.tool_calls:
        break
print(messages[-1]["content"])
