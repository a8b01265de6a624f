"""Theorems as a dataset: the same whoever makes it and however often it is interrupted, and no row is believed."""

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import lives
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

from porism import cli
from porism.errors import InputError
from porism.outputs.folder import write_parquet
from porism.outputs.publish import read_manifest, rows, write_manifest
from porism.pipelines import geometry, jobs, recheck, recheck_geometry
from porism.pipelines.geometry import Geometry
from porism.pipelines.run import Result
from porism.symbolic.facts import Fact
from porism.symbolic.problem import Problem
from porism.symbolic.synthesis.canonical import canonical
from porism.symbolic.synthesis.sampler import Sampling

SMALL = Geometry(sampling=Sampling(points=(5, 8)), chunk=3)
COUNT = 40


def made(folder: Path, job: Geometry = SMALL, count: int = COUNT, **how: Any) -> Result:
    """A dataset; interpreted, since a fresh machine would compile for minutes."""
    return geometry.run(job, count, folder, compiled=False, **how)


def contents(folder: Path) -> dict[str, bytes]:
    """The files that make a dataset."""
    files = [folder / "run.toml", *folder.glob("data/*"), *folder.glob("rejected/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("geometry") / "whole").folder


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dataset, tmp_path / "copy"))


# One dataset, however it is made


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(dataset: Path, tmp_path: Path) -> None:
    assert contents(made(tmp_path / "again").folder) == contents(dataset)
    other = contents(made(tmp_path / "other", SMALL.model_copy(update={"seed": 1})).folder)
    assert other.keys() >= {"run.toml", "rejected/train-00000-of-00001.parquet"}
    assert not set(other.values()) & set(contents(dataset).values())


def test_two_processes_make_what_one_makes(dataset: Path, tmp_path: Path) -> None:
    assert contents(made(tmp_path / "two", workers=2).folder) == contents(dataset)


def test_a_longer_run_goes_on_from_a_shorter_one(dataset: Path, tmp_path: Path) -> None:
    counts = [made(tmp_path / "grown", count=count).manifest["counts"]["accepted"] for count in (1, 7, 23, COUNT)]
    assert counts == [1, 7, 23, COUNT]
    assert contents(tmp_path / "grown") == contents(dataset)


def test_what_is_finished_is_not_made_again(dataset: Path) -> None:
    def never(_: Callable[[int], Any], first: int) -> Any:
        raise AssertionError(f"chunk {first} is made again")

    assert made(dataset, hand=never).manifest == read_manifest(dataset)


STEP_BY_STEP = SMALL.model_copy(update={"chunk": 1})
MANY = 100


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of many shards, for runs that are killed."""
    return made(tmp_path_factory.mktemp("longer") / "whole", STEP_BY_STEP, MANY).folder


@pytest.mark.parametrize("workers", [1, 2])
def test_kills_at_any_moment_change_nothing(workers: int, longer: Path, tmp_path: Path) -> None:
    draw, folder, life = random.Random(workers), tmp_path / "killed", partial(begin, tmp_path / "killed", workers)
    for k in range(6 // workers):
        begun = life()
        if k % 3:  # well into the run; else while it starts
            while shards(folder) < shards(longer) * k // 7 and begun.is_alive():
                time.sleep(0.002)
        time.sleep(draw.uniform(0.0, 0.02 if k % 3 else 0.3))
        assert begun.is_alive()  # else nothing is killed any more
        begun.kill()
        assert lives.ended(begun) == -signal.SIGKILL
    assert 0 < shards(folder) < shards(longer)
    assert lives.ended(life()) == 0
    assert contents(folder) == contents(longer)


def begin(folder: Path, workers: int) -> BaseProcess:
    return lives.begun(partial(geometry.run, STEP_BY_STEP, MANY, folder, workers=workers, compiled=False))


def shards(folder: Path) -> int:
    return len(list(folder.glob("work/shard-*.parquet")))


def test_another_configuration_in_the_same_folder_is_one_line(copy: Path) -> None:
    with pytest.raises(InputError, match=r"steps is 3 there and 4 here.*--out") as error:
        made(copy, SMALL.model_copy(update={"steps": 4}))
    assert "\n" not in str(error.value)


def test_known_theorems_are_not_made_again(dataset: Path, tmp_path: Path) -> None:
    known = made(tmp_path / "next", SMALL.model_copy(update={"known": (dataset,)}), 25).folder
    assert not theorems(known) & theorems(dataset)
    reasons = [row["reason"] for row in rows(known, "rejected") if row["check"] == "novelty"]
    assert any(key in reason for key in theorems(dataset) for reason in reasons)
    assert not list(recheck.check(known))


def theorems(folder: Path) -> set[str]:
    return {row["theorem"] for row in rows(folder, "data", ["theorem"])}


# Evaluation problems


@pytest.fixture(scope="module")
def problems(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three theorems of the dataset under other names, and what cannot be compared."""
    path = tmp_path_factory.mktemp("problems") / "problems.txt"
    path.write_text("\n".join(["# ours", *map(respelled, chosen(dataset)), "odd", "a b = moon a b"]))
    return path


