"""The command line, as a person meets it: exit statuses and lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from servers import FakeServer

import porism
from porism import cli


def run(*arguments: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "porism", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


WRONG = [
    ([], "the following arguments are required: COMMAND"),
    (["fly"], "invalid choice: 'fly'"),
    (["run"], "the following arguments are required: flow"),
    (["run", "instruct", "--count", "many"], "argument --count: invalid int value: 'many'"),
    (["run", "instruct", "--count", "0"], "--count is 0; it must be at least 1"),
    (["run", "instruct", "--model", "gpt"], "unknown model 'gpt'; it is spelled local, local:FILE.gguf, openai:NAME"),
    (["run", "instruct", "--model", "local:none.gguf"], "cannot read the model file none.gguf: No such file"),
    (["run", "instruct", "--seed", "-1"], "setting 'seed': Input should be greater than or equal to 0, not -1"),
    (["run", "instruct", "--seeds", "none.jsonl"], "cannot read the seed tasks in none.jsonl"),
    (["run", "instruct", "--config", "none.toml"], "cannot read none.toml: No such file or directory"),
    (["run", "instruct", "--config", "broken.toml"], "broken.toml is not TOML"),
    (
        ["run", "instruct", "--config", "odd.toml"],
        "unknown setting 'settings.humans' in odd.toml; known there: window, ",
    ),
    (["run", "instruct", "--config", "other.toml"], "other.toml is for the flow 'tools', not for 'instruct'"),
    (["run", "instruct", "--slots", "0"], "--concurrency is 0; it must be at least 1"),
    (["run", "instruct", "--rpm", "-3"], "--rpm is -3; it must be above 0"),
    (["run", "instruct", "--price", "cheap"], "--price is 'cheap'; it wants two numbers such as 0.15,0.60"),
    (["run", "instruct", "--out", "broken.toml"], "broken.toml is a file; --out wants a folder"),
    (["run", "instruct", "--out", "."], ". holds files but no run.toml"),
    (["run", "instruct", "--model", "openai:x@http://127.0.0.1:9/v1"], "nothing answers at http://127.0.0.1:9/v1"),
    (["run", "instruct", "--slots", "17"], "the window is 64 for 17 requests side by side"),
    (["run", "instruct", "--workers", "2"], "--workers and --runner are for geometry; instruct asks --concurrency"),
    (["run", "geometry", "--model", "local"], "--model is for flows that ask a language model; geometry asks none"),
    (["run", "geometry", "--count", "0"], "--count is 0; it must be at least 1"),
    (["run", "geometry", "--workers", "0"], "--workers is 0; it must be at least 1"),
    (["run", "geometry", "--address", "tcp://host:1"], "--address is of a cluster; say --runner ray or --runner dask"),
    (["run", "geometry", "--runner", "slurm"], "argument --runner: invalid choice: 'slurm'"),
    (["run", "geometry", "--out", "broken.toml"], "broken.toml is a file; --out wants a folder"),
    (
        ["run", "geometry", "--config", "points.toml"],
        "setting 'sampling.points' in points.toml: write the fewest and the most points, "
        "4 <= fewest <= most <= 25, not [3, 50]\n",
    ),
    (
        ["run", "geometry", "--config", "only.toml"],
        "setting 'sampling.only' in only.toml: unknown construction 'trangle'; did you mean triangle",
    ),
    (["run", "geometry", "--config", "start.toml"], "setting 'sampling' in start.toml: no construction is left to"),
    (["run", "geometry", "--config", "goals.toml"], "setting 'goals' in goals.toml: Input should be less than"),
    (["run", "geometry", "--config", "known.toml"], "nowhere has no manifest.json (not a dataset)"),
    (["check", "nowhere", "--workers", "0"], "--workers is 0; it must be at least 1"),
    (["show", "."], ". has no manifest.json (not a dataset)"),
    (["check", "nowhere"], "nowhere has no run.toml, so it is not a dataset's folder"),
    (["schedule", "instruct"], "the following arguments are required: --cron"),
    (["schedule", "instruct", "--cron", "at night"], "--cron is 'at night'; it wants five fields"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) or "nothing" for arguments, _ in WRONG])
def test_wrong_input_is_one_line_and_status_2(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.toml").write_text("seed = [")
    (tmp_path / "odd.toml").write_text("[settings]\nhumans = 3\n")
    (tmp_path / "other.toml").write_text('flow = "tools"\n')
    (tmp_path / "points.toml").write_text("[sampling]\npoints = [3, 50]\n")
    (tmp_path / "only.toml").write_text('[sampling]\nonly = ["triangle", "trangle"]\n')
    (tmp_path / "start.toml").write_text('[sampling]\nonly = ["midpoint"]\n')
    (tmp_path / "goals.toml").write_text("goals = 11\n")
    (tmp_path / "known.toml").write_text('known = ["nowhere"]\n')
    try:
        status = cli.main(arguments)
    except SystemExit as error:  # the parser's way out
        status = int(str(error.code))
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert said.err.startswith("porism: ")
    assert says in said.err
    assert said.err.count("\n") == 1


def test_version_and_help(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"porism {porism.__version__}\n"
    text = run("--help", cwd=tmp_path).stdout
    assert all(command in text for command in ("run", "show", "check", "schedule", "doctor", "bench"))


def test_a_run_can_be_shown_checked_and_extended(tmp_path: Path) -> None:
    with FakeServer() as server:
        base = ["run", "instruct", "--model", f"openai:fake@{server.base_url}"]
        done = run(*base, "--count", "12", "--out", "made", "--price", "1,2", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("made\n")
        assert "porism view made\n" in done.stdout
        again = run(*base, "--count", "12", "--out", "made", cwd=tmp_path)
        asked = len(server.requests)
        assert again.returncode == 0
        assert len(server.requests) == asked  # nothing is asked twice
        other = run(*base, "--seed", "9", "--out", "made", cwd=tmp_path)
        assert other.returncode == 2
        assert "seed is 0 there and 9 here" in other.stderr
        longer = run(*base, "--count", "20", "--out", "made", cwd=tmp_path)
        assert longer.returncode == 0
    facts = json.loads(run("show", "made", "--json", cwd=tmp_path).stdout)
    assert facts["counts"]["accepted"] == 20
    assert facts["counts"]["generated"] == facts["counts"]["accepted"] + facts["counts"]["rejected"]
    shown = run("show", "made", cwd=tmp_path).stdout
    assert "words of output" in shown
    checked = run("check", "made", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "made: every row passes every check\n")
    damaged = tmp_path / "made" / "data" / "train-00000-of-00001.parquet"
    damaged.write_bytes(damaged.read_bytes().replace(b"PAR1", b"PAR2", 1))
    assert run("check", "made", cwd=tmp_path).returncode == 1


def test_cost_is_in_the_manifest_where_prices_are_known(tmp_path: Path) -> None:
    with FakeServer() as server:
        run(
            "run", "instruct", "--model", f"openai:fake@{server.base_url}",
            "--count", "3", "--out", "made", "--price", "1,2", cwd=tmp_path,
        )  # fmt: skip
    usage = json.loads((tmp_path / "made" / "manifest.json").read_text())["usage"]["all_runs"]
    assert usage["cost"] == pytest.approx((usage["input_tokens"] + 2 * usage["output_tokens"]) / 1e6, abs=1e-6)
    assert usage["cost"] > 0


def test_run_all_makes_a_folder_for_each_flow_and_a_page(tmp_path: Path) -> None:
    with FakeServer() as server:
        done = run(
            "run", "all", "--model", f"openai:fake@{server.base_url}", "--count", "5", "--out", "made", cwd=tmp_path
        )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "made" / "index.html").read_text()
    assert "<strong>5</strong> rows accepted" in page
    assert 'href="instruct/README.md"' in page
    assert (tmp_path / "made" / "instruct" / "data").is_dir()


def test_doctor_says_what_is_there(tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 0
    lines = {line[4:26].strip(): line for line in done.stdout.splitlines()}
    assert lines["seed tasks"].startswith("ok  seed tasks")
    assert "175 of our own" in lines["seed tasks"]
    assert lines["model openai:NAME"].startswith("--  ")
    assert "set OPENAI_API_KEY" in lines["model openai:NAME"]


def test_quiet_prints_the_folder_alone(tmp_path: Path) -> None:
    with FakeServer() as server:
        done = run(
            "run", "instruct", "--model", f"openai:fake@{server.base_url}", "--count", "2", "--out", "made", "--quiet",
            cwd=tmp_path,
        )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "made\n", "")
