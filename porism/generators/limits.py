"""How fast a server is asked: a concurrency that adapts, and allowances per minute.

``Slots`` adapts by additive increase and multiplicative decrease [Chiu1989]: each refusal (429) halves the number of
requests under way, each full round of answers raises it by one.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock


class Slots:
    """At most ``limit`` requests under way, where ``limit`` moves between 1 and ``most``.

    >>> slots = Slots(8)
    >>> with slots.one() as began:
    ...     slots.refused(began)
    >>> slots.limit
    4
    >>> for _ in range(4): slots.answered()
    >>> slots.limit
    5
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"concurrency is {most}; it must be at least 1")
        self.most, self.limit = most, most
        self._busy, self._answers, self._change = 0, 0, Condition()
        self._halved = float("-inf")

    @contextmanager
    def one(self) -> Iterator[float]:
        """Hold a slot, waiting for one to be free; the moment it was, for ``refused``."""
        with self._change:
            self._change.wait_for(lambda: self._busy < self.limit)
            self._busy += 1
        try:
            yield time.monotonic()
        finally:
            with self._change:
                self._busy -= 1
                self._change.notify_all()

    def answered(self) -> None:
        """Tell of an answer."""
        with self._change:
            self._answers += 1
            if self._answers >= self.limit and self.limit < self.most:
                self.limit, self._answers = self.limit + 1, 0
                self._change.notify_all()

    def refused(self, began: float) -> None:
        """Tell of a refusal. Those of requests that began before the last halving belong to the same overload."""
        with self._change:
            if began > self._halved:
                self.limit, self._answers, self._halved = max(1, self.limit // 2), 0, time.monotonic()


class Allowance:
    """A token bucket: ``per_minute`` units flow in evenly, and at most a minute's worth is saved up.

    >>> Allowance(None).take(10**9)  # no limit
    0.0
    """

    def __init__(self, per_minute: float | None) -> None:
        if per_minute is not None and per_minute <= 0:
            raise ValueError(f"an allowance of {per_minute} a minute; it must be above 0")
        self._rate = None if per_minute is None else per_minute / 60
        self._level = 0.0 if per_minute is None else float(per_minute)
        self._most, self._at, self._lock = self._level, time.monotonic(), Lock()

    def take(self, units: float) -> float:
        """Spend ``units``, going into debt if need be; returns the seconds to wait until the debt is paid."""
        if self._rate is None:
            return 0.0
        with self._lock:
            now = time.monotonic()
            self._level = min(self._most, self._level + (now - self._at) * self._rate) - units
            self._at = now
            return max(0.0, -self._level / self._rate)