def chosen(dataset: Path) -> list[dict[str, Any]]:
    """Three of its first theorems, which come early in a run."""
    return sorted(rows(dataset), key=lambda row: row["origin"]["place"])[2:15:6]


def respelled(row: dict[str, Any]) -> str:
    """A problem with a name, other names of points, and a point more that the goal does not need."""
    text = " ".join(f"x_{word}" if word.rstrip(";") in names_of(row) else word for word in row["problem"].split())
    clauses, goal = text.split(" ? ")
    return f"problem of row {row['id'][:4]}\n{clauses}; zz = midpoint zz x_a x_b ? {goal}"


def names_of(row: dict[str, Any]) -> set[str]:
    return set(Problem.parse(row["problem"]).points)


FEW = 15


@pytest.fixture(scope="module")
def clean(problems: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("clean") / "whole", without(problems), FEW).folder


def without(problems: Path) -> Geometry:
    return SMALL.model_copy(update={"against": (problems,)})


def test_no_theorem_is_an_evaluation_problem(dataset: Path, problems: Path, clean: Path) -> None:
    theirs = {row["theorem"]: row for row in chosen(dataset)}
    assert len(theirs) == 3
    first = sorted(rows(dataset), key=lambda row: row["origin"]["place"])[:FEW]
    assert theorems(clean) > {row["theorem"] for row in first} - set(theirs)
    assert not theorems(clean) & set(theirs)
    names = {f"'problem of row {row['id'][:4]}'" for row in theirs.values()}
    rejected = [row for row in rows(clean, "rejected") if row["check"] == "contamination"]
    assert {row["reason"] for row in rejected} == {f"the same theorem as evaluation problem {name}" for name in names}
    assert {row["verdicts"][-1]["check"] for row in rows(clean)} == {"contamination"}
    assert not list(recheck.check(clean, against=[problems]))
    found = recheck.check(dataset, against=[problems])
    assert {where for where, _ in found} == {row["id"] for row in theirs.values()}


def test_a_run_without_evaluation_problems_is_the_same_whoever_makes_it(
    clean: Path, problems: Path, tmp_path: Path
) -> None:
    assert contents(made(tmp_path / "two", without(problems), FEW, workers=2).folder) == contents(clean)
    for count in (1, 6, FEW):
        made(tmp_path / "grown", without(problems), count)
    assert contents(tmp_path / "grown") == contents(clean)


def test_problems_that_cannot_be_compared_are_told_in_one_line(clean: Path, problems: Path, tmp_path: Path) -> None:
    said: list[str] = []
    made(tmp_path / "made", without(problems), 1, warn=said.append)
    line = "1 of 4 evaluation problems cannot be compared: 'odd': clause 1 'a b = moon a b', column 7: unknown"
    assert [text[: len(line)] for text in said] == [line]
    manifest = read_manifest(clean)
    assert manifest["against"]["problems"] == 3
    assert [text[:6] for text in manifest["against"]["left_out"]] == ["'odd':"]
    assert str(problems.parent) not in (clean / "run.toml").read_text() + str(manifest)


