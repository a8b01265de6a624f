"""What is read from replies, and which of them are no drafts, critiques or revisions."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from porism.generators.chat import ChatReply
from porism.generators.constitution import asking
from porism.generators.constitution.principles import packaged
from porism.generators.constitution.reading import (
    choice_of,
    cleaned,
    critique_of,
    draft_fault,
    normal,
    revision_fault,
    unchanged,
    whole,
)
from porism.generators.constitution.settings import Settings
from porism.generators.replies import ReplyError
from porism.generators.self_instruct.settings import Sampling

SETTINGS, SAMPLING = Settings(), Sampling(max_tokens=77)
PROMPT = "How long does an egg take to boil?"
DRAFT = "A medium egg takes about six minutes in boiling water."


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m really sorry, but I cannot assist with this request.",
        "Sorry, I can't do that.",
        "I cannot provide instructions for this.",
        "Unfortunately, I am not able to help you here.",
        "As an AI language model, I cannot discuss this.",
        "I apologize, but I must decline to answer.",
        "I won't help with anything that hurts the dog.",
    ],
)
def test_a_refusal_is_no_draft_unless_it_is_wanted(text: str) -> None:
    assert (draft_fault(SETTINGS, PROMPT, text) or "").startswith(f"the draft refuses: {text[:80]!r}")
    assert draft_fault(Settings(refusals="keep"), PROMPT, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry for missing your birthday. I will make it up to you.",  # a letter that was asked for
        "I can't help falling in love with you",
        "I cannot help but admire the view.",
        "Sorry is the hardest word to say.",
        "You can't help with that if you are not there.",
        "I can help with that: six minutes.",
        "Unfortunately, the egg bursts if it comes straight from the fridge.",
        "As an AI laboratory, we publish our results.",
        "Leider kann ich dabei nicht helfen.",  # other languages pass
        "1. Say 'I can't help with that' politely.",
    ],
)
def test_what_only_sounds_like_a_refusal_is_a_draft(text: str) -> None:
    assert draft_fault(SETTINGS, PROMPT, text) is None


def test_nothing_and_the_prompt_are_no_drafts() -> None:
    assert draft_fault(SETTINGS, PROMPT, "") == "there is no draft: the source gives no output"
    assert draft_fault(SETTINGS, PROMPT, f" {PROMPT.upper()}\n") == "the draft is the prompt again"


@pytest.mark.parametrize(
    "announced",
    [
        f"Here is the revised answer:\n\n{DRAFT}",
        f"Sure! Here is a revised version that deals with the critique:\n{DRAFT}",
        f"Certainly, here\u2019s my improved response:\n\n{DRAFT}",
        f"Here's the corrected sentence:\n{DRAFT}",
        f"**Revised answer:**\n\n{DRAFT}",
        f"**Here is the revised answer:**\n\n{DRAFT}",
        f"# Revised response: {DRAFT}",
        f"Revision: {DRAFT}",
        f"The improved version: {DRAFT}",
        f"=====\n{DRAFT}\n=====",
        f"=======\nHere is the rewritten answer:\n{DRAFT}\n=======\n",
        f"  {DRAFT}\n",
    ],
)
def test_what_announces_a_revision_is_stripped(announced: str) -> None:
    assert cleaned(announced, "Six minutes, or so.") == DRAFT


@pytest.mark.parametrize(
    "text",
    [
        "Here is a new idea for the party: a picnic.",
        "Here is an updated list of members as of May: Ann, Bo.",
        "Here are three facts:\n- one\n- two\n- three",
        "Sure! An egg takes six minutes.",
        "Revisions: 3",
        "Title\n=====\nText",
        "=====\nThe first line",
        "New rules apply: nobody boils eggs.",
        "The answer is: six.",
    ],
)
def test_what_only_looks_like_an_announcement_stays(text: str) -> None:
    assert cleaned(text, DRAFT) == text


def test_an_announcement_that_the_answer_had_before_belongs_to_it() -> None:
    text = "Here is the revised version of your letter:\nDear Sir or Madam"
    assert cleaned(text, "Here is the corrected version of the letter: Dear Sir") == text
    fenced = "=====\nboard\n====="
    assert cleaned(fenced, "=====\nBoard!\n=====") == fenced


@given(st.text("aH:=*\n ere is the revised answer", max_size=60), st.text("=a\n", max_size=20))
def test_what_is_stripped_is_a_beginning_or_a_frame(text: str, before: str) -> None:
    left = cleaned(text, before)
    assert left in text
    assert text.rstrip().endswith(left) or text.rstrip(" =\n").endswith(left.rstrip(" =\n"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it announces an answer and gives none"),
        (f"{PROMPT}\nSix minutes.", "it begins with the prompt again"),
        ("The critique is right: six minutes.", "it speaks of itself instead of answering: 'the critique'"),
        (
            "Six minutes. I hope this revised answer helps.",
            "it speaks of itself instead of answering: 'this revised answer'",
        ),
        ("Unlike my previous answer, six minutes.", "it speaks of itself instead of answering: 'my previous answer'"),
        ("egg " * 251, "251 words where the answer had 10; 0.05 to 5 times as many are allowed"),
        ("egg " * 250, None),
        ("Six.", None),
        (DRAFT.replace("six", "seven"), None),
    ],
)
def test_revisions_that_are_none(text: str, reason: str | None) -> None:
    assert revision_fault(SETTINGS, PROMPT, DRAFT, text.strip()) == reason


def test_a_revision_may_be_shorter_but_not_nothing_much() -> None:
    long = "An egg takes six minutes. " * 20  # 100 words
    assert revision_fault(SETTINGS, PROMPT, long, "egg " * 5) is None
    assert revision_fault(SETTINGS, PROMPT, long, "egg " * 4) == (
        "4 words where the answer had 100; 0.05 to 5 times as many are allowed"
    )


def test_what_the_conversation_spoke_of_may_be_spoken_of() -> None:
    review = "Write what you think of the critique of the film."
    assert revision_fault(SETTINGS, review, "It is unfair.", "The critique is unfair to the actors.") is None
    assert revision_fault(SETTINGS, PROMPT, f"{PROMPT} Six.", f"{PROMPT} Seven.") is None


def test_equality_passes_over_case_and_spaces_and_nothing_else() -> None:
    assert unchanged("It's  BOILED.\n", "it\u2019s boiled.") == "it is the answer that it should change"
    assert unchanged("a + b", "a - b") is None
    assert unchanged("It is -5", "It is 5") is None
    assert normal("e\u0301") == normal("\u00e9")


def told(**members: Any) -> ChatReply:
    return ChatReply(json.dumps(members))


def test_critiques() -> None:
    assert critique_of(told(critique=" Too long. ", violated=True), SAMPLING) == ("Too long.", True)
    assert critique_of(told(critique="Fine.", violated=False), SAMPLING) == ("Fine.", False)
    assert critique_of(told(critique="Too long.", violated="Yes"), SAMPLING) == ("Too long.", True)
    assert critique_of(told(critique="Nothing needs to change.", violated=True), SAMPLING)[1] is False
    assert critique_of(told(critique="No issues were found in it.", violated=True), SAMPLING)[1] is False
    assert critique_of(told(critique="No sources are given.", violated=True), SAMPLING)[1] is True
    assert critique_of(ChatReply('Well: {"critique": "x\\ud800", "violated": true,}'), SAMPLING) == ("x?", True)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (ChatReply(error="503: busy"), "request failed: 503: busy"),
        (ChatReply(" "), "empty reply"),
        (ChatReply("x" * 100_001), "reply of 100,001 characters"),
        (ChatReply('{"critique": "x", "violated": true}', "length"), "cut after 77 tokens"),
        (ChatReply("It is fine."), "no JSON object with a member 'critique'"),
        (told(critique="x"), "no JSON object with a member 'violated'"),
        (told(critique="x", violated="maybe"), "'violated' is neither true nor false but 'maybe'"),
        (told(critique="x", violated=[1]), "'violated' is neither true nor false but of type list"),
        (told(critique="x", violated=1), "'violated' is neither true nor false but of type int"),
        (told(critique=["x"], violated=True), "the critique is no text but of type list"),
        (told(critique=" ", violated=True), "the critique is empty"),
    ],
)
def test_critiques_that_are_none(reply: ChatReply, reason: str) -> None:
    with pytest.raises(ReplyError) as error:
        critique_of(reply, SAMPLING)
    assert reason in str(error.value)


def test_a_cut_text_is_not_whole() -> None:
    assert whole(ChatReply(" x \ud800"), SAMPLING) == "x ?"
    with pytest.raises(ReplyError, match="cut after 77 tokens"):
        whole(ChatReply("x", "length"), SAMPLING)


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("A", "A"),
        ("b", "B"),
        ("(A)", "A"),
        ("Answer B.", "B"),
        ("both", ""),
        ("", ""),
        (1, ""),
        (None, ""),
        ("A or B", ""),
    ],
)
def test_choices(said: Any, letter: str) -> None:
    assert choice_of(told(reason="x", better=said)) == letter
    assert choice_of(ChatReply(error="x")) == choice_of(ChatReply("A")) == ""


QUOTED = st.text("=\n a", max_size=30)


@example("a\n=======\nb", " ====== ", "==")
@given(QUOTED, QUOTED, QUOTED)
def test_no_text_can_end_its_own_quotation(prompt: str, first: str, second: str) -> None:
    """Whoever reads from one line of the fence to the next reads exactly the texts."""
    principle = packaged()["clear"]
    request = asking.comparison(SAMPLING, principle, prompt, first, second, 0)
    shown = request.messages[-1].content
    fence = shown.split("\n")[1]
    parts = f"\n{shown}\n".split(f"\n{fence}\n")
    assert parts[1::2] == [prompt, first, second]
    assert [part.strip() for part in parts[::2]] == [
        "Request:",
        "Answer A:",
        "Answer B:",
        f"Principle: {principle.rule}\n{principle.comparison}",
    ]
