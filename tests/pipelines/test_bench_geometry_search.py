"""The benchmark of the search for auxiliary points: who solved what, against trials, seconds and seeds."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from porism import cli, terminal_geometry
from porism.pipelines import theorems
from porism.pipelines.auxiliary.solve import Place, Progress, Solved
from porism.pipelines.auxiliary.solve import Settings as Search
from porism.pipelines.auxiliary.tree import FRONTIERS
from porism.pipelines.bench import geometry_search as bench
from porism.pipelines.bench.geometry import Settings
from porism.symbolic import Attempt, Problem, attempt

RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
HARD = RIGHT.replace("2 1", "4 2")  # the same, and nobody solves it below
ALTITUDES = "a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c"
FALSE = "a b c = triangle a b c; m = midpoint m b c ? cong a m b c"
PROBLEMS = f"""altitudes
{ALTITUDES}
right
{RIGHT}
right
{HARD}
false
{FALSE}
misspelt
a b = segmnt a b ? cong a b a b
"""
DEDUCTION = Settings(compiled=False)

Report = Callable[[Progress], None] | None


def plan(*frontiers: str, seeds: int = 1, **budget: Any) -> bench.Plan:
    searches = [
        Search(frontier=frontier, seed=seed, compiled=False, **budget)
        for frontier in frontiers or ("best",)
        for seed in range(seeds)
    ]
    return bench.Plan(DEDUCTION, tuple(searches))


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    path = tmp_path / "problems.txt"
    path.write_text(PROBLEMS)
    return path


@pytest.fixture(scope="module")
def tries() -> tuple[Attempt, Attempt]:
    """Without a proof and with one."""
    with_point = RIGHT.replace(" ?", "; e = midpoint e a b ?")
    return attempt(Problem.parse(RIGHT)), attempt(Problem.parse(with_point))


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch, tries: tuple[Attempt, Attempt]) -> list[Search]:
    """Searches of which all and nothing is known beforehand; those that were asked for.

    ``best`` solves with every seed after 20 trials and 2 s, ``mcts`` with seed 0 after 500 trials and 50 s, and the
    others never, as nobody solves ``HARD``.
    """
    asked: list[Search] = []

    def made(problem: Problem, settings: Search, report: Report = None) -> Solved:
        asked.append(settings)
        assert report is not None
        report(Progress(1, 0.1, Place((), 0)))
        kinds = {"best": (20, 2.0, True), "mcts": (500, 50.0, settings.seed == 0)}
        trials, seconds, solved = kinds.get(settings.frontier, (1000, 100.0, False))
        if solved and str(problem) == str(Problem.parse(RIGHT)):
            return Solved(problem, tries[1], ("e = midpoint e a b",), trials, seconds, "solved")
        return Solved(problem, tries[0], (), 1000, 100.0, "attempts")

    monkeypatch.setattr(bench, "solve", made)
    return asked


def test_each_problem_is_tried_by_deduction_first_and_then_by_search(problems: Path, staged: list[Search]) -> None:
    told: list[tuple[int, str]] = []
    found = bench.geometry_search(theorems.lines(problems), plan(), lambda done, name: told.append((done, name)))
    assert told == list(enumerate(["altitudes", "right", "right", "false", "misspelt"]))
    rows = found["rows"]
    assert [row["solved_by"] for row in rows] == ["deduction", "search", "", "", ""]
    assert [row["frontier"] for row in rows] == ["", "best", "best", "", ""]
    assert (rows[1]["clauses"], rows[1]["trials"], rows[1]["trials_per_core_s"]) == (["e = midpoint e a b"], 20, 10.0)
    assert rows[2]["reason"] == "the closure ended without the goal; search ended: attempts"
    assert rows[3]["reason"].startswith("the goal is false")
    assert rows[4]["reason"].startswith("clause 1 'a b = segmnt a b'")
    totals = found["totals"]
    counts = ("problems", "solved_by_deduction", "solved_by_search", "not_solved", "searches", "trials")
    assert [totals[name] for name in counts] == [5, 1, 1, 3, 2, 1020]
    assert (totals["clauses_mean"], totals["interrupted"]) == (1.0, False)
    assert totals["trials_per_core_s"] == pytest.approx(1020 / 102)


def test_every_frontier_gets_every_seed_and_the_same_budget(problems: Path, staged: list[Search]) -> None:
    asked = plan("best", "mcts", "beam", seeds=2, attempts=1000, seconds=100.0)
    found = bench.geometry_search(theorems.lines(problems), asked)
    assert staged == [*asked.searches] * 2  # for the two problems that deduction does not solve
    best, mcts, beam = found["table"]
    assert [row["frontier"] for row in (best, mcts, beam)] == ["best", "mcts", "beam"]
    assert all((row["seeds"], row["searched"]) == (2, 2) for row in (best, mcts, beam))
    whole = ("solved", "with every seed", "with any")
    assert [[row[name] for name in whole] for row in (best, mcts, beam)] == [[1.0, 1, 1], [0.5, 0, 1], [0.0, 0, 0]]
    within = ("≤ 10 trials", "≤ 100 trials", "≤ 1 s", "≤ 10 s", "≤ 60 s")
    assert [name for name in best if name.startswith("≤")] == list(within)
    assert [best[name] for name in within] == [0.0, 1.0, 0.0, 1.0, 1.0]
    assert [mcts[name] for name in within] == [0.0, 0.0, 0.0, 0.0, 0.5]
    assert (best["trials"], best["seconds"]) == (2 * 20 + 2 * 1000, 204.0)
    assert found["totals"]["solved_by_search"] == 1  # a problem, whoever solved it


def test_a_core_second_is_a_second_of_each_worker(problems: Path, staged: list[Search]) -> None:
    found = bench.geometry_search(theorems.lines(problems)[1:2], plan(workers=4))
    assert found["rows"][0]["trials_per_core_s"] == 2.5
    assert found["totals"]["trials_per_core_s"] == 2.5
    assert found["table"][0]["a core s"] == 2.5


def test_the_search_reports_on_its_way(problems: Path, staged: list[Search]) -> None:
    told: list[tuple[int, str, str, int]] = []

    def tell(done: int, name: str, search: Search, progress: Progress) -> None:
        told.append((done, name, search.frontier, progress.trials))

    bench.geometry_search(theorems.lines(problems), plan("mcts"), search_report=tell)
    assert told == [(1, "right", "mcts", 1), (2, "right", "mcts", 1)]


def test_what_was_stopped_is_left_out_and_the_rest_is_told(
    problems: Path, monkeypatch: pytest.MonkeyPatch, tries: tuple[Attempt, Attempt]
) -> None:
    def stopped(problem: Problem, settings: Search, report: Report = None) -> Solved:
        if settings.seed == 1:
            raise KeyboardInterrupt
        return Solved(problem, tries[0], (), 10, 1.0, "attempts")

    monkeypatch.setattr(bench, "solve", stopped)
    found = bench.geometry_search(theorems.lines(problems), plan(seeds=2))
    assert [row["name"] for row in found["rows"]] == ["altitudes"]
    assert (found["totals"]["problems"], found["totals"]["interrupted"]) == (1, True)
    assert found["table"][0]["searched"] == 0


def test_a_defect_is_told_in_its_row(problems: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem, settings: Search, report: Report = None) -> Solved:
        raise KeyError("q")

    monkeypatch.setattr(bench, "solve", broken)
    rows = bench.geometry_search(theorems.lines(problems), plan())["rows"]
    assert [row["reason"] for row in rows if row["frontier"]] == ["KeyError: 'q'"] * 2


def test_the_command_searches_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "two.txt", tmp_path / "figures.json"
    file.write_text(f"altitudes\n{ALTITUDES}\nright\n{RIGHT}\n")
    options = ["--interpreted", "--search", "--workers", "1", "--attempts", "50", "--json", str(out)]
    assert cli.main(["bench", "geometry", str(file), *options]) == 0
    head, deduced, found, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["solved", "by", "frontier"]
    assert (deduced.split()[0], deduced.split()[-1]) == ("deduction", "altitudes")
    assert re.fullmatch(r"search +beam +0 +\d+ +[\d.]+ +[\d.]+  right \(.+\)", found)
    written = json.loads(out.read_text())
    assert (written["totals"]["solved_by_deduction"], written["totals"]["solved_by_search"]) == (1, 1)
    assert set(written) == {"totals", "table", "rows"}
    assert written["totals"]["kernel"] == "interpreted"


def test_the_command_compares_frontiers_and_seeds(
    problems: Path, staged: list[Search], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--interpreted", "--search", "--workers", "1", "--frontier", "all", "--seeds", "2", "--seed", "5"]
    assert cli.main(["bench", "geometry", str(problems), *options]) == 0
    table = capsys.readouterr().out.split("\n\n")[1].splitlines()
    assert [line.split()[0] for line in table[: len(FRONTIERS) + 1]] == ["frontier", *FRONTIERS]
    expected = [(frontier, seed) for frontier in FRONTIERS for seed in (5, 6)]
    assert [(search.frontier, search.seed) for search in staged] == expected * 2


def test_a_benchmark_that_is_stopped_has_status_130(
    problems: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: Any) -> Solved:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "solve", stopped)
    assert cli.main(["bench", "geometry", str(problems), "--interpreted", "--search"]) == 130
    said = capsys.readouterr()
    assert said.err == "porism: stopped; the problem under way is left out\n"
    assert said.out.splitlines()[1].startswith("deduction")


def test_the_table_obeys_nothing_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    row = bench._row(theorems.Line("a\x1b[31m\nname", RIGHT, 1)) | {"clauses": ["e\x1b[2J"], "frontier": "best"}
    terminal_geometry.searches([row])
    head, line, empty = capsys.readouterr().out.splitlines()
    assert line.endswith("  a[31m name (e[2J)")
    assert (head[:6], empty) == ("solved", "")


def test_how_far_a_search_of_a_benchmark_is() -> None:
    told: list[tuple[int, str]] = []
    tell = terminal_geometry.counted(lambda done, text: told.append((done, text)))
    for trials in (1, 2):  # the second within a tenth of a second
        tell(3, "name" * 20, Search(), Progress(trials, 1.0, Place(("x" * 200,), 1)))
    ((done, text),) = told
    assert done == 3
    assert text.startswith(f"{('name' * 20)[-30:]}, beam, seed 0: 1 trial, 1 a second, 599 s left")
    assert len(text) <= 85


WRONG = [
    (["--frontier", "all"], "--frontier says how to search; it goes with --search"),
    (["--seeds", "2"], "--seeds says how to search; it goes with --search"),
    (["--search", "--seeds", "0"], "--seeds is 0; it must be at least 1"),
    (["--search", "--frontier", "best", "--frontier", "x"], "--frontier is 'x'; it is one of best, "),
    (["--search", "--attempts", "0"], "--attempts is 0; it must be at least 1"),
    (["--search", "--peer", "yuclid"], "--peer and --repeat measure deduction; leave them out, or leave out --search"),
    (["--search", "--repeat", "2"], "--peer and --repeat measure deduction; leave them out, or leave out --search"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_one_line(
    arguments: list[str], says: str, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "geometry", str(problems), "--interpreted", *arguments]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert says in said.err
