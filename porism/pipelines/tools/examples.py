"""Solved tasks to show before a task: of many drawn under another seed, those whose words are most like its own.

A rare word that two prompts share says more than a frequent one: words weigh as the inverse of the number of prompts
that they stand in [Jones1972].
"""

import re
from collections import Counter
from itertools import islice
from math import log, sqrt

from porism.pipelines.tools.tasks import Family, Task, key_of
from porism.seeds import number

DRAWN = 300  # tasks to choose from


class Examples:
    """The examples of one run: a function of the family and the seed.

    Args:
        family: whose tasks they are.
        seed: of the run.
        drawn: how many there are to choose from.
    """

    def __init__(self, family: Family, seed: int, drawn: int = DRAWN) -> None:
        under = number(seed, "examples")
        self._tasks = [family.task(under, k) for k in range(drawn)]
        self._spread = Counter(word for task in self._tasks for word in _words(task.prompt))
        self._vectors = [self._weighed(task.prompt) for task in self._tasks]

    def near(self, task: Task, count: int) -> list[Task]:
        """The ``count`` tasks most like this one and not the same, the nearest last."""
        words, own = self._weighed(task.prompt), key_of(task)
        likeness = [sum(weight * each.get(word, 0) for word, weight in words.items()) for each in self._vectors]
        ranked = sorted(range(len(self._tasks)), key=lambda k: -likeness[k])
        others = (self._tasks[k] for k in ranked if key_of(self._tasks[k]) != own)
        return list(islice(others, count))[::-1]

    def _weighed(self, text: str) -> dict[str, float]:
        """The words of a text with their weights: a vector of length 1."""
        weights = {word: log((1 + len(self._tasks)) / (1 + self._spread[word])) for word in _words(text)}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}


def _words(text: str) -> list[str]:
    """Each word once, in the order of the text: sums of floats depend on it, and sets have none."""
    return list(dict.fromkeys(re.findall(r"\w+", text.casefold())))
