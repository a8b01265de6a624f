"""The checks that hold for the dataset of any flow, made again from the files alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from porism.outputs.publish import file_hash, read_manifest, rows
from porism.outputs.records import Verdict, content_id

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
    for part in ("data", "rejected"):
        for path in sorted((folder / part).glob("*.parquet")):
            if (name := path.relative_to(folder).as_posix()) not in known:
                yield name, Verdict(False, "file", "not in the manifest")


def counts(folder: Path) -> Iterator[Finding]:
    """Counts in the manifest that do not add up, or are not those of the rows."""
    counts = read_manifest(folder)["counts"]
    if counts["generated"] != counts["accepted"] + counts["rejected"]:
        yield "manifest.json", Verdict(False, "counts", "generated is not accepted + rejected")
    for part, name in (("data", "accepted"), ("rejected", "rejected")):
        there = sum(1 for _ in rows(folder, part, ["id"]))
        if there != counts[name]:
            yield "manifest.json", Verdict(False, "counts", f"{counts[name]} rows {name}, {there} in {part}/")


def structure(folder: Path, content: Mapping[str, Any], checks: tuple[str, ...]) -> Iterator[Finding]:
    """Accepted rows with a wrong id, a place or content that another has, or without a verdict of each check."""
    seen: dict[str, str] = {}
    places: set[tuple[int, ...]] = set()
    for row in rows(folder):
        if row["id"] != content_id({name: row[name] for name in content}):
            yield row["id"], Verdict(False, "id", "not the hash of its content")
        passed = {verdict["check"] for verdict in row["verdicts"] if verdict["ok"]}
        if missing := [check for check in checks if check not in passed]:
            yield row["id"], Verdict(False, "verdicts", f"no passing verdict of {', '.join(missing)}")
        if row["id"] in seen:
            yield row["id"], Verdict(False, "repeat", f"the same content as the row at {seen[row['id']]}")
        place = tuple(row["origin"]["place"])
        if place in places:
            yield row["id"], Verdict(False, "place", f"a second row at {place}")
        places.add(place)
        seen[row["id"]] = str(place)
