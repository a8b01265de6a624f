import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from porism.outputs.rouge import tokens
from porism.outputs.view.compare import BINS, compare, differing, distributions
from porism.outputs.view.overlap import by_id, near, text_column
from porism.outputs.view.store import Store

WORDS = ["river", "clock", "lantern", "orchard", "violin", "harbour", "comet", "bridge"]


def made(folder: Path, columns: dict[str, list[Any]], rejected: dict[str, list[Any]] | None = None) -> Store:
    for name, part in (("data", columns), ("rejected", rejected)):
        if part:
            (folder / name).mkdir(parents=True)
            pq.write_table(pa.table(part), folder / name / "train-00000-of-00001.parquet")
    return Store(folder)


def sentences(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(3, 6))) for _ in range(count)]


def lcs(one: list[str], other: list[str]) -> int:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, word in enumerate(one):
        for j, right in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if word == right else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def score(one: str, other: str) -> float:
    a, b = tokens(one), tokens(other)
    return 2 * lcs(list(a), list(b)) / (len(a) + len(b))


def test_near_texts_are_those_that_brute_force_finds(tmp_path: Path) -> None:
    one, other = sentences(1, 60), sentences(2, 60)
    found = near(made(tmp_path / "a", {"instruction": one}), made(tmp_path / "b", {"instruction": other}))
    best = [max(score(text, each) for each in other) for text in one]
    assert found.column == "instruction"
    assert found.compared == (60, 60)
    assert found.near == sum(value >= 0.7 for value in best) > 0
    assert found.same == sum(value == 1 for value in best)
    assert all(pair.score == pytest.approx(score(pair.text, pair.other)) for pair in found.examples)


def test_rows_are_shared_by_their_ids(tmp_path: Path) -> None:
    one = made(tmp_path / "a", {"id": list("abcd"), "text": list("wxyz")})
    other = made(tmp_path / "b", {"id": list("cdef"), "text": list("wxyz")})
    assert by_id(one, other) == by_id(other, one) == 2
    assert by_id(one, made(tmp_path / "c", {"text": ["w"]})) is None
    assert text_column(one, other) == "text"


def test_distributions_have_the_same_bins_and_lose_no_row(tmp_path: Path) -> None:
    draw = random.Random(0)
    numbers = [draw.gauss(0, 1) for _ in range(300)], [draw.gauss(4, 2) for _ in range(200)]
    kinds = ["new", "old"] * 150, ["new", "new", "odd", "odd"] * 50
    one, other = (
        made(tmp_path / name, {"difficulty": numbers[k], "kind": kinds[k]}) for k, name in enumerate(("a", "b"))
    )
    found = {one.title: one for one in distributions(one, other)}
    sizes = found["difficulty"]
    assert len(sizes.labels) == BINS + 1
    assert len(sizes.left) == len(sizes.right) == BINS
    assert sum(sizes.left) == pytest.approx(100)
    assert sum(sizes.right) == pytest.approx(100)
    assert sizes.left[0] > 0 or sizes.right[0] > 0
    assert sizes.means == pytest.approx((sum(numbers[0]) / 300, sum(numbers[1]) / 200))
    values = found["kind"]
    told = dict(zip(values.labels, zip(values.left, values.right, strict=True), strict=True))
    assert told == {"new": (50, 50), "old": (50, 0), "odd": (0, 50)}


def test_what_differs_is_told_and_what_does_not_is_not(tmp_path: Path) -> None:
    one = made(tmp_path / "a", {"id": ["a"], "n": [1], "same": ["x"]}, {"check": ["late", "late", "dull"]})
    other = made(tmp_path / "b", {"id": ["b"], "n": ["1"], "same": ["y"], "more": [True]}, {"check": ["late"]})
    (tmp_path / "a" / "run.toml").write_text('flow = "geometry"\nseed = 1\n[sampling]\npoints = [1, 2]\n')
    (tmp_path / "b" / "run.toml").write_text('flow = "geometry"\nseed = 2\n[sampling]\npoints = [1, 3]\n')
    found = compare(one, other)
    assert found.counts == {"data": (1, 1), "rejected": (3, 1)}
    assert found.checks == {"late": (2, 1), "dull": (1, 0)}
    assert differing(one, other) == [("data", "more", "", "BOOLEAN"), ("data", "n", "BIGINT", "VARCHAR")]
    assert found.settings == {"seed": ("1", "2"), "sampling.points": ("[1, 2]", "[1, 3]")}


def test_datasets_with_nothing_in_common_are_compared_all_the_same(tmp_path: Path) -> None:
    one = made(tmp_path / "a", {"x": [float("nan"), float("inf"), None]})
    other = made(tmp_path / "b", {}, {"check": ["late"]})
    for pair in ((one, other), (other, one), (other, other)):
        found = compare(*pair)
        assert found.distributions == []
        assert text_column(*pair) == ""
    assert compare(one, one).distributions == []
