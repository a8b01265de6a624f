"""What each step asks, and what it reads: the published constants, both styles."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.errors import InputError
from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import bootstrap, classify, filters, finetune, instances, tasks
from porism.generators.self_instruct.bootstrap import Candidate, Example
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import Compat, Settings
from porism.generators.self_instruct.tasks import Instance
from porism.outputs.rouge import rouge_l, tokens

POOL = tasks.load()
BASE, CHAT = Settings(style="completion"), Settings(style="chat")
MACHINE = [Example(f"m{n}", f"machine task {n}") for n in range(5)]


# Seed tasks


def test_the_seed_pool() -> None:
    assert len(POOL.tasks) == 175
    assert sum(task.is_classification for task in POOL.tasks) >= 40
    assert len({task.name for task in POOL.tasks}) == 175
    settings = Settings()
    for task in POOL.tasks:
        text = task.instruction
        assert filters.length(text, settings) is None
        assert filters.keywords(text, settings) is None
        assert filters.program(text) is None
        assert filters.opening(text, settings) is None
        assert all(filters.instance(one) is None for one in task.instances)
        assert filters.contradictory(task.instances) is None


def test_no_two_seed_tasks_are_alike() -> None:
    words = [tokens(task.instruction) for task in POOL.tasks]
    nearest = max(rouge_l(a, b) for k, a in enumerate(words) for b in words[:k])
    assert nearest < 0.6


ROW = {"id": "1", "name": "n", "instruction": "Do it now please", "instances": [{"input": "", "output": "x"}]}


def test_a_file_in_the_references_format_loads_as_it_is(tmp_path: Path) -> None:
    reference = Path(__file__).parents[4] / "shared" / "data" / "instruct" / "seed_tasks.jsonl"
    copy = tmp_path / "seeds.jsonl"
    copy.write_text(json.dumps({**ROW, "is_classification": True, "note": "\u2028 is no end of a line"}) + "\n\n")
    for path, count in ((copy, 1), *([(reference, 175)] if reference.exists() else [])):
        assert len(tasks.load(path).tasks) == count


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "seeds.jsonl:2 is not a seed task"),
        ("[]", "seeds.jsonl:2 is not a seed task"),
        (json.dumps(ROW), "no 'is_classification'"),
        (json.dumps({**ROW, "instances": [], "is_classification": False}), "no instances"),
        (json.dumps({**ROW, "instruction": " ", "is_classification": False}), "empty instruction"),
        (json.dumps({**ROW, "is_classification": False}), "two seed tasks with the id '1'"),
    ],
)
def test_a_wrong_line_is_named(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps({**ROW, "is_classification": False}) + "\n" + line + "\n")
    with pytest.raises(InputError) as error:
        tasks.load(path)
    assert says in str(error.value)


# Step 1


def test_six_human_and_two_machine_examples_and_humans_only_at_first() -> None:
    shown = bootstrap.examples(BASE, POOL, MACHINE, seed=1, i=5)
    assert len(shown) == 8
    assert sum(example in MACHINE for example in shown) == 2
    assert len(bootstrap.examples(BASE, POOL, [], seed=1, i=5)) == 8
    assert sum(example in MACHINE for example in bootstrap.examples(BASE, POOL, MACHINE[:1], 1, 5)) == 1
    only = bootstrap.examples(Settings(only_classification=True), POOL, [], 1, 5)
    assert all(task.is_classification for task in POOL.tasks if task.id in {example.id for example in only})


def test_the_published_request() -> None:
    shown = bootstrap.examples(BASE, POOL, MACHINE, 1, 5)
    request = bootstrap.request(BASE, shown, 1, 5)
    assert request.prompt is not None
    assert request.prompt.endswith("\n9.")
    assert "\n8. " in request.prompt
    assert (request.max_tokens, request.temperature, request.top_p, request.presence_penalty) == (1024, 0.7, 0.5, 2.0)
    assert request.stop == ("\n\n", "\n16.")
    assert request.seed != bootstrap.request(BASE, shown, 1, 6).seed
    chat = bootstrap.request(CHAT, shown, 1, 5)
    assert json.loads(chat.schema or "")["properties"]["tasks"]["maxItems"] == 7


def test_a_numbered_list_is_cut_where_the_next_number_begins_a_line() -> None:
    text = " List 3 things.\n10. Do:\n  1. this\n  2. that:\n11) In 2016.\n12 . Last one"
    found = bootstrap.parse(BASE, ChatReply(text), 8)
    assert [one.instruction for one in found] == ["List 3 things.", "Do: 1. this 2. that", "In 2016.", "Last one"]
    assert bootstrap.parse(BASE, ChatReply(" a b\n10. c d", "length"), 8) == [
        Candidate("a b", True),
        Candidate("c d", False),
    ]


def test_a_json_list_with_numbers_in_it() -> None:
    found = bootstrap.parse(CHAT, ChatReply('{"tasks": ["1. One thing", "2) Two\\nthings:", 3, null]}'), 8)
    assert [one.instruction for one in found] == ["One thing", "Two things", "3", ""]


# Step 2


def test_twelve_and_nineteen_examples() -> None:
    request = classify.request(BASE, POOL, "Sort the mail.", 1)
    assert request.prompt is not None
    assert request.prompt.count("Classification? Yes") == 12
    assert request.prompt.count("Classification? No") == 19
    assert request.prompt.endswith("Task: Sort the mail.\nClassification?")
    assert (request.temperature, request.stop) == (0, ("\n", "Task"))


@pytest.mark.parametrize(
    ("settings", "text", "is_classification"),
    [
        (BASE, " Yes", True), (BASE, "YES", True), (BASE, " No", False),
        (BASE, " Yes, it is", False), (BASE, "", False),
        (CHAT, '{"is_classification": true}', True), (CHAT, '{"is_classification": "yes"}', True),
        (CHAT, '{"is_classification": 1}', False), (CHAT, "true", False), (CHAT, '{"is_classification": false}', False),
    ],
)  # fmt: skip
def test_a_yes_is_a_yes_and_all_else_a_no(settings: Settings, text: str, is_classification: bool) -> None:
    assert classify.parse(settings, ChatReply(text)) is is_classification


# Step 3


def test_the_published_instance_requests() -> None:
    inputs = instances.request(BASE, POOL, "Do it.", 1, classification=False)
    labels = instances.request(BASE, POOL, "Do it.", 1, classification=True)
    assert (inputs.max_tokens, labels.max_tokens) == (350, 300)
    assert inputs.presence_penalty == labels.presence_penalty == 1.5
    assert inputs.stop == ("\nExample 6", "\nTask:")
    assert "Class label:" in (labels.prompt or "")
    assert "Class label:" not in (inputs.prompt or "")
    reference = instances.request(
        Settings(style="completion", compat=Compat(stops=True)), POOL, "Do it.", 1, classification=False
    )
    assert reference.stop == ("Example 6", "Task:")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Output: 4\n", [("", "4")]),
        ("Example 1\nInput: 2 + 2\nOutput: 4\n\nExample 2.\nInput: 1 + 1\nOutput: 2", [("2 + 2", "4"), ("1 + 1", "2")]),
        ("Example 1\nInput: a\nfor Example 3 of b\nOutput:\nc\nd", [("a\nfor Example 3 of b", "c\nd")]),
        ("Input: x\nOutput 1: y", [("x", "y")]),
    ],
)
def test_inputs_and_outputs(text: str, pairs: list[tuple[str, str]]) -> None:
    found = instances.parse(BASE, ChatReply(text), classification=False)
    assert [(one.input, one.output) for one in found] == pairs


def test_labels_and_inputs() -> None:
    found = instances.parse(
        BASE, ChatReply("Class label: spam\nWin now\nClass label: ham\nInput: Hi"), classification=True
    )
    assert found == [Instance("Win now", "spam"), Instance("Hi", "ham")]


@pytest.mark.parametrize("classification", [True, False])
def test_nothing_to_read_is_an_error(classification: bool) -> None:
    with pytest.raises(ReplyError, match="no instance in the reply"):
        instances.parse(BASE, ChatReply("I do not know."), classification=classification)


# Step 4


def test_seven_formats_with_input_and_six_without() -> None:
    settings = Settings(prefix_rate=0.0)
    for one, count in ((Instance("in", "out"), 7), (Instance("", "out"), 6)):
        prompts = {finetune.formatted(settings, "Do {input} it", one, Random(n)) for n in range(300)}
        assert len(prompts) == count
        for prompt, completion in prompts:
            assert "Do {input} it" in prompt  # braces of the text are text
            assert completion == (" out" if not prompt.endswith("\n") else "out")


def test_a_prefix_of_the_input_goes_half_of_the_time() -> None:
    one = Instance("Review: good food\n\n\nand drink", "positive")
    prompts = [finetune.formatted(Settings(), "Rate it", one, Random(n))[0] for n in range(400)]
    without = sum("Review:" not in prompt for prompt in prompts)
    assert 150 < without < 250


# All of it, in other languages


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


# Hostile text


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
