"""One way of running: chunks of a flow's endless stream of records, each committed before the next is begun.

A flow is a function from what is committed to the rows that follow. ``run`` opens the folder, goes on where it stopped,
and publishes the first N accepted rows. To resume is to run the same command again.
"""

import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import tomli_w

import porism
from porism.outputs import charts, croissant
from porism.outputs.card import About, Extras, card
from porism.outputs.folder import Folder, write_atomically
from porism.outputs.publish import Counts, fingerprint, publish, read_manifest, rows, write_manifest
from porism.outputs.records import Record
from porism.pipelines.checkout import commit

Chunk = Callable[[int], bool]
SAMPLES = 3
ALL = sys.maxsize  # rows wanted of a stream that ends by itself


@dataclass
class Progress:
    """How far a run is: what the reporter is told after every step of the stream."""

    wanted: int
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    resumed: int = 0
    ended: bool = False  # all that there is has been made
    began: float = field(default_factory=time.monotonic)

    def count(self, record: Record) -> None:
        """Add a record."""
        if record.accepted:
            self.accepted += 1
        else:
            self.rejected[record.failure.check] += 1

    def resume(self, checks: Mapping[str | None, int]) -> None:
        """Add the rows of a committed shard, by the check that rejected them; None: accepted."""
        self.accepted += checks.get(None, 0)
        self.resumed += checks.get(None, 0)
        self.rejected.update({check: rows for check, rows in checks.items() if check is not None})

    @property
    def per_second(self) -> float:
        """Accepted rows a second in this process."""
        return (self.accepted - self.resumed) / max(time.monotonic() - self.began, 1e-9)

    @property
    def acceptance(self) -> float:
        """Accepted rows of all rows, in [0, 1]."""
        return self.accepted / max(1, self.accepted + sum(self.rejected.values()))

    @property
    def seconds_left(self) -> float | None:
        """An estimate of the seconds to the end, once there is a rate."""
        return (self.wanted - self.accepted) / self.per_second if self.accepted > self.resumed else None

    def line(self) -> str:
        """One line of plain text."""
        left = "" if self.seconds_left is None or self.wanted == ALL else f", about {self.seconds_left:.0f} s left"
        wanted = "" if self.wanted == ALL else f" of {self.wanted}"
        return (
            f"{self.accepted}{wanted} rows, {60 * self.per_second:.1f} a minute, "
            f"{self.acceptance:.0%} of what was generated, {self.rejected['novelty']} not new{left}"
        )


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Result:
    """What a run left: its folder and manifest. ``complete`` unless it gave up early, for the reason in ``stopped``."""

    folder: Path
    manifest: Mapping[str, Any]
    stopped: str = ""

    @property
    def complete(self) -> bool:
        """Whether all rows asked for are there."""
        return not self.stopped


def default_folder(flow: str, config: Mapping[str, Any], root: Path = Path("outputs")) -> Path:
    """Where a run with this configuration lives: the same command finds its own work."""
    return root / f"{flow}-{config_hash(config)}"


def shown(path: Path) -> str:
    """A path as a card may show it: as it was given, but nothing of the machine that it was made on.

    >>> shown(Path("sets/eval.jsonl")), shown(Path("/home/me/sets/eval.jsonl"))
    ('sets/eval.jsonl', 'eval.jsonl')
    """
    return path.name if path.is_absolute() else str(path)


def config_hash(config: Mapping[str, Any]) -> str:
    """32 bits of a hash of the configuration, in hexadecimal."""
    return blake2b(tomli_w.dumps(config).encode(), digest_size=4).hexdigest()


def finished(folder: Path, config: Mapping[str, Any], count: int) -> Result | None:
    """The result of an earlier run, if it made ``count`` rows with this configuration and nothing is missing.

    Or if it made all that there are.
    """
    if not (folder / "manifest.json").exists():
        return None
    manifest = read_manifest(folder)
    enough = manifest["counts"]["accepted"] >= count or manifest.get("ended", False)
    same = manifest.get("config_hash") == config_hash(config) and enough
    there = all((folder / file["path"]).exists() for file in manifest.get("files", ()))
    return Result(folder, manifest) if same and there else None


