"""ReAlign: the answers of a dataset brought into the format that suits their task, with nothing lost on the way.

Use it on data whose answers are right but badly laid out. Each answer is asked for anew in the format of its kind of
task; one that lost a number or a name, or made a number up, is rejected, and the row says which.

Run: ``python examples/realign.py``
"""

import json
from textwrap import indent

from porism.generators.chat import ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.realign import METHOD, Settings
from porism.generators.self_instruct import tasks
from porism.outputs.sources import Item

KINDS = {"train": "maths", "rivers": "open_question", "Volta": "explanation"}
REFORMATTED = {
    "train": "The train covers 180 km at 60 km/h; the question is when it arrives.\n\n"
    "1. Travelling time: 180 / 60 = 3 hours.\n2. It leaves at 14:20, so it arrives 3 hours later.\n\nAnswer: 17:20",
    "rivers": "- **Nile**, 6,650 km\n- **Amazon**, 6,400 km",
    "Volta": "Alessandro Volta built the first battery.\n\n- **When**: in 1800, in Pavia\n- **Of what**: discs of zinc "
    "and copper, with cloth soaked in brine between them",
}
ITEMS = [
    Item("0", "A train leaves at 14:20 and covers 180 km at 60 km/h. When does it arrive?", "",
         "180 / 60 = 3 hours, it leaves at 14:20 so the train arrives at 17:20."),
    Item("1", "Which rivers are the longest?", "", "The Nile has 6650 km, the Amazon 6400 km and the Yangtze 6300 km."),
    Item("2", "What did Volta invent?", "",
         "Alessandro Volta built the first battery, in Pavia in 1800: discs of zinc and copper with cloth soaked in "
         "brine between them."),
]  # fmt: skip


def reply(request: ChatRequest) -> str:
    """Stands where your model would: answers by a word of the request."""
    word = next(word for word in KINDS if word in request.messages[-1].content)
    if "task_kind" in (request.schema or ""):
        return json.dumps({"task_kind": KINDS[word]})
    return json.dumps({"reformatted": REFORMATTED[word]})


given = Given(Settings(candidates=1), Scripted(reply), seed=0, pool=tasks.load(), items=ITEMS)
for _, rows in METHOD.start(given).records():
    for row in rows:
        outcome = "accepted" if row.accepted else f"rejected by {row.failure.check}: {row.failure.reason}"
        print(f"{row.content['instruction']} ({row.notes['kind']}, {outcome})")
        print(
            f"  before:\n{indent(row.notes['original'], '    ')}\n  after:\n{indent(row.content['output'], '    ')}\n"
        )
