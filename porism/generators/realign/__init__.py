"""ReAlign: answers brought into the format that suits their task, with nothing lost [Fan2024].

``criteria`` the kinds of task and their formats, ``asking`` requests and prompts, ``facts`` and ``numbers`` what a text
says, ``losses`` what got lost or was made up, ``settings`` the constants, ``method`` the stream of rows.
"""

from porism.generators.realign.method import METHOD, Realign
from porism.generators.realign.settings import Settings

__all__ = ["METHOD", "Realign", "Settings"]
