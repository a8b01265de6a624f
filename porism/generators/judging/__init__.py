"""Judging: a language model scores rows by a rubric, or says which of two answers is better [Zheng2023].

``rubric`` holds the criteria and settings, ``fence`` keeps what is judged apart from what is asked, ``scores`` and
``compare`` ask, ``reading`` reads, ``method`` makes a method of it. ``porism.generators.sifting`` makes a filter of it.
"""

from porism.generators.judging.compare import Comparison, compare
from porism.generators.judging.method import METHOD, Settings
from porism.generators.judging.rubric import Criterion, Judging, Scoring
from porism.generators.judging.scores import Judgement, Score, judge

__all__ = [
    "METHOD",
    "Comparison",
    "Criterion",
    "Judgement",
    "Judging",
    "Score",
    "Scoring",
    "Settings",
    "compare",
    "judge",
]
