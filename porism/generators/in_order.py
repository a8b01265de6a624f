"""Requests that depend on earlier replies, many at a time, with a result that no order of arrival can change.

Request i is built from the state after reply i - W has been applied; replies are applied in order; W is the window.
So the state that a request sees is fixed, and up to W requests can be under way. What follows from a reply (jobs) goes
before new requests, so that results come out early and little is asked in vain when the caller stops.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

Request = TypeVar("Request")
Reply = TypeVar("Reply")
Result = TypeVar("Result")

Job = Callable[[], Result]


def in_order(
    build: Callable[[int], Request],
    ask: Callable[[Request], Reply],
    apply: Callable[[int, Reply], Sequence[Job[Result]]],
    *,
    start: int = 0,
    stop: int | None = None,
    window: int,
    concurrency: int,
    hungry: Callable[[int], bool] = lambda _: True,
) -> Iterator[tuple[int, list[Result]]]:
    """Yield ``(i, results)`` for i = start, start + 1, ... up to ``stop``, or without end.

    Args:
        build: makes request i; called in this thread, in order, when reply i - ``window`` has been applied.
        ask: gets a reply; called in another thread.
        apply: takes reply i into the state, in this thread and in order, and says which jobs follow from it. Jobs run
            in other threads; ``results`` are theirs, in their order.
        start: the first request.
        stop: the number after the last request, if there is a last.
        window: how many replies a request may be ahead of, >= 1.
        concurrency: requests and jobs under way at most, >= 1.
        hungry: whether more requests are wanted when a thread would be idle, given how many are still to be applied.

    Raises:
        ValueError: the window is no window.
        Exception: whatever one of the functions raised; what has not begun by then does not begin.
    """
    if window < 1:
        raise ValueError(f"the window is {window}; it must be at least 1")
    replies: dict[int, Reply] = {}
    results: dict[int, dict[int, Result]] = {}
    jobs: dict[int, int] = {}
    ready: deque[tuple[int, int, Job[Result]]] = deque()
    under_way: dict[
        Future[Any], tuple[int, int | None]
    ] = {}  # to the request, and the job unless it is the request itself
    asked = applied = done = start
    threads = ThreadPoolExecutor(concurrency)
    try:
        while stop is None or done < stop:
            while len(under_way) < concurrency:
                if ready:
                    i, k, job = ready.popleft()
                    under_way[threads.submit(job)] = (i, k)
                elif asked != stop and asked < applied + window and (hungry(asked - applied) or not under_way):
                    under_way[threads.submit(ask, build(asked))] = (asked, None)
                    asked += 1
                else:
                    break
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                i, number = under_way.pop(future)
                if number is None:
                    replies[i] = future.result()
                else:
                    results[i][number] = future.result()
            while applied in replies:
                follow = apply(applied, replies.pop(applied))
                jobs[applied], results[applied] = len(follow), {}
                ready.extend((applied, k, job) for k, job in enumerate(follow))
                applied += 1
            while done < applied and len(results[done]) == jobs[done]:
                finished = results.pop(done)
                yield done, [finished[k] for k in range(jobs.pop(done))]
                done += 1
    except GeneratorExit:
        threads.shutdown(wait=True, cancel_futures=True)  # what is under way is paid for: let its reply be kept
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
