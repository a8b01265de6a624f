"""Step 3: what is asked for and in which order, and what is read from what comes back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply
from porism.generators.replies import ReplyError
from porism.generators.self_instruct import instances, tasks
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import Instance

POOL = tasks.load()
BASE, CHAT = Settings(style="completion"), Settings()
LINE = st.text("ab7 .,:é翻{}[]()", min_size=1, max_size=12).map(str.strip).filter(bool)
BLOCK = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
PAIRS = st.lists(st.tuples(BLOCK, BLOCK), min_size=1, max_size=5)


def pairs(settings: Settings, text: str, *, classification: bool = False) -> list[tuple[str, str]]:
    return [(o.input, o.output) for o in instances.parse(settings, ChatReply(text), classification=classification)]


@given(PAIRS, st.sampled_from(["Example {}\n", "Example {}.\n", "\n Example {} \n"]))
def test_numbered_examples(wanted: list[tuple[str, str]], head: str) -> None:
    parts = [f"{head.format(n)}Input: {input}\nOutput: {output}\n" for n, (input, output) in enumerate(wanted, 1)]
    assert pairs(BASE, "\n".join(parts)) == wanted
    assert pairs(BASE, f"Some prose.\n{parts[0]}") == wanted[:1]


@given(PAIRS)
def test_labels_and_then_inputs(wanted: list[tuple[str, str]]) -> None:
    labelled = [(input, output.replace("\n", " ")) for input, output in wanted]
    text = "\n".join(f"Class label: {label}\n{input}" for input, label in labelled)
    assert pairs(BASE, text, classification=True) == labelled


@pytest.mark.parametrize("classification", [True, False])
@given(PAIRS)
def test_json_either_way_round(classification: bool, wanted: list[tuple[str, str]]) -> None:
    first, second = ("label", "input") if classification else ("input", "output")
    objects = [{first: o if classification else i, second: i if classification else o} for i, o in wanted]
    assert pairs(CHAT, json.dumps({"instances": objects}), classification=classification) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Example 1\nInput: Example 2 of many\nOutput: Output: x", [("Example 2 of many", "Output: x")]),
        ("Example 1\nInput 1: a\nOutput 1: b", [("a", "b")]),
        ("Example 1\nOutput: b\n\nExample 2\n\n", [("", "b")]),  # a heading and no more is nothing
        ("Example 1\nInput: a\nOutput: b\nExample 2\nInput: c", [("a", "b"), ("c", "")]),  # rejected, not lost
        ("Output:\n  b\n    c\n", [("", "b\n    c")]),
    ],
)
def test_base_models_are_read_as_they_write(text: str, wanted: list[tuple[str, str]]) -> None:
    assert pairs(BASE, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[{"input": "a", "output": "b"}, {"input": "c", "outp', [("a", "b"), ("c", "")]),
        ('[{"input": "a", "output": "b"}, "c", {"output": "d"}]}', [("a", "b"), ("", "d")]),
        ('[{"input": null, "output": 4}]}', [("", "4")]),
        ('[{"input": ["a", 1], "output": {"b": true}}]}', [('["a", 1]', '{"b": true}')]),
        ('[{"input": " a ", "output": "\\ud800"}]}', [("a", "?")]),
    ],
)
def test_chat_models_are_read_as_they_write(text: str, wanted: list[tuple[str, str]]) -> None:
    assert pairs(CHAT, '{"instances": ' + text) == wanted


@pytest.mark.parametrize("classification", [True, False])
@pytest.mark.parametrize("text", ['{"instances": []}', '{"instances": [{"x": "y"}]}', '{"instances": {"input": "a"}}'])
def test_no_instance(text: str, classification: bool) -> None:
    for settings in (BASE, CHAT):
        with pytest.raises(ReplyError, match="no instance in the reply"):
            instances.parse(settings, ChatReply(text), classification=classification)


@pytest.mark.parametrize("classification", [True, False])
def test_a_chat_model_sees_answers_in_the_order_it_shall_write_them(classification: bool) -> None:
    request = instances.request(CHAT, POOL, "Do {it}.", 1, classification=classification)
    order = ["label", "input"] if classification else ["input", "output"]
    schema = json.loads(request.schema or "")["properties"]["instances"]
    assert list(schema["items"]["properties"]) == schema["items"]["required"] == order
    assert schema["maxItems"] == 5
    assert "At most 5 examples" in request.messages[0].content
    turns = request.messages[1:-1]
    assert len(turns) == 2 * 6
    known = {f"Task: {task.instruction}": task for task in POOL.tasks}
    for question, answer in zip(turns[::2], turns[1::2], strict=True):
        assert (question.role, answer.role) == ("user", "assistant")
        task = known[question.content]
        assert task.is_classification == classification
        assert [list(one) for one in json.loads(answer.content)["instances"]] == [order] * len(task.instances)
        reply = ChatReply(answer.content)
        assert instances.parse(CHAT, reply, classification=classification) == [
            Instance(one.input.strip(), one.output.strip()) for one in task.instances
        ]
    assert request.messages[-1].content == "Task: Do {it}."


@pytest.mark.parametrize("classification", [True, False])
def test_what_a_base_model_sees_is_what_we_can_read(classification: bool) -> None:
    request = instances.request(BASE, POOL, "Do {it}.", 1, classification=classification)
    blocks = (request.prompt or "").split("\n\nTask: ")[1:]
    assert blocks[-1] == "Do {it}.\n"
    known = {task.instruction: task for task in POOL.tasks}
    shown = instances.request(Settings(), POOL, "Do {it}.", 1, classification=classification).messages[1:-1:2]
    for question in shown:  # both styles show the same tasks, and each reads back as its instances
        task = known[question.content.removeprefix("Task: ")]
        [text] = [block.split("\n", 1)[1] for block in "\n\nTask: ".join(blocks).split("\n\nTask: ")
                  if block.split("\n", 1)[0] == task.instruction]  # fmt: skip
        if not any("\n\n" in one.input + one.output for one in task.instances):
            found = instances.parse(BASE, ChatReply(text), classification=classification)
            assert found == [Instance(one.input.strip(), one.output.strip()) for one in task.instances]


def test_examples_are_the_same_all_run_long_and_short_enough() -> None:
    one, two = (instances.request(BASE, POOL, text, 1, classification=False) for text in ("First.", "Second."))
    assert (one.prompt or "").rsplit("Task: ", 1)[0] == (two.prompt or "").rsplit("Task: ", 1)[0]
    assert one.seed != two.seed
    for task in POOL.shots(1, "input-first", 6, 30, classification=False):
        assert task.words <= 30
    assert len(POOL.shots(1, "input-first", 1_000, 30, classification=False)) < len(POOL.tasks)


@pytest.mark.parametrize(("settings", "stops"), [(BASE, ("\nExample 6", "\nTask:")), (CHAT, ())])
def test_greedy_and_stopped_where_published(settings: Settings, stops: tuple[str, ...]) -> None:
    for classification, most in ((True, 300), (False, 350)):
        request = instances.request(settings, POOL, "Do it.", 1, classification=classification)
        assert (request.temperature, request.presence_penalty, request.max_tokens) == (0, 1.5, most)
        assert request.stop == stops
    assert instances.request(Settings(style="completion", instances=2), POOL, "a", 1, classification=False).stop[0] == (
        "\nExample 3"
    )
