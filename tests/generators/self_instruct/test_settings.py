"""The published constants are the defaults, and a wrong value is told at once."""

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from porism.generators.self_instruct.settings import KEYWORDS, REFERENCE, Compat, Sampling, Settings


def test_the_published_constants() -> None:
    """Those of `bootstrap_instructions.py`, `identify_clf_or_not.py` and `generate_instances.py` [Wang2023]."""
    settings = Settings()
    assert (settings.human, settings.machine, settings.new) == (6, 2, 7)
    assert settings.shots_classify == (12, 19)
    assert settings.instances == 5
    assert settings.exact_threshold == Fraction(7, 10)
    assert settings.words == (4, 150)  # the reference drops three and fewer
    assert settings.bootstrap == Sampling(max_tokens=1024, temperature=0.7, top_p=0.5, presence_penalty=2.0)
    assert (settings.input_first.max_tokens, settings.output_first.max_tokens) == (350, 300)
    for greedy in (settings.classify, settings.input_first, settings.output_first):
        assert greedy.temperature == 0
    assert settings.input_first.presence_penalty == settings.output_first.presence_penalty == 1.5
    assert settings.classify.presence_penalty == 0
    assert settings.prefix_rate == 0.5
    assert set(KEYWORDS) == {
        *("image", "images", "graph", "graphs", "picture", "pictures", "file", "files", "map", "maps"),
        *("draw", "plot", "go to"),
    }


def test_the_reference_differs_from_us_in_every_switch() -> None:
    ours = Compat().model_dump()
    assert {name for name, value in REFERENCE.model_dump().items() if value != ours[name]} == set(ours)


@pytest.mark.parametrize("threshold", ["7/10", "0.7", "14/20", "1", "1/1000000", "0.70"])
def test_a_threshold_is_exact(threshold: str) -> None:
    expected = Fraction(threshold)
    assert Settings(threshold=threshold).exact_threshold == expected
    if expected == Fraction(7, 10):
        assert Settings(threshold=threshold).exact_threshold != Fraction(0.7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": text}
        for text in ("0", "0/7", "0.0", "11/10", "1.5", "7/0", "-0.5", "0.7.1", "1e-1", "nan", "", "a")
    ]
    + [
        {"human": 0}, {"machine": -1}, {"new": 0}, {"new": 51}, {"instances": 0}, {"window": 0}, {"chunk": 0},
        {"patience": 0}, {"prefix_rate": 1.01}, {"prefix_rate": -0.1}, {"shots_classify": (-1, 3)}, {"words": (-1, 3)},
        {"shots_classify": (1, 2, 3)}, {"style": "talk"}, {"neighbours": -1}, {"shots": -1}, {"unknown": 1},
        {"compat": {"boundary": "up"}}, {"compat": {"tokenizer": "unicode"}}, {"compat": {"truncated": "yes"}},
        {"bootstrap": {"max_tokens": 0}}, {"bootstrap": {"max_tokens": 9, "temperature": 2.1}},
        {"bootstrap": {"max_tokens": 9, "top_p": 0.0}}, {"bootstrap": {"max_tokens": 9, "presence_penalty": 2.5}},
        {"bootstrap": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_value_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_settings_survive_the_way_through_a_file_and_do_not_change() -> None:
    settings = Settings(style="completion", threshold="3/5", compat=REFERENCE, keywords=("video",), words=(1, 9))
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings
    with pytest.raises(ValidationError):
        settings.human = 3
