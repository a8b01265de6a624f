"""The benchmark of the geometry engine: rows, totals, and the arithmetic of times beside a peer."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from porism import cli, terminal_geometry
from porism.errors import InputError
from porism.pipelines import theorems
from porism.pipelines.bench import geometry as bench_geometry
from porism.pipelines.bench import geometry_peers as peers
from porism.pipelines.bench.geometry import Settings, geometry
from porism.pipelines.bench.geometry_peers import OVER, Answer, PeerError, spelled
from porism.symbolic.problem import Problem

PROBLEMS = """# two theorems, one error of writing, one false goal, one without a goal, and a name without a problem
altitudes
a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c
misspelt
a b c = triangl a b c ? cong a b a c
a b c = triangle a b c; m = midpoint m b c ? cong a m b c
aimless
a b c = triangle a b c
alone
midline
a b c = triangle; m = midpoint a b; n = midpoint a c ? para m n b c
"""
INTERPRETED = Settings(compiled=False)


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    path = tmp_path / "problems.txt"
    path.write_text(PROBLEMS)
    return path


@dataclass
class FakePeer:
    """Takes 10 ms to start, 30 ms for a problem with an ``h`` and 20 ms less for each run after it."""

    name: str = "fake"
    calls: list[str] = field(default_factory=list)

    def prepared(self, problem: Problem, seed: int) -> str:
        if "n" in problem.points:
            raise PeerError("no midlines here")
        return str(problem)

    def run(self, prepared: str, limit: float) -> Answer:
        self.calls.append(prepared)
        if not prepared:
            return Answer("solved", 0.010)
        asked = sum(map(bool, self.calls))
        return Answer("solved", 0.050) if asked == 1 else Answer("saturated", 0.030)


def test_a_row_for_each_problem_whatever_is_wrong_with_it(problems: Path) -> None:
    told: list[tuple[int, str]] = []
    found = geometry(theorems.lines(problems), INTERPRETED, report=lambda done, name: told.append((done, name)))
    rows = {row["name"]: row for row in found["rows"]}
    assert list(rows) == ["altitudes", "misspelt", "line 6", "aimless", "alone", "midline"]
    assert told == list(enumerate(rows))
    assert [row["checked"] for row in rows.values()] == [True, False, False, False, False, True]
    assert rows["misspelt"]["reason"].startswith("clause 1 'a b c = triangl a b c', column 9: unknown construction")
    assert rows["line 6"]["reason"].startswith("the goal is false")
    assert rows["aimless"]["reason"].startswith("the problem has no goal")
    assert rows["alone"]["reason"] == "no problem follows this name"
    assert all(rows["altitudes"][f"{part}_cpu_s"] > 0 for part in bench_geometry.PARTS)
    totals = found["totals"]
    assert (totals["problems"], totals["solved"], totals["checked"], totals["kernel"]) == (6, 2, 2, "interpreted")
    for name in ("steps", *(f"{part}_cpu_s" for part in bench_geometry.PARTS)):
        assert totals[name] == pytest.approx(sum(row[name] for row in rows.values()))
    slowest = max(row["closure_cpu_s"] for row in rows.values())
    assert 0 < totals["closure_median_cpu_s"] <= totals["closure_p95_cpu_s"] == slowest


def test_times_of_a_peer_are_net_of_its_start(problems: Path) -> None:
    peer = FakePeer()
    found = geometry(theorems.lines(problems), INTERPRETED, peer)
    rows, totals = {row["name"]: row for row in found["rows"]}, found["totals"]
    first, false = rows["altitudes"], rows["line 6"]
    assert [bool(call) for call in peer.calls] == [True, False, True, False]  # each beside its own start
    assert (first["peer_status"], false["peer_status"]) == ("solved", "saturated")
    assert (first["peer_cpu_s"], first["peer_net_cpu_s"]) == (0.050, pytest.approx(0.040))
    assert first["ratio"] == pytest.approx((first["closure_cpu_s"] + first["trace_cpu_s"]) / 0.040)
    assert rows["midline"]["peer_status"] == "not built: no midlines here"
    assert rows["misspelt"]["peer_status"] == "not asked"
    assert rows["midline"]["peer_cpu_s"] is rows["midline"]["ratio"] is rows["misspelt"]["peer_net_cpu_s"] is None
    assert (totals["peer"], totals["peer_ran"], totals["peer_solved"]) == ("fake", 2, 1)
    assert totals["peer_cpu_s"] == pytest.approx(0.080)
    assert totals["peer_start_cpu_s"] == pytest.approx(0.010)
    assert totals["peer_net_cpu_s"] == pytest.approx(0.060)
    ours = [row["closure_cpu_s"] + row["trace_cpu_s"] for row in (first, false)]
    assert totals["ratio"] == pytest.approx(sum(ours) / 0.060)
    assert totals["common_problems"] == 1
    assert totals["common_ratio"] == pytest.approx(ours[0] / 0.040)


def test_the_least_of_several_runs_counts(problems: Path) -> None:
    found = geometry(theorems.lines(problems)[:1], Settings(compiled=False, repeat=3), FakePeer())
    (row,) = found["rows"]
    assert row["peer_cpu_s"] == 0.030
    assert row["peer_status"] == "solved"
    assert 0 < row["closure_cpu_s"] < 1


def test_no_ratio_to_nothing(problems: Path) -> None:
    class Instant(FakePeer):
        def run(self, prepared: str, limit: float) -> Answer:
            return Answer("solved", 0.01)

    found = geometry(theorems.lines(problems), INTERPRETED, Instant())
    assert found["rows"][0]["ratio"] is found["totals"]["ratio"] is None


def test_a_problem_over_the_limit_is_told_and_its_time_counts(problems: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(problem: Problem, **_: Any) -> Any:
        try:
            while True:
                time.process_time()
        except Exception:
            pytest.fail("the alarm was kept")

    monkeypatch.setattr(bench_geometry, "attempt", busy)
    (row,) = geometry(theorems.lines(problems)[:1], Settings(compiled=False, limit=0.05))["rows"]
    assert (row["solved"], row["reason"]) == (False, "over the limit of 0.05 s")
    assert 0.01 < row["closure_cpu_s"] < 1


def test_a_defect_is_told_in_its_row(problems: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem, **_: Any) -> Any:
        raise KeyError("q")

    monkeypatch.setattr(bench_geometry, "attempt", broken)
    rows = geometry(theorems.lines(problems), INTERPRETED)["rows"]
    assert [row["reason"] for row in rows if "KeyError" in row["reason"]] == ["KeyError: 'q'"] * 3


def test_the_command_prints_and_writes(problems: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    assert cli.main(["bench", "geometry", str(problems), "--interpreted", "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()[1:7]] == ["checked", "-", "-", "-", "-", "checked"]
    assert "line 6 (the goal is false" in printed
    written = json.loads(out.read_text())
    assert written["totals"]["checked"] == 2
    assert f"{'checked':<28} 2\n" in printed
    assert {"name", "solved", "checked", "steps", "closure_cpu_s", "reason"} <= set(written["rows"][0])


def test_the_table_obeys_nothing_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    row = bench_geometry._row("a\x1b[31m\nname") | {"peer_status": OVER, "peer_cpu_s": 60.0}
    terminal_geometry.problems([bench_geometry._net(row, 0.002)])
    head, line, empty = capsys.readouterr().out.splitlines()
    assert line.endswith("60000.00 59998.00     0.00  a[31m name (peer over the limit)")
    assert (head[:5], empty) == ("proof", "")


WRONG = [
    (["none.txt"], "cannot read problems from none.txt: No such file or directory"),
    (["empty.txt"], "empty.txt has no problem; write one on a line"),
    (["names.txt"], "names.txt has no problem; write one on a line"),
    (["bytes.txt"], "cannot read problems from bytes.txt: it is not UTF-8 text"),
    (["one.txt", "--limit", "0"], "--limit is 0; it must be above 0"),
    (["one.txt", "--repeat", "0"], "--repeat is 0; it must be at least 1"),
    (["one.txt", "--peer", "hal"], "argument --peer: invalid choice: 'hal'"),
    (["one.txt", "--json", "."], ". is a folder; --json wants a file"),
    (["one.txt", "--json", "no/such.json"], "there is no folder no for the file of --json"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_one_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.txt").write_text("a b = segment a b; m = midpoint m a b ? cong a m b m\n")
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    (tmp_path / "names.txt").write_text("one\ntwo\n")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    try:
        status = cli.main(["bench", "geometry", "--interpreted", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


def test_a_peer_that_is_not_there_is_one_line(
    problems: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert cli.main(["bench", "geometry", str(problems), "--interpreted", "--peer", "yuclid"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == ("porism: the peer yuclid is not installed here; install it with: pip install 'porism[peers]'\n")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("""echo '{"status": "saturated"}'""", "saturated"),
        ("echo no facts >&2; exit 3", "failed with status 3 no facts"),
        ("sleep 20", OVER),
    ],
)
def test_what_a_program_answers(answer: str, status: str, tmp_path: Path) -> None:
    program = tmp_path / "yuclid"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    peer = object.__new__(peers.Yuclid)  # whose program is installed, and whose builder is not needed
    peer._program = str(program)
    found = peer.run("point a 0 0\n", 0.5)
    assert found.status == status
    assert 0 <= found.cpu_s < 0.5


def test_a_problem_in_the_dialect_of_newclid() -> None:
    text = "a b c d = eq_trapezoid; e f = square a b; g = s_angle a b 1pi/6 ? aconst a b b g 1pi/6; perp a b b e"
    assert spelled(Problem.parse(text)) == (
        "a b c d = iso_trapezoid a b c d; e f = square e f a b; g = s_angle a b g 1pi/6"
        " ? aconst a b b g 1pi/6; perp a b b e"
    )


def test_the_range_of_settings() -> None:
    with pytest.raises(InputError, match="--limit is nan; it must be above 0"):
        Settings(limit=float("nan"))
