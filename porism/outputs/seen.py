"""A set of 128-bit hashes, exact and small: what a run of ten million rows remembers of them.

Most keys lie in two sorted arrays, the halves of each key side by side: 16 bytes a key. What came last lies in a small
Python set, and is merged into the arrays when that is full. A set of ten million strings would take 1.3 GB.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

DIGITS = 32  # of a key in hexadecimal
RECENT = 1 << 18  # keys in the Python set: 25 MB of them; a merge copies everything, so it should be rare
Halves = NDArray[np.uint64]


class Seen:
    """A set of hashes that only grows.

    At ten million keys 22 bytes each, 30 while merging, and 4 microseconds to add one [measured].

    Args:
        keys: hashes to begin with, 32 hexadecimal digits each; read once, never held together.
        recent: how many keys may wait for a merge, at least 1.

    Raises:
        ValueError: a key is not 32 hexadecimal digits.

    >>> seen = Seen(["00000000000000000000000000000001"])
    >>> seen.add("00000000000000000000000000000001"), seen.add("00000000000000000000000000000002"), len(seen)
    (False, True, 2)
    """

    def __init__(self, keys: Iterable[str] = (), *, recent: int = RECENT) -> None:
        self._most = recent
        self._recent: set[bytes] = set()
        self._high: Halves = np.empty(0, np.uint64)  # sorted; equal ones stand in any order
        self._low: Halves = np.empty(0, np.uint64)
        left = iter(keys)
        while batch := {_raw(key) for key in islice(left, self._most)}:
            self._recent = batch
            self._merge()

    def __len__(self) -> int:
        return len(self._high) + len(self._recent)

    def __contains__(self, key: str) -> bool:
        raw = _raw(key)
        return raw in self._recent or self._merged(raw)

    def __iter__(self) -> Iterator[str]:
        """The keys, in no particular order."""
        for high, low in zip(self._high, self._low, strict=True):
            yield f"{high:016x}{low:016x}"
        yield from (raw.hex() for raw in self._recent)

    def add(self, key: str) -> bool:
        """Put a key into the set; whether it is new.

        Raises:
            ValueError: it is not 32 hexadecimal digits.
        """
        raw = _raw(key)
        if raw in self._recent or self._merged(raw):
            return False
        self._recent.add(raw)
        if len(self._recent) >= self._most:
            self._merge()
        return True

    def _merged(self, raw: bytes) -> bool:
        """Whether the arrays hold a key."""
        high, low = int.from_bytes(raw[:8]), int.from_bytes(raw[8:])
        at = int(self._high.searchsorted(np.uint64(high)))  # a plain int would turn the array into floats
        while at < len(self._high) and self._high[at] == high:
            if self._low[at] == low:
                return True
            at += 1
        return False

    def _merge(self) -> None:
        """Move the recent keys into the arrays, without those that are there."""
        fresh = np.frombuffer(b"".join(sorted(self._recent)), ">u8").astype(np.uint64).reshape(-1, 2)
        self._recent = set()
        high, low = fresh[:, 0], fresh[:, 1]
        at = self._high.searchsorted(high)
        met = np.nonzero(self._high[np.minimum(at, len(self._high) - 1)] == high)[0] if len(self._high) else ()
        there = [k for k in met if self._merged(fresh[k].astype(">u8").tobytes())]
        at = np.delete(at, there)
        self._high = np.insert(self._high, at, np.delete(high, there))
        self._low = np.insert(self._low, at, np.delete(low, there))


def _raw(key: str) -> bytes:
    try:
        raw = bytes.fromhex(key) if len(key) == DIGITS else b""
    except ValueError:
        raw = b""
    if len(raw) != DIGITS // 2:
        raise ValueError(f"{key!r} is not a hash of {DIGITS} hexadecimal digits")
    return raw
