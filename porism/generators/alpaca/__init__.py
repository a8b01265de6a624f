"""Alpaca [Taori2023]: Self-Instruct with one request where that has three, and one instance of each instruction.

A request shows three seed tasks and asks for the rest of a list of twenty, inputs and outputs at once. Every item is
judged in order, against the seeds and all accepted before it. The constants are those of the released program
(tatsu-lab/stanford_alpaca at 761dc5bf); where its data shows a fault, it is mended, with a switch back in ``Compat``.

``settings`` holds the constants, ``listing`` asks for the list and reads it, ``checks`` says why an item is dropped,
``method`` joins them.
"""

from porism.generators.alpaca.method import CHECKS, LAYOUT, METHOD, Alpaca
from porism.generators.alpaca.settings import REFERENCE, Compat, Settings

__all__ = ["CHECKS", "LAYOUT", "METHOD", "REFERENCE", "Alpaca", "Compat", "Settings"]
