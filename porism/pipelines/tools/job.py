"""What a run of ``tools`` is asked to make, and what of that its dataset depends on."""

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from porism.generators.models import model_name
from porism.outputs import sources
from porism.outputs.publish import digest
from porism.pipelines.run import shown
from porism.pipelines.tools.chat import Asking
from porism.pipelines.tools.rows import FLOW
from porism.pipelines.tools.search import Searching
from porism.pipelines.tools.tasks import Family, family

REVISION = 2  # of the method and its prompts: raised when the same replies would give other bytes

EMBEDDED_TASKS: dict[str, Any] = {"low": 1, "high": 1}
EMBEDDED_ASKING: dict[str, Any] = {
    "examples": 2,
    "described": False,
    "thought": False,
    "temperature": 0.5,
    "max_tokens": 96,
}
EMBEDDED_SEARCHING: dict[str, Any] = {"budget": 12}

Settings = TypeVar("Settings", Asking, Searching)


class Tools(BaseModel):
    """What a run of ``tools`` is asked to make.

    Attributes:
        seed: of every random choice.
        model: ``local``, ``local:FILE.gguf``, ``openai:NAME``, ``openai:NAME@URL`` or ``vllm:NAME``.
        environment: where tasks come from, ``sqlite`` or ``files``.
        tasks: what its tasks are like, such as ``low`` and ``high``, the number of calls in a task's own solution.
        asking: how the model is asked.
        searching: frontier and budget.
        chunk: tasks in one shard.
        against: evaluation sets; tasks whose request is too near to one of theirs are not searched.
        known: folders of earlier datasets whose tasks count as taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    model: str = "local"
    environment: str = "sqlite"
    tasks: dict[str, Any] = Field(default_factory=dict)
    asking: Asking = Asking()
    searching: Searching = Searching()
    chunk: int = Field(default=10, ge=1)
    against: tuple[Path, ...] = ()
    known: tuple[Path, ...] = ()

    @property
    def resolved(self) -> "Tools":
        """The job, where nothing else is set with what suits the model.

        The embedded one gets tasks of one call, and before each of them two that are most like it with their solutions:
        of such tasks it solves most, where with the tools in words, or with other examples, it solves next to none.
        """
        if self.model != "local":
            return self
        update = {
            "tasks": self.tasks or EMBEDDED_TASKS,
            "asking": _filled(self.asking, EMBEDDED_ASKING),
            "searching": _filled(self.searching, EMBEDDED_SEARCHING),
        }
        return self.model_copy(update=update)

    @property
    def family(self) -> Family:
        """Where the tasks come from.

        Raises:
            InputError: the environment or a setting of its tasks is unknown.
        """
        return family(self.environment, self.tasks)


def _filled(settings: Settings, values: dict[str, Any]) -> Settings:
    """The settings with these values where nothing else is set."""
    return settings.model_copy(update={k: v for k, v in values.items() if k not in settings.model_fields_set})


def frozen(job: Tools) -> dict[str, Any]:
    """The configuration as ``run.toml`` holds it: all that decides the rows, and nothing else.

    Raises:
        InputError: a setting of the tasks is wrong, or an evaluation set cannot be read.
    """
    against = {"against": sources.digest(job.against)} if job.against else {}
    known = {"known": digest(job.known)} if job.known else {}
    resolved = job.resolved
    return {
        "flow": FLOW,
        "revision": REVISION,
        **resolved.model_dump(mode="json", exclude={"against", "known", "model", "tasks"}),
        "model": model_name(job.model),
        "tasks": asdict(resolved.family.config),
        **against,
        **known,
    }


def command(job: Tools, count: int, out: Path) -> str:
    """The command that makes the dataset again."""
    words = ["porism", "run", FLOW, "--count", str(count), "--seed", str(job.seed), "--model", job.model]
    words += ["--environment", job.environment]
    for path in job.against:
        words += ["--against", shown(path)]
    flags = {"seed", "model", "environment", "against"}
    words += ["--config", f"{shown(out)}/run.toml"] if job.model_fields_set - flags else []
    return shlex.join([*words, "--out", shown(out)])
