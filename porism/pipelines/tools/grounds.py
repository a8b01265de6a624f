"""Whether an answer can have come from what was read.

A search that tries answers until one passes finds right ones by luck, and a model trained on them learns to guess. So
an answer needs grounds: something must have been read before it, and its texts must stand there. Numbers may be
counted, added up or compared, so of them no more is asked. That is necessary and not sufficient: it keeps out what
nobody can have known.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from porism.search.places import Step

ANSWER = "answer"  # the tool that ends a task with an answer


def grounds(steps: Sequence[Step]) -> str | None:
    """Why the last call answers out of nothing; None where it has grounds, or gives no answer."""
    if not steps or steps[-1][0].name != ANSWER:
        return None
    seen = [_plain(observation.text) for _, observation in steps[:-1] if not observation.error]
    if not seen:
        return "answers before anything was read"
    for value in _texts(steps[-1][0].values()):
        if not any(form in text for text in seen for form in _forms(value)):
            return f"answers {json.dumps(value, ensure_ascii=False)}, which is in nothing that was read"
    return None


def _texts(value: Any) -> Iterator[str]:
    """The texts of a JSON value that are no numbers, at any depth."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str) and not _is_number(value):
        yield value


def _forms(value: str) -> tuple[str, str]:
    """The text as it is, and as it stands in JSON."""
    return _plain(value), _plain(json.dumps(value, ensure_ascii=False)[1:-1])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
