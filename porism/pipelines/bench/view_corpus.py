"""A large made-up instruction dataset for ``porism bench view``: layout, file sizes and row groups of a real one.

Texts of a hundred thousand rows are made once; every file combines them anew, so that hardly two instructions are
the same, and writing is all that takes time.
"""

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from porism.generators.self_instruct.method import LAYOUT
from porism.outputs.folder import parquet_writer, write_atomically
from porism.outputs.layout import MESSAGES, ORIGIN, VERDICTS
from porism.outputs.publish import ROWS_PER_FILE, ROWS_PER_GROUP
from porism.pipelines.bench import dedup_corpus
from porism.seeds import number

REJECTED = 10  # accepted rows for each rejected one
NEIGHBOURS = 3
CHECKS = ("novelty", "length", "keywords", "instance")
PASSED = ("reply", "length", "novelty")
MODEL = "openai:made-up"

Report = Callable[[str], None]
Indices = NDArray[np.int64]


def make(folder: Path, rows: int, seed: int = 0, report: Report = lambda _: None) -> None:
    """Write a dataset of so many accepted rows, and a tenth as many rejected ones.

    Args:
        folder: where; made if it is not there.
        rows: at least 1.
        seed: of the texts.
        report: told how far it is.
    """
    made = dedup_corpus.texts(10**9, seed)
    base = pa.array(islice(made, min(rows, ROWS_PER_FILE)), pa.string())
    longer = pa.array((" ".join(islice(made, 3)) for _ in range(len(base))), pa.string())
    counts = {"data": rows, "rejected": rows // REJECTED}
    for part, wanted in counts.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        files = max(1, -(-wanted // ROWS_PER_FILE))
        for k in range(files):
            report(f"{part}: file {k + 1} of {files}")
            size = min(ROWS_PER_FILE, wanted - k * ROWS_PER_FILE)
            _write(folder / part / f"train-{k:05d}-of-{files:05d}.parquet", _table(base, longer, part, k, size, seed))
    write_atomically(folder / "run.toml", f'flow = "instruct"\nseed = {seed}\nmodel = "{MODEL}"\n')
    write_atomically(folder / "manifest.json", json.dumps(_manifest(folder, counts)) + "\n")


def _write(path: Path, table: pa.Table) -> None:
    with parquet_writer(path, table.schema) as writer:
        writer.write_table(table, row_group_size=ROWS_PER_GROUP)


def _table(base: pa.Array, longer: pa.Array, part: str, k: int, size: int, seed: int) -> pa.Table:
    """One file's rows: instructions of two sentences, outputs of three, all in an order of this file's own."""
    random = np.random.default_rng(number(seed, "bench", "view", part, k))
    one, two, three = (random.integers(0, len(base), size) for _ in range(3))
    instruction = pc.binary_join_element_wise(base.take(pa.array(one)), base.take(pa.array(two)), " ")
    output = longer.take(pa.array(three))
    columns = {
        "id": _ids(random, size),
        "instruction": instruction,
        "input": pc.if_else(pa.array(random.random(size) < 0.4), base.take(pa.array(three)), ""),
        "output": output,
        "is_classification": pa.array(random.random(size) < 0.25),
        "prompt": pc.binary_join_element_wise("Task: ", instruction, "\n\n", ""),
        "completion": output,
        "messages": _messages(instruction, output),
        "most_similar": _similar(base, random, size),
        "mean_similarity": pa.array(random.beta(2, 18, size)),
        "origin": _origins(k, size, seed),
        "verdicts": _repeated(VERDICTS, [{"ok": True, "check": check, "reason": ""} for check in PASSED], size),
    }
    schema = LAYOUT.accepted
    if part == "rejected":
        check = pa.array(CHECKS).take(pa.array(random.choice(len(CHECKS), size, p=[0.6, 0.2, 0.15, 0.05])))
        columns |= {"check": check, "reason": pc.binary_join_element_wise("failed ", check, ""), "raw": output}
        schema = LAYOUT.every
    return pa.table([columns.get(name, pa.nulls(size, schema.field(name).type)) for name in schema.names], schema)


def _ids(random: np.random.Generator, size: int) -> pa.Array:
    digits = random.bytes(16 * size).hex()
    return pa.array((digits[i : i + 32] for i in range(0, 32 * size, 32)), pa.string())


def _messages(instruction: pa.Array, output: pa.Array) -> pa.Array:
    """Each row's two messages."""
    size = len(output)
    order: Indices = np.arange(2 * size).reshape(2, size).T.reshape(-1)
    content = pa.concat_arrays([_whole(instruction), _whole(output)]).take(pa.array(order))
    roles = pa.array(["user", "assistant"]).take(pa.array(np.arange(2 * size) % 2))
    return _lists(MESSAGES, [roles, content], 2)


def _similar(base: pa.Array, random: np.random.Generator, size: int) -> pa.Array:
    """Each row's neighbours, the nearest first."""
    near = np.sort(random.beta(3, 7, (size, NEIGHBOURS)), axis=1)[:, ::-1].reshape(-1)
    named = base.take(pa.array(random.integers(0, len(base), size * NEIGHBOURS)))
    return _lists(LAYOUT.accepted.field("most_similar").type, [named, pa.array(np.minimum(near, 0.699))], NEIGHBOURS)


def _lists(kind: Any, fields: list[pa.Array], each: int) -> pa.Array:
    names = [kind.value_type.field(i).name for i in range(kind.value_type.num_fields)]
    values = pa.StructArray.from_arrays(fields, names=names)
    offsets = pa.array(np.arange(0, len(values) + 1, each, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, values).cast(kind)


def _origins(k: int, size: int, seed: int) -> pa.Array:
    """Where each row comes from: request and number in its reply grow from row to row."""
    row = k * ROWS_PER_FILE + np.arange(size, dtype=np.int32)
    places = np.stack([row // 8, row % 8, np.zeros_like(row)], axis=1).reshape(-1)
    kind = ORIGIN.field("place").type
    place = pa.ListArray.from_arrays(pa.array(np.arange(0, 3 * size + 1, 3, dtype=np.int32)), pa.array(places))
    whole = {
        "flow": _repeated(pa.string(), "instruct", size),
        "seed": _repeated(pa.int64(), seed, size),
        "place": place.cast(kind),
        "model": _repeated(pa.string(), MODEL, size),
        "parents": _repeated(pa.list_(pa.string()), [], size),
    }
    return pa.StructArray.from_arrays([whole[field.name] for field in ORIGIN], fields=list(ORIGIN))


def _repeated(kind: Any, value: Any, size: int) -> pa.Array:
    return pa.array([value], kind).take(pa.array(np.zeros(size, np.int64)))


def _whole(texts: Any) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _manifest(folder: Path, counts: dict[str, int]) -> dict[str, Any]:
    """As a run writes it, but without hashes, which would take as long as the rows."""
    accepted, rejected = counts["data"], counts["rejected"]
    return {
        "flow": "instruct",
        "command": "porism bench view",
        "counts": {"generated": accepted + rejected, "accepted": accepted, "rejected": rejected},
        "files": [{"path": path.relative_to(folder).as_posix()} for path in sorted(folder.glob("*/*.parquet"))],
    }
