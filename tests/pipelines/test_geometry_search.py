"""Searches in a dataset of theorems: the same whoever makes it, nothing else changed, and no column is believed."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

from porism import cli
from porism.errors import InputError
from porism.generators.chat import ChatReply
from porism.outputs.folder import read_config, write_parquet
from porism.outputs.publish import read_manifest, rows, write_manifest
from porism.pipelines import geometry, geometry_search, jobs, recheck
from porism.pipelines.auxiliary import exports as searches
from porism.pipelines.auxiliary import proposals
from porism.pipelines.auxiliary.points import enumerated, extended
from porism.pipelines.auxiliary.solve import Place, Settings, Solved, solve
from porism.pipelines.auxiliary.ways import COLUMN, Stage, Tried, Way
from porism.pipelines.export import export
from porism.pipelines.geometry import Geometry
from porism.seeds import number
from porism.symbolic import Problem, attempt
from porism.symbolic.synthesis.sampler import Sampling

FIGURES = Sampling(points=(5, 7), fertile=1.0)
PLAIN = Geometry(seed=196, sampling=FIGURES, plain=1, chunk=1)
JOB = PLAIN.model_copy(update={"search_attempts": 30})
COUNT = 8  # of which the first two have auxiliary points
HARD = Geometry(seed=130, sampling=FIGURES, plain=0, chunk=1, search_attempts=30)
FEW = 5  # all with auxiliary points


def made(folder: Path, job: Geometry = JOB, count: int = COUNT, **how: Any) -> Path:
    return geometry.run(job, count, folder, compiled=False, **how).folder


def contents(folder: Path) -> dict[str, bytes]:
    """The files that make a dataset."""
    files = [folder / "run.toml", *folder.glob("data/*"), *folder.glob("rejected/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def noted(problem: Problem, settings: Settings) -> Solved:
    """A search that tries one clause after another and notes each."""
    tried: list[tuple[str, int]] = []
    for clause in islice(enumerated(problem), settings.attempts):
        try:
            whole = extended(problem, clause, seed=settings.seed)
        except InputError:
            continue
        tried.append((clause, len(tried) % 3))
        found = attempt(whole, seed=settings.seed, shortened=False)
        if found.proved:
            return Solved(problem, found, (clause,), len(tried), 0.0, "solved", (Place((), 0, tuple(tried)),))
    return Solved(problem, attempt(problem), (), len(tried), 0.0, "attempts", (Place((), 0, tuple(tried)),))


@pytest.fixture(scope="module", autouse=True)
def _noting() -> Iterator[pytest.MonkeyPatch]:
    """The plainest search there is in place of the fast one, whose choices are no matter of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geometry_search, "solve", noted)
        yield patch


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("searched") / "whole")


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("hard") / "whole", HARD, FEW)


# Nothing else changes


def test_without_searches_configuration_and_columns_are_what_they_were() -> None:
    assert "search_attempts" not in geometry.frozen(PLAIN)
    assert geometry.frozen(PLAIN) == geometry.frozen(PLAIN.model_copy(update={"search_attempts": 0}))
    assert COLUMN not in geometry.layout(searched=False).shard.names
    assert geometry.layout(searched=False) == geometry.LAYOUT


def test_with_searches_the_rows_are_the_same_but_for_one_column(dataset: Path, tmp_path: Path) -> None:
    folder = made(tmp_path / "plain", PLAIN)
    for part in ("data", "rejected"):
        without = [{name: row[name] for name in row if name != COLUMN} for row in rows(dataset, part)]
        assert without == list(rows(folder, part))
    assert {path.name for path in (folder / "data").iterdir()} == {path.name for path in (dataset / "data").iterdir()}
    assert COLUMN not in (folder / "README.md").read_text()


