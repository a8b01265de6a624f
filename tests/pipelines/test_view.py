"""``porism view``: one line with the address, a browser where there is one, and one line for what is wrong."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from outputs.view.sites import usual

from porism.cli import main
from porism.pipelines import view


def test_the_command_prints_its_address_and_ends_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "porism", "view", str(usual(tmp_path / "usual", 5)), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", line)
    with urllib.request.urlopen(line.strip() + "usual/data/row/row1", timeout=30) as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_nothing_heavy_is_read_before_the_first_page() -> None:
    heavy = "'prefect', 'datasets', 'sympy', 'numba', 'openai'"
    code = f"import sys, porism.pipelines.view; print([m for m in ({heavy}) if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(("screen", "opened"), [("", 0), (":0", 1)])
def test_the_browser_opens_where_there_is_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: str, opened: int
) -> None:
    monkeypatch.setitem(os.environ, "DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    asked, told = list[str](), list[str]()
    monkeypatch.setattr("webbrowser.open", asked.append)
    monkeypatch.setattr(view, "serve", lambda site, port, ready: ready("http://127.0.0.1:1/"))
    view.view([usual(tmp_path / "usual", 5)], told=told.append)
    assert told == ["http://127.0.0.1:1/"]
    assert asked == told * opened


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--port", "70000"], [".", "--port", "-1"]])
def test_wrong_input_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["view", "--no-browser", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
