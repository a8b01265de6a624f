"""Step 2: which examples are shown, all run long, and what counts as a yes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply
from porism.generators.self_instruct import classify, tasks
from porism.generators.self_instruct.settings import Settings

POOL = tasks.load()
BASE, CHAT = Settings(style="completion"), Settings()


def test_twelve_that_are_and_nineteen_that_are_not_told_truly_in_mixed_order() -> None:
    request = classify.request(CHAT, POOL, "Sort the mail.", 3)
    assert [message.role for message in request.messages] == ["system", "user"]
    shown = [part.split("\nClassification? ") for part in request.messages[0].content.split("\n\n")[1:]]
    truth = {f"Task: {task.instruction}": "Yes" if task.is_classification else "No" for task in POOL.tasks}
    assert all(truth[text] == answer for text, answer in shown)
    answers = [answer for _, answer in shown]
    assert (answers.count("Yes"), answers.count("No")) == (12, 19)
    assert answers != sorted(answers)
    assert answers != sorted(answers, reverse=True)
    assert len({text for text, _ in shown}) == 31


@pytest.mark.parametrize("settings", [BASE, CHAT])
@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_the_examples_are_the_same_for_every_instruction(settings: Settings, one: str, two: str) -> None:
    """So that a server caches them; only the end of the prompt differs, and the sample's number."""
    first, second = (classify.request(settings, POOL, text, 5) for text in (one, two))
    if settings is CHAT:
        assert first.messages[0] == second.messages[0]
        assert first.messages[1].content == f"Task: {one}"
    else:
        start, end = (first.prompt or "").rsplit("Task: " + one, 1)
        assert (second.prompt or "").startswith(start)
        assert end.rstrip() == "\nClassification?"
    assert (first.seed == second.seed) == (one == two)
    assert classify.request(settings, POOL, one, 6).text != first.text  # but another run shows others


@pytest.mark.parametrize("settings", [BASE, CHAT])
def test_braces_are_text(settings: Settings) -> None:
    assert "Fill {0} and {} and {x!r}" in classify.request(settings, POOL, "Fill {0} and {} and {x!r}", 1).text


def test_a_pool_in_another_language_brings_its_own_examples(tmp_path: Path) -> None:
    rows = [
        {
            "id": str(n), "instruction": f"Übersetze {n}", "instances": [{"input": "", "output": "ja"}],
            "is_classification": n < 2,
        }
        for n in range(5)
    ]  # fmt: skip
    (tmp_path / "de.jsonl").write_text("\n".join(map(json.dumps, rows)))
    prompt = classify.request(BASE, tasks.load(tmp_path / "de.jsonl"), "Neu", 1).prompt or ""
    assert prompt.count("Übersetze") == 5  # fewer than are asked for, since there are no more
    assert prompt.count("Classification? Yes") == 2


def test_counts_can_be_set() -> None:
    settings = Settings(style="completion", shots_classify=(1, 0))
    prompt = classify.request(settings, POOL, "Neu", 1).prompt or ""
    assert prompt.count("\nClassification? ") == 1


@pytest.mark.parametrize("reply", [ChatReply(error="500"), ChatReply(""), ChatReply("x" * 100_001), ChatReply("{")])
@pytest.mark.parametrize("settings", [BASE, CHAT])
def test_what_cannot_be_read_is_a_no(settings: Settings, reply: ChatReply) -> None:
    assert classify.parse(settings, reply) is False


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"is_classification": "TRUE"}', True), ('{"is_classification": " Yes "}', True),
        ("```json\n{'is_classification': True}\n```", True), ('{"is_classification": null}', False),
        ('{"is_classification": [true]}', False), ('{"is_classification": "no"}', False),
    ],
)  # fmt: skip
def test_what_chat_models_say(text: str, answer: bool) -> None:
    assert classify.parse(CHAT, ChatReply(text)) is answer