def test_only_theorems_with_auxiliary_points_are_searched_and_the_card_counts_them(dataset: Path) -> None:
    found = [(bool(row["auxiliary"]), row[COLUMN] is not None) for row in rows(dataset)]
    assert sorted(found) == [(False, False)] * (COUNT - 2) + [(True, True)] * 2
    card = (dataset / "README.md").read_text()
    assert "| of them solved by the search | 2 |" in card
    assert "search of 30 trials at most" in card
    assert load_dataset(str(dataset), split="train").features[COLUMN].dtype == "string"


def test_a_search_without_success_is_null_and_the_theorem_stays(tmp_path: Path) -> None:
    job = HARD.model_copy(update={"search_attempts": 1})
    folder = made(tmp_path / "one", job, 2)
    assert [row[COLUMN] for row in rows(folder)] == [None, None]
    assert not list(recheck.check(folder))


# The same whoever makes it


def test_two_processes_make_what_one_makes_with_the_real_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geometry_search, "solve", solve)
    job = JOB.model_copy(update={"search_attempts": 400})
    one = made(tmp_path / "one", job)
    assert sum(row[COLUMN] is not None for row in rows(one)) == 2
    assert not list(recheck.check(one))
    assert contents(made(tmp_path / "two", job, workers=2)) == contents(one)


def test_a_run_goes_on_after_any_chunk_as_if_nothing_had_been(dataset: Path, tmp_path: Path) -> None:
    shards = sorted((dataset / "work").glob("shard-*"))
    assert shards
    for k in range(len(shards)):
        folder = Path(shutil.copytree(dataset, tmp_path / f"cut{k}"))
        (folder / "manifest.json").unlink()
        for shard in shards[k:]:
            (folder / "work" / shard.name).unlink()
        assert contents(made(folder)) == contents(dataset)


def test_a_longer_run_goes_on_from_a_shorter_one(dataset: Path, tmp_path: Path) -> None:
    for count in (1, COUNT):
        made(tmp_path / "grown", count=count)
    assert contents(tmp_path / "grown") == contents(dataset)


def test_other_searches_are_another_configuration(dataset: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dataset, tmp_path / "copy"))
    for attempts in (0, 31):
        with pytest.raises(InputError, match="search_attempts is 30 there"):
            made(copy, JOB.model_copy(update={"search_attempts": attempts}))


def test_the_command_on_the_card_makes_the_same_configuration(dataset: Path) -> None:
    words = geometry.command(JOB.model_validate(JOB.model_dump()), COUNT, dataset).split()[1:]
    named = {f"{dataset.name}/run.toml": str(dataset / "run.toml")}
    parsed = cli._parser().parse_args([named.get(word, word) for word in words])
    assert geometry.frozen(jobs.geometry(parsed)) == geometry.frozen(JOB)
    assert read_config(dataset / "run.toml")["search_attempts"] == 30


def test_a_wrong_number_of_attempts_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "job.toml").write_text("search_attempts = -1\n")
    line = ["run", "geometry", "--config", str(tmp_path / "job.toml"), "--out", str(tmp_path / "out")]
    assert cli.main(line) == 2
    said = capsys.readouterr().err
    assert "setting 'search_attempts'" in said
    assert said.count("\n") == 1


# porism check


def test_every_search_of_a_run_passes(dataset: Path, hard: Path) -> None:
    assert all(len(list(rows(folder))) for folder in (dataset, hard))
    assert not list(recheck.check(dataset))
    assert not list(recheck.check(hard))


def change(folder: Path, edit: Callable[[list[dict[str, Any]]], None]) -> None:
    """Edit the accepted rows as one who takes care that files and counts still agree."""
    (path,) = (folder / "data").glob("train-*")
    table = pq.read_table(path)
    edit(changed := table.to_pylist())
    write_parquet(path, pa.Table.from_pylist(changed, table.schema))
    manifest = read_manifest(folder)
    write_manifest(folder, {name: value for name, value in manifest.items() if name != "files"})


