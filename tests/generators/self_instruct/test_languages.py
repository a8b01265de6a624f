"""Whole runs of a request in other languages, and whatever else a model may write."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import bootstrap, classify, instances, tasks
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import Settings

BASE, CHAT = Settings(style="completion"), Settings(style="chat")

GERMAN = [
    ("Nenne drei Flüsse, die in die Nordsee münden.", "Elbe, Weser, Ems"),
    ("Erkläre, warum Eis schwimmt.", "Dichte"),
]
JAPANESE = [("この文を短く要約してください。", "要約"), ("次の言葉の反対語を答えてください。", "寒い")]


@pytest.mark.parametrize("style", ["chat", "completion"])
@pytest.mark.parametrize(
    ("seeds", "new", "near"),
    [
        (GERMAN, "Übersetze den Satz «Größe zählt» ins Englische.", "ÜBERSETZE den Satz «Größe zählt» ins Englische!"),
        (JAPANESE, "新しい喫茶店の名前を三つ考えてください。", "新しい喫茶店の名前を三つ考えて下さい。"),
    ],
    ids=["German", "Japanese"],
)
def test_languages(style: str, seeds: list[tuple[str, str]], new: str, near: str, tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    rows = [
        {"id": str(n), "instruction": text, "instances": [{"input": "", "output": output}], "is_classification": False}
        for n, (text, output) in enumerate(seeds)
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")

    def answer(request: ChatRequest) -> str:
        if request.prompt is not None:
            if request.prompt.endswith("Classification?"):
                return " No"
            return "Output: はい" if "Task:" in request.prompt else f" {new}\n4. {near}"
        if "tasks" in (request.schema or ""):
            return json.dumps({"tasks": [new, near]})
        return json.dumps({"is_classification": False, "instances": [{"input": "", "output": "はい"}]})

    settings = Settings.model_validate({"style": style})
    method = SelfInstruct(settings, tasks.load(path), Scripted(answer), seed=0)
    accepted, rejected = next(method.records(concurrency=1))[1]
    assert accepted.accepted
    assert accepted.content["instruction"] == new
    assert rejected.failure.check == "novelty"
    assert seeds[0][0] in method._model.requests[0].text  # type: ignore[attr-defined]  # the scripted model's


@given(st.text(max_size=200))
def test_whatever_a_model_writes_is_read_or_is_a_reply_error(text: str) -> None:
    for settings in (BASE, CHAT):
        for read in (
            lambda s: bootstrap.parse(s, ChatReply(text), 8),
            lambda s: instances.parse(s, ChatReply(text), classification=True),
            lambda s: instances.parse(s, ChatReply(text), classification=False),
        ):
            try:
                assert read(settings)
            except ReplyError as error:
                assert str(error)
        assert classify.parse(settings, ChatReply(text)) in (True, False)
