"""What the card of a dataset of tool calls says: what it is, what it cost, and how much of it was solved."""

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from porism.outputs.card import About, Extras
from porism.outputs.publish import Counts, rows

if TYPE_CHECKING:
    from porism.pipelines.tools.job import Tools

COST = ("expansions", "requests", "samples", "tokens", "tool_runs", "nodes")


def about(job: "Tools", model: str) -> About:
    """What the flow says of a dataset by this model."""
    title, worlds = WORLDS[job.environment]
    embedded, examples = job.model == "local", job.resolved.asking.examples
    clean = [CLEAN.format(sets=", ".join(path.name for path in job.against))] if job.against else []
    return About(
        title=f"Tool calls in {title}" + (" by an embedded model" if embedded else f" by {model}"),
        summary=SUMMARY.format(model=model, environment=worlds),
        limits=[
            *([EMBEDDED] if embedded else []),
            *([SHOWN.format(examples=examples)] if examples else []),
            *LIMITS,
            *clean,
        ],
        tags=("synthetic", "tool-use", "function-calling", "agents", "process-reward", "preference", "porism"),
        task="text-generation",
        license="apache-2.0" if embedded else "other",
        languages=("en",),
        config="trajectories",
    )


def extras(folder: Path, counts: Counts) -> Extras:
    """How much was solved, what it cost, how long the plans are, and why calls were rejected."""
    cost, lengths, known = Counter[str](), Counter[int](), Counter[int]()
    for part in ("data", "rejected"):
        for row in rows(folder, part, ["calls", "known_calls", "spent"]):
            cost.update({name: row["spent"][name] for name in COST} if row["spent"] else {})
            if part == "data":
                lengths[row["calls"]] += 1
                known[row["known_calls"]] += 1
    searched = counts.generated - sum(counts.rejected.get(check, 0) for check in ("novelty", "contamination"))
    solved = max(1, counts.accepted)
    why = Counter(row["error"] or _short(row["why"]) for row in rows(folder, "preferences", ["why", "error"]))
    labels = Counter(row["label"] for row in rows(folder, "steps", ["label"]))
    return Extras(
        numbers={
            "tasks searched": searched,
            "tasks solved": counts.accepted,
            "share solved": round(counts.accepted / max(1, searched), 3),
            **{f"{name.replace('_', ' ')} for each solved task": round(cost[name] / solved, 1) for name in COST},
            "steps that lead to a goal": labels[True],
            "steps that do not": labels[False],
        },
        histograms={
            "calls of a plan": _bins(lengths),
            "calls of the task's own solution": _bins(known),
            "why a call was rejected": why.most_common(),
        },
    )


def _bins(counts: Counter[int]) -> list[tuple[str, int]]:
    return [(str(value), counts[value]) for value in sorted(counts)]


def _short(why: str) -> str:
    """The reason without its numbers.

    >>> _short("expanded 12 times without reaching the goal"), _short("reaches the goal with 2 more calls")
    ('expanded without reaching the goal', 'reaches the goal with more calls')
    """
    return re.sub(r"call$", "calls", re.sub(r" \d+( times?)?", "", why))


WORLDS = {
    "sqlite": ("SQLite databases", "real SQLite databases, to be asked and changed with tools"),
    "files": ("folders of files", "folders of text files, to be read and changed with tools"),
}
SUMMARY = (
    "Tasks in {environment}, each searched with the model `{model}`: A* over the calls that it proposes, after "
    "ToolChain* (arXiv 2310.13227), until a plan reaches the goal, which the world itself checks. From each tree come "
    "three kinds of rows: `trajectories`, the plans as conversations with tool calls; `preferences`, two calls after "
    "the same beginning, of which one is better, and why; `steps`, single calls with the share of the branches below "
    "them that reach the goal. Every plan was run again in a fresh world and reached the goal there. What was dropped "
    "is in the config `rejected`, with the best plan so far."
)
EMBEDDED = (
    "The calls come from a model of 135 million parameters that serves to show that everything works. It gets the "
    "easiest tasks, and is held to a schema of the calls that are possible: use a strong model."
)
SHOWN = (
    "Before each task the model was shown {examples} solved tasks of the same generator, those most like it in words; "
    "they are not part of the rows."
)
CLEAN = (
    "Tasks whose request is too near to one in the evaluation sets {sets} were not searched; they are in `rejected` "
    "under `contamination`, with the measure and its value."
)
LIMITS = (
    "Messages, calls and tools are spelled as OpenAI's chat completions spell them. The arguments of a call are JSON "
    "text, and `tools` is JSON text as a whole, which TRL's trainers read; a chat template that wants objects needs "
    "`json.loads` first.",
    "A plan reaches the goal; that its answer was found rather than tried is not shown by that. Right answers that "
    "stand in nothing that was read before are not accepted, which keeps out guesses of what nobody can have known.",
    "`rate` in `steps` counts the branches that this search looked into; `open` says how many it did not. A call that "
    "was rejected for reaching no goal was looked into and given up, which is weaker evidence than a call that failed; "
    "`why` tells the two apart.",
    "The model is sampled: a new run gives other rows, unless the server repeats its replies for the same seed.",
)
