"""``porism prove --search``, as a person meets it: with a proof, without one, and stopped on the way."""

import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from porism import cli, terminal_geometry
from porism.errors import InputError
from porism.generators import models
from porism.generators.chat import Scripted
from porism.pipelines import theorem_search
from porism.pipelines.auxiliary.solve import Place, Progress, Settings, Solved, solve
from porism.pipelines.auxiliary.tree import FRONTIERS
from porism.symbolic import Problem, attempt
from porism.symbolic.check import check
from porism.symbolic.faces.as_json import from_json

RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
ALTITUDES = "a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c"
FALSE = "a b c = triangle a b c; m = midpoint m b c ? cong a m b c"
PLACES = (
    Place((), 0),
    Place(("e = midpoint e b c",), 1),
    Place(("e = midpoint e b c", "f = foot f e a d"), 3, (("g = midpoint g e f", 3),)),
)

Report = Callable[[Progress], None] | None


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The search without processes and compiling; tells how often the kernel would have been loaded."""
    calls: list[str] = []
    monkeypatch.setattr(cli, "_warm", lambda: calls.append("warm"))

    def plain(problem: Problem, settings: Settings, report: Report = None, proposals: Sequence[str] = ()) -> Solved:
        return solve(problem, replace(settings, compiled=False, workers=1), report, proposals)

    monkeypatch.setattr(theorem_search, "solve", plain)
    return calls


@pytest.fixture
def hopeless(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A search without a proof, which ends as the test says."""
    how = {"ended": "attempts"}
    monkeypatch.setattr(cli, "_warm", lambda: None)

    def tried(problem: Problem, settings: Settings, report: Report = None, proposals: Sequence[str] = ()) -> Solved:
        assert report is not None
        for trials, place in enumerate(PLACES, 1):
            report(Progress(trials, trials / 2, place))
        if how["ended"] == "interrupted":
            raise KeyboardInterrupt
        return Solved(problem, attempt(problem), (), 1234, 56.78, how["ended"], PLACES)

    monkeypatch.setattr(theorem_search, "solve", tried)
    return how


def test_the_auxiliary_points_come_first_and_the_effort_last(
    warmed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["prove", "--search", RIGHT]) == 0
    said = capsys.readouterr()
    statement, empty, auxiliary, *proof, last, verdict, times, effort = said.out.splitlines()
    assert statement.endswith("Show that AB = 2 CD.")
    assert "E" not in re.findall(r"\b[A-Z]\b", statement)
    assert (empty, last, said.err) == ("", "", "")
    assert auxiliary.startswith("Construct E, ")
    assert any("AB = 2 CD" in line for line in proof)
    assert verdict == "checked: accepted; holds in 10 of 10 fresh drawings"
    assert times.startswith("time: ")
    assert re.fullmatch(r"search: [\d,]+ trials? in \d+\.\d s", effort)
    assert warmed == ["warm"]


