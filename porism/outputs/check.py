"""The checks that hold for the dataset of any flow, made again from the files alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from porism.outputs.publish import (
    file_hash,
    file_rows,
    parquet_files,
    published,
    read_manifest,
    row_count,
    rows,
    split_in,
)
from porism.outputs.records import Verdict, content_id
from porism.outputs.seen import Seen
from porism.outputs.splits import COLUMN, SPLITS, TRAIN

Finding = tuple[str, Verdict]


def files(folder: Path) -> Iterator[Finding]:
    """Files that are missing, changed or unknown to the manifest."""
    known = {file["path"]: file for file in read_manifest(folder).get("files", ())}
    for name, file in known.items():
        path = folder / name
        if not path.exists():
            yield name, Verdict(False, "file", "missing")
        elif file_hash(path) != file["sha256"]:
            yield name, Verdict(False, "file", "changed since it was written")
    for path in published(folder):
        if (name := path.relative_to(folder).as_posix()) not in known:
            yield name, Verdict(False, "file", "not in the manifest")


def counts(folder: Path) -> Iterator[Finding]:
    """Counts in the manifest that do not add up, or are not those of the rows."""
    counts = read_manifest(folder)["counts"]
    if counts["generated"] != counts["accepted"] + counts["rejected"]:
        yield "manifest.json", Verdict(False, "counts", "generated is not accepted + rejected")
    for part, name in (("data", "accepted"), ("rejected", "rejected")):
        there = _rows_of(folder, part)
        if there != counts[name]:
            yield "manifest.json", Verdict(False, "counts", f"{counts[name]} rows {name}, {there} in {part}/")
    for part, said in counts.get("parts", {}).items():
        if (there := _rows_of(folder, part)) != said:
            yield "manifest.json", Verdict(False, "counts", f"{said} rows of config {part}, {there} in {part}/")
    for split in SPLITS if "splits" in counts else ():
        there, said = _rows_of(folder, "data", split), counts["splits"].get(split, 0)
        if there != said:
            yield "manifest.json", Verdict(False, "counts", f"{said} rows of split {split}, {there} in data/{split}-*")


def structure(
    folder: Path, content: Mapping[str, Any], checks: tuple[str, ...], part: str = "data"
) -> Iterator[Finding]:
    """Accepted rows with a wrong id or split, without a verdict of each check, or with a place or content met before.

    Which row it is that a row repeats is found in a second reading, so those findings come last.
    """
    seen, places = Seen(), Seen()
    repeats: list[tuple[str, str]] = []
    for path in parquet_files(folder, part):
        split = split_in(path)
        for row in file_rows(path):
            digest = content_id({name: row[name] for name in content})
            for verdict in _faults(row, digest, split, checks):
                yield row["id"], verdict
            if not seen.add(digest):
                repeats.append((row["id"], digest))
            place = tuple(row["origin"]["place"])
            if not places.add(content_id({"place": place})):
                yield row["id"], Verdict(False, "place", f"a second row at {place}")
    if repeats:
        first = _places(folder, list(content), {digest for _, digest in repeats}, part)
        for name, digest in repeats:
            yield name, Verdict(False, "repeat", f"the same content as the row at {first[digest]}")


def _faults(row: Mapping[str, Any], digest: str, split: str, checks: tuple[str, ...]) -> Iterator[Verdict]:
    """What is wrong with a row of this split, whose content has this hash, taken by itself."""
    if row["id"] != digest:
        yield Verdict(False, "id", "not the hash of its content")
    passed = {verdict["check"] for verdict in row["verdicts"] if verdict["ok"]}
    if missing := [check for check in checks if check not in passed]:
        yield Verdict(False, "verdicts", f"no passing verdict of {', '.join(missing)}")
    if (row.get(COLUMN) or TRAIN) != split:
        yield Verdict(False, "split", f"a row of {row[COLUMN]!r} among those of {split!r}")


def _places(folder: Path, content: list[str], wanted: set[str], part: str) -> dict[str, tuple[int, ...]]:
    """Where each wanted content stands first."""
    found: dict[str, tuple[int, ...]] = {}
    for row in rows(folder, part, [*content, "origin"]):
        digest = content_id({name: row[name] for name in content})
        if digest in wanted:
            found.setdefault(digest, tuple(row["origin"]["place"]))
    return found


def _rows_of(folder: Path, part: str, split: str | None = None) -> int:
    return sum(map(row_count, parquet_files(folder, part, split)))
