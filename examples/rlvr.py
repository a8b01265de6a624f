"""Verifiable rewards: replies are put to the test, and earn 1 or 0.

``porism export DIR --format rlvr --out rows.parquet`` writes prompts with a column ``task``, and
``porism.pipelines.verifiers.reward`` is what TRL's GRPO trainer calls with it. Here are three tasks by hand: a short
answer, a theorem that needs an auxiliary point, and a request to a database. A reply is read and never evaluated.

Run: ``python examples/rlvr.py``
"""

import json

from porism.pipelines import verifiers
from porism.pipelines.tools.tasks import as_json, family

answer = verifiers.answer_task("2.5")
theorem = verifiers.geometry_task("a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1")
database = family("sqlite", {"high": 2}).task(0, 6)
plan = [{"name": call.name, "arguments": call.values()} for call in database.solution]
calls = "".join(f"<tool_call>{json.dumps(call)}</tool_call>" for call in plan)
request = verifiers.tools_task("sqlite", as_json(database))

REPLIES = [
    (answer, "7.50 / 3 is two and a half.\nAnswer: 5/2"),
    (answer, "Answer: __import__('os').system('true')"),
    (theorem, "The midpoint of AB may help.\nConstruct: e = midpoint e a b"),
    (theorem, "Construct: e = mirror e b c"),
    (theorem, "Construct: e = on_line e a b, on_line e c d, on_line e b c"),
    (request, calls),
    (request, "<tool_call>{not JSON}</tool_call>"),
]
for task, reply in REPLIES:
    found = verifiers.verdict(task, reply)
    print(f"{found.check}: {float(found.ok)} {found.reason}".rstrip())

tasks, replies = zip(*REPLIES, strict=True)
print(verifiers.reward(prompts=[""] * len(tasks), completions=list(replies), task=list(tasks)))
