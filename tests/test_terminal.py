"""What the commands print of hostile data: no control character, no direction of text, no markup that is obeyed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from porism import terminal
from porism.outputs.records import Verdict
from porism.pipelines.run import Progress, Result

ESCAPES = (
    "\x1b[31m\x1b]0;title\x07\x9b2J\x9d0;t\x9c\r\x08\x00\x7f\u202a\u202d\u202e\u2066\u2067\u2069\u200f\u2028\U000e0041"
)
MARKUP = "[bold red]loud[/] :smile: [/]"
COUNTS = {"generated": 10, "accepted": 6, "rejected": 4, "rejected_by_check": {"novelty": 3, f"length{ESCAPES}": 1}}


def found(text: str) -> dict[str, Any]:
    """Facts of a dataset that says ``text`` wherever a dataset can say something."""
    return {
        "folder": f"folder {text}", "flow": f"flow {text}", "model": f"model {text}", "method": f"method {text}",
        "seed": f"seed {text}", "finished": f"finished {text}", "versions": {"porism": f"version {text}"},
        "cost": {"requests": f"requests {text}", "input_tokens": 2, "output_tokens": None, "money": 0.5, "seconds": 9},
        "against": {"sets": [f"set {text}"], "texts": 1, "rejected": f"rejected {text}"}, "counts": COUNTS,
        "usage": {}, "rows_read": 6,
        "histograms": {f"words {text}": [(f"bin {text}", 3), ("2-3", 1)], f"numbers {text}": [(f"edge {text}", 4)]},
        "ranges": {f"numbers {text}": [1, 2.5, 300_000]},
        "samples": [{f"column {text}": f"value {text}"}],
        "configs": {f"config {text}": {"rows": 2, "sample": {f"other {text}": f"first {text}\nsecond {text}"}}},
        "warnings": [f"warning {text}"], "remarks": [f"remark {text}"],
    }  # fmt: skip


def obeyed(text: str) -> set[str]:
    """Characters that a terminal or its reader's eye might obey."""
    return {c for c in text if c != "\n" and not c.isprintable()}


@given(st.text(st.characters() | st.sampled_from(ESCAPES + "\n\t"), max_size=60))
def test_printable(text: str) -> None:
    clean = terminal.printable(text)
    assert obeyed(clean) <= {"\t"}
    assert terminal.printable(clean) == clean
    assert clean == text or any(c not in "\n\t" and not c.isprintable() for c in text)
    assert "".join(c for c in text if c.isprintable()) == clean.replace("\n", "").replace("\t", "")


def test_letters_of_every_script_stay() -> None:
    for text in ("naïve – “quoted”", "翻译这句话", "اكتب رسالة", "שלום", "हिन्दी में", "น้ำใส", "🎈"):
        assert terminal.printable(text) == text


def test_long_text_is_cut_and_says_so() -> None:
    assert terminal.printable("a" * 500) == "a" * 500
    assert terminal.printable("a" * 1_501) == "a" * 500 + "… (1,501 characters)"
    assert terminal.printable("abcdef", 3) == "abc… (6 characters)"


def test_facts_obey_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.facts(found(ESCAPES + MARKUP), as_json=False)
    out, err = capsys.readouterr()
    assert obeyed(out) == set()
    assert err == ""
    places = "folder flow method model seed finished version requests set rejected words bin numbers column value other"
    for place in (*places.split(), "config", "first", "second", "warning", "remark"):
        assert f"{place} " in out
    assert "".join(out.split()).count("".join(MARKUP.split())) == 22  # as it was written: nothing is read as markup
    assert "300,000" in out


def test_facts_as_json_are_the_facts_and_obey_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    facts = found(ESCAPES + MARKUP + '"\\ 翻译')
    terminal.facts(facts, as_json=True)
    out = capsys.readouterr().out
    assert obeyed(out) == set()
    assert "翻译" in out
    assert json.loads(out) == json.loads(json.dumps(facts))


def test_the_funnel_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    Console(markup=False, width=terminal.WIDE).print(terminal.funnel(COUNTS))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    numbers = {line[0]: int(line[1]) for line in lines}
    assert numbers["generated"] == numbers["accepted"] + numbers["rejected"] == 10
    assert numbers["novelty"] == 3
    assert {line[0]: len(line[2]) for line in lines}["accepted"] == 24  # 6 of 10, of 40


def test_a_funnel_of_nothing() -> None:
    table = terminal.funnel({"generated": 0, "accepted": 0, "rejected": 0, "rejected_by_check": {}})
    assert table.row_count == 3


def test_findings_are_lines_that_obey_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    failed = [(f"row {n}\n{ESCAPES}", Verdict(False, "id", f"why\n{ESCAPES}{MARKUP}")) for n in range(25)]
    assert terminal.findings(tmp_path, failed) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert obeyed("".join(lines)) == set()
    assert lines[-1] == f"{tmp_path}: 25 failed"
    assert MARKUP in lines[0]
    assert terminal.findings(tmp_path, []) == 0
    assert capsys.readouterr().out == f"{tmp_path}: every row passes every check\n"


def test_results_name_the_folder_and_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    result = Result(Path("a folder"), {"counts": COUNTS}, "no row passed")
    terminal.results([result], quiet=True)
    assert capsys.readouterr().out == "a folder\n"
    terminal.results([result], Path("page.html"), quiet=False)
    out, err = capsys.readouterr()
    assert out.startswith("a folder\n")
    assert "page: page.html\nnext: " in out
    assert out.endswith("porism view .\n")  # called by name, or by where it is
    terminal.results([result], quiet=False)
    assert capsys.readouterr().out.endswith("porism view 'a folder'\n")
    assert err == "gave up: no row passed\n"


def test_no_progress_where_nobody_asked_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (True, False):  # ten seconds have not passed
        with terminal.reporter(quiet) as report:
            report(Progress(10))
    assert capsys.readouterr() == ("", "")


def test_diagnosis(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.diagnosis([("python", True, "3.11"), ("vllm", False, f"not there{ESCAPES}")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["ok  pytho", "--  vllm "]
    assert obeyed("".join(lines)) == set()


def test_figures_are_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    terminal.figures({"totals": {"rows": 3}, "all": [1]}, tmp_path / "f.json")
    assert capsys.readouterr().out.split() == ["rows", "3"]
    assert json.loads((tmp_path / "f.json").read_text()) == {"totals": {"rows": 3}, "all": [1]}