def test_evaluation_problems_of_the_command_line_reach_the_job(
    problems: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = without(problems)
    folder = made(tmp_path / "made", job, 1).folder
    words = geometry.command(job, 1, folder).split()[1:]
    assert words[words.index("--against") + 1] == "problems.txt"
    named = {"made/run.toml": str(folder / "run.toml"), "problems.txt": str(problems)}
    parsed = cli._parser().parse_args([named.get(word, word) for word in words])
    assert geometry.frozen(jobs.geometry(parsed)) == geometry.frozen(job)
    line = ["schedule", "geometry", "--cron", "0 2 * * *", "--against", "problems.txt"]
    assert jobs.parameters(cli._parser().parse_args(line)) == {
        "count": 100, "seed": 0, "settings": {}, "against": [str(Path("problems.txt").absolute())],
    }  # fmt: skip
    (tmp_path / "odd.txt").write_text("one\na b = moon a b\na b c = triangle a b c ? ncoll a b c\n")
    for text, says in (
        (str(tmp_path / "none.txt"), "cannot read problems from"),
        (str(tmp_path / "odd.txt"), "2 of 2 evaluation problems cannot be compared: 'one': clause 1"),
    ):
        assert cli.main(["run", "geometry", "--against", text, "--out", str(tmp_path / "out")]) == 2
        assert says in (error := capsys.readouterr().err)
        assert error.count("\n") == 1


# What is in it


def test_accepted_and_rejected_rows_are_all_that_was_generated(dataset: Path) -> None:
    counts = read_manifest(dataset)["counts"]
    accepted, rejected = list(rows(dataset)), list(rows(dataset, "rejected"))
    assert counts["generated"] == len(accepted) + len(rejected)
    assert counts["rejected_by_check"] == Counter(row["check"] for row in rejected)
    assert rejected
    assert all(row["check"] and row["reason"] for row in rejected)
    places = [tuple(row["origin"]["place"]) for row in accepted + rejected]
    assert len(places) == len(set(places))
    figures = {figure for figure, _ in places}
    for figure in figures:
        assert {place for one, place in places if one == figure} == set(range(sum(one == figure for one, _ in places)))


def test_no_two_rows_are_the_same_theorem(dataset: Path) -> None:
    found = []
    for row in rows(dataset):
        problem = Problem.parse(row["problem"])
        assert row["goal"] == str(problem.goals[0])
        found.append(canonical(problem.premises, problem.goals))
        assert found[-1] == row["theorem"]
    assert len(set(found)) == COUNT


def test_a_figure_gives_at_most_ten_theorems_of_a_predicate(dataset: Path) -> None:
    kinds = Counter((row["origin"]["place"][0], Fact.parse(row["goal"]).name) for row in rows(dataset))
    assert max(kinds.values()) <= 10


def test_the_limits_are_kept_and_checked(dataset: Path, tmp_path: Path) -> None:
    assert max(Counter(row["origin"]["place"][0] for row in rows(dataset)).values()) > 2
    job = SMALL.model_copy(update={"goals": 2, "steps": 5})
    folder = made(tmp_path / "few", job, 10).folder
    kinds = Counter((row["origin"]["place"][0], Fact.parse(row["goal"]).name) for row in rows(folder))
    assert max(kinds.values()) <= 2
    assert min(row["length"] for row in rows(folder)) >= 5
    assert not list(recheck.check(folder))


def test_datasets_reads_it(dataset: Path) -> None:
    every = load_dataset(str(dataset))
    assert {split: part.num_rows for split, part in every.items()} == read_manifest(dataset)["counts"]["splits"]
    features = every["train"].features
    assert features["premises"].feature.dtype == "string"
    assert {name: kind.dtype for name, kind in features["points"].feature.items()} == {
        "name": "string",
        "x": "float64",
        "y": "float64",
    }
    assert set(features["steps"].feature) == set(every["train"][0]["steps"][0])
    rejected = load_dataset(str(dataset), "rejected", split="train")
    assert rejected.num_rows == read_manifest(dataset)["counts"]["rejected"]


# porism check


def change(folder: Path, edit: Callable[[list[dict[str, Any]]], None]) -> None:
    """Edit the accepted rows as one who takes care that files and counts still agree."""
    (path,) = (folder / "data").glob("train-*")
    table = pq.read_table(path)
    edit(changed := table.to_pylist())
    write_parquet(path, pa.Table.from_pylist(changed, table.schema))
    manifest = read_manifest(folder)
    counts = manifest["counts"]
    more = len(changed) - table.num_rows
    counts["accepted"] += more
    counts["generated"] += more
    counts["splits"]["train"] += more
    write_manifest(folder, {name: value for name, value in manifest.items() if name != "files"})


def test_every_row_of_a_run_passes(dataset: Path) -> None:
    assert not list(recheck.check(dataset))


def other_goal(row: dict[str, Any]) -> None:
    a, b, c = (row["points"][k]["name"] for k in (0, 1, -1))
    row["goal"] = str(Fact.parse(f"cong {a} {b} {a} {c}"))
    row["problem"] = f"{row['problem'].partition(' ? ')[0]} ? {row['goal']}"


def other_coefficient(row: dict[str, Any]) -> None:
    step = next(step for step in row["steps"] if step["terms"])
    step["terms"][0]["coefficient"] = "7"


def other_text(row: dict[str, Any]) -> None:
    row["proof"] += " Obviously."


def other_hash(row: dict[str, Any]) -> None:
    row["theorem"] = "0" * 32


def no_hash(row: dict[str, Any]) -> None:
    row["theorem"] = None


def other_split(row: dict[str, Any]) -> None:
    row["split"] = "test"


def hostile(row: dict[str, Any]) -> None:
    row["problem"] = "a b = segment a b ? " + "coll " * 1000 + "\x1b[31m"


def nothing(row: dict[str, Any]) -> None:
    row.update(dict.fromkeys(name for name in row if name not in ("id", "origin", "verdicts")))


MUTATIONS = [
    (other_goal, "row"),
    (other_coefficient, "row"),
    (other_text, "row"),
    (other_hash, "theorem"),
    (no_hash, "theorem"),
    (other_split, "split"),
    (hostile, "row"),
    (nothing, "row"),
]


@pytest.mark.parametrize(("mutate", "check"), MUTATIONS, ids=lambda value: getattr(value, "__name__", value))
def test_a_changed_row_is_named(
    mutate: Callable[[dict[str, Any]], None], check: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named: list[str] = []

    def edit(found: list[dict[str, Any]]) -> None:
        row = next(row for row in found if any(step["terms"] for step in row["steps"]))
        mutate(row)
        named.append(row["id"])

    change(copy, edit)
    assert cli.main(["check", str(copy)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{named[0]}: {check}: ") for line in lines)
    assert all(line.startswith(named[0]) for line in lines[:-1])
    assert all(line.isprintable() for line in lines)


def test_rows_that_are_right_one_by_one_are_counted_together(copy: Path) -> None:
    def edit(found: list[dict[str, Any]]) -> None:
        found[1] = {**found[0], "origin": found[1]["origin"]}
        found[3]["origin"] = {**found[3]["origin"], "place": found[2]["origin"]["place"]}
        found[5]["origin"] = {**found[5]["origin"], "place": [7]}

    change(copy, edit)
    checks = Counter(verdict.check for _, verdict in recheck.check(copy))
    assert checks["repeat"] == checks["novelty"] == 1
    assert checks["place"] >= 3


def test_more_theorems_of_a_figure_than_the_configuration_allows(copy: Path) -> None:
    text = (copy / "run.toml").read_text()
    (copy / "run.toml").write_text(text.replace("goals = 10", "goals = 1").replace("steps = 3", "steps = 6"))
    checks = Counter(verdict.check for _, verdict in recheck.check(copy))
    assert checks["goals"] > 0
    assert checks["steps"] > 0
    assert set(checks) == {"goals", "steps"}


def test_findings_do_not_depend_on_the_number_of_processes(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recheck_geometry, "BATCH", 5)

    def edit(found: list[dict[str, Any]]) -> None:
        for row in found[::3]:
            other_hash(row)

    change(copy, edit)
    assert list(recheck.check(copy, workers=2)) == list(recheck.check(copy))


@pytest.mark.parametrize("column", ["id", "origin", "verdicts"])
def test_a_row_without_what_every_row_has_is_a_finding_of_its_file(column: str, copy: Path) -> None:
    def edit(found: list[dict[str, Any]]) -> None:
        found[2][column] = {**found[2]["origin"], "place": None} if column == "origin" else None

    change(copy, edit)
    ((where, verdict),) = recheck.check(copy)
    assert where.startswith("data/train-")
    assert f"a row has nothing in column {column}" in verdict.reason


def test_other_columns_are_a_finding_of_the_file(copy: Path) -> None:
    for path in (copy / "data").glob("*.parquet"):
        write_parquet(path, pq.read_table(path).drop_columns(["steps"]))
    write_manifest(copy, {name: value for name, value in read_manifest(copy).items() if name != "files"})
    found = list(recheck.check(copy))
    assert {verdict.reason for _, verdict in found} == {"column steps is missing"}


def test_a_configuration_that_cannot_be_read_is_one_line(copy: Path) -> None:
    (copy / "run.toml").write_text('flow = "geometry"\ngoals = "many"\n')
    with pytest.raises(InputError, match=r"setting 'goals' in .*run.toml"):
        list(recheck.check(copy))


# Auxiliary points

NEEDED = Geometry(seed=1, sampling=Sampling(points=(6, 9)), plain=0, chunk=3)  # whose figures take no time


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("auxiliary") / "made", NEEDED, 2).folder


def test_without_plain_theorems_all_have_auxiliary_points(added: Path) -> None:
    assert all(row["auxiliary"] for row in rows(added))
    assert not list(recheck.check(added))


def test_an_auxiliary_point_in_the_statement_is_found(added: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(added, tmp_path / "copy"))

    def edit(found: list[dict[str, Any]]) -> None:
        clauses, mark, goal = found[0]["problem"].partition(" ? ")
        found[0]["problem"] = f"{clauses}; {found[0]['auxiliary']}{mark}{goal}"
        found[0]["auxiliary"] = ""

    change(folder, edit)
    reasons = [verdict.reason for _, verdict in recheck.check(folder) if verdict.check == "row"]
    assert len(reasons) == 1
    assert "is not needed to construct the goal's points" in reasons[0]
