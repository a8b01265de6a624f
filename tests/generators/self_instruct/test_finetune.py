"""Step 4: every format is reached, the texts in it are what they were, and prompt and completion join cleanly."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.generators.self_instruct import finetune
from porism.generators.self_instruct.finetune import WITH_INPUT, WITHOUT_INPUT
from porism.generators.self_instruct.settings import Compat, Settings
from porism.generators.self_instruct.tasks import Instance

PARTS = [
    "{instruction}",
    "{input}",
    "{",
    "}",
    "{0}",
    "{{",
    "%s",
    "\\1",
    "\\g<0>",
    "a",
    "b:",
    "é",
    "翻",
    " x",
    "\ny",
    "\n\nz",
]
TEXT = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join).map(str.strip).filter(bool)
PLAIN = Settings(prefix_rate=0.0)


@given(TEXT, TEXT | st.just(""), TEXT, st.integers(0, 10**6))
def test_texts_are_what_they_were_and_ends_meet(instruction: str, input: str, output: str, seed: int) -> None:
    one = Instance(input, output)
    prompt, completion = finetune.formatted(PLAIN, instruction, one, Random(seed))
    templates = WITH_INPUT if input else WITHOUT_INPUT
    filled = [instruction.join(t.split("{instruction}")) for t in templates if not input] or [
        t.split("{instruction}")[0] + instruction + t.split("{instruction}")[1].replace("{input}", input)
        for t in templates
    ]
    assert prompt in filled
    assert completion.lstrip(" ") == output
    assert completion.startswith(" ") != prompt.endswith("\n")


@pytest.mark.parametrize(("input", "formats"), [("in", 7), ("", 6)])
def test_every_format_is_reached_about_as_often(input: str, formats: int) -> None:
    found = Counter(finetune.formatted(PLAIN, "Do", Instance(input, "out"), Random(n))[0] for n in range(100 * formats))
    assert len(found) == formats == len(WITH_INPUT if input else WITHOUT_INPUT)
    assert min(found.values()) > 60


def test_formats_differ_and_hold_what_they_should() -> None:
    assert len({*WITH_INPUT, *WITHOUT_INPUT}) == 13
    assert all(t.count("{instruction}") == 1 and t.count("{input}") == 1 for t in WITH_INPUT)
    assert all(t.count("{instruction}") == 1 and "{input}" not in t for t in WITHOUT_INPUT)
    assert all(t.endswith((":", "\n")) for t in (*WITH_INPUT, *WITHOUT_INPUT))


@pytest.mark.parametrize(
    ("text", "plainer"),
    [
        ("Review: good food", "good food"),
        ("Review: good food\n\n\nand drink", "good food\nand drink"),
        ("A: one\nB: two", "A: one\nB: two"),  # two names are part of what is said
        ("one\nNote: two", "one\nNote: two"),  # not in front
        ("no name here", "no name here"),
        ("Отзыв: хорошо", "хорошо"),
        ("评论: 好", "好"),
        ("12:30 is the time", "30 is the time"),  # as in the reference: a number is a name
        ("a (b): c", "a (b): c"),
    ],
)
def test_an_input_without_the_name_in_front(text: str, plainer: str) -> None:
    settings = Settings(prefix_rate=1.0)
    prompts = {finetune.formatted(settings, "Do", Instance(text, "out"), Random(n))[0] for n in range(200)}
    assert prompts == {t.replace("{instruction}", "Do").replace("{input}", plainer) for t in WITH_INPUT}


def test_what_ends_a_completion() -> None:
    settings = Settings(compat=Compat(end_of_text="<|endoftext|>"))
    for n in range(30):
        assert finetune.formatted(settings, "Do", Instance("", "out"), Random(n))[1].lstrip() == "out<|endoftext|>"
        assert finetune.formatted(Settings(), "Do", Instance("", "out"), Random(n))[1].lstrip() == "out"


@given(TEXT, TEXT | st.just(""), TEXT)
def test_messages(instruction: str, input: str, output: str) -> None:
    asked, answered = finetune.messages(instruction, Instance(input, output))
    assert answered == {"role": "assistant", "content": output}
    assert asked == {"role": "user", "content": f"{instruction}\n\n{input}" if input else instruction}
