"""The part of the gallery on tools: three tasks of each environment, searched with a scripted model."""

import json
from collections.abc import Sequence

from porism.generators.chat import ChatReply, ChatRequest
from porism.outputs.records import Record
from porism.pipelines.tools.card import SUMMARY, WORLDS
from porism.pipelines.tools.flow import Flow
from porism.pipelines.tools.job import Tools
from porism.pipelines.tools.tasks import Task
from porism.search.drawing.pictures import text
from porism.search.drawing.stored import from_json
from porism.seeds import number

SHOWN = {"sqlite": (3, 5, 6), "files": (1, 4, 5)}  # tasks of seed 0
ERRORS = {
    "sqlite": {"tool": "query", "arguments": {"sql": "SELECT everything"}},
    "files": {"tool": "read_file", "arguments": {"path": "notes/missing.txt"}},
}
LOOKS = {
    "sqlite": {"tool": "list_tables", "arguments": {}},
    "files": {"tool": "read_file", "arguments": {"path": "README.md"}},
}


def tools(environment: str) -> tuple[str, dict[str, object]]:
    """Text and settings."""
    job = Tools(model="openai:scripted", environment=environment)
    found = [searched(job, i) for i in SHOWN[environment]]
    settings = {
        **job.model_dump(mode="json", include={"environment", "asking", "searching"}),
        "tasks": {name: getattr(job.family.config, name) for name in job.family.config.__dataclass_fields__},
    }
    summary = SUMMARY.format(model="scripted", environment=WORLDS[environment][1])
    return "\n\n".join([summary, MODEL, *(trajectory(one) for one in found)]), settings


def searched(job: Tools, i: int) -> Record:
    """The row of a task."""
    task = job.family.task(job.seed, i)
    return Flow(job, Half(task, job)).record(i, task)


class Half:
    """A model that is right in every second sample: it knows the task's solution, else it looks or errs."""

    name = "openai:scripted"

    def __init__(self, task: Task, job: Tools) -> None:
        self._task, self._environment = task, job.environment
        self._samples = {number(job.seed, "sample", k): k for k in range(job.asking.samples)}

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply for each request."""
        return [ChatReply(json.dumps(self._said(one)), "stop", 0, 0) for one in requests]

    def _said(self, request: ChatRequest) -> dict[str, object]:
        sample = self._samples[request.seed]
        if sample in (0, 3):
            return {**(ERRORS if sample else LOOKS)[self._environment], "remaining": 2}
        made = [turn.content for turn in request.messages if turn.role == "assistant"]
        solution = self._task.solution
        done = sum(any(call.arguments in turn and f'"{call.name}"' in turn for turn in made) for call in solution)
        call = solution[min(done, len(solution) - 1)]
        return {"tool": call.name, "arguments": call.values(), "remaining": len(solution) - done - 1}


def trajectory(found: Record) -> str:
    """A task with what was called, and the tree behind it."""
    spent, notes = found.notes["spent"], found.notes
    return TRAJECTORY.format(
        request=notes["request"].replace("\n", "\n> "),
        transcript=notes["transcript"],
        place=found.origin.place[0],
        nodes=spent["nodes"],
        samples=spent["samples"],
        runs=spent["tool_runs"],
        pairs=len(notes["preferences"]),
        steps=len(notes["steps"]),
        tree=text(from_json(notes["tree"]).outcome, width=90),
    )


MODEL = (
    "The model of these samples is scripted: of four samples two go on with the task's own solution, one looks around "
    "and one errs. The search does not know which."
)
TRAJECTORY = """> {request}

```text
{transcript}
```

Task {place} of `--seed 0`: {nodes} nodes from {samples} samples, {runs} calls run, {pairs} preferences, {steps} steps.

<details><summary>Search tree (* on the chosen path, x pruned)</summary>

```text
{tree}
```

</details>"""
