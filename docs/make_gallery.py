"""Writes ``GALLERY.md`` and its figures: every generator, its settings, and three samples, the same on every machine.

Run: ``make gallery``
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from gallery_geometry import geometry
from gallery_tools import SHOWN, tools

from porism.generators.chat import ChatRequest, Scripted
from porism.generators.constitution import asking
from porism.generators.constitution.principles import packaged
from porism.generators.constitution.settings import Direct
from porism.generators.method import Given, Method
from porism.generators.self_instruct import tasks
from porism.outputs.sources import Item
from porism.pipelines.methods import METHODS
from porism.pipelines.tools.card import WORLDS

ROOT = Path(__file__).parents[1]
FEEDBACK = "principle-feedback"  # the one method without an example of its own
EXAMPLES = {"judge": "judging", "vote": "voting", FEEDBACK: "constitution"}
GUIDES = {"judge": "judging", "vote": "judging", FEEDBACK: "constitution"}


def files() -> dict[str, str]:
    """The gallery and its figures, by their paths from the root."""
    told, drawn, settings = geometry()
    parts = [_entry("Geometry", COMMAND.format("geometry", "docs/architecture.md#theorems"), told, settings)]
    for environment in SHOWN:
        told, settings = tools(environment)
        command = COMMAND.format(f"tools --environment {environment}", "docs/search.md")
        parts.append(_entry(f"Tool calls in {WORLDS[environment][0]}", command, told, settings))
    parts += map(_method, METHODS.values())
    text = "\n\n".join([HEAD, *parts]) + "\n"
    return {"GALLERY.md": text, **{f"docs/figures/{name}": figure for name, figure in drawn.items()}}


def _entry(title: str, command: str, told: str, settings: Mapping[str, Any]) -> str:
    return ENTRY.format(title=title, command=command, told=told, settings=tomli_w.dumps(_filled(settings)).rstrip())


def _filled(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings without those that are not set."""
    return {k: _filled(v) if isinstance(v, dict) else v for k, v in settings.items() if v is not None}


def _method(method: Method) -> str:
    """A method of ``run instruct``, with what its example prints."""
    example = EXAMPLES.get(method.name, method.name.replace("-", "_"))
    shown = "\n".join(feedback()).rstrip() if method.name == FEEDBACK else _golden(example)
    source = " --source FILE" if method.needs == "source" else ""
    command = COMMAND.format(
        f"instruct --method {method.name}{source}", f"docs/instruct/{GUIDES.get(method.name, method.name)}.md"
    )
    summary = re.sub(r"(the model )?`?\{model\}`?", "a model", method.summary)
    told = f"{summary}\n\n```text\n{shown}\n```"
    settings = method.settings().model_dump(mode="json")
    return _entry(method.title, f"{command} · [examples/{example}.py](examples/{example}.py)", told, settings)


def _golden(example: str) -> str:
    return (ROOT / "tests" / "golden" / f"{example}.txt").read_text(encoding="utf-8").rstrip()


def feedback() -> Iterator[str]:
    """Three prompts under one principle by direct principle feedback, as lines."""
    rules = {name: packaged()[name] for name in ("correct",)}
    items = [Item(f"row {i}", text, "", "") for i, text in enumerate(SAID)]
    given = Given(Direct(principles=rules, shots=1), Scripted(_reply), seed=11, pool=tasks.load(), items=items)
    for _, rows in METHODS[FEEDBACK].start(given).records():
        for row in rows:
            one = row.notes["rounds"][-1]
            yield f"{row.content['instruction']}\n  draft: {row.notes['draft']}"
            yield f"  {one['principle']}: {one['critique']}"
            yield f"  chosen: {row.content['output']}\n" if row.accepted else f"  no pair: {row.failure.reason}\n"


def _reply(request: ChatRequest) -> str:
    """Stands where a model would: drafts, criticises and revises, each by the prompt that it is shown."""
    task, words = request.messages[0].content, request.messages[-1].content
    draft, critique, revision = next(said for prompt, said in SAID.items() if prompt in words)
    if task == asking.CRITIC:
        return json.dumps({"critique": critique or "Nothing falls short of the principle.", "violated": bool(critique)})
    return revision if task == asking.EDITOR else draft


SAID = {
    "How many legs has a spider?": (
        "Six, as all insects have.",
        "Spiders are no insects; they have eight legs.",
        "Eight.",
    ),
    "Which is the longest river of Europe?": (
        "The Danube, with 2,850 km.",
        "The Volga is longer: it has 3,530 km.",
        "The Volga, with 3,530 km; the Danube, with 2,850 km, comes second.",
    ),
    "Which metal is liquid in a warm room?": ("Mercury.", "", ""),
}
HEAD = """# Gallery

Every generator, with its settings and three samples. `make gallery` writes this page from code with fixed seeds, and a
test compares it. Where a model is asked, a scripted one stands in, which says what a person wrote: so the page is the
same on every machine, and what a real model makes looks different."""
COMMAND = "`porism run {}` · [guide]({})"
ENTRY = """## {title}

{command}

{told}

<details><summary>Settings, with their defaults</summary>

```toml
{settings}
```

</details>"""

if __name__ == "__main__":
    for name, content in files().items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
