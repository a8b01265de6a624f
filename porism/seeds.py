"""Random streams with names: adding one never disturbs another."""

from hashlib import blake2b
from random import Random


def stream(seed: int, *path: str | int) -> Random:
    """The random stream called ``path`` under ``seed``, the same on every machine and version of Python.

    >>> stream(7, "figure", 3).random() == stream(7, "figure", 3).random()
    True
    >>> stream(7, 1).random() == stream(8, 0).random()  # with seed + index these two would be one
    False
    """
    name = "/".join(map(ascii, (seed, *path)))  # not repr, which depends on the version's Unicode tables
    return Random(int.from_bytes(blake2b(name.encode(), digest_size=16).digest(), "big"))


def number(seed: int, *path: str | int) -> int:
    """A fixed number in [0, 2**31) called ``path`` under ``seed``, for samplers that take a seed of their own.

    >>> number(7, "sample", 1) == number(7, "sample", 1)
    True
    """
    return stream(seed, *path).getrandbits(31)
