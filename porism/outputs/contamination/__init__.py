"""Decontamination: which texts are too near to the texts that a model will be evaluated on, and why."""

from porism.outputs.contamination.evaluation import Evaluation, load
from porism.outputs.contamination.rule import ANY, Rule, joined

__all__ = ["ANY", "Evaluation", "Rule", "joined", "load"]
