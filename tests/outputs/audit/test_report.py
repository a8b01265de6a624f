"""The audit as a whole: planted faults are found, nothing depends on how rows come, no row breaks it."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outputs.audit.made import FAULTS, rows

from porism import cli
from porism.errors import InputError
from porism.outputs import audit as audits
from porism.outputs.audit import ALL, CHECKS, Finding, audit, near, report
from porism.outputs.rouge import rouge_l, tokens
from porism.outputs.sources import Item
from porism.pipelines.audit import Tasks
from porism.pipelines.audit import audit as audit_file

PLANTED = {check: 5 for check in FAULTS}


def items(*texts: tuple[str, str, str]) -> list[Item]:
    return [Item(f"row {k}", *text) for k, text in enumerate(texts)]


@pytest.fixture(scope="module")
def made() -> list[tuple[Item, str]]:
    return rows(300, 7, PLANTED)


def test_planted_faults_are_found_and_sound_rows_have_none_of_them(made: list[tuple[Item, str]]) -> None:
    report = audit([item for item, _ in made], only=list(FAULTS))
    found = {(finding.row, finding.check) for finding in report.findings}
    assert found >= {(item.name, check) for item, check in made if check}
    sound = {item.name for item, check in made if not check}
    assert not {(row, check) for row, check in found if row in sound}


def test_an_iterator_a_list_and_a_file_give_the_same(made: list[tuple[Item, str]], tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(_row(item)) + "\n" for item, _ in made), encoding="utf-8")
    listed = audit([item for item, _ in made])
    assert audit(item for item, _ in made).findings == listed.findings
    assert audit_file(file).findings == listed.findings
    assert audit(Tasks(file, most=10)).findings == listed.findings  # too large to be kept: read again each time


def _row(item: Item) -> dict[str, str]:
    return {"id": item.name, "instruction": item.instruction, "input": item.input, "output": item.output}


def test_findings_come_in_the_order_of_the_rows(made: list[tuple[Item, str]]) -> None:
    order = {item.name: k for k, (item, _) in enumerate(made)} | {ALL: -1}
    places = [order[finding.row] for finding in audit([item for item, _ in made]).findings]
    assert places == sorted(places)


def test_totals_add_up(made: list[tuple[Item, str]]) -> None:
    report = audit([item for item, _ in made])
    whole = report.to_json()
    assert sum(total.count for total in report.totals) == len(report.findings) == len(whole["findings"])
    assert whole["severities"]["error"] == report.errors
    severities = [total.severity for total in report.totals]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert set(whole["seconds"]) == set(CHECKS) - {"contamination"}


def test_only_and_least_keep_what_they_say(made: list[tuple[Item, str]]) -> None:
    some = [item for item, _ in made]
    assert {finding.check for finding in audit(some, only=["echo", "media"]).findings} == {"echo", "media"}
    assert {finding.severity for finding in audit(some, least="error").findings} == {"error"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"only": ["eco"]}, "--only names the check 'eco'; known are"),
        ({"least": "fatal"}, "--least is 'fatal'; it must be one of info, warning, error"),
        ({"language": "xx"}, "--language is 'xx'; languages that can be told are ar, bg"),
    ],
)
def test_wrong_arguments_say_what_would_be_right(arguments: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as error:
        audit([], **arguments)  # type: ignore[arg-type]
    assert says in str(error.value)


def test_no_rows_are_no_fault() -> None:
    assert audit([]).findings == ()


def test_a_set_without_outputs_is_one_finding() -> None:
    found = audit(items(("a text", "", ""), ("other words", "", "")), only=["empty-output"]).findings
    assert [(finding.row, finding.severity) for finding in found] == [(ALL, "info")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80), st.text(max_size=200)), max_size=4))
def test_no_row_breaks_a_check(texts: list[tuple[str, str, str]]) -> None:
    report = audit(items(*texts), language="en")
    assert report.rows == len(texts)
    assert all(len(finding.reason) < 400 for finding in report.findings)


@pytest.mark.parametrize(
    "text", ["\n", " ", "(", "1+", "one ", "[image ", "https://a.b ", "\n1.", "é", "Human:\n", "\x00"]
)
def test_long_hostile_rows_are_read(text: str) -> None:
    long = text * 20_000
    whole = audit(items((long, "", "x"), ("Say it.", long, long), ("What is 2 + 2?", "", long)), language="en")
    assert all(len(finding.reason) < 400 for finding in whole.findings)


# ---------------------------------------------------------------- near-duplicates, contradictions, labels


def by_definition(some: list[Item]) -> set[str]:
    """Rows with a ROUGE-L of 0.7 or more, in instruction and input, to an earlier row that is no such row itself."""
    kept: list[Item] = []
    found: set[str] = set()
    for item in some:
        if any(_near(item, other) for other in kept):
            found.add(item.name)
        else:
            kept.append(item)
    return found


def _near(item: Item, other: Item) -> bool:
    pairs = ((item.instruction, other.instruction), (item.input, other.input))
    return all((not a and not b) or 10 * rouge_l(tokens(a), tokens(b)) >= 7 for a, b in pairs)


WORDS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(" ".join)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12))
def test_near_duplicates_are_those_of_the_greedy_filter(texts: list[str]) -> None:
    some = items(*((text, "", "x") for text in texts))
    assert {finding.row for finding in near.instructions(some)} == by_definition(some)


def test_few_and_many_rows_are_compared_alike(monkeypatch: pytest.MonkeyPatch, made: list[tuple[Item, str]]) -> None:
    some = [item for item, _ in made]
    few = list(near.instructions(some))
    monkeypatch.setattr(near, "FEW", 10)
    assert list(near.instructions(some)) == few
    assert few


def test_exactly_the_threshold_is_an_info_and_above_it_a_warning() -> None:
    first = "one two three four five six seven eight nine ten"
    at = "one two three four five six seven x y z"
    above = "one two three four five six seven eight y z"
    found = list(near.instructions(items((first, "", ""), (at, "", ""), (above, "", ""))))
    assert [(finding.row, finding.severity) for finding in found] == [("row 1", "info"), ("row 2", "warning")]


def test_an_input_makes_two_tasks_of_one_instruction() -> None:
    paragraph = "The museum shows ship models from three centuries and many maps."
    some = items(
        ("What is the antonym of the word?", "cheap", "dear"),
        ("What is the antonym of the word?", "narrow", "wide"),
        ("Translate the paragraph into Dutch.", paragraph, "x"),
        ("Find all adjectives in it.", paragraph, "y"),
    )
    assert not list(near.instructions(some))


def severities(*texts: tuple[str, str, str]) -> list[str]:
    return [finding.severity for finding in audit(items(*texts), only=["contradiction"]).findings]


def test_two_labels_for_one_task_are_an_error_and_two_jokes_are_not() -> None:
    assert severities(("Is it a bird?", "bat", "yes"), ("is it a  bird?", "bat", "No.")) == ["error"]
    assert severities(("Tell a joke.", "", "A snail and a bar."), ("Tell a joke.", "", "Two eggs meet.")) == ["info"]
    assert severities(("Symbol of gold?", "", "Au"), ("Symbol of gold?", "", "The symbol is Au.")) == []
    assert severities(("How many?", "", "1,000"), ("How many?", "", "1000")) == []


def test_labels_out_of_balance_and_outputs_that_repeat_are_told_once() -> None:
    some = items(*((f"Classify the text number {k}.", "", "spam" if k % 4 else "ham") for k in range(60)))
    found = {finding.check: finding for finding in audit(some, only=["label-balance", "repeated-output"]).findings}
    assert found["label-balance"].row == ALL
    assert "45 of 60" in found["label-balance"].reason
    assert found["repeated-output"].severity == "info"


def test_the_wanted_language_is_checked() -> None:
    german = "Erkläre bitte in einfachen Worten, warum der Himmel am Tag blau und am Abend rot ist."
    some = items(
        (german, "", "Weil die Luft das blaue Licht stärker streut als das rote, und am Abend ist der Weg länger.")
    )
    assert not audit(some, only=["language"]).findings
    assert not audit(some, only=["language"], language="de").findings
    assert [finding.check for finding in audit(some, only=["language"], language="en").findings] == ["language"]


# ---------------------------------------------------------------- the command


def test_the_command_counts_and_says_where_the_rest_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "rows.jsonl", tmp_path / "out.json"
    bad = [
        _row(item) for item in items(("What is 2 + 2?", "", "5"), ("Say\x1b[31m it.", "", "a\x00b"), ("Sing.", "", ""))
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in bad), encoding="utf-8")
    assert cli.main(["audit", str(file), "--json", str(out)]) == 1
    said = capsys.readouterr().out
    assert "arithmetic" in said
    assert "3 rows, 2 errors, 1 warning" in said
    assert "\x1b" not in said
    assert "\x00" not in said
    whole = json.loads(out.read_text())
    assert whole["rows"] == 3
    assert Counter(each["check"] for each in whole["findings"])["empty-output"] == 1


def test_without_errors_the_status_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([{"instruction": "Name a river in Africa.", "input": "none", "output": "The Nile."}]))
    assert cli.main(["audit", str(file)]) == 0
    assert "placeholder-input" in capsys.readouterr().out
    assert cli.main(["audit", str(file), "--least", "error"]) == 0
    assert "0 errors" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.jsonl"], "none.jsonl does not exist"),
        (["rows.json", "--only", "speling"], "--only names the check 'speling'"),
        (["rows.json", "--language", "klingon"], "--language is 'klingon'"),
        (["rows.json", "--json", "no/where.json"], "there is no folder no"),
        (["rows.json", "--against", "none.jsonl"], "none.jsonl does not exist"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.json").write_text(json.dumps([{"instruction": "Sing.", "output": "La."}]))
    assert cli.main(["audit", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_rows_near_to_an_evaluation_set_are_errors(tmp_path: Path) -> None:
    asked = "Name the three largest moons of the planet Jupiter in order of their size."
    for name, text in (("rows", asked), ("eval", asked.replace("Name", "Give"))):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"instruction": text, "output": "Ganymede, Callisto, Io"}))
    found = audit_file(tmp_path / "rows.jsonl", against=[tmp_path / "eval.jsonl"]).findings
    assert [(finding.check, finding.severity) for finding in found] == [("contamination", "error")]


def test_a_finding_is_a_value() -> None:
    assert audits.Finding("a", "echo", "info", "x") == Finding("a", "echo", "info", "x")


def test_checks_of_rows_are_functions_of_one_item() -> None:
    from porism.outputs.audit.report import OF_ITEMS

    item = Item("row 0", "What is 2 + 2?", "", "5")
    found = {name: list(check(item)) for name, check in OF_ITEMS.items()}
    assert isinstance(OF_ITEMS["arithmetic"](item), Iterator)
    assert [name for name, findings in found.items() if findings] == ["arithmetic"]


def test_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [Item(f"row {k}", f"What is {k} + {k}?", "", f"{2 * k + (k % 7 == 0)}" * (k % 5 > 0)) for k in range(60)]
    alone = audit(asked)
    monkeypatch.setattr(report, "BLOCK", 10)
    monkeypatch.setattr(report, "FEW_BLOCKS", 2)
    together = audit(iter(asked), workers=2)
    assert together.findings == alone.findings
    assert together.errors > 10
