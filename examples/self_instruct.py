"""Self-Instruct: new instructions from seed tasks, then inputs and outputs for each in requests of their own.

Use it to grow a varied set of tasks from a few dozen of your own. Every candidate becomes a row, with the checks that
it passed or failed; what is too near to a seed or to an earlier one is told by exact ROUGE-L.

Run: ``python examples/self_instruct.py``
"""

import json

from porism.generators.chat import ChatRequest, Scripted
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import Settings

PROPOSED = [
    "Rewrite the notice so that it sounds friendly but keeps every rule.",
    "Decide whether the message is a complaint, a question or praise.",
    "Rewrite the notice so that it sounds friendly and keeps every rule.",
]
INSTANCES = {
    PROPOSED[0]: {
        "input": "No bikes in the hall. No music after ten.",
        "output": "Please leave bikes outside, and let the house sleep after ten. Thank you!",
    },
    PROPOSED[1]: {"label": "complaint", "input": "This is the third parcel that came open."},
}


def reply(request: ChatRequest) -> str:
    """What a model would say in each of the steps."""
    task = request.text.rsplit("Task: ")[-1]
    if '"tasks"' in (request.schema or ""):
        return json.dumps({"tasks": PROPOSED})
    if '"is_classification"' in (request.schema or ""):
        return json.dumps({"is_classification": task == PROPOSED[1]})
    return json.dumps({"instances": [INSTANCES[task]]})


method = SelfInstruct(Settings(), tasks.load(), Scripted(reply), seed=0)
_, rows = next(method.records(concurrency=1))
for row in rows:
    print("accepted" if row.accepted else f"rejected: {row.failure.check}: {row.failure.reason}")
    for part, text in row.content.items():
        print(f"  {part}: {text}")
    if row.accepted:
        kind = "classification" if row.notes["is_classification"] else "not classification"
        print(f"  {kind}; nearest before it: ROUGE-L {row.notes['most_similar'][0]['rouge_l']:.2f}")
    print()
