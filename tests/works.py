"""Work for runners: importable by any process that has the tests on its path."""

import json
import os
import sys
import time
from functools import partial
from itertools import islice
from pathlib import Path

from porism.pipelines import runners


class OddError(Exception):
    """One that pickle cannot make again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def uneven(k: int) -> tuple[int, bytes]:
    """Later chunks may be done sooner; results are larger than what a pipe holds."""
    time.sleep(0.03 if k % 3 == 0 else 0)
    return k, bytes([k % 256]) * 100_000


def noted(folder: Path, k: int) -> int:
    """Leave a file that says which process began the chunk."""
    (folder / str(k)).write_text(str(os.getpid()))
    return k


def endless(folder: Path, k: int) -> int:
    """A chunk that does not end by itself."""
    noted(folder, k)
    time.sleep(600)
    return k


def endless_after(folder: Path, n: int, k: int) -> int:
    """The first ``n`` chunks end."""
    return noted(folder, k) if k < n else endless(folder, k)


def failing(k: int) -> int:
    if k == 3:
        raise ValueError("three")
    return k


def odd(k: int) -> int:
    raise OddError("one", "two")


def unpicklable(k: int) -> object:
    return lambda: k


def dying(k: int) -> int:
    os._exit(1)


def compute(kind: str, address: str | None, first: int, n: int) -> list[tuple[int, bytes]]:
    """``n`` results of ``uneven`` by way of Prefect; two task runs at a time."""
    from prefect import flow

    @flow(name="squares")
    def made() -> list[tuple[int, bytes]]:
        with runners.engine(kind, 2, address) as submit:
            results = runners.prefect(uneven, first, workers=2, submit=submit)
            found = list(islice(results, n))
            results.close()
        return found

    return made()


def hang(kind: str, folder: Path) -> None:
    """Hand out chunks that never end."""
    from prefect import flow

    work = partial(endless, folder)
    if not kind:
        next(runners.local(work, 0, workers=2))

    @flow
    def hung() -> None:
        with runners.engine(kind, 2) as submit:
            next(runners.prefect(work, 0, workers=2, submit=submit))

    hung()


if __name__ == "__main__":
    if sys.argv[1] == "hang":
        hang(sys.argv[2], Path(sys.argv[3]))
    else:
        rows = compute(sys.argv[2], sys.argv[3] or None, 5, 20)
        Path(sys.argv[4]).write_text(json.dumps([(k, data == uneven(k)[1]) for k, data in rows]))
