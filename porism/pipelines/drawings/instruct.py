"""Instructions: what is asked and answered, what is near to it, and how it came to be: rounds, scores, votes."""

from collections import Counter
from typing import Any

from porism.outputs.view.shown import Row
from porism.pipelines.drawings.differences import difference, shared
from porism.pipelines.drawings.page import Section, figure, members, number, render, structs, text, texts

SCALES = (1, 5, 10, 100)  # of which scores are taken to be, the least that holds them all


def task(row: Row) -> Section | None:
    """Instruction, input and output as a conversation."""
    if not (instruction := text(row, "instruction")):
        return None
    html = render("task.html", instruction=instruction, input=text(row, "input"), output=text(row, "output"))
    return "Instruction", html


def neighbours(row: Row) -> Section | None:
    """The most similar instructions, with the words in common marked."""
    own = text(row, "instruction")
    found = []
    for one in structs(row.get("most_similar")):
        score, other = number(one.get("rouge_l")), text(one, "instruction")
        if score is not None and other:
            found.append((figure(score), min(max(score, 0.0), 1.0), shared(other, own)))
    return ("Nearest neighbours", render("neighbours.html", neighbours=found)) if found else None


def reformatted(row: Row) -> Section | None:
    """What an output was before, and how it was changed."""
    original, output = text(row, "original"), text(row, "output")
    if not isinstance(row.get("original"), str) or not original or not output:
        return None
    parts = difference(original, output)
    html = render("reformatted.html", parts=parts, same=original == output, evidence=text(row, "evidence"))
    return "Reformatted", html


def rounds(row: Row) -> Section | None:
    """Critiques and revisions, each revision against the answer that it revises."""
    data = structs(row.get("rounds"))
    if not data:
        return None
    answer, told = text(row, "draft"), []
    for one in data:
        revision = text(one, "revision")
        parts = difference(answer, revision) if revision else []
        outcome = text(one, "outcome")
        names = ("principle", "critique", "outcome", "reason")
        told.append({name: text(one, name) for name in names} | {"parts": parts})
        answer = revision if outcome == "revised" else answer
    return "Critique and revision", render("rounds.html", draft=text(row, "draft"), rounds=told)


def feedback(row: Row) -> Section | None:
    """Two answers between which the model chose, with its votes."""
    told = []
    for one in structs(row.get("feedback")):
        votes = Counter(texts(one.get("votes")))
        told.append(
            {name: text(one, name) for name in ("principle", "a", "b", "better", "reason")}
            | {"votes": _bars(votes.items())}
        )
    return ("Votes between two answers", render("feedback.html", feedback=told)) if told else None


def scores(row: Row) -> Section | None:
    """What a judge gave, by criterion."""
    data = structs(row.get("judge_scores"))
    given = [[value for value in map(number, members(one.get("scores"))) if value is not None] for one in data]
    told = [
        (text(one, "criterion"), sum(values) / len(values), texts(one.get("reasons")))
        for one, values in zip(data, given, strict=True)
        if values
    ]
    if not told:
        return None
    highest = max(value for _, value, _ in told)
    scale = next((scale for scale in SCALES[1:] if highest <= scale), highest)
    bars = [(name, figure(value), max(value, 0.0), reasons) for name, value, reasons in told]
    overall = number(row.get("judge_overall"))
    return "Scores", render("scores.html", scores=bars, scale=scale, overall="" if overall is None else figure(overall))


def votes(row: Row) -> Section | None:
    """The answers that were voted for."""
    counted = [(text(one, "answer"), number(one.get("count"))) for one in structs(row.get("votes"))]
    bars = _bars((answer, count) for answer, count in counted if count is not None)
    if not bars:
        return None
    share = number(row.get("vote_share"))
    html = render(
        "votes.html",
        votes=bars,
        winner=text(row, "vote_winner"),
        share="" if share is None else figure(share),
        original=text(row, "vote_original"),
        rationale=text(row, "rationale"),
    )
    return "Votes", html


def _bars(counts: Any) -> list[tuple[str, str, float, float]]:
    """Name, number as text, number and total."""
    found = [(name, float(count)) for name, count in counts]
    total = sum(count for _, count in found)
    return [(name, figure(count), count, max(total, 1.0)) for name, count in found]
