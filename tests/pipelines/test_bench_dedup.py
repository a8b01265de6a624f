"""``porism bench dedup``: its corpus is what it says, its figures add up, and it takes files."""

import json
from pathlib import Path

import pytest

from porism.cli import main
from porism.errors import InputError
from porism.outputs.dedup.encode import Corpus
from porism.pipelines.bench import dedup, dedup_corpus
from porism.pipelines.bench.dedup import Settings

SMALL = Settings(rows=1500, sizes=(300,), grown=0, pool=600, asked=20, repeat=1)


def test_the_corpus_is_seeded_and_fewer_rows_are_the_first_of_more() -> None:
    many = list(dedup_corpus.texts(6000, 1))
    assert many[:500] == list(dedup_corpus.texts(500, 1))
    assert many[:500] != list(dedup_corpus.texts(500, 2))
    assert len(set(many)) > 5000


def test_the_corpus_is_like_instructions() -> None:
    rows = list(dedup_corpus.texts(6000))
    small, large = Corpus.of(rows[:3000]), Corpus.of(rows)
    assert 9 < large.lengths.mean() < 11
    assert 1.3 < large.vocabulary / small.vocabulary < 2  # new words keep coming, ever fewer


def test_words_are_distinct() -> None:
    assert len({dedup_corpus.word(rank) for rank in range(20_000)}) == 20_000


def test_the_figures() -> None:
    found = dedup.dedup(SMALL)
    totals, rows = found["totals"], found["rows"]
    assert [row["rows"] for row in rows] == [300, 1500]
    assert totals["rows"] == 1500
    assert totals["pairs"] == rows[1]["pairs"] > 100
    assert totals["verified"] >= totals["pairs"]
    assert totals["seconds"] == pytest.approx(sum(totals[part] for part in dedup.PARTS))
    assert totals["agreement"] is True
    assert totals["greedy_agreement"] is True
    assert all(row["same"] for row in rows)
    assert totals["exponent"] is None
    assert 0 < totals["greedy_kept"] < 1500
    assert totals["online_pool"] == 600
    assert totals["online_ms"] > 0
    assert totals["peak_mb"] > 10
    json.dumps(found)


def test_given_texts_are_the_corpus_and_its_beginning_a_sample() -> None:
    texts = list(dedup_corpus.texts(400, 5))
    found = dedup.dedup(SMALL, texts)
    assert [row["rows"] for row in found["rows"]] == [300, 400]
    assert found["totals"]["pairs"] == found["rows"][1]["pairs"]
    assert len(texts) == 400


def test_how_time_grows() -> None:
    found = {5_000: {"seconds": 1.0}, 500_000: {"seconds": 100.0}}
    assert dedup._growth(found, 5_000, 500_000)["exponent"] == pytest.approx(1)
    assert dedup._ends(Settings(), 52_002, True) == (5_000, 500_000)
    assert dedup._ends(Settings(), 5_000_000, True) == (5_000, 5_000_000)
    assert dedup._ends(Settings(), 20_000, False) == (2_000, 20_000)
    assert dedup._ends(Settings(), 9_999, False) == (0, 0)


def test_the_command_on_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dedup, "STANDARD", SMALL)
    file, out = tmp_path / "some.jsonl", tmp_path / "out.json"
    lines = [json.dumps({"instruction": text, "output": "x"}) for text in dedup_corpus.texts(400)]
    file.write_text("\n".join(lines))
    assert main(["bench", "dedup", str(file), "--json", str(out)]) == 0
    totals = json.loads(out.read_text())["totals"]
    assert totals["rows"] == 400
    assert totals["exponent"] is None
    assert {"pairs", "seconds", "online_ms", "verified", "peak_mb", *dedup.PARTS} <= set(totals)
    assert "verified" in capsys.readouterr().out
    assert main(["bench", "dedup", str(file), "--rows", "150"]) == 0


@pytest.mark.parametrize(
    "arguments", [["--rows", "50"], ["--rows", "-5"], ["FILE", "--rows", "7"], ["FILE"], ["nothing.jsonl"]]
)
def test_wrong_input_is_told_in_a_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "few.jsonl"
    file.write_text("\n".join(json.dumps({"instruction": f"Do {n}", "output": ""}) for n in range(5)))
    assert main(["bench", "dedup", *(str(file) if word == "FILE" else word for word in arguments)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_too_few_rows() -> None:
    with pytest.raises(InputError, match="at least 100"):
        Settings(rows=99)
