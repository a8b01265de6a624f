"""The guide shows nothing that is not run: every line of its Python stands in an example or a test."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_line_of_the_guide_is_run_somewhere() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "agents.md").read_text(), re.DOTALL)
    sources = [*(ROOT / "examples").glob("*.py"), *(ROOT / "tests" / "search" / "agents").glob("*.py")]
    run = "\n".join(path.read_text() for path in sources)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if line not in run] == []


def test_without_the_changed_line_the_loop_of_the_example_gets_nowhere() -> None:
    source = (ROOT / "examples" / "plug_in_as_a_model.py").read_text()
    now, before = re.findall(r"^(client = .*?)  # was: (client = .*)$", source, re.MULTILINE)[0]
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
        for code in (source, source.replace(now, before))
    ]
    assert told == ["B costs 40. Looks: 1.\n", "price: KeyError: 'C'\n"]


def test_the_versions_in_the_guide_are_those_that_are_installed() -> None:
    from importlib.metadata import PackageNotFoundError, version

    guide = (ROOT / "docs" / "agents.md").read_text()
    named = {"openai-agents": "", "langchain-core": "", "langgraph": "", "pydantic-ai-slim": "", "smolagents": ""}
    for package in named:
        try:
            named[package] = version(package)
        except PackageNotFoundError:
            continue
    assert [package for package, found in named.items() if found not in guide] == []
