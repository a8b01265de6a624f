"""Step 2: is an instruction a classification task? [Wang2023, section 2.2].

A classification task is one whose output comes from a small set of labels.
The model sees 12 tasks that are and 19 that are not, drawn once from the seed pool, so that a pool in another language
brings its own examples. As in the reference, any answer but a yes counts as a no.
"""

import json

from porism.generators.chat import ChatReply, ChatRequest, Message
from porism.generators.replies import ReplyError, json_of, text_of
from porism.generators.self_instruct.settings import Settings
from porism.generators.self_instruct.tasks import SeedPool
from porism.seeds import number, stream

STOPS = ("\n", "Task")


def request(settings: Settings, pool: SeedPool, instruction: str, seed: int) -> ChatRequest:
    """Ask whether ``instruction`` is a classification task."""
    yes, no = (
        pool.shots(seed, f"classify {kind}", count, settings.shot_words, classification=kind)
        for kind, count in zip((True, False), settings.shots_classify, strict=True)
    )
    shown = [*yes, *no]
    stream(seed, "shots", "classify order").shuffle(shown)
    sampling, sample = settings.classify.model_dump(), number(seed, "classify", instruction)
    examples = [QUESTION.format(task.instruction, "Yes" if task.is_classification else "No") for task in shown]
    if settings.style == "completion":
        prompt = "\n\n".join([OPENING, *examples, QUESTION.format(instruction, "").rstrip()])
        return ChatRequest(prompt=prompt, stop=STOPS, seed=sample, **sampling)
    schema = {
        "type": "object",
        "properties": {"is_classification": {"type": "boolean"}},
        "required": ["is_classification"],
        "additionalProperties": False,
    }
    system = "\n\n".join([f"{OPENING} {ANSWER}", *examples])
    messages = (Message("system", system), Message("user", f"Task: {instruction}"))
    return ChatRequest(messages=messages, schema=json.dumps(schema), seed=sample, **sampling)


def parse(settings: Settings, reply: ChatReply) -> bool:
    """Whether the reply says yes."""
    try:
        if settings.style == "completion":
            return text_of(reply).strip() in ("Yes", "yes", "YES")
        answer = json_of(reply, "is_classification")
    except ReplyError:
        return False
    return answer is True or (isinstance(answer, str) and answer.strip().lower() in ("yes", "true"))


OPENING = "Some tasks ask for one of a small, fixed set of labels: those are classification tasks. Which of these are?"
QUESTION = "Task: {}\nClassification? {}"
ANSWER = 'Answer with a JSON object: {"is_classification": true} or {"is_classification": false}.'
