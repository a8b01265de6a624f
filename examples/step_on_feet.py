"""Step-on-feet bootstrapping: Self-Instruct in rounds, each of which is shown what the round before it made.

Use it where seed tasks are few and the model should move on from them. A round that repeats itself is not shown to the
next, and after two such rounds the stream ends by itself.

Run: ``python examples/step_on_feet.py``
"""

import json

from porism.generators.chat import ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.generators.step_on_feet import Settings, StepOnFeet

REPLIES = iter(
    [
        (
            "Suggest a name for a bakery that only opens at night.",
            "Crumbs after Dark",
            "Which of two trains arrives first, and by how much?",
            "The 7:05, by twelve minutes.",
        ),
        (
            "Turn the recipe into a shopping list sorted by shelf.",
            "Dairy: butter. Baking: flour, yeast.",
            "Explain why bread dough needs to rest before shaping.",
            "The gluten relaxes, so that the dough stretches and does not spring back.",
        ),
    ]
)
answers: dict[str, str] = {}


def reply(request: ChatRequest) -> str:
    """Two new tasks for each request of the first step; one output for each task."""
    if '"tasks"' in (request.schema or ""):
        one, first, two, second = next(REPLIES)
        answers.update({one: first, two: second})
        return json.dumps({"tasks": [one, two]})
    if '"is_classification"' in (request.schema or ""):
        return json.dumps({"is_classification": False})
    return json.dumps({"instances": [{"input": "", "output": answers[request.text.rsplit("Task: ")[-1]]}]})


pool = tasks.load()
settings = Settings(rounds=2, per_round=2, human=3, machine=2, window=1)
method = StepOnFeet(Given(settings, Scripted(reply), seed=0, pool=pool))
rows = [row for _, batch in method.records(concurrency=1) for row in batch]  # ends after two rounds of two
for row in rows[1:]:
    shown = sum(parent not in {task.id for task in pool.tasks} for parent in row.origin.parents)
    print(f"round {row.notes['round']}, diversity {row.notes['diversity']:.2f}, {shown} of 5 examples from round 1")
    print(f"  instruction: {row.content['instruction']}\n  output: {row.content['output']}\n")