def test_a_changed_search_is_named_by_its_row(hard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = Path(shutil.copytree(hard, tmp_path / "copy"))
    named: list[str] = []

    def edit(found: list[dict[str, Any]]) -> None:
        found[1][COLUMN] = found[1][COLUMN].replace('"needed":["', '"needed":["\x1b[31m')
        named.append(found[1]["id"])

    change(copy, edit)
    assert cli.main(["check", str(copy)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{named[0]}: search: ")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 2


def test_a_search_for_nothing_is_found(dataset: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dataset, tmp_path / "copy"))

    def edit(found: list[dict[str, Any]]) -> None:
        found[2][COLUMN] = found[0][COLUMN]

    change(copy, edit)
    assert [(verdict.check, verdict.reason) for _, verdict in recheck.check(copy)] == [
        ("search", "a search for auxiliary points, of which the theorem needs none")
    ]


def tampered(text: str, edit: Callable[[dict[str, Any]], object]) -> str:
    told = json.loads(text)
    edit(told)
    return json.dumps(told)


def other_label(told: dict[str, Any]) -> None:
    told["places"][0]["tried"][0]["needed"] ^= True


def other_name(told: dict[str, Any]) -> None:
    one = told["places"][0]["tried"][-1]
    one["clause"] = one["clause"].replace("f ", "z ")


def no_way(told: dict[str, Any]) -> None:
    told["places"][0]["clauses"] = told["needed"]


def impossible_parent(told: dict[str, Any]) -> None:
    told["places"].append({"clauses": ["f = on_line f a b, on_line f b a"], "gain": 0, "tried": []})


def assumed_parent(told: dict[str, Any]) -> None:
    told["places"].append({"clauses": ["f = on_line f a b, on_line f b c, on_circle f a b"], "gain": 0, "tried": []})


def too_many(told: dict[str, Any]) -> None:
    clauses = [f"p{k} = mirror p{k} a b" for k in range(61)]
    told["places"].append({"clauses": clauses, "gain": 0, "tried": []})


TAMPERED: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda told: told.update(needed=["f = midpoint f d e"], places=[]), "the goal does not follow"),
    (lambda told: told.update(needed=["f = on_line f a b, on_line f b a"], places=[]), "do not cross"),
    (lambda told: told.update(needed=["f = midpoint f a q"]), "point q is not defined"),
    (lambda told: told.update(needed=["z = midpoint z b c"], places=[]), "other names"),
    (lambda told: told.update(needed=[], places=[]), "no clause is needed"),
    (lambda told: told.update(trials=31), "31 trials"),
    (lambda told: told.update(trials=0), "0 trials"),
    (lambda told: told["places"][0].update(gain=-1), "whole numbers"),
    (lambda told: told["places"][0]["tried"][0].update(gain=0.5), "whole numbers"),
    (lambda told: told["places"][0]["tried"][0].update(clause="f = moon f a b"), "unknown construction"),
    (other_label, "is said to be needed"),
    (other_name, "another name"),
    (no_way, "do not lead"),
    (impossible_parent, "do not cross"),
    (assumed_parent, "determine a point"),
    (too_many, "no more than 60"),
]


@pytest.mark.parametrize(("edit", "says"), TAMPERED, ids=range(len(TAMPERED)))
def test_whatever_is_wrong_with_a_search_is_said(
    edit: Callable[[dict[str, Any]], object], says: str, hard: Path
) -> None:
    row = next(rows(hard))
    statement = Problem.parse(row["problem"])

    def flaw(text: str) -> str:
        return geometry_search.flaw(text, statement, HARD.search_attempts, HARD.seed, compiled=False)

    assert flaw(row[COLUMN]) == ""
    assert says in flaw(tampered(row[COLUMN], edit))


