"""``porism bench view``: how long a large dataset takes to open, page by page, over HTTP, as a browser would ask.

The dataset is made, the real command is started as a process of its own, and its memory is read when all is done.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from porism.errors import InputError
from porism.outputs.publish import row_count
from porism.pipelines.bench.view_corpus import make

NAME = "dataset"
REPEAT = 3  # requests of each kind, of which the least time counts; of the first page there is one
LINK = re.compile(r'href="(/dataset/data/row/[^"]+)"')
TOO_LONG = 300.0  # seconds for an answer

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What to measure.

    Attributes:
        rows: accepted rows of the dataset, at least 1,000.
        keep: the folder in which the dataset is made, or lies from the last time; None for one that goes afterwards.
        seed: of the rows.
    """

    rows: int = 10_000_000
    keep: Path | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.rows < 1_000:
            raise InputError(f"--rows is {self.rows}; it must be at least 1000")


def view(settings: Settings, report: Report = lambda _: None) -> dict[str, Any]:
    """Make a dataset, look at it, and say what it took.

    Returns:
        ``totals``: seconds until the server answers, of the first page, of a filter with a sort, and so on; ``rss_mb``
        of the server, at most and at the end. ``rows``: every request.
    """
    with tempfile.TemporaryDirectory(prefix="porism-bench-view-") as temporary:
        folder = (settings.keep or Path(temporary)) / NAME
        made = _made(folder, settings, report)
        with _server(folder) as (address, started, process):
            measured = [_measured(name, address + path, process, report) for name, path in _requests()]
            link = LINK.search(_get(f"{address}/{NAME}/data/")[1])
            if link:
                measured.append(_measured("row_s", address + link[1].replace("&amp;", "&"), process, report))
            memory = _memory(process)
    totals = {"rows": settings.rows, "make_s": made, "start_s": started}
    totals |= {str(row["what"]): row["seconds"] for row in measured}
    totals |= {"filter_sort_cpu_s": next(row["cpu_s"] for row in measured if row["what"] == "filter_sort_s")}
    return {"totals": {**totals, **memory}, "rows": measured}


def _made(folder: Path, settings: Settings, report: Report) -> float:
    """Seconds that the dataset took; 0 where it lay there."""
    if (folder / "manifest.json").exists():
        found = sum(row_count(path) for path in (folder / "data").glob("*.parquet"))
        if found != settings.rows:
            raise InputError(f"{folder} has {found:,} rows and not {settings.rows:,}; give another folder to --keep")
        return 0.0
    began = time.perf_counter()
    make(folder, settings.rows, settings.seed, report)
    return time.perf_counter() - began


def _requests() -> Iterator[tuple[str, str]]:
    """What is asked, in this order: the name of the figure, and the address."""
    rows = f"/{NAME}/data/?"
    near = [("where", "mean_similarity:from:0.1")]
    yield "first_page_s", rows
    yield "filter_sort_s", rows + urlencode([*near, ("sort", "mean_similarity"), ("down", "1")])
    yield "sort_s", rows + urlencode([("sort", "mean_similarity")])
    yield "sort_text_s", rows + urlencode([("sort", "output")])
    yield "filter_sort_text_s", rows + urlencode([*near, ("sort", "instruction")])
    yield "page_50000_s", rows + urlencode([("page", "50000")])
    yield "search_s", rows + urlencode([("q", "tamu")])
    yield "search_nothing_s", rows + urlencode([("q", "zzqqx")])
    yield "overview_s", f"/{NAME}/"


def _measured(name: str, address: str, process: "subprocess.Popen[str]", report: Report) -> dict[str, Any]:
    """The least time of a request, and the CPU time of the server, which says more where others use the machine.

    What the server remembers of the first request is used, as it is in a browser.
    """
    report(name)
    before = _cpu(process)
    once = name in ("first_page_s", "search_nothing_s")
    seconds, size = zip(*(_timed(address) for _ in range(1 if once else REPEAT)), strict=True)
    spent = (_cpu(process) - before) / len(seconds)
    return {"what": name, "seconds": min(seconds), "first": seconds[0], "cpu_s": round(spent, 3), "bytes": size[0]}


def _timed(address: str) -> tuple[float, int]:
    began = time.perf_counter()
    size, _ = _get(address)
    return time.perf_counter() - began, size


def _get(address: str) -> tuple[int, str]:
    with urlopen(address, timeout=TOO_LONG) as answer:  # loopback, an address that we made
        body = answer.read()
    return len(body), body.decode()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, float, subprocess.Popen[str]]]:
    """The command as a process; its address, and the seconds until it answered."""
    command = [sys.executable, "-m", "porism", "view", str(folder), "--no-browser"]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://[\d.:]+", line)
        if not found:
            raise InputError(f"porism view did not start: {line.strip() or 'it said nothing'}")
        _get(f"{found[0]}/static/icon.svg")
        yield found[0], time.perf_counter() - began, process
    finally:
        process.terminate()
        process.wait(10)


def _cpu(process: "subprocess.Popen[str]") -> float:
    """CPU seconds of the process so far; nothing where the kernel does not say."""
    path = Path(f"/proc/{process.pid}/stat")
    if not path.exists():
        return 0.0
    user, system = path.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(process: subprocess.Popen[str]) -> Mapping[str, float]:
    """Megabytes of the process, by the kernel: the most it ever had, and what it has; nothing where it does not say."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return {}
    kilobytes = dict(re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB", status.read_text(), re.MULTILINE))
    return {"rss_mb": int(kilobytes["VmHWM"]) / 1000, "rss_end_mb": int(kilobytes["VmRSS"]) / 1000}