def test_json_has_the_proof_and_the_search(warmed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--search", "--json", RIGHT]) == 0
    found = json.loads(capsys.readouterr().out)
    keys = ("problem", "name", "premises", "auxiliary", "steps", "goals")
    assert check(from_json({key: found[key] for key in keys}), seed=99).ok
    search = found["search"]
    assert set(search) == {"trials", "seconds", "ended", "clauses", "best"}
    assert (search["ended"], found["auxiliary"], found["proved"]) == ("solved", ["e"], True)
    assert search["trials"] > 0 < search["seconds"]
    assert found["problem"] == str(Problem.parse(RIGHT.replace(" ?", f"; {'; '.join(search['clauses'])} ?")))
    assert "E" not in re.findall(r"\b[A-Z]\b", found["statement"])


def test_latex_has_the_effort_in_a_comment(warmed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--search", "--latex", RIGHT]) == 0
    comments, _, document = capsys.readouterr().out.partition("\\documentclass")
    assert all(line.startswith("% ") for line in comments.splitlines())
    assert "% search: " in comments
    assert "Construct $E$" in document


def test_the_figure_marks_the_auxiliary_points(warmed: list[str], tmp_path: Path) -> None:
    assert cli.main(["prove", "--search", RIGHT, "--svg", str(tmp_path / "right.svg")]) == 0
    root = ET.parse(tmp_path / "right.svg").getroot()
    labels = {"".join(text.itertext()): text.get("class") for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert labels["E"] != labels["A"]


def test_a_proof_of_a_search_is_checked_with_many_digits(warmed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--search", RIGHT, "--digits", "50"]) == 0
    assert "checked: accepted" in capsys.readouterr().out


def test_nothing_is_searched_or_compiled_where_deduction_does(
    warmed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["prove", "--search", ALTITUDES]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "search: not needed, deduction alone proves it"
    assert cli.main(["prove", "--search", "--json", ALTITUDES]) == 0
    search = json.loads(capsys.readouterr().out)["search"]
    assert (search["trials"], search["ended"], search["clauses"], search["best"]) == (0, "solved", [], [])
    assert warmed == []


def test_no_point_makes_a_false_goal_true(warmed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--search", FALSE]) == 1
    out = capsys.readouterr().out
    assert "not proved: the goal is false" in out
    assert out.splitlines()[-1] == "search: none, since the goal is false"
    assert warmed == []


@pytest.mark.parametrize(
    ("ended", "because"),
    [
        ("attempts", "that is all that --attempts allows"),
        ("seconds", "that is all that --seconds allows"),
        ("exhausted", "there was nothing more to try"),
    ],
)
def test_a_search_without_a_proof_says_why_it_ended_and_what_brought_most(
    ended: str, because: str, hopeless: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hopeless["ended"] = ended
    assert cli.main(["prove", "--search", RIGHT]) == 1
    out = capsys.readouterr().out
    assert "\nnot proved: the closure ended without the goal\n" in out
    assert out.splitlines()[-4:] == [
        f"search: 1,234 trials in 56.8 s; {because}",
        "what brought most:",
        "  3 new equations: Construct E, the midpoint of BC. Construct F, the foot of the perpendicular from E to AD.",
        "  1 new equation: Construct E, the midpoint of BC.",
    ]


def test_a_search_that_is_stopped_tells_the_best_so_far(
    hopeless: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hopeless["ended"] = "interrupted"
    assert cli.main(["prove", "--search", RIGHT]) == 130
    said = capsys.readouterr()
    assert said.err == "porism: stopped; what was best so far is told\n"
    assert "search: 3 trials in 1.5 s; it was stopped\nwhat brought most:\n  3 new equations: Construct E," in said.out
    assert cli.main(["prove", "--search", "--json", RIGHT]) == 130
    search = json.loads(capsys.readouterr().out)["search"]
    assert (search["ended"], search["trials"]) == ("interrupted", 3)
    assert search["best"] == [{"clauses": ["e = midpoint e b c", "f = foot f e a d"], "gain": 3}]


def test_a_search_that_brought_no_news_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem.parse(RIGHT)
    terminal_geometry.searched(Solved(problem, attempt(problem), (), 5, 1.0, "attempts", (Place((), 0),)), 5)
    assert "nothing that was tried brought news" in capsys.readouterr().out.splitlines()[-1]


def test_a_point_that_the_proof_does_not_speak_of_is_not_told_as_given(capsys: pytest.CaptureFixture[str]) -> None:
    whole = attempt(Problem.parse(RIGHT.replace(" ?", "; e = midpoint e a b; f = mirror f e a ?")))
    assert whole.proof is not None
    assert whole.proof.auxiliary == ("e",)
    terminal_geometry.searched(Solved(Problem.parse(RIGHT), whole, ("e = midpoint e a b",), 2, 0.1, "solved"), 5)
    statement = capsys.readouterr().out.splitlines()[0]
    assert not {"E", "F"} & set(re.findall(r"\b[A-Z]\b", statement))


WRONG = [
    (["--attempts", "5"], "--attempts says how to search; it goes with --search"),
    (["--seconds", "5"], "--seconds says how to search; it goes with --search"),
    (["--workers", "1"], "--workers says how to search; it goes with --search"),
    (["--frontier", "mcts"], "--frontier says how to search; it goes with --search"),
    (["--search", "--attempts", "0"], "--attempts is 0; it must be at least 1"),
    (["--search", "--seconds", "nan"], "--seconds is nan; it must be above 0"),
    (["--search", "--workers", "-1"], "--workers is -1; it must be at least 1"),
    (["--search", "--frontier", "depth"], "--frontier is 'depth'; it is one of best, "),
    (["--search", "--attempts", "many"], "argument --attempts: invalid int value: 'many'"),
    (["--search", "--digits", "3"], "--digits is 3; it must be from 15 to 1000"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_one_line_and_status_2(
    arguments: list[str], says: str, warmed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = cli.main(["prove", RIGHT, *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


def test_what_the_command_line_does_not_say_is_the_default() -> None:
    assert theorem_search.settings(7) == Settings(workers=theorem_search.cores(), seed=7)
    chosen = theorem_search.settings(0, attempts=5, seconds=float("inf"), workers=3, frontier="mcts")
    assert chosen == Settings(attempts=5, seconds=None, workers=3, frontier="mcts")
    with pytest.raises(InputError, match="--seconds is 0; it must be above 0"):
        theorem_search.settings(0, seconds=0.0)


@pytest.mark.parametrize("command", [["prove"], ["bench", "geometry"]])
def test_the_help_tells_the_real_defaults(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    with pytest.raises(SystemExit):
        cli.main([*command, "--help"])
    out, usual = capsys.readouterr().out, Settings()
    assert f"at most (default {usual.attempts})" in out
    assert f"by the clock (default {usual.seconds:g})" in out
    assert f"(default {usual.frontier})" in out
    assert usual.frontier in FRONTIERS


def test_how_far_a_search_is_in_one_line() -> None:
    progress = Progress(1500, 10.0, PLACES[2])
    told = "1,500 trials, 150 a second, {}; best so far 3 new equations: e = midpoint e b c; f = foot f e a d"
    assert terminal_geometry.under_way(progress, Settings()) == told.format("590 s left")
    assert terminal_geometry.under_way(progress, Settings(attempts=3000)) == told.format("10 s left")
    first = Progress(0, 0.0, Place((), 0))
    assert terminal_geometry.under_way(first, Settings(seconds=None)) == "0 trials, 0 a second"
    hostile = Progress(1, 1.0, Place(("e\x1b[2J = midpoint\n e a b",), 1))
    assert terminal_geometry.under_way(hostile, Settings()).isprintable()


def test_progress_is_for_terminals_alone_and_leaves_nothing_behind(
    hopeless: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["prove", "--search", RIGHT])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    cli.main(["prove", "--search", RIGHT])
    shown = capsys.readouterr().err
    assert shown.startswith("\r\x1b[K1 trial, 2 a second, 600 s left")  # the others came within a tenth of a second
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_a_model_is_asked_for_points_that_are_tried_first(
    warmed: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def scripted(spec: str, service: object) -> Iterator[Scripted]:
        assert spec == "openai:fake"
        yield Scripted(['{"clauses": ["x = foot x a b c", "m = midpoint m a b", "no clause"]}'])

    monkeypatch.setattr(models, "served", scripted)
    assert cli.main(["prove", "--search", "--model", "openai:fake", "--json", RIGHT]) == 0
    search = json.loads(capsys.readouterr().out)["search"]
    assert (search["clauses"], search["trials"]) == (["e = midpoint e a b"], 1)


def test_a_model_goes_with_a_search(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--model", "local", RIGHT]) == 2
    assert capsys.readouterr().err == "porism: --model says how to search; it goes with --search\n"
