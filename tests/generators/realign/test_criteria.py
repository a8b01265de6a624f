"""Criteria: those that come with the package, and files of one's own."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from porism.errors import InputError
from porism.generators.realign import Settings
from porism.generators.realign.criteria import Kind, load

OWN = """
[[kind]]
name = "sum"
definition = "add numbers"
format = "The result first."
evidence = true

[[kind]]
name = "rest"
definition = "anything else"
"""


def test_the_kinds_of_the_package_are_34_and_26_have_a_format() -> None:
    kinds = load()
    assert len(kinds) == len({kind.name for kind in kinds}) == 34
    assert sum(bool(kind.format) for kind in kinds) == 26
    keep = {kind.name for kind in kinds if not kind.format}
    assert {"translation", "classification", "summary", "verse", "other"} <= keep
    assert any(kind.evidence for kind in kinds)


def test_a_file_of_ones_own_takes_their_place(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    wanted = (
        Kind(name="sum", definition="add numbers", format="The result first.", evidence=True),
        Kind(name="rest", definition="anything else"),
    )
    assert load(tmp_path / "own.toml") == wanted
    assert Settings.model_validate({"criteria": str(tmp_path / "own.toml")}).criteria == wanted


def test_settings_hold_the_criteria_themselves_so_that_a_run_does_not_depend_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    settings = Settings.model_validate({"criteria": str(tmp_path / "own.toml"), "candidates": 1})
    (tmp_path / "own.toml").unlink()
    frozen = settings.model_dump(mode="json", exclude_none=True)
    assert frozen["criteria"][1] == {"name": "rest", "definition": "anything else", "format": "", "evidence": False}
    assert Settings.model_validate(frozen) == settings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no criteria; wanted are"),
        ("kind = 3", "holds no criteria; wanted are"),
        ("kind = [", "cannot read the criteria"),
        (OWN + "\n[other]\n", "holds no criteria; wanted are"),
        ("kind = []", "there are 0 kinds of task; 1 to 200 are wanted"),
        (OWN.replace("rest", "sum"), "two kinds of task are called 'sum'"),
        (OWN.replace('"sum"', '"Sum it"'), "a kind that cannot be used: name: "),
        (OWN.replace("definition", "defines"), "a kind that cannot be used: "),
        ("kind = [1]", "a kind that cannot be used: "),
    ],
)
def test_a_file_that_cannot_be_used_is_an_input_error_of_one_line(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        load(tmp_path / "own.toml")
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValidationError, match=says):
        Settings.model_validate({"criteria": str(tmp_path / "own.toml")})


def test_a_file_that_is_not_there_or_no_text_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "own.toml", tmp_path / "none.toml"):
        with pytest.raises(InputError, match="cannot read the criteria"):
            load(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"criteria": []}, {"criteria": 7}, {"criteria": [{"name": "a"}]}, {"unchanged": "maybe"}, {"numbers": "some"},
        {"least": 2}, {"most": 0.5}, {"spare": -1}, {"candidates": 0}, {"reformat": {}}, {"format": "x"},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
