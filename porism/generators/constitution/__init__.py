"""Critique and revision under principles: Constitutional AI [Bai2022] and direct principle feedback [Castricato2024].

``principles`` what is asked of an answer, ``settings`` the constants, ``asking`` requests and prompts, ``reading`` what
is wrong with a reply, ``rounds`` critique and revision, ``feedback`` which of two answers is better, ``items`` drafts,
``rows`` columns and pairs, ``again`` the checks of a row, ``method`` and ``direct`` the two methods.
"""

from porism.generators.constitution.direct import METHOD as PRINCIPLE_FEEDBACK
from porism.generators.constitution.method import METHOD

__all__ = ["METHOD", "PRINCIPLE_FEEDBACK"]