def test_a_way_over_several_places_passes_too_and_its_parents_are_looked_at(hard: Path) -> None:
    row = next(row for row in rows(hard) if row["auxiliary_points"] > 1)
    first, second = row["auxiliary"].split("; ")
    other = "f = midpoint f a b"
    way = Way(
        (first, second),
        4,
        (
            Stage((), 0, (Tried(other, 0, False), Tried(first, 1, True))),
            Stage((first,), 1, (Tried("g = mirror g f a", 0, False), Tried(second, 2, True))),
        ),
    )
    statement = Problem.parse(row["problem"])

    def flaw(one: Way) -> str:
        return geometry_search.flaw(one.to_json(), statement, HARD.search_attempts, HARD.seed, compiled=False)

    assert flaw(way) == ""
    assert flaw(replace(way, stages=(way.stages[0], replace(way.stages[1], clauses=(other,))))) != ""
    assert "do not lead" in flaw(replace(way, stages=way.stages[::-1]))
    assert "does not follow" in flaw(replace(way, needed=(other,), stages=()))


# Rows for trainers


def test_steps_and_preferences_come_from_what_was_tried(hard: Path, tmp_path: Path) -> None:
    for format in ("preference", "unpaired", "steps"):
        out = tmp_path / f"{format}.jsonl"
        assert cli.main(["export", str(hard), "--format", format, "--out", str(out), "--columns", "id"]) == 0
        found = exports.read(out)
        assert {row["id"] for row in found} == {row["id"] for row in rows(hard)}
    assert exports.read(tmp_path / "steps.jsonl")[0]["prompt"].startswith(next(rows(hard))["problem"])
    unpaired = exports.read(tmp_path / "unpaired.jsonl")
    ways = {row["id"]: Way.from_json(row[COLUMN]) for row in rows(hard)}
    for row in unpaired:
        (clause,) = json.loads(row["completion"][0]["content"])["clauses"]
        (tried,) = (one for one in ways[row["id"]].stages[0].tried if one.clause == clause)
        assert row["label"] == tried.needed
    assert sum(row["label"] for row in unpaired) == FEW < len(unpaired)


def test_a_model_that_was_tuned_on_preferences_proposes_for_the_search(hard: Path, tmp_path: Path) -> None:
    export(hard, "preference", out := tmp_path / "pairs.jsonl")
    asked = {row["problem"]: proposals.prompt(Problem.parse(row["problem"])) for row in rows(hard)}
    found = exports.read(out)
    assert {row["prompt"][0]["content"] for row in found} == set(asked.values())
    for row in found:
        problem = next(Problem.parse(text) for text, prompt in asked.items() if prompt == row["prompt"][0]["content"])
        for side in ("chosen", "rejected"):
            read = proposals.read(problem, ChatReply(row[side][0]["content"]))
            assert (len(read.proposals), read.faults) == (1, ())


def test_a_dataset_without_searches_gives_no_steps(tmp_path: Path) -> None:
    folder = made(tmp_path / "plain", PLAIN, 2)
    with pytest.raises(InputError, match="formats that it can give: sft, prompt-completion, rlvr$"):
        export(folder, "steps", tmp_path / "steps.jsonl")


def test_ways_through_a_tree_are_told_once_with_a_label_for_each_clause() -> None:
    right, beside, then = "d = midpoint d a b", "d = foot d a b c", "e = foot e d a c"
    way = Way(
        (right, then),
        9,
        (
            Stage((), 0, (Tried(right, 2, True), Tried(beside, 1, False))),
            Stage((right,), 2, (Tried("e = midpoint e d c", 0, False), Tried(then, 4, True))),
        ),
    )
    there = geometry.layout(searched=True).accepted
    how = searches.shape("steps", {"data": there})
    assert how
    assert searches.shape("steps", {"data": geometry.LAYOUT.accepted}) is None
    row = {
        "problem": "a b c = triangle a b c ? perp a b a c",
        COLUMN: way.to_json(),
        "origin": {"seed": number(1, "x")},
    }
    found = [(one["completions"], one["labels"]) for one, _ in how.make([row, {**row, COLUMN: None}])]
    assert found == [
        ([beside], [False]),
        ([right, "e = midpoint e d c"], [True, False]),
        ([right, then], [True, True]),
    ]
