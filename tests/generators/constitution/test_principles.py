"""Principles and settings: a set that ships, any other from a file, and both wholly in a run's configuration."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pydantic import ValidationError

from porism.errors import InputError
from porism.generators.chat import Scripted
from porism.generators.constitution.method import EMBEDDED
from porism.generators.constitution.principles import load, packaged
from porism.generators.constitution.rounds import Talk, apart, drawn
from porism.generators.constitution.settings import Direct, Settings

GOOD = """
rule = "Be brief."
critique = "Say what is too long."
revision = "Shorten it."
comparison = "Which is briefer?"
"""
BRIEF = tomllib.loads(GOOD)


def talk(settings: Settings | Direct, i: int = 0, seed: int = 0) -> Talk:
    return Talk(settings, Scripted([]), seed, i, "What is a kettle?")


def test_the_package_has_its_own_principles_with_examples() -> None:
    principles = packaged()
    assert len(principles) == 20
    texts = [text for one in principles.values() for text in (one.rule, one.critique, one.revision, one.comparison)]
    assert len(set(texts)) == len(texts)
    examples = [example for one in principles.values() for example in one.examples]
    assert len(examples) >= 6
    assert any(not example.revision for example in examples)  # else every critique shown finds a fault


@pytest.mark.parametrize("kind", [Settings, Direct])
def test_settings_hold_the_texts_and_survive_a_run_toml(kind: type[Settings], tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"[brief]\n{GOOD}\n[plain]\n{GOOD}")
    settings = kind.model_validate({"principles": str(file)})
    frozen = tomli_w.dumps(settings.model_dump(mode="json"))
    file.write_text("[brief]\n" + GOOD.replace("Be brief", "Be long"))  # what a run was made with is in its run.toml
    assert kind.model_validate(tomllib.loads(frozen)) == settings
    assert "Be brief." in frozen
    assert kind.model_validate(tomllib.loads(tomli_w.dumps(kind().model_dump(mode="json")))) == kind()


def test_a_model_dump_of_the_principles_is_a_file_of_principles(tmp_path: Path) -> None:
    file = tmp_path / "all.toml"
    file.write_text(tomli_w.dumps(Settings().model_dump(mode="json")["principles"]))
    assert load(file) == packaged()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "",
            "holds no principles; a principle is a table [name] with the texts rule, critique, revision and comparison",
        ),
        ("x = 1", "'x' is not a table"),
        ("[brief]\nrule = 'x'", "brief.critique: Field required"),
        (f"[brief]\n{GOOD}colour = 'red'", "brief.colour: Extra inputs are not permitted"),
        (f"[brief]\n{GOOD}".replace("Shorten it.", "  "), "brief.revision: String should have at least 1 character"),
        (f"[brief]\n{GOOD}".replace("Shorten it.", "x" * 4001), "brief.revision: String should have at most 4000"),
        (f"[brief]\n{GOOD}[[brief.examples]]\nrequest = 'x'", "brief.examples.0.answer: Field required"),
        ("[brief", "is not TOML"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(text: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(InputError) as error:
        load(file)
    assert reason in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(ValidationError, match="1 validation error"):
        Settings.model_validate({"principles": str(file)})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot read .*none.toml"):
        Settings.model_validate({"principles": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"principles": {}}, "at least 1 item"),
        ({"principles": {"Be Brief": BRIEF}}, "should match pattern"),
        ({"principles": 7}, "valid dictionary"),
        ({"keep": 5}, "keep is 5, and there are 4 rounds"),
        ({"keep": 2, "least": 3}, "least is 3, and rows are made of 2 rounds"),
        ({"ratio": [2, 3]}, "ratio wants a number from 0 to 1"),
        ({"votes": 3}, "comparing.temperature must be above 0"),
        ({"sampling": {"max_tokens": 9}}, "sampling.temperature must be above 0"),
        ({"round": 3}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate(wrong)


def test_the_embedded_settings_are_settings() -> None:
    changed = Settings().model_copy(update=dict(EMBEDDED))
    assert Settings.model_validate(json.loads(changed.model_dump_json())) == changed


def test_principles_are_drawn_again_the_same_and_about_equally_often() -> None:
    settings = Settings()
    counts = Counter[str]()
    for i in range(2_000):
        names = drawn(talk(settings, i), 4)
        assert names == drawn(talk(settings, i), 4)
        assert names == drawn(talk(settings, i), 9)[:4]  # more rounds begin with the same
        counts.update(names)
    mean = 8_000 / 20
    assert set(counts) == set(packaged())
    assert all(abs(count - mean) < 5 * mean**0.5 for count in counts.values())
    assert drawn(talk(settings), 20) != drawn(talk(settings, seed=1), 20)


def test_the_order_of_the_tables_decides_nothing() -> None:
    turned = dict(reversed([*packaged().items()]))
    assert drawn(talk(Settings()), 20) == drawn(talk(Settings.model_validate({"principles": turned})), 20)
    assert apart(talk(Direct()), 20) == apart(talk(Direct.model_validate({"principles": turned})), 20)


def test_tries_are_different_principles_and_each_comes_first_about_equally_often() -> None:
    firsts = Counter[str]()
    for i in range(2_000):
        names = apart(talk(Direct(), i), 5)
        assert len(set(names)) == 5
        assert names[:2] == apart(talk(Direct(), i), 2)
        firsts[names[0]] += 1
    assert all(abs(firsts[name] - 100) < 50 for name in packaged())
    assert len(apart(talk(Direct()), 100)) == 20
