"""What the card of a geometry dataset shows besides: counts, histograms, and six theorems drawn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from porism.outputs.card import About, Extras
from porism.outputs.folder import write_atomically
from porism.outputs.publish import Counts, parquet_files, rows
from porism.pipelines.auxiliary.ways import COLUMN
from porism.symbolic.faces.figure import svg
from porism.symbolic.synthesis.row import diagram_of, proof_of

ABOUT = About(
    title="Theorems of plane geometry",
    summary=(
        "Theorems of random figures with their proofs, after AlphaGeometry's method: everything that follows is "
        "deduced (DD + AR), each theorem is traced back to as few constructions as it needs, and constructions that "
        "the proof needs and the statement does not mention are its auxiliary points. Every proof was accepted by a "
        "checker that shares no code with the engine; no two theorems are the same under renaming of points and the "
        "symmetries of the predicates. No language model was used. What was dropped is in the config `rejected`."
    ),
    limits=(
        "Figures are random: most theorems are not elegant, and proofs are as the engine finds them. Angles are "
        "full-angles: between lines, modulo 180 degrees.",
        "A proof lists the side conditions that it relies on (points in order, same orientation). A statement holds in "
        "all of 16 fresh drawings, which take the choices that its text leaves open at random.",
        "Auxiliary points are needed by this engine: without them its closure ends without the goal. Another engine, "
        "or a person, may do without.",
    ),
    tags=("synthetic", "geometry", "theorem-proving", "alphageometry", "porism"),
    task="text-generation",
    license="apache-2.0",
    languages=("en",),
)
CLEAN = "No theorem is one of the evaluation problems in {sets}, under any names of the points and any spelling."
SEARCHED = (
    "Column `search` is what a search of {attempts} trials at most, which was given the statement alone, tried on the "
    "way to auxiliary points that prove it; null where the theorem has none, or none were found. They need not be "
    "those in `auxiliary`. A clause that this proof does not need may lead to another one."
)
DRAWN = 6  # theorems that are drawn
AMONG = 3000  # the first rows, of which they are chosen


def about(against: Sequence[str] = (), attempts: int = 0) -> About:
    """What the flow says of a dataset without the problems of these evaluation sets, and with searches if any."""
    clean = (CLEAN.format(sets=", ".join(against)),) if against else ()
    searched = (SEARCHED.format(attempts=f"{attempts:,}"),) if attempts else ()
    return replace(ABOUT, limits=(*ABOUT.limits, *searched, *clean))


def extras(folder: Path, counts: Counts) -> Extras:
    """Counts and histograms of all rows, and figures of a few, from a short proof to a long one."""
    length, auxiliary, figures = Counter[int](), Counter[int](), 0
    for path in parquet_files(folder):
        table = pq.read_table(path, columns=["length", "auxiliary_points"])
        length.update(table["length"].to_pylist())
        auxiliary.update(table["auxiliary_points"].to_pylist())
    figures = len({row["origin"]["place"][0] for row in rows(folder, "data", ["origin"])})
    return Extras(
        numbers={
            "figures with a theorem": figures,
            "theorems with auxiliary points": counts.accepted - auxiliary[0],
            **_solved(folder),
        },
        histograms={"steps of a proof": _bins(length), "auxiliary points": _bins(auxiliary)},
        figures=list(_drawn(folder)),
    )


def _solved(folder: Path) -> dict[str, int]:
    """How many searches found a proof, where there were any."""
    files = parquet_files(folder)
    if not all(COLUMN in pq.read_schema(path).names for path in files):
        return {}
    columns = (pq.read_table(path, columns=[COLUMN])[COLUMN] for path in files)
    return {"of them solved by the search": sum(len(column) - column.null_count for column in columns)}


def _bins(counts: Counter[int]) -> list[tuple[str, int]]:
    """Values up to 9 one by one, longer ones in tens."""
    found = Counter[int]()
    for value, count in counts.items():
        found[value if value < 10 else value // 10 * 10] += count
    return [(str(value) if value < 10 else f"{value}-{value + 9}", found[value]) for value in sorted(found)]


def _drawn(folder: Path) -> list[tuple[str, str]]:
    """Figures of rows at even distances in the order of their proofs' lengths, those with auxiliary points last."""
    first = sorted(islice(rows(folder), AMONG), key=lambda row: (row["auxiliary_points"] > 0, row["length"]))
    chosen = [first[k * (len(first) - 1) // (DRAWN - 1)] for k in range(DRAWN)] if first else []
    (folder / "figures").mkdir(exist_ok=True)
    for old in (folder / "figures").glob("*.svg"):
        old.unlink()
    shown = []
    for row in {row["id"]: row for row in chosen}.values():
        name = f"figures/{row['id']}.svg"
        write_atomically(folder / name, svg(proof_of(row), diagram_of(row)))
        shown.append((row["statement"], name))
    return shown