def produce(
    folder: Folder,
    stream: Iterator[tuple[int, list[Record]]],
    progress: Progress,
    *,
    chunk: int,
    patience: int,
    report: Report,
    each: Callable[[Chunk], Chunk],
    steps: str = "requests",
) -> tuple[list[Record], str]:
    """Commit chunk after chunk until enough rows are accepted; the rows after the last chunk, and why it gave up.

    A stream may end by itself, which is no reason to speak of: ``progress.ended`` says so.

    Args:
        folder: where chunks are committed.
        stream: the numbers of steps and their rows, in order.
        progress: of the run.
        chunk: steps of a chunk.
        patience: steps without an accepted row after which it gives up.
        report: told of the progress after each step.
        each: wraps the function that makes a chunk.
        steps: what they are called.
    """
    held: list[Record] = []
    idle, ended = 0, False

    def one(k: int) -> bool:
        """Produce and commit chunk ``k``; whether to go on."""
        nonlocal idle, ended
        for i, batch in stream:
            before = progress.accepted
            for record in batch:
                held.append(record)
                progress.count(record)
                if progress.accepted == progress.wanted:
                    break
            progress.steps += 1
            report(progress)
            idle = 0 if progress.accepted > before else idle + 1
            if progress.accepted == progress.wanted or idle == patience:
                return False
            if (i + 1) % chunk == 0:
                break
        else:
            ended = True
            return False
        folder.commit(held)
        held.clear()
        return True

    step = each(one)
    while progress.accepted < progress.wanted and step(len(folder.shards)):
        pass
    stopped = ""
    progress.ended = ended
    if progress.accepted < progress.wanted and not ended:
        there = f"{progress.accepted} of {progress.wanted} rows are there"
        stopped = f"none of the last {patience} {steps} gave a row that passes; {there}"
    return held, stopped


def finish(
    folder: Folder,
    tail: list[Record],
    progress: Progress,
    *,
    about: About,
    command: str,
    stopped: str,
    facts: Mapping[str, Any],
    sample_columns: tuple[str, ...],
    extras: Callable[[Path, Counts], Extras] = lambda folder, counts: Extras(),
) -> Result:
    """Publish what was produced, with its card and manifest; ``extras`` sees the published rows."""
    counts = publish(folder, tail, progress.wanted)
    first = [row for row, _ in zip(rows(folder.path, "data", sample_columns), range(SAMPLES), strict=False)]
    shown = charts.drawn(folder.path, extras(folder.path, counts))
    layout = folder.layout
    parts = {name: part.accepted for name, part in layout.parts.items()}
    schemas = {"data": layout.accepted, "rejected": layout.every, **parts}
    text = card(about, counts, fingerprint(folder.path), command, first, shown, schemas)
    write_atomically(folder.path / "README.md", text)
    manifest = write_manifest(
        folder.path,
        {
            "flow": folder.config["flow"],
            "config_hash": config_hash(folder.config),
            "command": command,
            "wanted": None if progress.wanted == ALL else progress.wanted,
            "ended": progress.ended,
            "stopped": stopped,
            "counts": counts.to_json(),
            **facts,
            "seconds": round(time.monotonic() - progress.began, 3),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
        },
    )
    croissant.write(folder.path)
    return Result(folder.path, manifest, stopped)


def versions() -> dict[str, str]:
    """Of this package, Python and what decides the bytes of a dataset; and the commit, in a checkout."""
    found = {"porism": porism.__version__, "python": platform.python_version()}
    for package in ("datasets", "pyarrow", "prefect", "openai", "rapidfuzz", "xllamacpp", "igraph", "numba", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return {**found, "commit": at} if (at := commit()) else found
