"""Voting: what most of several samples answer [Wang2022], [Li2024].

``answers`` says which answers are the same, ``tally`` counts, ``ballot`` asks and decides, ``method`` makes a method of
it. ``porism.generators.sifting`` makes a filter of it.
"""

from porism.generators.voting.answers import agree, normalised
from porism.generators.voting.ballot import Ballot, Vote, Voting, vote
from porism.generators.voting.method import METHOD, Settings
from porism.generators.voting.tally import Count, Tally

__all__ = ["METHOD", "Ballot", "Count", "Settings", "Tally", "Vote", "Voting", "agree", "normalised", "vote"]
