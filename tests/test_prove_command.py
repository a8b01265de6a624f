"""``porism prove``, as a person meets it."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from porism import cli
from porism.symbolic.check import check
from porism.symbolic.faces.as_json import from_json

ALTITUDES = "a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c"
FALSE = "a b c = triangle a b c; m = midpoint m b c ? cong a m b c"
DEPENDS = (  # X and Y lie on rays from A or on their opposites, as it comes; the goal holds if both or none do
    "a b c = triangle a b c; x = on_line x a b, on_circle x a c; y = on_line y a c, on_circle y a b ? cong x y b c"
)
MORLEY = (  # whose triangle is equilateral
    "a b c = triangle a b c; x y = trisect x y a b c; u v = trisect u v b c a; p q = trisect p q c a b;"
    " d = on_line d b y, on_line d c u; e = on_line e c v, on_line e a p; f = on_line f a q, on_line f b x"
    " ? cong d e e f"
)
FILE = f"""# two problems
altitudes
{ALTITUDES}
false/one
{FALSE}
broken
a b = segmnt a b ? cong a b a b
aimless
a b = segment a b
twice
{ALTITUDES}
twice
{ALTITUDES}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.txt").write_text(FILE)
    (tmp_path / "one.txt").write_text(f"{ALTITUDES}\n")
    return tmp_path


def test_a_proof_is_told_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", ALTITUDES]) == 0
    statement, empty, *proof, last, verdict, times = capsys.readouterr().out.splitlines()
    assert statement.endswith("Show that AH is perpendicular to BC.")
    assert (empty, last) == ("", "")
    assert "Since AC is perpendicular to BH (1)" in proof[-1]
    assert verdict.startswith("checked: accepted; holds in 10 of 10 fresh drawings")
    assert times.startswith("time: ")
    assert all(part in times for part in ("drawing ", "closure ", "proof ", "shortening ", "check "))


def test_a_false_goal_is_not_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", FALSE]) == 1
    out = capsys.readouterr().out
    assert "not proved: the goal is false: it fails in all of 12 drawings" in out
    assert "checked" not in out


def test_a_goal_out_of_reach_is_told_what_came_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", MORLEY]) == 1
    out = capsys.readouterr().out
    assert "not proved: the closure ended without the goal" in out
    assert " facts are known\n" in out
    assert "nearest to 'DE = EF':" in out or "none of them is about two points of 'DE = EF'" in out
    assert cli.main(["prove", "--json", MORLEY]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["facts"] > 0
    assert list(found["nearest"]) == ["cong d e e f"]
    assert (found["proved"], found["verdict"]) == (False, None)


def test_json_is_the_proof_and_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--json", ALTITUDES]) == 0
    found = json.loads(capsys.readouterr().out)
    keys = ("problem", "name", "premises", "auxiliary", "steps", "goals")
    proof = from_json({key: found[key] for key in keys})
    assert check(proof, seed=99).ok
    assert found["statement"].startswith("Let ABC be a triangle.")
    assert found["verdict"] == {"ok": True, "check": "proof", "reason": ""}
    assert (found["proved"], found["depends"], found["holds"], found["reason"]) == (True, False, [10, 10], "")
    assert set(found["seconds"]) == {"draw", "closure", "trace", "shorten", "check"}


def test_latex_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--latex", ALTITUDES]) == 0
    comments, _, document = capsys.readouterr().out.partition("\\documentclass")
    assert all(line.startswith("% ") for line in comments.splitlines())
    assert "checked: accepted" in comments
    assert document.endswith("\\end{document}\n")


def test_the_figure_is_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text, status in (("true.svg", ALTITUDES, 0), ("false.svg", FALSE, 1)):
        assert cli.main(["prove", text, "--svg", name]) == status
        assert ET.parse(here / name).getroot().tag.endswith("svg")
    assert [path.name for path in here.iterdir() if path.suffix == ".part"] == []


def test_many_digits_check_the_proof_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", ALTITUDES, "--digits", "50"]) == 0
    assert "checked: accepted" in capsys.readouterr().out


def test_a_problem_of_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--file", "one.txt"]) == 0
    assert cli.main(["prove", "--file", "file.txt", "--name", "altitudes"]) == 0  # whatever the others are
    assert cli.main(["prove", "--file", "file.txt", "--name", "false/one", "--json"]) == 1
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["name"] == "false/one"


WRONG = [
    ([], "write one problem as an argument, or name a file of problems with --file"),
    ([ALTITUDES, "--file", "one.txt"], "write one problem as an argument, or name a file of problems with --file"),
    ([ALTITUDES, "--name", "x"], "--name picks a problem of the file that --file names; there is none"),
    (
        ["a b = segmnt a b"],
        "clause 1 'a b = segmnt a b', column 7: unknown construction 'segmnt'; did you mean segment",
    ),
    (["a b = segment a b"], "the problem has no goal; end it with one, such as '? perp a b c d'"),
    ([""], "the problem has no construction"),
    (["a b = segment a b; c = midpoint a b, on_circle a b ? cong a c b c"], "clause 2"),
    ([ALTITUDES, "--digits", "3"], "--digits is 3; it must be from 15 to 1000"),
    ([ALTITUDES, "--seed", "s"], "argument --seed: invalid int value: 's'"),
    ([ALTITUDES, "--json", "--latex"], "argument --latex: not allowed with argument --json"),
    ([ALTITUDES, "--svg", "."], ". is a folder; --svg wants a file"),
    ([ALTITUDES, "--svg", "no/such.svg"], "there is no folder no for the file of --svg"),
    (["--file", "none.txt"], "cannot read problems from none.txt: No such file or directory"),
    (["--file", "file.txt"], "file.txt has 6 problems; choose one with --name, such as --name 'altitudes'"),
    (["--file", "file.txt", "--name", "altitude"], "has no problem called 'altitude'; nearest: 'altitudes'"),
    (["--file", "file.txt", "--name", "one"], "has no problem called 'one'; nearest: 'false/one'"),
    (["--file", "file.txt", "--name", "zzz"], "has no problem called 'zzz'; it has 5 names, none like it"),
    (["--file", "file.txt", "--name", "twice"], "has 2 problems called 'twice', lines 11, 13"),
    (["--file", "file.txt", "--name", "broken"], "file.txt, line 7: clause 1 'a b = segmnt a b', column 7: unknown"),
    (["--file", "file.txt", "--name", "aimless"], "file.txt, line 9: the problem has no goal"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=range(len(WRONG)))
def test_wrong_input_is_one_line_and_status_2(
    arguments: list[str], says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = cli.main(["prove", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


def test_a_goal_that_depends_on_a_choice_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", DEPENDS, "--seed", "2"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "drawings" in line]
    good = int(lines[0].split(" of 10 fresh drawings")[0].split()[-1])
    assert 0 < good < 10
    assert lines[1].startswith("the goal depends on a choice that the text leaves open")
    assert lines[1].endswith(f"it fails in {10 - good} of 10 drawings")


def test_the_command_starts_without_anything_heavy() -> None:
    code = (
        "import sys; from porism import cli; status = cli.main(['prove', sys.argv[1]]);"
        "heavy = {'prefect', 'datasets', 'sympy', 'networkx', 'numba', 'pyarrow', 'scipy', 'newclid'};"
        "sys.exit(status or ', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, ALTITUDES], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
