"""Constitutional AI: a model criticises and rewrites its own answers under principles, round by round.

Use it to turn prompts into answers that keep to rules of your own, and into pairs for preference training: each row
holds its draft, every critique and revision, and why the revision was preferred.

Run: ``python examples/constitution.py``
"""

import json

from porism.generators.chat import ChatRequest, Scripted
from porism.generators.constitution import METHOD, asking
from porism.generators.constitution.principles import packaged
from porism.generators.constitution.settings import Settings
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.outputs.sources import Item

DRAFTS = {
    "water": "Great question! Water at the summit boils at 100 °C, as it does everywhere. I hope this helps!",
    "bat": "The ball costs 10 cents and the bat costs 1 euro.",
    "tulips": "Tulips come from Central Asia and reached Europe by way of the Ottoman Empire.",
}
CRITIQUES = {
    ("facts", "100 °C"): "It is not 100 °C everywhere: the air pressure at the summit is a third of that at sea level.",
    ("facts", "10 cents"): "1 euro is only 90 cents more than 10 cents; with 5 cents both conditions hold.",
    ("left out", "Great"): "'Great question!' and 'I hope this helps!' say nothing.",
}
REVISIONS = {
    "air pressure": "Great question! At about 70 °C, as the air is much thinner there. I hope this helps!",
    "say nothing": "At about 70 °C, as the air is much thinner there.",
    "5 cents": "The ball costs 5 cents and the bat 1.05 euros: together 1.10, and the bat is 1 euro dearer.",
}


def reply(request: ChatRequest) -> str:
    """Stands where your model would: says what fits to the words that it is shown last."""
    said, task = request.messages[-1].content, request.messages[0].content
    if task == asking.CRITIC:
        found = next((line for words, line in CRITIQUES.items() if all(word in said for word in words)), "")
        return json.dumps({"critique": found or "Nothing falls short of the principle.", "violated": bool(found)})
    lines = REVISIONS if task == asking.EDITOR else DRAFTS
    return next(line for word, line in lines.items() if word in said)


asked = (
    "At what temperature does water boil on Mount Everest?",
    "A bat and a ball cost 1.10 euros. The bat costs 1 euro more than the ball. What does each cost?",
    "Where do tulips come from?",
)
items = [Item(f"row {i}", text, "", "") for i, text in enumerate(asked)]
principles = {name: packaged()[name] for name in ("correct", "no-filler")}
settings = Settings(principles=principles, rounds=2, feedback=0, shots=1)
for _, rows in METHOD.start(Given(settings, Scripted(reply), seed=11, pool=tasks.load(), items=items)).records():
    for row in rows:
        print(f"{row.content['instruction']}\n  draft: {row.notes['draft']}")
        for one in row.notes["rounds"]:
            print(f"  {one['principle']}: {one['critique']}\n    -> {one['revision'] or 'unchanged'}")
        print(f"  pairs: {len(row.notes['preferences'])}, output: {row.content['output']}\n")
