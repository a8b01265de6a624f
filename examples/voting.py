"""Voting: several reasoned samples answer each row, and a row stays if its output is what most of them say.

Use it on tasks with short answers (sums, options, yes or no, names), to find the wrong ones, or with ``replace`` to set
them right. Numbers are compared exactly; the shortest reasoning that led to the winner is kept beside the row.

Run: ``python examples/voting.py``
"""

from porism.generators import voting
from porism.generators.chat import ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.outputs.sources import Item

ITEMS = [
    Item("till-1", "Three coffees cost 7.50. How much is one?", "", "2.50 euros"),
    Item("till-2", "A shelf holds 12 jars, and a quarter of them is empty. How many are full?", "", "3"),
    Item("till-3", "Is 91 a prime number?", "", "Yes"),
]
SAMPLES = {
    "coffees": ["7.50 / 3 is 2.50.\nAnswer: 2.5", "A third of 7.50.\nAnswer: 5/2", "Answer: **2.50**", "Well, cheap."],
    "shelf": ["Three are empty, 12 - 3 = 9.\nAnswer: 9", "12 / 4 = 3.\nAnswer: 3", "12 * 3/4\nAnswer: 9", "Answer: 9"],
    "prime": ["I see no factor.\nAnswer: yes", "7 * 13 = 91.\nAnswer: No.", "Answer: Yes", "91 = 7 * 13.\nAnswer: no"],
}
lines = {word: iter(said) for word, said in SAMPLES.items()}


def reply(request: ChatRequest) -> str:
    """The next sample for the task that is asked."""
    return next(next(said) for word, said in lines.items() if word in request.text)


settings = voting.Settings(samples=4, least=0.6, replace=True)
given = Given(settings, Scripted(reply), seed=0, pool=tasks.load(), items=ITEMS)
for _, rows in voting.METHOD.start(given).records(concurrency=1):
    for row in rows:
        print(f"{row.origin.parents[0]}: {row.content['instruction']}\n  output: {row.content['output']}")
        print(f"  {'accepted' if row.accepted else 'rejected'}: {row.verdicts[-1].reason}")
        print(f"  rationale: {row.notes['rationale']}\n")
