"""What every row says of itself: its verdicts, its origin, and the command that makes it again."""

import re
import shlex
from typing import Any

from porism.outputs.view.shown import Row
from porism.pipelines.drawings.page import BROKEN, Section, figure, number, render, shortened, structs, text, texts

FLOWS = ("geometry", "instruct", "tools")
PARTS = ("preferences", "steps")
KNOWN = {
    "difficulty": "difficulty, 0 to 10",
    "length": "steps",
    "depth": "longest chain of steps",
    "auxiliary_points": "auxiliary points",
    "environment": "environment",
    "calls": "calls",
    "known_calls": "calls of the known solution",
    "kind": "kind",
    "format": "format",
    "principle": "principle",
    "is_classification": "classification",
    "mean_similarity": "mean similarity to all others, ROUGE-L",
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "round": "round",
    "diversity": "diversity",
    "cluster": "cluster",
    "rank": "rank in the cluster",
    "distance": "distance from the middle of the cluster",
    "revised": "revisions that were taken",
    "failed": "rounds that failed",
    "split": "split",
}
"""Columns that say something of a row in a word or a number."""


def rejection(row: Row) -> Section | None:
    """Why a row was rejected, and the text that it was read from."""
    check = text(row, "check")
    if not check:
        return None
    html = render("rejection.html", check=check, reason=text(row, "reason"), raw=text(row, "raw"))
    return "Rejected", html


def known(row: Row) -> Section | None:
    """Words and numbers."""
    told = {label: _word(row.get(name)) for name, label in KNOWN.items()}
    told = {label: word for label, word in told.items() if word}
    return ("In numbers", render("known.html", known=told)) if told else None


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return shortened(value, 200)
    found = number(value)
    return "" if found is None else figure(found)


def verdicts(row: Row) -> Section | None:
    """The checks that a row went through, in order."""
    found = [(text(one, "check"), one.get("ok") is True, text(one, "reason")) for one in structs(row.get("verdicts"))]
    return ("Verdicts", render("verdicts.html", verdicts=found)) if found else None


def origin(flow: str, config: str, row: Row) -> list[Section]:
    """Where a row came from, or nothing."""
    try:
        told = _origin(config, row)
    except BROKEN:
        return []
    return [("Origin", render("origin.html", **told))] if told else []


def _origin(config: str, row: Row) -> dict[str, Any] | None:
    data = row.get("origin")
    if not isinstance(data, dict) or not isinstance(data.get("flow"), str):
        return None
    place = [int(one) for one in data.get("place") or ()]
    model = data.get("model")
    told = {
        "flow": shortened(data["flow"], 100),
        "seed": str(data.get("seed")),
        "place": _place(data["flow"], config, place),
    }
    linked = config in PARTS or (data["flow"] == "instruct" and len(place) == 3)
    parents = [(name, linked and _is_id(name)) for name in texts(data.get("parents"))]
    return {"told": told | ({"model": shortened(model, 200)} if isinstance(model, str) else {}), "parents": parents}


def _place(flow: str, config: str, place: list[int]) -> str:
    """A place in words; the numbers alone where nobody knows what they count.

    >>> _place("geometry", "data", [0, 6]), _place("instruct", "data", [2, 1, 0]), _place("tools", "steps", [6, 5])
    ('figure 0, goal 6', 'request 2, item 1, instance 0', 'task 6, row 5 of its steps')
    """
    names = {
        ("geometry", 2): ("figure", "goal"),
        ("instruct", 2): ("item", "row"),
        ("instruct", 3): ("request", "item", "instance"),
        ("tools", 1): ("task",),
    }
    own, last = (place[:-1], place[-1:]) if config in PARTS else (place, [])
    words = names.get((flow, len(own)))
    if not words:
        return ", ".join(map(str, place))
    told = [f"{word} {k}" for word, k in zip(words, own, strict=True)]
    return ", ".join([*told, *(f"row {k} of its {config}" for k in last)])


def _is_id(name: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", name) is not None


def command(row: Row) -> str:
    """The command that makes a row again, given in the dataset's folder; empty where the row does not say its flow.

    A row is made again with all others: it depends on the configuration, which stands in ``run.toml``, the seed, and
    the replies of the model.
    """
    data = row.get("origin")
    if not isinstance(data, dict) or data.get("flow") not in FLOWS or type(data.get("seed")) is not int:
        return ""
    words = ["porism", "run", data["flow"], "--config", "run.toml", "--seed", str(data["seed"])]
    model = data.get("model")
    if isinstance(model, str) and 0 < len(model) < 200:
        words += ["--model", model]
    return shlex.join([*words, "--out", "../again"])
